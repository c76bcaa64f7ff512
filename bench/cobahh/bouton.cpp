// SPDX-License-Identifier: Apache-2.0
/// \file
/// Benchmark 3 of Brette et al. (2007), J. Comput. Neurosci. 23:349-398: Hodgkin-Huxley neurons coupled by exponential
/// synapses.
#include <algorithm>

#include "../common/network.hpp"
#include "traub_miles.hpp"

using namespace bouton;

int main(int count, char** arguments) {
    const bench::StopWatch watch;
    const bench::Options options = bench::parse(count, arguments);
    const std::size_t num = options.neurons;
    const auto num_exc = static_cast<std::int64_t>(num * 4 / 5);
    const double prob = std::min(0.02, 80. / static_cast<double>(num));

    Network net(bench::settings(options));
    const Population cells = net.add("cells", bench::TraubMiles{}, num, {.initial = {{"V", Normal{-65, 5}}}});
    net.connect("exc", cells.slice(0, num_exc), cells, FixedProb{.prob = prob}, ExponentialSynapse{.tau = 5},
                {.g_max = 6, .output = COBA{.E = 0}});
    net.connect("inh", cells.slice(num_exc, {}), cells, FixedProb{.prob = prob}, ExponentialSynapse{.tau = 10},
                {.g_max = 67, .output = COBA{.E = -80}});
    return bench::run(net, {}, 0.1, {cells}, options, watch);
}
