// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bouton/math/functions.hpp>
#include <bouton/model/field.hpp>
#include <bouton/model/surrogates.hpp>

namespace bouton {

/// Generalised leaky integrate-and-fire neuron with two internal currents and a moving threshold.
///
///     tau dV/dt = -(V - V_rest) + R (I + I1 + I2)
///     dI1/dt    = -k1 I1
///     dI2/dt    = -k2 I2
///     dV_th/dt  = a (V - V_rest) - b (V_th - V_th_inf)
///
/// V at or above V_th, as that was before the step, is a spike and sets
///
///     V = V_reset,   I1 = R1 I1 + A1,   I2 = R2 I2 + A2,   V_th = max(V_th_reset, V_th)
///
/// Mihalas & Niebur (2009), Neural Comput. 21:704-718.
template <class Real>
struct BasicGIF {
    static constexpr std::string_view name = "GIF";

    Real V_rest = -70;      // [mV]    V without input
    Real V_reset = -70;     // [mV]    V after a spike
    Real V_th_inf = -50;    // [mV]    threshold at rest
    Real V_th_reset = -60;  // [mV]    least threshold after a spike
    Real R = 20;            // [mV per unit of I]  resistance of the membrane
    Real tau = 20;          // [ms]    time constant of the membrane
    Real a = 0;             // [1/ms]  rise of the threshold by V
    Real b = 0.01;          // [1/ms]  rate at which the threshold returns
    Real k1 = 0.2;          // [1/ms]  decay rate of I1
    Real k2 = 0.02;         // [1/ms]  decay rate of I2
    Real R1 = 0;            //         part of I1 that a spike leaves
    Real R2 = 1;            //         part of I2 that a spike leaves
    Real A1 = 0;            // [unit of I]  what a spike adds to I1
    Real A2 = 0;            // [unit of I]  what a spike adds to I2

    struct State {
        Real V;       // [mV]
        Real I1, I2;  // [unit of I]  internal currents
        Real V_th;    // [mV]  threshold
    };

    static constexpr auto parameters() {
        using M = BasicGIF;
        return std::array{field("V_rest", &M::V_rest),
                          field("V_reset", &M::V_reset),
                          field("V_th_inf", &M::V_th_inf),
                          field("V_th_reset", &M::V_th_reset),
                          field("R", &M::R),
                          field("tau", &M::tau, Range::positive),
                          field("a", &M::a),
                          field("b", &M::b),
                          field("k1", &M::k1),
                          field("k2", &M::k2),
                          field("R1", &M::R1),
                          field("R2", &M::R2),
                          field("A1", &M::A1),
                          field("A2", &M::A2)};
    }
    static constexpr auto states() {
        return std::array{field("V", &State::V), field("I1", &State::I1), field("I2", &State::I2),
                          field("V_th", &State::V_th)};
    }
    static std::array<Initial, 4> initial() { return {-70, 0, 0, -50}; }

    template <class Of>
    auto derivative(const State& s, Real I, Of of) const {
        return std::array{
            of(s.V, [&](auto V) { return (V_rest - V + R * (I + s.I1 + s.I2)) / tau; }),
            of(s.I1, [&](auto I1) { return -k1 * I1; }),
            of(s.I2, [&](auto I2) { return -k2 * I2; }),
            of(s.V_th, [&](auto V_th) { return a * (s.V - V_rest) - b * (V_th - V_th_inf); }),
        };
    }

    static Surrogate default_spike_fun() { return "sigmoid"; }
    auto spike(const State& old, const State& now) const { return now.V >= old.V_th; }
    State reset(const State& now) const {
        return {V_reset, R1 * now.I1 + A1, R2 * now.I2 + A2, max(V_th_reset, now.V_th)};
    }
};
using GIF = BasicGIF<Parameter>;

}  // namespace bouton
