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
void look_along(const Axis& axis, std::uint64_t x, std::vector<Seen>& seen) {
    seen.clear();
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
Csr connect_seen(const Shape& pre, const std::vector<Axis>& axes, double expected, bool include_self, unsigned threads,
                 Keep keep) {
    return make_rows(pre.count(), expected, threads,
                     [&, along = std::vector<std::vector<Seen>>(axes.size())](std::uint64_t i,
                                                                              std::vector<std::uint32_t>& row) mutable {
                         std::uint64_t rest = i;
                         for (std::size_t axis = axes.size(); axis-- > 0;) {
                             look_along(axes[axis], rest % pre[axis], along[axis]);
                             rest /= pre[axis];
                         }
                         for_each_seen(along, axes, [&](std::uint64_t j, double squared_distance) {
                             if ((include_self || i != j) && keep(i, j, squared_distance))
                                 row.push_back(static_cast<std::uint32_t>(j));
                         });
                     });
}

/// The number of whole steps of length `spacing` in `distance`, at most `most`.
std::uint64_t steps_in(double distance, double spacing, std::uint64_t most) {
    const double steps = distance / spacing;
    return steps < static_cast<double>(most) ? static_cast<std::uint64_t>(steps) : most;
}

/// How many pairs (x, y), x < num_x and y < num_y, have y <= x + steps.
double pairs_up_to(std::int64_t num_x, std::int64_t num_y, std::int64_t steps) {
    // Each x has clamp(x + steps + 1, 0, num_y) of them: none before `some`, all from `all`.
    const std::int64_t some = std::clamp<std::int64_t>(-(steps + 1), 0, num_x);
    const std::int64_t all = std::clamp<std::int64_t>(num_y - (steps + 1), some, num_x);
    const double first = static_cast<double>(some + steps + 1), last = static_cast<double>(all + steps);
    return (first + last) * static_cast<double>(all - some) / 2 +
           static_cast<double>(num_x - all) * static_cast<double>(num_y);
}

/// How many pairs (x, y), x < num_x and y on the axis, see each other.
double pairs_along(const Axis& axis, std::uint64_t num_x, std::uint64_t reach) {
    if (axis.periodic) return static_cast<double>(num_x) * static_cast<double>(std::min(2 * reach + 1, axis.length));
    const auto x = static_cast<std::int64_t>(num_x), y = static_cast<std::int64_t>(axis.length);
    const auto steps = static_cast<std::int64_t>(std::min(reach, std::max(num_x, axis.length)));
    return pairs_up_to(x, y, steps) - pairs_up_to(x, y, -steps - 1);
}

struct Grid {
    std::string_view connector;
    std::uint64_t reach;
    bool only_nearest, include_self, periodic;

    std::vector<Axis> axes_of(const Shape& shape) const {
        std::vector<Axis> axes;
        for (const std::size_t length : shape.axes())
            axes.push_back({length, 1, std::min<std::uint64_t>(reach, length), periodic});
        return axes;
    }

    double size(const Shape& pre, const Shape& post) const {
        const auto num = static_cast<double>(size_of_one_population(connector, pre, post));
        if (num == 0) return 0;
        double all = 1, nearest = 0;  // pairs within reach; neighbours along one axis
        for (const Axis& axis : axes_of(pre)) {
            const auto length = static_cast<double>(axis.length);
            const double pairs = pairs_along(axis, axis.length, axis.reach);
            all *= pairs;
            nearest += num / length * (pairs - length);
        }
        return (only_nearest ? num + nearest : all) - (include_self ? 0 : num);
    }

    /// Neighbours up to `reach` steps away on each axis; with `only_nearest` not those on a diagonal.
    Connectivity operator()(const Shape& pre, const Shape& post, unsigned threads) const {
        const double expected = size(pre, post);
        const auto keep = [this](std::uint64_t, std::uint64_t, double squared_distance) {
            return !only_nearest || squared_distance <= 1;
        };
        return Connectivity::sparse(connect_seen(pre, axes_of(pre), expected, include_self, threads, keep), pre.count(),
                                    threads);
    }
};

Grid grid_of(const GridFour& connector) {
    return {"GridFour", 1, true, connector.include_self, connector.periodic_boundary};
}

Grid grid_of(const GridEight& connector) {
    return {"GridEight", 1, false, connector.include_self, connector.periodic_boundary};
}

Grid grid_of(const GridN& connector) {
    if (connector.N < 0) throw ParameterError("GridN", "N", static_cast<double>(connector.N), "at least 0");
    return {"GridN", static_cast<std::uint64_t>(connector.N), false, connector.include_self,
            connector.periodic_boundary};
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

/// The sum of exp(-d^2 / (2 sigma^2)) over all pairs within reach along one axis.
double bell_along(const Axis& axis, double sigma) {
    const auto length = static_cast<double>(axis.length);
    const double width = sigma / axis.spacing;  // [steps]
    // A wide bell is summed as its integral, up to the end of the axis or half way round the ring.
    if (width > 100) {
        const double z = (axis.periodic ? length / 2 : length) / (width * std::numbers::sqrt2);
        if (z < 1e-4) return length * length;  // 1 everywhere, to z^2
        const double area = std::sqrt(std::numbers::pi) * std::erf(z) / z;
        return length * length * (axis.periodic ? area / 2 : area + std::expm1(-z * z) / (z * z));
    }
    double sum = length;
    const auto at = [&](std::uint64_t steps) {
        const double z = static_cast<double>(steps) / width;
        return std::exp(-z * z / 2);
    };
    if (axis.periodic) {
        for (std::uint64_t steps = 1; steps <= std::min(axis.reach, (axis.length - 1) / 2); ++steps)
            sum += 2 * length * at(steps);
        if (axis.length % 2 == 0 && axis.reach >= axis.length / 2) sum += length * at(axis.length / 2);
    } else {
        for (std::uint64_t steps = 1; steps <= axis.reach && steps < axis.length; ++steps)
            sum += 2 * static_cast<double>(axis.length - steps) * at(steps);
    }
    return sum;
}

double expected_size(const GaussianProb& connector, const Shape& shape, const std::vector<Axis>& axes) {
    const auto num = static_cast<double>(shape.count());
    if (num == 0) return 0;
    double pairs = 1;
    for (const Axis& axis : axes) pairs *= bell_along(axis, connector.sigma);
    return pairs - (connector.include_self ? 0 : num);
}

void check(const GaussianProb& connector) {
    if (!(connector.sigma > 0 && std::isfinite(connector.sigma)))
        throw ParameterError("GaussianProb", "sigma", connector.sigma, "positive and finite");
}

/// The lattice of ProbDist. Throws where it cannot connect these shapes.
std::vector<Axis> axes_of(const ProbDist& connector, const Shape& pre, const Shape& post) {
    if (!(connector.dist >= 0)) throw ParameterError("ProbDist", "dist", connector.dist, "at least 0");
    check_probability("ProbDist", "prob", connector.prob);
    check_probability("ProbDist", "pre_ratio", connector.pre_ratio);
    sizes_of(pre, post);
    if (pre.rank() != post.rank())
        throw ShapeError(
            fmt::format("ProbDist connects populations with as many axes, but these have the shapes {} and {}",
                        pre.text(), post.text()));
    std::vector<Axis> axes;
    for (std::size_t axis = 0; axis < post.rank(); ++axis)
        axes.push_back({post[axis], 1, steps_in(connector.dist, 1, std::max(pre[axis], post[axis])), false});
    return axes;
}

/// How many pairs are at most `dist` apart, given the squared distance along the axes before `axis`.
double pairs_in_ball(const Shape& pre, const std::vector<Axis>& axes, double dist, std::size_t axis = 0,
                     double squared_distance = 0) {
    if (axis == axes.size()) return 1;
    const auto apart = [&](std::uint64_t steps) {
        return squared_distance + static_cast<double>(steps) * static_cast<double>(steps);
    };
    const std::uint64_t reach = std::min(axes[axis].reach, std::max<std::uint64_t>(pre[axis], axes[axis].length) - 1);
    if (axis + 1 == axes.size()) {
        std::uint64_t steps = steps_in(std::sqrt(std::max(dist * dist - squared_distance, 0.)), 1, reach);
        while (steps < reach && std::sqrt(apart(steps + 1)) <= dist) ++steps;
        while (steps > 0 && std::sqrt(apart(steps)) > dist) --steps;
        return pairs_along(axes[axis], pre[axis], steps);
    }
    double pairs = 0, closer = 0;
    for (std::uint64_t steps = 0; steps <= reach && std::sqrt(apart(steps)) <= dist; ++steps) {
        const double up_to = pairs_along(axes[axis], pre[axis], steps);
        pairs += (up_to - closer) * pairs_in_ball(pre, axes, dist, axis + 1, apart(steps));
        closer = up_to;
    }
    return pairs;
}

/// Without the pairs i = j where they are left out, but where the shapes differ: these may be any distance apart.
double expected_size(const ProbDist& connector, const Shape& pre, const Shape& post, const std::vector<Axis>& axes) {
    if (pre.count() == 0 || post.count() == 0) return 0;
    const double selves = connector.include_self || (pre != post && pre.rank() > 1)
                              ? 0
                              : static_cast<double>(std::min(pre.count(), post.count()));
    return (pairs_in_ball(pre, axes, connector.dist) - selves) * connector.prob * connector.pre_ratio;
}

}  // namespace

Connectivity GridFour::operator()(const Shape& pre, const Shape& post, const Random&, unsigned threads) const {
    return grid_of(*this)(pre, post, threads);
}

Forecast GridFour::forecast(const Shape& pre, const Shape& post) const {
    return {.size = grid_of(*this).size(pre, post)};
}

Connectivity GridEight::operator()(const Shape& pre, const Shape& post, const Random&, unsigned threads) const {
    return grid_of(*this)(pre, post, threads);
}

Forecast GridEight::forecast(const Shape& pre, const Shape& post) const {
    return {.size = grid_of(*this).size(pre, post)};
}

Connectivity GridN::operator()(const Shape& pre, const Shape& post, const Random&, unsigned threads) const {
    return grid_of(*this)(pre, post, threads);
}

Forecast GridN::forecast(const Shape& pre, const Shape& post) const { return {.size = grid_of(*this).size(pre, post)}; }

Connectivity GaussianProb::operator()(const Shape& pre, const Shape& post, const Random& random,
                                      unsigned threads) const {
    check(*this);
    const std::uint64_t num = size_of_one_population("GaussianProb", pre, post);
    const Random rows = draws(seed, "GaussianProb", random);
    const std::vector<Axis> axes = encoded_axes(*this, pre);
    const auto keep = [&](std::uint64_t i, std::uint64_t j, double squared_distance) {
        const double z = std::sqrt(squared_distance) / sigma;
        return rows.at(i).uniform(j) < std::exp(-z * z / 2);
    };
    return Connectivity::sparse(connect_seen(pre, axes, expected_size(*this, pre, axes), include_self, threads, keep),
                                num, threads);
}

Forecast GaussianProb::forecast(const Shape& pre, const Shape& post) const {
    check(*this);
    size_of_one_population("GaussianProb", pre, post);
    return {.size = expected_size(*this, pre, encoded_axes(*this, pre))};
}

Connectivity ProbDist::operator()(const Shape& pre, const Shape& post, const Random& random, unsigned threads) const {
    const std::vector<Axis> axes = axes_of(*this, pre, post);
    const Sizes sizes = sizes_of(pre, post);
    if (sizes.empty()) return none(sizes);
    const Random drawn = draws(seed, "ProbDist", random), taking_part = drawn.at(0), rows = drawn.at(1);
    const auto keep = [&](std::uint64_t i, std::uint64_t j, double squared_distance) {
        return std::sqrt(squared_distance) <= dist && taking_part.uniform(i) < pre_ratio &&
               rows.at(i).uniform(j) < prob;
    };
    return Connectivity::sparse(
        connect_seen(pre, axes, expected_size(*this, pre, post, axes), include_self, threads, keep), sizes.post,
        threads);
}

Forecast ProbDist::forecast(const Shape& pre, const Shape& post) const {
    return {.size = expected_size(*this, pre, post, axes_of(*this, pre, post))};
}

}  // namespace bouton
