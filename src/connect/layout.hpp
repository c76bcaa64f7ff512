// SPDX-License-Identifier: Apache-2.0
/// \file
/// From values as users give them to values as connections are laid out (Weights::Form::per_connection).
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <bouton/connect/connectivity.hpp>
#include <bouton/core/shape.hpp>
#include <bouton/init/parameter.hpp>

namespace bouton {

/// How many values are laid out: one a connection, and one for each i = j that all-to-all connections leave out.
inline std::uint64_t layout_size(const Connectivity& graph) {
    const bool is_matrix = graph.kind() == Connectivity::Kind::all_to_all;
    return is_matrix ? std::uint64_t{graph.num_pre()} * graph.num_post() : graph.size();
}

/// Calls put(place, index) for each connection: `index` is where its value stands in a matrix (pre, post), `place`
/// where it is laid out. `keep_self`: also where all-to-all connections leave out i = j.
template <class Put>
void lay_out_matrix(const Connectivity& graph, bool keep_self, const Put& put) {
    const std::uint64_t num_post = graph.num_post();
    std::uint64_t place = 0;
    for (std::uint64_t pre = 0; pre < graph.num_pre(); ++pre) {
        switch (graph.kind()) {
            case Connectivity::Kind::all_to_all:
                for (std::uint64_t post = 0; post < num_post; ++post, ++place)
                    if (pre != post || graph.include_self() || keep_self) put(place, place);
                break;
            case Connectivity::Kind::one_to_one:
                put(pre, pre * num_post + pre);
                break;
            case Connectivity::Kind::sparse:
                for (const std::uint32_t post : graph.csr().targets_of(pre)) put(place++, pre * num_post + post);
                break;
        }
    }
}

/// Where the value of connection `index` is laid out, in the order in which the user gave the connections.
class PlaceOf {
 public:
    explicit PlaceOf(const Connectivity& graph)
        : order_(graph.order()),
          num_post_(graph.num_post()),
          num_self_(std::min(graph.num_pre(), graph.num_post())),
          leaves_out_self_(graph.kind() == Connectivity::Kind::all_to_all && !graph.include_self()) {}

    std::uint64_t operator()(std::uint64_t index) const {
        if (!order_.empty()) return order_[index];
        if (!leaves_out_self_) return index;
        // One is left out in each of the first rows. Between two of them there are num_post connections.
        return index + std::min<std::uint64_t>(index / num_post_ + 1, num_self_);
    }

 private:
    std::span<const std::uint64_t> order_;
    std::uint64_t num_post_, num_self_;
    bool leaves_out_self_;
};

/// The shape (pre, post).
Shape matrix_shape(const Connectivity& graph);

/// Throws ShapeError unless the array has as many values as its shape needs.
void check_complete(std::string_view owner, std::string_view field, const Array& array);

/// Throws ShapeError unless `given` is `needed`; `each` says of what there must be one value.
void check_count(std::string_view owner, std::string_view field, std::size_t given, std::uint64_t needed,
                 std::string_view each);

}  // namespace bouton
