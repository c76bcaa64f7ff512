// SPDX-License-Identifier: Apache-2.0
// Traces of each receptor under given spikes, with the values that BrainPy 2.4.0 gives.
#include <support/traces.hpp>
#include <vector>

#include <bouton/bouton.hpp>

#include <gtest/gtest.h>

namespace bouton {
namespace {

using test::trace;

constexpr double tolerance = 1e-13;  // between two ways to round the same formulas

/// Spikes in steps 10, 13, 40, so arrivals in 11, 14, 41; V of the postsynaptic cell is -65 + k in step k.
Recording drive(const Synapse& synapse, std::vector<Monitor> monitors, bool brainpy_2_4) {
    Network net({.brainpy_2_4 = brainpy_2_4});
    const Population pre = net.add("pre", SpikeTimeGroup{test::times_of({10, 13, 40}), {0, 0, 0}}, 1);
    const Population post = net.add("post", LeakyIntegrator{}, 1);
    net.connect("syn", pre, post, One2One{}, synapse);
    monitors.emplace_back("post.input");
    const InputFunction ramp = [](const StepInfo& step) { return std::vector{-65.0 + static_cast<double>(step.i)}; };
    Runner runner(net, {.inputs = {{"post.V", ramp, Operation::set}}, .monitors = std::move(monitors)});
    return runner.run_steps(70);
}

struct Row {
    std::size_t step;
    double g, I;
};

void expect_rows(const Synapse& synapse, const std::vector<Row>& rows) {
    for (const bool brainpy_2_4 : {false, true}) {
        const Recording mon = drive(synapse, {"syn.g"}, brainpy_2_4);
        for (const Row& row : rows) {
            EXPECT_NEAR(trace(mon, "syn.g")[row.step], row.g, tolerance) << row.step;
            EXPECT_NEAR(trace(mon, "post.input")[row.step], row.I, tolerance) << row.step;
        }
    }
}

TEST(SynapseGolden, AMPA_between_one_pair) {
    expect_rows(AMPA{}, {{10, 0, 0},
                         {11, 0.04739455424623803, 1.0749084903046784},
                         {12, 0.09171771394681538, 2.0416363124561103},
                         {14, 0.17193311531283076, 3.6828073300008346},
                         {18, 0.30344609304487097, 5.990025876705753},
                         {19, 0.29803292801004344, 5.757996169154039},
                         {23, 0.2773288474824223, 4.892080869589929},
                         {24, 0.27238158714607363, 4.690410930655388},
                         {41, 0.23838128957206642, 2.4028833988864293},
                         {69, 0.2299972357241112, -0.3863953560165068}});
}

TEST(SynapseGolden, GABAa_between_one_pair) {
    expect_rows(GABAa{}, {{10, 0, 0},
                          {11, 0.05116224953855801, -0.05320873952010033},
                          {12, 0.09881793529924729, -0.10672337012318708},
                          {14, 0.18455447648692397, -0.2140831927248318},
                          {18, 0.32348093051749427, -0.42699482828309243},
                          {19, 0.35247240914557737, -0.47936247643798524},
                          {23, 0.4498839492709499, -0.6838236028918439},
                          {24, 0.44185848405738554, -0.6892992351295215},
                          {41, 0.3597448817313244, -0.8058285350781667},
                          {69, 0.38525944115358773, -1.294471722276055}});
}

TEST(SynapseGolden, BioNMDA_between_one_pair) {
    struct {
        std::size_t step;
        double g, x, I;
    } const rows[] = {{11, 0, 0.09286134904996146, 0},
                      {12, 0.018391699050942577, 0.17278785287885476, 0.01464073800679311},
                      {14, 0.09635604305522578, 0.3007922426039824, 0.08246383946392857},
                      {18, 0.3273531335308438, 0.46587052539186524, 0.3207523104034572},
                      {19, 0.3868533905176166, 0.44314975176034926, 0.391239080012142},
                      {41, 0.8075268242801957, 0.22633548929050787, 1.168221446420684},
                      {69, 0.9403766574703656, 0.12800988720522016, -0.4469804117150446}};
    for (const bool brainpy_2_4 : {false, true}) {
        const Recording mon = drive(BioNMDA{}, {"syn.g", "syn.x"}, brainpy_2_4);
        for (const auto& row : rows) {
            EXPECT_NEAR(trace(mon, "syn.g")[row.step], row.g, tolerance) << row.step;
            EXPECT_NEAR(trace(mon, "syn.x")[row.step], row.x, tolerance) << row.step;
            EXPECT_NEAR(trace(mon, "post.input")[row.step], row.I, tolerance) << row.step;
        }
    }
}

TEST(SynapseGolden, the_default_weight_is_that_of_the_receptor) {
    Network net;
    const Population cells = net.add("cells", LIF{}, 2);
    EXPECT_EQ(net.connect("ampa", cells, cells, One2One{}, AMPA{}).weights().scalar, 0.42);
    EXPECT_EQ(net.connect("gabaa", cells, cells, One2One{}, GABAa{}).weights().scalar, 0.04);
    EXPECT_EQ(net.connect("nmda", cells, cells, One2One{}, BioNMDA{}).weights().scalar, 0.15);
}

// ---- two Hodgkin-Huxley cells ---------------------------------------------------------------------------------------

/// 150 ms of the documented example, both cells from -65 mV.
Recording fire(const Synapse& synapse) {
    Network net;
    const NeuronOptions start{.initial = {{"V", -65.0}}};
    const Population pre = net.add("pre", HH{}, 1, start);
    const Population post = net.add("post", HH{}, 1, start);
    net.connect("syn", pre, post, All2All{}, synapse);
    Runner runner(net, {.inputs = {{"pre.input", 5}},
                        .monitors = {"pre.V", "syn.g", Monitor::Spikes{"pre"}, Monitor::Spikes{"post"}}});
    return runner.run(150);
}

void expect_g(const Recording& mon, const std::vector<double>& expected) {
    const std::vector<std::size_t> steps{52, 53, 60, 100, 500, 1499};
    for (std::size_t k = 0; k < steps.size(); ++k)
        EXPECT_NEAR(trace(mon, "syn.g")[steps[k]], expected[k], 1e-10) << steps[k];
}

TEST(HodgkinHuxleyPair, fires_as_documented_through_AMPA) {
    const Recording mon = fire(AMPA{});
    EXPECT_EQ(mon.events("pre").steps, (std::vector<std::uint64_t>{51, 242, 432, 623, 813, 1004, 1194, 1384}));
    EXPECT_EQ(mon.events("post").steps, (std::vector<std::uint64_t>{106, 296, 486, 676, 867, 1057, 1248, 1438}));
    EXPECT_NEAR(trace(mon, "pre.V")[50], 11.390453490778432, 1e-9);
    EXPECT_NEAR(trace(mon, "pre.V")[51], 28.327326879907282, 1e-9);
    expect_g(mon, {0.04739455424623803, 0.09171771394681538, 0.19372311298469463, 0.09429516227688874,
                   0.06874055660811058, 0.02949932111983305});
}

TEST(HodgkinHuxleyPair, fires_as_documented_through_GABAa) {
    const Recording mon = fire(GABAa{});
    EXPECT_EQ(mon.events("pre").steps, (std::vector<std::uint64_t>{51, 242, 432, 623, 813, 1004, 1194, 1384}));
    expect_g(mon, {0.05116224953855801, 0.09881793529924729, 0.35247240914557737, 0.18806612648801144,
                   0.13621336281341206, 0.05845375905671114});
}

TEST(HodgkinHuxleyPair, fires_as_documented_through_BioNMDA) {
    const Recording mon = fire(BioNMDA{});
    EXPECT_EQ(mon.events("pre").steps, (std::vector<std::uint64_t>{51, 242, 432, 623, 813, 1004, 1194, 1384}));
    expect_g(mon,
             {0, 0.018391699050942577, 0.3438896639700658, 0.7441916794047055, 0.913262941276261, 0.880726554241117});
}

}  // namespace
}  // namespace bouton
