// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>
#include <set>
#include <support/message_of.hpp>
#include <vector>

#include <bouton/bouton.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bouton {
namespace {

using test::message_of;

/// What the input of three neurons is in each step.
std::vector<double> run(const std::vector<Input>& inputs, const Settings& settings = {}, std::uint64_t steps = 20'000) {
    Network net(settings);
    net.add("cells", LeakyIntegrator{}, 3);
    Runner runner(net, {.inputs = inputs, .monitors = {"cells.input"}});
    return runner.run_steps(steps)["cells.input"].values;
}

double mean(const std::vector<double>& values) {
    double sum = 0;
    for (const double each : values) sum += each;
    return sum / static_cast<double>(values.size());
}

/// 60 000 draws; each bound is 5 standard errors.
TEST(PoissonInput, has_the_mean_and_variance_of_its_trains) {
    for (const std::uint64_t num_input : {40u, 800u, 4000u}) {
        const double chance = 25 * 0.1 / 1000, expected = 0.5 * static_cast<double>(num_input) * chance,
                     variance = 0.5 * expected * (1 - chance);
        std::vector<double> values = run({{"cells.input", PoissonInput{num_input, 25, 0.5}}});
        const double error = std::sqrt(variance / static_cast<double>(values.size()));
        EXPECT_NEAR(mean(values), expected, 5 * error) << num_input;
        for (double& each : values) each = (each - expected) * (each - expected);
        EXPECT_NEAR(mean(values), variance, 5 * variance * std::sqrt((2 + 1 / expected) / 60'000)) << num_input;
    }
}

TEST(PoissonInput, is_a_whole_number_of_weights) {
    const std::vector<double> values = run({{"cells.input", PoissonInput{100, 50, -0.25}}});
    std::set<double> counts;
    for (const double each : values) counts.insert(each / -0.25);
    EXPECT_EQ(*counts.begin(), 0);
    EXPECT_GE(counts.size(), 5u);
    for (const double count : counts) EXPECT_EQ(count, std::floor(count));
}

TEST(PoissonInput, draws_independently_for_each_neuron_step_and_input) {
    const Input one{"cells.input", PoissonInput{1, 5000}};
    const std::vector<double> values = run({one}), both = run({one, one});
    double pairs = 0, successions = 0, coincidences = 0;
    for (std::size_t k = 3; k < values.size(); k += 3) {
        pairs += values[k] * values[k + 1];
        successions += values[k] * values[k - 3];
        coincidences += both[k] == 2;
    }
    for (const double count : {pairs, successions, coincidences}) EXPECT_NEAR(count, 5000, 5 * std::sqrt(5000 * 0.75));
}

TEST(PoissonInput, follows_the_seed_and_no_stream) {
    const auto with = [](std::optional<std::uint64_t> seed) {
        return std::vector<Input>{{"cells.input", PoissonInput{10, 500, 1, seed}}};
    };
    EXPECT_EQ(run(with({}), {}, 100), run(with({}), {}, 100));
    EXPECT_NE(run(with({}), {}, 100), run(with({}), {.seed = 5}, 100));
    EXPECT_EQ(run(with(5), {}, 100), run(with({}), {.seed = 5}, 100));

    Network net;
    net.add("cells", LeakyIntegrator{}, 3);
    Runner runner(net, {.inputs = with({}), .monitors = {"cells.input"}});
    std::vector<double> parts;
    for (const std::uint64_t steps : {40, 60}) {
        const std::vector<double>& values = runner.run_steps(steps)["cells.input"].values;
        parts.insert(parts.end(), values.begin(), values.end());
    }
    EXPECT_EQ(parts, run(with({}), {}, 100));
}

TEST(PoissonInput, gives_each_row_of_a_batch_its_own) {
    const std::vector<double> values = run({{"cells.input", PoissonInput{10, 500}}}, {.mode = Mode::batching(2)}, 100);
    ASSERT_EQ(values.size(), 600u);
    EXPECT_FALSE(std::equal(values.begin(), values.begin() + 300, values.begin() + 300));
}

TEST(PoissonInput, takes_any_variable_and_operation) {
    const std::vector<double> values =
        run({{"cells.input", 7}, {"cells.input", PoissonInput{3, 10'000}, Operation::set}});
    EXPECT_THAT(values, testing::Each(3));
}

TEST(PoissonInput, refuses_what_makes_no_sense) {
    const auto message = [](const PoissonInput& spikes) {
        return message_of<ParameterError>([&] { run({{"cells.input", spikes}}, {}, 1); });
    };
    const std::string name = "the Poisson input of cells.input.";
    EXPECT_EQ(message({10, -1}), name + "freq = -1, but must be finite and at least 0");
    EXPECT_EQ(message({10, std::nan("")}), name + "freq = nan, but must be finite and at least 0");
    EXPECT_EQ(message({10, 5, std::numeric_limits<double>::infinity()}), name + "weight = inf, but must be finite");
    EXPECT_EQ(message({1ull << 32, 5}), name + "num_input = 4294967296, but must be below 2^32");
    EXPECT_EQ(message({10, 10'001}), name + "freq = 10001, but must be at most one spike in a step of 0.1 ms");
}

}  // namespace
}  // namespace bouton
