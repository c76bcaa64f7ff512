// SPDX-License-Identifier: Apache-2.0
// Some neurons of a population in the place of a population.
#include <cstdint>
#include <limits>
#include <support/message_of.hpp>
#include <support/traces.hpp>
#include <vector>

#include <bouton/bouton.hpp>

#include <gtest/gtest.h>

#include "support/expect_sums.hpp"

namespace bouton {
namespace {

using test::message_of;
using Indices = std::vector<std::uint32_t>;

Indices neurons(const View& view) {
    Indices all;
    for (std::size_t i = 0; i < view.num(); ++i) all.push_back(view.neuron(i));
    return all;
}

TEST(View, of_a_slice_is_that_of_python) {
    const Population cells("cells", LIF{}, 6);
    EXPECT_EQ(neurons(cells.slice(2, 5)), (Indices{2, 3, 4}));
    EXPECT_EQ(neurons(cells.slice({}, {})), (Indices{0, 1, 2, 3, 4, 5}));
    EXPECT_EQ(neurons(cells.slice(1, {}, 2)), (Indices{1, 3, 5}));
    EXPECT_EQ(neurons(cells.slice(-2, {})), (Indices{4, 5}));
    EXPECT_EQ(neurons(cells.slice({}, -4)), (Indices{0, 1}));
    EXPECT_EQ(neurons(cells.slice({}, {}, -1)), (Indices{5, 4, 3, 2, 1, 0}));
    EXPECT_EQ(neurons(cells.slice(4, 0, -2)), (Indices{4, 2}));
    EXPECT_EQ(neurons(cells.slice(100, -100, -3)), (Indices{5, 2}));
    EXPECT_EQ(neurons(cells.slice(-100, 100, 4)), (Indices{0, 4}));
    constexpr auto most = std::numeric_limits<std::int64_t>::max(), least = std::numeric_limits<std::int64_t>::min();
    EXPECT_EQ(neurons(cells.slice(1, {}, most)), Indices{1});
    EXPECT_EQ(neurons(cells.slice(4, {}, least)), Indices{4});
    EXPECT_EQ(neurons(cells.slice(least, most)), (Indices{0, 1, 2, 3, 4, 5}));
}

TEST(View, reads_and_writes_the_population) {
    const Population cells("cells", LIF{}, 5);
    const View view = cells.view({3, 1, 3});
    EXPECT_EQ(view.num(), 3u);
    EXPECT_EQ(view.size(), Shape(3));
    cells.variable("V").set({0, 1, 2, 3, 4});
    EXPECT_EQ(view.variable("V").values(), (std::vector<double>{3, 1, 3}));
    cells.view({4, 0}).variable("V").set({40, 10});
    EXPECT_EQ(cells.variable("V").values(), (std::vector<double>{10, 1, 2, 3, 40}));
    EXPECT_EQ(neurons(cells.view({4, 2, 0}).view({2, 0})), (Indices{0, 4}));
    EXPECT_EQ(neurons(cells), (Indices{0, 1, 2, 3, 4}));
}

TEST(View, of_nothing_or_of_neurons_that_do_not_exist_is_refused) {
    const Population cells("cells", LIF{}, 4), none("none", LIF{}, 0);
    EXPECT_EQ(message_of<IndexError>([&] { cells.view({0, 4}); }), "index 4 of view of cells, but must be below 4");
    EXPECT_EQ(message_of<IndexError>([&] { cells.view({1}).view({1}); }),
              "index 1 of view of cells, but must be below 1");
    EXPECT_EQ(message_of<ShapeError>([&] { cells.view({}); }), "view of cells is empty, but must hold a neuron");
    EXPECT_THROW(cells.slice(3, 1), ShapeError);
    EXPECT_THROW(none.slice({}, {}, -7), ShapeError);
    EXPECT_EQ(message_of<ParameterError>([&] { cells.slice(0, 1, 0); }),
              "slice of cells.step = 0, but must be other than 0");
    EXPECT_THROW(cells.view({1}).variable("W"), NameError);
}

/// Spikes in steps 2, 4, 6 of neurons 1, 3, 3; rows: of a batch.
SpikeTimeGroup some_spikes() { return {test::times_of({2, 4, 6}), {1, 3, 3}}; }

TEST(View, as_pre_passes_on_the_spikes_of_its_neurons) {
    for (const Mode mode : {Mode::nonbatching(), Mode::batching(2)})
        for (const double d : {0.0, 2.0})
            for (const Delay& delay : {Delay(d), Delay(std::vector<double>(3, d)), Delay(PerConnection{{d, d, d}})}) {
                Network net({.mode = mode});
                const Population pre = net.add("pre", some_spikes(), 4), post = net.add("post", LIF{}, 4);
                net.connect("whole", pre, post, One2One{}, AMPA{}, {.delay_step = d});
                net.connect("part", pre.view({3, 0, 3}), post.slice(0, 3), One2One{}, AMPA{}, {.delay_step = delay});
                Runner runner(net, {.monitors = {"whole.h", "part.h"}, .data_first_axis = FirstAxis::time});
                const Recording& mon = runner.run_steps(20);
                const std::vector<double>&whole = mon["whole.h"].values, &part = mon["part.h"].values;
                ASSERT_GT(part.back(), 0);
                std::vector<double> expected;
                for (std::size_t k = 0; k < 20 * mode.rows(); ++k)
                    expected.insert(expected.end(), {whole[4 * k + 3], whole[4 * k], whole[4 * k + 3]});
                test::expect_same_sums(part, expected);
            }
}

TEST(View, as_post_receives_in_its_neurons) {
    for (const Mode mode : {Mode::nonbatching(), Mode::batching(2)}) {
        Network net({.mode = mode});
        const Population pre = net.add("pre", some_spikes(), 4), post = net.add("post", LIF{}, 4);
        net.connect("syn", pre, post.view({2, 0, 2}), All2All{}, AMPA{},
                    {.g_max = Array{{4, 3}, {1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3}}, .output = COBA{.E = {1, 2, 4}}});
        const InputFunction V = [](const StepInfo& step) {
            return std::vector<double>{-1, -2, -3, static_cast<double>(step.i)};
        };
        Runner runner(net, {.inputs = {{"post.V", V, Operation::set}},
                            .monitors = {"syn.h", "post.input"},
                            .data_first_axis = FirstAxis::time});
        const Recording& mon = runner.run_steps(10);
        for (std::size_t k = 0; k < 10 * mode.rows(); ++k) {
            const double* const h = &mon["syn.h"].values[3 * k];
            const double* const input = &mon["post.input"].values[4 * k];
            EXPECT_EQ(input[0], h[1] * (2.0 + 1));
            EXPECT_EQ(input[1], 0);
            EXPECT_NEAR(input[2], h[0] * (1.0 + 3) + h[2] * (4.0 + 3), 1e-14);
            EXPECT_EQ(input[3], 0);
        }
    }
}

}  // namespace
}  // namespace bouton
