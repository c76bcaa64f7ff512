// SPDX-License-Identifier: Apache-2.0
// A run that fails leaves network, clock and recording in step with each other.
#include <stdexcept>
#include <vector>

#include <bouton/bouton.hpp>

#include <gtest/gtest.h>

namespace bouton {
namespace {

TEST(FailedRun, for_want_of_rows_applies_no_input_of_that_step) {
    Network net;
    const Population cells = net.add("cells", LIF{}, 1);
    const Array rows{{2, 1}, {1, 2}};
    Runner runner(net, {.inputs = {{"cells.input", 5}, {"cells.input", PerStep{rows}}}, .monitors = {"cells.input"}});
    EXPECT_THROW(runner.run_steps(4), IndexError);
    EXPECT_EQ(runner.recording()["cells.input"].values, (std::vector<double>{6, 7}));
    EXPECT_EQ(cells.variable("input").at(0), 0);
    EXPECT_EQ(runner.clock().step, 2u);
}

TEST(FailedRun, by_a_monitor_has_done_the_step_that_the_clock_tells) {
    Network net;
    const Population cells = net.add("cells", LIF{}, 1);
    int calls = 0;
    const Monitor::Function fails_at_last = [&](const StepInfo&) -> std::vector<double> {
        if (++calls == 3) throw std::runtime_error("enough");
        return {0};
    };
    Runner runner(net, {.inputs = {{"cells.input", 5}}, .monitors = {Monitor("f", fails_at_last)}});
    EXPECT_THROW(runner.run_steps(5), std::runtime_error);
    EXPECT_EQ(runner.clock().step, 3u);
    EXPECT_EQ(cells.variable("input").at(0), 0);
    calls = 3;
    runner.run_steps(7);

    Network whole;
    const Population same = whole.add("cells", LIF{}, 1);
    Runner(whole, {.inputs = {{"cells.input", 5}}}).run_steps(10);
    EXPECT_EQ(cells.variable("V").at(0), same.variable("V").at(0));
}

TEST(Record, gives_the_trace_of_an_entry) {
    for (const FirstAxis axis : {FirstAxis::time, FirstAxis::batch}) {
        Network net({.mode = Mode::batching(2)});
        net.add("cells", LIF{}, 3);
        const std::vector<double> input{1, 2, 3, 4, 5, 6};
        Runner runner(net, {.inputs = {{"cells.input", input}}, .monitors = {"cells.input"}, .data_first_axis = axis});
        const Record& record = runner.run_steps(4)["cells.input"];
        EXPECT_EQ(record.series(2, 1), std::vector<double>(4, 6.0));
        EXPECT_EQ(record.series(1), std::vector<double>(4, 2.0));
        EXPECT_THROW(record.series(3), IndexError);
        EXPECT_THROW(record.series(0, 2), IndexError);
    }
}

}  // namespace
}  // namespace bouton
