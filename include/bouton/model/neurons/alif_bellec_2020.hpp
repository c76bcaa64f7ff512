// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bouton/math/functions.hpp>
#include <bouton/model/field.hpp>

namespace bouton {

/// Integrate-and-fire neuron with an adaptive threshold.
///
///     tau   dV/dt = -(V - V_rest) + R I
///     tau_a da/dt = -a
///
/// V at or above V_th + beta a, with a before the step, is a spike: it takes V_th - V_rest from V and adds 1 to a. V,
/// not a, is then held for tau_ref.
///
/// Bellec et al. (2020), Nat. Commun. 11:3625, with v = V - V_rest: there a spike takes v_th from v, and a starts at 0.
/// BrainPy 2.4 takes V_th from V, so that with its own defaults, V_th < 0, a spike raises V and V runs away; it also
/// starts a at -50. `brainpy_2_4` does the former, `initial` may do the latter.
template <class Real>
struct BasicALIFBellec2020 {
    static constexpr std::string_view name = "ALIFBellec2020";

    Real V_rest = -70;   // [mV]  V without input
    Real V_th = -60;     // [mV]  threshold without adaptation
    Real R = 1;          // [mV per unit of I]  resistance of the membrane
    Real beta = 1.6;     // [mV]  what a spike adds to the threshold
    Real tau = 20;       // [ms]  time constant of the membrane
    Real tau_a = 2000;   // [ms]  time constant of adaptation
    Real tau_ref = 0;    // [ms]  how long V is held after a spike
    Real from_rest = 1;  //       1: a spike takes V_th - V_rest from V; 0, with `brainpy_2_4`: V_th

    struct State {
        Real V;  // [mV]
        Real a;  // spikes that are still felt
    };

    static constexpr auto parameters() {
        using M = BasicALIFBellec2020;
        return std::array{field("V_rest", &M::V_rest),
                          field("V_th", &M::V_th),
                          field("R", &M::R),
                          field("beta", &M::beta),
                          field("tau", &M::tau, Range::positive),
                          field("tau_a", &M::tau_a, Range::positive),
                          field("tau_ref", &M::tau_ref, Range::non_negative),
                          field("from_rest", &M::from_rest)};
    }
    static constexpr auto states() { return std::array{field("V", &State::V), field("a", &State::a)}; }
    static std::array<Initial, 2> initial() { return {-70, 0}; }
    BasicALIFBellec2020 brainpy_2_4() const {
        BasicALIFBellec2020 model = *this;
        model.from_rest = 0;
        return model;
    }

    template <class Of>
    auto derivative(const State& s, Real I, Of of) const {
        return std::array{of(s.V, [&](auto V) { return (V_rest - V + R * I) / tau; }),
                          of(s.a, [&](auto a) { return -a / tau_a; })};
    }

    auto spike(const State& old, const State& now) const { return now.V >= V_th + beta * old.a; }
    State reset(const State& now) const { return {now.V - (V_th - from_rest * V_rest), now.a + 1}; }
};
using ALIFBellec2020 = BasicALIFBellec2020<Parameter>;
/// What BrainPy has under this name differs in the gradient of its spikes only.
using LIF_SFA_Bellec2020 = ALIFBellec2020;

}  // namespace bouton
