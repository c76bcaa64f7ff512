// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "event_sums.hpp"
#include "modes.hpp"
#include "propagator.hpp"

namespace bouton::kernel {
namespace {

/// Follows each presynaptic neuron from pulse to pulse, and its targets by the modes of what it gives. During a pulse,
/// and where a state is beyond the reach of the modes, a neuron is stepped one by one. Where modes are few the sums get
/// at each of these steps those that it would go on with if the pulse ended there; else what it gives is added as it
/// is, until its modes can go into the sums at the beginning of a block of theirs.
class EventDriven final : public Propagator {
 public:
    EventDriven(const PropagatorParts& parts, PropagatorState& state, double dt, Modes modes)
        : parts_(parts),
          state_(state),
          modes_(std::move(modes)),
          few_(modes_.rates().size() <= EventSums::few),
          num_pre_(parts.wiring.graph.num_pre()),
          pulse_steps_(pulse_steps(parts.synapse.pulse().T_duration, dt)),
          sums_(parts.wiring, state.rows, modes_.rates(), parts.kernels.instruction_set()),
          neurons_(state.rows * num_pre_),
          arrived_(neurons_.size(), 0),
          old_(modes_.rates().size()) {
        for (std::size_t at = 0; at < neurons_.size(); ++at) {
            const PreState given = read(at);
            neurons_[at] = {.valid_at = state_.age, .state = modes_.rest()};
            if (given != modes_.rest()) take_over(at, given);
            if (is_on(at)) activate(at);
        }
        if (modes_.may_turn_negative()) sums_.expect_negative();
    }

    bool step(const Clock& clock, std::span<const std::uint32_t> arrivals, Buffer&) override {
        if (parts_.brainpy_2_4) check_clock(clock);
        for (const std::uint32_t at : arrivals) {
            __builtin_prefetch(&neurons_[at]);
            __builtin_prefetch(&state_.pulse_end[at]);
        }
        bool is_put_off = false;  // the end of some pulse
        for (const std::uint32_t at : arrivals) {
            state_.spike_arrival_time.set(at, clock.now());
            state_.pulse_end[at] = state_.age + (parts_.brainpy_2_4 ? steps_on(at, clock) : pulse_steps_);
            if (!activate(at)) is_put_off = true;
        }
        if (is_put_off) look_pulse_ends_up();
        number_anew();
        if (modes_.is_single()) {
            follow_single();
        } else {
            for (const std::uint32_t at : arrivals) arrived_[at] = 1;
            for (Active& active : active()) follow(active);
            for (const std::uint32_t at : arrivals) arrived_[at] = 0;
        }
        ++state_.age;
        leave_inactive();
        sums_.close_step();
        return std::exchange(finite_, true);
    }

    void deliver(IndexRange range) override { sums_.deliver(range); }
    void add(IndexRange range) override { sums_.add(range); }
    void read(IndexRange range, Buffer& h) override { sums_.read(range, h); }
    std::optional<ScaledSums> sums() const override { return sums_.sums(); }

    void before_read() override {
        const auto show = [this](std::size_t at, const PreState& state) {
            std::size_t k = 0;
            for (Buffer& values : state_.synapse) values.set(at, state[k++]);
            for (Buffer& values : state_.plasticity) values.set(at, state[k++]);
        };
        for (std::size_t at = 0; at < neurons_.size(); ++at)
            if (!neurons_[at].is_active()) show(at, now(at));
        for (const Active& active : active()) show(active.at, active.state);
    }

    void after_write() override {
        for (Active& active : active()) {
            active.state = written(active.at, active.state);
            check(active.state);
        }
        for (std::size_t at = 0; at < neurons_.size(); ++at) {
            if (neurons_[at].is_active()) continue;
            const PreState before = now(at), after = written(at, before);
            if (after != before) take_over(at, after);
        }
        clock_is_known_ = false;
    }

    void exchange(Archive& archive) override {
        archive(neurons_);
        archive(active_);
        archive(gone_);
        archive(activations_);
        sums_.exchange(archive);
        archive(clock_);
        archive(clock_is_known_);
        archive(finite_);
    }

    std::string how() const override {
        const std::size_t modes = modes_.rates().size();
        return fmt::format("event-driven, {} mode{}{}", modes, modes == 1 ? "" : "s", sums_.how());
    }
    std::uint64_t memory() const override {
        return sums_.memory() + neurons_.size() * (sizeof(Neuron) + sizeof arrived_[0]) +
               active_.size() * sizeof(Active);
    }

 private:
    static constexpr std::size_t soon = 8;  // so many neurons later

    struct Neuron {
        static constexpr std::uint64_t never = std::numeric_limits<std::uint64_t>::max();
        std::uint64_t valid_at = 0;
        PreState state{};  // at the beginning of step `valid_at`, from which on the sums have its modes
        /// Stepped one by one; then its state is among the active ones.
        bool is_active() const { return valid_at == never; }
    };
    struct Active {
        Source source;
        std::uint64_t pulse_end;  // as in the state
        std::uint32_t at;
        bool holds;            // whether the sums have the modes of its own state
        PreState state, held;  // at the beginning of the next step: its own, and that whose modes they have
    };
    std::span<Active> active() { return std::span(active_).subspan(gone_); }

    void look_pulse_ends_up() {
        for (Active& active : active()) active.pulse_end = state_.pulse_end[active.at];
    }

    /// The transmitter in the next step.
    bool is_on(std::size_t at) const { return state_.pulse_end[at] > state_.age; }
    double rounded(double value) const {
        return parts_.precision == Precision::float32 ? static_cast<double>(static_cast<float>(value)) : value;
    }

    /// The state at the beginning of the next step of a neuron that is not active.
    PreState now(std::size_t at) const {
        const Neuron& neuron = neurons_[at];
        const std::uint64_t steps = state_.age - neuron.valid_at;
        return steps == 0 ? neuron.state : modes_.after(neuron.state, steps);
    }
    /// The same with one state and one mode.
    double single_now(const Neuron& neuron) const {
        const std::uint64_t steps = state_.age - neuron.valid_at;
        return steps == 0 ? neuron.state[0] : modes_.off_after(neuron.state[0], steps);
    }
    PreState read(std::size_t at) const {
        PreState state{};
        std::size_t k = 0;
        for (const Buffer& values : state_.synapse) state[k++] = values.get(at);
        for (const Buffer& values : state_.plasticity) state[k++] = values.get(at);
        return state;
    }
    /// What somebody may have written in place of a state.
    PreState written(std::size_t at, const PreState& before) const {
        PreState written = read(at);
        for (std::size_t k = 0; k < written.size(); ++k)  // a float32 that was not written is no change
            if (written[k] == rounded(before[k])) written[k] = before[k];
        return written;
    }
    /// False where it is active already.
    bool activate(std::size_t at) {
        Neuron& neuron = neurons_[at];
        if (neuron.is_active()) return false;
        const auto number = static_cast<std::uint32_t>(at), num_pre = static_cast<std::uint32_t>(num_pre_);
        const PreState state = modes_.is_single() ? PreState{single_now(neuron)} : now(at);
        active_.push_back({
            .source = {.row = number / num_pre, .pre = number % num_pre, .activation = activations_++},
            .pulse_end = state_.pulse_end[at],
            .at = number,
            .holds = true,
            .state = state,
            .held = state,
        });
        neuron.valid_at = Neuron::never;
        return true;
    }

    /// Neurons whose transmitter is off go on by their modes, once the sums have those of their own state.
    void leave_inactive() {
        const auto leaves = [this](const Active& active) {
            if (active.pulse_end > state_.age || !active.holds || active.state != active.held) return false;
            neurons_[active.at] = {.valid_at = state_.age, .state = active.state};
            return true;
        };
        // Mostly they leave in the order in which they came, and none of the others is moved then.
        while (gone_ < active_.size() && leaves(active_[gone_])) ++gone_;
        const auto rest = std::ranges::remove_if(active(), leaves);
        active_.resize(active_.size() - rest.size());
        if (2 * gone_ <= active_.size()) return;
        active_.erase(active_.begin(), active_.begin() + static_cast<std::ptrdiff_t>(gone_));
        gone_ = 0;
    }

    /// Where few are left of those that became active since the first one did, they count as having become so now.
    void number_anew() {
        const std::span<Active> all = active();
        if (all.empty() || activations_ - all.front().source.activation <= 4 * all.size() + 64) return;
        for (Active& active : all) active.source.activation = activations_++;
    }

    /// This step of a neuron that is active.
    void follow(Active& active) {
        const std::size_t at = active.at, count = modes_.rates().size();
        modes_.step_both(active.state, arrived_[at] != 0, active.pulse_end > state_.age, active.held);
        if (few_ || sums_.next_begins_block()) {
            active.holds = (few_ || active.pulse_end <= state_.age + 1) && modes_.hold_for(active.state);
            const PreState next = active.holds ? active.state : modes_.rest();
            const std::span<double> c = sums_.add_change(active.source);
            modes_.coefficients(next, c);
            modes_.coefficients(active.held, old_);
            for (std::size_t k = 0; k < count; ++k) c[k] -= old_[k];
            active.held = next;
        } else {
            active.holds = false;
        }
        if (!active.holds) sums_.add_value(active.source, modes_.output(active.state) - modes_.output(active.held));
        check(active.state);
    }

    /// This step of all of them with one state and one mode, short as it is the most frequent. The sums have the mode
    /// of its own state at each step, so a neuron goes on by it as soon as its transmitter is off.
    void follow_single() {
        const std::span<Active> all = active();
        const EventSums::Changes changes = sums_.add_changes(all.size());
        const LinearStep on = modes_.single(true), off = modes_.single(false);
        const std::uint64_t now = state_.age;
        bool finite = true, negative = false;
        for (std::size_t k = 0; k < all.size(); ++k) {
            const Active& next = all[std::min(k + soon, all.size() - 1)];
            if (next.pulse_end <= now + 1) __builtin_prefetch(&neurons_[next.at], 1);  // where it will be left
            Active& active = all[k];
            const double g = active.state[0], after = active.pulse_end > now ? on(g) : off(g);
            changes.sources[k] = active.source;
            changes.coefficients[k] = after - off(active.held[0]);
            active.state[0] = active.held[0] = after;
            finite &= std::isfinite(after);
            negative |= after < 0;
        }
        finite_ &= finite;
        if (negative) sums_.expect_negative();
    }

    /// A neuron that is not active goes on from a state that was written; where that is not finite, the step to come
    /// fails.
    void take_over(std::size_t at, const PreState& written) {
        if (std::ranges::all_of(written, [](double value) { return std::isfinite(value); })) {
            activate(at);
            active_.back().state = written;
        } else {
            neurons_[at] = {.valid_at = state_.age, .state = written};
        }
        check(written);
    }

    void check(const PreState& state) {
        for (const double value : state) {
            finite_ = finite_ && std::isfinite(value);
            if (value < 0) sums_.expect_negative();
        }
    }

    // ---- pulses of brainpy_2_4, whose length is that of a comparison of rounded times

    /// For how many steps from this one on t - spike_arrival_time < T_duration.
    std::uint64_t steps_on(std::size_t at, const Clock& clock) const {
        constexpr std::uint64_t for_ever = std::uint64_t{1} << 62;
        const double T_duration = parts_.synapse.pulse().T_duration, arrival = state_.spike_arrival_time.get(at);
        const auto is_on = [&](std::uint64_t later) {
            Clock then = clock;
            then.step += later;
            if (parts_.precision == Precision::float32)
                return is_on_brainpy_2_4(static_cast<float>(then.now()), static_cast<float>(arrival),
                                         static_cast<float>(T_duration));
            return is_on_brainpy_2_4(then.now(), arrival, T_duration);
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
            if (is_on(at)) activate(at);
        }
        look_pulse_ends_up();
        leave_inactive();
    }

    PropagatorParts parts_;
    PropagatorState& state_;
    Modes modes_;
    bool few_;  // modes
    std::size_t num_pre_;
    std::uint64_t pulse_steps_;
    EventSums sums_;
    std::vector<Neuron> neurons_;        // rows x num_pre
    std::vector<Active> active_;         // in the order in which they became so
    std::size_t gone_ = 0;               // so many of them, the first ones, no longer are
    std::uint64_t activations_ = 0;      // so far
    std::vector<std::uint8_t> arrived_;  // used within a step
    std::vector<double> old_;            // used within a change
    Clock clock_;
    bool clock_is_known_ = false;
    bool finite_ = true;  // all that was set since the last step
};

}  // namespace

std::unique_ptr<Propagator> make_propagator(const PropagatorParts& parts, PropagatorState& state, double dt) {
    if (!parts.kernels.event_driven()) return step_by_step(parts, state, dt, "step by step");
    auto modes = Modes::of(parts.synapse, parts.method, parts.plasticity, parts.plasticity_method, dt,
                           pulse_steps(parts.synapse.pulse().T_duration, dt), parts.precision);
    if (const auto* reason = std::get_if<std::string>(&modes))
        return step_by_step(parts, state, dt, fmt::format("step by step, as {}", *reason));
    return std::make_unique<EventDriven>(parts, state, dt, std::get<Modes>(std::move(modes)));
}

}  // namespace bouton::kernel
