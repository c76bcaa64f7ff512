// SPDX-License-Identifier: Apache-2.0
#include "event_sums.hpp"

#include <algorithm>
#include <cassert>
#include <numeric>

namespace bouton::kernel {
namespace {

constexpr std::size_t lanes = 8;              // what is added up side by side, on any processor
constexpr std::uint64_t flush_interval = 64;  // [steps]
constexpr double negligible = 1e-150;         // far below the rounding of any sum; far above denormal numbers

std::size_t padded(std::size_t count) { return count <= 4 ? 4 : (count + lanes - 1) / lanes * lanes; }

/// The terms in one order whatever the instruction set: eight partial sums, then these in pairs.
double total(const double* terms, std::size_t width) {
    if (width == 4) return (terms[0] + terms[1]) + (terms[2] + terms[3]);
    double part[lanes] = {};
    for (std::size_t k = 0; k < width; k += lanes)
        for (std::size_t l = 0; l < lanes; ++l) part[l] += terms[k + l];
    return ((part[0] + part[4]) + (part[2] + part[6])) + ((part[1] + part[5]) + (part[3] + part[7]));
}

bool any_negative(const Weights& weights) {
    return weights.form == Weights::Form::scalar ? weights.scalar < 0
                                                 : std::ranges::any_of(weights.values, [](double w) { return w < 0; });
}

}  // namespace

EventSums::EventSums(const Wiring& wiring, std::size_t rows, std::span<const double> rates)
    : wiring_(wiring),
      num_post_(wiring.graph.num_post()),
      count_(rates.size()),
      width_(padded(count_)),
      rates_(width_, 0.0),
      sums_(rows * num_post_ * width_, 0.0),
      extra_(rows * num_post_, 0.0),
      steps_(1),
      non_negative_(!any_negative(wiring.weights)) {
    std::ranges::copy(rates, rates_.begin());
    if (wiring.delays.form == Delays::Form::per_connection) {
        steps_.resize(wiring.delays.max() + 1u);
        order_connections();
    }
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
            ordered_.weight.push_back(wiring_.weights.values[place[k]]);
    }
}

std::span<double> EventSums::add_event(std::size_t row, std::size_t pre) {
    Step& now = steps_[age_ % steps_.size()];
    now.events.push_back({static_cast<std::uint32_t>(row), static_cast<std::uint32_t>(pre)});
    now.coefficients.resize(now.coefficients.size() + width_, 0.0);
    return std::span(now.coefficients).last(width_).first(count_);
}

void EventSums::add_value(std::size_t row, std::size_t pre, double value) {
    Step& now = steps_[age_ % steps_.size()];
    now.sources.push_back({static_cast<std::uint32_t>(row), static_cast<std::uint32_t>(pre)});
    now.values.push_back(value);
}

template <class Add>
void EventSums::for_each_target(const Source& source, std::uint32_t lag, const Add& add) const {
    const Weights& weights = wiring_.weights;
    const double common = weights.form == Weights::Form::scalar    ? weights.scalar
                          : weights.form == Weights::Form::per_pre ? weights.values[source.pre]
                                                                   : 0;
    const bool each = weights.form == Weights::Form::per_connection;
    if (!ordered_.row.empty()) {
        const auto begin = ordered_.delay.begin() + static_cast<std::ptrdiff_t>(ordered_.row[source.pre]);
        const auto end = ordered_.delay.begin() + static_cast<std::ptrdiff_t>(ordered_.row[source.pre + 1]);
        const auto [first, last] = std::equal_range(begin, end, lag);
        for (auto at = first; at != last; ++at) {
            const auto k = static_cast<std::size_t>(at - ordered_.delay.begin());
            add(ordered_.target[k], each ? ordered_.weight[k] : common);
        }
        return;
    }
    if (wiring_.graph.kind() == Connectivity::Kind::all_to_all) {
        assert(each);
        const double* const row = weights.values.data() + source.pre * num_post_;
        for (std::size_t j = 0; j < num_post_; ++j) add(j, row[j]);
        return;
    }
    const Csr& csr = wiring_.graph.csr();
    for (std::uint64_t k = csr.row[source.pre]; k < csr.row[source.pre + 1]; ++k)
        add(csr.target[k], each ? weights.values[k] : common);
}

void EventSums::deliver(const Step& step, std::uint32_t lag) {
    for (std::size_t e = 0; e < step.events.size(); ++e) {
        const double* const c = step.coefficients.data() + e * width_;
        double* const sums = sums_.data() + step.events[e].row * num_post_ * width_;
        for_each_target(step.events[e], lag, [&](std::size_t j, double w) {
            double* const P = sums + j * width_;
            for (std::size_t k = 0; k < width_; ++k) P[k] += w * c[k];
        });
    }
    for (std::size_t v = 0; v < step.values.size(); ++v) {
        double* const extra = extra_.data() + step.sources[v].row * num_post_;
        for_each_target(step.sources[v], lag, [&](std::size_t j, double w) { extra[j] += w * step.values[v]; });
    }
}

void EventSums::advance(Buffer& h) {
    for (std::size_t at = 0; at < sums_.size(); at += width_)
        for (std::size_t k = 0; k < width_; ++k) sums_[at + k] *= rates_[k];
    std::ranges::fill(extra_, 0.0);
    const std::uint64_t reach = std::min<std::uint64_t>(steps_.size(), age_ + 1);
    for (std::uint64_t lag = 0; lag < reach; ++lag)
        deliver(steps_[(age_ - lag) % steps_.size()], static_cast<std::uint32_t>(lag));
    write(h);

    ++age_;
    steps_[age_ % steps_.size()] = {};
    if (age_ % flush_interval == 0)
        for (double& sum : sums_)
            if (sum < negligible && sum > -negligible) sum = 0;
}

void EventSums::write(Buffer& h) {
    const auto write_to = [&]<class Element>(std::span<Element> out) {
        for (std::size_t j = 0; j < out.size(); ++j) {
            const double sum = total(sums_.data() + j * width_, width_) + extra_[j];
            out[j] = static_cast<Element>(non_negative_ && sum < 0 ? 0 : sum);
        }
    };
    h.is_single() ? write_to(h.as<float>()) : write_to(h.as<double>());
}

}  // namespace bouton::kernel
