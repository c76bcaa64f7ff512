// SPDX-License-Identifier: Apache-2.0
/// \file
/// Trains the weights of two layers of spiking neurons by exact gradients: AMPA, GABAa and BioNMDA receptors onto
/// hidden neurons, AMPA from those onto a readout, whose membrane potential is to follow a given curve. Then the same
/// with `stop_spike_gradient`, so that no gradient passes the spikes of the hidden neurons: only the last weights can
/// learn.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include <bouton/bouton.hpp>

using namespace bouton;

namespace {

constexpr std::size_t steps = 200, num_in = 40, num_hidden = 24;
constexpr double dt = 0.5;  // [ms]

/// Where V of the readout should be. [mV]
double wanted(std::size_t step) { return -58 + 4 * std::sin(2 * M_PI * static_cast<double>(step) / 100); }

Network make_network(bool stops) {
    Network net({.seed = 3, .mode = Mode::training(1)});
    const LIF cell{.V_rest = -65, .V_reset = -66, .V_th = -50, .tau = 10};
    LIF silent = cell;
    silent.V_th = 1000;
    const NeuronOptions at_rest{.initial = {{"V", -62.0}}, .spike_fun = Surrogate("sigmoid", {{"alpha", 0.5}})};
    const Population in = net.add("in", cell, num_in, at_rest), hidden = net.add("hidden", cell, num_hidden, at_rest);
    const Population readout = net.add("readout", silent, 1, at_rest);
    const Uniform weights{.min_val = 0.0, .max_val = 0.04};
    net.connect("ampa", in, hidden, All2All{}, AMPA{}, {.g_max = weights});
    net.connect("nmda", in, hidden, All2All{}, BioNMDA{}, {.g_max = weights});
    net.connect("gaba", in, hidden, All2All{}, GABAa{}, {.g_max = weights});
    net.connect("out", hidden, readout, All2All{}, AMPA{}, {.g_max = 0.02, .stop_spike_gradient = stops});
    // `out` has one weight for all, so that the readout alone cannot do it.
    return net;
}

/// Adam of Kingma & Ba (2015), for weights that are not negative.
class Adam {
 public:
    void step(Network& net, const std::string& quantity, const Values& gradient, double rate) {
        Array weights = net.parameter(quantity);
        auto& [m, v, count] = moments_[quantity];
        m.resize(weights.values.size());
        v.resize(weights.values.size());
        ++count;
        for (std::size_t k = 0; k < weights.values.size(); ++k) {
            const double g = gradient.values.get(k);
            m[k] = 0.9 * m[k] + 0.1 * g;
            v[k] = 0.99 * v[k] + 0.01 * g * g;
            const double m_hat = m[k] / (1 - std::pow(0.9, count)), v_hat = v[k] / (1 - std::pow(0.99, count));
            weights.values[k] = std::max(0.0, weights.values[k] - rate * m_hat / (std::sqrt(v_hat) + 1e-9));
        }
        net.set_parameter(quantity, weights);
    }

 private:
    struct Moments {
        std::vector<double> m, v;
        int count = 0;
    };
    std::map<std::string, Moments> moments_;
};

void train(bool stops) {
    Network net = make_network(stops);
    const std::vector<std::string> quantities{"ampa.g_max", "nmda.g_max", "gaba.g_max", "out.g_max"};
    std::vector<double> current(steps * num_in);  // each neuron has its time
    for (std::size_t n = 0; n < steps; ++n)
        for (std::size_t i = 0; i < num_in; ++i) {
            const double phase = static_cast<double>(n) / 100 - static_cast<double>(i) / num_in;
            current[n * num_in + i] = 12 + 10 * std::cos(2 * M_PI * phase);
        }
    RecordedRun run(net, {.inputs = {{"in.input", PerStep{Array{{steps, num_in}, current}}}},
                          .monitors = {"readout.V", "hidden.spike"},
                          .dt = dt});
    Adam adam;
    std::printf("%s\n", stops ? "the same with stop_spike_gradient" : "a gradient through spikes");
    for (int iteration = 0; iteration <= 150; ++iteration) {
        net.reset_state();
        run.reset_state();
        run.run_steps(steps);
        const Values& V = run["readout.V"];
        Array by_V{V.shape, std::vector<double>(steps)};
        double loss = 0;
        for (std::size_t n = 0; n < steps; ++n) {
            const double off = V.values.get(n) - wanted(n);
            loss += off * off / steps;
            by_V.values[n] = 2 * off / steps;
        }
        if (iteration % 50 == 0) std::printf("  iteration %3d: mean squared distance %.2f mV^2\n", iteration, loss);
        const NamedValues gradient = run.pullback({{"readout.V", by_V}}, quantities);
        for (const std::string& quantity : quantities) adam.step(net, quantity, gradient.at(quantity), 2e-3);
    }
}

}  // namespace

int main() {
    train(false);
    train(true);
}
