// SPDX-License-Identifier: Apache-2.0
// The modes of what a presynaptic neuron gives, against the recurrence that they solve.
#include "kernel/modes.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <variant>
#include <vector>

#include <bouton/core/clock.hpp>
#include <bouton/math/functions.hpp>
#include <bouton/network/projection.hpp>

#include <gtest/gtest.h>

#include "own_synapses.hpp"

namespace bouton::kernel {
namespace {

constexpr double dt = 0.1;
constexpr int steps = 3000;

/// A synapse and its plasticity as long as their modes live.
struct Parts {
    std::shared_ptr<const SynapseModel> synapse;
    std::shared_ptr<const PlasticityModel> plasticity = nullptr;
    std::string method = "exp_auto", plasticity_method = "exp_auto";
    bool has_source = false;  // STP as BrainPy 2.4 has it

    explicit Parts(const Synapse& kinetics, const Plasticity& stp = {}) : synapse(kinetics.model()) {
        plasticity = stp.model();
    }

    std::variant<Modes, std::string> solve() const {
        return Modes::of(*synapse, Method(method), plasticity.get(), Method(plasticity_method), dt,
                         pulse_steps(synapse->pulse().T_duration, dt));
    }
    Modes modes() const { return std::get<Modes>(solve()); }
    std::string reason() const {
        const auto solution = solve();
        return std::holds_alternative<std::string>(solution) ? std::get<std::string>(solution) : "there are modes";
    }
    std::string name() const {
        return std::string(synapse->name()) + (plasticity ? " with " + std::string(plasticity->name()) : "");
    }
};

std::vector<Parts> all_parts() {
    std::vector<Parts> all;
    for (const Synapse& synapse :
         {Synapse(AMPA{}), Synapse(GABAa{}), Synapse(BioNMDA{}), Synapse(DualExponential{}), Synapse(NMDA{})})
        for (const Plasticity& stp : {Plasticity(), Plasticity(STD{}), Plasticity(STP{})}) {
            all.emplace_back(synapse, stp);
            if (!stp.model()) continue;
            if (const auto other = stp.model()->brainpy_2_4()) {
                all.emplace_back(synapse, stp);
                all.back().plasticity = other;
                all.back().has_source = true;
            }
        }
    return all;
}

/// g, or g and x, then the states of the plasticity. With a source u is soon in the tens.
PreState state_of(const Parts& parts, double g, double x, double plastic) {
    PreState state{g};
    std::size_t k = 1;
    if (parts.synapse->states().size() == 2) state[k++] = x;
    if (parts.plasticity)
        for (const double start : parts.plasticity->initial()) state[k++] = start * plastic;
    if (parts.has_source) state[k - 2] *= 100;
    return state;
}

double largest(const std::vector<double>& values) {
    double largest = 0;
    for (const double value : values) largest = std::max(largest, std::abs(value));
    return largest;
}

void expect_solution(const Parts& parts, const Modes& modes, const PreState& start) {
    std::vector<double> c(modes.rates().size()), later(c), by_steps, by_modes, at_once;
    modes.coefficients(start, c);
    PreState state = start;
    for (int n = 0; n < steps; ++n) {
        by_steps.push_back(modes.output(state));
        at_once.push_back(modes.output(modes.after(start, static_cast<std::uint64_t>(n))));
        double sum = 0;
        for (std::size_t k = 0; k < c.size(); ++k) {
            sum += c[k];
            c[k] *= modes.rates()[k];
        }
        by_modes.push_back(sum);
        state = modes.step(state, false, false);
        if (n % 100 == 99) {
            modes.coefficients(modes.after(start, static_cast<std::uint64_t>(n) + 1), later);
            for (std::size_t k = 0; k < c.size(); ++k) ASSERT_NEAR(later[k], c[k], 1e-12 * (1 + std::abs(c[k])));
        }
    }
    const double most = largest(by_steps);
    ASSERT_GT(most, 0);
    for (std::size_t n = 0; n < by_steps.size(); ++n) {
        ASSERT_NEAR(by_modes[n], by_steps[n], 1e-12 * most) << parts.name() << ", step " << n;
        ASSERT_NEAR(at_once[n], by_steps[n], 1e-12 * most) << parts.name() << ", step " << n;
    }
}

TEST(Modes, add_up_to_what_steps_lead_to) {
    for (const Parts& parts : all_parts()) {
        const Modes modes = parts.modes();
        for (const double g : {0., 0.2, 0.9})
            for (const double x : {0.1, 0.28})
                for (const double plastic : {0.4, 1., 2.5}) {
                    const PreState start = state_of(parts, g, x, plastic);
                    ASSERT_TRUE(modes.hold_for(start));
                    if (modes.output(start) > 0 || parts.synapse->states().size() == 2)
                        expect_solution(parts, modes, start);
                }
    }
}

TEST(Modes, step_as_the_loops_do) {
    for (const Parts& parts : all_parts()) {
        const Modes modes = parts.modes();
        const auto kinetics = parts.synapse->loop(Precision::float64, "exp_auto", best_instruction_set());
        std::vector<Buffer> synapse(parts.synapse->states().size(), Buffer(Precision::float64, 1));
        std::vector<Buffer> plasticity;
        Buffer factor(Precision::float64, 1, 1), arrival_time(Precision::float64, 1);
        std::unique_ptr<PlasticityLoop> stp;
        if (parts.plasticity) {
            stp = parts.plasticity->loop(Precision::float64, "exp_auto", best_instruction_set());
            for (const double start : parts.plasticity->initial())
                plasticity.emplace_back(Precision::float64, 1, start);
        }
        PreState state = modes.rest();
        for (std::uint64_t step = 0; step < 200; ++step) {
            const StepTime time{.t = 0, .dt = dt, .age = step, .brainpy_2_4 = false};
            const AlignedVector<std::uint8_t> arrived(1, step % 37 == 5);
            const bool on = step % 37 >= 5 && step % 37 < 12;
            const AlignedVector<std::uint64_t> pulse_end(1, on ? step + 1 : step);
            if (stp)
                stp->step({.num = 1, .states = plasticity, .arrived = arrived.data(), .factor = &factor}, time, {0, 1});
            kinetics->step({.num = 1,
                            .states = synapse,
                            .arrived = arrived.data(),
                            .spike_arrival_time = &arrival_time,
                            .pulse_end = pulse_end.data()},
                           time, {0, 1});
            state = modes.step(state, arrived[0] != 0, on);
            const double expected = synapse[0].get(0) * factor.get(0);
            ASSERT_NEAR(modes.output(state), expected, 1e-13 * std::abs(expected)) << parts.name() << ", step " << step;
        }
        ASSERT_GT(modes.output(state), 0);
    }
}

TEST(Modes, have_as_many_rates_as_the_equations_need) {
    const auto count = [](const Parts& parts) { return parts.modes().rates().size(); };
    EXPECT_EQ(count(Parts(AMPA{})), 1u);
    EXPECT_EQ(count(Parts(AMPA{}, STD{})), 2u);
    EXPECT_EQ(count(Parts(AMPA{}, STP{})), 2u);
    EXPECT_EQ(count(Parts(AMPA{}, STP{.source = 0.15})), 4u);
    EXPECT_EQ(count(Parts(BioNMDA{}, STD{})), 2 * count(Parts(BioNMDA{})));
    EXPECT_EQ(count(Parts(BioNMDA{})), 16u);
    EXPECT_EQ(count(Parts(DualExponential{})), 2u);
    EXPECT_EQ(count(Parts(DualExponential{}, STD{})), 4u);
    EXPECT_EQ(count(Parts(Delta{})), 1u);
}

TEST(Modes, keep_a_slow_plasticity_exact) {
    const Parts parts(AMPA{}, STD{.tau = 1e7});
    const Modes modes = parts.modes();
    const double exhausted = modes.after({0, 0}, 1)[1];
    EXPECT_NEAR(exhausted, -std::expm1(-dt / 1e7), 1e-13 * exhausted);
}

// ---- the chain ------------------------------------------------------------------------------------------------------

const double lam = std::exp(-0.5 * dt);  // the defaults of BioNMDA

ChainSolution default_chain(double x_end, double tolerance) {
    return std::get<ChainSolution>(solve_chain(2, 0.01, 0.5, dt, x_end, tolerance));
}

/// Over 3,000 steps of the equation as the method states it: `value(n)` against g after n steps from (g, x).
template <class Value>
double worst_error(double g, double x, const Value& value) {
    double worst = 0;
    for (std::uint64_t n = 0; n < steps; ++n) {
        worst = std::max(worst, std::abs(value(n) - g));
        g += dt * exprel(-(2 * x + 0.01) * dt) * (2 * x * (1 - g) - 0.01 * g);
        x *= lam;
    }
    return worst;
}

double error_of_modes(const ChainSolution& chain, double g, double x) {
    std::vector<double> c(chain.modes()), r(chain.modes());
    chain.coefficients(g, x, c);
    chain.rates(r);
    return worst_error(g, x, [&](std::uint64_t) {
        double sum = 0;
        for (std::size_t k = 0; k < c.size(); ++k) {
            sum += c[k];
            c[k] *= r[k];
        }
        return sum;
    });
}

TEST(Chain, is_solved_by_a_series_and_by_few_modes) {
    for (const double x_end : {0.1, 0.39, 2. / 3}) {
        const ChainSolution chain = default_chain(x_end, 2e-14);
        EXPECT_LE(chain.modes(), 40u);
        EXPECT_GT(chain.x_most, 0.4 * x_end);
        for (const double g : {0., 0.2, 0.6, 1.})
            for (const double part : {0., 0.1, 0.5, 1.}) {
                const double x = part * chain.x_most;
                EXPECT_LT(worst_error(g, x, [&](std::uint64_t n) { return chain.g_after(g, x, n); }), 4e-14) << g << x;
                EXPECT_LT(error_of_modes(chain, g, x), 6e-14) << g << ", " << x;
            }
    }
}

TEST(Chain, has_the_error_that_the_tolerance_allows) {
    for (const double tolerance : {1e-4, 1e-8, 1e-12}) {
        const ChainSolution chain = default_chain(0.39, tolerance);
        double worst = 0;
        for (const double g : {0., 1.}) worst = std::max(worst, error_of_modes(chain, g, chain.x_most));
        EXPECT_LT(worst, 2 * tolerance);
    }
}

TEST(Chain, has_the_fewest_modes_that_the_tolerance_allows) {
    const auto modes = [](double x_end, double tolerance) { return default_chain(x_end, tolerance).modes(); };
    EXPECT_EQ(modes(0.1, 1e-4), 8u);
    EXPECT_EQ(modes(0.39, 2e-14), 16u);
    EXPECT_LT(modes(2. / 3, 1e-5), modes(2. / 3, 1e-13));
}

// ---- where there are none ------------------------------------------------------------------------------------------

TEST(Modes, are_refused_with_the_reason) {
    Parts other_method(AMPA{}), other_plasticity_method(AMPA{}, STD{});
    other_method.method = "rk4";
    other_plasticity_method.plasticity_method = "euler";
    EXPECT_EQ(other_method.reason(), "its kinetics are stepped by rk4");
    EXPECT_EQ(other_plasticity_method.reason(), "its plasticity is stepped by euler");
    EXPECT_EQ(Parts(BioNMDA{.beta1 = 0.5}).reason(), "its series does not exist, as lam^1 = lam1");
    EXPECT_EQ(Parts(BioNMDA{.beta1 = 1.5}).reason(), "its series does not exist, as lam^3 = lam1");
    EXPECT_EQ(Parts(BioNMDA{.beta1 = 1.5 + 1e-9}).reason(), "its series does not exist, as lam^3 = lam1");
    EXPECT_EQ(Parts(test::Nonlinear{}).reason(), "its kinetics are not linear");
    EXPECT_EQ(Parts(Alpha{}).reason(), "its states decay at nearly the same rate");
    EXPECT_EQ(Parts(DualExponential{.tau_decay = 3, .tau_rise = 2.99}).reason(),
              "its states decay at nearly the same rate");
}

TEST(Modes, of_a_pair_are_exact_until_they_are_refused) {
    for (const double tau_rise : {1e-3, 0.1, 2.9, 3.1, 40., 1e4}) {
        const Parts parts(DualExponential{.tau_decay = 3, .tau_rise = tau_rise});
        expect_solution(parts, parts.modes(), {0, 1});
        expect_solution(parts, parts.modes(), {0.3, 1});
    }
}

TEST(Modes, are_refused_where_the_series_does_not_converge) {
    for (const double alpha1 : {1e8, 1e300})
        EXPECT_EQ(Parts(BioNMDA{.alpha1 = alpha1}).reason(), "its series does not converge") << alpha1;
    for (const double beta1 : {1e5, 1e300})
        EXPECT_EQ(Parts(BioNMDA{.beta1 = beta1}).reason(), "its series does not converge") << beta1;
    EXPECT_EQ(Parts(BioNMDA{.beta2 = 0}).reason(), "its second state does not decay");
}

TEST(Modes, exist_at_the_edges_of_the_parameters) {
    for (const Synapse& synapse :
         {Synapse(AMPA{.alpha = 0}), Synapse(AMPA{.beta = 0}), Synapse(AMPA{.T = 0}), Synapse(BioNMDA{.alpha1 = 0}),
          Synapse(BioNMDA{.beta1 = 0}), Synapse(BioNMDA{.alpha2 = 0}), Synapse(BioNMDA{.T_0 = 0}),
          Synapse(BioNMDA{.alpha1 = 20}), Synapse(BioNMDA{.alpha1 = 1e4}), Synapse(BioNMDA{.beta2 = 0.03})}) {
        const Parts parts(synapse);
        const auto solution = parts.solve();
        ASSERT_TRUE(std::holds_alternative<Modes>(solution)) << std::get<std::string>(solution);
        expect_solution(parts, std::get<Modes>(solution), state_of(parts, 0.4, 1e-6, 1));
    }
}

// ---- a model of the user's -----------------------------------------------------------------------------------------

TEST(Modes, of_a_synapse_that_jumps) {
    const Parts parts(test::Exponential{});
    const Modes modes = parts.modes();
    const PreState after = modes.step({0.5}, true, false);
    EXPECT_NEAR(after[0], 0.5 * std::exp(-dt / 5) + 1, 1e-15);
    expect_solution(parts, modes, after);
}

TEST(Modes, of_a_synapse_without_memory) {
    for (const std::string method : {"exp_auto", "rk4"}) {
        Parts parts(Delta{});
        parts.method = method;
        const Modes modes = parts.modes();
        EXPECT_EQ(modes.step({0.5}, true, false)[0], 1);
        EXPECT_EQ(modes.step({0.5}, false, false)[0], 0);
        EXPECT_EQ(modes.after({0.5}, 0)[0], 0.5);
        EXPECT_EQ(modes.after({0.5}, 7)[0], 0);
    }
}

TEST(Modes, of_a_synapse_that_rests_elsewhere_than_at_0_are_refused) {
    for (const double level : {0.5, -2.})
        EXPECT_EQ(Parts(test::Exponential{.level = level}).reason(), "its kinetics do not rest at 0");
}

}  // namespace
}  // namespace bouton::kernel
