// SPDX-License-Identifier: Apache-2.0
#include "built_in.hpp"

#include <array>

namespace bouton {

#define BOUTON_EXTERN_LINEARISATION(Model) \
    extern template std::shared_ptr<const Linearisation> linearisation_of<Model>();
BOUTON_NEURONS(BOUTON_EXTERN_LINEARISATION)
BOUTON_SYNAPSES(BOUTON_EXTERN_LINEARISATION)
BOUTON_PLASTICITIES(BOUTON_EXTERN_LINEARISATION)
BOUTON_OUTPUTS(BOUTON_EXTERN_LINEARISATION)

const Linearisation* built_in_linearisation(const std::type_info& type) {
#define BOUTON_LINEARISATION(Model) linearisation_of<Model>(),
    static const std::array all{BOUTON_NEURONS(BOUTON_LINEARISATION) BOUTON_SYNAPSES(BOUTON_LINEARISATION)
                                    BOUTON_PLASTICITIES(BOUTON_LINEARISATION) BOUTON_OUTPUTS(BOUTON_LINEARISATION)};
    for (const auto& linearisation : all)
        if (linearisation->type() == type) return linearisation.get();
    return nullptr;
}

}  // namespace bouton
