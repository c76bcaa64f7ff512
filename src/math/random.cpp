// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cassert>
#include <cmath>
#include <numbers>

#include <bouton/math/random.hpp>

#include <Random123/philox.h>

namespace bouton {
namespace {

/// FNV-1a, then mixed: the purposes of one network are few and short.
std::uint64_t hash(std::string_view text) {
    std::uint64_t h = 0xcbf29ce484222325u;
    for (const char c : text) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
    return h;
}

/// The finaliser of SplitMix64 (Steele, Lea & Flood 2014): a bijection in which every bit of x moves every bit.
std::uint64_t mix(std::uint64_t x) {
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

/// 128 random bits.
std::array<std::uint64_t, 2> philox(std::uint64_t key, std::uint64_t stream, std::uint64_t index) {
    const auto low = [](std::uint64_t x) { return static_cast<std::uint32_t>(x); };
    const auto high = [](std::uint64_t x) { return static_cast<std::uint32_t>(x >> 32); };
    const auto join = [](std::uint32_t lo, std::uint32_t hi) {
        return static_cast<std::uint64_t>(lo) | static_cast<std::uint64_t>(hi) << 32;
    };
    const r123::Philox4x32::ctr_type counter = {{low(index), high(index), low(stream), high(stream)}};
    const r123::Philox4x32::key_type philox_key = {{low(key), high(key)}};
    const auto block = r123::Philox4x32()(counter, philox_key);
    return {join(block[0], block[1]), join(block[2], block[3])};
}

double unit_interval(std::uint64_t bits) { return static_cast<double>(bits >> 11) * 0x1p-53; }  // [0, 1)
double unit_interval_open_at_0(std::uint64_t bits) {
    return (static_cast<double>(bits >> 11) + 1) * 0x1p-53;
}  // (0, 1]

}  // namespace

Random::Random(std::uint64_t seed, std::string_view purpose) : key_(seed), stream_(mix(hash(purpose))) {}

Random Random::at(std::uint64_t index) const { return {key_, mix(stream_ + 0x9e3779b97f4a7c15u * (index + 1))}; }

std::uint64_t Random::bits(std::uint64_t index) const { return philox(key_, stream_, index)[0]; }

std::array<std::uint64_t, 2> Random::halves(std::uint64_t index) const { return philox(key_, stream_, index); }

double Random::uniform(std::uint64_t index) const { return unit_interval(bits(index)); }

std::uint64_t Random::below(std::uint64_t bound, std::uint64_t index) const {
    assert(bound > 0);
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::uint64_t>(static_cast<Wide>(bits(index)) * bound >> 64);
}

double Random::normal(std::uint64_t index) const {
    const auto [a, b] = philox(key_, stream_, index);
    const double radius = std::sqrt(-2 * std::log(unit_interval_open_at_0(a)));
    return radius * std::cos(2 * std::numbers::pi * unit_interval(b));
}

double Random::exponential_of(std::uint64_t bits) { return -std::log(unit_interval_open_at_0(bits)); }

double Random::gamma(double shape, std::uint64_t index) const {
    assert(shape > 0);
    const Random tries = at(index);
    if (shape < 1) {  // a draw for shape + 1, shrunk
        const double boost = std::pow(unit_interval_open_at_0(tries.bits(0)), 1 / shape);
        return boost * tries.gamma(shape + 1, 1);
    }
    const double d = shape - 1. / 3, c = 1 / std::sqrt(9 * d);
    for (std::uint64_t k = 0;; ++k) {  // accepts 95 % or more of the tries
        const double x = tries.normal(2 * k), v = std::pow(1 + c * x, 3);
        if (v <= 0) continue;
        if (std::log(unit_interval_open_at_0(tries.bits(2 * k + 1))) < x * x / 2 + d - d * v + d * std::log(v))
            return d * v;
    }
}

void Random::uniform(std::span<double> values, std::uint64_t first) const {
    for (double& value : values) value = uniform(first++);
}

void Random::normal(std::span<double> values, std::uint64_t first) const {
    for (double& value : values) value = normal(first++);
}

}  // namespace bouton
