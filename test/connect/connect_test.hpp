// SPDX-License-Identifier: Apache-2.0
/// \file
/// What the tests of connections share.
#pragma once

#include <cstdint>
#include <vector>

#include <bouton/connect/connectivity.hpp>
#include <bouton/connect/connectors.hpp>
#include <bouton/core/buffer.hpp>

#include "support/message_of.hpp"

namespace bouton::test {

inline const Random random{7, "test.connections"};

inline std::vector<std::uint64_t> row_sums(const Connectivity& graph) {
    const Csr csr = graph.to_csr();
    std::vector<std::uint64_t> sums;
    for (std::size_t pre = 0; pre < csr.num_pre(); ++pre) sums.push_back(csr.targets_of(pre).size());
    return sums;
}

inline std::vector<std::uint64_t> column_sums(const Connectivity& graph) {
    const Csr csc = graph.to_csc();
    std::vector<std::uint64_t> sums;
    for (std::size_t post = 0; post < csc.num_pre(); ++post) sums.push_back(csc.targets_of(post).size());
    return sums;
}

/// Weights as they are stored by default.
inline Buffer stored(const std::vector<double>& values) { return {Precision::float64, values}; }

inline bool has_self(const Connectivity& graph) {
    for (const Pair& pair : graph.to_pairs())
        if (pair.pre == pair.post) return true;
    return false;
}

inline bool has_duplicates(const Connectivity& graph) { return graph.without_duplicates().size() != graph.size(); }

}  // namespace bouton::test
