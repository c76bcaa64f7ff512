// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <vector>

#include <bouton/bouton.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cells.hpp"

namespace bouton {
namespace {

using Model = BasicALIFBellec2020<double>;

TEST(ALIFBellec2020, compares_with_a_threshold_that_spikes_raise) {
    const Model model;
    EXPECT_TRUE(model.spike({-70, 5}, {-60 + 1.6 * 5, 100}));
    EXPECT_FALSE(model.spike({-70, 5}, {-60 + 1.6 * 5 - 1e-9, 0}));
}

TEST(ALIFBellec2020, a_spike_takes_from_V_what_the_threshold_is_above_rest) {
    const auto now = Model{.V_rest = -65, .V_th = -50}.reset({-48, 2});
    EXPECT_EQ(now.V, -63);
    EXPECT_EQ(now.a, 3);
}

/// The same trace wherever 0 mV is, unlike that of BrainPy 2.4.
TEST(ALIFBellec2020, does_not_depend_on_where_0_is) {
    test::Cells low(erase_neuron(ALIFBellec2020{}), 25),
        high(erase_neuron(ALIFBellec2020{.V_rest = 0, .V_th = 10}), 25, {.V = 0.});
    for (int n = 0; n < 1000; ++n) {
        low.step();
        high.step();
        ASSERT_NEAR(low.V(), high.V() - 70, 1e-11);
        ASSERT_EQ(low.spike(), high.spike());
    }
    EXPECT_NEAR(low.state(1), 5.841161695738307, 1e-12);
}

/// BrainPy 2.4.0 with its own defaults: every step is a spike, and V runs away.
TEST(ALIFBellec2020, runs_away_as_brainpy_2_4_does) {
    Population cells("cells", ALIFBellec2020{}, 1, {.initial = {{"a", -50}}}, {.brainpy_2_4 = true});
    std::vector<double> V;
    for (std::uint64_t step = 0; step < 1000; ++step) {
        cells.variable("input").set(25);
        cells.update({.dt = 0.1, .step = step});
        EXPECT_EQ(cells.variable("spike").at(0), 1);
        V.push_back(cells.variable("V").at(0));
    }
    EXPECT_NEAR(V[0], -9.875311979817056, 1e-12);
    EXPECT_NEAR(V[9], 517.930506907772, 1e-10);
    EXPECT_NEAR(V[99], 4673.282733893614, 1e-9);
    EXPECT_NEAR(V[499], 10995.488289454377, 1e-8);
    EXPECT_NEAR(cells.variable("a").at(0), 927.8744242516267, 1e-10);
}

TEST(ALIFBellec2020, holds_V_but_not_a) {
    test::Cells cells(erase_neuron(ALIFBellec2020{.tau_ref = 1}), 25);
    while (!cells.spike()) cells.step();
    const double V = cells.V(), a = cells.state(1);
    for (int n = 0; n < 10; ++n) {
        cells.step();
        EXPECT_EQ(cells.V(), V);
    }
    EXPECT_NEAR(cells.state(1), a * std::exp(-1. / 2000), 1e-12);
    cells.step();
    EXPECT_NE(cells.V(), V);
}

}  // namespace
}  // namespace bouton
