// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <numeric>
#include <typeinfo>

#include <bouton/core/error.hpp>
#include <bouton/network/population.hpp>

#include <fmt/format.h>

#include "groups.hpp"
#include "neuron_population.hpp"

namespace bouton {

Population::Population(std::string name, const Neuron& neuron, const Shape& size, const NeuronOptions& options,
                       const Settings& settings)
    : part_(std::make_shared<NeuronPopulation>(std::move(name), neuron.model(), size, options, settings)) {}
Population::Population(std::string name, const SpikeTimeGroup& group, const Shape& size, const Settings& settings)
    : part_(std::make_shared<SpikeTimePopulation>(std::move(name), group, size, settings)) {}
Population::Population(std::string name, const PoissonGroup& group, const Shape& size, const Settings& settings)
    : part_(std::make_shared<PoissonPopulation>(std::move(name), group, size, settings)) {}
Population::Population(std::string name, const InputGroup&, const Shape& size, const Settings& settings)
    : part_(std::make_shared<PassPopulation>(std::move(name), size, settings)) {}
Population::Population(std::string name, const OutputGroup&, const Shape& size, const Settings& settings)
    : part_(std::make_shared<PassPopulation>(std::move(name), size, settings)) {}
Population::Population(std::string name, const ExternalGroup& group, const Shape& size, const Settings& settings)
    : part_(std::make_shared<ExternalPopulation>(std::move(name), group, size, settings)) {}

const std::string& Population::name() const { return part_->name(); }
const Shape& Population::size() const { return part_->size(); }
std::size_t Population::num() const { return part_->num(); }
const Settings& Population::settings() const { return part_->settings(); }
bool Population::has_spike() const { return part_->has_spike(); }
std::vector<std::string> Population::variables() const { return part_->variables(); }
Variable Population::variable(std::string_view name) const { return part_->variable(name); }
Variable Population::add_variable(const std::string& name) {
    auto* const external = dynamic_cast<ExternalPopulation*>(part_.get());
    if (!external)
        throw UsageError(fmt::format("{} cannot be given a variable {}: it is no external group", this->name(), name));
    return external->add_variable(name);
}
void Population::set_parameter(std::string_view parameter, const Parameter& value) {
    part_->set_parameter(parameter, value);
}
std::span<const std::uint32_t> Population::spikes() const { return part_->spikes(); }
void Population::update(const Clock& clock) {
    step(clock);
    advance_delays();
}
void Population::step(const Clock& clock) {
    check_dt(clock.dt);
    part_->update(clock);
}
void Population::advance_delays() { part_->push_history(); }
void Population::clear_input() { part_->clear_input(); }

void Population::reset_state(std::optional<std::size_t> batch_size) { part_->reset_state(batch_size); }

void Population::take_state(const Population& other) {
    const PopulationPart &own = *part_, &given = *other.part_;
    if (typeid(own) != typeid(given) || own.size() != given.size() || own.settings() != given.settings() ||
        own.variables() != given.variables())
        throw UsageError(fmt::format("{} cannot take the state of {}, which is not made alike", name(), other.name()));
    transfer(*other.part_, *part_);
}

View Population::view(std::vector<std::uint32_t> indices) const {
    return {*this, std::move(indices), fmt::format("view of {}", name())};
}

View Population::slice(std::optional<std::int64_t> begin, std::optional<std::int64_t> end, std::int64_t step) const {
    if (step == 0) throw ParameterError(fmt::format("slice of {}", name()), "step", 0, "other than 0");
    const auto num = static_cast<std::int64_t>(part_->num());
    step = std::clamp(step, -num - 1, num + 1);
    const auto bounded = [&](std::int64_t at, std::int64_t lowest, std::int64_t highest) {
        return std::clamp(at < 0 ? at + num : at, lowest, highest);
    };
    const std::int64_t first =
        step > 0 ? bounded(begin.value_or(0), 0, num) : (begin ? bounded(*begin, -1, num - 1) : num - 1);
    const std::int64_t last = step > 0 ? bounded(end.value_or(num), 0, num) : (end ? bounded(*end, -1, num - 1) : -1);
    std::vector<std::uint32_t> indices;
    for (std::int64_t at = first; step > 0 ? at < last : at > last; at += step)
        indices.push_back(static_cast<std::uint32_t>(at));
    return view(std::move(indices));
}

View::View(const Population& population)
    : population_(population), name_(population.name()), size_(population.size()), num_(population.num()) {}

View::View(const Population& population, std::vector<std::uint32_t> indices, std::string name)
    : population_(population),
      name_(std::move(name)),
      size_(indices.size()),
      num_(indices.size()),
      indices_(std::move(indices)) {
    if (indices_.empty()) throw ShapeError(fmt::format("{} is empty, but must hold a neuron", name_));
    for (const std::uint32_t i : indices_)
        if (i >= population_.num()) throw IndexError(name_, i, population_.num());
}

Variable View::variable(std::string_view name) const {
    const Variable all = population_.variable(name);
    return indices_.empty() ? all : all.select(indices_);
}

View View::view(const std::vector<std::uint32_t>& indices) const {
    std::vector<std::uint32_t> neurons;
    for (const std::uint32_t i : indices) {
        if (i >= num_) throw IndexError(name_, i, num_);
        neurons.push_back(neuron(i));
    }
    return {population_, std::move(neurons), fmt::format("view of {}", name_)};
}

}  // namespace bouton
