// SPDX-License-Identifier: Apache-2.0
#include "history.hpp"

#include <cassert>
#include <utility>

namespace bouton {

void SpikeHistory::reserve(std::size_t age) {
    if (age < ring_.size()) return;
    std::vector<std::vector<std::uint32_t>> longer(age + 1);
    for (std::size_t k = 0; k < ring_.size(); ++k) longer[k] = std::move(ring_[(newest_ + k) % ring_.size()]);
    ring_ = std::move(longer);
    newest_ = 0;
}

std::span<const std::uint32_t> SpikeHistory::at(std::size_t age) const {
    assert(age < ring_.size());
    return ring_[(newest_ + age) % ring_.size()];
}

void SpikeHistory::push(std::span<const std::uint32_t> spikes) {
    newest_ = (newest_ + ring_.size() - 1) % ring_.size();
    replace_newest(spikes);
}

void SpikeHistory::replace_newest(std::span<const std::uint32_t> spikes) {
    ring_[newest_].assign(spikes.begin(), spikes.end());
}

void SpikeHistory::clear() {
    for (auto& spikes : ring_) spikes.clear();
}

}  // namespace bouton
