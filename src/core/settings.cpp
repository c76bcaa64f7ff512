// SPDX-License-Identifier: Apache-2.0
#include <bouton/core/error.hpp>
#include <bouton/core/settings.hpp>

namespace bouton {

Mode Mode::batching(std::size_t batch_size) { return Mode(1).with_batch_size(batch_size); }
Mode Mode::training(std::size_t batch_size) { return Mode(1, true).with_batch_size(batch_size); }

Mode Mode::with_batch_size(std::size_t batch_size) const {
    if (batch_size == 0) throw ParameterError("Mode", "batch_size", 0, "at least 1");
    return Mode(batch_size, training_);
}

}  // namespace bouton
