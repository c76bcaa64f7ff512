// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include <bouton/math/random.hpp>
#include <bouton/math/step.hpp>
#include <bouton/model/synapses/bionmda.hpp>
#include <bouton/own_model.hpp>

#include <gtest/gtest.h>

namespace bouton {
namespace {

/// One step of the states of a model by any method.
template <class Model, class Real, class Derivative>
typename Model::State advance(const Method& method, const typename Model::State& state, Real dt, Real W, Real Z,
                              const Derivative& derivative) {
    if (method.is_exp_auto()) return loops::ExpAuto().step<Model>(state, dt, W, Z, derivative);
    return loops::RungeKutta{&method.tableau()}.step<Model>(state, dt, W, Z, derivative);
}

/// Predator and prey: smooth, coupled and nonlinear.
struct LotkaVolterra {
    struct State {
        double u, v;
    };
    static constexpr auto states() { return std::array{field("u", &State::u), field("v", &State::v)}; }

    State step(const Method& method, State state, double dt) const {
        return advance<LotkaVolterra, double>(method, state, dt, 0., 0., [](const State& s, auto of) {
            return std::array{of(s.u, [&](auto u) { return u * (1 - s.v); }),
                              of(s.v, [&](auto v) { return 0.8 * v * (s.u - 1); })};
        });
    }
    State run(const Method& method, int steps) const {
        State state{1.5, 0.7};
        for (int n = 0; n < steps; ++n) state = step(method, state, 2. / steps);
        return state;
    }
};

/// One equation, dx/dt = f(x).
struct Single {
    struct State {
        double x;
    };
    static constexpr auto states() { return std::array{field("x", &State::x)}; }
};

template <class Slope>
double step_single(const Method& method, double x, double dt, double W, double Z, const Slope& f) {
    return advance<Single, double>(method, {x}, dt, W, Z,
                                   [&](const Single::State& s, auto of) { return std::array{of(s.x, f)}; })
        .x;
}

// ---- one step of the coupled pair of NMDA, as the reference computes it ---------------------------------------------

struct OneStep {
    const char* method;
    double g, x;
};

class NmdaPair : public testing::TestWithParam<OneStep> {};

TEST_P(NmdaPair, has_the_value_of_the_reference) {
    const BioNMDA model{.alpha1 = 2, .beta1 = 0.01, .alpha2 = 1, .beta2 = 0.5};
    const auto now = advance<BioNMDA, double>(GetParam().method, {.g = 0.2, .x = 0.4}, 0.1, 0., 0.,
                                              [&](const auto& s, auto of) { return model.derivative(s, 1., of); });
    EXPECT_NEAR(now.g, GetParam().g, 3e-16);
    EXPECT_NEAR(now.x, GetParam().x, 3e-16);
}

INSTANTIATE_TEST_SUITE_P(Step, NmdaPair,
                         testing::Values(OneStep{"exp_auto", 0.2612844751337532, 0.4371445396199846},  //
                                         OneStep{"euler", .26380000, .44000000},                       //
                                         OneStep{"heun2", .2641609, .437},                             //
                                         OneStep{"heun_euler", .2641609, .437},                        //
                                         OneStep{"rk2", .26424596666666667, .437},                     //
                                         OneStep{"ralston2", .26424596666666667, .437},                //
                                         OneStep{"midpoint", .2642885, .437},                          //
                                         OneStep{"rk3", .2640844299, .43715},                          //
                                         OneStep{"heun3", .264079238577037, .43715},                   //
                                         OneStep{"ralston3", .2640814434416667, .43715},               //
                                         OneStep{"bs", .2640814434416667, .43715},                     //
                                         OneStep{"BoSh3", .2640814434416667, .43715},                  //
                                         OneStep{"ssprk3", .26408215725666667, .43715},                //
                                         OneStep{"rk4", .26409066296613315, .437144375},               //
                                         OneStep{"rk4_38rule", .2640906783560354, .437144375},         //
                                         OneStep{"ralston4", .2640906923658354, .4371443750235688},    //
                                         OneStep{"rkf12", .2642870581828388, .43700087547302247},      //
                                         OneStep{"rkf45", .2640903637548137, .43714454228966354},      //
                                         OneStep{"ck", .26409036872218705, .437144539953125},          //
                                         OneStep{"rkdp", .264090369851574, .43714453868750003}),
                         [](const auto& test) { return std::string(test.param.method); });

// ---- order ----------------------------------------------------------------------------------------------------------

struct Order {
    const char* method;
    int order;
};

class Convergence : public testing::TestWithParam<Order> {};

TEST_P(Convergence, has_the_order_of_the_method) {
    const LotkaVolterra model;
    const int order = GetParam().order;
    const auto exact = model.run("rkdp", 4096);
    const auto error = [&](int steps) {
        const auto end = model.run(GetParam().method, steps);
        return std::hypot(end.u - exact.u, end.v - exact.v);
    };
    const int steps = order == 1 ? 512 : order == 2 ? 64 : 32;
    EXPECT_NEAR(std::log2(error(steps) / error(2 * steps)), order, 0.25);
    EXPECT_LT(error(2 * steps), 1e-2);
}

INSTANTIATE_TEST_SUITE_P(Step, Convergence,
                         testing::Values(Order{"exp_auto", 1}, Order{"euler", 1}, Order{"midpoint", 2},
                                         Order{"heun2", 2}, Order{"ralston2", 2}, Order{"rk2", 2}, Order{"rkf12", 2},
                                         Order{"heun_euler", 2}, Order{"rk3", 3}, Order{"heun3", 3},
                                         Order{"ralston3", 3}, Order{"ssprk3", 3}, Order{"bs", 3}, Order{"BoSh3", 3},
                                         Order{"rk4", 4}, Order{"rk4_38rule", 4}, Order{"ralston4", 4},
                                         Order{"rkf45", 5}, Order{"ck", 5}, Order{"rkdp", 5}),
                         [](const auto& test) { return std::string(test.param.method); });

// ---- exp_auto -------------------------------------------------------------------------------------------------------

TEST(ExpAuto, is_exact_for_a_linear_equation_at_any_step) {
    for (const double rate : {1e-9, 0.18, 50.})
        for (const double dt : {1e-3, 0.1, 10.}) {
            const double x = step_single("exp_auto", 0.3, dt, 0, 0, [&](auto y) { return 0.7 - rate * y; });
            const double exact = 0.3 + (0.7 / rate - 0.3) * -std::expm1(-rate * dt);
            EXPECT_NEAR(x, exact, 1e-15 * (0.3 + exact)) << rate << " " << dt;
        }
}

TEST(ExpAuto, is_a_step_of_euler_where_the_coefficient_vanishes) {
    for (const double rate : {0., 1e-17, -1e-17, 1e-300})
        EXPECT_DOUBLE_EQ(step_single("exp_auto", 1, 0.1, 0, 0, [&](auto y) { return 1 - rate * y; }), 1.1) << rate;
    // Twice through the origin, where the derivative of the cube is exactly 0.
    EXPECT_DOUBLE_EQ(step_single("exp_auto", 0, 0.1, 0, 0, [](auto y) { return 3 - cube(y); }), 0.3);
}

TEST(ExpAuto, keeps_float_accurate_for_slow_equations) {
    const std::array y{Lanes<float, 4>(0.5)};
    const auto next = exp_auto(y, Lanes<float, 4>(0.1), [](const auto& s, auto of) {
        return std::array{of(s[0], [](auto x) { return (1 - x) / 2000; })};
    });
    EXPECT_NEAR(next[0][0], 1 - 0.5 * std::exp(-0.1 / 2000), 1e-7);
    EXPECT_GT(next[0][0], 0.5F);
}

TEST(ExpAuto, becomes_infinite_and_not_nan_where_a_state_runs_away) {
    const double x = step_single("exp_auto", 1000, 0.1, 0, 0, [](auto y) { return exp(y); });
    EXPECT_EQ(x, std::numeric_limits<double>::infinity());
}

// ---- noise ----------------------------------------------------------------------------------------------------------

const std::vector<const char*> all_stochastic{"exp_auto",           "euler", "heun",   "milstein", "milstein2",
                                              "milstein_grad_free", "klpl",  "srk1w1", "srk2w1"};

double expected_order(std::string_view name) { return name.starts_with("srk") ? 1.5 : 1; }

/// The increment of a Wiener process over a step and the mean of its path over that step.
struct Noise {
    double W, Z;
};

/// The same path in steps `factor` times as long.
std::vector<Noise> coarsened(const std::vector<Noise>& fine, std::size_t factor) {
    std::vector<Noise> coarse(fine.size() / factor, Noise{0, 0});
    for (std::size_t i = 0; i < coarse.size(); ++i)
        for (std::size_t j = 0; j < factor; ++j) {
            const Noise& step = fine[i * factor + j];
            coarse[i].Z += (coarse[i].W + step.Z) / static_cast<double>(factor);
            coarse[i].W += step.W;
        }
    return coarse;
}

TEST(Noise, every_method_converges_along_a_path_with_its_strong_order) {
    constexpr std::size_t finest = 1024;
    constexpr std::uint64_t paths = 200;
    constexpr double sigma = 1;
    const Random random(1, "noise");
    const auto end = [&](const Method& method, const std::vector<Noise>& path) {
        double x = 0.8;
        for (const Noise& step : path)
            x = step_single(method, x, 1. / static_cast<double>(path.size()), sigma * step.W, sigma * step.Z,
                            [](auto y) { return -tanh(3 * y); });
        return x;
    };
    for (const char* name : all_stochastic) {
        const Method method = Method::stochastic(name);
        double coarse = 0, fine = 0;  // sums of squared errors
        for (std::uint64_t p = 0; p < paths; ++p) {
            std::vector<Noise> path(finest);
            for (std::size_t i = 0; i < finest; ++i) {
                const double root = std::sqrt(1. / finest);
                const double W = root * random.at(p).normal(2 * i);
                path[i] = {W, W / 2 + root / std::sqrt(12.) * random.at(p).normal(2 * i + 1)};
            }
            const double exact = end(Method::stochastic("srk2w1"), path);
            coarse += square(end(method, coarsened(path, finest / 8)) - exact);
            fine += square(end(method, coarsened(path, finest / 32)) - exact);
        }
        EXPECT_NEAR(std::log2(coarse / fine) / 4, expected_order(name), 0.15) << name;
    }
}

// On dx = -x / tau dt + sigma dW every scheme is x' = A x + B W + C Z, so its stationary variance follows from
// E[W^2] = dt, E[W Z] = dt / 2, E[Z^2] = dt / 3. That of the equation is sigma^2 tau / 2.
TEST(Noise, stationary_variance_of_the_ornstein_uhlenbeck_process) {
    constexpr double tau = 10, sigma = 2, dt = 0.1;
    for (const char* name : all_stochastic) {
        const auto step = [&](double x, double W, double Z) {
            return step_single(Method::stochastic(name), x, dt, sigma * W, sigma * Z, [](auto y) { return -y / tau; });
        };
        const double A = step(1, 0, 0), B = step(0, 1, 0), C = step(0, 0, 1);
        const double variance = (B * B + B * C + C * C / 3) * dt / (1 - A * A);
        const double relative_error = std::abs(variance / (sigma * sigma * tau / 2) - 1);
        EXPECT_LT(relative_error, 2 * std::pow(dt / tau, expected_order(name))) << name;
    }
}

TEST(Noise, reaches_the_first_state_alone) {
    const auto equations = [](const LotkaVolterra::State& s, auto of) {
        return std::array{of(s.u, [](auto u) { return -u; }), of(s.v, [](auto v) { return -v; })};
    };
    for (const char* name : all_stochastic) {
        const auto step = [&](double W, double Z) {
            return advance<LotkaVolterra, double>(Method::stochastic(name), {1, 1}, 0.1, W, Z, equations);
        };
        EXPECT_EQ(step(0.3, 0.1).v, step(0, 0).v) << name;
        EXPECT_NE(step(0.3, 0.1).u, step(0, 0).u) << name;
    }
}

}  // namespace
}  // namespace bouton
