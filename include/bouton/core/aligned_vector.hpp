// SPDX-License-Identifier: Apache-2.0
/// \file
/// Arrays that loops may go through by whole packs of lanes: they begin at a line of the cache, and what follows their
/// last element on its line is theirs, too. It is 0 at first and nobody's value: loops may read and overwrite it.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

namespace bouton {

/// [bytes]  A line of the cache.
inline constexpr std::size_t cache_line = 64;

/// So many bytes, a multiple of `cache_line`, from the beginning of a line; large ones on large pages where the system
/// has them, as few are then looked up. Throws MemoryError where the system has less memory left, std::bad_alloc where
/// it gives none.
void* allocate_lines(std::size_t bytes);
/// Lets go of them; they end when nobody holds them any more.
void free_lines(void* memory, std::size_t bytes);
/// One more holder, who is to call `free_lines`, too.
void hold_lines(void* memory, std::size_t bytes);

template <class Element>
class AlignedAllocator {
 public:
    using value_type = Element;

    AlignedAllocator() = default;
    template <class Other>
    AlignedAllocator(const AlignedAllocator<Other>&) {}  // NOLINT(google-explicit-constructor)

    Element* allocate(std::size_t count) {
        Element* const memory = static_cast<Element*>(allocate_lines(lines(count)));
        for (std::size_t i = count; i < lines(count) / sizeof(Element); ++i) memory[i] = 0;
        return memory;
    }
    void deallocate(Element* memory, std::size_t count) { free_lines(memory, lines(count)); }

    bool operator==(const AlignedAllocator&) const { return true; }

    /// [bytes] of the lines that `count` elements take.
    static std::size_t lines(std::size_t count) {
        return (count * sizeof(Element) + cache_line - 1) / cache_line * cache_line;
    }
};

template <class Element>
using AlignedVector = std::vector<Element, AlignedAllocator<Element>>;

/// Keeps the elements of a vector where they are, also when the vector gets others or ends.
template <class Element>
std::shared_ptr<void> hold(AlignedVector<Element>& elements) {
    if (elements.capacity() == 0) return nullptr;
    const std::size_t bytes = AlignedAllocator<Element>::lines(elements.capacity());
    hold_lines(elements.data(), bytes);
    return {elements.data(), [bytes](void* memory) { free_lines(memory, bytes); }};
}

}  // namespace bouton
