// SPDX-License-Identifier: Apache-2.0
/// \file
/// Time is an integer: step `i` runs from `t0 + i dt` to `t0 + (i + 1) dt`. Durations become numbers of steps here and
/// nowhere else, each with the relative slack of 1e-9 that makes 0.3 / 0.1 three steps.
#pragma once

#include <cstdint>

namespace bouton {

/// Where a simulation stands.
struct Clock {
    double dt = 0.1;          ///< [ms] length of a step
    double t0 = 0.0;          ///< [ms] time of step 0 of the current run
    std::uint64_t step = 0;   ///< steps done since the last reset
    std::uint64_t step0 = 0;  ///< the step at time t0

    /// [ms] start of the current step, t0 + (step - step0) dt: never accumulated.
    double now() const { return static_cast<double>(step - step0) * dt + t0; }
};

/// [ms] When a spike happened that never did: before any run.
inline constexpr double long_ago = -1e7;

/// Throws ParameterError unless dt is positive and finite.
void check_dt(double dt);

/// Steps in `duration` ms: floor(duration / dt (1 + 1e-9)). Throws ParameterError unless duration is finite and >= 0.
std::uint64_t run_steps(double duration, double dt);

/// As BrainPy 2.4 counts them: the quotient truncated, so 0.3 ms have 2 steps of 0.1 ms.
std::uint64_t run_steps_brainpy_2_4(double duration, double dt);

/// Steps for which the transmitter is on after a spike arrives: ceil(q (1 - 1e-9)), q = T_duration / dt; 0 for q <= 0.
std::uint64_t pulse_steps(double T_duration, double dt);

/// Steps after the step of a spike for which V is held: floor(tau_ref / dt (1 + 1e-9)); 0 for tau_ref <= 0.
std::uint64_t refractory_steps(double tau_ref, double dt);

}  // namespace bouton
