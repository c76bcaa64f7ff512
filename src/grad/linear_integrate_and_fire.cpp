// SPDX-License-Identifier: Apache-2.0
#include "built_in.hpp"

namespace bouton {

BOUTON_INTEGRATE_AND_FIRE_NEURONS(BOUTON_INSTANTIATE_LINEARISATION)

}  // namespace bouton
