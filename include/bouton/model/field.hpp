// SPDX-License-Identifier: Apache-2.0
/// \file
/// How a model names its parameters and states, so that they can be given, checked, recorded and differentiated by
/// name.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include <bouton/init/parameter.hpp>
#include <bouton/math/each_index.hpp>

namespace bouton {

/// The values that a parameter may take. All of them are finite.
enum class Range { any, non_negative, positive, non_zero };

/// A member of a model or of its state, under its name.
template <class Owner, class Real>
struct Field {
    std::string_view name;
    Real Owner::*member;
    Range range;
};

template <class Owner, class Real>
constexpr Field<Owner, Real> field(std::string_view name, Real Owner::*member, Range range = Range::any) {
    return {name, member, range};
}

/// Where a state starts: a value, or nothing where the model derives it from the other states (`rest`).
using Initial = std::optional<Parameter>;

/// The fields of `owner` as an array, in their order.
template <class Owner, class Real, std::size_t Count>
std::array<Real, Count> values_of(const Owner& owner, const std::array<Field<Owner, Real>, Count>& fields) {
    std::array<Real, Count> values;
    each_index<Count>([&](auto k) { values[k] = owner.*fields[k].member; });
    return values;
}

/// The reverse: an `Owner` with these values.
template <class Owner, class Real, std::size_t Count>
Owner with_values(const std::array<Real, Count>& values, const std::array<Field<Owner, Real>, Count>& fields) {
    Owner owner{};
    each_index<Count>([&](auto k) { owner.*fields[k].member = values[k]; });
    return owner;
}

}  // namespace bouton
