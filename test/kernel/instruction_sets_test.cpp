// SPDX-License-Identifier: Apache-2.0
// The loops of the library by each instruction set: AVX2 and AVX-512 to the last bit; the baseline, which has no fused
// multiply-add, to rounding. And what must not depend on how many lanes a pack has.
#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <bouton/core/error.hpp>
#include <bouton/network/network.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "neuron_cases.hpp"

namespace bouton {
namespace {

using test::Draws;
using test::NeuronCase;
using test::record;
using test::Traces;

constexpr double dt = 0.02;  // [ms]  explicit methods are stable

/// Whether this processor can run it; if not, there is nothing to compare.
bool has(InstructionSet set) { return set <= best_instruction_set(); }

Population make_cells(const Neuron& neuron, std::size_t num, const NeuronOptions& options, Settings settings,
                      InstructionSet set) {
    settings.kernels = &shipped_kernels(set);
    return {"cells", neuron, num, options, settings};
}

/// Steps the same cells by two instruction sets under changing input, and records both. Unless they may part, the
/// second begins each step where the first does.
std::pair<Traces, Traces> run_both(const Neuron& neuron, std::size_t num, const NeuronOptions& options,
                                   const Settings& settings, InstructionSet first, InstructionSet second,
                                   bool may_part) {
    Population one = make_cells(neuron, num, options, settings, first);
    Population other = make_cells(neuron, num, options, settings, second);
    Draws draws(2, "input");
    const double most = test::largest_input(neuron.model()->name());
    std::pair<Traces, Traces> traces;
    for (std::uint64_t step = 0; step < 1000; ++step) {
        const std::vector<double> input = draws.many(settings.mode.rows() * num, most / 2, most);
        for (Population* cells : {&one, &other}) {
            cells->variable("input").set(input);
            cells->update({.dt = dt, .step = step});
        }
        for (const std::string& name : one.variables()) {
            record(traces.first, one.variable(name));
            record(traces.second, other.variable(name));
        }
        if (may_part) continue;
        for (const std::string_view state : neuron.model()->states())
            other.variable(state).set(one.variable(state).values());
    }
    return traces;
}

TEST(InstructionSets, are_those_asked_for_as_far_as_the_processor_has_them) {
    for (const InstructionSet set : {InstructionSet::baseline, InstructionSet::avx2, InstructionSet::avx512})
        EXPECT_EQ(shipped_kernels(set).instruction_set(), std::min(set, best_instruction_set()));
    EXPECT_EQ(shipped_kernels().instruction_set(), best_instruction_set());
    if (best_instruction_set() == InstructionSet::baseline) return;
    const auto [fused, baseline] = run_both(HH{}, 3, {}, {}, best_instruction_set(), InstructionSet::baseline, true);
    EXPECT_FALSE(fused == baseline);  // or the tests below compare a loop with itself
}

struct Way {
    const char* method;
    std::optional<Parameter> noise;
};
const std::vector<Way> ways{{"exp_auto", {}}, {"rk4", {}}, {"srk1w1", 0.3}};

TEST(InstructionSets, avx2_and_avx512_give_the_same_bits_for_every_neuron) {
    if (!has(InstructionSet::avx512)) GTEST_SKIP() << "needs AVX-512";
    for (const std::size_t num : {1, 7, 65})
        for (const NeuronCase& each : test::neuron_cases(num))
            for (const Way& way : ways)
                for (const Precision precision : {Precision::float64, Precision::float32})
                    for (const Neuron* neuron : {&each.uniform, &each.varied}) {
                        SCOPED_TRACE(testing::Message() << each.name << " by " << way.method << ", " << num);
                        if (!way.noise && !each.takes(way.method)) continue;
                        const bool is_exponential = each.name == "ExpIF" || each.name == "AdExIF";
                        if (neuron == &each.uniform && is_exponential && way.method != ways[0].method)
                            continue;  // their upswing overflows in explicit methods
                        Settings settings{.precision = precision, .brainpy_2_4 = neuron == &each.uniform};
                        if (num == 7) settings.mode = Mode::batching(3);
                        const auto [avx2, avx512] =
                            run_both(*neuron, num, each.options(way.method, way.noise), settings, InstructionSet::avx2,
                                     InstructionSet::avx512, true);
                        EXPECT_TRUE(avx2 == avx512);
                    }
}

TEST(InstructionSets, the_baseline_agrees_to_rounding) {
    for (const NeuronCase& each : test::neuron_cases(7))
        for (const Way& way : ways)
            for (const Precision precision : {Precision::float64, Precision::float32}) {
                SCOPED_TRACE(testing::Message() << each.name << " by " << way.method);
                if (!way.noise && !each.takes(way.method)) continue;
                const auto [best, baseline] =
                    run_both(each.varied, 7, each.options(way.method, way.noise), {.precision = precision},
                             best_instruction_set(), InstructionSet::baseline, false);
                const double tolerance = precision == Precision::float64 ? 1e-12 : 1e-4;
                for (const auto& [name, values] : best) {
                    double largest = 0, difference = 0;
                    for (std::size_t k = 0; k < values.size(); ++k) {
                        largest = std::max(largest, std::abs(values[k]));
                        difference = std::max(difference, std::abs(values[k] - baseline.at(name)[k]));
                    }
                    EXPECT_LE(difference, tolerance * largest) << name;
                }
            }
}

TEST(InstructionSets, a_neuron_does_not_depend_on_how_many_there_are) {
    for (const InstructionSet set : {InstructionSet::baseline, InstructionSet::avx2, InstructionSet::avx512}) {
        if (!has(set)) continue;
        const auto run = [&](std::size_t num) {
            Population cells =
                make_cells(HH{.C = std::vector<double>(num, 1.1)}, num, {.initial = {{"V", -62}}}, {}, set);
            std::vector<double> input(num);
            for (std::size_t i = 0; i < num; ++i) input[i] = 5 + static_cast<double>(i);
            std::vector<double> trace;
            for (std::uint64_t step = 0; step < 500; ++step) {
                cells.variable("input").set(input);
                cells.update({.dt = 0.1, .step = step});
                trace.push_back(cells.variable("V").values()[0]);
            }
            return trace;
        };
        const std::vector<double> of_65 = run(65);
        for (const std::size_t num : {1, 2, 3, 7, 9, 16, 64}) EXPECT_EQ(run(num), of_65) << num;
    }
}

TEST(InstructionSets, what_is_not_finite_is_found_in_every_lane) {
    for (const InstructionSet set : {InstructionSet::baseline, InstructionSet::avx2, InstructionSet::avx512})
        for (const Precision precision : {Precision::float64, Precision::float32})
            for (const std::size_t num : {1, 7, 37})
                for (std::size_t i = 0; i < num; ++i)
                    for (const double bad : {std::nan(""), std::numeric_limits<double>::infinity()}) {
                        if (!has(set)) continue;
                        Population cells = make_cells(LeakyIntegrator{}, num, {}, {.precision = precision}, set);
                        cells.update({.dt = dt, .step = 0});
                        std::vector<double> V(num, 1);
                        V[i] = bad;
                        cells.variable("V").set(V);
                        try {
                            cells.update({.dt = dt, .step = 1});
                            ADD_FAILURE() << bad << " of " << i << " is not found";
                        } catch (const NonFiniteError& error) {
                            EXPECT_THAT(error.what(), testing::HasSubstr("cells.V[" + std::to_string(i) + "]"));
                        }
                    }
}

TEST(InstructionSets, a_refractory_period_longer_than_any_count_of_steps_never_ends) {
    for (const double tau_ref : {1e6, 1e11}) {
        Population cells("cells", LIF{.tau_ref = tau_ref}, 3, {.initial = {{"V", 25}}});
        for (std::uint64_t step = 0; step < 200; ++step) {
            cells.variable("input").set(30);
            cells.update({.dt = 0.1, .step = step});
            EXPECT_EQ(cells.variable("V").values()[2], -5);
            EXPECT_EQ(cells.variable("refractory").values()[2], 1);
        }
    }
}

/// Projections that are computed step by step: their kinetics, plasticity and outputs.
Traces run_projections(Precision precision, std::size_t num, const std::string& method, InstructionSet set) {
    Network net({.precision = precision, .mode = Mode::batching(2), .kernels = &shipped_kernels(set)});
    SpikeTimeGroup spikes;
    Draws draws(3, "spikes");
    for (std::size_t k = 0; k < 10 * num; ++k) {
        spikes.times.push_back(draws.between(0, 40));
        spikes.indices.push_back(static_cast<std::uint32_t>(draws.below(num)));
        spikes.rows.push_back(static_cast<std::uint32_t>(draws.below(2)));
    }
    const Population pre = net.add("pre", spikes, num);
    const Population post = net.add("post", LeakyIntegrator{.V_rest = -60}, num);
    const auto connect = [&](const std::string& name, const Synapse& synapse, const Output& output,
                             const Plasticity& stp) {
        net.connect(name, pre, post, One2One{}, synapse, {.output = output, .stp = stp, .method = method});
    };
    connect("ampa", AMPA{}, COBA{}, {STD{}, method});
    connect("gabaa", GABAa{}, COBA{.E = draws.many(num, -80, -70)}, {STP{}, method});
    connect("nmda", BioNMDA{}, MgBlock{}, {});
    connect("current", AMPA{.T_duration = 2}, CUBA{}, {});
    connect("alpha", Alpha{}, CUBA{}, {});
    connect("dual_exponential", DualExponential{}, CUBA{}, {STD{}, method});
    connect("saturating_nmda", NMDA{}, MgBlock{}, {});
    connect("delta", Delta{}, CUBA{}, {STP{}, method});
    Traces traces;
    for (std::uint64_t step = 0; step < 500; ++step) {
        net.update({.dt = 0.1, .step = step});
        record(traces, post.variable("V"));
        for (const Projection& projection : net.projections())
            for (const std::string& name : projection.variables()) record(traces, projection.variable(name));
        net.clear_input();
    }
    return traces;
}

TEST(InstructionSets, avx2_and_avx512_give_the_same_bits_for_every_projection) {
    if (!has(InstructionSet::avx512)) GTEST_SKIP() << "needs AVX-512";
    for (const Precision precision : {Precision::float64, Precision::float32})
        for (const std::size_t num : {1, 7, 65})
            for (const char* method : {"exp_auto", "rk4"}) {
                const Traces avx2 = run_projections(precision, num, method, InstructionSet::avx2);
                EXPECT_TRUE(avx2 == run_projections(precision, num, method, InstructionSet::avx512)) << num;
                EXPECT_GT(avx2.at("nmda.g").back(), 0);
            }
}

}  // namespace
}  // namespace bouton
