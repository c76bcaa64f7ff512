// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>
#include <support/message_of.hpp>
#include <support/traces.hpp>
#include <vector>

#include <bouton/bouton.hpp>

#include <gtest/gtest.h>

namespace bouton {
namespace {

using test::trace;

/// Spikes in steps 10, 13, 40, through AMPA and CUBA.
Recording drive(const Plasticity& stp, std::vector<Monitor> monitors, bool brainpy_2_4) {
    Network net({.brainpy_2_4 = brainpy_2_4});
    const Population pre = net.add("pre", SpikeTimeGroup{test::times_of({10, 13, 40}), {0, 0, 0}}, 1);
    const Population post = net.add("post", LIF{}, 1);
    net.connect("syn", pre, post, One2One{}, AMPA{}, {.output = Output(CUBA{}), .stp = stp});
    monitors.insert(monitors.end(), {"syn.g", "post.input"});
    Runner runner(net, {.monitors = std::move(monitors)});
    return runner.run_steps(70);
}

bool arrives(std::size_t step) { return step == 11 || step == 14 || step == 41; }

TEST(STD, follows_brainpy_with_and_without_the_switch) {
    struct {
        std::size_t step;
        double x, I;
    } const rows[] = {{0, 1, 0},
                      {10, 1, 0},
                      {11, 0.9299999999999999, 0.01851231288858057},
                      {14, 0.8650000237385436, 0.062463302507356946},
                      {41, 0.8061382201530388, 0.08071067276723294},
                      {69, 0.8088333749664839, 0.07813236496955182}};
    for (const bool brainpy_2_4 : {false, true}) {
        const Recording mon = drive(STD{}, {"syn.stp.x"}, brainpy_2_4);
        for (const auto& row : rows) {
            EXPECT_NEAR(trace(mon, "syn.stp.x")[row.step], row.x, 1e-14) << row.step;
            EXPECT_NEAR(trace(mon, "post.input")[row.step], row.I, 1e-14) << row.step;
        }
    }
}

TEST(STP, follows_brainpy_with_the_switch) {
    struct {
        std::size_t step;
        double x, u, I;
    } const rows[] = {{0, 1, 0.16498950034444895, 0},
                      {10, 1, 0.31482955510978694, 0},
                      {11, 0.5674163660829596, 0.4325836339170403, 0.004885957399771159},
                      {14, 0.2511404088248437, 0.5581140321364073, 0.010121581148878223},
                      {41, 0.008265706733869504, 0.9697245989411364, 0.0008025089049958332},
                      {69, 0.022053248849003258, 1.3875243785791187, 0.002955868485309038}};
    const Recording mon = drive(STP{}, {"syn.stp.x", "syn.stp.u"}, true);
    for (const auto& row : rows) {
        // The plain form of the exponential step, which the reference computes, has errors of 8e-13 here.
        EXPECT_NEAR(trace(mon, "syn.stp.x")[row.step], row.x, 2e-12) << row.step;
        EXPECT_NEAR(trace(mon, "syn.stp.u")[row.step], row.u, 2e-12) << row.step;
        EXPECT_NEAR(trace(mon, "post.input")[row.step], row.I, 2e-12) << row.step;
    }
}

TEST(STP, decays_to_zero_without_the_switch) {
    const STP model{.U = 0.3, .tau_f = 40, .tau_d = 15};
    const Recording mon = drive(model, {"syn.stp.x", "syn.stp.u"}, false);
    double u = 0.3, x = 1;
    for (std::size_t k = 0; k < 70; ++k) {
        const double u_old = u, x_old = x;
        u = u_old * std::exp(-0.1 / 40);
        x = 1 - (1 - x_old) * std::exp(-0.1 / 15);
        if (arrives(k)) {
            u += 0.3 * (1 - u_old);
            x -= u * x_old;
        }
        ASSERT_NEAR(trace(mon, "syn.stp.u")[k], u, 1e-14) << k;
        ASSERT_NEAR(trace(mon, "syn.stp.x")[k], x, 1e-14) << k;
        ASSERT_NEAR(trace(mon, "post.input")[k], 0.42 * trace(mon, "syn.g")[k] * x * u, 1e-15) << k;
    }
}

TEST(STP, has_a_method_of_its_own) {
    const Recording mon = drive({STP{.U = 0.3, .tau_f = 40}, "euler"}, {"syn.stp.u"}, false);
    double u = 0.3;
    for (std::size_t k = 0; k < 70; ++k) {
        const double old = u;
        u += 0.1 * (-old / 40) + (arrives(k) ? 0.3 * (1 - old) : 0);
        ASSERT_NEAR(trace(mon, "syn.stp.u")[k], u, 1e-15) << k;
    }
}

TEST(Plasticity, scales_what_is_summed_and_not_g) {
    const std::vector<double> plain = trace(drive({}, {}, false), "syn.g");
    for (const Plasticity& stp : {Plasticity(STD{}), Plasticity(STP{})})
        EXPECT_EQ(trace(drive(stp, {}, false), "syn.g"), plain);
}

TEST(Plasticity, has_one_state_for_each_presynaptic_neuron) {
    Network net({.mode = Mode::batching(2)});
    const Population pre = net.add("pre", SpikeTimeGroup{{0, 0}, {1, 2}, {0, 1}}, 3);
    const Population post = net.add("post", LIF{}, 2);
    Projection syn = net.connect("syn", pre, post, All2All{}, AMPA{}, {.stp = STD{.U = 0.5}});
    Runner(net).run_steps(2);
    EXPECT_EQ(syn.variable("stp.x").shape(), (Shape{2, 3}));
    EXPECT_EQ(syn.variable("stp.x").values(), (std::vector<double>{1, 0.5, 1, 1, 1, 0.5}));
}

TEST(Plasticity, parameters_have_ranges) {
    const Population cells("cells", LIF{}, 1);
    const auto message = [&](const Plasticity& stp) {
        return test::message_of<ParameterError>(
            [&] { Projection("syn", cells, cells, One2One{}, AMPA{}, {.stp = stp}); });
    };
    constexpr double infinity = std::numeric_limits<double>::infinity();
    EXPECT_EQ(message(STD{.tau = 0}), "syn.stp.tau = 0, but must be positive and finite");
    EXPECT_EQ(message(STD{.tau = -1}), "syn.stp.tau = -1, but must be positive and finite");
    EXPECT_EQ(message(STD{.tau = infinity}), "syn.stp.tau = inf, but must be finite");
    EXPECT_EQ(message(STD{.U = -0.1}), "syn.stp.U = -0.1, but must be non-negative and finite");
    EXPECT_EQ(message(STD{.U = std::nan("")}), "syn.stp.U = nan, but must be finite");
    EXPECT_EQ(message(STP{.U = -0.1}), "syn.stp.U = -0.1, but must be non-negative and finite");
    EXPECT_EQ(message(STP{.tau_f = 0}), "syn.stp.tau_f = 0, but must be positive and finite");
    EXPECT_EQ(message(STP{.tau_d = -infinity}), "syn.stp.tau_d = -inf, but must be finite");
    EXPECT_EQ(test::message_of<NameError>([] { Plasticity(STD{}, "foo"); }).substr(0, 28),
              "no integration method \"foo\";");
}

}  // namespace
}  // namespace bouton
