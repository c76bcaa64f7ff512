// SPDX-License-Identifier: Apache-2.0
/// \file
/// Synapses, and a plasticity, that the library does not bring.
#pragma once

#include <array>
#include <string_view>

#include <bouton/own_model.hpp>

namespace bouton::test {

/// A jump of 1 at each spike that decays to a level of its own:  dg/dt = (level - g) / tau.
template <class Real>
struct BasicExponential {
    static constexpr std::string_view name = "Exponential";

    Real tau = 5;    // [ms]
    Real level = 0;  // where g rests; it starts at 0

    struct State {
        Real g;
    };

    static constexpr auto parameters() {
        return std::array{field("tau", &BasicExponential::tau), field("level", &BasicExponential::level)};
    }
    static constexpr auto states() { return std::array{field("g", &State::g)}; }

    template <class Of>
    auto derivative(const State& s, Real, Of of) const {
        return std::array{of(s.g, [&](auto g) { return (level - g) / tau; })};
    }
    State jump(const State& now) const { return {now.g + 1}; }
};
using Exponential = BasicExponential<double>;

/// Receptors that close in pairs, which no sum of modes describes:  dg/dt = TT (1 - g) - g^2.
template <class Real>
struct BasicNonlinear {
    static constexpr std::string_view name = "Nonlinear";

    Real T_duration = 0.5;  // [ms]

    struct State {
        Real g;
    };

    static constexpr auto parameters() { return std::array{field("T_duration", &BasicNonlinear::T_duration)}; }
    static constexpr auto states() { return std::array{field("g", &State::g)}; }
    Pulse<Real> pulse() const { return {1, T_duration}; }

    template <class Of>
    auto derivative(const State& s, Real TT, Of of) const {
        return std::array{of(s.g, [&](auto g) { return TT * (1 - g) - g * g; })};
    }
};
using Nonlinear = BasicNonlinear<double>;

/// Facilitation that rests at 0, so that a synapse with it has as many modes as without:  du/dt = -u / tau.
template <class Real>
struct BasicFacilitation {
    static constexpr std::string_view name = "Facilitation";

    Real tau = 50;  // [ms]
    Real U = 0.2;   // a spike: u += U (1 - u)

    struct State {
        Real u;
    };

    static constexpr auto parameters() {
        return std::array{field("tau", &BasicFacilitation::tau), field("U", &BasicFacilitation::U)};
    }
    static constexpr auto states() { return std::array{field("u", &State::u)}; }
    State initial() const { return {0}; }

    template <class Of>
    auto derivative(const State& s, Of of) const {
        return std::array{of(s.u, [&](auto u) { return -u / tau; })};
    }
    State jump(const State& before, const State& now) const { return {now.u + U * (1 - before.u)}; }
    Real factor(const State& s) const { return s.u; }
};
using Facilitation = BasicFacilitation<double>;

}  // namespace bouton::test
