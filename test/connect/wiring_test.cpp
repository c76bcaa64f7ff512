// SPDX-License-Identifier: Apache-2.0
// Delays, and connections that come together with weights and delays.
#include <cmath>
#include <map>

#include <bouton/connect/wiring.hpp>
#include <bouton/core/error.hpp>
#include <bouton/init/initializers.hpp>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "connect_test.hpp"

namespace bouton {
namespace {

using Form = Delays::Form;
using Steps = std::vector<std::uint32_t>;
using Values = std::vector<double>;
using test::message_of;
using test::stored;

const Random draws(7, "test.delays");
const Connectivity one = Connectivity::one_to_one(3, 3);
const Connectivity every = Connectivity::all_to_all(2, 3, true);
const Connectivity others = Connectivity::all_to_all(2, 3, false);
// Given unsorted, one pair twice; sorted it is (0, 1) (0, 1) (0, 2) (1, 0).
const Connectivity list = Connectivity::from_pairs(2, 3, std::vector<Pair>{{1, 0}, {0, 1}, {0, 2}, {0, 1}});

Delays resolved(const Delay& delay, const Connectivity& graph) { return resolve(delay, graph, "syn", draws); }

const Array matrix{{2, 3}, {1, 2, 3, 4, 5, 6}};

TEST(Delays, none_or_one_for_all) {
    for (const auto& graph : {one, every, list}) {
        EXPECT_EQ(resolved({}, graph), Delays{});
        EXPECT_EQ(resolved(0, graph), (Delays{Form::uniform, {0}}));
        EXPECT_EQ(resolved(3, graph), (Delays{Form::uniform, {3}}));
        EXPECT_EQ(resolved(3., graph), (Delays{Form::uniform, {3}}));
        EXPECT_EQ(resolved(true, graph), (Delays{Form::uniform, {1}}));
        EXPECT_EQ(resolved(Array{{}, {3}}, graph), (Delays{Form::uniform, {3}}));
    }
    EXPECT_EQ(resolved({}, one).max(), 0u);
    EXPECT_EQ(resolved(UINT32_MAX, one).max(), UINT32_MAX);
}

TEST(Delays, an_array_with_one_axis_is_for_presynaptic_neurons) {
    EXPECT_EQ(resolved({4, 0}, list), (Delays{Form::per_pre, {4, 0}}));
    EXPECT_EQ(resolved(std::vector<int>{4, 0}, every), (Delays{Form::per_pre, {4, 0}}));
    EXPECT_EQ(resolved({1, 2, 3}, one).max(), 3u);
    const auto square = Connectivity::from_pairs(2, 2, std::vector<Pair>{{1, 0}, {0, 1}});
    EXPECT_EQ(resolved({4, 0}, square).form, Form::per_pre);  // though there are as many connections
    EXPECT_EQ(resolved({5}, Connectivity::one_to_one(1, 1)).form, Form::per_pre);
}

TEST(Delays, of_connections_are_a_matrix_or_named) {
    EXPECT_EQ(resolved(matrix, every), (Delays{Form::per_connection, {1, 2, 3, 4, 5, 6}}));
    EXPECT_EQ(resolved(matrix, others).steps, (Steps{0, 2, 3, 4, 0, 6}));
    EXPECT_EQ(resolved(matrix, list).steps, (Steps{2, 2, 3, 4}));
    EXPECT_EQ(resolved(Array{{3, 3}, {1, 0, 0, 0, 2, 0, 0, 0, 3}}, one), (Delays{Form::per_connection, {1, 2, 3}}));
    EXPECT_EQ(resolved(PerConnection{{10, 11, 12, 13}}, list), (Delays{Form::per_connection, {11, 13, 12, 10}}));
}

TEST(Delays, come_from_initialisers_if_these_give_whole_numbers) {
    EXPECT_EQ(resolved(Constant{.value = 3}, list), (Delays{Form::per_pre, {3, 3}}));
    EXPECT_EQ(resolved(Constant{.value = 3 - 1e-12}, list).steps, (Steps{3, 3}));
    EXPECT_THROW(resolved(Uniform{.min_val = 0.1, .max_val = 0.9}, list), ParameterError);
}

TEST(Delays, refuse_what_is_no_number_of_steps) {
    EXPECT_EQ(message_of<ParameterError>([] { resolved(1.5, one); }),
              "syn.delay_step = 1.5, but must be a whole number of steps (divide a time by dt)");
    EXPECT_EQ(message_of<ParameterError>([] { resolved(-1, one); }),
              "syn.delay_step = -1, but must be at least 0 and below 2^32");
    for (const double bad : Values{-1, 0.5, 1e-6, NAN, INFINITY, -INFINITY, 4294967296., 1e300}) {
        EXPECT_THROW(resolved(bad, list), ParameterError);
        EXPECT_THROW(resolved({0, bad}, list), ParameterError);
        EXPECT_THROW(resolved(PerConnection{{0, 0, bad, 0}}, list), ParameterError);
    }
}

TEST(Delays, refuse_other_shapes_and_name_them) {
    EXPECT_EQ(message_of<ShapeError>([] {
                  resolved({1, 2, 3}, list);
              }),
              "delays of syn have shape (3,), but must be a scalar or have shape (2,) or (2, 3)");
    EXPECT_THROW(resolved({1, 2, 3, 4}, list), ShapeError);  // as many as connections, but not named so
    EXPECT_THROW(resolved({1}, list), ShapeError);
    EXPECT_THROW(resolved(Values{}, list), ShapeError);
    EXPECT_THROW(resolved(Array{{3, 2}, Values(6, 1)}, list), ShapeError);
    EXPECT_THROW(resolved(PerConnection{{1, 2, 3}}, list), ShapeError);
}

TEST(Wiring, keeps_connections_that_are_given_twice) {
    const Wiring wiring = wire(list, {10, 11, 12, 13}, PerConnection{{0, 1, 2, 3}}, {}, "syn", draws);
    EXPECT_EQ(wiring.graph.size(), 4u);
    EXPECT_EQ(wiring.weights.values, stored({11, 13, 12, 10}));
    EXPECT_EQ(wiring.delays.steps, (Steps{1, 3, 2, 0}));
}

TEST(Wiring, as_brainpy_2_4_lets_the_last_of_a_pair_win) {
    Settings settings;
    settings.brainpy_2_4 = true;
    const Wiring wiring = wire(list, {10, 11, 12, 13}, PerConnection{{0, 1, 2, 3}}, settings, "syn", draws);
    EXPECT_EQ(wiring.graph.to_pairs(), (std::vector<Pair>{{1, 0}, {0, 1}, {0, 2}}));
    EXPECT_EQ(wiring.weights.values, stored({13, 12, 10}));
    EXPECT_EQ(wiring.delays.steps, (Steps{3, 2, 0}));
    const Wiring by_pre = wire(list, PerPre{{1, 2}}, {4, 5}, settings, "syn", draws);
    EXPECT_EQ(by_pre.graph.size(), 3u);
    EXPECT_EQ(by_pre.weights.values, stored({1, 2}));
    EXPECT_EQ(by_pre.delays.steps, (Steps{4, 5}));
}

TEST(Wiring, draws_weights_and_delays_independently) {
    double drawn[2] = {0, 0};
    const auto note = [&](int which) {
        return [&drawn, which](const Shape& shape, const Random& random) {
            drawn[which] = random.uniform(0);
            return Array{shape, Values(shape.count(), 1)};
        };
    };
    wire(list, note(0), note(1), {}, "syn", draws);
    EXPECT_NE(drawn[0], drawn[1]);
}

RC_GTEST_PROP(Wiring, weights_and_delays_stay_with_their_pairs, ()) {
    const auto pairs = *rc::gen::container<std::vector<Pair>>(
        rc::gen::construct<Pair>(rc::gen::inRange<std::uint32_t>(0, 4), rc::gen::inRange<std::uint32_t>(0, 3)));
    RC_PRE(pairs.size() != 1u);  // one value would be a scalar
    Values number(pairs.size());
    std::map<Pair, std::vector<double>> given;
    for (std::size_t k = 0; k < pairs.size(); ++k) {
        number[k] = static_cast<double>(k);
        given[pairs[k]].push_back(number[k]);
    }
    const auto graph = Connectivity::from_pairs(4, 3, pairs);
    for (const bool once : {false, true}) {
        Settings settings;
        settings.brainpy_2_4 = once;
        const Wiring wiring = wire(graph, number, PerConnection{number}, settings, "syn", draws);
        std::map<Pair, std::vector<double>> found;
        const Csr& csr = wiring.graph.csr();
        for (std::uint32_t pre = 0; pre < 4; ++pre)
            for (std::uint64_t k = csr.row[pre]; k < csr.row[pre + 1]; ++k) {
                found[{pre, csr.target[k]}].push_back(wiring.weights.values.get(k));
                RC_ASSERT(wiring.delays.steps[k] == static_cast<std::uint32_t>(wiring.weights.values.get(k)));
            }
        if (once)
            for (auto& [pair, values] : given) values = {values.back()};
        RC_ASSERT(found == given);
    }
}

}  // namespace
}  // namespace bouton
