// SPDX-License-Identifier: Apache-2.0
#include "distinct.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <utility>

namespace bouton {
namespace {

constexpr std::uint32_t free_slot = std::numeric_limits<std::uint32_t>::max();  // above all numbers that are drawn
constexpr std::uint64_t slots_each = 3;  // of the table, for each number in it: fewer collisions, more to look through

}  // namespace

std::span<std::uint32_t> Distinct::draw(std::uint64_t count, std::uint64_t bound, const Random& random) {
    assert(count <= bound && bound <= free_slot);
    // Draws are repeated until enough of them differ; what is left out is drawn where that is less.
    const bool left_out = count > bound / 2;
    const std::uint64_t wanted = left_out ? bound - count : count;
    draw_some(static_cast<std::uint32_t>(wanted), static_cast<std::uint32_t>(bound), random);
    if (left_out) replace_by_others(bound);
    return drawn_;
}

/// A hash table with linear probing whose hash grows with the number and in which a smaller number takes the slot of a
/// larger one, which moves on: read from its beginning it is sorted. Gonnet & Munro (1984), "The analysis of linear
/// probing sort by the use of a new mathematical transform", J. Algorithms 5:451-470.
void Distinct::draw_some(std::uint32_t count, std::uint32_t bound, const Random& random) {
    drawn_.resize(count);
    if (count == 0) return;
    const std::uint64_t slots = slots_each * count, scale = (slots << 31) / bound;  // slot = number * scale / 2^31
    if (table_.size() < slots + count + 1) table_.resize(slots + count + 1, free_slot);
    std::uint32_t left = count;
    draw_below(bound, random, [&](std::uint32_t number) {
        std::uint32_t* slot = table_.data() + (number * scale >> 31);
        while (*slot < number) ++slot;
        if (*slot == number) return true;
        for (; number != free_slot; ++slot) std::swap(*slot, number);
        return --left > 0;
    });
    std::uint32_t* const drawn = drawn_.data();
    std::uint32_t* slot = table_.data();
    for (std::uint32_t found = 0; found < count; ++slot) {
        drawn[found] = *slot;
        found += *slot != free_slot ? 1 : 0;
        *slot = free_slot;
    }
}

void Distinct::replace_by_others(std::uint64_t bound) {
    others_.clear();
    others_.reserve(bound - drawn_.size());
    std::uint32_t next = 0;
    for (const std::uint32_t drawn : drawn_) {
        for (; next < drawn; ++next) others_.push_back(next);
        ++next;
    }
    for (; next < bound; ++next) others_.push_back(next);
    std::swap(drawn_, others_);
}

std::uint64_t hypergeometric(std::uint64_t count, std::uint64_t part, std::uint64_t all, double uniform) {
    assert(part <= all && count <= all);
    const std::uint64_t rest = all - part;
    const std::uint64_t least = count > rest ? count - rest : 0, most = std::min(count, part);
    const auto n = static_cast<double>(count), marked = static_cast<double>(part), others = static_cast<double>(rest);
    // P(x + 1) / P(x)
    const auto ratio = [&](double x) { return (n - x) * (marked - x) / ((x + 1) * (others - n + x + 1)); };
    const double peak = std::floor((n + 1) * ((marked + 1) / (static_cast<double>(all) + 2)));
    const std::uint64_t mode = std::clamp(static_cast<std::uint64_t>(peak), least, most);

    // Outwards from the most probable value, whose weight is 1, as far as weights count: visit(x, weight) until true.
    constexpr double negligible = 0x1p-70;
    const auto walk = [&](const auto& visit) {
        double weight = 1;
        for (std::uint64_t x = mode;; ++x) {
            if (visit(x, weight)) return;
            if (x == most || weight < negligible) break;
            weight *= ratio(static_cast<double>(x));
        }
        weight = 1;
        for (std::uint64_t x = mode; x > least && weight >= negligible; --x) {
            weight /= ratio(static_cast<double>(x - 1));
            if (visit(x - 1, weight)) return;
        }
    };
    double sum = 0;
    walk([&](std::uint64_t, double weight) {
        sum += weight;
        return false;
    });
    double left = uniform * sum;
    std::uint64_t drawn = mode;
    walk([&](std::uint64_t x, double weight) {
        drawn = x;
        left -= weight;
        return left < 0;
    });
    return drawn;
}

}  // namespace bouton
