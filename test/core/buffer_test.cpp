// SPDX-License-Identifier: Apache-2.0
// Memory of buffers that somebody else holds.
#include <bouton/core/buffer.hpp>
#include <bouton/core/error.hpp>

#include <gtest/gtest.h>

namespace bouton {
namespace {

TEST(Buffer, held_elements_stay_when_it_gets_others) {
    for (const std::size_t size : {1u, 7u, 8u, 1u << 20}) {  // the last on large pages
        Buffer buffer(Precision::float64, size, 1);
        double* const elements = buffer.as<double>().data();
        const std::shared_ptr<void> held = buffer.hold();
        EXPECT_EQ(held.get(), elements);
        EXPECT_EQ(buffer.as<double>().data(), elements);
        buffer = Buffer(Precision::float32, 3, 2);
        for (std::size_t i = 0; i < size; ++i) EXPECT_EQ(elements[i], 1);
        elements[size - 1] = 5;
        EXPECT_EQ(buffer.get(2), 2);
    }
}

TEST(Buffer, held_elements_are_shared_while_it_keeps_them) {
    Buffer buffer = Buffer::booleans(100);
    const std::shared_ptr<void> first = buffer.hold(), second = buffer.hold();
    static_cast<std::uint8_t*>(first.get())[42] = 1;
    EXPECT_EQ(buffer.get(42), 1);
    EXPECT_EQ(static_cast<std::uint8_t*>(second.get())[42], 1);
    const Buffer copy = buffer;
    static_cast<std::uint8_t*>(first.get())[42] = 0;
    EXPECT_EQ(copy.get(42), 1);
}

TEST(Buffer, held_elements_outlive_it) {
    std::shared_ptr<void> held;
    {
        Buffer buffer(Precision::float32, 10, 3);
        held = buffer.hold();
    }
    EXPECT_EQ(static_cast<float*>(held.get())[9], 3);
}

TEST(Buffer, without_elements_has_none_to_hold) { EXPECT_EQ(Buffer().hold(), nullptr); }

TEST(Buffer, larger_than_the_memory_is_refused) {
    EXPECT_THROW(Buffer(Precision::float32, std::size_t{1} << 45), MemoryError);
}

}  // namespace
}  // namespace bouton
