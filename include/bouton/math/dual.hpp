// SPDX-License-Identifier: Apache-2.0
/// \file
/// A value with its derivative by one variable (forward differentiation). The exponential integrator stepping `y` hands
/// the equation of `y` a dual number and reads dF/dy from the result. Operations with a plain number skip the zero
/// derivative, so constants cost nothing. A quotient is the product with the inverse: one division for value and
/// derivative, and for a constant denominator one for all neurons.
#pragma once

#include <bouton/math/functions.hpp>

namespace bouton {

template <class Real>
struct Dual {
    Real value;
    Real derivative;

    Dual(Real v, Real d) : value(v), derivative(d) {}
    Dual(Real v) : value(v), derivative(0.) {}  // NOLINT(google-explicit-constructor): a constant

    friend Dual operator+(Dual a, Dual b) { return {a.value + b.value, a.derivative + b.derivative}; }
    friend Dual operator+(Dual a, Real b) { return {a.value + b, a.derivative}; }
    friend Dual operator+(Real a, Dual b) { return {a + b.value, b.derivative}; }
    friend Dual operator-(Dual a, Dual b) { return {a.value - b.value, a.derivative - b.derivative}; }
    friend Dual operator-(Dual a, Real b) { return {a.value - b, a.derivative}; }
    friend Dual operator-(Real a, Dual b) { return {a - b.value, -b.derivative}; }
    friend Dual operator-(Dual a) { return {-a.value, -a.derivative}; }
    friend Dual operator*(Dual a, Dual b) {
        return {a.value * b.value, a.derivative * b.value + a.value * b.derivative};
    }
    friend Dual operator*(Dual a, Real b) { return {a.value * b, a.derivative * b}; }
    friend Dual operator*(Real a, Dual b) { return {a * b.value, a * b.derivative}; }
    friend Dual operator/(Dual a, Dual b) {
        const Real inverse = 1 / b.value, quotient = a.value * inverse;
        return {quotient, (a.derivative - quotient * b.derivative) * inverse};
    }
    friend Dual operator/(Dual a, Real b) { return a * (1 / b); }
    friend Dual operator/(Real a, Dual b) {
        const Real inverse = 1 / b.value, quotient = a * inverse;
        return {quotient, -(quotient * b.derivative) * inverse};
    }

    friend auto operator<(Dual a, Dual b) { return a.value < b.value; }
    friend auto operator<(Dual a, Real b) { return a.value < b; }
    friend auto operator<(Real a, Dual b) { return a < b.value; }
    friend auto operator<=(Dual a, Dual b) { return a.value <= b.value; }
    friend auto operator<=(Dual a, Real b) { return a.value <= b; }
    friend auto operator<=(Real a, Dual b) { return a <= b.value; }
    friend auto operator>(Dual a, Dual b) { return a.value > b.value; }
    friend auto operator>(Dual a, Real b) { return a.value > b; }
    friend auto operator>(Real a, Dual b) { return a > b.value; }
    friend auto operator>=(Dual a, Dual b) { return a.value >= b.value; }
    friend auto operator>=(Dual a, Real b) { return a.value >= b; }
    friend auto operator>=(Real a, Dual b) { return a >= b.value; }

    template <class Condition>
    friend Dual select(Condition condition, Dual yes, Dual no) {
        return {select(condition, yes.value, no.value), select(condition, yes.derivative, no.derivative)};
    }
    friend Dual exp(Dual a) {
        const Real e = exp(a.value);
        return {e, e * a.derivative};
    }
    friend Dual log(Dual a) { return {log(a.value), a.derivative / a.value}; }
    friend Dual sqrt(Dual a) {
        const Real root = sqrt(a.value);
        return {root, a.derivative / (root + root)};
    }
    friend Dual tanh(Dual a) {
        const Real t = tanh(a.value);
        return {t, (Real(1.) - t * t) * a.derivative};
    }
    friend Dual cosh(Dual a) { return {cosh(a.value), sinh(a.value) * a.derivative}; }
    friend Dual sinh(Dual a) { return {sinh(a.value), cosh(a.value) * a.derivative}; }
    friend Dual cos(Dual a) { return {cos(a.value), -sin(a.value) * a.derivative}; }
    friend Dual sin(Dual a) { return {sin(a.value), cos(a.value) * a.derivative}; }
    friend HodgkinHuxleyExponentials<Dual> hodgkin_huxley_exponentials(Dual V) {
        const auto [e80, e20, e18, e10] = hodgkin_huxley_exponentials(V.value);
        return {{e80, e80 * (V.derivative * (-1. / 80))},
                {e20, e20 * (V.derivative * (-1. / 20))},
                {e18, e18 * (V.derivative * (-1. / 18))},
                {e10, e10 * (V.derivative * (-1. / 10))}};
    }
    friend Dual linear_over_expm1(Dual a) {
        return {linear_over_expm1(a.value), linear_over_expm1_derivative(a.value) * a.derivative};
    }
};

}  // namespace bouton
