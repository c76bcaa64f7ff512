// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <cmath>
#include <set>
#include <utility>

#include <bouton/core/error.hpp>
#include <bouton/run/runner.hpp>

#include <fmt/format.h>

#include "applied_input.hpp"
#include "core/workers.hpp"
#include "network/network_part.hpp"
#include "network/population_part.hpp"
#include "network/projection_part.hpp"
#include "recorder.hpp"

namespace bouton {
namespace {

constexpr unsigned most_threads = 1024;

/// Says when an interval of real time is over, without asking for the time in each of many short steps.
class Pace {
 public:
    explicit Pace(double interval) : interval_(interval) {}

    bool is_due() {
        if (++steps_ < stride_) return false;
        steps_ = 0;
        const auto now = Time::now();
        const std::chrono::duration<double> since_asked = now - asked_, since_due = now - due_;
        if (since_asked.count() < interval_ / 16 && stride_ < longest)
            stride_ *= 2;
        else if (since_asked.count() > interval_ / 4 && stride_ > 1)
            stride_ /= 2;
        asked_ = now;
        if (since_due.count() < interval_) return false;
        due_ = now;
        return true;
    }

 private:
    using Time = std::chrono::steady_clock;
    static constexpr std::uint64_t longest = 1 << 10;  // [steps]
    double interval_;                                  // [s]
    Time::time_point due_ = Time::now(), asked_ = due_;
    std::uint64_t stride_ = 1, steps_ = 0;
};

}  // namespace

struct Runner::State final : private RangeHooks {
    State(const Network& net, RunnerOptions given);

    const Recording& run(std::uint64_t steps, const Watch& watch);
    /// Begins a recording in place of the last one.
    void start(std::uint64_t steps);
    void step(std::uint64_t k);
    /// Of the step that is due or under way.
    StepInfo begin() const { return {.t = clock.now(), .dt = clock.dt, .i = clock.step}; }
    /// Hands over what was recorded, also when a step has failed.
    void finish();
    void plan();
    /// Clears the inputs that are left over from the last step, before somebody sees them.
    void clear_left_over();
    /// Works out what constant inputs are started from.
    void make_starts();

    /// What is done with a population range by range.
    struct Fed {
        const PopulationPart* part;
        std::vector<AppliedInput*> inputs;
        std::vector<Buffer*> cleared;
        /// Whether the array that would be cleared is not, until somebody may see it, as in each step it is started
        /// anew: by the first of the inputs, or, where all of them are constant, by the first projection from what they
        /// make of 0. Where there is no projection that is in it already.
        bool stays, is_constant;
        std::optional<const Buffer*> start;  // of what is constant, for the projections if there are any: null is 0
        Buffer constant = {};
    };
    Fed* find(const PopulationPart& part);
    std::optional<const Buffer*> before(const PopulationPart& part, IndexRange range) override;
    void after(const PopulationPart& part, IndexRange range) override;

    Network network;
    RunnerOptions options;
    Clock clock;
    std::vector<AppliedInput> inputs;
    std::vector<Recorder> recorders;
    std::vector<Fed> fed;
    std::vector<AppliedInput*> applied_at_once;
    std::vector<PopulationPart*> cleared_at_once;
    std::uint64_t left_over = 0;  // for so many steps nobody has cleared what the last one had as input
    Recording recording;
    std::unique_ptr<Workers> workers;  // made for the first run
};

Runner::State::State(const Network& net, RunnerOptions given) : network(net), options(std::move(given)) {
    check_dt(options.dt);
    if (!std::isfinite(options.t0)) throw ParameterError("runner", "t0", options.t0, "finite");
    if (options.threads > most_threads)
        throw ParameterError("runner", "threads", options.threads, fmt::format("at most {}", most_threads));
    clock = {.dt = options.dt, .t0 = options.t0};
    for (const Input& input : options.inputs) inputs.emplace_back(network, input, inputs.size());
    std::ranges::stable_sort(inputs, {}, &AppliedInput::order);
    std::set<std::string> names;
    for (const Monitor& monitor : options.monitors) {
        recorders.emplace_back(network, monitor);
        if (!names.insert(monitor.name).second)
            throw NameError(
                fmt::format("two monitors are named \"{}\", but every name must be used once", monitor.name));
    }
}

const Recording& Runner::State::run(std::uint64_t steps, const Watch& watch) {
    for (AppliedInput& input : inputs) input.prepare();
    plan();
    if (!workers || workers->are_gone()) {
        const bool alone = options.threads == 0 && network.part()->most_entries() < 2 * worth_a_thread;
        workers = std::make_unique<Workers>(alone ? 1 : options.threads);
    }
    start(steps);
    const std::uint64_t begin = clock.step;
    try {
        Pace pace(watch.interval);
        for (std::uint64_t k = 0; k < steps; ++k) {
            step(k);
            if (!watch.look || !pace.is_due()) continue;
            clear_left_over();
            watch.look(k + 1);
            plan();  // it may have added parts
        }
    } catch (...) {
        network.clear_input();
        for (Recorder& recorder : recorders) recorder.truncate(recording.ts_.size(), begin);
        finish();
        throw;
    }
    clear_left_over();
    finish();
    return recording;
}

void Runner::State::start(std::uint64_t steps) {
    left_over = 0;
    recording.ts_.clear();
    for (Recorder& recorder : recorders) {
        if (auto last = recording.records_.extract(recorder.name())) recorder.reuse(std::move(last.mapped()));
        if (auto last = recording.events_.extract(recorder.name())) recorder.reuse(std::move(last.mapped()));
        recorder.start(steps);
    }
}

void Runner::State::step(std::uint64_t k) {
    const StepInfo begin = this->begin();
    for (const AppliedInput& input : inputs) input.check_step(begin);
    if (options.before_step) options.before_step(begin);
    for (AppliedInput* const input : applied_at_once) input->apply(begin);
    if (left_over == 1) make_starts();
    network.part()->update(clock, *workers, this);
    ++left_over;
    ++clock.step;
    const StepInfo end{.t = begin.t + clock.dt, .dt = clock.dt, .i = begin.i};
    for (Recorder& recorder : recorders) recorder.record(k, end);
    recording.ts_.push_back(end.t);
    for (PopulationPart* const part : cleared_at_once) part->clear_input();
}

/// What can be done range by range, where nobody sees the difference: an input that a user's function may look at is
/// applied before the step, one that a monitor reads is cleared after it.
void Runner::State::plan() {
    fed.clear();
    applied_at_once.clear();
    cleared_at_once.clear();
    for (AppliedInput& input : inputs) applied_at_once.push_back(&input);
    const bool is_seen = std::ranges::any_of(inputs, &AppliedInput::is_function);
    for (const auto& [part, by_ranges, first] : network.part()->fed()) {
        Fed each{.part = part,
                 .inputs = {},
                 .cleared = part->inputs(),
                 .stays = false,
                 .is_constant = false,
                 .start = first ? std::optional<const Buffer*>(nullptr) : std::nullopt};
        const auto goes_to = [&each](const AppliedInput* input) {
            return std::ranges::find(each.cleared, input->target().storage()) != each.cleared.end();
        };
        const bool is_read = std::ranges::any_of(each.cleared, [this](const Buffer* array) {
            return std::ranges::any_of(recorders, [array](const Recorder& r) { return r.reads(array); });
        });
        std::ranges::copy_if(applied_at_once, std::back_inserter(each.inputs), goes_to);
        const bool is_unseen = by_ranges && !is_seen && std::ranges::all_of(each.inputs, [](const AppliedInput* input) {
                                   return input->target().selection().empty();
                               });
        if (is_unseen)
            std::erase_if(applied_at_once, goes_to);
        else
            each.inputs.clear();
        if (!by_ranges || is_read || each.cleared.empty()) {
            each.cleared.clear();
            cleared_at_once.push_back(part);
        }
        const bool may_stay = is_unseen && !options.before_step && each.cleared.size() == 1;
        each.is_constant = may_stay && std::ranges::all_of(each.inputs, &AppliedInput::is_constant) &&
                           (!first || first->covers(each.cleared[0]));
        each.stays =
            each.is_constant || (may_stay && !each.inputs.empty() && each.inputs[0]->operation() == Operation::add);
        if (!each.inputs.empty() || !each.cleared.empty()) fed.push_back(std::move(each));
    }
}

void Runner::State::clear_left_over() {
    if (std::exchange(left_over, 0) == 0) return;
    for (const Fed& each : fed)
        if (each.stays) each.cleared[0]->fill(0);
}

void Runner::State::make_starts() {
    for (Fed& each : fed) {
        if (!each.is_constant) continue;
        each.cleared[0]->fill(0);
        for (AppliedInput* const input : each.inputs) input->apply(begin());
        if (!each.start || each.inputs.empty()) continue;
        each.constant = *each.cleared[0];
        each.start = &each.constant;
    }
}

auto Runner::State::find(const PopulationPart& part) -> Fed* {
    const auto found = std::ranges::find(fed, &part, &Fed::part);
    return found == fed.end() ? nullptr : &*found;
}

std::optional<const Buffer*> Runner::State::before(const PopulationPart& part, IndexRange range) {
    Fed* const each = find(part);
    if (!each) return std::nullopt;
    if (each->is_constant && left_over > 0) return each->start;
    bool anew = each->stays && left_over > 0;
    for (AppliedInput* const input : each->inputs) input->apply(begin(), range, std::exchange(anew, false));
    return std::nullopt;
}

void Runner::State::after(const PopulationPart& part, IndexRange range) {
    if (Fed* const each = find(part); each && !each->stays)
        for (Buffer* const array : each->cleared)
            array->visit([range](auto values) { std::ranges::fill(values.subspan(range.begin, range.size()), 0); });
}

void Runner::State::finish() {
    const bool batch_first = options.data_first_axis == FirstAxis::by_mode
                                 ? network.settings().mode.batched()
                                 : options.data_first_axis == FirstAxis::batch;
    for (Recorder& recorder : recorders)
        if (recorder.is_events())
            recording.events_.emplace(recorder.name(), std::move(recorder).events());
        else
            recording.records_.emplace(recorder.name(), std::move(recorder).record(batch_first));
}

Runner::Runner(const Network& network, RunnerOptions options)
    : state_(std::make_unique<State>(network, std::move(options))) {}
Runner::~Runner() = default;
Runner::Runner(Runner&&) noexcept = default;
Runner& Runner::operator=(Runner&&) noexcept = default;

const Recording& Runner::run(double duration, const Watch& watch) {
    if (!state_->network.settings().brainpy_2_4) return run_steps(bouton::run_steps(duration, state_->clock.dt), watch);
    run_steps(run_steps_brainpy_2_4(duration, state_->clock.dt), watch);
    state_->clock.t0 += duration;
    state_->clock.step0 = state_->clock.step;
    return recording();
}

const Recording& Runner::run_steps(std::uint64_t steps, const Watch& watch) { return state_->run(steps, watch); }
Recording Runner::take_recording() { return std::exchange(state_->recording, {}); }
const Recording& Runner::recording() const { return state_->recording; }
const Clock& Runner::clock() const { return state_->clock; }
const Network& Runner::network() const { return state_->network; }
void Runner::reset_state() { state_->clock = {.dt = state_->options.dt, .t0 = state_->options.t0}; }

}  // namespace bouton
