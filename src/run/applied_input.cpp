// SPDX-License-Identifier: Apache-2.0
#include "applied_input.hpp"

#include <algorithm>
#include <cmath>
#include <type_traits>

#include <bouton/core/error.hpp>
#include <bouton/math/binomial.hpp>

#include <fmt/format.h>

namespace bouton {
namespace {

Variable find_target(const Network& network, const Target& target) {
    if (const Variable* variable = std::get_if<Variable>(&target)) return *variable;
    return network.variable(std::get<std::string>(target));
}

/// One value, one for each entry, or one for each entry of one row of a batch.
void check_size(const Variable& target, std::size_t size, std::string_view what) {
    if (size != 1 && size != target.size() && size != target.size() / target.rows())
        throw ShapeError(fmt::format("the input of {} has {} values {}, but must have 1 or the shape {}", target.name(),
                                     size, what, target.shape().text()));
}

}  // namespace

AppliedInput::AppliedInput(const Network& network, const Input& input, std::size_t index)
    : target_(find_target(network, input.target)),
      value_(input.value),
      operation_(input.operation),
      repeat_last_(network.settings().brainpy_2_4),
      draws_(Random(network.settings().seed, "runner.poisson_input").at(index)) {
    if (const auto* spikes = std::get_if<PoissonInput>(&value_)) {
        check_parameters(*spikes);
        if (spikes->seed) draws_ = Random(*spikes->seed, "runner.poisson_input").at(index);
    }
    if (const auto* function = std::get_if<InputFunction>(&value_); function && !*function)
        throw UsageError(fmt::format("the function of the input of {} is empty, but must be callable", target_.name()));
    check();
}

void AppliedInput::prepare() {
    check();
    if (!target_.is_single()) return;
    if (const auto* value = std::get_if<double>(&value_)) single_ = {static_cast<float>(*value)};
    if (const auto* values = std::get_if<std::vector<double>>(&value_)) {
        single_.resize(values->size());
        std::ranges::transform(*values, single_.begin(), [](double value) { return static_cast<float>(value); });
    }
}

void AppliedInput::check() const {
    if (const auto* values = std::get_if<std::vector<double>>(&value_)) check_size(target_, values->size(), "in all");
    if (const auto* per_step = std::get_if<PerStep>(&value_)) {
        const Array& rows = per_step->rows;
        if (rows.shape.rank() == 0 || rows.shape[0] == 0 || rows.values.size() != rows.shape.count())
            throw ShapeError(
                fmt::format("the rows of the input of {} have shape {} and {} values, but must have one or "
                            "more rows and as many values as the shape says",
                            target_.name(), rows.shape.text(), rows.values.size()));
        check_size(target_, rows.values.size() / rows.shape[0], "in a row");
    }
}

std::pair<std::size_t, Operation> AppliedInput::order() const {
    return {is_constant() ? 0 : value_.index(), operation_};
}

void AppliedInput::check_parameters(const PoissonInput& spikes) const {
    const std::string name = fmt::format("the Poisson input of {}", target_.name());
    if (spikes.num_input >= 1ull << 32)
        throw ParameterError(name, "num_input", static_cast<double>(spikes.num_input), "below 2^32");
    if (!(spikes.freq >= 0) || !std::isfinite(spikes.freq))
        throw ParameterError(name, "freq", spikes.freq, "finite and at least 0");
    if (!std::isfinite(spikes.weight)) throw ParameterError(name, "weight", spikes.weight, "finite");
}

void AppliedInput::check_step(const StepInfo& step) const {
    const auto* per_step = std::get_if<PerStep>(&value_);
    if (per_step && step.i >= per_step->rows.shape[0] && !repeat_last_)
        throw IndexError(fmt::format("the rows of the input of {}", target_.name()), step.i, per_step->rows.shape[0]);
    const auto* spikes = std::get_if<PoissonInput>(&value_);
    if (spikes && spikes->freq * step.dt > 1000)
        throw ParameterError(fmt::format("the Poisson input of {}", target_.name()), "freq", spikes->freq,
                             fmt::format("at most one spike in a step of {} ms", step.dt));
}

void AppliedInput::apply(const StepInfo& step) {
    apply(step, {0, target_.size()});
    target_.written();
}

void AppliedInput::apply(const StepInfo& step, IndexRange range, bool anew) {
    if (!single_.empty()) return apply(std::span<const float>(single_), range, anew);
    std::visit(
        [&](const auto& value) {
            using Value = std::decay_t<decltype(value)>;
            if constexpr (std::is_same_v<Value, double>) {
                apply(std::span(&value, 1), range, anew);
            } else if constexpr (std::is_same_v<Value, PerStep>) {
                apply(row(value, step.i), range, anew);
            } else if constexpr (std::is_same_v<Value, InputFunction>) {
                const std::vector<double> values = value(step);
                check_size(target_, values.size(), "in this step");
                apply(std::span(values), range, anew);
            } else if constexpr (std::is_same_v<Value, PoissonInput>) {
                apply(value, step, range, anew);
            } else {
                apply(std::span(value), range, anew);
            }
        },
        value_);
}

void AppliedInput::apply(const PoissonInput& spikes, const StepInfo& step, IndexRange range, bool anew) {
    const Binomial count(spikes.num_input, spikes.freq * step.dt / 1000);
    const Random draws = draws_.at(step.i);
    combine([&](std::size_t i) { return spikes.weight * static_cast<double>(count(draws.uniform(i))); }, range, anew);
}

std::vector<double> AppliedInput::values(const StepInfo& step) const {
    if (const auto* number = std::get_if<double>(&value_)) return {*number};
    if (const auto* values = std::get_if<std::vector<double>>(&value_)) return *values;
    if (const auto* per_step = std::get_if<PerStep>(&value_)) {
        const std::span<const double> values = row(*per_step, step.i);
        return {values.begin(), values.end()};
    }
    return std::get<InputFunction>(value_)(step);
}

std::span<const double> AppliedInput::row(const PerStep& per_step, std::uint64_t i) const {
    const Array& rows = per_step.rows;
    const std::size_t length = rows.values.size() / rows.shape[0];
    return std::span(rows.values).subspan(std::min<std::uint64_t>(i, rows.shape[0] - 1) * length, length);
}

template <class Element>
void AppliedInput::apply(std::span<const Element> values, IndexRange range, bool anew) {
    if (values.size() == 1)
        combine([value = values[0]](std::size_t) { return value; }, range, anew);
    else if (values.size() == target_.size())
        combine([values](std::size_t i) { return values[i]; }, range, anew);
    else  // one row for all
        combine([values](std::size_t i) { return values[i % values.size()]; }, range, anew);
}

template <class Value>
void AppliedInput::combine(const Value& value, IndexRange range, bool anew) {
    switch (operation_) {
        case Operation::set:
            return target_.transform(range, [&](auto, std::size_t i) { return value(i); });
        case Operation::add:
            if (anew) return target_.transform(range, [&](auto x, std::size_t i) { return decltype(x){0} + value(i); });
            return target_.transform(range, [&](auto x, std::size_t i) { return x + value(i); });
        case Operation::subtract:
            return target_.transform(range, [&](auto x, std::size_t i) { return x - value(i); });
        case Operation::multiply:
            return target_.transform(range, [&](auto x, std::size_t i) { return x * value(i); });
        case Operation::divide:
            return target_.transform(range, [&](auto x, std::size_t i) { return x / value(i); });
    }
}

}  // namespace bouton
