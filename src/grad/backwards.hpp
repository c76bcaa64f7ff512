// SPDX-License-Identifier: Apache-2.0
/// \file
/// The stretches of a run, from the last to the first, when not all of its steps are held at once.
#pragma once

#include "engine.hpp"

namespace bouton::grad {

/// There is a copy of the network at `begin`. Long stretches are halved by another copy where there is room for one,
/// else the network is stepped from `begin` for each part: Griewank & Walther (2000), ACM Trans. Math. Softw. 26:19-45,
/// with halves in place of binomial parts.
template <class Element>
template <class Visit>
void EngineOf<Element>::backwards(std::uint64_t begin, std::uint64_t end, const Visit& visit) {
    while (end - begin > slots_) {
        const std::uint64_t parts = (end - begin + slots_ - 1) / slots_;
        if (copies_.size() < most_copies_ && parts > 2) {
            const std::uint64_t middle = begin + parts / 2 * slots_;
            restore(begin);
            advance(begin, middle, false);
            save(middle);
            backwards(middle, end, visit);
            spare_.push_back(std::move(copies_.at(middle)));
            copies_.erase(middle);
            end = middle;
        } else {
            const std::uint64_t last = begin + (parts - 1) * slots_;
            if (first_slot_ != last || recorded_end_ != end) {
                restore(begin);
                advance(begin, last, false);
                advance(last, end, true);
            }
            visit(last, end);
            end = last;
        }
    }
    if (first_slot_ != begin || recorded_end_ != end) {
        restore(begin);
        advance(begin, end, true);
    }
    visit(begin, end);
}

}  // namespace bouton::grad
