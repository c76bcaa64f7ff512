// SPDX-License-Identifier: Apache-2.0
/// \file
/// Arrays that loops may go through by whole packs of lanes: they begin at a line of the cache, and what follows their
/// last element on its line is theirs, too. It is 0 at first and nobody's value: loops may read and overwrite it.
#pragma once

#include <cstddef>
#include <cstring>
#include <new>
#include <vector>

namespace bouton {

template <class Element>
class AlignedAllocator {
 public:
    using value_type = Element;
    static constexpr std::size_t line = 64;  // [bytes]

    AlignedAllocator() = default;
    template <class Other>
    AlignedAllocator(const AlignedAllocator<Other>&) {}  // NOLINT(google-explicit-constructor)

    Element* allocate(std::size_t count) {
        const std::size_t bytes = count * sizeof(Element), whole = (bytes + line - 1) / line * line;
        void* const memory = ::operator new(whole, std::align_val_t(line));
        std::memset(static_cast<char*>(memory) + bytes, 0, whole - bytes);
        return static_cast<Element*>(memory);
    }
    void deallocate(Element* memory, std::size_t) { ::operator delete(memory, std::align_val_t(line)); }

    bool operator==(const AlignedAllocator&) const { return true; }
};

template <class Element>
using AlignedVector = std::vector<Element, AlignedAllocator<Element>>;

}  // namespace bouton
