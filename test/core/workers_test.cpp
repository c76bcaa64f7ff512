// SPDX-License-Identifier: Apache-2.0
#include "core/workers.hpp"

#ifdef __linux__
#include <sched.h>
#endif

#include <atomic>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace bouton {
namespace {

TEST(Workers, visit_every_entry_once) {
    for (const unsigned count : {1u, 2u, 3u, 7u}) {
        Workers workers(count);
        EXPECT_EQ(workers.count(), count);
        for (const std::size_t size : {0u, 1u, 63u, 64u, 65u, 1000u, 4096u}) {
            std::vector<int> visits(size, 0);  // no two threads write to the same
            workers.share(size, 1, [&](IndexRange range) {
                for (std::size_t i = range.begin; i < range.end; ++i) ++visits[i];
            });
            EXPECT_EQ(visits, std::vector<int>(size, 1)) << count << " threads, " << size << " entries";
        }
    }
}

#ifdef __linux__
TEST(Workers, are_as_many_as_the_processors_that_the_process_may_use) {
    cpu_set_t before, one;
    ASSERT_EQ(sched_getaffinity(0, sizeof before, &before), 0);
    CPU_ZERO(&one);
    for (int cpu = 0; CPU_COUNT(&one) == 0; ++cpu)
        if (CPU_ISSET(cpu, &before)) CPU_SET(cpu, &one);
    ASSERT_EQ(sched_setaffinity(0, sizeof one, &one), 0);
    EXPECT_EQ(processors(), 1u);
    EXPECT_EQ(Workers(0).count(), 1u);
    ASSERT_EQ(sched_setaffinity(0, sizeof before, &before), 0);
    EXPECT_EQ(processors(), static_cast<unsigned>(CPU_COUNT(&before)));
}
#endif

TEST(Workers, share_whole_lines_of_the_cache) {
    Workers workers(3);
    std::mutex mutex;
    workers.share(1000, 1, [&](IndexRange range) {
        const std::lock_guard lock(mutex);
        EXPECT_EQ(range.begin % IndexRange::alignment, 0u);
        EXPECT_TRUE(range.end % IndexRange::alignment == 0 || range.end == 1000);
    });
}

TEST(Workers, visit_every_entry_of_all_chunks_once_after_their_range_has_begun) {
    constexpr std::size_t chunk = 128;
    for (const unsigned count : {1u, 2u, 3u, 7u}) {
        Workers workers(count);
        for (const std::size_t size : {0u, 1u, 127u, 128u, 1000u, 4096u, 10000u}) {
            std::vector<int> begun(size, 0), visits(size, 0);
            const auto count_in = [](std::vector<int>& entries) {
                return [&entries](IndexRange range) {
                    for (std::size_t i = range.begin; i < range.end; ++i) ++entries[i];
                };
            };
            workers.share_by_chunks(size, 1, chunk, count_in(begun), [&](IndexRange range) {
                EXPECT_LE(range.size(), chunk);
                EXPECT_EQ(range.begin % IndexRange::alignment, 0u);
                for (std::size_t i = range.begin; i < range.end; ++i) EXPECT_EQ(begun[i], 1);
                count_in(visits)(range);
            });
            EXPECT_EQ(begun, std::vector<int>(size, 1)) << count << " threads, " << size << " entries";
            EXPECT_EQ(visits, begun) << count << " threads, " << size << " entries";
        }
    }
}

TEST(Workers, help_one_that_is_held_up) {
    constexpr std::size_t size = 4096, chunk = 128;
    Workers workers(2);
    if (workers.count() < 2) GTEST_SKIP() << "the system has no thread to give";
    std::atomic<std::size_t> left = size;
    workers.share_by_chunks(
        size, 1, chunk, [](IndexRange) {},
        [&](IndexRange range) {
            if (range.begin == 0)
                while (left > chunk) std::this_thread::yield();  // until all others are done
            left -= range.size();
        });
    EXPECT_EQ(left, 0u);
}

TEST(Workers, do_many_tasks_one_after_the_other) {
    Workers workers(2);
    std::vector<std::uint64_t> sums(256, 0);
    for (std::uint64_t task = 0; task < 2000; ++task)
        workers.share(sums.size(), 1, [&](IndexRange range) {
            for (std::size_t i = range.begin; i < range.end; ++i) sums[i] += task;
        });
    EXPECT_EQ(sums, std::vector<std::uint64_t>(256, 1999 * 1000));
}

TEST(Workers, do_each_of_several_things_once) {
    for (const unsigned count : {1u, 2u, 7u}) {
        Workers workers(count);
        for (const std::size_t things : {0u, 1u, 3u, 100u}) {
            std::vector<int> done(things, 0);
            workers.for_each(things, [&](std::size_t i) { ++done[i]; });
            EXPECT_EQ(done, std::vector<int>(things, 1));
        }
    }
}

TEST(Workers, leave_little_work_to_the_caller) {
    Workers workers(4);
    std::atomic<int> calls = 0;
    workers.share(1999, 1000, [&](IndexRange range) {
        ++calls;
        EXPECT_EQ(range.size(), 1999u);
    });
    EXPECT_EQ(calls, 1);
}

TEST(Workers, pass_the_first_exception_on_and_work_on) {
    Workers workers(3);
    const auto fail = [](IndexRange) { throw std::runtime_error("no"); };
    for (int k = 0; k < 3; ++k) EXPECT_THROW(workers.share(1000, 1, fail), std::runtime_error);
    std::atomic<std::size_t> entries = 0;
    workers.share(1000, 1, [&](IndexRange range) { entries += range.size(); });
    EXPECT_EQ(entries, 1000u);
    const auto nothing = [](IndexRange) {};
    EXPECT_THROW(workers.share_by_chunks(1000, 1, 64, fail, nothing), std::runtime_error);
    EXPECT_THROW(workers.share_by_chunks(1000, 1, 64, nothing, fail), std::runtime_error);
}

}  // namespace
}  // namespace bouton
