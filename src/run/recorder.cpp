// SPDX-License-Identifier: Apache-2.0
#include "recorder.hpp"

#include <algorithm>

#include <bouton/core/error.hpp>

#include <fmt/format.h>

namespace bouton {

Recorder::Recorder(const Network& network, const Monitor& monitor)
    : name_(monitor.name),
      batched_(network.settings().mode.batched()),
      every_(monitor.every),
      as_stored_(monitor.as_stored) {
    if (every_ == 0) throw ParameterError(fmt::format("monitor {}", name_), "every", 0, "at least 1");
    if (const auto* spikes = std::get_if<Monitor::Spikes>(&monitor.source)) {
        population_ = network.population(spikes->population);
        if (!population_->has_spike())
            throw UsageError(fmt::format("the spikes of {} cannot be recorded: it has none", spikes->population));
    } else if (const auto* function = std::get_if<Monitor::Function>(&monitor.source)) {
        function_ = *function;
        if (!function_)
            throw UsageError(fmt::format("the function of monitor {} is empty, but must be callable", name_));
    } else {
        const Target& target = std::get<Target>(monitor.source);
        const auto* path = std::get_if<std::string>(&target);
        variable_ = path ? network.variable(*path) : std::get<Variable>(target);
        if (!monitor.indices.empty()) variable_ = variable_->select(monitor.indices);
    }
}

template <class F>
void Recorder::visit_values(const F& f) {
    if (auto* single = std::get_if<std::vector<float>>(&record_.stored))
        f(*single);
    else if (auto* flags = std::get_if<std::vector<std::uint8_t>>(&record_.stored))
        f(*flags);
    else
        f(record_.values);
}

void Recorder::start(std::uint64_t steps) {
    if (population_) return truncate(0, 0);
    record_.ts.clear();
    record_.batch_first = false;
    if (variable_) {
        width_ = variable_->size();
        sample_shape_ = variable_->shape();
        const bool is_new = std::holds_alternative<std::monostate>(record_.stored);
        if (is_new && as_stored_ && variable_->is_boolean()) record_.stored = std::vector<std::uint8_t>();
        if (is_new && as_stored_ && variable_->is_single()) record_.stored = std::vector<float>();
    }
    constexpr std::uint64_t most_reserved = 1 << 20;  // longer runs grow as they go
    const std::uint64_t samples = std::min((steps + every_ - 1) / every_, most_reserved);
    visit_values([&](auto& values) {
        values.clear();
        values.reserve(samples * width_);
    });
    record_.ts.reserve(samples);
}

void Recorder::record(std::uint64_t k, const StepInfo& step) {
    if (k % every_ != 0) return;
    if (population_) {
        const std::span<const std::uint32_t> spikes = population_->spikes();
        const auto num = static_cast<std::uint32_t>(population_->num());
        events_.steps.insert(events_.steps.end(), spikes.size(), step.i);
        events_.times.insert(events_.times.end(), spikes.size(), step.t);
        if (!batched_) {
            events_.indices.insert(events_.indices.end(), spikes.begin(), spikes.end());
            return;
        }
        for (const std::uint32_t at : spikes) {
            events_.indices.push_back(at % num);
            events_.rows.push_back(at / num);
        }
        return;
    }
    if (variable_)
        record_variable();
    else
        record_function(step);
    record_.ts.push_back(step.t);
}

void Recorder::record_variable() {
    if (variable_->size() != width_)
        throw UsageError(
            fmt::format("{} had {} values when the run began, but has {} now: no part may be reset to another "
                        "batch size during a run that records it",
                        variable_->name(), width_, variable_->size()));
    visit_values([&]<class Kept>(std::vector<Kept>& values) {
        const std::size_t before = values.size();
        values.resize(before + width_);
        variable_->read(std::span(values).subspan(before));
    });
}

void Recorder::record_function(const StepInfo& step) {
    const std::vector<double> values = function_(step);
    if (record_.ts.empty()) {
        width_ = values.size();
        sample_shape_ = Shape(width_);
    } else if (values.size() != width_) {
        throw ShapeError(
            fmt::format("the function of monitor {} gave {} values, but gave {} before", name_, values.size(), width_));
    }
    record_.values.insert(record_.values.end(), values.begin(), values.end());
}

void Recorder::truncate(std::uint64_t steps, std::uint64_t begin) {
    const std::size_t samples = (steps + every_ - 1) / every_;
    if (record_.ts.size() > samples) {
        record_.ts.resize(samples);
        visit_values([&](auto& values) { values.resize(samples * width_); });
    }
    const auto end = std::ranges::lower_bound(events_.steps, begin + steps);
    const auto events = static_cast<std::size_t>(end - events_.steps.begin());
    events_.steps.resize(events);
    events_.times.resize(events);
    events_.indices.resize(events);
    if (batched_) events_.rows.resize(events);
}

Record Recorder::record(bool batch_first) && {
    const std::size_t samples = record_.ts.size();
    std::vector<std::size_t> axes = sample_shape_.axes();
    if (batch_first && variable_ && variable_->is_batched()) {
        const std::size_t rows = axes[0], length = width_ / rows;
        visit_values([&]<class Kept>(std::vector<Kept>& values) {
            std::vector<Kept> moved(values.size());
            for (std::size_t k = 0; k < samples; ++k)
                for (std::size_t row = 0; row < rows; ++row)
                    std::copy_n(values.data() + (k * rows + row) * length, length,
                                moved.data() + (row * samples + k) * length);
            values = std::move(moved);
        });
        axes.insert(axes.begin() + 1, samples);
        record_.batch_first = true;
    } else {
        axes.insert(axes.begin(), samples);
    }
    record_.shape = Shape(std::move(axes));
    if (variable_ && variable_->is_batched()) record_.rows = variable_->rows();
    return std::move(record_);
}

}  // namespace bouton
