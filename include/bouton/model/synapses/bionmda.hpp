// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bouton/model/field.hpp>
#include <bouton/model/outputs.hpp>
#include <bouton/model/pulse.hpp>

namespace bouton {

/// NMDA receptor of second order: transmitter moves x, and x opens g.
///
///     dg/dt = alpha1 x (1 - g) - beta1 g
///     dx/dt = alpha2 TT (1 - x) - beta2 x
///
/// TT is T_0 for T_dur after a spike arrives and 0 otherwise. Both equations are stepped from the old values, so g
/// rises one step after x.
///
/// Ermentrout & Terman (2010), "Mathematical Foundations of Neuroscience", p. 162.
template <class Real>
struct BasicBioNMDA {
    static constexpr std::string_view name = "BioNMDA";

    Real alpha1 = 2;    // [1/ms]       opening rate of g
    Real beta1 = 0.01;  // [1/ms]       closing rate of g
    Real alpha2 = 1;    // [1/(mM ms)]  binding rate of x
    Real beta2 = 0.5;   // [1/ms]       unbinding rate of x
    Real T_0 = 1;       // [mM]         transmitter concentration during a pulse
    Real T_dur = 0.5;   // [ms]         duration of a pulse

    struct State {
        Real g;  // open fraction, in [0, 1]
        Real x;  // activated fraction, in [0, 1]
    };

    static constexpr auto parameters() {
        using M = BasicBioNMDA;
        return std::array{
            field("alpha1", &M::alpha1, Range::non_negative), field("beta1", &M::beta1, Range::non_negative),
            field("alpha2", &M::alpha2, Range::non_negative), field("beta2", &M::beta2, Range::non_negative),
            field("T_0", &M::T_0, Range::non_negative),       field("T_dur", &M::T_dur)};
    }
    static constexpr auto states() { return std::array{field("g", &State::g), field("x", &State::x)}; }
    static MgBlock default_output() { return {.E = 0}; }
    static constexpr double default_g_max = 0.15;

    Pulse<Real> pulse() const { return {T_0, T_dur}; }

    template <class Of>
    auto derivative(const State& s, Real TT, Of of) const {
        return std::array{of(s.g, [&](auto g) { return alpha1 * s.x * (1 - g) - beta1 * g; }),
                          of(s.x, [&](auto x) { return alpha2 * TT * (1 - x) - beta2 * x; })};
    }
};
using BioNMDA = BasicBioNMDA<double>;

}  // namespace bouton
