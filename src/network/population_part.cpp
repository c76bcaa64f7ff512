// SPDX-License-Identifier: Apache-2.0
#include "population_part.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

#include <bouton/core/error.hpp>

#include <fmt/format.h>

#include "resolve.hpp"

namespace bouton {

PopulationPart::PopulationPart(std::string name, Shape size, const Settings& settings)
    : name_(std::move(name)), size_(std::move(size)), num_(size_.count()), settings_(settings) {
    check_name("population", name_);
    if (size_.rank() == 0)
        throw ShapeError(fmt::format("the size of {} has no axis, but must have one or more", name_));
    check_count(rows());
}

void PopulationPart::check_count(std::size_t rows) const {
    if (num_ > std::numeric_limits<std::uint32_t>::max() / rows)
        throw ShapeError(
            fmt::format("{} has {} neurons in {} rows, but must have fewer than 2^32 together", name_, num_, rows));
}

void PopulationPart::update(const Clock& clock) {
    begin(clock);
    step({0, entries()});
    ahead_ = true;
    finish(clock);
}

std::span<const std::uint32_t> PopulationPart::spikes() {
    if (spikes_written_) {
        collect_spikes();
        if (!ahead_) history_.replace_newest(spikes_);
    }
    return spikes_;
}

std::span<const std::uint32_t> PopulationPart::spikes(std::size_t age) {
    spikes();
    return history_.at(age);
}

void PopulationPart::reset_state(std::optional<std::size_t> batch_size) {
    const Mode mode = with_batch_size(name_, settings_.mode, batch_size);
    check_count(mode.rows());
    settings_.mode = mode;
    start();
    collect_spikes();
    history_.clear();
    ahead_ = false;
    if (settings_.mode.is_training()) spike_numbers_ = Buffer(settings_.precision, spike_.size());
}

void PopulationPart::exchange(Archive& archive) {
    archive(spike_);
    archive(spikes_);
    archive(spikes_written_);
    archive(ahead_);
    history_.exchange(archive);
}

Array PopulationPart::parameter(std::string_view name) const { throw_unknown_parameter(name); }

Variable PopulationPart::make_variable(std::string_view name, Buffer& buffer, const Shape& shape,
                                       Variable::Hooks hooks) {
    return {fmt::format("{}.{}", name_, name),
            shared_from_this(),
            &buffer,
            settings_.mode.batched(),
            shape,
            std::move(hooks)};
}

Variable PopulationPart::spike_variable(const Shape& shape) {
    if (!settings_.mode.is_training())
        return make_variable("spike", spike_, shape,
                             {.before_read = {}, .after_write = [this] { spikes_written_ = true; }});
    if (spike_numbers_.size() != spike_.size()) spike_numbers_ = Buffer(settings_.precision, spike_.size());
    const auto show = [this] {
        const auto flags = std::as_const(spike_).as<std::uint8_t>();
        spike_numbers_.visit([&](auto numbers) { std::ranges::copy(flags, numbers.begin()); });
    };
    const auto take_over = [this] {
        const auto flags = spike_.as<std::uint8_t>();
        spike_numbers_.visit([&](auto numbers) {
            std::ranges::transform(numbers, flags.begin(), [](auto number) { return number != 0; });
        });
        spikes_written_ = true;
    };
    return make_variable("spike", spike_numbers_, shape, {.before_read = show, .after_write = take_over});
}

void PopulationPart::set_parameter(std::string_view parameter, const Parameter&) { throw_unknown_parameter(parameter); }

void PopulationPart::throw_unknown(std::string_view name) const {
    const std::vector<std::string> all = variables();
    throw unknown_name(fmt::format("variable of {}", name_), name,
                       std::vector<std::string_view>(all.begin(), all.end()));
}

void PopulationPart::throw_unknown_parameter(std::string_view name) const {
    throw unknown_name(fmt::format("parameter of {}", name_), name, parameters());
}

void PopulationPart::collect_spikes() {
    const std::span<const std::uint8_t> flags = std::as_const(spike_).as<std::uint8_t>();
    spikes_written_ = false;
    spikes_.clear();
    constexpr std::size_t word = sizeof(std::uint64_t), line = 8 * word;
    const auto word_at = [&](std::size_t at) {
        std::uint64_t value;
        std::memcpy(&value, flags.data() + at, word);
        return value;
    };
    const auto look_at = [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i)
            if (flags[i]) spikes_.push_back(static_cast<std::uint32_t>(i));
    };
    std::size_t first = 0;
    for (; first + line <= flags.size(); first += line) {  // spikes are rare
        std::uint64_t any = 0;
        for (std::size_t at = first; at < first + line; at += word) any |= word_at(at);
        if (any == 0) continue;
        for (std::size_t at = first; at < first + line; at += word)
            if (word_at(at) != 0) look_at(at, at + word);
    }
    look_at(first, flags.size());
}

Random PopulationPart::random(std::string_view purpose) const {
    return {settings_.seed, fmt::format("{}.{}", name_, purpose)};
}

}  // namespace bouton
