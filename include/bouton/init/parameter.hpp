// SPDX-License-Identifier: Apache-2.0
/// \file
/// A quantity that a user may give as one number, as an array or as an initialiser: a parameter of a model, an initial
/// value, a weight.
#pragma once

#include <bouton/core/shape.hpp>
#include <bouton/math/random.hpp>

#include <concepts>
#include <functional>
#include <initializer_list>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace bouton {

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

class Parameter {
   public:
    template <class Number>
        requires std::is_arithmetic_v<Number>
    Parameter(Number value) : given_(static_cast<double>(value)) {}  // NOLINT(google-explicit-constructor)
    Parameter(std::initializer_list<double> values) : Parameter(std::vector<double>(values)) {}
    Parameter(std::vector<double> values);                       // NOLINT(google-explicit-constructor)
    Parameter(Array array) : given_(std::move(array)) {}         // NOLINT(google-explicit-constructor)
    template <InitializerLike Init>
    Parameter(Init init) : given_(Initializer(std::move(init))) {}  // NOLINT(google-explicit-constructor)

    /// Whether it was given as one number.
    bool is_scalar() const { return std::holds_alternative<double>(given_); }

    /// The values for `shape`: one value (shape "()") where a number or an array of one element was given, else exactly
    /// `shape`. `owner` and `name` are for the message: ShapeError where an array or the result of an initialiser has
    /// another shape.
    Array resolve(std::string_view owner, std::string_view name, const Shape& shape, const Random& random) const;

   private:
    std::variant<double, Array, Initializer> given_;
};

}  // namespace bouton
