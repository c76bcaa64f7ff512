// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bouton/model/field.hpp>
#include <bouton/model/outputs.hpp>

namespace bouton {

/// Alpha synapse: a spike is followed by t exp(-t / tau_decay).
///
///     dg/dt = -g / tau_decay + x
///     dx/dt = -x / tau_decay,     x <- x + 1 when a spike arrives
///
/// Both equations are stepped from the old values, so g rises one step after x, which BrainPy calls h. The peak is
/// tau_decay / e, tau_decay after a spike.
///
/// Sterratt, Graham, Gillies & Willshaw (2011), "Principles of Computational Modelling in Neuroscience", ch. 7.
template <class Real>
struct BasicAlpha {
    static constexpr std::string_view name = "Alpha";

    Real tau_decay = 10;  // [ms]  time constant of rise and decay

    struct State {
        Real g;  // [ms]
        Real x;  // spikes that are still felt
    };

    static constexpr auto parameters() {
        return std::array{field("tau_decay", &BasicAlpha::tau_decay, Range::positive)};
    }
    static constexpr auto states() { return std::array{field("g", &State::g), field("x", &State::x)}; }
    static CUBA default_output() { return {}; }
    static constexpr double default_g_max = 1;

    template <class Of>
    auto derivative(const State& s, Real, Of of) const {
        return std::array{of(s.g, [&](auto g) { return s.x - g / tau_decay; }),
                          of(s.x, [&](auto x) { return -x / tau_decay; })};
    }
    State jump(const State& now) const { return {now.g, now.x + 1}; }
};
using Alpha = BasicAlpha<double>;

}  // namespace bouton
