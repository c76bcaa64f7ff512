// SPDX-License-Identifier: Apache-2.0
/// \file
/// The functions that model equations use, for plain numbers. Dual numbers and the packs of the array loops bring their
/// own overloads, so an equation calls `exp(x)` whatever x is.
#pragma once

#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>

#include <bouton/math/each_index.hpp>

namespace bouton {

using std::abs;
using std::cos;
using std::cosh;
using std::exp;
using std::expm1;
using std::log;
using std::sin;
using std::sinh;
using std::sqrt;
using std::tanh;

/// `yes` where the condition holds, else `no`.
template <std::floating_point Real>
Real select(bool condition, Real yes, Real no) {
    return condition ? yes : no;
}

inline double max(double a, double b) { return a < b ? b : a; }

/// (exp(z) - 1) / z, continued to 1 at z = 0: the mean of exp over [0, z]. Relative error below 2 epsilon. Infinite
/// where exp is, also at z = infinity, so that a state which runs away within a step becomes infinite and not NaN.
template <std::floating_point Element>
Element exprel(Element z) {
    if (z == 0) return 1;
    const Element e = expm1(z);
    return std::isinf(e) ? e : e / z;
}

/// exprel of each number, of any number type. Three packs and more go through it together.
template <class Real, std::size_t Count>
std::array<Real, Count> exprel(const std::array<Real, Count>& z) {
    std::array<Real, Count> each;
    each_index<Count>([&](auto k) { each[k] = exprel(z[k]); });
    return each;
}

/// x / (exp(x) - 1), continued to 1 at x = 0: what voltage-dependent rates have for a linear numerator over a shifted
/// exponential. x is finite. Relative error below 2 epsilon where the value is a normal number.
template <std::floating_point Element>
Element linear_over_expm1(Element x) {
    return x == 0 ? 1 : x / expm1(x);
}

/// Derivative of `linear_over_expm1`; -1/2 at x = 0. Absolute error below 2e-14.
inline double linear_over_expm1_derivative(double x) {
    if (abs(x) < 0.03) return -0.5 + x * (1. / 6 - x * x * (1. / 180 - x * x / 5040));
    return (1 - linear_over_expm1(-x)) / expm1(x);
}

/// A quotient that is not divided yet.
template <class Real>
struct Ratio {
    Real numerator, denominator;
};

/// x / (exp(x) - 1) by an exponential that is known already, of any number type. `exp_x` may be off by some epsilon, as
/// powers of a shared exponential are: near 0, where it would lose its digits in the difference from 1, stands
/// 1 - x/2 + x^2 p(x^2), p within 1e-14 (interpolated at the Chebyshev nodes of 0 <= x^2 <= 0.09).
template <class Real>
Ratio<Real> linear_over_expm1(Real x, Real exp_x) {
    const Real q = x * x;
    const auto is_near = q < 0.09;
    const Real p =
        0.083333333333322684 - q * (0.0013888888851011109 - q * (3.3068572555778555e-05 - q * 8.2297349936758679e-07));
    return {select(is_near, 1 - 0.5 * x + q * p, x), select(is_near, Real(1.), exp_x - 1)};
}

/// The quotients of all ratios. Packs share one division.
template <std::floating_point Real, std::size_t Count>
std::array<Real, Count> quotients(const std::array<Ratio<Real>, Count>& ratios) {
    std::array<Real, Count> quotient;
    for (std::size_t k = 0; k < Count; ++k) quotient[k] = ratios[k].numerator / ratios[k].denominator;
    return quotient;
}

/// exp(-V / 80), exp(-V / 20), exp(-V / 18) and exp(-V / 10): those of the rates of Hodgkin & Huxley (1952) and of many
/// models made after theirs. Packs have all from one exponential.
template <class Real>
struct HodgkinHuxleyExponentials {
    Real e80, e20, e18, e10;
};
template <class Real>
HodgkinHuxleyExponentials<Real> hodgkin_huxley_exponentials(Real V) {
    return {exp(V * (-1. / 80)), exp(V * (-1. / 20)), exp(V * (-1. / 18)), exp(V * (-1. / 10))};
}

template <class Real>
Real square(Real x) {
    return x * x;
}
template <class Real>
Real cube(Real x) {
    return x * x * x;
}

}  // namespace bouton
