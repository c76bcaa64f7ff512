// SPDX-License-Identifier: Apache-2.0
// When a spike acts: a spike of step n with a delay of d steps in step n + 1 + d.
#include <string>
#include <support/message_of.hpp>
#include <support/traces.hpp>
#include <vector>

#include <bouton/bouton.hpp>

#include <gtest/gtest.h>

#include "support/expect_sums.hpp"

namespace bouton {
namespace {

using test::first_rise;
using test::trace;

constexpr std::uint64_t spike_step = 5;
constexpr std::uint64_t steps = 30;

SpikeTimeGroup one_spike(std::size_t neurons = 1) {
    SpikeTimeGroup group;
    for (std::size_t i = 0; i < neurons; ++i) {
        group.times.push_back(spike_step * 0.1);
        group.indices.push_back(static_cast<std::uint32_t>(i));
    }
    return group;
}

/// The steps in which g of each neuron of `pre` rises first.
std::vector<std::size_t> arrivals(const Delay& delay, std::size_t num, const Synapse& synapse = AMPA{}) {
    Network net;
    const Population pre = net.add("pre", one_spike(num), num);
    net.connect("syn", pre, net.add("post", LIF{}, num), One2One{}, synapse, {.delay_step = delay});
    Runner runner(net, {.monitors = {"syn.g"}});
    const Recording& mon = runner.run_steps(steps);
    std::vector<std::size_t> first;
    for (std::size_t i = 0; i < num; ++i) first.push_back(first_rise(trace(mon, "syn.g", i)));
    return first;
}

using Steps = std::vector<std::size_t>;

TEST(Delay, of_one_projection) {
    EXPECT_EQ(arrivals({}, 1), Steps{6});
    EXPECT_EQ(arrivals(0, 1), Steps{6});
    EXPECT_EQ(arrivals(1, 1), Steps{7});
    EXPECT_EQ(arrivals(2, 1), Steps{8});
    EXPECT_EQ(arrivals(10, 1), Steps{16});
    EXPECT_EQ(arrivals(Array{{}, {10}}, 1), Steps{16});
    EXPECT_EQ(arrivals(2, 1, BioNMDA{}), Steps{9});
}

TEST(Delay, of_each_presynaptic_neuron) {
    EXPECT_EQ(arrivals({0, 1, 2, 10}, 4), (Steps{6, 7, 8, 16}));
    EXPECT_EQ(arrivals(std::vector{3}, 1), Steps{9});
    EXPECT_EQ(arrivals(Constant{.value = 4}, 2), (Steps{10, 10}));
    EXPECT_EQ(arrivals([](const Shape& shape, const Random&) { return Array{shape, {4, 0}}; }, 2), (Steps{10, 6}));
}

TEST(Delay, longer_than_the_run) {
    EXPECT_EQ(arrivals(23, 1), Steps{29});
    EXPECT_EQ(arrivals(24, 1), Steps{steps});
    EXPECT_EQ(arrivals(1'000'000, 1), Steps{steps});
    EXPECT_EQ(arrivals({1'000'000, 3}, 2), (Steps{steps, 9}));
}

TEST(Delay, of_several_projections_from_one_population) {
    Network net;
    const Population pre = net.add("pre", one_spike(), 1), post = net.add("post", LIF{}, 1);
    net.connect("two", pre, post, One2One{}, AMPA{}, {.delay_step = 2});
    net.connect("seven", pre, post, One2One{}, AMPA{}, {.delay_step = 7});
    net.connect("none", pre, post, One2One{}, AMPA{});
    Runner runner(net, {.monitors = {"two.g", "seven.g", "none.g"}});
    const Recording& mon = runner.run_steps(steps);
    EXPECT_EQ(first_rise(mon["two.g"].values), 8u);
    EXPECT_EQ(first_rise(mon["seven.g"].values), 13u);
    EXPECT_EQ(first_rise(mon["none.g"].values), 6u);
}

TEST(Delay, does_not_need_the_projection_that_made_the_line_longer) {
    Network net;
    const Population pre = net.add("pre", one_spike(), 1), post = net.add("post", LIF{}, 1);
    const Projection elsewhere("elsewhere", pre, post, One2One{}, AMPA{}, {.delay_step = 7});
    net.connect("syn", pre, post, One2One{}, AMPA{}, {.delay_step = 2});
    Runner runner(net, {.monitors = {"syn.g"}});
    EXPECT_EQ(first_rise(runner.run_steps(steps)["syn.g"].values), 8u);
}

TEST(Delay, a_longer_line_keeps_what_is_in_it) {
    Network net;
    const Population pre = net.add("pre", one_spike(), 1), post = net.add("post", LIF{}, 1);
    net.connect("short", pre, post, One2One{}, AMPA{}, {.delay_step = 4});
    Runner(net).run_steps(8);
    net.connect("long", pre, post, One2One{}, AMPA{}, {.delay_step = 15});
    Runner runner(net, {.monitors = {"short.g", "long.g"}});
    const Recording& mon = runner.run_steps(steps);
    EXPECT_EQ(8 + first_rise(mon["short.g"].values), 10u);
    EXPECT_EQ(8 + first_rise(mon["long.g"].values), 21u);
}

TEST(Delay, is_not_disturbed_by_the_end_of_a_run) {
    for (const Delay& delay : {Delay(10), Delay(std::vector{10}), Delay(Array{{1, 1}, {10}})}) {
        Network net;
        const Population pre = net.add("pre", one_spike(), 1);
        net.connect("syn", pre, net.add("post", LIF{}, 1), One2One{}, AMPA{}, {.delay_step = delay});
        Runner runner(net, {.monitors = {"syn.h"}});
        EXPECT_EQ(first_rise(runner.run_steps(8)["syn.h"].values), 8u);
        EXPECT_EQ(first_rise(runner.run_steps(20)["syn.h"].values), 8u);
    }
}

TEST(Delay, does_not_depend_on_the_order_of_the_parts) {
    const Population pre("pre", one_spike(), 1), post("post", LIF{}, 1);
    Projection syn("syn", pre, post, One2One{}, AMPA{}, {.delay_step = 2});
    Network net;
    net.add("post", post);
    net.add("syn", syn);
    net.add("pre", pre);
    Runner runner(net, {.monitors = {"syn.g"}});
    EXPECT_EQ(first_rise(runner.run_steps(steps)["syn.g"].values), 8u);
}

TEST(Delay, from_a_network_inside) {
    for (const Delay& delay : {Delay(), Delay(0), Delay(std::vector{0})}) {
        Network inner({}, "inner"), net;
        const Population pre = inner.add("pre", one_spike(), 1), post = net.add("post", LIF{}, 1);
        net.add("inner", inner);
        net.connect("syn", pre, post, One2One{}, AMPA{}, {.delay_step = delay});
        net.connect("later", pre, post, One2One{}, AMPA{}, {.delay_step = 3});
        Runner runner(net, {.monitors = {"syn.g", "later.g"}});
        const Recording& mon = runner.run_steps(steps);
        EXPECT_EQ(first_rise(mon["syn.g"].values), 6u);
        EXPECT_EQ(first_rise(mon["later.g"].values), 9u);
    }
}

TEST(Delay, into_a_network_inside) {
    for (const Delay& delay : {Delay(), Delay(0), Delay(std::vector{0}), Delay(Array{{1, 1}, {0}})}) {
        Network inner({}, "inner"), net;
        const Population pre = net.add("pre", one_spike(), 1), post = inner.add("post", LIF{}, 1);
        net.add("inner", inner);
        inner.connect("syn", pre, post, One2One{}, AMPA{}, {.delay_step = delay});
        Runner runner(net, {.monitors = {"syn.g"}});
        EXPECT_EQ(first_rise(runner.run_steps(steps)["syn.g"].values), 6u);
    }
}

TEST(Delay, within_a_network_inside) {
    Network inner({}, "inner"), net;
    const Population pre = inner.add("pre", one_spike(), 1), post = inner.add("post", LIF{}, 1);
    inner.connect("syn", pre, post, One2One{}, AMPA{}, {.delay_step = 2});
    net.add("inner", inner);
    Runner runner(net, {.monitors = {"inner.syn.g"}});
    EXPECT_EQ(first_rise(runner.run_steps(steps)["inner.syn.g"].values), 8u);
}

TEST(Delay, a_spike_that_is_written_counts_as_one_of_the_last_step) {
    for (const Delay& delay : {Delay(), Delay(0), Delay(3), Delay(std::vector{3})}) {
        Network net;
        const Population pre = net.add("pre", SpikeTimeGroup{}, 1);
        net.connect("syn", pre, net.add("post", LIF{}, 1), One2One{}, AMPA{}, {.delay_step = delay});
        Runner runner(net, {.monitors = {"syn.g"}});
        runner.run_steps(4);
        pre.variable("spike").set(1);
        const std::size_t d = net.projection("syn").delays().max();
        EXPECT_EQ(first_rise(runner.run_steps(20)["syn.g"].values), d);
    }
}

TEST(Delay, acts_in_parts_that_are_stepped_by_hand) {
    for (const Delay& delay : {Delay(2), Delay(std::vector{2})}) {
        Population pre("pre", one_spike(), 1), post("post", LIF{}, 1);
        Projection syn("syn", pre, post, One2One{}, AMPA{}, {.delay_step = delay});
        std::vector<double> g;
        for (Clock clock; clock.step < steps; ++clock.step) {
            syn.update(clock);
            pre.update(clock);
            post.update(clock);
            g.push_back(syn.variable("g").at(0));
        }
        EXPECT_EQ(first_rise(g), 8u);
    }
}

// ---- one a connection -----------------------------------------------------------------------------------------------

/// h of a projection with a delay for each connection is the sum of what the projection without delays gives, shifted.
TEST(Delay, of_each_connection_shifts_what_it_carries) {
    const std::vector<double> delay{0, 3, 1, 7, 2, 40, 5, 0, 4, 11, 6, 1}, weight{1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3};
    Network net;
    const Population pre = net.add("pre", SpikeTimeGroup{{0.3, 0.5, 0.5, 1.4}, {0, 1, 3, 0}}, 4);
    const Population post = net.add("post", LIF{}, 3);
    for (const auto& [name, connector] :
         {std::pair{"all", Connector(All2All{})}, std::pair{"list", Connector(MatConn{Array{{4, 3}, weight}})}})
        net.connect(name, pre, post, connector, BioNMDA{},
                    {.g_max = Array{{4, 3}, weight}, .delay_step = Array{{4, 3}, delay}, .stp = STD{}});
    net.connect("plain", pre, post, All2All{}, BioNMDA{}, {.stp = STD{}});
    Runner runner(net, {.monitors = {"all.h", "list.h", "all.g", "plain.g", "plain.stp.x"}});
    const Recording& mon = runner.run_steps(60);

    test::expect_same_sums(mon["all.g"].values, mon["plain.g"].values);
    for (std::size_t n = 0; n < 60; ++n)
        for (std::size_t j = 0; j < 3; ++j) {
            double h = 0;
            for (std::size_t i = 0; i < 4; ++i)
                if (const auto d = static_cast<std::size_t>(delay[i * 3 + j]); d <= n)
                    h += weight[i * 3 + j] * mon["plain.g"].values[(n - d) * 4 + i] *
                         mon["plain.stp.x"].values[(n - d) * 4 + i];
            EXPECT_NEAR(mon["all.h"].values[n * 3 + j], h, 1e-13);
            EXPECT_NEAR(mon["list.h"].values[n * 3 + j], h, 1e-13);
        }
}

TEST(Delay, of_each_connection_leaves_out_oneself_too) {
    Network net;
    const Population pre = net.add("pre", SpikeTimeGroup{{0.3, 0.5, 0.5, 1.4}, {0, 1, 3, 0}}, 4);
    const Population post = net.add("post", LIF{}, 3);
    const Array none{{4, 3}, std::vector<double>(12, 0)};
    for (const Weight& weight : {Weight(0.5), Weight(PerPre{{1, 2, 3, 4}})}) {
        const std::string name = std::holds_alternative<double>(weight.given()) ? "scalar" : "per_pre";
        net.connect(name, pre, post, All2All{false}, AMPA{}, {.g_max = weight});
        net.connect(name + "_delayed", pre, post, All2All{false}, AMPA{}, {.g_max = weight, .delay_step = none});
    }
    Runner(net).run_steps(30);
    for (const std::string name : {"scalar", "per_pre"})
        for (std::size_t j = 0; j < 3; ++j)
            EXPECT_NEAR(net.variable(name + "_delayed.h").at(j), net.variable(name + ".h").at(j), 1e-15) << name;
    EXPECT_NE(net.variable("scalar.h").at(0), net.variable("scalar.h").at(2));
}

TEST(Delay, of_each_connection_in_the_order_of_the_list) {
    Network net;
    const Population pre = net.add("pre", one_spike(2), 2), post = net.add("post", LIF{}, 2);
    net.connect("syn", pre, post, IJConn{{1, 0, 0}, {0, 1, 0}}, AMPA{}, {.delay_step = PerConnection{{9, 4, 2}}});
    Runner runner(net, {.monitors = {"syn.h"}});
    const Recording& mon = runner.run_steps(steps);
    EXPECT_EQ(first_rise(trace(mon, "syn.h", 0)), 8u);
    EXPECT_EQ(first_rise(trace(mon, "syn.h", 1)), 10u);
}

// ---- what is no delay -----------------------------------------------------------------------------------------------

TEST(Delay, that_is_no_number_of_steps_is_refused) {
    Network net;
    const Population pre = net.add("pre", one_spike(4), 4), post = net.add("post", LIF{}, 4);
    const auto message = [&](const Delay& delay) {
        return test::message_of<Error>(
            [&] { net.connect("syn", pre, post, All2All{}, AMPA{}, {.delay_step = delay}); });
    };
    EXPECT_EQ(message(1.5), "syn.delay_step = 1.5, but must be a whole number of steps (divide a time by dt)");
    EXPECT_EQ(message(-1), "syn.delay_step = -1, but must be at least 0 and below 2^32");
    EXPECT_EQ(message(std::nan("")), "syn.delay_step = nan, but must be a whole number of steps (divide a time by dt)");
    EXPECT_EQ(message({0, 1, 2, 0.5}),
              "syn.delay_step = 0.5, but must be a whole number of steps (divide a time by dt)");
    EXPECT_EQ(message({0, 1, 2}), "delays of syn have shape (3,), but must be a scalar or have shape (4,) or (4, 4)");
    EXPECT_EQ(message(PerConnection{{1}}).substr(0, 3), "syn");
    EXPECT_EQ(message(1e300).substr(0, 24), "syn.delay_step = 1e+300,");
    const std::string too_long =
        "syn.delay_step = 4294967295, but must be below 2^20 steps, for so long spikes are kept";
    EXPECT_EQ(message(4294967295), too_long);
    EXPECT_EQ(message({4294967295, 0, 0, 0}), too_long);
    EXPECT_EQ(message(Array{{4, 4}, std::vector<double>(16, 4294967295)}), too_long);
    EXPECT_EQ(net.names(), (std::vector<std::string>{"pre", "post"}));
}

TEST(Delay, of_a_population_without_spikes_is_refused) {
    const Population in("in", InputGroup{}, 1), post("post", LIF{}, 1);
    for (const Delay& delay : {Delay(0), Delay(2), Delay(std::vector{2}), Delay(Array{{1, 1}, {2}})})
        EXPECT_EQ(test::message_of<UsageError>(
                      [&] { Projection("syn", in, post, One2One{}, AMPA{}, {.delay_step = delay}); }),
                  "syn has a delay, but in has no spikes to be delayed");
    Projection syn("syn", in, post, One2One{}, AMPA{});
    EXPECT_EQ(test::message_of<UsageError>([&] { syn.update({}); }),
              "syn needs spikes of in, but that has none: give them to update");
}

}  // namespace
}  // namespace bouton
