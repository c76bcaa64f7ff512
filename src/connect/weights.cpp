// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include <bouton/connect/weights.hpp>
#include <bouton/core/error.hpp>

#include <fmt/format.h>

#include "layout.hpp"

namespace bouton {
namespace {

using Kind = Connectivity::Kind;
using Form = Weights::Form;

constexpr std::string_view field = "g_max";

/// Makes the weights from each form in which they may be given.
struct Resolve {
    const Connectivity& graph;
    bool keep_self;
    std::string_view owner;
    const Random& random;

    Weights operator()(std::monostate) const {
        throw UsageError(fmt::format("weights of {} are not given, but must be", owner));
    }

    Weights operator()(double value) const { return {Form::scalar, value, {}}; }

    Weights operator()(const Array& array) const {
        check_complete(owner, field, array);
        if (array.values.size() == 1) return (*this)(array.values[0]);
        const Shape list(graph.size()), matrix = matrix_shape(graph);
        const bool listed = graph.kind() != Kind::all_to_all && array.shape == list;
        if (!listed && (graph.kind() == Kind::one_to_one || array.shape != matrix)) {
            const std::string known = graph.kind() == Kind::one_to_one   ? list.text()
                                      : graph.kind() == Kind::all_to_all ? matrix.text()
                                                                         : matrix.text() + " or " + list.text();
            throw ShapeError(fmt::format("weights of {} have shape {}, but must be a scalar or have shape {}", owner,
                                         array.shape.text(), known));
        }
        return by_connection(listed ? lay_out_list(graph, array.values)
                                    : lay_out_matrix(graph, array.values, keep_self));
    }

    Weights operator()(const Parameter& initialiser) const {
        if (graph.kind() == Kind::one_to_one || (graph.kind() == Kind::sparse && initialiser.is_elementwise()))
            return by_connection(
                lay_out_list(graph, initialiser.resolve(owner, field, Shape(graph.size()), random).values));
        return by_connection(
            lay_out_matrix(graph, initialiser.resolve(owner, field, matrix_shape(graph), random).values, keep_self));
    }

    Weights operator()(const PerPre& each) const {
        check_count(owner, field, each.values.size(), graph.num_pre(), "presynaptic neuron");
        return {graph.kind() == Kind::one_to_one ? Form::per_connection : Form::per_pre, 0, each.values};
    }

    Weights operator()(const PerConnection& each) const {
        check_count(owner, field, each.values.size(), graph.size(), "connection");
        return by_connection(lay_out_list(graph, each.values));
    }

    static Weights by_connection(std::vector<double> values) { return {Form::per_connection, 0, std::move(values)}; }
};

}  // namespace

Weights resolve(const Weight& weight, const Connectivity& graph, const Settings& settings, std::string_view owner,
                const Random& random) {
    Weights weights = std::visit(Resolve{graph, settings.brainpy_2_4, owner, random}, weight.given());
    const auto check = [&](double value) {
        if (!std::isfinite(value)) throw ParameterError(owner, field, value, "finite");
    };
    check(weights.scalar);
    for (const double value : weights.values) check(value);
    return weights;
}

}  // namespace bouton
