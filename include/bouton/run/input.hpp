// SPDX-License-Identifier: Apache-2.0
/// \file
/// What a runner applies to a variable at the start of each step.
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <bouton/core/clock.hpp>
#include <bouton/init/parameter.hpp>
#include <bouton/network/variable.hpp>

namespace bouton {

/// What a function of the user's is told of the step.
struct StepInfo {
    double t;         ///< [ms] start of the step; its end for a monitor
    double dt;        ///< [ms]
    std::uint64_t i;  ///< the step; goes on across runs
};

/// How a value meets the variable: v = x, v + x, v - x, v * x, v / x.
enum class Operation { set, add, subtract, multiply, divide };

/// One row for each step, counted across runs: `rows.shape` is (steps, *shape of the variable) or (steps,).
struct PerStep {
    Array rows;
};

/// One value, or one for each entry of the variable.
using InputFunction = std::function<std::vector<double>(const StepInfo&)>;

/// Many Poisson spike trains onto each neuron, of which only the sum matters: in each step every entry of the variable
/// gets weight times a draw of its own, of a binomial distribution of num_input trials with the chance freq dt.
/// Different inputs of a runner draw independently, in each step anew. BrainPy 2.4 replaces a large sum
/// by a normal number, the standard deviation of which is what should be the variance.
struct PoissonInput {
    std::uint64_t num_input;                           //       trains onto one neuron
    double freq;                                       // [Hz]  of each; freq dt <= 1
    double weight = 1;                                 // [unit of the variable]  of one spike
    std::optional<std::uint64_t> seed = std::nullopt;  //       in place of the network's
};

/// A variable by its path in the network ("exc.input", "inner.exc.V") or by a handle on it.
using Target = std::variant<std::string, Variable>;

/// What is applied: a number; an array, one value for each entry of the variable (or for each of one row of a batch);
/// rows over steps; a function of the step; or Poisson spikes. Running out of rows is an error; with `brainpy_2_4` the
/// last row is applied from then on.
///
/// Within a step, constants are applied first, then rows, then functions, then Poisson spikes, and of each kind first
/// those that set, then those that add, subtract, multiply and divide, whatever the order in which they were listed.
struct Input {
    using Value = std::variant<double, std::vector<double>, PerStep, InputFunction, PoissonInput>;

    template <class Number>
    requires std::is_arithmetic_v<Number> Input(Target to, Number number, Operation op = Operation::add)
        : target(std::move(to)), value(static_cast<double>(number)), operation(op) {}
    Input(Target to, std::vector<double> values, Operation op = Operation::add)
        : target(std::move(to)), value(std::move(values)), operation(op) {}
    // Templates, so that a list of numbers is an array and nothing else.
    template <std::same_as<PerStep> Rows>
    Input(Target to, Rows rows, Operation op = Operation::add)
        : target(std::move(to)), value(std::move(rows)), operation(op) {}
    template <std::same_as<PoissonInput> Spikes>
    Input(Target to, Spikes spikes, Operation op = Operation::add)
        : target(std::move(to)), value(spikes), operation(op) {}
    template <std::convertible_to<InputFunction> Callable>
    Input(Target to, Callable function, Operation op = Operation::add)
        : target(std::move(to)), value(InputFunction(std::move(function))), operation(op) {}

    Target target;
    Value value;
    Operation operation;
};

}  // namespace bouton
