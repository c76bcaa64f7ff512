// SPDX-License-Identifier: Apache-2.0
/// \file
/// A user's program: it compiles against the public headers, links, is of the version that its argument names, and runs
/// a network with a neuron of the library and one of its own.
#include <array>
#include <iostream>
#include <string_view>

#include <bouton/bouton.hpp>
#include <bouton/own_model.hpp>

namespace {

/// dV/dt = (I - V) / tau, a spike at 1.
template <class Real>
struct Accumulator {
    static constexpr std::string_view name = "Accumulator";
    Real tau = 5;  // [ms]
    struct State {
        Real V;
    };
    static constexpr auto parameters() {
        return std::array{bouton::field("tau", &Accumulator::tau, bouton::Range::positive)};
    }
    static constexpr auto states() { return std::array{bouton::field("V", &State::V)}; }
    static std::array<bouton::Initial, 1> initial() { return {0}; }
    template <class Of>
    auto derivative(const State& s, Real I, Of of) const {
        return std::array{of(s.V, [&](auto V) { return (I - V) / tau; })};
    }
    auto spike(const State&, const State& now) const { return now.V >= 1; }
    State reset(const State&) const { return {0}; }
};

}  // namespace

int main(int count, char** arguments) {
    using namespace bouton;
    std::cout << "bouton " << version << '\n';
    if (count != 2 || arguments[1] != version) return 1;

    Network net;
    const Population own = net.add("own", Accumulator<Parameter>{.tau = 4}, 3);
    const Population cells = net.add("cells", LIF{}, 2);
    net.connect("syn", own, cells, FixedProb{.prob = 1}, AMPA{}, {.output = CUBA{}});
    Runner runner(net, {.inputs = {{"own.input", 2}}, .monitors = {"cells.V", Monitor::Spikes{"own"}}});
    const Recording& mon = runner.run(20);
    return !mon.events("own").times.empty() && mon["cells.V"].series(1).back() > 0 ? 0 : 1;
}
