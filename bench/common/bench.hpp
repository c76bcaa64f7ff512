// SPDX-License-Identifier: Apache-2.0
/// \file
/// What every benchmark program has in common, bouton's and the plain loops: its arguments, how it is timed, and the
/// line of JSON that it prints. common/peer.py is the same for programs in Python.
#pragma once

#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bench {

struct Options {
    std::size_t neurons = 4000;
    std::uint64_t transient = 500;  ///< [steps] not timed; their spikes are counted, see `early_steps`
    std::uint64_t steps = 1000;     ///< [steps] of a timed block
    std::uint64_t blocks = 5;
    unsigned threads = 1;                ///< 0: all
    std::string precision = "float64";   ///< or float32
    bool nmda = false;                   ///< kinetic: BioNMDA besides AMPA
    std::string form = {};               ///< train: which network
    std::filesystem::path write = {};    ///< write the network to this folder and end
    std::filesystem::path network = {};  ///< read the network from this folder
};

/// Arguments "--name value". Ends the program with exit code 2 for one that is not known.
inline Options parse(int count, char** arguments, Options options = {}) {
    for (int i = 1; i < count; ++i) {
        const std::string_view name = arguments[i];
        if (name == "--nmda") {
            options.nmda = true;
            continue;
        }
        const char* const value = i + 1 < count ? arguments[++i] : "";
        const auto number = [&] { return std::strtoull(value, nullptr, 10); };
        if (name == "--neurons") {
            options.neurons = number();
        } else if (name == "--transient") {
            options.transient = number();
        } else if (name == "--steps") {
            options.steps = number();
        } else if (name == "--blocks") {
            options.blocks = number();
        } else if (name == "--threads") {
            options.threads = static_cast<unsigned>(number());
        } else if (name == "--form") {
            options.form = value;
        } else if (name == "--precision") {
            options.precision = value;
        } else if (name == "--write") {
            options.write = value;
        } else if (name == "--network") {
            options.network = value;
        } else {
            std::fprintf(stderr, "%s is no argument.\n", arguments[i]);
            std::exit(2);
        }
    }
    return options;
}

/// The fractional part of x; what inputs and initial values are made of where they are not drawn.
inline double frac(double x) { return x - std::floor(x); }

class StopWatch {
 public:
    double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }

 private:
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// The most memory that this process has had. [MB]
inline double peak_memory() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmHWM:")) return std::strtod(line.c_str() + 6, nullptr) / 1024;
    return 0;
}

/// Spikes of the transient are counted over as many steps at a time, so that simulators which start from the same
/// values can be compared before chaos parts them.
inline constexpr std::uint64_t early_steps = 100;

/// A population and what was seen of it.
struct Seen {
    std::string name;
    std::size_t num;                        ///< neurons, of all rows of a batch
    std::vector<std::uint64_t> early = {};  ///< spikes of the transient, see `early_steps`
    std::uint64_t spikes = 0;               ///< after the transient
    double mean_V = 0;                      ///< [mV] at the end
};

struct Report {
    std::string simulator, version;
    double dt;             ///< [ms]
    double build_seconds;  ///< from the start of the program to a network that can be stepped
    std::vector<Seen> populations;
    std::vector<double> us_per_step = {};  ///< of each block
};

/// Times `advance(steps, seen)`, which makes as many steps and adds its spikes to `seen.spikes` of each population.
template <class Advance>
void measure(Report& report, const Options& options, const Advance& advance) {
    for (std::uint64_t done = 0; done < options.transient; done += early_steps) {
        advance(early_steps, report.populations);
        for (Seen& seen : report.populations) seen.early.push_back(std::exchange(seen.spikes, 0));
    }
    for (std::uint64_t block = 0; block < options.blocks; ++block) {
        const StopWatch watch;
        advance(options.steps, report.populations);
        report.us_per_step.push_back(watch.seconds() * 1e6 / static_cast<double>(options.steps));
    }
}

inline void print(const Report& report, const Options& options) {
    std::printf(
        "{\"simulator\": \"%s\", \"version\": \"%s\", \"neurons\": %zu, \"precision\": \"%s\", \"threads\": %u, "
        "\"start\": %.6f, \"memory\": %.1f, \"us_per_step\": [",
        report.simulator.c_str(), report.version.c_str(), options.neurons, options.precision.c_str(), options.threads,
        report.build_seconds, peak_memory());
    const char* comma = "";
    for (const double us : report.us_per_step) std::printf("%s%.3f", std::exchange(comma, ", "), us);
    std::printf("], \"populations\": {");
    const double duration = static_cast<double>(options.steps * options.blocks) * report.dt;  // [ms]
    const char* between = "";
    for (const Seen& seen : report.populations) {
        std::printf("%s\"%s\": {\"rate\": %.4f, \"mean_V\": %.6f, \"early\": [", std::exchange(between, ", "),
                    seen.name.c_str(),
                    1000. * static_cast<double>(seen.spikes) / static_cast<double>(seen.num) / duration, seen.mean_V);
        comma = "";
        for (const std::uint64_t spikes : seen.early)
            std::printf("%s%ju", std::exchange(comma, ", "), static_cast<std::uintmax_t>(spikes));
        std::printf("]}");
    }
    std::printf("}}\n");
}

}  // namespace bench
