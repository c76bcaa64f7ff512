// SPDX-License-Identifier: Apache-2.0
/// \file
/// Reading what a run has recorded.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include <bouton/run/recording.hpp>

namespace bouton::test {

/// All samples of value `i` of a record without a batch.
inline std::vector<double> trace(const Recording& recording, std::string_view name, std::size_t i = 0) {
    const Record& record = recording[name];
    const std::size_t width = record.values.size() / record.ts.size();
    std::vector<double> values;
    for (std::size_t k = i; k < record.values.size(); k += width) values.push_back(record.values[k]);
    return values;
}

/// The first sample that is not 0, or the number of samples.
inline std::size_t first_rise(const std::vector<double>& values) {
    std::size_t k = 0;
    while (k < values.size() && values[k] == 0) ++k;
    return k;
}

/// Spike times that SpikeTimeGroup emits in these steps of `dt` ms.
inline std::vector<double> times_of(const std::vector<std::uint64_t>& steps, double dt = 0.1) {
    std::vector<double> times;
    for (const std::uint64_t step : steps) times.push_back(static_cast<double>(step) * dt);
    return times;
}

}  // namespace bouton::test
