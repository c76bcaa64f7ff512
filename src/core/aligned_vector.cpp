// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <new>

#include <bouton/core/aligned_vector.hpp>

#include "memory.hpp"

namespace bouton {
namespace {

/// Arrays of several pages all begin at the same place in a page. Processors first compare addresses within a page: a
/// loop that has just written one array, and reads another at what is the same place but for the page, waits for what
/// it has written. Entry by entry, the same place is read before it is written.
std::align_val_t alignment_of(std::size_t bytes) {
    constexpr std::size_t page = 4096, pages = 2 * page;
    if (bytes >= worth_large_pages) return std::align_val_t(large_page);
    return std::align_val_t(bytes >= pages ? page : cache_line);
}

/// How many hold the memory: on a line of its own, behind the others.
using Holders = std::atomic<std::size_t>;
static_assert(sizeof(Holders) <= cache_line);

Holders& holders_of(void* memory, std::size_t bytes) {
    return *reinterpret_cast<Holders*>(static_cast<std::byte*>(memory) + bytes);
}

}  // namespace

void* allocate_lines(std::size_t bytes) {
    check_memory(bytes);
    void* const memory = ::operator new(bytes + cache_line, alignment_of(bytes));
    ask_for_large_pages(memory, bytes);
    new (static_cast<std::byte*>(memory) + bytes) Holders(1);
    return memory;
}

void hold_lines(void* memory, std::size_t bytes) { ++holders_of(memory, bytes); }

void free_lines(void* memory, std::size_t bytes) {
    if (--holders_of(memory, bytes) == 0) ::operator delete(memory, alignment_of(bytes));
}

}  // namespace bouton
