// SPDX-License-Identifier: Apache-2.0
/// \file
/// The narrow interface between the network, which knows the order of a step, and the loops over arrays, which know the
/// equations. A model's type is erased here, once a population, never once a neuron.
///
/// The shipped loops come from `own_model.hpp`, instantiated for the built-in models in src/kernel and for a user's
/// model in the user's program. Tests put the loops of reference/ in their place (`Settings::kernels`).
///
/// Every loop steps a range of the entries of its arrays, row * num + i, and may be called for disjoint ranges by
/// several threads at once. A range begins at a multiple of `IndexRange::alignment` entries. Loops may read and write
/// whole packs, and so what follows the last entry: arrays are those of a Buffer or an AlignedVector.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <typeinfo>
#include <vector>

#include <bouton/connect/connectivity.hpp>
#include <bouton/connect/weights.hpp>
#include <bouton/core/buffer.hpp>
#include <bouton/core/index_range.hpp>
#include <bouton/kernel/instruction_set.hpp>
#include <bouton/math/method.hpp>
#include <bouton/model/field.hpp>
#include <bouton/model/pulse.hpp>
#include <bouton/model/surrogates.hpp>

namespace bouton {

/// Where a part of a network stands when it is stepped.
struct StepTime {
    double t;           ///< [ms] start of the step
    double dt;          ///< [ms]
    std::uint64_t age;  ///< steps that this part has done since it was reset
    bool brainpy_2_4;   ///< compare floating-point times where the default counts steps
};

/// A parameter of a model as the user gave it.
struct GivenParameter {
    std::string_view name;
    Parameter value;
    Range range;
};

// ---- neurons -------------------------------------------------------------------------------------------------------

/// What a loop of neurons reads and writes. States, input and noise are rows x num values of one precision.
struct NeuronArrays {
    std::size_t rows = 1, num = 0;
    std::span<Buffer> states;
    std::span<const Buffer> parameters;  ///< 1 or rows x num values each
    const Buffer* input = nullptr;

    std::uint8_t* spike = nullptr;  ///< rows x num; null for a model without spikes

    // Refractoriness; all null where no neuron has any. All rows x num.
    std::int32_t* refractory_left = nullptr;         ///< counted down to 0; V is held in a step that begins above 1
    const std::int32_t* refractory_steps = nullptr;  ///< what a spike sets it to; the largest integer is never counted
    Buffer* t_last_spike = nullptr;                  ///< [ms]

    // Noise: its increment and the mean of its path over the step, times its amplitude; null without noise,
    // and Z where no stage of the method reads it.
    const Buffer* W = nullptr;
    const Buffer* Z = nullptr;
};

class NeuronLoop {
 public:
    virtual ~NeuronLoop() = default;
    /// Steps the neurons of a range. False where a state is not finite afterwards.
    virtual bool step(const NeuronArrays& arrays, const StepTime& time, const IndexRange& range) const = 0;
};

/// A neuron model with its parameters, its type erased.
class NeuronModel {
 public:
    virtual ~NeuronModel() = default;
    virtual std::string_view name() const = 0;
    virtual std::vector<GivenParameter> parameters() const = 0;
    virtual std::vector<std::string_view> states() const = 0;
    virtual std::vector<Initial> initial() const = 0;
    virtual bool has_spike() const = 0;
    /// The states that are inputs besides `input`.
    virtual std::vector<std::string_view> inputs() const = 0;
    /// The parameter that is the amplitude of the model's own noise; empty where there is none.
    virtual std::string_view noise() const = 0;
    /// The model as BrainPy 2.4 computes it; null where that is the same.
    virtual std::shared_ptr<const NeuronModel> brainpy_2_4() const = 0;
    /// The derivative of a spike where none is given.
    virtual std::optional<Surrogate> default_spike_fun() const { return std::nullopt; }
    /// Fills the states marked in `derived` from the others. states[k] has num values; parameters[k] 1 or num.
    virtual void rest(std::span<const std::vector<double>> parameters, std::span<std::vector<double>> states,
                      std::span<const bool> derived) const = 0;
    virtual std::unique_ptr<NeuronLoop> loop(Precision precision, const Method& method, InstructionSet set) const = 0;
    virtual const std::type_info& type() const = 0;  ///< of Model<Parameter>
};

// ---- synapses ------------------------------------------------------------------------------------------------------

/// What a loop of synapses reads and writes, one entry for each presynaptic neuron: rows x num values.
struct SynapseArrays {
    std::size_t rows = 1, num = 0;
    std::span<Buffer> states;
    const std::uint8_t* arrived = nullptr;       ///< a spike arrives in this step
    const Buffer* spike_arrival_time = nullptr;  ///< [ms] of the last one, this step's included
    const std::uint64_t* pulse_end = nullptr;    ///< age at which its pulse is over
};

class SynapseLoop {
 public:
    virtual ~SynapseLoop() = default;
    virtual bool step(const SynapseArrays& arrays, const StepTime& time, const IndexRange& range) const = 0;
};

/// The kinetics of a synapse with its parameters. The first state is what the weights are applied to.
class SynapseModel {
 public:
    virtual ~SynapseModel() = default;
    virtual std::string_view name() const = 0;
    virtual std::vector<GivenParameter> parameters() const = 0;
    virtual std::vector<std::string_view> states() const = 0;
    virtual Pulse<double> pulse() const = 0;  ///< of length 0 where a spike releases no transmitter
    /// Without memory the states are 0 unless a spike arrives, and there are no equations.
    virtual bool has_memory() const = 0;
    /// The value F and the slope L by its own variable of each equation, under the transmitter TT.
    virtual void slope(std::span<const double> state, double TT, std::span<double> F, std::span<double> L) const = 0;
    virtual bool has_jump() const = 0;
    /// What an arriving spike does to the states after the step; nothing for a model without jumps.
    virtual void jump(std::span<double> now) const = 0;
    virtual std::unique_ptr<SynapseLoop> loop(Precision precision, const Method& method, InstructionSet set) const = 0;
    /// The same with another value of a parameter that it has.
    virtual std::shared_ptr<const SynapseModel> with_parameter(std::string_view parameter, double value) const = 0;
    virtual const std::type_info& type() const = 0;  ///< of Model<double>
    virtual const void* model() const = 0;           ///< the Model<double>
};

// ---- plasticity ----------------------------------------------------------------------------------------------------

struct PlasticityArrays {
    std::size_t rows = 1, num = 0;
    std::span<Buffer> states;
    const std::uint8_t* arrived = nullptr;
    Buffer* factor = nullptr;  ///< after the step
};

class PlasticityLoop {
 public:
    virtual ~PlasticityLoop() = default;
    virtual bool step(const PlasticityArrays& arrays, const StepTime& time, const IndexRange& range) const = 0;
};

class PlasticityModel {
 public:
    virtual ~PlasticityModel() = default;
    virtual std::string_view name() const = 0;
    virtual std::vector<GivenParameter> parameters() const = 0;
    virtual std::vector<std::string_view> states() const = 0;
    virtual std::vector<double> initial() const = 0;
    /// As those of a synapse; a spike's jump depends on the states before and after the step.
    virtual void slope(std::span<const double> state, std::span<double> F, std::span<double> L) const = 0;
    virtual void jump(std::span<const double> before, std::span<double> now) const = 0;
    virtual double factor(std::span<const double> state) const = 0;
    /// The model as BrainPy 2.4 computes it; null where that is the same.
    virtual std::shared_ptr<const PlasticityModel> brainpy_2_4() const = 0;
    virtual std::unique_ptr<PlasticityLoop> loop(Precision precision, const Method& method,
                                                 InstructionSet set) const = 0;
    /// The same with another value of a parameter that it has.
    virtual std::shared_ptr<const PlasticityModel> with_parameter(std::string_view parameter, double value) const = 0;
    virtual const std::type_info& type() const = 0;
    virtual const void* model() const = 0;
};

// ---- outputs -------------------------------------------------------------------------------------------------------

/// Sums over connections as an event-driven projection keeps them: h = factor values, in double precision. What
/// rounding leaves below 0 is 0 where no sum is negative.
struct ScaledSums {
    const double* values;
    double factor;
    bool non_negative;
};

/// What a loop of outputs reads and writes, one entry for each postsynaptic neuron. `V` and `target` belong to a
/// population of which the projection may see a part: entry j of row r stands at r * stride + (index ? index[j] : j).
struct OutputArrays {
    std::size_t rows = 1, num = 0;
    std::span<const Buffer> parameters;  ///< 1 or num values each
    const Buffer* h = nullptr;           ///< rows x num
    std::optional<ScaledSums> sums;      ///< in place of h
    const Buffer* V = nullptr;           ///< null where the output does not read it
    Buffer* target = nullptr;            ///< target = start + current
    /// Mostly the target itself; where no two entries have one target it may be another array of its layout. Null: 0.
    const Buffer* start = nullptr;
    std::size_t V_stride = 0, target_stride = 0;
    const std::uint32_t* V_index = nullptr;
    const std::uint32_t* target_index = nullptr;
};

class OutputLoop {
 public:
    virtual ~OutputLoop() = default;
    /// Two entries with one target must not be stepped by two threads at once.
    virtual void step(const OutputArrays& arrays, const IndexRange& range) const = 0;
};

class OutputModel {
 public:
    virtual ~OutputModel() = default;
    virtual std::string_view name() const = 0;
    virtual std::vector<GivenParameter> parameters() const = 0;
    virtual bool reads_membrane() const = 0;
    virtual std::unique_ptr<OutputLoop> loop(Precision precision, InstructionSet set) const = 0;
    virtual const std::type_info& type() const = 0;
};

// ---- all of them ---------------------------------------------------------------------------------------------------

/// What a sum over connections reads: h_j(n) = sum over the connections i -> j of w_ij s_i(n - d_ij).
struct SumArrays {
    std::size_t rows = 1;
    const Connectivity* connectivity = nullptr;
    const Weights* weights = nullptr;
    /// s of the last steps: s_i(n - d) of row r stands at history[(newest + d) % slots][r * num_pre + i].
    std::span<const Buffer> history;
    std::size_t newest = 0;
    const std::uint32_t* delay = nullptr;  ///< one a connection, in the order of the list; null: no delay
    Buffer* h = nullptr;                   ///< rows x num_post, overwritten
};

/// The loops that a network is stepped with.
class Kernels {
 public:
    virtual ~Kernels() = default;
    virtual std::unique_ptr<NeuronLoop> neurons(const NeuronModel&, Precision, const Method&) const = 0;
    virtual std::unique_ptr<SynapseLoop> synapses(const SynapseModel&, Precision, const Method&) const = 0;
    virtual std::unique_ptr<PlasticityLoop> plasticity(const PlasticityModel&, Precision, const Method&) const = 0;
    virtual std::unique_ptr<OutputLoop> output(const OutputModel&, Precision) const = 0;
    virtual void sum(const SumArrays&, Precision) const = 0;
    /// Whether sums may be carried forward from event to event; if not, every step is computed.
    virtual bool event_driven() const { return false; }
    /// What its loops are computed with, where that can be chosen.
    virtual InstructionSet instruction_set() const { return InstructionSet::baseline; }
};

/// The loops of the library, with the widest vectors that this processor has.
const Kernels& shipped_kernels();
/// With these vectors, or the widest below that this processor has.
const Kernels& shipped_kernels(InstructionSet set);

// Defined in own_model.hpp; for the built-in models instantiated in the library.
template <template <class> class Model>
std::shared_ptr<const NeuronModel> erase_neuron(const Model<Parameter>& model);
template <template <class> class Model>
std::shared_ptr<const SynapseModel> erase_synapse(const Model<double>& model);
template <template <class> class Model>
std::shared_ptr<const PlasticityModel> erase_plasticity(const Model<double>& model);
template <template <class> class Model>
std::shared_ptr<const OutputModel> erase_output(const Model<Parameter>& model);

}  // namespace bouton
