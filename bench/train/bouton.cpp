// SPDX-License-Identifier: Apache-2.0
/// \file
/// Gradients: integrate-and-fire neurons, by AMPA receptors onto as many; the loss is the mean squared distance of the
/// postsynaptic V from -60 mV, its gradient by the weights. A step is one of the run and of its pullback. Prints one
/// line of JSON.
///
///     --form sparse    64 copies, pairs with probability 0.1
///     --form dense     64 copies, a full matrix of weights
///     --form large     one copy, 80 inputs a neuron
#include <algorithm>

#include <bouton/grad/recorded_run.hpp>
#include <bouton/math/lanes.hpp>

#include "../common/network.hpp"

using namespace bouton;

namespace {

/// The sum of (V + 60)^2, and the derivatives of its mean by V.
template <class Element>
double squares_and_derivatives(const Values& V, Values& by_V) {
    const std::span<const Element> values = V.values.as<Element>();
    const std::span<Element> derivative = by_V.values.as<Element>();
    const Element scale = static_cast<Element>(2. / static_cast<double>(values.size()));
    using Real = Lanes<Element, 16 / sizeof(Element)>;
    constexpr std::size_t block = 1024;  // whose sum is rounded little
    double sum = 0;
    std::size_t i = 0;
    while (i + Real::count <= values.size()) {
        Real squares = 0;
        for (const std::size_t end = std::min(i + block, values.size()); i + Real::count <= end; i += Real::count) {
            const Real off = Real::load(&values[i]) + 60;
            (scale * off).store(&derivative[i]);
            squares = squares + off * off;
        }
        for (std::size_t lane = 0; lane < Real::count; ++lane) sum += static_cast<double>(squares[lane]);
    }
    for (; i < values.size(); ++i) {
        const Element off = values[i] + 60;
        derivative[i] = scale * off;
        sum += static_cast<double>(off * off);
    }
    return sum;
}

}  // namespace

int main(int count, char** arguments) {
    const bench::StopWatch since_start;
    const bench::Options options =
        bench::parse(count, arguments, {.neurons = 100, .steps = 200, .blocks = 20, .form = "sparse"});
    const std::string& form = options.form;
    const bool is_large = form == "large";
    const std::size_t num = options.neurons, rows = is_large ? 1 : 64;

    Settings settings = bench::settings(options);
    settings.mode = Mode::training(rows);
    settings.brainpy_2_4 = true;  // the same pulses as the peer, to compare the answers
    Network net(settings);
    const LIF cell{.V_rest = -70, .V_reset = -70, .V_th = -50, .tau = 20};
    const NeuronOptions neurons{.initial = {{"V", bench::sequence(num, -70, 20, bench::ratio_of_V)}},
                                .spike_fun = "sigmoid"};
    const Population pre = net.add("pre", cell, num, neurons), post = net.add("post", cell, num, neurons);
    const Connector connector = form == "dense" ? Connector(All2All{})
                                : is_large      ? Connector(FixedPreNum{80})
                                                : Connector(FixedProb{.prob = 0.1});
    const double g_max = form == "dense" ? 0.1 : 1;
    net.connect("ampa", pre, post, connector, AMPA{},
                {.g_max = Uniform{.min_val = 0.5 * g_max, .max_val = 1.5 * g_max}});
    const std::vector<Input> inputs{{"pre.input", bench::sequence(rows * num, 30, 3.3, bench::ratio_of_input)}};
    if (!options.write.empty()) {
        bench::write(net, inputs, options.write);
        return 0;
    }

    RecordedRun run(net, {.inputs = inputs,
                          .monitors = {"post.V"},
                          .dt = 0.1,
                          .threads = options.threads,
                          .quantities = {"ampa.g_max"}});
    double loss = 0, largest = 0, sum = 0, forward = 0;
    NamedValues cotangents;
    std::vector<double> us_per_step;
    const auto iteration = [&] {
        net.reset_state();
        run.reset_state();
        const bench::StopWatch watch;
        run.run_steps(options.steps);
        forward = watch.seconds();
        const Values& V = run["post.V"];
        Values& by_V = cotangents.try_emplace("post.V", V).first->second;
        loss = settings.precision == Precision::float64 ? squares_and_derivatives<double>(V, by_V)
                                                        : squares_and_derivatives<float>(V, by_V);
        loss /= static_cast<double>(V.values.size());
        return run.pullback(cotangents, {"ampa.g_max"});
    };
    NamedValues gradient = iteration();
    const double start = since_start.seconds();
    double least_forward = 1e9;
    for (std::uint64_t block = 0; block < options.blocks; ++block) {
        const bench::StopWatch watch;
        gradient = iteration();
        us_per_step.push_back(watch.seconds() * 1e6 / static_cast<double>(options.steps));
        least_forward = std::min(least_forward, forward);
    }
    const Values& by_weight = gradient.at("ampa.g_max");
    for (std::size_t k = 0; k < by_weight.values.size(); ++k) {
        largest = std::max(largest, std::abs(by_weight.values.get(k)));
        sum += by_weight.values.get(k);
    }
    std::printf(
        "{\"simulator\": \"bouton\", \"version\": \"%s\", \"neurons\": %zu, \"precision\": \"%s\", \"loss\": %.9g, "
        "\"largest\": %.9g, \"sum\": %.9g, \"us_forward\": %.2f, \"record\": %.1f, \"memory\": %.1f, \"start\": %.3f, "
        "\"us_per_step\": [",
        std::string(version).c_str(), num, options.precision.c_str(), loss, largest, sum,
        least_forward * 1e6 / static_cast<double>(options.steps), static_cast<double>(run.memory()) / (1 << 20),
        bench::peak_memory(), start);
    const char* comma = "";
    for (const double us : us_per_step) std::printf("%s%.3f", std::exchange(comma, ", "), us);
    std::printf("]}\n");
    return 0;
}
