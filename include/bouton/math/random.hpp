// SPDX-License-Identifier: Apache-2.0
/// \file
/// Counter-based random numbers: a draw is a pure function of (seed, purpose, index), never the next of a stream. The
/// same on any number of threads and in any order. Generator: Philox4x32-10 of Salmon, Moraes, Dror & Shaw (2011),
/// "Parallel random numbers: as easy as 1, 2, 3", SC'11.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace bouton {

/// All draws for one purpose. A value of 16 bytes; copies draw the same numbers.
class Random {
 public:
    /// `purpose` names what is drawn ("exc.V", "syn.connections"); different purposes are independent.
    Random(std::uint64_t seed, std::string_view purpose);

    /// An independent family of draws, e.g. one for each row of a matrix or each step of a run.
    Random at(std::uint64_t index) const;

    /// 64 uniform bits.
    std::uint64_t bits(std::uint64_t index) const;
    /// 128 uniform bits, all that one call of the generator gives; the first half is `bits(index)`.
    std::array<std::uint64_t, 2> halves(std::uint64_t index) const;
    /// Uniform in [0, 1), a multiple of 2^-53.
    double uniform(std::uint64_t index) const;
    /// Uniform integer in [0, bound), bound > 0; bias below 2^-64 bound.
    std::uint64_t below(std::uint64_t bound, std::uint64_t index) const;
    /// Standard normal, by the method of Box and Muller from the two halves of one draw.
    double normal(std::uint64_t index) const;
    /// Exponential with mean 1: the inverse of its distribution function, of `bits(index)`.
    double exponential(std::uint64_t index) const { return exponential_of(bits(index)); }
    static double exponential_of(std::uint64_t bits);
    /// Gamma with the given shape > 0 and scale 1 (Marsaglia & Tsang 2000, ACM TOMS 26:363).
    double gamma(double shape, std::uint64_t index) const;

    /// values[i] = uniform(first + i), and so for normal. The kinds of draw read the same bits: use `at` where one
    /// family serves several of them.
    void uniform(std::span<double> values, std::uint64_t first = 0) const;
    void normal(std::span<double> values, std::uint64_t first = 0) const;

 private:
    Random(std::uint64_t key, std::uint64_t stream) : key_(key), stream_(stream) {}
    std::uint64_t key_;     // the seed
    std::uint64_t stream_;  // the purpose, hashed
};

}  // namespace bouton
