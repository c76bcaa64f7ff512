// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <functional>
#include <numeric>
#include <string>
#include <support/message_of.hpp>
#include <support/traces.hpp>
#include <vector>

#include <bouton/bouton.hpp>

#include <gtest/gtest.h>

namespace bouton {
namespace {

using test::message_of;
using test::trace;

using Values = std::vector<double>;

/// The input of `cells`, three neurons, in each of four steps.
class Inputs : public testing::Test {
 protected:
    Values apply(std::vector<Input> inputs) {
        Runner runner(net_, {.inputs = std::move(inputs), .monitors = {"cells.input"}});
        return runner.run_steps(4)["cells.input"].values;
    }
    /// Its value in the first step.
    double first(std::vector<Input> inputs) { return apply(std::move(inputs))[0]; }

    Network net_;
    Population cells_ = net_.add("cells", LIF{}, 3);
};

const InputFunction rising = [](const StepInfo& step) { return Values{static_cast<double>(step.i)}; };

TEST_F(Inputs, are_there_in_each_step_and_gone_after_it) {
    EXPECT_EQ(apply({{"cells.input", 2.5}}), Values(12, 2.5));
    EXPECT_EQ(apply({{"cells.input", 2}}), Values(12, 2));
    EXPECT_EQ(apply({}), Values(12, 0));
    EXPECT_EQ(cells_.variable("input").values(), Values(3, 0));
}

using Extend = std::function<void(Network&, const Population&)>;

/// What may go to the input of cells besides: nothing, projections that all of it starts from, others.
const std::vector<Extend> givers{
    [](Network&, const Population&) {},
    [](Network& net, const Population& cells) {
        net.connect("ampa", cells, cells, All2All{}, AMPA{}, {.g_max = 0.3});
        net.connect("gabaa", cells, cells, All2All{}, GABAa{}, {.g_max = 0.2});
    },
    [](Network& net, const Population& cells) {
        net.connect("whole", cells, cells, One2One{}, AMPA{}, {.g_max = 0.3, .output = CUBA{}});
        net.connect("part", cells, cells.view({0, 2}), All2All{}, AMPA{}, {.g_max = 0.2, .output = CUBA{}});
    },
    [](Network& net, const Population& cells) {
        net.connect("reads_input", cells, cells, All2All{}, AMPA{},
                    {.g_max = 0.3, .output = Output(COBA{.E = 1}, "input", "input")});
    },
    [](Network& net, const Population& cells) {
        net.connect("to_V", cells, cells, All2All{}, AMPA{}, {.g_max = 0.3, .output = Output(CUBA{}, "V")});
        net.connect("to_input", cells, cells, All2All{}, AMPA{}, {.g_max = 0.3});
    },
    [](Network& net, const Population& cells) {
        Network other(net.settings(), "other");
        other.add("cells", cells);
        other.connect("ampa", cells, cells, All2All{}, AMPA{}, {.g_max = 0.3});
        net.add("other", other);
    },
};

// Where nobody sees an input between two steps it is not cleared after each, but started anew in the next.
TEST_F(Inputs, give_the_same_whether_somebody_sees_them_or_not) {
    const auto V_after = [](const Extend& extend, const std::vector<Input>& inputs, std::vector<Monitor> monitors) {
        Network net;
        const Population cells = net.add("cells", LIF{.V_th = 1}, 3);
        extend(net, cells);
        Runner runner(net, {.inputs = inputs, .monitors = std::move(monitors)});
        cells.variable("V").set({0.5, 1.5, 0.9});
        cells.variable("input").set({1, 2, 3});  // of the first step alone
        runner.run_steps(14);
        EXPECT_EQ(cells.variable("input").values(), Values(3, 0));
        runner.run_steps(4, {.look = [&](std::uint64_t) { EXPECT_EQ(cells.variable("input").values(), Values(3, 0)); },
                             .interval = 0});
        EXPECT_EQ(cells.variable("input").values(), Values(3, 0));
        return cells.variable("V").values();
    };
    Values ascending(18);
    std::iota(ascending.begin(), ascending.end(), 1);
    const Input constant{"cells.input", {1, 2, 3}}, number{"cells.input", 40},
        rows{"cells.input", PerStep{{18, ascending}}}, doubled{"cells.input", 2, Operation::multiply},
        poisson{"cells.input", PoissonInput{3, 1000, 0.5}};
    for (const Extend& extend : givers)
        for (const std::vector<Input>& inputs : std::vector<std::vector<Input>>{{},
                                                                                {constant},
                                                                                {number},
                                                                                {rows},
                                                                                {constant, number},
                                                                                {constant, rows},
                                                                                {constant, doubled},
                                                                                {doubled},
                                                                                {poisson},
                                                                                {constant, poisson}})
            EXPECT_EQ(V_after(extend, inputs, {}), V_after(extend, inputs, {"cells.input"}));
}

TEST_F(Inputs, give_the_same_in_batches_by_several_threads) {
    constexpr std::size_t rows = 2, num = 6001;
    const auto V_after = [](const Settings& settings, const Parameter& E, unsigned threads, bool is_seen) {
        Network net(settings);
        const Population cells = net.add("cells", LIF{.V_th = 1}, num, {.initial = {{"V", Uniform{-1, 2}}}});
        net.connect("ampa", cells, cells, FixedPreNum{.num = 5}, AMPA{}, {.g_max = 0.3, .output = COBA{.E = E}});
        Values constant(rows * num);
        for (std::size_t at = 0; at < constant.size(); ++at) constant[at] = static_cast<double>(at % 40);
        Runner runner(net, {.inputs = {{"cells.input", constant}},
                            .monitors = is_seen ? std::vector<Monitor>{"cells.input"} : std::vector<Monitor>{},
                            .threads = threads});
        runner.run_steps(12);
        return cells.variable("V").values();
    };
    Values own(num);
    for (std::size_t i = 0; i < num; ++i) own[i] = static_cast<double>(i % 7);
    for (const Precision precision : {Precision::float64, Precision::float32})
        for (const Parameter& E : {Parameter(3.), Parameter(own)}) {
            const Settings settings{.precision = precision, .mode = Mode::batching(rows)};
            const Values expected = V_after(settings, E, 1, true);
            for (const unsigned threads : {1u, 3u}) EXPECT_EQ(V_after(settings, E, threads, false), expected);
        }
}

TEST_F(Inputs, may_differ_between_neurons) {
    EXPECT_EQ(apply({{"cells.input", {1, 2, 3}}}), (Values{1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3}));
    EXPECT_EQ(apply({{"cells.input", {7}}}), Values(12, 7));
}

TEST_F(Inputs, may_differ_between_steps) {
    EXPECT_EQ(apply({{"cells.input", PerStep{{4, {1, 2, 3, 4}}}}}), (Values{1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4}));
    EXPECT_EQ(apply({{"cells.input", PerStep{{{4, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}}}}}),
              (Values{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}));
    EXPECT_EQ(apply({{"cells.input", rising}}), (Values{0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3}));
}

TEST_F(Inputs, a_function_is_told_the_start_of_the_step) {
    Values t, dt, i;
    const InputFunction watch = [&](const StepInfo& step) {
        t.push_back(step.t);
        dt.push_back(step.dt);
        i.push_back(static_cast<double>(step.i));
        return Values{0, 0, 0};
    };
    Runner runner(net_, {.inputs = {{"cells.input", watch}}, .dt = 0.25, .t0 = 10});
    runner.run_steps(2);
    runner.run_steps(1);
    EXPECT_EQ(t, (Values{10, 10.25, 10.5}));
    EXPECT_EQ(dt, (Values{0.25, 0.25, 0.25}));
    EXPECT_EQ(i, (Values{0, 1, 2}));
}

TEST_F(Inputs, change_a_variable_in_one_of_five_ways) {
    const auto change_V = [&](Operation operation) {
        net_.reset_state();
        cells_.variable("V").set(8);
        Runner runner(net_, {.inputs = {{"cells.V", 2, operation}}, .dt = 1e-12});
        runner.run_steps(1);
        return std::round(cells_.variable("V").at(2) * 1e6) / 1e6;
    };
    EXPECT_EQ(change_V(Operation::set), 2);
    EXPECT_EQ(change_V(Operation::add), 10);
    EXPECT_EQ(change_V(Operation::subtract), 6);
    EXPECT_EQ(change_V(Operation::multiply), 16);
    EXPECT_EQ(change_V(Operation::divide), 4);
}

TEST_F(Inputs, are_applied_in_the_order_of_their_operations) {
    EXPECT_EQ(first({{"cells.input", 2, Operation::multiply},
                     {"cells.input", 3, Operation::add},
                     {"cells.input", 10, Operation::set}}),
              26);
    EXPECT_EQ(first({{"cells.input", 4, Operation::divide},
                     {"cells.input", 2, Operation::multiply},
                     {"cells.input", 1, Operation::subtract},
                     {"cells.input", 3, Operation::add},
                     {"cells.input", 10, Operation::set}}),
              6);
}

TEST_F(Inputs, constants_come_first_then_rows_then_functions) {
    const std::vector<Input> in_order{{"cells.input", 10, Operation::add},
                                      {"cells.input", PerStep{{4, {2, 2, 2, 2}}}, Operation::multiply},
                                      {"cells.input", rising, Operation::set}};
    EXPECT_EQ(apply(in_order)[3], 1);
    EXPECT_EQ(
        first({{"cells.input", PerStep{{4, {2, 2, 2, 2}}}, Operation::multiply}, {"cells.input", 10, Operation::add}}),
        20);
    EXPECT_EQ(
        first({{"cells.input", PerStep{{4, {2, 2, 2, 2}}}, Operation::set}, {"cells.input", 10, Operation::multiply}}),
        2);
}

TEST_F(Inputs, numbers_and_arrays_are_constants_alike) {
    EXPECT_EQ(first({{"cells.input", 3, Operation::add}, {"cells.input", {10, 20, 30}, Operation::set}}), 13);
    EXPECT_EQ(first({{"cells.input", {3, 3, 3}, Operation::multiply}, {"cells.input", 10, Operation::add}}), 30);
}

TEST_F(Inputs, to_V_stay) {
    Runner runner(net_, {.inputs = {{"cells.V", PerStep{{2, {1, 0}}}}}, .monitors = {"cells.V"}});
    const Values V = trace(runner.run_steps(2), "cells.V");
    EXPECT_NEAR(V[0], std::exp(-0.01), 1e-15);
    EXPECT_NEAR(V[1], std::exp(-0.02), 1e-15);
}

TEST_F(Inputs, reach_a_variable_by_a_handle_and_a_part_of_it) {
    const Values expected{0, 5, 3, 0, 5, 3, 0, 5, 3, 0, 5, 3};
    EXPECT_EQ(apply({{cells_.variable("input").select(std::vector<std::uint32_t>{2, 1}), Values{3, 5}}}), expected);
    EXPECT_EQ(apply({{cells_.view({2, 1}).variable("input"), Values{3, 5}}}), expected);
    EXPECT_EQ(apply({{cells_.slice(1, {}).variable("input"), Values{5, 3}}}), expected);
}

TEST_F(Inputs, are_added_to_what_projections_give) {
    net_.connect("syn", net_.add("pre", SpikeTimeGroup{{0}, {0}}, 1), cells_, All2All{}, AMPA{}, {.output = CUBA{}});
    Runner runner(net_, {.inputs = {{"cells.input", 5}}, .monitors = {"cells.input", "syn.h"}});
    const Recording& mon = runner.run_steps(3);
    EXPECT_GT(trace(mon, "syn.h")[1], 0);
    EXPECT_EQ(trace(mon, "cells.input")[1], 5 + trace(mon, "syn.h")[1]);
}

TEST_F(Inputs, to_spike_make_neurons_fire) {
    const Projection syn = net_.connect("syn", cells_, cells_, One2One{}, AMPA{});
    Runner runner(net_, {.inputs = {{"cells.spike", PerStep{{{3, 3}, {0, 0, 0, 0, 1, 0, 0, 0, 0}}}, Operation::set}}});
    runner.run_steps(3);
    EXPECT_EQ(syn.variable("spike_arrival_time").values(), (Values{-1e7, 0.1, -1e7}));
}

TEST_F(Inputs, with_a_batch_are_one_for_all_rows_or_one_for_each_entry) {
    Network net({.mode = Mode::batching(2)});
    net.add("cells", LIF{}, 3);
    const auto apply_to = [&](Input input) {
        Runner runner(net, {.inputs = {std::move(input)}, .monitors = {"cells.input"}});
        return runner.run_steps(1)["cells.input"].values;
    };
    EXPECT_EQ(apply_to({"cells.input", {1, 2, 3}}), (Values{1, 2, 3, 1, 2, 3}));
    EXPECT_EQ(apply_to({"cells.input", {1, 2, 3, 4, 5, 6}}), (Values{1, 2, 3, 4, 5, 6}));
    EXPECT_EQ(apply_to({"cells.input", PerStep{{{1, 2, 3}, {1, 2, 3, 4, 5, 6}}}}), (Values{1, 2, 3, 4, 5, 6}));
    EXPECT_THROW(apply_to({"cells.input", {1, 2}}), ShapeError);
}

// ---- what is refused ------------------------------------------------------------------------------------------------

TEST_F(Inputs, that_do_not_fit_are_refused) {
    const auto message = [&](const Input& input) {
        return message_of<Error>([&] { Runner(net_, {.inputs = {input}}).run_steps(1); });
    };
    EXPECT_EQ(message({"cells.input", {1, 2}}),
              "the input of cells.input has 2 values in all, but must have 1 or the shape (3,)");
    EXPECT_EQ(message({"cells.input", {}}),
              "the input of cells.input has 0 values in all, but must have 1 or the shape (3,)");
    EXPECT_EQ(message({"cells.input", PerStep{{{4, 2}, Values(8)}}}),
              "the input of cells.input has 2 values in a row, but must have 1 or the shape (3,)");
    EXPECT_EQ(
        message({"cells.input", PerStep{{{4, 3}, Values(8)}}}),
        "the rows of the input of cells.input have shape (4, 3) and 8 values, but must have one or more rows and as "
        "many values as the shape says");
    EXPECT_THROW(Runner(net_, {.inputs = {{"cells.input", PerStep{}}}}), ShapeError);
    EXPECT_THROW(Runner(net_, {.inputs = {{"cells.input", PerStep{{{0, 3}, {}}}}}}), ShapeError);
    EXPECT_EQ(message({"cells.input", InputFunction()}),
              "the function of the input of cells.input is empty, but must be callable");
    EXPECT_EQ(message({"cells.input",
                       [](const StepInfo&) {
                           return Values{1, 2};
                       }}),
              "the input of cells.input has 2 values in this step, but must have 1 or the shape (3,)");
    EXPECT_EQ(message({"cells.W", 1}), "no variable of cells \"W\"; known are V, input, spike");
    EXPECT_EQ(message({"foo.V", 1}), "no variable of net \"foo.V\"; known are cells");
    EXPECT_EQ(message({"cells", 1}), "no variable of net \"cells\"; known are cells");
    EXPECT_EQ(message({"", 1}), "no variable of net \"\"; known are cells");
}

TEST_F(Inputs, of_a_population_with_two_axes_have_all_its_entries) {
    net_.add("sheet", LIF{}, {2, 3}, {.keep_size = true});
    EXPECT_THROW(Runner(net_, {.inputs = {{"sheet.input", {1, 2, 3}}}}), ShapeError);
    EXPECT_NO_THROW(Runner(net_, {.inputs = {{"sheet.input", {1, 2, 3, 4, 5, 6}}}}));
}

TEST_F(Inputs, that_run_out_of_rows_end_the_run_and_keep_what_was_recorded) {
    Runner runner(net_, {.inputs = {{"cells.input", PerStep{{3, {1, 2, 3}}}}}, .monitors = {"cells.input"}});
    EXPECT_EQ(message_of<IndexError>([&] { runner.run_steps(5); }),
              "index 3 of the rows of the input of cells.input, but must be below 3");
    EXPECT_EQ(trace(runner.recording(), "cells.input"), (Values{1, 2, 3}));
    EXPECT_EQ(runner.recording().ts().size(), 3u);
    EXPECT_EQ(runner.clock().step, 3u);
}

TEST(CompatibleInputs, repeat_their_last_row) {
    Network net({.brainpy_2_4 = true});
    net.add("cells", LIF{}, 1);
    Runner runner(net, {.inputs = {{"cells.input", PerStep{{3, {1, 2, 3}}}}}, .monitors = {"cells.input"}});
    EXPECT_EQ(runner.run_steps(5)["cells.input"].values, (std::vector<double>{1, 2, 3, 3, 3}));
    EXPECT_EQ(runner.run_steps(1)["cells.input"].values, std::vector<double>{3});
}

TEST_F(Inputs, rows_are_counted_across_runs) {
    Runner runner(net_, {.inputs = {{"cells.input", PerStep{{4, {1, 2, 3, 4}}}}}, .monitors = {"cells.input"}});
    runner.run_steps(3);
    EXPECT_EQ(trace(runner.run_steps(1), "cells.input"), Values{4});
    EXPECT_THROW(runner.run_steps(1), IndexError);
    runner.reset_state();
    EXPECT_EQ(trace(runner.run_steps(1), "cells.input"), Values{1});
}

}  // namespace
}  // namespace bouton
