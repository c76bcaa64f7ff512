// SPDX-License-Identifier: Apache-2.0
/// \file
/// Hodgkin-Huxley neurons coupled by AMPA and GABAa receptors, with --nmda by BioNMDA receptors besides.
#include "../common/network.hpp"

using namespace bouton;

int main(int count, char** arguments) {
    const bench::StopWatch watch;
    const bench::Options options = bench::parse(count, arguments);
    const std::size_t num = options.neurons;
    const auto num_exc = static_cast<std::int64_t>(num * 4 / 5);

    Network net(bench::settings(options));
    const Population cells =
        net.add("cells", HH{}, num, {.initial = {{"V", bench::sequence(num, -70, 10, bench::ratio_of_V)}}});
    const View exc = cells.slice(0, num_exc), inh = cells.slice(num_exc, {});
    const Projection ampa =
        net.connect("ampa", exc, cells, FixedPreNum{.num = 64}, AMPA{}, {.g_max = 0.02, .delay_step = 10});
    net.connect("gaba", inh, cells, FixedPreNum{.num = 16}, GABAa{}, {.g_max = 0.10, .delay_step = 10});
    if (options.nmda)
        net.connect("nmda", exc, cells, ampa.connectivity(), BioNMDA{}, {.g_max = 0.004, .delay_step = 10});

    return bench::run(net, {{"cells.input", bench::sequence(num, 0, 6, bench::ratio_of_input)}}, 0.1, {cells}, options,
                      watch);
}
