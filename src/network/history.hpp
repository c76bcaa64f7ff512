// SPDX-License-Identifier: Apache-2.0
/// \file
/// The spikes of a population in its last steps: the delay line that all projections from it share.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/archive.hpp"

namespace bouton {

/// A ring of spike lists. A spike of step n is pushed at the end of step n; with `age` d it is read in step n + 1 + d.
class SpikeHistory {
 public:
    /// Makes room for reading at ages 0 .. age. What is in the line stays.
    void reserve(std::size_t age);
    /// The spikes of the step before the last `age` ones; none before the start. `age` must have been reserved.
    std::span<const std::uint32_t> at(std::size_t age) const;
    /// Ends a step: `spikes` gets age 0.
    void push(std::span<const std::uint32_t> spikes);
    /// Changes what has age 0.
    void replace_newest(std::span<const std::uint32_t> spikes);
    /// Empties the line; its length stays.
    void clear();
    /// Copies the line into an archive, or back.
    void exchange(Archive& archive) {
        archive(ring_);
        archive(newest_);
    }

 private:
    std::vector<std::vector<std::uint32_t>> ring_{1};
    std::size_t newest_ = 0;
};

}  // namespace bouton
