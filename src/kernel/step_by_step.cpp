// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <stdexcept>
#include <utility>

#include "batched_sum.hpp"
#include "propagator.hpp"

namespace bouton::kernel {
namespace {

class StepByStep final : public Propagator {
 public:
    StepByStep(const PropagatorParts& parts, PropagatorState& state, double dt, std::string how)
        : parts_(parts),
          state_(state),
          how_(std::move(how)),
          pulse_steps_(pulse_steps(parts.synapse.pulse().T_duration, dt)),
          arrived_(state.rows * parts.wiring.graph.num_pre(), 0),
          synapse_loop_(parts.kernels.synapses(parts.synapse, parts.precision, parts.method)) {
        if (parts.plasticity) {
            plasticity_loop_ = parts.kernels.plasticity(*parts.plasticity, parts.precision, parts.plasticity_method);
            factor_ = Buffer(parts.precision, arrived_.size());
        }
        const Delays& delays = parts.wiring.delays;
        if (delays.form == Delays::Form::per_connection) delay_ = delays.steps.data();
        if (delay_ || plasticity_loop_)
            history_.assign(delay_ ? delays.max() + 1u : 1u, Buffer(parts.precision, arrived_.size()));
        is_batched_ = parts.kernels.event_driven() && !delay_ &&
                      is_worth_batching(state.rows, parts.wiring.graph, parts.wiring.weights);
        if (!is_batched_) return;
        const std::size_t stride = parts.precision == Precision::float64 ? batched_stride<double>(state.rows)
                                                                         : batched_stride<float>(state.rows);
        s_of_neurons_ = Buffer(parts.precision, parts.wiring.graph.num_pre() * stride);
        h_of_neurons_ = Buffer(parts.precision, parts.wiring.graph.num_post() * stride);
    }

    bool step(const Clock& clock, std::span<const std::uint32_t> arrivals, Buffer& h) override {
        const std::size_t rows = state_.rows, num = parts_.wiring.graph.num_pre();
        const StepTime time{.t = clock.now(), .dt = clock.dt, .age = state_.age, .brainpy_2_4 = parts_.brainpy_2_4};
        for (const std::uint32_t at : arrivals) {
            arrived_[at] = 1;
            state_.spike_arrival_time.set(at, clock.now());
            state_.pulse_end[at] = state_.age + pulse_steps_;
        }
        bool finite = true;
        if (plasticity_loop_)
            finite &= plasticity_loop_->step(
                {.rows = rows, .num = num, .states = state_.plasticity, .arrived = arrived_.data(), .factor = &factor_},
                time, {0, rows * num});
        finite &= synapse_loop_->step({.rows = rows,
                                       .num = num,
                                       .states = state_.synapse,
                                       .arrived = arrived_.data(),
                                       .spike_arrival_time = &state_.spike_arrival_time,
                                       .pulse_end = state_.pulse_end.data()},
                                      time, {0, rows * num});
        if (!history_.empty()) {
            newest_ = (newest_ + history_.size() - 1) % history_.size();
            write_output(history_[newest_]);
        }
        if (is_batched_) {
            parts_.precision == Precision::float64 ? batched<double>(h) : batched<float>(h);
        } else {
            parts_.kernels.sum({.rows = rows,
                                .connectivity = &parts_.wiring.graph,
                                .weights = &parts_.wiring.weights,
                                .history = history_.empty() ? std::span(&state_.synapse[0], 1) : std::span(history_),
                                .newest = newest_,
                                .delay = delay_,
                                .h = &h},
                               parts_.precision);
        }
        for (const std::uint32_t at : arrivals) arrived_[at] = 0;
        ++state_.age;
        return finite;
    }

    void deliver(IndexRange) override {}
    void add(IndexRange) override {}
    void read(IndexRange, Buffer&) override {}
    void before_read() override {}
    void after_write() override {}
    const Buffer& given(std::size_t steps_ago) const override {
        return history_.empty() ? state_.synapse[0] : history_[(newest_ + steps_ago) % history_.size()];
    }
    const Buffer* given_by_neuron() const override {
        return is_batched_ && s_of_neurons_.size() == arrived_.size() ? &s_of_neurons_ : nullptr;
    }
    void exchange(Archive& archive) override {
        archive(history_);
        archive(newest_);
    }
    std::string how() const override { return how_; }
    std::uint64_t memory() const override {
        std::uint64_t bytes = arrived_.size();
        for (const Buffer& given : history_) bytes += given.bytes();
        return bytes + factor_.bytes() + s_of_neurons_.bytes() + h_of_neurons_.bytes();
    }

 private:
    /// The sums, all rows of the batch at once.
    template <class Element>
    void batched(Buffer& sums) {
        const Connectivity& graph = parts_.wiring.graph;
        Element *const s = s_of_neurons_.as<Element>().data(), *const h = h_of_neurons_.as<Element>().data();
        const InstructionSet set = parts_.kernels.instruction_set();
        to_neurons(set, given(0).as<Element>().data(), state_.rows, graph.num_pre(), s);
        batched_sum(set, graph, parts_.wiring.weights, batched_stride<Element>(state_.rows), s, h);
        to_rows(set, h, state_.rows, graph.num_post(), sums.as<Element>().data());
    }
    /// What the neurons give: the first state, times the factor of the plasticity.
    void write_output(Buffer& output) {
        output = state_.synapse[0];
        if (!plasticity_loop_) return;
        const auto scale = [&]<class Element>(std::span<Element> s, std::span<const Element> factor) {
            for (std::size_t at = 0; at < s.size(); ++at) s[at] *= factor[at];
        };
        if (parts_.precision == Precision::float64)
            scale(output.as<double>(), std::as_const(factor_).as<double>());
        else
            scale(output.as<float>(), std::as_const(factor_).as<float>());
    }

    PropagatorParts parts_;
    PropagatorState& state_;
    std::string how_;
    std::uint64_t pulse_steps_;
    AlignedVector<std::uint8_t> arrived_;
    std::unique_ptr<SynapseLoop> synapse_loop_;
    std::unique_ptr<PlasticityLoop> plasticity_loop_;  // null without
    Buffer factor_;

    // What the neurons gave in the last steps: one slot, or one a step of delay where connections have their own; none
    // where it is the first state.
    const std::uint32_t* delay_ = nullptr;
    std::vector<Buffer> history_;
    std::size_t newest_ = 0;
    bool is_batched_ = false;
    Buffer s_of_neurons_, h_of_neurons_;
};

}  // namespace

const Buffer& Propagator::given(std::size_t) const { throw std::logic_error("what neurons gave is not kept"); }

void PropagatorState::exchange(Archive& archive) {
    archive(synapse);
    archive(plasticity);
    archive(spike_arrival_time);
    archive(pulse_end);
    archive(age);
}

void PropagatorState::restart(const PropagatorParts& parts, std::size_t new_rows) {
    const std::size_t size = new_rows * parts.wiring.graph.num_pre();
    rows = new_rows;
    synapse.resize(parts.synapse.states().size());
    for (Buffer& values : synapse) values = Buffer(parts.precision, size);
    plasticity.resize(parts.plasticity ? parts.plasticity->states().size() : 0);
    for (std::size_t k = 0; k < plasticity.size(); ++k)
        plasticity[k] = Buffer(parts.precision, size, parts.plasticity->initial()[k]);
    spike_arrival_time = Buffer(parts.precision, size, long_ago);
    pulse_end.assign(size, 0);
    age = 0;
}

std::unique_ptr<Propagator> step_by_step(const PropagatorParts& parts, PropagatorState& state, double dt,
                                         std::string how) {
    return std::make_unique<StepByStep>(parts, state, dt, std::move(how));
}

}  // namespace bouton::kernel
