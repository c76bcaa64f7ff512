// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bouton/math/functions.hpp>
#include <bouton/model/field.hpp>

namespace bouton {

/// FitzHugh-Nagumo neuron, dimensionless but for time.
///
///         dV/dt = V - V^3 / 3 - w + I
///     tau dw/dt = V + a - b w
///
/// A spike is an upward crossing of Vth; nothing is reset.
///
/// FitzHugh (1961), Biophys. J. 1:445-466.
template <class Real>
struct BasicFHN {
    static constexpr std::string_view name = "FHN";

    Real a = 0.7;     //       offset of recovery
    Real b = 0.8;     //       decay of recovery
    Real tau = 12.5;  // [ms]  time constant of recovery
    Real Vth = 1.8;   //       a spike is where V comes up through this

    struct State {
        Real V;  // membrane potential
        Real w;  // recovery
    };

    static constexpr auto parameters() {
        using M = BasicFHN;
        return std::array{field("a", &M::a), field("b", &M::b), field("tau", &M::tau, Range::positive),
                          field("Vth", &M::Vth)};
    }
    static constexpr auto states() { return std::array{field("V", &State::V), field("w", &State::w)}; }
    static std::array<Initial, 2> initial() { return {0, 0}; }

    template <class Of>
    auto derivative(const State& s, Real I, Of of) const {
        return std::array{of(s.V, [&](auto V) { return V - cube(V) / 3 - s.w + I; }),
                          of(s.w, [&](auto w) { return (s.V + a - b * w) / tau; })};
    }

    auto spike(const State& old, const State& now) const { return (old.V < Vth) && (now.V >= Vth); }
};
using FHN = BasicFHN<Parameter>;

}  // namespace bouton
