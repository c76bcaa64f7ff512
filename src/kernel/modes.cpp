// SPDX-License-Identifier: Apache-2.0
#include "modes.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>
#include <utility>

#include <bouton/math/lane_functions.hpp>

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
    std::vector<double> p, e;
    double reach;
};

std::variant<Series, std::string> power_series(double alpha1, double beta1, double beta2, double dt, double x_end) {
    const double z0 = -beta1 * dt, z1 = -alpha1 * dt, lam1 = std::exp(z0), a = alpha1 * dt / -std::expm1(-beta2 * dt);
    std::vector<double> p{0}, e{1}, E{lam1};  // E: of x^k in E(x)
    double z1_power = 1;                      // z1^(k - 1) / (k - 1)!
    for (std::size_t k = 1; k <= most_terms; ++k) {
        const double gap = lam1 * std::expm1((beta1 - static_cast<double>(k) * beta2) * dt);  // lam^k - lam1
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
    const auto cancels = [&](double x) {  // so that digits are lost
        double sum = 0;
        for (std::size_t k = 0; k < p.size(); ++k) sum += std::abs(p[k]) * power(x, k);
        return sum > 4;
    };
    double reach = x_end;
    for (int tries = 0; !is_small(most_terms, reach) || !is_small(most_terms - 1, reach) || cancels(reach); ++tries) {
        if (tries == 80) return "its series does not converge";
        reach *= 0.9;
    }
    while (p.size() > 2 && is_small(p.size() - 1, reach)) {
        p.pop_back();
        e.pop_back();
    }
    return Series{std::move(p), std::move(e), reach};
}

/// The combination of functions that is closest to others at some points, in the sense of least squares. A function
/// that is nearly one of those before it is left out.
class Fit {
 public:
    using Values = std::vector<double>;  // of a function, at the points

    explicit Fit(std::vector<Values> functions) : functions_(std::move(functions)) {
        for (const Values& function : functions_) {
            Values rest = function;
            std::vector<double> part(base_.size(), 0.0);
            for (int twice = 0; twice < 2; ++twice)  // Gram and Schmidt; once more for what rounding has left
                for (std::size_t k = 0; k < base_.size(); ++k) part[k] += remove(rest, base_[k]);
            const double norm = std::sqrt(product(rest, rest));
            const bool is_new = norm > 1e-13 * std::sqrt(product(function, function));
            for (double& value : rest) value = is_new ? value / norm : 0;
            part.push_back(is_new ? norm : 1);
            base_.push_back(std::move(rest));
            parts_.push_back(std::move(part));
        }
    }

    /// The weights of the functions.
    std::vector<double> operator()(Values target) const {
        std::vector<double> weights(functions_.size(), 0.0);
        for (int twice = 0; twice < 2; ++twice) {  // and once more for the rest
            std::vector<double> part;
            Values rest = target;
            for (const Values& function : base_) part.push_back(remove(rest, function));
            for (std::size_t k = weights.size(); k-- > 0;) {
                const double weight = part[k] / parts_[k][k];
                for (std::size_t m = 0; m <= k; ++m) part[m] -= weight * parts_[k][m];
                for (std::size_t i = 0; i < target.size(); ++i) target[i] -= weight * functions_[k][i];
                weights[k] += weight;
            }
        }
        return weights;
    }

 private:
    static double product(const Values& a, const Values& b) {
        return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
    }
    /// Leaves nothing of `unit` in `values`; how much of it there was.
    static double remove(Values& values, const Values& unit) {
        const double part = product(values, unit);
        for (std::size_t i = 0; i < values.size(); ++i) values[i] -= part * unit[i];
        return part;
    }

    std::vector<Values> functions_, base_;
    std::vector<std::vector<double>> parts_;  // function k = sum over m of parts_[k][m] base_[m]
};

double value_of(const ChainSolution::Powers& powers, double s, double s_nu) {
    double whole = 0, shifted = 0;
    for (std::size_t k = powers.whole.size(); k-- > 0;) whole = (whole + powers.whole[k]) * s;
    for (std::size_t k = powers.shifted.size(); k-- > 0;) shifted = shifted * s + powers.shifted[k];
    return whole + s_nu * shifted;
}

/// Points in (0, 1]: some where a polynomial is best held, and some towards 0.
std::vector<double> points(std::size_t count) {
    std::vector<double> points;
    for (std::size_t k = 0; k < count; ++k) {
        const double part = (static_cast<double>(k) + 0.5) / static_cast<double>(count);
        points.push_back((1 - std::cos(std::numbers::pi * part)) / 2);
        if (k % 2 == 0) points.push_back(std::exp(-30 * part));
    }
    return points;
}

/// Makes p_powers and e_powers of so many modes that reach x_most.
void fit(ChainSolution& chain, std::size_t modes, double x_most) {
    const std::size_t shifted = 3 * modes / 8, whole = modes - shifted;
    const std::vector<double> at = points(96);
    const auto values = [&](const auto& function) {  // relative to e
        Fit::Values relative;
        for (const double s : at) relative.push_back(function(s) / polynomial(chain.e, s * x_most));
        return relative;
    };
    std::vector<Fit::Values> powers;
    for (std::size_t k = 1; k <= whole; ++k) powers.push_back(values([k](double s) { return power(s, k); }));
    for (std::size_t k = 1; k <= shifted; ++k)  // from 1 on first: p has no s^nu
        powers.push_back(values([&](double s) { return std::pow(s, static_cast<double>(k % shifted) + chain.nu()); }));
    const auto split = [&](std::vector<double> weights) {
        std::rotate(weights.begin() + static_cast<std::ptrdiff_t>(whole), weights.end() - 1, weights.end());
        return ChainSolution::Powers{{weights.begin(), weights.begin() + static_cast<std::ptrdiff_t>(whole)},
                                     {weights.begin() + static_cast<std::ptrdiff_t>(whole), weights.end()}};
    };
    chain.x_most = x_most;
    chain.e_powers =
        split(Fit(powers)(values([&](double s) { return std::pow(s, chain.nu()) * polynomial(chain.e, s * x_most); })));
    powers.pop_back();
    std::vector<double> of_p = Fit(powers)(values([&](double s) { return polynomial(chain.p, s * x_most); }));
    of_p.push_back(0);
    chain.p_powers = split(std::move(of_p));
}

/// The largest error of g that the modes make.
double error_of_modes(const ChainSolution& chain) {
    double worst = 0;
    for (const double s : points(150)) {
        const double x = s * chain.x_most, p = polynomial(chain.p, x), e = polynomial(chain.e, x);
        const double s_nu = std::pow(s, chain.nu());
        worst = std::max(worst, std::abs(value_of(chain.p_powers, s, s_nu) - p) +
                                    std::abs(value_of(chain.e_powers, s, s_nu) / (s_nu * e) - 1));
    }
    return worst;  // C is at most 1 / e(x_0), and x at most x_0
}

/// The largest error of the solution against the recurrence that it solves.
double error_of_exact(const ChainSolution& chain) {
    double worst = 0;
    for (const double g0 : {0., 1.}) {
        double g = g0, x = chain.x_most;
        for (std::uint64_t n = 0; n < 200; ++n) {
            worst = std::max(worst, std::abs(chain.g_after(g0, chain.x_most, n) - g));
            g = chain.step(g, x);
            x *= chain.lam(1);
        }
    }
    return worst;
}

}  // namespace

double LinearStep::change_in(std::uint64_t n) const {
    if (n < 2) return n == 0 ? 0 : change;
    return std::expm1(exponent * static_cast<double>(n));
}

LinearPair::LinearPair(double L, double b, double dt, double exponent_of_h)
    : first{.exponent = L * dt, .decay = std::exp(L * dt), .change = std::expm1(L * dt)},
      c(dt * exprel(L * dt) * b),
      exponent_h(exponent_of_h),
      difference(first.decay * std::expm1(exponent_h - first.exponent)) {}

double LinearPair::after(double g, double h, std::uint64_t n) const {
    const double steps = static_cast<double>(n), decay = std::exp(first.exponent * steps);
    return decay * (g + c * h * std::expm1((exponent_h - first.exponent) * steps) / difference);
}

bool LinearPair::has_modes() const {
    // lam_h^n - lam_g^n is largest where both change alike
    const double n = std::log(first.exponent / exponent_h) / (exponent_h - first.exponent);
    return std::abs(std::exp(exponent_h * n) - std::exp(first.exponent * n)) >= 0.01;
}

double ChainSolution::g_after(double g, double x, std::uint64_t n) const {
    const double later = x * lam(static_cast<double>(n)), C = (g - polynomial(p, x)) / polynomial(e, x);
    return polynomial(p, later) + C * lam1(static_cast<double>(n)) * polynomial(e, later);
}

void ChainSolution::rates(std::span<double> r) const {
    const std::size_t whole = p_powers.whole.size();
    for (std::size_t k = 0; k < whole; ++k) r[k] = lam(static_cast<double>(k + 1));
    for (std::size_t k = 0; k < p_powers.shifted.size(); ++k)
        r[whole + k] = std::exp(-(beta1 + static_cast<double>(k) * beta2) * dt);
}

void ChainSolution::coefficients(double g, double x, std::span<double> c) const {
    const double s = std::max(0., x / x_most), s_nu = std::pow(s, nu());
    const double C = s > 0 ? (g - value_of(p_powers, s, s_nu)) / value_of(e_powers, s, s_nu) : 0,  // times s^nu
        C_shifted = s > 0 ? C * s_nu : g / e_powers.shifted[0];
    const std::size_t whole = p_powers.whole.size();
    double s_power = s;
    for (std::size_t k = 0; k < whole; ++k, s_power *= s) c[k] = s_power * (p_powers.whole[k] + C * e_powers.whole[k]);
    s_power = 1;
    for (std::size_t k = 0; k < p_powers.shifted.size(); ++k, s_power *= s)
        c[whole + k] = s_power * (s_nu * p_powers.shifted[k] + C_shifted * e_powers.shifted[k]);
}

std::variant<ChainSolution, std::string> solve_chain(double alpha1, double beta1, double beta2, double dt, double x_end,
                                                     double tolerance) {
    constexpr std::size_t most_modes = 48;
    if (beta2 == 0) return "its second state does not decay";
    const auto found = power_series(alpha1, beta1, beta2, dt, x_end);
    if (const auto* reason = std::get_if<std::string>(&found)) return *reason;
    const Series& series = std::get<Series>(found);
    ChainSolution chain{.alpha1 = alpha1,
                        .beta1 = beta1,
                        .beta2 = beta2,
                        .dt = dt,
                        .p = series.p,
                        .e = series.e,
                        .p_powers = {},
                        .e_powers = {},
                        .x_most = 0};
    // Until x has come down to x_most a neuron is followed step by step. That may take a few steps where it saves
    // modes, and some more where there would be too many.
    const auto find = [&](std::size_t modes, int tries, double ratio) {
        double x = series.reach;
        for (int k = 0; k < tries; ++k, x *= ratio) {
            fit(chain, modes, x);
            if (error_of_modes(chain) < tolerance) return true;
        }
        return false;
    };
    std::size_t modes = 8;
    while (modes < most_modes && !find(modes, 10, chain.lam(1))) modes += 8;
    if (modes == most_modes && !find(modes, 80, 0.93))
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

/// The first equation as that of a pair whose second state decays with `exponent`; none if it is not.
std::optional<LinearPair> linear_pair(const SynapseModel& model, double T, double dt, double exponent) {
    const double L = slope_of(model, std::array{0., 0.}, 0, 0).L, b = slope_of(model, std::array{0., 1.}, 0, 0).F;
    for (const double TT : {0., T})
        for (const double g : probes)
            for (const double h : probes) {
                const Slope slope = slope_of(model, std::array{g, h}, TT, 0);
                if (!close(slope.L, L) || !close(slope.F, b * h + L * g)) return std::nullopt;
            }
    return LinearPair(L, b, dt, exponent);
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
                                           double dt, std::uint64_t pulse_steps, Precision precision) {
    if (!method.is_exp_auto() && synapse.has_memory())
        return fmt::format("its kinetics are stepped by {}", method.name());
    if (plasticity && !plasticity_method.is_exp_auto())
        return fmt::format("its plasticity is stepped by {}", plasticity_method.name());

    Modes modes;
    modes.synapse_ = &synapse;
    modes.plasticity_ = plasticity;
    modes.kinetic_states_ = synapse.states().size();
    modes.has_jump_ = synapse.has_jump();
    const std::size_t last = modes.kinetic_states_ - 1;
    const double T = synapse.pulse().T;
    if (modes.kinetic_states_ > 2) return "its kinetics have more than two states";
    if (!synapse.has_memory() && last != 0) return "it has two states without memory";
    const auto kinetics = [&](double TT) -> std::optional<LinearStep> {
        if (!synapse.has_memory())
            return LinearStep{.exponent = -std::numeric_limits<double>::infinity(), .decay = 0, .change = -1};
        return linear_step(synapse, modes.kinetic_states_, last, TT, dt);
    };
    const auto on = kinetics(T), off = kinetics(0);
    if (!on || !off) return "its kinetics are not linear";
    if (off->target != 0) return "its kinetics do not rest at 0";
    if (on->decay > 1 || off->decay > 1) return "its kinetics grow without bound";
    modes.on_ = *on;
    modes.off_ = *off;
    constexpr std::uint64_t often = 1024;  // [steps] between two spikes of a neuron, or fewer
    for (std::uint64_t n = 0; n < often; ++n) modes.off_changes_.push_back(off->change_in(n));
    std::vector<double> kinetic_rates{off->decay};
    if (last == 1) {
        if (const auto rates = chain_rates(synapse, T)) {
            std::array<double, 2> spike{0, on->after(0, std::min<std::uint64_t>(pulse_steps, 1'000'000))};
            synapse.jump(spike);
            const double x_end = std::max(1e-3, spike[1]);
            auto solution =
                solve_chain(rates->first, rates->second, -off->exponent / dt, dt, x_end, tolerance(precision));
            if (const auto* reason = std::get_if<std::string>(&solution)) return *reason;
            modes.chain_ = std::get<ChainSolution>(std::move(solution));
            kinetic_rates.resize(modes.chain_->modes());
            modes.chain_->rates(kinetic_rates);
        } else {
            modes.pair_ = linear_pair(synapse, T, dt, off->exponent);
            if (!modes.pair_) return "its kinetics are neither linear nor a chain";
            if (modes.pair_->first.decay > 1) return "its kinetics grow without bound";
            if (!modes.pair_->has_modes()) return "its states decay at nearly the same rate";
            kinetic_rates = {modes.pair_->first.decay, off->decay};
        }
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
    PreState own = before, held = before;
    step_both(own, arrived, on, held);
    return own;
}

void Modes::step_both(PreState& own, bool arrived, bool on, PreState& held) const {
    const std::size_t last = kinetic_states_ - 1;
    if (pair_) {
        own[0] = pair_->step(own[0], own[1]);
        held[0] = pair_->step(held[0], held[1]);
    }
    if (chain_) {
        using Both = Lanes<double, 2>;
        Both g, x;
        g.value = Both::Vector{own[0], held[0]};
        x.value = Both::Vector{own[1], held[1]};
        g = chain_->step(g, x);
        own[0] = g[0];
        held[0] = g[1];
    }
    own[last] = (on ? on_ : off_)(own[last]);
    held[last] = off_(held[last]);
    if (arrived && has_jump_) synapse_->jump(std::span(own).first(kinetic_states_));
    if (plastic_states_ == 0) return;
    const std::span<double> plastic = std::span(own).subspan(kinetic_states_, plastic_states_);
    const PreState before = own;
    for (std::size_t k = 0; k < plastic_states_; ++k) {
        plastic[k] = plastic_[k](plastic[k]);
        held[kinetic_states_ + k] = plastic_[k](held[kinetic_states_ + k]);
    }
    if (arrived) plasticity_->jump(std::span(before).subspan(kinetic_states_, plastic_states_), plastic);
}

PreState Modes::after(const PreState& state, std::uint64_t n) const {
    PreState now = state;
    const std::size_t last = kinetic_states_ - 1;
    if (pair_) now[0] = pair_->after(state[0], state[1], n);
    if (chain_) now[0] = chain_->g_after(state[0], state[1], n);
    now[last] = off_after(state[last], n);
    for (std::size_t k = 0; k < plastic_states_; ++k)
        now[kinetic_states_ + k] = plastic_[k].after(state[kinetic_states_ + k], n);
    return now;
}

double Modes::factor(const PreState& state) const {
    return plasticity_ ? plasticity_->factor(std::span(state).subspan(kinetic_states_, plastic_states_)) : 1;
}

double Modes::output(const PreState& state) const { return state[0] * factor(state); }

void Modes::coefficients(const PreState& state, std::span<double> c) const {
    if (rates_.size() == 1) {
        c[0] = output(state);
        return;
    }
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
    const std::size_t kinetic_count = rates_.size() / plastic_count;
    if (pair_) {
        const double of_h = pair_->c * state[1] / pair_->difference;
        c[0] = state[0] - of_h;
        c[1] = of_h;
    } else if (chain_)
        chain_->coefficients(state[0], state[1], c.first(kinetic_count));
    else
        c[0] = state[0];
    for (std::size_t k = kinetic_count; k-- > 0;) {  // from the end, so that nothing is overwritten before it is read
        const double kinetic = c[k];
        for (std::size_t m = 0; m < plastic_count; ++m) c[k * plastic_count + m] = kinetic * plastic[m];
    }
}

}  // namespace bouton::kernel
