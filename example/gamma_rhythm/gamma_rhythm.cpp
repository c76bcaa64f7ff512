// SPDX-License-Identifier: Apache-2.0
/// \file
/// A gamma rhythm made by inhibition alone: 100 interneurons, coupled all to all by GABAa, start at random potentials
/// and fall into step. Without the synapses each keeps its own phase; slower synapses make a slower rhythm.
///
/// Wang & Buzsaki (1996), J. Neurosci. 16:6402-6413.
#include <cstdio>

#include <bouton/bouton.hpp>

#include "../rhythm.hpp"

using namespace bouton;

namespace {

constexpr int num = 100;           // neurons
constexpr double duration = 500;   // [ms]
constexpr double transient = 200;  // [ms]  before the rhythm is measured

void simulate(double g_total, const GABAa& receptor) {
    Network net({.seed = 1});
    const Population cells = net.add("cells", WangBuzsakiModel{}, num, {.initial = {{"V", Normal{-70, 20}}}});
    net.connect("syn", cells, cells, All2All{.include_self = false}, receptor, {.g_max = g_total / num});

    Runner runner(net, {.inputs = {{"cells.input", 1.0}}, .monitors = {Monitor::Spikes{"cells"}}, .dt = 0.05});
    const Events& spikes = runner.run(duration).events("cells");

    const example::Rhythm rhythm = example::find_rhythm(spikes.times, transient);
    std::printf("%8.2f  %12.2f  %6zu  %14.0f  %9.1f\n", g_total, receptor.beta, spikes.times.size(), rhythm.frequency,
                rhythm.synchrony);
}

}  // namespace

int main() {
    std::printf("coupling  decay [1/ms]  spikes  frequency [Hz]  synchrony\n");
    simulate(0, {});
    simulate(0.1, {});
    simulate(0.1, {.beta = 0.09});
}
