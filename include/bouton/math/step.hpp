// SPDX-License-Identifier: Apache-2.0
/// \file
/// One step of a system of equations, for any number type. The equations are handed over as a function
///
///     equations(state, of) -> std::array{of(y_0, [](auto y_0) { return dy_0/dt; }), ...}
///
/// in which `of` decides what each equation is asked for: its value, or its value and its derivative by its own
/// variable.
#pragma once

#include <array>
#include <cstddef>

#include <bouton/math/dual.hpp>
#include <bouton/math/each_index.hpp>
#include <bouton/math/method.hpp>

namespace bouton {

/// The values of one equation each, at the state given.
struct ValueOf {
    template <class Real, class Equation>
    Real operator()(Real y, const Equation& equation) const {
        return equation(y);
    }
};

/// The value of each equation and its derivative by its own variable, all others held.
struct DualOf {
    template <class Real, class Equation>
    Dual<Real> operator()(Real y, const Equation& equation) const {
        return equation(Dual<Real>(y, Real(1.)));
    }
};

/// dt phi(dt L) of each equation, as in `exp_auto`.
template <class Real, std::size_t Count>
std::array<Real, Count> exp_auto_factors(const std::array<Dual<Real>, Count>& slope, Real dt) {
    std::array<Real, Count> factors;
    each_index<Count>([&](auto k) { factors[k] = dt * slope[k].derivative; });
    factors = exprel(factors);
    each_index<Count>([&](auto k) { factors[k] = dt * factors[k]; });
    return factors;
}

template <class Real, std::size_t Count>
std::array<Real, Count> exp_auto(const std::array<Real, Count>& y, const std::array<Dual<Real>, Count>& slope,
                                 const std::array<Real, Count>& factors) {
    std::array<Real, Count> next = y;
    each_index<Count>([&](auto k) { next[k] = y[k] + factors[k] * slope[k].value; });
    return next;
}

/// Exponential Euler with automatic linearisation. Every equation by itself, all others at their old values:
///
///     y' = y + dt phi(dt L) F,   phi(z) = (e^z - 1) / z,   F = f(y),   L = df/dy
///
/// Exact for an equation that is linear in its own variable while the others are held; of order 1 otherwise.
template <class Real, std::size_t Count, class Equations>
std::array<Real, Count> exp_auto(const std::array<Real, Count>& y, Real dt, const Equations& equations) {
    const std::array<Dual<Real>, Count> slope = equations(y, DualOf());
    return exp_auto(y, slope, exp_auto_factors(slope, dt));
}

/// An explicit Runge-Kutta scheme; see `Tableau`. `W` and `Z` are the noise of this step times its amplitude.
template <class Real, std::size_t Count, class Equations>
std::array<Real, Count> runge_kutta(const Tableau& tableau, const std::array<Real, Count>& y, Real dt, Real W, Real Z,
                                    const Equations& equations) {
    std::array<std::array<Real, Count>, Tableau::most_stages> slope;
    const auto advance = [&](int stages, const auto& weight) {
        std::array<Real, Count> sum = y;
        for (int j = 0; j < stages; ++j) {
            const double w = weight[static_cast<std::size_t>(j)];
            if (w == 0) continue;
            for (std::size_t k = 0; k < Count; ++k)
                sum[k] = sum[k] + dt * Real(w) * slope[static_cast<std::size_t>(j)][k];
        }
        return sum;
    };
    for (int i = 0; i < tableau.stages; ++i) {
        const auto row = static_cast<std::size_t>(i);
        std::array<Real, Count> stage = advance(i, tableau.a[row]);
        stage[0] = stage[0] + Real(tableau.dW[row]) * W + Real(tableau.dZ[row]) * Z;
        slope[row] = equations(stage, ValueOf());
    }
    std::array<Real, Count> next = advance(tableau.stages, tableau.b);
    next[0] = next[0] + W;
    return next;
}

}  // namespace bouton
