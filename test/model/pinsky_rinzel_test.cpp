// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <vector>

#include <bouton/bouton.hpp>
#include <bouton/math/step.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cells.hpp"

namespace bouton {
namespace {

using Model = BasicPinskyRinzelModel<double>;

/// After 10 ms, of a program of its own at a tolerance of 1e-13.
TEST(PinskyRinzelModel, converges_to_the_solution_of_its_equations) {
    const auto run = [](double Is, double Id, double dt) {
        Population cells("cells", PinskyRinzelModel{}, 1, {.method = "rk4"});
        for (std::uint64_t step = 0; step < static_cast<std::uint64_t>(std::lround(10 / dt)); ++step) {
            cells.variable("input").set(Is);
            cells.variable("Id").set(Id);
            cells.update({.dt = dt, .step = step});
        }
        std::vector<double> states;
        for (const char* name : {"V", "Vd", "Ca", "h", "n", "s", "c", "q"})
            states.push_back(cells.variable(name).values()[0]);
        return states;
    };
    const auto expect = [&](double Is, double Id, const std::vector<double>& exact) {
        const auto error = [&](double dt) {  // the largest relative one
            const std::vector<double> states = run(Is, Id, dt);
            double largest = 0;
            for (std::size_t k = 0; k < exact.size(); ++k)
                largest = std::max(largest, std::abs(states[k] / exact[k] - 1));
            return largest;
        };
        EXPECT_LT(error(0.1), 1e-7);
        EXPECT_NEAR(error(0.2) / error(0.1), 16, 3);
    };
    expect(1.5, 0,
           {-57.87939340538483, -58.34683470009887, 0.2954629708614713, 0.9954694975229417, 0.001390328374856519,
            0.015548419327090139, 0.012031890073541083, 0.0039902425053131695});
    expect(0, 0.5,
           {-61.539526916144816, -61.429769675324906, 0.25036855445544876, 0.9977109522846049, 0.0007941071049520228,
            0.012194666821148765, 0.009234035283878056, 0.003987896151119492});
}

/// Pinsky & Rinzel (1994): a weak current into the soma makes it burst about twice a second, a strong one fire at once.
TEST(PinskyRinzelModel, bursts_seldom_or_fires_often) {
    const auto spikes = [](double Is) {
        test::Cells cells(erase_neuron(PinskyRinzelModel{}), Is, {.method = "rk4", .dt = 0.05});
        return test::spike_steps(cells, 30'000);
    };
    const std::vector<int> weak = spikes(0.75), strong = spikes(2.5);
    ASSERT_EQ(weak.size(), 5u);
    for (const std::size_t k : {3u, 4u}) EXPECT_NEAR(0.05 * (weak[k] - weak[k - 1]), 495, 1);
    // How often exactly is decided by rounding: 59 or 64 spikes, by the vectors of the processor.
    EXPECT_GT(strong.size(), 10 * weak.size());
}

TEST(PinskyRinzelModel, gates_are_continuous_where_their_formulas_change) {
    for (const double beside : {-1e-9, 1e-9}) {
        EXPECT_NEAR(Model::gate_c(-10 + beside).a, Model::gate_c(-10).a, 1e-4);
        EXPECT_NEAR(Model::gate_c(-10 + beside).b, Model::gate_c(-10).b, 1e-4);
        EXPECT_NEAR(Model::gate_q(500 + beside).a, 0.01, 1e-12);
        EXPECT_NEAR(Model::gate_n(-24.9 + beside).a, 0.08, 1e-9);
        EXPECT_NEAR(Model::gate_s(-8.9 + beside).b, 0.1, 1e-9);
    }
    for (double Vd = -90; Vd < 60; Vd += 0.5) {
        EXPECT_GE(Model::gate_c(Vd).a, 0) << Vd;
        EXPECT_GE(Model::gate_c(Vd).b, -4e-5) << Vd;  // at -10 the formulas of the paper differ by as much
    }
    EXPECT_EQ(Model::gate_q(100).a, 0.01 - (0.01 - 2e-5 * 100));
    EXPECT_EQ(Model::gate_q(1000).a, 0.01);
}

TEST(PinskyRinzelModel, gates_start_at_their_steady_states) {
    const test::Cells cells(erase_neuron(PinskyRinzelModel{}), 0);
    const std::vector<double> rest{0.998743433, 4.89241611e-04, 9.50054632e-03, 7.05194847e-03, 3.98406375e-03};
    for (std::size_t k = 0; k < rest.size(); ++k) EXPECT_NEAR(cells.state(3 + k), rest[k], 1e-9);
}

TEST(PinskyRinzelModel, spikes_where_its_soma_comes_up_through_the_threshold) {
    const auto state = [](double V, double Vd) { return Model::State{V, Vd, 0, 0, 0, 0, 0, 0, 0}; };
    const Model model;
    EXPECT_TRUE(model.spike(state(19, 30), state(20, 0)));
    EXPECT_FALSE(model.spike(state(18, 0), state(19, 30)));
    EXPECT_FALSE(model.spike(state(20, 0), state(21, 0)));
}

/// Projections may end at either compartment; what they add lasts one step.
TEST(PinskyRinzelModel, takes_synaptic_currents_at_its_dendrite) {
    Network net;
    const Population pre = net.add("pre", SpikeTimeGroup{{0}, {0}}, 1);
    const Population post = net.add("post", PinskyRinzelModel{}, 1, {.initial = {{"V", -60}, {"Vd", -70}}});
    net.connect("soma", pre, post, One2One{}, Delta{}, {.output = COBA{.E = 0}});
    net.connect("dendrite", pre, post, One2One{}, Delta{}, {.output = Output(COBA{.E = 0}, "Id", "Vd")});
    Runner runner(net, {.inputs = {{"post.Id", 0.5}}, .monitors = {"post.Id", "post.input", "post.Vd", "post.V"}});
    const Recording& mon = runner.run_steps(4);
    const std::vector<double>& Vd = mon["post.Vd"].values;
    const std::vector<double>& V = mon["post.V"].values;
    EXPECT_THAT(mon["post.Id"].values, testing::ElementsAre(0.5, 0.5 - Vd[0], 0.5, 0.5));
    EXPECT_THAT(mon["post.input"].values, testing::ElementsAre(0, -V[0], 0, 0));
    EXPECT_GT(Vd[1], Vd[0]);
    EXPECT_EQ(post.variable("Id").at(0), 0);
}

}  // namespace
}  // namespace bouton
