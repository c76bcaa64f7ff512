// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bouton/math/functions.hpp>
#include <bouton/model/field.hpp>

namespace bouton {

/// Pinsky-Rinzel pyramidal cell: a soma (V) that spikes and a dendrite (Vd) whose calcium makes it burst.
///
///     Cm dV/dt  = -gL (V - EL) - gNa m_inf(V)^2 h (V - ENa) - gK n (V - EK) + (gc (Vd - V) + I) / p
///     Cm dVd/dt = -gL (Vd - EL) - I_Ca - gAHP q (Vd - EK) - gC c min(Ca / 250, 1) (Vd - EK) + (gc (V - Vd) + Id) / (1
///     - p)
///        dCa/dt = -0.13 I_Ca - 0.075 Ca                               I_Ca = gCa s^2 (Vd - ECa)
///        dy/dt  = a_y (1 - y) - b_y y                                 h, n by V; s, c by Vd; q by Ca
///
/// `input` is the soma's current. `Id` is the dendrite's: a variable that projections and the runner may add to, and
/// that is cleared as `input` is. A spike is an upward crossing of V_th by the soma; nothing is reset. Outputs read the
/// soma unless their `membrane_var` is "Vd".
///
/// Pinsky & Rinzel (1994), J. Comput. Neurosci. 1:39-60. BrainPy 2.4 calls V and the input Vs and Is; it leaves c out
/// of the current that c gates, and its a_c is negative below -10 mV. Both are here as the paper has them.
template <class Real>
struct BasicPinskyRinzelModel {
    static constexpr std::string_view name = "PinskyRinzelModel";

    Real gNa = 30;    // [mS/cm2]  conductance of sodium
    Real gK = 15;     // [mS/cm2]  conductance of the delayed rectifier
    Real gCa = 10;    // [mS/cm2]  conductance of calcium
    Real gAHP = 0.8;  // [mS/cm2]  conductance of the afterhyperpolarisation
    Real gC = 15;     // [mS/cm2]  conductance of potassium gated by calcium
    Real gL = 0.1;    // [mS/cm2]  conductance of the leak
    Real ENa = 60;    // [mV]      reversal potential of sodium
    Real EK = -75;    // [mV]      reversal potential of potassium
    Real ECa = 80;    // [mV]      reversal potential of calcium
    Real EL = -60;    // [mV]      reversal potential of the leak
    Real gc = 2.1;    // [mS/cm2]  conductance between the compartments
    Real V_th = 20;   // [mV]      a spike is where V comes up through this
    Real Cm = 3;      // [uF/cm2]  capacitance of the membrane
    Real p = 0.5;     //           the soma's part of the membrane, in (0, 1)

    struct State {
        Real V, Vd;          // [mV]  soma, dendrite
        Real Ca;             // calcium of the dendrite, in units of its own
        Real h, n, s, c, q;  // gates, in [0, 1]
        Real Id;             // [uA/cm2]  current into the dendrite
    };
    static constexpr std::array<std::string_view, 1> inputs{"Id"};

    static constexpr auto parameters() {
        using M = BasicPinskyRinzelModel;
        return std::array{field("gNa", &M::gNa),
                          field("gK", &M::gK),
                          field("gCa", &M::gCa),
                          field("gAHP", &M::gAHP),
                          field("gC", &M::gC),
                          field("gL", &M::gL),
                          field("ENa", &M::ENa),
                          field("EK", &M::EK),
                          field("ECa", &M::ECa),
                          field("EL", &M::EL),
                          field("gc", &M::gc),
                          field("V_th", &M::V_th),
                          field("Cm", &M::Cm, Range::positive),
                          field("p", &M::p, Range::positive)};
    }
    static constexpr auto states() {
        return std::array{field("V", &State::V), field("Vd", &State::Vd), field("Ca", &State::Ca),
                          field("h", &State::h), field("n", &State::n),   field("s", &State::s),
                          field("c", &State::c), field("q", &State::q),   field("Id", &State::Id)};
    }
    static std::array<Initial, 9> initial() { return {-64.6, -64.5, 0.2, {}, {}, {}, {}, {}, 0}; }

    template <class Number>
    static Number m_inf(Number V) {
        const Number a = 1.28 * linear_over_expm1((V + 46.9) * -0.25), b = 1.4 * linear_over_expm1((V + 19.9) * 0.2);
        return a / (a + b);
    }

    /// Of a gate: it opens at the rate a and closes at the rate b. [1/ms]
    struct Gate {
        Real a, b;
        template <class Number>
        Number operator()(Number y) const {
            return a * (1 - y) - b * y;
        }
        Real rest() const { return a / (a + b); }
    };
    static Gate gate_h(Real V) { return {0.128 * exp((V + 43) * (-1. / 18)), 4 / (1 + exp((V + 20) * -0.2))}; }
    static Gate gate_n(Real V) { return {0.08 * linear_over_expm1((V + 24.9) * -0.2), 0.25 * exp((V + 40) * -0.025)}; }
    static Gate gate_s(Real Vd) {
        return {1.6 / (1 + exp((Vd - 5) * -0.072)), 0.1 * linear_over_expm1((Vd + 8.9) * 0.2)};
    }
    static Gate gate_c(Real Vd) {
        const Real fall = 2 * exp((Vd + 53.5) * (-1. / 27)), rise = fall * exp((Vd + 50) * (1. / 11)) * (0.5 / 18.975);
        const auto is_low = Vd <= -10;
        return {select(is_low, rise, fall), select(is_low, fall - rise, Real(0.))};
    }
    static Gate gate_q(Real Ca) { return {0.01 - max(0.01 - 2e-5 * Ca, Real(0.)), 0.001}; }

    template <class Of>
    auto derivative(const State& now, Real I, Of of) const {
        const Real g_Ca = gCa * square(now.s), g_C = gC * now.c * (1 - max(1 - now.Ca * (1. / 250), Real(0.)));
        const auto dV = [&](auto V) {
            const auto g_Na = gNa * square(m_inf(V)) * now.h;
            return ((gc * (now.Vd - V) + I) / p - g_Na * (V - ENa) - gK * now.n * (V - EK) - gL * (V - EL)) / Cm;
        };
        const auto dVd = [&](auto Vd) {
            return ((gc * (now.V - Vd) + now.Id) / (1 - p) - g_Ca * (Vd - ECa) - (gAHP * now.q + g_C) * (Vd - EK) -
                    gL * (Vd - EL)) /
                   Cm;
        };
        return std::array{
            of(now.V, dV),
            of(now.Vd, dVd),
            of(now.Ca, [&](auto Ca) { return -0.13 * g_Ca * (now.Vd - ECa) - 0.075 * Ca; }),
            of(now.h, gate_h(now.V)),
            of(now.n, gate_n(now.V)),
            of(now.s, gate_s(now.Vd)),
            of(now.c, gate_c(now.Vd)),
            of(now.q, gate_q(now.Ca)),
            of(now.Id, [](auto Id) { return 0 * Id; }),  // held during a step
        };
    }

    /// The gates at their steady state.
    State rest(const State& s) const {
        return {s.V,
                s.Vd,
                s.Ca,
                gate_h(s.V).rest(),
                gate_n(s.V).rest(),
                gate_s(s.Vd).rest(),
                gate_c(s.Vd).rest(),
                gate_q(s.Ca).rest(),
                s.Id};
    }

    auto spike(const State& old, const State& now) const { return (old.V < V_th) && (now.V >= V_th); }
};
using PinskyRinzelModel = BasicPinskyRinzelModel<Parameter>;

}  // namespace bouton
