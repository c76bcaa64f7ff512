// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bouton/core/index_range.hpp>
#include <bouton/kernel/instruction_set.hpp>
#include <bouton/model/surrogates.hpp>

namespace bouton::grad {

/// From how far neurons are above threshold to the derivatives of their spikes: overwrites x by dS/dx and, for a
/// crossing, x_old by dS/dx_old. `x_old` is null where a spike is no crossing.
template <class Element>
void surrogate_derivatives(InstructionSet set, const Surrogate& spike_fun, Element* x, Element* x_old,
                           IndexRange range);

}  // namespace bouton::grad
