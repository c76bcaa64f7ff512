// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>
#include <span>
#include <string>
#include <string_view>

#include <bouton/core/error.hpp>
#include <bouton/init/initializers.hpp>

#include <fmt/format.h>

namespace bouton {
namespace {

using Seed = std::optional<std::uint64_t>;

void check_finite(std::string_view owner, std::string_view field, double value) {
    if (!std::isfinite(value)) throw ParameterError(owner, field, value, "finite");
}

void check_non_negative(std::string_view owner, std::string_view field, double value) {
    if (!(value >= 0 && std::isfinite(value))) throw ParameterError(owner, field, value, "non-negative and finite");
}

void check_positive(std::string_view owner, std::string_view field, double value) {
    if (!(value > 0 && std::isfinite(value))) throw ParameterError(owner, field, value, "positive and finite");
}

/// `axis` of `shape`, counted from the front.
std::size_t checked_axis(std::string_view owner, std::string_view field, int axis, const Shape& shape) {
    const auto rank = static_cast<std::ptrdiff_t>(shape.rank());
    if (axis < -rank || axis >= rank)
        throw ParameterError(owner, field, axis, fmt::format("an axis of shape {}", shape.text()));
    return static_cast<std::size_t>(axis < 0 ? axis + rank : axis);
}

Random source(const Random& given, Seed seed, std::string_view name) { return seed ? Random(*seed, name) : given; }

/// The array of value(k) for all k.
template <class Value>
Array filled(const Shape& shape, Value value) {
    Array array{shape, std::vector<double>(shape.count())};
    for (std::size_t k = 0; k < array.values.size(); ++k) array.values[k] = value(k);
    return array;
}

/// The same made by `init.fill`.
template <class Init>
Array filled_by(const Init& init, const Shape& shape, const Random& random) {
    Array array{shape, std::vector<double>(shape.count())};
    init.fill(array.values, 0, random);
    return array;
}

// ---- Variance scaling

struct Fans {
    double in, out;
};

Fans fans(std::string_view owner, const VarianceScaling& v, const Shape& shape) {
    if (shape.rank() < 2) return {static_cast<double>(shape.count()), static_cast<double>(shape.count())};
    const std::size_t in = checked_axis(owner, "in_axis", v.in_axis, shape);
    const std::size_t out = checked_axis(owner, "out_axis", v.out_axis, shape);
    if (in == out) throw ParameterError(owner, "out_axis", v.out_axis, "another axis than in_axis");
    double field = 1;  // receptive field: what both axes share
    for (std::size_t axis = 0; axis < shape.rank(); ++axis)
        if (axis != in && axis != out) field *= static_cast<double>(shape[axis]);
    return {field * static_cast<double>(shape[in]), field * static_cast<double>(shape[out])};
}

double fan(FanMode mode, Fans fans) {
    switch (mode) {
        case FanMode::fan_in:
            return fans.in;
        case FanMode::fan_out:
            return fans.out;
        case FanMode::fan_avg:
            break;
    }
    return (fans.in + fans.out) / 2;
}

/// Standard normal within [-2, 2], by rejection.
double truncated_normal(const Random& random, std::uint64_t index) {
    const Random tries = random.at(index);
    for (std::uint64_t k = 0;; ++k)
        if (const double x = tries.normal(k); std::abs(x) <= 2) return x;
}

constexpr double std_of_truncated_normal = 0.87962566103423978;

Array variance_scaled(std::string_view owner, const VarianceScaling& v, const Shape& shape, const Random& random) {
    check_non_negative(owner, "scale", v.scale);
    const double std_dev = std::sqrt(v.scale / fan(v.mode, fans(owner, v, shape)));
    const Random draws = source(random, v.seed, owner);
    switch (v.distribution) {
        case Distribution::uniform: {
            const double limit = std::sqrt(3.) * std_dev;
            return filled(shape, [&](std::size_t k) { return limit * (2 * draws.uniform(k) - 1); });
        }
        case Distribution::normal:
            return filled(shape, [&](std::size_t k) { return std_dev * draws.normal(k); });
        case Distribution::truncated_normal:
            break;
    }
    const double before_cut = std_dev / std_of_truncated_normal;
    return filled(shape, [&](std::size_t k) { return before_cut * truncated_normal(draws, k); });
}

std::string name_of(FanRule rule, Distribution law) {
    const std::string_view author = rule == FanRule::Kaiming ? "Kaiming" : rule == FanRule::Xavier ? "Xavier" : "Lecun";
    return fmt::format("{}{}", author, law == Distribution::uniform ? "Uniform" : "Normal");
}

// ---- Orthogonal matrices

/// `count` orthonormal vectors of `length` >= `count` components, one after the other: Gram-Schmidt applied to normal
/// vectors, twice, which is enough for orthogonality to rounding. (The QR decomposition with a positive diagonal of R.)
std::vector<double> orthonormal_vectors(std::size_t count, std::size_t length, const Random& random) {
    std::vector<double> vectors(count * length);
    random.normal(vectors);
    const auto vector = [&](std::size_t i) { return std::span(vectors).subspan(i * length, length); };
    for (std::size_t i = 0; i < count; ++i) {
        const auto v = vector(i);
        for (int pass = 0; pass < 2; ++pass) {
            for (std::size_t j = 0; j < i; ++j) {
                const auto u = vector(j);
                const double overlap = std::inner_product(v.begin(), v.end(), u.begin(), 0.);
                for (std::size_t k = 0; k < length; ++k) v[k] -= overlap * u[k];
            }
            const double norm = std::sqrt(std::inner_product(v.begin(), v.end(), v.begin(), 0.));
            for (double& component : v) component /= norm;
        }
    }
    return vectors;
}

Array orthogonal(std::string_view owner, double scale, int axis, const Shape& shape, const Random& random) {
    check_non_negative(owner, "scale", scale);
    const Shape matrix = shape.rank() < 2 ? Shape{shape.count(), 1} : shape;
    const std::size_t row_axis = shape.rank() < 2 ? 0 : checked_axis(owner, "axis", axis, shape);
    if (shape.count() == 0) return {shape, {}};

    std::size_t inner = 1;  // elements from one row to the next
    for (std::size_t later = row_axis + 1; later < matrix.rank(); ++later) inner *= matrix[later];
    const std::size_t rows = matrix[row_axis], columns = matrix.count() / rows;
    const std::size_t length = std::max(rows, columns);
    const std::vector<double> vectors = orthonormal_vectors(std::min(rows, columns), length, random);
    return filled(shape, [&](std::size_t k) {
        const std::size_t row = k / inner % rows, column = k / (inner * rows) * inner + k % inner;
        return scale * (rows <= columns ? vectors[row * length + column] : vectors[column * length + row]);
    });
}

// ---- Distance

/// Where the neurons of a population sit and how far they are from each other.
class Positions {
 public:
    Positions(std::string_view owner, const Shape& size, std::span<const EncodedRange> ranges, bool periodic)
        : rank_(size.rank()), num_(size.count()), coordinates_(num_ * rank_) {
        if (ranges.size() > 1 && ranges.size() != rank_)
            throw ShapeError(
                fmt::format("{}.encoding_values has {} ranges, but population {} must have none, one or {}", owner,
                            ranges.size(), size.text(), rank_));
        for (const auto& [min, max] : ranges) {
            check_finite(owner, "encoding_values.min", min);
            if (!(max > min && std::isfinite(max - min)))
                throw ParameterError(owner, "encoding_values.max", max, fmt::format("finite and above min = {}", min));
        }
        std::size_t inner = num_;
        for (std::size_t axis = 0; axis < rank_ && num_ > 0; ++axis) {
            const std::size_t length = size[axis];
            const double n = static_cast<double>(length);
            EncodedRange range{0, periodic ? n : n - 1};
            if (!ranges.empty()) range = ranges[ranges.size() == 1 ? 0 : axis];
            const double extent = range.max - range.min, steps = periodic ? n : std::max(n - 1, 1.);
            periods_.push_back(periodic ? extent : std::numeric_limits<double>::infinity());
            inner /= length;
            for (std::size_t i = 0; i < num_; ++i)
                coordinates_[i * rank_ + axis] = range.min + extent * (static_cast<double>(i / inner % length) / steps);
        }
    }

    std::size_t num() const { return num_; }

    double distance(std::size_t i, std::size_t j) const {
        double sum = 0;
        for (std::size_t axis = 0; axis < rank_; ++axis) {
            const double d = std::abs(coordinates_[i * rank_ + axis] - coordinates_[j * rank_ + axis]);
            const double shorter = std::min(d, periods_[axis] - d);
            sum += shorter * shorter;
        }
        return std::sqrt(sum);
    }

 private:
    std::size_t rank_, num_;
    std::vector<double> coordinates_;  // num x rank
    std::vector<double> periods_;      // of each axis; infinite where it has an end
};

/// num x num values weight(distance), 0 on the diagonal without self.
template <class Weight>
Array by_distance(const Positions& positions, bool include_self, Weight weight) {
    const std::size_t num = positions.num();
    return filled(Shape{num, num}, [&](std::size_t k) {
        const std::size_t i = k / num, j = k % num;
        return i == j && !include_self ? 0 : weight(positions.distance(i, j));
    });
}

/// exp(-d^2 / (2 sigma^2)), for any sigma > 0.
double bell(double d, double sigma) {
    const double z = d / sigma;
    return std::exp(-z * z / 2);
}

void limit(const Clip& clip, std::span<double> values) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    const double low = clip.min.value_or(-infinity), high = clip.max.value_or(infinity);
    if (std::isnan(high)) throw ParameterError("Clip", "max", high, "a number");
    if (!(low <= high)) throw ParameterError("Clip", "min", low, fmt::format("at most max = {}", high));
    for (double& value : values) value = std::clamp(value, low, high);
}

void cut(Array& weights, double min_w) {
    for (double& w : weights.values)
        if (std::abs(w) < min_w) w = 0;
}

}  // namespace

Array ZeroInit::operator()(const Shape& shape, const Random& random) const { return filled_by(*this, shape, random); }

void ZeroInit::fill(std::span<double> values, std::uint64_t, const Random&) const { std::ranges::fill(values, 0.); }

Array Constant::operator()(const Shape& shape, const Random& random) const {
    if (value.values.size() != value.shape.count())
        throw ShapeError(fmt::format("Constant.value has {} values, but its shape {} needs {}", value.values.size(),
                                     value.shape.text(), value.shape.count()));
    for (const double number : value.values) check_finite("Constant", "value", number);
    if (elementwise()) return filled_by(*this, shape, random);

    const std::size_t rank = value.shape.rank();
    bool fits = rank <= shape.rank();
    for (std::size_t back = 1; fits && back <= rank; ++back) {
        const std::size_t length = value.shape[rank - back];
        fits = length == 1 || length == shape[shape.rank() - back];
    }
    if (!fits)
        throw ShapeError(fmt::format("Constant.value has shape {}, but must be a scalar or extend to shape {}",
                                     value.shape.text(), shape.text()));
    return filled(shape, [&](std::size_t k) {
        std::size_t index = 0, stride = 1;
        for (std::size_t back = 1; back <= rank; ++back) {
            const std::size_t length = value.shape[rank - back], asked = shape[shape.rank() - back];
            if (length != 1) index += k % asked * stride;
            k /= asked;
            stride *= length;
        }
        return value.values[index];
    });
}

void Constant::fill(std::span<double> values, std::uint64_t, const Random&) const {
    assert(elementwise());
    check_finite("Constant", "value", value.values[0]);
    std::ranges::fill(values, value.values[0]);
}

Array Identity::operator()(const Shape& shape, const Random&) const {
    check_finite("Identity", "value", value);
    std::size_t to_next = 0, stride = 1;  // from one element of the diagonal to the next
    for (std::size_t back = 1; back <= shape.rank(); ++back) {
        to_next += stride;
        stride *= shape[shape.rank() - back];
    }
    const std::size_t length = shape.rank() == 0 ? 1 : *std::min_element(shape.axes().begin(), shape.axes().end());
    Array array{shape, std::vector<double>(shape.count())};
    for (std::size_t i = 0; i < length; ++i) array.values[i * to_next] = value;
    return array;
}

Array Normal::operator()(const Shape& shape, const Random& random) const { return filled_by(*this, shape, random); }

void Normal::fill(std::span<double> values, std::uint64_t first, const Random& random) const {
    check_finite("Normal", "mean", mean);
    check_non_negative("Normal", "scale", scale);
    const Random draws = source(random, seed, "Normal");
    for (double& value : values) value = mean + scale * draws.normal(first++);
}

Array Uniform::operator()(const Shape& shape, const Random& random) const { return filled_by(*this, shape, random); }

void Uniform::fill(std::span<double> values, std::uint64_t first, const Random& random) const {
    check_finite("Uniform", "max_val", max_val);
    if (!(min_val <= max_val && std::isfinite(min_val)))
        throw ParameterError("Uniform", "min_val", min_val, fmt::format("finite and at most max_val = {}", max_val));
    const Random draws = source(random, seed, "Uniform");
    const double last = std::nextafter(max_val, min_val);  // rounding may reach max_val
    for (double& value : values) value = std::min(std::lerp(min_val, max_val, draws.uniform(first++)), last);
}

Array Gamma::operator()(const Shape& size, const Random& random) const { return filled_by(*this, size, random); }

void Gamma::fill(std::span<double> values, std::uint64_t first, const Random& random) const {
    const double factor = scale.value_or(1);
    check_positive("Gamma", "shape", shape);
    check_non_negative("Gamma", "scale", factor);
    const Random draws = source(random, seed, "Gamma");
    for (double& value : values) value = factor * draws.gamma(shape, first++);
}

Array Exponential::operator()(const Shape& shape, const Random& random) const {
    return filled_by(*this, shape, random);
}

void Exponential::fill(std::span<double> values, std::uint64_t first, const Random& random) const {
    const double mean = scale.value_or(1);
    check_non_negative("Exponential", "scale", mean);
    const Random draws = source(random, seed, "Exponential");
    for (double& value : values) value = mean * draws.exponential(first++);
}

Array VarianceScaling::operator()(const Shape& shape, const Random& random) const {
    return variance_scaled("VarianceScaling", *this, shape, random);
}

template <FanRule rule, Distribution law>
Array RuleScaling<rule, law>::operator()(const Shape& shape, const Random& random) const {
    return variance_scaled(name_of(rule, law), {scale, mode, distribution, in_axis, out_axis, seed}, shape, random);
}
template struct RuleScaling<FanRule::Kaiming, Distribution::uniform>;
template struct RuleScaling<FanRule::Kaiming, Distribution::truncated_normal>;
template struct RuleScaling<FanRule::Xavier, Distribution::uniform>;
template struct RuleScaling<FanRule::Xavier, Distribution::truncated_normal>;
template struct RuleScaling<FanRule::Lecun, Distribution::uniform>;
template struct RuleScaling<FanRule::Lecun, Distribution::truncated_normal>;

Array Orthogonal::operator()(const Shape& shape, const Random& random) const {
    return orthogonal("Orthogonal", scale, axis, shape, source(random, seed, "Orthogonal"));
}

Array DeltaOrthogonal::operator()(const Shape& shape, const Random& random) const {
    const std::size_t rank = shape.rank();
    if (rank < 3 || rank > 5)
        throw ShapeError(
            fmt::format("DeltaOrthogonal was asked for shape {}, but must have 3 to 5 axes", shape.text()));
    const Shape in_out{shape[rank - 2], shape[rank - 1]};
    if (in_out[0] > in_out[1])
        throw ShapeError(fmt::format(
            "DeltaOrthogonal was asked for shape {}, but its axis -2 must not exceed its axis -1", shape.text()));
    const Array matrix = orthogonal("DeltaOrthogonal", scale, axis, in_out, random);
    Array array{shape, std::vector<double>(shape.count())};
    if (array.values.empty()) return array;
    std::size_t centre = 0;
    for (std::size_t axis_of_space = 0; axis_of_space < rank - 2; ++axis_of_space)
        centre = centre * shape[axis_of_space] + (shape[axis_of_space] - 1) / 2;
    const std::size_t begin = centre * matrix.values.size();
    std::copy(matrix.values.begin(), matrix.values.end(), array.values.begin() + static_cast<std::ptrdiff_t>(begin));
    return array;
}

Array Clip::operator()(const Shape& shape, const Random& random) const {
    if (fills_parts()) return filled_by(*this, shape, random);
    Array array = init.resolve("Clip", "init", shape, random);
    limit(*this, array.values);
    return array;
}

void Clip::fill(std::span<double> values, std::uint64_t first, const Random& random) const {
    assert(fills_parts());
    if (init.is_scalar())
        std::ranges::fill(values, init.resolve("Clip", "init", Shape(), random).values[0]);
    else
        init.fill(values, first, random);
    limit(*this, values);
}

Array GaussianDecay::operator()(const Shape& size) const {
    check_positive("GaussianDecay", "sigma", sigma);
    check_finite("GaussianDecay", "max_w", max_w);
    const double smallest = min_w.value_or(0.005 * std::abs(max_w));
    check_non_negative("GaussianDecay", "min_w", smallest);
    const Positions positions("GaussianDecay", size, encoding_values, periodic_boundary);
    Array weights = by_distance(positions, include_self, [&](double d) { return bell(d, sigma); });
    double largest = 1;
    if (normalize && !weights.values.empty()) largest = *std::max_element(weights.values.begin(), weights.values.end());
    if (largest > 0)
        for (double& w : weights.values) w = max_w * (w / largest);
    cut(weights, smallest);
    return weights;
}

Array DOGDecay::operator()(const Shape& size) const {
    for (const double sigma : sigmas) check_positive("DOGDecay", "sigmas", sigma);
    for (const double max_w : max_ws) check_finite("DOGDecay", "max_ws", max_w);
    const double smallest = min_w.value_or(0.005 * std::min(std::abs(max_ws[0]), std::abs(max_ws[1])));
    check_non_negative("DOGDecay", "min_w", smallest);
    const Positions positions("DOGDecay", size, encoding_values, periodic_boundary);
    Array weights = by_distance(positions, include_self, [&](double d) {
        return max_ws[0] * bell(d, sigmas[0]) - max_ws[1] * bell(d, sigmas[1]);
    });
    cut(weights, smallest);
    return weights;
}

}  // namespace bouton
