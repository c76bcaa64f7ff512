// SPDX-License-Identifier: Apache-2.0
// What a population adds to the equations of its neurons: noise, refractoriness, where they start.
#include <cmath>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include <bouton/bouton.hpp>

#include <gtest/gtest.h>

namespace bouton {
namespace {

using Values = std::vector<double>;

// ---- noise ----------------------------------------------------------------------------------------------------------

/// What noise alone adds to V in each of `steps` steps, neuron by neuron.
Values increments(const NeuronOptions& options, std::size_t num, std::uint64_t steps, double dt = 0.1) {
    Network net({.seed = 11});
    net.add("cells", LeakyIntegrator{.tau = 1e12}, num, options);
    Runner runner(net, {.monitors = {"cells.V"}, .dt = dt});
    Values dV = runner.run_steps(steps)["cells.V"].values;
    for (std::size_t k = dV.size(); k-- > num;) dV[k] -= dV[k - num];
    return dV;
}

double mean_of_products(const Values& a, std::size_t lag) {
    double sum = 0;
    for (std::size_t k = lag; k < a.size(); ++k) sum += a[k] * a[k - lag];
    return sum / static_cast<double>(a.size() - lag);
}

TEST(Noise, is_white_and_has_its_amplitude) {
    constexpr std::size_t num = 10, steps = 4000;
    for (const std::string method : {"exp_auto", "euler", "heun", "srk1w1"})
        for (const double dt : {0.1, 0.4}) {
            const Values dV = increments({.method = method, .noise = 3}, num, steps, dt);
            const double variance = 9 * dt, deviation = 1 / std::sqrt(static_cast<double>(num * steps));
            EXPECT_NEAR(mean_of_products(dV, 0), variance, 5 * std::sqrt(2.0) * variance * deviation) << method;
            EXPECT_NEAR(mean_of_products(dV, 1), 0, 5 * variance * deviation) << method;    // other neurons
            EXPECT_NEAR(mean_of_products(dV, num), 0, 5 * variance * deviation) << method;  // other steps
        }
}

TEST(Noise, of_each_neuron_has_its_own_amplitude) {
    const Values dV = increments({.noise = Parameter{0, 1, -2}}, 3, 100);
    for (std::size_t k = 0; k < dV.size(); k += 3) {
        EXPECT_EQ(dV[k], 0);
        EXPECT_NE(dV[k + 1], 0);
        EXPECT_LT(std::abs(dV[k + 2]), 2 * 5 * std::sqrt(0.1));
    }
}

TEST(Noise, differs_between_rows_of_a_batch_and_names) {
    Network net({.mode = Mode::batching(2)});
    net.add("a", LIF{}, 1, {.noise = 1.0});
    net.add("b", LIF{}, 1, {.noise = 1.0});
    Runner(net).run_steps(1);
    std::set<double> values;
    for (const char* name : {"a.V", "b.V"})
        for (const double V : net.variable(name).values()) values.insert(V);
    EXPECT_EQ(values.size(), 4u);
}

// ---- refractoriness -------------------------------------------------------------------------------------------------

/// Steps from each spike to the next.
std::multiset<std::uint64_t> intervals(double tau_ref, bool brainpy_2_4) {
    Network net({.brainpy_2_4 = brainpy_2_4});
    net.add("cells", LIF{.V_th = 1, .tau_ref = tau_ref}, 1);
    Runner runner(net, {.inputs = {{"cells.input", 50}}, .monitors = {Monitor::Spikes{"cells"}}});
    const std::vector<std::uint64_t> steps = runner.run_steps(2000).events("cells").steps;
    std::multiset<std::uint64_t> lengths;
    for (std::size_t k = 1; k < steps.size(); ++k) lengths.insert(steps[k] - steps[k - 1]);
    return lengths;
}

TEST(Refractoriness, holds_for_the_same_number_of_steps_after_each_spike) {
    const auto expect = [](double tau_ref, std::uint64_t steps) {
        for (const std::uint64_t length : intervals(tau_ref, false)) EXPECT_EQ(length, steps) << tau_ref;
    };
    expect(0, 12);
    expect(0.05, 12);
    expect(0.3, 15);
    expect(0.7, 19);
    expect(1, 22);
    expect(2, 32);
    expect(5, 62);
}

TEST(Refractoriness, is_sometimes_a_step_shorter_with_the_switch) {
    const std::multiset<std::uint64_t> lengths = intervals(1, true);
    EXPECT_EQ(std::set<std::uint64_t>(lengths.begin(), lengths.end()), (std::set<std::uint64_t>{21, 22}));
    EXPECT_GT(lengths.count(22), lengths.count(21));
}

TEST(Refractoriness, can_be_read) {
    Network net;
    const Population cells = net.add("cells", LIF{.V_th = 1, .tau_ref = {0.2, 0}}, 2);
    Runner runner(net, {.inputs = {{"cells.V", PerStep{{{6, 2}, {0, 0, 5, 5, 0, 0, 0, 0, 0, 0, 0, 0}}}}},
                        .monitors = {"cells.refractory", "cells.V"}});
    const Recording& mon = runner.run_steps(6);
    const Values& refractory = mon["cells.refractory"].values;
    EXPECT_EQ(refractory, (Values{0, 0, 1, 1, 1, 0, 1, 0, 0, 0, 0, 0}));
    EXPECT_EQ(cells.variable("t_last_spike").values(), (Values{0.1, 0.1}));
    for (const std::size_t k : {1u, 2u, 3u}) EXPECT_EQ(mon["cells.V"].values[2 * k], -5);
    EXPECT_NE(mon["cells.V"].values[2 * 4], -5);
    EXPECT_NE(mon["cells.V"].values[2 * 2 + 1], -5);
}

// ---- the start ------------------------------------------------------------------------------------------------------

TEST(Start, of_HH_is_drawn_from_the_seed_with_its_gates_at_rest) {
    const Population a("a", HH{}, 100, {}, {.seed = 1}), again("a", HH{}, 100, {}, {.seed = 1});
    const Values V = a.variable("V").values();
    EXPECT_EQ(again.variable("V").values(), V);
    for (std::size_t i = 0; i < 100; ++i) {
        EXPECT_GE(V[i], -70);
        EXPECT_LT(V[i], -60);
        const double rise = 0.07 * std::exp(-(V[i] + 65) / 20), fall = 1 / (1 + std::exp(-(V[i] + 35) / 10));
        EXPECT_NEAR(a.variable("h").at(i), rise / (rise + fall), 1e-14);
    }
    EXPECT_EQ(Population("b", HH{}, 1, {.initial = {{"h", 0.25}}}).variable("h").at(0), 0.25);
}

}  // namespace
}  // namespace bouton
