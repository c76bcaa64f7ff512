// SPDX-License-Identifier: Apache-2.0
#include "rows.hpp"

#include <cmath>
#include <limits>

#include <bouton/core/error.hpp>

#include <fmt/format.h>

#include "core/memory.hpp"

namespace bouton {

Sizes sizes_of(const Shape& pre, const Shape& post) {
    constexpr std::uint64_t most = std::numeric_limits<std::uint32_t>::max();
    const Sizes sizes{pre.count(), post.count()};
    if (sizes.pre > most || sizes.post > most)
        throw ShapeError(fmt::format("the populations to connect have {} and {} neurons, but must have fewer than 2^32",
                                     sizes.pre, sizes.post));
    return sizes;
}

std::uint64_t size_of_one_population(std::string_view connector, const Shape& pre, const Shape& post) {
    if (pre != post)
        throw ShapeError(fmt::format("{} connects populations of the same shape, but these have the shapes {} and {}",
                                     connector, pre.text(), post.text()));
    return sizes_of(pre, post).pre;
}

void check_probability(std::string_view connector, std::string_view field, double value) {
    if (!(value >= 0 && value <= 1)) throw ParameterError(connector, field, value, "in [0, 1]");
}

Connectivity none(Sizes sizes) {
    Csr csr;
    csr.row.assign(sizes.pre + 1, 0);
    return Connectivity::sparse(std::move(csr), sizes.post);
}

std::size_t room_for(double expected) {
    if (!(expected <= 0x1p40))
        throw UsageError(fmt::format("a list of {:.3g} connections was asked for, but at most 2^40 fit", expected));
    return static_cast<std::size_t>(expected + 4 * std::sqrt(expected));  // rarely exceeded by a random number of them
}

void reserve_targets(Csr& csr, std::size_t count) {
    csr.target.reserve(count);
    ask_for_large_pages(csr.target.data(), count * sizeof(std::uint32_t));
}

RowBlocks::RowBlocks(std::uint64_t rows, double connections, unsigned threads) : num_rows(rows) {
    constexpr double enough = 1 << 18;  // [connections] some milliseconds, and small beside any list worth threads
    const double wanted = std::max(connections / enough, 8. * threads);
    length = wanted < static_cast<double>(rows) ? static_cast<std::uint64_t>(static_cast<double>(rows) / wanted) : 1;
    count = (rows + length - 1) / length;
}

}  // namespace bouton
