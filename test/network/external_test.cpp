// SPDX-License-Identifier: Apache-2.0
// Populations whose values come from outside, and populations stepped by hand in two halves.
#include <algorithm>

#include <bouton/bouton.hpp>

#include <gtest/gtest.h>

namespace bouton {
namespace {

/// Step at which a trace leaves 0.
std::size_t first_rise(const std::vector<double>& trace) {
    return static_cast<std::size_t>(std::ranges::find_if(trace, [](double value) { return value != 0; }) -
                                    trace.begin());
}

TEST(ExternalGroup, has_the_variables_that_it_is_given) {
    Population cells("cells", ExternalGroup{}, {2, 3});
    EXPECT_EQ(cells.variables(), std::vector<std::string>{"spike"});
    cells.add_variable("V").set(-65);
    EXPECT_EQ(cells.variables(), (std::vector<std::string>{"V", "spike"}));
    EXPECT_EQ(cells.variable("V").values(), std::vector<double>(6, -65));
    EXPECT_EQ(cells.variable("V").shape(), Shape(6));
    EXPECT_TRUE(cells.has_spike());
    EXPECT_TRUE(cells.variable("spike").is_boolean());
    EXPECT_THROW(cells.add_variable("V"), NameError);
    EXPECT_THROW(cells.add_variable("spike"), NameError);
    EXPECT_THROW(cells.add_variable("1"), NameError);
    EXPECT_THROW(cells.variable("input"), NameError);
    EXPECT_THROW(Population("lif", LIF{}, 1).add_variable("more"), UsageError);
}

TEST(ExternalGroup, may_keep_its_size_and_precision) {
    Population cells("cells", ExternalGroup{.keep_size = true}, {2, 3},
                     {.precision = Precision::float32, .mode = Mode::batching(4)});
    EXPECT_EQ(cells.add_variable("V").shape(), (Shape{4, 2, 3}));
    EXPECT_EQ(cells.variable("spike").shape(), (Shape{4, 2, 3}));
    EXPECT_TRUE(cells.variable("V").is_single());
}

TEST(ExternalGroup, keeps_what_was_written_through_steps_and_clearing) {
    Population cells("cells", ExternalGroup{}, 2);
    cells.add_variable("input").set({1, 2});
    cells.variable("spike").set({0, 1});
    cells.update({});
    cells.clear_input();
    EXPECT_EQ(cells.variable("input").values(), (std::vector<double>{1, 2}));
    EXPECT_EQ(std::vector(cells.spikes().begin(), cells.spikes().end()), std::vector<std::uint32_t>{1});
    cells.reset_state();
    EXPECT_EQ(cells.variable("input").values(), (std::vector<double>{0, 0}));
    EXPECT_TRUE(cells.spikes().empty());
}

TEST(ExternalGroup, receives_currents_like_neurons) {
    const SpikeTimeGroup spikes{{0.2}, {0}};
    Population pre("pre", spikes, 1), lif("lif", LIF{}, 2), cells("cells", ExternalGroup{}, 2);
    Variable V = cells.add_variable("U"), input = cells.add_variable("current");
    lif.variable("V").set({-60, -50});
    V.set({-60, -50});
    Projection to_lif("to_lif", pre, lif, All2All{}, AMPA{});
    Projection to_cells("to_cells", pre, cells, All2All{}, AMPA{}, {.output = Output(COBA{}, "current", "U")});
    for (Clock clock; clock.step < 10; ++clock.step) {
        to_lif.update(clock);
        to_cells.update(clock);
        pre.update(clock);
    }
    EXPECT_NE(input.at(0), 0);
    EXPECT_EQ(input.values(), lif.variable("input").values());
    EXPECT_THROW(Projection("no", pre, cells, All2All{}, AMPA{}), NameError);
}

TEST(ExternalGroup, gives_the_spikes_that_are_written) {
    const Population post("post", LIF{}, 1);
    for (const Delay& delay : {Delay(), Delay(0), Delay(2), Delay(std::vector{2}), Delay(Array{{1, 1}, {2}})}) {
        Population pre("pre", ExternalGroup{}, 1);
        Projection syn("syn", pre, post, One2One{}, AMPA{}, {.delay_step = delay});
        std::vector<double> h;
        for (Clock clock; clock.step < 20; ++clock.step) {
            syn.update(clock);
            h.push_back(syn.variable("h").at(0));
            pre.variable("spike").set(clock.step == 5);
            pre.advance_delays();
        }
        EXPECT_EQ(first_rise(h), 6 + syn.delays().max());
    }
}

TEST(ExternalGroup, gets_another_number_of_rows_with_any_of_its_variables) {
    Population cells("cells", ExternalGroup{}, 2, {.mode = Mode::batching(3)});
    Variable V = cells.add_variable("V"), spike = cells.variable("spike");
    V.set(1);
    V.resize(3);
    EXPECT_EQ(V.values(), std::vector<double>(6, 1));
    spike.resize(5);
    EXPECT_EQ(V.values(), std::vector<double>(10, 0));
    EXPECT_EQ(cells.settings().mode.rows(), 5u);
    EXPECT_THROW(V.resize(0), ParameterError);

    Population lif("lif", LIF{}, 2, {}, {.mode = Mode::batching(3)});
    lif.variable("V").resize(3);
    EXPECT_THROW(lif.variable("V").resize(4), UsageError);
    Population single("single", ExternalGroup{}, 2);
    EXPECT_THROW(single.variable("spike").resize(2), UsageError);
}

// ---- steps in two halves --------------------------------------------------------------------------------------------

/// As the page on delays says of a container that updates its parts in the order pre, syn: without a delay the spike of
/// the very step arrives, and nothing that reads the line sees anything before it advances.
TEST(StepByHand, shows_its_spikes_to_projections_without_delay_at_once) {
    for (const auto& [delay, rise] : {std::pair{Delay(), 5u}, {Delay(0), 30u}, {Delay(2), 30u}}) {
        Population pre("pre", SpikeTimeGroup{{0.5}, {0}}, 1), post("post", LIF{}, 1);
        Projection syn("syn", pre, post, One2One{}, AMPA{}, {.delay_step = delay});
        std::vector<double> g;
        for (Clock clock; clock.step < 30; ++clock.step) {
            pre.step(clock);
            syn.update(clock);
            g.push_back(syn.variable("g").at(0));
        }
        EXPECT_EQ(first_rise(g), rise);
    }
}

TEST(StepByHand, in_the_other_order_is_a_step_later) {
    Population pre("pre", SpikeTimeGroup{{0.5}, {0}}, 1), post("post", LIF{}, 1);
    Projection syn("syn", pre, post, One2One{}, AMPA{});
    std::vector<double> g;
    for (Clock clock; clock.step < 30; ++clock.step) {
        syn.update(clock);
        pre.step(clock);
        g.push_back(syn.variable("g").at(0));
    }
    EXPECT_EQ(first_rise(g), 6u);
}

TEST(StepByHand, and_advance_are_an_update) {
    for (const Delay& delay : {Delay(), Delay(0), Delay(3), Delay(std::vector{3})}) {
        std::vector<std::vector<double>> traces;
        for (const bool in_halves : {false, true}) {
            Population pre("pre", SpikeTimeGroup{{0.5}, {0}}, 1), post("post", LIF{}, 1);
            Projection syn("syn", pre, post, One2One{}, AMPA{}, {.delay_step = delay});
            traces.emplace_back();
            for (Clock clock; clock.step < 30; ++clock.step) {
                syn.update(clock);
                in_halves ? pre.step(clock) : pre.update(clock);
                post.update(clock);
                if (in_halves) pre.advance_delays();
                traces.back().push_back(syn.variable("g").at(0));
            }
        }
        EXPECT_EQ(traces[0], traces[1]);
    }
}

TEST(StepByHand, a_reset_ends_what_was_ahead_of_the_line) {
    Population pre("pre", SpikeTimeGroup{{0}, {0}}, 1), post("post", LIF{}, 1);
    Projection syn("syn", pre, post, One2One{}, AMPA{});
    pre.step({});
    pre.reset_state();
    syn.update({});
    EXPECT_EQ(syn.variable("g").at(0), 0);
}

}  // namespace
}  // namespace bouton
