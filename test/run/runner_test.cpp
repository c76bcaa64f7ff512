// SPDX-License-Identifier: Apache-2.0
// Steps, time, continuing, and runs that fail.
#include <cmath>
#include <limits>
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
constexpr double infinity = std::numeric_limits<double>::infinity();

void expect_ts(const Recording& recording, const Values& expected) {
    ASSERT_EQ(recording.ts().size(), expected.size());
    for (std::size_t k = 0; k < expected.size(); ++k) EXPECT_NEAR(recording.ts()[k], expected[k], 1e-12);
}

// ---- bookkeeping ----------------------------------------------------------------------------------------------------

TEST(Runner, makes_the_steps_of_a_duration_and_continues_where_they_end) {
    Runner runner{Network()};
    expect_ts(runner.run(0.3), {0.1, 0.2, 0.3});
    expect_ts(runner.run(0.3), {0.4, 0.5, 0.6});
    expect_ts(runner.run(0.35), {0.7, 0.8, 0.9});
    expect_ts(runner.run(0.1), {1.0});
    EXPECT_EQ(runner.clock().step, 10u);
    EXPECT_EQ(runner.clock().now(), 10 * 0.1);
    EXPECT_EQ(runner.run(150).ts().size(), 1500u);
    EXPECT_EQ(runner.recording().ts().back(), 1509 * 0.1 + 0.1);
}

TEST(Runner, counts_as_brainpy_with_the_switch) {
    Runner runner{Network({.brainpy_2_4 = true})};
    expect_ts(runner.run(0.3), {0.1, 0.2});
    expect_ts(runner.run(0.3), {0.4, 0.5});
    EXPECT_EQ(runner.clock().step, 4u);
    runner.reset_state();
    expect_ts(runner.run(0.35), {0.1, 0.2, 0.3});
    EXPECT_EQ(runner.clock().now(), 0.35);
    runner.reset_state();
    EXPECT_EQ(runner.run(150).ts().size(), 1500u);
    EXPECT_EQ(runner.recording().ts().back(), 150.0);
}

TEST(Runner, starts_at_t0) {
    for (const bool brainpy_2_4 : {false, true}) {
        Runner runner(Network({.brainpy_2_4 = brainpy_2_4}), {.t0 = 5});
        expect_ts(runner.run_steps(4), {5.1, 5.2, 5.3, 5.4});
        EXPECT_EQ(runner.clock().step, 4u);
        runner.reset_state();
        expect_ts(runner.run_steps(1), {5.1});
    }
}

TEST(Runner, of_no_duration_does_nothing) {
    Runner runner{Network()};
    EXPECT_TRUE(runner.run(0).ts().empty());
    EXPECT_TRUE(runner.run(0.05).ts().empty());
    EXPECT_EQ(runner.clock().step, 0u);
}

TEST(Runner, replaces_the_recording_and_does_not_change_a_copy) {
    Network net;
    net.add("cells", LIF{}, 1);
    Runner runner(net, {.inputs = {{"cells.input", 1}}, .monitors = {"cells.V"}});
    EXPECT_TRUE(runner.recording().names().empty());
    const Recording first = runner.run_steps(2);
    const Recording& second = runner.run_steps(3);
    EXPECT_EQ(first["cells.V"].values.size(), 2u);
    EXPECT_EQ(second["cells.V"].values.size(), 3u);
    EXPECT_GT(second["cells.V"].values[0], first["cells.V"].values[1]);
    EXPECT_EQ(&second, &runner.recording());
}

TEST(Runner, calls_before_each_step_before_inputs_are_applied) {
    Network net;
    const Population cells = net.add("cells", InputGroup{}, 1);
    Values t;
    const auto before = [&](const StepInfo& step) {
        t.push_back(step.t);
        EXPECT_EQ(cells.variable("input").at(0), 0);
        cells.variable("input").set(static_cast<double>(step.i));
    };
    Runner runner(
        net,
        {.inputs = {{"cells.input", 10, Operation::multiply}}, .monitors = {"cells.output"}, .before_step = before});
    EXPECT_EQ(trace(runner.run_steps(3), "cells.output"), (Values{0, 10, 20}));
    EXPECT_EQ(t, (Values{0, 0.1, 0.2}));
}

TEST(Runner, follows_changes_of_the_network_between_runs) {
    Network net;
    const Population pre = net.add("pre", SpikeTimeGroup{{0}, {0}}, 1), post = net.add("post", LIF{}, 1);
    Runner runner(net, {.monitors = {"post.input"}});
    EXPECT_EQ(trace(runner.run_steps(1), "post.input")[0], 0);
    net.connect("syn", pre, post, One2One{}, AMPA{}, {.output = CUBA{}});
    EXPECT_GT(trace(runner.run_steps(1), "post.input")[0], 0);
}

TEST(Runner, moves) {
    Network net;
    net.add("cells", LIF{}, 1);
    Runner first(net, {.monitors = {"cells.V"}});
    first.run_steps(2);
    Runner second = std::move(first);
    EXPECT_EQ(second.clock().step, 2u);
    EXPECT_EQ(second.run_steps(1)["cells.V"].values.size(), 1u);
    EXPECT_EQ(second.network(), net);
}

// ---- what is refused ------------------------------------------------------------------------------------------------

TEST(Runner, refuses_a_time_that_is_none) {
    const Network net;
    EXPECT_EQ(message_of<ParameterError>([&] { Runner(net, {.dt = 0}); }),
              "clock.dt = 0, but must be positive and finite");
    for (const double dt : {-0.1, infinity, std::nan("")}) EXPECT_THROW(Runner(net, {.dt = dt}), ParameterError) << dt;
    EXPECT_EQ(message_of<ParameterError>([&] { Runner(net, {.t0 = infinity}); }),
              "runner.t0 = inf, but must be finite");
    EXPECT_THROW(Runner(net, {.t0 = std::nan("")}), ParameterError);
    Runner runner(net);
    EXPECT_EQ(message_of<ParameterError>([&] { runner.run(-1); }),
              "run.duration = -1, but must be non-negative and finite");
    for (const double duration : {-0.1, -infinity, infinity, 1e300, std::nan("")})
        EXPECT_THROW(runner.run(duration), ParameterError) << duration;
    EXPECT_EQ(runner.clock().step, 0u);
}

TEST(Runner, that_cannot_be_made_leaves_the_network_as_it_was) {
    Network net;
    const Population cells = net.add("cells", LIF{}, 2);
    cells.variable("V").set({1, 2});
    EXPECT_THROW(Runner(net, {.inputs = {{"cells.V", 7, Operation::set}}, .monitors = {"cells.foo"}}), NameError);
    EXPECT_THROW(Runner(net, {.inputs = {{"cells.V", 7, Operation::set}, {"foo.V", 1}}}), NameError);
    EXPECT_EQ(cells.variable("V").values(), (Values{1, 2}));
    EXPECT_EQ(net.names(), std::vector<std::string>{"cells"});
}

TEST(Runner, with_a_step_too_short_to_count_a_pulse_changes_nothing) {
    Network net;
    const Population cells = net.add("cells", InputGroup{}, 1);
    Population pre = net.add("pre", SpikeTimeGroup{{0}, {0}}, 1);
    const Projection syn = net.connect("syn", pre, cells, One2One{}, AMPA{}, {.output = CUBA{}, .stp = STD{}});
    Runner(net).run_steps(1);
    EXPECT_THROW(Runner(net, {.dt = 1e-17}).run_steps(1), ParameterError);
    EXPECT_EQ(syn.variable("stp.x").at(0), 1);
    Runner(net).run_steps(1);
    EXPECT_EQ(syn.variable("stp.x").at(0), 1 - 0.07);
}

// ---- states that are not finite -------------------------------------------------------------------------------------

TEST(NonFinite, ends_the_run_with_its_place_and_keeps_what_was_recorded) {
    Network net;
    net.add("cells", LIF{}, 3);
    const InputFunction input = [](const StepInfo& step) { return Values{1, step.i == 4 ? -infinity : 1, 1}; };
    Runner runner(net, {.inputs = {{"cells.input", input}}, .monitors = {"cells.V", Monitor::Spikes{"cells"}}});
    try {
        runner.run_steps(10);
        FAIL() << "the run went on";
    } catch (const NonFiniteError& error) {
        EXPECT_STREQ(error.what(), "cells.V[1] became -inf in step 4 (t = 0.4 ms)");
        EXPECT_EQ(error.variable, "cells.V");
        EXPECT_EQ(error.index, 1u);
        EXPECT_EQ(error.step, 4u);
    }
    const Recording& mon = runner.recording();
    EXPECT_EQ(mon.ts().size(), 4u);
    EXPECT_EQ(mon["cells.V"].shape, (Shape{4, 3}));
    EXPECT_TRUE(std::isfinite(mon["cells.V"].values.back()));
    EXPECT_GT(mon["cells.V"].values.back(), 0);
    EXPECT_TRUE(mon.events("cells").steps.empty());
}

TEST(NonFinite, in_a_batch_is_named_by_its_flat_index) {
    Network net({.mode = Mode::batching(2)});
    const Population cells = net.add("cells", AdExIF{}, 3, {.initial = {{"V", -65}}});
    cells.variable("w").select(std::vector<std::uint32_t>{2}).set({0, std::nan("")});
    const std::string message = message_of<NonFiniteError>([&] { Runner(net).run_steps(1); });
    EXPECT_EQ(message, "cells.V[5] became nan in step 0 (t = 0 ms)");
}

TEST(NonFinite, is_seen_in_synapses_and_their_plasticity) {
    const auto message = [](const char* variable) {
        Network net;
        const Population cells = net.add("cells", LIF{}, 2);
        net.connect("syn", cells, cells, One2One{}, BioNMDA{}, {.stp = STP{}});
        net.variable(variable).set({0, infinity});
        return message_of<NonFiniteError>([&] { Runner(net).run_steps(1); });
    };
    EXPECT_EQ(message("syn.g"), "syn.g[1] became inf in step 0 (t = 0 ms)");
    EXPECT_EQ(message("syn.x").substr(0, 15), "syn.g[1] became");
    EXPECT_EQ(message("syn.stp.u").substr(0, 19), "syn.stp.u[1] became");
    EXPECT_EQ(message("syn.stp.x").substr(0, 19), "syn.stp.x[1] became");
}

TEST(NonFinite, overflow_in_single_precision_is_seen_too) {
    Network net({.precision = Precision::float32});
    net.add("cells", LIF{}, 1);
    Runner runner(net, {.inputs = {{"cells.input", -1e39}}});
    EXPECT_EQ(message_of<NonFiniteError>([&] { runner.run_steps(1); }), "cells.V[0] became -inf in step 0 (t = 0 ms)");
}

TEST(NonFinite, a_network_that_is_reset_runs_again) {
    Network net;
    const Population cells = net.add("cells", LIF{}, 1);
    net.connect("syn", cells, cells, One2One{}, AMPA{});
    Runner runner(net, {.inputs = {{"cells.input", 30}}, .monitors = {"cells.V"}});
    const Values before = runner.run_steps(50)["cells.V"].values;
    cells.variable("V").set(std::nan(""));
    EXPECT_THROW(runner.run_steps(1), NonFiniteError);
    net.reset_state();
    runner.reset_state();
    EXPECT_EQ(runner.run_steps(50)["cells.V"].values, before);
}

}  // namespace
}  // namespace bouton
