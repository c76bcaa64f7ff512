// SPDX-License-Identifier: Apache-2.0
#include "modes.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <bouton/math/functions.hpp>

#include <fmt/format.h>

namespace bouton::kernel {
namespace {

constexpr std::size_t most_orders = 40;

double power(double base, std::uint64_t n) { return std::pow(base, static_cast<double>(n)); }

/// int_0^1 t^m e^(z t) dt for z <= 0: e^z sum_j (-z)^j m! / (m + 1 + j)!, all terms of one sign.
double moment(std::size_t m, double z) {
    double term = 1. / static_cast<double>(m + 1), sum = 0;
    for (std::size_t j = 0; term > 1e-18 * sum; ++j) {
        sum += term;
        term *= -z / static_cast<double>(m + 2 + j);
    }
    return std::exp(z) * sum;
}

/// The largest error of the solution against the recurrence, from a few states; infinite where a term is not finite. It
/// shows within some hundred steps.
double worst_error(const ChainSolution& chain, double x_most) {
    double worst = 0;
    for (const double g0 : {0., 0.2, 0.6, 1.})
        for (const double x0 : {0.3 * x_most, 0.6 * x_most, x_most}) {
            std::vector<double> c(chain.modes()), r(chain.modes());
            chain.coefficients(g0, x0, c);
            chain.rates(r);
            double g = g0, x = x0;
            for (int n = 0; n < 500; ++n) {
                double sum = 0;
                for (const double term : c) sum += term;
                if (!std::isfinite(sum)) return std::numeric_limits<double>::infinity();
                worst = std::max(worst, std::abs(sum - g));
                g = chain.step(g, x);
                x *= chain.lam;
                for (std::size_t k = 0; k < c.size(); ++k) c[k] *= r[k];
            }
        }
    return worst;
}

}  // namespace

double LinearStep::after(double y, std::uint64_t n) const {
    return y + (y - target) * std::expm1(exponent * static_cast<double>(n));
}

double ChainSolution::particular(double x) const {
    double sum = 0;
    for (std::size_t k = order(); k > 0; --k) sum = (sum + p[k]) * x;
    return sum;
}

double ChainSolution::homogeneous(double x) const {
    double sum = 0;
    for (std::size_t k = order() + 1; k-- > 0;) sum = sum * x + e[k];
    return sum;
}

double ChainSolution::step(double g, double x) const {
    const double rate = alpha1 * x + beta1;
    return g + dt * exprel(-rate * dt) * (alpha1 * x - rate * g);
}

double ChainSolution::g_after(double g, double x, std::uint64_t n) const {
    const double later = x * power(lam, n);
    return particular(later) + (g - particular(x)) * homogeneous(later) / homogeneous(x) * power(lam1, n);
}

void ChainSolution::rates(std::span<double> r) const {
    for (std::size_t k = 1; k <= order(); ++k) r[k - 1] = power(lam, k);
    for (std::size_t k = 0; k <= order(); ++k) r[order() + k] = lam1 * power(lam, k);
}

void ChainSolution::coefficients(double g, double x, std::span<double> c) const {
    const double C = (g - particular(x)) / homogeneous(x);
    double x_power = 1;
    c[order()] = C;
    for (std::size_t k = 1; k <= order(); ++k) {
        x_power *= x;
        c[k - 1] = p[k] * x_power;
        c[order() + k] = C * e[k] * x_power;
    }
}

std::variant<ChainSolution, std::string> solve_chain(double alpha1, double beta1, double lam, double dt, double x_most,
                                                     double tolerance) {
    if (lam == 1) return "its second state does not decay";
    const double z0 = -beta1 * dt, z1 = -alpha1 * dt;
    ChainSolution chain{.alpha1 = alpha1,
                        .beta1 = beta1,
                        .dt = dt,
                        .lam = lam,
                        .lam1 = std::exp(z0),
                        .a = alpha1 * dt / (1 - lam),
                        .p = {0},
                        .e = {1}};
    std::vector<double> E{chain.lam1};  // of x^k in E(x)
    double z1_power = 1;                // z1^(k - 1) / (k - 1)!
    for (std::size_t k = 1; k <= most_orders; ++k) {
        const double gap = power(lam, k) - chain.lam1;
        if (std::abs(gap) < 1e-7) return fmt::format("its series does not exist, as lam^{} = lam1", k);
        double sum = alpha1 * dt * moment(k - 1, z0) * z1_power;
        for (std::size_t j = 1; j < k; ++j) sum += E[k - j] * chain.p[j];
        chain.p.push_back(sum / gap);
        z1_power *= z1 / static_cast<double>(k);
        E.push_back(chain.lam1 * z1_power);
        chain.e.push_back(chain.e.back() * chain.a / static_cast<double>(k));
        if (k >= 8 && k % 4 == 0 && worst_error(chain, x_most) < tolerance) return chain;
    }
    return fmt::format("its series needs more than {} terms", most_orders);
}

namespace {

/// The value and slope of one equation by its own variable.
struct Slope {
    double F, L;
};

Slope slope_of(const SynapseModel& model, std::span<const double> state, double TT, std::size_t k) {
    std::array<double, 4> F, L;
    model.slope(state, TT, F, L);
    return {F[k], L[k]};
}

Slope slope_of(const PlasticityModel& model, std::span<const double> state, double, std::size_t k) {
    std::array<double, 4> F, L;
    model.slope(state, F, L);
    return {F[k], L[k]};
}

bool close(double a, double b) { return std::abs(a - b) <= 1e-12 * std::max({1., std::abs(a), std::abs(b)}); }

constexpr double probes[] = {0, 0.25, 0.6, 1, -3, 40};

/// Equation k as a linear one; none if it is not linear in its own variable or depends on another.
template <class Model>
std::optional<LinearStep> linear_step(const Model& model, std::size_t states, std::size_t k, double TT, double dt) {
    std::array<double, 2> state{};
    const Slope at_rest = slope_of(model, std::span(state).first(states), TT, k);
    for (const double own : probes)
        for (const double other : probes) {
            state.fill(other);
            state[k] = own;
            const Slope slope = slope_of(model, std::span(state).first(states), TT, k);
            if (!close(slope.L, at_rest.L) || !close(slope.F, at_rest.F + at_rest.L * own)) return std::nullopt;
        }
    if (at_rest.L == 0) {
        if (at_rest.F != 0) return std::nullopt;  // it grows with time
        return LinearStep{};
    }
    const double z = at_rest.L * dt;
    return LinearStep{.exponent = z, .decay = std::exp(z), .change = std::expm1(z), .target = -at_rest.F / at_rest.L};
}

/// alpha1 and beta1 if the first equation is that of a chain.
std::optional<std::pair<double, double>> chain_rates(const SynapseModel& model, double T) {
    const double beta1 = -slope_of(model, std::array{0., 0.}, 0, 0).L,
                 alpha1 = slope_of(model, std::array{0., 1.}, 0, 0).F;
    for (const double TT : {0., T})
        for (const double g : probes)
            for (const double x : probes) {
                const Slope slope = slope_of(model, std::array{g, x}, TT, 0);
                if (!close(slope.L, -(alpha1 * x + beta1)) || !close(slope.F, alpha1 * x * (1 - g) - beta1 * g))
                    return std::nullopt;
            }
    return std::pair{alpha1, beta1};
}

}  // namespace

std::variant<Modes, std::string> Modes::of(const SynapseModel& synapse, const Method& method,
                                           const PlasticityModel* plasticity, const Method& plasticity_method,
                                           double dt, double x_most) {
    if (!method.is_exp_auto()) return fmt::format("its kinetics are stepped by {}", method.name());
    if (plasticity && !plasticity_method.is_exp_auto())
        return fmt::format("its plasticity is stepped by {}", plasticity_method.name());

    Modes modes;
    modes.synapse_ = &synapse;
    modes.plasticity_ = plasticity;
    modes.kinetic_states_ = synapse.states().size();
    const std::size_t last = modes.kinetic_states_ - 1;
    const double T = synapse.pulse().T;
    if (modes.kinetic_states_ > 2) return "its kinetics have more than two states";
    const auto on = linear_step(synapse, modes.kinetic_states_, last, T, dt);
    const auto off = linear_step(synapse, modes.kinetic_states_, last, 0, dt);
    if (!on || !off) return "its kinetics are not linear";
    if (off->target != 0) return "its kinetics do not rest at 0";
    if (on->decay > 1 || off->decay > 1) return "its kinetics grow without bound";
    modes.on_ = *on;
    modes.off_ = *off;
    if (last == 0) {
        modes.kinetic_rates_.push_back(off->decay);
        if (modes.on_has_modes()) {
            modes.kinetic_rates_.push_back(on->decay);
            if (on->target != 0) modes.kinetic_rates_.push_back(1);
        }
    } else {
        const auto rates = chain_rates(synapse, T);
        if (!rates || synapse.has_jump()) return "its kinetics are neither linear nor a chain";
        modes.x_most_ = std::max(x_most, std::abs(on->target));
        auto solution = solve_chain(rates->first, rates->second, off->decay, dt, modes.x_most_, tolerance);
        if (const auto* reason = std::get_if<std::string>(&solution)) return *reason;
        modes.chain_ = std::get<ChainSolution>(std::move(solution));
        modes.kinetic_rates_.resize(modes.chain_->modes());
        modes.chain_->rates(modes.kinetic_rates_);
    }

    modes.plastic_rates_ = {1};
    if (plasticity) {
        modes.plastic_states_ = plasticity->states().size();
        if (modes.plastic_states_ > 2) return "its plasticity has more than two states";
        for (std::size_t k = 0; k < modes.plastic_states_; ++k) {
            const auto step = linear_step(*plasticity, modes.plastic_states_, k, 0, dt);
            if (!step) return "its plasticity is not linear";
            if (step->decay > 1) return "its plasticity grows without bound";
            modes.plastic_[k] = *step;
            std::vector<double> product;
            for (const double rate : modes.plastic_rates_) {
                if (step->target != 0) product.push_back(rate);
                product.push_back(rate * step->decay);
            }
            modes.plastic_rates_ = std::move(product);
        }
        for (const double a : probes)
            for (const double b : probes)
                if (!close(plasticity->factor(std::array{a, b}), modes.plastic_states_ == 2 ? a * b : a))
                    return "its plasticity is no product of its states";
    }
    for (const double rate : modes.kinetic_rates_)
        for (const double other : modes.plastic_rates_) modes.rates_.push_back(rate * other);
    if (plasticity) {
        const std::vector<double> initial = plasticity->initial();
        std::ranges::copy(initial, modes.rest_.begin() + static_cast<std::ptrdiff_t>(modes.kinetic_states_));
    }
    return modes;
}

PreState Modes::step(const PreState& before, bool arrived, bool on) const {
    PreState now = before;
    const std::size_t last = kinetic_states_ - 1;
    if (chain_) now[0] = chain_->step(before[0], before[1]);
    now[last] = (on ? on_ : off_)(before[last]);
    if (arrived && synapse_->has_jump()) synapse_->jump(std::span(now).first(kinetic_states_));
    for (std::size_t k = 0; k < plastic_states_; ++k)
        now[kinetic_states_ + k] = plastic_[k](before[kinetic_states_ + k]);
    if (arrived && plasticity_)
        plasticity_->jump(std::span(before).subspan(kinetic_states_, plastic_states_),
                          std::span(now).subspan(kinetic_states_, plastic_states_));
    return now;
}

PreState Modes::after(const PreState& state, bool on, std::uint64_t n) const {
    PreState now = state;
    const std::size_t last = kinetic_states_ - 1;
    if (chain_ && on) {
        for (std::uint64_t k = 0; k < n; ++k) now = step(now, false, true);
        return now;
    }
    if (chain_) now[0] = chain_->g_after(state[0], state[1], n);
    now[last] = (on ? on_ : off_).after(state[last], n);
    for (std::size_t k = 0; k < plastic_states_; ++k)
        now[kinetic_states_ + k] = plastic_[k].after(state[kinetic_states_ + k], n);
    return now;
}

double Modes::factor(const PreState& state) const {
    return plasticity_ ? plasticity_->factor(std::span(state).subspan(kinetic_states_, plastic_states_)) : 1;
}

double Modes::output(const PreState& state) const { return state[0] * factor(state); }

void Modes::coefficients(const PreState& state, bool on, std::span<double> c) const {
    std::array<double, 4> plastic{1};
    std::size_t plastic_count = 1;
    for (std::size_t k = 0; k < plastic_states_; ++k) {
        const double target = plastic_[k].target, rest = state[kinetic_states_ + k] - target;
        std::array<double, 4> product{};
        std::size_t count = 0;
        for (std::size_t m = 0; m < plastic_count; ++m) {
            if (target != 0) product[count++] = plastic[m] * target;
            product[count++] = plastic[m] * rest;
        }
        plastic = product;
        plastic_count = count;
    }
    std::vector<double> kinetic(kinetic_rates_.size(), 0.0);
    if (chain_) {
        chain_->coefficients(state[0], state[1], kinetic);
    } else {
        const LinearStep& phase = on ? on_ : off_;  // the modes are: off, on, the constant
        kinetic[on ? 1 : 0] = state[0] - phase.target;
        if (kinetic.size() == 3) kinetic[2] = phase.target;
    }
    for (std::size_t k = 0; k < kinetic.size(); ++k)
        for (std::size_t m = 0; m < plastic_count; ++m) c[k * plastic_count + m] = kinetic[k] * plastic[m];
}

}  // namespace bouton::kernel
