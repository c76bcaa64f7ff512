// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <utility>

#include <bouton/run/runner.hpp>

namespace bouton {

/// A monitor with its variable found. It fills one record, or one list of events.
class Recorder {
 public:
    Recorder(const Network& network, const Monitor& monitor);
    const std::string& name() const { return name_; }
    bool is_events() const { return population_.has_value(); }
    /// Whether it may read an array after a step.
    bool reads(const Buffer* array) const { return function_ || (variable_ && variable_->storage() == array); }

    /// Takes back what it gave after an earlier run: the next one is recorded in that memory, as memory that the system
    /// has yet to give costs more than what is written there.
    void reuse(Record record) { record_ = std::move(record); }
    void reuse(Events events) { events_ = std::move(events); }
    void start(std::uint64_t steps);
    /// `k` is the step of the run, `step` tells the time of its end.
    void record(std::uint64_t k, const StepInfo& step);
    /// Forgets all but the first `steps` steps of the run, which began with step `begin`.
    void truncate(std::uint64_t steps, std::uint64_t begin);
    /// What was recorded, with time behind the axis of the batch if `batch_first`.
    Record record(bool batch_first) &&;
    Events events() && { return std::move(events_); }

 private:
    void record_variable();
    void record_function(const StepInfo& step);
    /// Calls `f` with the vector that the values are kept in.
    template <class F>
    void visit_values(const F& f);

    std::string name_;
    std::optional<Variable> variable_;
    Monitor::Function function_;
    std::optional<Population> population_;
    bool batched_;
    std::uint64_t every_;
    bool as_stored_;
    Record record_;
    std::size_t width_ = 0;  // values a sample
    Shape sample_shape_;
    Events events_;
};

}  // namespace bouton
