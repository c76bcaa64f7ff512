// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bouton/model/field.hpp>
#include <bouton/model/outputs.hpp>
#include <bouton/model/pulse.hpp>

namespace bouton {

/// AMPA receptor: a two-state scheme opened by a square pulse of transmitter.
///
///     dg/dt = alpha TT (1 - g) - beta g
///
/// TT is T for T_duration after a spike arrives and 0 otherwise; a spike during a pulse starts it anew.
///
/// Destexhe, Mainen & Sejnowski (1994), Neural Computation 6:14-18 (the scheme); Vijayan & Kopell (2012), PNAS
/// 109:18553-18558 (the receptor).
template <class Real>
struct BasicAMPA {
    static constexpr std::string_view name = "AMPA";

    Real alpha = 0.98;      // [1/(mM ms)]  binding rate
    Real beta = 0.18;       // [1/ms]       unbinding rate
    Real T = 0.5;           // [mM]         transmitter concentration during a pulse
    Real T_duration = 0.5;  // [ms]         duration of a pulse

    struct State {
        Real g;  // open fraction, in [0, 1]
    };

    static constexpr auto parameters() {
        using M = BasicAMPA;
        return std::array{field("alpha", &M::alpha, Range::non_negative), field("beta", &M::beta, Range::non_negative),
                          field("T", &M::T, Range::non_negative), field("T_duration", &M::T_duration)};
    }
    static constexpr auto states() { return std::array{field("g", &State::g)}; }
    static COBA default_output() { return {.E = 0}; }
    static constexpr double default_g_max = 0.42;

    Pulse<Real> pulse() const { return {T, T_duration}; }

    template <class Of>
    auto derivative(const State& s, Real TT, Of of) const {
        return std::array{of(s.g, [&](auto g) { return alpha * TT * (1 - g) - beta * g; })};
    }
};
using AMPA = BasicAMPA<double>;

}  // namespace bouton
