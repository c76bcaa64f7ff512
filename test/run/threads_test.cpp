// SPDX-License-Identifier: Apache-2.0
// The same bits on any number of threads.
#include <cstdint>
#include <string>
#include <vector>

#include <bouton/bouton.hpp>

#include <gtest/gtest.h>

#include "support/sanitized.hpp"

namespace bouton {
namespace {

constexpr std::uint64_t steps = 150;

struct Result {
    std::vector<double> V, h;
    std::vector<std::uint32_t> spikes;
    bool operator==(const Result&) const = default;
};

/// A network in which everything that is shared out occurs: receptors of one mode and of many, plasticity, weights and
/// delays of every form, views, groups, noise.
Result run(const Settings& settings, unsigned threads) {
    Network net(settings);
    const std::size_t num = settings.mode.batched() ? 1000 : 3000;
    const Population cells =
        net.add("cells", LIF{.V_th = Uniform{.min_val = 4, .max_val = 20}, .tau_ref = 2}, num, {.noise = 1});
    const Population other = net.add("other", HH{}, num + 77);
    const Population driver = net.add("driver", PoissonGroup{.freqs = 40}, num);
    const View some = cells.slice(100, -50, 2);
    PerConnection delays;
    for (std::size_t k = 0; k < 5 * num; ++k) delays.values.push_back(static_cast<double>(k % 10));
    net.connect("ampa", driver, cells, FixedPostNum{.num = 20}, AMPA{}, {.g_max = Uniform{}, .output = CUBA{}});
    net.connect("gaba", cells, other, FixedProb{.prob = 0.01}, GABAa{}, {.g_max = 0.02, .delay_step = 3});
    net.connect("nmda", cells, other, FixedPostNum{.num = 10}, BioNMDA{}, {.g_max = 0.01, .stp = STP{}});
    net.connect("all", cells, cells, All2All{.include_self = false}, AMPA{}, {.g_max = 1e-5, .output = CUBA{}});
    net.connect("pairs", driver, cells, One2One{}, AMPA{}, {.g_max = 0.1, .output = CUBA{}, .stp = STD{}});
    net.connect("delayed", driver, other, FixedPostNum{.num = 5}, AMPA{}, {.g_max = 0.02, .delay_step = delays});
    net.connect("stepped", driver, other, FixedPostNum{.num = 5}, AMPA{}, {.g_max = 0.02, .method = "rk2"});
    net.connect("part", driver, some, FixedPostNum{.num = 5}, GABAa{}, {.g_max = 0.1, .output = CUBA{}});
    Runner runner(net, {.inputs = {{"cells.input", 12.}, {"other.input", 6.}},
                        .monitors = {Monitor::Spikes{"cells"}, {"other.V", {}, 50}, {"nmda.h", {}, 50}},
                        .threads = threads});
    const Recording& mon = runner.run_steps(steps);
    const std::vector<double>&V = mon["other.V"].values, &h = mon["nmda.h"].values;
    return {V, h, mon.events("cells").indices};
}

TEST(Threads, give_the_same_bits_however_many_there_are) {
    for (const Precision precision : {Precision::float64, Precision::float32})
        for (const Mode& mode : {Mode::nonbatching(), Mode::batching(3)})
            for (const bool brainpy_2_4 : {false, true}) {
                const Settings settings{.seed = 3, .precision = precision, .mode = mode, .brainpy_2_4 = brainpy_2_4};
                if (test::is_sanitized && brainpy_2_4 != mode.batched()) continue;  // one of the two
                const Result one = run(settings, 1);
                EXPECT_GT(one.spikes.size(), 100u);
                EXPECT_NE(one.h.back(), 0);
                for (const unsigned threads : {2u, 7u}) EXPECT_TRUE(run(settings, threads) == one) << threads;
            }
}

TEST(Threads, give_the_same_bits_where_a_run_is_split) {
    const auto end = [](const std::vector<std::uint64_t>& parts, unsigned threads) {
        Network net;
        const Population cells = net.add("cells", HH{}, 2500);
        net.connect("syn", cells, cells, FixedPostNum{.num = 10}, BioNMDA{}, {.g_max = 0.01});
        Runner runner(net, {.inputs = {{"cells.input", 5.}}, .threads = threads});
        for (const std::uint64_t part : parts) runner.run_steps(part);
        return cells.variable("V").values();
    };
    EXPECT_EQ(end({200}, 1), end({13, 1, 186}, 2));
}

/// Sums of so many neurons are added to by chunks, and what belongs to the next one is fetched meanwhile.
TEST(Threads, give_the_same_bits_where_no_cache_holds_the_sums) {
    const auto run = [](unsigned threads) {
        Network net;
        const Population pre = net.add("pre", SpikeTimeGroup{{0, 0.1, 0.1, 0.3}, {3, 0, 7, 3}}, 80),
                         post = net.add("post", LIF{}, 600'000);
        const Projection all = net.connect("all", pre, post, FixedPostNum{.num = 5'000}, AMPA{}, {.g_max = 0.3}),
                         own = net.connect("own", pre, post, FixedPostNum{.num = 5'000}, GABAa{}, {.g_max = Uniform{}});
        Runner runner(net, {.threads = threads});
        runner.run_steps(12);
        return std::pair(all.variable("h").values(), own.variable("h").values());
    };
    EXPECT_TRUE(run(1) == run(4));
}

}  // namespace
}  // namespace bouton
