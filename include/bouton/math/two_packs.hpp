// SPDX-License-Identifier: Apache-2.0
/// \file
/// Two packs of lanes, each operation done to one after the other. The equations of a model are one long chain in which
/// an operation waits for the last, and a processor does not look ahead as far as the next pass of the loop: it works
/// on the one pack while the other waits.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <bouton/math/each_index.hpp>
#include <bouton/math/functions.hpp>
#include <bouton/math/lane_functions.hpp>

namespace bouton {

template <class Mask>
struct TwoMasks {
    Mask a, b;

    void store(std::uint8_t* to) const {
        a.store(to);
        b.store(to + Mask::count);
    }
    friend TwoMasks operator&&(TwoMasks x, TwoMasks y) { return {x.a && y.a, x.b && y.b}; }
    friend TwoMasks operator||(TwoMasks x, TwoMasks y) { return {x.a || y.a, x.b || y.b}; }
    friend TwoMasks operator!(TwoMasks x) { return {!x.a, !x.b}; }
    friend bool any(TwoMasks x) { return any(x.a || x.b); }
    friend bool all(TwoMasks x) { return all(x.a && x.b); }
};

template <class Pack>
struct TwoPacks {
    using Mask = TwoMasks<typename Pack::Mask>;
    static constexpr std::size_t count = 2 * Pack::count;
    Pack a, b;

    TwoPacks() = default;
    TwoPacks(Pack first, Pack second) : a(first), b(second) {}
    TwoPacks(double x) : a(x), b(x) {}  // NOLINT(google-explicit-constructor)
    TwoPacks(float x) : a(x), b(x) {}   // NOLINT(google-explicit-constructor)
    TwoPacks(int x) : a(x), b(x) {}     // NOLINT(google-explicit-constructor)

    template <class Element>
    static TwoPacks load(const Element* from) {
        return {Pack::load(from), Pack::load(from + Pack::count)};
    }
    template <class Element>
    void store(Element* to) const {
        a.store(to);
        b.store(to + Pack::count);
    }

    friend TwoPacks operator+(TwoPacks x, TwoPacks y) { return {x.a + y.a, x.b + y.b}; }
    friend TwoPacks operator-(TwoPacks x, TwoPacks y) { return {x.a - y.a, x.b - y.b}; }
    friend TwoPacks operator*(TwoPacks x, TwoPacks y) { return {x.a * y.a, x.b * y.b}; }
    friend TwoPacks operator/(TwoPacks x, TwoPacks y) { return {x.a / y.a, x.b / y.b}; }
    friend TwoPacks operator-(TwoPacks x) { return {-x.a, -x.b}; }

    friend Mask operator<(TwoPacks x, TwoPacks y) { return {x.a < y.a, x.b < y.b}; }
    friend Mask operator<=(TwoPacks x, TwoPacks y) { return {x.a <= y.a, x.b <= y.b}; }
    friend Mask operator>(TwoPacks x, TwoPacks y) { return {x.a > y.a, x.b > y.b}; }
    friend Mask operator>=(TwoPacks x, TwoPacks y) { return {x.a >= y.a, x.b >= y.b}; }

    friend TwoPacks select(Mask condition, TwoPacks yes, TwoPacks no) {
        return {select(condition.a, yes.a, no.a), select(condition.b, yes.b, no.b)};
    }
    friend TwoPacks max(TwoPacks x, TwoPacks y) { return {max(x.a, y.a), max(x.b, y.b)}; }
    friend TwoPacks min(TwoPacks x, TwoPacks y) { return {min(x.a, y.a), min(x.b, y.b)}; }
    friend TwoPacks abs(TwoPacks x) { return {abs(x.a), abs(x.b)}; }
};

#define BOUTON_OF_EACH(function)                \
    template <class Pack>                       \
    TwoPacks<Pack> function(TwoPacks<Pack> x) { \
        return {function(x.a), function(x.b)};  \
    }
BOUTON_OF_EACH(cos)
BOUTON_OF_EACH(cosh)
BOUTON_OF_EACH(exp)
BOUTON_OF_EACH(expm1)
BOUTON_OF_EACH(exprel)
BOUTON_OF_EACH(linear_over_expm1)
BOUTON_OF_EACH(linear_over_expm1_derivative)
BOUTON_OF_EACH(log)
BOUTON_OF_EACH(sin)
BOUTON_OF_EACH(sinh)
BOUTON_OF_EACH(sqrt)
BOUTON_OF_EACH(tanh)
#undef BOUTON_OF_EACH

namespace detail {
template <class Pack, std::size_t Count>
std::array<TwoPacks<Pack>, Count> joined(const std::array<Pack, Count>& x, const std::array<Pack, Count>& y) {
    std::array<TwoPacks<Pack>, Count> both;
    each_index<Count>([&](auto k) { both[k] = {x[k], y[k]}; });
    return both;
}
}  // namespace detail

template <class Pack, std::size_t Count>
requires(Count >= 3) std::array<TwoPacks<Pack>, Count> exprel(const std::array<TwoPacks<Pack>, Count>& z) {
    std::array<Pack, Count> of_a, of_b;
    each_index<Count>([&](auto k) { of_a[k] = z[k].a; });
    each_index<Count>([&](auto k) { of_b[k] = z[k].b; });
    return detail::joined(exprel(of_a), exprel(of_b));
}
template <class Pack, std::size_t Count>
std::array<TwoPacks<Pack>, Count> quotients(const std::array<Ratio<TwoPacks<Pack>>, Count>& ratios) {
    std::array<Ratio<Pack>, Count> of_a, of_b;
    each_index<Count>([&](auto k) { of_a[k] = {ratios[k].numerator.a, ratios[k].denominator.a}; });
    each_index<Count>([&](auto k) { of_b[k] = {ratios[k].numerator.b, ratios[k].denominator.b}; });
    return detail::joined(quotients(of_a), quotients(of_b));
}
template <class Pack>
HodgkinHuxleyExponentials<TwoPacks<Pack>> hodgkin_huxley_exponentials(TwoPacks<Pack> V) {
    auto x = hodgkin_huxley_exponentials(V.a), y = hodgkin_huxley_exponentials(V.b);
    return {{x.e80, y.e80}, {x.e20, y.e20}, {x.e18, y.e18}, {x.e10, y.e10}};
}

}  // namespace bouton
