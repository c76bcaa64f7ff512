// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <numeric>
#include <optional>
#include <span>
#include <sstream>
#include <string>
#include <vector>

#include <bouton/own_model.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cells.hpp"

namespace bouton {
namespace {

using test::Cells;
using test::make;
using test::spike_steps;

std::vector<std::shared_ptr<const NeuronModel>> all_models() {
    std::vector<std::shared_ptr<const NeuronModel>> models;
#define BOUTON_ADD(Model) models.push_back(make<Model>());
    BOUTON_NEURONS(BOUTON_ADD)
#undef BOUTON_ADD
    return models;
}

// ---- traces of the reference ----------------------------------------------------------------------------------------

/// BrainPy 2.4.0, float64, dt = 0.1 ms, exp_auto, a constant input for 1000 steps.
struct Trace {
    std::shared_ptr<const NeuronModel> model;
    double I;
    std::optional<double> start;
    double V0, V9, V99, V499;  // after these steps
    std::size_t spikes;
    std::vector<int> first_spikes;
};

std::vector<Trace> traces() {
    return {
        {make<BasicLIF>(),
         25,
         {},
         0.248754156271,
         2.3790645491,
         15.8030139707,
         18.882231648,
         5,
         {160, 340, 520, 700, 880}},
        {make<BasicIntegrator>(), 5, {}, 0.0497508312542, 0.47581290982, 3.16060279414, 4.966310265, 0, {}},
        {make<BasicLeaky>(), 5, {}, 5, 47.819593947, 317.643214643, 499.118320218, 0, {}},
        // Here a spike takes as much from V as in the reference.
        {erase_neuron(ALIFBellec2020{.V_rest = 0, .V_th = 10}),
         25,
         0,
         0.124688020183,
         1.21926438748,
         9.83673350718,
         13.9412912,
         6,
         {102, 227, 363, 514, 683, 875}},
        // Without its noise; the closed form.
        {erase_neuron(OUProcess{.mean = 3}), 0, 0, 0.0298504987525, 0.285487745892, 1.89636167649, 2.979786159, 0, {}},
        // By a program of its own from the equations of the paper, as the reference has others.
        {make<BasicPinskyRinzelModel>(),
         1.5,
         {},
         -64.4783504156,
         -63.7639896557,
         -58.3578740813,
         -58.1092143254,
         2,
         {169, 615}},
        {make<BasicLeakyIntegrator>(), 5, {}, 0.0497508312542, 0.47581290982, 3.16060279414, 4.966310265, 0, {}},
        {make<BasicExpIF>(),
         5,
         -65,
         -64.9421852389,
         -64.4410255671,
         -60.6742383652,
         -57.1741067638,
         3,
         {261, 566, 871}},
        {make<BasicAdExIF>(),
         25,
         -65,
         -64.7429523128,
         -62.5091578967,
         -58.9357292273,
         -66.2693974235,
         11,
         {59, 136, 218, 305, 396, 490}},
        {make<BasicQuaIF>(),
         20,
         -65,
         -64.8010463346,
         -63.0930480794,
         -47.1234824792,
         -60.4540584787,
         6,
         {144, 302, 460, 618, 776, 934}},
        {make<BasicAdQuaIF>(),
         40,
         -65,
         -64.6020926693,
         -61.1737056953,
         -62.0707851706,
         -46.2306275871,
         8,
         {80, 185, 299, 416, 534, 652}},
        {make<BasicGIF>(),
         1.5,
         {},
         -69.8503743758,
         -68.536882735,
         -58.1959197914,
         -62.2245466205,
         4,
         {219, 439, 659, 879}},
        {make<BasicIzhikevich>(),
         10,
         {},
         -69.0294088931,
         -61.6411022688,
         -64.0011683196,
         -66.6370287754,
         3,
         {34, 206, 656}},
        // L is exactly 0 at V = 0, the start.
        {make<BasicHindmarshRose>(),
         3,
         {},
         -0.7,
         -0.947718084818,
         -1.28393173841,
         -0.767254737639,
         11,
         {32, 86, 143, 206, 274, 349}},
        {make<BasicFHN>(), 0.8, {}, 0.0841367344605, 1.1864438095, 1.41615127395, 1.0945266823, 3, {16, 382, 747}},
        {make<BasicMorrisLecar>(), 100, -60, -59.5155950639, -55.3669154365, -26.555415, -48.3793969398, 1, {162}},
        {make<BasicWangBuzsakiModel>(),
         2,
         {},
         -65.0295878372,
         -63.9565156739,
         -75.8129533849,
         -76.54444014,
         7,
         {73, 209, 348, 477, 612, 742}},
        {make<BasicHH>(),
         10,
         -65,
         -64.3004696254,
         -58.3407434252,
         -70.4198311175,
         -75.5275179613,
         7,
         {25, 175, 323, 471, 619, 767}},
    };
}

TEST(Neurons, follow_the_traces_of_the_reference) {
    for (const Trace& trace : traces()) {
        SCOPED_TRACE(trace.model->name());
        Cells cells(trace.model, trace.I, {.V = trace.start});
        std::vector<double> V;
        std::vector<int> spikes;
        for (int n = 0; n < 1000; ++n) {
            ASSERT_TRUE(cells.step());
            V.push_back(cells.V());
            if (cells.spike()) spikes.push_back(n);
        }
        const auto expect = [&](std::size_t step, double value) {
            EXPECT_NEAR(V[step], value, 1e-9 * std::abs(value)) << "step " << step;
        };
        expect(0, trace.V0);
        expect(9, trace.V9);
        expect(99, trace.V99);
        expect(499, trace.V499);
        EXPECT_EQ(spikes.size(), trace.spikes);
        spikes.resize(std::min(spikes.size(), trace.first_spikes.size()));
        EXPECT_EQ(spikes, trace.first_spikes);
    }
}

TEST(Neurons, there_is_a_trace_of_every_model) {
    std::vector<std::string_view> traced, known;
    for (const Trace& trace : traces()) traced.push_back(trace.model->name());
    for (const auto& model : all_models()) known.push_back(model->name());
    EXPECT_THAT(traced, testing::UnorderedElementsAreArray(known));
}

TEST(Neurons, agree_in_float32) {
    for (const Trace& trace : traces()) {
        SCOPED_TRACE(trace.model->name());
        Cells single(trace.model, trace.I, {.V = trace.start, .precision = Precision::float32});
        Cells exact(trace.model, trace.I, {.V = trace.start});
        for (int n = 0; n < 100; ++n) {
            single.step();
            exact.step();
            ASSERT_EQ(single.spike(), exact.spike()) << "step " << n;
            for (std::size_t k = 0; k < exact.num_states(); ++k)
                ASSERT_NEAR(single.state(k), exact.state(k), 1e-3 * std::max(1., std::abs(exact.state(k))))
                    << "step " << n << ", state " << k;
        }
    }
}

// ---- what a user sees of a model ------------------------------------------------------------------------------------

std::string description(const NeuronModel& model) {
    static constexpr std::array range{"", " >= 0", " > 0", " != 0"};
    const auto value = [](const Parameter& given) { return given.resolve("", "", Shape{}, Random(1, "")).values[0]; };
    std::ostringstream text;
    text << model.name();
    const char* separator = "(";
    for (const GivenParameter& given : model.parameters()) {
        text << separator << given.name << "=" << value(given.value) << range[static_cast<std::size_t>(given.range)];
        separator = ", ";
    }
    text << "):";
    const std::vector<std::string_view> states = model.states();
    const std::vector<Initial> initial = model.initial();
    for (std::size_t k = 0; k < states.size(); ++k) {
        text << " " << states[k] << "=";
        if (!initial[k])
            text << "rest";
        else if (initial[k]->is_scalar())
            text << value(*initial[k]);
        else
            text << "drawn";
    }
    return text.str() + (model.has_spike() ? " spike" : "");
}

TEST(Neurons, have_the_parameters_and_starts_of_the_reference) {
    std::vector<std::string> found;
    for (const auto& model : all_models()) found.push_back(description(*model));
    EXPECT_THAT(
        found,
        testing::UnorderedElementsAre(
            "AdExIF(V_rest=-65, V_reset=-68, V_th=-30, V_T=-59.9, delta_T=3.48 != 0, a=1, b=1, tau=10 > 0, "
            "tau_w=30 > 0, tau_ref=0 >= 0, R=1): V=0 w=0 spike",
            "AdQuaIF(V_rest=-65, V_reset=-68, V_th=-30, V_c=-50, a=1, b=0.1, c=0.07, tau=10 > 0, tau_w=10 > 0): "
            "V=0 w=0 spike",
            // a starts at 0, as in the paper
            "ALIFBellec2020(V_rest=-70, V_th=-60, R=1, beta=1.6, tau=20 > 0, tau_a=2000 > 0, tau_ref=0 >= 0, "
            "from_rest=1): V=-70 a=0 spike",
            "ExpIF(V_rest=-65, V_reset=-68, V_th=-30, V_T=-59.9, delta_T=3.48 != 0, R=1, tau=10 > 0, "
            "tau_ref=0 >= 0): V=0 spike",
            "FHN(a=0.7, b=0.8, tau=12.5 > 0, Vth=1.8): V=0 w=0 spike",
            "GIF(V_rest=-70, V_reset=-70, V_th_inf=-50, V_th_reset=-60, R=20, tau=20 > 0, a=0, b=0.01, k1=0.2, "
            "k2=0.02, R1=0, R2=1, A1=0, A2=0): V=-70 I1=0 I2=0 V_th=-50 spike",
            "HH(ENa=50, gNa=120, EK=-77, gK=36, EL=-54.387, gL=0.03, V_th=20, C=1 > 0): V=drawn m=rest h=rest n=rest "
            "spike",
            "HindmarshRose(a=1, b=3, c=1, d=5, r=0.01, s=4, V_rest=-1.6, V_th=1): V=0 y=-10 z=0 spike",
            "Integrator(tau=10 > 0): x=0", "Leaky(tau=10 > 0): x=0",
            "OUProcess(mean=0, sigma=1 >= 0, tau=10 > 0): x=rest",
            "PinskyRinzelModel(gNa=30, gK=15, gCa=10, gAHP=0.8, gC=15, gL=0.1, ENa=60, EK=-75, ECa=80, EL=-60, "
            "gc=2.1, V_th=20, Cm=3 > 0, p=0.5 > 0): V=-64.6 Vd=-64.5 Ca=0.2 h=rest n=rest s=rest c=rest q=rest Id=0 "
            "spike",
            "Izhikevich(a=0.02, b=0.2, c=-65, d=8, V_th=30, tau_ref=0 >= 0): V=-70 u=rest spike",
            "LIF(V_rest=0, V_reset=-5, V_th=20, R=1, tau=10 > 0, tau_ref=0 >= 0): V=0 spike",
            "LeakyIntegrator(V_rest=0, R=1, tau=10 > 0): V=0",
            "MorrisLecar(V_Ca=130, g_Ca=4.4, V_K=-84, g_K=8, V_leak=-60, g_leak=2, C=20 > 0, V1=-1.2, V2=18 != 0, "
            "V3=2, V4=30 != 0, phi=0.04, V_th=10): V=drawn W=0.02 spike",
            "QuaIF(V_rest=-65, V_reset=-68, V_th=-30, V_c=-50, c=0.07, R=1, tau=10 > 0, tau_ref=0 >= 0): V=0 spike",
            "WangBuzsakiModel(ENa=55, gNa=35, EK=-90, gK=9, EL=-65, gL=0.1, V_th=20, phi=5, C=1 > 0): V=-65 h=0.6 "
            "n=0.32 spike"));
}

TEST(Neurons, draw_their_start_from_minus_70_to_minus_60) {
    for (const auto& model : {make<BasicHH>(), make<BasicMorrisLecar>()}) {
        const Cells cells(model, 0, {.num = 1000});
        std::vector<double> V;
        for (std::size_t i = 0; i < 1000; ++i) V.push_back(cells.V(i));
        const auto [least, most] = std::ranges::minmax(V);
        EXPECT_GE(least, -70);
        EXPECT_LT(least, -69.9);
        EXPECT_LT(most, -60);
        EXPECT_GT(most, -60.1);
    }
}

TEST(Neurons, derive_the_states_without_a_start_from_V) {
    EXPECT_EQ(Cells(make<BasicIzhikevich>(), 0).state(1), 0.2 * -70);
    EXPECT_EQ(Cells(make<BasicIzhikevich>(), 0, {.V = -60}).state(1), 0.2 * -60);

    const Cells hh(make<BasicHH>(), 0, {.V = -65});
    const auto steady = [](double a, double b) { return a / (a + b); };
    EXPECT_DOUBLE_EQ(hh.state(1), steady(2.5 / std::expm1(2.5), 4));
    EXPECT_DOUBLE_EQ(hh.state(2), steady(0.07, 1 / (1 + std::exp(3))));
    EXPECT_DOUBLE_EQ(hh.state(3), steady(0.1 / std::expm1(1), 0.125));
}

TEST(Neurons, may_differ_in_their_parameters) {
    const std::vector<double> tau{5, 10, 20};
    Cells together(erase_neuron(LIF{.tau = tau}), 25, {.num = 3});
    std::vector<Cells> alone;
    for (const double one : tau) alone.emplace_back(erase_neuron(LIF{.tau = one}), 25);
    for (int n = 0; n < 500; ++n) {
        together.step();
        for (std::size_t i = 0; i < 3; ++i) {
            alone[i].step();
            ASSERT_EQ(together.V(i), alone[i].V());
            ASSERT_EQ(together.spike(i), alone[i].spike());
        }
    }
}

TEST(Neurons, report_a_state_that_is_not_finite) {
    for (const auto& model : all_models()) {
        EXPECT_FALSE(Cells(model, 0, {.V = std::nan("")}).step()) << model->name();
        const bool has_input = model->name() != "OUProcess";
        EXPECT_EQ(Cells(model, std::nan("")).step(), !has_input) << model->name();
    }
}

// The exponential overflows within the first step; that is a spike like any other.
TEST(ExpIF, survives_a_spike_steeper_than_the_range_of_exp) {
    for (const Precision precision : {Precision::float64, Precision::float32}) {
        Cells cells(erase_neuron(ExpIF{.delta_T = 0.05}), 5, {.precision = precision});
        EXPECT_TRUE(cells.step());
        EXPECT_TRUE(cells.spike());
        EXPECT_EQ(cells.V(), -68);
    }
}

// ---- methods --------------------------------------------------------------------------------------------------------

std::vector<double> after_one_millisecond(const Trace& trace, const Method& method, int steps) {
    Cells cells(trace.model, trace.I, {.V = trace.start, .method = method, .dt = 1. / steps});
    for (int n = 0; n < steps; ++n) {
        EXPECT_TRUE(cells.step());
        EXPECT_FALSE(cells.spike());
    }
    std::vector<double> states;
    for (std::size_t k = 0; k < cells.num_states(); ++k) states.push_back(cells.state(k));
    return states;
}

TEST(Neurons, converge_to_one_trajectory_by_every_method) {
    for (const Trace& trace : traces()) {
        if (trace.model->name() == "Leaky") continue;  // its input belongs to a step, not to a time
        const std::vector<double> exact = after_one_millisecond(trace, "ck", 1000);
        const auto error = [&](const Method& method, int steps) {
            const std::vector<double> states = after_one_millisecond(trace, method, steps);
            double largest = 0;
            for (std::size_t k = 0; k < states.size(); ++k)
                largest = std::max(largest, std::abs(states[k] - exact[k]) / std::max(1., std::abs(exact[k])));
            return largest;
        };
        for (const std::string_view method : Method::names()) {
            SCOPED_TRACE(testing::Message() << trace.model->name() << " by " << method);
            const double fine = error(method, 100);
            EXPECT_LT(fine, 5e-3);
            if (fine > 1e-12) {
                EXPECT_LT(fine, 0.6 * error(method, 50));
            }
        }
    }
}

// ---- the coefficient of exp_auto ------------------------------------------------------------------------------------

/// The derivative of each equation by its own variable agrees with its central difference, at `state`.
template <class M>
void expect_coefficients(const M& model, const typename M::State& state) {
    constexpr auto fields = M::states();
    const auto coefficients = model.derivative(state, 3., DualOf());
    const auto slopes = model.derivative(state, 3., ValueOf());
    for (std::size_t k = 0; k < fields.size(); ++k) {
        SCOPED_TRACE(testing::Message() << M::name << ", d" << fields[k].name << "/dt at " << state.*fields[0].member);
        const double y = state.*fields[k].member, h = 1e-5 * std::max(1., std::abs(y));
        const auto slope_at = [&](double value) {
            typename M::State moved = state;
            moved.*fields[k].member = value;
            return model.derivative(moved, 3., ValueOf())[k];
        };
        const double difference = (slope_at(y + h) - slope_at(y - h)) / (2 * h);
        // A dual number is multiplied by the inverse of what divides it, which exponentials magnify.
        EXPECT_NEAR(coefficients[k].value, slopes[k], 1e-14 * std::abs(slopes[k]));
        EXPECT_NEAR(coefficients[k].derivative, difference, 1e-7 * std::max(1., std::abs(difference)));
    }
}

template <template <class> class Model>
void expect_coefficients_at_many_states() {
    using M = Model<double>;
    constexpr auto fields = M::states();
    // -55, -40, -35 and -34 are singular in the rates as they are written.
    for (const double V : {-80., -65., -55., -40., -35., -34.9999, -34., -1.2, 0., 2., 20.}) {
        std::array<double, fields.size()> y;
        for (std::size_t k = 0; k < y.size(); ++k) y[k] = 0.3 + 0.2 * static_cast<double>(k);
        y[0] = V;
        expect_coefficients(M{}, with_values(y, fields));
    }
}

TEST(Neurons, hand_exp_auto_the_derivative_of_each_equation) {
#define BOUTON_EXPECT(Model) expect_coefficients_at_many_states<Model>();
    BOUTON_NEURONS(BOUTON_EXPECT)
#undef BOUTON_EXPECT
}

// ---- singular points of rates ---------------------------------------------------------------------------------------

TEST(HH, rates_have_their_limits_where_they_are_singular) {
    EXPECT_EQ(BasicHH<double>::rates(-40).a_m, 1);
    EXPECT_EQ(BasicHH<double>::rates(-55).a_n, 0.1);
    const Cells at_m(make<BasicHH>(), 0, {.V = -40}), at_n(make<BasicHH>(), 0, {.V = -55});
    EXPECT_DOUBLE_EQ(at_m.state(1), 1 / (1 + 4 * std::exp(-25. / 18)));
    EXPECT_DOUBLE_EQ(at_n.state(3), 0.1 / (0.1 + 0.125 * std::exp(-10. / 80)));
}

TEST(WangBuzsakiModel, rates_have_their_limits_where_they_are_singular) {
    using Model = BasicWangBuzsakiModel<double>;
    EXPECT_DOUBLE_EQ(Model::m_inf(-35.), 1 / (1 + 4 * std::exp(-25. / 18)));
    // With n = 0 its equation is dn/dt = phi a_n.
    EXPECT_DOUBLE_EQ(Model{}.derivative({.V = -34, .h = 0.6, .n = 0}, 0., ValueOf())[2], 5 * 0.1);
}

TEST(Neurons, step_through_singular_points_as_beside_them) {
    for (const auto& model : {make<BasicHH>(), make<BasicWangBuzsakiModel>()})
        for (const double V : {-55., -40., -35., -34.}) {
            Cells at(model, 5, {.V = V}), beside(model, 5, {.V = V + 1e-10});
            for (int n = 0; n < 10; ++n) {
                ASSERT_TRUE(at.step());
                ASSERT_TRUE(beside.step());
                for (std::size_t k = 0; k < at.num_states(); ++k)
                    ASSERT_NEAR(at.state(k), beside.state(k), 1e-7) << model->name() << " from " << V;
            }
        }
}

// ---- spikes ---------------------------------------------------------------------------------------------------------

TEST(LIF, spikes_at_its_threshold_and_not_below) {
    const BasicLIF<double> model;
    EXPECT_TRUE(model.spike({0}, {20}));
    EXPECT_FALSE(model.spike({30}, {std::nextafter(20., 0.)}));
}

TEST(HH, spikes_where_V_comes_up_through_its_threshold) {
    const BasicHH<double> model;
    const auto spike = [&](double from, double to) { return model.spike({from, 0, 0, 0}, {to, 0, 0, 0}); };
    EXPECT_TRUE(spike(19, 20));
    EXPECT_FALSE(spike(20, 21));
    EXPECT_FALSE(spike(21, 19));
    EXPECT_FALSE(spike(18, 19));
}

TEST(GIF, compares_with_the_threshold_before_the_step) {
    const BasicGIF<double> model{.R1 = 0.5, .R2 = 0.25, .A1 = 3, .A2 = 4};
    EXPECT_TRUE(model.spike({0, 0, 0, -50}, {-50, 0, 0, -10}));
    EXPECT_FALSE(model.spike({0, 0, 0, -10}, {-11, 0, 0, -50}));
    const auto low = model.reset({-40, 2, 8, -65}), high = model.reset({-40, 2, 8, -55});
    EXPECT_EQ(low.V, -70);
    EXPECT_EQ(low.I1, 0.5 * 2 + 3);
    EXPECT_EQ(low.I2, 0.25 * 8 + 4);
    EXPECT_EQ(low.V_th, -60);
    EXPECT_EQ(high.V_th, -55);
}

TEST(Neurons, adapt_at_a_spike) {
    EXPECT_EQ((BasicAdExIF<double>{.b = 3}.reset({-20, 7}).w), 10);
    EXPECT_EQ((BasicAdQuaIF<double>{.b = 3}.reset({-20, 7}).w), 10);
    EXPECT_EQ((BasicIzhikevich<double>{.d = 3}.reset({-20, 7}).u), 10);
}

TEST(HH, fires_repetitively_at_5_only_from_below_minus_64_1) {
    for (const double V : {-70., -64.1, -64., -60.}) {
        Cells cells(make<BasicHH>(), 5, {.V = V});
        EXPECT_EQ(spike_steps(cells, 1500).size(), V <= -64.1 ? 8U : 0U) << V;
    }
    Cells cells(make<BasicHH>(), 5, {.V = -65});
    EXPECT_EQ(spike_steps(cells, 200).front(), 51);
}

// ---- refractoriness -------------------------------------------------------------------------------------------------

/// Steps from spike to spike of a LIF which, free to move, reaches its threshold in 12.
std::vector<int> intervals(double tau_ref, bool brainpy_2_4, Precision precision = Precision::float64) {
    Cells cells(erase_neuron(LIF{.V_th = 1, .tau_ref = tau_ref}), 50,
                {.precision = precision, .brainpy_2_4 = brainpy_2_4});
    std::vector<int> steps = spike_steps(cells, 2000);
    std::adjacent_difference(steps.begin(), steps.end(), steps.begin());
    steps.erase(steps.begin());
    return steps;
}

TEST(Refractoriness, holds_for_a_number_of_steps) {
    using testing::Each;
    for (const Precision precision : {Precision::float64, Precision::float32}) {
        EXPECT_THAT(intervals(0, false, precision), Each(12));
        EXPECT_THAT(intervals(0.05, false, precision), Each(12));
        EXPECT_THAT(intervals(0.3, false, precision), Each(12 + 3));  // 0.3 / 0.1 is below 3 in floating point
        EXPECT_THAT(intervals(0.7, false, precision), Each(12 + 7));
        EXPECT_THAT(intervals(1, false, precision), Each(12 + 10));
        EXPECT_THAT(intervals(1.06, false, precision), Each(12 + 10));
        EXPECT_THAT(intervals(2, false, precision), Each(12 + 20));
        EXPECT_THAT(intervals(5, false, precision), Each(12 + 50));
    }
}

TEST(Refractoriness, compares_times_as_brainpy_2_4_does) {
    EXPECT_THAT(intervals(0, true), testing::Each(12));
    const std::vector<int> of_1_ms = intervals(1, true);
    EXPECT_THAT(of_1_ms, testing::Each(testing::AnyOf(21, 22)));
    EXPECT_GT(std::ranges::count(of_1_ms, 22), std::ranges::count(of_1_ms, 21));
    EXPECT_GT(std::ranges::count(of_1_ms, 21), 0);
    const auto most_often = [](const std::vector<int>& steps, int interval) {
        return 2 * std::ranges::count(steps, interval) > static_cast<std::ptrdiff_t>(steps.size());
    };
    EXPECT_TRUE(most_often(intervals(2, true), 32));
    EXPECT_TRUE(most_often(intervals(5, true), 62));
}

TEST(Refractoriness, holds_V_but_not_adaptation) {
    Cells cells(erase_neuron(AdExIF{.tau_ref = 2}), 25);
    ASSERT_TRUE(cells.step());
    ASSERT_TRUE(cells.spike());  // from V = 0, above the threshold
    for (int n = 0; n < 20; ++n) {
        const double w = cells.state(1);
        cells.step();
        EXPECT_EQ(cells.V(), -68);
        EXPECT_NE(cells.state(1), w);
    }
    cells.step();
    EXPECT_NE(cells.V(), -68);
}

TEST(Refractoriness, differs_between_neurons) {
    Cells cells(erase_neuron(LIF{.V_reset = 0, .V_th = 1, .tau_ref = {0, 0.3}}), 1000, {.num = 2});
    std::array<int, 2> spikes{};
    for (int n = 0; n < 40; ++n) {
        cells.step();
        for (std::size_t i = 0; i < 2; ++i) spikes[i] += cells.spike(i);
    }
    EXPECT_THAT(spikes, testing::ElementsAre(40, 10));
}

// ---- what the loops rely on -----------------------------------------------------------------------------------------

TEST(Neurons, are_stepped_part_by_part_as_all_at_once) {
    constexpr std::size_t num = 150;
    for (const auto& model : all_models()) {
        SCOPED_TRACE(model->name());
        const double I = model->name() == "FHN" || model->name() == "HindmarshRose" ? 1 : 15;
        for (const Precision precision : {Precision::float64, Precision::float32}) {
            Cells whole(model, I, {.num = num, .precision = precision}),
                parts(model, I, {.num = num, .precision = precision});
            for (int n = 0; n < 300; ++n) {
                ASSERT_TRUE(whole.step());
                ASSERT_TRUE(parts.step({{64, 128}, {128, num}, {0, 64}}));
            }
            for (std::size_t k = 0; k < whole.num_states(); ++k)
                for (std::size_t i = 0; i < num; ++i) ASSERT_EQ(parts.state(k, i), whole.state(k, i)) << i;
        }
    }
}

long double linear_over_expm1_exact(long double x) { return x == 0 ? 1 : x / std::expm1(x); }

/// Potentials on a fine grid, with the singular ones and their neighbours.
std::vector<double> potentials() {
    std::vector<double> V{-55, -40, -35, -34};
    for (const double singular : {-55., -40., -35., -34.})
        for (const double distance : {1e-12, 1e-6, 1e-3, 2.9999, 3.0001}) {
            V.push_back(singular + distance);
            V.push_back(singular - distance);
        }
    for (double each = -120; each < 80; each += 0.0137) V.push_back(each);
    return V;
}

TEST(HH, rates_that_share_an_exponential_and_a_division_are_accurate) {
    for (const double given : potentials()) {
        const long double V = given;
        const auto r = BasicHH<double>::rates(given);
        const auto expect = [&](double rate, long double exact) {
            EXPECT_NEAR(rate, static_cast<double>(exact), 1e-14 * static_cast<double>(exact)) << given;
        };
        expect(r.a_m, linear_over_expm1_exact(-(V + 40) / 10));
        expect(r.b_m, 4 * std::exp(-(V + 65) / 18));
        expect(r.a_h, 0.07L * std::exp(-(V + 65) / 20));
        expect(r.b_h, 1 / (1 + std::exp(-(V + 35) / 10)));
        expect(r.a_n, 0.1L * linear_over_expm1_exact(-(V + 55) / 10));
        expect(r.b_n, 0.125L * std::exp(-(V + 65) / 80));
    }
}

TEST(WangBuzsakiModel, rates_that_share_an_exponential_and_a_division_are_accurate) {
    using M = BasicWangBuzsakiModel<double>;
    for (const double given : potentials()) {
        const long double V = given;
        const auto expect = [&](double rate, long double exact) {
            EXPECT_NEAR(rate, static_cast<double>(exact), 1e-14 * static_cast<double>(exact)) << given;
        };
        const long double a_m = linear_over_expm1_exact(-(V + 35) / 10), b_m = 4 * std::exp(-(V + 60) / 18);
        expect(M::m_inf(given), a_m / (a_m + b_m));
        const M model{.phi = 1};  // dy/dt is a_y at y = 0 and -b_y at y = 1
        const auto rise = model.derivative(M::State{given, 0, 0}, 0., ValueOf());
        const auto fall = model.derivative(M::State{given, 1, 1}, 0., ValueOf());
        expect(rise[1], 0.07L * std::exp(-(V + 58) / 20));
        expect(-fall[1], 1 / (1 + std::exp(-(V + 28) / 10)));
        expect(rise[2], 0.1L * linear_over_expm1_exact(-(V + 34) / 10));
        expect(-fall[2], 0.125L * std::exp(-(V + 44) / 80));
    }
}

}  // namespace
}  // namespace bouton
