// SPDX-License-Identifier: Apache-2.0
/// \file
/// Initialisers: what makes the values of a parameter, of an initial state or of weights from a shape. Names and
/// defaults are those of BrainPy 2.4; any shape is served, also of rank 0 and 1.
///
///     Uniform{.min_val = -70, .max_val = -60}(exc_size, Random(seed, "exc.V"))
///
/// Value k (row-major) is a pure function of the random numbers given, the shape and k; where `elementwise()` holds, of
/// random numbers and k alone; then `fill(values, first, random)` makes the values first, first + 1, ... by themselves.
/// An initialiser with a `seed` of its own ignores the random numbers it is given and always draws the same.
///
/// Parameters are checked at the call: ParameterError names initialiser and field, ShapeError a shape it cannot serve.
/// Units are those of the quantity that is initialised.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <bouton/core/shape.hpp>
#include <bouton/init/parameter.hpp>
#include <bouton/math/random.hpp>

namespace bouton {

/// Stands where a field has no default; refused by the check of that field.
inline constexpr double must_be_given = std::numeric_limits<double>::quiet_NaN();

/// All values 0.
struct ZeroInit {
    static constexpr bool elementwise() { return true; }
    static constexpr bool fills_parts() { return true; }
    Array operator()(const Shape& shape, const Random& random) const;
    void fill(std::span<double> values, std::uint64_t first, const Random& random) const;
};

/// The same number everywhere, or an array repeated along the axes it lacks or has with length 1 (broadcasting as in
/// NumPy). Finite.
struct Constant {
    struct Value : Array {
        template <Arithmetic Number>
        Value(Number number) : Array{{}, {static_cast<double>(number)}} {}  // NOLINT(google-explicit-constructor)
        Value(std::initializer_list<double> numbers) : Array{Shape(numbers.size()), numbers} {}
        Value(Array array) : Array(std::move(array)) {}  // NOLINT(google-explicit-constructor)
    };

    Value value = 1;

    bool elementwise() const { return value.values.size() == 1; }
    Array operator()(const Shape& shape, const Random& random) const;
    bool fills_parts() const { return elementwise(); }
    void fill(std::span<double> values, std::uint64_t first, const Random& random) const;
};
using OneInit = Constant;

/// `value` where all indices are equal, else 0: `value` times the unit matrix for rank 2, its diagonal for rank 1.
struct Identity {
    double value = 1;  ///< finite

    Array operator()(const Shape& shape, const Random& random) const;
};

/// Normal distribution.
struct Normal {
    double mean = 0;   ///< finite
    double scale = 1;  ///< standard deviation, >= 0
    std::optional<std::uint64_t> seed = std::nullopt;

    static constexpr bool elementwise() { return true; }
    static constexpr bool fills_parts() { return true; }
    Array operator()(const Shape& shape, const Random& random) const;
    void fill(std::span<double> values, std::uint64_t first, const Random& random) const;
};

/// Uniform in [min_val, max_val); min_val <= max_val, both finite.
struct Uniform {
    double min_val = 0;
    double max_val = 1;
    std::optional<std::uint64_t> seed = std::nullopt;

    static constexpr bool elementwise() { return true; }
    static constexpr bool fills_parts() { return true; }
    Array operator()(const Shape& shape, const Random& random) const;
    void fill(std::span<double> values, std::uint64_t first, const Random& random) const;
};

/// Gamma distribution with mean shape * scale and variance shape * scale^2.
struct Gamma {
    double shape = must_be_given;                ///< > 0
    std::optional<double> scale = std::nullopt;  ///< >= 0; none: 1
    std::optional<std::uint64_t> seed = std::nullopt;

    static constexpr bool elementwise() { return true; }
    static constexpr bool fills_parts() { return true; }
    Array operator()(const Shape& size, const Random& random) const;
    void fill(std::span<double> values, std::uint64_t first, const Random& random) const;
};

/// Exponential distribution with mean `scale`.
struct Exponential {
    std::optional<double> scale = std::nullopt;  ///< >= 0; none: 1
    std::optional<std::uint64_t> seed = std::nullopt;

    static constexpr bool elementwise() { return true; }
    static constexpr bool fills_parts() { return true; }
    Array operator()(const Shape& shape, const Random& random) const;
    void fill(std::span<double> values, std::uint64_t first, const Random& random) const;
};

/// The number of connections by which variance scaling divides: those a neuron receives, those it sends, their mean.
enum class FanMode { fan_in, fan_out, fan_avg };
/// What variance scaling draws from; `truncated_normal` is cut at twice the standard deviation it has before the cut.
enum class Distribution { truncated_normal, normal, uniform };

/// Mean 0 and variance scale / fan. With n_in and n_out the lengths of `in_axis` and `out_axis` (negative ones count
/// from the end) and r the product of all others, fan_in = r n_in and fan_out = r n_out; both are n for the shape (n,),
/// and 1 for ().
struct VarianceScaling {
    double scale = 1;  ///< >= 0
    FanMode mode = FanMode::fan_in;
    Distribution distribution = Distribution::truncated_normal;
    int in_axis = -2;
    int out_axis = -1;
    std::optional<std::uint64_t> seed = std::nullopt;

    Array operator()(const Shape& shape, const Random& random) const;
};

/// Published choices of scale and fan. Kaiming: He et al. (2015), "Delving deep into rectifiers", ICCV. Xavier: Glorot
/// & Bengio (2010), "Understanding the difficulty of training deep feedforward neural networks", AISTATS. Lecun: LeCun
/// et al. (1998), "Efficient BackProp".
enum class FanRule { Kaiming, Xavier, Lecun };

/// VarianceScaling with the defaults of a rule.
template <FanRule rule, Distribution law>
struct RuleScaling {
    double scale = rule == FanRule::Kaiming ? 2 : 1;  ///< >= 0
    FanMode mode = rule == FanRule::Xavier ? FanMode::fan_avg : FanMode::fan_in;
    Distribution distribution = law;
    int in_axis = -2;
    int out_axis = -1;
    std::optional<std::uint64_t> seed = std::nullopt;

    Array operator()(const Shape& shape, const Random& random) const;
};
using KaimingUniform = RuleScaling<FanRule::Kaiming, Distribution::uniform>;
using KaimingNormal = RuleScaling<FanRule::Kaiming, Distribution::truncated_normal>;
using XavierUniform = RuleScaling<FanRule::Xavier, Distribution::uniform>;
using XavierNormal = RuleScaling<FanRule::Xavier, Distribution::truncated_normal>;
using LecunUniform = RuleScaling<FanRule::Lecun, Distribution::uniform>;
using LecunNormal = RuleScaling<FanRule::Lecun, Distribution::truncated_normal>;

/// `scale` times a uniformly distributed orthogonal matrix, its rows counted by `axis` and its columns by all other
/// axes together. Not square: the shorter of rows and columns are orthonormal. Rank 0 and 1: one column. Saxe,
/// McClelland & Ganguli (2014), "Exact solutions to the nonlinear dynamics of learning in deep linear neural networks",
/// ICLR.
struct Orthogonal {
    double scale = 1;  ///< >= 0
    int axis = -1;     ///< negative ones count from the end
    std::optional<std::uint64_t> seed = std::nullopt;

    Array operator()(const Shape& shape, const Random& random) const;
};

/// For a convolution, shape (*space, in, out) with 1 to 3 axes of space and in <= out: `Orthogonal` for (in, out) at
/// the centre of space, 0 elsewhere. Xiao et al. (2018), "Dynamical isometry and a mean field theory of CNNs", ICML.
struct DeltaOrthogonal {
    double scale = 1;  ///< >= 0
    int axis = -1;     ///< of the matrix (in, out)

    Array operator()(const Shape& shape, const Random& random) const;
};

/// `init` limited to [min, max]; a limit not given does not limit. min <= max.
struct Clip {
    Parameter init;
    std::optional<double> min = std::nullopt;
    std::optional<double> max = std::nullopt;

    bool elementwise() const { return init.is_scalar() || init.is_elementwise(); }
    bool fills_parts() const { return init.is_scalar() || init.fills_parts(); }
    Array operator()(const Shape& shape, const Random& random) const;
    void fill(std::span<double> values, std::uint64_t first, const Random& random) const;
};

/// The values that the neurons along one axis of a population stand for: min < max, both finite.
struct EncodedRange {
    double min, max;
};

/// Weights within a population that fall with the distance d of two neurons in the space they encode:
///
///     w = max_w exp(-d^2 / (2 sigma^2))
///
/// A neuron sits at its indices if `encoding_values` is empty; else n neurons are spread evenly over the range of their
/// axis (one range: the same for all axes), both ends included. With a periodic boundary an axis closes to a ring as
/// long as its range (n, if it has none), and its end is its start. Weights of magnitude below `min_w` are 0.
///
/// Called with the size of the population, (n,) or (n, m, ...); the result has the shape (num, num). It is no
/// `Initializer`, whose shape would be that of the weights: give the array it makes.
struct GaussianDecay {
    double sigma = must_be_given;                ///< > 0
    double max_w = must_be_given;                ///< finite
    std::optional<double> min_w = std::nullopt;  ///< >= 0; none: 0.005 |max_w|
    std::vector<EncodedRange> encoding_values = {};
    bool periodic_boundary = false;
    bool include_self = true;  ///< false: 0 from a neuron to itself
    bool normalize = false;    ///< scale so that the largest weight (before `min_w`) is `max_w` also without self

    Array operator()(const Shape& size) const;
};

/// Difference of two such Gaussians, a "Mexican hat" for sigmas[0] < sigmas[1]; all else as in GaussianDecay:
///
///     w = max_ws[0] exp(-d^2 / (2 sigmas[0]^2)) - max_ws[1] exp(-d^2 / (2 sigmas[1]^2))
///
/// (BrainPy's `normalize` has no effect there and does not exist here.)
struct DOGDecay {
    std::array<double, 2> sigmas = {must_be_given, must_be_given};  ///< > 0
    std::array<double, 2> max_ws = {must_be_given, must_be_given};  ///< finite
    std::optional<double> min_w = std::nullopt;                     ///< >= 0; none: 0.005 of the smaller |max_ws|
    std::vector<EncodedRange> encoding_values = {};
    bool periodic_boundary = false;
    bool include_self = true;

    Array operator()(const Shape& size) const;
};

}  // namespace bouton
