// SPDX-License-Identifier: Apache-2.0
#include "resolve.hpp"

#include <algorithm>
#include <cmath>

#include <bouton/core/error.hpp>

#include <fmt/format.h>

namespace bouton {

void check_name(std::string_view kind, std::string_view name) {
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    if (name.empty() || is_digit(name[0]) ||
        !std::ranges::all_of(name, [&](char c) { return is_letter(c) || is_digit(c); }))
        throw NameError(fmt::format(
            "the name of a {} is \"{}\", but must be letters, digits and underscores, not a digit first", kind, name));
}

void check_range(std::string_view owner, std::string_view field, double value, Range range) {
    if (!std::isfinite(value)) throw ParameterError(owner, field, value, "finite");
    switch (range) {
        case Range::any:
            return;
        case Range::non_negative:
            if (value < 0) throw ParameterError(owner, field, value, "non-negative and finite");
            return;
        case Range::positive:
            if (value <= 0) throw ParameterError(owner, field, value, "positive and finite");
            return;
        case Range::non_zero:
            if (value == 0) throw ParameterError(owner, field, value, "non-zero and finite");
            return;
    }
}

std::vector<double> resolve_parameter(std::string_view owner, const GivenParameter& given, const Shape& shape,
                                      const Random& random) {
    std::vector<double> values = given.value.resolve(owner, given.name, shape, random).values;
    for (const double value : values) check_range(owner, given.name, value, given.range);
    return values;
}

std::vector<std::vector<double>> resolve_parameters(std::string_view owner, const std::vector<GivenParameter>& given,
                                                    const Shape& shape, const Settings& settings) {
    std::vector<std::vector<double>> values;
    for (const GivenParameter& parameter : given)
        values.push_back(resolve_parameter(owner, parameter, shape,
                                           Random(settings.seed, fmt::format("{}.{}", owner, parameter.name))));
    return values;
}

Mode with_batch_size(std::string_view owner, Mode mode, std::optional<std::size_t> batch_size) {
    if (!batch_size) return mode;
    if (!mode.batched())
        throw UsageError(fmt::format("{} has no batch, so it cannot be reset to a batch of {}", owner, *batch_size));
    return mode.with_batch_size(*batch_size);
}

std::vector<Buffer> to_buffers(Precision precision, const std::vector<std::vector<double>>& values) {
    std::vector<Buffer> buffers;
    for (const auto& v : values) buffers.emplace_back(precision, std::span(v));
    return buffers;
}

}  // namespace bouton
