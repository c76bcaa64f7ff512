// SPDX-License-Identifier: Apache-2.0
#include "memory.hpp"

#include <cstdint>
#include <fstream>
#include <limits>
#include <memory>
#include <string>

#ifdef __linux__
#include <sys/mman.h>
#endif

#include <bouton/core/error.hpp>

namespace bouton {
namespace {

/// [bytes] that the system can give without taking them from others; without limit where it does not say.
std::uint64_t memory_left() {
    std::ifstream file("/proc/meminfo");
    for (std::string key; file >> key; file.ignore(std::numeric_limits<std::streamsize>::max(), '\n')) {
        std::uint64_t kibibytes = 0;
        if (key == "MemAvailable:" && file >> kibibytes) return kibibytes << 10;
    }
    return std::numeric_limits<std::uint64_t>::max();
}

}  // namespace

void check_memory(std::size_t bytes) {
    constexpr std::size_t large = std::size_t{1} << 27;
    if (bytes < large) return;
    if (const std::uint64_t left = memory_left(); bytes > left) throw MemoryError(bytes, left);
}

void ask_for_large_pages([[maybe_unused]] void* memory, [[maybe_unused]] std::size_t bytes) {
#ifdef __linux__
    if (std::align(large_page, worth_large_pages, memory, bytes))
        madvise(memory, bytes / large_page * large_page, MADV_HUGEPAGE);
#endif
}

}  // namespace bouton
