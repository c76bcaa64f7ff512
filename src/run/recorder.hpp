// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include <bouton/run/runner.hpp>

namespace bouton {

/// A monitor with its variable found. It fills one record, or one list of events.
class Recorder {
 public:
    Recorder(const Network& network, const Monitor& monitor);
    const std::string& name() const { return name_; }
    bool is_events() const { return population_.has_value(); }

    void start(std::uint64_t steps);
    /// `k` is the step of the run, `step` tells the time of its end.
    void record(std::uint64_t k, const StepInfo& step);
    /// What was recorded, with time behind the axis of the batch if `batch_first`.
    Record record(bool batch_first) &&;
    Events events() && { return std::move(events_); }

 private:
    std::string name_;
    std::optional<Variable> variable_;
    Monitor::Function function_;
    std::optional<Population> population_;
    bool batched_;
    std::uint64_t every_;
    Record record_;
    std::size_t width_ = 0;  // values a sample
    Shape sample_shape_;
    Events events_;
};

}  // namespace bouton
