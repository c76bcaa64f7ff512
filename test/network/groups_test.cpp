// SPDX-License-Identifier: Apache-2.0
// Populations without equations: spikes from a list or from chance, and places where values enter and leave.
#include <cmath>
#include <cstdint>
#include <limits>
#include <support/message_of.hpp>
#include <support/traces.hpp>
#include <vector>

#include <bouton/bouton.hpp>

#include <gtest/gtest.h>

namespace bouton {
namespace {

using test::message_of;

constexpr double infinity = std::numeric_limits<double>::infinity();

template <class Group>
Events events(const Group& group, const Shape& size, std::uint64_t steps, const Settings& settings = {},
              const RunnerOptions& options = {}) {
    Network net(settings);
    net.add("pre", group, size);
    Runner runner(net, {.monitors = {Monitor::Spikes{"pre"}}, .dt = options.dt, .t0 = options.t0});
    return runner.run_steps(steps).events("pre");
}

using Steps = std::vector<std::uint64_t>;
using Indices = std::vector<std::uint32_t>;

// ---- SpikeTimeGroup -------------------------------------------------------------------------------------------------

TEST(SpikeTimeGroup, emits_a_spike_in_the_first_step_that_starts_at_its_time_or_later) {
    const Events spikes = events(SpikeTimeGroup{{0.65, -3, 1.0, 0.3}, {0, 1, 2, 3}}, 4, 20);
    EXPECT_EQ(spikes.steps, (Steps{0, 3, 7, 10}));
    EXPECT_EQ(spikes.indices, (Indices{1, 3, 0, 2}));
}

TEST(SpikeTimeGroup, counts_two_spikes_of_a_neuron_in_a_step_once) {
    EXPECT_EQ(events(SpikeTimeGroup{{0.41, 0.42, 0.5, 0.42}, {1, 1, 1, 0}}, 2, 9).steps, (Steps{5, 5}));
}

TEST(SpikeTimeGroup, follows_the_clock) {
    EXPECT_EQ(events(SpikeTimeGroup{{0.5, 1.2}, {0, 0}}, 1, 10, {}, {.dt = 0.25}).steps, (Steps{2, 5}));
    EXPECT_EQ(events(SpikeTimeGroup{{0.5, 101}, {0, 0}}, 1, 20, {}, {.t0 = 100}).steps, (Steps{0, 10}));
}

TEST(SpikeTimeGroup, may_be_empty_and_may_outlast_the_run) {
    EXPECT_TRUE(events(SpikeTimeGroup{}, 3, 5).steps.empty());
    EXPECT_TRUE(events(SpikeTimeGroup{}, 0, 5).steps.empty());
    EXPECT_TRUE(events(SpikeTimeGroup{{1e300}, {0}}, 1, 5).steps.empty());
}

TEST(SpikeTimeGroup, with_a_batch_spikes_in_all_rows_or_in_one) {
    const Settings settings{.mode = Mode::batching(2)};
    const Events all = events(SpikeTimeGroup{{0.1}, {1}}, 2, 3, settings);
    EXPECT_EQ(all.rows, (Indices{0, 1}));
    EXPECT_EQ(all.indices, (Indices{1, 1}));
    EXPECT_EQ(events(SpikeTimeGroup{{0.1, 0.2}, {1, 0}, {1, 0}}, 2, 3, settings).rows, (Indices{1, 0}));
}

TEST(SpikeTimeGroup, starts_again_when_it_is_reset) {
    Network net;
    Population pre = net.add("pre", SpikeTimeGroup{{0.1}, {0}}, 1);
    const auto count = [&] {
        Runner runner(net, {.monitors = {Monitor::Spikes{"pre"}}});
        return runner.run_steps(5).events("pre").steps.size();
    };
    EXPECT_EQ(count(), 1u);
    EXPECT_EQ(count(), 0u);
    net.reset_state();
    EXPECT_EQ(count(), 1u);
    pre.reset_state();
    EXPECT_EQ(count(), 1u);
}

TEST(SpikeTimeGroup, refuses_lists_that_do_not_fit) {
    const auto message = [](const SpikeTimeGroup& group, const Settings& settings = {}) {
        return message_of<Error>([&] { Population("pre", group, 3, settings); });
    };
    EXPECT_EQ(message({{1, 2}, {0}}), "pre has 2 times and 1 indices, but must have as many of one as of the other");
    EXPECT_EQ(message({{1, 2}, {0, 1}, {0}}),
              "pre has 2 times and 1 rows, but must have as many of one as of the other");
    EXPECT_EQ(message({{1}, {3}}), "index 3 of pre.indices, but must be below 3");
    EXPECT_EQ(message({{1}, {0}, {1}}), "index 1 of pre.rows, but must be below 1");
    EXPECT_EQ(message({{1}, {0}, {0xffffffff}}, {.mode = Mode::batching(2)}),
              "index 4294967295 of pre.rows, but must be below 2");
    EXPECT_EQ(message({{infinity}, {0}}), "pre.times = inf, but must be finite");
    EXPECT_EQ(message({{std::nan("")}, {0}}), "pre.times = nan, but must be finite");
    EXPECT_EQ(message_of<IndexError>([] {
                  Population("pre", SpikeTimeGroup{{1}, {0}}, 0);
              }),
              "index 0 of pre.indices, which is empty");
}

// ---- PoissonGroup ---------------------------------------------------------------------------------------------------

TEST(PoissonGroup, has_its_rate) {
    // 100 000 draws with p = 0.01 and 0.02: five standard deviations are 158 and 222.
    const Events spikes = events(PoissonGroup{.freqs = 100}, 1000, 100);
    EXPECT_NEAR(static_cast<double>(spikes.steps.size()), 1000, 158);
    EXPECT_NEAR(static_cast<double>(events(PoissonGroup{.freqs = 100}, 1000, 100, {}, {.dt = 0.2}).steps.size()), 2000,
                222);
}

TEST(PoissonGroup, has_a_rate_for_each_neuron) {
    const Events spikes = events(PoissonGroup{.freqs = {0, 1000, 1e4, 1e9}}, 4, 2000);
    std::vector<int> counts(4, 0);
    for (const std::uint32_t i : spikes.indices) ++counts[i];
    EXPECT_EQ(counts[0], 0);
    EXPECT_NEAR(counts[1], 200, 5 * std::sqrt(2000 * 0.1 * 0.9));
    EXPECT_EQ(counts[2], 2000);
    EXPECT_EQ(counts[3], 2000);
}

TEST(PoissonGroup, is_without_memory_and_neurons_do_not_know_of_each_other) {
    Network net;
    net.add("pre", PoissonGroup{.freqs = 5000}, 2);
    Runner runner(net, {.monitors = {"pre.spike"}});
    const std::vector<double> spike = runner.run_steps(20000)["pre.spike"].values;
    double both = 0, again = 0;  // each with probability 1/4
    for (std::size_t k = 2; k < spike.size(); k += 2) {
        both += spike[k] * spike[k + 1];
        again += spike[k] * spike[k - 2];
    }
    EXPECT_NEAR(both / 20000, 0.25, 5 * std::sqrt(0.25 * 0.75 / 20000));
    EXPECT_NEAR(again / 20000, 0.25, 5 * std::sqrt(0.25 * 0.75 / 20000));
}

TEST(PoissonGroup, spikes_the_same_from_the_same_seed) {
    const auto spikes = [](const PoissonGroup& group, std::uint64_t seed) {
        const Events e = events(group, 50, 100, {.seed = seed});
        return std::pair(e.steps, e.indices);
    };
    const auto first = spikes({.freqs = 500}, 1);
    EXPECT_EQ(spikes({.freqs = 500}, 1), first);
    EXPECT_NE(spikes({.freqs = 500}, 2), first);
    EXPECT_EQ(spikes({.freqs = 500, .seed = 1}, 2), spikes({.freqs = 500, .seed = 1}, 3));
    EXPECT_NE(spikes({.freqs = 500, .seed = 3}, 1), spikes({.freqs = 500, .seed = 1}, 1));
}

TEST(PoissonGroup, rows_of_a_batch_and_groups_of_other_names_differ) {
    Network net({.mode = Mode::batching(2)});
    net.add("a", PoissonGroup{.freqs = 5000}, 200);
    net.add("b", PoissonGroup{.freqs = 5000}, 200);
    Runner runner(net, {.monitors = {"a.spike", "b.spike"}});
    const Recording& mon = runner.run_steps(1);
    const std::vector<double>& a = mon["a.spike"].values;
    EXPECT_NE(a, mon["b.spike"].values);
    EXPECT_NE(std::vector<double>(a.begin(), a.begin() + 200), std::vector<double>(a.begin() + 200, a.end()));
}

TEST(PoissonGroup, refuses_rates_that_are_none) {
    const auto message = [](const Parameter& freqs) {
        return message_of<Error>([&] { Population("pre", PoissonGroup{.freqs = freqs}, 3); });
    };
    EXPECT_EQ(message(-1), "pre.freqs = -1, but must be non-negative and finite");
    EXPECT_EQ(message({1, infinity, 1}), "pre.freqs = inf, but must be finite");
    EXPECT_EQ(message(std::nan("")), "pre.freqs = nan, but must be finite");
    EXPECT_EQ(message({1, 2}), "pre.freqs has shape (2,), but must be a scalar or have shape (3,)");
}

// ---- InputGroup, OutputGroup ----------------------------------------------------------------------------------------

TEST(InputGroup, passes_on_what_it_is_given) {
    Network net;
    net.add("in", InputGroup{}, 2);
    Runner runner(net, {.inputs = {{"in.input", PerStep{{{2, 2}, {1, 2, 3, 4}}}}}, .monitors = {"in.output"}});
    EXPECT_EQ(runner.run_steps(2)["in.output"].values, (std::vector<double>{1, 2, 3, 4}));
    net.reset_state();
    EXPECT_EQ(net.variable("in.output").values(), (std::vector<double>{0, 0}));
}

TEST(OutputGroup, passes_on_what_projections_add) {
    Network net;
    const Population pre = net.add("pre", SpikeTimeGroup{{0}, {0}}, 1), out = net.add("out", OutputGroup{}, 2);
    net.connect("syn", pre, out, All2All{}, AMPA{}, {.output = CUBA{}});
    Runner runner(net, {.monitors = {"syn.h", "out.output"}});
    const Recording& mon = runner.run_steps(4);
    EXPECT_EQ(mon["out.output"].values, mon["syn.h"].values);
    EXPECT_GT(mon["out.output"].values[7], 0);
}

TEST(InputGroup, as_pre_takes_spikes_from_the_caller) {
    Population in("in", InputGroup{}, 3), post("post", LIF{}, 3);
    Projection syn("syn", in, post, One2One{}, AMPA{});
    const std::vector<double> spikes{0, 0.3, -1};
    syn.update({.step = 7}, spikes);
    EXPECT_EQ(syn.variable("spike_arrival_time").values(), (std::vector<double>{-1e7, 7 * 0.1, 7 * 0.1}));
    EXPECT_EQ(message_of<ShapeError>([&] {
                  syn.update({}, std::vector<double>{1, 0});
              }),
              "syn was given 2 presynaptic spikes, but has 3 presynaptic neurons in 1 rows");
    EXPECT_TRUE(in.spikes().empty());
}

}  // namespace
}  // namespace bouton
