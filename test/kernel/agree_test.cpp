// SPDX-License-Identifier: Apache-2.0
// The loops of the library against those that define them (reference/): neurons of every model, and whole networks in
// which every kind of projection occurs. All draws have fixed seeds.
#include <algorithm>
#include <cmath>
#include <optional>
#include <reference/kernels.hpp>
#include <string>
#include <vector>

#include <bouton/network/network.hpp>

#include <gtest/gtest.h>

#include "neuron_cases.hpp"
#include "support/sanitized.hpp"

namespace bouton {
namespace {

using test::Draws;
using test::is_sanitized;
using test::NeuronCase;
using test::record;
using test::Traces;

/// Each value to `tolerance` of the largest of its trace; spikes, which are 0 or 1, are then equal.
void expect_agreement(const Traces& got, const Traces& expected, double tolerance) {
    ASSERT_EQ(got.size(), expected.size());
    for (const auto& [name, values] : expected) {
        const std::vector<double>& others = got.at(name);
        ASSERT_EQ(others.size(), values.size()) << name;
        double largest = 0, difference = 0;
        for (std::size_t k = 0; k < values.size(); ++k) {
            ASSERT_TRUE(std::isfinite(values[k]) && std::isfinite(others[k])) << name << ", value " << k;
            largest = std::max(largest, std::abs(values[k]));
            difference = std::max(difference, std::abs(values[k] - others[k]));
        }
        EXPECT_LE(difference, tolerance * largest) << name;
    }
}

// ---- neurons

constexpr std::size_t num = 5;

/// Steps a population of each kind of loops side by side under changing input. Both start each step from the same
/// states. Returns how many spikes there were.
double compare_neurons(const Neuron& neuron, const NeuronOptions& options, Settings settings) {
    settings.mode = Mode::batching(2);
    Population shipped("cells", neuron, num, options, settings);
    settings.kernels = &reference::kernels();
    Population defined("cells", neuron, num, options, settings);
    Draws draws(2, "input");
    const double most = test::largest_input(neuron.model()->name());
    Traces got, expected;
    for (std::uint64_t step = 0; step < 1500; ++step) {
        const std::vector<double> input = draws.many(2 * num, most / 2, most);
        for (Population* cells : {&shipped, &defined}) {
            cells->variable("input").set(input);
            cells->update({.dt = 0.02, .step = step});  // explicit methods are stable
        }
        for (const std::string& name : shipped.variables()) {
            record(got, shipped.variable(name));
            record(expected, defined.variable(name));
        }
        for (const std::string_view state : neuron.model()->states())
            defined.variable(state).set(shipped.variable(state).values());
    }
    expect_agreement(got, expected, 1e-12);
    if (!neuron.model()->has_spike()) return 0;
    const std::vector<double>& spikes = expected.at("cells.spike");
    return static_cast<double>(std::ranges::count(spikes, 1.0));
}

TEST(Neurons, of_every_model_agree_by_every_method) {
    std::size_t count = 0;
    for (const NeuronCase& each : test::neuron_cases(num))
        for (const std::string_view method : Method::names()) {
            if (!each.takes(std::string(method)) || (is_sanitized && ++count % 3 != 0)) continue;
            SCOPED_TRACE(std::string(each.name) + " by " + std::string(method));
            const bool brainpy_2_4 = method.size() % 2 == 0;
            const double spikes =
                compare_neurons(each.varied, each.options(std::string(method)), {.brainpy_2_4 = brainpy_2_4});
            EXPECT_EQ(spikes > 0, each.varied.model()->has_spike());
        }
}

TEST(Neurons, with_the_same_parameters_agree) {
    for (const NeuronCase& each : test::neuron_cases(num)) {
        SCOPED_TRACE(each.name);
        compare_neurons(each.uniform, each.options("exp_auto"), {});
    }
}

TEST(Neurons, under_noise_agree) {
    std::size_t count = 0;
    for (const NeuronCase& each : test::neuron_cases(num))
        for (const std::string method : {"exp_auto", "euler", "heun", "milstein", "klpl", "srk1w1", "srk2w1"}) {
            if (is_sanitized && ++count % 2 != 0) continue;
            SCOPED_TRACE(std::string(each.name) + " by " + method);
            compare_neurons(each.varied, each.options(method, 0.3), {});
        }
}

TEST(Neurons, hold_V_as_long_with_floating_point_time_and_with_steps_counted) {
    for (const double tau_ref : {0.1, 0.3, 1.0, 2.0, 2.05})
        for (const bool brainpy_2_4 : {false, true}) {
            SCOPED_TRACE(tau_ref);
            EXPECT_GT(compare_neurons(LIF{.R = 20, .tau_ref = tau_ref}, {}, {.brainpy_2_4 = brainpy_2_4}), 0);
        }
}

// ---- networks

View any_view(const Population& population, Draws& draws) {
    switch (draws.below(4)) {
        case 0:
            return population.slice(1, std::nullopt, 2);
        case 1:
            return population.view({3, 1, 1, 6, 0});
        default:
            return population;
    }
}

/// A list has an empty row, a full one, and some pairs twice, in any order.
Connectivity any_connectivity(std::size_t num_pre, std::size_t num_post, Draws& draws) {
    switch (draws.below(5)) {
        case 0:
            return Connectivity::all_to_all(num_pre, num_post, true);
        case 1:
            return Connectivity::all_to_all(num_pre, num_post, false);
        case 2:
            if (num_pre == num_post) return Connectivity::one_to_one(num_pre, num_post);
            break;
        default:
            break;
    }
    std::vector<Pair> pairs;
    for (std::size_t k = 0; k < 2 * num_post; ++k)
        pairs.push_back({static_cast<std::uint32_t>(1 + draws.below(num_pre - 1)),
                         static_cast<std::uint32_t>(draws.below(num_post))});
    for (std::uint32_t j = 0; j < num_post; ++j) pairs.push_back({static_cast<std::uint32_t>(num_pre - 1), j});
    return Connectivity::from_pairs(num_pre, num_post, pairs);
}

std::vector<double> whole(std::vector<double> values) {
    for (double& value : values) value = std::floor(value);
    return values;
}

Weight any_weight(const Connectivity& graph, Draws& draws) {
    switch (draws.below(4)) {
        case 0:
            return draws.between(0, 0.1);
        case 1:
            return PerPre{draws.many(graph.num_pre(), 0, 0.1)};
        case 2:
            return PerConnection{draws.many(graph.size(), 0, 0.1)};
        default:
            break;
    }
    if (graph.kind() == Connectivity::Kind::one_to_one) return draws.many(graph.size(), 0, 0.1);
    return Array{{graph.num_pre(), graph.num_post()}, draws.many(graph.num_pre() * graph.num_post(), 0, 0.1)};
}

Delay any_delay(const Connectivity& graph, Draws& draws) {
    switch (draws.below(5)) {
        case 0:
            return draws.below(8);
        case 1:
            return whole(draws.many(graph.num_pre(), 0, 8));
        case 2:
            return PerConnection{whole(draws.many(graph.size(), 0, 8))};
        case 3:
            return Array{{graph.num_pre(), graph.num_post()},
                         whole(draws.many(graph.num_pre() * graph.num_post(), 0, 8))};
        default:
            return {};
    }
}

Synapse any_synapse(Draws& draws) {
    const double T_duration = draws.between(-0.2, 1.5);
    switch (draws.below(9)) {
        case 0:
            return AMPA{};
        case 1:
            return AMPA{.alpha = 2, .beta = 0.4, .T = 0.7, .T_duration = T_duration};
        case 2:
            return GABAa{.beta = 0.3, .T_duration = 0.3};
        case 3:
            return BioNMDA{.alpha2 = 1.5, .T_dur = T_duration};
        case 4:
            return Alpha{.tau_decay = 2};
        case 5:
            return DualExponential{.tau_decay = 4, .tau_rise = 0.7};
        case 6:
            return NMDA{.tau_decay = 20};
        case 7:
            return Delta{};
        default:
            return ExponentialSynapse{};
    }
}

std::optional<Output> any_output(std::size_t num_post, Draws& draws) {
    switch (draws.below(7)) {
        case 0:
            return COBA{.E = draws.many(num_post, -80, 0)};
        case 1:
            return CUBA{};
        case 2:
            return MgBlock{.cc_Mg = draws.many(num_post, 0.5, 2)};
        case 3:
            return Output(MgBlock{.E = 10}, std::nullopt);
        case 4:
            return Output();
        default:
            return std::nullopt;
    }
}

std::string any_method(Draws& draws) {
    if (draws.coin()) return "exp_auto";
    return std::string(Method::names()[draws.below(Method::names().size())]);
}

Plasticity any_plasticity(Draws& draws) {
    switch (draws.below(3)) {
        case 0:
            return {STD{.tau = 40, .U = 0.3}, any_method(draws)};
        case 1:
            return {STP{.U = 0.2, .tau_f = 50, .tau_d = 20}, any_method(draws)};
        default:
            return {};
    }
}

SpikeTimeGroup any_spikes(std::size_t neurons, std::size_t rows, Draws& draws) {
    SpikeTimeGroup source;
    source.times = draws.many(8 * neurons, 0, 15);
    for (std::size_t k = 0; k < source.times.size(); ++k) {
        source.indices.push_back(static_cast<std::uint32_t>(draws.below(neurons)));
        source.rows.push_back(static_cast<std::uint32_t>(draws.below(rows)));
    }
    return source;
}

/// Given spikes and cells; three projections onto the cells, from either.
Network any_network(std::uint64_t seed, const Neuron& neuron, Settings settings) {
    constexpr std::size_t size = 7;
    Draws draws(seed, "network");
    settings.seed = seed;
    if (draws.coin()) settings.mode = Mode::batching(3);
    Network net(settings);
    const Population source = net.add("source", any_spikes(size, settings.mode.rows(), draws), size);
    const Population cells =
        net.add("cells", Population("cells", neuron, size, {.initial = {{"V", draws.many(size, -65, -50)}}}, settings));
    for (const std::string name : {"first", "second", "third"}) {
        const View pre = any_view(name == "third" && neuron.model()->has_spike() ? cells : source, draws);
        const View post = any_view(cells, draws);
        const Connectivity graph = any_connectivity(pre.num(), post.num(), draws);
        const Synapse synapse = any_synapse(draws);
        const Weight g_max = any_weight(graph, draws);
        const Delay delay_step = any_delay(graph, draws);
        const std::optional<Output> output = any_output(post.num(), draws);
        const Plasticity stp = any_plasticity(draws);
        net.connect(name, pre, post, graph, synapse,
                    {.g_max = g_max,
                     .delay_step = delay_step,
                     .output = output,
                     .stp = stp,
                     .method = any_method(draws),
                     .comp_method = draws.coin() ? "dense" : "sparse"});
    }
    return net;
}

Traces run(Network net, double dt) {
    Traces traces;
    for (std::uint64_t step = 0; step < 150; ++step) {
        net.population("cells").variable("input").set(step < 100 ? 25 : 3);
        net.update({.dt = dt, .step = step});
        for (const Population& population : net.populations())
            for (const std::string& name : population.variables()) record(traces, population.variable(name));
        for (const Projection& projection : net.projections())
            for (const std::string& name : projection.variables()) record(traces, projection.variable(name));
        net.clear_input();
    }
    return traces;
}

/// Runs networks of all kinds with both. Returns how many spikes the cells fired.
double compare_networks(const Neuron& neuron, Settings settings, std::uint64_t count, double tolerance) {
    double spikes = 0;
    for (std::uint64_t seed = 0; seed < count; ++seed) {
        SCOPED_TRACE(seed);
        const double dt = seed % 3 == 0 ? 0.05 : 0.1;
        settings.kernels = nullptr;
        const Traces got = run(any_network(seed, neuron, settings), dt);
        settings.kernels = &reference::kernels();
        const Traces expected = run(any_network(seed, neuron, settings), dt);
        expect_agreement(got, expected, tolerance);
        if (const auto found = expected.find("cells.spike"); found != expected.end())
            spikes += static_cast<double>(std::ranges::count(found->second, 1.0));
    }
    return spikes;
}

const LIF lif{.V_rest = -60, .V_reset = -60, .V_th = -50, .tau = 20, .tau_ref = 1};

TEST(Networks, of_integrate_and_fire_neurons_agree) { EXPECT_GT(compare_networks(lif, {}, 150, 1e-12), 1000); }

TEST(Networks, that_reproduce_brainpy_2_4_agree) {
    EXPECT_GT(compare_networks(lif, {.brainpy_2_4 = true}, 150, 1e-12), 1000);
}

TEST(Networks, of_hodgkin_huxley_neurons_agree) { EXPECT_GT(compare_networks(HH{}, {}, 40, 1e-12), 100); }

TEST(Networks, of_single_precision_agree_as_far_as_that_goes) {
    compare_networks(LeakyIntegrator{}, {.precision = Precision::float32}, 80, 1e-5);
}

}  // namespace
}  // namespace bouton
