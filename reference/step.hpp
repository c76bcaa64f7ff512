// SPDX-License-Identifier: Apache-2.0
/// \file
/// One step of one neuron's or synapse's equations, dy_k/dt = f_k(y) for k < N, by any method.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>

#include <bouton/math/dual.hpp>
#include <bouton/math/method.hpp>

namespace bouton::reference {

/// What an equation is asked for: its value f(y), or with it its derivative df/dy by its own variable.
inline constexpr auto value = [](double y, const auto& f) -> double { return f(y); };
inline constexpr auto value_and_derivative = [](double y, const auto& f) -> Dual<double> {
    return f(Dual<double>(y, 1));
};

/// Exponential Euler: y_k + dt phi(dt L_k) f_k(y), L_k = df_k/dy_k, phi(z) = (e^z - 1) / z.
template <std::size_t N, class Equations>
std::array<double, N> exp_auto(const std::array<double, N>& y, double dt, const Equations& f) {
    const std::array<Dual<double>, N> slope = f(y, value_and_derivative);
    std::array<double, N> next{};
    for (std::size_t k = 0; k < N; ++k) {
        const double z = dt * slope[k].derivative;
        const double phi = z == 0 ? 1 : std::expm1(z) / z;
        next[k] = y[k] + dt * phi * slope[k].value;
    }
    return next;
}

/// Runge-Kutta: Y_i = y + dt sum_{j<i} a_ij f(Y_j), next = y + dt sum_i b_i f(Y_i). W and Z: see `Tableau`.
template <std::size_t N, class Equations>
std::array<double, N> runge_kutta(const Tableau& t, const std::array<double, N>& y, double dt, double W, double Z,
                                  const Equations& f) {
    const auto stages = static_cast<std::size_t>(t.stages);
    std::array<std::array<double, N>, Tableau::most_stages> slope{};
    for (std::size_t i = 0; i < stages; ++i) {
        std::array<double, N> Y = y;
        for (std::size_t j = 0; j < i; ++j)
            for (std::size_t k = 0; k < N; ++k) Y[k] += dt * t.a[i][j] * slope[j][k];
        Y[0] += t.dW[i] * W + t.dZ[i] * Z;
        slope[i] = f(Y, value);
    }
    std::array<double, N> next = y;
    for (std::size_t i = 0; i < stages; ++i)
        for (std::size_t k = 0; k < N; ++k) next[k] += dt * t.b[i] * slope[i][k];
    return next;
}

/// Either, with the noise W on the first variable.
template <std::size_t N, class Equations>
std::array<double, N> step(const Method& method, const std::array<double, N>& y, double dt, double W, double Z,
                           const Equations& f) {
    std::array<double, N> next =
        method.is_exp_auto() ? exp_auto(y, dt, f) : runge_kutta(method.tableau(), y, dt, W, Z, f);
    next[0] += W;
    return next;
}

}  // namespace bouton::reference
