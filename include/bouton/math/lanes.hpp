// SPDX-License-Identifier: Apache-2.0
/// \file
/// Several numbers side by side, one for each of as many neurons: what the array loops hand to a model so that one
/// pass of its equations steps all of them. Written on the vector types of GCC and Clang; which instructions they
/// become is decided by the function that they are inlined into (kernel/instruction_set.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>
#include <utility>

// Vectors wider than the baseline's need everything to be inlined into a function of their instruction set: nothing is
// without optimisation, and Clang does it for direct calls only. Instrumented, they would take minutes to compile.
#if defined(__GNUC__) && !defined(__clang__) && defined(__OPTIMIZE__) && defined(__x86_64__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define BOUTON_HAS_WIDE_VECTORS 1
#endif

namespace bouton {

namespace detail {
template <class Element, std::size_t Count>
struct VectorOf {
    typedef Element Type __attribute__((vector_size(sizeof(Element) * Count)));
};

template <class To, class From>
inline To with_bits(const From& from) {
    static_assert(sizeof(To) == sizeof(From));
    To to;
    std::memcpy(&to, &from, sizeof to);
    return to;
}

// Operations that GCC 12 takes apart lane by lane in a function whose instruction set has no such vectors: they are
// written once and defined for each width with its own.
#define BOUTON_VECTOR_OPERATIONS(bytes, target)                                                            \
    template <class Vector, class Element>                                                                 \
    requires(sizeof(Vector) bytes) target inline Vector in_all_lanes(Element x) { return x - Vector{}; }   \
    template <class Bits, class Vector>                                                                    \
    requires(sizeof(Vector) bytes) target inline Bits less(Vector a, Vector b) { return a < b; }           \
    template <class Bits, class Vector>                                                                    \
    requires(sizeof(Vector) bytes) target inline Bits less_or_equal(Vector a, Vector b) { return a <= b; } \
    template <class Bits, class Vector>                                                                    \
    requires(sizeof(Vector) bytes) target inline Vector select(Bits bits, Vector a, Vector b) { return bits ? a : b; }
BOUTON_VECTOR_OPERATIONS(<= 16, )
#ifdef BOUTON_HAS_WIDE_VECTORS
#define BOUTON_AVX2 __attribute__((target("avx2")))
#define BOUTON_AVX512 __attribute__((target("avx512f,avx512dq")))
BOUTON_VECTOR_OPERATIONS(== 32, BOUTON_AVX2)
BOUTON_VECTOR_OPERATIONS(== 64, BOUTON_AVX512)
#endif
#undef BOUTON_VECTOR_OPERATIONS

/// Whether a bit is set.
template <class Vector>
inline bool any_bit(const Vector& bits) {
    std::uint64_t words[sizeof(Vector) / 8], sum = 0;
    std::memcpy(words, &bits, sizeof bits);
    for (const std::uint64_t word : words) sum |= word;
    return sum != 0;
}
#ifdef BOUTON_HAS_WIDE_VECTORS
template <class Vector>
requires(sizeof(Vector) == 32) BOUTON_AVX2 inline bool any_bit(const Vector& bits) {
    typedef long long Words __attribute__((vector_size(32)));
    return !__builtin_ia32_ptestz256((Words)bits, (Words)bits);
}
template <class Vector>
requires(sizeof(Vector) == 64) BOUTON_AVX512 inline bool any_bit(const Vector& bits) {
    typedef long long Words __attribute__((vector_size(64)));
    return __builtin_ia32_ptestmq512((Words)bits, (Words)bits, static_cast<unsigned char>(-1)) != 0;
}
#endif
/// Bit i: whether byte i of 64, each 0 or 1, is 1; by vectors of so many bytes.
template <std::size_t bytes>
requires(bytes == 16) inline std::uint64_t bits_of_flags(const std::uint8_t* from) {
    std::uint64_t words[8], bits = 0;
    std::memcpy(words, from, sizeof words);
    for (std::size_t k = 0; k < 8; ++k) bits |= (words[k] * 0x0102040810204080 >> 56) << (8 * k);
    return bits;
}
#ifdef BOUTON_HAS_WIDE_VECTORS
template <std::size_t bytes>
requires(bytes == 32) BOUTON_AVX2 inline std::uint64_t bits_of_flags(const std::uint8_t* from) {
    typedef char Flags __attribute__((vector_size(32)));
    Flags low, high;
    std::memcpy(&low, from, sizeof low);
    std::memcpy(&high, from + sizeof low, sizeof high);
    return static_cast<std::uint32_t>(__builtin_ia32_pmovmskb256(low > 0)) |
           std::uint64_t{static_cast<std::uint32_t>(__builtin_ia32_pmovmskb256(high > 0))} << 32;
}
template <std::size_t bytes>
requires(bytes == 64) __attribute__((target("avx512f,avx512bw"))) inline std::uint64_t
    bits_of_flags(const std::uint8_t* from) {
    typedef char Flags __attribute__((vector_size(64)));
    Flags flags;
    std::memcpy(&flags, from, sizeof flags);
    return __builtin_ia32_ptestmb512(flags, flags, ~std::uint64_t{0});
}
#endif
/// Stores 1 for each lane that is true, 0 for the others.
template <class Vector>
inline void store_flags(const Vector& bits, std::uint8_t* to) {
    constexpr std::size_t count = sizeof(Vector) / sizeof(bits[0]);
    const auto flags = __builtin_convertvector(bits, typename VectorOf<std::uint8_t, count>::Type) & 1;
    std::memcpy(to, &flags, sizeof flags);
}
#ifdef BOUTON_HAS_WIDE_VECTORS
// AVX2 has no instruction from wide to narrow integers: bit k of the sign bits becomes byte k by way of a product.
template <class Vector>
requires(sizeof(Vector) == 32) BOUTON_AVX2 inline void store_flags(const Vector& bits, std::uint8_t* to) {
    constexpr std::size_t count = sizeof(Vector) / sizeof(bits[0]);
    int signs = 0;
    if constexpr (count == 4)
        signs = __builtin_ia32_movmskpd256((VectorOf<double, 4>::Type)bits);
    else
        signs = __builtin_ia32_movmskps256((VectorOf<float, 8>::Type)bits);
    const std::uint64_t one_a_byte = static_cast<std::uint64_t>(signs) * 0x0101010101010101 & 0x8040201008040201;
    const std::uint64_t flags = (one_a_byte + 0x7f7f7f7f7f7f7f7f) >> 7 & 0x0101010101010101;
    std::memcpy(to, &flags, count);
}
#endif
/// Bytes as the integers of a mask.
template <class Bits>
inline Bits load_bytes(const std::uint8_t* from) {
    typename VectorOf<std::uint8_t, sizeof(Bits) / sizeof(Bits{}[0])>::Type bytes;
    std::memcpy(&bytes, from, sizeof bytes);
    return __builtin_convertvector(bytes, Bits);
}
#ifdef BOUTON_HAS_WIDE_VECTORS
// Each has an instruction where GCC 12 goes byte by byte; few bytes come by way of a word, not of a vector in memory.
#define BOUTON_LOAD_BYTES(Integer, bytes, target, widened)                                                 \
    template <class Bits>                                                                                  \
    requires(sizeof(Bits) == bytes && sizeof(Bits{}[0]) == sizeof(Integer)) target inline Bits load_bytes( \
        const std::uint8_t* from) {                                                                        \
        std::uint64_t words[2]{};                                                                          \
        std::memcpy(words, from, bytes / sizeof(Integer));                                                 \
        const auto all = (VectorOf<char, 16>::Type)VectorOf<std::uint64_t, 2>::Type{words[0], words[1]};   \
        return (Bits)widened;                                                                              \
    }
BOUTON_LOAD_BYTES(std::int64_t, 32, BOUTON_AVX2, __builtin_ia32_pmovzxbq256(all))
BOUTON_LOAD_BYTES(std::int32_t, 32, BOUTON_AVX2, __builtin_ia32_pmovzxbd256(all))
BOUTON_LOAD_BYTES(std::int64_t, 64, BOUTON_AVX512,
                  __builtin_ia32_pmovzxbq512_mask(all, VectorOf<long long, 8>::Type{}, -1))
BOUTON_LOAD_BYTES(std::int32_t, 64, BOUTON_AVX512, __builtin_ia32_pmovzxbd512_mask(all, VectorOf<int, 16>::Type{}, -1))
#undef BOUTON_LOAD_BYTES
#endif
/// b where b < a, else a; and b where a < b.
template <class Bits, class Vector>
inline Vector lesser(Vector a, Vector b) {
    return select(less<Bits>(b, a), b, a);
}
template <class Bits, class Vector>
inline Vector greater(Vector a, Vector b) {
    return select(less<Bits>(a, b), b, a);
}
/// Whether a <= b in all lanes.
template <class Bits, class Vector>
inline bool all_less_or_equal(Vector a, Vector b) {
    return !any_bit(~less_or_equal<Bits>(a, b));
}
#ifdef BOUTON_HAS_WIDE_VECTORS
// These have an instruction that GCC 12 does not find; of two numbers of which one is NaN it takes the second.
#define BOUTON_LESSER_AND_GREATER(Element, bytes, target, suffix, ...)                                            \
    template <class Bits>                                                                                         \
    target inline VectorOf<Element, bytes / sizeof(Element)>::Type lesser(                                        \
        VectorOf<Element, bytes / sizeof(Element)>::Type a, VectorOf<Element, bytes / sizeof(Element)>::Type b) { \
        return __builtin_ia32_min##suffix(b, a __VA_ARGS__);                                                      \
    }                                                                                                             \
    template <class Bits>                                                                                         \
    target inline VectorOf<Element, bytes / sizeof(Element)>::Type greater(                                       \
        VectorOf<Element, bytes / sizeof(Element)>::Type a, VectorOf<Element, bytes / sizeof(Element)>::Type b) { \
        return __builtin_ia32_max##suffix(b, a __VA_ARGS__);                                                      \
    }
#define BOUTON_ALL_LANES , a, -1, 4
BOUTON_LESSER_AND_GREATER(double, 32, BOUTON_AVX2, pd256)
BOUTON_LESSER_AND_GREATER(float, 32, BOUTON_AVX2, ps256)
BOUTON_LESSER_AND_GREATER(double, 64, BOUTON_AVX512, pd512_mask, BOUTON_ALL_LANES)
BOUTON_LESSER_AND_GREATER(float, 64, BOUTON_AVX512, ps512_mask, BOUTON_ALL_LANES)
#undef BOUTON_ALL_LANES
#undef BOUTON_LESSER_AND_GREATER
template <class Bits>
BOUTON_AVX512 inline bool all_less_or_equal(VectorOf<double, 8>::Type a, VectorOf<double, 8>::Type b) {
    constexpr int less_or_equal = 2, rounding = 4;
    return static_cast<unsigned char>(__builtin_ia32_cmppd512_mask(a, b, less_or_equal, -1, rounding)) == 0xff;
}
template <class Bits>
BOUTON_AVX512 inline bool all_less_or_equal(VectorOf<float, 16>::Type a, VectorOf<float, 16>::Type b) {
    constexpr int less_or_equal = 2, rounding = 4;
    return static_cast<unsigned short>(__builtin_ia32_cmpps512_mask(a, b, less_or_equal, -1, rounding)) == 0xffff;
}
#undef BOUTON_AVX2
#undef BOUTON_AVX512
#endif
}  // namespace detail

/// `Count` integers of the given type, for counts and flags beside the numbers of a pack.
template <class Integer, std::size_t Count>
using IntegerLanes = typename detail::VectorOf<Integer, Count>::Type;

/// The same integers in another size.
template <class To, class From>
To convert_lanes(const From& from) {
    if constexpr (std::is_same_v<To, From>)
        return from;  // which GCC 12 would do lane by lane
    else
        return __builtin_convertvector(from, To);
}

template <class Vector, class Element>
Vector load_lanes(const Element* from) {
    Vector lanes;
    std::memcpy(&lanes, from, sizeof lanes);
    return lanes;
}
template <class Vector, class Element>
void store_lanes(const Vector& lanes, Element* to) {
    std::memcpy(to, &lanes, sizeof lanes);
}

/// True or false in each lane; all bits of a lane are set, or none.
template <class Element, std::size_t Count>
struct LaneMask {
    using Integer = std::conditional_t<sizeof(Element) == 8, std::int64_t, std::int32_t>;
    using Vector = IntegerLanes<Integer, Count>;
    static constexpr std::size_t count = Count;
    Vector bits;

    /// True in the first lanes, so many.
    static LaneMask first(std::size_t lanes) {
        Vector index;
        for (std::size_t k = 0; k < Count; ++k) index[k] = static_cast<Integer>(k);
        return {detail::less<Vector>(index, detail::in_all_lanes<Vector>(static_cast<Integer>(lanes)))};
    }
    /// Where a byte is not 0.
    static LaneMask load(const std::uint8_t* from) {
        return {detail::less<Vector>(Vector{}, detail::load_bytes<Vector>(from))};
    }
    /// Where a count, which is below 2^63, is above another.
    static LaneMask above(const std::uint64_t* from, std::uint64_t other) {
        using Counts = IntegerLanes<std::int64_t, Count * sizeof(Integer) / 8>;
        const auto is_above = [other](const std::uint64_t* counts) {
            return detail::less<Counts>(detail::in_all_lanes<Counts>(static_cast<std::int64_t>(other)),
                                        load_lanes<Counts>(counts));
        };
        if constexpr (sizeof(Integer) == 8)
            return {is_above(from)};
        else
            return {each_second(detail::with_bits<Vector>(is_above(from)),
                                detail::with_bits<Vector>(is_above(from + Count / 2)),
                                std::make_index_sequence<Count>())};
    }
    /// 1 or 0.
    void store(std::uint8_t* to) const { detail::store_flags(bits, to); }
    /// -1 or 0, as integers of another size.
    template <class Other>
    IntegerLanes<Other, Count> as() const {
        return convert_lanes<IntegerLanes<Other, Count>>(bits);
    }

    friend LaneMask operator&&(LaneMask a, LaneMask b) { return {a.bits & b.bits}; }
    friend LaneMask operator||(LaneMask a, LaneMask b) { return {a.bits | b.bits}; }
    friend LaneMask operator!(LaneMask a) { return {~a.bits}; }
    friend bool any(LaneMask a) { return detail::any_bit(a.bits); }
    friend bool all(LaneMask a) { return !any(!a); }

 private:
    template <std::size_t... lane>
    static Vector each_second(const Vector& a, const Vector& b, std::index_sequence<lane...>) {
        return __builtin_shufflevector(a, b, static_cast<int>(2 * lane)...);
    }
};

/// `Count` numbers of type `Element`, a power of two.
template <class Element, std::size_t Count>
struct Lanes {
    using Vector = typename detail::VectorOf<Element, Count>::Type;
    using Mask = LaneMask<Element, Count>;
    using Bits = typename Mask::Vector;
    static constexpr std::size_t count = Count;
    Vector value;

    Lanes() = default;
    Lanes(Vector v) : value(v) {}  // NOLINT(google-explicit-constructor)
    Lanes(double x)
        : value(detail::in_all_lanes<Vector>(static_cast<Element>(x))) {}  // NOLINT(google-explicit-constructor)
    Lanes(float x)
        : value(detail::in_all_lanes<Vector>(static_cast<Element>(x))) {}  // NOLINT(google-explicit-constructor)
    Lanes(int x)
        : value(detail::in_all_lanes<Vector>(static_cast<Element>(x))) {}  // NOLINT(google-explicit-constructor)

    template <class Integers>
    static Lanes of(const Integers& integers) {
        return __builtin_convertvector(integers, Vector);
    }
    /// The numbers of both, of another type, side by side.
    template <class Other>
    static Lanes joined(Lanes<Other, Count / 2> low, Lanes<Other, Count / 2> high) {
        using Half = typename Lanes<Element, Count / 2>::Vector;
        return joined(__builtin_convertvector(low.value, Half), __builtin_convertvector(high.value, Half),
                      std::make_index_sequence<Count>());
    }
    /// From and to `Count` numbers at any address.
    static Lanes load(const Element* from) { return load_lanes<Vector>(from); }
    void store(Element* to) const { store_lanes(value, to); }
    Element operator[](std::size_t lane) const { return value[lane]; }

    friend Lanes operator+(Lanes a, Lanes b) { return a.value + b.value; }
    friend Lanes operator-(Lanes a, Lanes b) { return a.value - b.value; }
    friend Lanes operator*(Lanes a, Lanes b) { return a.value * b.value; }
    friend Lanes operator/(Lanes a, Lanes b) { return a.value / b.value; }
    friend Lanes operator-(Lanes a) { return -a.value; }

    friend Mask operator<(Lanes a, Lanes b) { return {detail::less<Bits>(a.value, b.value)}; }
    friend Mask operator<=(Lanes a, Lanes b) { return {detail::less_or_equal<Bits>(a.value, b.value)}; }
    friend Mask operator>(Lanes a, Lanes b) { return b < a; }
    friend Mask operator>=(Lanes a, Lanes b) { return b <= a; }

    friend Lanes select(Mask condition, Lanes yes, Lanes no) {
        return detail::select(condition.bits, yes.value, no.value);
    }
    friend Lanes max(Lanes a, Lanes b) { return detail::greater<Bits>(a.value, b.value); }
    friend Lanes min(Lanes a, Lanes b) { return detail::lesser<Bits>(a.value, b.value); }
    friend bool all_less_or_equal(Lanes a, Lanes b) { return detail::all_less_or_equal<Bits>(a.value, b.value); }
    friend Lanes abs(Lanes a) {
        constexpr auto all_but_sign = std::numeric_limits<typename Mask::Integer>::max();
        return detail::with_bits<Vector>(detail::with_bits<Bits>(a.value) & all_but_sign);
    }

 private:
    template <class Half, std::size_t... lane>
    static Lanes joined(const Half& low, const Half& high, std::index_sequence<lane...>) {
        return __builtin_shufflevector(low, high, static_cast<int>(lane)...);
    }
};

}  // namespace bouton
