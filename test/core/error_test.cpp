// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <string_view>
#include <vector>

#include <bouton/core/error.hpp>

#include <gtest/gtest.h>

namespace bouton {
namespace {

TEST(ParameterError, names_object_field_value_and_rule) {
    const ParameterError error("AMPA", "beta", -0.18, "non-negative and finite");
    EXPECT_STREQ(error.what(), "AMPA.beta = -0.18, but must be non-negative and finite");
    EXPECT_EQ(error.owner, "AMPA");
    EXPECT_EQ(error.field, "beta");
    EXPECT_EQ(error.value, -0.18);
    for (const double sign : {1.0, -1.0})
        EXPECT_STREQ(ParameterError("exc", "tau", std::copysign(std::nan(""), sign), "finite").what(),
                     "exc.tau = nan, but must be finite");
}

TEST(NameError, lists_what_is_known) {
    const std::vector<std::string_view> known{"COBA", "CUBA"};
    EXPECT_STREQ(unknown_name("output", "foo", known).what(), "no output \"foo\"; known are COBA, CUBA");
    EXPECT_STREQ(unknown_name("output", "foo", {}).what(), "no output \"foo\"; there are none");
}

TEST(IndexError, says_what_the_index_must_be) {
    EXPECT_STREQ(IndexError("view of exc", 9, 4).what(), "index 9 of view of exc, but must be below 4");
    EXPECT_STREQ(IndexError("view of exc", 0, 0).what(), "index 0 of view of exc, which is empty");
}

TEST(NonFiniteError, says_where_and_when) {
    const NonFiniteError error("exc.V", 17, 4012, 401.2, std::nan(""));
    EXPECT_STREQ(error.what(), "exc.V[17] became nan in step 4012 (t = 401.2 ms)");
    EXPECT_EQ(error.variable, "exc.V");
    EXPECT_EQ(error.index, 17u);
    EXPECT_EQ(error.step, 4012u);
}

TEST(MemoryError, says_how_much_and_how_much_there_is) {
    const MemoryError error(412'300'000'000, 21'940'000'000);
    EXPECT_STREQ(error.what(), "412.3 GB were asked for, but must fit into the 21.9 GB of memory that are left");
    EXPECT_EQ(error.bytes, 412'300'000'000);
}

TEST(Error, is_the_base_of_all) {
    EXPECT_THROW(throw ParameterError("a", "b", 0, "c"), Error);
    EXPECT_THROW(throw ShapeError("a"), Error);
    EXPECT_THROW(throw NameError("a"), Error);
    EXPECT_THROW(throw IndexError("a", 1, 1), Error);
    EXPECT_THROW(throw UsageError("a"), Error);
    EXPECT_THROW(throw MemoryError(1, 0), Error);
    EXPECT_THROW(throw NonFiniteError("a", 0, 0, 0, 0), Error);
}

}  // namespace
}  // namespace bouton
