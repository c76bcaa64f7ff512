// SPDX-License-Identifier: Apache-2.0
/// \file
/// Include this to differentiate a model of your own: `linearisation_of<BasicMyModel>()` goes to
/// `RecordedRunOptions::own_models`. The derivatives are those of the model's equations, taken by handing them numbers
/// that carry derivatives (math/gradient.hpp); there is nothing else to write.
#pragma once

#include <memory>

#include <bouton/grad/linear_loops.hpp>

namespace bouton {

/// The derivatives of a neuron, synapse, plasticity or output model.
template <template <class> class Model>
std::shared_ptr<const Linearisation> linearisation_of() {
    return std::make_shared<loops::LinearisationOf<Model>>();
}

}  // namespace bouton
