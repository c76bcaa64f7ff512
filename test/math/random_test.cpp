// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numbers>
#include <set>
#include <vector>

#include <bouton/math/random.hpp>

#include <gtest/gtest.h>

namespace bouton {
namespace {

constexpr std::size_t n = 100000;

/// draw(0) ... draw(n - 1).
std::vector<double> draws(const std::function<double(std::uint64_t)>& draw) {
    std::vector<double> values(n);
    for (std::size_t k = 0; k < n; ++k) values[k] = draw(k);
    return values;
}

/// Kolmogorov-Smirnov: sqrt(n) times the largest distance of the empirical distribution from `cdf`. Above 1.95 in one
/// of 1000 sets of draws.
double distance(std::vector<double> values, const std::function<double(double)>& cdf) {
    std::sort(values.begin(), values.end());
    double largest = 0;
    for (std::size_t k = 0; k < n; ++k) {
        const double p = cdf(values[k]), below = static_cast<double>(k) / n;
        largest = std::max({largest, p - below, below + 1. / n - p});
    }
    return std::sqrt(static_cast<double>(n)) * largest;
}

/// sqrt(n) times the correlation of two sequences uniform in [0, 1): about standard normal if they are independent.
double correlation(const std::vector<double>& a, const std::vector<double>& b) {
    double sum = 0;
    for (std::size_t k = 0; k < n; ++k) sum += (a[k] - 0.5) * (b[k] - 0.5);
    return 12 * sum / std::sqrt(static_cast<double>(n));
}

// The vectors for philox4x32-10 that Random123 publishes. The index of the family is the one whose stream makes up the
// upper half of the counter of each vector, so this also holds the way from a purpose to its stream.
TEST(Random, known_answers) {
    constexpr std::uint64_t ones = ~std::uint64_t{0};
    EXPECT_EQ(Random(0, "").at(0x712ce0c13bdcf210).bits(0), 0xe169c58d6627e8d5);
    EXPECT_EQ(Random(ones, "").at(0xe68129e85ad298d0).bits(ones), 0x41c83b0e408f276d);
    EXPECT_EQ(Random(0x299f31d0a4093822, "").at(0x8d30e17308c9709a).bits(0x85a308d3243f6a88), 0x94fdccebd16cfe09);
    // Box-Muller on both halves, the second being 0x9b00dbd8bc57ac4c
    EXPECT_NEAR(Random(0, "").at(0x712ce0c13bdcf210).normal(0), -0.39766753844418223, 1e-15);
}

TEST(Random, a_draw_depends_on_seed_purpose_and_index_alone) {
    const Random random(7, "exc.V");
    const double late = random.normal(1000);
    for (std::uint64_t k = 0; k < 1000; ++k) random.gamma(0.5, k);
    EXPECT_EQ(random.normal(1000), late);
    EXPECT_EQ(Random(7, "exc.V").normal(1000), late);
    EXPECT_EQ(Random(7, "exc.V").at(3).bits(5), random.at(3).bits(5));
}

TEST(Random, no_two_of_many_draws_are_equal) {
    std::set<std::uint64_t> seen;
    std::size_t made = 0;
    for (const std::uint64_t seed : {0u, 1u, 2u})
        for (const auto* purpose : {"", "a", "b", "ab", "ba", "exc.V", "inh.V"})
            for (std::uint64_t k = 0; k < 100; ++k, made += 3) {
                const Random random(seed, purpose);
                seen.insert({random.bits(k), random.at(k).bits(0), random.at(0).at(k).bits(0)});
            }
    EXPECT_EQ(seen.size(), made);
}

TEST(Random, both_halves_of_a_call_are_uniform_and_independent) {
    const Random random(1, "halves");
    std::vector<double> first(n), second(n);
    for (std::uint64_t k = 0; k < n; ++k) {
        const auto [a, b] = random.halves(k);
        ASSERT_EQ(a, random.bits(k));
        first[k] = std::ldexp(static_cast<double>(a >> 11), -53);
        second[k] = std::ldexp(static_cast<double>(b >> 11), -53);
        ASSERT_EQ(random.exponential(k), Random::exponential_of(a));
    }
    EXPECT_LT(distance(second, [](double x) { return x; }), 1.95);
    EXPECT_LT(std::abs(correlation(first, second)), 4);
}

TEST(Random, sequences_are_independent) {
    const Random random(1, "a");
    const auto uniform = [](const Random& r) { return draws([&](std::uint64_t k) { return r.uniform(k); }); };
    const auto base = uniform(random);
    EXPECT_LT(std::abs(correlation(base, uniform(Random(2, "a")))), 4);
    EXPECT_LT(std::abs(correlation(base, uniform(Random(1, "b")))), 4);
    EXPECT_LT(std::abs(correlation(base, uniform(random.at(0)))), 4);
    EXPECT_LT(std::abs(correlation(uniform(random.at(0)), uniform(random.at(1)))), 4);
    EXPECT_LT(std::abs(correlation(base, draws([&](std::uint64_t k) { return random.uniform(k + 1); }))), 4);
    EXPECT_LT(std::abs(correlation(base, draws([&](std::uint64_t k) { return random.at(k).uniform(0); }))), 4);
}

TEST(Random, uniform_fills_the_interval_without_its_end) {
    const Random random(1, "uniform");
    const auto values = draws([&](std::uint64_t k) { return random.uniform(k); });
    for (const double value : values) {
        ASSERT_TRUE(value >= 0 && value < 1);
        ASSERT_EQ(std::ldexp(value, 53), std::floor(std::ldexp(value, 53)));
    }
    EXPECT_LT(distance(values, [](double x) { return x; }), 1.95);
}

TEST(Random, below_stays_below_and_reaches_all) {
    const Random random(1, "below");
    std::vector<int> hits(7);
    for (std::uint64_t k = 0; k < 70000; ++k) ++hits.at(random.below(7, k));
    for (const int hit : hits) EXPECT_NEAR(hit, 10000, 4 * std::sqrt(70000. * 6 / 49));
    const std::uint64_t largest = std::numeric_limits<std::uint64_t>::max();
    for (std::uint64_t k = 0; k < 100; ++k) {
        EXPECT_EQ(random.below(1, k), 0u);
        EXPECT_LT(random.below(largest, k), largest);
    }
}

TEST(Random, normal) {
    const Random random(1, "normal");
    const auto values = draws([&](std::uint64_t k) { return random.normal(k); });
    EXPECT_LT(distance(values, [](double x) { return std::erfc(-x / std::numbers::sqrt2) / 2; }), 1.95);
    EXPECT_GT(*std::max_element(values.begin(), values.end()), 3.7);  // the tails are there
    EXPECT_LT(*std::min_element(values.begin(), values.end()), -3.7);
}

TEST(Random, exponential) {
    const Random random(1, "exponential");
    EXPECT_LT(distance(draws([&](std::uint64_t k) { return random.exponential(k); }),
                       [](double x) { return -std::expm1(-x); }),
              1.95);
}

TEST(Random, gamma) {
    const Random random(1, "gamma");
    const auto off = [&](double shape, const std::function<double(double)>& cdf) {
        return distance(draws([&](std::uint64_t k) { return random.gamma(shape, k); }), cdf);
    };
    using std::exp, std::erf, std::sqrt;
    EXPECT_LT(off(0.5, [](double x) { return erf(sqrt(x)); }), 1.95);
    EXPECT_LT(off(1.0, [](double x) { return 1 - exp(-x); }), 1.95);
    EXPECT_LT(off(1.5, [](double x) { return erf(sqrt(x)) - 2 * sqrt(x / std::numbers::pi) * exp(-x); }), 1.95);
    EXPECT_LT(off(3.0, [](double x) { return 1 - (1 + x + x * x / 2) * exp(-x); }), 1.95);
}

TEST(Random, gamma_of_extreme_shapes_is_finite) {
    const Random random(1, "extreme");
    for (const double shape : {std::numeric_limits<double>::denorm_min(), 1e-3, 1e10, 1e20, 1e300})
        for (std::uint64_t k = 0; k < 100; ++k) {
            const double value = random.gamma(shape, k);
            ASSERT_TRUE(value >= 0 && std::isfinite(value)) << shape;
            if (shape >= 1e10) {
                ASSERT_NEAR(value / shape, 1, 1e-4);
            }
        }
}

TEST(Random, filling_a_span_equals_single_draws) {
    const Random random(1, "fill");
    std::vector<double> uniform(101), normal(101);
    random.uniform(uniform, 13);
    random.normal(normal, 13);
    for (std::size_t k = 0; k < uniform.size(); ++k) {
        EXPECT_EQ(uniform[k], random.uniform(13 + k));
        EXPECT_EQ(normal[k], random.normal(13 + k));
    }
}

}  // namespace
}  // namespace bouton
