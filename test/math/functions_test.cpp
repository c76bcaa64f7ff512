// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>
#include <vector>

#include <bouton/math/functions.hpp>

#include <gtest/gtest.h>

namespace bouton {
namespace {

template <class Element>
constexpr Element epsilon = std::numeric_limits<Element>::epsilon();
constexpr double infinity = std::numeric_limits<double>::infinity();

/// The singular point, its neighbours, where exp leaves the range of double, and a grid that is not made of round
/// numbers.
std::vector<double> arguments() {
    std::vector<double> x{0, 1e-300, -1e-300, 1e-8, -1e-8, 1e-3, -1e-3, 0.03, -0.03, 709, -709, 745, -745, 1e16, -1e16};
    for (double size = 1e-12; size < 700; size *= 1.37) x.insert(x.end(), {size, -size});
    return x;
}

long double exprel_exact(long double z) { return z == 0 ? 1 : std::expm1(z) / z; }
long double linear_over_expm1_exact(long double x) { return x == 0 ? 1 : x / std::expm1(x); }

/// Derivative of x / (exp(x) - 1), by its series near 0 and elsewhere by the quotient rule.
long double linear_over_expm1_derivative_exact(long double x) {
    if (std::abs(x) > 0.1L) {
        const long double e = std::expm1(x);
        return x > 40 ? (1 - x) * std::exp(-x) : (e - x * (e + 1)) / (e * e);
    }
    const long double q = x * x;
    return -0.5L + x * (1 / 6.L - q * (1 / 180.L - q * (1 / 5040.L - q * (1 / 151200.L - q / 4790016.L))));
}

template <class Element>
void expect_exprel_is_accurate() {
    for (const double given : arguments()) {
        const auto z = static_cast<Element>(given);
        const auto exact = static_cast<double>(exprel_exact(z));
        const auto value = static_cast<double>(exprel(z));
        if (exact > static_cast<double>(std::numeric_limits<Element>::max()))
            EXPECT_EQ(value, infinity) << z;
        else
            EXPECT_NEAR(value, exact, 2 * static_cast<double>(epsilon<Element>) * exact) << z;
    }
}

TEST(Functions, exprel_has_the_accuracy_that_it_states) {
    expect_exprel_is_accurate<double>();
    expect_exprel_is_accurate<float>();
}

TEST(Functions, exprel_at_its_singular_points) {
    EXPECT_EQ(exprel(0.), 1);
    EXPECT_EQ(exprel(-0.), 1);
    EXPECT_EQ(exprel(5e-324), 1);
    EXPECT_EQ(exprel(745.), infinity);
    EXPECT_EQ(exprel(infinity), infinity);
    EXPECT_EQ(exprel(-infinity), 0);
    EXPECT_TRUE(std::isnan(exprel(std::nan(""))));
}

template <class Element>
void expect_linear_over_expm1_is_accurate() {
    for (const double given : arguments()) {
        const auto x = static_cast<Element>(given);
        const auto exact = static_cast<double>(linear_over_expm1_exact(x));
        const auto least = static_cast<double>(std::numeric_limits<Element>::min());
        EXPECT_NEAR(static_cast<double>(linear_over_expm1(x)), exact,
                    std::max(2 * static_cast<double>(epsilon<Element>) * exact, least))
            << x;
    }
}

TEST(Functions, linear_over_expm1_has_the_accuracy_that_it_states) {
    expect_linear_over_expm1_is_accurate<double>();
    expect_linear_over_expm1_is_accurate<float>();
}

TEST(Functions, linear_over_expm1_at_its_singular_points) {
    EXPECT_EQ(linear_over_expm1(0.), 1);
    EXPECT_EQ(linear_over_expm1(1e-300), 1);
    EXPECT_EQ(linear_over_expm1(-745.), 745);
    EXPECT_EQ(linear_over_expm1(1e300), 0);
}

TEST(Functions, linear_over_expm1_derivative_has_the_accuracy_that_it_states) {
    for (const double x : arguments())
        EXPECT_NEAR(linear_over_expm1_derivative(x), static_cast<double>(linear_over_expm1_derivative_exact(x)), 2e-14)
            << x;
    EXPECT_EQ(linear_over_expm1_derivative(0), -0.5);
    EXPECT_EQ(linear_over_expm1_derivative(-1e16), -1);
}

TEST(Functions, select_max_and_powers) {
    EXPECT_EQ(select(true, 1., 2.), 1);
    EXPECT_EQ(select(false, 1., 2.), 2);
    EXPECT_EQ(max(-3., 2.), 2);
    EXPECT_EQ(max(2., -3.), 2);
    EXPECT_EQ(square(-3.), 9);
    EXPECT_EQ(cube(-3.), -27);
}

TEST(Functions, exprel_of_several_is_that_of_each) {
    const auto several = exprel(std::array{0., -1.5, 30.});
    EXPECT_EQ(several[0], 1);
    EXPECT_EQ(several[1], exprel(-1.5));
    EXPECT_EQ(several[2], exprel(30.));
}

TEST(Functions, hodgkin_huxley_exponentials) {
    for (const double V : {-90., -1e-3, 0., 35.5, 130.}) {
        const auto e = hodgkin_huxley_exponentials(V);
        const auto expect = [](double value, double exact) { EXPECT_NEAR(value, exact, 3e-15 * exact); };
        expect(e.e80, std::exp(-V / 80));
        expect(e.e20, std::exp(-V / 20));
        expect(e.e18, std::exp(-V / 18));
        expect(e.e10, std::exp(-V / 10));
    }
}

TEST(Functions, linear_over_expm1_of_a_known_exponential) {
    for (const double x : arguments()) {
        if (x < -700 || x > 700) continue;
        for (const double relative_error : {0., 8 * epsilon<double>, -8 * epsilon<double>}) {
            const auto [numerator, denominator] = linear_over_expm1(x, std::exp(x) * (1 + relative_error));
            const auto exact = static_cast<double>(linear_over_expm1_exact(x));
            EXPECT_NEAR(numerator / denominator, exact, 1e-14 * exact) << x;
        }
    }
}

}  // namespace
}  // namespace bouton
