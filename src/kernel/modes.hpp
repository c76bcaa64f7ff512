// SPDX-License-Identifier: Apache-2.0
/// \file
/// What a presynaptic neuron gives between two events, as a sum of modes: n steps after an event
///
///     s(n) = sum_k c_k r_k^n
///
/// with rates r_k that all neurons of a projection have in common. A sum over connections is then carried forward by
/// one multiplication a mode, and touched only when an event happens: a spike arrives, or its pulse ends.
///
/// Which modes there are is read off the equations, not off the name of a model: each is asked for its value and slope
/// at a few states. Modes exist, under exp_auto, for
///
///     a linear equation     dg/dt = F - R g,  F and R depending on the transmitter alone
///     a chain of two        dg/dt = alpha1 x (1 - g) - beta1 g,  x linear as above and 0 at rest
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

namespace bouton::kernel {

/// y' = target + (y - target) decay in each step: what exp_auto makes of a linear equation.
struct LinearStep {
    double exponent = 0, decay = 1, change = 0, target = 0;  // decay = exp(exponent), change = decay - 1, not rounded

    double operator()(double y) const { return y + (y - target) * change; }
    /// n steps at once.
    double after(double y, std::uint64_t n) const;
};

/// The chain without transmitter, stepped by exp_auto from the old x:
///
///     x' = lam x,   g' = E(x) g + (1 - E(x)) G(x),   E(x) = exp(-(alpha1 x + beta1) dt),  G(x) = alpha1 x / (alpha1 x
///     + beta1)
///
/// is solved by g_n = p(x_n) + C lam1^n exp(a x_n), where lam1 = exp(-beta1 dt), a = alpha1 dt / (1 - lam) and the
/// series p(x) = sum p_k x^k solves p(lam x) = E(x) p(x) + (1 - E(x)) G(x). So its modes are lam^k and lam1 lam^k.
struct ChainSolution {
    double alpha1, beta1, dt;
    double lam, lam1, a;
    std::vector<double> p;  // of x^k, k = 0 .. order; p[0] = 0
    std::vector<double> e;  // a^k / k!

    std::size_t order() const { return p.size() - 1; }
    double particular(double x) const;
    /// exp(a x) as its modes add up to it: with C = (g - p) / homogeneous the errors of the two series nearly cancel.
    double homogeneous(double x) const;
    /// One step of g from the old x.
    double step(double g, double x) const;
    double g_after(double g, double x, std::uint64_t n) const;
    std::size_t modes() const { return 2 * order() + 1; }
    void rates(std::span<double> r) const;
    void coefficients(double g, double x, std::span<double> c) const;
};

/// To an error of `tolerance` for x in [0, x_most] and g in [0, 1], or the reason why that is out of reach.
std::variant<ChainSolution, std::string> solve_chain(double alpha1, double beta1, double lam, double dt, double x_most,
                                                     double tolerance);

/// The states of one presynaptic neuron: those of the synapse, then those of the plasticity.
using PreState = std::array<double, 4>;

/// The evolution of one presynaptic neuron between events, and its modes.
class Modes {
 public:
    static constexpr double tolerance = 1e-13;

    /// The modes of a synapse with its plasticity (null: none), or the reason why there are none. `x_most`: how far the
    /// second state of a chain may be from 0, at least; it is never less than what a long pulse leads to.
    static std::variant<Modes, std::string> of(const SynapseModel& synapse, const Method& method,
                                               const PlasticityModel* plasticity, const Method& plasticity_method,
                                               double dt, double x_most);

    /// Whether the modes are exact from this state on.
    bool holds_for(const PreState& state) const { return !chain_ || std::abs(state[1]) <= x_most_; }
    std::span<const double> rates() const { return rates_; }
    PreState rest() const { return rest_; }
    /// Whether a neuron whose transmitter is on has modes; if not it must be followed step by step. With plasticity
    /// they would decay as slowly as that does, so that what rounding leaves of every pulse would pile up in the sums.
    bool on_has_modes() const { return !chain_ && !plasticity_; }
    /// Whether what a neuron gives may fall below 0 between events, though its state is not negative.
    bool may_turn_negative() const { return on_.target < 0 || plastic_[0].target < 0 || plastic_[1].target < 0; }

    /// One step; a spike arrives in it or not; the transmitter is on or not.
    PreState step(const PreState& before, bool arrived, bool on) const;
    /// n steps without an arrival.
    PreState after(const PreState& state, bool on, std::uint64_t n) const;
    /// What the neuron gives in this state.
    double output(const PreState& state) const;
    /// Its modes from this state on: output(after(state, n)) = sum_k c[k] rates()[k]^n.
    void coefficients(const PreState& state, bool on, std::span<double> c) const;

 private:
    double factor(const PreState& state) const;

    const SynapseModel* synapse_ = nullptr;
    const PlasticityModel* plasticity_ = nullptr;
    std::size_t kinetic_states_ = 1, plastic_states_ = 0;
    LinearStep on_, off_;                 // of the last state of the synapse
    std::optional<ChainSolution> chain_;  // off
    std::array<LinearStep, 2> plastic_;
    std::vector<double> kinetic_rates_, plastic_rates_, rates_;
    PreState rest_{};
    double x_most_ = 0;
};

}  // namespace bouton::kernel
