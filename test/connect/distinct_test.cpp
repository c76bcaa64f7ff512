// SPDX-License-Identifier: Apache-2.0
// Draws of several numbers at once. Statistics: fixed seeds, bounds of 5 standard deviations.
#include "connect/distinct.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include <gtest/gtest.h>

namespace bouton {
namespace {

using Numbers = std::vector<std::uint32_t>;

const Random random(5, "test.distinct");

Numbers draw(Distinct& distinct, std::uint64_t count, std::uint64_t bound, const Random& from) {
    const auto drawn = distinct.draw(count, bound, from);
    return {drawn.begin(), drawn.end()};
}

TEST(Distinct, draws_as_many_as_asked_for_ascending_and_below_the_bound) {
    Distinct distinct;  // its memory is used again and again, for large sets and small ones
    std::uint64_t index = 0;
    for (const std::uint64_t bound : {1ull, 2ull, 7ull, 100ull, 65537ull, 1000000ull, 4294967295ull})
        for (const std::uint64_t count : {0ull, 1ull, 3ull, 50ull, 99ull, 100ull, 30000ull}) {
            if (count > bound) continue;
            const Numbers drawn = draw(distinct, count, bound, random.at(index++));
            ASSERT_EQ(drawn.size(), count);
            ASSERT_TRUE(std::adjacent_find(drawn.begin(), drawn.end(), std::greater_equal<>()) == drawn.end());
            if (count > 0) {
                ASSERT_LT(drawn.back(), bound);
            }
        }
}

TEST(Distinct, depends_on_the_random_numbers_alone) {
    Distinct used, fresh;
    draw(used, 1000, 5000, random.at(1));
    EXPECT_EQ(draw(used, 80, 100000, random.at(2)), draw(fresh, 80, 100000, random.at(2)));
    EXPECT_NE(draw(used, 80, 100000, random.at(2)), draw(fresh, 80, 100000, random.at(3)));
}

TEST(Distinct, gives_all_sets_alike) {
    for (const std::uint64_t count : {2u, 4u}) {  // less than half, and more
        std::map<Numbers, double> times;
        Distinct distinct;
        const double sets = 15, tries = 15000;
        for (std::uint64_t k = 0; k < 15000; ++k) ++times[draw(distinct, count, 6, random.at(count).at(k))];
        EXPECT_EQ(times.size(), 15u);
        for (const auto& [set, seen] : times)
            EXPECT_NEAR(seen, tries / sets, 5 * std::sqrt(tries / sets * (1 - 1 / sets)));
    }
}

TEST(DrawBelow, gives_all_numbers_alike_where_2_to_the_32_is_no_multiple) {
    // Of four words in a row one is refused below 3 * 2^30; else every third number would be drawn twice as often.
    std::vector<double> times(3, 0);
    double left = 30000;
    draw_below(3u << 30, random, [&](std::uint32_t number) {
        ++times[number % 3];
        return --left > 0;
    });
    for (const double seen : times) EXPECT_NEAR(seen, 10000, 5 * std::sqrt(30000 * 2 / 9.));
}

/// C(n, k) C(m, c - k) / C(n + m, c).
double probability(std::uint64_t k, std::uint64_t count, std::uint64_t part, std::uint64_t all) {
    const auto log_choose = [](std::uint64_t n, std::uint64_t of) {
        const auto a = static_cast<double>(n), b = static_cast<double>(of);
        return std::lgamma(a + 1) - std::lgamma(b + 1) - std::lgamma(a - b + 1);
    };
    return std::exp(log_choose(part, k) + log_choose(all - part, count - k) - log_choose(all, count));
}

TEST(Hypergeometric, inverts_its_law) {
    // A grid of uniform numbers meets each value as often as its probability says, to one of them.
    for (const auto& [count, part, all] : std::vector<std::array<std::uint64_t, 3>>{
             {5, 4, 12}, {3, 9, 10}, {10, 10, 20}, {1, 1, 2}, {50, 300, 1000}, {999, 500, 1000}}) {
        const std::size_t grid = 100000;
        std::map<std::uint64_t, double> times;
        for (std::size_t k = 0; k < grid; ++k)
            ++times[hypergeometric(count, part, all, (static_cast<double>(k) + 0.5) / grid)];
        for (const auto& [x, seen] : times) {
            ASSERT_LE(x, std::min(count, part));
            ASSERT_GE(x + (all - part), count);
            EXPECT_NEAR(seen, grid * probability(x, count, part, all), 1.01) << x;
        }
    }
}

TEST(Hypergeometric, of_all_or_nothing_is_certain) {
    for (const double uniform : {0., 0.3, 0x1.fffffffffffffp-1}) {
        EXPECT_EQ(hypergeometric(0, 5, 10, uniform), 0u);
        EXPECT_EQ(hypergeometric(10, 5, 10, uniform), 5u);
        EXPECT_EQ(hypergeometric(7, 10, 10, uniform), 7u);
        EXPECT_EQ(hypergeometric(7, 0, 10, uniform), 0u);
    }
}

TEST(Hypergeometric, has_mean_and_variance_for_large_numbers) {
    const std::uint64_t count = 1'000'000'000, part = 300'000'000'000, all = 1'000'000'000'000;
    double sum = 0, squares = 0;
    const int tries = 100;
    const double mean = 3e8, variance = 1e9 * 0.3 * 0.7 * (1 - 1e-3);
    for (int k = 0; k < tries; ++k) {
        const double off = static_cast<double>(hypergeometric(count, part, all, (k + 0.5) / tries)) - mean;
        sum += off;
        squares += off * off;
    }
    EXPECT_NEAR(sum / tries, 0, 0.01 * std::sqrt(variance));
    EXPECT_NEAR(squares / tries, variance, 0.05 * variance);
}

}  // namespace
}  // namespace bouton
