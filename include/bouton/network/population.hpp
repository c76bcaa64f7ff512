// SPDX-License-Identifier: Apache-2.0
/// \file
/// Populations: neurons of one model, and groups that only emit spikes. And views: some neurons of a population.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <bouton/core/clock.hpp>
#include <bouton/core/settings.hpp>
#include <bouton/core/shape.hpp>
#include <bouton/init/parameter.hpp>
#include <bouton/kernel/loop.hpp>
#include <bouton/model/surrogates.hpp>
#include <bouton/network/variable.hpp>

namespace bouton {

/// A neuron model with its parameters, as a population takes it: HH{}, LIF{.tau = 20}, a model of your own.
class Neuron {
 public:
    template <template <class> class Model>
    Neuron(const Model<Parameter>& model) : model_(erase_neuron(model)) {}  // NOLINT(google-explicit-constructor)
    const std::shared_ptr<const NeuronModel>& model() const { return model_; }

 private:
    std::shared_ptr<const NeuronModel> model_;
};

struct NeuronOptions {
    /// Where states start, by name, in place of the model's own start: {{"V", -65.0}}.
    std::map<std::string, Parameter, std::less<>> initial = {};
    /// How the equations are stepped; see `Method`. With noise one of the stochastic methods.
    std::string method = "exp_auto";
    /// Amplitude of white noise on the first equation, dV = ... dt + noise dW; by default the model's own, as sigma of
    /// OUProcess is, and for most none. [mV/sqrt(ms)]
    std::optional<Parameter> noise = std::nullopt;
    /// In training, the derivative of a spike; by default the model's own, of which LIF, Izhikevich, GIF and
    /// HindmarshRose have one. Without any a spike has no derivative.
    std::optional<Surrogate> spike_fun = std::nullopt;
    /// Variables have the shape of the population; by default they are flat, (num,).
    bool keep_size = false;
};

/// Spikes at given times: in a step that starts at time t, every entry with time <= t that was not emitted yet. So a
/// spike at 0.65 ms appears in step 7 of 0.1 ms. Two entries of one neuron in one step are one spike.
struct SpikeTimeGroup {
    std::vector<double> times;             // [ms]  in any order
    std::vector<std::uint32_t> indices;    //       one neuron for each time
    std::vector<std::uint32_t> rows = {};  //       with a batch: the row of each time; empty: every row
};

/// Independent Poisson spikes: in each step with probability freqs dt.
struct PoissonGroup {
    Parameter freqs;  // [Hz]  one for all, or one a neuron
    /// In place of the network's seed and the group's name: groups with equal seeds spike alike.
    std::optional<std::uint64_t> seed = std::nullopt;
};

/// A place where values enter: passes on what is written to its `input`, as `output`. It emits no spikes.
struct InputGroup {};
/// A place where values leave. The same as InputGroup; the name says what it is for.
struct OutputGroup {};

/// Neurons that somebody else steps: their variables are written from outside, `spike` above all. `input` and what
/// else projections need is made by Population::add_variable. Here a step does nothing, and nothing is cleared.
struct ExternalGroup {
    bool keep_size = false;  ///< Variables have the shape of the population; by default they are flat, (num,).
};

class PopulationPart;

/// A population. A handle: copies are the same population.
///
/// Variables: the states of the model; `input`, which projections and the runner add to and which is 0 at the start of
/// each step; `spike`, what happened in the last step, in training a number and not a boolean; with a refractory period
/// `refractory` and `t_last_spike`.
class Population {
 public:
    /// `name` identifies it in messages, in the variables of a network and in what it draws. `size` is its geometry.
    Population(std::string name, const Neuron& neuron, const Shape& size, const NeuronOptions& options = {},
               const Settings& settings = {});
    Population(std::string name, const SpikeTimeGroup& group, const Shape& size, const Settings& settings = {});
    Population(std::string name, const PoissonGroup& group, const Shape& size, const Settings& settings = {});
    Population(std::string name, const InputGroup& group, const Shape& size, const Settings& settings = {});
    Population(std::string name, const OutputGroup& group, const Shape& size, const Settings& settings = {});
    Population(std::string name, const ExternalGroup& group, const Shape& size, const Settings& settings = {});

    const std::string& name() const;
    const Shape& size() const;
    std::size_t num() const;
    const Settings& settings() const;

    /// Whether it can be presynaptic.
    bool has_spike() const;
    /// Names of the variables, states first.
    std::vector<std::string> variables() const;
    /// A variable by name; NameError lists the known ones.
    Variable variable(std::string_view name) const;
    /// One more variable of an ExternalGroup: a number for each neuron, in the precision of the population, 0 at first.
    /// NameError where the name is taken; UsageError where the population is none.
    Variable add_variable(const std::string& name);
    /// Another value of a parameter of the model, or of `freqs` of a PoissonGroup, from the next step on. NameError
    /// lists the known ones; ParameterError, ShapeError as when it is made. Nothing is changed then.
    void set_parameter(std::string_view parameter, const Parameter& value);
    /// Indices row * num + i of the neurons that spiked in the last step, ascending.
    std::span<const std::uint32_t> spikes() const;

    /// Steps by hand, as a network does, and advances the delay line. The input stays until it is cleared.
    void update(const Clock& clock);
    /// The first half of `update`: from then on projections without a delay see the new spikes, those with a delay, of
    /// 0 steps also, only when the line has advanced.
    void step(const Clock& clock);
    /// The second half: the spikes of the last step enter the delay line.
    void advance_delays();
    void clear_input();
    /// To where it started: states, input, spikes and the delay line; the same initial values are drawn again. With a
    /// batch, `batch_size` is that of the next runs. UsageError where there is no batch; ParameterError for 0.
    void reset_state(std::optional<std::size_t> batch_size = std::nullopt);
    /// Takes over all that a step changes, spikes under way and the place in what is drawn included, from a population
    /// that was made alike: both go on as one. UsageError where size, settings or variables differ.
    void take_state(const Population& other);

    /// The neurons with these indices, in this order; repeats are allowed. IndexError if one is out of range.
    class View view(std::vector<std::uint32_t> indices) const;
    /// begin, begin + step, ... up to but without end, as Python slices: negative ends count from the back.
    class View slice(std::optional<std::int64_t> begin, std::optional<std::int64_t> end, std::int64_t step = 1) const;

    /// For the other rooms of the library.
    const std::shared_ptr<PopulationPart>& part() const { return part_; }
    bool operator==(const Population&) const = default;

 private:
    std::shared_ptr<PopulationPart> part_;
};

/// Some neurons of a population, as if they were one. It has no life of its own: the population is what is stepped.
class View {
 public:
    View(const Population& population);  // NOLINT(google-explicit-constructor): all of it
    View(const Population& population, std::vector<std::uint32_t> indices, std::string name);

    const Population& population() const { return population_; }
    const std::string& name() const { return name_; }
    /// The geometry of the whole population, or (num,) of a part.
    const Shape& size() const { return size_; }
    std::size_t num() const { return num_; }
    /// Which neuron of the population neuron `i` of the view is.
    std::uint32_t neuron(std::size_t i) const { return indices_.empty() ? static_cast<std::uint32_t>(i) : indices_[i]; }
    /// Null where the view is the whole population.
    const std::uint32_t* indices() const { return indices_.empty() ? nullptr : indices_.data(); }
    Variable variable(std::string_view name) const;
    /// A view of this view.
    View view(const std::vector<std::uint32_t>& indices) const;

 private:
    Population population_;
    std::string name_;
    Shape size_;
    std::size_t num_;
    std::vector<std::uint32_t> indices_;
};

}  // namespace bouton
