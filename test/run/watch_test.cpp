// SPDX-License-Identifier: Apache-2.0
// Runs that somebody looks in on and ends, and what is recorded then.
#include <algorithm>
#include <stdexcept>

#include <bouton/bouton.hpp>

#include <gtest/gtest.h>

namespace bouton {
namespace {

struct Enough : std::runtime_error {
    Enough() : std::runtime_error("enough") {}
};

Network two_cells(Settings settings = {}) {
    Network net(settings);
    const Population pre = net.add("pre", LIF{}, 3), post = net.add("post", LIF{}, 2);
    net.connect("syn", pre, post, All2All{}, AMPA{});
    return net;
}

RunnerOptions driven() {
    return {.inputs = {{"pre.input", 30}}, .monitors = {"post.V", Monitor("pre.V", {1}, 3), Monitor::Spikes{"pre"}}};
}

TEST(Watch, is_told_how_many_steps_are_done) {
    Network net = two_cells();
    Runner runner(net, driven());
    std::vector<std::uint64_t> seen;
    runner.run_steps(50, {.look = [&](std::uint64_t done) { seen.push_back(done); }, .interval = 0});
    ASSERT_FALSE(seen.empty());
    EXPECT_TRUE(std::ranges::is_sorted(seen));
    EXPECT_EQ(seen.front(), 1u);
    EXPECT_LE(seen.back(), 50u);
}

TEST(Watch, does_not_look_before_its_time) {
    Network net = two_cells();
    Runner runner(net, driven());
    runner.run_steps(50, {.look = [](std::uint64_t) { FAIL(); }, .interval = 1e6});
}

TEST(Watch, ends_a_run_that_can_go_on) {
    const auto record = [](bool interrupted) {
        Network net = two_cells();
        Runner runner(net, driven());
        std::vector<double> V;
        std::uint64_t left = 700;
        const auto keep = [&] {
            const Recording& mon = runner.recording();
            EXPECT_EQ(mon["post.V"].values.size(), 2 * mon.ts().size());
            EXPECT_EQ(mon["pre.V"].ts.size(), (mon.ts().size() + 2) / 3);
            V.insert(V.end(), mon["post.V"].values.begin(), mon["post.V"].values.end());
            left -= mon.ts().size();
        };
        while (interrupted && left > 500) {
            const auto stop = [](std::uint64_t done) {
                if (done >= 40) throw Enough();
            };
            EXPECT_THROW(runner.run_steps(left, {.look = stop, .interval = 0}), Enough);
            keep();
        }
        runner.run_steps(left);
        keep();
        EXPECT_EQ(runner.clock().step, 700u);
        return V;
    };
    EXPECT_EQ(record(true), record(false));
}

TEST(Recording, of_a_run_that_a_monitor_ends_holds_whole_steps) {
    Network net = two_cells({.mode = Mode::batching(2)});
    RunnerOptions options = driven();
    options.monitors.emplace_back("f", [](const StepInfo& step) {
        if (step.i == 299) throw Enough();
        return std::vector{step.t};
    });
    Runner runner(net, options);
    EXPECT_THROW(runner.run_steps(1000), Enough);
    const Recording& mon = runner.recording();
    EXPECT_EQ(mon.ts().size(), 299u);
    EXPECT_EQ(mon["f"].values.size(), 299u);
    EXPECT_EQ(mon["post.V"].shape, (Shape{2, 299, 2}));
    EXPECT_EQ(mon["pre.V"].shape, (Shape{2, 100, 1}));
    ASSERT_FALSE(mon.events("pre").steps.empty());
    EXPECT_LT(mon.events("pre").steps.back(), 299u);
    EXPECT_EQ(mon.events("pre").rows.size(), mon.events("pre").steps.size());
}

TEST(Recording, of_a_batch_that_changes_its_size_ends_the_run) {
    for (const std::size_t rows : {1u, 5u}) {
        Network net = two_cells({.mode = Mode::batching(3)});
        RunnerOptions options = driven();
        options.before_step = [net, rows](const StepInfo& step) mutable {
            if (step.i == 10) net.reset_state(rows);
        };
        Runner runner(net, options);
        EXPECT_THROW(runner.run_steps(20), UsageError);
        EXPECT_EQ(runner.recording()["post.V"].shape, (Shape{3, 10, 2}));
        EXPECT_EQ(runner.run_steps(2)["post.V"].shape, (Shape{rows, 2, 2}));
    }
}

TEST(Recording, can_be_taken) {
    Network net = two_cells();
    Runner runner(net, driven());
    runner.run_steps(300);
    Recording taken = runner.take_recording();
    EXPECT_TRUE(runner.recording().names().empty());
    EXPECT_TRUE(runner.recording().ts().empty());
    EXPECT_TRUE(taken.is_events("pre"));
    EXPECT_FALSE(taken.is_events("pre.V"));
    EXPECT_EQ(std::move(taken["post.V"]).values.size(), 600u);
    EXPECT_FALSE(taken.events("pre").times.empty());
}

TEST(Recording, may_keep_the_type_of_a_variable) {
    for (const Precision precision : {Precision::float64, Precision::float32})
        for (const Mode mode : {Mode::nonbatching(), Mode::batching(2)}) {
            Network net = two_cells({.precision = precision, .mode = mode});
            RunnerOptions options = driven();
            options.monitors = {"post.V", "pre.spike", Monitor("some", "pre.spike", {2, 0})};
            for (std::size_t k = 0; k < 3; ++k) {
                options.monitors.push_back(options.monitors[k]);
                options.monitors.back().name += ".stored";
                options.monitors.back().as_stored = true;
            }
            Runner runner(net, options);
            const Recording& mon = runner.run_steps(400);
            const auto expect_same = [&]<class Kept>(const std::string& name, const std::vector<Kept>& kept) {
                const Record &plain = mon[name], &stored = mon[name + ".stored"];
                EXPECT_EQ(std::vector<double>(kept.begin(), kept.end()), plain.values);
                EXPECT_EQ(stored.shape, plain.shape);
                EXPECT_EQ(stored.series(1), plain.series(1));
            };
            for (const char* name : {"pre.spike", "some"}) {
                const Record& record = mon[std::string(name) + ".stored"];
                expect_same(name, std::get<std::vector<std::uint8_t>>(record.stored));
                EXPECT_TRUE(record.values.empty());
                EXPECT_GT(std::ranges::count(mon[name].values, 1), 0);
            }
            if (precision == Precision::float32)
                expect_same("post.V", std::get<std::vector<float>>(mon["post.V.stored"].stored));
            else
                expect_same("post.V", mon["post.V.stored"].values);
        }
}

}  // namespace
}  // namespace bouton
