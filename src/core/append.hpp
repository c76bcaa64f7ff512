// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace bouton {

/// Appends f(x) for each x of a range.
template <class Element, class Range, class F>
void append(std::vector<Element>& to, const Range& range, const F& f) {
    const std::size_t before = to.size();
    to.resize(before + std::ranges::size(range));
    std::ranges::transform(range, to.begin() + static_cast<std::ptrdiff_t>(before), f);
}

}  // namespace bouton
