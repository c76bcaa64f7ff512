// SPDX-License-Identifier: Apache-2.0
/// \file
/// The rhythm in the spikes of a population.
#pragma once

#include <complex>
#include <numbers>
#include <span>

namespace example {

struct Rhythm {
    double frequency = 0;  ///< [Hz]
    double synchrony = 0;  ///< vector strength: 1 where all spikes have the same phase, 0 where phases are uniform
};

/// The frequency from 20 to 80 Hz, to 0.1 Hz, at which the spikes have the most similar phases: the highest peak in the
/// spectrum of the population's rate. Spikes before `from` [ms] are left out.
inline Rhythm find_rhythm(std::span<const double> spike_times, double from) {
    Rhythm best;
    for (int tenths = 200; tenths <= 800; ++tenths) {
        const double frequency = tenths / 10.;
        std::complex<double> sum = 0;
        double count = 0;
        for (const double t : spike_times)
            if (t >= from) {
                sum += std::polar(1., 2 * std::numbers::pi * frequency * t / 1000);
                ++count;
            }
        if (count > 0 && std::abs(sum) / count > best.synchrony) best = {frequency, std::abs(sum) / count};
    }
    return best;
}

}  // namespace example
