// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bouton/math/functions.hpp>
#include <bouton/model/field.hpp>

namespace bouton {

/// Passive membrane, which does not spike.
///
///     tau dV/dt = -(V - V_rest) + R I
///
/// Dayan & Abbott (2001), "Theoretical Neuroscience", chapter 5.
template <class Real>
struct BasicLeakyIntegrator {
    static constexpr std::string_view name = "LeakyIntegrator";

    Real V_rest = 0;  // [mV]  V without input
    Real R = 1;       // [mV per unit of I]  resistance of the membrane
    Real tau = 10;    // [ms]  time constant of the membrane

    struct State {
        Real V;  // [mV]
    };

    static constexpr auto parameters() {
        using M = BasicLeakyIntegrator;
        return std::array{field("V_rest", &M::V_rest), field("R", &M::R), field("tau", &M::tau, Range::positive)};
    }
    static constexpr auto states() { return std::array{field("V", &State::V)}; }
    static std::array<Initial, 1> initial() { return {0}; }

    template <class Of>
    auto derivative(const State& s, Real I, Of of) const {
        return std::array{of(s.V, [&](auto V) { return (V_rest - V + R * I) / tau; })};
    }
};
using LeakyIntegrator = BasicLeakyIntegrator<Parameter>;

}  // namespace bouton
