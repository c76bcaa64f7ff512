// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include <bouton/core/clock.hpp>
#include <bouton/core/error.hpp>

namespace bouton {
namespace {

constexpr double slack = 1e-9;
constexpr double most_steps = 9.0e15;  // below 2^53: every step has its own time

/// `quotient` as a number of steps, or the error that names what it came from.
std::uint64_t to_steps(double quotient, const char* field, double value) {
    if (!(quotient < most_steps)) throw ParameterError("clock", field, value, "less than 9e15 steps");
    return quotient > 0 ? static_cast<std::uint64_t>(quotient) : 0;
}

void check_duration(double duration) {
    if (!(duration >= 0 && std::isfinite(duration)))
        throw ParameterError("run", "duration", duration, "non-negative and finite");
}

}  // namespace

void check_dt(double dt) {
    if (!(dt > 0 && std::isfinite(dt))) throw ParameterError("clock", "dt", dt, "positive and finite");
}

std::uint64_t run_steps(double duration, double dt) {
    check_duration(duration);
    return to_steps(std::floor(duration / dt * (1 + slack)), "duration", duration);
}

std::uint64_t run_steps_brainpy_2_4(double duration, double dt) {
    check_duration(duration);
    return to_steps(std::trunc(duration / dt), "duration", duration);
}

std::uint64_t pulse_steps(double T_duration, double dt) {
    return to_steps(std::ceil(T_duration / dt * (1 - slack)), "T_duration", T_duration);
}

std::uint64_t refractory_steps(double tau_ref, double dt) {
    return to_steps(std::floor(tau_ref / dt * (1 + slack)), "tau_ref", tau_ref);
}

}  // namespace bouton
