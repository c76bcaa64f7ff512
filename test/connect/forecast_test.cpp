// SPDX-License-Identifier: Apache-2.0
// What is told of connections before they are made, and that they do not depend on the number of threads.
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include <bouton/connect/wiring.hpp>

#include <gtest/gtest.h>

#include "connect_test.hpp"

namespace bouton {
namespace {

using test::random;

struct Named {
    std::string name;
    Connector connector;
    Shape pre, post;
    bool exact;
};

const Array holes{{2, 3}, {0, 1, 2, 0, 0, -1}};
const Connectivity given = Connectivity::from_pairs(2, 3, std::vector<Pair>{{1, 2}, {0, 1}, {1, 0}});

const std::vector<Named> all{
    {"All2All", All2All{}, 30, 20, true},
    {"All2All_others", All2All{.include_self = false}, 30, 20, true},
    {"One2One", One2One{}, 30, 30, true},
    {"GridFour", GridFour{}, {5, 8}, {5, 8}, true},
    {"GridFour_ring", GridFour{.include_self = true, .periodic_boundary = true}, {2, 3, 4}, {2, 3, 4}, true},
    {"GridEight", GridEight{.include_self = true}, {5, 8}, {5, 8}, true},
    {"GridEight_ring", GridEight{.periodic_boundary = true}, {5, 8}, {5, 8}, true},
    {"GridN", GridN{.N = 3}, {5, 40}, {5, 40}, true},
    {"GridN_ring", GridN{.N = 3, .periodic_boundary = true}, {5, 40}, {5, 40}, true},
    {"MatConn", MatConn{holes}, 2, 3, true},
    {"matrix", holes, 2, 3, true},
    {"given", given, 2, 3, true},
    {"IJConn", IJConn{.i = {0, 0, 1}, .j = {1, 2, 0}}, 2, 3, true},
    {"IJConn_unsorted", IJConn{.i = {1, 0, 1}, .j = {1, 2, 0}}, 2, 3, true},
    {"CSRConn", CSRConn{.indices = {1, 2, 0, 2}, .inptr = {0, 2, 2, 4}}, 3, 3, true},
    {"CSRConn_unsorted", CSRConn{.indices = {2, 1, 0, 2}, .inptr = {0, 2, 2, 4}}, 3, 3, true},
    {"SparseMatConn", SparseMatConn{.indices = {1, 0}, .indptr = {0, 2, 2}}, 2, 3, true},
    {"FixedProb", FixedProb{.prob = 0.1, .pre_ratio = 0.7, .include_self = false}, 1000, 900, false},
    {"FixedProb_fixed", FixedProb{.prob = 0.1, .pre_ratio = 0.7, .include_self = false, .law = Law::fixed_out_degree},
     1000, 900, true},
    {"FixedPreNum", FixedPreNum{.num = 80}, 1000, 900, true},
    {"FixedPreNum_others", FixedPreNum{.num = 1.0, .include_self = false}, 90, 100, true},
    {"FixedPreNum_most", FixedPreNum{.num = 0.9}, 100, 90, true},
    {"FixedPreNum_repeated", FixedPreNum{.num = 30, .allow_multi_conn = true}, 100, 90, true},
    {"FixedPostNum", FixedPostNum{.num = 80, .include_self = false}, 900, 1000, true},
    {"FixedPostNum_repeated", FixedPostNum{.num = 80, .include_self = false, .allow_multi_conn = true}, 90, 100, true},
    {"FixedTotalNum", FixedTotalNum{.num = 123456}, 1000, 900, true},
    {"FixedTotalNum_most", FixedTotalNum{.num = 0.9}, 300, 400, true},
    {"GaussianProb", GaussianProb{.sigma = 3}, {40, 50}, {40, 50}, false},
    {"GaussianProb_wide", GaussianProb{.sigma = 150, .include_self = false}, 1000, 1000, false},
    {"GaussianProb_ring", GaussianProb{.sigma = 1.5, .periodic_boundary = true}, {6, 50}, {6, 50}, false},
    {"GaussianProb_wide_ring", GaussianProb{.sigma = 150, .periodic_boundary = true}, 1000, 1000, false},
    {"ProbDist", ProbDist{.dist = 5}, {20, 30}, {20, 30}, true},
    {"ProbDist_line", ProbDist{.dist = 7, .include_self = false}, 100, 60, true},
    {"ProbDist_solid", ProbDist{.dist = std::sqrt(6)}, {5, 6, 7}, {7, 5, 4}, true},
    {"ProbDist_some", ProbDist{.dist = INFINITY, .prob = 0.3, .pre_ratio = 0.5}, {10, 100}, {20, 30}, false},
    {"SmallWorld", SmallWorld{.num_neighbor = 9, .prob = 0.3}, 1000, 1000, true},
    {"SmallWorld_directed", SmallWorld{.num_neighbor = 9, .prob = 0.3, .directed = true}, 1000, 1000, true},
    {"ScaleFreeBA", ScaleFreeBA{.m = 5}, 1000, 1000, true},
    {"ScaleFreeBADual", ScaleFreeBADual{.m1 = 2, .m2 = 5, .p = 0.5, .directed = true}, 1000, 1000, false},
    {"PowerLaw", PowerLaw{.m = 5, .p = 0.5}, 1000, 1000, true},
    {"nothing", FixedPreNum{.num = 3}, 0, 5, true},
};

class AnyConnector : public testing::TestWithParam<Named> {};
INSTANTIATE_TEST_SUITE_P(all, AnyConnector, testing::ValuesIn(all), [](const auto& named) { return named.param.name; });

TEST_P(AnyConnector, makes_what_it_forecasts) {
    const auto& [name, connector, pre, post, exact] = GetParam();
    const Connectivity graph = connector(pre, post, random);
    const Forecast forecast = connector.forecast(pre, post).value();
    EXPECT_EQ(forecast.kind, graph.kind());
    EXPECT_EQ(forecast.has_order, !graph.order().empty());
    const auto size = static_cast<double>(graph.size());
    if (exact)
        EXPECT_DOUBLE_EQ(forecast.size, size);
    else  // a sum over pre neurons, some of which may take no part at all
        EXPECT_NEAR(forecast.size, size,
                    5 * forecast.size / std::sqrt(static_cast<double>(std::min(pre.count(), post.count()))) / 2);
}

TEST_P(AnyConnector, makes_the_same_on_any_number_of_threads) {
    const auto& [name, connector, pre, post, exact] = GetParam();
    const Connectivity alone = connector(pre, post, random, 1);
    for (const unsigned threads : {2u, 3u, 7u}) {
        const Connectivity together = connector(pre, post, random, threads);
        EXPECT_EQ(together.to_csr(), alone.to_csr()) << threads;
        EXPECT_EQ(together.to_pairs(), alone.to_pairs()) << threads;
    }
}

TEST_P(AnyConnector, needs_the_memory_that_is_forecast) {
    const auto& [name, connector, pre, post, exact] = GetParam();
    if (!exact) return;
    const Connectivity graph = connector(pre, post, random);
    const std::size_t num_pre = pre.count(), num_post = post.count(), size = graph.size();
    const std::vector<Weight> weights{0.5,
                                      Array{{1, 1}, {0.5}},
                                      PerPre{std::vector<double>(num_pre, 1)},
                                      PerConnection{std::vector<double>(size, 1)},
                                      Normal{},
                                      Identity{}};
    const std::vector<Delay> delays{{}, 3, Constant{.value = 2}, PerConnection{std::vector<double>(size, 1)}};
    for (const Precision precision : {Precision::float32, Precision::float64})
        for (const Weight& weight : weights)
            for (const Delay& delay : delays) {
                const Wiring wiring = wire(graph, weight, delay, {.precision = precision}, "syn", random);
                const std::uint64_t expected =
                    expected_bytes(connector.forecast(pre, post).value(), num_pre, num_post, weight, delay, precision);
                EXPECT_EQ(expected, wiring.bytes());
            }
}

TEST(Forecast, a_function_need_not_tell) {
    const Connector silent = [](const Shape& pre, const Shape& post, const Random&) {
        return Connectivity::all_to_all(pre.count(), post.count(), true);
    };
    EXPECT_FALSE(silent.forecast(3, 3).has_value());
}

TEST(Bytes, are_four_a_connection_and_eight_a_neuron) {
    const Connectivity graph = FixedPostNum{.num = 80}(1000, 2000, random);
    EXPECT_EQ(graph.bytes(), 4u * 80'000 + 8 * 1001);
    EXPECT_EQ(All2All{}(1000, 2000, random).bytes(), 0u);
    const auto unsorted = Connectivity::from_pairs(2, 2, std::vector<Pair>{{1, 0}, {0, 1}});
    EXPECT_EQ(unsorted.bytes(), (4u + 8) * 2 + 8 * 3);
}

TEST(Transpose, does_not_depend_on_the_number_of_threads) {
    const Connectivity graph = FixedProb{.prob = 0.3}(700, 500, random);
    const Csr once = transpose(graph.csr(), 500, 1);
    for (const unsigned threads : {2u, 3u, 7u}) EXPECT_EQ(transpose(graph.csr(), 500, threads), once);
    EXPECT_EQ(transpose(once, 700, 3), graph.csr());
}

TEST(Order, does_not_depend_on_the_number_of_threads) {
    std::vector<Pair> pairs;
    const Random draw = random.at(1);
    for (std::uint64_t k = 0; k < 20000; ++k)
        pairs.push_back({static_cast<std::uint32_t>(draw.below(100, 2 * k)),
                         static_cast<std::uint32_t>(draw.below(50, 2 * k + 1))});
    for (const unsigned threads : {1u, 2u, 3u, 7u}) {
        const Connectivity graph = Connectivity::from_pairs(100, 50, pairs, threads);
        EXPECT_EQ(graph.to_pairs(), pairs);
        for (std::size_t k = 1; k < pairs.size(); ++k)  // equal pairs stay in the order in which they were given
            if (pairs[k] == pairs[k - 1]) {
                EXPECT_LT(graph.order()[k - 1], graph.order()[k]);
            }
    }
}

}  // namespace
}  // namespace bouton
