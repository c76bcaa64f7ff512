// SPDX-License-Identifier: Apache-2.0
// What each way to connect two populations adds to the input of the postsynaptic one.
#include <cmath>
#include <string>
#include <support/traces.hpp>
#include <vector>

#include <bouton/bouton.hpp>

#include <gtest/gtest.h>

#include "support/expect_sums.hpp"

namespace bouton {
namespace {

using test::expect_same_sums;

/// Presynaptic neurons 0 and 1 spike in step 3, 2 and 3 in step 5.
SpikeTimeGroup spikes(std::size_t num) {
    SpikeTimeGroup group{test::times_of({3, 3, 5, 5}), {0, 1, 2, 3}};
    group.times.resize(num);
    group.indices.resize(num);
    return group;
}

struct Connected {
    Connector connector;
    Weight g_max;
    Synapse synapse = AMPA{};
    std::size_t num_pre = 4, num_post = 3;
    Settings settings = {};
};

/// h of all postsynaptic neurons in all steps.
std::vector<double> run(const Connected& c, const std::string& comp_method = "dense") {
    Network net(c.settings);
    const Population pre = net.add("pre", spikes(c.num_pre), c.num_pre);
    const Population post = net.add("post", LIF{}, c.num_post);
    net.connect("syn", pre, post, c.connector, c.synapse,
                {.g_max = c.g_max, .output = CUBA{}, .comp_method = comp_method});
    Runner runner(net, {.monitors = {"post.input"}});
    return runner.run_steps(20)["post.input"].values;
}

std::vector<double> last(const std::vector<double>& values, std::size_t num) {
    return {values.end() - static_cast<std::ptrdiff_t>(num), values.end()};
}

/// Against printed numbers.
void expect_near(const std::vector<double>& values, const std::vector<double>& expected, double tolerance = 1e-15) {
    ASSERT_EQ(values.size(), expected.size());
    for (std::size_t k = 0; k < values.size(); ++k) EXPECT_NEAR(values[k], expected[k], tolerance) << k;
}

const MatConn mask{Array{{4, 3}, {1, 0, 1, 0, 1, 0, 1, 1, 1, 0, 0, 1}}};
const Array W{{4, 3}, {.1, .2, .3, .4, .5, .6, .7, .8, .9, 1, 1.1, 1.2}};

Connector all_pairs(std::int64_t num_pre, std::int64_t num_post) {
    IJConn pairs;
    for (std::int64_t i = 0; i < num_pre; ++i)
        for (std::int64_t j = 0; j < num_post; ++j) {
            pairs.i.push_back(i);
            pairs.j.push_back(j);
        }
    return pairs;
}

TEST(ConnectivityGolden, of_a_mask) {
    for (const char* comp_method : {"dense", "sparse"}) {
        expect_near(last(run({mask, 0.5}, comp_method), 3),
                    {0.17391938341847102, 0.17391938341847102, 0.26244418055073804});
        expect_near(last(run({mask, W}, comp_method), 3),
                    {0.14101363324241464, 0.22703426169783125, 0.4230408997272439});
    }
}

TEST(ConnectivityGolden, of_all_to_all) {
    expect_near(last(run({All2All{}, 0.5}), 3), std::vector<double>(3, 0.34783876683694204));
    expect_near(last(run({All2All{}, W}), 3), {0.3863788965359119, 0.45594664990330036, 0.5255144032706887});
    expect_near(last(run({All2All{false}, 0.5, AMPA{}, 3, 3}), 3), {0.17391938, 0.17391938, 0.17078917}, 5e-9);
}

TEST(Connectivity, comp_method_changes_no_bit) {
    for (const Connected& c : {Connected{mask, W}, Connected{All2All{}, W}, Connected{All2All{}, 0.5},
                               Connected{FixedProb{.prob = 0.5}, Uniform{}}})
        EXPECT_EQ(run(c, "dense"), run(c, "sparse"));
}

TEST(Connectivity, all_to_all_is_a_matrix_of_ones_is_a_list_of_all_pairs) {
    const MatConn ones{Array{{4, 3}, std::vector<double>(12, 1)}};
    for (const Synapse& synapse : {Synapse(AMPA{}), Synapse(GABAa{}), Synapse(BioNMDA{})})
        for (const Weight& weight :
             {Weight(0.5), Weight(W), Weight(PerPre{{1, 2, 3, 4}}), Weight(PerConnection{W.values})}) {
            const std::vector<double> all = run({All2All{}, weight, synapse});
            EXPECT_GT(all.back(), 0);
            expect_same_sums(run({ones, weight, synapse}), all);
            expect_same_sums(run({all_pairs(4, 3), weight, synapse}), all);
        }
}

TEST(Connectivity, one_to_one_is_the_unit_matrix) {
    const MatConn unit{Array{{3, 3}, {1, 0, 0, 0, 1, 0, 0, 0, 1}}};
    for (const Synapse& synapse : {Synapse(AMPA{}), Synapse(GABAa{}), Synapse(BioNMDA{})})
        for (const Weight& weight : {Weight(0.5), Weight{1, 2, 3}}) {
            const std::vector<double> one = run({One2One{}, weight, synapse, 3, 3});
            EXPECT_GT(one.back(), 0);
            expect_same_sums(run({unit, weight, synapse, 3, 3}), one);
        }
    const Array square{{3, 3}, {2, 9, 9, 9, 3, 9, 9, 9, 4}};
    expect_same_sums(run({unit, square, AMPA{}, 3, 3}), run({One2One{}, {2, 3, 4}, AMPA{}, 3, 3}));
}

TEST(Connectivity, a_weight_stays_with_its_pair) {
    // the mask's pairs in another order
    const IJConn shuffled{{2, 0, 3, 1, 2, 0, 2}, {2, 0, 2, 1, 0, 2, 1}};
    expect_same_sums(run({shuffled, PerConnection{{.9, .1, 1.2, .5, .7, .3, .8}}}), run({mask, W}));
    expect_same_sums(run({shuffled, {.9, .1, 1.2, .5, .7, .3, .8}}), run({mask, W}));
}

// ---- pairs given twice ----------------------------------------------------------------------------------------------

TEST(Connectivity, a_pair_given_twice_is_two_connections_that_add) {
    const IJConn twice{{0, 0, 1}, {1, 1, 1}}, once{{0, 1}, {1, 1}};
    expect_same_sums(run({twice, PerConnection{{1, 2, 5}}}), run({once, PerConnection{{3, 5}}}));
    expect_same_sums(run({twice, 0.5}), run({once, PerConnection{{1, 0.5}}}));
}

TEST(Connectivity, a_pair_given_twice_is_counted_once_with_the_switch) {
    const Settings settings{.brainpy_2_4 = true};
    const IJConn twice{{0, 0, 1}, {1, 1, 1}}, once{{0, 1}, {1, 1}};
    EXPECT_EQ(run({twice, 0.5, AMPA{}, 4, 3, settings}), run({once, 0.5, AMPA{}, 4, 3, settings}));
}

// ---- without oneself ------------------------------------------------------------------------------------------------

TEST(Connectivity, without_self_connections_whatever_the_weight) {
    for (const std::size_t num_post : {3u, 5u}) {  // 4 presynaptic neurons
        std::vector<double> matrix(4 * num_post, 1);
        for (std::size_t i = 0; i < 4 && i < num_post; ++i) matrix[i * num_post + i] = 0;
        const MatConn others{Array{{4, num_post}, matrix}};
        for (const Weight& weight : {Weight(0.5), Weight(PerPre{{1, 2, 3, 4}}), Weight(Uniform{})}) {
            const std::vector<double> all = run({All2All{false}, weight, AMPA{}, 4, num_post});
            EXPECT_EQ(all.size(), 20 * num_post);
            if (!std::holds_alternative<Parameter>(weight.given()))  // lists draw another value for a connection
                expect_same_sums(run({others, weight, AMPA{}, 4, num_post}), all);
        }
        std::vector<double> weights(4 * num_post, 0.25);
        expect_same_sums(run({All2All{false}, Array{{4, num_post}, weights}, AMPA{}, 4, num_post}),
                         run({All2All{false}, 0.25, AMPA{}, 4, num_post}));
    }
}

TEST(Connectivity, without_self_connections_only_a_scalar_weight_knows_with_the_switch) {
    const Settings settings{.brainpy_2_4 = true};
    const Array ones{{3, 3}, std::vector<double>(9, 0.5)};
    EXPECT_EQ(run({All2All{false}, ones, AMPA{}, 3, 3, settings}), run({All2All{true}, ones, AMPA{}, 3, 3, settings}));
    expect_same_sums(run({All2All{false}, 0.5, AMPA{}, 3, 3, settings}), run({All2All{false}, ones, AMPA{}, 3, 3}));
}

TEST(Connectivity, a_neuron_alone_has_no_input_from_itself) {
    EXPECT_EQ(run({All2All{false}, 0.5, AMPA{}, 1, 1}), std::vector<double>(20, 0));
    std::vector<std::uint64_t> steps;
    for (std::uint64_t k = 0; k < 80; ++k) steps.push_back(11 * k + k * k % 9);
    for (const Synapse& synapse : std::vector<Synapse>{AMPA{}, GABAa{}, BioNMDA{}}) {
        Network net;
        const Population pre = net.add("pre", SpikeTimeGroup{test::times_of(steps), std::vector<std::uint32_t>(80)}, 1);
        const Population post = net.add("post", LIF{}, 1);
        net.connect("syn", pre, post, All2All{false}, synapse, {.g_max = 0.37, .output = CUBA{}});
        Runner runner(net, {.monitors = {"post.input"}});
        EXPECT_EQ(runner.run_steps(1000)["post.input"].values, std::vector<double>(1000, 0)) << synapse.model()->name();
    }
}

TEST(Memory, of_a_projection_is_told_before_it_is_made) {
    for (const Precision precision : {Precision::float64, Precision::float32}) {
        Network net({.precision = precision});
        const Population pre = net.add("pre", LIF{}, 100), post = net.add("post", LIF{}, 50);
        const View some = pre.slice(0, 80);
        const std::uint64_t number = precision == Precision::float32 ? 4 : 8;
        const FixedPreNum connector{.num = 20};
        const ProjectionOptions options{.g_max = Normal{}, .delay_step = std::vector<int>(80, 2), .output = CUBA{}};
        EXPECT_EQ(expected_bytes(some, post, connector), 50u * 20 * 4 + 81 * 8);
        EXPECT_EQ(expected_bytes(some, post, connector, options), 50u * 20 * (4 + number) + 81 * 8 + 80 * 4);
        EXPECT_EQ(net.connect("plain", some, post, connector, AMPA{}, {.output = CUBA{}}).bytes(),
                  expected_bytes(some, post, connector));
        EXPECT_EQ(net.connect("full", some, post, connector, AMPA{}, options).bytes(),
                  expected_bytes(some, post, connector, options));
    }
    const Population pre("pre", LIF{}, 3);
    const Connector silent = [](const Shape& from, const Shape& to, const Random&) {
        return Connectivity::all_to_all(from.count(), to.count(), true);
    };
    EXPECT_THROW(expected_bytes(pre, pre, silent), UsageError);
}

TEST(Connectivity, does_not_depend_on_the_threads_that_make_it) {
    const auto make = [](unsigned threads) {
        const Population pre("pre", LIF{}, 500), post("post", LIF{}, 300);
        return Projection("syn", pre, post, FixedPreNum{.num = 40}, AMPA{}, {.g_max = Normal{}, .threads = threads});
    };
    const Projection alone = make(1), together = make(3);
    EXPECT_EQ(alone.connectivity().csr(), together.connectivity().csr());
    EXPECT_EQ(alone.weights(), together.weights());
}

}  // namespace
}  // namespace bouton
