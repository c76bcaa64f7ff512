// SPDX-License-Identifier: Apache-2.0
/// \file
/// What connectors have in common: the checks at their door, distinct draws, and a list made row by row.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include <bouton/connect/connectivity.hpp>
#include <bouton/core/shape.hpp>
#include <bouton/math/random.hpp>

namespace bouton {

/// Numbers of neurons, each below 2^32.
struct Sizes {
    std::uint64_t pre, post;
    bool empty() const { return pre == 0 || post == 0; }
};

/// Throws ShapeError where a population is too large to be connected.
Sizes sizes_of(const Shape& pre, const Shape& post);

/// The number of neurons; throws ShapeError unless both shapes are the same.
std::uint64_t size_of_one_population(std::string_view connector, const Shape& pre, const Shape& post);

/// Throws ParameterError unless `value` is in [0, 1].
void check_probability(std::string_view connector, std::string_view field, double value);

/// The draws of a connector: those of its own seed where it has one.
inline Random draws(std::optional<std::uint64_t> seed, std::string_view connector, const Random& random) {
    return seed ? Random(*seed, connector) : random;
}

/// No connections.
Connectivity none(Sizes sizes);

/// `count` <= `bound` distinct numbers below `bound`, ascending; all sets of that size are equally probable.
std::vector<std::uint64_t> draw_distinct(std::uint64_t count, std::uint64_t bound, const Random& random);

/// What to reserve for about `expected` connections. Throws UsageError where no list could hold them.
std::size_t room_for(double expected);

/// The list whose row `i` is what `fill(i, list)` appends, ascending. A row depends on `i` alone.
template <class Fill>
Csr make_rows(std::uint64_t num_rows, double expected, Fill fill) {
    Csr csr;
    csr.target.reserve(room_for(expected));
    csr.row.reserve(num_rows + 1);
    for (std::uint64_t i = 0; i < num_rows; ++i) {
        fill(i, csr.target);
        csr.row.push_back(csr.target.size());
    }
    return csr;
}

}  // namespace bouton
