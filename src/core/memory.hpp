// SPDX-License-Identifier: Apache-2.0
/// \file
/// What the system has to give. One that promises more memory than it has ends the process that takes the promise up,
/// so before much is taken one looks what is there.
#pragma once

#include <cstddef>

namespace bouton {

/// Throws MemoryError where so many bytes are more than the system can give.
void check_memory(std::size_t bytes);

/// [bytes] and what is worth some of them
inline constexpr std::size_t large_page = std::size_t{1} << 21, worth_large_pages = 2 * large_page;

/// Asks for large pages, of which few are looked up, where so much memory has them and nobody has written to it yet.
void ask_for_large_pages(void* memory, std::size_t bytes);

}  // namespace bouton
