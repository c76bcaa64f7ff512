// SPDX-License-Identifier: Apache-2.0
#include "event_sums.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <type_traits>
#include <utility>

#include <bouton/math/lanes.hpp>

namespace bouton::kernel {
namespace {

constexpr std::size_t most_width = 192;  // modes of a projection
constexpr std::size_t few_active = 8;    // one of so many neurons; their targets are held in memory
constexpr double negligible = 1e-280;    // sums below are flushed to 0 when they are brought up to date
constexpr double least_power = 1e-24;    // of a rate within a long block, in which no other sum becomes denormal then

/// For so many steps sums are not brought up to date. What is added meanwhile is divided by powers of the rates.
std::size_t block_of(std::span<const double> rates) {
    const double least = std::ranges::min(rates);
    if (least <= 1e-12) return 1;
    std::size_t block = EventSums::pack;
    if (rates.size() > EventSums::few) return block;  // h of many modes is kept for as many steps as a pack holds
    while (block < 64 && std::pow(least, 2 * block) > least_power) block *= 2;
    return block;
}

std::size_t rounded_up(std::size_t count, std::size_t to) { return (count + to - 1) / to * to; }

std::size_t padded(std::size_t count, std::size_t pack) {
    for (const std::size_t small : {1u, 2u, 4u})
        if (count <= small) return small;
    return rounded_up(count, pack);
}

bool any_negative(const Weights& weights) {
    if (weights.form == Weights::Form::scalar) return weights.scalar < 0;
    const auto any = [](auto values) { return std::ranges::any_of(values, [](auto w) { return w < 0; }); };
    return weights.values.is_single() ? any(weights.values.as<float>()) : any(weights.values.as<double>());
}

/// Of each group of 2 `Half` lanes one half, the lower one or the upper one: that of `a`, then that of `b`.
template <std::size_t Half, bool upper, class L, std::size_t... Lane>
L halves(L a, L b, std::index_sequence<Lane...>) {
    constexpr auto place = [](std::size_t lane) {
        const std::size_t group = lane / (2 * Half) * (2 * Half) + upper * Half, at = lane % (2 * Half);
        return static_cast<int>(at < Half ? group + at : L::count + group + at - Half);
    };
    return __builtin_shufflevector(a.value, b.value, place(Lane)...);
}
template <std::size_t Half, bool upper, class L>
L halves(L a, L b) {
    return halves<Half, upper>(a, b, std::make_index_sequence<L::count>());
}

/// Of `L::count` vectors: lane j of vector i becomes lane i of vector j.
template <std::size_t Half = 1, class L>
void transpose(std::array<L, L::count>& vectors) {
    if constexpr (Half < L::count) {
        for (std::size_t i = 0; i < L::count; ++i) {
            if (i & Half) continue;
            const L a = vectors[i], b = vectors[i + Half];
            vectors[i] = halves<Half, false>(a, b);
            vectors[i + Half] = halves<Half, true>(a, b);
        }
        transpose<2 * Half>(vectors);
    }
}

/// Sums of the lanes of several vectors, as one vector. Lanes are added as ((0 + 1) + (2 + 3)) + ((4 + 5) + (6 + 7)),
/// however many a vector has.
template <std::size_t Half = 1, class L, std::size_t Count>
L sums_of_lanes(const std::array<L, Count>& vectors) {
    if constexpr (Count == 1) {
        return vectors[0];
    } else {
        std::array<L, Count / 2> sums;
        for (std::size_t k = 0; k < Count / 2; ++k)
            sums[k] = halves<Half, false>(vectors[2 * k], vectors[2 * k + 1]) +
                      halves<Half, true>(vectors[2 * k], vectors[2 * k + 1]);
        return sums_of_lanes<2 * Half>(sums);
    }
}

}  // namespace

// ---- delivering

struct EventSums::Deliver {
    template <std::size_t bytes>
    static int run(EventSums* sums, IndexRange range) {
        const Weights& weights = sums->wiring_.weights;
        if (weights.form != Weights::Form::per_connection)
            steps<bytes>(*sums, range, SameWeight{*sums});
        else if (weights.values.is_single())
            steps<bytes>(*sums, range, OwnWeight<float>{*sums});
        else
            steps<bytes>(*sums, range, OwnWeight<double>{*sums});
        return 0;
    }

    // ---- weights by presynaptic neuron, then by place in the list of connections

    struct SameWeight {
        const EventSums& sums;
        bool is_scalar = sums.wiring_.weights.form == Weights::Form::scalar;
        double scalar = sums.wiring_.weights.scalar;
        struct Of {
            double w;
            double operator[](std::size_t) const { return w; }
        };
        Of of(std::size_t pre) const { return {is_scalar ? scalar : sums.common_weight(pre)}; }
    };
    template <class Element>
    struct OwnWeight {
        const Element* values;
        explicit OwnWeight(const EventSums& sums)
            : values((sums.targets_ == Targets::lagged ? sums.ordered_.weight : sums.wiring_.weights.values)
                         .template as<Element>()
                         .data()) {}
        const Element* of(std::size_t) const { return values; }
    };

    // ---- what is added to the sums of an entry

    /// Brings the sums up to date.
    template <std::size_t bytes>
    static void renew(const EventSums& of, Sums& sums, IndexRange range) {
        using L = Lanes<double, bytes / sizeof(double)>;
        const std::size_t width = of.width_, period = std::max(width, pack);
        const std::size_t end = std::min(rounded_up(range.end, pack) * width, sums.modes.size());
        const double* const power = of.power_.back().data();
        for (std::size_t at = range.begin * width; at < end; at += period)
            for (std::size_t k = 0; k < period; k += L::count) {
                const L P = L::load(sums.modes.data() + at + k) * L::load(power + k);
                select(max(P, -P) < L(negligible), L(0.), P).store(sums.modes.data() + at + k);
            }
    }
    /// h in all steps of a block, from the modes at its beginning.
    template <std::size_t bytes>
    static void look_ahead(const EventSums& of, Sums& sums, IndexRange range) {
        using L = Lanes<double, bytes / sizeof(double)>;
        for (std::size_t entry = range.begin; entry < range.end; entry += L::count)
            for (std::size_t m = 0; m < of.block(); m += L::count) look_ahead<L>(of, sums, entry, m);
    }
    /// h of as many entries as a vector has lanes, in as many steps from m on.
    template <class L>
    static void look_ahead(const EventSums& of, Sums& sums, std::size_t entry, std::size_t m) {
        std::array<L, L::count> h;
        h.fill(L(0.));
        const double* const P = sums.modes.data() + entry * of.width_;
        for (std::size_t k = 0; k < of.width_; ++k) {
            const L power = L::load(of.power_by_mode_.data() + k * pack + m);
            for (std::size_t i = 0; i < L::count; ++i) h[i] = h[i] + L(P[i * of.width_ + k]) * power;
        }
        transpose(h);
        const std::size_t steps = std::min(L::count, of.block() - m);
        for (std::size_t i = 0; i < steps; ++i) h[i].store(sums.values.data() + (m + i) * sums.stride + entry);
    }

    /// What a presynaptic neuron's change adds to an entry, for a weight of 1.
    template <std::size_t bytes>
    struct Change {
        using L = Lanes<double, bytes / sizeof(double)>;
        std::size_t width, phase, block;
        alignas(64) std::array<double, most_width> modes;  // c_k / r_k^m
        std::array<double, pack> values;  // of many modes: what they give until the block ends, unless it begins

        Change(const EventSums& of, const double* c) : width(of.width_), phase(of.phase_), block(of.block()) {
            for (std::size_t k = 0; k < of.count_; ++k) modes[k] = c[k] * of.inverse_[phase][k];
            std::fill(modes.begin() + of.count_, modes.begin() + width, 0.);
            if (!of.has_many() || phase == 0) return;
            for (std::size_t m = phase; m < block; ++m) {
                values[m] = 0;
                for (std::size_t k = 0; k < of.count_; ++k) values[m] += c[k] * of.power_[m - phase][k];
            }
        }
        void add_to(const EventSums& of, Sums& sums, std::size_t entry, double w) const {
            double* const P = sums.modes.data() + entry * width;
            if (width < L::count) {
                for (std::size_t k = 0; k < width; ++k) P[k] += w * modes[k];
                return;
            }
            for (std::size_t k = 0; k < width; k += L::count)
                (L::load(P + k) + L(w) * L::load(modes.data() + k)).store(P + k);
            if (!of.has_many() || phase == 0) return;
            for (std::size_t m = phase; m < block; ++m) sums.values[m * sums.stride + entry] += w * values[m];
        }
    };

    // ---- the connections

    /// Everything that reaches the range in this step.
    template <std::size_t bytes, class Weight>
    static void steps(EventSums& sums, IndexRange range, const Weight& weight) {
        const std::uint64_t reach = std::min<std::uint64_t>(sums.steps_.size() - 1, sums.closed_);
        if (sums.phase_ == 0) renew<bytes>(sums, sums.own_, range);
        for (std::uint32_t lag = 0; lag < reach; ++lag) changes<bytes>(sums, sums.step_ago(lag), lag, range, weight);
        if (!sums.has_many()) return;
        if (sums.phase_ == 0) look_ahead<bytes>(sums, sums.own_, range);
        double* const h = sums.own_.values.data() + sums.phase_ * sums.own_.stride;
        for (std::uint32_t lag = 0; lag < reach; ++lag) values(sums, sums.step_ago(lag), lag, range, weight, h);
    }
    template <std::size_t bytes, class Weight>
    static void changes(EventSums& sums, const Step& step, std::uint32_t lag, IndexRange range, const Weight& weight) {
        if (sums.width_ == 1) {
            const double* const c = step.coefficients.data();
            const double inverse = sums.inverse_[sums.phase_][0];
            return numbers(sums, step.changes, lag, range, weight, sums.own_.modes.data(),
                           [=](std::size_t e) { return c[e] * inverse; });
        }
        for (std::size_t e = 0; e < step.changes.size(); ++e) {
            fetch(sums, step.changes, e);
            const Source source = step.changes[e];
            const Change<bytes> change(sums, step.coefficients.data() + e * sums.count_);
            const std::size_t first = source.row * sums.num_post_;
            for_each_target(sums, source, lag, range, weight,
                            [&](std::size_t j, double w) { change.add_to(sums, sums.own_, first + j, w); });
        }
    }
    template <class Weight>
    static void values(EventSums& sums, const Step& step, std::uint32_t lag, IndexRange range, const Weight& weight,
                       double* h) {
        const double* const value = step.values.data();
        numbers(sums, step.sources, lag, range, weight, h, [=](std::size_t v) { return value[v]; });
    }
    /// Adds number(e), times the weight, to the entries of the targets of source e, unless that is done by chunks.
    template <class Weight, class Number>
    static void numbers(EventSums& sums, const std::vector<Source>& sources, std::uint32_t lag, IndexRange range,
                        const Weight& weight, double* to, const Number& number) {
        if (sums.adds_by_chunks_) return sums.active_targets_->follow(sources, range);
        for (std::size_t e = 0; e < sources.size(); ++e) {
            fetch(sums, sources, e);
            const Source source = sources[e];
            double* const to_row = to + source.row * sums.num_post_;
            const double each = number(e);
            for_each_target(sums, source, lag, range, weight, [=](std::size_t j, double w) { to_row[j] += w * each; });
        }
    }

    static void fetch(const EventSums& sums, const std::vector<Source>& sources, std::size_t now) {
        if (sums.targets_ == Targets::list) fetch_targets(sums.wiring_.graph.csr(), sources, now);
    }

    /// add(j, w) for the connections of `source` whose delay is `lag` and whose target j is in the range.
    template <class Weight, class Add>
    static void for_each_target(const EventSums& sums, const Source& source, std::uint32_t lag, IndexRange range,
                                const Weight& weight, const Add& add) {
        const std::size_t first_entry = source.row * sums.num_post_;
        if (range.end <= first_entry || range.begin >= first_entry + sums.num_post_) return;
        const std::size_t low = std::max(range.begin, first_entry) - first_entry,
                          high = std::min(range.end - first_entry, sums.num_post_);
        const auto w = weight.of(source.pre);
        const auto add_all = [&](std::size_t begin, std::size_t end) {
            const std::uint32_t* const all = sums.target_;
            for (const std::uint32_t& target : within({all + begin, all + end}, source.row, sums.num_post_, range))
                add(target, w[static_cast<std::size_t>(&target - all)]);
        };
        switch (sums.targets_) {
            case Targets::list:
                return add_all(sums.row_[source.pre], sums.row_[source.pre + 1]);
            case Targets::lagged: {
                const std::uint32_t* const delay = sums.ordered_.delay.data();
                const auto [first, last] =
                    std::equal_range(delay + sums.row_[source.pre], delay + sums.row_[source.pre + 1], lag);
                return add_all(static_cast<std::size_t>(first - delay), static_cast<std::size_t>(last - delay));
            }
            case Targets::matrix:
                for (std::size_t j = low; j < high; ++j) add(j, w[source.pre * sums.num_post_ + j]);
                return;
            case Targets::same:
            case Targets::common:
                if (low <= source.pre && source.pre < high) add(source.pre, w[source.pre]);
                return;
        }
    }
};

void EventSums::deliver(IndexRange range) {
    if (own_.modes.empty()) return;
    loops::run<Deliver>(set_, this, range);
}

void EventSums::add(IndexRange range) {
    if (!adds_by_chunks_) return;
    double* const to = has_many() ? own_.values.data() + phase_ * own_.stride : own_.modes.data();
    active_targets_->add(first_activation_, numbers_, range, to);
}

/// Operation by operation as each target's own part is summed, so that nothing is left over where it alone gives.
struct EventSums::DeliverCommon {
    template <std::size_t bytes>
    static int run(EventSums* sums) {
        Sums& common = sums->common_;
        const Step& step = sums->steps_[sums->now_];
        const IndexRange rows{0, sums->common_total_.size()};
        if (sums->phase_ == 0) Deliver::renew<bytes>(*sums, common, rows);
        for (std::size_t e = 0; e < step.changes.size(); ++e) {
            const Source source = step.changes[e];
            const Deliver::Change<bytes> change(*sums, step.coefficients.data() + e * sums->count_);
            change.add_to(*sums, common, source.row, sums->common_weight(source.pre));
        }
        if (!sums->has_many()) return 0;
        if (sums->phase_ == 0) Deliver::look_ahead<bytes>(*sums, common, rows);
        for (std::size_t v = 0; v < step.values.size(); ++v)
            common.values[sums->phase_ * common.stride + step.sources[v].row] +=
                sums->common_weight(step.sources[v].pre) * step.values[v];
        return 0;
    }
};

// ---- reading

struct EventSums::Read {
    template <std::size_t bytes>
    static int run(EventSums* sums, IndexRange range, Buffer* h) {
        h->visit([&]<class Element>(std::span<Element> values) {
            if constexpr (!std::is_same_v<Element, std::uint8_t>) read<bytes>(*sums, range, values.data());
        });
        return 0;
    }

    template <std::size_t bytes, class Element>
    static void read(const EventSums& sums, IndexRange range, Element* h) {
        const bool is_common = sums.targets_ == Targets::common, non_negative = sums.non_negative_;
        Common common{.totals = is_common ? sums.common_total_.as<double>() : std::span<const double>(),
                      .num_post = sums.num_post_};
        each_pack<bytes>(sums, sums.own_, range, [&]<class L>(std::size_t entry, L total) {
            if (is_common) total = common.template of<L>(entry) - total;
            if (non_negative) total = max(total, L(0.));
            using Result = Lanes<Element, L::count>;
            Result(__builtin_convertvector(total.value, typename Result::Vector)).store(h + entry);
        });
    }

    /// give(entry, total of the modes) for packs of entries.
    template <std::size_t bytes, class Give>
    static void each_pack(const EventSums& of, const Sums& sums, IndexRange range, const Give& give) {
        constexpr std::size_t lanes = bytes / sizeof(double), few = std::min<std::size_t>(lanes, 4);
        const auto each = [&]<std::size_t count>(std::integral_constant<std::size_t, count>, const auto& total) {
            for (std::size_t entry = range.begin; entry < range.end; entry += count) give(entry, total(entry));
        };
        const double *const P = sums.modes.data(), *const power = of.power_[of.phase_].data(),
                            *const h = sums.values.data() + of.phase_ * sums.stride;
        using L = Lanes<double, lanes>;
        if (sums.modes.empty())
            each(count_of<lanes>, [](std::size_t) { return L(0.); });
        else if (of.has_many())
            each(count_of<lanes>, [&](std::size_t entry) { return L::load(h + entry); });
        else if (of.width_ == 1)
            each(count_of<lanes>, [=](std::size_t entry) { return L::load(P + entry) * L::load(power); });
        else if (of.width_ == 2)
            each(count_of<2>, [=](std::size_t entry) { return modes<2, 1>(P + entry * 2, power); });
        else
            each(count_of<few>, [=](std::size_t entry) { return modes<few, 4 / few>(P + entry * 4, power); });
    }
    template <std::size_t count>
    static constexpr std::integral_constant<std::size_t, count> count_of{};

    /// What the targets of a pack have in common, for one pack after the other.
    struct Common {
        std::span<const double> totals;
        std::size_t num_post, row = 0;

        template <class L>
        L of(std::size_t entry) {
            while (entry >= (row + 1) * num_post) ++row;
            if (entry + L::count <= (row + 1) * num_post) return totals[row];
            L total;  // it belongs to several rows, and may end behind the last
            for (std::size_t i = 0; i < L::count; ++i)
                total.value[i] = totals[std::min((entry + i) / num_post, totals.size() - 1)];
            return total;
        }
    };

    /// The sums over the modes of as many neurons as a vector has lanes; the modes of each fill so many registers.
    template <std::size_t lanes, std::size_t registers>
    static Lanes<double, lanes> modes(const double* P, const double* power) {
        using L = Lanes<double, lanes>;
        std::array<std::array<L, lanes>, registers> part;
        for (std::size_t i = 0; i < lanes; ++i)
            for (std::size_t r = 0; r < registers; ++r, P += lanes)
                part[r][i] = L::load(P) * L::load(power + r * lanes);
        std::array<L, registers> sum;
        for (std::size_t r = 0; r < registers; ++r) sum[r] = sums_of_lanes(part[r]);
        for (std::size_t half = 1; half < registers; half *= 2)
            for (std::size_t r = 0; r < registers; r += 2 * half) sum[r] = sum[r] + sum[r + half];
        return sum[0];
    }
};

struct EventSums::ReadCommon {
    template <std::size_t bytes>
    static int run(EventSums* sums) {
        const std::span<double> totals = sums->common_total_.as<double>();
        Read::each_pack<bytes>(*sums, sums->common_, {0, totals.size()},
                               [&](std::size_t row, const auto& total) { total.store(totals.data() + row); });
        return 0;
    }
};

void EventSums::read(IndexRange range, Buffer& h) { loops::run<Read>(set_, this, range, &h); }

std::optional<ScaledSums> EventSums::sums() const {
    if (targets_ == Targets::common || own_.modes.empty()) return std::nullopt;
    if (has_many()) return ScaledSums{own_.values.data() + phase_ * own_.stride, 1, non_negative_};
    if (width_ == 1) return ScaledSums{own_.modes.data(), power_[phase_][0], non_negative_};
    return std::nullopt;
}

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

void EventSums::Sums::resize(std::size_t entries, const EventSums& of) {
    entries = rounded_up(entries, 2 * pack);  // who reads them in single precision reads so many
    modes.assign(entries * of.width_, 0.0);
    if (!of.has_many()) return;
    stride = entries + pack;  // not a power of two, after which the steps of an entry would crowd the cache
    values.assign(stride * of.block(), 0.0);
}

EventSums::EventSums(const Wiring& wiring, std::size_t rows, std::span<const double> rates, InstructionSet set)
    : wiring_(wiring),
      targets_(targets_of(wiring)),
      set_(set),
      rows_(rows),
      num_post_(wiring.graph.num_post()),
      count_(rates.size()),
      width_(padded(count_, pack)),
      steps_(targets_ == Targets::lagged ? wiring.delays.max() + 2u : 2u),
      non_negative_(!any_negative(wiring.weights)) {
    assert(width_ <= most_width);
    const std::size_t block = block_of(rates);
    for (std::size_t m = 0; m <= block; ++m) {
        power_.emplace_back(std::max(width_, pack), 0.0);
        inverse_.emplace_back(count_);
        for (std::size_t k = 0; k < power_[m].size(); ++k)
            if (k % width_ < count_) power_[m][k] = std::pow(rates[k % width_], static_cast<double>(m));
        for (std::size_t k = 0; k < count_; ++k) inverse_[m][k] = 1 / power_[m][k];
    }
    phase_ = block - 1;
    if (has_many()) {
        power_by_mode_.assign(width_ * pack, 0.0);
        for (std::size_t k = 0; k < width_; ++k)
            for (std::size_t m = 0; m < block; ++m) power_by_mode_[k * pack + m] = power_[m][k];
    }
    if (targets_ != Targets::common || !wiring.graph.include_self()) own_.resize(rows * num_post_, *this);
    if (targets_ == Targets::common) {
        common_.resize(rows, *this);
        common_total_ = Buffer(Precision::float64, rows);
    }
    if (targets_ == Targets::list) {
        row_ = wiring.graph.csr().row.data();
        target_ = wiring.graph.csr().target.data();
        const std::size_t entries = own_.modes.empty() ? 0 : rows * num_post_;
        if ((width_ == 1 || has_many()) && entries > 0 && ActiveTargets::are_worth_it(wiring.graph, entries))
            active_targets_.emplace(wiring, entries);
    } else if (targets_ == Targets::lagged) {
        order_connections();
        row_ = ordered_.row.data();
        target_ = ordered_.target.data();
    }
}

void EventSums::order_connections() {
    const Connectivity& graph = wiring_.graph;
    const bool is_list = graph.kind() == Connectivity::Kind::sparse;
    const Weights& weights = wiring_.weights;
    const bool each = weights.form == Weights::Form::per_connection;
    // A matrix of weights says itself what the diagonal is.
    const bool diagonal = graph.include_self() || each;
    const std::size_t most = is_list || diagonal ? wiring_.delays.steps.size() : graph.size();
    ordered_.target.reserve(most);
    ordered_.delay.reserve(most);
    if (each) ordered_.weight = Buffer(weights.values.is_single() ? Precision::float32 : Precision::float64, most);

    std::vector<std::uint64_t> places;  // in weights and delays, of the connections of one neuron
    const auto target_at = [&](std::uint64_t place) {
        if (is_list) return graph.csr().target[place];
        return static_cast<std::uint32_t>(graph.kind() == Connectivity::Kind::one_to_one ? place : place % num_post_);
    };
    for (std::size_t i = 0; i < graph.num_pre(); ++i) {
        ordered_.row.push_back(ordered_.target.size());
        places.clear();
        switch (graph.kind()) {
            case Connectivity::Kind::sparse:
                for (std::uint64_t k = graph.csr().row[i]; k < graph.csr().row[i + 1]; ++k) places.push_back(k);
                break;
            case Connectivity::Kind::all_to_all:
                for (std::size_t j = 0; j < num_post_; ++j)
                    if (i != j || diagonal) places.push_back(i * num_post_ + j);
                break;
            case Connectivity::Kind::one_to_one:
                places.push_back(i);
                break;
        }
        std::ranges::stable_sort(places, {}, [&](std::uint64_t place) { return wiring_.delays.steps[place]; });
        for (const std::uint64_t place : places) {
            if (each) ordered_.weight.set(ordered_.target.size(), weights.values.get(place));
            ordered_.target.push_back(target_at(place));
            ordered_.delay.push_back(wiring_.delays.steps[place]);
        }
    }
    ordered_.row.push_back(ordered_.target.size());
}

double EventSums::common_weight(std::size_t pre) const {
    const Weights& weights = wiring_.weights;
    return weights.form == Weights::Form::scalar ? weights.scalar : weights.values.get(pre);
}

void EventSums::close_step() {
    now_ = (now_ + 1) % steps_.size();
    ++closed_;
    next_step().clear();
    phase_ = (phase_ + 1) % block();
    if (active_targets_) collect_numbers();
    if (targets_ != Targets::common) return;
    loops::run<DeliverCommon>(set_, this);
    loops::run<ReadCommon>(set_, this);
}

void EventSums::collect_numbers() {
    const Step& step = steps_[now_];
    const std::vector<Source>& sources = has_many() ? step.sources : step.changes;
    if (sources.empty()) return numbers_.clear();
    first_activation_ = sources.front().activation;
    next_activation_ = std::max(next_activation_, sources.back().activation + 1);
    const std::uint64_t span = next_activation_ - first_activation_, pre_entries = wiring_.graph.num_pre() * rows_;
    adds_by_chunks_ = sources.size() <= pre_entries / few_active && span <= ActiveTargets::longest_span;
    if (!adds_by_chunks_) return;
    numbers_.assign(span, 0.0);
    const bool each = wiring_.weights.form == Weights::Form::per_connection;
    const Deliver::SameWeight weight{*this};
    const double inverse = inverse_[phase_][0];
    for (std::size_t e = 0; e < sources.size(); ++e) {
        const double number = has_many() ? step.values[e] : step.coefficients[e] * inverse;
        numbers_[sources[e].activation - first_activation_] = each ? number : weight.of(sources[e].pre).w * number;
    }
}

void EventSums::Step::exchange(Archive& archive) {
    archive(changes);
    archive(coefficients);
    archive(sources);
    archive(values);
}

void EventSums::Sums::exchange(Archive& archive) {
    archive(modes);
    archive(values);
}

void EventSums::exchange(Archive& archive) {
    archive(own_);
    archive(common_);
    archive(common_total_);
    archive(phase_);
    archive(steps_);
    archive(now_);
    archive(closed_);
    archive(non_negative_);
    if (active_targets_) active_targets_->clear();
    next_activation_ = 0;
}

std::string_view EventSums::how() const {
    if (targets_ == Targets::common) return ", one sum for all targets";
    if (targets_ == Targets::same) return ", one value for each pair";
    return {};
}

std::uint64_t EventSums::memory() const {
    std::uint64_t bytes = ordered_.row.size() * sizeof(std::uint64_t) + ordered_.target.size() * sizeof(std::uint32_t) +
                          ordered_.delay.size() * sizeof(std::uint32_t) + ordered_.weight.bytes();
    for (const Sums* sums : {&own_, &common_}) bytes += (sums->modes.size() + sums->values.size()) * sizeof(double);
    if (active_targets_) bytes += active_targets_->memory();
    return bytes;
}

}  // namespace bouton::kernel
