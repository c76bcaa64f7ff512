// SPDX-License-Identifier: Apache-2.0
/// \file
/// The sum over connections, h_j(n) = sum_i w_ij s_i(n - d_ij), from the side of its derivatives.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include <bouton/connect/wiring.hpp>
#include <bouton/core/aligned_vector.hpp>
#include <bouton/kernel/instruction_set.hpp>

#include "core/workers.hpp"

namespace bouton::grad {

template <class Element>
using Row = AlignedVector<Element>;

/// The connections of one projection. Arrays are rows x num values; s and its derivatives come by their delay.
template <class Element>
class Connections {
 public:
    /// `s_by_neuron`: s is given as num_pre x rows values, as a propagator of batches has it at hand.
    Connections(const Wiring& wiring, std::size_t rows, InstructionSet set, bool s_by_neuron);
    bool takes_s_by_neuron() const { return s_by_neuron_; }

    /// Slots of s that a step reads: 1, or one more than the longest delay of a connection.
    std::size_t slots() const { return slots_; }
    /// Derivatives by the weights, laid out as the weights are.
    std::size_t num_weights() const { return num_weights_; }

    using At = std::function<Element*(std::size_t delay)>;
    using ReadAt = std::function<const Element*(std::size_t delay)>;

    /// The derivatives by the weights begin at 0.
    void start() const;
    /// Adds to the derivatives by the weights what was summed up apart.
    void finish(std::span<double> by_weights, Workers& workers) const;
    /// From the derivatives by h: adds to those by s, where by_s is given, and to those by the weights, where
    /// by_weights is not empty. Both are written by neuron, each by one thread.
    void pull(const Element* by_h, const ReadAt& s, const At& by_s, std::span<double> by_weights,
              Workers& workers) const;
    /// From changes of s, where given, and of the weights, where not empty, to those of h, which are overwritten.
    void push(const ReadAt& change_of_s, const ReadAt& s, std::span<const double> change_of_weights,
              Element* change_of_h) const;

 private:
    template <class Body>
    void for_each_connection(std::size_t begin, std::size_t end, const Body& body) const;
    std::size_t place(std::size_t pre, std::size_t k) const;
    Element weight(std::size_t pre, std::size_t k) const;
    /// The same, the rows of a batch side by side.
    void pull_batch(const Element* by_h, const Element* s, Element* by_s, bool to_weights, Workers& workers) const;

    /// Keeps what a step gives to the weights, until there are as many samples as a line of the cache holds.
    void gather_samples(const Element* by_h, const Element* s, std::span<double> by_weights, Workers& workers) const;
    void add_samples(std::span<double> by_weights, Workers& workers) const;

    const Wiring& wiring_;
    std::size_t rows_, slots_, num_weights_;
    InstructionSet set_;
    bool s_by_neuron_, is_batched_, is_gathered_;
    mutable Row<Element> s_, by_h_, by_s_;  // by neuron
    mutable Row<Element> by_weights_;       // in lanes
    mutable std::size_t samples_ = 0;       // gathered
    mutable std::vector<double> partial_;   // by a weight that all share: one value a presynaptic neuron
};

extern template class Connections<double>;
extern template class Connections<float>;

}  // namespace bouton::grad
