// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <bouton/core/error.hpp>
#include <bouton/init/initializers.hpp>
#include <bouton/init/parameter.hpp>

#include <gtest/gtest.h>

namespace bouton {
namespace {

const Random random_numbers(1, "exc.V");

Array resolve(const Parameter& parameter, const Shape& shape) {
    return parameter.resolve("exc", "V", shape, random_numbers);
}

template <class Error>
std::string message(const Parameter& parameter, const Shape& shape) {
    try {
        resolve(parameter, shape);
    } catch (const Error& error) {
        return error.what();
    }
    return "no such error";
}

TEST(Parameter, a_number_of_any_type_is_a_scalar) {
    for (const Parameter& p : {Parameter(-65), Parameter(-65.), Parameter(-65.f), Parameter(std::int8_t{-65})}) {
        EXPECT_TRUE(p.is_scalar());
        EXPECT_EQ(resolve(p, {3, 4}).shape, Shape());
        EXPECT_EQ(resolve(p, {3, 4}).values, std::vector{-65.});
    }
}

TEST(Parameter, an_array_of_one_element_is_a_scalar) {
    for (const Parameter& p : {Parameter{5}, Parameter(Array{{}, {5}}), Parameter(Array{{1, 1}, {5}})}) {
        EXPECT_TRUE(p.is_scalar());
        EXPECT_EQ(resolve(p, 4).shape, Shape());
        EXPECT_EQ(resolve(p, 4).values, std::vector{5.});
    }
}

TEST(Parameter, an_array_keeps_its_shape) {
    EXPECT_FALSE(Parameter({1, 2, 3}).is_scalar());
    EXPECT_EQ(resolve({1, 2, 3}, 3).values, (std::vector{1., 2., 3.}));
    EXPECT_EQ(resolve(Array{{2, 1}, {1, 2}}, {2, 1}).shape, (Shape{2, 1}));
    EXPECT_EQ(resolve(std::vector<double>(), 0).values.size(), 0u);
}

TEST(Parameter, an_array_of_another_shape_is_refused) {
    EXPECT_EQ(message<ShapeError>({1, 2, 3}, 4), "exc.V has shape (3,), but must be a scalar or have shape (4,)");
    EXPECT_EQ(message<ShapeError>(Array{{2, 1}, {1, 2}}, {1, 2}),
              "exc.V has shape (2, 1), but must be a scalar or have shape (1, 2)");
    EXPECT_EQ(message<ShapeError>(std::vector<double>(), 4),
              "exc.V has shape (0,), but must be a scalar or have shape (4,)");
    EXPECT_EQ(message<ShapeError>(Array{{4}, {1, 2}}, 4), "exc.V has 2 values, but its shape (4,) needs 4");
    EXPECT_EQ(message<ShapeError>(Array{{}, {1, 2}}, Shape()), "exc.V has 2 values, but its shape () needs 1");
}

TEST(Parameter, an_initialiser_is_called_with_the_shape_and_the_random_numbers) {
    const Parameter p = Normal{.mean = -65};
    EXPECT_FALSE(p.is_scalar());
    const Array array = resolve(p, {2, 3});
    EXPECT_EQ(array.shape, (Shape{2, 3}));
    EXPECT_EQ(array.values[4], -65 + random_numbers.normal(4));
    EXPECT_EQ(resolve([](const Shape& shape, const Random&) { return Array{shape, {7, 8}}; }, 2).values[1], 8);
}

TEST(Parameter, an_initialiser_that_makes_something_else_is_refused) {
    const auto makes = [](const Array& array) { return [array](const Shape&, const Random&) { return array; }; };
    EXPECT_EQ(message<ShapeError>(makes({{3}, {1, 2, 3}}), 4),
              "the initialiser of exc.V gave shape (3,), but was asked for (4,)");
    EXPECT_EQ(message<ShapeError>(makes({{}, {1}}), 4),
              "the initialiser of exc.V gave shape (), but was asked for (4,)");
    EXPECT_EQ(message<ShapeError>(makes({{4}, {1}}), 4), "exc.V has 1 values, but its shape (4,) needs 4");
    EXPECT_EQ(message<UsageError>(Initializer(), 4),
              "the initialiser of exc.V is an empty function, but must be callable");
}

TEST(Parameter, elementwise_are_initialisers_whose_values_are_drawn_one_by_one) {
    EXPECT_TRUE(Parameter(ZeroInit{}).is_elementwise());
    EXPECT_TRUE(Parameter(Constant{.value = 2}).is_elementwise());
    EXPECT_TRUE(Parameter(OneInit{}).is_elementwise());
    EXPECT_TRUE(Parameter(Normal{}).is_elementwise());
    EXPECT_TRUE(Parameter(Uniform{}).is_elementwise());
    EXPECT_TRUE(Parameter(Gamma{.shape = 2}).is_elementwise());
    EXPECT_TRUE(Parameter(Exponential{}).is_elementwise());
    EXPECT_TRUE(Parameter(Clip{.init = Normal{}, .min = 0}).is_elementwise());
    EXPECT_TRUE(Parameter(Clip{.init = 3, .min = 0}).is_elementwise());

    EXPECT_FALSE(Parameter(2).is_elementwise());
    EXPECT_FALSE(Parameter({1, 2}).is_elementwise());
    EXPECT_FALSE(Parameter(Constant{.value = {1, 2}}).is_elementwise());
    EXPECT_FALSE(Parameter(Identity{}).is_elementwise());
    EXPECT_FALSE(Parameter(XavierNormal{}).is_elementwise());
    EXPECT_FALSE(Parameter(Orthogonal{}).is_elementwise());
    EXPECT_FALSE(Parameter(Clip{.init = Orthogonal{}}).is_elementwise());
    EXPECT_FALSE(Parameter([](const Shape& s, const Random&) { return Array{s, {}}; }).is_elementwise());
}

}  // namespace
}  // namespace bouton
