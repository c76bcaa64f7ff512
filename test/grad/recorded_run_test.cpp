// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include "random_networks.hpp"
#include "support/sanitized.hpp"

namespace bouton::test {
namespace {

struct Two {
    Network net;
    Population pre, post;

    explicit Two(const ProjectionOptions& options = {}, Settings settings = {.mode = Mode::training(3)})
        : net(settings),
          pre(net.add("pre", LIF{.tau_ref = 1}, 30, {.initial = {{"V", Uniform{.min_val = 0, .max_val = 20}}}})),
          post(net.add("post", LIF{}, 20, {.initial = {{"V", 5.0}}})) {
        net.connect("syn", pre, post, FixedProb{.prob = 0.4}, AMPA{}, options);
    }
};

RecordedRunOptions options() { return {.inputs = {{"pre.input", 25.0}}, .monitors = {"post.V", "pre.spike", "syn.g"}}; }

/// All derivatives, of a loss that weighs everything recorded.
NamedValues gradient(RecordedRun& run, const std::vector<std::string>& quantities) {
    NamedValues cotangents;
    for (const std::string& name : run.monitors()) cotangents[name] = random_values(run[name].shape, 5);
    return run.pullback(cotangents, quantities);
}

void expect_same_bits(const NamedValues& a, const NamedValues& b) {
    ASSERT_EQ(a.size(), b.size());
    for (const auto& [name, values] : a) EXPECT_EQ(values.values, b.at(name).values) << name;
}

const std::vector<std::string> everything{"syn.g_max", "syn.alpha", "pre.tau", "pre.input", "pre.V", "syn.output.E"};

TEST(RecordedRun, computes_what_a_runner_does) {
    Two recorded, plain;
    RecordedRun run(recorded.net, options());
    run.run(30);
    Runner runner(plain.net, {.inputs = {{"pre.input", 25.0}},
                              .monitors = {"post.V", "pre.spike", "syn.g"},
                              .data_first_axis = FirstAxis::time});
    runner.run(30);
    double spikes = 0;
    for (const std::string name : {"post.V", "pre.spike", "syn.g"}) {
        EXPECT_EQ(run[name].array().values, runner.recording()[name].values) << name;
        EXPECT_EQ(run[name].shape, runner.recording()[name].shape);
    }
    for (const double spike : run["pre.spike"].array().values) spikes += spike;
    EXPECT_GT(spikes, 10);
    EXPECT_EQ(recorded.post.variable("V").values(), plain.post.variable("V").values());
    EXPECT_EQ(run.clock().step, 300u);
}

TEST(RecordedRun, records_states_at_the_end) {
    Two of_end, of_all;
    RecordedRun end(of_end.net, {.inputs = {{"pre.input", 25.0}}, .at_end = {"post.V", "syn.g"}});
    RecordedRun all(of_all.net, options());
    end.run_steps(80);
    all.run_steps(80);
    NamedValues by_end, by_all;
    for (const std::string name : {"post.V", "syn.g"}) {
        const Array rows = all[name].array(), row = end[name].array();
        EXPECT_EQ(row.shape, (Shape{1, 3, rows.shape[2]}));
        EXPECT_TRUE(std::equal(row.values.begin(), row.values.end(), rows.values.end() - std::ssize(row.values)));
        by_end[name] = random_values(row.shape, 5);
        Array padded{rows.shape, std::vector<double>(rows.values.size())};
        std::ranges::copy(by_end[name].array().values, padded.values.end() - std::ssize(row.values));
        by_all[name] = padded;
    }
    expect_same_bits(end.pullback(by_end, everything), all.pullback(by_all, everything));
    const Values one = Array{Shape(), {1.0}};
    const auto change = [&](RecordedRun& run) {
        return run.pushforward({{"syn.alpha", one}}).at("post.V").array().values;
    };
    const std::vector<double> last = change(end), every = change(all);
    EXPECT_TRUE(std::equal(last.begin(), last.end(), every.end() - std::ssize(last)));
    EXPECT_TRUE(std::ranges::any_of(last, [](double x) { return x != 0; }));
}

TEST(RecordedRun, gives_the_same_bits_in_any_memory_and_by_any_number_of_threads) {
    for (const Precision precision : {Precision::float64, Precision::float32}) {
        if (is_sanitized && precision == Precision::float32) break;
        Two reference({.stp = STD{}}, {.precision = precision, .mode = Mode::training(60)});
        RecordedRun run(reference.net, options());
        run.run_steps(150);
        const NamedValues expected = gradient(run, everything);
        for (const auto& [memory, threads] : {std::pair{4u << 20, 1u}, {2u << 20, 2u}, {64u << 20, 7u}}) {
            if (is_sanitized && threads != 2) continue;
            Two other({.stp = STD{}}, {.precision = precision, .mode = Mode::training(60)});
            RecordedRunOptions given = options();
            given.memory = memory;
            given.threads = threads;
            RecordedRun again(other.net, given);
            again.run_steps(150);
            EXPECT_LE(again.memory(), memory);
            expect_same_bits(gradient(again, everything), expected);
            expect_same_bits(gradient(again, everything), expected);  // a second time
            EXPECT_EQ(other.post.variable("V").values(), reference.post.variable("V").values());
        }
    }
}

TEST(RecordedRun, needs_memory_that_grows_with_the_root_of_the_steps) {
    Network net({.mode = Mode::training(1)});
    net.add("cells", LIF{}, 20000);
    RecordedRun run(net, {.monitors = {{"cells.V", {0}}}});
    const auto memory = [&](std::uint64_t steps) {
        run.run_steps(steps);
        return static_cast<double>(run.memory());
    };
    EXPECT_LT(memory(4000), 2.2 * memory(1000));
}

TEST(RecordedRun, passes_no_gradient_through_spikes_where_that_is_said) {
    const auto by_input = [](const ProjectionOptions& given, bool brainpy_2_4) {
        Two two(given, {.mode = Mode::training(3), .brainpy_2_4 = brainpy_2_4});
        RecordedRun run(two.net, {.inputs = {{"pre.input", 25.0}}, .monitors = {"post.V"}});
        run.run_steps(100);
        double sum = 0;
        for (const double value : gradient(run, {"pre.input"}).at("pre.input").array().values) sum += std::abs(value);
        return sum;
    };
    EXPECT_GT(by_input({}, false), 0);
    EXPECT_EQ(by_input({.stop_spike_gradient = true}, false), 0);
    EXPECT_EQ(by_input({}, true), 0);
}

TEST(RecordedRun, records_what_the_quantities_need) {
    Two all, some;
    RecordedRun run(all.net, options());
    RecordedRunOptions given = options();
    given.quantities = {"syn.g_max"};
    RecordedRun less(some.net, given);
    run.run_steps(100);
    less.run_steps(100);
    EXPECT_LT(less.memory(), run.memory());
    EXPECT_EQ(gradient(less, {"syn.g_max"}).at("syn.g_max").values, gradient(run, everything).at("syn.g_max").values);
    EXPECT_THROW(gradient(less, {"syn.alpha"}), UsageError);
}

/// With brainpy_2_4 the source of a facilitation has the value of U, whose derivative takes it in.
TEST(RecordedRun, adds_up_a_parameter_for_each_that_asks_for_it) {
    Two two({.stp = STP{}}, {.mode = Mode::training(3), .brainpy_2_4 = true});
    RecordedRun run(two.net, {.inputs = {{"pre.input", 25.0}}, .monitors = {"post.V"}});
    run.run_steps(100);
    const std::vector<std::string> both{"syn.stp.source", "syn.stp.U"};
    for (const std::string& quantity : both) {
        const Values alone = gradient(run, {quantity}).at(quantity);
        EXPECT_NE(alone.values.get(0), 0);
        EXPECT_EQ(gradient(run, both).at(quantity).values, alone.values);
        EXPECT_EQ(gradient(run, {quantity, quantity}).at(quantity).values, alone.values);
    }
}

/// A monitor of all neurons has V before every step but the first, unless an input changes it in between.
TEST(RecordedRun, keeps_no_state_that_a_monitor_has) {
    std::vector<std::uint32_t> all(20);
    std::iota(all.begin(), all.end(), 0);
    for (const bool kicked : {false, true})
        for (const std::uint64_t memory : {1u << 30, 40'000u}) {
            const auto made = [&](Two& two, const Monitor& monitor) {
                RecordedRunOptions given{.inputs = {{"pre.input", 25.0}},
                                         .monitors = {monitor},
                                         .memory = memory,
                                         .quantities = {"syn.g_max", "post.V"}};
                if (kicked) given.inputs.push_back({"post.V", 0.1});
                return RecordedRun(two.net, given);
            };
            Two one, other;
            RecordedRun run = made(one, "post.V"), twice = made(other, {"post.V", "post.V", all});
            run.run_steps(200);
            twice.run_steps(200);
            expect_same_bits(gradient(run, {"syn.g_max", "post.V"}), gradient(twice, {"syn.g_max", "post.V"}));
            if (memory > 40'000u) {
                EXPECT_EQ(run.memory() < twice.memory(), !kicked);
            }
        }
}

TEST(RecordedRun, mistakes_get_an_error) {
    Network plain;
    EXPECT_THROW(RecordedRun(plain, {}), UsageError);
    Two two;
    EXPECT_THROW(RecordedRun(two.net, {.monitors = {Monitor::Spikes{"pre"}}}), UsageError);
    EXPECT_THROW(RecordedRun(two.net, {.monitors = {"post.V", "post.V"}}), NameError);
    RecordedRun run(two.net, options());
    EXPECT_THROW(run.pullback({}, {"syn.g_max"}), UsageError);
    run.run_steps(10);
    EXPECT_THROW(run["pre.V"], NameError);
    EXPECT_THROW(run.pullback({{"post.V", Array{{2}, {1, 2}}}}, {"syn.g_max"}), ShapeError);
    EXPECT_THROW(run.pullback({{"pre.V", Array{{2}, {1, 2}}}}, {"syn.g_max"}), NameError);
    for (const std::string quantity : {"syn.T_duration", "pre.tau_ref", "pre.refractory", "syn.spike_arrival_time"})
        EXPECT_THROW(run.pullback({}, {quantity}), UsageError) << quantity;
    for (const std::string quantity : {"syn.gamma", "post.k", "nobody.V", "syn"})
        EXPECT_THROW(run.pullback({}, {quantity}), NameError) << quantity;
    for (const std::string parameter : {"syn.g_max", "syn.beta", "syn.output.E", "pre.tau"}) {
        Two changed;
        RecordedRun before(changed.net, options());
        before.run_steps(1);
        EXPECT_NO_THROW(before.pullback({}, {"syn.g_max"}));
        changed.net.set_parameter(parameter, Array{{}, {changed.net.parameter(parameter).values[0] + 0.5}});
        EXPECT_THROW(before.pullback({}, {"syn.g_max"}), UsageError) << parameter;
        EXPECT_THROW(before.pushforward({}), UsageError) << parameter;
    }
    two.net.reset_state();
    EXPECT_THROW(run.pullback({}, {"syn.g_max"}), UsageError);
    RecordedRunOptions small = options();
    small.memory = 100;
    RecordedRun no_room(two.net, small);
    EXPECT_THROW(no_room.run_steps(1000), ParameterError);
}

TEST(RecordedRun, wants_a_crossing_for_a_surrogate_of_one) {
    Network net({.mode = Mode::training(1)});
    net.add("cells", LIF{}, 1, {.spike_fun = "relu_grad2"});
    EXPECT_THROW(RecordedRun(net, {}), UsageError);
}

TEST(Training, spikes_are_numbers) {
    Two two;
    EXPECT_FALSE(two.pre.variable("spike").is_boolean());
    two.pre.variable("spike").set(0.3);
    EXPECT_EQ(two.pre.variable("spike").at(0), 1);
    EXPECT_EQ(two.pre.spikes().size(), 90u);
    two.net.reset_state(5);
    EXPECT_EQ(two.pre.variable("spike").size(), 150u);
    EXPECT_TRUE(two.net.settings().mode.is_training());
}

}  // namespace
}  // namespace bouton::test
