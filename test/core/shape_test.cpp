// SPDX-License-Identifier: Apache-2.0
#include <limits>
#include <support/message_of.hpp>

#include <bouton/core/error.hpp>
#include <bouton/core/shape.hpp>

#include <gtest/gtest.h>

namespace bouton {
namespace {

TEST(Shape, counts_its_elements) {
    EXPECT_EQ(Shape().count(), 1u);
    EXPECT_EQ(Shape(7).count(), 7u);
    EXPECT_EQ((Shape{3, 4, 5}.count()), 60u);
    EXPECT_EQ((Shape{3, 0, 5}.count()), 0u);
    EXPECT_EQ(Shape(std::numeric_limits<std::size_t>::max()).count(), std::numeric_limits<std::size_t>::max());
}

TEST(Shape, is_printed_as_a_tuple) {
    EXPECT_EQ(Shape().text(), "()");
    EXPECT_EQ(Shape(3).text(), "(3,)");
    EXPECT_EQ((Shape{3, 4}.text()), "(3, 4)");
    EXPECT_EQ((Shape{0, 1, 2}.text()), "(0, 1, 2)");
}

TEST(Shape, is_equal_axis_by_axis) {
    EXPECT_EQ((Shape{3, 4}), Shape(std::vector<std::size_t>{3, 4}));
    EXPECT_NE((Shape{3, 4}), (Shape{4, 3}));
    EXPECT_NE(Shape(12), (Shape{3, 4}));
    EXPECT_NE(Shape(1), Shape());
    EXPECT_EQ((Shape{3, 4}[1]), 4u);
    EXPECT_EQ((Shape{3, 4}.rank()), 2u);
}

TEST(Shape, a_length_is_not_negative_and_a_count_fits_in_64_bits) {
    EXPECT_EQ(test::message_of<ShapeError>([] { Shape shape(-1); }), "a size is -1, but must not be negative");
    EXPECT_EQ(test::message_of<ShapeError>([] {
                  (void)Shape{1ull << 40, 1ull << 40}.count();
              }),
              "shape (1099511627776, 1099511627776) has more elements than 64 bits can count");
    EXPECT_EQ((Shape{0, 1ull << 40, 1ull << 40}.count()), 0u);
}

}  // namespace
}  // namespace bouton
