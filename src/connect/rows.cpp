// SPDX-License-Identifier: Apache-2.0
#include "rows.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

#include <bouton/core/error.hpp>

#include <fmt/format.h>

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

std::vector<std::uint64_t> draw_distinct(std::uint64_t count, std::uint64_t bound, const Random& random) {
    assert(count <= bound);
    // Draws are repeated until enough of them differ; what is left out is drawn where that is less.
    const bool left_out = count > bound / 2;
    const std::uint64_t wanted = left_out ? bound - count : count;
    std::vector<std::uint64_t> drawn;
    drawn.reserve(wanted);
    for (std::uint64_t k = 0; drawn.size() < wanted;) {
        const auto known = static_cast<std::ptrdiff_t>(drawn.size());
        while (drawn.size() < wanted) drawn.push_back(random.below(bound, k++));
        std::sort(drawn.begin() + known, drawn.end());
        std::inplace_merge(drawn.begin(), drawn.begin() + known, drawn.end());
        drawn.erase(std::unique(drawn.begin(), drawn.end()), drawn.end());
    }
    if (!left_out) return drawn;

    std::vector<std::uint64_t> rest;
    rest.reserve(count);
    auto next = drawn.begin();
    for (std::uint64_t i = 0; i < bound; ++i) {
        if (next != drawn.end() && *next == i)
            ++next;
        else
            rest.push_back(i);
    }
    return rest;
}

std::size_t room_for(double expected) {
    if (!(expected <= 0x1p40))
        throw UsageError(fmt::format("a list of {:.3g} connections was asked for, but at most 2^40 fit", expected));
    return static_cast<std::size_t>(expected + 4 * std::sqrt(expected));  // rarely exceeded by a random number of them
}

}  // namespace bouton
