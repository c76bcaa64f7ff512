// SPDX-License-Identifier: Apache-2.0
#include <bouton/own_model.hpp>

namespace bouton {

#define BOUTON_INSTANTIATE(Model) \
    template std::shared_ptr<const NeuronModel> erase_neuron<Model>(const Model<Parameter>&);
BOUTON_EXCITABLE_NEURONS(BOUTON_INSTANTIATE)

}  // namespace bouton
