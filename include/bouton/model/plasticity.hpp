// SPDX-License-Identifier: Apache-2.0
/// \file
/// Short-term plasticity: a factor on what a presynaptic neuron releases, one state per presynaptic neuron. In each
/// step the states are integrated first; where a spike arrives they then jump, by the values that they had before the
/// step.
#pragma once

#include <bouton/math/functions.hpp>
#include <bouton/model/field.hpp>

namespace bouton {

/// Short-term depression: resources x are used up by spikes and recover. Scales g by x.
///
///     dx/dt = (1 - x) / tau        spike: x -= U x
///
/// Abbott, Varela, Sen & Nelson (1997), Science 275:220-224.
template <class Real>
struct BasicSTD {
    static constexpr std::string_view name = "STD";

    Real tau = 200;  // [ms]  time constant of recovery
    Real U = 0.07;   //       fraction used by a spike

    struct State {
        Real x;  // available resources, in [0, 1]
    };

    static constexpr auto parameters() {
        using M = BasicSTD;
        return std::array{field("tau", &M::tau, Range::positive), field("U", &M::U, Range::non_negative)};
    }
    static constexpr auto states() { return std::array{field("x", &State::x)}; }
    State initial() const { return {1}; }

    template <class Of>
    auto derivative(const State& s, Of of) const {
        return std::array{of(s.x, [&](auto x) { return (1 - x) / tau; })};
    }
    State jump(const State& before, const State& now) const { return {now.x - U * before.x}; }
    Real factor(const State& s) const { return s.x; }
};
using STD = BasicSTD<double>;

/// Short-term facilitation and depression: spikes raise the released fraction u and use up resources x. Scales g by u
/// x.
///
///     du/dt = -u / tau_f           spike: u += U (1 - u)
///     dx/dt = (1 - x) / tau_d      spike: x -= u x, with the new u
///
/// Tsodyks, Pawelzik & Markram (1998), Neural Computation 10:821-835.
template <class Real>
struct BasicSTP {
    static constexpr std::string_view name = "STP";

    Real U = 0.15;      //       rise of u at a spike, and its start
    Real tau_f = 1500;  // [ms]  time constant of facilitation
    Real tau_d = 200;   // [ms]  time constant of recovery

    /// du/dt has the source U with `brainpy_2_4`: du/dt = U - u / tau_f. [1/ms]
    Real source = 0;

    struct State {
        Real u;  // released fraction
        Real x;  // available resources
    };

    static constexpr auto parameters() {
        using M = BasicSTP;
        return std::array{field("U", &M::U, Range::non_negative), field("tau_f", &M::tau_f, Range::positive),
                          field("tau_d", &M::tau_d, Range::positive), field("source", &M::source)};
    }
    static constexpr auto states() { return std::array{field("u", &State::u), field("x", &State::x)}; }
    State initial() const { return {U, 1}; }
    BasicSTP brainpy_2_4() const { return {.U = U, .tau_f = tau_f, .tau_d = tau_d, .source = U}; }

    template <class Of>
    auto derivative(const State& s, Of of) const {
        return std::array{of(s.u, [&](auto u) { return source - u / tau_f; }),
                          of(s.x, [&](auto x) { return (1 - x) / tau_d; })};
    }
    State jump(const State& before, const State& now) const {
        const Real u = now.u + U * (1 - before.u);
        return {u, now.x - u * before.x};
    }
    Real factor(const State& s) const { return s.x * s.u; }
};
using STP = BasicSTP<double>;

}  // namespace bouton
