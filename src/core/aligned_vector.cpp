// SPDX-License-Identifier: Apache-2.0
#include <new>

#include <bouton/core/aligned_vector.hpp>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace bouton {
namespace {

constexpr std::size_t large_page = std::size_t{1} << 21;  // [bytes]

std::align_val_t alignment_of(std::size_t bytes) {
    return std::align_val_t(bytes >= 2 * large_page ? large_page : cache_line);
}

}  // namespace

void* allocate_lines(std::size_t bytes) {
    void* const memory = ::operator new(bytes, alignment_of(bytes));
#ifdef __linux__
    if (bytes >= 2 * large_page) madvise(memory, bytes / large_page * large_page, MADV_HUGEPAGE);  // a hint
#endif
    return memory;
}

void free_lines(void* memory, std::size_t bytes) { ::operator delete(memory, alignment_of(bytes)); }

}  // namespace bouton
