// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include <bouton/connect/weights.hpp>
#include <bouton/core/error.hpp>

#include <fmt/format.h>

#include "core/parallel.hpp"
#include "layout.hpp"

namespace bouton {
namespace {

using Kind = Connectivity::Kind;
using Form = Weights::Form;

constexpr std::string_view field = "g_max";

/// `value` as the run stores it.
template <class Element>
Element checked(double value, std::string_view owner) {
    const auto stored = static_cast<Element>(value);
    if (!std::isfinite(stored))
        throw ParameterError(owner, field, value, std::isfinite(value) ? "finite in float32" : "finite");
    return stored;
}

/// Makes the weights from each form in which they may be given.
struct Resolve {
    const Connectivity& graph;
    const Settings& settings;
    std::string_view owner;
    const Random& random;
    unsigned threads;

    Weights operator()(std::monostate) const {
        throw UsageError(fmt::format("weights of {} are not given, but must be", owner));
    }

    Weights operator()(double value) const { return {Form::scalar, checked<double>(value, owner), {}}; }

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
        return listed ? from_list(array.values) : from_matrix(array.values);
    }

    Weights operator()(const Parameter& initialiser) const {
        if (initialiser.fills_parts()) return from_parts(initialiser);
        const bool listed =
            graph.kind() == Kind::one_to_one || (graph.kind() == Kind::sparse && initialiser.is_elementwise());
        const Shape shape = listed ? Shape(graph.size()) : matrix_shape(graph);
        const Array array = initialiser.resolve(owner, field, shape, random);
        return listed ? from_list(array.values) : from_matrix(array.values);
    }

    Weights operator()(const PerPre& each) const {
        check_count(owner, field, each.values.size(), graph.num_pre(), "presynaptic neuron");
        const Form form = graph.kind() == Kind::one_to_one ? Form::per_connection : Form::per_pre;
        return made(form, each.values.size(), [&](const auto& put) {
            for (std::size_t i = 0; i < each.values.size(); ++i) put(i, each.values[i]);
        });
    }

    Weights operator()(const PerConnection& each) const {
        check_count(owner, field, each.values.size(), graph.size(), "connection");
        return from_list(each.values);
    }

    /// Weights that `fill` sets by calling its argument with places and values; all others are 0.
    template <class Fill>
    Weights made(Form form, std::uint64_t size, const Fill& fill) const {
        Weights weights{form, 0, Buffer(settings.precision, size)};
        const auto fill_as = [&]<class Element>(std::span<Element> values) {
            fill([&](std::uint64_t place, double value) { values[place] = checked<Element>(value, owner); });
        };
        settings.precision == Precision::float32 ? fill_as(weights.values.as<float>())
                                                 : fill_as(weights.values.as<double>());
        return weights;
    }

    Weights from_list(std::span<const double> list) const {
        return made(Form::per_connection, layout_size(graph), [&](const auto& put) {
            const PlaceOf place_of(graph);
            for (std::uint64_t k = 0; k < list.size(); ++k) put(place_of(k), list[k]);
        });
    }

    Weights from_matrix(std::span<const double> matrix) const {
        return made(Form::per_connection, layout_size(graph), [&](const auto& put) {
            lay_out_matrix(graph, settings.brainpy_2_4,
                           [&](std::uint64_t place, std::uint64_t index) { put(place, matrix[index]); });
        });
    }

    /// Part by part, so that no array of all values is held besides the weights.
    Weights from_parts(const Parameter& initialiser) const {
        constexpr std::uint64_t length = 1 << 14;
        const std::uint64_t size = layout_size(graph);  // the values of a matrix are drawn for i = i, too
        const bool is_matrix = graph.kind() == Kind::all_to_all;
        const bool keeps_self = graph.include_self() || settings.brainpy_2_4;
        const std::uint64_t num_self = std::min(graph.num_pre(), graph.num_post()), next_self = graph.num_post() + 1;
        return made(Form::per_connection, size, [&](const auto& put) {
            const PlaceOf place_of(graph);
            parallel_for(size / length + 1, build_threads(threads, static_cast<double>(size)), [&](std::uint64_t part) {
                const std::uint64_t first = part * length;
                std::vector<double> values(std::min(length, size - first));
                initialiser.fill(values, first, random);
                for (std::uint64_t k = first; const double value : values) {
                    const bool is_self = is_matrix && k % next_self == 0 && k / next_self < num_self;
                    if (keeps_self || !is_self) put(is_matrix ? k : place_of(k), value);
                    ++k;
                }
            });
        });
    }
};

}  // namespace

Weights resolve(const Weight& weight, const Connectivity& graph, const Settings& settings, std::string_view owner,
                const Random& random, unsigned threads) {
    return std::visit(Resolve{graph, settings, owner, random, threads}, weight.given());
}

}  // namespace bouton
