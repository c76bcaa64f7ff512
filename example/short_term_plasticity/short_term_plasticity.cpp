// SPDX-License-Identifier: Apache-2.0
/// \file
/// Ten spikes at 20 Hz through three AMPA synapses that differ in their short-term plasticity only: none, depression
/// (STD) and facilitation with depression (STP). Printed is the peak conductance after each spike, in units of that
/// after the first one, and the states of the plasticity when the spike has arrived.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <vector>

#include <bouton/bouton.hpp>

using namespace bouton;

namespace {

constexpr std::size_t num_spikes = 10;
constexpr double interval = 50;  // [ms]
constexpr double dt = 0.1;       // [ms]
constexpr std::size_t steps_per_interval = 500;

/// The largest value between spike `k` and the next.
double peak_after(const Record& record, std::size_t k) {
    const auto from = record.values.begin() + static_cast<std::ptrdiff_t>(k * steps_per_interval);
    return *std::max_element(from, from + steps_per_interval);
}

/// The value in the step in which spike `k` arrives: one step after it was emitted.
double on_arrival(const Record& record, std::size_t k) { return record.values[k * steps_per_interval + 1]; }

}  // namespace

int main() {
    std::vector<double> times;
    for (std::size_t k = 0; k < num_spikes; ++k) times.push_back(interval * static_cast<double>(k));

    Network net;
    const Population axon = net.add("axon", SpikeTimeGroup{times, std::vector<std::uint32_t>(num_spikes, 0)}, 1);
    const Population cell = net.add("cell", LeakyIntegrator{}, 1);
    net.connect("fixed", axon, cell, One2One{}, AMPA{}, {.g_max = 1});
    net.connect("std", axon, cell, One2One{}, AMPA{}, {.g_max = 1, .stp = STD{.U = 0.3}});
    net.connect("stp", axon, cell, One2One{}, AMPA{}, {.g_max = 1, .stp = STP{.U = 0.05, .tau_f = 500, .tau_d = 100}});

    Runner runner(net, {.monitors = {"fixed.h", "std.h", "stp.h", "std.stp.x", "stp.stp.u", "stp.stp.x"}, .dt = dt});
    const Recording& mon = runner.run(interval * num_spikes);

    std::printf("       peak response          STD     STP\n");
    std::printf("spike   none    STD    STP      x       u      x\n");
    for (std::size_t k = 0; k < num_spikes; ++k) {
        std::printf("%5zu", k + 1);
        for (const char* name : {"fixed.h", "std.h", "stp.h"})
            std::printf("  %5.3f", peak_after(mon[name], k) / peak_after(mon[name], 0));
        std::printf("  %5.3f   %5.3f  %5.3f\n", on_arrival(mon["std.stp.x"], k), on_arrival(mon["stp.stp.u"], k),
                    on_arrival(mon["stp.stp.x"], k));
    }
}
