// SPDX-License-Identifier: Apache-2.0
/// \file
/// A value with its derivatives along several directions at once: one pass of the equations of a model gives all the
/// derivatives of a step, and exponentials and quotients are computed once for all of them. `Dual<Gradient>` is what
/// the exponential integrator makes of it, whose slope has derivatives, too.
#pragma once

#include <array>
#include <cstddef>
#include <type_traits>

#include <bouton/math/dual.hpp>
#include <bouton/math/each_index.hpp>
#include <bouton/math/functions.hpp>
#include <bouton/math/lanes.hpp>

namespace bouton {

namespace detail {
/// (exp(z) - 1) / z is the mean of exp over [0, z]; this is its derivative, (exp(z) - exprel(z)) / z, by the series
/// sum_k (k + 1) z^k / (k + 2)! where that would lose digits. Relative error below 8 epsilon.
template <class Element, std::size_t Count>
Lanes<Element, Count> exprel_derivative(Lanes<Element, Count> z, Lanes<Element, Count> exprel_z) {
    constexpr double near = 0.6;
    constexpr std::array coefficients{15. / 20922789888000.,
                                      14. / 1307674368000.,
                                      13. / 87178291200.,
                                      12. / 6227020800.,
                                      11. / 479001600.,
                                      10. / 39916800.,
                                      9. / 3628800.,
                                      8. / 362880.,
                                      7. / 40320.,
                                      6. / 5040.,
                                      5. / 720.,
                                      4. / 120.,
                                      3. / 24.,
                                      2. / 6.,
                                      1. / 2.};
    constexpr std::size_t first = sizeof(Element) == 8 ? 0 : 6;
    Lanes<Element, Count> series = coefficients[first];
    each_index<coefficients.size() - first - 1>([&](auto k) { series = series * z + coefficients[first + k + 1]; });
    if (all_less_or_equal(abs(z), Lanes<Element, Count>(near))) return series;
    // exp(z) = 1 + z exprel(z)
    const auto is_near = abs(z) < near;
    return select(is_near, series, (1 + z * exprel_z - exprel_z) / select(is_near, Lanes<Element, Count>(1.), z));
}
}  // namespace detail

template <class Real, std::size_t Count>
struct Gradient {
    using Number = Real;
    static constexpr std::size_t count = Count;
    Real value;
    std::array<Real, Count> derivative;

    Gradient() = default;
    Gradient(Real v) : value(v) { derivative.fill(Real(0.)); }     // NOLINT(google-explicit-constructor): a constant
    Gradient(double v) : Gradient(Real(v)) {}                      // NOLINT(google-explicit-constructor)
    Gradient(int v) : Gradient(Real(static_cast<double>(v))) {}    // NOLINT(google-explicit-constructor)
    Gradient(float v) : Gradient(Real(static_cast<double>(v))) {}  // NOLINT(google-explicit-constructor)

    /// `value`, with the derivative(k) along direction k.
    template <class Derivative>
    static Gradient of(Real value, const Derivative& derivative) {
        Gradient made;
        made.value = value;
        each_index<Count>([&](auto k) { made.derivative[k] = derivative(k); });
        return made;
    }
    /// f(a), with f'(a).
    static Gradient chain(Real f, Real slope, const Gradient& a) {
        return of(f, [&](auto k) { return slope * a.derivative[k]; });
    }

    friend Gradient operator+(const Gradient& a, const Gradient& b) {
        return of(a.value + b.value, [&](auto k) { return a.derivative[k] + b.derivative[k]; });
    }
    friend Gradient operator+(const Gradient& a, double b) { return {a.value + b, a.derivative}; }
    friend Gradient operator+(double a, const Gradient& b) { return {a + b.value, b.derivative}; }
    friend Gradient operator-(const Gradient& a, const Gradient& b) {
        return of(a.value - b.value, [&](auto k) { return a.derivative[k] - b.derivative[k]; });
    }
    friend Gradient operator-(const Gradient& a, double b) { return {a.value - b, a.derivative}; }
    friend Gradient operator-(double a, const Gradient& b) {
        return of(a - b.value, [&](auto k) { return -b.derivative[k]; });
    }
    friend Gradient operator-(const Gradient& a) {
        return of(-a.value, [&](auto k) { return -a.derivative[k]; });
    }
    friend Gradient operator*(const Gradient& a, const Gradient& b) {
        return of(a.value * b.value, [&](auto k) { return a.derivative[k] * b.value + a.value * b.derivative[k]; });
    }
    friend Gradient operator*(const Gradient& a, double b) { return chain(a.value * b, Real(b), a); }
    friend Gradient operator*(double a, const Gradient& b) { return chain(a * b.value, Real(a), b); }
    friend Gradient operator/(const Gradient& a, const Gradient& b) {
        const Real inverse = 1 / b.value, quotient = a.value * inverse;
        return of(quotient, [&](auto k) { return (a.derivative[k] - quotient * b.derivative[k]) * inverse; });
    }
    friend Gradient operator/(const Gradient& a, double b) { return a * (1 / b); }
    friend Gradient operator/(double a, const Gradient& b) {
        const Real inverse = 1 / b.value, quotient = a * inverse;
        return chain(quotient, -(quotient * inverse), b);
    }

    friend auto operator<(const Gradient& a, const Gradient& b) { return a.value < b.value; }
    friend auto operator<=(const Gradient& a, const Gradient& b) { return a.value <= b.value; }
    friend auto operator>(const Gradient& a, const Gradient& b) { return a.value > b.value; }
    friend auto operator>=(const Gradient& a, const Gradient& b) { return a.value >= b.value; }
    friend auto operator<(const Gradient& a, double b) { return a.value < b; }
    friend auto operator<=(const Gradient& a, double b) { return a.value <= b; }
    friend auto operator>(const Gradient& a, double b) { return a.value > b; }
    friend auto operator>=(const Gradient& a, double b) { return a.value >= b; }

    template <class Condition>
    friend Gradient select(const Condition& condition, const Gradient& yes, const Gradient& no) {
        return of(select(condition, yes.value, no.value),
                  [&](auto k) { return select(condition, yes.derivative[k], no.derivative[k]); });
    }
    friend Gradient max(const Gradient& a, const Gradient& b) { return select(a.value < b.value, b, a); }
    friend Gradient min(const Gradient& a, const Gradient& b) { return select(b.value < a.value, b, a); }
    friend Gradient abs(const Gradient& a) { return select(a.value < 0, -a, a); }

    friend Gradient exp(const Gradient& a) {
        const Real e = exp(a.value);
        return chain(e, e, a);
    }
    friend Gradient expm1(const Gradient& a) {
        const Real e = expm1(a.value);
        return chain(e, e + 1, a);
    }
    friend Gradient exprel(const Gradient& a) {
        const Real e = exprel(a.value);
        return chain(e, detail::exprel_derivative(a.value, e), a);
    }
    friend Gradient log(const Gradient& a) { return chain(log(a.value), 1 / a.value, a); }
    friend Gradient sqrt(const Gradient& a) {
        const Real root = sqrt(a.value);
        return chain(root, 0.5 / root, a);
    }
    friend Gradient tanh(const Gradient& a) {
        const Real t = tanh(a.value);
        return chain(t, 1 - t * t, a);
    }
    friend Gradient cosh(const Gradient& a) { return chain(cosh(a.value), sinh(a.value), a); }
    friend Gradient sinh(const Gradient& a) { return chain(sinh(a.value), cosh(a.value), a); }
    friend Gradient cos(const Gradient& a) { return chain(cos(a.value), -sin(a.value), a); }
    friend Gradient sin(const Gradient& a) { return chain(sin(a.value), cos(a.value), a); }
    friend Gradient linear_over_expm1(const Gradient& a) {
        return chain(linear_over_expm1(a.value), linear_over_expm1_derivative(a.value), a);
    }
    /// By f'' = -(1 + 2 f') / (exp(x) - 1) - f' for f = x / (exp(x) - 1).
    friend Gradient linear_over_expm1_derivative(const Gradient& a) {
        const Real x = a.value, slope = linear_over_expm1_derivative(x), q = x * x;
        const auto is_near = abs(x) < 0.1;
        const Real series = 1. / 6 - q * (1. / 60 - q * (1. / 1008 - q * (1. / 21600)));
        const Real curvature = select(is_near, series, -(1 + 2 * slope) / select(is_near, Real(1.), expm1(x)) - slope);
        return chain(slope, curvature, a);
    }
    friend HodgkinHuxleyExponentials<Gradient> hodgkin_huxley_exponentials(const Gradient& V) {
        const auto [e80, e20, e18, e10] = hodgkin_huxley_exponentials(V.value);
        return {chain(e80, e80 * (-1. / 80), V), chain(e20, e20 * (-1. / 20), V), chain(e18, e18 * (-1. / 18), V),
                chain(e10, e10 * (-1. / 10), V)};
    }
    /// The values share one division, as those of packs do.
    template <std::size_t Quotients>
    friend std::array<Gradient, Quotients> quotients(const std::array<Ratio<Gradient>, Quotients>& ratios) {
        std::array<Ratio<Real>, Quotients> inverses;
        for (std::size_t k = 0; k < Quotients; ++k) inverses[k] = {Real(1.), ratios[k].denominator.value};
        const auto inverse = quotients(inverses);
        std::array<Gradient, Quotients> made;
        each_index<Quotients>([&](auto q) {
            const Real quotient = ratios[q].numerator.value * inverse[q];
            made[q] = of(quotient, [&](auto k) {
                return (ratios[q].numerator.derivative[k] - quotient * ratios[q].denominator.derivative[k]) *
                       inverse[q];
            });
        });
        return made;
    }

 private:
    Gradient(Real v, const std::array<Real, Count>& d) : value(v), derivative(d) {}
};

/// How far a number is above another, kept by the comparison of the two: what a surrogate derivative is taken of. The
/// condition of a spike is asked for with these in place of numbers.
template <class Number>
struct Margin {
    Number above;
    bool is_below;  // the condition holds where `above` is negative
};
/// An upward crossing: below before, above now.
template <class Number>
struct CrossingMargin {
    Number old, now;
};

template <class Number>
struct Compared {
    Number value;

    Compared() = default;
    Compared(const Number& v) : value(v) {}                                     // NOLINT(google-explicit-constructor)
    Compared(double v) requires(!std::is_same_v<Number, double>) : value(v) {}  // NOLINT(google-explicit-constructor)

    friend Compared operator+(const Compared& a, const Compared& b) { return a.value + b.value; }
    friend Compared operator-(const Compared& a, const Compared& b) { return a.value - b.value; }
    friend Compared operator*(const Compared& a, const Compared& b) { return a.value * b.value; }
    friend Compared operator/(const Compared& a, const Compared& b) { return a.value / b.value; }
    friend Compared operator-(const Compared& a) { return -a.value; }

    friend Margin<Number> operator>=(const Compared& a, const Compared& b) { return {a.value - b.value, false}; }
    friend Margin<Number> operator>(const Compared& a, const Compared& b) { return {a.value - b.value, false}; }
    friend Margin<Number> operator<(const Compared& a, const Compared& b) { return {a.value - b.value, true}; }
    friend Margin<Number> operator<=(const Compared& a, const Compared& b) { return {a.value - b.value, true}; }
};
template <class Number>
CrossingMargin<Number> operator&&(const Margin<Number>& a, const Margin<Number>& b) {
    return a.is_below ? CrossingMargin<Number>{a.above, b.above} : CrossingMargin<Number>{b.above, a.above};
}

}  // namespace bouton
