// SPDX-License-Identifier: Apache-2.0
/// \file
/// Sums over connections, carried forward in closed form. For each postsynaptic neuron and each mode k
///
///     P_k(n) = r_k P_k(n - 1) + sum w_ij c_k over the events of presynaptic neurons i in step n - d_ij
///
/// and h(n) = sum_k P_k(n) + what single steps add besides. The modes of a neuron lie side by side, so an event at a
/// connection touches one place in memory. Terms are added in the order of the events: the result depends on the
/// network alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <bouton/connect/wiring.hpp>
#include <bouton/core/buffer.hpp>

namespace bouton::kernel {

class EventSums {
 public:
    /// `rates`: r_k. `wiring` outlives the sums.
    EventSums(const Wiring& wiring, std::size_t rows, std::span<const double> rates);

    /// The presynaptic neuron's coefficients change in this step by what the caller writes here, one number a mode, all
    /// 0 at first. Valid until the next call.
    std::span<double> add_event(std::size_t row, std::size_t pre);
    /// In this step alone it gives `value` besides.
    void add_value(std::size_t row, std::size_t pre, double value);
    /// What a presynaptic neuron gives may be negative from now on. Until then no sum is, unless a weight is: what
    /// rounding leaves below 0 is 0.
    void expect_negative() { non_negative_ = false; }
    /// Ends the step: advances the sums and writes h, rows x num_post.
    void advance(Buffer& h);

 private:
    struct Source {
        std::uint32_t row, pre;
    };
    /// What happened in one step.
    struct Step {
        std::vector<Source> events;
        std::vector<double> coefficients;  // width_ for each event
        std::vector<Source> sources;
        std::vector<double> values;  // one for each source
    };
    /// Connections in the order in which they are delivered: for each presynaptic neuron by delay, then by target.
    struct Ordered {
        std::vector<std::uint32_t> target, delay;
        std::vector<double> weight;  // empty: the same for all, or one for each presynaptic neuron
        std::vector<std::uint64_t> row;
    };

    void order_connections();
    void deliver(const Step& step, std::uint32_t lag);
    template <class Add>
    void for_each_target(const Source& source, std::uint32_t lag, const Add& add) const;
    void write(Buffer& h);

    const Wiring& wiring_;
    std::size_t num_post_;
    std::size_t count_, width_;  // modes; the same, padded
    std::vector<double> rates_;  // width_; 0 in the padding
    std::vector<double> sums_;   // rows x num_post x width_
    std::vector<double> extra_;  // rows x num_post: of this step alone
    Ordered ordered_;            // where connections have delays of their own
    std::vector<Step> steps_;    // a ring: this step, and those whose spikes are under way
    std::uint64_t age_ = 0;
    bool non_negative_;  // no term is negative, so no sum is
};

}  // namespace bouton::kernel
