// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bouton/math/functions.hpp>
#include <bouton/model/field.hpp>
#include <bouton/model/surrogates.hpp>

namespace bouton {

/// Leaky integrate-and-fire neuron.
///
///     tau dV/dt = -(V - V_rest) + R I
///
/// V >= V_th is a spike and sets V to V_reset; V is then held for tau_ref.
///
/// Abbott (1999), Brain Res. Bull. 50:303-304.
template <class Real>
struct BasicLIF {
    static constexpr std::string_view name = "LIF";

    Real V_rest = 0;    // [mV]  V without input
    Real V_reset = -5;  // [mV]  V after a spike
    Real V_th = 20;     // [mV]  threshold
    Real R = 1;         // [mV per unit of I]  resistance of the membrane
    Real tau = 10;      // [ms]  time constant of the membrane
    Real tau_ref = 0;   // [ms]  how long V is held after a spike

    struct State {
        Real V;  // [mV]
    };

    static constexpr auto parameters() {
        using M = BasicLIF;
        return std::array{field("V_rest", &M::V_rest),
                          field("V_reset", &M::V_reset),
                          field("V_th", &M::V_th),
                          field("R", &M::R),
                          field("tau", &M::tau, Range::positive),
                          field("tau_ref", &M::tau_ref, Range::non_negative)};
    }
    static constexpr auto states() { return std::array{field("V", &State::V)}; }
    static std::array<Initial, 1> initial() { return {0}; }

    template <class Of>
    auto derivative(const State& s, Real I, Of of) const {
        return std::array{of(s.V, [&](auto V) { return (V_rest - V + R * I) / tau; })};
    }

    static Surrogate default_spike_fun() { return "inv_square_grad"; }
    auto spike(const State&, const State& now) const { return now.V >= V_th; }
    State reset(const State&) const { return {V_reset}; }

    static constexpr bool is_affine = true;  // all of it is of first order in V and I
};
using LIF = BasicLIF<Parameter>;

}  // namespace bouton
