// SPDX-License-Identifier: Apache-2.0
#include "built_in.hpp"

namespace bouton {

BOUTON_EXCITABLE_NEURONS(BOUTON_INSTANTIATE_LINEARISATION)

}  // namespace bouton
