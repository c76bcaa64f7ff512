// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "event_sums.hpp"
#include "modes.hpp"
#include "propagator.hpp"

namespace bouton::kernel {
namespace {

/// Follows each presynaptic neuron from event to event, and its targets by the modes of what it gives.
class EventDriven final : public Propagator {
    static constexpr std::uint64_t longest_ring = 1024;

 public:
    EventDriven(const PropagatorParts& parts, PropagatorState& state, double dt, Modes modes)
        : parts_(parts),
          state_(state),
          modes_(std::move(modes)),
          num_pre_(parts.wiring.graph.num_pre()),
          pulse_steps_(pulse_steps(parts.synapse.pulse().T_duration, dt)),
          sums_(parts.wiring, state.rows, modes_.rates()),
          neurons_(state.rows * num_pre_),
          off_(std::min<std::uint64_t>(pulse_steps_ + 3, longest_ring)) {
        for (std::size_t at = 0; at < neurons_.size(); ++at) {
            neurons_[at] = {.state = read(at), .valid_at = state_.age};
            if (state_.pulse_end[at] > state_.age) follow_pulse(at);
            if (neurons_[at].state != modes_.rest()) add_modes(at, neurons_[at].state, 1);
            check(neurons_[at].state);
        }
        if (modes_.may_turn_negative()) sums_.expect_negative();
    }

    bool step(const Clock& clock, std::span<const std::uint32_t> arrivals, Buffer& h) override {
        finite_ = true;
        if (parts_.brainpy_2_4) check_clock(clock);
        for (const std::uint32_t at : arrivals) arrive(at, clock);
        end_pulses();
        if (!modes_.on_has_modes()) follow_on_phases(arrivals);
        sums_.advance(h);
        ++state_.age;
        return finite_;
    }

    void before_read() override {
        for (std::size_t at = 0; at < neurons_.size(); ++at) write(at, now(at));
    }

    bool after_write() override {
        for (std::size_t at = 0; at < neurons_.size(); ++at)
            if (!modes_.holds_for(read(at)) || !is_finite(now(at))) return false;
        for (std::size_t at = 0; at < neurons_.size(); ++at) {
            const PreState before = now(at);
            PreState written = read(at);
            for (std::size_t k = 0; k < written.size(); ++k)  // a float32 that was not written is no change
                if (written[k] == rounded(before[k])) written[k] = before[k];
            if (written == before) continue;
            add_modes(at, before, -1);
            add_modes(at, written, 1);
            neurons_[at].state = written;
            neurons_[at].valid_at = state_.age;
            check(written);
        }
        clock_is_known_ = false;
        return true;
    }

    std::string how() const override { return fmt::format("event-driven, {} modes", modes_.rates().size()); }

 private:
    struct Neuron {
        PreState state{};  // at the beginning of step `valid_at`
        std::uint64_t valid_at = 0;
        bool on = false;  // the transmitter, until its pulse ends
    };

    std::size_t row(std::size_t at) const { return at / num_pre_; }
    std::size_t pre(std::size_t at) const { return at % num_pre_; }
    static bool is_finite(const PreState& state) {
        return std::ranges::all_of(state, [](double value) { return std::isfinite(value); });
    }
    double rounded(double value) const {
        return parts_.precision == Precision::float32 ? static_cast<double>(static_cast<float>(value)) : value;
    }

    /// The state at the beginning of this step.
    PreState now(std::size_t at) const {
        const Neuron& neuron = neurons_[at];
        return modes_.after(neuron.state, neuron.on, state_.age - neuron.valid_at);
    }
    PreState read(std::size_t at) const {
        PreState state{};
        std::size_t k = 0;
        for (const Buffer& values : state_.synapse) state[k++] = values.get(at);
        for (const Buffer& values : state_.plasticity) state[k++] = values.get(at);
        return state;
    }
    void write(std::size_t at, const PreState& state) {
        std::size_t k = 0;
        for (Buffer& values : state_.synapse) values.set(at, state[k++]);
        for (Buffer& values : state_.plasticity) values.set(at, state[k++]);
    }

    bool has_modes(bool on) const { return !on || modes_.on_has_modes(); }

    /// Adds the modes of a neuron that is in `state` at the beginning of this step, or takes them away.
    void add_modes(std::size_t at, const PreState& state, double sign) {
        const bool on = neurons_[at].on;
        if (!has_modes(on)) return;
        coefficients_.assign(modes_.rates().size(), 0.0);
        modes_.coefficients(modes_.step(state, false, on), on, coefficients_);
        const std::span<double> event = sums_.add_event(row(at), pre(at));
        for (std::size_t k = 0; k < event.size(); ++k) event[k] = sign * coefficients_[k];
    }

    /// In this step the neuron does not go on as it did: a spike arrives, or its transmitter changes.
    void change(std::size_t at, bool arrived, bool on) {
        Neuron& neuron = neurons_[at];
        const PreState before = now(at);
        const PreState after = modes_.step(before, arrived, on);
        // one event: what it gives from now on, less what it would have given
        const bool add = has_modes(on), remove = has_modes(neuron.on);
        if (add || remove) {
            const std::span<double> event = sums_.add_event(row(at), pre(at));
            coefficients_.assign(event.size(), 0.0);
            if (add) modes_.coefficients(after, on, coefficients_);
            std::ranges::copy(coefficients_, event.begin());
            if (remove) {
                modes_.coefficients(modes_.step(before, false, neuron.on), neuron.on, coefficients_);
                for (std::size_t k = 0; k < event.size(); ++k) event[k] -= coefficients_[k];
            }
        }
        neuron = {.state = after, .valid_at = state_.age + 1, .on = on};
        check(after);
    }
    void check(const PreState& state) {
        finite_ = finite_ && is_finite(state);
        if (std::ranges::any_of(state, [](double value) { return value < 0; })) sums_.expect_negative();
    }

    /// To look at the neuron when its pulse ends, or when the ring has gone round.
    void watch(std::size_t at) {
        const std::uint64_t next = std::min(state_.pulse_end[at], state_.age + off_.size() - 1);
        off_[next % off_.size()].push_back(static_cast<std::uint32_t>(at));
    }

    void arrive(std::uint32_t at, const Clock& clock) {
        const std::uint64_t old_end = state_.pulse_end[at];
        state_.spike_arrival_time.set(at, clock.now());
        state_.pulse_end[at] = state_.age + steps_of_pulse(at, clock);
        const bool was_on = neurons_[at].on, on = state_.pulse_end[at] > state_.age;
        if (on && (!was_on || state_.pulse_end[at] < old_end)) watch(at);  // less long after a jump of the clock
        if (on && !modes_.on_has_modes()) {
            if (!was_on) turn_on(at);
            return;  // the step is done with those of all neurons that are on
        }
        if (was_on == on && !parts_.plasticity && !parts_.synapse.has_jump()) return;  // its pulse only ends later
        change(at, true, on);
    }

    /// From this step on the transmitter is on; what the step does comes later.
    void turn_on(std::size_t at) {
        const PreState before = now(at);
        add_modes(at, before, -1);
        neurons_[at] = {.state = before, .valid_at = state_.age, .on = true};
        if (modes_.on_has_modes())
            add_modes(at, before, 1);
        else
            on_.push_back(static_cast<std::uint32_t>(at));
    }

    void end_pulses() {
        std::vector<std::uint32_t> due = std::exchange(off_[state_.age % off_.size()], {});
        std::ranges::sort(due);
        due.erase(std::unique(due.begin(), due.end()), due.end());
        for (const std::uint32_t at : due) {
            if (!neurons_[at].on) continue;
            if (state_.pulse_end[at] > state_.age) {  // started anew; or further away than the ring is long
                watch(at);
                continue;
            }
            change(at, false, false);
        }
        if (!due.empty()) std::erase_if(on_, [this](std::uint32_t at) { return !neurons_[at].on; });
    }

    /// Where a transmitter that is on has no modes: each step by itself.
    void follow_on_phases(std::span<const std::uint32_t> arrivals) {
        arrived_.resize(neurons_.size(), 0);
        for (const std::uint32_t at : arrivals) arrived_[at] = 1;
        for (const std::uint32_t at : on_) {
            Neuron& neuron = neurons_[at];
            neuron = {
                .state = modes_.step(neuron.state, arrived_[at] != 0, true), .valid_at = state_.age + 1, .on = true};
            sums_.add_value(row(at), pre(at), modes_.output(neuron.state));
            check(neuron.state);
        }
        for (const std::uint32_t at : arrivals) arrived_[at] = 0;
    }

    /// Takes up a neuron whose transmitter is on at the beginning of this step.
    void follow_pulse(std::size_t at) {
        neurons_[at].on = true;
        watch(at);
        if (!modes_.on_has_modes()) on_.push_back(static_cast<std::uint32_t>(at));
    }

    // ---- pulses of brainpy_2_4, whose length is that of a comparison of rounded times

    std::uint64_t steps_of_pulse(std::size_t at, const Clock& clock) const {
        return parts_.brainpy_2_4 ? steps_on(at, clock) : pulse_steps_;
    }

    /// For how many steps from this one on t - spike_arrival_time < T_duration.
    std::uint64_t steps_on(std::size_t at, const Clock& clock) const {
        constexpr std::uint64_t for_ever = std::uint64_t{1} << 62;
        const double T_duration = parts_.synapse.pulse().T_duration, arrival = state_.spike_arrival_time.get(at);
        const auto is_on = [&](std::uint64_t later) {
            Clock then = clock;
            then.step += later;
            if (parts_.precision == Precision::float32)
                return static_cast<float>(then.now()) - static_cast<float>(arrival) < static_cast<float>(T_duration);
            return then.now() - arrival < T_duration;
        };
        if (!is_on(0)) return 0;
        std::uint64_t last_on = 0, off = 1;  // rounded or not, later times are never earlier
        for (; off < for_ever && is_on(off); off *= 2) last_on = off;
        while (off - last_on > 1) {
            const std::uint64_t middle = last_on + (off - last_on) / 2;
            (is_on(middle) ? last_on : off) = middle;
        }
        return off;
    }

    /// The clock of BrainPy 2.4 jumps between runs: then pulses end at other steps, and old ones may come back.
    void check_clock(const Clock& clock) {
        const bool goes_on =
            clock_is_known_ && clock.t0 == clock_.t0 && clock.step0 == clock_.step0 && clock.step == clock_.step + 1;
        clock_ = clock;
        clock_is_known_ = true;
        if (goes_on) return;
        for (std::size_t at = 0; at < neurons_.size(); ++at) {
            state_.pulse_end[at] = state_.age + steps_on(at, clock);
            const bool on = state_.pulse_end[at] > state_.age;
            if (on || neurons_[at].on) watch(at);
            if (on && !neurons_[at].on) turn_on(at);
        }
    }

    PropagatorParts parts_;
    PropagatorState& state_;
    Modes modes_;
    std::size_t num_pre_;
    std::uint64_t pulse_steps_;
    EventSums sums_;
    std::vector<Neuron> neurons_;                  // rows x num_pre
    std::vector<std::vector<std::uint32_t>> off_;  // a ring: neurons to look at when their pulse may end
    std::vector<std::uint32_t> on_;                // followed step by step
    std::vector<std::uint8_t> arrived_;            // used within a step
    std::vector<double> coefficients_;             // used within a step
    Clock clock_;
    bool clock_is_known_ = false;
    bool finite_ = true;
};

}  // namespace

std::unique_ptr<Propagator> make_propagator(const PropagatorParts& parts, PropagatorState& state, double dt) {
    const Connectivity::Kind kind = parts.wiring.graph.kind();
    const bool delays = parts.wiring.delays.form == Delays::Form::per_connection;
    if (kind == Connectivity::Kind::one_to_one && !delays)
        return step_by_step(parts, state, dt, "one value for each pair");
    if (kind == Connectivity::Kind::all_to_all && !delays && parts.wiring.weights.form != Weights::Form::per_connection)
        return step_by_step(parts, state, dt, "one sum for all targets");
    if (!parts.kernels.event_driven()) return step_by_step(parts, state, dt, "step by step");
    double x_most = delays ? 1 : 0;  // where a second state stands already, or may be set while spikes are under way
    if (state.synapse.size() > 1)
        for (std::size_t at = 0; at < state.synapse.back().size(); ++at)
            x_most = std::max(x_most, std::abs(state.synapse.back().get(at)));
    auto modes = Modes::of(parts.synapse, parts.method, parts.plasticity, parts.plasticity_method, dt, x_most);
    if (const auto* reason = std::get_if<std::string>(&modes))
        return step_by_step(parts, state, dt, fmt::format("step by step, as {}", *reason));
    return std::make_unique<EventDriven>(parts, state, dt, std::get<Modes>(std::move(modes)));
}

}  // namespace bouton::kernel
