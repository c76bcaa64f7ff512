// SPDX-License-Identifier: Apache-2.0
#include <bouton/core/error.hpp>
#include <bouton/grad/recorded_run.hpp>

#include "engine.hpp"

namespace bouton {

Array Values::array() const {
    Array array{shape, std::vector<double>(values.size())};
    for (std::size_t i = 0; i < array.values.size(); ++i) array.values[i] = values.get(i);
    return array;
}

ValuesView::ValuesView(const Values& of) : shape(of.shape) {
    if (of.values.is_boolean()) throw UsageError("derivatives must be numbers, but are booleans");
    if (of.values.is_single())
        values = of.values.as<float>();
    else
        values = of.values.as<double>();
}

struct RecordedRun::State {
    std::unique_ptr<grad::Engine> engine;
    bool brainpy_2_4;
};

RecordedRun::RecordedRun(const Network& network, RecordedRunOptions options)
    : state_(std::make_unique<State>(
          State{grad::make_engine(network, std::move(options)), network.settings().brainpy_2_4})) {}
RecordedRun::~RecordedRun() = default;
RecordedRun::RecordedRun(RecordedRun&&) noexcept = default;
RecordedRun& RecordedRun::operator=(RecordedRun&&) noexcept = default;

void RecordedRun::run(double duration) {
    const double dt = clock().dt;
    if (!state_->brainpy_2_4) return run_steps(bouton::run_steps(duration, dt));
    run_steps(run_steps_brainpy_2_4(duration, dt));
    state_->engine->advance_clock(duration);
}
void RecordedRun::run_steps(std::uint64_t steps) { state_->engine->run(steps); }
const Values& RecordedRun::operator[](std::string_view monitor) const { return state_->engine->record(monitor); }
std::vector<std::string> RecordedRun::monitors() const { return state_->engine->monitors(); }
const Clock& RecordedRun::clock() const { return state_->engine->clock(); }
void RecordedRun::reset_state() { state_->engine->reset_state(); }
std::uint64_t RecordedRun::steps() const { return state_->engine->steps(); }
std::uint64_t RecordedRun::memory() const { return state_->engine->memory(); }
NamedValues RecordedRun::pullback(const NamedViews& cotangents, const std::vector<std::string>& quantities) {
    return state_->engine->pullback(cotangents, quantities);
}
NamedValues RecordedRun::pushforward(const NamedViews& tangents) { return state_->engine->pushforward(tangents); }

}  // namespace bouton
