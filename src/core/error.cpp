// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include <bouton/core/error.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace bouton {
namespace {

/// Without the sign of a NaN, which depends on the processor.
double printed(double value) { return std::isnan(value) ? std::abs(value) : value; }

}  // namespace

ParameterError::ParameterError(std::string_view owner_, std::string_view field_, double value_, std::string_view must)
    : Error(fmt::format("{}.{} = {}, but must be {}", owner_, field_, printed(value_), must)),
      owner(owner_),
      field(field_),
      value(value_) {}

NameError unknown_name(std::string_view kind, std::string_view name, std::span<const std::string_view> known) {
    if (known.empty()) return NameError(fmt::format("no {} \"{}\"; there are none", kind, name));
    return NameError(fmt::format("no {} \"{}\"; known are {}", kind, name, fmt::join(known, ", ")));
}

IndexError::IndexError(std::string_view what, std::uint64_t index, std::uint64_t size)
    : Error(size == 0 ? fmt::format("index {} of {}, which is empty", index, what)
                      : fmt::format("index {} of {}, but must be below {}", index, what, size)) {}

MemoryError::MemoryError(std::uint64_t bytes_, std::uint64_t left)
    : Error(fmt::format("{:.1f} GB were asked for, but must fit into the {:.1f} GB of memory that are left",
                        static_cast<double>(bytes_) * 1e-9, static_cast<double>(left) * 1e-9)),
      bytes(bytes_) {}

NonFiniteError::NonFiniteError(std::string_view variable_, std::size_t index_, std::uint64_t step_, double t,
                               double value)
    : Error(fmt::format("{}[{}] became {} in step {} (t = {:.10g} ms)", variable_, index_, printed(value), step_, t)),
      variable(variable_),
      index(index_),
      step(step_) {}

}  // namespace bouton
