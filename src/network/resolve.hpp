// SPDX-License-Identifier: Apache-2.0
/// \file
/// From what a user gave to what a loop reads: parameters resolved, checked and in the precision of the run.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bouton/core/buffer.hpp>
#include <bouton/core/settings.hpp>
#include <bouton/kernel/loop.hpp>
#include <bouton/math/random.hpp>

namespace bouton {

/// Throws NameError unless `name` is an identifier: letters, digits and underscores, not a digit first.
void check_name(std::string_view kind, std::string_view name);

/// Throws ParameterError unless `value` is finite and within the range.
void check_range(std::string_view owner, std::string_view field, double value, Range range);

/// 1 value or shape.count() of them, all within the range.
std::vector<double> resolve_parameter(std::string_view owner, const GivenParameter& given, const Shape& shape,
                                      const Random& random);

/// All parameters of a model for `shape`. `owner` is for the message.
std::vector<std::vector<double>> resolve_parameters(std::string_view owner, const std::vector<GivenParameter>& given,
                                                    const Shape& shape, const Settings& settings);

/// `mode` with another batch size, or as it is without one. UsageError where it has no batch.
Mode with_batch_size(std::string_view owner, Mode mode, std::optional<std::size_t> batch_size);

/// Starts a part anew in the mode `next`; where that throws, for want of memory, in the mode that it was in, and throws
/// on.
template <class Start>
void restart_in(Mode next, Mode& mode, const Start& start) {
    const Mode before = std::exchange(mode, next);
    try {
        start();
    } catch (...) {
        mode = before;
        start();
        throw;
    }
}

std::vector<Buffer> to_buffers(Precision precision, const std::vector<std::vector<double>>& values);

}  // namespace bouton
