// SPDX-License-Identifier: Apache-2.0
// The golden data, through the loops of the library and through those that define them. BOUTON_GOLDEN names another
// folder of cases. Projections by exp_auto must have been computed in closed form.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <reference/kernels.hpp>

#include <gtest/gtest.h>

#include "golden_case.hpp"

namespace bouton::test {
namespace {

std::filesystem::path folder() {
    const char* other = std::getenv("BOUTON_GOLDEN");
    return other ? std::filesystem::path(other) : std::filesystem::path(BOUTON_SOURCE_DIR) / "test/golden/data";
}

std::vector<std::string> names() {
    std::vector<std::string> names;
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(folder(), none))
        if (std::filesystem::exists(entry.path() / "case.json")) names.push_back(entry.path().filename().string());
    std::ranges::sort(names);
    return names;
}

template <class Map>
std::vector<std::string> keys(const Map& map) {
    std::vector<std::string> keys;
    for (const auto& [key, value] : map) keys.push_back(key);
    return keys;
}

void expect_within(const std::vector<double>& got, const std::vector<double>& expected, const std::vector<double>& step,
                   const GoldenCase& golden, const std::string& column) {
    ASSERT_EQ(got.size(), expected.size()) << column;
    std::size_t wrong = 0, first = 0;
    for (std::size_t k = got.size(); k-- > 0;)
        if (!(std::abs(got[k] - expected[k]) <= golden.atol() + golden.rtol() * std::abs(expected[k]))) {
            first = k;
            ++wrong;
        }
    EXPECT_EQ(wrong, 0u) << column << " is off first in step " << step[first] << ": " << got[first] << ", but must be "
                         << expected[first];
}

void expect_same(const GoldenResult& got, const GoldenResult& expected, const GoldenCase& golden) {
    ASSERT_EQ(keys(got.columns), keys(expected.columns));
    ASSERT_EQ(got.columns.at("step"), expected.columns.at("step"));
    for (const auto& [column, values] : expected.columns)
        expect_within(got.columns.at(column), values, expected.columns.at("step"), golden, column);
    const auto [here, there] = std::ranges::mismatch(got.spikes, expected.spikes);
    EXPECT_TRUE(got.spikes == expected.spikes) << got.spikes.size() << " spikes, but must be " << expected.spikes.size()
                                               << "; the first " << here - got.spikes.begin() << " are right";
}

class Golden : public testing::TestWithParam<std::string> {};

TEST_P(Golden, case_is_reproduced) {
    const GoldenCase golden(folder() / GetParam());
    const GoldenResult expected = golden.expected();
    {
        const testing::ScopedTrace trace(__FILE__, __LINE__, "with the loops of the library");
        const GoldenResult got = golden.run(shipped_kernels());
        expect_same(got, expected, golden);
        for (const auto& [projection, how] : got.how)
            EXPECT_TRUE(how.starts_with(golden.is_training() ? "step by step" : "event-driven"))
                << projection << ": " << how;
    }
    const testing::ScopedTrace trace(__FILE__, __LINE__, "with the loops of reference/");
    expect_same(golden.run(reference::kernels()), expected, golden);
}

void expect_same(const GoldenGradients& got, const GoldenGradients& expected, const GoldenCase& golden) {
    EXPECT_NEAR(got.loss, expected.loss, golden.atol() + golden.rtol() * std::abs(expected.loss));
    for (const auto& [quantity, derivatives] : expected.derivatives) {
        ASSERT_TRUE(got.derivatives.contains(quantity)) << quantity;
        const auto& computed = got.derivatives.at(quantity);
        ASSERT_EQ(keys(computed), keys(derivatives)) << quantity;
        double largest = 0, difference = 0;
        for (const auto& [index, value] : derivatives) {
            largest = std::max(largest, std::abs(value));
            difference = std::max(difference, std::abs(computed.at(index) - value));
        }
        EXPECT_LE(difference, golden.gradient_rtol() * largest) << quantity;
    }
}

TEST_P(Golden, gradients_are_reproduced) {
    const GoldenCase golden(folder() / GetParam());
    if (!golden.has_gradients()) return;
    const GoldenGradients expected = golden.expected_gradients();
    const GoldenGradients got = golden.gradients();
    expect_same(got, expected, golden);
    // In a tenth of the memory and by two threads to the bit.
    for (const unsigned threads : {1u, 2u}) EXPECT_EQ(golden.gradients(16 << 10, threads).derivatives, got.derivatives);
}

/// Without brainpy_2_4: with it pulses are as long as comparisons of times in the precision of the run make them, and
/// differ by whole steps.
TEST_P(Golden, driven_case_is_reproduced_in_single_precision) {
    const GoldenCase golden(folder() / GetParam());
    if (!golden.is_driven()) return;
    const GoldenResult expected = golden.run(shipped_kernels(), Precision::float64, false),
                       got = golden.run(shipped_kernels(), Precision::float32, false);
    for (const auto& [column, values] : expected.columns) {
        double largest = 0, difference = 0;
        for (std::size_t k = 0; k < values.size(); ++k) {
            largest = std::max(largest, std::abs(values[k]));
            difference = std::max(difference, std::abs(got.columns.at(column)[k] - values[k]));
        }
        EXPECT_LE(difference, 2e-5 * largest) << column;
    }
}

std::string test_name(const testing::TestParamInfo<std::string>& info) {
    std::string name = info.param;
    std::ranges::replace_if(
        name, [](unsigned char c) { return !std::isalnum(c); }, '_');
    return name;
}

INSTANTIATE_TEST_SUITE_P(data, Golden, testing::ValuesIn(names()), test_name);

TEST(GoldenData, is_there) { EXPECT_FALSE(names().empty()) << "no cases in " << folder(); }

}  // namespace
}  // namespace bouton::test
