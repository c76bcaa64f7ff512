// SPDX-License-Identifier: Apache-2.0
/// \file
/// What each receptor makes of five presynaptic spikes at 50 Hz: its open fraction g after each spike, and the current
/// into a cell whose potential is clamped, at rest and depolarised. AMPA and GABAa fall back between the spikes; NMDA
/// adds them up, and magnesium blocks it at rest.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <vector>

#include <bouton/bouton.hpp>

using namespace bouton;

namespace {

const std::vector<double> spike_times = {10, 30, 50, 70, 90};  // [ms]
const std::vector<double> clamp = {-65, -20};                  // [mV]  one cell each
constexpr double duration = 110;                               // [ms]

double peak(const Record& record, double from, double to) {
    double highest = 0;
    for (std::size_t k = 0; k < record.ts.size(); ++k)
        if (record.ts[k] > from && record.ts[k] <= to) highest = std::max(highest, record.values[k]);
    return highest;
}

/// The largest current, with its sign, into cell `cell` of the record of `input`.
double peak_current(const Record& record, std::size_t cell) {
    double largest = 0;
    for (std::size_t k = cell; k < record.values.size(); k += clamp.size())
        if (std::abs(record.values[k]) > std::abs(largest)) largest = record.values[k];
    return largest;
}

void respond(const char* name, const Synapse& receptor) {
    Network net;
    const Population axon = net.add("axon", SpikeTimeGroup{spike_times, {0, 0, 0, 0, 0}}, 1);
    const Population cells = net.add("cells", LeakyIntegrator{}, 2);
    net.connect("syn", axon, cells, All2All{}, receptor);

    // Voltage clamp: V is set at the start of each step, before the synapses read it.
    Runner runner(net, {.inputs = {{"cells.V", clamp, Operation::set}}, .monitors = {"syn.g", "cells.input"}});
    const Recording& mon = runner.run(duration);

    std::printf("%-8s", name);
    for (const double t : spike_times) std::printf("  %6.4f", peak(mon["syn.g"], t, t + 20));
    for (std::size_t cell = 0; cell < clamp.size(); ++cell)
        std::printf("  %7.3f", peak_current(mon["cells.input"], cell));
    std::printf("\n");
}

}  // namespace

int main() {
    std::printf("          peak of g after spike                   peak current at\n");
    std::printf("receptor       1       2       3       4       5  -65 mV   -20 mV\n");
    respond("AMPA", AMPA{});
    respond("GABAa", GABAa{});
    respond("BioNMDA", BioNMDA{});
}
