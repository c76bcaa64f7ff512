// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include <bouton/core/error.hpp>
#include <bouton/core/shape.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace bouton {

void Shape::throw_negative(std::int64_t length) {
    throw ShapeError(fmt::format("a size is {}, but must not be negative", length));
}

std::size_t Shape::count() const {
    std::size_t count = 1;
    for (const std::size_t axis : axes_) {
        if (axis != 0 && count > std::numeric_limits<std::size_t>::max() / axis)
            throw ShapeError(fmt::format("shape {} has more elements than 64 bits can count", text()));
        count *= axis;
    }
    return count;
}

std::string Shape::text() const {
    return axes_.size() == 1 ? fmt::format("({},)", axes_[0]) : fmt::format("({})", fmt::join(axes_, ", "));
}

}  // namespace bouton
