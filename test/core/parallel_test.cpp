// SPDX-License-Identifier: Apache-2.0
#include "core/parallel.hpp"

#include <algorithm>
#include <atomic>
#include <numeric>
#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>

namespace bouton {
namespace {

TEST(Parallel, for_does_everything_once) {
    for (const unsigned threads : {1u, 2u, 7u})
        for (const std::size_t count : {0u, 1u, 5u, 1000u}) {
            std::vector<int> done(count, 0);
            parallel_for(count, threads, [&](std::size_t i) { ++done[i]; });
            EXPECT_EQ(std::count(done.begin(), done.end(), 1), static_cast<std::ptrdiff_t>(count));
        }
}

TEST(Parallel, in_turn_appends_in_order_whoever_is_first) {
    for (const unsigned threads : {1u, 2u, 7u}) {
        std::vector<std::size_t> list;
        const auto make = [](std::size_t i) {
            if (i % 3 == 0) std::this_thread::sleep_for(std::chrono::microseconds(100));
            return std::vector<std::size_t>(i % 4, i);
        };
        parallel_in_turn(100, threads, make, [&](std::size_t, const std::vector<std::size_t>& made) {
            list.insert(list.end(), made.begin(), made.end());
        });
        EXPECT_EQ(list.size(), 25u * (0 + 1 + 2 + 3));
        EXPECT_TRUE(std::is_sorted(list.begin(), list.end()));
    }
}

TEST(Parallel, throws_on_what_a_body_throws_and_leaves_no_one_waiting) {
    for (const unsigned threads : {1u, 2u, 7u}) {
        std::atomic<std::size_t> done{0};
        EXPECT_THROW(parallel_for(100000, threads,
                                  [&](std::size_t i) {
                                      if (i == 10) throw std::runtime_error("10");
                                      ++done;
                                  }),
                     std::runtime_error);
        EXPECT_LT(done, 100000u);
        const auto count = [](std::size_t i) { return i; };
        EXPECT_THROW(parallel_in_turn(100, threads, count,
                                      [](std::size_t i, std::size_t) { i == 50 ? throw std::range_error("") : 0; }),
                     std::range_error);
        EXPECT_THROW(parallel_in_turn(
                         100, threads, [](std::size_t i) { return i == 50 ? throw std::range_error("") : i; },
                         [](std::size_t, std::size_t) {}),
                     std::range_error);
    }
}

TEST(Parallel, uses_as_many_threads_as_asked_for_and_one_for_little_work) {
    EXPECT_EQ(build_threads(7, 0), 7u);
    EXPECT_EQ(build_threads(0, 1000), 1u);
    EXPECT_GE(build_threads(0, 1e9), 1u);
}

}  // namespace
}  // namespace bouton
