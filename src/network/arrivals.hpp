// SPDX-License-Identifier: Apache-2.0
/// \file
/// The spikes that reach a projection in a step: those of its presynaptic population or of a view of it, delayed.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <bouton/connect/delays.hpp>
#include <bouton/network/population.hpp>

#include "core/archive.hpp"

namespace bouton {

/// Delays for all neurons and for each presynaptic neuron are dealt with here; those for each connection are not: then
/// the spikes of the last step arrive, and the sums over the connections delay what they cause.
class Arrivals {
 public:
    Arrivals(const View& pre, const Delays& delays);

    /// Nothing is under way.
    void start();
    /// Ends a step and begins the next: row * num_pre + i of each spike that arrives. Valid until the next call.
    std::span<const std::uint32_t> next();
    /// The same, the spikes given: rows x num_pre values, any non-zero one a spike.
    std::span<const std::uint32_t> next(std::span<const double> pre_spike);
    /// What the last call gave.
    std::span<const std::uint32_t> last() const { return arrivals_; }
    /// Copies what is under way into an archive, or back.
    void exchange(Archive& archive) {
        archive(due_);
        archive(now_);
    }

 private:
    /// Names of the presynaptic neurons of the view for spikes of the whole population.
    void place(std::span<const std::uint32_t> spikes);
    /// Puts what has arrived into the slots of its delays, and takes what is due.
    void delay_each();

    View pre_;
    const Delays& delays_;
    std::vector<std::uint32_t> arrivals_;
    std::vector<std::vector<std::uint32_t>> due_;         // delays per pre neuron: a ring of arrivals to come
    std::size_t now_ = 0;                                 // its slot of this step
    std::optional<std::uint32_t> first_;                  // of a view: its neurons are this one and those after it; or
    std::vector<std::uint32_t> position_row_, position_;  // neuron -> its places in the view
};

}  // namespace bouton
