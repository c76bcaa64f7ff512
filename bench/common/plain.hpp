// SPDX-License-Identifier: Apache-2.0
/// \file
/// What the plain loops share: connections sorted by the neuron that receives them, spikes on their way, and main.
#pragma once

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "bench.hpp"
#include "npy.hpp"

namespace bench {

/// x / (exp(x) - 1), continued to 1 at x = 0.
template <class Real>
Real over_expm1(Real x) {
    return std::abs(x) < Real(1e-6) ? 1 : x / (std::exp(x) - 1);
}

/// Inputs of neuron j: source[row[j]] .. source[row[j + 1] - 1].
struct Incoming {
    std::vector<std::uint64_t> row;
    std::vector<std::uint32_t> source;

    template <class Real>
    Real sum(const std::vector<Real>& values, std::size_t j) const {
        Real total = 0;
        for (std::uint64_t k = row[j]; k < row[j + 1]; ++k) total += values[source[k]];
        return total;
    }
};

/// The connections `name` of a network that bouton has written.
inline Incoming read_incoming(const std::filesystem::path& folder, const std::string& name, std::size_t num_post) {
    const auto out_row = read_npy<std::uint64_t>(folder / (name + ".row.npy"));
    const auto target = read_npy<std::uint32_t>(folder / (name + ".target.npy"));
    Incoming in{std::vector<std::uint64_t>(num_post + 1, 0), std::vector<std::uint32_t>(target.size())};
    for (const std::uint32_t j : target) ++in.row[j + 1];
    for (std::size_t j = 0; j < num_post; ++j) in.row[j + 1] += in.row[j];
    std::vector<std::uint64_t> next = in.row;
    for (std::size_t i = 0; i + 1 < out_row.size(); ++i)
        for (std::uint64_t k = out_row[i]; k < out_row[i + 1]; ++k)
            in.source[next[target[k]]++] = static_cast<std::uint32_t>(i);
    return in;
}

/// Spikes of the last steps: those of a step arrive after `delay` further ones.
class DelayLine {
 public:
    explicit DelayLine(std::uint64_t delay) : slots_(delay + 1) {}
    /// What arrives in this step.
    const std::vector<std::uint32_t>& arriving(std::uint64_t step) const { return slots_[step % slots_.size()]; }
    /// Where the spikes of this step are put, after those that arrive have been read.
    std::vector<std::uint32_t>& departing(std::uint64_t step) {
        slots_[step % slots_.size()].clear();
        return slots_[step % slots_.size()];
    }

 private:
    std::vector<std::vector<std::uint32_t>> slots_;
};

/// Runs Net<double> or Net<float>: `step()` makes a step and returns how many neurons spiked. The exit code of main.
template <template <class> class Net>
int run_plain(int count, char** arguments, double dt) {
    const StopWatch watch;
    const Options options = parse(count, arguments);
    const auto run = [&](auto net) {
        Report report{.simulator = BENCH_SIMULATOR,
                      .version = "g++ " __VERSION__,
                      .dt = dt,
                      .build_seconds = watch.seconds(),
                      .populations = {{.name = "cells", .num = options.neurons}}};
        measure(report, options, [&](std::uint64_t steps, std::vector<Seen>& seen) {
            for (std::uint64_t k = 0; k < steps; ++k) seen[0].spikes += net.step();
        });
        report.populations[0].mean_V = net.mean_V();
        print(report, options);
    };
    if (options.precision == "float32") {
        run(Net<float>(options));
    } else {
        run(Net<double>(options));
    }
    return 0;
}

}  // namespace bench
