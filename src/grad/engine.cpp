// SPDX-License-Identifier: Apache-2.0
#include "engine.hpp"

#include <algorithm>
#include <set>

#include <bouton/core/error.hpp>

#include <fmt/format.h>

#include "network/resolve.hpp"

namespace bouton::grad {
namespace {

std::pair<std::string_view, std::string_view> split(std::string_view path) {
    const std::size_t dot = path.find('.');
    if (dot == std::string_view::npos) return {path, {}};
    return {path.substr(0, dot), path.substr(dot + 1)};
}

/// Where a name stands, or nothing.
template <class Names>
std::optional<std::size_t> find(const Names& names, std::string_view name) {
    const auto found = std::ranges::find(names, name);
    if (found == names.end()) return std::nullopt;
    return static_cast<std::size_t>(found - names.begin());
}
std::vector<std::string_view> names_of(const std::vector<GivenParameter>& parameters) {
    std::vector<std::string_view> names;
    for (const GivenParameter& parameter : parameters) names.push_back(parameter.name);
    return names;
}
/// With `brainpy_2_4`, those that get the value of parameter k: the source of a facilitation is its U.
std::vector<std::size_t> with_value_of(std::size_t k, const PlasticityModel& model, const std::string& owner) {
    constexpr double mark = 0.8414709848;
    const auto marked = model.with_parameter(model.parameters()[k].name, mark)->brainpy_2_4();
    std::vector<std::size_t> others;
    if (!marked) return others;
    const std::vector<GivenParameter> parameters = marked->parameters();
    for (std::size_t other = 0; other < parameters.size(); ++other)
        if (other != k && resolve_parameter(owner, parameters[other], Shape(), Random(0, owner))[0] == mark)
            others.push_back(other);
    return others;
}
bool has_derivative(std::string_view parameter) {
    return parameter != "tau_ref" && parameter != "T_duration" && parameter != "T_dur";
}

InstructionSet set_of(const Settings& settings) {
    return settings.kernels ? InstructionSet::baseline : shipped_kernels().instruction_set();
}

}  // namespace

std::unique_ptr<Engine> make_engine(const Network& network, RecordedRunOptions options) {
    const Settings& settings = network.settings();
    if (!settings.mode.is_training())
        throw UsageError(fmt::format("{} is not in training mode, but must be to be differentiated", network.name()));
    if (settings.precision == Precision::float64)
        return std::make_unique<EngineOf<double>>(network, std::move(options));
    return std::make_unique<EngineOf<float>>(network, std::move(options));
}

template <class Element>
EngineOf<Element>::EngineOf(const Network& network, RecordedRunOptions options)
    : network_(network), options_(std::move(options)), set_(set_of(network.settings())) {
    check_dt(options_.dt);
    if (!std::isfinite(options_.t0)) throw ParameterError("run", "t0", options_.t0, "finite");
    clock_ = {.dt = options_.dt, .t0 = options_.t0};
    top_ = add_level(*network_.part());
    for (const Input& input : options_.inputs) inputs_.emplace_back(network_, input, inputs_.size());
    std::ranges::stable_sort(inputs_, {}, &AppliedInput::order);
    for (const AppliedInput& input : inputs_)
        if (const Place place = place_of(input.target()); place.role == Role::spike)
            populations_[place.node].is_fed = true;
    std::set<std::string_view> names;
    for (const auto* const monitors : {&options_.monitors, &options_.at_end}) {
        for (const Monitor& monitor : *monitors) {
            probes_.push_back(make_probe(monitor));
            probes_.back().at_end = monitors == &options_.at_end;
            if (!names.insert(monitor.name).second)
                throw NameError(
                    fmt::format("two monitors are named \"{}\", but every name must be used once", monitor.name));
        }
    }
    find_recorded_V(top_);
    find_monitored_states();
    const bool alone = options_.threads == 0 && network_.part()->most_entries() < 2 * worth_a_thread;
    workers_ = std::make_unique<Workers>(alone ? 1 : options_.threads);
}

template <class Element>
auto EngineOf<Element>::add_level(const NetworkPart& part) -> Level {
    Level level;
    for (const Population& population : part.populations()) level.populations.push_back(add_population(population));
    for (const Network& inner : part.networks()) level.inner.push_back(add_level(*inner.part()));
    for (const Projection& projection : part.projections()) {
        add_population(projection.pre().population());
        add_population(projection.post().population());
        level.projections.push_back(projections_.size());
        add_projection(projection);
    }
    return level;
}

/// Whether an output adds to it.
template <class Element>
bool EngineOf<Element>::is_target(const Place& place) const {
    return std::ranges::any_of(projections_, [&](const ProjectionNode& node) { return node.target == place; });
}

/// What a state is after a step it is before the next, unless something is done to it between the two.
template <class Element>
void EngineOf<Element>::find_monitored_states() {
    for (PopulationNode& node : populations_)
        node.probe_of_state.assign(node.neurons ? node.neurons->states().size() : 0, std::nullopt);
    for (std::size_t i = 0; i < probes_.size(); ++i) {
        const Probe& probe = probes_[i];
        if (probe.place.role != Role::state || probe.every != 1 || probe.at_end || !probe.selection.empty()) continue;
        PopulationNode& node = populations_[probe.place.node];
        const bool is_written = std::ranges::any_of(
            inputs_, [&](const AppliedInput& input) { return place_of(input.target()) == probe.place; });
        const bool is_cleared = std::ranges::count(node.input_states, probe.place.k) > 0;
        if (!is_written && !is_cleared && !is_target(probe.place)) node.probe_of_state[probe.place.k] = i;
    }
}

/// V is that of the slot of its population where the population is stepped behind the projection, and no output adds to
/// it.
template <class Element>
void EngineOf<Element>::find_recorded_V(const Level& level) {
    for (const std::size_t which : level.projections) {
        ProjectionNode& node = projections_[which];
        node.V_is_recorded = node.V.role == Role::state && !node.part->post().indices() && !is_target(node.V) &&
                             std::ranges::find(level.populations, node.V.node) != level.populations.end();
    }
    for (const Level& inner : level.inner) find_recorded_V(inner);
}

template <class Element>
std::size_t EngineOf<Element>::add_population(const Population& population) {
    PopulationPart* const part = population.part().get();
    const auto [found, is_new] = node_of_.try_emplace(part, populations_.size());
    if (!is_new) return found->second;
    PopulationNode node;
    node.part = part;
    node.neurons = dynamic_cast<NeuronPopulation*>(part);
    node.pass = dynamic_cast<PassPopulation*>(part);
    if (node.neurons) {
        const NeuronModel& model = node.neurons->model();
        const Linearisation& derivatives = linearisation_of(model.type(), part->name(), model.name());
        node.loop = derivatives.loop(nullptr, part->settings().precision, node.neurons->method(), set_);
        node.crosses = derivatives.spikes_by_crossing();
        node.is_affine = derivatives.is_affine();
        for (const std::string_view input : model.inputs()) node.input_states.push_back(*find(model.states(), input));
        const auto& spike_fun = node.neurons->spike_fun();
        if (spike_fun && spike_fun->is_of_crossing() && !node.crosses)
            throw UsageError(fmt::format("{} has the surrogate {}, which is for upward crossings, but {} has none",
                                         part->name(), spike_fun->name(), model.name()));
    } else if (!node.pass && !dynamic_cast<SpikeTimePopulation*>(part) && !dynamic_cast<PoissonPopulation*>(part)) {
        throw UsageError(fmt::format("{} is stepped by a function, which has no derivative", part->name()));
    }
    populations_.push_back(std::move(node));
    return found->second;
}

template <class Element>
void EngineOf<Element>::add_projection(const Projection& projection) {
    ProjectionPart& part = *projection.part();
    node_of_.emplace(&part, projections_.size());
    ProjectionNode node;
    node.part = &part;
    node.pre = node_of_.at(projection.pre().population().part().get());
    node.post = node_of_.at(projection.post().population().part().get());
    node.num_pre = part.pre().num();
    node.num_post = part.post().num();
    node.passes_spikes = !part.stop_spike_gradient() && !part.settings().brainpy_2_4;
    if (const OutputModel* output = part.output_model()) {
        node.V = place_of(part.output_arrays().V, part.post());
        node.target = place_of(part.output_arrays().target, part.post());
        node.reads_V = output->reads_membrane();
        if (part.output_arrays().target == &part.current()) node.target = {Role::current, projections_.size(), 0};
        linearisation_of(output->type(), part.name(), output->name());
    }
    linearisation_of(part.synapse().type(), part.name(), part.synapse().name());
    if (part.plasticity()) linearisation_of(part.plasticity()->type(), part.name(), part.plasticity()->name());
    projections_.push_back(std::move(node));
}

template <class Element>
const Linearisation& EngineOf<Element>::linearisation_of(const std::type_info& type, const std::string& owner,
                                                         std::string_view model) const {
    for (const auto& own : options_.own_models)
        if (own && own->type() == type) return *own;
    if (const Linearisation* built_in = built_in_linearisation(type)) return *built_in;
    throw UsageError(fmt::format("the model {} of {} has no derivatives: give them in own_models", model, owner));
}

/// Of a variable of a postsynaptic population.
template <class Element>
Place EngineOf<Element>::place_of(const Buffer* buffer, const View& view) const {
    const auto found = node_of_.find(view.population().part().get());
    if (!buffer || found == node_of_.end()) return {};
    const PopulationNode& node = populations_[found->second];
    if (node.neurons) {
        if (buffer == &node.neurons->input()) return {Role::input, found->second, 0};
        for (std::size_t k = 0; k < node.neurons->states().size(); ++k)
            if (buffer == &node.neurons->states()[k]) return {Role::state, found->second, k};
    }
    if (node.pass) {
        if (buffer == node.part->find("input")) return {Role::input, found->second, 0};
        if (buffer == node.part->find("output")) return {Role::output, found->second, 0};
    }
    return {};
}

template <class Element>
Place EngineOf<Element>::place_of(const Variable& variable) const {
    const Buffer* const buffer = variable.storage();
    for (std::size_t i = 0; i < populations_.size(); ++i) {
        const PopulationNode& node = populations_[i];
        if (node.neurons || node.pass) {
            if (buffer == node.part->find("input")) return {Role::input, i, 0};
            if (buffer == node.part->find("output")) return {Role::output, i, 0};
        }
        if (node.neurons)
            for (std::size_t k = 0; k < node.neurons->states().size(); ++k)
                if (buffer == &node.neurons->states()[k]) return {Role::state, i, k};
        if (node.part->has_spike() && buffer == node.part->variable("spike").storage()) return {Role::spike, i, 0};
    }
    for (std::size_t i = 0; i < projections_.size(); ++i) {
        ProjectionPart& part = *projections_[i].part;
        for (std::size_t k = 0; k < part.state().synapse.size(); ++k)
            if (buffer == &part.state().synapse[k]) return {Role::synapse, i, k};
        for (std::size_t k = 0; k < part.state().plasticity.size(); ++k)
            if (buffer == &part.state().plasticity[k]) return {Role::plasticity, i, k};
        if (buffer == &part.h()) return {Role::h, i, 0};
        if (buffer == &part.current()) return {Role::current, i, 0};
    }
    return {};
}

template <class Element>
std::size_t EngineOf<Element>::num_of(const Place& place) const {
    switch (place.role) {
        case Role::constant:
            return 0;
        case Role::state:
        case Role::input:
        case Role::output:
        case Role::spike:
            return populations_[place.node].part->num();
        case Role::synapse:
        case Role::plasticity:
            return projections_[place.node].num_pre;
        case Role::h:
        case Role::current:
            return projections_[place.node].num_post;
    }
    return 0;
}

template <class Element>
Probe EngineOf<Element>::make_probe(const Monitor& monitor) const {
    const auto* const target = std::get_if<Target>(&monitor.source);
    if (!target)
        throw UsageError(fmt::format("monitor {} is of events or a function, but must be of a variable", monitor.name));
    if (monitor.every == 0) throw ParameterError(fmt::format("monitor {}", monitor.name), "every", 0, "at least 1");
    const auto* const path = std::get_if<std::string>(target);
    Variable variable = path ? network_.variable(*path) : std::get<Variable>(*target);
    if (!monitor.indices.empty()) variable = variable.select(monitor.indices);
    const Place place = place_of(variable);
    return {.name = monitor.name,
            .variable = variable,
            .place = place,
            .selection = {variable.selection().begin(), variable.selection().end()},
            .num = num_of(place),
            .every = monitor.every};
}

template <class Element>
Quantity EngineOf<Element>::quantity_of(const std::string& path) const {
    const auto unknown = [&]() -> UsageError {
        return UsageError(
            fmt::format("{} has no derivative: it is no parameter, weight, initial state, input or spike", path));
    };
    // What the network knows by that path, or an error that says what it knows.
    std::string_view owner = path, rest = path;
    const NetworkPart* part = network_.part().get();
    const NetworkPart::Part* found = nullptr;
    for (;;) {
        std::tie(owner, rest) = split(rest);
        found = rest.empty() ? nullptr : part->find(owner);
        if (!found) {
            const std::vector<std::string> known = part->names();
            throw unknown_name(fmt::format("quantity of {}", part->name()), path,
                               std::vector<std::string_view>(known.begin(), known.end()));
        }
        const Network* const inner = std::get_if<Network>(found);
        if (!inner) break;
        part = inner->part().get();
    }
    const std::size_t batch = rows();
    using Kind = Quantity::Kind;
    if (const Population* const population = std::get_if<Population>(found)) {
        const std::size_t node = node_of_.at(population->part().get());
        const PopulationNode& n = populations_[node];
        const std::size_t num = n.part->num();
        if (rest == "input" && (n.neurons || n.pass))
            return {path, Kind::input, node, 0, {Role::input, node, 0}, {batch, num}};
        if (rest == "spike" && n.part->has_spike())
            return {path, Kind::spike, node, 0, {Role::spike, node, 0}, {batch, num}};
        if (!n.neurons) throw unknown();
        if (const auto k = find(n.neurons->model().states(), rest))
            return {path, Kind::state, node, *k, {Role::state, node, *k}, {batch, num}};
        if (rest == "refractory" || rest == "t_last_spike" || rest == n.neurons->model().noise() ||
            !has_derivative(rest))
            throw unknown();
        const Array value = n.neurons->parameter(rest);
        return {path, Kind::neuron, node, *find(n.neurons->parameters(), rest), {}, value.shape, value.values.size()};
    }
    const Projection& projection = std::get<Projection>(*found);
    const std::size_t node = node_of_.at(projection.part().get());
    ProjectionPart& p = *projections_[node].part;
    if (rest == "g_max") return {path, Kind::weights, node, 0, {}, shape_of(p.weight_form(), p.wiring().graph)};
    if (const auto k = find(p.synapse().states(), rest))
        return {path, Kind::state, node, *k, {Role::synapse, node, *k}, {batch, p.pre().num()}};
    if (rest.starts_with("stp.") && p.plasticity()) {
        if (const auto k = find(p.plasticity()->states(), rest.substr(4)))
            return {path, Kind::state, node, *k, {Role::plasticity, node, *k}, {batch, p.pre().num()}};
        p.parameter(rest);
        Quantity quantity{path, Kind::plasticity, node, *find(names_of(p.plasticity()->parameters()), rest.substr(4))};
        if (p.settings().brainpy_2_4) quantity.others = with_value_of(quantity.k, *p.plasticity(), p.name());
        return quantity;
    }
    if (rest == "spike_arrival_time" || rest == "h" || rest == "current" || !has_derivative(rest)) throw unknown();
    const Array value = p.parameter(rest);
    if (rest.starts_with("output."))
        return {
            path,        Kind::output,       node, *find(names_of(p.output_model()->parameters()), rest.substr(7)), {},
            value.shape, value.values.size()};
    return {path, Kind::synapse, node, *find(names_of(p.synapse().parameters()), rest)};
}

template <class Element>
const Values& EngineOf<Element>::record(std::string_view monitor) const {
    std::vector<std::string_view> known;
    for (const Probe& probe : probes_) {
        if (probe.name == monitor) return probe.record;
        known.push_back(probe.name);
    }
    throw unknown_name("record", monitor, known);
}

template <class Element>
std::vector<std::string> EngineOf<Element>::monitors() const {
    std::vector<std::string> names;
    for (const Probe& probe : probes_) names.push_back(probe.name);
    return names;
}

template class EngineOf<double>;
template class EngineOf<float>;

}  // namespace bouton::grad
