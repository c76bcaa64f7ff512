// SPDX-License-Identifier: Apache-2.0
/// \file
/// Lengths of axes, row-major: the last axis varies fastest.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

namespace bouton {

/// The shape of an array or the geometry of a population. A scalar has no axes and one element.
class Shape {
 public:
    Shape() = default;
    /// One axis. ShapeError for a negative length.
    template <std::integral Length>
    Shape(Length length) : axes_{checked(length)} {}  // NOLINT(google-explicit-constructor): a size is a shape
    Shape(std::initializer_list<std::size_t> axes) : axes_(axes) {}
    explicit Shape(std::vector<std::size_t> axes) : axes_(std::move(axes)) {}

    std::size_t rank() const { return axes_.size(); }
    std::size_t operator[](std::size_t axis) const { return axes_[axis]; }
    const std::vector<std::size_t>& axes() const { return axes_; }

    /// Number of elements; 1 for a scalar. Throws ShapeError where it does not fit in 64 bits.
    std::size_t count() const;

    /// "(3, 4)", "(3,)", "()": as NumPy prints it.
    std::string text() const;

    bool operator==(const Shape&) const = default;

 private:
    template <std::integral Length>
    static std::size_t checked(Length length) {
        if (std::cmp_less(length, 0)) throw_negative(static_cast<std::int64_t>(length));
        return static_cast<std::size_t>(length);
    }
    [[noreturn]] static void throw_negative(std::int64_t length);

    std::vector<std::size_t> axes_;
};

}  // namespace bouton
