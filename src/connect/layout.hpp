// SPDX-License-Identifier: Apache-2.0
/// \file
/// From values as users give them to values as connections are laid out (Weights::Form::per_connection).
#pragma once

#include <string_view>
#include <vector>

#include <bouton/connect/connectivity.hpp>
#include <bouton/core/shape.hpp>
#include <bouton/init/parameter.hpp>

namespace bouton {

/// From a matrix (pre, post). `keep_self`: also where all-to-all connections leave out i = j.
std::vector<double> lay_out_matrix(const Connectivity& graph, std::vector<double> matrix, bool keep_self = false);

/// From one value for each connection in the user's order.
std::vector<double> lay_out_list(const Connectivity& graph, const std::vector<double>& list);

/// The shape (pre, post).
Shape matrix_shape(const Connectivity& graph);

/// Throws ShapeError unless the array has as many values as its shape needs.
void check_complete(std::string_view owner, std::string_view field, const Array& array);

/// Throws ShapeError unless `given` is `needed`; `each` says of what there must be one value.
void check_count(std::string_view owner, std::string_view field, std::size_t given, std::uint64_t needed,
                 std::string_view each);

}  // namespace bouton
