// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <vector>

#include <bouton/core/error.hpp>
#include <bouton/math/method.hpp>

namespace bouton {
namespace {

// Butcher (2016), "Numerical Methods for Ordinary Differential Equations", 3rd ed., unless another source is named.
constexpr Tableau euler{.stages = 1, .a = {}, .b = {1}};
constexpr Tableau midpoint{.stages = 2, .a = {{{}, {1. / 2}}}, .b = {0, 1}};
constexpr Tableau heun2{.stages = 2, .a = {{{}, {1}}}, .b = {1. / 2, 1. / 2}};
constexpr Tableau ralston2{.stages = 2, .a = {{{}, {2. / 3}}}, .b = {1. / 4, 3. / 4}};
constexpr Tableau rk3{.stages = 3, .a = {{{}, {1. / 2}, {-1, 2}}}, .b = {1. / 6, 2. / 3, 1. / 6}};
constexpr Tableau heun3{.stages = 3, .a = {{{}, {1. / 3}, {0, 2. / 3}}}, .b = {1. / 4, 0, 3. / 4}};
constexpr Tableau ralston3{.stages = 3, .a = {{{}, {1. / 2}, {0, 3. / 4}}}, .b = {2. / 9, 1. / 3, 4. / 9}};
constexpr Tableau ssprk3{.stages = 3, .a = {{{}, {1}, {1. / 4, 1. / 4}}}, .b = {1. / 6, 1. / 6, 2. / 3}};
constexpr Tableau rk4{
    .stages = 4, .a = {{{}, {1. / 2}, {0, 1. / 2}, {0, 0, 1}}}, .b = {1. / 6, 1. / 3, 1. / 3, 1. / 6}};
constexpr Tableau rk4_38rule{
    .stages = 4, .a = {{{}, {1. / 3}, {-1. / 3, 1}, {1, -1, 1}}}, .b = {1. / 8, 3. / 8, 3. / 8, 1. / 8}};
// Ralston (1962), Math. Comp. 16:431, with the eight decimals in which it is usually quoted.
constexpr Tableau ralston4{.stages = 4,
                           .a = {{{}, {.4}, {.29697761, .15875964}, {.2181004, -3.05096516, 3.83286476}}},
                           .b = {.17476028, -.55148066, 1.2055356, .17118478}};
// Fehlberg (1969), NASA TR R-315.
constexpr Tableau rkf12{
    .stages = 3, .a = {{{}, {1. / 2}, {1. / 256, 255. / 256}}}, .b = {1. / 512, 255. / 256, 1. / 512}};
constexpr Tableau rkf45{.stages = 6,
                        .a = {{{},
                               {1. / 4},
                               {3. / 32, 9. / 32},
                               {1932. / 2197, -7200. / 2197, 7296. / 2197},
                               {439. / 216, -8, 3680. / 513, -845. / 4104},
                               {-8. / 27, 2, -3544. / 2565, 1859. / 4104, -11. / 40}}},
                        .b = {16. / 135, 0, 6656. / 12825, 28561. / 56430, -9. / 50, 2. / 55}};
// Cash & Karp (1990), ACM TOMS 16:201.
constexpr Tableau ck{.stages = 6,
                     .a = {{{},
                            {1. / 5},
                            {3. / 40, 9. / 40},
                            {3. / 10, -9. / 10, 6. / 5},
                            {-11. / 54, 5. / 2, -70. / 27, 35. / 27},
                            {1631. / 55296, 175. / 512, 575. / 13824, 44275. / 110592, 253. / 4096}}},
                     .b = {37. / 378, 0, 250. / 621, 125. / 594, 0, 512. / 1771}};
// Dormand & Prince (1980), J. Comp. Appl. Math. 6:19; the seventh stage serves the error estimate only.
constexpr Tableau rkdp{.stages = 6,
                       .a = {{{},
                              {1. / 5},
                              {3. / 40, 9. / 40},
                              {44. / 45, -56. / 15, 32. / 9},
                              {19372. / 6561, -25360. / 2187, 64448. / 6561, -212. / 729},
                              {9017. / 3168, -355. / 33, 46732. / 5247, 49. / 176, -5103. / 18656}}},
                       .b = {35. / 384, 0, 500. / 1113, 125. / 192, -2187. / 6784, 11. / 84}};
constexpr Tableau stochastic_heun{.stages = 2, .a = {{{}, {1}}}, .b = {1. / 2, 1. / 2}, .dW = {0, 1}};
// Roessler (2010), SRI1W1 and SRI2W1, the parts that act on constant noise.
constexpr Tableau srk1w1{.stages = 2, .a = {{{}, {3. / 4}}}, .b = {1. / 3, 2. / 3}, .dZ = {0, 3. / 2}};
constexpr Tableau srk2w1{
    .stages = 3, .a = {{{}, {1}, {1. / 4, 1. / 4}}}, .b = {1. / 6, 1. / 6, 2. / 3}, .dZ = {0, 0, 3. / 2}};

constexpr Method::Entry deterministic[] = {
    {"exp_auto", nullptr},
    {"exp_euler", nullptr},
    {"exp_euler_auto", nullptr},
    {"exponential_euler", nullptr},
    {"euler", &euler},
    {"midpoint", &midpoint},
    {"heun2", &heun2},
    {"ralston2", &ralston2},
    {"rk2", &ralston2},
    {"rk3", &rk3},
    {"heun3", &heun3},
    {"ralston3", &ralston3},
    {"ssprk3", &ssprk3},
    {"rk4", &rk4},
    {"rk4_38rule", &rk4_38rule},
    {"ralston4", &ralston4},
    {"rkf12", &rkf12},
    {"rkf45", &rkf45},
    {"rkdp", &rkdp},
    {"ck", &ck},
    {"bs", &ralston3},
    {"heun_euler", &heun2},
    {"BoSh3", &ralston3},
};

constexpr Method::Entry with_noise[] = {
    {"exp_auto", nullptr},
    {"exp_euler", nullptr},
    {"exp_euler_auto", nullptr},
    {"exponential_euler", nullptr},
    {"euler", &euler},
    {"heun", &stochastic_heun},
    {"milstein", &euler},
    {"milstein2", &euler},
    {"milstein_grad_free", &euler},
    {"klpl", &euler},
    {"srk1w1", &srk1w1},
    {"srk2w1", &srk2w1},
};

std::vector<std::string_view> names_of(std::span<const Method::Entry> entries) {
    std::vector<std::string_view> names;
    for (const Method::Entry& entry : entries) names.push_back(entry.name);
    return names;
}

const Method::Entry* find(std::span<const Method::Entry> entries, std::string_view kind, std::string_view name) {
    const auto found = std::ranges::find(entries, name, &Method::Entry::name);
    if (found == entries.end()) throw unknown_name(kind, name, names_of(entries));
    return &*found;
}

}  // namespace

Method::Method() : entry_(&deterministic[0]) {}
Method::Method(std::string_view name) : entry_(find(deterministic, "integration method", name)) {}
Method Method::stochastic(std::string_view name) {
    return Method(find(with_noise, "integration method for noise", name));
}

std::span<const std::string_view> Method::names() {
    static const std::vector<std::string_view> all = names_of(deterministic);
    return all;
}

}  // namespace bouton
