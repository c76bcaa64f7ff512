// SPDX-License-Identifier: Apache-2.0
/// \file
/// The targets of presynaptic neurons that give something in each of several steps. They are far apart in the lists of
/// connections, so they are put side by side when a neuron becomes active, and gone through in each step until it no
/// longer is: for a few postsynaptic neurons after the other, whose sums are in the nearest cache meanwhile, and are
/// still there when they are read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <bouton/connect/wiring.hpp>
#include <bouton/core/index_range.hpp>

#include "propagator.hpp"

namespace bouton::kernel {

/// A presynaptic neuron that gives something in a step.
struct Source {
    std::uint32_t row, pre;
    std::uint64_t activation;  ///< how many had become active before it did
};

/// Of an ascending list of targets j of a row, those whose entries row * num_post + j are in the range.
std::span<const std::uint32_t> within(std::span<const std::uint32_t> targets, std::size_t row, std::size_t num_post,
                                      IndexRange range);

/// Has the lists of presynaptic neurons that are soon to come brought into the cache while source `now` is dealt with.
void fetch_targets(const Csr& lists, std::span<const Source> sources, std::size_t now);

class ActiveTargets {
 public:
    /// So many activations at most may lie between that of the first source and the next.
    static constexpr std::uint64_t longest_span = std::uint64_t{1} << 20;
    /// Whether lists have few targets, or few among those that are dealt with at a time where no near cache holds what
    /// is added to. Others are better gone through where they are.
    static bool are_worth_it(const Connectivity& graph, std::size_t entries);

    /// Of the connections of a list, which outlives this, onto so many entries row * num_post + j.
    ActiveTargets(const Wiring& wiring, std::size_t entries);

    // In a step the sources are followed, then what they give is added; both for ranges that together are all entries,
    // by several threads it may be. A range that is followed may be added to chunk by chunk, by any of them.

    /// The sources come in the order in which they became active, are there in each step from that one on, and never
    /// again when they are missing once.
    void follow(std::span<const Source> sources, IndexRange range);
    /// to[entry] += w_ij number[i] for the targets in the range, in the order of the sources. numbers: by activation,
    /// from that of the first source to the last that ever was followed; 0 where a neuron is no longer active.
    void add(std::uint64_t first_activation, std::span<const double> numbers, IndexRange range, double* to);
    /// Forgets who was active.
    void clear();
    /// [bytes]
    std::uint64_t memory() const;

 private:
    /// Of a chunk of entries.
    struct Part {
        std::size_t end;                       // of the chunk
        bool is_last;                          // of those that are followed at once
        std::uint64_t next = 0;                // from this activation on they are not there yet
        std::size_t over = 0;                  // so many at the beginning are over
        std::vector<std::uint32_t> targets{};  // (activation * chunk + entry - begin) modulo 2^32, by activation
        std::vector<double> weights{};         // theirs, where connections have their own

        void let_go_of_all();
        /// first: activation * chunk modulo 2^32
        void let_go_before(std::uint32_t first);
    };
    template <class Body>
    void for_each_part(IndexRange range, const Body& body);
    std::unique_ptr<Part>& part_at(std::size_t entry) { return parts_[entry / IndexRange::alignment]; }
    void append(const Source& source, IndexRange range);
    template <class WeightOf>
    void add(const Part& part, std::size_t begin, std::uint32_t first, const double* numbers, double* to,
             const WeightOf& weight_of);

    const Wiring& wiring_;
    std::size_t entries_;
    bool is_far_;                               // what is added to is larger than a cache
    std::vector<std::unique_ptr<Part>> parts_;  // by their first entry / IndexRange::alignment
};

}  // namespace bouton::kernel
