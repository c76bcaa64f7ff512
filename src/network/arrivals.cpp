// SPDX-License-Identifier: Apache-2.0
#include "arrivals.hpp"

#include "population_part.hpp"

namespace bouton {

Arrivals::Arrivals(const View& pre, const Delays& delays) : pre_(pre), delays_(delays) {
    if (!pre_.indices()) return;
    std::size_t count = 0;
    while (count < pre_.num() && pre_.neuron(count) == pre_.neuron(0) + count) ++count;
    if (count == pre_.num()) {
        first_ = pre_.neuron(0);
        return;
    }
    position_row_.assign(pre_.population().num() + 1, 0);
    for (std::size_t i = 0; i < pre_.num(); ++i) ++position_row_[pre_.neuron(i) + 1];
    for (std::size_t k = 1; k < position_row_.size(); ++k) position_row_[k] += position_row_[k - 1];
    std::vector<std::uint32_t> next(position_row_.begin(), position_row_.end() - 1);
    position_.resize(pre_.num());
    for (std::size_t i = 0; i < pre_.num(); ++i) position_[next[pre_.neuron(i)]++] = static_cast<std::uint32_t>(i);
}

void Arrivals::start() {
    arrivals_.clear();
    due_.assign(delays_.form == Delays::Form::per_pre ? delays_.max() + 1u : 0u, {});
    now_ = 0;
}

std::span<const std::uint32_t> Arrivals::next() {
    PopulationPart& source = *pre_.population().part();
    arrivals_.clear();
    switch (delays_.form) {
        case Delays::Form::none:
            place(source.undelayed_spikes());
            break;
        case Delays::Form::per_connection:
            place(source.spikes(0));
            break;
        case Delays::Form::uniform:
            place(source.spikes(delays_.max()));
            break;
        case Delays::Form::per_pre:
            place(source.spikes(0));
            delay_each();
            break;
    }
    return arrivals_;
}

std::span<const std::uint32_t> Arrivals::next(std::span<const double> pre_spike) {
    if (delays_.form == Delays::Form::per_pre) next();  // what is under way moves on
    arrivals_.clear();
    for (std::size_t at = 0; at < pre_spike.size(); ++at)
        if (pre_spike[at] != 0) arrivals_.push_back(static_cast<std::uint32_t>(at));
    return arrivals_;
}

void Arrivals::place(std::span<const std::uint32_t> spikes) {
    if (!pre_.indices()) {
        arrivals_.assign(spikes.begin(), spikes.end());
        return;
    }
    const auto num = static_cast<std::uint32_t>(pre_.population().num()),
               count = static_cast<std::uint32_t>(pre_.num());
    for (const std::uint32_t at : spikes) {
        const std::uint32_t row = at / num, neuron = at % num;
        if (first_) {
            if (neuron - *first_ < count) arrivals_.push_back(row * count + (neuron - *first_));  // unsigned
            continue;
        }
        for (std::uint32_t k = position_row_[neuron]; k < position_row_[neuron + 1]; ++k)
            arrivals_.push_back(row * count + position_[k]);
    }
}

void Arrivals::delay_each() {
    for (const std::uint32_t at : arrivals_) due_[(now_ + delays_.steps[at % pre_.num()]) % due_.size()].push_back(at);
    arrivals_.swap(due_[now_]);
    due_[now_].clear();
    now_ = (now_ + 1) % due_.size();
}

}  // namespace bouton
