// SPDX-License-Identifier: Apache-2.0
/// \file
/// Surrogate derivatives of a spike. A spike is S(x), 1 where x >= 0 and else 0, x being how far the neuron is above
/// its threshold; where a gradient passes, dS/dx is one of the functions below. The formulas and defaults are those of
/// BrainPy 2.4, whose names they have.
#pragma once

#include <array>
#include <cmath>
#include <numbers>
#include <span>
#include <string_view>
#include <vector>

#include <bouton/math/functions.hpp>

namespace bouton {

namespace surrogate {

// Every derivative d(x) over any number type, with its parameters.

/// 1 / (1 + exp(-z))
template <class Real>
Real logistic(Real z) {
    return 1 / (1 + exp(-z));
}
/// Density of the normal distribution with mean m and deviation q.
template <class Real>
Real normal_density(Real x, Real m, Real q) {
    const Real z = (x - m) / q;
    return exp(-0.5 * (z * z)) / (std::sqrt(2 * std::numbers::pi) * q);
}

/// alpha s (1 - s), s = 1 / (1 + exp(-alpha x))
template <class Real>
Real sigmoid(Real x, Real alpha) {
    const Real s = logistic(alpha * x);
    return alpha * s * (1 - s);
}
/// alpha - (alpha x)^2 where |x| <= 1 / alpha, else 0
template <class Real>
Real piecewise_quadratic(Real x, Real alpha) {
    return select(abs(x) > 1 / alpha, Real(0.), alpha - square(alpha * x));
}
/// alpha / 2 exp(-alpha |x|)
template <class Real>
Real piecewise_exp(Real x, Real alpha) {
    return 0.5 * alpha * exp(-alpha * abs(x));
}
/// alpha / 2 / (1 + |alpha x|)^2
template <class Real>
Real soft_sign(Real x, Real alpha) {
    return 0.5 * alpha / square(1 + abs(alpha * x));
}
/// alpha / 2 / (1 + (pi / 2 alpha x)^2)
template <class Real>
Real arctan(Real x, Real alpha) {
    return 0.5 * alpha / (1 + square(0.5 * std::numbers::pi * alpha * x));
}
/// 1 / (1 / alpha + |x|)
template <class Real>
Real nonzero_sign_log(Real x, Real alpha) {
    return 1 / (1 / alpha + abs(x));
}
/// alpha / sqrt(pi) exp(-(alpha x)^2)
template <class Real>
Real erf(Real x, Real alpha) {
    return alpha * std::numbers::inv_sqrtpi * exp(-square(alpha * x));
}
/// 1 / w where |x| <= w, else c
template <class Real>
Real piecewise_leaky_relu(Real x, Real c, Real w) {
    return select(abs(x) > w, c, 1 / w);
}
/// 4 / t_period (cos u + sum_{i=2}^{n-1} cos((2i - 1) u)), u = 2 pi x / t_period
template <class Real>
Real squarewave_fourier_series(Real x, double n, Real t_period) {
    const Real u = 2 * std::numbers::pi * x / t_period;
    Real sum = cos(u);
    for (double i = 2; i < n; ++i) sum = sum + cos((2 * i - 1) * u);
    return 4 / t_period * sum;
}
/// alpha s (1 - s), s = 1 / (1 + exp(-alpha x)), where x < 0, else beta / (x + 1)
template <class Real>
Real s2nn(Real x, Real alpha, Real beta) {
    return select(x < 0, sigmoid(x, alpha), beta / (max(x, 0) + 1));
}
/// (1 + 2 |x| / (alpha + 1))^(-alpha)
template <class Real>
Real q_pseudo_spike(Real x, Real alpha) {
    return exp(-alpha * log(1 + 2 * abs(x) / (alpha + 1)));
}
/// alpha where x < 0, else beta
template <class Real>
Real leaky_relu(Real x, Real alpha, Real beta) {
    return select(x < 0, alpha, beta);
}
/// 1 / x where x > 1, 1 where 0 < x <= 1, else alpha
template <class Real>
Real log_tailed_relu(Real x, Real alpha) {
    return select(x > 0, 1 / max(x, 1), alpha);
}
/// max(0, alpha (width - |x|))
template <class Real>
Real relu_grad(Real x, Real alpha, Real width) {
    return max(alpha * width - alpha * abs(x), 0);
}
/// alpha exp(-x^2 sigma^2 / 2) / (sqrt(2 pi) sigma)
template <class Real>
Real gaussian_grad(Real x, Real sigma, Real alpha) {
    return alpha * exp(-0.5 * square(x * sigma)) / (std::sqrt(2 * std::numbers::pi) * sigma);
}
/// 1 / (alpha |x| + 1)^2
template <class Real>
Real inv_square_grad(Real x, Real alpha) {
    return 1 / square(alpha * abs(x) + 1);
}
/// scale ((1 + h) N(x; 0, sigma) - h N(x; sigma, s sigma) - h N(x; -sigma, s sigma))
template <class Real>
Real multi_gaussian_grad(Real x, Real h, Real s, Real sigma, Real scale) {
    return scale * ((1 + h) * normal_density(x, Real(0.), sigma) - h * normal_density(x, sigma, s * sigma) -
                    h * normal_density(x, -sigma, s * sigma));
}
/// exp(-alpha |x|)
template <class Real>
Real slayer_grad(Real x, Real alpha) {
    return exp(-alpha * abs(x));
}

enum class Kind {
    sigmoid,
    piecewise_quadratic,
    piecewise_exp,
    soft_sign,
    arctan,
    nonzero_sign_log,
    erf,
    piecewise_leaky_relu,
    squarewave_fourier_series,
    s2nn,
    q_pseudo_spike,
    leaky_relu,
    log_tailed_relu,
    relu_grad,
    gaussian_grad,
    inv_square_grad,
    multi_gaussian_grad,
    slayer_grad
};

/// The derivative of a kind, its parameters in their order.
template <class Real>
Real derivative(Kind kind, const std::array<double, 4>& p, Real x) {
    const Real a(p[0]), b(p[1]), c(p[2]), d(p[3]);
    switch (kind) {
        case Kind::sigmoid:
            return sigmoid(x, a);
        case Kind::piecewise_quadratic:
            return piecewise_quadratic(x, a);
        case Kind::piecewise_exp:
            return piecewise_exp(x, a);
        case Kind::soft_sign:
            return soft_sign(x, a);
        case Kind::arctan:
            return arctan(x, a);
        case Kind::nonzero_sign_log:
            return nonzero_sign_log(x, a);
        case Kind::erf:
            return erf(x, a);
        case Kind::piecewise_leaky_relu:
            return piecewise_leaky_relu(x, a, b);
        case Kind::squarewave_fourier_series:
            return squarewave_fourier_series(x, p[0], b);
        case Kind::s2nn:
            return s2nn(x, a, b);
        case Kind::q_pseudo_spike:
            return q_pseudo_spike(x, a);
        case Kind::leaky_relu:
            return leaky_relu(x, a, b);
        case Kind::log_tailed_relu:
            return log_tailed_relu(x, a);
        case Kind::relu_grad:
            return relu_grad(x, a, b);
        case Kind::gaussian_grad:
            return gaussian_grad(x, a, b);
        case Kind::inv_square_grad:
            return inv_square_grad(x, a);
        case Kind::multi_gaussian_grad:
            return multi_gaussian_grad(x, a, b, c, d);
        case Kind::slayer_grad:
            return slayer_grad(x, a);
    }
    return Real(0.);
}

}  // namespace surrogate

/// A surrogate by its name, with its parameters.
///
///     Surrogate("relu_grad", {{"alpha", 1}, {"width", 5}})
///
/// | name | parameters |
/// |---|---|
/// | sigmoid | alpha 4 |
/// | piecewise_quadratic, piecewise_exp, soft_sign, arctan, nonzero_sign_log, erf | alpha 1 |
/// | piecewise_leaky_relu | c 0.01, w 1 |
/// | squarewave_fourier_series | n 2, t_period 8 |
/// | s2nn | alpha 4, beta 1, epsilon 1e-8, which is not used |
/// | q_pseudo_spike | alpha 2 |
/// | leaky_relu | alpha 0.1, beta 1 |
/// | log_tailed_relu | alpha 0 |
/// | relu_grad | alpha 0.3, width 1 |
/// | gaussian_grad | sigma 0.5, alpha 0.5 |
/// | inv_square_grad | alpha 100 |
/// | multi_gaussian_grad | h 0.15, s 6, sigma 0.5, scale 0.5 |
/// | slayer_grad | alpha 1 |
/// | inv_square_grad2, relu_grad2 | as inv_square_grad, relu_grad |
///
/// The last two are for spikes that are upward crossings, S(x_new, x_old) = 1 where x_new >= 0 > x_old:
///
///     dS/dx_new = [x_old < 0] d(x_new),    dS/dx_old = -[x_new >= 0] d(x_old)
///
/// For a crossing the others have dS/dx_new = [x_old < 0] d(x_new) and no derivative by x_old.
class Surrogate {
 public:
    struct Parameter {
        std::string_view name;
        double value;
    };
    static constexpr std::size_t most_parameters = 4;

    /// NameError for an unknown name or parameter; ParameterError for a value that is not finite.
    Surrogate(std::string_view name, std::span<const Parameter> parameters);
    Surrogate(std::string_view name, std::initializer_list<Parameter> parameters = {})
        : Surrogate(name, std::span(parameters.begin(), parameters.size())) {}
    Surrogate(const char* name) : Surrogate(std::string_view(name)) {}  // NOLINT(google-explicit-constructor)

    std::string_view name() const { return entry_->name; }
    /// Names and values, in the order of BrainPy's arguments.
    std::vector<Parameter> parameters() const;
    const std::array<double, most_parameters>& values() const { return values_; }
    surrogate::Kind kind() const { return entry_->kind; }
    /// Whether it is for two arguments, x_new and x_old.
    bool is_of_crossing() const { return entry_->of_crossing; }
    /// 1 where x >= 0, else 0, also for NaN.
    static double spike(double x) { return x >= 0 ? 1 : 0; }
    /// d(x).
    double derivative(double x) const;

    /// The names that the constructor takes.
    static std::vector<std::string_view> names();

    bool operator==(const Surrogate&) const = default;

    struct Entry {
        std::string_view name;
        surrogate::Kind kind;
        bool of_crossing;
        std::array<Parameter, most_parameters> parameters;  // with their defaults; no name: no parameter
    };

 private:
    const Entry* entry_;
    std::array<double, most_parameters> values_{};
};

}  // namespace bouton
