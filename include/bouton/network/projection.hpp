// SPDX-License-Identifier: Apache-2.0
/// \file
/// Projections: the synapses from one population onto another.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <bouton/connect/connectors.hpp>
#include <bouton/connect/wiring.hpp>
#include <bouton/core/clock.hpp>
#include <bouton/network/population.hpp>
#include <bouton/network/variable.hpp>

namespace bouton {

/// From the conductance to a current, and where that goes: COBA{.E = -80}, CUBA{}, MgBlock{}, or nothing.
class Output {
 public:
    /// No output: the conductance changes nothing; it can be read as the projection's `current`.
    Output() : target_var(std::nullopt) {}
    template <template <class> class Model>
    Output(const Model<Parameter>& model) : model_(erase_output(model)) {}  // NOLINT(google-explicit-constructor)
    template <template <class> class Model>
    Output(const Model<Parameter>& model, std::optional<std::string> target, std::string membrane = "V")
        : target_var(std::move(target)), membrane_var(std::move(membrane)), model_(erase_output(model)) {}

    /// The postsynaptic variable that the current is added to; none: it is only kept as the projection's `current`.
    std::optional<std::string> target_var = "input";
    /// The postsynaptic variable that is V in the output's equation.
    std::string membrane_var = "V";
    /// Null without an output.
    const std::shared_ptr<const OutputModel>& model() const { return model_; }

 private:
    std::shared_ptr<const OutputModel> model_;
};

/// Short-term plasticity and how it is stepped: STD{}, {STP{.U = 0.2}, "rk4"}, or none.
class Plasticity {
 public:
    Plasticity() = default;
    template <template <class> class Model>
    Plasticity(const Model<double>& model, std::string_view method = "exp_auto")  // NOLINT(google-explicit-constructor)
        : model_(erase_plasticity(model)), method_(method) {}
    /// Null without plasticity.
    const std::shared_ptr<const PlasticityModel>& model() const { return model_; }
    const Method& method() const { return method_; }

 private:
    std::shared_ptr<const PlasticityModel> model_;
    Method method_;
};

/// The kinetics of a synapse with its parameters: AMPA{}, GABAa{.beta = 0.2}, BioNMDA{}, a model of your own.
class Synapse {
 public:
    template <template <class> class Model>
    Synapse(const Model<double>& model) : model_(erase_synapse(model)) {  // NOLINT(google-explicit-constructor)
        if constexpr (requires { model.default_output(); }) output_ = Output(model.default_output());
        if constexpr (requires { model.default_g_max; }) g_max_ = model.default_g_max;
    }
    const std::shared_ptr<const SynapseModel>& model() const { return model_; }
    /// The output of a projection that names none; a model of your own may have none.
    const std::optional<Output>& default_output() const { return output_; }
    double default_g_max() const { return g_max_; }

 private:
    std::shared_ptr<const SynapseModel> model_;
    std::optional<Output> output_;
    double g_max_ = 1;
};

struct ProjectionOptions {
    Weight g_max = {};                            ///< by default the synapse's
    Delay delay_step = {};                        ///< [steps]
    std::optional<Output> output = std::nullopt;  ///< by default the synapse's
    Plasticity stp = {};
    std::string method = "exp_auto";    ///< of the kinetics
    std::string comp_method = "dense";  ///< "dense" or "sparse"; changes no result
    bool stop_spike_gradient = false;   ///< changes no value
    /// To make the connections and weights with; 0: one for each processor where there are many. Changes no result.
    unsigned threads = 0;
};

/// [bytes] What the connections, weights and delays of a projection with such options will need in memory, before it is
/// made: exact where connections are not drawn. UsageError where `connector` is a function that does not tell.
std::uint64_t expected_bytes(const View& pre, const View& post, const Connector& connector,
                             const ProjectionOptions& options = {});

class ProjectionPart;

/// A projection. A handle: copies are the same projection.
///
/// In each step: the delayed spikes arrive; plasticity is stepped, with these spikes; `spike_arrival_time` is set; the
/// kinetics are stepped, the transmitter held; the states times the plasticity's factor are summed over the
/// connections, h_j = sum_i w_ij s_i; the output adds its current to the target.
///
/// Variables, one value a presynaptic neuron: the states of the synapse (`g`, `x`), `spike_arrival_time`, the states of
/// the plasticity (`stp.x`, `stp.u`). One a postsynaptic neuron: `h`, and `current` where there is no target.
class Projection {
 public:
    /// NameError where `post` lacks a variable; UsageError where the settings differ, spikes are to be delayed of a
    /// `pre` that has none, or neither the options nor the synapse name an output; ParameterError for a delay of 2^20
    /// steps or more. Nothing is changed then.
    Projection(std::string name, const View& pre, const View& post, const Connector& connector, const Synapse& synapse,
               const ProjectionOptions& options = {});

    const std::string& name() const;
    const Settings& settings() const;
    const View& pre() const;
    const View& post() const;
    const Connectivity& connectivity() const;
    const Weights& weights() const;
    const Delays& delays() const;
    /// [bytes] Of connections, weights and delays in memory, and from the first step on of what its sums are computed
    /// with. A list of connections that several projections share is counted by each of them.
    std::uint64_t bytes() const;
    bool stop_spike_gradient() const;
    /// How it is computed, in words: "event-driven, 16 modes", "step by step, as its kinetics are stepped by rk4". That
    /// is decided by the first step, which says what dt is.
    std::string how() const;

    std::vector<std::string> variables() const;
    /// A variable by name; NameError lists the known ones.
    Variable variable(std::string_view name) const;

    /// Another value of a parameter from the next step on: of the synapse ("alpha"), of the plasticity ("stp.tau"), of
    /// the output ("output.E"). States stay as they are. NameError lists the known ones; ParameterError, ShapeError as
    /// when it is made; UsageError where currents are under way along connections with delays of their own, as they
    /// are from the first step on. Nothing is changed then.
    void set_parameter(std::string_view parameter, const Parameter& value);
    /// Other weights from the next step on, for the same connections; errors as above.
    void set_weights(const Weight& weight);

    /// Steps by hand, as a network does.
    void update(const Clock& clock);
    /// The same with these presynaptic spikes in place of the delayed ones: one value for each presynaptic neuron (and
    /// row), any non-zero value a spike. ShapeError where there are not so many.
    void update(const Clock& clock, std::span<const double> pre_spike);
    /// To where it started; the delay line belongs to the presynaptic population. `batch_size`: see Population.
    void reset_state(std::optional<std::size_t> batch_size = std::nullopt);
    /// Takes over all that a step changes, currents under way included, from a projection that was made alike: both go
    /// on as one. UsageError where connections, equations or settings differ. The delay line is that of the presynaptic
    /// population.
    void take_state(const Projection& other);

    /// For the other rooms of the library.
    const std::shared_ptr<ProjectionPart>& part() const { return part_; }
    bool operator==(const Projection&) const = default;

 private:
    std::shared_ptr<ProjectionPart> part_;
};

}  // namespace bouton
