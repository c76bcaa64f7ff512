// SPDX-License-Identifier: Apache-2.0
/// \file
/// One number of the precision of a run, as the array loops hand it to a model. It takes a literal of an equation
/// (`0.1 * V`) in its own precision, which a plain float would widen to double.
#pragma once

#include <cmath>

#include <bouton/math/functions.hpp>

namespace bouton {

template <class Element>
struct Scalar {
    Element value;

    Scalar() = default;
    Scalar(double x) : value(static_cast<Element>(x)) {}  // NOLINT(google-explicit-constructor)
    Scalar(float x) : value(static_cast<Element>(x)) {}   // NOLINT(google-explicit-constructor)
    Scalar(int x) : value(static_cast<Element>(x)) {}     // NOLINT(google-explicit-constructor)

    friend Scalar operator+(Scalar a, Scalar b) { return a.value + b.value; }
    friend Scalar operator-(Scalar a, Scalar b) { return a.value - b.value; }
    friend Scalar operator*(Scalar a, Scalar b) { return a.value * b.value; }
    friend Scalar operator/(Scalar a, Scalar b) { return a.value / b.value; }
    friend Scalar operator-(Scalar a) { return -a.value; }

    friend bool operator<(Scalar a, Scalar b) { return a.value < b.value; }
    friend bool operator<=(Scalar a, Scalar b) { return a.value <= b.value; }
    friend bool operator>(Scalar a, Scalar b) { return a.value > b.value; }
    friend bool operator>=(Scalar a, Scalar b) { return a.value >= b.value; }

    friend Scalar select(bool condition, Scalar yes, Scalar no) { return condition ? yes : no; }
    friend Scalar max(Scalar a, Scalar b) { return a.value < b.value ? b : a; }
    friend bool is_finite(Scalar a) { return std::isfinite(a.value); }

    friend Scalar abs(Scalar a) { return std::abs(a.value); }
    friend Scalar cos(Scalar a) { return std::cos(a.value); }
    friend Scalar cosh(Scalar a) { return std::cosh(a.value); }
    friend Scalar exp(Scalar a) { return std::exp(a.value); }
    friend Scalar log(Scalar a) { return std::log(a.value); }
    friend Scalar sin(Scalar a) { return std::sin(a.value); }
    friend Scalar sinh(Scalar a) { return std::sinh(a.value); }
    friend Scalar sqrt(Scalar a) { return std::sqrt(a.value); }
    friend Scalar tanh(Scalar a) { return std::tanh(a.value); }
    friend Scalar exprel(Scalar z) { return exprel(z.value); }
    friend Scalar linear_over_expm1(Scalar x) { return linear_over_expm1(x.value); }
    friend Scalar linear_over_expm1_derivative(Scalar x) {
        return linear_over_expm1_derivative(static_cast<double>(x.value));
    }
};

}  // namespace bouton
