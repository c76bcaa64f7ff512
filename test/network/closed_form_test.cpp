// SPDX-License-Identifier: Apache-2.0
// The kinetics of a receptor are linear while the transmitter is held, so their solution is a product of exponentials:
// for any train of spikes and any rates.
#include <cmath>
#include <cstdint>
#include <vector>

#include <bouton/bouton.hpp>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace bouton {
namespace {

constexpr std::size_t steps = 120;

/// With digits to spare, so that all of a difference is the simulation's.
using Solution = std::vector<long double>;

/// What drives one synapse, in the units of its model.
struct Train {
    double alpha, beta, T, T_duration, dt;
    std::vector<bool> spike;  // in each step
};

Train any_train() {
    const auto number = [](int most) { return *rc::gen::inRange(0, most + 1) / 100.0; };
    Train train{.alpha = number(300),
                .beta = number(100),
                .T = number(200),
                .T_duration = number(150) - 0.2,
                .dt = *rc::gen::element(0.05, 0.1, 0.2),
                .spike = {}};
    for (std::size_t k = 0; k < steps; ++k) train.spike.push_back(*rc::gen::inRange(0, 12) == 0);
    return train;
}

/// dy/dt = alpha TT (1 - y) - beta y from one end of a step to the other, TT on for ceil(T_duration / dt) steps.
Solution solution(const Train& train) {
    const double q = train.T_duration / train.dt;
    const auto length = static_cast<std::size_t>(q > 0 ? std::ceil(q * (1 - 1e-9)) : 0);
    Solution values;
    long double y = 0;
    std::size_t off = 0;  // step in which the pulse is over
    for (std::size_t k = 0; k < steps; ++k) {
        if (train.spike[k]) off = k + length;
        const long double opening = k < off ? train.alpha * train.T : 0, rate = opening + train.beta;
        if (rate > 0) y = opening / rate + (y - opening / rate) * std::exp(-rate * train.dt);
        values.push_back(y);
    }
    return values;
}

/// A state of the synapse in each step.
std::vector<double> simulate(const Synapse& synapse, const char* state, const Train& train) {
    const Population pre("pre", InputGroup{}, 1), post("post", OutputGroup{}, 1);
    Projection syn("syn", pre, post, One2One{}, synapse, {.output = Output()});
    std::vector<double> values;
    for (Clock clock{.dt = train.dt}; clock.step < steps; ++clock.step) {
        syn.update(clock, std::vector<double>{train.spike[clock.step] ? 1.0 : 0.0});
        values.push_back(syn.variable(state).at(0));
    }
    return values;
}

void expect_equal(const std::vector<double>& values, const Solution& expected) {
    for (std::size_t k = 0; k < steps; ++k) RC_ASSERT(std::abs(values[k] - expected[k]) <= 1e-14L);
}

RC_GTEST_PROP(ClosedForm, of_g_of_AMPA, ()) {
    const Train t = any_train();
    expect_equal(simulate(AMPA{t.alpha, t.beta, t.T, t.T_duration}, "g", t), solution(t));
}

RC_GTEST_PROP(ClosedForm, of_g_of_GABAa, ()) {
    const Train t = any_train();
    expect_equal(simulate(GABAa{t.alpha, t.beta, t.T, t.T_duration}, "g", t), solution(t));
}

RC_GTEST_PROP(ClosedForm, of_x_of_BioNMDA, ()) {
    const Train t = any_train();
    expect_equal(simulate(BioNMDA{.alpha2 = t.alpha, .beta2 = t.beta, .T_0 = t.T, .T_dur = t.T_duration}, "x", t),
                 solution(t));
}

RC_GTEST_PROP(ClosedForm, of_g_of_BioNMDA_from_the_x_before_the_step, ()) {
    const Train t = any_train();
    const BioNMDA model{.alpha2 = t.alpha, .beta2 = t.beta, .T_0 = t.T, .T_dur = t.T_duration};
    const Solution x = solution(t);
    Solution expected;
    long double g = 0;
    for (std::size_t k = 0; k < steps; ++k) {
        const long double opening = k == 0 ? 0 : model.alpha1 * x[k - 1], rate = opening + model.beta1;
        g = opening / rate + (g - opening / rate) * std::exp(-rate * t.dt);
        expected.push_back(g);
    }
    expect_equal(simulate(model, "g", t), expected);
}

}  // namespace
}  // namespace bouton
