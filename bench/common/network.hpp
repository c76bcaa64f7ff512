// SPDX-License-Identifier: Apache-2.0
/// \file
/// How the programs of bouton run their network, or write it to a folder for the others.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <bouton/bouton.hpp>

#include "bench.hpp"
#include "npy.hpp"

namespace bench {

inline bouton::Settings settings(const Options& options) {
    return {.seed = 1,
            .precision = options.precision == "float32" ? bouton::Precision::float32 : bouton::Precision::float64};
}

/// offset + scale frac(ratio i) for i = 0 .. num - 1.
inline std::vector<double> sequence(std::size_t num, double offset, double scale, double ratio) {
    std::vector<double> values(num);
    for (std::size_t i = 0; i < num; ++i) values[i] = offset + scale * frac(ratio * static_cast<double>(i));
    return values;
}
/// Two ratios whose multiples spread evenly over [0, 1): sqrt(2) - 1 and the golden ratio.
inline constexpr double ratio_of_V = 0.4142135623730951;
inline constexpr double ratio_of_input = 0.6180339887498949;

/// Writes to `folder`
///
///     <projection>.row.npy, <projection>.target.npy    its connections, see `bouton::Csr`
///     <projection>.weight.npy                          the weight of each, where they differ
///     <population>.V.npy, <variable>.npy               initial values; constant inputs, such as cells.input
inline void write(const bouton::Network& net, const std::vector<bouton::Input>& inputs,
                  const std::filesystem::path& folder) {
    std::filesystem::create_directories(folder);
    for (const bouton::Population& population : net.populations())
        write_npy<double>(folder / (population.name() + ".V.npy"), population.variable("V").values());
    for (const bouton::Projection& projection : net.projections()) {
        if (projection.connectivity().kind() == bouton::Connectivity::Kind::sparse) {
            const bouton::Csr& csr = projection.connectivity().csr();
            write_npy<std::uint64_t>(folder / (projection.name() + ".row.npy"), csr.row);
            write_npy<std::uint32_t>(folder / (projection.name() + ".target.npy"), csr.target);
        }
        const bouton::Buffer& weights = projection.weights().values;
        std::vector<double> values;
        for (std::size_t k = 0; k < weights.size(); ++k) values.push_back(weights.get(k));
        if (!values.empty()) write_npy<double>(folder / (projection.name() + ".weight.npy"), values);
    }
    for (const bouton::Input& input : inputs)
        if (const auto* const values = std::get_if<std::vector<double>>(&input.value))
            write_npy<double>(folder / (std::get<std::string>(input.target) + ".npy"), *values);
}

/// False where the library does not know of threads.
template <class RunnerOptions>
bool set_threads(RunnerOptions& options, unsigned threads) {
    if constexpr (requires { options.threads; }) {
        options.threads = threads;
        return true;
    }
    return threads == 1;
}

/// Runs the network, counting the spikes of `counted`, and prints what was seen; or writes it. The exit code of main.
inline int run(const bouton::Network& net, const std::vector<bouton::Input>& inputs, double dt,
               const std::vector<bouton::Population>& counted, const Options& options, const StopWatch& since_start) {
    if (!options.write.empty()) {
        write(net, inputs, options.write);
        return 0;
    }
    bouton::RunnerOptions with{.inputs = inputs, .dt = dt};
    if (!set_threads(with, options.threads)) {
        std::fprintf(stderr, "This version of bouton runs on one thread.\n");
        return 1;
    }
    for (const bouton::Population& population : counted)
        with.monitors.emplace_back(bouton::Monitor::Spikes{population.name()});
    bouton::Runner runner(net, std::move(with));

    Report report{.simulator = "bouton",
                  .version = std::string(bouton::version),
                  .dt = dt,
                  .build_seconds = since_start.seconds(),
                  .populations = {}};
    const std::size_t rows = net.settings().mode.rows();
    for (const bouton::Population& population : counted)
        report.populations.push_back({.name = population.name(), .num = population.num() * rows});
    measure(report, options, [&](std::uint64_t steps, std::vector<Seen>& populations) {
        const bouton::Recording& recording = runner.run_steps(steps);
        for (Seen& seen : populations) seen.spikes += recording.events(seen.name).steps.size();
    });
    for (std::size_t k = 0; k < counted.size(); ++k) {
        const std::vector<double> V = counted[k].variable("V").values();
        report.populations[k].mean_V = std::accumulate(V.begin(), V.end(), 0.) / static_cast<double>(V.size());
    }
    print(report, options);
    return 0;
}

}  // namespace bench
