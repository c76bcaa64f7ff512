// SPDX-License-Identifier: Apache-2.0
/// \file
/// What is behind a Population handle.
#pragma once

#include <optional>

#include <bouton/core/index_range.hpp>
#include <bouton/network/population.hpp>

#include "history.hpp"

namespace bouton {

/// A named group that is stepped and may spike.
class PopulationPart : public std::enable_shared_from_this<PopulationPart> {
 public:
    PopulationPart(std::string name, Shape size, const Settings& settings);
    virtual ~PopulationPart() = default;
    PopulationPart(const PopulationPart&) = delete;
    PopulationPart& operator=(const PopulationPart&) = delete;

    const std::string& name() const { return name_; }
    const Shape& size() const { return size_; }
    std::size_t num() const { return num_; }
    const Settings& settings() const { return settings_; }
    std::size_t rows() const { return settings_.mode.rows(); }

    virtual std::vector<std::string> variables() const = 0;
    virtual Variable variable(std::string_view name) = 0;
    /// The buffer of a variable of floating-point values, rows x num; null if there is no such variable.
    virtual Buffer* find(std::string_view name) = 0;
    virtual bool has_spike() const { return true; }
    /// Names of the parameters that can be read and changed.
    virtual std::vector<std::string_view> parameters() const { return {}; }
    /// A parameter: one value, or one a neuron. NameError for an unknown name.
    virtual Array parameter(std::string_view name) const;
    /// A step, all but the advance of the delay line.
    void update(const Clock& clock);
    // The same in parts, for a network that shares out the neurons among threads. `begin`: what must be done before;
    // `step`: ranges of the entries row * num + i that together are all of them; `finish`: spikes are collected; throws
    // where a state is not finite.
    virtual void begin(const Clock&) {}
    virtual void step(IndexRange) {}
    virtual void finish(const Clock&) {}
    std::size_t entries() const { return rows() * num_; }

    virtual void clear_input() {}
    /// What `clear_input` clears, as far as a step reads it in its ranges and nothing reads it afterwards.
    virtual std::vector<Buffer*> inputs() { return {}; }
    /// From the next step on.
    virtual void set_parameter(std::string_view parameter, const Parameter& value);
    /// Throws ShapeError where the neurons of so many rows cannot be numbered.
    void check_count(std::size_t rows) const;
    /// To where it started, the delay line included; with `batch_size` in so many rows from now on.
    void reset_state(std::optional<std::size_t> batch_size);

    std::span<const std::uint32_t> spikes();
    /// What a projection without a delay sees: the same, though not before the network has completed its step.
    std::span<const std::uint32_t> undelayed_spikes() { return ahead_ ? spikes() : spikes(0); }
    /// The delay line, read: at age 0 the spikes of the last step, with what was written to `spike` since.
    std::span<const std::uint32_t> spikes(std::size_t age);
    /// Makes the delay line long enough to be read at `age`.
    void reserve_history(std::size_t age) { history_.reserve(age); }
    /// Ends a step. Done by whoever steps the population.
    void push_history() {
        history_.push(spikes());
        ahead_ = false;
    }
    /// Copies everything that a step changes into an archive, or back.
    virtual void exchange(Archive& archive);

 protected:
    /// Makes the arrays for rows() rows, with the values that they start from.
    virtual void start() = 0;
    Variable make_variable(std::string_view name, Buffer& buffer, const Shape& shape, Variable::Hooks hooks = {});
    Variable spike_variable(const Shape& shape);
    [[noreturn]] void throw_unknown(std::string_view name) const;
    /// What a step by hand would have written to `spike`, somebody else has.
    void step_was_written() { spikes_written_ = ahead_ = true; }
    [[noreturn]] void throw_unknown_parameter(std::string_view name) const;
    /// Makes the list of spikes from the flags.
    void collect_spikes();
    Random random(std::string_view purpose) const;

    Buffer spike_;

 private:
    std::string name_;
    Shape size_;
    std::size_t num_;
    Settings settings_;
    Buffer spike_numbers_;  // the flags as numbers, for who asks in training
    std::vector<std::uint32_t> spikes_;
    bool spikes_written_ = false;  // from outside, since the list was made
    bool ahead_ = false;           // stepped by hand, and the line has not advanced yet
    SpikeHistory history_;
};

}  // namespace bouton
