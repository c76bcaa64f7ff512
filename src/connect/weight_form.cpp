// SPDX-License-Identifier: Apache-2.0
#include <bouton/connect/weights.hpp>
#include <bouton/core/error.hpp>

#include <fmt/format.h>

#include "layout.hpp"

namespace bouton {
namespace {

using Kind = Connectivity::Kind;

/// Calls put(place, index): a weight that is laid out at `place` stands at `index` in that form.
template <class Put>
void for_each_place(WeightForm form, const Connectivity& graph, bool brainpy_2_4, const Put& put) {
    switch (form) {
        case WeightForm::number:
            return put(0, 0);
        case WeightForm::per_pre:
            for (std::uint64_t i = 0; i < graph.num_pre(); ++i) put(i, i);
            return;
        case WeightForm::list: {
            const PlaceOf place_of(graph);
            for (std::uint64_t k = 0; k < graph.size(); ++k) put(place_of(k), k);
            return;
        }
        case WeightForm::matrix:
            return lay_out_matrix(graph, brainpy_2_4, put);
    }
}

double at(const Weights& weights, std::uint64_t place) {
    return weights.form == Weights::Form::scalar ? weights.scalar : weights.values.get(place);
}

}  // namespace

WeightForm form_of(const Weight& weight, const Connectivity& graph) {
    if (const auto* array = std::get_if<Array>(&weight.given())) {
        if (array->values.size() == 1) return WeightForm::number;
        return array->shape.rank() == 1 ? WeightForm::list : WeightForm::matrix;
    }
    if (const auto* initialiser = std::get_if<Parameter>(&weight.given())) {
        if (initialiser->is_scalar()) return WeightForm::number;
        const bool listed =
            graph.kind() == Kind::one_to_one || (graph.kind() == Kind::sparse && initialiser->is_elementwise());
        return listed ? WeightForm::list : WeightForm::matrix;
    }
    if (std::holds_alternative<PerPre>(weight.given()))
        return graph.kind() == Kind::one_to_one ? WeightForm::list : WeightForm::per_pre;
    return std::holds_alternative<PerConnection>(weight.given()) ? WeightForm::list : WeightForm::number;
}

Shape shape_of(WeightForm form, const Connectivity& graph) {
    switch (form) {
        case WeightForm::number:
            return {};
        case WeightForm::per_pre:
            return Shape(graph.num_pre());
        case WeightForm::list:
            return Shape(graph.size());
        case WeightForm::matrix:
            return matrix_shape(graph);
    }
    return {};
}

Array in_form(WeightForm form, const Connectivity& graph, const Weights& weights, bool brainpy_2_4) {
    Array array{shape_of(form, graph), {}};
    array.values.resize(array.shape.count());
    for_each_place(form, graph, brainpy_2_4,
                   [&](std::uint64_t place, std::uint64_t index) { array.values[index] = at(weights, place); });
    return array;
}

Array derivative_in_form(WeightForm form, const Connectivity& graph, const Weights& by_weights, bool brainpy_2_4) {
    Array array{shape_of(form, graph), {}};
    array.values.resize(array.shape.count());
    for_each_place(form, graph, brainpy_2_4,
                   [&](std::uint64_t place, std::uint64_t index) { array.values[index] += at(by_weights, place); });
    return array;
}

Weight as_weight(WeightForm form, const Connectivity& graph, std::string_view owner, const Array& array) {
    if (array.shape != shape_of(form, graph))
        throw ShapeError(fmt::format("{}.g_max has shape {}, but was given values of shape {}", owner,
                                     shape_of(form, graph).text(), array.shape.text()));
    switch (form) {
        case WeightForm::number:
            return array.values[0];
        case WeightForm::per_pre:
            return PerPre{array.values};
        case WeightForm::list:
            return PerConnection{array.values};
        case WeightForm::matrix:
            return array;
    }
    return {};
}

}  // namespace bouton
