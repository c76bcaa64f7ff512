// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bouton/math/functions.hpp>
#include <bouton/model/field.hpp>

namespace bouton {

/// Exponential integrate-and-fire neuron.
///
///     tau dV/dt = -(V - V_rest) + delta_T exp((V - V_T) / delta_T) + R I
///
/// V >= V_th is a spike and sets V to V_reset; V is then held for tau_ref. From the default start V = 0, above V_th,
/// every cell spikes in the first step.
///
/// Fourcaud-Trocme, Hansel, van Vreeswijk & Brunel (2003), J. Neurosci. 23:11628-11640.
template <class Real>
struct BasicExpIF {
    static constexpr std::string_view name = "ExpIF";

    Real V_rest = -65;    // [mV]  V without input and without the exponential
    Real V_reset = -68;   // [mV]  V after a spike
    Real V_th = -30;      // [mV]  threshold
    Real V_T = -59.9;     // [mV]  where the slope of the exponential is 1
    Real delta_T = 3.48;  // [mV]  width of the upswing of a spike
    Real R = 1;           // [mV per unit of I]  resistance of the membrane
    Real tau = 10;        // [ms]  time constant of the membrane
    Real tau_ref = 0;     // [ms]  how long V is held after a spike

    struct State {
        Real V;  // [mV]
    };

    static constexpr auto parameters() {
        using M = BasicExpIF;
        return std::array{field("V_rest", &M::V_rest),
                          field("V_reset", &M::V_reset),
                          field("V_th", &M::V_th),
                          field("V_T", &M::V_T),
                          field("delta_T", &M::delta_T, Range::non_zero),
                          field("R", &M::R),
                          field("tau", &M::tau, Range::positive),
                          field("tau_ref", &M::tau_ref, Range::non_negative)};
    }
    static constexpr auto states() { return std::array{field("V", &State::V)}; }
    static std::array<Initial, 1> initial() { return {0}; }

    template <class Of>
    auto derivative(const State& s, Real I, Of of) const {
        return std::array{
            of(s.V, [&](auto V) { return (V_rest - V + delta_T * exp((V - V_T) / delta_T) + R * I) / tau; })};
    }

    auto spike(const State&, const State& now) const { return now.V >= V_th; }
    State reset(const State&) const { return {V_reset}; }
};
using ExpIF = BasicExpIF<Parameter>;

}  // namespace bouton
