// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include <bouton/connect/weights.hpp>
#include <bouton/core/error.hpp>
#include <bouton/init/initializers.hpp>

#include <gtest/gtest.h>

#include "connect_test.hpp"

namespace bouton {
namespace {

using Form = Weights::Form;
using Values = std::vector<double>;
using test::message_of;
using test::stored;

const Random draws(7, "test.weights");
const Connectivity one = Connectivity::one_to_one(3, 3);
const Connectivity every = Connectivity::all_to_all(2, 3, true);
const Connectivity others = Connectivity::all_to_all(2, 3, false);
// Given unsorted, one pair twice; sorted it is (0, 1) (0, 1) (0, 2) (1, 0).
const Connectivity list = Connectivity::from_pairs(2, 3, std::vector<Pair>{{1, 0}, {0, 1}, {0, 2}, {0, 1}});

Weights resolved(const Weight& weight, const Connectivity& graph, bool brainpy_2_4 = false) {
    Settings settings;
    settings.brainpy_2_4 = brainpy_2_4;
    return resolve(weight, graph, settings, "syn", draws);
}

const Array matrix{{2, 3}, {1, 2, 3, 4, 5, 6}};

TEST(Weights, one_number_is_for_all) {
    for (const auto& graph : {one, every, others, list})
        for (const Weight& weight :
             {Weight(0.5), Weight({0.5}), Weight(Array{{}, {0.5}}), Weight(Array{{1, 1}, {0.5}})})
            EXPECT_EQ(resolved(weight, graph), (Weights{Form::scalar, 0.5, {}}));
    EXPECT_EQ(resolved(2, every).scalar, 2);
    EXPECT_EQ(resolved(0.5f, every).scalar, 0.5);
}

TEST(Weights, of_one_to_one_are_one_for_each_pair) {
    const Weights expected{Form::per_connection, 0, stored({1, 2, 3})};
    EXPECT_EQ(resolved({1, 2, 3}, one), expected);
    EXPECT_EQ(resolved(PerPre{{1, 2, 3}}, one), expected);
    EXPECT_EQ(resolved(PerConnection{{1, 2, 3}}, one), expected);
}

TEST(Weights, of_all_to_all_are_a_matrix) {
    EXPECT_EQ(resolved(matrix, every), (Weights{Form::per_connection, 0, stored(matrix.values)}));
    EXPECT_EQ(resolved(PerConnection{matrix.values}, every).values, stored(matrix.values));
}

TEST(Weights, from_a_neuron_to_itself_are_0_where_it_is_left_out) {
    EXPECT_EQ(resolved(matrix, others).values, stored({0, 2, 3, 4, 0, 6}));
    EXPECT_EQ(resolved(matrix, others, true).values, stored(matrix.values));  // a defect of BrainPy 2.4
    EXPECT_EQ(resolved(PerConnection{{2, 3, 4, 6}}, others).values, stored({0, 2, 3, 4, 0, 6}));
    EXPECT_EQ(resolved(Constant{.value = 2}, others).values, stored({0, 2, 2, 2, 0, 2}));
}

TEST(Weights, of_a_list_follow_the_order_in_which_it_was_given) {
    EXPECT_EQ(resolved({10, 11, 12, 13}, list).values, stored({11, 13, 12, 10}));
    EXPECT_EQ(resolved(PerConnection{{10, 11, 12, 13}}, list).values, stored({11, 13, 12, 10}));
    const auto sorted = Connectivity::sparse({{0, 2, 3}, {0, 2, 1}}, 3);
    EXPECT_EQ(resolved({10, 11, 12}, sorted).values, stored({10, 11, 12}));
}

TEST(Weights, of_a_list_are_taken_from_a_matrix) {
    EXPECT_EQ(resolved(matrix, list), (Weights{Form::per_connection, 0, stored({2, 2, 3, 4})}));
    Array holes = matrix;
    holes.values[0] = NAN;  // (0, 0) is not connected
    EXPECT_EQ(resolved(holes, list).values, stored({2, 2, 3, 4}));
}

TEST(Weights, may_belong_to_presynaptic_neurons) {
    for (const auto& graph : {every, others, list})
        EXPECT_EQ(resolved(PerPre{{1, 2}}, graph), (Weights{Form::per_pre, 0, stored({1, 2})}));
}

/// Numbers its values, and remembers the shape it was called with.
struct Counting {
    Shape* called;
    bool alone;

    bool elementwise() const { return alone; }
    Array operator()(const Shape& shape, const Random&) const {
        *called = shape;
        Array array{shape, {}};
        for (std::size_t k = 0; k < shape.count(); ++k) array.values.push_back(static_cast<double>(k));
        return array;
    }
};

TEST(Weights, initialisers_make_a_matrix_for_a_list_only_if_they_must) {
    Shape called;
    EXPECT_EQ(resolved(Counting{&called, true}, list).values, stored({1, 3, 2, 0}));
    EXPECT_EQ(called, Shape(4));
    EXPECT_EQ(resolved(Counting{&called, false}, list).values, stored({1, 1, 2, 3}));
    EXPECT_EQ(called, (Shape{2, 3}));
    EXPECT_EQ(resolved(Counting{&called, true}, every).values, stored({0, 1, 2, 3, 4, 5}));
    EXPECT_EQ(called, (Shape{2, 3}));
    EXPECT_EQ(resolved(Counting{&called, false}, one).values, stored({0, 1, 2}));
    EXPECT_EQ(called, Shape(3));
}

TEST(Weights, initialisers_draw_the_same_each_time) {
    EXPECT_EQ(resolved(Normal{}, list), resolved(Normal{}, list));
    EXPECT_EQ(resolved(XavierNormal{}, list).values.size(), 4u);
}

TEST(Weights, of_initialisers_are_made_in_parts_that_do_not_show) {
    // More than one part, on one thread and on several; positions i = i of a matrix are drawn and left out.
    const auto large = Connectivity::all_to_all(200, 300, false);
    const auto shuffled = Connectivity::from_pairs(40000, 1, [] {
        std::vector<Pair> pairs;
        for (std::uint32_t k = 0; k < 40000; ++k) pairs.push_back({k * 7 % 40000, 0});
        return pairs;
    }());
    for (const Weight& weight : {Weight(Normal{}), Weight(Normal{.seed = 3}), Weight(Gamma{.shape = 2}),
                                 Weight(Exponential{}), Weight(Uniform{}), Weight(Constant{}), Weight(ZeroInit{})}) {
        const auto& initialiser = std::get<Parameter>(weight.given());
        ASSERT_TRUE(initialiser.fills_parts());
        for (const unsigned threads : {1u, 3u}) {
            Array matrix_of_all = initialiser.resolve("syn", "g_max", {200, 300}, draws);
            for (std::size_t i = 0; i < 200; ++i) matrix_of_all.values[i * 301] = 0;
            EXPECT_EQ(resolve(weight, large, {}, "syn", draws, threads).values, stored(matrix_of_all.values));
            const Array list_of_all = initialiser.resolve("syn", "g_max", Shape(40000), draws);
            const Weights weights = resolve(weight, shuffled, {}, "syn", draws, threads);
            for (std::uint32_t k = 0; k < 40000; ++k)
                ASSERT_EQ(weights.values.get(k * 7 % 40000), list_of_all.values[k]);
        }
    }
    Settings as_brainpy;
    as_brainpy.brainpy_2_4 = true;
    EXPECT_EQ(resolve(Constant{}, others, as_brainpy, "syn", draws).values, stored({1, 1, 1, 1, 1, 1}));
    EXPECT_FALSE(Parameter(Constant{.value = {1, 2}}).fills_parts());
    EXPECT_THROW(resolved(Normal{.scale = -1}, Connectivity::from_pairs(2, 2, {})), ParameterError);
}

TEST(Weights, are_stored_in_the_precision_of_the_run) {
    const Settings single{.precision = Precision::float32};
    for (const Weight& weight : {Weight(Values{0.1, 1, 2, 3}), Weight(PerPre{{0.1, 1}}), Weight(Normal{}),
                                 Weight(PerConnection{{0.1, 1, 2, 3}}), Weight(XavierNormal{})}) {
        const Weights weights = resolve(weight, list, single, "syn", draws);
        EXPECT_TRUE(weights.values.is_single());
        EXPECT_EQ(weights.bytes(), 4 * weights.values.size());
        const Weights full = resolved(weight, list);
        EXPECT_EQ(full.bytes(), 8 * full.values.size());
        for (std::size_t k = 0; k < full.values.size(); ++k)
            EXPECT_EQ(weights.values.as<float>()[k], static_cast<float>(full.values.get(k)));
    }
    EXPECT_EQ(message_of<ParameterError>([&] {
                  resolve(Values{1e300, 1, 2, 3}, list, single, "syn", draws);
              }),
              "syn.g_max = 1e+300, but must be finite in float32");
}

TEST(Weights, refuse_other_shapes_and_name_both) {
    const auto wide = Connectivity::all_to_all(4, 3, true);
    const Array turned{{3, 4}, Values(12, 1)};
    EXPECT_EQ(message_of<ShapeError>([&] { resolved(turned, wide); }),
              "weights of syn have shape (3, 4), but must be a scalar or have shape (4, 3)");
    EXPECT_EQ(message_of<ShapeError>([&] { resolved(turned, list); }),
              "weights of syn have shape (3, 4), but must be a scalar or have shape (2, 3) or (4,)");
    EXPECT_EQ(message_of<ShapeError>([&] {
                  resolved({1, 2}, one);
              }),
              "weights of syn have shape (2,), but must be a scalar or have shape (3,)");
    EXPECT_THROW(resolved(Values(6, 1), every), ShapeError);  // a list for a matrix
    EXPECT_THROW(resolved(Array{{3, 3}, Values(9, 1)}, one), ShapeError);
    EXPECT_THROW(resolved(Array{{2, 3}, {1, 2}}, every), ShapeError);
    EXPECT_THROW(resolved(Values{}, every), ShapeError);
    EXPECT_EQ(message_of<ShapeError>([&] {
                  resolved(PerPre{{1, 2, 3}}, list);
              }),
              "syn.g_max has 3 values, but must have 2, one for each presynaptic neuron");
    EXPECT_EQ(message_of<ShapeError>([&] {
                  resolved(PerConnection{{1, 2, 3}}, list);
              }),
              "syn.g_max has 3 values, but must have 4, one for each connection");
    EXPECT_THROW(resolved([](const Shape&, const Random&) { return Array{{2}, {1, 2}}; }, every), ShapeError);
}

TEST(Weights, refuse_what_is_not_finite) {
    for (const double bad : Values{NAN, INFINITY, -INFINITY}) {
        EXPECT_THROW(resolved(bad, list), ParameterError);
        EXPECT_THROW(resolved(PerPre{{1, bad}}, list), ParameterError);
        EXPECT_THROW(resolved({1, 2, 3, bad}, list), ParameterError);
        EXPECT_THROW(resolved(Array{{2, 3}, Values(6, bad)}, every), ParameterError);
    }
}

TEST(Weights, of_no_connections_are_none) {
    const auto empty = Connectivity::from_pairs(0, 3, {});
    EXPECT_TRUE(resolved(Values{}, empty).values.size() == 0);
    EXPECT_TRUE(resolved(Array{{0, 3}, {}}, empty).values.size() == 0);
    EXPECT_TRUE(resolved(Normal{}, empty).values.size() == 0);
    EXPECT_EQ(resolved(0.5, empty).scalar, 0.5);
}

}  // namespace
}  // namespace bouton
