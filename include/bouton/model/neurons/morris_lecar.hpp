// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bouton/init/initializers.hpp>
#include <bouton/math/functions.hpp>
#include <bouton/model/field.hpp>

namespace bouton {

/// Morris-Lecar neuron: instantaneous calcium, delayed potassium.
///
///     C dV/dt = -g_Ca M_inf(V) (V - V_Ca) - g_K W (V - V_K) - g_leak (V - V_leak) + I
///       dW/dt = phi cosh((V - V3) / (2 V4)) (W_inf(V) - W)
///
///     M_inf = (1 + tanh((V - V1) / V2)) / 2     W_inf = (1 + tanh((V - V3) / V4)) / 2
///
/// A spike is an upward crossing of V_th; nothing is reset.
///
/// Morris & Lecar (1981), Biophys. J. 35:193-213.
template <class Real>
struct BasicMorrisLecar {
    static constexpr std::string_view name = "MorrisLecar";

    Real V_Ca = 130;    // [mV]      reversal potential of calcium
    Real g_Ca = 4.4;    // [mS/cm2]  conductance of calcium
    Real V_K = -84;     // [mV]      reversal potential of potassium
    Real g_K = 8;       // [mS/cm2]  conductance of potassium
    Real V_leak = -60;  // [mV]      reversal potential of the leak
    Real g_leak = 2;    // [mS/cm2]  conductance of the leak
    Real C = 20;        // [uF/cm2]  capacitance of the membrane
    Real V1 = -1.2;     // [mV]      half activation of calcium
    Real V2 = 18;       // [mV]      width of its activation
    Real V3 = 2;        // [mV]      half activation of potassium
    Real V4 = 30;       // [mV]      width of its activation
    Real phi = 0.04;    // [1/ms]    rate of W at V3
    Real V_th = 10;     // [mV]      a spike is where V comes up through this

    struct State {
        Real V;  // [mV]
        Real W;  // open fraction of potassium, in [0, 1]
    };

    static constexpr auto parameters() {
        using M = BasicMorrisLecar;
        return std::array{field("V_Ca", &M::V_Ca),
                          field("g_Ca", &M::g_Ca),
                          field("V_K", &M::V_K),
                          field("g_K", &M::g_K),
                          field("V_leak", &M::V_leak),
                          field("g_leak", &M::g_leak),
                          field("C", &M::C, Range::positive),
                          field("V1", &M::V1),
                          field("V2", &M::V2, Range::non_zero),
                          field("V3", &M::V3),
                          field("V4", &M::V4, Range::non_zero),
                          field("phi", &M::phi),
                          field("V_th", &M::V_th)};
    }
    static constexpr auto states() { return std::array{field("V", &State::V), field("W", &State::W)}; }
    static std::array<Initial, 2> initial() { return {Uniform{.min_val = -70, .max_val = -60}, 0.02}; }

    template <class Number>
    static Number open(Number V, Real half, Real width) {
        return 0.5 * (1 + tanh((V - half) * (1 / width)));
    }

    template <class Of>
    auto derivative(const State& s, Real I, Of of) const {
        const Real W_inf = open(s.V, V3, V4), rate = phi * cosh((s.V - V3) * (0.5 / V4));
        const auto dV = [&](auto V) {
            const auto g_M = g_Ca * open(V, V1, V2);
            return (I - g_M * (V - V_Ca) - g_K * s.W * (V - V_K) - g_leak * (V - V_leak)) / C;
        };
        return std::array{of(s.V, dV), of(s.W, [&](auto W) { return rate * (W_inf - W); })};
    }

    auto spike(const State& old, const State& now) const { return (old.V < V_th) && (now.V >= V_th); }
};
using MorrisLecar = BasicMorrisLecar<Parameter>;

}  // namespace bouton
