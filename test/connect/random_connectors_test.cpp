// SPDX-License-Identifier: Apache-2.0
// Connectors that draw pairs. Statistics: fixed seeds, bounds of 5 standard deviations.
#include <cmath>
#include <limits>
#include <set>

#include <bouton/core/error.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "connect_test.hpp"

namespace bouton {
namespace {

using test::column_sums;
using test::has_duplicates;
using test::has_self;
using test::message_of;
using test::random;
using test::row_sums;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;

/// Expects `count` to be a plausible number of successes out of `n` with probability `p`.
void expect_binomial(std::uint64_t count, double n, double p) {
    EXPECT_NEAR(static_cast<double>(count), n * p, 5 * std::sqrt(n * p * (1 - p)) + 1e-9);
}

const std::vector<double> no_probabilities{-0.1, 1.1, -INFINITY, INFINITY, NAN};

TEST(FixedProb, bernoulli_connects_each_pair_alike) {
    // 400 networks of 6 x 5: each pair occurs as often as it should, and so does each two of a row together.
    std::vector<std::uint32_t> count(30, 0);
    std::uint64_t neighbours = 0, total = 0;
    for (std::uint64_t seed = 0; seed < 400; ++seed) {
        const auto matrix = FixedProb{.prob = 0.3, .seed = seed}(6, 5, random).to_matrix();
        for (std::size_t k = 0; k < 30; ++k) {
            EXPECT_LE(matrix[k], 1u);
            count[k] += matrix[k];
            total += matrix[k];
            if (k % 5 > 0) neighbours += matrix[k] * matrix[k - 1];
        }
    }
    for (const std::uint32_t c : count) expect_binomial(c, 400, 0.3);
    expect_binomial(total, 400 * 30, 0.3);
    expect_binomial(neighbours, 400 * 24, 0.09);
}

TEST(FixedProb, bernoulli_has_the_law_of_degrees) {
    const auto graph = FixedProb{.prob = 0.02}(1000, 2000, random);
    expect_binomial(graph.size(), 2e6, 0.02);
    double variance = 0;
    for (const std::uint64_t degree : row_sums(graph)) variance += std::pow(static_cast<double>(degree) - 40, 2) / 1000;
    EXPECT_NEAR(variance, 2000 * 0.02 * 0.98, 5 * 39.2 * std::sqrt(2. / 1000));
    EXPECT_FALSE(has_duplicates(graph));
}

TEST(FixedProb, bernoulli_at_the_ends_of_its_range) {
    EXPECT_EQ(FixedProb{.prob = 0}(20, 30, random).size(), 0u);
    EXPECT_EQ(FixedProb{.prob = 1}(20, 30, random).csr(), Connectivity::all_to_all(20, 30, true).to_csr());
    EXPECT_EQ((FixedProb{.prob = 1, .include_self = false}(20, 30, random).csr()),
              Connectivity::all_to_all(20, 30, false).to_csr());
    for (const double tiny : {1e-17, 1e-300, std::numeric_limits<double>::denorm_min()})
        EXPECT_EQ(FixedProb{.prob = tiny}(1000, 100000, random).size(), 0u);
    expect_binomial(FixedProb{.prob = 1e-6}(1000, 1000000, random).size(), 1e9, 1e-6);
    expect_binomial(FixedProb{.prob = 1 - 1e-3}(100, 1000, random).size(), 1e5, 1 - 1e-3);
}

TEST(FixedProb, bernoulli_selects_presynaptic_neurons_with_pre_ratio) {
    const auto sums = row_sums(FixedProb{.prob = 0.5, .pre_ratio = 0.25}(4000, 100, random));
    expect_binomial(
        static_cast<std::uint64_t>(std::count_if(sums.begin(), sums.end(), [](auto sum) { return sum > 0; })), 4000,
        0.25);
    EXPECT_EQ((FixedProb{.prob = 1, .pre_ratio = 0}(10, 10, random).size()), 0u);
}

TEST(FixedProb, bernoulli_without_self_leaves_the_other_pairs_alike) {
    const auto graph = FixedProb{.prob = 0.4, .include_self = false}(300, 200, random);
    EXPECT_FALSE(has_self(graph));
    expect_binomial(graph.size(), 300 * 200 - 200, 0.4);
}

TEST(FixedProb, fixed_out_degree_is_exact) {
    EXPECT_THAT(row_sums(FixedProb{.prob = 0.35, .law = Law::fixed_out_degree}(8, 10, random)), Each(3));
    for (const auto& [pre, post] : std::vector<std::pair<int, int>>{{10, 10}, {8, 5}, {5, 8}}) {
        const auto graph =
            FixedProb{.prob = 0.8, .include_self = false, .law = Law::fixed_out_degree}(pre, post, random);
        EXPECT_THAT(row_sums(graph), Each(static_cast<std::uint64_t>(post * 0.8)));
        EXPECT_FALSE(has_self(graph));
        EXPECT_FALSE(has_duplicates(graph));
    }
    const auto sums = row_sums(FixedProb{.prob = 0.5, .pre_ratio = 0.35, .law = Law::fixed_out_degree}(10, 6, random));
    EXPECT_EQ(std::count(sums.begin(), sums.end(), 3), 3);
    EXPECT_EQ(std::count(sums.begin(), sums.end(), 0), 7);
}

TEST(FixedProb, fixed_out_degree_of_all_contacts_all_there_are) {
    const FixedProb all{.prob = 1, .include_self = false, .law = Law::fixed_out_degree};
    EXPECT_EQ(all(3, 2, random).csr(), Connectivity::all_to_all(3, 2, false).to_csr());
    EXPECT_EQ(all(1, 1, random).size(), 0u);
}

TEST(FixedProb, fixed_out_degree_chooses_each_post_alike_with_and_without_repetition) {
    for (const bool repeat : {false, true}) {
        const FixedProb connector{.prob = 0.3, .allow_multi_conn = repeat, .law = Law::fixed_out_degree};
        const auto graph = connector(5000, 10, random);
        EXPECT_THAT(row_sums(graph), Each(3));
        EXPECT_EQ(has_duplicates(graph), repeat);
        for (const std::uint64_t sum : column_sums(graph)) expect_binomial(sum, 15000, 0.1);
    }
}

TEST(FixedProb, refuses_what_is_no_probability) {
    for (const double p : no_probabilities) {
        EXPECT_THROW(FixedProb{.prob = p}(3, 3, random), ParameterError);
        EXPECT_THROW((FixedProb{.prob = 0.5, .pre_ratio = p}(3, 3, random)), ParameterError);
    }
    EXPECT_THROW(FixedProb{}(3, 3, random), ParameterError);  // prob has no default
}

TEST(FixedPreNum, gives_each_post_as_many_distinct_pres) {
    const auto graph = FixedPreNum{.num = 4}(10, 7, random);
    EXPECT_THAT(column_sums(graph), Each(4));
    EXPECT_FALSE(has_duplicates(graph));
    EXPECT_THAT(column_sums(FixedPreNum{.num = 0.35}(10, 7, random)), Each(3));
    EXPECT_THAT(column_sums(FixedPreNum{.num = 0}(10, 7, random)), Each(0));
    EXPECT_EQ(FixedPreNum{.num = 10}(10, 7, random).csr(), Connectivity::all_to_all(10, 7, true).to_csr());
}

TEST(FixedPreNum, without_self_keeps_the_degree) {
    for (const auto& [pre, post] : std::vector<std::pair<int, int>>{{6, 6}, {6, 9}, {9, 6}}) {
        const auto graph = FixedPreNum{.num = 5, .include_self = false}(pre, post, random);
        EXPECT_THAT(column_sums(graph), Each(5));
        EXPECT_FALSE(has_self(graph));
    }
    EXPECT_EQ((FixedPreNum{.num = 1., .include_self = false}(4, 3, random).csr()),
              Connectivity::all_to_all(4, 3, false).to_csr());
}

TEST(FixedPreNum, chooses_each_pre_alike) {
    for (const int num : {3, 8})  // less and more than half are drawn differently
        for (const std::uint64_t sum : row_sums(FixedPreNum{.num = num}(10, 4000, random)))
            expect_binomial(sum, 4000, num / 10.);
}

TEST(FixedPostNum, gives_each_pre_as_many_distinct_posts) {
    const auto graph = FixedPostNum{.num = 9, .include_self = false}(10, 10, random);
    EXPECT_EQ(graph.csr(), Connectivity::all_to_all(10, 10, false).to_csr());
    EXPECT_THAT(row_sums(FixedPostNum{.num = 0.5}(4, 9, random)), Each(4));
    for (const std::uint64_t sum : column_sums(FixedPostNum{.num = 2}(4000, 8, random)))
        expect_binomial(sum, 4000, 0.25);
}

TEST(FixedNum, draws_with_replacement_if_asked) {
    const auto graph = FixedPostNum{.num = 30, .include_self = false, .allow_multi_conn = true}(10, 10, random);
    EXPECT_THAT(row_sums(graph), Each(30));
    EXPECT_FALSE(has_self(graph));
    EXPECT_TRUE(has_duplicates(graph));
    EXPECT_THAT(column_sums(FixedPreNum{.num = 30, .allow_multi_conn = true}(10, 7, random)), Each(30));
}

TEST(FixedNum, refuses_more_than_there_are) {
    EXPECT_EQ(message_of<ParameterError>([] { FixedPreNum{.num = 30}(10, 5, random); }),
              "FixedPreNum.num = 30, but must be at most 10, the number of presynaptic neurons");
    EXPECT_THAT(message_of<ParameterError>([] { FixedPostNum{.num = 5, .include_self = false}(5, 5, random); }),
                HasSubstr("at most 4, the number of postsynaptic neurons without the neuron itself"));
    EXPECT_THROW((FixedPostNum{.num = 1, .include_self = false, .allow_multi_conn = true}(1, 1, random)),
                 ParameterError);
    for (const Count& num : std::vector<Count>{-1, -0.5, 1.5, NAN, INFINITY, INT64_MIN, UINT64_MAX}) {
        EXPECT_THROW(FixedPreNum{.num = num}(5, 5, random), ParameterError);
        EXPECT_THROW(FixedPostNum{.num = num}(5, 5, random), ParameterError);
        EXPECT_THROW(FixedTotalNum{.num = num}(5, 5, random), ParameterError);
    }
    EXPECT_THROW((FixedPostNum{.num = UINT64_MAX, .allow_multi_conn = true}(5, 5, random)), UsageError);
}

TEST(FixedTotalNum, draws_distinct_pairs) {
    for (const int num : {0, 1, 30, 59, 60}) {
        const auto graph = FixedTotalNum{.num = num}(6, 10, random);
        EXPECT_EQ(graph.size(), static_cast<std::uint64_t>(num));
        EXPECT_FALSE(has_duplicates(graph));
    }
    EXPECT_EQ(FixedTotalNum{.num = 0.25}(6, 10, random).size(), 15u);
    EXPECT_THAT(message_of<ParameterError>([] { FixedTotalNum{.num = 100}(6, 10, random); }),
                HasSubstr("at most 60, the number of pairs"));
}

TEST(FixedTotalNum, draws_each_pair_alike) {
    std::vector<std::uint32_t> count(12, 0);
    for (std::uint64_t seed = 0; seed < 1000; ++seed) {
        const auto matrix = FixedTotalNum{.num = 5, .seed = seed}(3, 4, random).to_matrix();
        for (std::size_t k = 0; k < 12; ++k) count[k] += matrix[k];
    }
    for (const std::uint32_t c : count) expect_binomial(c, 1000, 5. / 12);
}

TEST(GaussianProb, follows_the_distance) {
    std::vector<std::uint32_t> count(25, 0);
    for (std::uint64_t seed = 0; seed < 2000; ++seed) {
        const auto matrix = GaussianProb{.sigma = 1.5, .seed = seed}(5, 5, random).to_matrix();
        for (std::size_t k = 0; k < 25; ++k) count[k] += matrix[k];
    }
    for (int i = 0; i < 5; ++i)
        for (int j = 0; j < 5; ++j)
            expect_binomial(count[static_cast<std::size_t>(5 * i + j)], 2000, std::exp(-(i - j) * (i - j) / 4.5));
}

TEST(GaussianProb, takes_its_distance_from_what_neurons_encode) {
    // Two axes of 3 neurons over [0, 1] each: neighbours are 0.5 apart, those on a diagonal 0.5 sqrt(2).
    const Shape shape{3, 3};
    std::uint64_t diagonal = 0;
    for (std::uint64_t seed = 0; seed < 2000; ++seed) {
        const auto csr =
            GaussianProb{.sigma = 0.5, .encoding_values = {{0, 1}}, .seed = seed}(shape, shape, random).csr();
        const auto row = csr.targets_of(4);
        diagonal += std::find(row.begin(), row.end(), 8) != row.end() ? 1 : 0;
    }
    expect_binomial(diagonal, 2000, std::exp(-1.));
}

TEST(GaussianProb, closes_an_axis_to_a_ring) {
    std::uint64_t ends = 0, open_ends = 0;
    for (std::uint64_t seed = 0; seed < 1000; ++seed) {
        const GaussianProb open{.sigma = 1, .encoding_values = {{-10, 10}}, .seed = seed};
        GaussianProb closed = open;
        closed.periodic_boundary = true;
        closed.encoding_values = {{-5, 5}};
        ends += closed(10, 10, random).to_matrix()[9];
        open_ends += open(10, 10, random).to_matrix()[9];
    }
    expect_binomial(ends, 1000, std::exp(-0.5));
    EXPECT_EQ(open_ends, 0u);
}

TEST(GaussianProb, far_neurons_cost_nothing_and_near_ones_always_connect) {
    const auto self = GaussianProb{.sigma = 1e-200}(50000, 50000, random);
    EXPECT_EQ(self.csr(), Connectivity::one_to_one(50000, 50000).to_csr());
    EXPECT_EQ((GaussianProb{.sigma = 1e-200, .include_self = false}(50, 50, random).size()), 0u);
    EXPECT_EQ(GaussianProb{.sigma = 1e200}(50, 50, random).size(), 2500u);
}

TEST(GaussianProb, refuses_widths_ranges_and_shapes_that_make_no_sense) {
    for (const double sigma : std::vector<double>{0, -1, NAN, INFINITY})
        EXPECT_THROW(GaussianProb{.sigma = sigma}(3, 3, random), ParameterError);
    EXPECT_THROW((GaussianProb{.sigma = 1, .encoding_values = {{1, 1}}}(3, 3, random)), ParameterError);
    EXPECT_THROW((GaussianProb{.sigma = 1, .encoding_values = {{NAN, 1}}}(3, 3, random)), ParameterError);
    EXPECT_THROW((GaussianProb{.sigma = 1, .encoding_values = {{0, INFINITY}}}(3, 3, random)), ParameterError);
    EXPECT_THROW((GaussianProb{.sigma = 1, .encoding_values = {{0, 1}, {0, 1}}}(3, 3, random)), ShapeError);
    EXPECT_THROW(GaussianProb{.sigma = 1}(3, 4, random), ShapeError);
}

TEST(ProbDist, joins_what_is_within_the_distance) {
    EXPECT_THAT(row_sums(ProbDist{.dist = 2}(6, 6, random)), ElementsAre(3, 4, 5, 5, 4, 3));
    EXPECT_THAT(row_sums(ProbDist{.dist = 2, .include_self = false}(6, 6, random)), ElementsAre(2, 3, 4, 4, 3, 2));
    const Shape cube{3, 3, 3};
    const auto degree = [&](double dist) { return row_sums(ProbDist{.dist = dist}(cube, cube, random))[13]; };
    EXPECT_EQ(degree(0), 1u);
    EXPECT_EQ(degree(1), 7u);
    EXPECT_EQ(degree(std::sqrt(2)), 19u);
    EXPECT_EQ(degree(std::sqrt(3)), 27u);
    EXPECT_EQ(degree(INFINITY), 27u);
}

TEST(ProbDist, joins_populations_of_different_length) {
    EXPECT_THAT(row_sums(ProbDist{}(5, 3, random)), ElementsAre(2, 3, 2, 1, 0));
    EXPECT_THAT(row_sums(ProbDist{}(3, 5, random)), ElementsAre(2, 3, 3));
    EXPECT_EQ(ProbDist{.dist = 1e300}(5, 3, random).size(), 15u);
    EXPECT_THROW(ProbDist{}({2, 2}, 4, random), ShapeError);
}

TEST(ProbDist, keeps_pairs_with_prob_and_pres_with_pre_ratio) {
    expect_binomial(ProbDist{.dist = 10, .prob = 0.3}(1000, 1000, random).size(), 21 * 1000 - 110, 0.3);
    const auto sums = row_sums(ProbDist{.pre_ratio = 0.4, .include_self = true}(1000, 1000, random));
    expect_binomial(
        static_cast<std::uint64_t>(std::count_if(sums.begin(), sums.end(), [](auto sum) { return sum > 0; })), 1000,
        0.4);
    for (const double p : no_probabilities) {
        EXPECT_THROW(ProbDist{.prob = p}(3, 3, random), ParameterError);
        EXPECT_THROW(ProbDist{.pre_ratio = p}(3, 3, random), ParameterError);
    }
    EXPECT_THROW(ProbDist{.dist = -1}(3, 3, random), ParameterError);
    EXPECT_THROW(ProbDist{.dist = NAN}(3, 3, random), ParameterError);
}

}  // namespace
}  // namespace bouton
