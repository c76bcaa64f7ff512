// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>
#include <support/message_of.hpp>

#include <bouton/core/clock.hpp>
#include <bouton/core/error.hpp>

#include <gtest/gtest.h>

namespace bouton {
namespace {

using test::message_of;

constexpr double infinity = std::numeric_limits<double>::infinity();
const double nan_value = std::nan("");

TEST(Clock, time_is_a_product_never_a_sum) {
    Clock clock{.dt = 0.1, .t0 = 5};
    EXPECT_EQ(clock.now(), 5);
    clock.step = 1'000'000;
    EXPECT_EQ(clock.now(), 1'000'000 * 0.1 + 5);
    clock.step0 = 999'997;
    EXPECT_EQ(clock.now(), 3 * 0.1 + 5);
}

TEST(RunSteps, a_quotient_that_rounding_made_too_small_is_whole) {
    EXPECT_EQ(run_steps(0.3, 0.1), 3u);
    EXPECT_EQ(run_steps(0.6, 0.1), 6u);
    EXPECT_EQ(run_steps(0.7, 0.1), 7u);
    EXPECT_EQ(run_steps(2.3, 0.1), 23u);
    EXPECT_EQ(run_steps(0.5, 0.1), 5u);
    EXPECT_EQ(run_steps(1.0, 0.1), 10u);
    EXPECT_EQ(run_steps(1.1, 0.1), 11u);
    EXPECT_EQ(run_steps(150, 0.1), 1500u);
    EXPECT_EQ(run_steps(1e6, 0.1), 10'000'000u);
}

TEST(RunSteps, what_is_not_a_whole_number_of_steps_is_cut) {
    EXPECT_EQ(run_steps(0, 0.1), 0u);
    EXPECT_EQ(run_steps(0.09, 0.1), 0u);
    EXPECT_EQ(run_steps(0.35, 0.1), 3u);
    EXPECT_EQ(run_steps(0.1 * (3 - 1e-8), 0.1), 2u);
    EXPECT_EQ(run_steps(0.1 * (3 - 1e-10), 0.1), 3u);
    EXPECT_EQ(run_steps(std::numeric_limits<double>::denorm_min(), 0.1), 0u);
}

TEST(RunSteps, as_brainpy_2_4_truncates) {
    EXPECT_EQ(run_steps_brainpy_2_4(0.3, 0.1), 2u);
    EXPECT_EQ(run_steps_brainpy_2_4(0.6, 0.1), 5u);
    EXPECT_EQ(run_steps_brainpy_2_4(0.7, 0.1), 6u);
    EXPECT_EQ(run_steps_brainpy_2_4(2.3, 0.1), 22u);
    EXPECT_EQ(run_steps_brainpy_2_4(0.5, 0.1), 5u);
    EXPECT_EQ(run_steps_brainpy_2_4(1.0, 0.1), 10u);
    EXPECT_EQ(run_steps_brainpy_2_4(1.1, 0.1), 11u);
    EXPECT_EQ(run_steps_brainpy_2_4(150, 0.1), 1500u);
}

TEST(RunSteps, a_duration_that_is_none_is_refused) {
    for (const double duration : {-0.1, -infinity, infinity, nan_value}) {
        EXPECT_THROW(run_steps(duration, 0.1), ParameterError) << duration;
        EXPECT_THROW(run_steps_brainpy_2_4(duration, 0.1), ParameterError) << duration;
    }
    EXPECT_EQ(message_of<ParameterError>([] { run_steps(-0.5, 0.1); }),
              "run.duration = -0.5, but must be non-negative and finite");
    EXPECT_EQ(message_of<ParameterError>([] { run_steps(1e300, 0.1); }),
              "clock.duration = 1e+300, but must be less than 9e15 steps");
    EXPECT_THROW(run_steps(1, 1e-300), ParameterError);
    EXPECT_THROW(run_steps(1e300, 1e-300), ParameterError);
}

TEST(PulseSteps, are_the_steps_that_start_within_the_pulse) {
    EXPECT_EQ(pulse_steps(0.5, 0.1), 5u);
    EXPECT_EQ(pulse_steps(1.0, 0.1), 10u);
    EXPECT_EQ(pulse_steps(0.3, 0.1), 3u);
    EXPECT_EQ(pulse_steps(0.6, 0.2), 3u);
    EXPECT_EQ(pulse_steps(0.7, 0.1), 7u);
    EXPECT_EQ(pulse_steps(2.3, 0.1), 23u);
    EXPECT_EQ(pulse_steps(0.5, 0.2), 3u);
    EXPECT_EQ(pulse_steps(0.05, 0.1), 1u);
    EXPECT_EQ(pulse_steps(1e-300, 0.1), 1u);
    EXPECT_EQ(pulse_steps(0.1 * (5 + 1e-10), 0.1), 5u);
    EXPECT_EQ(pulse_steps(0.1 * (5 + 1e-8), 0.1), 6u);
}

TEST(PulseSteps, a_pulse_without_length_is_never_on) {
    EXPECT_EQ(pulse_steps(0, 0.1), 0u);
    EXPECT_EQ(pulse_steps(-0.0, 0.1), 0u);
    EXPECT_EQ(pulse_steps(-0.5, 0.1), 0u);
    EXPECT_EQ(pulse_steps(-1e300, 1e-300), 0u);
}

TEST(PulseSteps, too_many_to_count_are_refused) {
    EXPECT_EQ(message_of<ParameterError>([] { pulse_steps(1e300, 0.1); }),
              "clock.T_duration = 1e+300, but must be less than 9e15 steps");
    EXPECT_THROW(pulse_steps(infinity, 0.1), ParameterError);
    EXPECT_THROW(pulse_steps(nan_value, 0.1), ParameterError);
}

TEST(RefractorySteps, are_the_steps_that_end_within_the_period) {
    EXPECT_EQ(refractory_steps(1.0, 0.1), 10u);
    EXPECT_EQ(refractory_steps(0.3, 0.1), 3u);
    EXPECT_EQ(refractory_steps(0.6, 0.1), 6u);
    EXPECT_EQ(refractory_steps(0.7, 0.1), 7u);
    EXPECT_EQ(refractory_steps(2.3, 0.1), 23u);
    EXPECT_EQ(refractory_steps(0.35, 0.1), 3u);
    EXPECT_EQ(refractory_steps(0.05, 0.1), 0u);
    EXPECT_EQ(refractory_steps(0, 0.1), 0u);
    EXPECT_EQ(refractory_steps(-1, 0.1), 0u);
    EXPECT_THROW(refractory_steps(1e300, 0.1), ParameterError);
    EXPECT_THROW(refractory_steps(infinity, 0.1), ParameterError);
    EXPECT_THROW(refractory_steps(nan_value, 0.1), ParameterError);
}

}  // namespace
}  // namespace bouton
