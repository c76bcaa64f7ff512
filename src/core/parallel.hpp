// SPDX-License-Identifier: Apache-2.0
/// \file
/// Loops that several threads share while something is built. Threads live as long as the loop, so a loop should be
/// worth some of them: a millisecond of work. What is built must not depend on how many there are.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <utility>

#include "workers.hpp"

namespace bouton {

/// How many threads to build a list of about `work` entries with: as many as were asked for; where that is 0, one for
/// each processor if there is enough to do.
inline unsigned build_threads(unsigned asked, double work) {
    constexpr double worth = 1 << 18;  // [entries] about a millisecond
    if (asked > 0) return asked;
    return work < worth ? 1 : processors();
}

/// Calls `body(i)` for all i < count, each on one of so many threads. The first exception is thrown on.
template <class Body>
void parallel_for(std::size_t count, unsigned threads, const Body& body) {
    Workers(static_cast<unsigned>(std::clamp<std::size_t>(count, 1, threads))).for_each(count, body);
}

/// Calls `append(i, make(i))` for all i < count: `make` on several threads at the same time, `append` one after the
/// other and in order.
template <class Make, class Append>
void parallel_in_turn(std::size_t count, unsigned threads, const Make& make, const Append& append) {
    std::mutex mutex;
    std::condition_variable moved_on;
    std::size_t turn = 0;
    bool failed = false;
    parallel_for(count, threads, [&](std::size_t i) {
        try {
            auto made = make(i);
            std::unique_lock lock(mutex);
            moved_on.wait(lock, [&] { return turn == i || failed; });
            if (failed) return;
            append(i, std::move(made));
            ++turn;
        } catch (...) {
            const std::lock_guard lock(mutex);
            failed = true;
            moved_on.notify_all();
            throw;
        }
        moved_on.notify_all();
    });
}

}  // namespace bouton
