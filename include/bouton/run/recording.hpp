// SPDX-License-Identifier: Apache-2.0
/// \file
/// What a run has recorded.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <bouton/core/shape.hpp>

namespace bouton {

/// One monitored quantity. Time is the first axis, or the second behind that of the batch.
struct Record {
    Shape shape;                 ///< (samples, *shape of the variable) or (batch, samples, ...)
    std::vector<double> values;  ///< row-major
    /// With Monitor::as_stored the values of a variable in single precision, or of spikes; `values` is empty then.
    std::variant<std::monostate, std::vector<float>, std::vector<std::uint8_t>> stored;
    std::vector<double> ts;  ///< [ms] end of the step of each sample
    std::size_t rows = 1;    ///< of the batch; 1 without one
    bool batch_first = false;

    /// Entry `i` of each sample, of one row of a batch: the trace of a neuron. IndexError if there is none.
    std::vector<double> series(std::size_t i, std::size_t row = 0) const;
};

/// Spikes as events, in the order of time, then of neurons.
struct Events {
    std::vector<std::uint64_t> steps;    ///< step of each spike
    std::vector<double> times;           ///< [ms] end of that step
    std::vector<std::uint32_t> indices;  ///< neuron
    std::vector<std::uint32_t> rows;     ///< row of the batch; empty without a batch
};

/// The records of one run.
class Recording {
 public:
    /// [ms] end of each step of the run.
    const std::vector<double>& ts() const { return ts_; }
    /// A record by the name of its monitor. NameError lists the known ones.
    const Record& operator[](std::string_view name) const;
    /// The same, to move out of a recording.
    Record& operator[](std::string_view name);
    /// The events of a monitor of a `Monitor::Spikes`.
    const Events& events(std::string_view name) const;
    Events& events(std::string_view name);
    bool is_events(std::string_view name) const { return events_.contains(name); }
    /// The names of all records.
    std::vector<std::string> names() const;

 private:
    friend class Runner;
    std::vector<double> ts_;
    std::map<std::string, Record, std::less<>> records_;
    std::map<std::string, Events, std::less<>> events_;
};

}  // namespace bouton
