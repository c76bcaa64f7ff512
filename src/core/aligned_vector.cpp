// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <cstdint>
#include <new>

#include <bouton/core/aligned_vector.hpp>

#include "memory.hpp"

namespace bouton {
namespace {

/// Arrays of several pages begin at the first or the middle byte of a page. Processors first compare addresses within a
/// page: a loop that has just written one array, and reads another at what is the same place but for the page, waits
/// for what it has written. From the same place on, or half a page away, reads are always well ahead of that; and of
/// many arrays that a loop goes through at a time only half share their places in the nearest cache.
constexpr std::size_t page = 4096, worth_a_place = 2 * page;

std::align_val_t alignment_of(std::size_t bytes) {
    return std::align_val_t(bytes >= worth_large_pages ? large_page : bytes >= worth_a_place ? page : cache_line);
}

/// By a bit of the product of the page's number and 2^64 / phi, which is another one for about every second array.
std::size_t place_after(const void* begin, std::size_t bytes) {
    const std::uint64_t number = reinterpret_cast<std::uintptr_t>(begin) / page;
    return bytes >= worth_a_place && number * 0x9e3779b97f4a7c15 >> 63 ? page / 2 : 0;
}
std::byte* begin_of(void* memory, std::size_t bytes) {
    const auto address = reinterpret_cast<std::uintptr_t>(memory);
    return static_cast<std::byte*>(memory) - (bytes >= worth_a_place ? address % page : 0);
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
    const std::size_t room = bytes >= worth_a_place ? page : cache_line;
    std::byte* const begin = static_cast<std::byte*>(::operator new(bytes + room, alignment_of(bytes)));
    ask_for_large_pages(begin, bytes);
    std::byte* const memory = begin + place_after(begin, bytes);
    new (memory + bytes) Holders(1);
    return memory;
}

void hold_lines(void* memory, std::size_t bytes) { ++holders_of(memory, bytes); }

void free_lines(void* memory, std::size_t bytes) {
    if (--holders_of(memory, bytes) == 0) ::operator delete(begin_of(memory, bytes), alignment_of(bytes));
}

}  // namespace bouton
