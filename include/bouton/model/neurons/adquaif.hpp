// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bouton/math/functions.hpp>
#include <bouton/model/field.hpp>

namespace bouton {

/// Adaptive quadratic integrate-and-fire neuron.
///
///     tau   dV/dt = c (V - V_rest) (V - V_c) - w + I
///     tau_w dw/dt = a (V - V_rest) - w
///
/// V >= V_th is a spike, sets V to V_reset and adds b to w. From the default start V = 0, above V_th, every cell spikes
/// in the first step.
///
/// Touboul (2008), SIAM J. Appl. Math. 68:1045-1079.
template <class Real>
struct BasicAdQuaIF {
    static constexpr std::string_view name = "AdQuaIF";

    Real V_rest = -65;   // [mV]    V without input
    Real V_reset = -68;  // [mV]    V after a spike
    Real V_th = -30;     // [mV]    threshold
    Real V_c = -50;      // [mV]    V beyond which it rises by itself
    Real a = 1;          //         adaptation by V
    Real b = 0.1;        // [mV]    adaptation by a spike
    Real c = 0.07;       // [1/mV]  curvature
    Real tau = 10;       // [ms]    time constant of the membrane
    Real tau_w = 10;     // [ms]    time constant of adaptation

    struct State {
        Real V;  // [mV]
        Real w;  // [mV]  adaptation
    };

    static constexpr auto parameters() {
        using M = BasicAdQuaIF;
        return std::array{field("V_rest", &M::V_rest),
                          field("V_reset", &M::V_reset),
                          field("V_th", &M::V_th),
                          field("V_c", &M::V_c),
                          field("a", &M::a),
                          field("b", &M::b),
                          field("c", &M::c),
                          field("tau", &M::tau, Range::positive),
                          field("tau_w", &M::tau_w, Range::positive)};
    }
    static constexpr auto states() { return std::array{field("V", &State::V), field("w", &State::w)}; }
    static std::array<Initial, 2> initial() { return {0, 0}; }

    template <class Of>
    auto derivative(const State& s, Real I, Of of) const {
        return std::array{of(s.V, [&](auto V) { return (c * (V - V_rest) * (V - V_c) - s.w + I) / tau; }),
                          of(s.w, [&](auto w) { return (a * (s.V - V_rest) - w) / tau_w; })};
    }

    auto spike(const State&, const State& now) const { return now.V >= V_th; }
    State reset(const State& now) const { return {V_reset, now.w + b}; }
};
using AdQuaIF = BasicAdQuaIF<Parameter>;

}  // namespace bouton
