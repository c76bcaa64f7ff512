// SPDX-License-Identifier: Apache-2.0
/// \file
/// The one-step methods by name: the exponential Euler method with automatic linearisation, explicit Runge-Kutta
/// schemes, and the stochastic schemes for neurons with noise.
#pragma once

#include <array>
#include <span>
#include <string_view>

namespace bouton {

/// An explicit Runge-Kutta scheme with `stages` stages, for dy = f(y) dt + g dW with a constant g on the first
/// variable:
///
///     Y_i  = y + dt sum_{j<i} a_ij f(Y_j) + g (dW_i W + dZ_i Z)
///     y'   = y + dt sum_i b_i f(Y_i) + g W
///
/// W is the increment of the Wiener process over the step and Z = 1/dt int_0^dt W(s) ds. The time of a stage does not
/// appear: everything but the states is held during a step.
struct Tableau {
    static constexpr int most_stages = 7;
    int stages = 1;
    std::array<std::array<double, most_stages>, most_stages> a{};
    std::array<double, most_stages> b{};
    std::array<double, most_stages> dW{};
    std::array<double, most_stages> dZ{};

    /// Whether a stage reads Z.
    constexpr bool reads_Z() const {
        for (const double z : dZ)
            if (z != 0) return true;
        return false;
    }
};

/// A one-step method. Compare and copy freely: it points into a constant table.
class Method {
 public:
    /// exp_auto.
    Method();
    /// A method for equations without noise, by the names of the reference: exp_auto (also exp_euler, exp_euler_auto,
    /// exponential_euler), euler, midpoint, heun2, ralston2, rk2, rk3, heun3, ralston3, ssprk3, rk4, rk4_38rule,
    /// ralston4, and the embedded pairs at fixed step, with the weights that they advance by: rkf12, rkf45, rkdp, ck,
    /// bs, heun_euler, BoSh3. Throws NameError for another name.
    Method(std::string_view name);                                // NOLINT(google-explicit-constructor)
    Method(const char* name) : Method(std::string_view(name)) {}  // NOLINT(google-explicit-constructor)
    /// A method for equations with noise: exp_auto and its aliases, euler, heun, milstein, milstein2,
    /// milstein_grad_free, klpl, srk1w1, srk2w1 (Roessler 2010, SIAM J. Numer. Anal. 48:922). With noise that does not
    /// depend on the state, the Milstein and Kloeden-Platen schemes are the Euler-Maruyama scheme.
    static Method stochastic(std::string_view name);

    std::string_view name() const { return entry_->name; }
    bool is_exp_auto() const { return entry_->tableau == nullptr; }
    /// Of every method but exp_auto.
    const Tableau& tableau() const { return *entry_->tableau; }

    /// The names that the constructor takes.
    static std::span<const std::string_view> names();

    struct Entry {
        std::string_view name;
        const Tableau* tableau;  // null: exp_auto
    };

 private:
    explicit Method(const Entry* entry) : entry_(entry) {}
    const Entry* entry_;
};

}  // namespace bouton
