// SPDX-License-Identifier: Apache-2.0
// Pairs drawn without regard to where the neurons sit.
#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <utility>

#include <bouton/connect/connectors.hpp>
#include <bouton/core/error.hpp>

#include <fmt/format.h>

#include "distinct.hpp"
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

/// Draws the partners of one neuron after the other.
class Partners {
 public:
    explicit Partners(bool repeat) : repeat_(repeat) {}

    /// `count` of `others`, ascending: distinct, or each drawn from all of them. Valid until the next call.
    std::span<const std::uint32_t> draw(std::uint64_t count, const Others& others, const Random& random) {
        const std::span<std::uint32_t> chosen =
            repeat_ ? draw_each(count, others, random) : distinct_.draw(count, others.count(), random);
        if (others.has_self())
            for (std::uint32_t& k : chosen) k += k >= others.self ? 1 : 0;
        return chosen;
    }

 private:
    std::span<std::uint32_t> draw_each(std::uint64_t count, const Others& others, const Random& random) {
        each_.clear();
        if (count > 0)
            draw_below(static_cast<std::uint32_t>(others.count()), random, [&](std::uint32_t k) {
                each_.push_back(k);
                return each_.size() < count;
            });
        std::sort(each_.begin(), each_.end());
        return each_;
    }

    bool repeat_;
    Distinct distinct_;
    std::vector<std::uint32_t> each_;
};

/// Appends each of `others` with probability `prob` > 0. The gaps between those chosen follow the geometric law,
/// P(gap >= n) = (1 - prob)^n: the whole part of an exponential number with mean -1 / log(1 - prob).
void choose_each(double prob, const Others& others, const Random& random, Targets& row) {
    const double mean = -1 / std::log1p(-prob);  // 0 for 1
    const std::uint64_t count = others.count();
    std::uint64_t next = 0;
    for (std::uint64_t call = 0;; ++call)
        for (const std::uint64_t half : random.halves(call)) {
            const double gap = Random::exponential_of(half) * mean;
            if (!(gap < static_cast<double>(count - next))) return;  // also where a mean beyond all numbers makes NaN
            next += static_cast<std::uint64_t>(gap);
            row.push_back(others.at(next));
            ++next;
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

/// The rule that each of `num_rows` neurons has `num` of `size` possible partners.
struct FixedDegree {
    std::uint64_t num_rows, size, degree;
    bool include_self, repeat;

    Others others(std::uint64_t i) const { return partners(size, i, include_self); }
    /// How many partners neuron i has.
    std::uint64_t degree_of(std::uint64_t i) const {
        const std::uint64_t all = others(i).count();
        return repeat && all > 0 ? degree : std::min(degree, all);
    }
    /// The sum of all degrees; those of the first neurons leave out themselves.
    double total() const {
        if (num_rows == 0 || size == 0) return 0;
        const auto to_self = static_cast<double>(std::min(num_rows, size));
        return to_self * static_cast<double>(degree_of(0)) +
               (static_cast<double>(num_rows) - to_self) * static_cast<double>(degree_of(num_rows - 1));
    }
};

/// Throws ParameterError where there are not as many partners. `side`: "pre" or "post".
FixedDegree fixed_degree(std::string_view connector, std::string_view side, const Count& num, std::uint64_t num_rows,
                         std::uint64_t size, bool include_self, bool repeat) {
    const FixedDegree rule{num_rows, size, resolve(num, connector, size), include_self, repeat};
    if (num_rows == 0 || size == 0) return rule;
    const std::uint64_t fewest = rule.others(0).count();
    if (!num.is_fraction() && rule.degree > fewest && !(repeat && fewest > 0))
        throw ParameterError(connector, "num", num.value(),
                             fmt::format("at most {}, the number of {}synaptic neurons{}", fewest, side,
                                         include_self ? "" : " without the neuron itself"));
    return rule;
}

FixedDegree rule_of(const FixedPreNum& connector, Sizes sizes) {
    return fixed_degree("FixedPreNum", "pre", connector.num, sizes.post, sizes.pre, connector.include_self,
                        connector.allow_multi_conn);
}

FixedDegree rule_of(const FixedPostNum& connector, Sizes sizes) {
    return fixed_degree("FixedPostNum", "post", connector.num, sizes.pre, sizes.post, connector.include_self,
                        connector.allow_multi_conn);
}

void check(const FixedProb& connector) {
    check_probability("FixedProb", "prob", connector.prob);
    check_probability("FixedProb", "pre_ratio", connector.pre_ratio);
}

/// The number of senders under the law of fixed out-degrees, and the rule for each of them.
std::pair<std::uint64_t, FixedDegree> senders_of(const FixedProb& connector, Sizes sizes) {
    return {resolve(connector.pre_ratio, "FixedProb", sizes.pre),
            {sizes.pre, sizes.post, resolve(connector.prob, "FixedProb", sizes.post), connector.include_self,
             connector.allow_multi_conn}};
}

double expected_size(const FixedProb& connector, Sizes sizes) {
    if (sizes.empty()) return 0;
    if (connector.law == Law::fixed_out_degree) {
        const auto [senders, rule] = senders_of(connector, sizes);
        return rule.total() / static_cast<double>(sizes.pre) * static_cast<double>(senders);
    }
    double pairs = static_cast<double>(sizes.pre) * static_cast<double>(sizes.post);
    if (!connector.include_self) pairs -= static_cast<double>(std::min(sizes.pre, sizes.post));
    return pairs * connector.prob * connector.pre_ratio;
}

Csr bernoulli(const FixedProb& connector, Sizes sizes, const Random& random, unsigned threads) {
    const Random taking_part = random.at(0), rows = random.at(1);
    return make_rows(sizes.pre, expected_size(connector, sizes), threads, [=](std::uint64_t i, Targets& row) {
        if (connector.prob > 0 && taking_part.uniform(i) < connector.pre_ratio)
            choose_each(connector.prob, partners(sizes.post, i, connector.include_self), rows.at(i), row);
    });
}

Csr fixed_out_degree(const FixedProb& connector, Sizes sizes, const Random& random, unsigned threads) {
    const Random taking_part = random.at(0), rows = random.at(1);
    const auto [senders, rule] = senders_of(connector, sizes);
    std::vector<bool> sends(sizes.pre);
    Distinct chosen_senders;
    for (const std::uint32_t i : chosen_senders.draw(senders, sizes.pre, taking_part)) sends[i] = true;
    return make_rows(
        sizes.pre, expected_size(connector, sizes), threads,
        [&sends, rows, rule = rule, partners = Partners(rule.repeat)](std::uint64_t i, Targets& row) mutable {
            if (!sends[i]) return;
            const auto chosen = partners.draw(rule.degree_of(i), rule.others(i), rows.at(i));
            row.insert(row.end(), chosen.begin(), chosen.end());
        });
}

/// `count` distinct pairs among the rows begin .. end - 1, each of `num_post` pairs.
struct Share {
    std::uint64_t begin, end, count;
};

/// Shares out `share.count` pairs to blocks of at most `length` rows, as all sets of pairs equally probable would have
/// them: halved again and again, each half by a hypergeometric number. Appends the blocks in order.
void share_out(const Share& share, std::uint64_t num_post, std::uint64_t length, const Random& random,
               std::vector<Share>& blocks) {
    const std::uint64_t rows = share.end - share.begin;
    if (rows <= length) {
        blocks.push_back(share);
        return;
    }
    const std::uint64_t middle = share.begin + (rows + length - 1) / length / 2 * length;
    const std::uint64_t below =
        hypergeometric(share.count, (middle - share.begin) * num_post, rows * num_post, random.uniform(middle));
    share_out({share.begin, middle, below}, num_post, length, random, blocks);
    share_out({middle, share.end, share.count - below}, num_post, length, random, blocks);
}

/// The number of pairs that the rule asks for, checked.
std::uint64_t total_of(const FixedTotalNum& connector, Sizes sizes) {
    const std::uint64_t all = sizes.pre * sizes.post, count = resolve(connector.num, "FixedTotalNum", all);
    if (sizes.empty()) return 0;
    if (count > all)
        throw ParameterError("FixedTotalNum", "num", connector.num.value(),
                             fmt::format("at most {}, the number of pairs", all));
    return count;
}

}  // namespace

Connectivity FixedProb::operator()(const Shape& pre, const Shape& post, const Random& random, unsigned threads) const {
    check(*this);
    const Sizes sizes = sizes_of(pre, post);
    if (sizes.empty()) return none(sizes);
    const Random drawn = draws(seed, "FixedProb", random);
    return Connectivity::sparse(law == Law::bernoulli ? bernoulli(*this, sizes, drawn, threads)
                                                      : fixed_out_degree(*this, sizes, drawn, threads),
                                sizes.post, threads);
}

Forecast FixedProb::forecast(const Shape& pre, const Shape& post) const {
    check(*this);
    return {.size = expected_size(*this, sizes_of(pre, post))};
}

Connectivity FixedPreNum::operator()(const Shape& pre, const Shape& post, const Random& random,
                                     unsigned threads) const {
    const Sizes sizes = sizes_of(pre, post);
    const FixedDegree rule = rule_of(*this, sizes);
    if (sizes.empty()) return none(sizes);
    const Random rows = draws(seed, "FixedPreNum", random);
    return Connectivity::sparse(make_transposed(sizes.post, sizes.pre, rule.total(), threads,
                                                [=, partners = Partners(allow_multi_conn)](std::uint64_t j) mutable {
                                                    return partners.draw(rule.degree_of(j), rule.others(j), rows.at(j));
                                                }),
                                sizes.post, threads);
}

Forecast FixedPreNum::forecast(const Shape& pre, const Shape& post) const {
    return {.size = rule_of(*this, sizes_of(pre, post)).total()};
}

Connectivity FixedPostNum::operator()(const Shape& pre, const Shape& post, const Random& random,
                                      unsigned threads) const {
    const Sizes sizes = sizes_of(pre, post);
    const FixedDegree rule = rule_of(*this, sizes);
    if (sizes.empty()) return none(sizes);
    const Random rows = draws(seed, "FixedPostNum", random);
    return Connectivity::sparse(
        make_rows(sizes.pre, rule.total(), threads,
                  [=, partners = Partners(allow_multi_conn)](std::uint64_t i, Targets& row) mutable {
                      const auto chosen = partners.draw(rule.degree_of(i), rule.others(i), rows.at(i));
                      row.insert(row.end(), chosen.begin(), chosen.end());
                  }),
        sizes.post, threads);
}

Forecast FixedPostNum::forecast(const Shape& pre, const Shape& post) const {
    return {.size = rule_of(*this, sizes_of(pre, post)).total()};
}

Connectivity FixedTotalNum::operator()(const Shape& pre, const Shape& post, const Random& random,
                                       unsigned threads) const {
    const Sizes sizes = sizes_of(pre, post);
    const std::uint64_t count = total_of(*this, sizes);
    if (sizes.empty()) return none(sizes);
    const auto size = static_cast<double>(count);
    room_for(size);

    // Blocks of some ten thousand connections; the pairs of a block are numbered with 32 bits.
    const double rows_enough = std::ceil(static_cast<double>(sizes.pre) * 0x1p16 / std::max(size, 1.));
    const std::uint64_t rows_numbered = std::numeric_limits<std::uint32_t>::max() / sizes.post;
    const std::uint64_t length = std::min({static_cast<std::uint64_t>(rows_enough), rows_numbered, sizes.pre});
    const Random drawn = draws(seed, "FixedTotalNum", random), shares = drawn.at(0), pairs = drawn.at(1);
    std::vector<Share> blocks;
    share_out({0, sizes.pre, count}, sizes.post, length, shares, blocks);

    Csr csr;
    reserve_targets(csr, count);
    csr.target.resize(count);
    csr.row.resize(sizes.pre + 1);
    std::vector<std::uint64_t> begin(blocks.size());
    for (std::size_t b = 1; b < blocks.size(); ++b) begin[b] = begin[b - 1] + blocks[b - 1].count;
    parallel_for(blocks.size(), build_threads(threads, size), [&](std::size_t b) {
        const Share& block = blocks[b];
        Distinct distinct;
        std::uint64_t k = begin[b], i = block.begin, row_begins = 0;
        for (const std::uint32_t pair :
             distinct.draw(block.count, (block.end - block.begin) * sizes.post, pairs.at(b))) {
            for (; pair - row_begins >= sizes.post; row_begins += sizes.post) csr.row[++i] = k;
            csr.target[k++] = static_cast<std::uint32_t>(pair - row_begins);
        }
        while (i < block.end) csr.row[++i] = k;
    });
    return Connectivity::sparse(std::move(csr), sizes.post, threads);
}

Forecast FixedTotalNum::forecast(const Shape& pre, const Shape& post) const {
    return {.size = static_cast<double>(total_of(*this, sizes_of(pre, post)))};
}

}  // namespace bouton
