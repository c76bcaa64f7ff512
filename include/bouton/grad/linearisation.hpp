// SPDX-License-Identifier: Apache-2.0
/// \file
/// The narrow interface between the gradient, which knows the order of a step, and the loops over arrays that know the
/// derivatives of the equations: the Jacobian of a step of each entry by itself, applied to vectors from either side.
/// Like the loops of kernel/loop.hpp they are erased once a model, step ranges that begin at a multiple of
/// `IndexRange::alignment` and may go through whole packs.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <typeinfo>
#include <vector>

#include <bouton/core/buffer.hpp>
#include <bouton/core/index_range.hpp>
#include <bouton/core/settings.hpp>
#include <bouton/kernel/instruction_set.hpp>
#include <bouton/math/method.hpp>

namespace bouton {

/// Arrays of one entry each for a step, as float or double by the precision. A step takes inputs to outputs:
///
///     neuron        states, I               ->  states, x, and x_old for a crossing (what a surrogate is taken of)
///     synapse       states, TT, s           ->  states          (s: a spike arrives)
///     plasticity    states, s               ->  states, factor
///     output        h, V                    ->  current
///
/// and its parameters are further inputs. `pull` maps the derivatives of a loss by the outputs to those by the inputs,
/// `push` changes of the inputs to those of the outputs.
struct LinearArrays {
    std::span<const void* const> read = {};   ///< what the step read: states and I; states; states; h and V
    std::span<const Buffer> parameters = {};  ///< of neurons and outputs: 1 or as many values as entries each
    const std::uint8_t* spike = nullptr;      ///< the neuron spiked; a spike arrives
    const std::uint8_t* is_on = nullptr;      ///< the transmitter of a synapse is on
    const std::uint8_t* held = nullptr;       ///< the first state is held in this step; null: of no neuron
    const void *W = nullptr, *Z = nullptr;    ///< noise; null without
    double dt = 0;                            ///< [ms]

    /// Pull: by outputs, read; by inputs, written, or added to where `add` says so. Push: the other way round, always
    /// written. Null: zero, or not asked for. An array of a state may be read and written.
    std::span<void*const> outputs = {}, inputs = {};
    std::uint32_t add = 0;  ///< bit k: input k is added to
};

/// The derivatives of one model.
class LinearLoop {
 public:
    virtual ~LinearLoop() = default;
    virtual std::size_t num_inputs() const = 0;
    virtual std::size_t num_outputs() const = 0;
    virtual void pull(const LinearArrays& arrays, const IndexRange& range) const = 0;
    virtual void push(const LinearArrays& arrays, const IndexRange& range) const = 0;
    /// The same by the parameters, which are the only inputs; pull adds to them.
    virtual std::size_t num_parameters() const = 0;
    virtual void pull_parameters(const LinearArrays& arrays, const IndexRange& range) const = 0;
    virtual void push_parameters(const LinearArrays& arrays, const IndexRange& range) const = 0;
    /// Neurons: writes x, and x_old for a crossing, to the outputs behind the states. Plasticity: the factor.
    virtual void evaluate(const LinearArrays& arrays, const IndexRange& range) const = 0;
};

/// The derivatives of a model, its type erased; made by `linearisation_of` of grad/own_model.hpp.
class Linearisation {
 public:
    virtual ~Linearisation() = default;
    /// Of Model<Parameter> for neurons and outputs, of Model<double> for synapses and plasticities.
    virtual const std::type_info& type() const = 0;
    /// Whether a spike is a crossing, which a surrogate may take two arguments for.
    virtual bool spikes_by_crossing() const = 0;
    /// Of neurons: whether derivatives by states and I are the same wherever they are.
    virtual bool is_affine() const = 0;
    /// `model`: the Model<double> of a synapse or a plasticity, else null.
    virtual std::unique_ptr<LinearLoop> loop(const void* model, Precision precision, const Method& method,
                                             InstructionSet set) const = 0;
};

/// That of a built-in model, or null.
const Linearisation* built_in_linearisation(const std::type_info& type);

}  // namespace bouton
