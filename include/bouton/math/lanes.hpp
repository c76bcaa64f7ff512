// SPDX-License-Identifier: Apache-2.0
/// \file
/// Several numbers side by side, one for each of as many neurons: what the array loops hand to a model so that one
/// pass of its equations steps all of them. Written on the vector types of GCC and Clang; which instructions they
/// become is decided by the function that they are inlined into (kernel/instruction_set.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

// Vectors wider than the baseline's need everything to be inlined into a function of their instruction set: nothing is
// without optimisation, and Clang does it for direct calls only.
#if defined(__GNUC__) && !defined(__clang__) && defined(__OPTIMIZE__) && defined(__x86_64__)
#define BOUTON_HAS_WIDE_VECTORS 1
#endif

#ifdef __GNUC__
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpsabi"  // how vectors are passed does not matter where all is inlined
#endif

namespace bouton {

namespace detail {
template <class Element, std::size_t Count>
struct VectorOf {
    typedef Element Type __attribute__((vector_size(sizeof(Element) * Count)));
};

// Whether a bit is set. By reference, and with an instruction set of their own: inlined where vectors are that wide.
template <class Vector>
inline bool any_bit(const Vector& bits) {
    std::uint64_t words[sizeof(Vector) / 8], sum = 0;
    std::memcpy(words, &bits, sizeof bits);
    for (const std::uint64_t word : words) sum |= word;
    return sum != 0;
}
#ifdef BOUTON_HAS_WIDE_VECTORS
template <class Vector>
requires(sizeof(Vector) == 32) __attribute__((target("avx2"))) inline bool any_bit(const Vector& bits) {
    typedef long long Words __attribute__((vector_size(32)));
    return !__builtin_ia32_ptestz256((Words)bits, (Words)bits);
}
template <class Vector>
requires(sizeof(Vector) == 64) __attribute__((target("avx512f"))) inline bool any_bit(const Vector& bits) {
    typedef long long Words __attribute__((vector_size(64)));
    return __builtin_ia32_ptestmq512((Words)bits, (Words)bits, static_cast<unsigned char>(-1)) != 0;
}
#endif
}  // namespace detail

/// True or false in each lane; all bits of a lane are set, or none.
template <class Element, std::size_t Count>
struct LaneMask {
    using Integer = std::conditional_t<sizeof(Element) == 8, std::int64_t, std::int32_t>;
    using Vector = typename detail::VectorOf<Integer, Count>::Type;
    Vector bits;

    friend LaneMask operator&&(LaneMask a, LaneMask b) { return {a.bits & b.bits}; }
    friend LaneMask operator||(LaneMask a, LaneMask b) { return {a.bits | b.bits}; }
    friend LaneMask operator!(LaneMask a) { return {~a.bits}; }
    friend bool any(LaneMask a) { return detail::any_bit(a.bits); }
    friend bool all(LaneMask a) { return !any(!a); }
};

/// `Count` numbers of type `Element`, a power of two.
template <class Element, std::size_t Count>
struct Lanes {
    using Vector = typename detail::VectorOf<Element, Count>::Type;
    using Mask = LaneMask<Element, Count>;
    static constexpr std::size_t count = Count;
    Vector value;

    Lanes() = default;
    Lanes(Vector v) : value(v) {}                                   // NOLINT(google-explicit-constructor)
    Lanes(double x) : value(Vector{} + static_cast<Element>(x)) {}  // NOLINT(google-explicit-constructor)
    Lanes(float x) : value(Vector{} + static_cast<Element>(x)) {}   // NOLINT(google-explicit-constructor)
    Lanes(int x) : value(Vector{} + static_cast<Element>(x)) {}     // NOLINT(google-explicit-constructor)

    /// From and to `Count` numbers at any address.
    static Lanes load(const Element* from) {
        Lanes lanes;
        std::memcpy(&lanes.value, from, sizeof lanes.value);
        return lanes;
    }
    void store(Element* to) const { std::memcpy(to, &value, sizeof value); }

    friend Lanes operator+(Lanes a, Lanes b) { return a.value + b.value; }
    friend Lanes operator-(Lanes a, Lanes b) { return a.value - b.value; }
    friend Lanes operator*(Lanes a, Lanes b) { return a.value * b.value; }
    friend Lanes operator/(Lanes a, Lanes b) { return a.value / b.value; }
    friend Lanes operator-(Lanes a) { return -a.value; }

    friend Mask operator<(Lanes a, Lanes b) { return {a.value < b.value}; }
    friend Mask operator<=(Lanes a, Lanes b) { return {a.value <= b.value}; }
    friend Mask operator>(Lanes a, Lanes b) { return {a.value > b.value}; }
    friend Mask operator>=(Lanes a, Lanes b) { return {a.value >= b.value}; }

    friend Lanes select(Mask condition, Lanes yes, Lanes no) { return condition.bits ? yes.value : no.value; }
    friend Lanes max(Lanes a, Lanes b) { return select(a < b, b, a); }
};

}  // namespace bouton

#ifdef __GNUC__
#pragma GCC diagnostic pop
#endif
