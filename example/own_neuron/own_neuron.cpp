// SPDX-License-Identifier: Apache-2.0
/// \file
/// A neuron of your own: the persistent sodium and potassium model, two equations that make spikes. Its struct says
/// what a model is; the methods, the batch, the monitors and a different parameter for each neuron come from the
/// library. Printed is the rate of firing by the bias of each neuron, by two methods, each in a batch of two copies.
///
/// Izhikevich (2007), "Dynamical Systems in Neuroscience", MIT Press, chapter 4.
#include <cstdio>
#include <vector>

#include <bouton/bouton.hpp>
#include <bouton/own_model.hpp>

using namespace bouton;

/// Fast sodium current and slower potassium current:
///
///     C dV/dt = -gL (V - EL) - gNa m_inf(V) (V - ENa) - gK n (V - EK) + bias + I
///       dn/dt = (n_inf(V) - n) / tau
///
///     m_inf = 1 / (1 + exp(-(V + 20) / 15))     n_inf = 1 / (1 + exp(-(V + 25) / 5))
///
/// A spike is an upward crossing of V_th; nothing is reset.
template <class Real>
struct BasicNapK {
    static constexpr std::string_view name = "NapK";

    Real C = 1;       // [uF/cm2]  capacitance
    Real gL = 8;      // [mS/cm2]  conductance of the leak
    Real EL = -80;    // [mV]      reversal potential of the leak
    Real gNa = 20;    // [mS/cm2]  conductance of sodium
    Real ENa = 60;    // [mV]      reversal potential of sodium
    Real gK = 10;     // [mS/cm2]  conductance of potassium
    Real EK = -90;    // [mV]      reversal potential of potassium
    Real tau = 1;     // [ms]      time constant of potassium
    Real bias = 0;    // [uA/cm2]  current that is always there
    Real V_th = -20;  // [mV]      a spike is where V comes up through this

    struct State {
        Real V;  // [mV]
        Real n;  // gate of potassium, in [0, 1]
    };

    static constexpr auto parameters() {
        using M = BasicNapK;
        return std::array{field("C", &M::C, Range::positive),
                          field("gL", &M::gL),
                          field("EL", &M::EL),
                          field("gNa", &M::gNa),
                          field("ENa", &M::ENa),
                          field("gK", &M::gK),
                          field("EK", &M::EK),
                          field("tau", &M::tau, Range::positive),
                          field("bias", &M::bias),
                          field("V_th", &M::V_th)};
    }
    static constexpr auto states() { return std::array{field("V", &State::V), field("n", &State::n)}; }
    static std::array<Initial, 2> initial() { return {-65, 0}; }

    /// The equations in the order of the states. `of` asks each for its value or also for its derivative by its own
    /// variable, which exp_auto needs; so V and n are `auto` there, and a function of them is a template.
    template <class Of>
    auto derivative(const State& s, Real I, Of of) const {
        const auto dV = [&](auto V) {
            const auto m_inf = 1 / (1 + exp(-(V + 20) / 15));
            return (-gL * (V - EL) - gNa * m_inf * (V - ENa) - gK * s.n * (V - EK) + bias + I) / C;
        };
        const auto dn = [&](auto n) { return (1 / (1 + exp(-(s.V + 25) / 5)) - n) / tau; };
        return std::array{of(s.V, dV), of(s.n, dn)};
    }

    auto spike(const State& old, const State& now) const { return (old.V < V_th) && (now.V >= V_th); }
};
using NapK = BasicNapK<Parameter>;

int main() {
    const std::vector<double> bias = {0, 4, 6, 10, 20, 40};  // [uA/cm2]  one for each neuron
    const double duration = 1000;                            // [ms]

    std::printf("          rate [Hz] by bias [uA/cm2]\n");
    std::printf("method    copy ");
    for (const double b : bias) std::printf("%6.0f", b);
    std::printf("\n");
    for (const char* method : {"exp_auto", "rk4"}) {
        Network net({.mode = Mode::batching(2)});
        net.add("cells", NapK{.bias = bias}, bias.size(), {.method = method});

        // 5 uA/cm2 more in the second copy: one value for each neuron of each copy.
        std::vector<double> extra(bias.size(), 0);
        extra.resize(2 * bias.size(), 5);
        Runner runner(net, {.inputs = {{"cells.input", extra}}, .monitors = {Monitor::Spikes{"cells"}}, .dt = 0.02});
        const Events& spikes = runner.run(duration).events("cells");

        std::vector<int> count(2 * bias.size());
        for (std::size_t k = 0; k < spikes.indices.size(); ++k)
            ++count[spikes.rows[k] * bias.size() + spikes.indices[k]];
        for (std::size_t copy = 0; copy < 2; ++copy) {
            std::printf("%-8s  %4zu ", method, copy);
            for (std::size_t i = 0; i < bias.size(); ++i)
                std::printf("%6.0f", count[copy * bias.size() + i] * 1000 / duration);
            std::printf("\n");
        }
    }
}
