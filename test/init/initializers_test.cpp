// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include <bouton/core/error.hpp>
#include <bouton/init/initializers.hpp>

#include <gtest/gtest.h>

namespace bouton {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();
const Random random_numbers(1, "init");

template <class Init>
std::vector<double> values(const Init& init, const Shape& shape) {
    const Array array = init(shape, random_numbers);
    EXPECT_EQ(array.shape, shape);
    EXPECT_EQ(array.values.size(), shape.count());
    return array.values;
}

double mean(const std::vector<double>& x) {
    double sum = 0;
    for (const double value : x) sum += value;
    return sum / static_cast<double>(x.size());
}

double std_dev(const std::vector<double>& x) {
    const double centre = mean(x);
    double sum = 0;
    for (const double value : x) sum += (value - centre) * (value - centre);
    return std::sqrt(sum / static_cast<double>(x.size()));
}

double largest(const std::vector<double>& x) {
    double result = 0;
    for (const double value : x) result = std::max(result, std::abs(value));
    return result;
}

/// The field that is complained of.
template <class Init>
std::string refused(const Init& init, const Shape& shape = {3, 4}) {
    try {
        if constexpr (InitializerLike<Init>)
            init(shape, random_numbers);
        else
            init(shape);
    } catch (const ParameterError& error) {
        return error.owner + "." + error.field;
    }
    return "nothing";
}

/// Applies `check` to one of each initialiser that serves all shapes.
template <class Check>
void for_each_initialiser(Check check) {
    check(ZeroInit{});
    check(Constant{.value = 3});
    check(OneInit{});
    check(Identity{});
    check(Normal{});
    check(Uniform{});
    check(Gamma{.shape = 2});
    check(Exponential{});
    check(VarianceScaling{});
    check(KaimingUniform{});
    check(KaimingNormal{});
    check(XavierUniform{});
    check(XavierNormal{});
    check(LecunUniform{});
    check(LecunNormal{});
    check(Orthogonal{});
    check(Clip{.init = Normal{}, .min = -1, .max = 1});
}

TEST(Initializers, serve_every_shape) {
    for_each_initialiser([](const auto& init) {
        for (const Shape& shape : {Shape(), Shape(1), Shape(5), Shape{3, 4}, Shape{4, 3}, Shape{2, 3, 4},
                                   Shape{2, 1, 3, 2, 2}, Shape(0), Shape{0, 3}, Shape{3, 0}})
            for (const double value : values(init, shape)) ASSERT_TRUE(std::isfinite(value));
    });
}

TEST(Initializers, repeat_what_they_made) {
    for_each_initialiser([](const auto& init) { EXPECT_EQ(values(init, {3, 4}), values(init, {3, 4})); });
    EXPECT_NE(Normal{}({3, 4}, Random(1, "a")).values, Normal{}({3, 4}, Random(2, "a")).values);
    EXPECT_NE(Orthogonal{}({3, 4}, Random(1, "a")).values, Orthogonal{}({3, 4}, Random(1, "b")).values);
}

TEST(Initializers, elementwise_values_depend_on_their_place_alone) {
    for_each_initialiser([](const auto& init) {
        if (!Parameter(init).is_elementwise()) return;
        const auto some = values(init, 7), all = values(init, {3, 4});
        EXPECT_TRUE(std::equal(some.begin(), some.end(), all.begin()));
    });
}

TEST(Initializers, parts_are_parts_of_the_whole) {
    int checked = 0;
    for_each_initialiser([&](const auto& init) {
        const Parameter parameter(init);
        if (!parameter.fills_parts()) return;
        ++checked;
        const auto all = values(init, 12);
        std::vector<double> part(5);
        parameter.fill(part, 3, random_numbers);
        EXPECT_TRUE(std::equal(part.begin(), part.end(), all.begin() + 3));
    });
    EXPECT_EQ(checked, 8);
    EXPECT_FALSE(Parameter(Clip{.init = Orthogonal{}}).fills_parts());
    std::vector<double> part(2);
    Parameter(Clip{.init = 3, .max = 2}).fill(part, 1000, random_numbers);
    EXPECT_EQ(part, (std::vector<double>{2, 2}));
}

TEST(Initializers, a_seed_of_their_own_replaces_the_random_numbers_given) {
    const auto check = [](auto init, auto other) {
        init.seed = 5;
        other.seed = 6;
        const auto made = init({3, 4}, Random(1, "a")).values;
        EXPECT_EQ(made, init({3, 4}, Random(2, "b")).values);
        EXPECT_NE(made, other({3, 4}, Random(1, "a")).values);
    };
    check(Normal{}, Normal{});
    check(Uniform{}, Uniform{});
    check(Gamma{.shape = 2}, Gamma{.shape = 2});
    check(Exponential{}, Exponential{});
    check(VarianceScaling{}, VarianceScaling{});
    check(KaimingUniform{}, KaimingUniform{});
    check(Orthogonal{}, Orthogonal{});
    EXPECT_NE(XavierNormal{.seed = 5}({4, 4}, random_numbers).values,
              LecunNormal{.seed = 5}({4, 4}, random_numbers).values);
}

TEST(ZeroInit, is_zero) { EXPECT_EQ(values(ZeroInit{}, {2, 2}), std::vector<double>(4, 0)); }

TEST(Constant, repeats_an_array_along_the_axes_it_lacks) {
    using Numbers = std::vector<double>;
    EXPECT_EQ(values(Constant{}, 3), (Numbers{1, 1, 1}));
    EXPECT_EQ(values(Constant{.value = -2.5}, {1, 2}), (Numbers{-2.5, -2.5}));
    EXPECT_EQ(values(Constant{.value = {1, 2, 3}}, {2, 3}), (Numbers{1, 2, 3, 1, 2, 3}));
    EXPECT_EQ(values(Constant{.value = Array{{2, 1}, {1, 2}}}, {2, 3}), (Numbers{1, 1, 1, 2, 2, 2}));
    EXPECT_EQ(values(Constant{.value = Array{{2, 1, 2}, {1, 2, 3, 4}}}, {2, 2, 2}), (Numbers{1, 2, 1, 2, 3, 4, 3, 4}));
    EXPECT_EQ(values(Constant{.value = Array{{1, 1}, {7}}}, Shape()), (Numbers{7}));
}

TEST(Constant, refuses_what_does_not_extend_to_the_shape) {
    EXPECT_THROW(values(Constant{.value = {1, 2, 3}}, {3, 2}), ShapeError);
    EXPECT_THROW(values(Constant{.value = Array{{1, 2}, {1, 2}}}, 2), ShapeError);
    EXPECT_THROW(values(Constant{.value = Array{{2, 2}, {1, 2}}}, {2, 2}), ShapeError);
    EXPECT_EQ(refused(Constant{.value = nan}), "Constant.value");
    EXPECT_EQ(refused(Constant{.value = {1, infinity}}, 2), "Constant.value");
}

TEST(Identity, is_value_where_all_indices_are_equal) {
    using Numbers = std::vector<double>;
    EXPECT_EQ(values(Identity{.value = 3}, {2, 3}), (Numbers{3, 0, 0, 0, 3, 0}));
    EXPECT_EQ(values(Identity{.value = 3}, {3, 2}), (Numbers{3, 0, 0, 3, 0, 0}));
    EXPECT_EQ(values(Identity{}, 3), (Numbers{1, 1, 1}));
    EXPECT_EQ(values(Identity{}, {2, 2, 2}), (Numbers{1, 0, 0, 0, 0, 0, 0, 1}));
    EXPECT_EQ(refused(Identity{.value = nan}), "Identity.value");
}

TEST(Normal, has_mean_and_scale) {
    const auto x = values(Normal{.mean = -65, .scale = 5}, {200, 300});
    EXPECT_NEAR(mean(x), -65, 0.06);
    EXPECT_NEAR(std_dev(x), 5, 0.05);
    EXPECT_EQ(values(Normal{.mean = 2, .scale = 0}, 2), (std::vector<double>{2, 2}));
    EXPECT_EQ(refused(Normal{.mean = nan}), "Normal.mean");
    for (const double bad : {-1., nan, infinity}) EXPECT_EQ(refused(Normal{.scale = bad}), "Normal.scale");
}

TEST(Uniform, fills_a_half_open_interval) {
    const auto x = values(Uniform{.min_val = -70, .max_val = -60}, {200, 300});
    EXPECT_NEAR(mean(x), -65, 0.05);
    EXPECT_NEAR(std_dev(x), 10 / std::sqrt(12.), 0.03);
    EXPECT_TRUE(std::all_of(x.begin(), x.end(), [](double v) { return v >= -70 && v < -60; }));
    EXPECT_EQ(values(Uniform{.min_val = 2, .max_val = 2}, 2), (std::vector<double>{2, 2}));

    const double next = std::nextafter(1., 2.);  // nothing but 1 lies in [1, next)
    EXPECT_EQ(values(Uniform{.min_val = 1, .max_val = next}, 100), std::vector<double>(100, 1));
    const auto wide = values(Uniform{.min_val = -1.5e308, .max_val = 1.5e308}, 100);  // a width that overflows
    EXPECT_NEAR(static_cast<double>(std::count_if(wide.begin(), wide.end(), [](double v) { return v < 0; })), 50, 20);
}

TEST(Uniform, refuses_an_interval_that_is_none) {
    EXPECT_EQ(refused(Uniform{.min_val = 2}), "Uniform.min_val");
    for (const double bad : {nan, infinity, -infinity}) {
        EXPECT_EQ(refused(Uniform{.min_val = bad}), "Uniform.min_val");
        EXPECT_EQ(refused(Uniform{.max_val = bad}), "Uniform.max_val");
    }
}

TEST(Gamma, has_the_moments_of_its_shape_and_scale) {
    const auto x = values(Gamma{.shape = 4, .scale = 0.5}, {200, 300});
    EXPECT_NEAR(mean(x), 2, 0.02);
    EXPECT_NEAR(std_dev(x), 1, 0.02);
    EXPECT_EQ(values(Gamma{.shape = 4, .scale = 2}, 3)[1], 2 * values(Gamma{.shape = 4}, 3)[1]);
    for (const double bad : {0., -1., nan, infinity}) EXPECT_EQ(refused(Gamma{.shape = bad}), "Gamma.shape");
    EXPECT_EQ(refused(Gamma{}), "Gamma.shape");
    for (const double bad : {-1., nan, infinity}) EXPECT_EQ(refused(Gamma{.shape = 1, .scale = bad}), "Gamma.scale");
}

TEST(Exponential, has_mean_scale) {
    const auto x = values(Exponential{.scale = 3}, {200, 300});
    EXPECT_NEAR(mean(x), 3, 0.04);
    EXPECT_NEAR(std_dev(x), 3, 0.06);
    EXPECT_EQ(values(Exponential{.scale = 2}, 3)[1], 2 * values(Exponential{}, 3)[1]);
    for (const double bad : {-1., nan, infinity}) EXPECT_EQ(refused(Exponential{.scale = bad}), "Exponential.scale");
}

// Standard deviations for (200, 300), as measured in BrainPy 2.4.0.
TEST(VarianceScaling, has_the_spread_of_each_rule) {
    const Shape shape{200, 300};
    EXPECT_NEAR(std_dev(values(XavierUniform{}, shape)), 0.0634, 0.0005);
    EXPECT_NEAR(std_dev(values(XavierNormal{}, shape)), 0.0634, 0.0005);
    EXPECT_NEAR(std_dev(values(KaimingUniform{}, shape)), 0.1003, 0.0008);
    EXPECT_NEAR(std_dev(values(KaimingNormal{}, shape)), 0.1003, 0.0008);
    EXPECT_NEAR(std_dev(values(LecunUniform{}, shape)), 0.0709, 0.0006);
    EXPECT_NEAR(std_dev(values(LecunNormal{}, shape)), 0.0709, 0.0006);
}

TEST(VarianceScaling, draws_from_each_distribution_with_the_same_variance) {
    const double sigma = 0.3;
    const VarianceScaling v{.scale = sigma * sigma * 200};
    const Shape shape{200, 300};
    auto uniform = v, normal = v;
    uniform.distribution = Distribution::uniform;
    normal.distribution = Distribution::normal;
    for (const auto& init : {v, uniform, normal}) {
        EXPECT_NEAR(mean(values(init, shape)), 0, 0.005);
        EXPECT_NEAR(std_dev(values(init, shape)), sigma, 0.003);
    }
    const double cut = 2 * sigma / 0.87962566103423978;
    EXPECT_LE(largest(values(v, shape)), cut);
    EXPECT_GT(largest(values(v, shape)), 0.999 * cut);
    EXPECT_LE(largest(values(uniform, shape)), std::sqrt(3.) * sigma);
    EXPECT_GT(largest(values(uniform, shape)), 0.999 * std::sqrt(3.) * sigma);
    EXPECT_GT(largest(values(normal, shape)), 3.5 * sigma);
}

TEST(VarianceScaling, divides_by_the_fan_asked_for) {
    // same draws, so the factor between two results is the root of the ratio of their fans
    const auto fan = [](const VarianceScaling& v, const Shape& shape) {
        return std::round(1e6 * std::pow(values(Normal{}, shape)[0] / values(v, shape)[0], 2)) / 1e6;
    };
    VarianceScaling v{.mode = FanMode::fan_in, .distribution = Distribution::normal};
    EXPECT_EQ(fan(v, {2, 3, 5, 7}), 2 * 3 * 5);
    v.mode = FanMode::fan_out;
    EXPECT_EQ(fan(v, {2, 3, 5, 7}), 2 * 3 * 7);
    v.mode = FanMode::fan_avg;
    EXPECT_EQ(fan(v, {2, 3, 5, 7}), 2 * 3 * 6);
    v.in_axis = 0;
    v.out_axis = 1;
    EXPECT_EQ(fan(v, {2, 3, 5, 7}), 5 * 7 * 2.5);
    EXPECT_EQ(fan(v, 9), 9);
    EXPECT_EQ(fan(v, Shape()), 1);
}

TEST(VarianceScaling, refuses_a_wrong_scale_or_axis) {
    for (const double bad : {-1., nan, infinity})
        EXPECT_EQ(refused(VarianceScaling{.scale = bad}), "VarianceScaling.scale");
    EXPECT_EQ(refused(KaimingNormal{.scale = -1}), "KaimingNormal.scale");
    EXPECT_EQ(refused(XavierUniform{.in_axis = 2}), "XavierUniform.in_axis");
    EXPECT_EQ(refused(LecunUniform{.out_axis = -3}), "LecunUniform.out_axis");
    EXPECT_EQ(refused(LecunNormal{.in_axis = 1, .out_axis = -1}), "LecunNormal.out_axis");
}

/// Largest error of v_i . v_j = (i == j) scale^2 among `count` vectors of `length`, `at(i, k)` being component k of i.
template <class At>
double not_orthonormal(std::size_t count, std::size_t length, double scale, At at) {
    double worst = 0;
    for (std::size_t i = 0; i < count; ++i)
        for (std::size_t j = 0; j <= i; ++j) {
            double product = 0;
            for (std::size_t k = 0; k < length; ++k) product += at(i, k) * at(j, k);
            worst = std::max(worst, std::abs(product - (i == j ? scale * scale : 0)));
        }
    return worst;
}

TEST(Orthogonal, has_orthonormal_rows_or_columns_whichever_are_fewer) {
    const auto square = values(Orthogonal{}, {60, 60}), tall = values(Orthogonal{.scale = 2}, {30, 7}),
               wide = values(Orthogonal{}, {7, 30});
    EXPECT_LT(not_orthonormal(60, 60, 1, [&](auto i, auto k) { return square[i * 60 + k]; }), 1e-12);
    EXPECT_LT(not_orthonormal(60, 60, 1, [&](auto i, auto k) { return square[k * 60 + i]; }), 1e-12);
    EXPECT_LT(not_orthonormal(7, 30, 2, [&](auto i, auto k) { return tall[k * 7 + i]; }), 1e-12);
    EXPECT_LT(not_orthonormal(7, 30, 1, [&](auto i, auto k) { return wide[i * 30 + k]; }), 1e-12);
}

TEST(Orthogonal, counts_rows_along_its_axis_and_flattens_the_others) {
    const auto last = values(Orthogonal{}, {3, 4, 5});
    EXPECT_LT(not_orthonormal(5, 12, 1, [&](auto i, auto k) { return last[k * 5 + i]; }), 1e-12);
    const auto middle = values(Orthogonal{.axis = 1}, {3, 4, 5});
    EXPECT_LT(not_orthonormal(4, 15, 1, [&](auto i, auto k) { return middle[k / 5 * 20 + i * 5 + k % 5]; }), 1e-12);
    const auto first = values(Orthogonal{.axis = -3}, {3, 4, 5});
    EXPECT_LT(not_orthonormal(3, 20, 1, [&](auto i, auto k) { return first[i * 20 + k]; }), 1e-12);
    const auto line = values(Orthogonal{}, 10);
    EXPECT_LT(not_orthonormal(1, 10, 1, [&](auto, auto k) { return line[k]; }), 1e-12);
}

// Of a uniformly distributed rotation or reflection, no entry and no sign is preferred.
TEST(Orthogonal, prefers_no_direction) {
    std::vector<double> corner, determinant;
    for (std::uint64_t k = 0; k < 4000; ++k) {
        const auto q = Orthogonal{}({2, 2}, random_numbers.at(k)).values;
        corner.push_back(q[0]);
        determinant.push_back(q[0] * q[3] - q[1] * q[2]);
    }
    EXPECT_NEAR(mean(corner), 0, 0.05);
    EXPECT_NEAR(std_dev(corner), std::sqrt(0.5), 0.02);
    EXPECT_NEAR(mean(determinant), 0, 0.07);
}

TEST(Orthogonal, refuses_a_wrong_scale_or_axis) {
    for (const double bad : {-1., nan, infinity}) EXPECT_EQ(refused(Orthogonal{.scale = bad}), "Orthogonal.scale");
    for (const int bad : {2, -3}) EXPECT_EQ(refused(Orthogonal{.axis = bad}), "Orthogonal.axis");
}

TEST(DeltaOrthogonal, is_orthogonal_at_the_centre_and_zero_elsewhere) {
    for (const Shape& space : {Shape(3), Shape(4), Shape{3, 5}, Shape{3, 3, 3}}) {
        auto axes = space.axes();
        axes.insert(axes.end(), {4, 6});
        const auto w = values(DeltaOrthogonal{.scale = 2}, Shape(axes));
        std::size_t centre = 0;
        for (const std::size_t length : space.axes()) centre = centre * length + (length - 1) / 2;
        EXPECT_LT(not_orthonormal(4, 6, 2, [&](auto i, auto k) { return w[centre * 24 + i * 6 + k]; }), 1e-12);
        EXPECT_EQ(static_cast<std::size_t>(std::count(w.begin(), w.end(), 0)), w.size() - 24);
    }
    EXPECT_TRUE(values(DeltaOrthogonal{}, {0, 2, 2}).empty());
}

TEST(DeltaOrthogonal, refuses_other_ranks_and_more_inputs_than_outputs) {
    EXPECT_THROW(values(DeltaOrthogonal{}, {3, 3}), ShapeError);
    EXPECT_THROW(values(DeltaOrthogonal{}, {1, 1, 1, 1, 3, 3}), ShapeError);
    EXPECT_THROW(values(DeltaOrthogonal{}, {3, 4, 3}), ShapeError);
    EXPECT_EQ(refused(DeltaOrthogonal{.scale = nan}, {3, 3, 3}), "DeltaOrthogonal.scale");
    EXPECT_EQ(refused(DeltaOrthogonal{.axis = 2}, {3, 3, 3}), "DeltaOrthogonal.axis");
}

TEST(Clip, limits_what_it_is_given) {
    using Numbers = std::vector<double>;
    EXPECT_EQ(values(Clip{.init = {-2, 0, 2}, .min = -1, .max = 1}, 3), (Numbers{-1, 0, 1}));
    EXPECT_EQ(values(Clip{.init = {-2, 0, 2}, .min = -1}, 3), (Numbers{-1, 0, 2}));
    EXPECT_EQ(values(Clip{.init = {-2, 0, 2}, .max = -1}, 3), (Numbers{-2, -1, -1}));
    EXPECT_EQ(values(Clip{.init = 5, .max = 1}, {2, 1}), (Numbers{1, 1}));
    EXPECT_EQ(values(Clip{.init = Normal{}}, 4), values(Normal{}, 4));
    EXPECT_EQ(values(Clip{.init = Clip{.init = 5, .max = 3}, .max = 4}, 1), (Numbers{3}));
}

TEST(Clip, refuses_limits_out_of_order) {
    EXPECT_EQ(refused(Clip{.init = 1, .min = 2, .max = 1}), "Clip.min");
    EXPECT_EQ(refused(Clip{.init = 1, .min = nan}), "Clip.min");
    EXPECT_EQ(refused(Clip{.init = 1, .max = nan}), "Clip.max");
    EXPECT_THROW(values(Clip{.init = {1, 2, 3}}, 2), ShapeError);
}

// The weights of distance have the shape (num, num), so they are no initialiser for a parameter.
static_assert(!InitializerLike<GaussianDecay> && !InitializerLike<DOGDecay>);

double gauss(double squared_distance, double sigma) { return std::exp(-squared_distance / (2 * sigma * sigma)); }

TEST(GaussianDecay, falls_with_the_distance_of_indices) {
    const Array line = GaussianDecay{.sigma = 2, .max_w = 3}(5);
    EXPECT_EQ(line.shape, (Shape{5, 5}));
    for (std::size_t i = 0; i < 5; ++i)
        for (std::size_t j = 0; j < 5; ++j)
            EXPECT_NEAR(line.values[i * 5 + j], 3 * gauss(static_cast<double>((i - j) * (i - j)), 2), 1e-15);

    const Array plane = GaussianDecay{.sigma = 2, .max_w = 3}({3, 4});
    EXPECT_EQ(plane.shape, (Shape{12, 12}));
    EXPECT_NEAR(plane.values[1 * 12 + 11], 3 * gauss(2 * 2 + 2 * 2, 2), 1e-15);  // (0, 1) to (2, 3)
    EXPECT_EQ(GaussianDecay({.sigma = 2, .max_w = 3})(Shape()).values, std::vector{3.});
    EXPECT_TRUE(GaussianDecay({.sigma = 2, .max_w = 3})({0, 3}).values.empty());
}

TEST(GaussianDecay, cuts_what_is_small) {
    const auto row = [](const GaussianDecay& init) { return init(6).values; };
    const auto by_default = row({.sigma = 1, .max_w = -2});
    EXPECT_EQ(by_default[3], -2 * std::exp(-4.5));  // 0.0111 of max_w
    EXPECT_EQ(by_default[4], 0);                    // 0.0003 of max_w
    EXPECT_EQ(row({.sigma = 1, .max_w = 2, .min_w = 0.3})[2], 0);
    EXPECT_GT(row({.sigma = 1, .max_w = 2, .min_w = 0})[5], 0);
}

TEST(GaussianDecay, closes_to_a_ring) {
    const Array ring = GaussianDecay{.sigma = 2, .max_w = 1, .periodic_boundary = true}(5);
    EXPECT_NEAR(ring.values[4], gauss(1, 2), 1e-15);
    EXPECT_NEAR(ring.values[3], gauss(4, 2), 1e-15);
    const Array range =
        GaussianDecay{.sigma = 1, .max_w = 1, .encoding_values = {{-4, 4}}, .periodic_boundary = true}(8);
    for (std::size_t j = 0; j < 8; ++j) EXPECT_NEAR(range.values[5 * 8 + (5 + j) % 8], range.values[j], 1e-15);
    EXPECT_NEAR(range.values[7], gauss(1, 1), 1e-15);
}

TEST(GaussianDecay, measures_in_the_values_encoded) {
    const Array line = GaussianDecay{.sigma = 1, .max_w = 1, .encoding_values = {{-1, 1}}}(5);
    EXPECT_NEAR(line.values[1], gauss(0.25, 1), 1e-15);
    EXPECT_NEAR(line.values[4], gauss(4, 1), 1e-15);
    const Array same = GaussianDecay{.sigma = 1, .max_w = 1, .encoding_values = {{0, 1}}}({2, 3});
    EXPECT_NEAR(same.values[5], gauss(1 + 1, 1), 1e-15);
    const Array each = GaussianDecay{.sigma = 1, .max_w = 1, .encoding_values = {{0, 1}, {5, 7}}}({2, 3});
    EXPECT_NEAR(each.values[5], gauss(1 + 4, 1), 1e-15);
    EXPECT_EQ(GaussianDecay({.sigma = 1, .max_w = 1, .encoding_values = {{2, 3}}})(1).values, std::vector{1.});
}

TEST(GaussianDecay, without_self_and_normalised) {
    GaussianDecay init{.sigma = 1, .max_w = 2, .include_self = false};
    EXPECT_EQ(init(3).values[4], 0);
    EXPECT_NEAR(init(3).values[1], 2 * gauss(1, 1), 1e-15);
    init.normalize = true;
    EXPECT_EQ(init(3).values[4], 0);
    EXPECT_EQ(init(3).values[1], 2);
    EXPECT_EQ(init(1).values, std::vector{0.});
    EXPECT_TRUE(init(0).values.empty());
}

TEST(GaussianDecay, has_no_nan_for_extreme_widths) {
    for (const double sigma : {1e-320, 1e-200, 0.02647, 1e200, 1e308})
        for (const bool self : {true, false})
            for (const double w :
                 GaussianDecay{.sigma = sigma, .max_w = 1, .include_self = self, .normalize = true}(3).values)
                EXPECT_TRUE(w >= 0 && w <= 1);
}

TEST(GaussianDecay, refuses_wrong_parameters) {
    for (const double bad : {0., -1., nan, infinity})
        EXPECT_EQ(refused(GaussianDecay{.sigma = bad, .max_w = 1}), "GaussianDecay.sigma");
    for (const double bad : {nan, infinity})
        EXPECT_EQ(refused(GaussianDecay{.sigma = 1, .max_w = bad}), "GaussianDecay.max_w");
    for (const double bad : {-1., nan, infinity})
        EXPECT_EQ(refused(GaussianDecay{.sigma = 1, .max_w = 1, .min_w = bad}), "GaussianDecay.min_w");
    const auto with = [](std::vector<EncodedRange> ranges) {
        return GaussianDecay{.sigma = 1, .max_w = 1, .encoding_values = std::move(ranges)};
    };
    EXPECT_EQ(refused(with({{1, 1}})), "GaussianDecay.encoding_values.max");
    EXPECT_EQ(refused(with({{0, 1}, {0, nan}})), "GaussianDecay.encoding_values.max");
    EXPECT_EQ(refused(with({{nan, 1}})), "GaussianDecay.encoding_values.min");
    EXPECT_EQ(refused(with({{-1.5e308, 1.5e308}})), "GaussianDecay.encoding_values.max");
    EXPECT_THROW(with({{0, 1}, {0, 1}, {0, 1}})({3, 4}), ShapeError);
}

TEST(DOGDecay, is_the_difference_of_two_gaussians) {
    const Array hat = DOGDecay{.sigmas = {1, 2}, .max_ws = {3, 1}}(6);
    EXPECT_NEAR(hat.values[0], 2, 1e-15);
    EXPECT_NEAR(hat.values[2], 3 * gauss(4, 1) - gauss(4, 2), 1e-15);
    EXPECT_LT(hat.values[2], 0);  // the surround is inhibitory, and kept
    EXPECT_EQ(DOGDecay({.sigmas = {1, 2}, .max_ws = {3, 1}, .min_w = 0.3})(6).values[2], 0);
    EXPECT_EQ(DOGDecay({.sigmas = {1, 1}, .max_ws = {1.004, 1}})(1).values[0], 0);  // below 0.005 of 1
    EXPECT_EQ(DOGDecay({.sigmas = {1, 2}, .max_ws = {3, 1}, .include_self = false})(6).values[7], 0);
    const Array ring = DOGDecay{.sigmas = {1, 2}, .max_ws = {3, 1}, .periodic_boundary = true}(6);
    EXPECT_NEAR(ring.values[5], ring.values[1], 1e-15);
    const Array encoded = DOGDecay{.sigmas = {1, 2}, .max_ws = {3, 1}, .encoding_values = {{0, 10}}}(6);
    EXPECT_NEAR(encoded.values[1], hat.values[2], 1e-15);
}

TEST(DOGDecay, refuses_wrong_parameters) {
    EXPECT_EQ(refused(DOGDecay{.max_ws = {1, 1}}), "DOGDecay.sigmas");
    EXPECT_EQ(refused(DOGDecay{.sigmas = {1, 0}, .max_ws = {1, 1}}), "DOGDecay.sigmas");
    EXPECT_EQ(refused(DOGDecay{.sigmas = {1, 1}, .max_ws = {1, nan}}), "DOGDecay.max_ws");
    EXPECT_EQ(refused(DOGDecay{.sigmas = {1, 1}, .max_ws = {1, 1}, .min_w = -1}), "DOGDecay.min_w");
}

}  // namespace
}  // namespace bouton
