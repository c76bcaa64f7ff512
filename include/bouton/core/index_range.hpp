// SPDX-License-Identifier: Apache-2.0
/// \file
/// A part of an array, for loops that several threads share.
#pragma once

#include <cstddef>

namespace bouton {

/// The entries begin, begin + 1, ..., end - 1. Where an array is shared out, every range but the last begins and ends
/// at a multiple of `alignment`, so no two threads write to one line of the cache.
struct IndexRange {
    static constexpr std::size_t alignment = 64;
    std::size_t begin = 0, end = 0;

    bool empty() const { return begin == end; }
};

}  // namespace bouton
