// SPDX-License-Identifier: Apache-2.0
/// \file
/// Sums over connections, carried forward in closed form. For each postsynaptic neuron and each mode k
///
///     P_k(n) = r_k P_k(n - 1) + sum w_ij c_k over the changes of presynaptic neurons i in step n - d_ij
///
/// and h(n) = sum_k P_k(n) + what single steps add besides. The modes of a neuron lie side by side, so a change at a
/// connection touches one place in memory; what is stored is P_k(n) / r_k^m, m steps after it was last brought up to
/// date, so that most steps only read it. Where there are many modes, those steps do not even read them: h is worked
/// out for all of them when the modes are brought up to date, and a change adds to it what it will give until then.
/// Terms are added in the order of the changes: the result depends on the network alone, not on how the neurons are
/// shared out among threads. What rounding leaves of each term decays with its mode.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include <bouton/connect/wiring.hpp>
#include <bouton/core/aligned_vector.hpp>
#include <bouton/core/buffer.hpp>
#include <bouton/core/index_range.hpp>
#include <bouton/kernel/instruction_set.hpp>
#include <bouton/kernel/loop.hpp>

#include "active_targets.hpp"
#include "core/archive.hpp"

namespace bouton::kernel {

class EventSums {
 public:
    /// So many modes are touched at a connection at the cost of one; with more, `add_value` is the cheaper way.
    static constexpr std::size_t few = 4;
    /// Numbers that lie side by side in the widest vectors.
    static constexpr std::size_t pack = 8;

    /// `rates`: r_k. `wiring` outlives the sums.
    EventSums(const Wiring& wiring, std::size_t rows, std::span<const double> rates, InstructionSet set);
    EventSums(const EventSums&) = delete;
    EventSums& operator=(const EventSums&) = delete;

    // In a step: changes are added, the step is closed, each postsynaptic neuron gets what is due to it, and is read.
    // The last two may be done by several threads for several ranges of entries row * num_post + j: `deliver` for a
    // whole range, then `add` and `read` for each chunk of it, or for all of it.

    /// The presynaptic neuron's coefficients change in this step by what the caller writes here, one number a mode, all
    /// 0 at first. Valid until the next call.
    std::span<double> add_change(Source source);
    /// The same for so many presynaptic neurons at once, which the caller writes, too.
    struct Changes {
        std::span<Source> sources;
        std::span<double> coefficients;
    };
    Changes add_changes(std::size_t count);
    /// In this step alone it gives `value` besides; for more than a `few` modes.
    void add_value(Source source, double value);
    /// What a presynaptic neuron gives may be negative from now on. Until then no sum is, unless a weight is: what
    /// rounding leaves below 0 is 0.
    void expect_negative() { non_negative_ = false; }
    /// Whether the step whose changes are being added begins a block. Then they cost least where there are many modes.
    bool next_begins_block() const { return (phase_ + 1) % block() == 0; }
    /// No more changes in this step; what is added from now on belongs to the next.
    void close_step();
    void deliver(IndexRange range);
    void add(IndexRange range);
    /// Writes h for each entry of `range`.
    void read(IndexRange range, Buffer& h);
    /// What is read, where it stands in one array.
    std::optional<ScaledSums> sums() const;

    /// Copies what a step changes into an archive, or back.
    void exchange(Archive& archive);

    /// What is special about the connections, in words after a comma; else nothing.
    std::string_view how() const;
    /// [bytes]
    std::uint64_t memory() const;

 private:
    /// What happened in one step.
    struct Step {
        std::vector<Source> changes;
        std::vector<double> coefficients;  // count_ for each change
        std::vector<Source> sources;
        std::vector<double> values;  // one for each of `sources`
        void clear();
        void exchange(Archive& archive);
    };
    /// How a presynaptic neuron's targets are found.
    enum class Targets {
        list,    ///< of the wiring
        lagged,  ///< a list by presynaptic neuron, then delay
        matrix,  ///< all, a weight for each
        same,    ///< i
        common,  ///< all alike: one sum for all of them, and for each what it does not get of it
    };
    /// The modes of so many neurons.
    struct Sums {
        AlignedVector<double> modes;   // P_k(n) = modes[entry * width + k] * power[m][k]
        AlignedVector<double> values;  // of many modes: h in step m of the block = values[m * stride + entry]
        std::size_t stride = 0;
        void resize(std::size_t entries, const EventSums& of);
        void exchange(Archive& archive);
    };
    struct Deliver;
    struct DeliverCommon;
    struct Read;
    struct ReadCommon;

    static Targets targets_of(const Wiring& wiring);
    /// Connections sorted by presynaptic neuron, then delay, then target.
    void order_connections();
    /// Of all connections of a presynaptic neuron, where they do not have weights of their own.
    double common_weight(std::size_t pre) const;
    /// What the active neurons give in the step that was closed, where it is added by chunks.
    void collect_numbers();
    Step& next_step() { return steps_[(now_ + 1) % steps_.size()]; }
    Step& step_ago(std::uint32_t lag) { return steps_[(now_ + steps_.size() - lag) % steps_.size()]; }
    bool has_many() const { return count_ > few; }
    std::size_t block() const { return power_.size() - 1; }
    const Wiring& wiring_;
    Targets targets_;
    InstructionSet set_;
    std::size_t rows_, num_post_;
    std::size_t count_;  // modes
    std::size_t width_;  // the same with padding: a pack of lanes holds whole neurons, or a neuron whole packs

    Sums own_;                                  // an entry for each row * num_post + j
    Sums common_;                               // of Targets::common: an entry for each row,
    Buffer common_total_;                       // and h
    std::vector<AlignedVector<double>> power_;  // r_k^m for m = 0 .. block, repeated to whole packs
    std::vector<std::vector<double>> inverse_;  // of each, for k < count_ and m < block: all that is added is
                                                // multiplied by them, so that equal terms stay equal
    AlignedVector<double> power_by_mode_;       // of many modes: r_k^m at k * pack + m
    std::size_t phase_;                         // m

    const std::uint64_t* row_ = nullptr;     // of list and lagged: where the connections of each presynaptic neuron
    const std::uint32_t* target_ = nullptr;  // begin, and their targets
    struct {                                 // of lagged
        std::vector<std::uint64_t> row;
        std::vector<std::uint32_t> target, delay;
        Buffer weight;  // empty where connections have no weights of their own
    } ordered_;
    std::optional<ActiveTargets> active_targets_;               // of one mode, or of the values besides many
    bool adds_by_chunks_ = false;                               // in this step: by them
    std::uint64_t first_activation_ = 0, next_activation_ = 0;  // of the first active neuron, and of the next
    std::vector<double> numbers_;                               // by activation, between them
    std::vector<Step> steps_;  // a ring: those that may still be under way, and the next
    std::size_t now_ = 0;      // slot of the step that was closed last
    std::uint64_t closed_ = 0;
    bool non_negative_;
};

inline EventSums::Changes EventSums::add_changes(std::size_t count) {
    Step& next = next_step();
    next.changes.resize(next.changes.size() + count);
    next.coefficients.resize(next.coefficients.size() + count * count_, 0.0);
    return {std::span(next.changes).last(count), std::span(next.coefficients).last(count * count_)};
}

inline std::span<double> EventSums::add_change(Source source) {
    const Changes change = add_changes(1);
    change.sources[0] = source;
    return change.coefficients;
}

inline void EventSums::add_value(Source source, double value) {
    Step& next = next_step();
    next.sources.push_back(source);
    next.values.push_back(value);
}

}  // namespace bouton::kernel
