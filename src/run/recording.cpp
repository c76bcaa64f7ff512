// SPDX-License-Identifier: Apache-2.0
#include <bouton/core/error.hpp>
#include <bouton/run/recording.hpp>

namespace bouton {
namespace {

template <class Map>
auto& find(Map& all, std::string_view kind, std::string_view name) {
    const auto found = all.find(name);
    if (found != all.end()) return found->second;
    std::vector<std::string_view> known;
    for (const auto& entry : all) known.push_back(entry.first);
    throw unknown_name(kind, name, known);
}

}  // namespace

std::vector<double> Record::series(std::size_t i, std::size_t row) const {
    const std::size_t samples = ts.size(), length = samples == 0 ? 0 : shape.count() / (samples * rows);
    if (samples > 0 && i >= length) throw IndexError("the entries of a record", i, length);
    if (row >= rows) throw IndexError("the rows of a record", row, rows);
    std::vector<double> series(samples);
    const auto copy = [&](const auto& all) {
        for (std::size_t k = 0; k < samples; ++k)
            series[k] = all[(batch_first ? row * samples + k : k * rows + row) * length + i];
    };
    if (const auto* single = std::get_if<std::vector<float>>(&stored))
        copy(*single);
    else if (const auto* flags = std::get_if<std::vector<std::uint8_t>>(&stored))
        copy(*flags);
    else
        copy(values);
    return series;
}

const Record& Recording::operator[](std::string_view name) const { return find(records_, "record", name); }
Record& Recording::operator[](std::string_view name) { return find(records_, "record", name); }
const Events& Recording::events(std::string_view name) const { return find(events_, "record of events", name); }
Events& Recording::events(std::string_view name) { return find(events_, "record of events", name); }

std::vector<std::string> Recording::names() const {
    std::vector<std::string> names;
    for (const auto& entry : records_) names.push_back(entry.first);
    for (const auto& entry : events_) names.push_back(entry.first);
    return names;
}

}  // namespace bouton
