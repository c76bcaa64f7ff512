// SPDX-License-Identifier: Apache-2.0
// Neurons that do not spike: in closed form.
#include <cmath>
#include <numeric>
#include <optional>
#include <vector>

#include <bouton/bouton.hpp>
#include <bouton/core/error.hpp>

#include <gtest/gtest.h>

namespace bouton {
namespace {

/// x of one neuron over steps of 0.1 ms with this input in each.
std::vector<double> run(const Neuron& neuron, const std::vector<double>& input, const NeuronOptions& options = {}) {
    Population cells("cells", neuron, 1, options);
    std::vector<double> x;
    for (std::uint64_t step = 0; step < input.size(); ++step) {
        cells.variable("input").set(input[step]);
        cells.update({.dt = 0.1, .step = step});
        x.push_back(cells.variable("x").at(0));
    }
    return x;
}

TEST(Integrator, follows_a_step_of_its_input) {
    const std::vector<double> x = run(Integrator{.tau = 4}, std::vector<double>(300, 3));
    for (std::size_t n = 0; n < x.size(); ++n)
        EXPECT_NEAR(x[n], -3 * std::expm1(-0.1 * static_cast<double>(n + 1) / 4), 1e-13);
}

TEST(Leaky, sums_its_inputs_and_forgets_them) {
    const std::vector<double> x = run(Leaky{.tau = 4}, {2, 0, 0, -5, 0});
    const double decay = std::exp(-0.1 / 4);
    double expected = 0;
    for (std::size_t n = 0; n < x.size(); ++n) {
        expected = expected * decay + std::vector<double>{2, 0, 0, -5, 0}[n];
        EXPECT_NEAR(x[n], expected, 1e-15) << n;
    }
    EXPECT_EQ(x[0], 2);
}

/// The runner clears its input, which BrainPy 2.4 cannot.
TEST(Leaky, runs_in_a_network) {
    Network net;
    const Population pre = net.add("pre", SpikeTimeGroup{{0, 0.2}, {0, 0}}, 1);
    const Population post = net.add("post", Leaky{.tau = 4}, 1);
    net.connect("syn", pre, post, One2One{}, Delta{}, {.g_max = 0.5});
    Runner runner(net, {.monitors = {"post.x"}});
    const std::vector<double>& x = runner.run_steps(5)["post.x"].values;
    const double decay = std::exp(-0.1 / 4);
    EXPECT_EQ(x[0], 0);
    EXPECT_EQ(x[1], 0.5);
    EXPECT_NEAR(x[4], 0.5 * decay * decay * decay + 0.5 * decay, 1e-15);
}

TEST(OUProcess, starts_at_its_mean_and_has_no_input) {
    const std::vector<double> x = run(OUProcess{.mean = 3, .sigma = 0}, {0, 1, 2});
    for (const double each : x) EXPECT_EQ(each, 3);
}

/// 20 000 processes for long enough; each bound is 5 standard errors.
TEST(OUProcess, has_the_mean_and_variance_of_its_scheme) {
    constexpr std::size_t num = 20'000;
    for (const double dt : {0.1, 10.}) {
        Population cells("cells", OUProcess{.mean = 1, .sigma = 2}, num);
        for (std::uint64_t step = 0; step < (dt < 1 ? 500 : 20); ++step) cells.update({.dt = dt, .step = step});
        const std::vector<double> x = cells.variable("x").values();
        const double mean = std::accumulate(x.begin(), x.end(), 0.0) / num;
        double variance = 0;
        for (const double each : x) variance += (each - mean) * (each - mean) / num;
        const double expected = 4 * dt / -std::expm1(-2 * dt / 10);  // BrainPy 2.4: 46.07 at 10 ms, expected 46.26
        EXPECT_NEAR(mean, 1, 5 * std::sqrt(expected / num));
        EXPECT_NEAR(variance, expected, 5 * expected * std::sqrt(2. / num));
    }
}

TEST(OUProcess, forgets_at_the_rate_of_its_time_constant) {
    constexpr std::size_t num = 20'000;
    Population cells("cells", OUProcess{.sigma = 0.5, .tau = 5}, num, {.initial = {{"x", 2}}});
    for (std::uint64_t step = 0; step < 50; ++step) cells.update({.dt = 0.1, .step = step});
    const std::vector<double> x = cells.variable("x").values();
    EXPECT_NEAR(std::accumulate(x.begin(), x.end(), 0.0) / num, 2 * std::exp(-1), 5 * std::sqrt(0.625 / num));
}

TEST(OUProcess, takes_its_noise_from_the_options_where_they_say_so) {
    const std::vector<double> none(50, 0);
    EXPECT_EQ(run(OUProcess{}, none, {.noise = 0}), none);
    EXPECT_EQ(run(OUProcess{.sigma = 0.3}, none), run(OUProcess{}, none, {.noise = 0.3}));
    EXPECT_NE(run(OUProcess{.sigma = 0.3}, none), none);
}

TEST(OUProcess, takes_another_sigma_from_the_next_step_on) {
    for (const bool own : {true, false}) {
        Population cells("cells", OUProcess{}, 1, {.noise = own ? std::nullopt : std::optional<Parameter>(1)});
        cells.set_parameter("sigma", 0);
        cells.update({.dt = 0.1, .step = 0});
        EXPECT_EQ(cells.variable("x").at(0) == 0, own);  // options are what they were
    }
}

TEST(OUProcess, needs_a_method_for_noise) {
    EXPECT_THROW(Population("cells", OUProcess{}, 1, {.method = "rk4"}), NameError);
    EXPECT_NO_THROW(Population("cells", OUProcess{}, 1, {.method = "srk1w1"}));
}

}  // namespace
}  // namespace bouton
