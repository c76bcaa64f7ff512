// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bouton/math/functions.hpp>
#include <bouton/model/field.hpp>

namespace bouton {

/// Ornstein-Uhlenbeck process: noise with a memory. It has no input and does not spike.
///
///     dx = (mean - x) / tau dt + sigma dW
///
/// In the long run x is normal with variance sigma^2 tau / 2 and correlation exp(-|lag| / tau). A step of exp_auto has
/// the exact decay and mean, and the variance sigma^2 dt / (1 - exp(-2 dt / tau)), more by the factor 1 + dt / tau.
///
/// Uhlenbeck & Ornstein (1930), Phys. Rev. 36:823-841.
template <class Real>
struct BasicOUProcess {
    static constexpr std::string_view name = "OUProcess", noise = "sigma";

    Real mean = 0;   // [unit of x]
    Real sigma = 1;  // [unit of x/sqrt(ms)]  amplitude of the noise
    Real tau = 10;   // [ms]                  time constant

    struct State {
        Real x;
    };

    static constexpr auto parameters() {
        using M = BasicOUProcess;
        return std::array{field("mean", &M::mean), field("sigma", &M::sigma, Range::non_negative),
                          field("tau", &M::tau, Range::positive)};
    }
    static constexpr auto states() { return std::array{field("x", &State::x)}; }
    static std::array<Initial, 1> initial() { return {{}}; }

    template <class Of>
    auto derivative(const State& s, Real, Of of) const {
        return std::array{of(s.x, [&](auto x) { return (mean - x) / tau; })};
    }

    State rest(const State&) const { return {mean}; }
};
using OUProcess = BasicOUProcess<Parameter>;

}  // namespace bouton
