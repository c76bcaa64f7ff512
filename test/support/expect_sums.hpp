// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

namespace bouton::test {

/// Sums over the same connections that are formed in another order: equal to 1e-12 of the largest of them, which is
/// what the library promises of sums that are carried forward from event to event.
inline void expect_same_sums(const std::vector<double>& values, const std::vector<double>& expected) {
    ASSERT_EQ(values.size(), expected.size());
    double largest = 0;
    for (const double value : expected) largest = std::max(largest, std::abs(value));
    for (std::size_t k = 0; k < values.size(); ++k) ASSERT_NEAR(values[k], expected[k], 1e-12 * largest) << k;
}

}  // namespace bouton::test
