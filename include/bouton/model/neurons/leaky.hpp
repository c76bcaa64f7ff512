// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bouton/math/functions.hpp>
#include <bouton/model/field.hpp>

namespace bouton {

/// Leaky sum of its inputs; it does not spike.
///
///     dx/dt = -x / tau,     x <- x + I at the end of each step
///
/// The input counts whole, whatever the step: it is an amount, as a synapse gives it at a spike, and no rate.
template <class Real>
struct BasicLeaky {
    static constexpr std::string_view name = "Leaky";

    Real tau = 10;  // [ms]  time constant

    struct State {
        Real x;  // [unit of I]
    };

    static constexpr auto parameters() { return std::array{field("tau", &BasicLeaky::tau, Range::positive)}; }
    static constexpr auto states() { return std::array{field("x", &State::x)}; }
    static std::array<Initial, 1> initial() { return {0}; }

    template <class Of>
    auto derivative(const State& s, Real, Of of) const {
        return std::array{of(s.x, [&](auto x) { return -x / tau; })};
    }
    State take_in(const State& now, Real I) const { return {now.x + I}; }
};
using Leaky = BasicLeaky<Parameter>;

}  // namespace bouton
