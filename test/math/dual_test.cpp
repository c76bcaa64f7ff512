// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <vector>

#include <bouton/math/dual.hpp>
#include <bouton/math/lane_functions.hpp>

#include <gtest/gtest.h>

namespace bouton {
namespace {

/// Value and derivative of `f` at `x` agree with f itself and with its central difference.
template <class Function>
void expect_derivative(const Function& f, const std::vector<double>& points) {
    for (const double x : points) {
        const double h = 1e-5 * std::max(1., std::abs(x));
        const double difference = (f(x + h) - f(x - h)) / (2 * h);
        const Dual<double> result = f(Dual<double>(x, 1));
        EXPECT_NEAR(result.value, f(x), 1e-15 * std::abs(f(x))) << x;
        EXPECT_NEAR(result.derivative, difference, 1e-8 * std::max(1., std::abs(difference))) << x;
        // Twice as fast in the underlying variable: twice the derivative.
        EXPECT_DOUBLE_EQ(f(Dual<double>(x, 2)).derivative, 2 * result.derivative) << x;
    }
}

const std::vector<double> everywhere{-5.3, -1, -0.2, 0, 1e-8, 0.4, 1, 2.7, 8.1};
const std::vector<double> positive{0.1, 0.4, 1, 2.7, 80.1};
const std::vector<double> not_zero{-5.3, -1, -0.2, 0.4, 1, 2.7, 8.1};

TEST(Dual, arithmetic_with_another_dual) {
    expect_derivative([](auto x) { return x + square(x); }, everywhere);
    expect_derivative([](auto x) { return x - cube(x); }, everywhere);
    expect_derivative([](auto x) { return (x + 1) * (x - 3); }, everywhere);
    expect_derivative([](auto x) { return (x + 1) / (x * x + 2); }, everywhere);
    expect_derivative([](auto x) { return -(x * x); }, everywhere);
}

TEST(Dual, arithmetic_with_a_constant_on_either_side) {
    expect_derivative([](auto x) { return x + 1.5; }, everywhere);
    expect_derivative([](auto x) { return 1.5 + x; }, everywhere);
    expect_derivative([](auto x) { return x - 1.5; }, everywhere);
    expect_derivative([](auto x) { return 1.5 - x; }, everywhere);
    expect_derivative([](auto x) { return x * 1.5; }, everywhere);
    expect_derivative([](auto x) { return 1.5 * x; }, everywhere);
    expect_derivative([](auto x) { return x / 1.5; }, everywhere);
    expect_derivative([](auto x) { return 1.5 / x; }, not_zero);
}

TEST(Dual, functions) {
    expect_derivative([](auto x) { return exp(0.7 * x); }, everywhere);
    expect_derivative([](auto x) { return log(3 * x); }, positive);
    expect_derivative([](auto x) { return sqrt(3 * x); }, positive);
    expect_derivative([](auto x) { return tanh(0.7 * x); }, everywhere);
    expect_derivative([](auto x) { return cosh(0.7 * x); }, everywhere);
    expect_derivative([](auto x) { return linear_over_expm1(0.7 * x); }, everywhere);
    expect_derivative([](auto x) { return hodgkin_huxley_exponentials(7 * x).e80; }, everywhere);
    expect_derivative([](auto x) { return hodgkin_huxley_exponentials(7 * x).e20; }, everywhere);
    expect_derivative([](auto x) { return hodgkin_huxley_exponentials(7 * x).e18; }, everywhere);
    expect_derivative([](auto x) { return hodgkin_huxley_exponentials(7 * x).e10; }, everywhere);
}

TEST(Dual, closed_forms) {
    EXPECT_DOUBLE_EQ(exp(Dual<double>(1.5, 1)).derivative, std::exp(1.5));
    EXPECT_EQ(log(Dual<double>(1.5, 1)).derivative, 1 / 1.5);
    EXPECT_EQ(sqrt(Dual<double>(2.25, 1)).derivative, 1 / 3.);
    EXPECT_DOUBLE_EQ(tanh(Dual<double>(0.3, 1)).derivative, 1 / square(std::cosh(0.3)));
    EXPECT_DOUBLE_EQ(cosh(Dual<double>(0.3, 1)).derivative, std::sinh(0.3));
    EXPECT_EQ(linear_over_expm1(Dual<double>(0, 1)).value, 1);
    EXPECT_EQ(linear_over_expm1(Dual<double>(0, 1)).derivative, -0.5);
}

// The exponential integrator treats L = 0 as a case of its own, so a zero must come out as a zero.
TEST(Dual, a_derivative_that_is_zero_is_exactly_zero) {
    EXPECT_EQ(cube(Dual<double>(0, 1)).derivative, 0);
    EXPECT_EQ((square(Dual<double>(0, 1)) * 3 + 7.).derivative, 0);
    EXPECT_EQ(Dual<double>(5).derivative, 0);
    EXPECT_EQ(exp(Dual<double>(5)).derivative, 0);
}

TEST(Dual, compares_by_its_value) {
    const Dual<double> low(1, 5), high(2, -5);
    EXPECT_TRUE(low < high && low <= high && high > low && high >= low && low <= low && low >= low);
    EXPECT_FALSE(high < low || high <= low || low > high || low >= high || low < low || low > low);
    EXPECT_TRUE(low < 2. && low <= 1. && low > 0. && low >= 1.);
    EXPECT_TRUE(2. > low && 1. >= low && 0. < low && 1. <= low);
    EXPECT_EQ(select(low < 0., low, high).derivative, -5);
}

template <class Real>
void expect_logistic_decay() {
    const Dual<Real> x(Real(0.25), Real(1.));
    const Dual<Real> y = select(x < 0.5, 0.5 * x * (1 - x), -x);
    EXPECT_EQ(y.value[1], 0.09375);
    EXPECT_EQ(y.derivative[1], 0.25);
    const Dual<Real> e = 4 * exp((x + 65) * (-1. / 18));
    EXPECT_NEAR(static_cast<double>(e.derivative[1]), -4. / 18 * std::exp(-65.25 / 18), 1e-8);
}

TEST(Dual, stands_on_the_numbers_of_the_loops) {
    expect_logistic_decay<Lanes<double, 2>>();
    expect_logistic_decay<Lanes<float, 4>>();
}

}  // namespace
}  // namespace bouton
