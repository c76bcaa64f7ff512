// SPDX-License-Identifier: Apache-2.0
/// \file
/// Threads that share out loops. What is computed never depends on how many there are: every entry is computed by one
/// thread, from what was there before the loop. Nobody waits for a thread that has not begun: on a machine whose
/// processors others use, its part is done by the caller.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <limits>
#include <memory>
#include <thread>
#include <unistd.h>
#include <vector>

#include <bouton/core/aligned_vector.hpp>
#include <bouton/core/index_range.hpp>

namespace bouton {

/// Entries that keep a thread busy for longer than it takes to wake it.
inline constexpr std::size_t worth_a_thread = 1024;

/// How many processors this process may use, of those that there are.
unsigned processors();

class Workers {
 public:
    /// So many threads, the caller's among them, or as many as the system has to give; 0: one for each processor.
    explicit Workers(unsigned count = 1);
    ~Workers();
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;

    unsigned count() const { return static_cast<unsigned>(threads_.size()) + 1; }

    /// Whether this is a process that was forked since: it has none of the threads.
    bool are_gone() const { return process_ != getpid(); }

    /// Calls `body(range)` for ranges that together are [0, size), at the same time, and returns when all have; a
    /// thread that is there gets the same range again and again. Where there are fewer than `worth` entries for each of
    /// two threads, the caller's does it alone. The first exception is thrown on.
    template <class Body>
    void share(std::size_t size, std::size_t worth, const Body& body) {
        if (threads_.empty() || size < 2 * worth) {
            body(IndexRange{0, size});
            return;
        }
        run([&](unsigned which) {
            const IndexRange range = range_of(size, which);
            if (!range.empty()) body(range);
        });
    }

    /// The same in two parts: `begin(range)` by the thread that gets it, then `body` for each `chunk` of it, from its
    /// begin on. Who has no more of its own to do helps the others.
    template <class Begin, class Body>
    void share_by_chunks(std::size_t size, std::size_t worth, std::size_t chunk, const Begin& begin, const Body& body) {
        if (threads_.empty() || size < 2 * worth) {
            begin(IndexRange{0, size});
            for (std::size_t at = 0; at < size; at += chunk) body(IndexRange{at, std::min(at + chunk, size)});
            return;
        }
        for (unsigned k = 0; k < count(); ++k) parts_[k].next_chunk.store(not_yet, std::memory_order_relaxed);
        run([&](unsigned which) {
            const IndexRange own = range_of(size, which);
            if (!own.empty()) begin(own);
            parts_[which].next_chunk.store(own.begin, std::memory_order_release);
            for (unsigned k = 0; k < count(); ++k) {
                Part& part = parts_[(which + k) % count()];
                const std::size_t end = range_of(size, (which + k) % count()).end;
                while (part.next_chunk.load(std::memory_order_acquire) < end) {
                    const std::size_t at = part.next_chunk.fetch_add(chunk, std::memory_order_relaxed);
                    if (at < end) body(IndexRange{at, std::min(at + chunk, end)});
                }
            }
        });
    }

    /// Calls `body(i)` for all i < count, each on whichever thread is free. The first exception is thrown on, and what
    /// has not begun then is left out.
    template <class Body>
    void for_each(std::size_t count, const Body& body) {
        std::atomic<std::size_t> next{0};
        run([&](unsigned) {
            try {
                for (std::size_t i; (i = next.fetch_add(1)) < count;) body(i);
            } catch (...) {
                next = count;
                throw;
            }
        });
    }

 private:
    static constexpr std::size_t not_yet = std::numeric_limits<std::size_t>::max();
    using Body = void (*)(const void*, unsigned);

    /// Calls `body(part)` for as many parts as there are threads, each by its own or by one that has nothing to do.
    template <class Function>
    void run(const Function& body) {
        run(&body, [](const void* erased, unsigned which) { (*static_cast<const Function*>(erased))(which); });
    }
    void run(const void* object, Body body);
    IndexRange range_of(std::size_t size, unsigned part) const;
    void work(unsigned which);
    /// Does what nobody has begun, the thread's own part first.
    void do_parts(unsigned which);

    int looks_;  // before who waits sleeps; none where there are more threads than processors
    pid_t process_ = getpid();
    std::vector<std::thread> threads_;
    std::atomic<unsigned> task_{0};  // counts the tasks; a thread that sees a new number looks for a part to do
    std::atomic<bool> stop_{false};

    // The task. Who has closed a part does it, and until that is done the task does not change.
    struct alignas(cache_line) Part {
        std::atomic<bool> open{false};
        std::atomic<std::size_t> next_chunk{not_yet};  // whose first entry it is; who counts it on does it
        std::exception_ptr failure;
    };
    const void* object_ = nullptr;
    Body body_ = nullptr;
    std::unique_ptr<Part[]> parts_;
    std::atomic<unsigned> left_{0};  // parts that are not done
};

}  // namespace bouton
