// SPDX-License-Identifier: Apache-2.0
/// \file
/// A full matrix of random weights: integrate-and-fire neurons driven to about 20 Hz, by AMPA receptors onto as many.
#include "../common/network.hpp"

using namespace bouton;

int main(int count, char** arguments) {
    const bench::StopWatch watch;
    const bench::Options options = bench::parse(count, arguments, {.neurons = 1000});
    const std::size_t num = options.neurons;

    Network net(bench::settings(options));
    const LIF cell{.V_rest = -70, .V_reset = -70, .V_th = -50, .tau = 20};
    const Population pre =
        net.add("pre", cell, num, {.initial = {{"V", bench::sequence(num, -70, 20, bench::ratio_of_V)}}});
    const Population post =
        net.add("post", cell, num, {.initial = {{"V", bench::sequence(num, -70, 20, bench::ratio_of_V)}}});
    net.connect("ampa", pre, post, All2All{}, AMPA{}, {.g_max = Uniform{0, 40. / static_cast<double>(num)}});
    return bench::run(net, {{"pre.input", bench::sequence(num, 21, 1.6, bench::ratio_of_input)}}, 0.1, {pre, post},
                      options, watch);
}
