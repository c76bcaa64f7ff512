// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bouton/model/field.hpp>
#include <bouton/model/outputs.hpp>

namespace bouton {

/// Exponential synapse: every spike opens it by 1, and it closes with one time constant.
///
///     dg/dt = -g / tau,     g <- g + 1 when a spike arrives
///
/// Not named Exponential, as an initialiser is.
///
/// Sterratt, Graham, Gillies & Willshaw (2011), "Principles of Computational Modelling in Neuroscience", ch. 7.
template <class Real>
struct BasicExponentialSynapse {
    static constexpr std::string_view name = "Exponential";

    Real tau = 8;  // [ms]  time constant of closing

    struct State {
        Real g;  // spikes that are still felt
    };

    static constexpr auto parameters() {
        return std::array{field("tau", &BasicExponentialSynapse::tau, Range::positive)};
    }
    static constexpr auto states() { return std::array{field("g", &State::g)}; }
    static CUBA default_output() { return {}; }
    static constexpr double default_g_max = 1;

    template <class Of>
    auto derivative(const State& s, Real /*TT*/, Of of) const {
        return std::array{of(s.g, [&](auto g) { return -g / tau; })};
    }

    State jump(const State& now) const { return {now.g + 1}; }
};
using ExponentialSynapse = BasicExponentialSynapse<double>;

}  // namespace bouton
