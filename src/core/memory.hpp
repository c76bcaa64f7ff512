// SPDX-License-Identifier: Apache-2.0
/// \file
/// A system that promises more memory than it has ends the process that takes the promise up, so before much is taken
/// one looks what is there.
#pragma once

#include <cstddef>

namespace bouton {

/// Throws MemoryError where so many bytes are more than the system can give.
void check_memory(std::size_t bytes);

}  // namespace bouton
