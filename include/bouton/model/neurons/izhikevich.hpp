// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bouton/math/functions.hpp>
#include <bouton/model/field.hpp>
#include <bouton/model/surrogates.hpp>

namespace bouton {

/// Izhikevich neuron.
///
///     dV/dt = 0.04 V^2 + 5 V + 140 - u + I
///     du/dt = a (b V - u)
///
/// V >= V_th is a spike, sets V to c and adds d to u; V, not u, is then held for tau_ref.
///
/// Izhikevich (2003), IEEE Trans. Neural Netw. 14:1569-1572.
template <class Real>
struct BasicIzhikevich {
    static constexpr std::string_view name = "Izhikevich";

    Real a = 0.02;     // [1/ms]  rate of recovery
    Real b = 0.2;      // [1/ms]  u at rest per mV
    Real c = -65;      // [mV]    V after a spike
    Real d = 8;        // [mV/ms] what a spike adds to u
    Real V_th = 30;    // [mV]    threshold
    Real tau_ref = 0;  // [ms]    how long V is held after a spike

    struct State {
        Real V;  // [mV]
        Real u;  // [mV/ms]  recovery
    };

    static constexpr auto parameters() {
        using M = BasicIzhikevich;
        return std::array{field("a", &M::a),       field("b", &M::b),
                          field("c", &M::c),       field("d", &M::d),
                          field("V_th", &M::V_th), field("tau_ref", &M::tau_ref, Range::non_negative)};
    }
    static constexpr auto states() { return std::array{field("V", &State::V), field("u", &State::u)}; }
    static std::array<Initial, 2> initial() { return {-70, {}}; }

    template <class Of>
    auto derivative(const State& s, Real I, Of of) const {
        return std::array{of(s.V, [&](auto V) { return 0.04 * square(V) + 5 * V + 140 - s.u + I; }),
                          of(s.u, [&](auto u) { return a * (b * s.V - u); })};
    }

    /// u where its equation rests.
    State rest(const State& s) const { return {s.V, b * s.V}; }

    static Surrogate default_spike_fun() { return "inv_square_grad"; }
    auto spike(const State&, const State& now) const { return now.V >= V_th; }
    State reset(const State& now) const { return {c, now.u + d}; }
};
using Izhikevich = BasicIzhikevich<Parameter>;

}  // namespace bouton
