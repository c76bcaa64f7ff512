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

    Delays operator()(double steps) const { return in_steps(Form::uniform, {steps}); }

    Delays operator()(const Array& array) const {
        check_complete(owner, field, array);
        if (array.shape.rank() == 0) return (*this)(array.values[0]);
        const Shape by_pre(graph.num_pre()), matrix = matrix_shape(graph);
        if (array.shape == by_pre) return in_steps(Form::per_pre, array.values);
        if (array.shape == matrix) return in_steps(Form::per_connection, lay_out_matrix(graph, array.values));
        throw ShapeError(fmt::format("delays of {} have shape {}, but must be a scalar or have shape {} or {}", owner,
                                     array.shape.text(), by_pre.text(), matrix.text()));
    }

    Delays operator()(const Parameter& initialiser) const {
        return in_steps(Form::per_pre, initialiser.resolve(owner, field, Shape(graph.num_pre()), random).values);
    }

    Delays operator()(const PerConnection& each) const {
        check_count(owner, field, each.values.size(), graph.size(), "connection");
        return in_steps(Form::per_connection, lay_out_list(graph, each.values));
    }

    Delays in_steps(Form form, const std::vector<double>& values) const {
        Delays delays{form, {}};
        delays.steps.reserve(values.size());
        for (const double value : values) {
            const double whole = std::round(value);
            if (!(std::abs(value - whole) <= 1e-9))  // NaN and infinity fail too
                throw ParameterError(owner, field, value, "a whole number of steps (divide a time by dt)");
            if (!(whole >= 0 && whole <= std::numeric_limits<std::uint32_t>::max()))
                throw ParameterError(owner, field, value, "at least 0 and below 2^32");
            delays.steps.push_back(static_cast<std::uint32_t>(whole));
        }
        return delays;
    }
};

}  // namespace

std::uint32_t Delays::max() const { return steps.empty() ? 0 : *std::max_element(steps.begin(), steps.end()); }

Delays resolve(const Delay& delay, const Connectivity& graph, std::string_view owner, const Random& random) {
    return std::visit(Resolve{graph, owner, random}, delay.given());
}

}  // namespace bouton
