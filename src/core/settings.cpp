// SPDX-License-Identifier: Apache-2.0
#include <bouton/core/error.hpp>
#include <bouton/core/settings.hpp>

namespace bouton {

Mode Mode::batching(std::size_t batch_size) {
    if (batch_size == 0) throw ParameterError("Mode", "batch_size", 0, "at least 1");
    return Mode(batch_size);
}

}  // namespace bouton
