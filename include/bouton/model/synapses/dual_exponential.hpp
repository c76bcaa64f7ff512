// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bouton/model/field.hpp>
#include <bouton/model/outputs.hpp>

namespace bouton {

/// Synapse with a rise and a decay: a spike is followed by the difference of two exponentials,
/// (exp(-t / tau_decay) - exp(-t / tau_rise)) / (1 / tau_rise - 1 / tau_decay).
///
///     dg/dt = -g / tau_decay + x
///     dx/dt = -x / tau_rise,      x <- x + 1 when a spike arrives
///
/// Both equations are stepped from the old values, so g rises one step after x, which BrainPy calls h.
///
/// Sterratt, Graham, Gillies & Willshaw (2011), "Principles of Computational Modelling in Neuroscience", ch. 7.
template <class Real>
struct BasicDualExponential {
    static constexpr std::string_view name = "DualExponential";

    Real tau_decay = 10;  // [ms]  time constant of the decay
    Real tau_rise = 1;    // [ms]  time constant of the rise

    struct State {
        Real g;  // [ms]
        Real x;  // spikes that still raise g
    };

    static constexpr auto parameters() {
        using M = BasicDualExponential;
        return std::array{field("tau_decay", &M::tau_decay, Range::positive),
                          field("tau_rise", &M::tau_rise, Range::positive)};
    }
    static constexpr auto states() { return std::array{field("g", &State::g), field("x", &State::x)}; }
    static CUBA default_output() { return {}; }
    static constexpr double default_g_max = 1;

    template <class Of>
    auto derivative(const State& s, Real, Of of) const {
        return std::array{of(s.g, [&](auto g) { return s.x - g / tau_decay; }),
                          of(s.x, [&](auto x) { return -x / tau_rise; })};
    }
    State jump(const State& now) const { return {now.g, now.x + 1}; }
};
using DualExponential = BasicDualExponential<double>;

}  // namespace bouton
