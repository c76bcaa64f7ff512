// SPDX-License-Identifier: Apache-2.0
// After a reset everything is as it was at the start.
#include <algorithm>
#include <string>
#include <support/message_of.hpp>
#include <support/traces.hpp>
#include <utility>
#include <vector>

#include <bouton/bouton.hpp>

#include <gtest/gtest.h>

namespace bouton {
namespace {

using test::first_rise;
using test::message_of;

/// A network with everything in it that has a state.
Network everything(const Settings& settings) {
    Network net(settings), inner(settings, "inner");
    const Population times = net.add("times", SpikeTimeGroup{{0.2, 0.5, 3}, {0, 1, 0}}, 2);
    const Population poisson = net.add("poisson", PoissonGroup{.freqs = 2000}, 3);
    const Population cells =
        net.add("cells", LIF{.V_th = 2, .tau_ref = 0.5}, 3, {.initial = {{"V", Uniform{.max_val = 2}}}, .noise = 0.3});
    const Population hh = inner.add("hh", HH{}, 2, {.initial = {{"V", Normal{.mean = -65}}}});
    inner.connect("to_hh", times, hh, All2All{}, BioNMDA{}, {.delay_step = {1, 4}, .stp = STP{}});
    net.add("inner", inner);
    net.connect("to_cells", poisson, cells, FixedProb{.prob = 0.7}, AMPA{},
                {.g_max = Uniform{}, .delay_step = 3, .stp = STD{}});
    net.connect("each", cells, cells.view({2, 0}), All2All{}, GABAa{},
                {.delay_step = Array{{3, 2}, {0, 5, 2, 3, 1, 8}}, .output = Output(COBA{.E = -80}, std::nullopt)});
    return net;
}

const std::vector<std::string> variables{"times.spike",
                                         "poisson.spike",
                                         "cells.V",
                                         "cells.input",
                                         "cells.spike",
                                         "cells.refractory",
                                         "cells.t_last_spike",
                                         "inner.hh.V",
                                         "inner.hh.m",
                                         "inner.hh.h",
                                         "inner.hh.n",
                                         "inner.to_hh.g",
                                         "inner.to_hh.x",
                                         "inner.to_hh.stp.u",
                                         "inner.to_hh.stp.x",
                                         "inner.to_hh.spike_arrival_time",
                                         "inner.to_hh.h",
                                         "to_cells.g",
                                         "to_cells.stp.x",
                                         "to_cells.spike_arrival_time",
                                         "to_cells.h",
                                         "each.g",
                                         "each.h",
                                         "each.current"};

std::vector<std::vector<double>> state(const Network& net) {
    std::vector<std::vector<double>> values;
    for (const std::string& variable : variables) values.push_back(net.variable(variable).values());
    return values;
}

std::vector<std::vector<double>> run(const Network& net) {
    Runner runner(net, {.inputs = {{"cells.input", 10}, {"inner.hh.input", 6}},
                        .monitors = {variables.begin(), variables.end()}});
    const Recording& mon = runner.run_steps(100);
    std::vector<std::vector<double>> values;
    for (const std::string& variable : variables) values.push_back(mon[variable].values);
    return values;
}

class Reset : public testing::TestWithParam<Settings> {};

TEST_P(Reset, brings_back_every_variable_and_every_later_value) {
    Network net = everything(GetParam());
    const auto start = state(net), traces = run(net);
    EXPECT_NE(state(net), start);
    for (int k = 0; k < 2; ++k) {
        net.variable("cells.input").set(7);
        net.variable("poisson.spike").set(1);
        net.reset_state();
        EXPECT_EQ(state(net), start);
        EXPECT_EQ(run(net), traces);
    }
    EXPECT_EQ(run(everything(GetParam())), traces);
}

/// Steps first .. last - 1, by hand.
void step(Network& net, std::uint64_t first, std::uint64_t last) {
    for (Clock clock{.step = first}; clock.step < last; ++clock.step) {
        net.variable("cells.input").set(10);
        net.variable("inner.hh.input").set(6);
        net.update(clock);
        net.clear_input();
    }
}

void take_state(const Network& net, const Network& other) {
    for (std::size_t k = 0; k < net.populations().size(); ++k)
        Population(net.populations()[k]).take_state(other.populations()[k]);
    for (std::size_t k = 0; k < net.projections().size(); ++k)
        Projection(net.projections()[k]).take_state(other.projections()[k]);
    for (std::size_t k = 0; k < net.networks().size(); ++k) take_state(net.networks()[k], other.networks()[k]);
}

TEST_P(Reset, parts_made_alike_go_on_from_the_state_of_others) {
    Network net = everything(GetParam()), other = everything(GetParam());
    step(net, 0, 60);
    step(other, 0, 13);
    take_state(other, net);
    EXPECT_EQ(state(other), state(net));
    const auto before = state(net);
    for (const std::uint64_t first : {60u, 75u, 77u}) {
        step(net, first, first + 2);
        step(other, first, first + 2);
        EXPECT_EQ(state(other), state(net));
    }
    step(net, 79, 160);
    EXPECT_NE(state(net), before);
    step(other, 79, 160);
    EXPECT_EQ(state(other), state(net));
}

TEST(TakeState, from_what_is_not_made_alike_is_refused) {
    Population lif("lif", LIF{}, 2), izhikevich("izhikevich", Izhikevich{}, 2), three("three", LIF{}, 3);
    EXPECT_EQ(message_of<UsageError>([&] { lif.take_state(izhikevich); }),
              "lif cannot take the state of izhikevich, which is not made alike");
    EXPECT_EQ(message_of<UsageError>([&] { lif.take_state(three); }),
              "lif cannot take the state of three, which is not made alike");
    Projection one("one", lif, lif, One2One{}, AMPA{}), all("all", lif, lif, All2All{}, AMPA{});
    EXPECT_EQ(message_of<UsageError>([&] { one.take_state(all); }),
              "one cannot take the state of all, which is not made alike");
    Projection euler("euler", lif, lif, One2One{}, AMPA{}, {.method = "euler"});
    euler.update({});
    EXPECT_EQ(message_of<UsageError>([&] { one.take_state(euler); }),
              "one cannot take the state of euler, which is not made alike");
}

INSTANTIATE_TEST_SUITE_P(, Reset,
                         testing::Values(Settings{.seed = 3}, Settings{.seed = 3, .precision = Precision::float32},
                                         Settings{.seed = 3, .mode = Mode::batching(2)},
                                         Settings{.seed = 3, .brainpy_2_4 = true}));

TEST(ResetBatch, changes_the_batch_size_of_every_part) {
    Network net = everything({.mode = Mode::batching(2)});
    const auto two = run(net);
    const Variable V = net.variable("cells.V");
    EXPECT_EQ(V.shape(), (Shape{2, 3}));
    net.reset_state(3);
    EXPECT_EQ(V.shape(), (Shape{3, 3}));
    EXPECT_EQ(net.variable("inner.to_hh.g").shape(), (Shape{3, 2}));
    EXPECT_EQ(net.settings().mode.rows(), 3u);
    EXPECT_EQ(run(net), run(everything({.mode = Mode::batching(3)})));
    net.reset_state(2);
    EXPECT_EQ(run(net), two);
}

TEST(ResetBatch, of_no_rows_or_without_a_batch_is_refused_and_changes_nothing) {
    Network plain = everything({}), batched = everything({.mode = Mode::batching(2)});
    run(plain);
    run(batched);
    const auto before = state(plain), batched_before = state(batched);
    EXPECT_EQ(message_of<UsageError>([&] { plain.reset_state(2); }),
              "net has no batch, so it cannot be reset to a batch of 2");
    EXPECT_EQ(message_of<ParameterError>([&] { batched.reset_state(0); }),
              "Mode.batch_size = 0, but must be at least 1");
    EXPECT_EQ(state(plain), before);
    EXPECT_EQ(state(batched), batched_before);
}

TEST(ResetBatch, parts_of_different_batch_sizes_are_not_stepped) {
    const Settings settings{.mode = Mode::batching(2)};
    Population pre("pre", LIF{}, 1, {}, settings), post("post", LIF{}, 1, {}, settings);
    Projection syn("syn", pre, post, One2One{}, AMPA{});
    pre.reset_state(3);
    EXPECT_EQ(message_of<UsageError>([&] { syn.update({}); }),
              "syn has 2 rows, but pre has 3: they must be reset to the same batch size");
    syn.reset_state(3);
    post.reset_state(3);
    EXPECT_NO_THROW(syn.update({}));
}

TEST(ResetProjection, keeps_the_delay_line_which_belongs_to_the_population) {
    Network net;
    Population pre = net.add("pre", SpikeTimeGroup{{0.2}, {0}}, 1), post = net.add("post", LIF{}, 1);
    Projection syn = net.connect("syn", pre, post, One2One{}, AMPA{}, {.delay_step = 10});
    Runner runner(net, {.monitors = {"syn.g"}});
    runner.run_steps(5);
    syn.reset_state();
    EXPECT_EQ(5 + first_rise(runner.run_steps(20)["syn.g"].values), 13u);

    net.reset_state();
    runner.reset_state();
    runner.run_steps(5);
    net.reset_state();
    runner.reset_state();
    EXPECT_EQ(first_rise(runner.run_steps(20)["syn.g"].values), 13u);
}

// ---- a clock that is wound back without a reset ---------------------------------------------------------------------

/// g of the end of a run of 8 ms with a spike at 5 ms, and its largest value in a second run by a new runner.
std::pair<double, double> run_twice(const Synapse& synapse, bool brainpy_2_4) {
    Network net({.brainpy_2_4 = brainpy_2_4});
    const Population pre = net.add("pre", SpikeTimeGroup{{5}, {0}}, 1);
    net.connect("syn", pre, net.add("post", LIF{}, 1), One2One{}, synapse);
    const RunnerOptions options{.monitors = {"syn.g"}};
    const double end = Runner(net, options).run(8)["syn.g"].values.back();
    const std::vector<double> again = Runner(net, options).run(8)["syn.g"].values;
    return {end, *std::max_element(again.begin(), again.end())};
}

TEST(NewRunner, on_an_old_network_does_not_turn_the_transmitter_on) {
    for (const Synapse& synapse : {Synapse(AMPA{}), Synapse(GABAa{})}) {
        const auto [end, most] = run_twice(synapse, false);
        EXPECT_GT(end, 0.1);
        EXPECT_LT(most, end);
    }
}

TEST(NewRunner, turns_it_on_with_the_switch) {
    const auto expect = [](const Synapse& synapse, double end, double most) {
        const auto [got_end, got_most] = run_twice(synapse, true);
        EXPECT_NEAR(got_end, end, 5e-5);
        EXPECT_NEAR(got_most, most, 5e-5);
    };
    expect(AMPA{}, 0.1352, 0.7174);
    expect(GABAa{}, 0.2696, 0.7402);
    expect(BioNMDA{}, 0.6803, 0.9922);
}

}  // namespace
}  // namespace bouton
