// SPDX-License-Identifier: Apache-2.0
// Initialisers, as functions of the shape and the seed.
#include <bouton/core/error.hpp>
#include <bouton/init/initializers.hpp>

#include "bindings.hpp"

namespace bouton::python {
namespace {

/// What an initialiser makes of a shape. `seed` None: an initialiser that does not draw, or the seed 0.
template <class Init>
NumpyArray make(const Init& init, nb::handle shape, nb::handle seed) {
    const Random random(to_optional_seed(seed, "seed").value_or(0), "init");
    const Shape given = to_shape(shape, "shape");
    return to_numpy(init(given, random));
}

std::optional<double> to_optional(nb::handle given, std::string_view what) {
    if (given.is_none()) return std::nullopt;
    return to_number(given, what);
}

int to_axis(nb::handle given, std::string_view what) {
    const std::int64_t axis = to_integer(given, what);
    if (!std::in_range<int>(axis)) throw IndexError(what, static_cast<std::uint64_t>(axis), 1u << 31);
    return static_cast<int>(axis);
}

FanMode to_fan_mode(std::string_view name) {
    if (name == "fan_in") return FanMode::fan_in;
    if (name == "fan_out") return FanMode::fan_out;
    if (name == "fan_avg") return FanMode::fan_avg;
    throw unknown_name("mode of VarianceScaling", name, std::vector<std::string_view>{"fan_in", "fan_out", "fan_avg"});
}

Distribution to_distribution(std::string_view name) {
    if (name == "truncated_normal") return Distribution::truncated_normal;
    if (name == "normal") return Distribution::normal;
    if (name == "uniform") return Distribution::uniform;
    throw unknown_name("distribution of VarianceScaling", name,
                       std::vector<std::string_view>{"truncated_normal", "normal", "uniform"});
}

std::array<double, 2> to_two(nb::handle given, std::string_view what) {
    const Array array = to_array(given, what);
    if (array.shape != Shape{2})
        throw ShapeError(std::string(what) + " must have shape (2,), but has shape " + array.shape.text());
    return {array.values[0], array.values[1]};
}

}  // namespace

std::vector<EncodedRange> to_ranges(nb::handle given) {
    if (given.is_none()) return {};
    const Array array = to_array(given, "encoding_values");
    if (array.shape.rank() == 0 || array.shape.rank() > 2 || array.shape[array.shape.rank() - 1] != 2)
        throw ShapeError("encoding_values must be one pair of numbers or one for each axis, but has shape " +
                         array.shape.text());
    std::vector<EncodedRange> ranges;
    for (std::size_t k = 0; k < array.values.size(); k += 2) ranges.push_back({array.values[k], array.values[k + 1]});
    return ranges;
}

void bind_init(nb::module_& module) {
    module.def(
        "zero", [](ArrayLike shape) { return make(ZeroInit{}, shape, nb::none()); }, "shape"_a);
    module.def(
        "constant",
        [](ArrayLike shape, ArrayLike value) {
            return make(Constant{.value = to_array(value, "value")}, shape, nb::none());
        },
        "shape"_a, "value"_a = 1.);
    module.def(
        "identity",
        [](ArrayLike shape, ArrayLike value) { return make(Identity{to_number(value, "value")}, shape, nb::none()); },
        "shape"_a, "value"_a = 1.);
    module.def(
        "normal",
        [](ArrayLike shape, ArrayLike seed, ArrayLike mean, ArrayLike scale) {
            return make(Normal{.mean = to_number(mean, "mean"), .scale = to_number(scale, "scale")}, shape, seed);
        },
        "shape"_a, "seed"_a.none(), "mean"_a = 0., "scale"_a = 1.);
    module.def(
        "uniform",
        [](ArrayLike shape, ArrayLike seed, ArrayLike low, ArrayLike high) {
            return make(Uniform{.min_val = to_number(low, "min_val"), .max_val = to_number(high, "max_val")}, shape,
                        seed);
        },
        "shape"_a, "seed"_a.none(), "min_val"_a = 0., "max_val"_a = 1.);
    module.def(
        "gamma",
        [](ArrayLike size, ArrayLike seed, ArrayLike shape, ArrayLike scale) {
            return make(Gamma{.shape = to_number(shape, "shape"), .scale = to_optional(scale, "scale")}, size, seed);
        },
        "size"_a, "seed"_a.none(), "shape"_a, "scale"_a = nb::none());
    module.def(
        "exponential",
        [](ArrayLike shape, ArrayLike seed, ArrayLike scale) {
            return make(Exponential{.scale = to_optional(scale, "scale")}, shape, seed);
        },
        "shape"_a, "seed"_a.none(), "scale"_a = nb::none());
    module.def(
        "variance_scaling",
        [](ArrayLike shape, ArrayLike seed, ArrayLike scale, std::string_view mode, std::string_view distribution,
           ArrayLike in_axis, ArrayLike out_axis) {
            return make(VarianceScaling{.scale = to_number(scale, "scale"),
                                        .mode = to_fan_mode(mode),
                                        .distribution = to_distribution(distribution),
                                        .in_axis = to_axis(in_axis, "in_axis"),
                                        .out_axis = to_axis(out_axis, "out_axis")},
                        shape, seed);
        },
        "shape"_a, "seed"_a.none(), "scale"_a = 1., "mode"_a = "fan_in", "distribution"_a = "truncated_normal",
        "in_axis"_a = -2, "out_axis"_a = -1);
    module.def(
        "orthogonal",
        [](ArrayLike shape, ArrayLike seed, ArrayLike scale, ArrayLike axis) {
            return make(Orthogonal{.scale = to_number(scale, "scale"), .axis = to_axis(axis, "axis")}, shape, seed);
        },
        "shape"_a, "seed"_a.none(), "scale"_a = 1., "axis"_a = -1);
    module.def(
        "delta_orthogonal",
        [](ArrayLike shape, ArrayLike seed, ArrayLike scale, ArrayLike axis) {
            return make(DeltaOrthogonal{.scale = to_number(scale, "scale"), .axis = to_axis(axis, "axis")}, shape,
                        seed);
        },
        "shape"_a, "seed"_a.none(), "scale"_a = 1., "axis"_a = -1);
    module.def(
        "gaussian_decay",
        [](ArrayLike size, ArrayLike sigma, ArrayLike max_w, ArrayLike min_w, ArrayLike encoding_values,
           bool periodic_boundary, bool include_self, bool normalize) {
            return to_numpy(GaussianDecay{.sigma = to_number(sigma, "sigma"),
                                          .max_w = to_number(max_w, "max_w"),
                                          .min_w = to_optional(min_w, "min_w"),
                                          .encoding_values = to_ranges(encoding_values),
                                          .periodic_boundary = periodic_boundary,
                                          .include_self = include_self,
                                          .normalize = normalize}(to_shape(size, "size")));
        },
        "size"_a, "sigma"_a, "max_w"_a, "min_w"_a = nb::none(), "encoding_values"_a = nb::none(),
        "periodic_boundary"_a = false, "include_self"_a = true, "normalize"_a = false);
    module.def(
        "dog_decay",
        [](ArrayLike size, ArrayLike sigmas, ArrayLike max_ws, ArrayLike min_w, ArrayLike encoding_values,
           bool periodic_boundary, bool include_self) {
            return to_numpy(DOGDecay{.sigmas = to_two(sigmas, "sigmas"),
                                     .max_ws = to_two(max_ws, "max_ws"),
                                     .min_w = to_optional(min_w, "min_w"),
                                     .encoding_values = to_ranges(encoding_values),
                                     .periodic_boundary = periodic_boundary,
                                     .include_self = include_self}(to_shape(size, "size")));
        },
        "size"_a, "sigmas"_a, "max_ws"_a, "min_w"_a = nb::none(), "encoding_values"_a = nb::none(),
        "periodic_boundary"_a = false, "include_self"_a = true);
}

}  // namespace bouton::python
