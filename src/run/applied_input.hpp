// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <bouton/math/random.hpp>
#include <bouton/network/network.hpp>
#include <bouton/run/input.hpp>

namespace bouton {

/// An input with its target found and its size checked.
class AppliedInput {
 public:
    /// `index` tells it from the others of its runner.
    AppliedInput(const Network& network, const Input& input, std::size_t index);
    /// Where it stands in the order of a step.
    std::pair<std::size_t, Operation> order() const;
    /// Before a run. Throws ShapeError where the value does not fit the target, whose batch may have changed.
    void prepare();
    /// Throws IndexError where there is no row for this step, and ParameterError where it is too long for Poisson
    /// spikes.
    void check_step(const StepInfo& step) const;
    void apply(const StepInfo& step);
    /// The same for a range of the target's values, not with a function of the user's; then `written` is for the
    /// caller. `anew`: an addition takes them for 0.
    void apply(const StepInfo& step, IndexRange range, bool anew = false);
    /// Whether it is the same in each step.
    bool is_constant() const {
        return std::holds_alternative<double>(value_) || std::holds_alternative<std::vector<double>>(value_);
    }
    bool is_function() const { return std::holds_alternative<InputFunction>(value_); }

    const Variable& target() const { return target_; }
    Operation operation() const { return operation_; }
    /// What is applied in a step: one value, one for each entry of the target, or one for each of a row.
    std::vector<double> values(const StepInfo& step) const;

 private:
    void check() const;
    void check_parameters(const PoissonInput& spikes) const;
    void apply(const PoissonInput& spikes, const StepInfo& step, IndexRange range, bool anew);
    template <class Element>
    void apply(std::span<const Element> values, IndexRange range, bool anew);
    /// `value(i)`: what the operation does to value i.
    template <class Value>
    void combine(const Value& value, IndexRange range, bool anew);
    std::span<const double> row(const PerStep& rows, std::uint64_t i) const;

    Variable target_;
    Input::Value value_;
    Operation operation_;
    bool repeat_last_;           // where there are no more rows
    Random draws_;               // of Poisson spikes
    std::vector<float> single_;  // what stays the same, for a target that is single
};

}  // namespace bouton
