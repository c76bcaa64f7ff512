// SPDX-License-Identifier: Apache-2.0
// Synapses at which a spike changes a state at once: closed forms, and the values that BrainPy 2.4.0 gives.
#include <cmath>
#include <support/traces.hpp>
#include <vector>

#include <bouton/bouton.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bouton {
namespace {

using test::trace;

/// Spikes in steps 10, 13, 40, so arrivals in 11, 14, 41; V of the postsynaptic cell is -65 + k in step k.
Recording drive(const Synapse& synapse, std::vector<Monitor> monitors, const ProjectionOptions& options = {}) {
    Network net;
    const Population pre = net.add("pre", SpikeTimeGroup{test::times_of({10, 13, 40}), {0, 0, 0}}, 1);
    const Population post = net.add("post", LeakyIntegrator{}, 1);
    net.connect("syn", pre, post, One2One{}, synapse, options);
    monitors.emplace_back("post.input");
    const InputFunction ramp = [](const StepInfo& step) { return std::vector{-65.0 + static_cast<double>(step.i)}; };
    Runner runner(net, {.inputs = {{"post.V", ramp, Operation::set}}, .monitors = std::move(monitors)});
    return runner.run_steps(70);
}

struct Row {
    std::size_t step;
    double g, x, I;
};

void expect_rows(const Synapse& synapse, const std::vector<Row>& rows) {
    const Recording mon = drive(synapse, {"syn.g", "syn.x"});
    for (const Row& row : rows) {
        EXPECT_NEAR(trace(mon, "syn.g")[row.step], row.g, 1e-14 * (1 + row.g)) << row.step;
        EXPECT_NEAR(trace(mon, "syn.x")[row.step], row.x, 1e-14) << row.step;
        EXPECT_NEAR(trace(mon, "post.input")[row.step], row.I, 1e-14 * (1 + std::abs(row.I))) << row.step;
    }
}

// ---- traces of the reference ----------------------------------------------------------------------------------------

TEST(Alpha, follows_the_trace_of_the_reference) {
    expect_rows(Alpha{}, {{10, 0, 0, 0},
                          {11, 0, 1, 0},
                          {12, 0.09950166250831892, 0.9900498337491681, 0.09950166250831892},
                          {13, 0.19702320884825397, 0.9801986733067554, 0.19702320884825397},
                          {14, 0.2925941927474122, 1.9704455335485083, 0.2925941927474122},
                          {15, 0.4857454383557156, 1.9508392729014914, 0.4857454383557156},
                          {24, 2.0566274770843562, 1.7829328489565222, 2.0566274770843562},
                          {41, 4.305068765066724, 2.5041977150185737, 4.305068765066724},
                          {69, 8.579655740940707, 1.8926319184016187, 8.579655740940707}});
}

TEST(DualExponential, follows_the_trace_of_the_reference) {
    expect_rows(DualExponential{}, {{10, 0, 0, 0},
                                    {11, 0, 1, 0},
                                    {12, 0.09950166250831892, 0.9048374180359595, 0.09950166250831892},
                                    {13, 0.18854443181843972, 0.8187307530779817, 0.18854443181843972},
                                    {14, 0.26813345445412473, 1.7408182206817178, 0.26813345445412473},
                                    {15, 0.4386797890875009, 1.5751574640715986, 0.4386797890875009},
                                    {24, 1.3341107533206402, 0.6404112342054543, 1.3341107533206402},
                                    {41, 1.6198251852026775, 1.1169925811076133, 1.6198251852026775},
                                    {69, 2.1306922385227476, 0.06792438880905771, 2.1306922385227476}});
}

TEST(NMDA, follows_the_trace_of_the_reference) {
    expect_rows(NMDA{}, {{10, 0, 0, 0},
                         {11, 0, 1, 0},
                         {12, 0.04874640143879708, 0.951229424500714, 0.0388046417170367},
                         {13, 0.09286087487761686, 0.9048374180359596, 0.0766752086731647},
                         {14, 0.1328763595462089, 1.8607079764250578, 0.11371881238304497},
                         {15, 0.20974581606779424, 1.769960177578696, 0.18591199214940213},
                         {24, 0.5874943958430091, 1.1285764364736497, 0.6855169747554717},
                         {41, 0.7779987114540794, 1.4823704207943216, 1.1255041351950825},
                         {69, 0.9126270266408057, 0.36554804520472134, -0.43379044010675}});
}

/// The factor of the plasticity is that after the step: 0.93 at the first spike.
TEST(Delta, gives_its_weight_in_one_step) {
    const auto given = [](const ProjectionOptions& options) {
        const Recording mon = drive(Delta{}, {"syn.g"}, options);
        const std::vector<double> I = trace(mon, "post.input");
        std::vector<std::pair<std::size_t, double>> steps;
        for (std::size_t k = 0; k < I.size(); ++k)
            if (I[k] != 0) steps.emplace_back(k, I[k]);
        return steps;
    };
    using testing::ElementsAre;
    using testing::Pair;
    EXPECT_THAT(given({}), ElementsAre(Pair(11, 1), Pair(14, 1), Pair(41, 1)));
    EXPECT_THAT(given({.method = "rk4"}), ElementsAre(Pair(11, 1), Pair(14, 1), Pair(41, 1)));
    EXPECT_THAT(given({.g_max = 0.25, .delay_step = 3}), ElementsAre(Pair(14, 0.25), Pair(17, 0.25), Pair(44, 0.25)));
    EXPECT_THAT(given({.output = COBA{.E = -60}}), ElementsAre(Pair(11, -6), Pair(14, -9), Pair(41, -36)));
    const auto depressed = given({.stp = STD{}});
    ASSERT_EQ(depressed.size(), 3u);
    EXPECT_NEAR(depressed[0].second, 0.93, 1e-15);
    EXPECT_NEAR(depressed[1].second, 0.8650000237385436, 1e-15);
    EXPECT_NEAR(depressed[2].second, 0.8061382201530388, 1e-15);
}

TEST(Delta, moves_the_membrane_potential_by_its_weight) {
    Network net;
    const Population pre = net.add("pre", SpikeTimeGroup{test::times_of({10, 13, 40}), {0, 0, 0}}, 1);
    const Population post = net.add("post", LeakyIntegrator{}, 1);
    net.connect("syn", pre, post, All2All{}, Delta{}, {.output = Output(CUBA{}, "V")});
    Runner runner(net, {.monitors = {"post.V"}});
    const std::vector<double> V = trace(runner.run_steps(70), "post.V");
    EXPECT_EQ(V[10], 0);
    EXPECT_NEAR(V[11], 0.9900498337491681, 1e-15);
    EXPECT_NEAR(V[12], 0.9801986733067554, 1e-15);
    EXPECT_NEAR(V[14], 1.9508392729014914, 1e-15);
    EXPECT_NEAR(V[42], 2.4546112779590143, 1e-14);
}

// ---- closed forms ---------------------------------------------------------------------------------------------------

/// One spike arrives in step 1; the largest difference from `exact(t)`, t from there on.
template <class Exact>
double error(const Synapse& synapse, const std::string& method, double dt, const Exact& exact) {
    Network net;
    const Population pre = net.add("pre", SpikeTimeGroup{{0}, {0}}, 1);
    const Population post = net.add("post", LeakyIntegrator{}, 1);
    net.connect("syn", pre, post, One2One{}, synapse, {.method = method});
    Runner runner(net, {.monitors = {"syn.g"}, .dt = dt});
    const std::vector<double> g = trace(runner.run(60), "syn.g");
    double largest = 0;
    for (std::size_t k = 1; k < g.size(); ++k)
        largest = std::max(largest, std::abs(g[k] - exact(dt * static_cast<double>(k - 1))));
    return largest;
}

/// exp_auto steps g from the old x, which is of order 1.
template <class Exact>
void expect_orders(const Synapse& synapse, const Exact& exact) {
    EXPECT_NEAR(error(synapse, "exp_auto", 0.1, exact) / error(synapse, "exp_auto", 0.05, exact), 2, 0.1);
    EXPECT_NEAR(error(synapse, "rk4", 0.4, exact) / error(synapse, "rk4", 0.2, exact), 16, 3);
    EXPECT_LT(error(synapse, "exp_auto", 0.01, exact), 0.02);
}

TEST(Alpha, is_t_exp_t) {
    expect_orders(Alpha{.tau_decay = 4}, [](double t) { return t * std::exp(-t / 4); });
}

TEST(DualExponential, is_a_difference_of_exponentials) {
    expect_orders(DualExponential{.tau_decay = 8, .tau_rise = 2},
                  [](double t) { return (std::exp(-t / 8) - std::exp(-t / 2)) / (1. / 2 - 1. / 8); });
}

/// dg/dt = a x (1 - g) without closing: 1 - g = exp(-a tau_rise (1 - exp(-t / tau_rise))).
TEST(NMDA, saturates) {
    expect_orders(NMDA{.tau_decay = 1e12, .a = 0.3, .tau_rise = 3},
                  [](double t) { return -std::expm1(0.3 * 3 * std::expm1(-t / 3)); });
}

TEST(JumpingSynapses, are_computed_from_event_to_event_where_the_equations_allow_it) {
    const auto how = [](const Synapse& synapse) {
        Projection syn("syn", Population("pre", SpikeTimeGroup{}, 3), Population("post", LIF{}, 3), All2All{}, synapse,
                       {.g_max = 1, .output = Output()});
        syn.update({.dt = 0.1, .step = 0});
        return syn.how();
    };
    EXPECT_EQ(how(DualExponential{}), "event-driven, 2 modes, one sum for all targets");
    EXPECT_EQ(how(Delta{}), "event-driven, 1 mode, one sum for all targets");
    EXPECT_EQ(how(NMDA{}).substr(0, 12), "event-driven");
    EXPECT_EQ(how(Alpha{}), "step by step, as its states decay at nearly the same rate");
}

}  // namespace
}  // namespace bouton
