// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <vector>

#include <bouton/math/binomial.hpp>

#include <gtest/gtest.h>

namespace bouton {
namespace {

double probability(double n, double p, double k) {
    return std::exp(std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1) + k * std::log(p) +
                    (n - k) * std::log1p(-p));
}

TEST(Binomial, counts_have_their_probabilities) {
    constexpr int points = 1 << 20;
    for (const std::uint64_t n : {1, 5, 100, 4000})
        for (const double p : {1e-4, 0.005, 0.3, 0.5, 0.97}) {
            const Binomial count(n, p);
            std::vector<double> part(n + 1);
            std::uint64_t last = 0;
            for (int i = 0; i < points; ++i) {
                const std::uint64_t k = count((i + 0.5) / points);
                ASSERT_LE(k, n);
                ASSERT_GE(k, last);
                last = k;
                part[k] += 1. / points;
            }
            for (std::uint64_t k = 0; k <= n; ++k)
                EXPECT_NEAR(part[k], probability(static_cast<double>(n), p, static_cast<double>(k)), 2. / points)
                    << n << " of chance " << p << ": " << k;
        }
}

TEST(Binomial, is_certain_where_nothing_is_left_to_chance) {
    for (const double uniform : {0., 0.5, 1 - 0x1p-53}) {
        EXPECT_EQ(Binomial(7, 0)(uniform), 0u);
        EXPECT_EQ(Binomial(7, 1)(uniform), 7u);
        EXPECT_EQ(Binomial(0, 0.5)(uniform), 0u);
    }
}

TEST(Binomial, reaches_its_tails) {
    const Binomial count(4, 0.5);
    EXPECT_EQ(count(0), 0u);
    EXPECT_EQ(count(1. / 16 - 1e-15), 0u);
    EXPECT_EQ(count(1. / 16 + 1e-15), 1u);
    EXPECT_EQ(count(1 - 0x1p-53), 4u);
    const Binomial many(4'000'000'000, 0.25);
    EXPECT_NEAR(static_cast<double>(many(0.5)), 1e9, 2);
    EXPECT_NEAR(static_cast<double>(many(0.841344746)), 1e9 + std::sqrt(0.75e9), 5);
}

}  // namespace
}  // namespace bouton
