// SPDX-License-Identifier: Apache-2.0
/// \file
/// Tables of numbers as text: one line a row, values separated by commas, printed so that reading them gives back the
/// same bits.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace bouton {

/// A column of a table under its name.
struct Column {
    std::string name;
    std::vector<double> values;
};

/// Writes a header line and the rows. Folders that lack are made. ShapeError where the columns differ in length; Error
/// where the file cannot be written.
void write_csv(const std::filesystem::path& path, const std::vector<Column>& columns);

}  // namespace bouton
