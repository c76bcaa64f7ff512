// SPDX-License-Identifier: Apache-2.0
// Pairs drawn without regard to where the neurons sit.
#include <algorithm>
#include <cmath>
#include <limits>

#include <bouton/connect/connectors.hpp>
#include <bouton/core/error.hpp>

#include <fmt/format.h>

#include "rows.hpp"

namespace bouton {
namespace {

using Targets = std::vector<std::uint32_t>;

/// The neurons 0 .. size - 1 without `self`, if that is one of them.
struct Others {
    std::uint64_t size, self;

    bool has_self() const { return self < size; }
    std::uint64_t count() const { return size - (has_self() ? 1 : 0); }
    std::uint32_t at(std::uint64_t k) const { return static_cast<std::uint32_t>(has_self() && k >= self ? k + 1 : k); }
};

Others partners(std::uint64_t size, std::uint64_t neuron, bool include_self) {
    return {size, include_self ? std::numeric_limits<std::uint64_t>::max() : neuron};
}

/// Appends `count` of `others`, ascending.
void draw_partners(std::uint64_t count, const Others& others, bool repeat, const Random& random, Targets& row) {
    if (!repeat) {
        for (const std::uint64_t k : draw_distinct(count, others.count(), random)) row.push_back(others.at(k));
        return;
    }
    const auto first = static_cast<std::ptrdiff_t>(row.size());
    for (std::uint64_t k = 0; k < count; ++k) row.push_back(others.at(random.below(others.count(), k)));
    std::sort(row.begin() + first, row.end());
}

/// Appends each of 0 .. size - 1 but `self` with probability `prob` > 0. The gaps between those chosen follow the
/// geometric law, P(gap >= n) = (1 - prob)^n.
void choose_each(double prob, const Others& others, const Random& random, Targets& row) {
    const double rate = -std::log1p(-prob);  // infinite for 1
    std::uint64_t next = 0;
    for (std::uint64_t k = 0;; ++k, ++next) {
        const double gap = std::floor(random.exponential(k) / rate);
        if (!(gap < static_cast<double>(others.count() - next))) return;
        next += static_cast<std::uint64_t>(gap);
        row.push_back(others.at(next));
    }
}

/// `part` as a number of `size`: int(size * part) for a fraction. Throws ParameterError where it is none.
std::uint64_t resolve(const Count& part, std::string_view connector, std::uint64_t size) {
    const double value = part.value();
    if (part.is_fraction()) {
        check_probability(connector, "num", value);
        return static_cast<std::uint64_t>(static_cast<double>(size) * value);
    }
    if (value < 0) throw ParameterError(connector, "num", value, "a number of neurons or a fraction of them");
    return value < 0x1p63 ? static_cast<std::uint64_t>(value) : std::numeric_limits<std::uint64_t>::max();
}

/// Row `i`: `num` of the `size` possible partners of neuron i, in a list for `num_rows` neurons.
Csr fixed_degree(std::string_view connector, std::string_view side, const Count& num, std::uint64_t num_rows,
                 std::uint64_t size, bool include_self, bool repeat, const Random& random) {
    const std::uint64_t degree = resolve(num, connector, size);
    const std::uint64_t fewest = partners(size, 0, include_self).count();
    if (!num.is_fraction() && degree > fewest && !(repeat && fewest > 0))
        throw ParameterError(connector, "num", num.value(),
                             fmt::format("at most {}, the number of {}synaptic neurons{}", fewest, side,
                                         include_self ? "" : " without the neuron itself"));
    return make_rows(
        num_rows, static_cast<double>(degree) * static_cast<double>(num_rows), [&](std::uint64_t i, Targets& row) {
            const Others others = partners(size, i, include_self);
            const std::uint64_t count = repeat && others.count() > 0 ? degree : std::min(degree, others.count());
            draw_partners(count, others, repeat, random.at(i), row);
        });
}

Csr bernoulli(const FixedProb& connector, Sizes sizes, const Random& random) {
    const Random taking_part = random.at(0), rows = random.at(1);
    const double expected = static_cast<double>(sizes.pre) * static_cast<double>(sizes.post) * connector.prob;
    return make_rows(sizes.pre, expected * connector.pre_ratio, [&](std::uint64_t i, Targets& row) {
        if (connector.prob > 0 && taking_part.uniform(i) < connector.pre_ratio)
            choose_each(connector.prob, partners(sizes.post, i, connector.include_self), rows.at(i), row);
    });
}

Csr fixed_out_degree(const FixedProb& connector, Sizes sizes, const Random& random) {
    const Random taking_part = random.at(0), rows = random.at(1);
    const std::uint64_t senders = resolve(connector.pre_ratio, "FixedProb", sizes.pre);
    const std::uint64_t degree = resolve(connector.prob, "FixedProb", sizes.post);
    const auto chosen = draw_distinct(senders, sizes.pre, taking_part);
    const double expected = static_cast<double>(senders) * static_cast<double>(degree);
    return make_rows(sizes.pre, expected, [&](std::uint64_t i, Targets& row) {
        if (!std::binary_search(chosen.begin(), chosen.end(), i)) return;
        const Others others = partners(sizes.post, i, connector.include_self);
        draw_partners(std::min(degree, others.count()), others, connector.allow_multi_conn, rows.at(i), row);
    });
}

}  // namespace

Connectivity FixedProb::operator()(const Shape& pre, const Shape& post, const Random& random) const {
    check_probability("FixedProb", "prob", prob);
    check_probability("FixedProb", "pre_ratio", pre_ratio);
    const Sizes sizes = sizes_of(pre, post);
    if (sizes.empty()) return none(sizes);
    const Random drawn = draws(seed, "FixedProb", random);
    return Connectivity::sparse(
        law == Law::bernoulli ? bernoulli(*this, sizes, drawn) : fixed_out_degree(*this, sizes, drawn), sizes.post);
}

Connectivity FixedPreNum::operator()(const Shape& pre, const Shape& post, const Random& random) const {
    const Sizes sizes = sizes_of(pre, post);
    resolve(num, "FixedPreNum", sizes.pre);
    if (sizes.empty()) return none(sizes);
    const Csr by_post = fixed_degree("FixedPreNum", "pre", num, sizes.post, sizes.pre, include_self, allow_multi_conn,
                                     draws(seed, "FixedPreNum", random));
    return Connectivity::sparse(transpose(by_post, sizes.pre), sizes.post);
}

Connectivity FixedPostNum::operator()(const Shape& pre, const Shape& post, const Random& random) const {
    const Sizes sizes = sizes_of(pre, post);
    resolve(num, "FixedPostNum", sizes.post);
    if (sizes.empty()) return none(sizes);
    return Connectivity::sparse(fixed_degree("FixedPostNum", "post", num, sizes.pre, sizes.post, include_self,
                                             allow_multi_conn, draws(seed, "FixedPostNum", random)),
                                sizes.post);
}

Connectivity FixedTotalNum::operator()(const Shape& pre, const Shape& post, const Random& random) const {
    const Sizes sizes = sizes_of(pre, post);
    const std::uint64_t all = sizes.pre * sizes.post, count = resolve(num, "FixedTotalNum", all);
    if (sizes.empty()) return none(sizes);
    if (count > all)
        throw ParameterError("FixedTotalNum", "num", num.value(), fmt::format("at most {}, the number of pairs", all));
    room_for(static_cast<double>(count));
    const auto pairs = draw_distinct(count, all, draws(seed, "FixedTotalNum", random));  // i * num_post + j
    const auto fill = [&](std::uint64_t i, Targets& row) {
        auto pair = std::lower_bound(pairs.begin(), pairs.end(), i * sizes.post);
        for (; pair != pairs.end() && *pair / sizes.post == i; ++pair)
            row.push_back(static_cast<std::uint32_t>(*pair % sizes.post));
    };
    return Connectivity::sparse(make_rows(sizes.pre, static_cast<double>(count), fill), sizes.post);
}

}  // namespace bouton
