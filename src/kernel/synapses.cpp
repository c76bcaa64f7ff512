// SPDX-License-Identifier: Apache-2.0
#include <bouton/own_model.hpp>

namespace bouton {

#define BOUTON_INSTANTIATE_SYNAPSE(Model) \
    template std::shared_ptr<const SynapseModel> erase_synapse<Model>(const Model<double>&);
#define BOUTON_INSTANTIATE_PLASTICITY(Model) \
    template std::shared_ptr<const PlasticityModel> erase_plasticity<Model>(const Model<double>&);
#define BOUTON_INSTANTIATE_OUTPUT(Model) \
    template std::shared_ptr<const OutputModel> erase_output<Model>(const Model<Parameter>&);
BOUTON_SYNAPSES(BOUTON_INSTANTIATE_SYNAPSE)
BOUTON_PLASTICITIES(BOUTON_INSTANTIATE_PLASTICITY)
BOUTON_OUTPUTS(BOUTON_INSTANTIATE_OUTPUT)

}  // namespace bouton
