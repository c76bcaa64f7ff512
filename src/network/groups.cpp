// SPDX-License-Identifier: Apache-2.0
#include "groups.hpp"

#include <algorithm>
#include <cmath>

#include <bouton/core/error.hpp>

#include <fmt/format.h>

#include "resolve.hpp"

namespace bouton {

SpikeTimePopulation::SpikeTimePopulation(std::string id, const SpikeTimeGroup& group, const Shape& size,
                                         const Settings& settings)
    : PopulationPart(std::move(id), size, settings) {
    if (group.times.size() != group.indices.size())
        throw ShapeError(fmt::format("{} has {} times and {} indices, but must have as many of one as of the other",
                                     name(), group.times.size(), group.indices.size()));
    if (!group.rows.empty() && group.rows.size() != group.times.size())
        throw ShapeError(fmt::format("{} has {} times and {} rows, but must have as many of one as of the other",
                                     name(), group.times.size(), group.rows.size()));
    for (std::size_t k = 0; k < group.times.size(); ++k) {
        if (!std::isfinite(group.times[k])) throw ParameterError(name(), "times", group.times[k], "finite");
        if (group.indices[k] >= num()) throw IndexError(fmt::format("{}.indices", name()), group.indices[k], num());
        if (!group.rows.empty() && group.rows[k] >= rows())
            throw IndexError(fmt::format("{}.rows", name()), group.rows[k], rows());
        entries_.push_back({group.times[k], group.indices[k], group.rows.empty() ? every_row : group.rows[k]});
    }
    std::ranges::stable_sort(entries_, {}, &Entry::time);
    start();
}

Variable SpikeTimePopulation::variable(std::string_view name) {
    if (name == "spike") return spike_variable(Shape(num()));
    throw_unknown(name);
}

void SpikeTimePopulation::finish(const Clock& clock) {
    const auto flags = spike_.as<std::uint8_t>();
    std::ranges::fill(flags, 0);
    for (; next_ < entries_.size() && entries_[next_].time <= clock.now(); ++next_) {
        const Entry& entry = entries_[next_];
        for (std::size_t row = 0; row < rows(); ++row)
            if (entry.row == every_row || entry.row == row) flags[row * num() + entry.neuron] = 1;
    }
    collect_spikes();
}

void SpikeTimePopulation::start() {
    spike_ = Buffer::booleans(rows() * num());
    next_ = 0;
}

PoissonPopulation::PoissonPopulation(std::string id, const PoissonGroup& group, const Shape& size,
                                     const Settings& settings)
    : PopulationPart(std::move(id), size, settings),
      freqs_(resolve_freqs(group.freqs)),
      draws_(group.seed.value_or(settings.seed),
             group.seed ? std::string("PoissonGroup.spikes") : fmt::format("{}.spikes", name())) {
    start();
}

Variable PoissonPopulation::variable(std::string_view name) {
    if (name == "spike") return spike_variable(Shape(num()));
    throw_unknown(name);
}

std::vector<double> PoissonPopulation::resolve_freqs(const Parameter& freqs) const {
    return resolve_parameter(name(), {"freqs", freqs, Range::non_negative}, Shape(num()), random("freqs"));
}

void PoissonPopulation::set_parameter(std::string_view parameter, const Parameter& value) {
    if (parameter != "freqs")
        throw unknown_name(fmt::format("parameter of {}", name()), parameter, std::vector<std::string_view>{"freqs"});
    freqs_ = resolve_freqs(value);
}

void PoissonPopulation::step(IndexRange range) {
    const auto flags = spike_.as<std::uint8_t>();
    const Random draws = draws_.at(age_);
    for (std::size_t at = range.begin; at < range.end; ++at) {
        const double freq = freqs_[freqs_.size() == 1 ? 0 : at % num()];
        flags[at] = draws.uniform(at) < freq * dt_ / 1000;
    }
}

void PoissonPopulation::finish(const Clock&) {
    ++age_;
    collect_spikes();
}

void PoissonPopulation::start() {
    spike_ = Buffer::booleans(rows() * num());
    age_ = 0;
}

PassPopulation::PassPopulation(std::string id, const Shape& size, const Settings& settings)
    : PopulationPart(std::move(id), size, settings) {
    start();
}

Variable PassPopulation::variable(std::string_view name) {
    if (Buffer* buffer = find(name)) return make_variable(name, *buffer, Shape(num()));
    throw_unknown(name);
}

Buffer* PassPopulation::find(std::string_view name) {
    if (name == "input") return &input_;
    if (name == "output") return &output_;
    return nullptr;
}

void PassPopulation::start() {
    input_ = output_ = Buffer(settings().precision, rows() * num());
    spike_ = Buffer::booleans(0);
}

ExternalPopulation::ExternalPopulation(std::string id, const ExternalGroup& group, const Shape& size,
                                       const Settings& settings)
    : PopulationPart(std::move(id), size, settings), shape_(group.keep_size ? size : Shape(num())) {
    start();
}

std::vector<std::string> ExternalPopulation::variables() const {
    std::vector<std::string> names;
    for (const auto& entry : values_) names.push_back(entry.first);
    names.emplace_back("spike");
    return names;
}

Variable ExternalPopulation::variable(std::string_view name) {
    const auto resize = [this](std::size_t rows) { reset_state(rows); };
    if (name == "spike")
        return make_variable(name, spike_, shape_,
                             {.before_read = {}, .after_write = [this] { step_was_written(); }, .resize = resize});
    if (Buffer* buffer = find(name))
        return make_variable(name, *buffer, shape_, {.before_read = {}, .after_write = {}, .resize = resize});
    throw_unknown(name);
}

Variable ExternalPopulation::add_variable(const std::string& name) {
    check_name("variable", name);
    if (name == "spike" || find(name))
        throw NameError(
            fmt::format("{} has a variable {} already, but every name must be used once", this->name(), name));
    values_.emplace(name, Buffer(settings().precision, entries()));
    return variable(name);
}

Buffer* ExternalPopulation::find(std::string_view name) {
    const auto found = values_.find(name);
    return found == values_.end() ? nullptr : &found->second;
}

void ExternalPopulation::start() {
    for (auto& [name, values] : values_) values = Buffer(settings().precision, entries());
    spike_ = Buffer::booleans(entries());
}

}  // namespace bouton
