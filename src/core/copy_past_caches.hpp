// SPDX-License-Identifier: Apache-2.0
/// \file
/// What is not read again before the caches have been filled with other things is better not kept in them.
#pragma once

#include <cstddef>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <bouton/core/aligned_vector.hpp>

namespace bouton {

/// Copies bytes from and to where lines of the cache begin, whole lines of them by way of no cache.
inline void copy_past_caches(void* to, const void* from, std::size_t bytes) {
    std::size_t done = 0;
#ifdef __SSE2__
    auto* const target = static_cast<__m128i*>(to);
    const auto* const source = static_cast<const __m128i*>(from);
    constexpr std::size_t width = sizeof(__m128i);
    for (; done + cache_line <= bytes; done += cache_line)
        for (std::size_t k = done / width; k < (done + cache_line) / width; ++k)
            _mm_stream_si128(target + k, _mm_load_si128(source + k));
    _mm_sfence();  // other threads may read them
#endif
    std::memcpy(static_cast<std::byte*>(to) + done, static_cast<const std::byte*>(from) + done, bytes - done);
}

}  // namespace bouton
