// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include <bouton/core/error.hpp>
#include <bouton/math/method.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bouton {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr std::string_view stochastic_names[] = {"exp_auto", "exp_euler", "exp_euler_auto",     "exponential_euler",
                                                 "euler",    "heun",      "milstein",           "milstein2",
                                                 "klpl",     "srk1w1",    "milstein_grad_free", "srk2w1"};

template <class Call>
std::string error_of(const Call& call) {
    try {
        call();
    } catch (const NameError& error) {
        return error.what();
    }
    return "no error";
}

std::string quoted(const std::string& name) { return std::string("\"").append(name).append("\""); }

TEST(Method, is_exp_auto_unless_named) {
    EXPECT_TRUE(Method().is_exp_auto());
    EXPECT_EQ(Method().name(), "exp_auto");
}

TEST(Method, has_every_name_of_the_reference) {
    const std::vector<std::string_view> names(Method::names().begin(), Method::names().end());
    EXPECT_THAT(names, testing::UnorderedElementsAre("rkf12", "rkf45", "rkdp", "ck", "bs", "heun_euler", "BoSh3",
                                                     "euler", "midpoint", "heun2", "ralston2", "rk2", "rk3", "heun3",
                                                     "ralston3", "ssprk3", "rk4", "ralston4", "rk4_38rule",
                                                     "exponential_euler", "exp_euler", "exp_euler_auto", "exp_auto"));
    for (const std::string_view name : names) EXPECT_EQ(Method(name).name(), name);
    for (const char* alias : {"exp_auto", "exp_euler", "exp_euler_auto", "exponential_euler"}) {
        EXPECT_TRUE(Method(alias).is_exp_auto()) << alias;
        EXPECT_TRUE(Method::stochastic(alias).is_exp_auto()) << alias;
    }
    for (const std::string_view name : stochastic_names) EXPECT_EQ(Method::stochastic(name).name(), name);
}

TEST(Method, an_unknown_name_lists_the_known_ones) {
    for (const char* unknown : {"foo", "heun", "srk1w1", "", "RK4", "rk4 "})
        EXPECT_THAT(error_of([&] { Method{unknown}; }),
                    AllOf(HasSubstr(quoted(unknown)), HasSubstr("rk4_38rule"), HasSubstr("exp_auto")));
    for (const char* unknown : {"foo", "rk4", "heun2", "midpoint"})
        EXPECT_THAT(error_of([&] { Method::stochastic(unknown); }),
                    AllOf(HasSubstr(quoted(unknown)), HasSubstr("milstein_grad_free")));
}

// The error says for which kind of equations a name is unknown: rk4 exists, but not with noise.
TEST(Method, an_unknown_name_tells_noise_from_none) {
    EXPECT_THAT(error_of([] { Method::stochastic("rk4"); }), HasSubstr("noise"));
    EXPECT_THAT(error_of([] { Method{"milstein"}; }), testing::Not(HasSubstr("noise")));
}

TEST(Tableau, is_explicit_and_consistent) {
    const auto expect_consistent = [](const Method& method) {
        if (method.is_exp_auto()) return;
        const Tableau& t = method.tableau();
        ASSERT_LE(t.stages, Tableau::most_stages);
        double sum = 0;
        for (std::size_t i = 0; i < t.b.size(); ++i) {
            sum += t.b[i];
            if (i >= static_cast<std::size_t>(t.stages)) {
                EXPECT_EQ(t.b[i], 0) << method.name();
            }
            for (std::size_t j = i; j < t.b.size(); ++j) EXPECT_EQ(t.a[i][j], 0) << method.name();
        }
        EXPECT_NEAR(sum, 1, 3e-8) << method.name();  // ralston4 is quoted with eight decimals
    };
    for (const std::string_view name : Method::names()) expect_consistent(name);
    for (const std::string_view name : stochastic_names) expect_consistent(Method::stochastic(name));
}

}  // namespace
}  // namespace bouton
