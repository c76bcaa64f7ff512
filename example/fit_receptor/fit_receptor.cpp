// SPDX-License-Identifier: Apache-2.0
/// \file
/// Fits alpha and beta of a receptor to a conductance that was recorded with noise, by the method of Gauss and Newton:
/// forward mode gives the columns of the Jacobian. The errors of the estimates follow from it, too.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <vector>

#include <bouton/bouton.hpp>

using namespace bouton;

namespace {

constexpr std::size_t steps = 1000;
constexpr double noise = 0.02;

Network make_network(const AMPA& receptor) {
    Network net({.mode = Mode::training(1)});
    const Population pre = net.add("pre", SpikeTimeGroup{{5, 20, 22, 24, 60, 61}, {0, 0, 0, 0, 0, 0}}, 1);
    const Population post = net.add("post", LIF{}, 1);
    net.connect("syn", pre, post, One2One{}, receptor, {.output = Output()});
    return net;
}

}  // namespace

int main() {
    // What was recorded: alpha 1.1, beta 0.19, and normal noise.
    RecordedRun truth(make_network(AMPA{.alpha = 1.1, .beta = 0.19}), {.monitors = {"syn.g"}});
    truth.run_steps(steps);
    std::vector<double> recorded(steps);
    Random(7, "noise").normal(recorded);
    for (std::size_t n = 0; n < steps; ++n) recorded[n] = truth["syn.g"].values.get(n) + noise * recorded[n];

    Network net = make_network(AMPA{.alpha = 0.5, .beta = 0.5});
    RecordedRun run(net, {.monitors = {"syn.g"}});
    const Values one = Array{Shape(), {1.0}};
    for (int iteration = 0;; ++iteration) {
        net.reset_state();
        run.reset_state();
        run.run_steps(steps);
        const Values& g = run["syn.g"];
        const Values by_alpha = run.pushforward({{"syn.alpha", one}}).at("syn.g");
        const Values by_beta = run.pushforward({{"syn.beta", one}}).at("syn.g");
        double aa = 0, ab = 0, bb = 0, ra = 0, rb = 0, loss = 0;  // the normal equations
        for (std::size_t n = 0; n < steps; ++n) {
            const double a = by_alpha.values.get(n), b = by_beta.values.get(n), off = recorded[n] - g.values.get(n);
            aa += a * a;
            ab += a * b;
            bb += b * b;
            ra += a * off;
            rb += b * off;
            loss += off * off;
        }
        const double determinant = aa * bb - ab * ab, variance = loss / (steps - 2);
        const double alpha = net.parameter("syn.alpha").values[0], beta = net.parameter("syn.beta").values[0];
        std::printf("alpha %.3f +- %.3f, beta %.4f +- %.4f, noise %.4f\n", alpha,
                    std::sqrt(variance * bb / determinant), beta, std::sqrt(variance * aa / determinant),
                    std::sqrt(variance));
        if (iteration == 8) break;
        // Both are positive, and a first guess may be far off: relative steps, at most by half.
        const auto moved = [](double value, double by) { return value * std::exp(std::clamp(by / value, -0.7, 0.7)); };
        net.set_parameter("syn.alpha", {Shape(), {moved(alpha, (bb * ra - ab * rb) / determinant)}});
        net.set_parameter("syn.beta", {Shape(), {moved(beta, (aa * rb - ab * ra) / determinant)}});
    }
}
