// SPDX-License-Identifier: Apache-2.0
// Neighbours on a lattice, certain or with a probability.
#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>

#include <bouton/connect/connectors.hpp>
#include <bouton/core/error.hpp>

#include <fmt/format.h>

#include "rows.hpp"

namespace bouton {
namespace {

/// One axis of the lattice on which a population sits.
struct Axis {
    std::uint64_t length;  // neurons
    double spacing;        // distance between neighbours
    std::uint64_t reach;   // look at neurons up to so many steps away
    bool periodic;
};

/// A neuron on an axis, as seen from another.
struct Seen {
    std::uint64_t coordinate;
    double squared_distance;
};

/// What is within reach of coordinate `x`, ascending, each once.
std::vector<Seen> look_along(const Axis& axis, std::uint64_t x) {
    std::vector<Seen> seen;
    const auto add = [&](std::uint64_t y) {
        const std::uint64_t steps = y > x ? y - x : x - y;
        const double distance =
            axis.spacing * static_cast<double>(axis.periodic ? std::min(steps, axis.length - steps) : steps);
        seen.push_back({y, distance * distance});
    };
    const std::uint64_t width = 2 * axis.reach + 1;
    std::uint64_t first = 0, end = axis.length;
    if (!axis.periodic) {
        first = x > axis.reach ? x - axis.reach : 0;
        end = std::min(x + axis.reach + 1, axis.length);
    } else if (width < axis.length) {
        first = (x + axis.length - axis.reach) % axis.length;
        for (std::uint64_t y = axis.length; y < first + width; ++y) add(y - axis.length);
        end = std::min(first + width, axis.length);
    }
    for (std::uint64_t y = first; y < end; ++y) add(y);
    return seen;
}

/// Calls visit(neuron, squared distance) for all combinations of what is seen along the axes, ascending.
template <class Visit>
void for_each_seen(const std::vector<std::vector<Seen>>& along, const std::vector<Axis>& axes, Visit visit,
                   std::size_t axis = 0, std::uint64_t neuron = 0, double squared_distance = 0) {
    if (axis == axes.size()) return visit(neuron, squared_distance);
    for (const Seen& seen : along[axis])
        for_each_seen(along, axes, visit, axis + 1, neuron * axes[axis].length + seen.coordinate,
                      squared_distance + seen.squared_distance);
}

/// Connects neuron i of a population of shape `pre` to all neurons j on the lattice `axes` for which
/// keep(i, j, squared distance).
template <class Keep>
Csr connect_seen(const Shape& pre, const std::vector<Axis>& axes, double expected, bool include_self, Keep keep) {
    std::vector<std::vector<Seen>> along(axes.size());
    return make_rows(pre.count(), expected, [&](std::uint64_t i, std::vector<std::uint32_t>& row) {
        std::uint64_t rest = i;
        for (std::size_t axis = axes.size(); axis-- > 0;) {
            along[axis] = look_along(axes[axis], rest % pre[axis]);
            rest /= pre[axis];
        }
        for_each_seen(along, axes, [&](std::uint64_t j, double squared_distance) {
            if ((include_self || i != j) && keep(i, j, squared_distance)) row.push_back(static_cast<std::uint32_t>(j));
        });
    });
}

/// The number of whole steps of length `spacing` in `distance`, at most `most`.
std::uint64_t steps_in(double distance, double spacing, std::uint64_t most) {
    const double steps = distance / spacing;
    return steps < static_cast<double>(most) ? static_cast<std::uint64_t>(steps) : most;
}

/// How many neurons see each other, at most.
double pairs_within_reach(std::uint64_t num_pre, const std::vector<Axis>& axes) {
    auto pairs = static_cast<double>(num_pre);
    for (const Axis& axis : axes) pairs *= static_cast<double>(std::min(2 * axis.reach + 1, axis.length));
    return pairs;
}

/// Neighbours up to `reach` steps away on each axis; with `only_nearest` not those on a diagonal.
Connectivity grid(std::string_view connector, const Shape& pre, const Shape& post, std::uint64_t reach,
                  bool only_nearest, bool include_self, bool periodic) {
    const std::uint64_t num = size_of_one_population(connector, pre, post);
    std::vector<Axis> axes;
    for (const std::size_t length : pre.axes())
        axes.push_back({length, 1, std::min<std::uint64_t>(reach, length), periodic});
    return Connectivity::sparse(connect_seen(pre, axes, num == 0 ? 0 : pairs_within_reach(num, axes), include_self,
                                             [&](std::uint64_t, std::uint64_t, double squared_distance) {
                                                 return !only_nearest || squared_distance <= 1;
                                             }),
                                num);
}

/// The lattice of GaussianProb.
std::vector<Axis> encoded_axes(const GaussianProb& connector, const Shape& shape) {
    const auto& ranges = connector.encoding_values;
    if (ranges.size() > 1 && ranges.size() != shape.rank())
        throw ShapeError(
            fmt::format("GaussianProb.encoding_values has {} ranges, but must have none, one, or one for "
                        "each axis of the population {}",
                        ranges.size(), shape.text()));
    for (const auto& [min, max] : ranges) {
        if (!std::isfinite(min)) throw ParameterError("GaussianProb", "encoding_values.min", min, "finite");
        if (!(max > min && std::isfinite(max - min)))
            throw ParameterError("GaussianProb", "encoding_values.max", max, fmt::format("finite and above {}", min));
    }
    // Beyond this distance the probability is below 2^-53, the smallest that a uniform draw can tell from 0.
    const double radius = connector.sigma * std::sqrt(2 * 53 * std::log(2.));
    std::vector<Axis> axes;
    for (std::size_t axis = 0; axis < shape.rank(); ++axis) {
        const std::uint64_t length = shape[axis], gaps = connector.periodic_boundary ? length : length - 1;
        double spacing = 1;
        if (!ranges.empty()) {
            const EncodedRange& range = ranges[ranges.size() == 1 ? 0 : axis];
            spacing = (range.max - range.min) / static_cast<double>(std::max<std::uint64_t>(gaps, 1));
        }
        axes.push_back({length, spacing, steps_in(radius, spacing, length), connector.periodic_boundary});
    }
    return axes;
}

}  // namespace

Connectivity GridFour::operator()(const Shape& pre, const Shape& post, const Random&) const {
    return grid("GridFour", pre, post, 1, true, include_self, periodic_boundary);
}

Connectivity GridEight::operator()(const Shape& pre, const Shape& post, const Random&) const {
    return grid("GridEight", pre, post, 1, false, include_self, periodic_boundary);
}

Connectivity GridN::operator()(const Shape& pre, const Shape& post, const Random&) const {
    if (N < 0) throw ParameterError("GridN", "N", static_cast<double>(N), "at least 0");
    return grid("GridN", pre, post, static_cast<std::uint64_t>(N), false, include_self, periodic_boundary);
}

Connectivity GaussianProb::operator()(const Shape& pre, const Shape& post, const Random& random) const {
    if (!(sigma > 0 && std::isfinite(sigma)))
        throw ParameterError("GaussianProb", "sigma", sigma, "positive and finite");
    const std::uint64_t num = size_of_one_population("GaussianProb", pre, post);
    const Random rows = draws(seed, "GaussianProb", random);
    const std::vector<Axis> axes = encoded_axes(*this, pre);
    auto expected = static_cast<double>(num);
    for (const Axis& axis : axes)  // at most the peak of the bell and the area below it
        expected *=
            std::min(1 + std::sqrt(2 * std::numbers::pi) * sigma / axis.spacing, static_cast<double>(axis.length));
    return Connectivity::sparse(connect_seen(pre, axes, expected, include_self,
                                             [&](std::uint64_t i, std::uint64_t j, double squared_distance) {
                                                 const double z = std::sqrt(squared_distance) / sigma;
                                                 return rows.at(i).uniform(j) < std::exp(-z * z / 2);
                                             }),
                                num);
}

Connectivity ProbDist::operator()(const Shape& pre, const Shape& post, const Random& random) const {
    if (!(dist >= 0)) throw ParameterError("ProbDist", "dist", dist, "at least 0");
    check_probability("ProbDist", "prob", prob);
    check_probability("ProbDist", "pre_ratio", pre_ratio);
    const Sizes sizes = sizes_of(pre, post);
    if (pre.rank() != post.rank())
        throw ShapeError(
            fmt::format("ProbDist connects populations with as many axes, but these have the shapes {} and {}",
                        pre.text(), post.text()));
    if (sizes.empty()) return none(sizes);
    std::vector<Axis> axes;
    for (std::size_t axis = 0; axis < post.rank(); ++axis)
        axes.push_back({post[axis], 1, steps_in(dist, 1, std::max(pre[axis], post[axis])), false});
    const Random drawn = draws(seed, "ProbDist", random), taking_part = drawn.at(0), rows = drawn.at(1);
    return Connectivity::sparse(
        connect_seen(pre, axes, pairs_within_reach(sizes.pre, axes) * prob * pre_ratio, include_self,
                     [&](std::uint64_t i, std::uint64_t j, double squared_distance) {
                         return std::sqrt(squared_distance) <= dist && taking_part.uniform(i) < pre_ratio &&
                                rows.at(i).uniform(j) < prob;
                     }),
        sizes.post);
}

}  // namespace bouton
