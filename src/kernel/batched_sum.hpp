// SPDX-License-Identifier: Apache-2.0
/// \file
/// Sums over connections for a batch, its rows side by side in vectors: one weight is loaded for all of them. Arrays
/// "by neuron" are num x stride values, row r of neuron i at i * stride + r, the stride being `batched_stride(rows)`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <bouton/connect/weights.hpp>
#include <bouton/core/aligned_vector.hpp>
#include <bouton/core/index_range.hpp>
#include <bouton/kernel/instruction_set.hpp>

namespace bouton::kernel {

/// Whether it is worth it.
bool is_worth_batching(std::size_t rows, const Connectivity& graph, const Weights& weights);

/// Rows, filled up to whole groups of vectors.
template <class Element>
std::size_t batched_stride(std::size_t rows);

/// From rows x num values to those by neuron, and back.
template <class Element>
void to_neurons(InstructionSet set, const Element* by_row, std::size_t rows, std::size_t num, Element* by_neuron);
template <class Element>
void to_rows(InstructionSet set, const Element* by_neuron, std::size_t rows, std::size_t num, Element* by_row);

/// h_j = sum_i w_ij s_i, the terms of each j in the order of i. All by neuron.
template <class Element>
void batched_sum(InstructionSet set, const Connectivity& graph, const Weights& weights, std::size_t stride,
                 const Element* s, Element* h);

/// Its transpose: from the derivatives by h to those by s of the presynaptic neurons of a range, which are overwritten,
/// unless null, and to those by the weights, as they are laid out, which are added to `by_weights`, unless null.
/// `lanes` numbers a weight: their sum is the derivative.
template <class Element>
void batched_transpose(InstructionSet set, const Connectivity& graph, const Weights& weights, std::size_t stride,
                       const Element* s, const Element* by_h, Element* by_s, Element* by_weights, IndexRange pre);
/// [lanes of a weight]
template <class Element>
inline constexpr std::size_t weight_lanes = cache_line / sizeof(Element);

/// Adds to the derivatives by the weights, as they are laid out, what as many samples as a weight has lanes give, rows
/// of a batch or steps: s and by_h by neuron, the stride being `weight_lanes`. A weight that all share: one value a
/// presynaptic neuron.
template <class Element>
void add_products(InstructionSet set, const Connectivity& graph, const Weights& weights, const Element* s,
                  const Element* by_h, double* by_weights, IndexRange pre);

}  // namespace bouton::kernel
