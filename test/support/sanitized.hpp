// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace bouton::test {

/// Whether a sanitizer looks on: what takes seconds then takes minutes, and a part of it shows as much.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool is_sanitized = true;
#else
inline constexpr bool is_sanitized = false;
#endif

}  // namespace bouton::test
