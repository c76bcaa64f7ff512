// SPDX-License-Identifier: Apache-2.0
// Packs of every width, in functions with their instruction sets as the array loops have them, against long double.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include <bouton/core/aligned_vector.hpp>
#include <bouton/kernel/instruction_set.hpp>
#include <bouton/math/lane_functions.hpp>
#include <bouton/math/two_packs.hpp>

#include <gtest/gtest.h>

namespace bouton {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

std::vector<InstructionSet> instruction_sets() {
    std::vector<InstructionSet> sets;
    for (const auto set : {InstructionSet::baseline, InstructionSet::avx2, InstructionSet::avx512})
        if (set <= best_instruction_set()) sets.push_back(set);
    return sets;
}

/// Function()(x) of each value.
template <class Function, class Element>
struct Each {
    template <std::size_t bytes>
    static void run(const Element* from, Element* to, const std::size_t& count) {
        using Real = Lanes<Element, bytes / sizeof(Element)>;
        for (std::size_t at = 0; at < count; at += Real::count) Function()(Real::load(from + at)).store(to + at);
    }
};

template <class Function, class Element>
AlignedVector<Element> each(InstructionSet set, const AlignedVector<Element>& x) {
    AlignedVector<Element> y(x.size());
    loops::run<Each<Function, Element>>(set, x.data(), y.data(), x.size());
    return y;
}

/// 0 and its neighbours, the ends of the ranges of exp and of its parts, a grid that is not made of round numbers.
template <class Element>
AlignedVector<Element> arguments() {
    AlignedVector<Element> x{0, Element(5e-324), Element(1e-300), Element(1e-38), Element(-1e-38)};
    for (const double end : {0.34657359, 1.,    22.,    40.,    55.,   86.9, 87.3, 88.7, 88.8, 104., 708.,
                             708.4,      709.4, 709.78, 709.79, 710.4, 711., 745., 1e4,  1e16, 1e30})
        for (const double factor : {1 - 1e-3, 1., 1 + 1e-3})
            x.insert(x.end(), {static_cast<Element>(end * factor), static_cast<Element>(-end * factor)});
    for (double size = 1e-12; size < 720; size *= 1.0137)
        x.insert(x.end(), {static_cast<Element>(size), static_cast<Element>(-size)});
    return x;
}

struct Exp {
    static constexpr const char* name = "exp";
    auto operator()(auto x) const { return exp(x); }
    static long double exact(long double x) { return std::exp(x); }
    static constexpr double error = 1;  // [epsilon]
};
struct Expm1 {
    static constexpr const char* name = "expm1";
    auto operator()(auto x) const { return expm1(x); }
    static long double exact(long double x) { return std::expm1(x); }
    static constexpr double error = 2;
};
struct Exprel {
    static constexpr const char* name = "exprel";
    auto operator()(auto x) const { return exprel(x); }
    static long double exact(long double x) { return x == 0 ? 1 : std::expm1(x) / x; }
    static constexpr double error = 2;
};
struct LinearOverExpm1 {
    static constexpr const char* name = "linear_over_expm1";
    auto operator()(auto x) const { return linear_over_expm1(x); }
    static long double exact(long double x) { return x == 0 ? 1 : x / std::expm1(x); }
    static constexpr double error = 2;
};
struct Tanh {
    static constexpr const char* name = "tanh";
    auto operator()(auto x) const { return tanh(x); }
    static long double exact(long double x) { return std::tanh(x); }
    static constexpr double error = 2;
};
struct Cosh {
    static constexpr const char* name = "cosh";
    auto operator()(auto x) const { return cosh(x); }
    static long double exact(long double x) { return std::cosh(x); }
    static constexpr double error = 2;
};
struct Sinh {
    static constexpr const char* name = "sinh";
    auto operator()(auto x) const { return sinh(x); }
    static long double exact(long double x) { return std::sinh(x); }
    static constexpr double error = 2;
};
struct Log {
    static constexpr const char* name = "log";
    auto operator()(auto x) const { return log(abs(x)); }
    static long double exact(long double x) { return std::log(std::abs(x)); }
    static constexpr double error = 1;
};
struct Sine {
    static constexpr const char* name = "sin";
    auto operator()(auto x) const { return sin(x); }
    static long double exact(long double x) { return std::sin(x); }
    static constexpr double error = 1;
};
struct Cosine {
    static constexpr const char* name = "cos";
    auto operator()(auto x) const { return cos(x); }
    static long double exact(long double x) { return std::cos(x); }
    static constexpr double error = 1;
};
struct Sqrt {
    static constexpr const char* name = "sqrt";
    auto operator()(auto x) const { return sqrt(abs(x)); }
    static long double exact(long double x) { return std::sqrt(std::abs(x)); }
    static constexpr double error = 1;
};

template <class Function, class Element>
void expect_accurate(InstructionSet set) {
    using Limits = std::numeric_limits<Element>;
    const auto x = arguments<Element>();
    const auto y = each<Function>(set, x);
    double worst = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        const long double exact = Function::exact(x[i]), size = std::abs(exact);
        const Element exp_size = std::exp(std::abs(x[i]));
        if (size > static_cast<long double>(Limits::max())) {
            EXPECT_EQ(std::abs(y[i]), Limits::infinity()) << x[i];
        } else if (std::isinf(exp_size) && (std::isinf(y[i]) || y[i] == 0)) {  // where exp is infinite
            EXPECT_LT(std::isinf(y[i]) ? static_cast<long double>(Limits::max()) / size : size, 1e4L) << x[i];
        } else if (size < 2 * static_cast<long double>(Limits::min())) {
            EXPECT_LE(std::abs(y[i]), size * 1.001L + Limits::denorm_min()) << x[i];
        } else {
            const auto error = static_cast<double>(std::abs(y[i] - exact) / size);
            worst = std::max(worst, error / static_cast<double>(Limits::epsilon()));
            EXPECT_LE(error, Function::error * static_cast<double>(Limits::epsilon())) << x[i];
        }
    }
    testing::Test::RecordProperty("worst", std::to_string(worst));
}

template <class Element>
std::size_t bits_that_differ(const AlignedVector<Element>& a, const AlignedVector<Element>& b) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        count += std::memcmp(&a[i], &b[i], sizeof(Element)) != 0 && !(std::isnan(a[i]) && std::isnan(b[i]));
    return count;
}

/// Each value gets the same bits alone in its pack and in any company.
template <class Function, class Element>
void expect_lanes_are_alone(InstructionSet set) {
    auto x = arguments<Element>();
    x.insert(x.end(), {Element(infinity), Element(-infinity), Element(std::nan(""))});
    const auto together = each<Function>(set, x);
    AlignedVector<Element> alone(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) alone[i] = each<Function>(set, AlignedVector<Element>(16, x[i]))[0];
    EXPECT_EQ(bits_that_differ(together, alone), 0u);
    if (set != InstructionSet::avx512) return;
    EXPECT_EQ(bits_that_differ(together, each<Function>(InstructionSet::avx2, x)), 0u);
}

template <class Function>
class LaneFunction : public testing::Test {};
using Functions = testing::Types<Exp, Expm1, Exprel, LinearOverExpm1, Tanh, Cosh, Sinh, Log, Sine, Cosine, Sqrt>;
struct NameOfFunction {
    template <class Function>
    static std::string GetName(int) {  // as GoogleTest calls it
        return Function::name;
    }
};
TYPED_TEST_SUITE(LaneFunction, Functions, NameOfFunction);

TYPED_TEST(LaneFunction, is_as_accurate_as_it_states) {
    for (const InstructionSet set : instruction_sets()) {
        SCOPED_TRACE(static_cast<int>(set));
        expect_accurate<TypeParam, double>(set);
        expect_accurate<TypeParam, float>(set);
    }
}

TYPED_TEST(LaneFunction, of_a_lane_does_not_depend_on_the_others_nor_on_the_width) {
    for (const InstructionSet set : instruction_sets()) {
        SCOPED_TRACE(static_cast<int>(set));
        expect_lanes_are_alone<TypeParam, double>(set);
        expect_lanes_are_alone<TypeParam, float>(set);
    }
}

template <class Function, class Element>
Element value(InstructionSet set, double x) {
    return each<Function>(set, AlignedVector<Element>(16, static_cast<Element>(x)))[0];
}

template <class Element>
void expect_special_values(InstructionSet set) {
    EXPECT_EQ((value<Exp, Element>(set, 0)), 1);
    EXPECT_EQ((value<Exp, Element>(set, infinity)), infinity);
    EXPECT_EQ((value<Exp, Element>(set, -infinity)), 0);
    EXPECT_EQ((value<Exprel, Element>(set, 0)), 1);
    EXPECT_EQ((value<Exprel, Element>(set, -0.)), 1);
    EXPECT_EQ((value<Exprel, Element>(set, infinity)), infinity);
    EXPECT_EQ((value<Exprel, Element>(set, -infinity)), 0);
    EXPECT_EQ((value<LinearOverExpm1, Element>(set, 0)), 1);
    EXPECT_EQ((value<LinearOverExpm1, Element>(set, -745)), 745);
    EXPECT_EQ((value<LinearOverExpm1, Element>(set, 1e38)), 0);
    EXPECT_EQ((value<Tanh, Element>(set, infinity)), 1);
    EXPECT_EQ((value<Tanh, Element>(set, -infinity)), -1);
    EXPECT_EQ((value<Cosh, Element>(set, -infinity)), infinity);
    EXPECT_EQ((value<Sinh, Element>(set, infinity)), infinity);
    EXPECT_EQ((value<Sinh, Element>(set, -infinity)), -infinity);
    EXPECT_TRUE(std::isnan(value<Exp, Element>(set, std::nan("1"))));
    EXPECT_TRUE(std::isnan(value<Exprel, Element>(set, std::nan("1"))));
    EXPECT_TRUE(std::isnan(value<LinearOverExpm1, Element>(set, std::nan("1"))));
    EXPECT_TRUE(std::isnan(value<Tanh, Element>(set, std::nan("1"))));
}

TEST(LaneFunctions, at_their_special_points) {
    for (const InstructionSet set : instruction_sets()) {
        SCOPED_TRACE(static_cast<int>(set));
        expect_special_values<double>(set);
        expect_special_values<float>(set);
    }
}

struct LinearOverExpm1Derivative {
    auto operator()(auto x) const { return linear_over_expm1_derivative(x); }
};

TEST(LaneFunctions, linear_over_expm1_derivative_is_that_of_a_single_number) {
    for (const InstructionSet set : instruction_sets()) {
        const auto x = arguments<double>();
        const auto y = each<LinearOverExpm1Derivative>(set, x);
        for (std::size_t i = 0; i < x.size(); ++i) EXPECT_NEAR(y[i], linear_over_expm1_derivative(x[i]), 2e-14) << x[i];
        const auto single = arguments<float>();
        const auto z = each<LinearOverExpm1Derivative>(set, single);
        for (std::size_t i = 0; i < single.size(); ++i)
            EXPECT_NEAR(z[i], linear_over_expm1_derivative(static_cast<double>(single[i])), 5e-7) << single[i];
    }
}

/// exp(-V / width).
template <int width>
struct HodgkinHuxleyExponential {
    auto operator()(auto V) const {
        const auto e = hodgkin_huxley_exponentials(V);
        return width == 80 ? e.e80 : width == 20 ? e.e20 : width == 18 ? e.e18 : e.e10;
    }
};

template <int width, class Element>
void expect_hodgkin_huxley_exponential(InstructionSet set) {
    using Function = HodgkinHuxleyExponential<width>;
    AlignedVector<Element> V{0, Element(1e-30), Element(-1e-9), 249, -249, Element(249.01), Element(-249.01)};
    for (double each = -700; each < 700; each += 0.137) V.push_back(static_cast<Element>(each));
    const auto y = each<Function>(set, V);
    for (std::size_t i = 0; i < V.size(); ++i) {
        const long double exponent = static_cast<long double>(-V[i]) / width, exact = std::exp(exponent);
        using Limits = std::numeric_limits<Element>;
        if (exact < 4 * static_cast<long double>(Limits::min()) || exact > static_cast<long double>(Limits::max()))
            continue;
        const long double error = std::abs(y[i] - exact) / exact;
        EXPECT_LE(error, (80. / width + 4 * std::abs(exponent)) * static_cast<long double>(Limits::epsilon())) << V[i];
    }
    expect_lanes_are_alone<Function, Element>(set);
}

TEST(LaneFunctions, hodgkin_huxley_exponentials_are_right_near_and_far) {
    for (const InstructionSet set : instruction_sets()) {
        SCOPED_TRACE(static_cast<int>(set));
        expect_hodgkin_huxley_exponential<80, double>(set);
        expect_hodgkin_huxley_exponential<80, float>(set);
        expect_hodgkin_huxley_exponential<20, double>(set);
        expect_hodgkin_huxley_exponential<20, float>(set);
        expect_hodgkin_huxley_exponential<18, double>(set);
        expect_hodgkin_huxley_exponential<18, float>(set);
        expect_hodgkin_huxley_exponential<10, double>(set);
        expect_hodgkin_huxley_exponential<10, float>(set);
    }
}

/// Three quotients, of which the one with the denominator x is the result.
struct Quotients {
    auto operator()(auto x) const {
        using Real = decltype(x);
        return quotients(std::array{Ratio<Real>{1, 1 + x * x}, Ratio<Real>{x + 1, x}, Ratio<Real>{2, x - 3}})[1];
    }
    static long double exact(long double x) { return (x + 1) / x; }
};

TEST(LaneFunctions, quotients_are_right_where_their_product_is_no_number) {
    for (const InstructionSet set : instruction_sets()) {
        SCOPED_TRACE(static_cast<int>(set));
        const AlignedVector<double> x{0.1, 3, -7, 1e-30, 1e100, -1e150, 1e-300, 1e300, 5, 0.3, -0.2, 17, 2, 4, 1, 9};
        const auto y = each<Quotients>(set, x);
        for (std::size_t i = 0; i < x.size(); ++i) {
            const auto exact = static_cast<double>(Quotients::exact(x[i]));
            EXPECT_NEAR(y[i], exact, 3 * std::numeric_limits<double>::epsilon() * std::abs(exact)) << x[i];
        }
        EXPECT_EQ((value<Quotients, double>(set, 0)), infinity);
        expect_lanes_are_alone<Quotients, double>(set);
        expect_lanes_are_alone<Quotients, float>(set);
    }
}

// ---- packs

/// Something of all that two packs have.
struct ManyFunctions {
    template <class Real>
    Real operator()(Real x) const {
        const auto e = hodgkin_huxley_exponentials(x);
        const auto q = quotients(std::array{Ratio<Real>{1, 1 + x * x}, Ratio<Real>{x - 1, 2 - x}});
        const auto z = exprel(std::array<Real, 3>{x, -x, 0.01 * x});
        const Real sum = e.e80 + e.e20 - e.e18 * e.e10 + q[0] / (3 + abs(q[1])) + z[0] - z[1] * z[2];
        const Real more = exp(-abs(x)) + expm1(0.1 * x) + exprel(x) + tanh(x) + cosh(min(x, 3)) - sinh(max(x, -3)) +
                          linear_over_expm1(x) + linear_over_expm1_derivative(x) + log(abs(x) + 1) + sin(x) + cos(x) +
                          sqrt(abs(x));
        const auto is_some = (x < 1 && x > -2) || (x >= 5 && !(x <= 7));
        return select(is_some, sum, more);
    }
};

/// By two packs at once, and what masks of two say.
template <class Element>
struct EachByTwo {
    template <std::size_t bytes>
    static void run(const Element* from, Element* to, std::uint8_t* is_less, const std::size_t& count) {
        using Real = TwoPacks<Lanes<Element, bytes / sizeof(Element)>>;
        for (std::size_t at = 0; at < count; at += Real::count) {
            const Real x = Real::load(from + at);
            ManyFunctions()(x).store(to + at);
            const auto mask = x < 1;
            (any(mask) && !all(mask) ? mask : !mask).store(is_less + at);
        }
    }
};

template <class Element>
void expect_two_packs_are_two_packs(InstructionSet set) {
    AlignedVector<Element> x;
    for (int k = 0; k < 320; ++k) x.push_back(static_cast<Element>(0.1237 * (k * 97 % 320 - 160)));
    AlignedVector<Element> y(x.size());
    AlignedVector<std::uint8_t> is_less(x.size());
    loops::run<EachByTwo<Element>>(set, x.data(), y.data(), is_less.data(), x.size());
    EXPECT_EQ(bits_that_differ(y, each<ManyFunctions>(set, x)), 0u);
    for (std::size_t i = 0; i < x.size(); ++i) EXPECT_EQ(is_less[i], x[i] < 1) << i;
}

TEST(TwoPacks, give_the_bits_of_each) {
    for (const InstructionSet set : instruction_sets()) {
        SCOPED_TRACE(static_cast<int>(set));
        expect_two_packs_are_two_packs<double>(set);
        expect_two_packs_are_two_packs<float>(set);
    }
}

/// What operators and masks say of each lane, written as a number.
template <class Element>
struct Operators {
    template <std::size_t bytes>
    static void run(const Element* a, const Element* b, Element* result, std::uint8_t* flags) {
        using Real = Lanes<Element, bytes / sizeof(Element)>;
        for (std::size_t at = 0; at < 16; at += Real::count) {
            const Real x = Real::load(a + at), y = Real::load(b + at);
            const auto is_less = x<y, is_more = x> y;
            (x < y).store(flags + at);
            const auto again = Real::Mask::load(flags + at);
            (x + y).store(result + at);
            (x - y).store(result + 16 + at);
            (x * y).store(result + 32 + at);
            (x / y).store(result + 48 + at);
            (-x).store(result + 64 + at);
            max(x, y).store(result + 80 + at);
            min(x, y).store(result + 96 + at);
            abs(x).store(result + 112 + at);
            select(is_less, 1, select(is_more, 2, select((x <= y) && (x >= y), Real(3), 4))).store(result + 128 + at);
            select(!again || is_more, Real(1), 0).store(result + 144 + at);
            select(Real::Mask::first(at == 0 ? 1 : 0), Real(1), 0).store(result + 160 + at);
            select(x < 0, Real(any(is_less) ? 1 : 0), Real(all(is_less) ? 1 : 0)).store(result + 176 + at);
        }
    }
};

template <class Element>
void expect_operators(InstructionSet set) {
    const auto nan = static_cast<Element>(std::nan(""));
    const AlignedVector<Element> a{1, -2, 3, -0.5, nan, 7, 0, 1e30F, 5, 5, -1, nan, 2, 2, -3, -4};
    const AlignedVector<Element> b{2, -3, 3, -0.5, 1, nan, -0.F, 1, 4, 6, 1, nan, 1, 3, -4, -3};
    AlignedVector<Element> result(192);
    AlignedVector<std::uint8_t> flags(16);
    loops::run<Operators<Element>>(set, a.data(), b.data(), result.data(), flags.data());
    const auto same = [](Element x, Element y) { return x == y || (std::isnan(x) && std::isnan(y)); };
    for (std::size_t i = 0; i < 16; ++i) {
        const Element x = a[i], y = b[i];
        EXPECT_PRED2(same, result[i], x + y);
        EXPECT_PRED2(same, result[16 + i], x - y);
        EXPECT_PRED2(same, result[32 + i], x * y);
        EXPECT_PRED2(same, result[48 + i], x / y);
        EXPECT_PRED2(same, result[64 + i], -x);
        EXPECT_PRED2(same, result[80 + i], x < y ? y : x);
        EXPECT_PRED2(same, result[96 + i], y < x ? y : x);
        EXPECT_PRED2(same, result[112 + i], std::abs(x));
        EXPECT_EQ(result[128 + i], x < y ? 1 : x > y ? 2 : x == y ? 3 : 4) << i;
        EXPECT_EQ(flags[i], x < y);
        EXPECT_EQ(result[144 + i], !(x < y) || x > y) << i;
        EXPECT_EQ(result[160 + i], i == 0) << i;
    }
    EXPECT_EQ(result[176 + 1], 1);  // any, in the pack of 0 and 1
    EXPECT_EQ(result[176 + 0], 0);  // all
}

TEST(Lanes, compute_as_their_elements) {
    for (const InstructionSet set : instruction_sets()) {
        SCOPED_TRACE(static_cast<int>(set));
        expect_operators<double>(set);
        expect_operators<float>(set);
    }
}

TEST(Lanes, take_literals_in_their_own_precision) {
    const Lanes<float, 4> x = 3;
    EXPECT_EQ((0.1 * x)[2], 0.1F * 3.F);
    EXPECT_EQ((x - 0.1)[2], 3.F - 0.1F);
    EXPECT_EQ((1 / x)[2], 1.F / 3.F);
}

}  // namespace
}  // namespace bouton
