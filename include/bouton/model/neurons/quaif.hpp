// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bouton/math/functions.hpp>
#include <bouton/model/field.hpp>

namespace bouton {

/// Quadratic integrate-and-fire neuron.
///
///     tau dV/dt = c (V - V_rest) (V - V_c) + R I
///
/// V >= V_th is a spike and sets V to V_reset; V is then held for tau_ref. From the default start V = 0, above V_th,
/// every cell spikes in the first step.
///
/// Latham, Richmond, Nelson & Nirenberg (2000), J. Neurophysiol. 83:808-827.
template <class Real>
struct BasicQuaIF {
    static constexpr std::string_view name = "QuaIF";

    Real V_rest = -65;   // [mV]    V without input
    Real V_reset = -68;  // [mV]    V after a spike
    Real V_th = -30;     // [mV]    threshold
    Real V_c = -50;      // [mV]    V beyond which it rises by itself
    Real c = 0.07;       // [1/mV]  curvature
    Real R = 1;          // [mV per unit of I]  resistance of the membrane
    Real tau = 10;       // [ms]    time constant of the membrane
    Real tau_ref = 0;    // [ms]    how long V is held after a spike

    struct State {
        Real V;  // [mV]
    };

    static constexpr auto parameters() {
        using M = BasicQuaIF;
        return std::array{field("V_rest", &M::V_rest),
                          field("V_reset", &M::V_reset),
                          field("V_th", &M::V_th),
                          field("V_c", &M::V_c),
                          field("c", &M::c),
                          field("R", &M::R),
                          field("tau", &M::tau, Range::positive),
                          field("tau_ref", &M::tau_ref, Range::non_negative)};
    }
    static constexpr auto states() { return std::array{field("V", &State::V)}; }
    static std::array<Initial, 1> initial() { return {0}; }

    template <class Of>
    auto derivative(const State& s, Real I, Of of) const {
        return std::array{of(s.V, [&](auto V) { return (c * (V - V_rest) * (V - V_c) + R * I) / tau; })};
    }

    auto spike(const State&, const State& now) const { return now.V >= V_th; }
    State reset(const State&) const { return {V_reset}; }
};
using QuaIF = BasicQuaIF<Parameter>;

}  // namespace bouton
