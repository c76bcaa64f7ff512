// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include <bouton/core/error.hpp>
#include <bouton/model/surrogates.hpp>

#include <gtest/gtest.h>

#include "support/message_of.hpp"

namespace bouton {
namespace {

/// Measured with BrainPy 2.4.0, float64, default parameters.
TEST(Surrogate, has_the_derivatives_of_brainpy) {
    const std::array x{-1.5, -0.3, 0., 0.4, 2.};
    const std::vector<std::pair<const char*, std::array<double, 5>>> expected{
        {"sigmoid", {0.009866037165, 0.711577762587, 1.0, 0.559055167732, 0.001340950683}},
        {"piecewise_quadratic", {0, 0.91, 1.0, 0.84, 0}},
        {"piecewise_exp", {0.111565080074, 0.370409110341, 0.5, 0.335160023018, 0.067667641618}},
        {"soft_sign", {0.08, 0.295857988166, 0.5, 0.255102040816, 0.055555555556}},
        {"arctan", {0.07631662422, 0.409143171878, 0.5, 0.358478400162, 0.045999834175}},
        {"nonzero_sign_log", {0.4, 0.769230769231, 1.0, 0.714285714286, 0.333333333333}},
        {"erf", {0.059465144612, 0.515630454809, 0.564189583548, 0.48077064942, 0.010333492677}},
        {"piecewise_leaky_relu", {0.01, 1.0, 1.0, 1.0, 0.01}},
        {"squarewave_fourier_series", {0.191341716183, 0.486184960199, 0.5, 0.475528258148, 0}},
        {"s2nn", {0.009866037165, 0.711577762587, 1.0, 0.714285714286, 0.333333333333}},
        {"q_pseudo_spike", {0.25, 0.694444444444, 1.0, 0.623268698061, 0.183673469388}},
        {"leaky_relu", {0.1, 0.1, 1.0, 1.0, 1.0}},
        {"log_tailed_relu", {0, 0, 0, 1.0, 0.5}},
        {"relu_grad", {0, 0.21, 0.3, 0.18, 0}},
        {"gaussian_grad", {0.301137432155, 0.394479330908, 0.398942280401, 0.391042693975, 0.241970724519}},
        {"inv_square_grad", {4.3857725538e-05, 0.001040582726, 1.0, 5.9488399762e-04, 2.4751862578e-05}},
        {"multi_gaussian_grad", {-0.012324155157, 0.363631703303, 0.439111636657, 0.313642572605, -0.015695525295}},
        {"slayer_grad", {0.223130160148, 0.740818220682, 1.0, 0.670320046036, 0.135335283237}}};
    for (const auto& [name, values] : expected)
        for (std::size_t k = 0; k < x.size(); ++k)
            EXPECT_NEAR(Surrogate(name).derivative(x[k]), values[k], 1e-12) << name << " at " << x[k];
    EXPECT_EQ(Surrogate::names().size(), expected.size() + 2);
}

TEST(Surrogate, takes_parameters_by_name) {
    const Surrogate wide("relu_grad", {{"width", 5}, {"alpha", 1}});
    EXPECT_NEAR(wide.derivative(2), 3, 1e-14);
    ASSERT_EQ(wide.parameters().size(), 2u);
    EXPECT_EQ(wide.parameters()[0].name, "alpha");
    EXPECT_EQ(wide.parameters()[1].value, 5);
    EXPECT_TRUE(Surrogate("inv_square_grad2").is_of_crossing());
    EXPECT_EQ(Surrogate("sigmoid"), Surrogate("sigmoid", {{"alpha", 4}}));
    EXPECT_EQ(Surrogate::spike(0), 1);
    EXPECT_EQ(Surrogate::spike(std::numeric_limits<double>::quiet_NaN()), 0);
}

TEST(Surrogate, names_are_checked) {
    EXPECT_THROW(Surrogate("sigmoids"), NameError);
    EXPECT_EQ(test::message_of<NameError>([] {
                  Surrogate("arctan", {{"beta", 1}});
              }),
              "no parameter of surrogate arctan \"beta\"; known are alpha");
    EXPECT_THROW(Surrogate("arctan", {{"alpha", std::numeric_limits<double>::infinity()}}), ParameterError);
}

}  // namespace
}  // namespace bouton
