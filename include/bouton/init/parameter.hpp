// SPDX-License-Identifier: Apache-2.0
/// \file
/// A quantity that a user may give as one number, as an array or as an initialiser: a parameter of a model, an initial
/// value, a weight. Its range is for its user to check, its shape is checked here.
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <bouton/core/shape.hpp>
#include <bouton/math/random.hpp>

namespace bouton {

/// The built-in number types.
template <class T>
concept Arithmetic = std::is_arithmetic_v<T>;

/// Numbers with a shape, row-major.
struct Array {
    Shape shape;
    std::vector<double> values;  // shape.count() of them
};

/// Makes the values of an array of the given shape; draws, if it draws, from `random` alone.
using Initializer = std::function<Array(const Shape& shape, const Random& random)>;

/// An initialiser of `init/initializers.hpp`, or a function of the user's with the same call.
template <class T>
concept InitializerLike = std::is_invocable_r_v<Array, const T&, const Shape&, const Random&>;

/// An initialiser that can tell whether its value `k` depends on (random, k) alone, on no other value and
/// not on the shape.
template <class T>
concept TellsElementwise = requires(const T init) {
    { init.elementwise() } -> std::same_as<bool>;
};

/// One that can also make the values first, first + 1, ... alone, where `fills_parts()` says so.
template <class T>
concept FillsParts = TellsElementwise<T> &&
    requires(const T init, std::span<double> values, std::uint64_t first, const Random& random) {
    { init.fills_parts() } -> std::same_as<bool>;
    init.fill(values, first, random);
};

/// One number, an array, or what makes an array once the shape is known.
class Parameter {
 public:
    template <Arithmetic Number>
    Parameter(Number value) : given_(static_cast<double>(value)) {}  // NOLINT(google-explicit-constructor)
    Parameter(std::initializer_list<double> values) : Parameter(std::vector<double>(values)) {}
    Parameter(std::vector<double> values);  // NOLINT(google-explicit-constructor)
    Parameter(Array array);                 // NOLINT(google-explicit-constructor)
    template <InitializerLike Init>
    Parameter(Init init) {  // NOLINT(google-explicit-constructor)
        if constexpr (TellsElementwise<Init>) elementwise_ = init.elementwise();
        if constexpr (FillsParts<Init>)
            if (init.fills_parts())
                fill_ = [init](std::span<double> values, std::uint64_t first, const Random& random) {
                    init.fill(values, first, random);
                };
        given_ = Initializer(std::move(init));
    }

    /// Whether it was given as one number or as an array of one element, whatever the rank of that array.
    bool is_scalar() const { return std::holds_alternative<double>(given_); }

    /// Whether it is an initialiser whose value `k` is a function of (random, k) alone: such weights can be made for
    /// the connections there are, without a matrix of all pairs.
    bool is_elementwise() const { return elementwise_; }

    /// Whether it is one that can also make a part of its values, so that they need not all be held at once.
    bool fills_parts() const { return static_cast<bool>(fill_); }
    /// Makes the values first .. first + values.size() - 1 of what `resolve` would give for any shape. Needs
    /// `fills_parts()`.
    void fill(std::span<double> values, std::uint64_t first, const Random& random) const {
        fill_(values, first, random);
    }

    /// The values for `shape`: one value (shape "()") where a number or an array of one element was given, else exactly
    /// `shape`. `owner` and `name` are for the message: ShapeError where an array or the result of an initialiser has
    /// another shape, UsageError where the initialiser is an empty std::function.
    Array resolve(std::string_view owner, std::string_view name, const Shape& shape, const Random& random) const;

 private:
    std::variant<double, Array, Initializer> given_;
    bool elementwise_ = false;
    std::function<void(std::span<double>, std::uint64_t, const Random&)> fill_;
};

}  // namespace bouton
