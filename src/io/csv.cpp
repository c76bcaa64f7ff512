// SPDX-License-Identifier: Apache-2.0
#include <fstream>
#include <iterator>

#include <bouton/core/error.hpp>
#include <bouton/io/csv.hpp>

#include <fmt/format.h>

namespace bouton {

void write_csv(const std::filesystem::path& path, const std::vector<Column>& columns) {
    for (const Column& column : columns)
        if (column.values.size() != columns[0].values.size())
            throw ShapeError(fmt::format("column {} of {} has {} rows, but {} has {}", column.name, path.string(),
                                         column.values.size(), columns[0].name, columns[0].values.size()));
    std::error_code failed;
    if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), failed);
    std::ofstream file(path);
    if (!file) throw Error(fmt::format("{} cannot be opened for writing", path.string()));

    std::string text;
    const auto line = [&](const auto& cell) {
        for (std::size_t k = 0; k < columns.size(); ++k)
            fmt::format_to(std::back_inserter(text), "{}{}", cell(columns[k]), k + 1 < columns.size() ? "," : "\n");
    };
    line([](const Column& column) { return column.name; });
    for (std::size_t row = 0; !columns.empty() && row < columns[0].values.size(); ++row)
        line([row](const Column& column) { return column.values[row]; });
    file << text << std::flush;
    if (!file) throw Error(fmt::format("{} could not be written to its end", path.string()));
}

}  // namespace bouton
