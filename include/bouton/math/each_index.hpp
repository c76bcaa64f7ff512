// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>

namespace bouton {

/// function(k) for k = 0, ..., Count - 1, each k a constant: a loop without a loop, so that what it goes through needs
/// no place in memory.
template <std::size_t Count, class Function>
constexpr void each_index(const Function& function) {
    [&]<std::size_t... k>(std::index_sequence<k...>) { (function(std::integral_constant<std::size_t, k>()), ...); }
    (std::make_index_sequence<Count>());
}

}  // namespace bouton
