// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <bouton/core/error.hpp>

#include <fmt/format.h>

#include "engine.hpp"
#include "surrogate_loop.hpp"

namespace bouton::grad {
namespace {

using Kind = Quantity::Kind;

template <class Element>
std::vector<void*> pointers(Rows<Element>& rows) {
    std::vector<void*> all;
    for (Row<Element>& row : rows) all.push_back(row.data());
    return all;
}

template <class Element>
void zero(Row<Element>& row, std::size_t size) {
    row.assign(size, Element(0));
}

}  // namespace

/// The arrays of the pass hold changes in place of derivatives, and go through the run from its beginning.
template <class Element>
NamedValues EngineOf<Element>::pushforward(const NamedViews& tangents) {
    check_untouched();
    std::vector<std::string> names;
    for (const auto& [name, values] : tangents) names.push_back(name);
    std::vector<Asked> asked = ask(names);
    for (Asked& each : asked) {
        const Quantity& q = each.quantity;
        const ValuesView& given = tangents.at(q.path);
        if (given.shape.count() != q.shape.count() || given.size() != q.shape.count())
            throw ShapeError(fmt::format("the tangent of {} has shape {}, but must have shape {}", q.path,
                                         given.shape.text(), q.shape.text()));
        std::visit([&](auto values) { each.change.assign(values.begin(), values.end()); }, given.values);
    }
    start_pass(asked);
    for (Asked& each : asked) {
        const Quantity& q = each.quantity;
        if (q.kind == Kind::state) {
            Row<Element>& to = values_at(q.place);
            for (std::size_t at = 0; at < to.size(); ++at) to[at] = static_cast<Element>(each.change[at]);
        }
        if (q.kind != Kind::weights) continue;
        ProjectionNode& node = projections_[q.node];
        const ProjectionPart& part = *node.part;
        Settings settings = part.settings();
        settings.precision = Precision::float64;
        const Weights change =
            resolve(as_weight(part.weight_form(), part.wiring().graph, part.name(), {q.shape, each.change}),
                    part.wiring().graph, settings, part.name(), Random(0, part.name()));
        if (change.form == Weights::Form::scalar)
            node.change_of_weights = {change.scalar};
        else
            node.change_of_weights.assign(change.values.template as<double>().begin(),
                                          change.values.template as<double>().end());
    }
    for (ProjectionNode& node : projections_) {
        const std::size_t pre = node.rows * node.num_pre;
        node.arrival_ring.assign(node.spikes_vary ? node.pulse_steps + 1 : 0, Row<Element>(pre, Element(0)));
        node.TT.assign(pre, Element(0));
        node.last_arrival.assign(pre, 0);
        start_counting(node, 0);
        for (const std::uint32_t at : node.arrivals_at(0)) --node.count[at];  // which step 0 itself counts
        for (std::size_t ago = node.early.size(); ago-- > 0;)
            for (const std::uint32_t at : node.early[ago]) node.last_arrival[at] = -static_cast<std::int64_t>(ago) - 1;
    }
    NamedValues records;
    for (const Probe& probe : probes_)
        records.insert_or_assign(
            probe.name, Values(probe.record.shape, Buffer(network_.settings().precision, probe.record.values.size())));
    for (std::uint64_t begin = 0; begin < steps_; begin += slots_) {
        const std::uint64_t end = std::min(steps_, begin + slots_);
        if (first_slot_ != begin || recorded_end_ != end) {
            if (begin == 0)
                restore(0);
            else if (!is_at(begin)) {
                restore(0);
                advance(0, begin, false);
            }
            advance(begin, end, true);
        }
        for (std::uint64_t k = begin; k < end; ++k) push_step(k, asked, records);
    }
    return_to_end();
    return records;
}

template <class Element>
void EngineOf<Element>::push_step(std::uint64_t k, std::vector<Asked>& asked, NamedValues& records) {
    pull_inputs(k);  // inputs do to changes what they do to derivatives
    push_inputs(k, asked);
    push_level(top_, k, asked);
    for (const Probe& probe : probes_) {
        if (!probe.has_sample(k, steps_) || probe.place.role == Role::constant) continue;
        const Row<Element>& from =
            probe.place.role == Role::spike ? populations_[probe.place.node].spike(k + 1) : values_at(probe.place);
        const auto to = records.at(probe.name).values.template as<Element>().subspan(probe.offset(k));
        for (std::size_t i = 0; i < probe.width; ++i) to[i] = from[probe.entry(i)];
    }
    for (PopulationNode& node : populations_) clear_inputs(node);
}

template <class Element>
void EngineOf<Element>::push_inputs(std::uint64_t k, std::vector<Asked>& asked) {
    for (const Asked& each : asked) {
        const Quantity& q = each.quantity;
        if (q.kind != Kind::input && !(q.kind == Kind::spike && populations_[q.node].is_fed)) continue;
        PopulationNode& node = populations_[q.node];
        Row<Element>& to = q.kind == Kind::input ? node.input : node.spike(k);
        for (std::size_t at = 0; at < node.entries; ++at)
            to[at] += static_cast<Element>(each.change[k * node.entries + at]);
    }
}

template <class Element>
void EngineOf<Element>::push_level(const Level& level, std::uint64_t k, std::vector<Asked>& asked) {
    for (const std::size_t which : level.projections) push(projections_[which], which, k, asked);
    for (const std::size_t which : level.projections) push_output(projections_[which], which, k, asked);
    for (const std::size_t which : level.populations) push(populations_[which], which, k, asked);
    for (const Level& inner : level.inner) push_level(inner, k, asked);
}

/// Adds what changes of the parameters change in the outputs.
template <class Element>
template <class Loop>
void EngineOf<Element>::push_parameters(const Loop& loop, LinearArrays arrays, std::size_t entries, Kind kind,
                                        std::size_t which, std::vector<Asked>& asked) {
    for (Asked& each : asked) {
        if (each.quantity.kind != kind || each.quantity.node != which) continue;
        Row<Element> change(entries);
        for (std::size_t at = 0; at < entries; ++at)
            change[at] = static_cast<Element>(each.change[at % each.change.size()]);
        std::vector<void*> changes(loop.num_parameters(), nullptr);
        changes[each.quantity.k] = change.data();
        for (const std::size_t other : each.quantity.others) changes[other] = change.data();
        Rows<Element> moved;
        std::vector<void*> to;
        for (void* const output : arrays.outputs) {
            moved.emplace_back(output ? entries : 0);
            to.push_back(output ? moved.back().data() : nullptr);
        }
        LinearArrays by_parameters = arrays;
        by_parameters.inputs = changes;
        by_parameters.outputs = to;
        loop.push_parameters(by_parameters, {0, entries});
        for (std::size_t o = 0; o < to.size(); ++o)
            if (to[o])
                for (std::size_t at = 0; at < entries; ++at)
                    static_cast<Element*>(arrays.outputs[o])[at] += moved[o][at];
    }
}

template <class Element>
void EngineOf<Element>::push(PopulationNode& node, std::size_t which, std::uint64_t k, std::vector<Asked>& asked) {
    Row<Element>& spike = node.spike(k + 1);
    std::ranges::fill(spike, Element(0));
    if (node.pass) node.output = node.input;
    if (node.neurons && node.varies) {
        for (const std::uint32_t at : node.spikes[k]) node.spiked[at] = 1;
        LinearArrays arrays = arrays_of(node, k);
        const auto& spike_fun = node.neurons->spike_fun();
        Row<Element> x, x_old;
        const auto outputs_at = [&](Rows<Element>& states) {
            outputs_ = pointers(states);
            if (!spike_fun) return;
            outputs_.push_back(x.data());
            if (node.crosses) outputs_.push_back(x_old.data());
        };
        if (spike_fun) {
            zero(x, node.entries);
            if (node.crosses) zero(x_old, node.entries);
        }
        Rows<Element> before = node.states;
        outputs_at(node.states);
        arrays.outputs = outputs_;
        inputs_of_step_ = pointers(before);
        inputs_of_step_.push_back(node.input.data());
        arrays.inputs = inputs_of_step_;
        node.loop->push(arrays, {0, node.entries});
        push_parameters(*node.loop, arrays, node.entries, Kind::neuron, which, asked);
        if (spike_fun) {
            outputs_.assign(node.states.size(), nullptr);
            outputs_.push_back(node.x.data());
            if (node.crosses) outputs_.push_back(node.x_old.data());
            arrays.outputs = outputs_;
            node.loop->evaluate(arrays, {0, node.entries});
            surrogate_derivatives(set_, *spike_fun, node.x.data(), node.crosses ? node.x_old.data() : nullptr,
                                  IndexRange{0, node.entries});
            for (std::size_t at = 0; at < node.entries; ++at) {
                spike[at] = node.x[at] * x[at];
                if (node.crosses) spike[at] += node.x_old[at] * x_old[at];
            }
        }
        for (const std::uint32_t at : node.spikes[k]) node.spiked[at] = 0;
    }
    for (const Asked& each : asked)
        if (each.quantity.kind == Kind::spike && each.quantity.node == which && !node.is_fed)
            for (std::size_t at = 0; at < node.entries; ++at)
                spike[at] += static_cast<Element>(each.change[k * node.entries + at]);
}

template <class Element>
void EngineOf<Element>::push_output(ProjectionNode& node, std::size_t which, std::uint64_t k,
                                    std::vector<Asked>& asked) {
    if (!node.output_loop || !node.output_recorded) return;
    const std::size_t post = node.rows * node.num_post;
    LinearArrays arrays = output_arrays(node, k);
    Row<Element> current(post, Element(0));
    node.by_V.resize(post);
    if (node.reads_V && node.V.role != Role::constant) gather(node, values_at(node.V).data(), node.by_V);
    outputs_ = {current.data()};
    arrays.outputs = outputs_;
    inputs_of_step_ = {node.h.data(), node.reads_V && node.V.role != Role::constant ? node.by_V.data() : nullptr};
    arrays.inputs = inputs_of_step_;
    node.output_loop->push(arrays, {0, post});
    push_parameters(*node.output_loop, arrays, post, Kind::output, which, asked);
    if (node.target.role == Role::current)
        node.current = current;
    else if (node.target.role != Role::constant)
        scatter(node, current, values_at(node.target));
}

template <class Element>
void EngineOf<Element>::push(ProjectionNode& node, std::size_t which, std::uint64_t k, std::vector<Asked>& asked) {
    if (!node.varies) return;
    const std::size_t pre = node.rows * node.num_pre, slots = node.connections->slots();
    if (!node.kinetics_vary) {
        push_sum(node, k);
        return;
    }
    std::ranges::fill(node.TT, Element(0));
    Row<Element> no_jump;
    Row<Element>* jump = &no_jump;
    if (node.spikes_vary) {
        push_spikes(node, k);
        jump = &node.arrival_ring[k % node.arrival_ring.size()];
    }
    for (const std::uint32_t at : node.arrivals[k]) node.arrived[at] = 1;
    Rows<Element> before = node.synapse;
    LinearArrays arrays = synapse_arrays(node, k);
    outputs_ = pointers(node.synapse);
    arrays.outputs = outputs_;
    inputs_of_step_ = pointers(before);
    inputs_of_step_.push_back(node.TT.data());
    inputs_of_step_.push_back(jump->empty() ? nullptr : jump->data());
    arrays.inputs = inputs_of_step_;
    node.synapse_loop->push(arrays, {0, pre});
    push_parameters(*node.synapse_loop, arrays, pre, Kind::synapse, which, asked);
    Row<Element>& s = node.s_ring[k % slots];
    s = node.synapse[0];
    if (node.plasticity_loop) {
        arrays = plasticity_arrays(node, k);
        before = node.plasticity;
        Row<Element> change(pre, Element(0));
        outputs_ = pointers(node.plasticity);
        outputs_.push_back(change.data());
        arrays.outputs = outputs_;
        inputs_of_step_ = pointers(before);
        inputs_of_step_.push_back(jump->empty() ? nullptr : jump->data());
        arrays.inputs = inputs_of_step_;
        node.plasticity_loop->push(arrays, {0, pre});
        push_parameters(*node.plasticity_loop, arrays, pre, Kind::plasticity, which, asked);
        outputs_.assign(node.plasticity.size(), nullptr);
        factor_.resize(pre);
        outputs_.push_back(factor_.data());
        arrays.outputs = outputs_;
        node.plasticity_loop->evaluate(arrays, {0, pre});
        const Element* const g = node.record.g[k - first_slot_];
        for (std::size_t at = 0; at < pre; ++at) s[at] = s[at] * factor_[at] + g[at] * change[at];
    }
    for (const std::uint32_t at : node.arrivals[k]) node.arrived[at] = 0;
    push_sum(node, k);
}

template <class Element>
void EngineOf<Element>::push_sum(ProjectionNode& node, std::uint64_t k) {
    const std::size_t slots = node.connections->slots();
    const auto change_of_s = [&](std::size_t d) -> const Element* {
        return node.s_ring[(k + slots - d) % slots].data();
    };
    const auto given = [&](std::size_t d) -> const Element* {
        const std::uint64_t at = k - first_slot_;
        return d <= at ? node.record.s[at - d] : node.s_before[d - at - 1].data();
    };
    node.connections->push(change_of_s, given, node.change_of_weights, node.h.data());
}

/// The changes of the spikes that arrive in step k, and of the transmitter.
template <class Element>
void EngineOf<Element>::push_spikes(ProjectionNode& node, std::uint64_t k) {
    const std::size_t pre = node.rows * node.num_pre, size = node.arrival_ring.size();
    const std::uint64_t pulse = node.pulse_steps;
    Row<Element>& arrival = node.arrival_ring[k % size];
    std::ranges::fill(arrival, Element(0));
    PopulationNode& source = populations_[node.pre];
    const Delays& delays = node.part->wiring().delays;
    const View& view = node.part->pre();
    const std::size_t num = source.part->num();
    for (std::size_t i = 0; i < node.num_pre; ++i) {
        const std::uint64_t delay = delays.form == Delays::Form::per_pre   ? delays.steps[i]
                                    : delays.form == Delays::Form::uniform ? delays.steps[0]
                                                                           : 0;
        if (delay > k) continue;
        const Row<Element>& from = source.spike(k - delay);
        for (std::size_t row = 0; row < node.rows; ++row)
            arrival[row * node.num_pre + i] = from[row * num + view.neuron(i)];
    }
    for (const std::uint32_t at : node.arrivals[k]) {
        ++node.count[at];
        node.last_arrival[at] = static_cast<std::int64_t>(k);
    }
    const auto T = static_cast<Element>(node.T);
    for (std::size_t at = 0; at < pre; ++at) {
        Element sum = 0;
        if (node.count[at] == 0)
            for (std::uint64_t ago = 0; ago < std::min<std::uint64_t>(pulse, k + 1); ++ago)
                sum += node.arrival_ring[(k - ago) % size][at];
        else if (node.count[at] == 1 && node.last_arrival[at] >= 0)
            sum = node.arrival_ring[static_cast<std::uint64_t>(node.last_arrival[at]) % size][at];
        node.TT[at] = T * sum;
    }
    // On to the next step.
    if (pulse == 0) return;
    for (const std::uint32_t at : node.arrivals_at(static_cast<std::int64_t>(k) - static_cast<std::int64_t>(pulse) + 1))
        --node.count[at];
}

template NamedValues EngineOf<double>::pushforward(const NamedViews&);
template NamedValues EngineOf<float>::pushforward(const NamedViews&);

}  // namespace bouton::grad
