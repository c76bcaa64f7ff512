// SPDX-License-Identifier: Apache-2.0
#include "modes.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

#include <bouton/math/functions.hpp>

#include <fmt/format.h>

namespace bouton::kernel {
namespace {

double power(double base, std::uint64_t n) {
    if (n < 2) return n == 0 ? 1 : base;  // most are
    return std::pow(base, static_cast<double>(n));
}

/// int_0^1 t^m e^(z t) dt for z <= 0: e^z sum_j (-z)^j m! / (m + 1 + j)!, all terms of one sign.
double moment(std::size_t m, double z) {
    double term = 1. / static_cast<double>(m + 1), sum = 0;
    for (std::size_t j = 0; term > 1e-18 * sum; ++j) {
        sum += term;
        term *= -z / static_cast<double>(m + 2 + j);
    }
    return std::exp(z) * sum;
}

constexpr std::size_t most_terms = 40;

double polynomial(std::span<const double> coefficients, double x) {
    double sum = 0;
    for (std::size_t k = coefficients.size(); k-- > 0;) sum = sum * x + coefficients[k];
    return sum;
}

/// The power series of p and e, and the x in [0, x_end] up to which rounding is all that is left out.
struct Series {
    ChainSolution::Functions functions;
    double reach;
};

std::variant<Series, std::string> power_series(double alpha1, double beta1, double lam, double dt, double x_end) {
    const double z0 = -beta1 * dt, z1 = -alpha1 * dt, lam1 = std::exp(z0), a = alpha1 * dt / (1 - lam);
    std::vector<double> p{0}, e{1}, E{lam1};  // E: of x^k in E(x)
    double z1_power = 1;                      // z1^(k - 1) / (k - 1)!
    for (std::size_t k = 1; k <= most_terms; ++k) {
        const double gap = power(lam, k) - lam1;
        if (std::abs(gap) < 1e-7) return fmt::format("its series does not exist, as lam^{} = lam1", k);
        double sum = alpha1 * dt * moment(k - 1, z0) * z1_power;
        for (std::size_t j = 1; j < k; ++j) sum += E[k - j] * p[j];
        p.push_back(sum / gap);
        z1_power *= z1 / static_cast<double>(k);
        E.push_back(lam1 * z1_power);
        e.push_back(e.back() * a / static_cast<double>(k));
    }
    const auto is_small = [&](std::size_t k, double x) {
        return std::abs(p[k]) * power(x, k) < 1e-18 && e[k] * power(x, k) < 1e-18;
    };
    double reach = x_end;
    for (int tries = 0; !is_small(most_terms, reach) || !is_small(most_terms - 1, reach); ++tries, reach *= 0.8)
        if (tries == 60) return "its series does not converge";
    while (p.size() > 2 && is_small(p.size() - 1, reach)) {
        p.pop_back();
        e.pop_back();
    }
    return Series{{std::move(p), std::move(e)}, reach};
}

/// The polynomial of `count` coefficients through f at the Chebyshev points of [0, top].
template <class Function>
std::vector<double> interpolate(std::size_t count, double top, const Function& f) {
    const double n = static_cast<double>(count), pi = std::numbers::pi;
    std::vector<double> weight(count, 0.0);  // of the Chebyshev polynomials T_k(2 x / top - 1)
    for (std::size_t j = 0; j < count; ++j) {
        const double angle = pi * (static_cast<double>(j) + 0.5) / n, value = f(top * (1 + std::cos(angle)) / 2);
        for (std::size_t k = 0; k < count; ++k)
            weight[k] += value * std::cos(static_cast<double>(k) * angle) * (k == 0 ? 1 : 2) / n;
    }
    std::vector<double> sum(count, 0.0), last(count, 0.0), now(count, 0.0);  // in powers of s = x / top
    now[0] = 1;
    for (std::size_t k = 0; k < count; ++k) {
        for (std::size_t m = 0; m < count; ++m) sum[m] += weight[k] * now[m];
        std::vector<double> next(count, 0.0);  // T_1 = 2 s - 1, T_{k+1} = 2 (2 s - 1) T_k - T_{k-1}
        const double twice = k == 0 ? 1 : 2;
        for (std::size_t m = 0; m < count; ++m) next[m] = twice * ((m > 0 ? 2 * now[m - 1] : 0) - now[m]) - last[m];
        last = std::exchange(now, std::move(next));
    }
    double scale = 1;
    for (double& coefficient : sum) {
        coefficient *= scale;
        scale /= top;
    }
    return sum;
}

/// The largest error of g that the shorter polynomials make.
double error_of_shorter(const ChainSolution& chain) {
    double worst = 0;
    for (int k = 0; k <= 64; ++k) {
        const double x = chain.x_most * k / 64;
        const double p = std::abs(chain.shorter.particular(x) - chain.exact.particular(x)),
                     e = std::abs(chain.shorter.homogeneous(x) / chain.exact.homogeneous(x) - 1);
        worst = std::max(worst, p + e);  // C is at most 1 / e(x_0), and x at most x_0
    }
    return worst;
}

/// The largest error of the solution against the recurrence that it solves.
double error_of_exact(const ChainSolution& chain) {
    double worst = 0;
    for (const double g0 : {0., 1.}) {
        double g = g0, x = chain.x_most;
        for (std::uint64_t n = 0; n < 200; ++n) {
            worst = std::max(worst, std::abs(chain.g_after(g0, chain.x_most, n) - g));
            g = chain.step(g, x);
            x *= chain.lam;
        }
    }
    return worst;
}

}  // namespace

double LinearStep::after(double y, std::uint64_t n) const {
    if (n < 2) return n == 0 ? y : (*this)(y);
    return y + (y - target) * std::expm1(exponent * static_cast<double>(n));
}

double ChainSolution::Functions::particular(double x) const { return polynomial(p, x); }
double ChainSolution::Functions::homogeneous(double x) const { return polynomial(e, x); }

double ChainSolution::step(double g, double x) const {
    const double rate = alpha1 * x + beta1;
    return g + dt * exprel(-rate * dt) * (alpha1 * x - rate * g);
}

double ChainSolution::g_after(double g, double x, std::uint64_t n) const {
    const double later = x * power(lam, n), C = (g - exact.particular(x)) / exact.homogeneous(x);
    return exact.particular(later) + C * power(lam1, n) * exact.homogeneous(later);
}

void ChainSolution::rates(std::span<double> r) const {
    for (std::size_t k = 1; k < shorter.p.size(); ++k) r[k - 1] = power(lam, k);
    for (std::size_t k = 0; k < shorter.e.size(); ++k) r[shorter.p.size() - 1 + k] = lam1 * power(lam, k);
}

void ChainSolution::coefficients(double g, double x, std::uint64_t n, std::span<double> c) const {
    const std::size_t order = shorter.p.size() - 1;
    const double C = (g - shorter.particular(x)) / shorter.homogeneous(x) * power(lam1, n), later = x * power(lam, n);
    double x_power = 1;
    for (std::size_t k = 0; k < shorter.e.size(); ++k) {
        c[order + k] = C * shorter.e[k] * x_power;
        x_power *= later;
        if (k < order) c[k] = shorter.p[k + 1] * x_power;
    }
}

std::variant<ChainSolution, std::string> solve_chain(double alpha1, double beta1, double lam, double dt, double x_end,
                                                     double tolerance) {
    constexpr std::size_t most_modes = 48;
    if (lam == 1) return "its second state does not decay";
    const auto found = power_series(alpha1, beta1, lam, dt, x_end);
    if (const auto* reason = std::get_if<std::string>(&found)) return *reason;
    const auto& [exact, reach] = std::get<Series>(found);
    ChainSolution chain{.alpha1 = alpha1,
                        .beta1 = beta1,
                        .dt = dt,
                        .lam = lam,
                        .lam1 = std::exp(-beta1 * dt),
                        .exact = exact,
                        .shorter = {},
                        .x_most = 0};
    // Until x has come down to x_most a neuron is followed step by step. That may take a few steps where it saves
    // modes, and some more where there would be too many.
    const auto find = [&](std::size_t modes, int tries, double ratio) {
        double x = x_end;
        for (int k = 0; k < tries; ++k, x *= ratio) {
            if (x > reach) continue;
            chain.x_most = x;
            chain.shorter.p = interpolate(modes / 2, x, [&](double at) { return exact.particular(at) / at; });
            chain.shorter.p.insert(chain.shorter.p.begin(), 0.0);
            chain.shorter.e = interpolate(modes / 2, x, [&](double at) { return exact.homogeneous(at); });
            if (error_of_shorter(chain) < tolerance) return true;
        }
        return false;
    };
    std::size_t modes = 8;
    while (modes < most_modes && !find(modes, 6, lam)) modes += 8;
    if (modes == most_modes && !find(modes, 60, 0.93))
        return fmt::format("its series needs more than {} modes", most_modes);
    if (!(error_of_exact(chain) < tolerance)) return "its series is not exact";
    return chain;
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
                                           double dt, std::uint64_t pulse_steps) {
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
    std::vector<double> kinetic_rates{off->decay};
    if (last == 1) {
        const auto rates = chain_rates(synapse, T);
        if (!rates || synapse.has_jump()) return "its kinetics are neither linear nor a chain";
        const double x_end = std::max(1e-3, on->after(0, std::min<std::uint64_t>(pulse_steps, 1'000'000)));
        auto solution = solve_chain(rates->first, rates->second, off->decay, dt, x_end, tolerance);
        if (const auto* reason = std::get_if<std::string>(&solution)) return *reason;
        modes.chain_ = std::get<ChainSolution>(std::move(solution));
        kinetic_rates.resize(modes.chain_->modes());
        modes.chain_->rates(kinetic_rates);
    }

    std::vector<double> plastic_rates{1};
    if (plasticity) {
        modes.plastic_states_ = plasticity->states().size();
        if (modes.plastic_states_ > 2) return "its plasticity has more than two states";
        for (std::size_t k = 0; k < modes.plastic_states_; ++k) {
            const auto step = linear_step(*plasticity, modes.plastic_states_, k, 0, dt);
            if (!step) return "its plasticity is not linear";
            if (step->decay > 1) return "its plasticity grows without bound";
            modes.plastic_[k] = *step;
            std::vector<double> product;
            for (const double rate : plastic_rates) {
                if (step->target != 0) product.push_back(rate);
                product.push_back(rate * step->decay);
            }
            plastic_rates = std::move(product);
        }
        for (const double a : probes)
            for (const double b : probes)
                if (!close(plasticity->factor(std::array{a, b}), modes.plastic_states_ == 2 ? a * b : a))
                    return "its plasticity is no product of its states";
    }
    for (const double rate : kinetic_rates)
        for (const double other : plastic_rates) modes.rates_.push_back(rate * other);
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

PreState Modes::after(const PreState& state, std::uint64_t n) const {
    PreState now = state;
    const std::size_t last = kinetic_states_ - 1;
    if (chain_) now[0] = chain_->g_after(state[0], state[1], n);
    now[last] = off_.after(state[last], n);
    for (std::size_t k = 0; k < plastic_states_; ++k)
        now[kinetic_states_ + k] = plastic_[k].after(state[kinetic_states_ + k], n);
    return now;
}

double Modes::factor(const PreState& state) const {
    return plasticity_ ? plasticity_->factor(std::span(state).subspan(kinetic_states_, plastic_states_)) : 1;
}

double Modes::output(const PreState& state) const { return state[0] * factor(state); }

void Modes::coefficients(const PreState& state, std::uint64_t n, std::span<double> c) const {
    if (rates_.size() == 1) {
        c[0] = off_.after(state[0], n);
        return;
    }
    std::array<double, 4> plastic{1};
    std::size_t plastic_count = 1;
    for (std::size_t k = 0; k < plastic_states_; ++k) {
        const double target = plastic_[k].target, rest = plastic_[k].after(state[kinetic_states_ + k], n) - target;
        std::array<double, 4> product{};
        std::size_t count = 0;
        for (std::size_t m = 0; m < plastic_count; ++m) {
            if (target != 0) product[count++] = plastic[m] * target;
            product[count++] = plastic[m] * rest;
        }
        plastic = product;
        plastic_count = count;
    }
    const std::size_t kinetic_count = rates_.size() / plastic_count;
    if (chain_)
        chain_->coefficients(state[0], state[1], n, c.first(kinetic_count));
    else
        c[0] = off_.after(state[0], n);
    for (std::size_t k = kinetic_count; k-- > 0;) {  // from the end, so that nothing is overwritten before it is read
        const double kinetic = c[k];
        for (std::size_t m = 0; m < plastic_count; ++m) c[k * plastic_count + m] = kinetic * plastic[m];
    }
}

}  // namespace bouton::kernel
