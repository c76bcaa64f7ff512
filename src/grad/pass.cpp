// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <bouton/core/error.hpp>

#include <fmt/format.h>

#include "engine.hpp"

namespace bouton::grad {
namespace {

template <class Element>
void zero(Row<Element>& row, std::size_t size) {
    row.assign(size, Element(0));
}
template <class Element>
void zero(Rows<Element>& rows, std::size_t count, std::size_t size) {
    rows.resize(count);
    for (Row<Element>& row : rows) zero(row, size);
}

}  // namespace

template <class Element>
auto EngineOf<Element>::ask(const std::vector<std::string>& quantities) -> std::vector<Asked> {
    std::vector<Asked> asked;
    for (const std::string& path : quantities) {
        if (!options_.quantities.empty() && std::ranges::find(options_.quantities, path) == options_.quantities.end())
            throw UsageError(fmt::format("{} is not among the quantities that the run was recorded for", path));
        asked.push_back({.quantity = quantity_of(path)});
        Quantity& q = asked.back().quantity;
        if (q.kind == Quantity::Kind::input || q.kind == Quantity::Kind::spike) {
            std::vector<std::size_t> axes = q.shape.axes();
            axes.insert(axes.begin(), steps_);
            q.shape = Shape(std::move(axes));
        }
    }
    return asked;
}

/// All derivatives are zero.
template <class Element>
void EngineOf<Element>::start_pass(std::vector<Asked>& asked) {
    for (PopulationNode& node : populations_) {
        zero(node.states, node.neurons ? node.neurons->states().size() : 0, node.entries);
        zero(node.input, node.entries);
        if (node.pass) zero(node.output, node.entries);
        node.spiked.assign(node.entries, 0);
        if (node.neurons && node.neurons->spike_fun()) {
            zero(node.x, node.entries);
            if (node.crosses) zero(node.x_old, node.entries);
        }
        node.spike_ring.clear();
    }
    for (ProjectionNode& node : projections_) {
        ProjectionPart& part = *node.part;
        const std::size_t pre = node.rows * node.num_pre, post = node.rows * node.num_post;
        zero(node.synapse, part.state().synapse.size(), pre);
        zero(node.plasticity, part.state().plasticity.size(), pre);
        zero(node.s_ring, node.connections->slots(), pre);
        zero(node.h, post);
        zero(node.current, post);
        node.arrived.assign(pre, 0);
        node.count.assign(pre, 0);
        const Delays& delays = part.wiring().delays;
        const std::size_t delay = delays.form == Delays::Form::per_connection ? 0 : delays.max();
        Rows<Element>& ring = populations_[node.pre].spike_ring;
        if (ring.size() < delay + 2) ring.resize(delay + 2);
        node.output_parameters.clear();
        if (part.output_model())
            for (const Buffer& values : part.output_arrays().parameters) {
                Buffer all(part.settings().precision, values.size() == 1 ? 1 : post);
                for (std::size_t at = 0; at < all.size(); ++at) all.set(at, values.get(at % values.size()));
                node.output_parameters.push_back(std::move(all));
            }
        node.by_weights.clear();
        node.change_of_weights.clear();
    }
    for (PopulationNode& node : populations_) {
        node.spikes_count = false;
        node.input_adds = !node.neurons;
    }
    for (ProjectionNode& node : projections_) node.h_adds = !node.output_loop;
    for (const Probe& probe : probes_) {
        if (probe.place.role == Role::input) populations_[probe.place.node].input_adds = true;
        if (probe.place.role == Role::h) projections_[probe.place.node].h_adds = true;
    }
    for (PopulationNode& node : populations_)
        zero(node.spike_ring, std::max<std::size_t>(2, node.spike_ring.size()), node.entries);
    find_what_varies(asked);
    for (const ProjectionNode& node : projections_)
        if (node.spikes_vary) populations_[node.pre].spikes_count = true;
}

/// What depends on the quantities asked for, as far as a gradient passes.
template <class Element>
void EngineOf<Element>::find_what_varies(const std::vector<Asked>& asked) {
    for (PopulationNode& node : populations_) node.varies = node.spikes_vary = false;
    for (ProjectionNode& node : projections_) node.varies = node.kinetics_vary = node.spikes_vary = false;
    for (const Asked& each : asked) {
        const Quantity& q = each.quantity;
        switch (q.kind) {
            case Quantity::Kind::weights:
            case Quantity::Kind::output:
                projections_[q.node].varies = true;
                break;
            case Quantity::Kind::synapse:
            case Quantity::Kind::plasticity:
                projections_[q.node].kinetics_vary = true;
                break;
            case Quantity::Kind::neuron:
            case Quantity::Kind::input:
                populations_[q.node].varies = true;
                break;
            case Quantity::Kind::spike:
                populations_[q.node].spikes_vary = true;
                break;
            case Quantity::Kind::state:
                if (q.place.role == Role::state)
                    populations_[q.node].varies = true;
                else
                    projections_[q.node].kinetics_vary = true;
                break;
        }
    }
    for (bool changed = true; changed;) {
        changed = false;
        const auto set = [&changed](bool& flag, bool value) {
            if (flag || !value) return;
            flag = changed = true;
        };
        for (PopulationNode& node : populations_)
            set(node.spikes_vary, node.varies && node.neurons && node.neurons->spike_fun());
        for (ProjectionNode& node : projections_) {
            set(node.spikes_vary, node.passes_spikes && populations_[node.pre].spikes_vary);
            set(node.kinetics_vary, node.spikes_vary);
            set(node.varies, node.kinetics_vary);
            if (node.target.role != Role::constant && node.target.role != Role::current)
                set(populations_[node.target.node].varies, node.varies);
        }
    }
}

template <class Element>
void EngineOf<Element>::return_to_end() {
    if (!has_moved_) return;
    restore(steps_);
    clock_ = end_clock_;
    has_moved_ = false;
}

template <class Element>
Row<Element>& EngineOf<Element>::values_at(const Place& place) {
    switch (place.role) {
        case Role::state:
            return populations_[place.node].states[place.k];
        case Role::input:
            return populations_[place.node].input;
        case Role::output:
            return populations_[place.node].output;
        case Role::synapse:
            return projections_[place.node].synapse[place.k];
        case Role::plasticity:
            return projections_[place.node].plasticity[place.k];
        case Role::h:
            return projections_[place.node].h;
        case Role::current:
            return projections_[place.node].part->output_model() ? projections_[place.node].current
                                                                 : projections_[place.node].h;
        case Role::spike:
        case Role::constant:
            break;
    }
    return scratch_;
}

template <class Element>
void EngineOf<Element>::gather(const ProjectionNode& node, const Element* from, std::span<Element> to) const {
    const std::size_t num = node.num_post, stride = populations_[node.post].part->num();
    const std::uint32_t* const index = node.part->post().indices();
    for (std::size_t row = 0; row < node.rows; ++row)
        for (std::size_t j = 0; j < num; ++j) to[row * num + j] = from[row * stride + (index ? index[j] : j)];
}

template <class Element>
void EngineOf<Element>::scatter(const ProjectionNode& node, const Row<Element>& from, Row<Element>& to) const {
    const std::size_t num = node.num_post, stride = populations_[node.post].part->num();
    const std::uint32_t* const index = node.part->post().indices();
    for (std::size_t row = 0; row < node.rows; ++row)
        for (std::size_t j = 0; j < num; ++j) to[row * stride + (index ? index[j] : j)] += from[row * num + j];
}

template <class Element>
const Element* EngineOf<Element>::V_of(const ProjectionNode& node, std::uint64_t k) const {
    if (!node.reads_V) return nullptr;
    if (node.V_is_recorded) return state_before(populations_[node.V.node], node.V.k, k);
    return node.record.V[k - first_slot_];
}

/// A recorded state before step k.
template <class Element>
const Element* EngineOf<Element>::state_before(const PopulationNode& node, std::size_t which, std::uint64_t k) const {
    const std::optional<std::size_t> monitor = node.probe_of_state[which];
    if (!monitor) return node.record.states[which][k - first_slot_];
    if (k == 0) return node.first_states[which].data();
    const Probe& probe = probes_[*monitor];
    return probe.record.values.template as<Element>().subspan(probe.offset(k - 1)).data();
}

template <class Element>
LinearArrays EngineOf<Element>::arrays_of(PopulationNode& node, std::uint64_t k) {
    const auto& record = node.record;
    const std::uint64_t slot = k - first_slot_;
    read_.clear();
    for (std::size_t which = 0; which < node.states.size(); ++which)
        read_.push_back(node.states_recorded ? state_before(node, which, k) : nullptr);
    read_.push_back(node.input_recorded ? record.input[slot] : nullptr);
    return {.read = read_,
            .parameters = node.neurons->parameter_buffers(),
            .spike = node.spiked.data(),
            .held = record.held.empty() ? nullptr : record.held[slot],
            .W = record.W.empty() ? nullptr : record.W[slot],
            .Z = record.Z.empty() ? nullptr : record.Z[slot],
            .dt = clock_.dt};
}

template <class Element>
LinearArrays EngineOf<Element>::synapse_arrays(ProjectionNode& node, std::uint64_t k) {
    const std::uint64_t slot = k - first_slot_;
    read_.clear();
    for (const Recorded<Element>& state : node.record.synapse) read_.push_back(state[slot]);
    return {.read = read_, .spike = node.arrived.data(), .is_on = node.record.is_on[slot], .dt = clock_.dt};
}

template <class Element>
LinearArrays EngineOf<Element>::plasticity_arrays(ProjectionNode& node, std::uint64_t k) {
    read_.clear();
    for (const Recorded<Element>& state : node.record.plasticity) read_.push_back(state[k - first_slot_]);
    return {.read = read_, .spike = node.arrived.data(), .dt = clock_.dt};
}

template <class Element>
LinearArrays EngineOf<Element>::output_arrays(ProjectionNode& node, std::uint64_t k) {
    read_ = {node.record.h[k - first_slot_], V_of(node, k)};
    return {.read = read_, .parameters = node.output_parameters, .dt = clock_.dt};
}

#define BOUTON_OF(Element)                                                                                            \
    template auto EngineOf<Element>::ask(const std::vector<std::string>&)->std::vector<Asked>;                        \
    template void EngineOf<Element>::start_pass(std::vector<Asked>&);                                                 \
    template void EngineOf<Element>::find_what_varies(const std::vector<Asked>&);                                     \
    template void EngineOf<Element>::return_to_end();                                                                 \
    template Row<Element>& EngineOf<Element>::values_at(const Place&);                                                \
    template void EngineOf<Element>::gather(const ProjectionNode&, const Element*, std::span<Element>) const;         \
    template void EngineOf<Element>::scatter(const ProjectionNode&, const Row<Element>&, Row<Element>&) const;        \
    template const Element* EngineOf<Element>::state_before(const PopulationNode&, std::size_t, std::uint64_t) const; \
    template LinearArrays EngineOf<Element>::arrays_of(PopulationNode&, std::uint64_t);                               \
    template LinearArrays EngineOf<Element>::synapse_arrays(ProjectionNode&, std::uint64_t);                          \
    template LinearArrays EngineOf<Element>::plasticity_arrays(ProjectionNode&, std::uint64_t);                       \
    template LinearArrays EngineOf<Element>::output_arrays(ProjectionNode&, std::uint64_t);
BOUTON_OF(double)
BOUTON_OF(float)

}  // namespace bouton::grad
