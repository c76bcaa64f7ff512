// SPDX-License-Identifier: Apache-2.0
/// \file
/// What a presynaptic neuron gives between two pulses of transmitter, as a sum of modes: n steps later
///
///     s(n) = sum_k c_k r_k^n
///
/// with rates r_k that all neurons of a projection have in common. A sum over connections is then carried forward by
/// one multiplication a mode, and touched only by the neurons whose c_k change otherwise.
///
/// Which modes there are is read off the equations, not off the name of a model: each is asked for its value and slope
/// at a few states. Modes exist, under exp_auto, for
///
///     a linear equation     dg/dt = F - R g,  F and R depending on the transmitter alone, F = 0 without it
///     a linear pair         dg/dt = b h - R g,  h linear as above
///     a chain of two        dg/dt = alpha1 x (1 - g) - beta1 g,  x linear as above
///     no memory             g = 0 but where a spike arrives
///
/// times, for short-term plasticity, a product of states with linear equations of their own.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include <bouton/kernel/loop.hpp>
#include <bouton/math/functions.hpp>

namespace bouton::kernel {

/// y' = target + (y - target) decay in each step: what exp_auto makes of a linear equation.
struct LinearStep {
    double exponent = 0, decay = 1, change = 0, target = 0;  // decay = exp(exponent), change = decay - 1, not rounded

    double operator()(double y) const { return changed(y, change); }
    /// n steps at once, with `change_in(n)` in place of `change`.
    double after(double y, std::uint64_t n) const { return changed(y, change_in(n)); }
    double changed(double y, double by) const { return y + (y - target) * by; }
    double change_in(std::uint64_t n) const;
};

/// The pair, stepped by exp_auto from the old h: g' = lam_g g + c h, h' = lam_h h. It is solved by
/// g_n = A lam_g^n + B lam_h^n with B = c h / (lam_h - lam_g).
struct LinearPair {
    LinearStep first;               // lam_g
    double c;                       // dt phi(-R dt) b
    double exponent_h, difference;  // lam_h = exp(exponent_h); lam_h - lam_g, not rounded

    LinearPair(double L, double b, double dt, double exponent_of_h);
    double step(double g, double h) const { return first(g) + c * h; }
    /// n steps at once.
    double after(double g, double h, std::uint64_t n) const;
    /// Whether its two modes differ so much that no digits are lost between them.
    bool has_modes() const;
};

/// The chain without transmitter, stepped by exp_auto from the old x:
///
///     x' = lam x,   g' = E(x) g + (1 - E(x)) G(x)
///     E(x) = exp(-(alpha1 x + beta1) dt),   G(x) = alpha1 x / (alpha1 x + beta1)
///
/// is solved by g_n = p(x_n) + C lam1^n e(x_n), where lam1 = exp(-beta1 dt), e(x) = exp(alpha1 dt x / (1 - lam)), and
/// the power series p solves p(lam x) = E(x) p(x) + (1 - E(x)) G(x). With nu = beta1 / beta2, lam1 is lam^nu, and both
/// terms are functions of s = x / x_most alone: p, and s^nu e. Each is, for s in [0, 1] and to the tolerance, a sum of
/// few powers s^k and s^(k + nu); so the modes are lam^k and lam1 lam^k.
struct ChainSolution {
    /// sum over k = 1, 2, ... of whole[k - 1] s^k, and over k = 0, 1, ... of shifted[k] s^(k + nu)
    struct Powers {
        std::vector<double> whole, shifted;
    };

    double alpha1, beta1, beta2, dt;
    std::vector<double> p, e;   // of 1, x, x^2, ...; exact to rounding for x in [0, x_most]
    Powers p_powers, e_powers;  // p, and s^nu e
    double x_most;

    /// lam^n and lam1^n.
    double lam(double n) const { return std::exp(-beta2 * dt * n); }
    double lam1(double n) const { return std::exp(-beta1 * dt * n); }
    double nu() const { return beta1 / beta2; }
    /// One step of g from the old x, wherever that is. Of any number type.
    template <class Real>
    Real step(Real g, Real x) const {
        const Real rate = alpha1 * x + beta1;
        return g + dt * exprel(-dt * rate) * (alpha1 * x - rate * g);
    }
    /// n steps at once.
    double g_after(double g, double x, std::uint64_t n) const;
    std::size_t modes() const { return p_powers.whole.size() + p_powers.shifted.size(); }
    void rates(std::span<double> r) const;
    /// Of the modes from (g, x) on.
    void coefficients(double g, double x, std::span<double> c) const;
};

/// With as few modes as reach x_most = x_end or nearly so, where `x_end` is where an isolated pulse leaves x; or the
/// reason why there are none. Errors of g, for g in [0, 1], are below `tolerance`.
std::variant<ChainSolution, std::string> solve_chain(double alpha1, double beta1, double beta2, double dt, double x_end,
                                                     double tolerance);

/// The states of one presynaptic neuron: those of the synapse, then those of the plasticity.
using PreState = std::array<double, 4>;

/// The evolution of one presynaptic neuron between events, and its modes.
class Modes {
 public:
    /// The error of what a neuron gives, against 1; that of the largest sum is about as large. In a float32 run it is
    /// far below what is lost where the sum becomes a float32.
    static constexpr double tolerance(Precision precision) { return precision == Precision::float64 ? 3e-14 : 1e-10; }

    /// The modes of a synapse with its plasticity (null: none) whose pulses last `pulse_steps`, or the reason why there
    /// are none.
    static std::variant<Modes, std::string> of(const SynapseModel& synapse, const Method& method,
                                               const PlasticityModel* plasticity, const Method& plasticity_method,
                                               double dt, std::uint64_t pulse_steps,
                                               Precision precision = Precision::float64);

    /// Whether the modes are exact from this state on.
    bool hold_for(const PreState& state) const {
        return !chain_ || (state[1] <= chain_->x_most && state[1] >= -1e-15 * chain_->x_most);
    }
    std::span<const double> rates() const { return rates_; }
    PreState rest() const { return rest_; }
    /// Whether what a neuron gives may fall below 0 between events, though its state is not negative.
    bool may_turn_negative() const {
        return plastic_[0].target < 0 || plastic_[1].target < 0 || (pair_ && pair_->c < 0);
    }

    /// One step; a spike arrives in it or not; the transmitter is on or not.
    PreState step(const PreState& before, bool arrived, bool on) const;
    /// The same for `own`, and for `held` without spike and transmitter: both at the cost of one.
    void step_both(PreState& own, bool arrived, bool on, PreState& held) const;
    /// The same where there is one state and one mode: what a step with the transmitter on or off makes of g.
    bool is_single() const { return rates_.size() == 1 && !has_jump_ && plastic_states_ == 0; }
    const LinearStep& single(bool on) const { return on ? on_ : off_; }
    /// n steps without transmitter of the last state of a synapse.
    double off_after(double y, std::uint64_t n) const {
        return n < off_changes_.size() ? off_.changed(y, off_changes_[n]) : off_.after(y, n);
    }
    /// n steps without transmitter from a state for which the modes hold.
    PreState after(const PreState& state, std::uint64_t n) const;
    /// What the neuron gives in this state.
    double output(const PreState& state) const;
    /// Its modes from this state on: output(state) = sum_k c[k].
    void coefficients(const PreState& state, std::span<double> c) const;

 private:
    double factor(const PreState& state) const;

    const SynapseModel* synapse_ = nullptr;
    const PlasticityModel* plasticity_ = nullptr;
    std::size_t kinetic_states_ = 1, plastic_states_ = 0;
    bool has_jump_ = false;
    LinearStep on_, off_;              // of the last state of the synapse
    std::vector<double> off_changes_;  // its change in n steps, for all n that are frequent
    std::optional<LinearPair> pair_;
    std::optional<ChainSolution> chain_;  // off
    std::array<LinearStep, 2> plastic_;
    std::vector<double> rates_;
    PreState rest_{};
};

}  // namespace bouton::kernel
