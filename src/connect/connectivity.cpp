// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cassert>
#include <limits>
#include <numeric>
#include <utility>

#include <bouton/connect/connectivity.hpp>
#include <bouton/core/error.hpp>

#include <fmt/format.h>

#include "rows.hpp"

namespace bouton {
namespace {

using Order = std::vector<std::uint64_t>;

void check_size(std::size_t neurons) {
    if (neurons > std::numeric_limits<std::uint32_t>::max())
        throw ShapeError(fmt::format("a population to connect has {} neurons, but must have fewer than 2^32", neurons));
}

/// Whether each row satisfies `holds(targets)`.
template <class Holds>
bool every_row(const Csr& csr, Holds holds) {
    for (std::size_t pre = 0; pre < csr.num_pre(); ++pre)
        if (!holds(csr.targets_of(pre))) return false;
    return true;
}

/// Throws where `csr` is no list for `num_post` neurons; else whether all rows ascend.
bool check_rows(const Csr& csr, std::size_t num_post, unsigned threads) {
    if (csr.row.empty() || csr.row.front() != 0 || csr.row.back() != csr.target.size() ||
        !std::is_sorted(csr.row.begin(), csr.row.end()))
        throw ShapeError(
            fmt::format("the row pointers of a CSR list must start at 0, never decrease and end at {}, the "
                        "number of its connections",
                        csr.target.size()));
    struct Seen {
        std::uint32_t largest = 0;
        bool descends = false;
    };
    const auto size = static_cast<double>(csr.target.size());
    const unsigned count = build_threads(threads, size);
    const RowBlocks blocks(csr.num_pre(), size, count);
    std::vector<Seen> seen(blocks.count);
    parallel_for(blocks.count, count, [&](std::uint64_t block) {
        Seen in_block;
        for (std::uint64_t pre = blocks.begin(block); pre < blocks.begin(block + 1); ++pre) {
            std::uint32_t before = 0;
            for (const std::uint32_t target : csr.targets_of(pre)) {
                in_block.largest = std::max(in_block.largest, target);
                in_block.descends |= target < before;
                before = target;
            }
        }
        seen[block] = in_block;
    });
    std::uint32_t largest = 0;
    for (const Seen& in_block : seen) largest = std::max(largest, in_block.largest);
    if (!csr.target.empty() && largest >= num_post)
        throw IndexError("the postsynaptic neurons of a connectivity", largest, num_post);
    return std::ranges::none_of(seen, &Seen::descends);
}

/// The place of a connection in its row: by its target, then as they were given.
struct Place {
    std::uint32_t target;
    std::uint64_t given;
    auto operator<=>(const Place&) const = default;
};

/// Sorts each row. Connection `k` of the list is the one that was given at `given[k]`, before and after.
void sort_rows(Csr& csr, Order& given, unsigned threads) {
    const auto size = static_cast<double>(csr.target.size());
    const unsigned count = build_threads(threads, size);
    const RowBlocks blocks(csr.num_pre(), size, count);
    parallel_for(blocks.count, count, [&](std::uint64_t block) {
        std::vector<Place> places;
        for (std::uint64_t pre = blocks.begin(block); pre < blocks.begin(block + 1); ++pre) {
            places.clear();
            for (std::uint64_t k = csr.row[pre]; k < csr.row[pre + 1]; ++k) places.push_back({csr.target[k], given[k]});
            std::sort(places.begin(), places.end());
            std::uint64_t k = csr.row[pre];
            for (const Place& place : places) {
                csr.target[k] = place.target;
                given[k++] = place.given;
            }
        }
    });
}

/// From a permutation to its inverse, in place: round each of its cycles, marking what is done by the highest bit.
void invert(Order& permutation) {
    constexpr std::uint64_t done = std::uint64_t{1} << 63;
    for (std::uint64_t start = 0; start < permutation.size(); ++start) {
        std::uint64_t before = start;
        for (std::uint64_t at = permutation[start]; !(at & done);) {
            const std::uint64_t after = permutation[at];
            permutation[at] = before | done;
            before = at;
            at = after;
        }
    }
    for (std::uint64_t& entry : permutation) entry &= ~done;
}

/// Null stands for the order of the list itself.
std::shared_ptr<const Order> share(Order order) {
    if (order.empty()) return nullptr;
    return std::make_shared<const Order>(std::move(order));
}

}  // namespace

Csr transpose(const Csr& csr, std::size_t num_targets, unsigned threads) {
    return make_transposed(csr.num_pre(), num_targets, static_cast<double>(csr.target.size()), threads,
                           [&csr](std::uint64_t pre) { return csr.targets_of(pre); });
}

Connectivity::Connectivity(Kind kind, std::size_t num_pre, std::size_t num_post)
    : kind_(kind), num_pre_(num_pre), num_post_(num_post) {
    check_size(num_pre);
    check_size(num_post);
}

Connectivity Connectivity::all_to_all(std::size_t num_pre, std::size_t num_post, bool include_self) {
    Connectivity result(Kind::all_to_all, num_pre, num_post);
    result.include_self_ = include_self;
    return result;
}

Connectivity Connectivity::one_to_one(std::size_t num_pre, std::size_t num_post) {
    if (num_pre != num_post)
        throw ShapeError(
            fmt::format("one-to-one connections join populations of one size, but these have {} and {} neurons",
                        num_pre, num_post));
    return Connectivity(Kind::one_to_one, num_pre, num_post);
}

Connectivity Connectivity::sparse(Csr csr, std::size_t num_post, unsigned threads) {
    const bool ascends = check_rows(csr, num_post, threads);
    Connectivity result(Kind::sparse, csr.num_pre(), num_post);
    if (!ascends) {
        Order order(csr.target.size());
        std::iota(order.begin(), order.end(), std::uint64_t{0});
        sort_rows(csr, order, threads);
        invert(order);
        result.order_ = share(std::move(order));
    }
    result.csr_ = std::make_shared<const Csr>(std::move(csr));
    return result;
}

Connectivity Connectivity::from_pairs(std::size_t num_pre, std::size_t num_post, std::span<const Pair> pairs,
                                      unsigned threads) {
    check_size(num_pre);
    for (const Pair& pair : pairs)
        if (pair.pre >= num_pre) throw IndexError("the presynaptic neurons of a connectivity", pair.pre, num_pre);

    Csr csr;
    csr.row.assign(num_pre + 1, 0);
    for (const Pair& pair : pairs) ++csr.row[pair.pre + std::size_t{1}];
    std::partial_sum(csr.row.begin(), csr.row.end(), csr.row.begin());
    reserve_targets(csr, pairs.size());
    csr.target.resize(pairs.size());
    if (std::is_sorted(pairs.begin(), pairs.end())) {
        std::ranges::transform(pairs, csr.target.begin(), &Pair::post);
        return sparse(std::move(csr), num_post, threads);
    }

    Order order(pairs.size());
    std::vector<std::uint64_t> next(csr.row.begin(), csr.row.end() - 1);
    for (std::size_t k = 0; k < pairs.size(); ++k) {
        const std::uint64_t place = next[pairs[k].pre]++;
        csr.target[place] = pairs[k].post;
        order[place] = k;
    }
    if (!check_rows(csr, num_post, threads)) sort_rows(csr, order, threads);
    invert(order);
    Connectivity result(Kind::sparse, num_pre, num_post);
    result.order_ = share(std::move(order));
    result.csr_ = std::make_shared<const Csr>(std::move(csr));
    return result;
}

std::uint64_t Connectivity::size() const {
    switch (kind_) {
        case Kind::all_to_all:
            return std::uint64_t{num_pre_} * num_post_ - (include_self_ ? 0 : std::min(num_pre_, num_post_));
        case Kind::one_to_one:
            return num_pre_;
        case Kind::sparse:
            break;
    }
    return csr_->target.size();
}

std::uint64_t Connectivity::bytes() const {
    const std::uint64_t list =
        csr_ ? csr_->row.size() * sizeof(csr_->row[0]) + csr_->target.size() * sizeof(csr_->target[0]) : 0;
    return list + order().size_bytes();
}

const Csr& Connectivity::csr() const {
    assert(kind_ == Kind::sparse);
    return *csr_;
}

std::span<const std::uint64_t> Connectivity::order() const {
    return order_ ? std::span<const std::uint64_t>(*order_) : std::span<const std::uint64_t>();
}

Connectivity Connectivity::without_duplicates() const {
    const auto ascends = [](auto targets) {
        return std::adjacent_find(targets.begin(), targets.end()) == targets.end();
    };
    if (kind_ != Kind::sparse || every_row(*csr_, ascends)) return *this;

    constexpr std::uint64_t gone = std::numeric_limits<std::uint64_t>::max();
    Csr once;
    once.row.reserve(num_pre_ + 1);
    Order kept(csr_->target.size(), gone);  // the new position of the first of each pair
    for (std::size_t pre = 0; pre < num_pre_; ++pre) {
        for (std::uint64_t k = csr_->row[pre]; k < csr_->row[pre + 1]; ++k) {
            if (k > csr_->row[pre] && csr_->target[k] == csr_->target[k - 1]) continue;
            kept[k] = once.target.size();
            once.target.push_back(csr_->target[k]);
        }
        once.row.push_back(once.target.size());
    }

    Connectivity result = sparse(std::move(once), num_post_);
    Order order;
    for (const std::uint64_t position : this->order())
        if (kept[position] != gone) order.push_back(kept[position]);
    result.order_ = share(std::is_sorted(order.begin(), order.end()) ? Order{} : std::move(order));
    return result;
}

Csr Connectivity::to_csr() const {
    if (kind_ == Kind::sparse) return *csr_;
    Csr csr;
    csr.row.reserve(num_pre_ + 1);
    csr.target.reserve(size());
    for (std::size_t pre = 0; pre < num_pre_; ++pre) {
        if (kind_ == Kind::one_to_one) {
            csr.target.push_back(static_cast<std::uint32_t>(pre));
        } else {
            for (std::size_t post = 0; post < num_post_; ++post)
                if (include_self_ || pre != post) csr.target.push_back(static_cast<std::uint32_t>(post));
        }
        csr.row.push_back(csr.target.size());
    }
    return csr;
}

std::vector<Pair> Connectivity::to_pairs() const {
    const Csr csr = to_csr();
    std::vector<Pair> sorted;
    sorted.reserve(csr.target.size());
    for (std::size_t pre = 0; pre < num_pre_; ++pre)
        for (const std::uint32_t post : csr.targets_of(pre)) sorted.push_back({static_cast<std::uint32_t>(pre), post});
    if (!order_) return sorted;
    std::vector<Pair> given(sorted.size());
    std::transform(order_->begin(), order_->end(), given.begin(),
                   [&](std::uint64_t position) { return sorted[position]; });
    return given;
}

std::vector<std::uint32_t> Connectivity::to_matrix() const {
    std::vector<std::uint32_t> matrix(num_pre_ * num_post_, 0);
    for (const Pair& pair : to_pairs()) ++matrix[pair.pre * num_post_ + pair.post];
    return matrix;
}

Csr Connectivity::to_csc() const {
    return kind_ == Kind::sparse ? transpose(*csr_, num_post_) : transpose(to_csr(), num_post_);
}

std::vector<std::vector<std::uint64_t>> Connectivity::pre2syn() const {
    const Csr csr = to_csr();
    std::vector<std::vector<std::uint64_t>> numbers(num_pre_);
    for (std::size_t pre = 0; pre < num_pre_; ++pre) {
        numbers[pre].resize(csr.row[pre + 1] - csr.row[pre]);
        std::iota(numbers[pre].begin(), numbers[pre].end(), csr.row[pre]);
    }
    return numbers;
}

std::vector<std::vector<std::uint64_t>> Connectivity::post2syn() const {
    const Csr csr = to_csr();
    std::vector<std::vector<std::uint64_t>> numbers(num_post_);
    for (std::uint64_t k = 0; k < csr.target.size(); ++k) numbers[csr.target[k]].push_back(k);
    return numbers;
}

}  // namespace bouton
