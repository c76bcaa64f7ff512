// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bouton/model/field.hpp>
#include <bouton/model/outputs.hpp>

namespace bouton {

/// NMDA receptor that saturates: spikes raise x, and x opens g.
///
///     dg/dt = -g / tau_decay + a x (1 - g)
///     dx/dt = -x / tau_rise,      x <- x + 1 when a spike arrives
///
/// Both equations are stepped from the old values, so g rises one step after x.
///
/// Wang (2002), Neuron 36:955-968.
template <class Real>
struct BasicNMDA {
    static constexpr std::string_view name = "NMDA";

    Real tau_decay = 100;  // [ms]    time constant of closing
    Real a = 0.5;          // [1/ms]  opening rate of g
    Real tau_rise = 2;     // [ms]    time constant of x

    struct State {
        Real g;  // open fraction, in [0, 1]
        Real x;  // spikes that still open g
    };

    static constexpr auto parameters() {
        using M = BasicNMDA;
        return std::array{field("tau_decay", &M::tau_decay, Range::positive), field("a", &M::a, Range::non_negative),
                          field("tau_rise", &M::tau_rise, Range::positive)};
    }
    static constexpr auto states() { return std::array{field("g", &State::g), field("x", &State::x)}; }
    static MgBlock default_output() { return {.E = 0}; }
    static constexpr double default_g_max = 0.15;

    template <class Of>
    auto derivative(const State& s, Real, Of of) const {
        return std::array{of(s.g, [&](auto g) { return a * s.x * (1 - g) - g / tau_decay; }),
                          of(s.x, [&](auto x) { return -x / tau_rise; })};
    }
    State jump(const State& now) const { return {now.g, now.x + 1}; }
};
using NMDA = BasicNMDA<double>;

}  // namespace bouton
