// SPDX-License-Identifier: Apache-2.0
/// \file
/// Integrate-and-fire neurons with many inputs, coupled by AMPA, BioNMDA and GABAa receptors.
#include "../common/network.hpp"

using namespace bouton;

int main(int count, char** arguments) {
    const bench::StopWatch watch;
    const bench::Options options = bench::parse(count, arguments, {.neurons = 10'000});
    const std::size_t num = options.neurons;
    const auto num_exc = static_cast<std::int64_t>(num * 4 / 5);

    Network net(bench::settings(options));
    const LIF cell{.V_rest = -70, .V_reset = -70, .V_th = -50, .tau = 20, .tau_ref = 2};
    const Population cells =
        net.add("cells", cell, num, {.initial = {{"V", bench::sequence(num, -70, 20, bench::ratio_of_V)}}});
    const View exc = cells.slice(0, num_exc), inh = cells.slice(num_exc, {});
    const Projection ampa =
        net.connect("ampa", exc, cells, FixedPreNum{.num = 800}, AMPA{}, {.g_max = 0.002, .delay_step = 15});
    net.connect("nmda", exc, cells, ampa.connectivity(), BioNMDA{}, {.g_max = 0.0003, .delay_step = 15});
    net.connect("gaba", inh, cells, FixedPreNum{.num = 200}, GABAa{}, {.g_max = 0.04, .delay_step = 15});

    return bench::run(net, {{"cells.input", 22}}, 0.1, {cells}, options, watch);
}
