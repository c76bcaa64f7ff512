// SPDX-License-Identifier: Apache-2.0
#include "projection_part.hpp"

#include "population_part.hpp"
#include "resolve.hpp"

#include <bouton/core/error.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace bouton {
namespace {

constexpr double long_ago = -1e7;             // [ms]  the last arrival of a neuron that never spiked
constexpr std::uint32_t too_long = 1u << 20;  // [steps]  more than the memory of a delay line

Settings shared_settings(const std::string& name, const View& pre, const View& post) {
    if (pre.population().settings() != post.population().settings())
        throw UsageError(fmt::format("{} joins {} and {}, but their settings (seed, precision, mode, brainpy_2_4) differ",
                                     name, pre.name(), post.name()));
    return pre.population().settings();
}

void check_comp_method(const std::string& name, std::string_view comp_method) {
    if (comp_method != "dense" && comp_method != "sparse")
        throw unknown_name(fmt::format("comp_method of {}", name), comp_method,
                           std::vector<std::string_view>{"dense", "sparse"});
}

/// The buffer of a floating-point variable of `post`.
Buffer& find_variable(const std::string& name, const View& post, std::string_view role, const std::string& variable) {
    if (Buffer* buffer = post.population().part()->find(variable)) return *buffer;
    const std::vector<std::string> all = post.population().variables();
    throw NameError(fmt::format("the {} of {} is \"{}\", but must be a variable of {}: {}", role, name, variable,
                                post.name(), fmt::join(all, ", ")));
}

}  // namespace

ProjectionPart::ProjectionPart(std::string name, const View& pre, const View& post, const Connector& connector,
                               const Synapse& synapse, const ProjectionOptions& options)
    : name_(std::move(name)),
      pre_(pre),
      post_(post),
      settings_(shared_settings(name_, pre, post)),
      stop_spike_gradient_(options.stop_spike_gradient),
      kernels_(settings_.kernels ? *settings_.kernels : shipped_kernels()),
      wiring_(wire(connector(pre.size(), post.size(), Random(settings_.seed, fmt::format("{}.connections", name_))),
                   options.g_max.is_given() ? options.g_max : Weight(synapse.default_g_max()), options.delay_step, settings_, name_,
                   Random(settings_.seed, fmt::format("{}.wiring", name_)))),
      synapse_(synapse.model()) {
    check_name("projection", name_);
    check_comp_method(name_, options.comp_method);
    for (const GivenParameter& given : synapse_->parameters())
        resolve_parameter(name_, given, Shape(), Random(settings_.seed, name_));

    synapse_loop_ = kernels_.synapses(*synapse_, settings_.precision, Method(options.method));
    states_.resize(synapse_->states().size());
    build_plasticity(options.stp);
    const std::optional<Output>& output = options.output ? options.output : synapse.default_output();
    if (!output)
        throw UsageError(fmt::format("{} names no output and {} has none of its own, but one must be named: Output() for none",
                                     name_, synapse_->name()));
    build_output(*output);
    build_view_positions();
    build_delays();
    start();
}

void ProjectionPart::build_plasticity(const Plasticity& stp) {
    if (!stp.model()) return;
    const auto compatible = settings_.brainpy_2_4 ? stp.model()->brainpy_2_4() : nullptr;
    plasticity_ = compatible ? compatible : stp.model();
    for (const GivenParameter& given : plasticity_->parameters())
        resolve_parameter(fmt::format("{}.stp", name_), given, Shape(), Random(settings_.seed, name_));
    plasticity_loop_ = kernels_.plasticity(*plasticity_, settings_.precision, stp.method());
    plasticity_states_.resize(plasticity_->states().size());
}

void ProjectionPart::build_output(const Output& output) {
    if (!output.model()) return;
    const OutputModel& model = *output.model();
    output_parameters_ = to_buffers(settings_.precision, resolve_parameters(fmt::format("{}.output", name_),
                                                                            model.parameters(), Shape(num_post()),
                                                                            settings_));
    OutputArrays& arrays = output_arrays_;
    arrays = {.num = num_post(), .parameters = output_parameters_, .h = &h_};
    const std::size_t stride = post_.population().num();
    if (model.reads_membrane()) {
        arrays.V = &find_variable(name_, post_, "membrane_var", output.membrane_var);
        arrays.V_stride = stride;
        arrays.V_index = post_.indices();
    }
    if (output.target_var) {
        arrays.target = &find_variable(name_, post_, "target_var", *output.target_var);
        arrays.target_stride = stride;
        arrays.target_index = post_.indices();
    } else {
        arrays.target = &current_;
        arrays.target_stride = num_post();
    }
    output_loop_ = kernels_.output(model, settings_.precision);
}

void ProjectionPart::build_delays() {
    const Delays& delays = wiring_.delays;
    if (delays.form == Delays::Form::none) return;
    if (delays.max() >= too_long)
        throw ParameterError(name_, "delay_step", delays.max(), "below 2^20 steps, for so long spikes are kept");
    if (!pre_.population().has_spike())
        throw UsageError(fmt::format("{} has a delay, but {} has no spikes to be delayed", name_, pre_.name()));
    if (delays.form == Delays::Form::uniform) pre_.population().part()->reserve_history(delays.max());
}

void ProjectionPart::build_view_positions() {
    if (!pre_.indices()) return;
    position_row_.assign(pre_.population().num() + 1, 0);
    for (std::size_t i = 0; i < num_pre(); ++i) ++position_row_[pre_.neuron(i) + 1];
    for (std::size_t k = 1; k < position_row_.size(); ++k) position_row_[k] += position_row_[k - 1];
    std::vector<std::uint32_t> next(position_row_.begin(), position_row_.end() - 1);
    position_.resize(num_pre());
    for (std::size_t i = 0; i < num_pre(); ++i) position_[next[pre_.neuron(i)]++] = static_cast<std::uint32_t>(i);
}

std::vector<std::string> ProjectionPart::variables() const {
    std::vector<std::string> names;
    for (const std::string_view state : synapse_->states()) names.emplace_back(state);
    names.emplace_back("spike_arrival_time");
    if (plasticity_)
        for (const std::string_view state : plasticity_->states()) names.push_back(fmt::format("stp.{}", state));
    names.emplace_back("h");
    names.emplace_back("current");
    return names;
}

Variable ProjectionPart::variable(std::string_view name) {
    const auto make = [&](Buffer& buffer, std::size_t num) {
        return Variable(fmt::format("{}.{}", name_, name), shared_from_this(), &buffer,
                        settings_.mode.batched(), Shape(num));
    };
    for (std::size_t k = 0; k < states_.size(); ++k)
        if (synapse_->states()[k] == name) return make(states_[k], num_pre());
    if (name == "spike_arrival_time") return make(spike_arrival_time_, num_pre());
    for (std::size_t k = 0; k < plasticity_states_.size(); ++k)
        if (name == fmt::format("stp.{}", plasticity_->states()[k])) return make(plasticity_states_[k], num_pre());
    if (name == "h") return make(h_, num_post());
    if (name == "current") return make(current_, num_post());
    const std::vector<std::string> all = variables();
    throw unknown_name(fmt::format("variable of {}", name_), name,
                       std::vector<std::string_view>(all.begin(), all.end()));
}

void ProjectionPart::arrive(std::span<const std::uint32_t> spikes) {
    const auto mark = [this](std::size_t at) {
        if (arrived_[at]) return;
        arrived_[at] = 1;
        arrivals_.push_back(static_cast<std::uint32_t>(at));
    };
    if (!pre_.indices()) {
        for (const std::uint32_t at : spikes) mark(at);
        return;
    }
    const std::size_t num = pre_.population().num();
    for (const std::uint32_t at : spikes) {
        const std::size_t row = at / num, neuron = at % num;
        for (std::uint32_t k = position_row_[neuron]; k < position_row_[neuron + 1]; ++k)
            mark(row * num_pre() + position_[k]);
    }
}

void ProjectionPart::arrive_scheduled() {
    arrive(pre_.population().part()->spikes(0));
    std::vector<std::uint32_t>& due = schedule_[age_ % schedule_.size()];
    for (const std::uint32_t at : arrivals_) {
        arrived_[at] = 0;
        schedule_[(age_ + wiring_.delays.steps[at % num_pre()]) % schedule_.size()].push_back(at);
    }
    arrivals_.swap(due);
    due.clear();
    for (const std::uint32_t at : arrivals_) arrived_[at] = 1;
}

void ProjectionPart::update(const Clock& clock) {
    check_batch();
    count_pulse_steps(clock.dt);
    PopulationPart& source = *pre_.population().part();
    if (!source.has_spike())
        throw UsageError(fmt::format("{} needs spikes of {}, but that has none: give them to update", name_, pre_.name()));
    switch (wiring_.delays.form) {
        case Delays::Form::none:
        case Delays::Form::uniform: arrive(source.spikes(wiring_.delays.max())); break;
        case Delays::Form::per_connection: arrive(source.spikes(0)); break;
        case Delays::Form::per_pre: arrive_scheduled(); break;
    }
    step(clock);
}

void ProjectionPart::update(const Clock& clock, std::span<const double> pre_spike) {
    check_batch();
    if (pre_spike.size() != arrived_.size())
        throw ShapeError(fmt::format("{} was given {} presynaptic spikes, but has {} presynaptic neurons in {} rows",
                                     name_, pre_spike.size(), num_pre(), rows()));
    count_pulse_steps(clock.dt);
    for (std::size_t at = 0; at < pre_spike.size(); ++at)
        if (pre_spike[at] != 0) {
            arrived_[at] = 1;
            arrivals_.push_back(static_cast<std::uint32_t>(at));
        }
    step(clock);
}

void ProjectionPart::step(const Clock& clock) {
    const StepTime time{.t = clock.now(), .dt = clock.dt, .age = age_, .brainpy_2_4 = settings_.brainpy_2_4};
    bool finite = true;
    if (plasticity_loop_)
        finite &= plasticity_loop_->step({.rows = rows(),
                                          .num = num_pre(),
                                          .states = plasticity_states_,
                                          .arrived = arrived_.data(),
                                          .factor = &factor_},
                                         time);
    set_arrival_times(clock);
    finite &= synapse_loop_->step({.rows = rows(),
                                   .num = num_pre(),
                                   .states = states_,
                                   .arrived = arrived_.data(),
                                   .spike_arrival_time = &spike_arrival_time_,
                                   .pulse_end = pulse_end_.data()},
                                  time);
    newest_ = (newest_ + history_.size() - 1) % history_.size();
    write_output(newest_);
    kernels_.sum({.rows = rows(),
                  .connectivity = &wiring_.graph,
                  .weights = &wiring_.weights,
                  .history = history_,
                  .newest = newest_,
                  .delay = wiring_.delays.form == Delays::Form::per_connection ? wiring_.delays.steps.data() : nullptr,
                  .h = &h_},
                 settings_.precision);
    if (output_arrays_.target == &current_) current_.fill(0);
    if (output_loop_)
        output_loop_->step(output_arrays_);
    else
        current_ = h_;

    for (const std::uint32_t at : arrivals_) arrived_[at] = 0;
    arrivals_.clear();
    ++age_;
    if (!finite) throw_not_finite(clock);
}

void ProjectionPart::check_batch() const {
    for (const View* end : {&pre_, &post_})
        if (end->population().settings().mode != settings_.mode)
            throw UsageError(fmt::format("{} has {} rows, but {} has {}: they must be reset to the same batch size", name_,
                                         rows(), end->name(), end->population().settings().mode.rows()));
}

void ProjectionPart::count_pulse_steps(double dt) {
    if (pulse_dt_ == dt) return;
    pulse_steps_ = pulse_steps(synapse_->pulse().T_duration, dt);
    pulse_dt_ = dt;
}

void ProjectionPart::set_arrival_times(const Clock& clock) {
    for (const std::uint32_t at : arrivals_) {
        spike_arrival_time_.set(at, clock.now());
        pulse_end_[at] = age_ + pulse_steps_;
    }
}

void ProjectionPart::write_output(std::size_t slot) {
    history_[slot] = states_[0];
    if (!plasticity_loop_) return;
    const auto scale = [&]<class Element>(std::span<Element> s, std::span<const Element> factor) {
        for (std::size_t at = 0; at < s.size(); ++at) s[at] *= factor[at];
    };
    if (settings_.precision == Precision::float64)
        scale(history_[slot].as<double>(), std::as_const(factor_).as<double>());
    else
        scale(history_[slot].as<float>(), std::as_const(factor_).as<float>());
}

void ProjectionPart::reset_state(std::optional<std::size_t> batch_size) {
    settings_.mode = with_batch_size(name_, settings_.mode, batch_size);
    start();
}

void ProjectionPart::start() {
    const Precision precision = settings_.precision;
    const std::size_t size = rows() * num_pre();
    arrived_.assign(size, 0);
    arrivals_.clear();
    schedule_.assign(wiring_.delays.form == Delays::Form::per_pre ? wiring_.delays.max() + 1u : 0u, {});

    for (Buffer& state : states_) state = Buffer(precision, size);
    spike_arrival_time_ = Buffer(precision, size, long_ago);
    pulse_end_.assign(size, 0);
    for (std::size_t k = 0; k < plasticity_states_.size(); ++k)
        plasticity_states_[k] = Buffer(precision, size, plasticity_->initial()[k]);
    factor_ = Buffer(precision, plasticity_loop_ ? size : 0);

    const bool per_connection = wiring_.delays.form == Delays::Form::per_connection;
    history_.assign(per_connection ? wiring_.delays.max() + 1u : 1u, Buffer(precision, size));
    newest_ = 0;
    h_ = Buffer(precision, rows() * num_post());
    current_ = Buffer(precision, rows() * num_post());
    output_arrays_.rows = rows();
    age_ = 0;
}

void ProjectionPart::throw_not_finite(const Clock& clock) const {
    const auto find = [&](const std::string& variable, const Buffer& buffer) {
        for (std::size_t at = 0; at < buffer.size(); ++at)
            if (const double value = buffer.get(at); !std::isfinite(value))
                throw NonFiniteError(fmt::format("{}.{}", name_, variable), at, clock.step, clock.now(), value);
    };
    for (std::size_t k = 0; k < states_.size(); ++k) find(std::string(synapse_->states()[k]), states_[k]);
    for (std::size_t k = 0; k < plasticity_states_.size(); ++k)
        find(fmt::format("stp.{}", plasticity_->states()[k]), plasticity_states_[k]);
    throw std::logic_error("a loop reported a value that is not finite, but there is none");
}

}  // namespace bouton
