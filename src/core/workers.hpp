// SPDX-License-Identifier: Apache-2.0
/// \file
/// Threads that share out loops over arrays. What is computed never depends on how many there are: every entry is
/// computed by one thread, from what was there before the loop.
#pragma once

#include <atomic>
#include <cstddef>
#include <exception>
#include <thread>
#include <type_traits>
#include <vector>

#include <bouton/core/index_range.hpp>

namespace bouton {

/// Entries that keep a thread busy for longer than it takes to wake it.
inline constexpr std::size_t worth_a_thread = 1024;

class Workers {
 public:
    /// So many threads, the caller's among them; 0: one for each processor.
    explicit Workers(unsigned count = 1);
    ~Workers();
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;

    unsigned count() const { return static_cast<unsigned>(threads_.size()) + 1; }

    /// Calls `body(range)` for ranges that together are [0, size), at the same time, and returns when all have. Where
    /// there are fewer than `worth` entries for each of two threads, the caller's does it alone. The first exception is
    /// thrown on.
    template <class Body>
    void share(std::size_t size, std::size_t worth, const Body& body) {
        if (threads_.empty() || size < 2 * worth) {
            body(IndexRange{0, size});
            return;
        }
        run(size, &body, [](const void* erased, IndexRange range) { (*static_cast<const Body*>(erased))(range); });
    }

 private:
    using Body = void (*)(const void*, IndexRange);

    void run(std::size_t size, const void* object, Body body);
    void work(unsigned which);
    void do_part(unsigned which);

    int looks_;  // before who waits sleeps; none where there are more threads than processors
    std::vector<std::thread> threads_;
    std::atomic<unsigned> task_{0};  // counts the tasks; a thread that sees a new number does its part
    std::atomic<unsigned> left_{0};  // threads that have not done theirs
    std::atomic<bool> stop_{false};

    // The task.
    std::size_t size_ = 0;
    const void* object_ = nullptr;
    Body body_ = nullptr;
    std::vector<std::exception_ptr> failures_;
};

}  // namespace bouton
