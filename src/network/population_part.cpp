// SPDX-License-Identifier: Apache-2.0
#include "population_part.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <utility>

#include <bouton/core/error.hpp>
#include <bouton/kernel/loop.hpp>
#include <bouton/math/lanes.hpp>

#include <fmt/format.h>

#include "resolve.hpp"

namespace bouton {
namespace {

/// Appends the places of all flags that are set.
struct FindSpikes {
    template <std::size_t bytes>
    static int run(std::span<const std::uint8_t> flags, std::vector<std::uint32_t>* spikes) {
        constexpr std::size_t group = 64 * cache_line;
        std::array<std::uint64_t, 64> bits;  // of the flags of each line
        for (std::size_t first = 0; first < flags.size(); first += group) {
            // Spikes are rare, and the processor could not foretell where: lines that have one are found without
            // branches.
            std::uint64_t lines = 0;  // bit i: line i
            const std::size_t count = (std::min(flags.size() - first, group) + cache_line - 1) / cache_line;
            for (std::size_t i = 0; i < count; ++i) {
                bits[i] = detail::bits_of_flags<bytes>(flags.data() + first + i * cache_line);
                lines |= std::uint64_t{bits[i] != 0} << i;
            }
            for (; lines != 0; lines &= lines - 1) {
                const auto line = static_cast<std::size_t>(std::countr_zero(lines));
                const std::size_t begin = first + line * cache_line, left = flags.size() - begin;
                std::uint64_t set = bits[line];
                if (left < cache_line) set &= (std::uint64_t{1} << left) - 1;
                for (; set != 0; set &= set - 1)
                    spikes->push_back(
                        static_cast<std::uint32_t>(begin + static_cast<std::size_t>(std::countr_zero(set))));
            }
        }
        return 0;
    }
};

}  // namespace

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
    restart_in(mode, settings_.mode, [this] {
        start();
        collect_spikes();
        history_.clear();
        ahead_ = false;
        if (settings_.mode.is_training()) spike_numbers_ = Buffer(settings_.precision, spike_.size());
    });
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
    spikes_written_ = false;
    spikes_.clear();
    const std::span<const std::uint8_t> flags = std::as_const(spike_).as<std::uint8_t>();
    const InstructionSet set = settings_.kernels ? settings_.kernels->instruction_set() : best_instruction_set();
    loops::run<FindSpikes>(set, flags, &spikes_);
}

Random PopulationPart::random(std::string_view purpose) const {
    return {settings_.seed, fmt::format("{}.{}", name_, purpose)};
}

}  // namespace bouton
