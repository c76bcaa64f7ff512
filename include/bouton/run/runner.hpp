// SPDX-License-Identifier: Apache-2.0
/// \file
/// Runs a network: applies inputs, steps, records.
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <bouton/core/clock.hpp>
#include <bouton/network/network.hpp>
#include <bouton/run/input.hpp>
#include <bouton/run/recording.hpp>

namespace bouton {

/// What is recorded in steps 0, every, 2 every, ... of a run: after the step and before inputs are cleared, so `input`
/// is all that was added up.
struct Monitor {
    using Function = std::function<std::vector<double>(const StepInfo&)>;
    /// The spikes of a population, by its path, as events.
    struct Spikes {
        std::string population;
    };

    /// A variable by its path; the path is the name of the record. `indices`: these neurons only; empty: all.
    Monitor(std::string path, std::vector<std::uint32_t> neurons = {}, std::uint64_t steps = 1)  // NOLINT
        : name(path), source(Target(std::move(path))), indices(std::move(neurons)), every(steps) {}
    Monitor(const char* path) : Monitor(std::string(path)) {}  // NOLINT(google-explicit-constructor)
    /// The same, or a handle on a variable, under another name.
    template <std::convertible_to<Target> Variable>
    Monitor(std::string id, Variable variable, std::vector<std::uint32_t> neurons = {}, std::uint64_t steps = 1)
        : name(std::move(id)), source(Target(std::move(variable))), indices(std::move(neurons)), every(steps) {}
    /// What a function returns, always as many values. It is told the time of the end of the step.
    template <std::convertible_to<Function> Callable>
    Monitor(std::string id, Callable function, std::uint64_t steps = 1)
        : name(std::move(id)), source(Function(std::move(function))), every(steps) {}
    /// Spikes as events; the population's path is the name of the record.
    Monitor(Spikes spikes) : name(spikes.population), source(std::move(spikes)) {}  // NOLINT

    std::string name;
    std::variant<Target, Function, Spikes> source;
    std::vector<std::uint32_t> indices;
    std::uint64_t every = 1;
    /// Keep the numbers of a variable in the type that it has: see Record::stored.
    bool as_stored = false;
};

/// Where time stands among the axes of a record that has a batch.
enum class FirstAxis { by_mode, time, batch };

struct RunnerOptions {
    std::vector<Input> inputs = {};
    std::vector<Monitor> monitors = {};
    double dt = 0.1;  ///< [ms]
    double t0 = 0;    ///< [ms] where the clock starts
    /// `by_mode`: batch first where the network has one.
    FirstAxis data_first_axis = FirstAxis::by_mode;
    /// Threads to step with, at most 1024; 0: all processors where the network is large enough to be worth it. Results
    /// do not depend on it.
    unsigned threads = 0;
    /// Called at the start of each step, before the inputs are applied.
    std::function<void(const StepInfo&)> before_step = {};
};

/// Somebody who looks in on a run now and then: to show how far it is, or to end it.
struct Watch {
    /// Told between two steps how many are done. What it throws ends the run, which may go on with the next one.
    std::function<void(std::uint64_t done)> look = {};
    double interval = 0.01;  ///< [s]  of real time between two looks, about
};

/// A clock, a network, what goes in and what comes out. In each step: inputs are applied, added to what is there; the
/// network is stepped; monitors record; inputs are cleared.
class Runner {
 public:
    /// NameError for an unknown path or a name used twice; ShapeError for an input that does not fit its target;
    /// ParameterError for dt.
    explicit Runner(const Network& network, RunnerOptions options = {});
    ~Runner();
    Runner(Runner&&) noexcept;
    Runner& operator=(Runner&&) noexcept;

    /// Runs floor(duration / dt (1 + 1e-9)) steps, on from where the last run ended. The recording of the last run is
    /// replaced. Where a state becomes NaN or infinite the run ends with NonFiniteError; the recording then holds the
    /// steps before, as it does where a function of the user's throws. With `brainpy_2_4` the quotient is truncated and
    /// the clock advances by `duration`.
    const Recording& run(double duration, const Watch& watch = {});
    /// The same for a number of steps.
    const Recording& run_steps(std::uint64_t steps, const Watch& watch = {});

    const Recording& recording() const;
    /// Hands over the recording; this runner has none then.
    Recording take_recording();
    const Clock& clock() const;
    const Network& network() const;
    /// Rewinds the clock to t0 and step 0. The network keeps its states: see Network::reset_state.
    void reset_state();

 private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace bouton
