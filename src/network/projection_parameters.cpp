// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>

#include <bouton/core/error.hpp>

#include <fmt/format.h>

#include "projection_part.hpp"
#include "resolve.hpp"

namespace bouton {
namespace {

constexpr std::string_view of_stp = "stp.", of_output = "output.";

std::vector<std::string_view> names_of(const std::vector<GivenParameter>& parameters) {
    std::vector<std::string_view> names;
    for (const GivenParameter& parameter : parameters) names.push_back(parameter.name);
    return names;
}

std::size_t find(const std::string& owner, const std::vector<GivenParameter>& parameters, std::string_view name) {
    const auto found = std::ranges::find(parameters, name, &GivenParameter::name);
    if (found == parameters.end())
        throw unknown_name(fmt::format("parameter of {}", owner), name, names_of(parameters));
    return static_cast<std::size_t>(found - parameters.begin());
}

template <class Model>
std::vector<GivenParameter> parameters_of(const Model* model) {
    return model ? model->parameters() : std::vector<GivenParameter>();
}

/// The value of a parameter that is one number.
double number_of(const std::string& owner, const GivenParameter& parameter) {
    return resolve_parameter(owner, parameter, Shape(), Random(0, owner))[0];
}

}  // namespace

Array ProjectionPart::parameter(std::string_view name) const {
    if (name == "g_max") return in_form(weight_form_, wiring_.graph, wiring_.weights, settings_.brainpy_2_4);
    const auto number = [](const std::string& owner, const std::vector<GivenParameter>& parameters,
                           std::string_view which) {
        return Array{Shape(), {number_of(owner, parameters[find(owner, parameters, which)])}};
    };
    if (name.starts_with(of_stp))
        return number(fmt::format("{}.stp", name_), parameters_of(plasticity_.get()), name.substr(of_stp.size()));
    if (name.starts_with(of_output)) {
        const std::vector<GivenParameter> parameters = parameters_of(output_.get());
        const Buffer& values =
            output_parameters_[find(fmt::format("{}.output", name_), parameters, name.substr(of_output.size()))];
        Array array{values.size() == 1 ? Shape() : Shape(values.size()), {}};
        for (std::size_t j = 0; j < values.size(); ++j) array.values.push_back(values.get(j));
        return array;
    }
    return number(name_, synapse_->parameters(), name);
}

}  // namespace bouton
