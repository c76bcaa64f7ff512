// SPDX-License-Identifier: Apache-2.0
#include "event_sums.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <numeric>
#include <utility>

#include <bouton/math/lanes.hpp>

namespace bouton::kernel {
namespace {

constexpr std::size_t pack = 8;          // numbers that lie side by side in the widest vectors
constexpr std::size_t most_width = 192;  // modes of a projection
constexpr double negligible = 1e-280;    // flushed to 0 before it could become denormal

/// For so many steps sums are not brought up to date. What is added meanwhile is divided by powers of the rates.
std::size_t block_of(std::span<const double> rates) { return std::ranges::min(rates) > 1e-12 ? 8 : 1; }

std::size_t padded(std::size_t count) {
    for (const std::size_t small : {1u, 2u, 4u})
        if (count <= small) return small;
    return (count + pack - 1) / pack * pack;
}

bool any_negative(const Weights& weights) {
    if (weights.form == Weights::Form::scalar) return weights.scalar < 0;
    const auto any = [](auto values) { return std::ranges::any_of(values, [](auto w) { return w < 0; }); };
    return weights.values.is_single() ? any(weights.values.as<float>()) : any(weights.values.as<double>());
}

// Sums of the lanes of several vectors, as one vector. Lanes are added as ((0 + 1) + (2 + 3)) + ((4 + 5) + (6 + 7)),
// however many a vector has.

/// Adds the halves of each group of 2 `Half` lanes: those of `a`, then those of `b`.
template <std::size_t Half, class L, std::size_t... Lane>
L add_halves(L a, L b, std::index_sequence<Lane...>) {
    constexpr auto lower = [](std::size_t lane) {
        const std::size_t group = lane / (2 * Half) * (2 * Half), at = lane % (2 * Half);
        return static_cast<int>(at < Half ? group + at : L::count + group + at - Half);
    };
    return __builtin_shufflevector(a.value, b.value, lower(Lane)...) +
           __builtin_shufflevector(a.value, b.value, (lower(Lane) + static_cast<int>(Half))...);
}

template <std::size_t Half = 1, class L, std::size_t Count>
L sums_of_lanes(const std::array<L, Count>& vectors) {
    if constexpr (Count == 1) {
        return vectors[0];
    } else {
        std::array<L, Count / 2> sums;
        for (std::size_t k = 0; k < Count / 2; ++k)
            sums[k] = add_halves<Half>(vectors[2 * k], vectors[2 * k + 1], std::make_index_sequence<L::count>());
        return sums_of_lanes<2 * Half>(sums);
    }
}

}  // namespace

// ---- delivering

struct EventSums::Deliver {
    template <std::size_t bytes>
    static int run(EventSums* sums, IndexRange range) {
        if (sums->phase_ == 0) renew<bytes>(*sums, range);
        const std::uint64_t reach = std::min<std::uint64_t>(sums->steps_.size() - 1, sums->closed_);
        for (std::uint32_t lag = 0; lag < reach; ++lag) step<bytes>(*sums, sums->step_ago(lag), lag, range);
        return 0;
    }

    /// Brings the sums up to date.
    template <std::size_t bytes>
    static void renew(EventSums& sums, IndexRange range) {
        using L = Lanes<double, bytes / sizeof(double)>;
        const std::size_t width = sums.width_, period = std::max(width, pack), end = padded_end(sums, range) * width;
        const double* const power = sums.power_.back().data();
        for (std::size_t at = range.begin * width; at < end; at += period)
            for (std::size_t k = 0; k < period; k += L::count) {
                const L P = L::load(sums.sums_.data() + at + k) * L::load(power + k);
                select(max(P, -P) < L(negligible), L(0.), P).store(sums.sums_.data() + at + k);
            }
    }
    /// The last range has what fills its last pack besides.
    static std::size_t padded_end(const EventSums& sums, IndexRange range) {
        return std::min((range.end + pack - 1) / pack * pack, sums.sums_.size() / sums.width_);
    }

    template <std::size_t bytes>
    static void step(EventSums& sums, const Step& step, std::uint32_t lag, IndexRange range) {
        using L = Lanes<double, bytes / sizeof(double)>;
        const std::size_t width = sums.width_;
        alignas(64) std::array<double, most_width> scaled{};
        for (std::size_t e = 0; e < step.changes.size(); ++e) {
            const Source source = step.changes[e];
            const double* const c = step.coefficients.data() + e * sums.count_;
            const double* const power = sums.power_[sums.phase_].data();
            for (std::size_t k = 0; k < sums.count_; ++k) scaled[k] = c[k] / power[k];
            double* const P = sums.sums_.data() + source.row * sums.num_post_ * width;
            if (width == 1) {
                const double only = scaled[0];
                for_each_target(sums, source, lag, range, [=](std::size_t j, double w) { P[j] += w * only; });
            } else if (width < L::count) {
                for_each_target(sums, source, lag, range, [&](std::size_t j, double w) {
                    for (std::size_t k = 0; k < width; ++k) P[j * width + k] += w * scaled[k];
                });
            } else {
                for_each_target(sums, source, lag, range, [&](std::size_t j, double w) {
                    double* const at = P + j * width;
                    for (std::size_t k = 0; k < width; k += L::count)
                        (L::load(at + k) + L(w) * L::load(scaled.data() + k)).store(at + k);
                });
            }
        }
        for (std::size_t v = 0; v < step.values.size(); ++v) {
            double* const extra = sums.extra_.data() + step.sources[v].row * sums.num_post_;
            const double value = step.values[v];
            for_each_target(sums, step.sources[v], lag, range, [=](std::size_t j, double w) { extra[j] += w * value; });
        }
    }

    /// add(j, w) for the connections of `source` whose delay is `lag` and whose target j is in the range.
    template <class Add>
    static void for_each_target(const EventSums& sums, const Source& source, std::uint32_t lag, IndexRange range,
                                const Add& add) {
        const Buffer& values = sums.wiring_.weights.values;
        if (values.is_single())
            for_each_target(sums, source, lag, range, values.as<float>().data(), add);
        else
            for_each_target(sums, source, lag, range, values.as<double>().data(), add);
    }
    template <class Element, class Add>
    static void for_each_target(const EventSums& sums, const Source& source, std::uint32_t lag, IndexRange range,
                                const Element* values, const Add& add) {
        const std::size_t first_entry = source.row * sums.num_post_;
        if (range.end <= first_entry || range.begin >= first_entry + sums.num_post_) return;
        const std::size_t low = std::max(range.begin, first_entry) - first_entry,
                          high = std::min(range.end - first_entry, sums.num_post_);
        const bool whole = low == 0 && high == sums.num_post_;
        const bool each = sums.wiring_.weights.form == Weights::Form::per_connection;
        const double common = each ? 0 : sums.common_weight(source.pre);
        /// The targets between `first` and `last`, ascending.
        const auto add_all = [&](const std::uint32_t* first, const std::uint32_t* last, const std::uint32_t* begin,
                                 const auto* weight) {
            if (!whole) {
                first = std::lower_bound(first, last, low);
                last = std::lower_bound(first, last, high);
            }
            if (each)
                for (; first != last; ++first) add(*first, weight[first - begin]);
            else
                for (; first != last; ++first) add(*first, common);
        };
        switch (sums.targets_) {
            case Targets::list: {
                const Csr& csr = sums.wiring_.graph.csr();
                const std::uint32_t* const target = csr.target.data();
                add_all(target + csr.row[source.pre], target + csr.row[source.pre + 1], target, values);
                return;
            }
            case Targets::lagged: {
                const auto& ordered = sums.ordered_;
                const std::uint32_t *const delay = ordered.delay.data(), *const target = ordered.target.data();
                const auto [first, last] =
                    std::equal_range(delay + ordered.row[source.pre], delay + ordered.row[source.pre + 1], lag);
                add_all(target + (first - delay), target + (last - delay), target, ordered.weight.data());
                return;
            }
            case Targets::matrix: {
                const Element* const weight = values + source.pre * sums.num_post_;
                for (std::size_t j = low; j < high; ++j) add(j, weight[j]);
                return;
            }
            case Targets::same:
            case Targets::common:
                if (low <= source.pre && source.pre < high) add(source.pre, each ? values[source.pre] : common);
                return;
        }
    }
};

void EventSums::deliver(IndexRange range) {
    if (sums_.empty()) return;
    loops::run<Deliver>(set_, this, range);
}

// ---- reading

struct EventSums::Read {
    template <std::size_t bytes>
    static int run(EventSums* sums, IndexRange range, Buffer* h) {
        if (h->is_single())
            read<bytes>(*sums, range, h->as<float>().data());
        else
            read<bytes>(*sums, range, h->as<double>().data());
        return 0;
    }

    template <std::size_t bytes, class Element>
    static void read(EventSums& sums, IndexRange range, Element* h) {
        constexpr std::size_t lanes = bytes / sizeof(double), few = std::min<std::size_t>(lanes, 4);
        const double *const P = sums.sums_.data(), *const power = sums.power_[sums.phase_].data();
        const std::size_t width = sums.width_;
        if (sums.sums_.empty())
            each_pack<lanes>(sums, range, h, [](std::size_t) { return Lanes<double, lanes>(0.); });
        else if (width == 1)
            each_pack<lanes>(sums, range, h, [=](std::size_t j) {
                return Lanes<double, lanes>::load(P + j) * Lanes<double, lanes>::load(power);
            });
        else if (width == 2)
            each_pack<2>(sums, range, h, [=](std::size_t j) { return modes<2, 1>(P + j * 2, power, 2); });
        else if (width == 4)
            each_pack<few>(sums, range, h, [=](std::size_t j) { return modes<few, 4 / few>(P + j * 4, power, 4); });
        else
            each_pack<lanes>(sums, range, h,
                             [=](std::size_t j) { return modes<lanes, pack / lanes>(P + j * width, power, width); });
    }

    /// h of each entry of the range from the sum over the modes of its pack.
    template <std::size_t lanes, class Element, class Sum>
    static void each_pack(EventSums& sums, IndexRange range, Element* h, const Sum& sum) {
        using L = Lanes<double, lanes>;
        const bool with_extra = !sums.extra_.empty(), common = sums.targets_ == Targets::common,
                   non_negative = sums.non_negative_;
        for (std::size_t j = range.begin; j < range.end; j += lanes) {
            L total = sum(j);
            if (with_extra) {
                total = total + L::load(sums.extra_.data() + j);
                L(0.).store(sums.extra_.data() + j);
            }
            if (common) total = common_of<L>(sums, j) - total;
            if (non_negative) total = max(total, L(0.));
            Lanes<Element, lanes>(__builtin_convertvector(total.value, typename Lanes<Element, lanes>::Vector))
                .store(h + j);
        }
    }

    /// What the targets of a pack have in common, which belong to one row or several.
    template <class L>
    static L common_of(const EventSums& sums, std::size_t j) {
        const std::size_t row = j / sums.num_post_;
        if (j + L::count <= (row + 1) * sums.num_post_) return sums.common_total_[row];
        L total;
        for (std::size_t i = 0; i < L::count; ++i)
            total.value[i] = sums.common_total_[std::min((j + i) / sums.num_post_, sums.common_total_.size() - 1)];
        return total;
    }

    /// The sums over the modes of as many neurons as a vector has lanes; a group of modes fills so many registers.
    template <std::size_t lanes, std::size_t registers>
    static Lanes<double, lanes> modes(const double* P, const double* power, std::size_t width) {
        using L = Lanes<double, lanes>;
        std::array<std::array<L, lanes>, registers> part;
        for (std::size_t i = 0; i < lanes; ++i, P += width)
            for (std::size_t r = 0; r < registers; ++r) {
                part[r][i] = L::load(P + r * lanes) * L::load(power + r * lanes);
                for (std::size_t k = (registers + r) * lanes; k < width; k += registers * lanes)
                    part[r][i] = part[r][i] + L::load(P + k) * L::load(power + k);
            }
        std::array<L, registers> sum;
        for (std::size_t r = 0; r < registers; ++r) sum[r] = sums_of_lanes(part[r]);
        for (std::size_t half = 1; half < registers; half *= 2)
            for (std::size_t r = 0; r < registers; r += 2 * half) sum[r] = sum[r] + sum[r + half];
        return sum[0];
    }
};

void EventSums::read(IndexRange range, Buffer& h) { loops::run<Read>(set_, this, range, &h); }

// ---- the rest

void EventSums::Step::clear() {
    changes.clear();
    coefficients.clear();
    sources.clear();
    values.clear();
}

EventSums::Targets EventSums::targets_of(const Wiring& wiring) {
    if (wiring.delays.form == Delays::Form::per_connection) return Targets::lagged;
    switch (wiring.graph.kind()) {
        case Connectivity::Kind::one_to_one:
            return Targets::same;
        case Connectivity::Kind::all_to_all:
            return wiring.weights.form == Weights::Form::per_connection ? Targets::matrix : Targets::common;
        case Connectivity::Kind::sparse:
            return Targets::list;
    }
    return Targets::list;
}

EventSums::EventSums(const Wiring& wiring, std::size_t rows, std::span<const double> rates, bool with_values,
                     InstructionSet set)
    : wiring_(wiring),
      targets_(targets_of(wiring)),
      set_(set),
      num_post_(wiring.graph.num_post()),
      count_(rates.size()),
      width_(padded(count_)),
      steps_(targets_ == Targets::lagged ? wiring.delays.max() + 2u : 2u),
      non_negative_(!any_negative(wiring.weights)) {
    assert(width_ <= most_width);
    if (targets_ != Targets::common || !wiring.graph.include_self()) {
        const std::size_t entries = (rows * num_post_ + pack - 1) / pack * pack;
        sums_.assign(entries * width_, 0.0);
        if (with_values) extra_.assign(entries, 0.0);
    }
    if (targets_ == Targets::common) {
        common_.assign(rows * width_, 0.0);
        common_total_.assign(rows, 0.0);
    }
    if (targets_ == Targets::lagged) order_connections();
    const std::size_t block = block_of(rates);
    for (std::size_t m = 0; m <= block; ++m) {
        power_.emplace_back(std::max(width_, pack), 0.0);
        for (std::size_t k = 0; k < power_[m].size(); ++k)
            if (k % width_ < count_) power_[m][k] = std::pow(rates[k % width_], static_cast<double>(m));
    }
    phase_ = block - 1;
}

void EventSums::order_connections() {
    const Connectivity& graph = wiring_.graph;
    const bool is_matrix = graph.kind() == Connectivity::Kind::all_to_all;
    // a matrix of weights says itself what the diagonal is
    const bool whole = is_matrix && wiring_.weights.form == Weights::Form::per_connection;
    const Csr csr = whole ? Connectivity::all_to_all(graph.num_pre(), num_post_, true).to_csr() : graph.to_csr();
    std::vector<std::uint64_t> place;  // of each connection in weights and delays
    for (std::size_t i = 0; i < csr.num_pre(); ++i)
        for (std::uint64_t k = csr.row[i]; k < csr.row[i + 1]; ++k)
            place.push_back(is_matrix ? i * num_post_ + csr.target[k] : k);
    std::vector<std::uint64_t> order(place.size());
    std::iota(order.begin(), order.end(), std::uint64_t{0});
    const std::vector<std::uint32_t>& delay = wiring_.delays.steps;
    for (std::size_t i = 0; i < csr.num_pre(); ++i)
        std::stable_sort(order.begin() + static_cast<std::ptrdiff_t>(csr.row[i]),
                         order.begin() + static_cast<std::ptrdiff_t>(csr.row[i + 1]),
                         [&](std::uint64_t a, std::uint64_t b) { return delay[place[a]] < delay[place[b]]; });
    ordered_.row = csr.row;
    for (const std::uint64_t k : order) {
        ordered_.target.push_back(csr.target[k]);
        ordered_.delay.push_back(delay[place[k]]);
        if (wiring_.weights.form == Weights::Form::per_connection)
            ordered_.weight.push_back(wiring_.weights.values.get(place[k]));
    }
}

double EventSums::common_weight(std::size_t pre) const {
    const Weights& weights = wiring_.weights;
    return weights.form == Weights::Form::scalar ? weights.scalar : weights.values.get(pre);
}

std::span<double> EventSums::add_change(std::size_t row, std::size_t pre) {
    Step& next = steps_[(now_ + 1) % steps_.size()];
    next.changes.push_back({static_cast<std::uint32_t>(row), static_cast<std::uint32_t>(pre)});
    next.coefficients.resize(next.coefficients.size() + count_, 0.0);
    return std::span(next.coefficients).last(count_);
}

void EventSums::add_value(std::size_t row, std::size_t pre, double value) {
    Step& next = steps_[(now_ + 1) % steps_.size()];
    next.sources.push_back({static_cast<std::uint32_t>(row), static_cast<std::uint32_t>(pre)});
    next.values.push_back(value);
}

void EventSums::close_step() {
    now_ = (now_ + 1) % steps_.size();
    ++closed_;
    steps_[(now_ + 1) % steps_.size()].clear();
    phase_ = (phase_ + 1) % (power_.size() - 1);
    if (targets_ == Targets::common) sum_common();
}

/// Operation by operation as each target's own part is summed, so that nothing is left over where it alone gives.
void EventSums::sum_common() {
    const Step& step = steps_[now_];
    if (phase_ == 0)
        for (std::size_t k = 0; k < common_.size(); ++k) {
            common_[k] *= power_.back()[k % width_];
            if (std::abs(common_[k]) < negligible) common_[k] = 0;
        }
    for (std::size_t e = 0; e < step.changes.size(); ++e)
        for (std::size_t k = 0; k < count_; ++k)
            common_[step.changes[e].row * width_ + k] +=
                common_weight(step.changes[e].pre) * (step.coefficients[e * count_ + k] / power_[phase_][k]);
    for (std::size_t row = 0; row < common_total_.size(); ++row) {
        std::array<double, pack> part{};
        for (std::size_t k = 0; k < width_; ++k) part[k % pack] += common_[row * width_ + k] * power_[phase_][k];
        common_total_[row] = ((part[0] + part[1]) + (part[2] + part[3])) + ((part[4] + part[5]) + (part[6] + part[7]));
    }
    for (std::size_t v = 0; v < step.values.size(); ++v)
        common_total_[step.sources[v].row] += common_weight(step.sources[v].pre) * step.values[v];
}

std::string_view EventSums::how() const {
    if (targets_ == Targets::common) return ", one sum for all targets";
    if (targets_ == Targets::same) return ", one value for each pair";
    return {};
}

std::uint64_t EventSums::memory() const {
    const std::uint64_t lagged = ordered_.row.size() * 8 + ordered_.target.size() * 8 + ordered_.weight.size() * 8;
    return (sums_.size() + extra_.size() + common_.size()) * sizeof(double) + lagged;
}

}  // namespace bouton::kernel
