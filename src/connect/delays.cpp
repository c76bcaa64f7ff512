// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <limits>

#include <bouton/connect/delays.hpp>
#include <bouton/core/error.hpp>

#include <fmt/format.h>

#include "layout.hpp"

namespace bouton {
namespace {

using Form = Delays::Form;

constexpr std::string_view field = "delay_step";

/// Makes the delays from each form in which they may be given.
struct Resolve {
    const Connectivity& graph;
    std::string_view owner;
    const Random& random;

    Delays operator()(std::monostate) const { return {}; }

    Delays operator()(double steps) const { return {Form::uniform, {in_steps(steps)}}; }

    Delays operator()(const Array& array) const {
        check_complete(owner, field, array);
        if (array.shape.rank() == 0) return (*this)(array.values[0]);
        const Shape by_pre(graph.num_pre()), matrix = matrix_shape(graph);
        if (array.shape == by_pre) return per_pre(array.values);
        if (array.shape != matrix)
            throw ShapeError(fmt::format("delays of {} have shape {}, but must be a scalar or have shape {} or {}",
                                         owner, array.shape.text(), by_pre.text(), matrix.text()));
        Delays delays = per_connection();
        lay_out_matrix(graph, false, [&](std::uint64_t place, std::uint64_t index) {
            delays.steps[place] = in_steps(array.values[index]);
        });
        return delays;
    }

    Delays operator()(const Parameter& initialiser) const {
        return per_pre(initialiser.resolve(owner, field, Shape(graph.num_pre()), random).values);
    }

    Delays operator()(const PerConnection& each) const {
        check_count(owner, field, each.values.size(), graph.size(), "connection");
        Delays delays = per_connection();
        const PlaceOf place_of(graph);
        for (std::uint64_t k = 0; k < each.values.size(); ++k) delays.steps[place_of(k)] = in_steps(each.values[k]);
        return delays;
    }

    Delays per_pre(const std::vector<double>& values) const {
        Delays delays{Form::per_pre, {}};
        delays.steps.reserve(values.size());
        for (const double value : values) delays.steps.push_back(in_steps(value));
        return delays;
    }

    Delays per_connection() const { return {Form::per_connection, std::vector<std::uint32_t>(layout_size(graph))}; }

    std::uint32_t in_steps(double value) const {
        const double whole = std::round(value);
        if (!(std::abs(value - whole) <= 1e-9))  // NaN and infinity fail too
            throw ParameterError(owner, field, value, "a whole number of steps (divide a time by dt)");
        if (!(whole >= 0 && whole <= std::numeric_limits<std::uint32_t>::max()))
            throw ParameterError(owner, field, value, "at least 0 and below 2^32");
        return static_cast<std::uint32_t>(whole);
    }
};

}  // namespace

std::uint32_t Delays::max() const { return steps.empty() ? 0 : *std::max_element(steps.begin(), steps.end()); }

Delays resolve(const Delay& delay, const Connectivity& graph, std::string_view owner, const Random& random) {
    return std::visit(Resolve{graph, owner, random}, delay.given());
}

}  // namespace bouton
