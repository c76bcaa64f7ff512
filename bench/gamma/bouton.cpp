// SPDX-License-Identifier: Apache-2.0
/// \file
/// Wang-Buzsaki interneurons, all to all by GABAa receptors.
///
/// Wang & Buzsaki (1996), J. Neurosci. 16:6402-6413.
#include "../common/network.hpp"

using namespace bouton;

int main(int count, char** arguments) {
    const bench::StopWatch watch;
    const bench::Options options = bench::parse(count, arguments, {.neurons = 100});
    const std::size_t num = options.neurons;

    Network net(bench::settings(options));
    const Population cells = net.add("cells", WangBuzsakiModel{}, num, {.initial = {{"V", Normal{-70, 20}}}});
    net.connect("gaba", cells, cells, All2All{.include_self = false}, GABAa{},
                {.g_max = 0.1 / static_cast<double>(num)});
    return bench::run(net, {{"cells.input", 1}}, 0.05, {cells}, options, watch);
}
