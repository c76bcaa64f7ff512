// SPDX-License-Identifier: Apache-2.0
/// \file
/// Who is connected to whom. Immutable once made: drawn once, then the same whatever is asked of it.
///
/// Neurons are numbered with 32 bits: a population of more than 2^32 - 1 neurons is a ShapeError.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace bouton {

/// A connection by its two ends.
struct Pair {
    std::uint32_t pre, post;
    bool operator==(const Pair&) const = default;
    auto operator<=>(const Pair&) const = default;
};

/// Connections sorted by presynaptic neuron.
///
/// Row `i` holds the neurons that `i` projects to, ascending; one that is contacted twice stands twice:
///
///     target[row[i]] .. target[row[i + 1] - 1]
///
/// `row` has `num_pre() + 1` entries, never decreases, starts at 0, ends at `target.size()`.
struct Csr {
    std::vector<std::uint64_t> row{0};
    std::vector<std::uint32_t> target;

    std::size_t num_pre() const { return row.size() - 1; }
    /// Valid until `target` changes.
    std::span<const std::uint32_t> targets_of(std::size_t pre) const {
        return std::span(target).subspan(row[pre], row[pre + 1] - row[pre]);
    }
    bool operator==(const Csr&) const = default;
};

/// The same connections sorted by the other end: row `j` holds the rows of `csr` that contain `j`, ascending.
/// `threads`: see Connectivity::sparse.
Csr transpose(const Csr& csr, std::size_t num_targets, unsigned threads = 0);

/// The connections between `num_pre` and `num_post` neurons. A cheap value: copies share the same lists.
class Connectivity {
 public:
    /// `all_to_all` and `one_to_one` need no list; everything else is `sparse`.
    enum class Kind { all_to_all, one_to_one, sparse };

    /// All pairs; without i = j if `include_self` is false (also between populations of different size).
    static Connectivity all_to_all(std::size_t num_pre, std::size_t num_post, bool include_self);
    /// i to i. Throws ShapeError where the sizes differ.
    static Connectivity one_to_one(std::size_t num_pre, std::size_t num_post);
    /// From rows whose targets may stand in any order: rows that are not ascending are sorted, and `order()` remembers
    /// how they were given. Throws ShapeError where `csr.row` is not as described above, IndexError where a target is
    /// out of range. On so many threads, 0 being one for each processor where the list is long.
    static Connectivity sparse(Csr csr, std::size_t num_post, unsigned threads = 0);
    /// From pairs in any order; a pair given twice is two connections. Throws IndexError where an end is out of range.
    static Connectivity from_pairs(std::size_t num_pre, std::size_t num_post, std::span<const Pair> pairs,
                                   unsigned threads = 0);

    Kind kind() const { return kind_; }
    bool include_self() const { return include_self_; }
    std::size_t num_pre() const { return num_pre_; }
    std::size_t num_post() const { return num_post_; }
    /// Number of connections.
    std::uint64_t size() const;
    /// [bytes] Of the lists that copies share: 4 a connection and 8 a presynaptic neuron; 8 more a connection where the
    /// user's order differs. Nothing for the kinds that need no list.
    std::uint64_t bytes() const;

    /// The list of a sparse connectivity; for the other kinds use `to_csr`.
    const Csr& csr() const;
    /// For each connection in the order in which the user gave it, its position in `csr().target`; empty where the two
    /// orders are the same.
    std::span<const std::uint64_t> order() const;

    /// Each pair once, at the place in the user's order where it was given first: how BrainPy 2.4's mask reads it.
    Connectivity without_duplicates() const;

    // The same connections in other forms, for users and tests; all but `to_csr` may be much larger than the list.
    Csr to_csr() const;
    /// In the user's order if there is one, else by pre, then post.
    std::vector<Pair> to_pairs() const;
    /// num_pre x num_post, row-major: how many connections each pair has.
    std::vector<std::uint32_t> to_matrix() const;
    /// By postsynaptic neuron: `target` holds the presynaptic neurons of each, ascending (post2pre).
    Csr to_csc() const;
    /// pre2syn: for each pre neuron the numbers of its connections, counted in the order of `to_csr`.
    std::vector<std::vector<std::uint64_t>> pre2syn() const;
    /// post2syn: likewise for each post neuron.
    std::vector<std::vector<std::uint64_t>> post2syn() const;

 private:
    Connectivity(Kind kind, std::size_t num_pre, std::size_t num_post);
    Kind kind_;
    bool include_self_ = true;
    std::size_t num_pre_, num_post_;
    std::shared_ptr<const Csr> csr_;
    std::shared_ptr<const std::vector<std::uint64_t>> order_;
};

/// What a connectivity will be, as far as can be told before it is made.
struct Forecast {
    Connectivity::Kind kind = Connectivity::Kind::sparse;
    double size = 0;         ///< number of connections; the expected one where they are drawn
    bool has_order = false;  ///< whether the user's order differs from that of the list
};

}  // namespace bouton
