// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include <bouton/core/error.hpp>
#include <bouton/model/surrogates.hpp>

#include <fmt/format.h>

namespace bouton {
namespace {

using surrogate::Kind;
constexpr std::array entries{
    Surrogate::Entry{"sigmoid", Kind::sigmoid, false, {{{"alpha", 4}}}},
    Surrogate::Entry{"piecewise_quadratic", Kind::piecewise_quadratic, false, {{{"alpha", 1}}}},
    Surrogate::Entry{"piecewise_exp", Kind::piecewise_exp, false, {{{"alpha", 1}}}},
    Surrogate::Entry{"soft_sign", Kind::soft_sign, false, {{{"alpha", 1}}}},
    Surrogate::Entry{"arctan", Kind::arctan, false, {{{"alpha", 1}}}},
    Surrogate::Entry{"nonzero_sign_log", Kind::nonzero_sign_log, false, {{{"alpha", 1}}}},
    Surrogate::Entry{"erf", Kind::erf, false, {{{"alpha", 1}}}},
    Surrogate::Entry{"piecewise_leaky_relu", Kind::piecewise_leaky_relu, false, {{{"c", 0.01}, {"w", 1}}}},
    Surrogate::Entry{
        "squarewave_fourier_series", Kind::squarewave_fourier_series, false, {{{"n", 2}, {"t_period", 8}}}},
    Surrogate::Entry{"s2nn", Kind::s2nn, false, {{{"alpha", 4}, {"beta", 1}, {"epsilon", 1e-8}}}},
    Surrogate::Entry{"q_pseudo_spike", Kind::q_pseudo_spike, false, {{{"alpha", 2}}}},
    Surrogate::Entry{"leaky_relu", Kind::leaky_relu, false, {{{"alpha", 0.1}, {"beta", 1}}}},
    Surrogate::Entry{"log_tailed_relu", Kind::log_tailed_relu, false, {{{"alpha", 0}}}},
    Surrogate::Entry{"relu_grad", Kind::relu_grad, false, {{{"alpha", 0.3}, {"width", 1}}}},
    Surrogate::Entry{"gaussian_grad", Kind::gaussian_grad, false, {{{"sigma", 0.5}, {"alpha", 0.5}}}},
    Surrogate::Entry{"inv_square_grad", Kind::inv_square_grad, false, {{{"alpha", 100}}}},
    Surrogate::Entry{"multi_gaussian_grad",
                     Kind::multi_gaussian_grad,
                     false,
                     {{{"h", 0.15}, {"s", 6}, {"sigma", 0.5}, {"scale", 0.5}}}},
    Surrogate::Entry{"slayer_grad", Kind::slayer_grad, false, {{{"alpha", 1}}}},
    Surrogate::Entry{"inv_square_grad2", Kind::inv_square_grad, true, {{{"alpha", 100}}}},
    Surrogate::Entry{"relu_grad2", Kind::relu_grad, true, {{{"alpha", 0.3}, {"width", 1}}}},
};

}  // namespace

Surrogate::Surrogate(std::string_view name, std::span<const Parameter> parameters) {
    const auto found = std::ranges::find(entries, name, &Entry::name);
    if (found == entries.end()) throw unknown_name("surrogate", name, names());
    entry_ = &*found;
    for (std::size_t k = 0; k < most_parameters; ++k) values_[k] = entry_->parameters[k].value;
    for (const Parameter& given : parameters) {
        const auto known = std::ranges::find(entry_->parameters, given.name, &Parameter::name);
        if (given.name.empty() || known == entry_->parameters.end()) {
            std::vector<std::string_view> all;
            for (const Parameter& parameter : this->parameters()) all.push_back(parameter.name);
            throw unknown_name(fmt::format("parameter of surrogate {}", name), given.name, all);
        }
        if (!std::isfinite(given.value)) throw ParameterError(name, given.name, given.value, "finite");
        values_[static_cast<std::size_t>(known - entry_->parameters.begin())] = given.value;
    }
}

std::vector<Surrogate::Parameter> Surrogate::parameters() const {
    std::vector<Parameter> all;
    for (std::size_t k = 0; k < most_parameters; ++k)
        if (!entry_->parameters[k].name.empty()) all.push_back({entry_->parameters[k].name, values_[k]});
    return all;
}

double Surrogate::derivative(double x) const { return surrogate::derivative(kind(), values_, x); }

std::vector<std::string_view> Surrogate::names() {
    std::vector<std::string_view> all;
    for (const Entry& entry : entries) all.push_back(entry.name);
    return all;
}

}  // namespace bouton
