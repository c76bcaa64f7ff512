// SPDX-License-Identifier: Apache-2.0
// Parts, their names, and who is stepped when.
#include <string>
#include <support/message_of.hpp>
#include <support/traces.hpp>
#include <vector>

#include <bouton/bouton.hpp>

#include <gtest/gtest.h>

namespace bouton {
namespace {

using test::first_rise;
using test::message_of;

using Names = std::vector<std::string>;

TEST(Network, knows_its_parts_in_the_order_in_which_they_were_added) {
    Network net({}, "cortex"), inner({}, "column");
    EXPECT_EQ(net.name(), "cortex");
    EXPECT_TRUE(net.names().empty());
    const Population exc = net.add("exc", LIF{}, 3);
    const Projection syn = net.connect("syn", exc, exc, All2All{}, AMPA{});
    const Population inh = net.add("inh", LIF{}, 2);
    net.add("left", inner);
    EXPECT_EQ(net.names(), (Names{"exc", "syn", "inh", "left"}));
    EXPECT_EQ(net.populations(), (std::vector<Population>{exc, inh}));
    EXPECT_EQ(net.projections(), std::vector<Projection>{syn});
    EXPECT_EQ(net.networks(), std::vector<Network>{inner});
    EXPECT_EQ(net.population("inh"), inh);
    EXPECT_EQ(net.projection("syn"), syn);
    EXPECT_EQ(net.network("left"), inner);
    EXPECT_EQ(net.network("column"), inner);
}

TEST(Network, is_a_handle) {
    Network net;
    Network same = net;
    const Population cells = same.add("cells", LIF{}, 1);
    EXPECT_EQ(net.population("cells"), cells);
    EXPECT_EQ(net, same);
    EXPECT_FALSE(net == Network());
}

TEST(Network, finds_parts_by_path_and_by_their_own_name_at_any_depth) {
    Network net, middle({}, "middle"), inner({}, "inner");
    const Population cells = inner.add("cells", LIF{}, 2);
    const Projection syn = inner.connect("syn", cells, cells, One2One{}, AMPA{});
    middle.add("below", inner);
    net.add("half", middle);
    for (const char* path : {"half.below.cells", "middle.below.cells", "inner.cells", "cells"})
        EXPECT_EQ(net.population(path), cells) << path;
    EXPECT_EQ(net.projection("half.below.syn"), syn);
    EXPECT_EQ(net.network("half.below"), inner);
    cells.variable("V").set({1, 2});
    for (const char* path : {"half.below.cells.V", "cells.V", "syn.pre.V", "inner.syn.post.V"})
        EXPECT_EQ(net.variable(path).values(), (std::vector<double>{1, 2})) << path;
    EXPECT_EQ(net.variable("syn.g").name(), "syn.g");
}

TEST(Network, prefers_the_name_that_it_gave_itself) {
    Network net, inner({}, "inner");
    inner.add("cells", LIF{}, 2);
    net.add("inner", inner);
    const Population alias("other", LIF{}, 3);
    net.add("cells", alias);
    EXPECT_EQ(net.population("cells"), alias);
    EXPECT_EQ(net.population("other"), alias);
    EXPECT_EQ(net.population("inner.cells").num(), 2u);
}

TEST(Network, lists_what_it_knows_where_a_name_is_unknown) {
    Network net;
    const Population cells = net.add("cells", LIF{}, 2);
    net.connect("syn", cells, cells, One2One{}, AMPA{}, {.stp = STP{}});
    const auto variable = [&](const char* path) { return message_of<NameError>([&] { (void)net.variable(path); }); };
    EXPECT_EQ(variable("foo.V"), "no variable of net \"foo.V\"; known are cells, syn");
    EXPECT_EQ(variable("cells"), "no variable of net \"cells\"; known are cells, syn");
    EXPECT_EQ(variable("cells.W"), "no variable of cells \"W\"; known are V, input, spike");
    EXPECT_EQ(variable("cells.V.x"), "no variable of cells \"V.x\"; known are V, input, spike");
    EXPECT_EQ(variable("syn.x"), "no variable of syn \"x\"; known are g, spike_arrival_time, stp.u, stp.x, h, current");
    EXPECT_EQ(variable("syn.pre.W"), "no variable of cells \"W\"; known are V, input, spike");
    for (const char* path : {"", ".", "..", ".V", "cells.", "syn.pre", "syn.pre."})
        EXPECT_THROW((void)net.variable(path), NameError) << path;
    EXPECT_EQ(message_of<NameError>([&] { (void)net.population("syn"); }),
              "no population of net \"syn\"; known are cells");
    EXPECT_EQ(message_of<NameError>([&] { (void)net.projection("cells"); }),
              "no projection of net \"cells\"; known are syn");
    EXPECT_EQ(message_of<NameError>([&] { (void)net.network("cells.V"); }),
              "no network of net \"cells.V\"; there are none");
}

TEST(Network, lists_variables) {
    const Population plain("plain", LIF{}, 1), held("held", LIF{.tau_ref = 1}, 1), in("in", InputGroup{}, 1);
    EXPECT_EQ(plain.variables(), (Names{"V", "input", "spike"}));
    EXPECT_EQ(held.variables(), (Names{"V", "input", "spike", "refractory", "t_last_spike"}));
    EXPECT_EQ(Population("leaky", LeakyIntegrator{}, 1).variables(), (Names{"V", "input"}));
    EXPECT_EQ(in.variables(), (Names{"input", "output"}));
    const Projection syn("syn", plain, plain, One2One{}, BioNMDA{}, {.stp = STD{}});
    EXPECT_EQ(syn.variables(), (Names{"g", "x", "spike_arrival_time", "stp.x", "h", "current"}));
    for (const std::string& name : syn.variables()) EXPECT_EQ(syn.variable(name).size(), 1u);
    for (const std::string& name : held.variables()) EXPECT_EQ(held.variable(name).size(), 1u);
}

// ---- a step ---------------------------------------------------------------------------------------------------------

TEST(NetworkStep, is_one_step_of_each_part_however_often_it_was_added) {
    Network net;
    Population pre = net.add("pre", SpikeTimeGroup{{0}, {0}}, 1), post = net.add("post", LeakyIntegrator{}, 1);
    const Projection syn = net.connect("syn", pre, post, One2One{}, AMPA{}, {.output = CUBA{}});
    net.add("again", syn);
    net.add("once_more", post);
    Runner runner(net, {.monitors = {"post.input", "syn.h"}});
    const Recording& mon = runner.run_steps(2);
    EXPECT_GT(mon["syn.h"].values[1], 0);
    EXPECT_EQ(mon["post.input"].values[1], mon["syn.h"].values[1]);
}

TEST(NetworkStep, does_not_reach_parts_that_were_not_added) {
    Network net;
    Population pre("pre", SpikeTimeGroup{{0}, {0}}, 1);
    const Population post = net.add("post", LIF{}, 1, {.initial = {{"V", 1}}});
    const Projection syn = net.connect("syn", pre, post, One2One{}, AMPA{});
    Runner(net).run_steps(5);
    EXPECT_LT(post.variable("V").at(0), 1);
    EXPECT_EQ(syn.variable("g").at(0), 0);
}

/// pre -> mid -> post, each neuron in `outer` or `inner`.
std::vector<double> chain(Network outer, Network inner) {
    const Population pre = outer.add("pre", SpikeTimeGroup{{0.3}, {0}}, 1);
    const Population mid = inner.add("mid", LIF{.V_th = 0.5}, 1);
    const Population post = outer.add("post", LIF{}, 1);
    outer.connect("pre_mid", pre, mid, One2One{}, AMPA{}, {.g_max = 40, .delay_step = 2, .output = CUBA{}});
    outer.connect("mid_post", mid, post, One2One{}, AMPA{}, {.output = CUBA{}});
    if (!(outer == inner)) outer.add("inner", inner);
    Runner runner(outer, {.monitors = {"mid.V", "post.V", "post.input"}});
    const Recording& mon = runner.run_steps(100);
    std::vector<double> all = mon["mid.V"].values;
    for (const char* name : {"post.V", "post.input"})
        all.insert(all.end(), mon[name].values.begin(), mon[name].values.end());
    EXPECT_GT(mon["post.V"].values.back(), 0);
    return all;
}

TEST(NetworkStep, is_the_same_with_a_population_in_a_network_inside) {
    const Network flat, outer, inner({}, "inner");
    EXPECT_EQ(chain(outer, inner), chain(flat, flat));
}

TEST(NetworkStep, clears_the_input_at_any_depth) {
    Network net, inner({}, "inner");
    const Population cells = inner.add("cells", LIF{}, 2);
    net.add("inner", inner);
    cells.variable("input").set(3);
    net.update({});
    EXPECT_EQ(cells.variable("input").at(0), 3);
    net.clear_input();
    EXPECT_EQ(cells.variable("input").at(0), 0);
}

// ---- what cannot be added -------------------------------------------------------------------------------------------

TEST(NetworkParts, have_names_of_their_own) {
    Network net, inner({}, "inner");
    const Population cells = net.add("cells", LIF{}, 1);
    const std::string taken = "net has a part named \"cells\" already, but every name must be used once";
    EXPECT_EQ(message_of<NameError>([&] { net.add("cells", HH{}, 2); }), taken);
    EXPECT_EQ(message_of<NameError>([&] { net.add("cells", cells); }), taken);
    EXPECT_EQ(message_of<NameError>([&] { net.add("cells", inner); }), taken);
    EXPECT_EQ(message_of<NameError>([&] { net.connect("cells", cells, cells, One2One{}, AMPA{}); }), taken);
    EXPECT_EQ(
        message_of<NameError>([&] { net.add("a b", inner); }),
        "the name of a part of a network is \"a b\", but must be letters, digits and underscores, not a digit first");
    EXPECT_EQ(net.names(), Names{"cells"});
    EXPECT_TRUE(net.networks().empty());
    Runner(net).run_steps(2);
}

TEST(NetworkParts, have_the_settings_of_the_network) {
    const std::vector<Settings> others{
        {.seed = 1}, {.precision = Precision::float32}, {.mode = Mode::batching(1)}, {.brainpy_2_4 = true}};
    for (const Settings& other : others) {
        Network net, inner(other, "inner");
        const Population cells = net.add("cells", LIF{}, 1), stranger("stranger", LIF{}, 1, {}, other);
        const Projection syn("syn", stranger, stranger, One2One{}, AMPA{});
        const std::string rule = "the settings (seed, precision, mode, brainpy_2_4) of ";
        EXPECT_EQ(message_of<UsageError>([&] { net.add("stranger", stranger); }),
                  rule + "stranger differ from those of net");
        EXPECT_EQ(message_of<UsageError>([&] { net.add("syn", syn); }), rule + "syn differ from those of net");
        EXPECT_EQ(message_of<UsageError>([&] { net.add("inner", inner); }), rule + "inner differ from those of net");
        EXPECT_EQ(message_of<UsageError>([&] { net.connect("syn", cells, stranger, One2One{}, AMPA{}); }),
                  "syn joins cells and stranger, but their settings (seed, precision, mode, brainpy_2_4) differ");
        EXPECT_EQ(net.names(), Names{"cells"});
    }
}

TEST(NetworkParts, are_not_the_network_itself) {
    Network net, middle({}, "middle"), inner({}, "inner");
    net.add("middle", middle);
    middle.add("inner", inner);
    EXPECT_EQ(message_of<UsageError>([&] { net.add("me", net); }), "net cannot hold net, which is or holds net");
    EXPECT_EQ(message_of<UsageError>([&] { inner.add("up", net); }), "inner cannot hold net, which is or holds inner");
    EXPECT_TRUE(inner.names().empty());
    net.update({});
}

TEST(NetworkParts, that_cannot_be_made_leave_no_trace) {
    Network net;
    const Population pre = net.add("pre", SpikeTimeGroup{{0.3}, {0}}, 1), post = net.add("post", LIF{}, 1);
    net.connect("syn", pre, post, One2One{}, AMPA{}, {.delay_step = 2});
    EXPECT_THROW(net.connect("bad", pre, post, One2One{}, AMPA{.beta = -1}, {.delay_step = 50}), ParameterError);
    EXPECT_THROW(net.connect("bad", pre, post, One2One{}, AMPA{}, {.output = Output(CUBA{}, "foo")}), NameError);
    EXPECT_THROW(net.add("bad", LIF{.tau = 0}, 1), ParameterError);
    EXPECT_EQ(net.names(), (Names{"pre", "post", "syn"}));
    net.connect("bad", pre, post, One2One{}, AMPA{});
    Runner runner(net, {.monitors = {"syn.g"}});
    EXPECT_EQ(first_rise(runner.run_steps(9)["syn.g"].values), 6u);
}

TEST(Network, says_what_it_is_made_of_and_how_it_is_computed) {
    Network net;
    const Population exc = net.add("exc", LIF{}, 800), inh = net.add("inh", LIF{}, 200);
    net.connect("ampa", exc, inh, FixedPostNum{.num = 20}, AMPA{}, {.delay_step = 3});
    net.connect("gaba", inh.slice(0, 100), exc, All2All{}, GABAa{}, {.method = "rk4"});
    Network inner({}, "inner");
    inner.add("other", HH{}, 7);
    net.add("inside", inner);
    net.update({});
    EXPECT_EQ(
        net.summary(),
        "net\n"
        "  exc: 800 neurons\n"
        "  inh: 200 neurons\n"
        "  ampa: exc -> inh, AMPA, 16000 connections in 102.4 KiB, event-driven, 1 mode\n"
        "  gaba: view of inh -> exc, GABAa, 80000 connections in 0.1 KiB, step by step, as its kinetics are stepped by "
        "rk4\n"
        "  inner\n"
        "    other: 7 neurons\n");
}

}  // namespace
}  // namespace bouton
