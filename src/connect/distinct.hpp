// SPDX-License-Identifier: Apache-2.0
/// \file
/// Draws of several numbers at once.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <bouton/math/random.hpp>

namespace bouton {

/// Calls take(number) with numbers uniform below `bound`, 0 < bound < 2^32, as long as it returns true. Each word of 32
/// bits gives one number, or none, so that all are equally probable. Lemire (2019), "Fast random integer generation in
/// an interval", ACM TOMACS 29:3.
template <class Take>
void draw_below(std::uint32_t bound, const Random& random, Take take) {
    const std::uint32_t refused = (0u - bound) % bound;  // low halves of the products that would favour some numbers
    for (std::uint64_t call = 0;; ++call)
        for (const std::uint64_t half : random.halves(call))
            for (const std::uint64_t word : {half & 0xffffffffu, half >> 32}) {
                const std::uint64_t product = word * bound;
                if (static_cast<std::uint32_t>(product) < refused) continue;
                if (!take(static_cast<std::uint32_t>(product >> 32))) return;
            }
}

/// Draws sets of numbers, and keeps its memory from one set to the next.
class Distinct {
 public:
    /// `count` <= `bound` < 2^32 distinct numbers below `bound`, ascending; all sets of that size are equally probable.
    /// Valid until the next call.
    std::span<std::uint32_t> draw(std::uint64_t count, std::uint64_t bound, const Random& random);

 private:
    void draw_some(std::uint32_t count, std::uint32_t bound, const Random& random);
    void replace_by_others(std::uint64_t bound);

    std::vector<std::uint32_t> table_;  // free everywhere between two draws
    std::vector<std::uint32_t> drawn_, others_;
};

/// How many of `count` distinct elements of `all`, all sets equally probable, are among `part` marked ones: by
/// inversion of a number uniform in [0, 1).
std::uint64_t hypergeometric(std::uint64_t count, std::uint64_t part, std::uint64_t all, double uniform);

}  // namespace bouton
