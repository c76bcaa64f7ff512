// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <exception>
#include <utility>

#include <bouton/core/error.hpp>

#include <fmt/format.h>

#include "network_part.hpp"
#include "population_part.hpp"
#include "projection_part.hpp"
#include "resolve.hpp"

namespace bouton {
namespace {

std::string_view own_name(const NetworkPart::Part& part) {
    return std::visit([](const auto& p) -> std::string_view { return p.name(); }, part);
}

/// "a.b.c" as "a" and "b.c".
std::pair<std::string_view, std::string_view> split(std::string_view path) {
    const std::size_t dot = path.find('.');
    if (dot == std::string_view::npos) return {path, {}};
    return {path.substr(0, dot), path.substr(dot + 1)};
}

Variable variable_of(const NetworkPart::Part& part, std::string_view path);

Variable variable_of(const Projection& projection, std::string_view path) {
    const auto [first, rest] = split(path);
    if (first == "pre" && !rest.empty()) return projection.pre().variable(rest);
    if (first == "post" && !rest.empty()) return projection.post().variable(rest);
    return projection.variable(path);
}

Variable variable_of(const NetworkPart::Part& part, std::string_view path) {
    return std::visit(
        [path](const auto& p) {
            if constexpr (std::is_same_v<std::decay_t<decltype(p)>, Projection>)
                return variable_of(p, path);
            else
                return p.variable(path);
        },
        part);
}

template <class Kind>
Kind find_kind(const NetworkPart& net, std::string_view kind, std::string_view path) {
    const NetworkPart::Part* part = net.find(path);
    if (part)
        if (const Kind* found = std::get_if<Kind>(part)) return *found;
    std::vector<std::string> known;
    for (const std::string& name : net.names())
        if (std::holds_alternative<Kind>(*net.find(name))) known.push_back(name);
    throw unknown_name(fmt::format("{} of {}", kind, net.name()), path,
                       std::vector<std::string_view>(known.begin(), known.end()));
}

}  // namespace

NetworkPart::NetworkPart(const Settings& settings, std::string name) : name_(std::move(name)), settings_(settings) {
    check_name("network", name_);
}

std::vector<std::string> NetworkPart::names() const {
    std::vector<std::string> names;
    for (const Entry& entry : entries_) names.push_back(entry.name);
    return names;
}

template <class Kind>
void NetworkPart::add(const std::string& name, const Kind& part) {
    check_name("part of a network", name);
    if (find_here(name))
        throw NameError(
            fmt::format("{} has a part named \"{}\" already, but every name must be used once", name_, name));
    if (part.settings() != settings_)
        throw UsageError(fmt::format("the settings (seed, precision, mode, brainpy_2_4) of {} differ from those of {}",
                                     part.name(), name_));
    if constexpr (std::is_same_v<Kind, Projection>)
        if (!part.pre().population().has_spike())
            throw UsageError(
                fmt::format("{} cannot run {}: {} has no spikes to give it", name_, part.name(), part.pre().name()));
    check_own_names(part);
    auto& parts = [this]() -> auto& {
        if constexpr (std::is_same_v<Kind, Population>)
            return populations_;
        else if constexpr (std::is_same_v<Kind, Projection>)
            return projections_;
        else
            return networks_;
    }
    ();
    entries_.push_back({name, part});
    if (std::ranges::find(parts, part) == parts.end()) parts.push_back(part);
    is_planned_ = false;
}

template <class Kind>
void NetworkPart::check_own_names(const Kind& part) const {
    const Part* const namesake = find_anywhere(part.name());
    if (namesake && *namesake != Part(part))
        throw NameError(
            fmt::format("{} holds another part named \"{}\", but parts that draw random numbers by their name "
                        "must have one of their own",
                        name_, part.name()));
    if constexpr (std::is_same_v<Kind, Network>) {
        for (const Population& inner : part.populations()) check_own_names(inner);
        for (const Projection& inner : part.projections()) check_own_names(inner);
        for (const Network& inner : part.networks()) check_own_names(inner);
    }
}

const NetworkPart::Part* NetworkPart::find_here(std::string_view name) const {
    const auto found = std::ranges::find(entries_, name, &Entry::name);
    return found == entries_.end() ? nullptr : &found->part;
}

const NetworkPart::Part* NetworkPart::find_anywhere(std::string_view name) const {
    for (const Entry& entry : entries_)
        if (own_name(entry.part) == name) return &entry.part;
    for (const Network& network : networks_)
        if (const Part* found = network.part()->find_anywhere(name)) return found;
    return nullptr;
}

const NetworkPart::Part* NetworkPart::find(std::string_view path) const {
    const auto [first, rest] = split(path);
    const Part* part = find_here(first);
    if (!part) part = find_anywhere(first);
    if (!part || rest.empty()) return part;
    const Network* inner = std::get_if<Network>(part);
    return inner ? inner->part()->find(rest) : nullptr;
}

Variable NetworkPart::variable(std::string_view path) const {
    const auto [first, rest] = split(path);
    const Part* part = rest.empty() ? nullptr : find(first);
    if (!part) {
        const std::vector<std::string> known = names();
        throw unknown_name(fmt::format("variable of {}", name_), path,
                           std::vector<std::string_view>(known.begin(), known.end()));
    }
    return variable_of(*part, rest);
}

bool NetworkPart::contains(const NetworkPart* part) const {
    return part == this ||
           std::ranges::any_of(networks_, [part](const Network& inner) { return inner.part()->contains(part); });
}

std::string NetworkPart::summary(std::string_view indent) const {
    const auto memory = [](std::uint64_t bytes) {
        return bytes < 1 << 20 ? fmt::format("{:.1f} KiB", static_cast<double>(bytes) / (1 << 10))
                               : fmt::format("{:.1f} MiB", static_cast<double>(bytes) / (1 << 20));
    };
    std::string text = fmt::format("{}{}\n", indent, name_);
    for (const Population& population : populations_)
        text += fmt::format("{}  {}: {} neurons\n", indent, population.name(), population.num());
    for (const Projection& projection : projections_)
        text += fmt::format("{}  {}: {} -> {}, {}, {} connections in {}, {}\n", indent, projection.name(),
                            projection.pre().name(), projection.post().name(), projection.part()->synapse_name(),
                            projection.connectivity().size(), memory(projection.bytes()), projection.how());
    for (const Network& network : networks_) text += network.part()->summary(fmt::format("{}  ", indent));
    return text;
}

void NetworkPart::plan() {
    if (std::exchange(is_planned_, true)) return;
    targets_.clear();
    first_given_.clear();
    for (const Population& population : populations_) targets_.push_back({population, {}});
    const auto target_of = [this](const Projection& projection) {
        return std::ranges::find(targets_, projection.post().population(), &Target::population);
    };
    std::vector<Population> apart;
    for (const Projection& projection : projections_)
        if (projection.post().indices()) apart.push_back(projection.post().population());
    for (const Projection& projection : projections_) {
        const auto target = target_of(projection);
        if (target == targets_.end() || std::ranges::find(apart, target->population) != apart.end())
            first_given_.push_back(projection);
        else
            target->projections.push_back(projection);
    }
}

std::vector<NetworkPart::Fed> NetworkPart::fed() {
    std::vector<Fed> found, all;
    std::vector<const PopulationPart*> fed_at_once;
    collect_fed(found, fed_at_once);
    for (const Fed& each : found) {
        if (std::ranges::find(all, each.part, &Fed::part) == all.end())
            all.push_back(each);
        else  // it is stepped more than once
            fed_at_once.push_back(each.part);
    }
    for (Fed& each : all) each.by_ranges = std::ranges::find(fed_at_once, each.part) == fed_at_once.end();
    return all;
}

void NetworkPart::collect_fed(std::vector<Fed>& all, std::vector<const PopulationPart*>& fed_at_once) {
    plan();
    for (const Target& target : targets_) {
        const ProjectionPart* const first = target.projections.empty() ? nullptr : target.projections[0].part().get();
        all.push_back({target.population.part().get(), true, first});
    }
    for (const Projection& projection : first_given_)
        fed_at_once.push_back(projection.post().population().part().get());
    for (const Network& network : networks_) network.part()->collect_fed(all, fed_at_once);
}

void NetworkPart::update(const Clock& clock, Workers& workers, RangeHooks* hooks) {
    check_dt(clock.dt);
    plan();
    for (const Projection& projection : projections_) projection.part()->prepare(clock);
    for (const Projection& projection : projections_) projection.part()->begin(clock);
    for (const Projection& projection : first_given_) {
        ProjectionPart& part = *projection.part();
        workers.share(part.entries(), part.may_share() ? worth_a_thread : part.entries(), [&part](IndexRange range) {
            part.deliver(range);
            part.give(range);
        });
    }
    const bool finite = std::ranges::all_of(projections_, [](const Projection& p) { return p.part()->is_finite(); });
    for (const Target& target : targets_) {
        PopulationPart& population = *target.population.part();
        if (finite) population.begin(clock);
        const auto deliver = [&](IndexRange range) {
            for (const Projection& projection : target.projections) projection.part()->deliver(range);
        };
        workers.share_by_chunks(population.entries(), worth_a_thread, kernel::chunk, deliver, [&](IndexRange chunk) {
            auto start = hooks ? hooks->before(population, chunk) : std::nullopt;
            for (const Projection& projection : target.projections) {
                start ? projection.part()->give(chunk, *start) : projection.part()->give(chunk);
                start.reset();
            }
            if (finite) population.step(chunk);
            if (hooks) hooks->after(population, chunk);
        });
    }
    for (const Projection& projection : projections_) projection.part()->finish(clock);
    std::exception_ptr failure;
    for (const Target& target : targets_) try {
            target.population.part()->finish(clock);
        } catch (const NonFiniteError&) {
            if (!failure) failure = std::current_exception();
        }
    if (failure) std::rethrow_exception(failure);
    for (const Network& network : networks_) network.part()->update(clock, workers, hooks);
    for (const Population& population : populations_) population.part()->push_history();
}

void NetworkPart::update(const Clock& clock, Workers& workers, StepObserver& observer) {
    check_dt(clock.dt);
    for (const Projection& projection : projections_) projection.part()->prepare(clock);
    for (const Projection& projection : projections_) {
        observer.begins(*projection.part());
        projection.part()->begin(clock);
    }
    for (const Projection& projection : projections_) {
        ProjectionPart& part = *projection.part();
        observer.gives(part);
        workers.share(part.entries(), part.may_share() ? worth_a_thread : part.entries(), [&part](IndexRange range) {
            part.deliver(range);
            part.give(range);
        });
        part.finish(clock);
    }
    for (const Population& population : populations_) {
        PopulationPart& part = *population.part();
        part.begin(clock);
        observer.begins(part);
        workers.share(part.entries(), worth_a_thread, [&part](IndexRange range) { part.step(range); });
        part.finish(clock);
        observer.ended(part);
    }
    for (const Network& network : networks_) network.part()->update(clock, workers, observer);
    for (const Population& population : populations_) population.part()->push_history();
}

void NetworkPart::exchange(Archive& archive) {
    for (const Population& population : populations_) population.part()->exchange(archive);
    for (const Projection& projection : projections_) projection.part()->exchange(archive);
    for (const Network& network : networks_) network.part()->exchange(archive);
}

std::pair<const NetworkPart::Part*, std::string_view> NetworkPart::part_of_parameter(std::string_view path) const {
    const auto [first, rest] = split(path);
    const Part* part = rest.empty() ? nullptr : find(first);
    if (!part) {
        const std::vector<std::string> known = names();
        throw unknown_name(fmt::format("parameter of {}", name_), path,
                           std::vector<std::string_view>(known.begin(), known.end()));
    }
    return {part, rest};
}

Array NetworkPart::parameter(std::string_view path) const {
    const auto [part, name] = part_of_parameter(path);
    return std::visit([name = name](const auto& p) { return p.part()->parameter(name); }, *part);
}

void NetworkPart::set_parameter(std::string_view path, const Array& value) {
    const auto [part, name] = part_of_parameter(path);
    if (const Projection* const projection = std::get_if<Projection>(part); projection && name == "g_max")
        return projection->part()->set_weights_in_form(value);
    if (const Network* const network = std::get_if<Network>(part)) return network->part()->set_parameter(name, value);
    std::visit(
        [&, name = name](const auto& p) {
            if constexpr (!std::is_same_v<std::decay_t<decltype(p)>, Network>) p.part()->set_parameter(name, value);
        },
        *part);
}

std::size_t NetworkPart::most_entries() const {
    std::size_t most = 0;
    for (const Population& population : populations_) most = std::max(most, population.part()->entries());
    for (const Network& network : networks_) most = std::max(most, network.part()->most_entries());
    return most;
}

void NetworkPart::clear_input() {
    for (Population& population : populations_) population.clear_input();
    for (Network& network : networks_) network.clear_input();
}

void NetworkPart::check_reset(std::optional<std::size_t> batch_size) const {
    const Mode mode = with_batch_size(name_, settings_.mode, batch_size);
    for (const Population& population : populations_) population.part()->check_count(mode.rows());
    for (const Network& network : networks_) network.part()->check_reset(batch_size);
}

void NetworkPart::reset_state(std::optional<std::size_t> batch_size) {
    check_reset(batch_size);
    restart_in(with_batch_size(name_, settings_.mode, batch_size), settings_.mode, [&] {
        if (batch_size) batch_size = settings_.mode.rows();
        for (Population& population : populations_) population.reset_state(batch_size);
        for (Projection& projection : projections_) projection.reset_state(batch_size);
        for (Network& network : networks_) network.reset_state(batch_size);
    });
}

Network::Network(const Settings& settings, std::string name)
    : part_(std::make_shared<NetworkPart>(settings, std::move(name))) {}

const std::string& Network::name() const { return part_->name(); }
const Settings& Network::settings() const { return part_->settings(); }
std::vector<std::string> Network::names() const { return part_->names(); }
const std::vector<Population>& Network::populations() const { return part_->populations(); }
const std::vector<Projection>& Network::projections() const { return part_->projections(); }
const std::vector<Network>& Network::networks() const { return part_->networks(); }

Projection Network::connect(const std::string& name, const View& pre, const View& post, const Connector& connector,
                            const Synapse& synapse, const ProjectionOptions& options) {
    return add(name, Projection(name, pre, post, connector, synapse, options));
}

Population Network::add(const std::string& name, const Population& population) {
    part_->add(name, population);
    return population;
}

Projection Network::add(const std::string& name, const Projection& projection) {
    part_->add(name, projection);
    return projection;
}

Network Network::add(const std::string& name, const Network& network) {
    if (network.part_->contains(part_.get()))
        throw UsageError(
            fmt::format("{} cannot hold {}, which is or holds {}", this->name(), network.name(), this->name()));
    part_->add(name, network);
    return network;
}

Population Network::population(std::string_view path) const {
    return find_kind<Population>(*part_, "population", path);
}
Projection Network::projection(std::string_view path) const {
    return find_kind<Projection>(*part_, "projection", path);
}
Network Network::network(std::string_view path) const { return find_kind<Network>(*part_, "network", path); }
Variable Network::variable(std::string_view path) const { return part_->variable(path); }

Array Network::parameter(std::string_view path) const { return part_->parameter(path); }
void Network::set_parameter(std::string_view path, const Array& value) { part_->set_parameter(path, value); }

std::string Network::summary() const { return part_->summary(); }

void Network::update(const Clock& clock) {
    Workers only_this;
    part_->update(clock, only_this);
}
void Network::clear_input() { part_->clear_input(); }
void Network::reset_state(std::optional<std::size_t> batch_size) { part_->reset_state(batch_size); }

}  // namespace bouton
