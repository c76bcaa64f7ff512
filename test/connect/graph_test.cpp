// SPDX-License-Identifier: Apache-2.0
// Random graphs, and what holds for all connectors that draw.
#include <algorithm>
#include <cmath>
#include <set>
#include <string>

#include <bouton/core/error.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "connect_test.hpp"

namespace bouton {
namespace {

using test::column_sums;
using test::has_duplicates;
using test::has_self;
using test::random;
using test::row_sums;
using testing::Each;

bool is_symmetric(const Connectivity& graph) { return graph.to_csr() == graph.to_csc(); }

/// Triangles of an undirected graph.
std::uint64_t triangles(const Connectivity& graph) {
    std::uint64_t corners = 0;
    const Csr& csr = graph.csr();
    for (std::size_t i = 0; i < csr.num_pre(); ++i)
        for (const std::uint32_t j : csr.targets_of(i))
            for (const std::uint32_t k : csr.targets_of(j)) {
                const auto row = csr.targets_of(i);
                corners += std::binary_search(row.begin(), row.end(), k) ? 1 : 0;
            }
    return corners / 6;
}

TEST(SmallWorld, is_a_ring_as_long_as_nothing_moves) {
    const auto ring = SmallWorld{.num_neighbor = 4, .prob = 0}(9, 9, random);
    const Shape shape(9);
    EXPECT_EQ(ring.csr(), (GridN{.N = 2, .periodic_boundary = true}(shape, shape, random).csr()));
    EXPECT_EQ((SmallWorld{.num_neighbor = 5, .prob = 0, .directed = true}(9, 9, random).csr()), ring.csr());
}

TEST(SmallWorld, keeps_its_number_of_edges) {
    for (const double prob : {0.1, 0.5, 1.}) {
        const auto graph = SmallWorld{.num_neighbor = 6, .prob = prob}(200, 200, random);
        EXPECT_EQ(graph.size(), 1200u);
        EXPECT_TRUE(is_symmetric(graph));
        EXPECT_FALSE(has_self(graph));
        EXPECT_FALSE(has_duplicates(graph));
        const auto directed = SmallWorld{.num_neighbor = 6, .prob = prob, .directed = true}(200, 200, random);
        EXPECT_THAT(row_sums(directed), Each(6));
        EXPECT_FALSE(is_symmetric(directed));
        EXPECT_FALSE(has_self(directed));
        EXPECT_FALSE(has_duplicates(directed));
    }
}

TEST(SmallWorld, moves_edges_with_its_probability) {
    const std::size_t n = 2000;
    for (const bool directed : {false, true}) {
        const auto graph = SmallWorld{.num_neighbor = 10, .prob = 0.2, .directed = directed}(n, n, random);
        double moved = 0;
        for (const Pair& pair : graph.to_pairs()) {
            const std::size_t apart = (pair.pre + n - pair.post) % n;
            moved += std::min(apart, n - apart) > 5 ? 1 : 0;
        }
        EXPECT_NEAR(moved / 20000, 0.2, 5 * std::sqrt(0.16 / 10000) + 1e-3);  // few land on the ring again
    }
}

TEST(SmallWorld, moves_edges_to_the_neuron_itself_only_if_asked) {
    const auto looped = SmallWorld{.num_neighbor = 2, .prob = 1, .include_self = true}(8, 8, Random(3, "self"));
    EXPECT_TRUE(has_self(looped));
    EXPECT_FALSE(has_duplicates(looped));
    const auto full = SmallWorld{.num_neighbor = 6, .prob = 1}(7, 7, random);  // no place to move to
    EXPECT_EQ(full.csr(), Connectivity::all_to_all(7, 7, false).to_csr());
}

TEST(SmallWorld, refuses_what_is_no_ring) {
    EXPECT_THROW((SmallWorld{.num_neighbor = 5, .prob = 0.1}(5, 5, random)), ParameterError);
    EXPECT_THROW((SmallWorld{.num_neighbor = -2, .prob = 0.1}(5, 5, random)), ParameterError);
    EXPECT_THROW((SmallWorld{.num_neighbor = 2, .prob = NAN}(5, 5, random)), ParameterError);
    EXPECT_THROW((SmallWorld{.num_neighbor = 2, .prob = 0.1}({2, 3}, {2, 3}, random)), ShapeError);
    EXPECT_THROW((SmallWorld{.num_neighbor = 2, .prob = 0.1}(5, 6, random)), ShapeError);
    EXPECT_EQ((SmallWorld{.num_neighbor = 0, .prob = 1}(1, 1, random).size()), 0u);
}

TEST(ScaleFreeBA, has_m_edges_for_each_new_neuron) {
    const auto graph = ScaleFreeBA{.m = 3}(500, 500, random);
    EXPECT_EQ(graph.size(), 2u * 3 * (500 - 3));
    EXPECT_TRUE(is_symmetric(graph));
    EXPECT_FALSE(has_self(graph));
    EXPECT_FALSE(has_duplicates(graph));
    const auto sums = row_sums(graph);
    EXPECT_GE(*std::min_element(sums.begin(), sums.begin() + 4), 1u);
    EXPECT_GE(*std::min_element(sums.begin() + 4, sums.end()), 3u);
}

TEST(ScaleFreeBA, directed_leads_from_newer_to_older) {
    const auto graph = ScaleFreeBA{.m = 3, .directed = true}(500, 500, random);
    EXPECT_EQ(graph.size(), 3u * (500 - 3));
    for (const Pair& pair : graph.to_pairs()) EXPECT_GT(pair.pre, pair.post);
    EXPECT_EQ(row_sums(graph)[499], 3u);
}

TEST(ScaleFreeBA, has_the_tail_of_a_power_law) {
    // P(degree >= k) = m (m + 1) / (k (k + 1)) for large networks.
    const auto sums = row_sums(ScaleFreeBA{.m = 2}(20000, 20000, random));
    for (const std::uint64_t k : {3u, 5u, 10u, 20u}) {
        const double tail = 6 / static_cast<double>(k * (k + 1));
        const auto count = std::count_if(sums.begin(), sums.end(), [&](std::uint64_t sum) { return sum >= k; });
        EXPECT_NEAR(static_cast<double>(count) / 20000, tail, 5 * std::sqrt(tail / 20000) + 1e-3) << k;
    }
    EXPECT_GT(*std::max_element(sums.begin(), sums.end()), 100u);
}

TEST(ScaleFreeBADual, mixes_two_numbers_of_edges) {
    const auto graph = ScaleFreeBADual{.m1 = 1, .m2 = 4, .p = 0.25, .directed = true}(4000, 4000, random);
    const auto sums = row_sums(graph);
    const auto ones = std::count(sums.begin() + 5, sums.end(), 1u),
               fours = std::count(sums.begin() + 5, sums.end(), 4u);
    EXPECT_EQ(ones + fours, 3995);
    EXPECT_NEAR(static_cast<double>(ones), 3995 * 0.25, 5 * std::sqrt(3995 * 0.25 * 0.75));
    EXPECT_EQ((ScaleFreeBADual{.m1 = 1, .m2 = 4, .p = 0}(50, 50, random).size()), 2u * 4 * (50 - 4));
}

TEST(PowerLaw, has_more_triangles_than_without_the_triad_step) {
    const auto clustered = PowerLaw{.m = 3, .p = 0.9}(1000, 1000, random);
    const auto plain = PowerLaw{.m = 3, .p = 0}(1000, 1000, random);
    EXPECT_EQ(clustered.size(), 2u * 3 * (1000 - 3));
    EXPECT_EQ(plain.size(), clustered.size());
    EXPECT_TRUE(is_symmetric(clustered));
    EXPECT_FALSE(has_duplicates(clustered));
    EXPECT_GT(triangles(clustered), 3 * triangles(plain));
    const auto some = triangles(PowerLaw{.m = 3, .p = 0.3}(1000, 1000, random));
    EXPECT_GT(some, triangles(plain));
    EXPECT_GT(triangles(clustered), 2 * some);
    EXPECT_EQ(plain.csr(), (ScaleFreeBA{.m = 3}(1000, 1000, random).csr()));
}

TEST(Growing, refuses_numbers_of_edges_that_cannot_be) {
    for (const std::int64_t m : {std::int64_t{-1}, std::int64_t{0}, std::int64_t{5}, INT64_MAX}) {
        EXPECT_THROW(ScaleFreeBA{.m = m}(5, 5, random), ParameterError);
        EXPECT_THROW((ScaleFreeBADual{.m1 = m, .m2 = 1, .p = 0.5}(5, 5, random)), ParameterError);
        EXPECT_THROW((ScaleFreeBADual{.m1 = 1, .m2 = m, .p = 0.5}(5, 5, random)), ParameterError);
        EXPECT_THROW((PowerLaw{.m = m, .p = 0.5}(5, 5, random)), ParameterError);
    }
    EXPECT_THROW((PowerLaw{.m = 1, .p = 2}(5, 5, random)), ParameterError);
    EXPECT_THROW((ScaleFreeBADual{.m1 = 1, .m2 = 1}(5, 5, random)), ParameterError);  // p has no default
    EXPECT_THROW(ScaleFreeBA{.m = 1}(1, 1, random), ParameterError);
    EXPECT_EQ(ScaleFreeBA{.m = 4}(5, 5, random).size(), 8u);  // the star alone
}

/// Every connector that draws, with and without a seed of its own.
struct Named {
    std::string name;
    Connector free, seeded;
};

const std::vector<Named> all{
    {"FixedProb", FixedProb{.prob = 0.3}, FixedProb{.prob = 0.3, .seed = 5}},
    {"FixedProb_fixed", FixedProb{.prob = 0.3, .law = Law::fixed_out_degree},
     FixedProb{.prob = 0.3, .law = Law::fixed_out_degree, .seed = 5}},
    {"FixedPreNum", FixedPreNum{.num = 0.3}, FixedPreNum{.num = 0.3, .seed = 5}},
    {"FixedPostNum", FixedPostNum{.num = 0.3}, FixedPostNum{.num = 0.3, .seed = 5}},
    {"FixedTotalNum", FixedTotalNum{.num = 0.3}, FixedTotalNum{.num = 0.3, .seed = 5}},
    {"GaussianProb", GaussianProb{.sigma = 3}, GaussianProb{.sigma = 3, .seed = 5}},
    {"ProbDist", ProbDist{.dist = 5, .prob = 0.5}, ProbDist{.dist = 5, .prob = 0.5, .seed = 5}},
    {"SmallWorld", SmallWorld{.num_neighbor = 4, .prob = 0.5}, SmallWorld{.num_neighbor = 4, .prob = 0.5, .seed = 5}},
    {"ScaleFreeBA", ScaleFreeBA{.m = 2}, ScaleFreeBA{.m = 2, .seed = 5}},
    {"ScaleFreeBADual", ScaleFreeBADual{.m1 = 1, .m2 = 2, .p = 0.5},
     ScaleFreeBADual{.m1 = 1, .m2 = 2, .p = 0.5, .seed = 5}},
    {"PowerLaw", PowerLaw{.m = 2, .p = 0.5}, PowerLaw{.m = 2, .p = 0.5, .seed = 5}},
};

class RandomConnector : public testing::TestWithParam<Named> {};
INSTANTIATE_TEST_SUITE_P(all, RandomConnector, testing::ValuesIn(all),
                         [](const auto& named) { return named.param.name; });

TEST_P(RandomConnector, draws_the_same_from_the_same_random_numbers_and_else_something_else) {
    const auto& [name, free, seeded] = GetParam();
    const Random other(8, "test.connections");
    EXPECT_EQ(free(60, 60, random).csr(), free(60, 60, random).csr());
    EXPECT_NE(free(60, 60, random).csr(), free(60, 60, other).csr());
    EXPECT_EQ(seeded(60, 60, random).csr(), seeded(60, 60, other).csr());
    EXPECT_NE(seeded(60, 60, random).csr(), free(60, 60, random).csr());
    EXPECT_TRUE(free(60, 60, random).order().empty());
}

TEST_P(RandomConnector, connects_nothing_in_a_population_without_neurons) {
    const auto graph = GetParam().free(0, 0, random);
    EXPECT_EQ(graph.size(), 0u);
    EXPECT_EQ(graph.num_pre(), 0u);
}

TEST_P(RandomConnector, refuses_populations_that_are_too_large) {
    const Shape huge(std::size_t{1} << 32);
    EXPECT_THROW(GetParam().free(huge, huge, random), ShapeError);
}

TEST(RandomConnectors, of_one_population_without_neurons_connect_nothing) {
    for (const auto& [pre, post] : std::vector<std::pair<int, int>>{{0, 3}, {3, 0}}) {
        EXPECT_EQ(FixedProb{.prob = 1}(pre, post, random).num_pre(), static_cast<std::size_t>(pre));
        EXPECT_EQ((FixedProb{.prob = 1, .law = Law::fixed_out_degree}(pre, post, random).size()), 0u);
        EXPECT_EQ(FixedPreNum{.num = 3}(pre, post, random).size(), 0u);
        EXPECT_EQ(FixedPostNum{.num = 3}(pre, post, random).size(), 0u);
        EXPECT_EQ(FixedTotalNum{.num = 3}(pre, post, random).size(), 0u);
        EXPECT_EQ(ProbDist{}(pre, post, random).size(), 0u);
    }
}

TEST(RandomConnectors, say_so_where_no_memory_could_hold_their_connections) {
    const Shape large((std::size_t{1} << 32) - 1);
    EXPECT_THROW(FixedProb{.prob = 0.5}(large, large, random), UsageError);
    EXPECT_THROW(FixedPostNum{.num = 100000}(large, large, random), UsageError);
    EXPECT_THROW(FixedTotalNum{.num = 0.5}(large, large, random), UsageError);
    EXPECT_THROW((GridN{.N = 100000}(large, large, random)), UsageError);
    EXPECT_THROW(GaussianProb{.sigma = 1e6}(large, large, random), UsageError);
    EXPECT_THROW(ProbDist{.dist = 1e6}(large, large, random), UsageError);
    EXPECT_THROW(ScaleFreeBA{.m = 100000}(large, large, random), UsageError);
    EXPECT_THROW((SmallWorld{.num_neighbor = 100000, .prob = 0}(large, large, random)), UsageError);
}

}  // namespace
}  // namespace bouton
