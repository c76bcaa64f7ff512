// SPDX-License-Identifier: Apache-2.0
/// \file
/// The documented example: a Hodgkin-Huxley neuron with a constant input drives another one by AMPA receptors, 150 ms.
/// The whole process is what counts.
///
///     bench_pair_bouton [--dt <length of a step in ms>]
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <vector>

#include <bouton/bouton.hpp>

using namespace bouton;

namespace {

/// The steps in which V comes up through 20 mV.
void print_spikes(const char* name, const std::vector<double>& V) {
    std::printf("\"%s\": [", name);
    const char* comma = "";
    for (std::size_t step = 1; step < V.size(); ++step)
        if (V[step - 1] < 20 && V[step] >= 20) {
            std::printf("%s%zu", comma, step);
            comma = ", ";
        }
    std::printf("], ");
}

}  // namespace

int main(int count, char** arguments) {
    const double dt = count == 3 && std::string_view(arguments[1]) == "--dt" ? std::strtod(arguments[2], nullptr) : 0.1;
    Network net;
    const NeuronOptions at_rest{.initial = {{"V", -65.}}};
    const Population pre = net.add("pre", HH{}, 1, at_rest), post = net.add("post", HH{}, 1, at_rest);
    net.connect("syn", pre, post, All2All{}, AMPA{});
    Runner runner(net, {.inputs = {{"pre.input", 5}}, .monitors = {"pre.V", "post.V", "syn.g"}, .dt = dt});
    const Recording& mon = runner.run(150);

    std::printf("{\"simulator\": \"bouton\", \"version\": \"%s\", ", version.data());
    print_spikes("pre", mon["pre.V"].values);
    print_spikes("post", mon["post.V"].values);
    std::printf("\"peak_g\": %.6f}\n", *std::ranges::max_element(mon["syn.g"].values));
}
