// SPDX-License-Identifier: Apache-2.0
/// \file
/// Small networks of every kind, and products of what is recorded with what it is asked by.
#pragma once

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include <bouton/bouton.hpp>

namespace bouton::test {

/// Numbers between -1 and 1, the same on every machine.
inline std::vector<double> numbers(std::size_t count, unsigned seed) {
    std::mt19937 draws(seed);
    std::vector<double> values(count);
    for (double& value : values) value = static_cast<double>(draws()) / 2147483648.0 - 1;
    return values;
}

inline Values random_values(const Shape& shape, unsigned seed) { return Array{shape, numbers(shape.count(), seed)}; }

/// The sum of the products, and of their sizes.
struct Product {
    double sum = 0, size = 0;
    void add(const Values& a, const Values& b) {
        for (std::size_t i = 0; i < a.values.size(); ++i) {
            sum += a.values.get(i) * b.values.get(i);
            size += std::abs(a.values.get(i) * b.values.get(i));
        }
    }
};

/// A case: what is differentiated, and what is asked for.
struct Case {
    Network net;
    RecordedRunOptions options;
    std::vector<std::string> quantities;
    std::uint64_t steps = 60;
};

inline PerStep drive(std::size_t steps, std::size_t num, double mean, double spread, unsigned seed) {
    std::vector<double> values = numbers(steps * num, seed);
    for (double& value : values) value = mean + spread * value;
    return {Array{{steps, num}, values}};
}

}  // namespace bouton::test
