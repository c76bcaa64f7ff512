// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bouton/math/functions.hpp>
#include <bouton/model/field.hpp>

namespace bouton {

/// Adaptive exponential integrate-and-fire neuron.
///
///     tau   dV/dt = -(V - V_rest) + delta_T exp((V - V_T) / delta_T) - R w + R I
///     tau_w dw/dt = a (V - V_rest) - w
///
/// V >= V_th is a spike, sets V to V_reset and adds b to w; V, not w, is then held for tau_ref. From the default start
/// V = 0, above V_th, every cell spikes in the first step.
///
/// Brette & Gerstner (2005), J. Neurophysiol. 94:3637-3642.
template <class Real>
struct BasicAdExIF {
    static constexpr std::string_view name = "AdExIF";

    Real V_rest = -65;    // [mV]  V without input and without the exponential
    Real V_reset = -68;   // [mV]  V after a spike
    Real V_th = -30;      // [mV]  threshold
    Real V_T = -59.9;     // [mV]  where the slope of the exponential is 1
    Real delta_T = 3.48;  // [mV]  width of the upswing of a spike
    Real a = 1;           // [unit of I per mV]  adaptation by V
    Real b = 1;           // [unit of I]  adaptation by a spike
    Real tau = 10;        // [ms]  time constant of the membrane
    Real tau_w = 30;      // [ms]  time constant of adaptation
    Real tau_ref = 0;     // [ms]  how long V is held after a spike
    Real R = 1;           // [mV per unit of I]  resistance of the membrane

    struct State {
        Real V;  // [mV]
        Real w;  // [unit of I]  adaptation current
    };

    static constexpr auto parameters() {
        using M = BasicAdExIF;
        return std::array{field("V_rest", &M::V_rest),
                          field("V_reset", &M::V_reset),
                          field("V_th", &M::V_th),
                          field("V_T", &M::V_T),
                          field("delta_T", &M::delta_T, Range::non_zero),
                          field("a", &M::a),
                          field("b", &M::b),
                          field("tau", &M::tau, Range::positive),
                          field("tau_w", &M::tau_w, Range::positive),
                          field("tau_ref", &M::tau_ref, Range::non_negative),
                          field("R", &M::R)};
    }
    static constexpr auto states() { return std::array{field("V", &State::V), field("w", &State::w)}; }
    static std::array<Initial, 2> initial() { return {0, 0}; }

    template <class Of>
    auto derivative(const State& s, Real I, Of of) const {
        return std::array{
            of(s.V, [&](auto V) { return (V_rest - V + delta_T * exp((V - V_T) / delta_T) + R * (I - s.w)) / tau; }),
            of(s.w, [&](auto w) { return (a * (s.V - V_rest) - w) / tau_w; }),
        };
    }

    auto spike(const State&, const State& now) const { return now.V >= V_th; }
    State reset(const State& now) const { return {V_reset, now.w + b}; }
};
using AdExIF = BasicAdExIF<Parameter>;

}  // namespace bouton
