// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bouton/kernel/loop.hpp>

namespace bouton::kernel {

/// Adds up what arrives at each postsynaptic neuron, step by step; see `SumArrays`. The terms of a target are added in
/// the order of the presynaptic neurons.
template <class Element>
void sum(const SumArrays& arrays);

extern template void sum<double>(const SumArrays&);
extern template void sum<float>(const SumArrays&);

}  // namespace bouton::kernel
