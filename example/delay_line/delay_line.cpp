// SPDX-License-Identifier: Apache-2.0
/// \file
/// When a spike acts: three neurons fire in step 5, and the table tells in which step each of three targets first gets
/// a conductance. A spike of step n with a delay of d steps acts in step n + 1 + d: a step has one latency of its own,
/// since synapses are stepped before neurons, so no delay and a delay of 0 are the same.
#include <cstdio>
#include <string>
#include <vector>

#include <bouton/bouton.hpp>

using namespace bouton;

namespace {

constexpr double dt = 0.1;  // [ms]
constexpr std::size_t num = 3;

/// The first step in which the conductance of target `j` is not 0.
std::size_t first_step(const Record& record, std::size_t j) {
    std::size_t step = 0;
    while (record.values[step * num + j] == 0) ++step;
    return step;
}

}  // namespace

int main() {
    Network net;
    const Population pre = net.add("pre", SpikeTimeGroup{{5 * dt, 5 * dt, 5 * dt}, {0, 1, 2}}, num);
    const Population post = net.add("post", LIF{}, num);

    // Neuron i to target i; all of them share the one delay line of `pre`.
    net.connect("none", pre, post, One2One{}, AMPA{});
    net.connect("zero", pre, post, One2One{}, AMPA{}, {.delay_step = 0});
    net.connect("four", pre, post, One2One{}, AMPA{}, {.delay_step = 4});
    net.connect("per_pre", pre, post, One2One{}, AMPA{}, {.delay_step = {0, 4, 30}});
    // One axon that reaches its targets one after the other: a matrix, one row for each presynaptic neuron.
    const Array along_axon{{1, num}, {2, 12, 22}};
    net.connect("matrix", pre.view({0}), post, All2All{}, AMPA{}, {.delay_step = along_axon});
    // The same for a list of connections, one delay each, in the order of the list: neuron 2 to the targets 2, 1, 0.
    net.connect("list", pre, post, IJConn{{2, 2, 2}, {2, 1, 0}}, AMPA{}, {.delay_step = PerConnection{{2, 12, 22}}});

    const std::vector<std::string> rows = {"none", "zero", "four", "per_pre", "matrix", "list"};
    std::vector<Monitor> monitors;
    for (const std::string& row : rows) monitors.emplace_back(row + ".h");
    Runner runner(net, {.monitors = monitors, .dt = dt});
    const Recording& mon = runner.run_steps(50);

    std::printf("delay     target 0  target 1  target 2\n");
    for (const std::string& row : rows) {
        std::printf("%-8s", row.c_str());
        for (std::size_t j = 0; j < num; ++j) std::printf("  %8zu", first_step(mon[row + ".h"], j));
        std::printf("\n");
    }
}
