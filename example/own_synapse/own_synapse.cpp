// SPDX-License-Identifier: Apache-2.0
/// \file
/// A synapse of your own, next to AMPA: a conductance that rises and falls exponentially, driven by the same jump at
/// every spike. Printed is g after one spike and after two spikes 2 ms apart, and what two single responses add up to.
/// The double exponential is linear; AMPA is not, as the second pulse of transmitter meets receptors that are open.
#include <cstdio>
#include <string>
#include <vector>

#include <bouton/bouton.hpp>
#include <bouton/own_model.hpp>

using namespace bouton;

/// Difference of two exponentials, 1 at its peak after a single spike:
///
///     dg/dt = x - g / tau_decay
///     dx/dt = -x / tau_rise          spike: x += r^(r / (r - 1)) / tau_decay,   r = tau_decay / tau_rise
template <class Real>
struct BasicDoubleExponential {
    static constexpr std::string_view name = "DoubleExponential";

    Real tau_rise = 0.5;  // [ms]  not equal to tau_decay
    Real tau_decay = 5;   // [ms]

    struct State {
        Real g;  // conductance, in units of g_max
        Real x;  // [1/ms]  what still drives g up
    };

    static constexpr auto parameters() {
        using M = BasicDoubleExponential;
        return std::array{field("tau_rise", &M::tau_rise, Range::positive),
                          field("tau_decay", &M::tau_decay, Range::positive)};
    }
    static constexpr auto states() { return std::array{field("g", &State::g), field("x", &State::x)}; }
    /// What a projection takes that names neither.
    static COBA default_output() { return {.E = 0}; }
    static constexpr double default_g_max = 0.1;

    /// The second argument is the transmitter; there is none, as this synapse has no `pulse`.
    template <class Of>
    auto derivative(const State& s, Real, Of of) const {
        return std::array{of(s.g, [&](auto g) { return s.x - g / tau_decay; }),
                          of(s.x, [&](auto x) { return -x / tau_rise; })};
    }
    State jump(const State& now) const {
        const Real r = tau_decay / tau_rise;
        return {now.g, now.x + exp(r / (r - 1) * log(r)) / tau_decay};
    }
};
using DoubleExponential = BasicDoubleExponential<double>;

int main() {
    constexpr std::size_t steps_per_ms = 20;
    Network net;
    const Population one = net.add("one", SpikeTimeGroup{{1}, {0}}, 1);
    const Population two = net.add("two", SpikeTimeGroup{{1, 3}, {0, 0}}, 1);
    const Population cell = net.add("cell", HH{}, 1);
    net.connect("own_one", one, cell, All2All{}, DoubleExponential{}, {.method = "rk4"});
    net.connect("own_two", two, cell, All2All{}, DoubleExponential{}, {.method = "rk4"});
    net.connect("ampa_one", one, cell, All2All{}, AMPA{});
    net.connect("ampa_two", two, cell, All2All{}, AMPA{});

    Runner runner(net, {.monitors = {"own_one.g", "own_two.g", "ampa_one.g", "ampa_two.g"}, .dt = 1. / steps_per_ms});
    const Recording& mon = runner.run(20);

    std::printf("          double exponential                      AMPA\n");
    std::printf("t [ms]       one     two   1 + 1       one     two   1 + 1\n");
    const std::vector<std::size_t> times = {2, 3, 4, 5, 6, 8, 10, 15, 20};  // [ms]
    for (const std::size_t t : times) {
        std::printf("%6zu", t);
        for (const std::string synapse : {"own", "ampa"}) {
            const std::vector<double>&single = mon[synapse + "_one.g"].values, &pair = mon[synapse + "_two.g"].values;
            const std::size_t k = t * steps_per_ms - 1;
            const double shifted = t > 2 ? single[k - 2 * steps_per_ms] : 0;
            std::printf("%10.4f%8.4f%8.4f", single[k], pair[k], single[k] + shifted);
        }
        std::printf("\n");
    }
}
