// SPDX-License-Identifier: Apache-2.0
/// \file
/// Sixty-four copies at once of integrate-and-fire neurons driven to about 50 Hz, by AMPA receptors onto as many.
#include "../common/network.hpp"

using namespace bouton;

int main(int count, char** arguments) {
    const bench::StopWatch watch;
    const bench::Options options = bench::parse(count, arguments, {.neurons = 100});
    const std::size_t num = options.neurons, rows = 64;

    Settings settings = bench::settings(options);
    settings.mode = Mode::batching(rows);
    Network net(settings);
    const LIF cell{.V_rest = -70, .V_reset = -70, .V_th = -50, .tau = 20};
    const Population pre =
        net.add("pre", cell, num, {.initial = {{"V", bench::sequence(num, -70, 20, bench::ratio_of_V)}}});
    const Population post =
        net.add("post", cell, num, {.initial = {{"V", bench::sequence(num, -70, 20, bench::ratio_of_V)}}});
    net.connect("ampa", pre, post, FixedProb{.prob = 0.1}, AMPA{}, {.g_max = 1});
    return bench::run(net, {{"pre.input", bench::sequence(rows * num, 30, 3.3, bench::ratio_of_input)}}, 0.1,
                      {pre, post}, options, watch);
}
