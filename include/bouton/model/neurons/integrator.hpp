// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bouton/math/functions.hpp>
#include <bouton/model/field.hpp>

namespace bouton {

/// Low-pass filter of its input; it does not spike.
///
///     tau dx/dt = -x + I
template <class Real>
struct BasicIntegrator {
    static constexpr std::string_view name = "Integrator";

    Real tau = 10;  // [ms]  time constant

    struct State {
        Real x;  // [unit of I]
    };

    static constexpr auto parameters() { return std::array{field("tau", &BasicIntegrator::tau, Range::positive)}; }
    static constexpr auto states() { return std::array{field("x", &State::x)}; }
    static std::array<Initial, 1> initial() { return {0}; }

    template <class Of>
    auto derivative(const State& s, Real I, Of of) const {
        return std::array{of(s.x, [&](auto x) { return (I - x) / tau; })};
    }
};
using Integrator = BasicIntegrator<Parameter>;

}  // namespace bouton
