// SPDX-License-Identifier: Apache-2.0
/// \file
/// What connectors have in common: the checks at their door, and lists made row by row. A row is a pure function of its
/// number, so rows can be made on any number of threads, and more than once where that saves memory.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <bouton/connect/connectivity.hpp>
#include <bouton/core/shape.hpp>
#include <bouton/math/random.hpp>

#include "core/parallel.hpp"

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

/// What to reserve for about `expected` connections. Throws UsageError where no list could hold them.
std::size_t room_for(double expected);

/// Room for so many targets, on large pages where the system has them.
void reserve_targets(Csr& csr, std::size_t count);

/// Rows 0 .. num_rows - 1 in blocks, one after the other, each enough for one thread at a time.
struct RowBlocks {
    RowBlocks(std::uint64_t rows, double connections, unsigned threads);
    std::uint64_t begin(std::uint64_t block) const { return std::min(num_rows, block * length); }

    std::uint64_t num_rows, length, count;
};

/// The list whose row `i` is what `fill(i, list)` appends, ascending. Each block of rows is made by a copy of `fill`,
/// which may keep what it likes from row to row. `expected`: how many connections there will be, about. Besides the
/// list there is one block in memory for each thread.
template <class Fill>
Csr make_rows(std::uint64_t num_rows, double expected, unsigned threads, const Fill& fill) {
    Csr csr;
    reserve_targets(csr, room_for(expected));
    csr.row.resize(num_rows + 1);
    threads = build_threads(threads, expected);
    const RowBlocks blocks(num_rows, expected, threads);
    const auto make = [&](std::uint64_t block) {
        Fill fill_row = fill;
        std::vector<std::uint32_t> targets;
        targets.reserve(room_for(expected * static_cast<double>(blocks.length) / static_cast<double>(num_rows)));
        for (std::uint64_t i = blocks.begin(block); i < blocks.begin(block + 1); ++i) {
            fill_row(i, targets);
            csr.row[i + 1] = targets.size();
        }
        return targets;
    };
    const auto append = [&](std::uint64_t block, const std::vector<std::uint32_t>& targets) {
        for (std::uint64_t i = blocks.begin(block); i < blocks.begin(block + 1); ++i)
            csr.row[i + 1] += csr.target.size();
        csr.target.insert(csr.target.end(), targets.begin(), targets.end());
    };
    parallel_in_turn(blocks.count, threads, make, append);
    return csr;
}

/// The transpose of the list that has `num_rows` rows and `connections` entries below `num_columns`, without that list:
/// its row `i` is what `rows(i)` returns. Each row is asked for twice, to count and to place what is in it. Each thread
/// reads its part of the rows through a copy of `rows` and keeps 8 bytes a column besides the new list; so there are
/// fewer threads where that would come to more than a quarter of it.
template <class Rows>
Csr make_transposed(std::uint64_t num_rows, std::uint64_t num_columns, double connections, unsigned threads,
                    const Rows& rows) {
    room_for(connections);
    const double affordable = connections * sizeof(std::uint32_t) / 4 / (8 * (static_cast<double>(num_columns) + 1));
    threads = build_threads(threads, connections);
    const auto parts = static_cast<std::uint64_t>(std::clamp(affordable, 1., static_cast<double>(threads)));
    const auto for_each = [&](std::uint64_t part, const auto& visit) {
        Rows row_of = rows;
        for (std::uint64_t i = num_rows * part / parts; i < num_rows * (part + 1) / parts; ++i)
            for (const std::uint32_t column : row_of(i)) visit(i, column);
    };

    // next[part][j]: first the number of entries of column j in a part of the rows, then where the next of them goes.
    std::vector<std::vector<std::uint64_t>> next(parts);
    parallel_for(parts, threads, [&](std::uint64_t part) {
        std::vector<std::uint64_t> count(num_columns);
        for_each(part, [&](std::uint64_t, std::uint32_t column) { ++count[column]; });
        next[part] = std::move(count);
    });
    Csr result;
    result.row.reserve(num_columns + 1);
    std::uint64_t place = 0;
    for (std::uint64_t j = 0; j < num_columns; ++j) {
        for (std::vector<std::uint64_t>& of_part : next) place += std::exchange(of_part[j], place);
        result.row.push_back(place);
    }
    reserve_targets(result, place);
    result.target.resize(place);
    parallel_for(parts, threads, [&](std::uint64_t part) {
        std::uint64_t* const next_of = next[part].data();
        std::uint32_t* const target = result.target.data();
        for_each(part, [&](std::uint64_t i, std::uint32_t column) {
            target[next_of[column]++] = static_cast<std::uint32_t>(i);
        });
    });
    return result;
}

}  // namespace bouton
