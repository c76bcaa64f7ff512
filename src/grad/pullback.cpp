// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <bouton/core/error.hpp>

#include <fmt/format.h>

#include "backwards.hpp"
#include "engine.hpp"
#include "surrogate_loop.hpp"

namespace bouton::grad {
namespace {

using Kind = Quantity::Kind;

template <class Element>
void add(std::span<const Element> from, Element* to) {
    for (std::size_t at = 0; at < from.size(); ++at) to[at] += from[at];
}

template <class Element>
std::vector<void*> pointers(Rows<Element>& rows) {
    std::vector<void*> all;
    for (Row<Element>& row : rows) all.push_back(row.data());
    return all;
}

}  // namespace

template <class Element>
NamedValues EngineOf<Element>::pullback(const NamedViews& cotangents, const std::vector<std::string>& quantities) {
    check_untouched();
    std::vector<Asked> asked = ask(quantities);
    for (const auto& [name, values] : cotangents) {
        const Values& recorded = record(name);
        if (values.shape != recorded.shape || values.size() != values.shape.count())
            throw ShapeError(fmt::format("the cotangent of {} has shape {}, but must have that of its record, {}", name,
                                         values.shape.text(), recorded.shape.text()));
    }
    start_pass(asked);
    for (const Probe& probe : probes_)
        if (probe.place.role == Role::spike && cotangents.contains(probe.name))
            populations_[probe.place.node].spikes_count = true;
    for (Asked& each : asked) {
        const Quantity& q = each.quantity;
        if (q.kind == Kind::weights) {
            ProjectionNode& node = projections_[q.node];
            node.by_weights.assign(node.connections->num_weights(), 0.0);
            node.connections->start();
        } else if (q.kind == Kind::input || q.kind == Kind::spike) {
            each.values = Buffer(network_.settings().precision, q.shape.count());
        } else if (q.kind != Kind::state) {
            const bool of_post = q.kind == Kind::output;
            each.sum.assign(q.kind == Kind::neuron
                                ? populations_[q.node].entries
                                : rows() * (of_post ? projections_[q.node].num_post : projections_[q.node].num_pre),
                            Element(0));
        }
    }
    for (ProjectionNode& node : projections_) {
        const std::size_t pre = node.rows * node.num_pre;
        const std::size_t window = node.spikes_vary ? node.pulse_steps : 0;
        for (Rows<Element>* ring : {&node.alone_ring, &node.off_ring}) {
            ring->resize(window);
            for (Row<Element>& row : *ring) row.assign(pre, Element(0));
        }
        node.TT.assign(node.spikes_vary ? pre : 0, Element(0));
        node.jump.assign(node.spikes_vary ? pre : 0, Element(0));
        start_counting(node, steps_ - 1);
    }
    const auto visit = [&](std::uint64_t begin, std::uint64_t end) {
        for (std::uint64_t k = end; k-- > begin;) pull_step(k, asked, cotangents);
    };
    std::uint64_t end = steps_;
    std::vector<std::uint64_t> starts{0};
    for (const auto& copy : copies_)
        if (copy.first > 0 && copy.first < steps_) starts.push_back(copy.first);
    for (std::size_t which = starts.size(); which-- > 0;) {
        backwards(starts[which], end, visit);
        end = starts[which];
    }
    for (ProjectionNode& node : projections_)
        if (!node.by_weights.empty()) node.connections->finish(node.by_weights, *workers_);
    return_to_end();
    NamedValues results;
    for (Asked& each : asked) results.insert_or_assign(each.quantity.path, result(each));
    return results;
}

/// The arrivals in the pulse of step k.
template <class Element>
void EngineOf<Element>::start_counting(ProjectionNode& node, std::uint64_t k) {
    if (!node.spikes_vary) return;
    for (std::uint64_t ago = 0; ago < node.pulse_steps; ++ago)
        for (const std::uint32_t at : node.arrivals_at(static_cast<std::int64_t>(k) - static_cast<std::int64_t>(ago)))
            ++node.count[at];
}

template <class Element>
void EngineOf<Element>::pull_step(std::uint64_t k, std::vector<Asked>& asked, const NamedViews& cotangents) {
    for (PopulationNode& node : populations_) {  // cleared at the end of the step
        if (!node.varies) continue;
        if (node.input_adds) std::ranges::fill(node.input, Element(0));
        for (const std::size_t state : node.input_states) std::ranges::fill(node.states[state], Element(0));
    }
    add_cotangents(k, cotangents);
    pull_level(top_, k, asked);
    for (Asked& each : asked) {
        const Quantity& q = each.quantity;
        const auto values = [&] {
            return each.values.template as<Element>().subspan(k * populations_[q.node].entries,
                                                              populations_[q.node].entries);
        };
        if (q.kind == Kind::input) std::ranges::copy(populations_[q.node].input, values().begin());
        if (q.kind == Kind::spike && populations_[q.node].is_fed)
            std::ranges::copy(populations_[q.node].spike(k), values().begin());
    }
    pull_inputs(k);
}

template <class Element>
void EngineOf<Element>::add_cotangents(std::uint64_t k, const NamedViews& cotangents) {
    for (const Probe& probe : probes_) {
        if (!probe.has_sample(k, steps_) || probe.place.role == Role::constant) continue;
        const auto found = cotangents.find(probe.name);
        if (found == cotangents.end()) continue;
        Row<Element>& to =
            probe.place.role == Role::spike ? populations_[probe.place.node].spike(k + 1) : values_at(probe.place);
        std::visit(
            [&](auto all) {
                const auto values = all.subspan(probe.offset(k), probe.width);
                if (probe.selection.empty())
                    for (std::size_t i = 0; i < values.size(); ++i) to[i] += static_cast<Element>(values[i]);
                else
                    for (std::size_t i = 0; i < values.size(); ++i)
                        to[probe.entry(i)] += static_cast<Element>(values[i]);
            },
            found->second.values);
    }
}

template <class Element>
void EngineOf<Element>::pull_level(const Level& level, std::uint64_t k, std::vector<Asked>& asked) {
    for (std::size_t i = level.inner.size(); i-- > 0;) pull_level(level.inner[i], k, asked);
    for (std::size_t i = level.populations.size(); i-- > 0;)
        pull(populations_[level.populations[i]], level.populations[i], k, asked);
    for (std::size_t i = level.projections.size(); i-- > 0;)
        pull_output(projections_[level.projections[i]], level.projections[i], k, asked);
    for (std::size_t i = level.projections.size(); i-- > 0;)
        pull(projections_[level.projections[i]], level.projections[i], k, asked);
}

template <class Element>
template <class Loop>
void EngineOf<Element>::pull_parameters(const Loop& loop, const LinearArrays& arrays, std::size_t entries, Kind kind,
                                        std::size_t which, std::vector<Asked>& asked) {
    LinearArrays by_parameters = arrays;
    std::vector<void*> sums(loop.num_parameters(), nullptr);
    by_parameters.inputs = sums;
    const auto pull = [&] {
        if (std::ranges::count(sums, nullptr) == std::ssize(sums)) return;
        share(entries, [&](IndexRange range) { loop.pull_parameters(by_parameters, range); });
        std::ranges::fill(sums, nullptr);
    };
    for (Asked& each : asked) {
        const Quantity& q = each.quantity;
        if (q.kind != kind || q.node != which) continue;
        const auto add_to_sum = [&](std::size_t parameter) {
            if (sums[parameter]) pull();  // of two that have a parameter in common, one after the other
            sums[parameter] = each.sum.data();
        };
        add_to_sum(q.k);
        std::ranges::for_each(q.others, add_to_sum);
    }
    pull();
}

template <class Element>
void EngineOf<Element>::pull(PopulationNode& node, std::size_t which, std::uint64_t k, std::vector<Asked>& asked) {
    Row<Element>& by_spike = node.spike(k + 1);
    if (!node.is_fed)
        for (Asked& each : asked)
            if (each.quantity.kind == Kind::spike && each.quantity.node == which)
                std::ranges::copy(by_spike, each.values.template as<Element>().begin() +
                                                static_cast<std::ptrdiff_t>(k * node.entries));
    if (node.pass && node.varies) {
        add<Element>(node.output, node.input.data());
        std::ranges::fill(node.output, Element(0));
    }
    if (node.neurons && node.varies) {
        for (const std::uint32_t at : node.spikes[k]) node.spiked[at] = 1;
        LinearArrays arrays = arrays_of(node, k);
        outputs_ = pointers(node.states);
        const auto& spike_fun = node.neurons->spike_fun();
        const bool by_spikes = spike_fun && node.spikes_count;
        if (by_spikes) {
            outputs_.push_back(node.x.data());
            if (node.crosses) outputs_.push_back(node.x_old.data());
        }
        arrays.outputs = outputs_;
        if (by_spikes)
            share(node.entries, [&](IndexRange range) {
                node.loop->evaluate(arrays, range);
                Element *const x = node.x.data(), *const x_old = node.crosses ? node.x_old.data() : nullptr;
                surrogate_derivatives(set_, *spike_fun, x, x_old, range);
                for (std::size_t at = range.begin; at < range.end; ++at) x[at] *= by_spike[at];
                if (x_old)
                    for (std::size_t at = range.begin; at < range.end; ++at) x_old[at] *= by_spike[at];
            });
        pull_parameters(*node.loop, arrays, node.entries, Kind::neuron, which, asked);
        inputs_of_step_ = pointers(node.states);
        arrays.add = node.input_adds ? 1u << inputs_of_step_.size() : 0u;
        inputs_of_step_.push_back(node.input.data());
        arrays.inputs = inputs_of_step_;
        share(node.entries, [&](IndexRange range) { node.loop->pull(arrays, range); });
        for (const std::uint32_t at : node.spikes[k]) node.spiked[at] = 0;
    }
    if (node.spikes_count) std::ranges::fill(by_spike, Element(0));
}

template <class Element>
void EngineOf<Element>::pull_output(ProjectionNode& node, std::size_t which, std::uint64_t k,
                                    std::vector<Asked>& asked) {
    const bool V_varies = node.reads_V && node.V.role != Role::constant && populations_[node.V.node].varies;
    if (!node.output_loop || !(node.varies || V_varies)) return;
    const bool whole = !node.part->post().indices();
    Row<Element>& by_target = values_at(node.target);
    const bool at_hand = whole || node.target.role == Role::current;
    const std::size_t post = node.rows * node.num_post;
    node.by_target.resize(at_hand ? 0 : post);
    if (!at_hand) gather(node, by_target.data(), node.by_target);
    LinearArrays arrays = output_arrays(node, k);
    outputs_ = {at_hand ? by_target.data() : node.by_target.data()};
    arrays.outputs = outputs_;
    pull_parameters(*node.output_loop, arrays, post, Kind::output, which, asked);
    node.by_V.resize(V_varies ? post : 0);
    // What is added to V must not be read from it, should it be the target, too.
    const bool directly = V_varies && whole && &values_at(node.V) != &by_target;
    inputs_of_step_ = {node.h.data(), !V_varies ? nullptr : directly ? values_at(node.V).data() : node.by_V.data()};
    arrays.inputs = inputs_of_step_;
    arrays.add = (node.h_adds ? 1u : 0u) | (directly ? 2u : 0u);
    share(post, [&](IndexRange range) { node.output_loop->pull(arrays, range); });
    if (V_varies && !directly) scatter(node, node.by_V, values_at(node.V));
    if (node.target.role == Role::current) std::ranges::fill(node.current, Element(0));
}

template <class Element>
void EngineOf<Element>::pull(ProjectionNode& node, std::size_t which, std::uint64_t k, std::vector<Asked>& asked) {
    if (!node.varies) return;
    const std::size_t slots = node.connections->slots();
    const auto by_s = [&](std::size_t d) { return node.s_ring[(k + slots - d) % slots].data(); };
    const auto s = [&](std::size_t d) -> const Element* {
        const std::uint64_t slot = k - first_slot_;
        return d <= slot ? node.record.s[slot - d] : node.s_before[d - slot - 1].data();
    };
    typename Connections<Element>::At by_s_or_none;
    if (node.kinetics_vary) by_s_or_none = by_s;
    node.connections->pull(node.h.data(), s, by_s_or_none, node.by_weights, *workers_);
    if (node.h_adds) std::ranges::fill(node.h, Element(0));
    if (!node.kinetics_vary) return;
    pull_kinetics(node, which, k, asked);
    if (node.spikes_vary) pull_spikes(node, k);
}

/// From what was given to the kinetics and the plasticity before the step, and to the transmitter and the spikes.
template <class Element>
void EngineOf<Element>::pull_kinetics(ProjectionNode& node, std::size_t which, std::uint64_t k,
                                      std::vector<Asked>& asked) {
    const std::size_t pre = node.rows * node.num_pre;
    Row<Element>& by_s = node.s_ring[k % node.s_ring.size()];
    Element* const jump = node.spikes_vary ? node.jump.data() : nullptr;
    if (jump) std::ranges::fill(node.jump, Element(0));
    for (const std::uint32_t at : node.arrivals[k]) node.arrived[at] = 1;
    if (node.plasticity_loop) {
        LinearArrays arrays = plasticity_arrays(node, k);
        factor_.resize(pre);
        const Element* const g = node.record.g[k - first_slot_];
        outputs_.assign(node.plasticity.size(), nullptr);
        outputs_.push_back(factor_.data());
        arrays.outputs = outputs_;
        share(pre, [&](IndexRange range) {
            node.plasticity_loop->evaluate(arrays, range);
            for (std::size_t at = range.begin; at < range.end; ++at) {
                node.synapse[0][at] += by_s[at] * factor_[at];
                factor_[at] = by_s[at] * g[at];
            }
        });
        outputs_ = pointers(node.plasticity);
        outputs_.push_back(factor_.data());
        arrays.outputs = outputs_;
        pull_parameters(*node.plasticity_loop, arrays, pre, Kind::plasticity, which, asked);
        inputs_of_step_ = pointers(node.plasticity);
        arrays.add = 1u << inputs_of_step_.size();
        inputs_of_step_.push_back(jump);
        arrays.inputs = inputs_of_step_;
        share(pre, [&](IndexRange range) { node.plasticity_loop->pull(arrays, range); });
    } else {
        add<Element>(by_s, node.synapse[0].data());
    }
    std::ranges::fill(by_s, Element(0));
    LinearArrays arrays = synapse_arrays(node, k);
    outputs_ = pointers(node.synapse);
    arrays.outputs = outputs_;
    pull_parameters(*node.synapse_loop, arrays, pre, Kind::synapse, which, asked);
    inputs_of_step_ = pointers(node.synapse);
    arrays.add = 1u << (inputs_of_step_.size() + 1);
    inputs_of_step_.push_back(node.spikes_vary ? node.TT.data() : nullptr);
    inputs_of_step_.push_back(jump);
    arrays.inputs = inputs_of_step_;
    share(pre, [&](IndexRange range) { node.synapse_loop->pull(arrays, range); });
    for (const std::uint32_t at : node.arrivals[k]) node.arrived[at] = 0;
}

/// From the transmitter and the jumps to the spikes that arrive in step k, and on to when they were emitted.
template <class Element>
void EngineOf<Element>::pull_spikes(ProjectionNode& node, std::uint64_t k) {
    const std::size_t pre = node.rows * node.num_pre;
    const std::uint64_t pulse = node.pulse_steps;
    Row<Element>& by_arrival = node.jump;
    if (pulse > 0) {
        Row<Element>&alone = node.alone_ring[k % pulse], &off = node.off_ring[k % pulse];
        const auto T = static_cast<Element>(node.T);
        for (std::size_t at = 0; at < pre; ++at) {
            const Element by_TT = T * node.TT[at];
            off[at] = node.count[at] == 0 ? by_TT : Element(0);
            alone[at] = node.count[at] == 1 ? by_TT : Element(0);
        }
        for (const std::uint32_t at : node.arrivals[k]) node.arrived[at] = 1;
        for (const Row<Element>& row : node.off_ring)
            for (std::size_t at = 0; at < pre; ++at) by_arrival[at] += node.arrived[at] ? Element(0) : row[at];
        for (const std::uint32_t at : node.arrivals[k]) {
            node.arrived[at] = 0;
            for (const Row<Element>& row : node.alone_ring) by_arrival[at] += row[at];
        }
        // On to the step before.
        for (const std::uint32_t at : node.arrivals[k]) --node.count[at];
        for (const std::uint32_t at : node.arrivals_at(static_cast<std::int64_t>(k) - static_cast<std::int64_t>(pulse)))
            ++node.count[at];
    }
    PopulationNode& source = populations_[node.pre];
    if (!source.spikes_vary) return;
    const Delays& delays = node.part->wiring().delays;
    const View& view = node.part->pre();
    const std::size_t num = source.part->num();
    const bool each = delays.form == Delays::Form::per_pre;
    const std::uint64_t uniform = delays.form == Delays::Form::uniform ? delays.steps[0] : 0;
    if (!each && !view.indices()) {
        if (uniform <= k) add<Element>(by_arrival, source.spike(k - uniform).data());
        return;
    }
    for (std::size_t i = 0; i < node.num_pre; ++i) {
        const std::uint64_t delay = each ? delays.steps[i] : uniform;
        if (delay > k) continue;
        Row<Element>& to = source.spike(k - delay);
        for (std::size_t row = 0; row < node.rows; ++row)
            to[row * num + view.neuron(i)] += by_arrival[row * node.num_pre + i];
    }
}

/// Inputs that set leave nothing of what was there, those that multiply a multiple.
template <class Element>
void EngineOf<Element>::pull_inputs(std::uint64_t k) {
    const std::uint64_t i = start_clock_.step + k;
    Clock at = start_clock_;
    at.step = i;
    for (std::size_t which = inputs_.size(); which-- > 0;) {
        const AppliedInput& input = inputs_[which];
        const Operation operation = input.operation();
        if (operation == Operation::add || operation == Operation::subtract) continue;
        const Place place = place_of(input.target());
        if (place.role == Role::constant) continue;
        Row<Element>& to = place.role == Role::spike ? populations_[place.node].spike(k) : values_at(place);
        const std::span<const std::uint32_t> selection = input.target().selection();
        const std::size_t num = num_of(place), size = input.target().size();
        std::vector<double> values;
        if (operation != Operation::set) values = input.values({.t = at.now(), .dt = at.dt, .i = i});
        for (std::size_t entry = 0; entry < size; ++entry) {
            Element& value =
                to[selection.empty() ? entry : entry / selection.size() * num + selection[entry % selection.size()]];
            const auto by = [&] {
                return static_cast<Element>(values[values.size() == 1 ? 0 : entry % values.size()]);
            };
            if (operation == Operation::set) value = 0;
            if (operation == Operation::multiply) value *= by();
            if (operation == Operation::divide) value /= by();
        }
    }
}

template <class Element>
Values EngineOf<Element>::result(Asked& asked) {
    const Quantity& q = asked.quantity;
    const Precision precision = network_.settings().precision;
    if (q.kind == Kind::input || q.kind == Kind::spike) return {q.shape, std::move(asked.values)};
    if (q.kind == Kind::state) {
        Buffer values(precision, q.shape.count());
        std::ranges::copy(values_at(q.place), values.template as<Element>().begin());
        return {q.shape, std::move(values)};
    }
    if (q.kind == Kind::weights) {
        const ProjectionNode& node = projections_[q.node];
        const Wiring& wiring = node.part->wiring();
        Weights by_weights{.form = wiring.weights.form, .scalar = 0, .values = {}};
        if (by_weights.form == Weights::Form::scalar)
            by_weights.scalar = node.by_weights[0];
        else
            by_weights.values = Buffer(Precision::float64, node.by_weights);
        const Array array =
            derivative_in_form(node.part->weight_form(), wiring.graph, by_weights, node.part->settings().brainpy_2_4);
        return {array.shape, Buffer(precision, array.values)};
    }
    std::vector<double> sums(q.num_values, 0.0);
    for (std::size_t at = 0; at < asked.sum.size(); ++at) sums[at % q.num_values] += static_cast<double>(asked.sum[at]);
    return {q.shape, Buffer(precision, sums)};
}

#define BOUTON_OF(Element)                                                                                \
    template NamedValues EngineOf<Element>::pullback(const NamedViews&, const std::vector<std::string>&); \
    template void EngineOf<Element>::start_counting(ProjectionNode&, std::uint64_t);                      \
    template void EngineOf<Element>::pull_inputs(std::uint64_t);
BOUTON_OF(double)
BOUTON_OF(float)

}  // namespace bouton::grad
