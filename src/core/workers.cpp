// SPDX-License-Identifier: Apache-2.0
#include "workers.hpp"

#ifdef __linux__
#include <sched.h>
#endif

#include <algorithm>
#include <system_error>
#include <utility>

namespace bouton {
namespace {

// A step takes some microseconds, so who waits looks again and again at first, and sleeps when nothing comes.
constexpr int most_looks = 4000;

void relax() {
#ifdef __x86_64__
    __builtin_ia32_pause();
#endif
}

/// Waits until `value` is no longer `old`.
unsigned await_change(const std::atomic<unsigned>& value, unsigned old, int looks) {
    for (int look = 0; look < looks; ++look) {
        const unsigned now = value.load(std::memory_order_acquire);
        if (now != old) return now;
        relax();
    }
    value.wait(old, std::memory_order_acquire);
    return value.load(std::memory_order_acquire);
}

}  // namespace

unsigned processors() {
#ifdef __linux__
    cpu_set_t allowed;
    if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) return static_cast<unsigned>(CPU_COUNT(&allowed));
#endif
    return std::max(1u, std::thread::hardware_concurrency());
}

Workers::Workers(unsigned count) {
    if (count == 0) count = processors();
    looks_ = count <= processors() ? most_looks : 0;
    parts_ = std::make_unique<Part[]>(count);
    try {
        for (unsigned which = 1; which < count; ++which) threads_.emplace_back([this, which] { work(which); });
    } catch (const std::system_error&) {
        // The system has no more threads to give: those there are do all of it.
    }
}

Workers::~Workers() {
    if (are_gone()) {  // they can be neither joined nor detached, so what is left of them stays in memory
        static_cast<void>(new std::vector<std::thread>(std::move(threads_)));
        return;
    }
    stop_ = true;
    task_.fetch_add(1, std::memory_order_release);
    task_.notify_all();
    for (std::thread& thread : threads_) thread.join();
}

IndexRange Workers::range_of(std::size_t size, unsigned part) const {
    const std::size_t packs = (size + IndexRange::alignment - 1) / IndexRange::alignment;
    const auto bound = [&](unsigned k) { return std::min(size, packs * k / count() * IndexRange::alignment); };
    return {bound(part), bound(part + 1)};
}

void Workers::run(const void* object, Body body) {
    object_ = object;
    body_ = body;
    left_.store(count(), std::memory_order_relaxed);
    for (unsigned k = 0; k < count(); ++k) parts_[k].open.store(true, std::memory_order_release);
    task_.fetch_add(1, std::memory_order_release);
    task_.notify_all();
    do_parts(0);
    for (unsigned left = left_.load(std::memory_order_acquire); left != 0;) left = await_change(left_, left, looks_);
    std::exception_ptr first;
    for (unsigned k = count(); k-- > 0;)
        if (std::exception_ptr failure = std::exchange(parts_[k].failure, nullptr)) first = std::move(failure);
    if (first) std::rethrow_exception(first);
}

void Workers::work(unsigned which) {
    for (unsigned seen = 0;;) {
        seen = await_change(task_, seen, looks_);
        if (stop_) return;
        do_parts(which);
    }
}

void Workers::do_parts(unsigned which) {
    const unsigned all = count();
    for (unsigned k = 0; k < all; ++k) {
        const unsigned number = which + k < all ? which + k : which + k - all;
        Part& part = parts_[number];
        if (!part.open.load(std::memory_order_relaxed) || !part.open.exchange(false, std::memory_order_acquire))
            continue;
        try {
            body_(object_, number);
        } catch (...) {
            part.failure = std::current_exception();
        }
        if (left_.fetch_sub(1, std::memory_order_acq_rel) == 1) left_.notify_one();
    }
}

}  // namespace bouton
