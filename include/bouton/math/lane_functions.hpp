// SPDX-License-Identifier: Apache-2.0
/// \file
/// The functions of math/functions.hpp for packs of lanes. Each lane is computed as if it were alone: what stands in
/// the others never changes its bits. Exponentials without a table: x = k ln(2) + r with |r| <= ln(2) / 2, a
/// polynomial in r and 2^k put into the bits of the exponent (Muller et al. 2018, "Handbook of Floating-Point
/// Arithmetic", chapter 10). The coefficients interpolate at the Chebyshev nodes and were computed with 60 digits.
#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <utility>

#include <bouton/math/each_index.hpp>
#include <bouton/math/functions.hpp>
#include <bouton/math/lanes.hpp>

#ifdef __FAST_MATH__
#error "bouton needs the arithmetic of IEEE 754: compile without -ffast-math"
#endif

namespace bouton {
namespace detail {

/// The coefficients of factor f(factor x) from those of f(x).
template <class Element, std::size_t count>
constexpr std::array<Element, count> scaled(std::array<Element, count> c, long double factor) {
    long double power = 1;
    for (Element& each : c) each = static_cast<Element>(each * (power *= factor));
    return c;
}

/// Numbers that exponentials need, by the precision.
template <class Element>
struct Exponential;

template <>
struct Exponential<double> {
    /// (e^x - 1) / x = sum_i c_i x^i: for |x| <= ln(2) / 2 within 5e-17 and for |x| <= 1 within 2e-17 of its value.
    static constexpr std::array near{1.,
                                     0.50000000000000011,
                                     0.16666666666666669,
                                     0.041666666666624129,
                                     0.0083333333333300615,
                                     0.0013888888917213717,
                                     0.00019841269863053618,
                                     2.4801521295954376e-05,
                                     2.7557268459997064e-06,
                                     2.7620088445409746e-07,
                                     2.510038549551032e-08};
    static constexpr std::array wide{1.,
                                     0.5,
                                     0.16666666666666666,
                                     0.041666666666666088,
                                     0.0083333333333332985,
                                     0.0013888888888981404,
                                     0.00019841269841324198,
                                     2.4801587246096818e-05,
                                     2.7557319191381816e-06,
                                     2.7557335068933728e-07,
                                     2.5052117695907823e-08,
                                     2.0874435575864273e-09,
                                     1.6057679623801638e-10,
                                     1.1639194124150522e-11,
                                     7.7461785930188273e-13};
    static constexpr auto near_720th = scaled(near, -1 / 720.L);  // of exp(-V / 720) - 1, by V
    static constexpr auto wide_quarter = scaled(wide, 0.25L);     // of exprel(z / 4) / 4
    static constexpr double least = -708.3, most = 710;           // beyond, 2^k is 0 and e^x infinite
    static constexpr double ln2_high = 0x1.62e42feep-1, ln2_low = 0x1.a39ef35793c76p-33;  // k ln2_high is exact
    static constexpr double to_integer = 0x1.8p52 + 1022;  // x + this is rounded to an integer in its lowest bits
    static constexpr int fraction_bits = 52;
};

template <>
struct Exponential<float> {
    /// Within 3e-8 and within 7e-8.
    static constexpr std::array near{1.F, 0.5F, 0.166665763F, 0.0416665561F, 0.00836317893F, 0.0013926184F};
    static constexpr std::array wide{
        1.F, 0.5F, 0.16666697F, 0.0416666977F, 0.00833088625F, 0.0013886448F, 0.000203290416F, 2.52884347e-05F};
    static constexpr auto near_720th = scaled(near, -1 / 720.L);
    static constexpr auto wide_quarter = scaled(wide, 0.25L);
    static constexpr float least = -87.2F, most = 89;
    static constexpr float ln2_high = 0x1.63p-1F, ln2_low = -0x1.bd0106p-13F;
    static constexpr float to_integer = 0x1.8p23F + 126;
    static constexpr int fraction_bits = 23;
};

/// c[first] + c[first + 1] x + ... of `count` terms, halves side by side (Estrin 1960); powers: x, x^2, x^4, x^8.
template <auto& c, std::size_t first, std::size_t count, class Real, class Powers>
Real polynomial_part(const Powers& powers) {
    if constexpr (count == 1) {
        constexpr auto coefficient = c[first];
        return Real(coefficient);
    } else {
        constexpr std::size_t half = std::bit_floor(count - 1);
        return polynomial_part<c, first, half, Real>(powers) +
               powers[std::countr_zero(half)] * polynomial_part<c, first + half, count - half, Real>(powers);
    }
}
template <auto& c, class Real>
Real polynomial(Real x) {
    const Real x2 = x * x, x4 = x2 * x2, x8 = x4 * x4;
    return polynomial_part<c, 0, c.size(), Real>(std::array{x, x2, x4, x8});
}

/// c[first] + c[first + 1] x + ... of each x, whose square is x2: the even and the odd terms side by side, by Horner's
/// scheme. All x go through it together, so that none waits for another.
template <auto& c, std::size_t first, class Real, std::size_t Count>
std::array<Real, Count> polynomials_from(const std::array<Real, Count>& x, const std::array<Real, Count>& x2) {
    constexpr std::size_t last = c.size() - 1;
    constexpr auto end = c[last], before_end = c[last - 1];
    std::array<Real, Count> sum, other;
    each_index<Count>([&](auto k) { sum[k] = before_end; });
    each_index<Count>([&](auto k) { other[k] = end; });
    each_index<last - 1 - first>([&](auto back) {
        constexpr auto coefficient = c[last - 2 - back];
        each_index<Count>([&](auto k) { other[k] = coefficient + x2[k] * other[k]; });
        std::swap(sum, other);
    });
    each_index<Count>([&](auto k) { sum[k] = sum[k] + x[k] * other[k]; });
    return sum;
}
/// c[0] + c[1] x + ... of each x. c[0], which is the largest part, is added last: half an epsilon less is lost.
template <auto& c, class Real, std::size_t Count>
std::array<Real, Count> polynomials(const std::array<Real, Count>& x) {
    std::array<Real, Count> x2, sum;
    constexpr auto largest = c[0];
    each_index<Count>([&](auto k) { x2[k] = x[k] * x[k]; });
    sum = polynomials_from<c, 1>(x, x2);
    each_index<Count>([&](auto k) { sum[k] = largest + x[k] * sum[k]; });
    return sum;
}

/// e^x = 2 half_scale (1 + r phi), r = x - k ln(2), half_scale = 2^(k - 1), phi = (e^r - 1) / r.
template <class Real>
struct SplitExponential {
    Real half_scale, r, phi;
};
template <class Element, std::size_t Count>
SplitExponential<Lanes<Element, Count>> split_exponential(Lanes<Element, Count> x) {
    using Real = Lanes<Element, Count>;
    using E = Exponential<Element>;
    x = max(min(x, E::most), E::least);
    const Real shifted = x * 1.4426950408889634 + E::to_integer, k = shifted - E::to_integer;
    const Real r = (x - k * E::ln2_high) - k * E::ln2_low;
    const Real half_scale =
        with_bits<typename Real::Vector>(with_bits<typename Real::Bits>(shifted.value) << E::fraction_bits);
    return {half_scale, r, polynomial<E::near>(r)};
}

/// A function of one number, lane by lane.
template <class Element, std::size_t Count, class Function>
Lanes<Element, Count> each_lane(Lanes<Element, Count> x, const Function& function) {
    for (std::size_t k = 0; k < Count; ++k) x.value[k] = function(x.value[k]);
    return x;
}

}  // namespace detail

/// Relative error below 0.7 epsilon. Infinite where the value is beyond the range of its type, 0 below 2^-1021.5
/// (float: 2^-125.5).
template <class Element, std::size_t Count>
Lanes<Element, Count> exp(Lanes<Element, Count> x) {
    const auto e = detail::split_exponential(x);
    return e.half_scale * (e.phi * (e.r + e.r) + 2);
}

/// exp(x) - 1; relative error below 2 epsilon, as that of all functions below that say nothing else.
template <class Element, std::size_t Count>
Lanes<Element, Count> expm1(Lanes<Element, Count> x) {
    const auto e = detail::split_exponential(x);
    return 2 * (e.half_scale * (e.r * e.phi) + (e.half_scale - 0.5));
}

/// Relative error of exp(-V / width) below 80 / width + 4 |V / width| epsilon. All powers of one exponential where all
/// |V| <= 249.
template <class Element, std::size_t Count>
HodgkinHuxleyExponentials<Lanes<Element, Count>> hodgkin_huxley_exponentials(Lanes<Element, Count> V) {
    using Real = Lanes<Element, Count>;
    using E = detail::Exponential<Element>;
    // All widths divide 720. Of w_k = exp(-k V / 720) - 1 the small ones keep their digits: w_2k = 2 w_k + w_k^2.
    constexpr auto slope = E::near_720th[0];
    const Real V2 = V * V, curvature = detail::polynomials_from<E::near_720th, 1>(std::array{V}, std::array{V2})[0];
    const Real w = V2 * curvature + V * slope, w2 = (w + w) + w * w, w4 = (w2 + w2) + w2 * w2;
    const Real w8 = (w4 + w4) + w4 * w4, w9 = w8 + w * (1 + w8), e36 = square(square(1 + w9));
    HodgkinHuxleyExponentials<Real> e{.e80 = 1 + w9, .e20 = e36, .e18 = e36 * (1 + w4), .e10 = square(e36)};
    const Real size = abs(V);
    if (!all_less_or_equal(size, 249)) {
        const auto is_near = size <= 249;
        e.e80 = select(is_near, e.e80, exp(V * (-1. / 80)));
        e.e20 = select(is_near, e.e20, exp(V * (-1. / 20)));
        e.e18 = select(is_near, e.e18, exp(V * (-1. / 18)));
        e.e10 = select(is_near, e.e10, exp(V * (-1. / 10)));
    }
    return e;
}

/// (exp(z) - 1) / z, as exprel of a single number. No division where all |z| <= 1.
template <class Element, std::size_t Count>
Lanes<Element, Count> exprel(Lanes<Element, Count> z) {
    using E = detail::Exponential<Element>;
    const auto by_polynomial = detail::polynomial<E::wide>(z);
    if (all_less_or_equal(abs(z), 1)) return by_polynomial;
    return select(abs(z) <= 1, by_polynomial, expm1(z) / min(z, E::most));
}

/// The same of each. Where there are several, one of them is often beyond 1, as that of V is in a spike: no division
/// where all are in [-4, 2].
template <class Element, std::size_t Lane, std::size_t Count>
requires(Count >= 3) std::array<Lanes<Element, Lane>, Count> exprel(const std::array<Lanes<Element, Lane>, Count>& z) {
    using Real = Lanes<Element, Lane>;
    using E = detail::Exponential<Element>;
    // G = exprel(z / 4) / 4, and twice exprel(2 y) = exprel(y) (2 + y exprel(y)) / 2
    std::array<Real, Count> whole = detail::polynomials<E::wide_quarter>(z);
    each_index<2>([&](auto) {
        each_index<Count>([&](auto k) { whole[k] = (whole[k] + whole[k]) + (z[k] * whole[k]) * whole[k]; });
    });
    Real farthest = abs(z[0] + 1);
    each_index<Count - 1>([&](auto k) { farthest = max(abs(z[k + 1] + 1), farthest); });
    if (!all_less_or_equal(farthest, 3))
        each_index<Count>(
            [&](auto k) { whole[k] = select(abs(z[k] + 1) <= 3, whole[k], expm1(z[k]) / min(z[k], E::most)); });
    return whole;
}

/// x / (exp(x) - 1), as of a single number; 0 where exp is infinite.
template <class Element, std::size_t Count>
Lanes<Element, Count> linear_over_expm1(Lanes<Element, Count> x) {
    const auto is_zero = abs(x) < 2 * std::numeric_limits<Element>::min();
    return select(is_zero, 1, x) / select(is_zero, 1, expm1(x));
}

/// Absolute error below 2e-14 (float: 5e-7).
template <class Element, std::size_t Count>
Lanes<Element, Count> linear_over_expm1_derivative(Lanes<Element, Count> x) {
    const auto is_near = abs(x) < (sizeof(Element) == 8 ? 0.03 : 0.4);
    const auto series = -0.5 + x * (1. / 6 - x * x * (1. / 180 - x * x * (1. / 5040)));
    return select(is_near, series, (1 - linear_over_expm1(-x)) / select(is_near, 1, expm1(x)));
}

template <class Element, std::size_t Count>
Lanes<Element, Count> tanh(Lanes<Element, Count> x) {
    const auto t = expm1(2 * min(x, 22));  // tanh(22) = 1 - 2e-19
    return t / (t + 2);
}

/// Infinite where exp is.
template <class Element, std::size_t Count>
Lanes<Element, Count> cosh(Lanes<Element, Count> x) {
    const auto e = exp(abs(x));
    return 0.5 * e + 0.5 / e;
}

/// Infinite where exp is.
template <class Element, std::size_t Count>
Lanes<Element, Count> sinh(Lanes<Element, Count> x) {
    const auto t = expm1(abs(x)), finite = min(t, 1e30);
    const auto of_abs = 0.5 * (t + finite / (finite + 1));
    return select(x < 0, -of_abs, of_abs);
}

template <class Element, std::size_t Count>
Lanes<Element, Count> cos(Lanes<Element, Count> x) {
    return detail::each_lane(x, [](Element each) { return std::cos(each); });
}
template <class Element, std::size_t Count>
Lanes<Element, Count> log(Lanes<Element, Count> x) {
    return detail::each_lane(x, [](Element each) { return std::log(each); });
}
template <class Element, std::size_t Count>
Lanes<Element, Count> sin(Lanes<Element, Count> x) {
    return detail::each_lane(x, [](Element each) { return std::sin(each); });
}
template <class Element, std::size_t Count>
Lanes<Element, Count> sqrt(Lanes<Element, Count> x) {
    return detail::each_lane(x, [](Element each) { return std::sqrt(each); });
}

/// All quotients by the division of 1 by the product of the denominators; each by itself where that is not an ordinary
/// number. Relative error below 3 epsilon.
template <class Element, std::size_t Lane, std::size_t Count>
std::array<Lanes<Element, Lane>, Count> quotients(const std::array<Ratio<Lanes<Element, Lane>>, Count>& ratios) {
    using Real = Lanes<Element, Lane>;
    constexpr double limit = sizeof(Element) == 8 ? 1e290 : 1e30;
    std::array<Real, Count> product, quotient;
    product[0] = ratios[0].denominator;
    each_index<Count - 1>([&](auto k) { product[k + 1] = product[k] * ratios[k + 1].denominator; });
    Real inverse = 1 / product[Count - 1];
    const Real size = max(abs(product[Count - 1]), abs(inverse));
    each_index<Count - 1>([&](auto back) {
        constexpr std::size_t k = Count - 1 - back;
        quotient[k] = ratios[k].numerator * (inverse * product[k - 1]);
        inverse = inverse * ratios[k].denominator;
    });
    quotient[0] = ratios[0].numerator * inverse;
    if (!all_less_or_equal(size, limit))
        each_index<Count>([&](auto k) {
            quotient[k] = select(size <= limit, quotient[k], ratios[k].numerator / ratios[k].denominator);
        });
    return quotient;
}

}  // namespace bouton
