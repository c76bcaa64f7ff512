// SPDX-License-Identifier: Apache-2.0
/// \file
/// How long a spike travels along each connection: what a user may give as `delay_step`, and the steps it becomes.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <bouton/connect/connectivity.hpp>
#include <bouton/connect/weights.hpp>
#include <bouton/init/parameter.hpp>
#include <bouton/math/random.hpp>

namespace bouton {

/// Delays as a user gives them, in steps: whole numbers (to within 1e-9 in an array of floating-point numbers), 0 or
/// more, below 2^32.
///
///     nothing, 3               none, the same for all connections
///     {1, 2, 3}                one for each presynaptic neuron: a 1-d array never means anything else
///     matrix                   (pre, post), one for each connection
///     initialiser              called with (pre,)
///     PerConnection{...}       one for each connection
class Delay {
 public:
    Delay() = default;
    template <Arithmetic Number>
    Delay(Number steps) : given_(static_cast<double>(steps)) {}  // NOLINT(google-explicit-constructor)
    Delay(std::initializer_list<double> steps) : Delay(std::vector<double>(steps)) {}
    template <Arithmetic Number>
    Delay(const std::vector<Number>& steps)  // NOLINT(google-explicit-constructor)
        : given_(Array{Shape(steps.size()), {steps.begin(), steps.end()}}) {}
    Delay(Array array) : given_(std::move(array)) {}          // NOLINT(google-explicit-constructor)
    Delay(PerConnection steps) : given_(std::move(steps)) {}  // NOLINT(google-explicit-constructor)
    template <InitializerLike Init>
    Delay(Init init) : given_(Parameter(std::move(init))) {}  // NOLINT(google-explicit-constructor)

    using Given = std::variant<std::monostate, double, Array, Parameter, PerConnection>;  // a Parameter: an initialiser
    const Given& given() const { return given_; }

 private:
    Given given_;
};

/// Delays ready for use. A spike of step n acts in step n + 1 + d; no delay is a delay of 0.
struct Delays {
    enum class Form {
        none,           ///< no steps
        uniform,        ///< steps[0] for all connections
        per_pre,        ///< steps[i] for each connection of neuron i
        per_connection  ///< laid out as Weights::Form::per_connection; 0 where all-to-all connections leave out i = j
    };
    Form form = Form::none;
    std::vector<std::uint32_t> steps;

    /// The longest, 0 if there are none.
    std::uint32_t max() const;
    std::uint64_t bytes() const { return steps.size() * sizeof(steps[0]); }

    bool operator==(const Delays&) const = default;
};

/// The delays of the connections of projection `owner`. Throws ShapeError where what is given does not fit the
/// connectivity, ParameterError for a delay that is no number of steps.
Delays resolve(const Delay& delay, const Connectivity& graph, std::string_view owner, const Random& random);

}  // namespace bouton
