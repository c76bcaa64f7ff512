// SPDX-License-Identifier: Apache-2.0
#include "layout.hpp"

#include <bouton/core/error.hpp>

#include <fmt/format.h>

namespace bouton {

Shape matrix_shape(const Connectivity& graph) { return {graph.num_pre(), graph.num_post()}; }

void check_complete(std::string_view owner, std::string_view field, const Array& array) {
    if (array.values.size() != array.shape.count())
        throw ShapeError(fmt::format("{}.{} has {} values, but its shape {} needs {}", owner, field,
                                     array.values.size(), array.shape.text(), array.shape.count()));
}

void check_count(std::string_view owner, std::string_view field, std::size_t given, std::uint64_t needed,
                 std::string_view each) {
    if (given != needed)
        throw ShapeError(
            fmt::format("{}.{} has {} values, but must have {}, one for each {}", owner, field, given, needed, each));
}

}  // namespace bouton
