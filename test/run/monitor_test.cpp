// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <optional>
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

/// Four cells whose V is 10 k + i after step k; they never spike.
class Monitors : public testing::Test {
 protected:
    const Recording& record(std::vector<Monitor> monitors, std::uint64_t steps = 3) {
        const InputFunction V = [](const StepInfo& step) {
            const double k = static_cast<double>(step.i);
            return Values{10 * k, 10 * k + 1, 10 * k + 2, 10 * k + 3};
        };
        runner_.emplace(net_,
                        RunnerOptions{.inputs = {{"cells.input", V, Operation::set}}, .monitors = std::move(monitors)});
        return runner_->run_steps(steps);
    }

    Network net_;
    Population cells_ = net_.add("cells", InputGroup{}, 4);
    std::optional<Runner> runner_;
};

TEST_F(Monitors, by_path) {
    const Record& record = this->record({"cells.output"})["cells.output"];
    EXPECT_EQ(record.shape, (Shape{3, 4}));
    EXPECT_EQ(record.values, (Values{0, 1, 2, 3, 10, 11, 12, 13, 20, 21, 22, 23}));
    ASSERT_EQ(record.ts.size(), 3u);
    EXPECT_EQ(record.ts[0], 0.1);
    EXPECT_EQ(record.ts[2], 2 * 0.1 + 0.1);
}

TEST_F(Monitors, of_some_neurons_in_the_order_given) {
    const Recording& mon = record({{"cells.output", {3, 0}}});
    EXPECT_EQ(mon["cells.output"].shape, (Shape{3, 2}));
    EXPECT_EQ(mon["cells.output"].values, (Values{3, 0, 13, 10, 23, 20}));
}

TEST_F(Monitors, of_one_neuron_keep_its_axis) {
    EXPECT_EQ(record({{"cells.output", {0}}})["cells.output"].shape, (Shape{3, 1}));
}

TEST_F(Monitors, by_a_handle_under_another_name) {
    const Recording& mon =
        record({Monitor("all", cells_.variable("output")), Monitor("view", cells_.view({2, 1}).variable("output"), {1}),
                Monitor("alias", Target("cells.output"), {3})});
    EXPECT_EQ(mon.names(), (std::vector<std::string>{"alias", "all", "view"}));
    EXPECT_EQ(trace(mon, "all", 3), (Values{3, 13, 23}));
    EXPECT_EQ(mon["view"].values, (Values{1, 11, 21}));
    EXPECT_EQ(mon["alias"].values, (Values{3, 13, 23}));
}

TEST_F(Monitors, by_a_function_that_is_told_the_end_of_the_step) {
    Values t, i;
    const Recording& mon = record({Monitor("sum", [&](const StepInfo& step) {
        t.push_back(step.t);
        i.push_back(static_cast<double>(step.i));
        return Values{cells_.variable("output").at(1), cells_.variable("input").at(0)};
    })});
    EXPECT_EQ(mon["sum"].shape, (Shape{3, 2}));
    EXPECT_EQ(mon["sum"].values, (Values{1, 0, 11, 10, 21, 20}));
    EXPECT_EQ(t, mon.ts());
    EXPECT_EQ(i, (Values{0, 1, 2}));
}

TEST_F(Monitors, every_few_steps_of_a_run) {
    const Recording& mon =
        record({Monitor("cells.output", {0}, 3), Monitor(
                                                     "f", [](const StepInfo& s) { return Values{s.t}; }, 2)},
               8);
    EXPECT_EQ(mon["cells.output"].values, (Values{0, 30, 60}));
    EXPECT_EQ(mon["cells.output"].ts, (Values{0.1, 3 * 0.1 + 0.1, 6 * 0.1 + 0.1}));
    EXPECT_EQ(mon["f"].values, mon["f"].ts);
    EXPECT_EQ(mon["f"].ts.size(), 4u);
    EXPECT_EQ(mon.ts().size(), 8u);
}

TEST_F(Monitors, of_an_empty_run_are_empty) {
    const Recording& mon = record({"cells.output", Monitor("f", [](const StepInfo&) { return Values{1}; })}, 0);
    EXPECT_EQ(mon["cells.output"].shape, (Shape{0, 4}));
    EXPECT_TRUE(mon["f"].values.empty());
    EXPECT_TRUE(mon.ts().empty());
}

TEST_F(Monitors, of_names_at_any_depth) {
    Network inner({}, "inner"), deep({}, "deep");
    const Population grid = deep.add("grid", LIF{}, 2);
    deep.connect("syn", grid, grid, One2One{}, AMPA{}, {.stp = STP{}});
    inner.add("below", deep);
    net_.add("half", inner);
    grid.variable("V").set({1, 2});
    const std::vector<std::string> paths{"half.below.grid.V", "deep.grid.V", "grid.V", "half.below.syn.pre.V",
                                         "syn.post.V"};
    std::vector<Monitor> monitors{"half.below.syn.stp.u", "syn.g"};
    for (const std::string& path : paths) monitors.emplace_back(path);
    const Recording& mon = record(monitors);
    for (const std::string& path : paths) EXPECT_EQ(mon[path].values, mon["grid.V"].values) << path;
    EXPECT_GT(mon["grid.V"].values[1], mon["grid.V"].values[0]);
    EXPECT_THROW(record({"below.grid.V"}), NameError);  // what "half" calls it, not its own name
}

// ---- spikes ---------------------------------------------------------------------------------------------------------

TEST(MonitorSpikes, as_events) {
    Network net;
    net.add("pre", SpikeTimeGroup{{0.1, 0.4, 0.4}, {2, 1, 0}}, 3);
    Runner runner(net, {.monitors = {Monitor::Spikes{"pre"}, "pre.spike"}});
    const Recording& mon = runner.run_steps(6);
    const Events& events = mon.events("pre");
    EXPECT_EQ(events.steps, (std::vector<std::uint64_t>{1, 4, 4}));
    EXPECT_EQ(events.times, (Values{1 * 0.1 + 0.1, 4 * 0.1 + 0.1, 4 * 0.1 + 0.1}));
    EXPECT_EQ(events.indices, (std::vector<std::uint32_t>{2, 0, 1}));
    EXPECT_TRUE(events.rows.empty());
    EXPECT_EQ(mon["pre.spike"].values, (Values{0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0}));
    EXPECT_EQ(message_of<NameError>([&] { (void)mon["pre"]; }), "no record \"pre\"; known are pre.spike");
    EXPECT_EQ(message_of<NameError>([&] { (void)mon.events("pre.spike"); }),
              "no record of events \"pre.spike\"; known are pre");
}

TEST(MonitorSpikes, with_a_batch_tell_the_row) {
    Network net({.mode = Mode::batching(2)});
    net.add("pre", SpikeTimeGroup{{0.1, 0.1, 0.2}, {2, 1, 0}, {1, 0, 1}}, 3);
    Runner runner(net, {.monitors = {Monitor::Spikes{"pre"}}});
    const Events& events = runner.run_steps(4).events("pre");
    EXPECT_EQ(events.steps, (std::vector<std::uint64_t>{1, 1, 2}));
    EXPECT_EQ(events.rows, (std::vector<std::uint32_t>{0, 1, 1}));
    EXPECT_EQ(events.indices, (std::vector<std::uint32_t>{1, 2, 0}));
}

TEST(MonitorSpikes, count_steps_across_runs) {
    Network net;
    net.add("pre", SpikeTimeGroup{{0.1, 0.4}, {0, 0}}, 1);
    Runner runner(net, {.monitors = {Monitor::Spikes{"pre"}}});
    EXPECT_EQ(runner.run_steps(3).events("pre").steps, std::vector<std::uint64_t>{1});
    EXPECT_EQ(runner.run_steps(3).events("pre").steps, std::vector<std::uint64_t>{4});
}

// ---- axes -----------------------------------------------------------------------------------------------------------

TEST(MonitorAxes, with_a_batch_start_with_it_by_default) {
    Network net({.mode = Mode::batching(2)});
    net.add("cells", LIF{}, {2, 2}, {.keep_size = true});
    const auto record = [&](FirstAxis first) {
        net.reset_state();
        Runner runner(net, {.inputs = {{"cells.input", Values{1, 2, 3, 4, 5, 6, 7, 8}}},
                            .monitors = {"cells.input", {"cells.V", {3}}},
                            .data_first_axis = first});
        return runner.run_steps(3);
    };
    const Recording batch = record(FirstAxis::by_mode), time = record(FirstAxis::time);
    EXPECT_EQ(batch["cells.input"].shape, (Shape{2, 3, 2, 2}));
    EXPECT_EQ(batch["cells.V"].shape, (Shape{2, 3, 1}));
    EXPECT_EQ(time["cells.input"].shape, (Shape{3, 2, 2, 2}));
    EXPECT_EQ(time["cells.V"].shape, (Shape{3, 2, 1}));
    EXPECT_EQ(record(FirstAxis::batch)["cells.V"].values, batch["cells.V"].values);
    EXPECT_EQ(batch["cells.input"].values,
              (Values{1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4, 5, 6, 7, 8, 5, 6, 7, 8, 5, 6, 7, 8}));
    for (std::size_t k = 0; k < 3; ++k)
        for (std::size_t row = 0; row < 2; ++row)
            EXPECT_EQ(batch["cells.V"].values[row * 3 + k], time["cells.V"].values[k * 2 + row]);
}

TEST(MonitorAxes, without_a_batch_start_with_time) {
    for (const FirstAxis first : {FirstAxis::by_mode, FirstAxis::time, FirstAxis::batch}) {
        Network net;
        net.add("cells", LIF{}, {2, 4}, {.keep_size = true});
        net.add("none", LIF{}, {0, 4}, {.keep_size = true});
        Runner runner(net, {.monitors = {"cells.V", "none.V"}, .data_first_axis = first});
        const Recording& mon = runner.run_steps(3);
        EXPECT_EQ(mon["cells.V"].shape, (Shape{3, 2, 4}));
        EXPECT_EQ(mon["none.V"].shape, (Shape{3, 0, 4}));
    }
}

// ---- what is refused ------------------------------------------------------------------------------------------------

TEST_F(Monitors, that_cannot_be_are_refused) {
    const auto message = [&](std::vector<Monitor> monitors) {
        return message_of<Error>([&] { record(std::move(monitors)); });
    };
    EXPECT_EQ(message({"cells.W"}), "no variable of cells \"W\"; known are input, output");
    EXPECT_EQ(message({"foo.V"}), "no variable of net \"foo.V\"; known are cells");
    EXPECT_EQ(message({""}), "no variable of net \"\"; known are cells");
    EXPECT_EQ(message({"cells.output", {"cells.output", {1}}}),
              "two monitors are named \"cells.output\", but every name must be used once");
    EXPECT_EQ(message({{"cells.output", {4}}}), "index 4 of cells.output, but must be below 4");
    EXPECT_EQ(message({{"cells.output", {}, 0}}), "monitor cells.output.every = 0, but must be at least 1");
    EXPECT_EQ(message({Monitor("f", Monitor::Function())}), "the function of monitor f is empty, but must be callable");
    EXPECT_EQ(message({Monitor::Spikes{"foo"}}), "no population of net \"foo\"; known are cells");
    EXPECT_EQ(message({Monitor::Spikes{"cells"}}), "the spikes of cells cannot be recorded: it has none");
    EXPECT_EQ(message({Monitor("f", [](const StepInfo& s) { return Values(s.i + 1, 0.0); })}),
              "the function of monitor f gave 2 values, but gave 1 before");
}

}  // namespace
}  // namespace bouton
