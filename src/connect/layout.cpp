// SPDX-License-Identifier: Apache-2.0
#include "layout.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include <bouton/core/error.hpp>

#include <fmt/format.h>

namespace bouton {

using Kind = Connectivity::Kind;

std::vector<double> lay_out_matrix(const Connectivity& graph, std::vector<double> matrix, bool keep_self) {
    const std::size_t num_pre = graph.num_pre(), num_post = graph.num_post();
    assert(matrix.size() == num_pre * num_post);
    std::vector<double> values;
    switch (graph.kind()) {
        case Kind::all_to_all:
            if (!graph.include_self() && !keep_self)
                for (std::size_t i = 0; i < std::min(num_pre, num_post); ++i) matrix[i * num_post + i] = 0;
            return matrix;
        case Kind::one_to_one:
            for (std::size_t i = 0; i < num_pre; ++i) values.push_back(matrix[i * num_post + i]);
            return values;
        case Kind::sparse:
            break;
    }
    values.reserve(graph.size());
    for (std::size_t pre = 0; pre < num_pre; ++pre)
        for (const std::uint32_t post : graph.csr().targets_of(pre)) values.push_back(matrix[pre * num_post + post]);
    return values;
}

std::vector<double> lay_out_list(const Connectivity& graph, const std::vector<double>& list) {
    assert(list.size() == graph.size());
    if (graph.kind() == Kind::all_to_all && !graph.include_self()) {
        std::vector<double> matrix(graph.num_pre() * graph.num_post(), 0.);
        auto next = list.begin();
        for (std::size_t pre = 0; pre < graph.num_pre(); ++pre)
            for (std::size_t post = 0; post < graph.num_post(); ++post)
                if (pre != post) matrix[pre * graph.num_post() + post] = *next++;
        return matrix;
    }
    std::vector<double> values = list;
    const auto order = graph.order();
    for (std::size_t k = 0; k < order.size(); ++k) values[order[k]] = list[k];
    return values;
}

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
