// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <cstring>

#include <bouton/core/error.hpp>

#include <fmt/format.h>

#include "backwards.hpp"
#include "core/copy_past_caches.hpp"
#include "engine.hpp"

namespace bouton::grad {
namespace {

constexpr std::uint64_t shared_cache = std::uint64_t{8} << 20;  // [bytes]  what a thread may hope for

template <class Element>
void copy(const Buffer& from, Row<Element>& to) {
    const auto values = from.as<Element>();
    to.resize(values.size());
    std::ranges::copy(values, to.begin());
}

}  // namespace

/// Records an array in the slot of this step.
template <class Element>
void EngineOf<Element>::keep(const Buffer& from, Recorded<Element>& recorded) {
    const auto values = from.as<Element>();
    Element* const to = room(recorded, values.size()).data();
    if (slots_ * slot_bytes_ > shared_cache)
        copy_past_caches(to, values.data(), values.size_bytes());
    else
        std::memcpy(to, values.data(), values.size_bytes());
}

template <class Element>
void EngineOf<Element>::begins(ProjectionPart& part) {
    ProjectionNode& node = projections_[node_of_.at(&part)];
    if (recording_ && node.kinetics_recorded) {
        const auto keep = [this](std::span<const Buffer> states, std::vector<Recorded<Element>>& recorded) {
            recorded.resize(states.size());
            for (std::size_t k = 0; k < states.size(); ++k) this->keep(states[k], recorded[k]);
        };
        keep(part.state().synapse, node.record.synapse);
        keep(part.state().plasticity, node.record.plasticity);
    }
    record_before(node);
}

template <class Element>
void EngineOf<Element>::record_before(ProjectionNode& node) {
    if (!recording_ || now_ > first_slot_) return;
    const ProjectionPart& part = *node.part;
    for (std::size_t d = 0; d < node.s_before.size(); ++d) copy(part.propagator().given(d), node.s_before[d]);
}

template <class Element>
void EngineOf<Element>::gives(ProjectionPart& part) {
    ProjectionNode& node = projections_[node_of_.at(&part)];
    if (first_time_) node.arrivals[now_].assign(part.last_arrivals().begin(), part.last_arrivals().end());
    if (!recording_) return;
    auto& record = node.record;
    if (node.reads_V && !node.V_is_recorded)
        gather(node, part.output_arrays().V->template as<Element>().data(), room(record.V, node.rows * node.num_post));
    if (!node.is_recorded) return;
    keep(node.connections->takes_s_by_neuron() ? *part.propagator().given_by_neuron() : part.propagator().given(0),
         record.s);
    if (!node.kinetics_recorded) return;
    const kernel::PropagatorState& state = part.state();
    if (part.plasticity()) keep(state.synapse[0], record.g);
    const std::span<std::uint8_t> is_on = room(record.is_on, state.pulse_end.size());
    if (part.settings().brainpy_2_4) {
        const auto t = static_cast<Element>(clock_.now());
        const auto T_duration = static_cast<Element>(part.synapse().pulse().T_duration);
        const auto arrival = state.spike_arrival_time.template as<Element>();
        for (std::size_t at = 0; at < is_on.size(); ++at) is_on[at] = t - arrival[at] < T_duration;
    } else {
        for (std::size_t at = 0; at < is_on.size(); ++at) is_on[at] = state.age <= state.pulse_end[at];
    }
}

template <class Element>
void EngineOf<Element>::begins(PopulationPart& part) {
    PopulationNode& node = populations_[node_of_.at(&part)];
    if (!node.neurons) return;
    const std::span<const Buffer> states = node.neurons->states();
    if (first_time_ && now_ == 0 && node.states_recorded) {
        node.first_states.resize(states.size());
        for (std::size_t k = 0; k < states.size(); ++k)
            if (node.probe_of_state[k]) copy(states[k], node.first_states[k]);
    }
    if (!recording_) return;
    auto& record = node.record;
    if (node.states_recorded) {
        record.states.resize(states.size());
        for (std::size_t k = 0; k < states.size(); ++k)
            if (!node.probe_of_state[k]) keep(states[k], record.states[k]);
    }
    if (node.input_recorded) {
        keep(node.neurons->input(), record.input);
        const NeuronArrays& arrays = node.neurons->arrays();
        if (arrays.W) keep(*arrays.W, record.W);
        if (arrays.Z) keep(*arrays.Z, record.Z);
    }
    if (node.is_recorded && node.neurons->has_refractoriness())
        node.neurons->mark_held(room(record.held, node.entries));
}

template <class Element>
void EngineOf<Element>::ended(PopulationPart& part) {
    if (!first_time_ || !part.has_spike()) return;
    PopulationNode& node = populations_[node_of_.at(&part)];
    const auto spikes = part.spikes();
    node.spikes[now_].assign(spikes.begin(), spikes.end());
}

template <class Element>
void EngineOf<Element>::step(std::uint64_t k, bool first_time) {
    now_ = k;
    first_time_ = first_time;
    const StepInfo begin{.t = clock_.now(), .dt = clock_.dt, .i = clock_.step};
    if (first_time)
        for (const AppliedInput& input : inputs_) input.check_step(begin);
    for (AppliedInput& input : inputs_) input.apply(begin);
    network_.part()->update(clock_, *workers_, *this);
    ++clock_.step;
    if (recording_)
        for (ProjectionNode& node : projections_)
            if (node.output_loop && node.output_recorded) keep(node.part->h(), node.record.h);
    if (first_time) record_monitors(k);
    network_.clear_input();
}

/// Steps begin .. end - 1, from the states of `begin`, which the network has.
template <class Element>
void EngineOf<Element>::advance(std::uint64_t begin, std::uint64_t end, bool recording) {
    recording_ = recording;
    has_moved_ = true;
    if (recording) first_slot_ = begin;
    clock_ = start_clock_;
    clock_.step += begin;
    for (std::uint64_t k = begin; k < end; ++k) step(k, false);
    if (recording) recorded_end_ = end;
}

template <class Element>
void EngineOf<Element>::exchange(Archive& archive) {
    network_.part()->exchange(archive);
}

/// In memory that has been used before, where there is some.
template <class Element>
Archive EngineOf<Element>::copy_of_network() {
    Archive archive;
    if (!spare_.empty()) {
        archive = std::move(spare_.back());
        spare_.pop_back();
    }
    archive.save();
    exchange(archive);
    return archive;
}

template <class Element>
void EngineOf<Element>::save(std::uint64_t step) {
    if (!copies_.contains(step)) copies_.emplace(step, copy_of_network());
}

template <class Element>
void EngineOf<Element>::restore(std::uint64_t step) {
    Archive& archive = copies_.at(step);
    archive.restore();
    exchange(archive);
}

template <class Element>
std::uint64_t EngineOf<Element>::slot_bytes() const {
    std::uint64_t bytes = 0;
    const std::uint64_t each = sizeof(Element);
    for (const PopulationNode& node : populations_) {
        if (!node.neurons) continue;
        const NeuronArrays& arrays = node.neurons->arrays();
        if (node.states_recorded)
            bytes += node.entries * each *
                     static_cast<std::uint64_t>(std::ranges::count(node.probe_of_state, std::optional<std::size_t>()));
        if (node.input_recorded) bytes += node.entries * each * (1u + (arrays.W ? 1u : 0u) + (arrays.Z ? 1u : 0u));
        if (node.is_recorded && node.neurons->has_refractoriness()) bytes += node.entries;
    }
    for (const ProjectionNode& node : projections_) {
        const std::uint64_t pre = rows() * node.num_pre, post = rows() * node.num_post;
        const std::uint64_t states = node.part->state().synapse.size() + node.part->state().plasticity.size();
        if (node.is_recorded) bytes += pre * each;
        if (node.kinetics_recorded) bytes += pre * ((states + (node.part->plasticity() ? 1 : 0)) * each + 1);
        if (node.output_loop && node.output_recorded) bytes += post * each;
        if (node.reads_V && !node.V_is_recorded) bytes += post * each;
    }
    return bytes;
}

/// How many steps are recorded at once, and how many copies of the network are kept.
template <class Element>
void EngineOf<Element>::plan_memory(std::uint64_t steps) {
    Archive archive = copy_of_network();
    constexpr std::uint64_t usual = std::uint64_t{64} << 20;
    slot_bytes_ = slot_bytes();
    const std::uint64_t slot = std::max<std::uint64_t>(1, slot_bytes_),
                        copy = std::max<std::uint64_t>(1, archive.bytes());
    spare_.push_back(std::move(archive));
    // Half for steps, half for copies, needs least where s slots = s steps / copies.
    const auto least = static_cast<std::uint64_t>(
        2 * std::sqrt(static_cast<double>(steps) * static_cast<double>(slot) * static_cast<double>(copy)));
    const std::uint64_t budget = options_.memory.value_or(std::max(usual, least + 2 * (slot + copy)));
    if (steps * slot + copy <= budget) {
        slots_ = steps;
        most_copies_ = 1;
        return;
    }
    if (budget < 2 * slot + 2 * copy)
        throw ParameterError(
            "run", "memory", static_cast<double>(budget),
            fmt::format("at least {}, what two steps and two copies of the network need", 2 * slot + 2 * copy));
    // The end is a copy, too.
    slots_ = std::clamp<std::uint64_t>((budget - 2 * copy) / 2 / slot, 1, steps);
    most_copies_ = std::max<std::uint64_t>(2, (budget - slots_ * slot) / copy);
}

template <class Element>
void EngineOf<Element>::start_records(std::uint64_t steps) {
    for (Probe& probe : probes_) {
        const std::uint64_t samples = probe.at_end ? 1 : (steps + probe.every - 1) / probe.every;
        probe.width = probe.variable.size();
        std::vector<std::size_t> axes = probe.variable.shape().axes();
        axes.insert(axes.begin(), samples);
        Shape shape(std::move(axes));
        if (probe.record.shape == shape && probe.record.values.size() == shape.count()) continue;
        probe.record = {shape, Buffer(network_.settings().precision, shape.count())};
    }
}

template <class Element>
void EngineOf<Element>::record_monitors(std::uint64_t k) {
    for (Probe& probe : probes_)
        if (!probe.at_end && k % probe.every == 0) probe.variable.read(probe.record.values, probe.offset(k));
}

template <class Element>
void EngineOf<Element>::decide_what_is_recorded() {
    const bool all = options_.quantities.empty();
    find_what_varies(ask(options_.quantities));
    for (std::size_t i = 0; i < populations_.size(); ++i) {
        PopulationNode& node = populations_[i];
        node.is_recorded = node.neurons && (all || node.varies);
        node.states_recorded = node.input_recorded = node.is_recorded && (all || depends_on_values(node, i));
    }
    for (ProjectionNode& node : projections_) {
        node.is_recorded = all || node.varies;
        node.kinetics_recorded = all || node.kinetics_vary;
        const bool V_varies = node.reads_V && node.V.role != Role::constant && populations_[node.V.node].varies;
        node.output_recorded = node.is_recorded || V_varies;
        // V is kept with its population.
        if (node.output_recorded && node.V_is_recorded) populations_[node.V.node].states_recorded = true;
    }
}

/// Whether derivatives of what the neurons do depend on their states, input and noise.
template <class Element>
bool EngineOf<Element>::depends_on_values(const PopulationNode& node, std::size_t which) const {
    if (!node.is_affine) return true;
    const bool by_parameter = std::ranges::any_of(options_.quantities, [&](const std::string& path) {
        const Quantity quantity = quantity_of(path);
        return quantity.kind == Quantity::Kind::neuron && quantity.node == which;
    });
    const bool by_spikes =
        std::ranges::any_of(projections_, [&](const ProjectionNode& p) { return p.spikes_vary && p.pre == which; }) ||
        std::ranges::any_of(probes_, [&](const Probe& p) {
            return p.place == Place{Role::spike, which, 0};
        });
    return by_parameter || by_spikes;
}

template <class Element>
void EngineOf<Element>::run(std::uint64_t steps) {
    for (AppliedInput& input : inputs_) input.prepare();
    steps_ = 0;
    for (auto& [step, archive] : copies_) spare_.push_back(std::move(archive));
    copies_.clear();
    for (PopulationNode& node : populations_) {
        node.entries = node.part->entries();
        node.spikes.assign(steps, {});
    }
    for (ProjectionNode& node : projections_) {
        ProjectionPart& part = *node.part;
        const Settings& settings = part.settings();
        part.prepare(clock_);
        node.rows = settings.mode.rows();
        node.arrivals.assign(steps, {});
        node.connections = std::make_unique<Connections<Element>>(part.wiring(), node.rows, set_,
                                                                  part.propagator().given_by_neuron() != nullptr);
        node.synapse_loop = linearisation_of(part.synapse().type(), part.name(), part.synapse().name())
                                .loop(part.synapse().model(), settings.precision, part.method(), set_);
        if (const PlasticityModel* stp = part.plasticity())
            node.plasticity_loop = linearisation_of(stp->type(), part.name(), stp->name())
                                       .loop(stp->model(), settings.precision, part.plasticity_method(), set_);
        if (const OutputModel* output = part.output_model())
            node.output_loop = linearisation_of(output->type(), part.name(), output->name())
                                   .loop(nullptr, settings.precision, Method(), set_);
        const Pulse<double> pulse = part.synapse().pulse();
        node.pulse_steps = pulse_steps(pulse.T_duration, clock_.dt);
        node.T = pulse.T;
        // Of a pulse that reaches into the run, one spike is known: the last.
        node.early.assign(node.pulse_steps, {});
        const kernel::PropagatorState& state = part.state();
        for (std::size_t at = 0; at < state.pulse_end.size(); ++at)
            if (const std::uint64_t left = state.pulse_end[at] - state.age;
                state.pulse_end[at] > state.age && left < node.pulse_steps)
                node.early[node.pulse_steps - left - 1].push_back(static_cast<std::uint32_t>(at));
    }
    decide_what_is_recorded();
    start_clock_ = clock_;
    plan_memory(steps);
    for (ProjectionNode& node : projections_) node.s_before.resize(node.connections->slots() - 1);
    start_records(steps);
    const std::uint64_t last = slots_ >= steps ? 0 : (steps - 1) / slots_ * slots_;  // from here on it is recorded
    const std::uint64_t stretches = slots_ == 0 ? 0 : last / slots_ + 1;
    const std::uint64_t every =
        most_copies_ < 2 ? steps : (stretches + most_copies_ - 2) / (most_copies_ - 1) * slots_;  // steps to a copy
    recorded_end_ = 0;
    try {
        for (std::uint64_t k = 0; k < steps; ++k) {
            if (last > 0 && k % every == 0) save(k);
            recording_ = k >= last;
            if (k == last) first_slot_ = last;
            step(k, true);
        }
    } catch (...) {
        network_.clear_input();
        throw;
    }
    for (Probe& probe : probes_)
        if (probe.at_end) probe.variable.read(probe.record.values, 0);
    recorded_end_ = steps;
    steps_ = steps;
    end_clock_ = clock_;
    parameters_ = parameters();
    save(steps);
}

/// What a step reads and does not change.
template <class Element>
Archive EngineOf<Element>::parameters() const {
    Archive all;
    all.save();
    const auto add = [&all](std::span<const Buffer> buffers) {
        for (Buffer values : buffers) all(values);
    };
    for (const PopulationNode& node : populations_)
        if (node.neurons) add(node.neurons->parameter_buffers());
    for (const ProjectionNode& node : projections_) {
        const ProjectionPart& part = *node.part;
        double scalar = part.wiring().weights.scalar;
        all(scalar);
        add(std::span(&part.wiring().weights.values, 1));
        add(part.output_arrays().parameters);
        const auto add_numbers = [&](std::string_view prefix, const std::vector<GivenParameter>& given) {
            for (const GivenParameter& one : given) {
                double number = part.parameter(fmt::format("{}{}", prefix, one.name)).values[0];
                all(number);
            }
        };
        add_numbers("", part.synapse().parameters());
        if (part.plasticity()) add_numbers("stp.", part.plasticity()->parameters());
    }
    return all;
}

template <class Element>
void EngineOf<Element>::check_untouched() {
    if (steps_ == 0) throw UsageError("there is no run to be differentiated");
    spare_.push_back(copy_of_network());
    if (!spare_.back().has_same(copies_.at(steps_)) || !parameters().has_same(parameters_))
        throw UsageError(
            fmt::format("{} was changed since its run, which can no longer be differentiated", network_.name()));
}

template <class Element>
std::uint64_t EngineOf<Element>::memory() const {
    std::uint64_t bytes = slot_bytes_ * std::min(slots_, steps_);
    for (const auto& [step, archive] : copies_) bytes += archive.bytes();
    return bytes;
}

#define BOUTON_OF(Element)                                                        \
    template void EngineOf<Element>::begins(ProjectionPart&);                     \
    template void EngineOf<Element>::gives(ProjectionPart&);                      \
    template void EngineOf<Element>::begins(PopulationPart&);                     \
    template void EngineOf<Element>::ended(PopulationPart&);                      \
    template void EngineOf<Element>::advance(std::uint64_t, std::uint64_t, bool); \
    template void EngineOf<Element>::save(std::uint64_t);                         \
    template void EngineOf<Element>::restore(std::uint64_t);                      \
    template void EngineOf<Element>::run(std::uint64_t);                          \
    template void EngineOf<Element>::check_untouched();                           \
    template std::uint64_t EngineOf<Element>::memory() const;
BOUTON_OF(double)
BOUTON_OF(float)

}  // namespace bouton::grad
