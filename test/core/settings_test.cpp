// SPDX-License-Identifier: Apache-2.0
#include <support/message_of.hpp>

#include <bouton/core/error.hpp>
#include <bouton/core/settings.hpp>

#include <gtest/gtest.h>

namespace bouton {
namespace {

TEST(Settings, by_default_are_one_network_in_double_precision_without_the_switch) {
    const Settings settings;
    EXPECT_EQ(settings.seed, 0u);
    EXPECT_EQ(settings.precision, Precision::float64);
    EXPECT_FALSE(settings.mode.batched());
    EXPECT_FALSE(settings.brainpy_2_4);
}

TEST(Settings, differ_in_each_of_their_fields) {
    EXPECT_EQ(Settings(), Settings());
    EXPECT_NE(Settings(), (Settings{.seed = 1}));
    EXPECT_NE(Settings(), (Settings{.precision = Precision::float32}));
    EXPECT_NE(Settings(), (Settings{.mode = Mode::batching(1)}));
    EXPECT_NE(Settings(), (Settings{.brainpy_2_4 = true}));
}

TEST(Mode, has_rows) {
    EXPECT_EQ(Mode::nonbatching().rows(), 1u);
    EXPECT_FALSE(Mode::nonbatching().batched());
    EXPECT_EQ(Mode::batching().rows(), 1u);
    EXPECT_TRUE(Mode::batching().batched());
    EXPECT_EQ(Mode::batching(5).rows(), 5u);
    EXPECT_NE(Mode::batching(1), Mode::nonbatching());
    EXPECT_EQ(test::message_of<ParameterError>([] { Mode::batching(0); }),
              "Mode.batch_size = 0, but must be at least 1");
}

}  // namespace
}  // namespace bouton
