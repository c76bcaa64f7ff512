// SPDX-License-Identifier: Apache-2.0
// What holds for every network.
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <bouton/bouton.hpp>

#include <gtest/gtest.h>

#include "support/expect_sums.hpp"

namespace bouton {
namespace {

using Values = std::vector<double>;

// ---- splitting a run ------------------------------------------------------------------------------------------------

/// Runs the network that `build` makes, in pieces of so many steps; all records one after the other.
Values run(const std::function<Network()>& build, const std::vector<Monitor>& monitors,
           const std::vector<std::uint64_t>& pieces, const std::vector<Input>& inputs = {}) {
    const Network net = build();
    Runner runner(net, {.inputs = inputs, .monitors = monitors, .data_first_axis = FirstAxis::time});
    std::vector<Values> records(monitors.size());
    for (const std::uint64_t steps : pieces) {
        const Recording& mon = runner.run_steps(steps);
        for (std::size_t k = 0; k < monitors.size(); ++k) {
            const Values& values = mon[monitors[k].name].values;
            records[k].insert(records[k].end(), values.begin(), values.end());
        }
    }
    Values all;
    for (const Values& record : records) all.insert(all.end(), record.begin(), record.end());
    return all;
}

void expect_pieces_make_no_difference(const std::function<Network()>& build, const std::vector<Monitor>& monitors,
                                      const std::vector<Input>& inputs = {}) {
    const Values whole = run(build, monitors, {120}, inputs);
    EXPECT_EQ(run(build, monitors, {1, 0, 49, 70}, inputs), whole);
    EXPECT_EQ(run(build, monitors, {37, 83}, inputs), whole);
}

TEST(SplittingARun, changes_no_bit_of_any_neuron) {
    const std::vector<std::pair<Neuron, double>> models{{HH{}, 10},
                                                        {WangBuzsakiModel{}, 2},
                                                        {MorrisLecar{}, 100},
                                                        {LIF{.tau_ref = 1}, 25},
                                                        {ExpIF{.tau_ref = 1}, 5},
                                                        {AdExIF{}, 25},
                                                        {QuaIF{}, 20},
                                                        {AdQuaIF{}, 40},
                                                        {Izhikevich{}, 10},
                                                        {GIF{}, 1.5},
                                                        {HindmarshRose{}, 3},
                                                        {FHN{}, 0.8},
                                                        {LeakyIntegrator{}, 5}};
    for (const auto& [model, I] : models)
        for (const bool noisy : {false, true}) {
            const Neuron neuron = model;
            const NeuronOptions options{.noise = noisy ? std::optional<Parameter>(0.1) : std::nullopt};
            expect_pieces_make_no_difference(
                [&] {
                    Network net({.seed = 5});
                    net.add("cells", Population("cells", neuron, 2, options, net.settings()));
                    return net;
                },
                {"cells.V"}, {{"cells.input", I}});
        }
}

TEST(SplittingARun, changes_no_bit_of_chance_delays_and_plasticity) {
    for (const Settings& settings : {Settings{.seed = 2}, Settings{.seed = 2, .mode = Mode::batching(2)},
                                     Settings{.seed = 2, .precision = Precision::float32}})
        for (const Synapse& synapse : {Synapse(AMPA{}), Synapse(GABAa{}), Synapse(BioNMDA{})})
            expect_pieces_make_no_difference(
                [&] {
                    Network net(settings);
                    const Population pre = net.add("pre", PoissonGroup{.freqs = 1000}, 3);
                    const Population post = net.add("post", LIF{.V_th = 1}, 2, {.noise = 1.0});
                    net.connect("one", pre, post, All2All{}, synapse, {.delay_step = 7, .stp = STP{}});
                    net.connect("pre_wise", pre, post, All2All{}, synapse, {.delay_step = {0, 3, 45}, .stp = STD{}});
                    net.connect("pair_wise", pre, post, All2All{}, synapse,
                                {.delay_step = Array{{3, 2}, {0, 1, 2, 3, 40, 5}}});
                    return net;
                },
                {"pre.spike", "post.V", "post.input", "one.g", "one.stp.u", "pre_wise.g", "pair_wise.h"});
}

// ---- a batch --------------------------------------------------------------------------------------------------------

/// A network with a rhythm of its own; rows differ by what is put into V and into the input.
Network rhythm(const Settings& settings) {
    Network net(settings);
    const Population cells = net.add("cells", WangBuzsakiModel{}, 4);
    const Population drive = net.add("drive", SpikeTimeGroup{{1, 3, 3.3}, {0, 1, 2}}, 3);
    net.connect("drive_cells", drive, cells, FixedProb{.prob = 0.6}, AMPA{}, {.g_max = Uniform{}, .stp = STP{}});
    net.connect("inhibition", cells, cells, All2All{false}, GABAa{}, {.g_max = 0.1, .delay_step = {0, 3, 1, 5}});
    net.connect("pairs", cells, cells, One2One{}, BioNMDA{}, {.delay_step = PerConnection{{3, 0, 1, 2}}});
    return net;
}

TEST(Batch, of_some_rows_is_as_many_runs) {
    constexpr std::size_t rows = 3, steps = 300;
    const std::vector<Monitor> monitors{"cells.V", "inhibition.g", "drive_cells.h", "pairs.h"};
    const Values V{-65, -66, -60, -70, -64, -63, -62, -61, -55, -55, -55, -55}, I{1, 2, 3, 4, 2, 2, 2, 2, 0, 1, 0, 5};
    Network batch = rhythm({.seed = 1, .mode = Mode::batching(rows)});
    batch.variable("cells.V").set(V);
    Runner batch_runner(batch, {.inputs = {{"cells.input", I}}, .monitors = monitors});
    const Recording& all = batch_runner.run_steps(steps);
    for (std::ptrdiff_t row = 0; row < static_cast<std::ptrdiff_t>(rows); ++row) {
        Network net = rhythm({.seed = 1});
        net.variable("cells.V").set(Values(V.begin() + 4 * row, V.begin() + 4 * row + 4));
        const Values input(I.begin() + 4 * row, I.begin() + 4 * row + 4);
        Runner runner(net, {.inputs = {{"cells.input", input}}, .monitors = monitors});
        const Recording& one = runner.run_steps(steps);
        for (const Monitor& monitor : monitors) {
            const Values &of_all = all[monitor.name].values, &of_one = one[monitor.name].values;
            const auto begin = of_all.begin() + row * static_cast<std::ptrdiff_t>(of_one.size());
            EXPECT_EQ(Values(begin, begin + static_cast<std::ptrdiff_t>(of_one.size())), of_one) << monitor.name;
        }
    }
}

// ---- the names of neurons -------------------------------------------------------------------------------------------

TEST(PermutingNeurons, permutes_what_happens) {
    const std::vector<std::size_t> place{3, 0, 4, 1, 2};  // of neuron i in the other network
    const Values V{-65, -60, -70, -55, -64}, I{3, 1, 4, 2, 5};
    const Values weight{0, 1, 2, 3, 4, 5, 0, 6, 7, 8, 9, 8, 0, 7, 6, 5, 4, 3, 0, 2, 1, 2, 3, 4, 0},
        delay{0, 3, 1, 7, 2};
    const auto simulate = [&](const std::vector<std::size_t>& at) {
        Values V_at(5), I_at(5), weight_at(25), delay_at(5);
        for (std::size_t i = 0; i < 5; ++i) {
            V_at[at[i]] = V[i];
            I_at[at[i]] = I[i];
            delay_at[at[i]] = delay[i];
            for (std::size_t j = 0; j < 5; ++j) weight_at[at[i] * 5 + at[j]] = 0.02 * weight[i * 5 + j];
        }
        Network net;
        const Population cells = net.add("cells", WangBuzsakiModel{}, 5, {.initial = {{"V", V_at}}});
        net.connect("syn", cells, cells, MatConn{Array{{5, 5}, weight_at}}, GABAa{},
                    {.g_max = Array{{5, 5}, weight_at}, .delay_step = delay_at, .stp = STD{}});
        Runner runner(net, {.inputs = {{"cells.input", I_at}}, .monitors = {"cells.V"}});
        return runner.run_steps(200)["cells.V"].values;
    };
    const Values here = simulate({0, 1, 2, 3, 4}), there = simulate(place);
    for (std::size_t k = 0; k < 200; ++k)
        for (std::size_t i = 0; i < 5; ++i) ASSERT_NEAR(there[k * 5 + place[i]], here[k * 5 + i], 1e-8);
}

// ---- delays ---------------------------------------------------------------------------------------------------------

TEST(Delay, shifts_everything_that_a_projection_does) {
    for (const Synapse& synapse : {Synapse(AMPA{}), Synapse(GABAa{}), Synapse(BioNMDA{})}) {
        Network net({.seed = 4});
        const Population pre = net.add("pre", PoissonGroup{.freqs = 800}, 3), post = net.add("post", OutputGroup{}, 2);
        const std::vector<std::pair<std::string, Delay>> delays{
            {"now", {}}, {"one", 9}, {"pre_wise", {9, 9, 9}}, {"pair_wise", PerConnection{Values(6, 9)}}};
        std::vector<Monitor> monitors;
        for (const auto& delay : delays) {
            net.connect(delay.first, pre, post, All2All{}, synapse, {.delay_step = delay.second, .output = Output()});
            monitors.emplace_back(delay.first + ".h");
        }
        Runner runner(net, {.monitors = monitors});
        const Recording& mon = runner.run_steps(150);
        const Values& now = mon["now.h"].values;
        EXPECT_GT(now.back(), 0);
        Values shifted(18, 0);
        shifted.insert(shifted.end(), now.begin(), now.end() - 18);
        for (std::size_t m = 1; m < monitors.size(); ++m) test::expect_same_sums(mon[monitors[m].name].values, shifted);
    }
}

// ---- seeds ----------------------------------------------------------------------------------------------------------

TEST(Seed, decides_what_is_drawn_and_nothing_else_does) {
    const auto draw = [](std::uint64_t seed, bool with_another) {
        Network net({.seed = seed});
        if (with_another) net.add("other", PoissonGroup{.freqs = 10}, 7);
        const Population cells = net.add("cells", LIF{}, 5, {.initial = {{"V", Uniform{}}}, .noise = 1.0});
        net.connect("syn", cells, cells, FixedProb{.prob = 0.5}, AMPA{}, {.g_max = Normal{}});
        Runner runner(net, {.monitors = {"cells.V"}});
        return std::pair(runner.run_steps(20)["cells.V"].values, net.projection("syn").weights().values);
    };
    EXPECT_EQ(draw(1, false), draw(1, false));
    EXPECT_EQ(draw(1, false), draw(1, true));
    EXPECT_NE(draw(1, false).first, draw(2, false).first);
    EXPECT_NE(draw(1, false).second, draw(2, false).second);
}

}  // namespace
}  // namespace bouton
