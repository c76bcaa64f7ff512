// SPDX-License-Identifier: Apache-2.0
// What a gradient costs beside the run that it is of, recorded step by step and with nothing computed twice: 64 copies
// of 100 neurons, by pairs with probability 0.1 onto 100 others, 200 steps on one thread. A line for each network and
// each kind of quantity: microseconds a step of the run and of the pullback, and the latter in units of the former.
//
//     bouton_bench_gradient [--precision float32] [--neurons 100] [--steps 200] [--blocks 5]
#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include <bouton/grad/recorded_run.hpp>

#include "../common/network.hpp"

using namespace bouton;

namespace {

constexpr std::size_t rows = 64;

/// Times a gradient by the quantities, and prints the line.
void measure(const Network& net, const bench::Options& options, double current, const std::string& what,
             const std::vector<std::string>& quantities) {
    Network network = net;
    RecordedRun run(network, {.inputs = {{"pre.input", bench::sequence(rows * options.neurons, current, 0.1 * current,
                                                                       bench::ratio_of_input)}},
                              .monitors = {"post.V"},
                              .threads = 1,
                              .memory = std::uint64_t{1} << 33,
                              .quantities = quantities});
    double forward = 1e9, backward = 1e9;
    NamedValues by_record;
    for (std::uint64_t block = 0; block <= options.blocks; ++block) {
        network.reset_state();
        run.reset_state();
        const bench::StopWatch watch;
        run.run_steps(options.steps);
        const double ran = watch.seconds();
        by_record.insert_or_assign("post.V", run["post.V"]);
        const bench::StopWatch pull_watch;
        run.pullback(by_record, quantities);
        if (block == 0) continue;
        forward = std::min(forward, ran);
        backward = std::min(backward, pull_watch.seconds());
    }
    const double us = 1e6 / static_cast<double>(options.steps);
    std::printf("| %-52s | %7.1f | %7.1f | %5.2f |\n", what.c_str(), forward * us, backward * us, backward / forward);
    std::fflush(stdout);
}

template <class Neuron>
void measure(const bench::Options& options, const std::string& name, const Neuron& cell, double current,
             const std::string& parameter) {
    for (const bool nmda : {false, true}) {
        Settings settings = bench::settings(options);
        settings.mode = Mode::training(rows);
        Network net(settings);
        const NeuronOptions neurons{.spike_fun = "sigmoid"};
        const Population pre = net.add("pre", cell, options.neurons, neurons);
        const Population post = net.add("post", cell, options.neurons, neurons);
        const ProjectionOptions with{.g_max = Uniform{.min_val = 0.01, .max_val = 0.03}};
        if (nmda)
            net.connect("syn", pre, post, FixedProb{.prob = 0.1}, BioNMDA{}, with);
        else
            net.connect("syn", pre, post, FixedProb{.prob = 0.1}, AMPA{}, with);
        const std::string network = name + ", " + (nmda ? "BioNMDA" : "AMPA") + ": ";
        const std::vector<std::string> kinetics =
            nmda ? std::vector<std::string>{"syn.alpha1", "syn.beta1", "syn.alpha2", "syn.beta2"}
                 : std::vector<std::string>{"syn.alpha", "syn.beta"};
        const auto line = [&](const std::string& what, const std::vector<std::string>& quantities) {
            measure(net, options, current, network + what, quantities);
        };
        line("g_max", {"syn.g_max"});
        line("one of the kinetics", {kinetics[0]});
        line("all of the kinetics", kinetics);
        line(parameter + " of post", {"post." + parameter});
        line(parameter + " of pre and post", {"pre." + parameter, "post." + parameter});
        line("V at the start", {"pre.V", "post.V"});
        line("input", {"pre.input"});
        std::vector<std::string> all = kinetics;
        all.insert(all.end(), {"syn.g_max", "pre." + parameter, "post." + parameter, "pre.V", "post.V", "pre.input"});
        line("all of these", all);
    }
}

}  // namespace

int main(int count, char** arguments) {
    const bench::Options options =
        bench::parse(count, arguments, {.neurons = 100, .steps = 200, .blocks = 5, .precision = "float32"});
    std::printf("| %-52s | %7s | %7s | %5s |\n", "network, by", "run", "pull", "ratio");
    measure(options, "LIF", LIF{.V_rest = -70, .V_reset = -70, .V_th = -50, .tau = 20}, 30, "tau");
    measure(options, "HH", HH{}, 10, "C");
    return 0;
}
