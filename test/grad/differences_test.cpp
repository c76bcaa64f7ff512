// SPDX-License-Identifier: Apache-2.0
// Gradients against central differences: of the network itself where no surrogate lies on the path, and of a plain
// simulation in which spikes move with a primitive of the surrogate where one does.
#include <gtest/gtest.h>

#include "random_networks.hpp"

namespace bouton::test {
namespace {

/// The loss sum_i c_i V_i of a run from the start, with a quantity moved.
class Loss {
 public:
    explicit Loss(const Case& given) : given_(given), run_(given_.net, given_.options) {}

    double operator()(const std::string& quantity, std::size_t i, double by) {
        given_.net.reset_state();
        Array before;
        if (is_state(quantity)) {
            given_.net.variable(quantity).transform([&](auto x, std::size_t at) { return at == i ? x + by : x; });
        } else if (by != 0) {
            before = given_.net.parameter(quantity);
            Array moved = before;
            moved.values[i] += by;
            given_.net.set_parameter(quantity, moved);
        }
        run_.reset_state();
        run_.run_steps(given_.steps);
        double sum = 0;
        for (const std::string& name : run_.monitors()) {
            const Array record = run_[name].array();
            const std::vector<double> c = numbers(record.values.size(), 12);
            for (std::size_t k = 0; k < c.size(); ++k) sum += c[k] * record.values[k];
        }
        if (!before.values.empty()) given_.net.set_parameter(quantity, before);
        return sum;
    }
    /// Of a parameter; 0 for a state.
    double value(const std::string& quantity, std::size_t i) const {
        return is_state(quantity) ? 0 : given_.net.parameter(quantity).values[i];
    }
    NamedValues gradient() {
        (*this)("", 0, 0);
        NamedValues cotangents;
        for (const std::string& name : run_.monitors()) cotangents[name] = random_values(run_[name].shape, 12);
        return run_.pullback(cotangents, given_.quantities);
    }

 private:
    static bool is_state(const std::string& quantity) {
        return quantity == "post.V" || quantity == "syn.g" || quantity == "syn.x";
    }
    Case given_;
    RecordedRun run_;
};

void expect_differences(const Case& given) {
    Loss loss(given);
    const NamedValues gradient = loss.gradient();
    for (const std::string& quantity : given.quantities) {
        const Values& derivative = gradient.at(quantity);
        double largest = 0;
        for (std::size_t i = 0; i < derivative.values.size(); ++i)
            largest = std::max(largest, std::abs(derivative.values.get(i)));
        EXPECT_GT(largest, 0) << quantity;
        for (std::size_t i = 0; i < derivative.values.size(); ++i) {
            const double value = loss.value(quantity, i), h = value == 0 ? 1e-4 : 3e-4 * std::abs(value);
            // Of order 4, so that it is the rounding that limits it.
            const double difference = (8 * (loss(quantity, i, h) - loss(quantity, i, -h)) -
                                       (loss(quantity, i, 2 * h) - loss(quantity, i, -2 * h))) /
                                      (12 * h);
            EXPECT_NEAR(derivative.values.get(i), difference, 1e-6 * largest) << quantity << "[" << i << "]";
        }
    }
}

/// Given spikes, through a synapse, onto neurons that do not spike.
template <class Model>
Case driven(const Model& neuron, double V, const Synapse& synapse, const ProjectionOptions& options,
            const std::string& method, std::vector<std::string> quantities) {
    Case made{Network({.mode = Mode::training(1)}), {}, {}};
    const Population pre = made.net.add("pre", SpikeTimeGroup{{0, 0.3, 0.5, 2, 3.1}, {0, 1, 0, 2, 1}}, 3);
    const Population post = made.net.add("post", neuron, 2, {.initial = {{"V", {V, V + 2}}}, .method = method});
    made.net.connect("syn", pre, post, All2All{}, synapse, options);
    made.options = {.monitors = {"post.V", "syn.g"}};
    made.quantities = std::move(quantities);
    made.quantities.insert(made.quantities.end(), {"syn.g_max", "post.V", "syn.g"});
    return made;
}

TEST(Differences, of_synapses_by_every_method) {
    const LIF quiet{.V_rest = -60, .V_th = 1e6};
    for (const std::string method : {"exp_auto", "euler", "midpoint", "rk4", "ssprk3"}) {
        const testing::ScopedTrace trace(__FILE__, __LINE__, method);
        expect_differences(
            driven(quiet, -60, AMPA{}, {.g_max = Array{{3, 2}, {0.1, 0.2, 0.3, 0.1, 0.4, 0.2}}, .method = method},
                   method, {"syn.alpha", "syn.beta", "syn.T", "syn.output.E", "post.tau", "post.R", "post.V_rest"}));
        expect_differences(
            driven(quiet, -60, BioNMDA{},
                   {.g_max = 0.3, .stp = {STP{.U = 0.2, .tau_f = 30, .tau_d = 20}, method}, .method = method}, method,
                   {"syn.alpha1", "syn.beta1", "syn.alpha2", "syn.beta2", "syn.T_0", "syn.x", "syn.stp.tau_d",
                    "syn.output.alpha", "syn.output.beta", "syn.output.cc_Mg"}));
        expect_differences(driven(quiet, -60, GABAa{},
                                  {.delay_step = 2, .stp = {STD{.tau = 20, .U = 0.3}, method}, .method = method},
                                  method, {"syn.stp.tau", "syn.stp.U"}));
    }
}

/// There U is the source of u, too.
TEST(Differences, of_a_facilitation_of_brainpy_2_4) {
    Case given{Network({.mode = Mode::training(1), .brainpy_2_4 = true}), {}, {}};
    const Population pre = given.net.add("pre", SpikeTimeGroup{{0, 0.3, 2, 3.1}, {0, 1, 2, 1}}, 3);
    const Population post = given.net.add("post", LIF{.V_rest = -60, .V_th = 1e6}, 2, {.initial = {{"V", -60.0}}});
    given.net.connect("syn", pre, post, All2All{}, AMPA{}, {.stp = STP{.U = 0.2, .tau_f = 30, .tau_d = 20}});
    given.options.monitors = {"post.V"};
    given.quantities = {"syn.stp.U", "syn.stp.tau_f"};
    expect_differences(given);
}

TEST(Differences, of_neurons_whose_equations_are_not_linear) {
    for (const std::string method : {"exp_auto", "rk4"}) {
        const testing::ScopedTrace trace(__FILE__, __LINE__, method);
        const auto with = [&](const auto& neuron, double V, std::vector<std::string> quantities) {
            const testing::ScopedTrace of(__FILE__, __LINE__, std::string(neuron.name));
            expect_differences(driven(neuron, V, AMPA{}, {.g_max = 0.05}, method, std::move(quantities)));
        };
        with(HH{}, -60, {"post.gNa", "post.ENa", "post.gK", "post.gL", "post.C"});
        with(WangBuzsakiModel{}, -75, {"post.gNa", "post.phi", "post.gK", "post.C"});
        with(MorrisLecar{}, -30, {"post.V1", "post.V2", "post.V3", "post.V4", "post.phi", "post.g_Ca"});
        with(ExpIF{}, -62, {"post.V_T", "post.delta_T", "post.tau"});
        with(QuaIF{}, -60, {"post.c", "post.V_c", "post.tau"});
        with(AdExIF{}, -63, {"post.a", "post.tau_w", "post.delta_T"});
        with(FHN{}, -1, {"post.a", "post.b", "post.tau"});
        with(HindmarshRose{}, -1.5, {"post.a", "post.b", "post.d", "post.r", "post.s"});
        with(Izhikevich{}, -65, {"post.a", "post.b"});
        with(GIF{.a = 0.1}, -68, {"post.tau", "post.R", "post.V_rest"});
    }
}

/// LIF neurons i -> AMPA with STD -> one LIF j, by hand. Spikes are those that were seen, moved by a primitive of the
/// surrogate: s = seen + P(x) - P(x seen); the reset takes the spike that was seen.
struct ByHand {
    static constexpr std::size_t num = 3, steps = 50;
    double dt = 0.2;
    std::size_t pulse = 3, delay = 1, held = 2;  // steps
    double alpha = 1.5;                          // of the sigmoid, whose primitive is 1 / (1 + exp(-alpha x))
    std::vector<double> w{0.5, 0.8, 0.3};
    std::vector<double> current = std::vector<double>(steps * num, 0);
    double rate = 0.98, tau = 10;

    struct Seen {
        std::vector<double> x, s;
    };
    struct Path {
        std::vector<double> x, s, V;
    };

    double primitive(double x) const { return 1 / (1 + std::exp(-alpha * x)); }

    /// One neuron after the other, `num` presynaptic ones and the last: x and s, and the last one's V.
    Path run(const Seen* seen) const {
        Path path{std::vector<double>(steps * (num + 1)), std::vector<double>(steps * (num + 1)), {}};
        std::vector<double> V(num + 1, -55), g(num, 0), D(num, 1);
        std::vector<int> left(num + 1, 0);
        const double beta = 0.18, T = 0.5, decay = std::exp(-dt / tau);
        for (std::size_t n = 0; n < steps; ++n) {
            const auto arriving = [&](std::size_t i, std::size_t ago) {
                return n < ago + 1 + delay ? 0.0 : path.s[(n - ago - 1 - delay) * (num + 1) + i];
            };
            double h = 0;
            for (std::size_t i = 0; i < num; ++i) {
                const double before = D[i];
                D[i] = 1 + (before - 1) * std::exp(-dt / 20) - arriving(i, 0) * 0.3 * before;
                double none = 1;
                for (std::size_t ago = 0; ago < pulse; ++ago) none *= 1 - arriving(i, ago);
                const double TT = T * (1 - none), L = rate * TT + beta;
                g[i] = g[i] * std::exp(-L * dt) + rate * TT / L * (1 - std::exp(-L * dt));
                h += w[i] * g[i] * D[i];
            }
            for (std::size_t i = 0; i <= num; ++i) {
                const double I = i < num ? current[n * num + i] : 5 + h * (0 - V[num]);
                double next = -60 + I + (V[i] + 60 - I) * decay;
                if (left[i] > 1) next = V[i];
                if (left[i] > 0) --left[i];
                const std::size_t at = n * (num + 1) + i;
                path.x[at] = next + 50;
                const double hard = seen ? seen->s[at] : (next >= -50 ? 1 : 0);
                path.s[at] = seen ? hard + primitive(path.x[at]) - primitive(seen->x[at]) : hard;
                if (hard == 1) left[i] = static_cast<int>(held) + 1;
                V[i] = next + hard * (-65 - next);
                if (hard == 1) V[i] = -65;
            }
            path.V.push_back(V[num]);
        }
        return path;
    }
    static double loss(const Path& path) {
        double sum = 0;
        for (std::size_t n = 0; n < steps; ++n)
            sum += std::cos(0.1 * static_cast<double>(n)) * path.V[n] + 3 * path.s[n * (num + 1) + num];
        return sum;
    }
};

TEST(Differences, with_a_primitive_of_the_surrogate) {
    ByHand by_hand;
    by_hand.current = numbers(ByHand::steps * ByHand::num, 21);
    for (double& value : by_hand.current) value = 40 + 10 * value;
    const ByHand::Path seen_path = by_hand.run(nullptr);
    const ByHand::Seen seen{seen_path.x, seen_path.s};
    const auto difference = [&](double& moved) {
        const double h = 1e-5, at = moved;
        moved = at + h;
        const double above = ByHand::loss(by_hand.run(&seen));
        moved = at - h;
        const double below = ByHand::loss(by_hand.run(&seen));
        moved = at;
        return (above - below) / (2 * h);
    };

    Network net({.mode = Mode::training(1)});
    const LIF cell{.V_rest = -60, .V_reset = -65, .V_th = -50, .tau = 10, .tau_ref = 0.4};
    const NeuronOptions options{.initial = {{"V", -55.0}},
                                .spike_fun = Surrogate("sigmoid", {{"alpha", by_hand.alpha}})};
    const Population pre = net.add("pre", cell, 3, options), post = net.add("post", cell, 1, options);
    net.connect("syn", pre, post, All2All{}, AMPA{.T_duration = 0.6},
                {.g_max = PerPre{by_hand.w}, .delay_step = 1, .stp = STD{.tau = 20, .U = 0.3}});
    RecordedRun run(
        net, {.inputs = {{"pre.input", PerStep{Array{{ByHand::steps, 3}, by_hand.current}}}, {"post.input", 5.0}},
              .monitors = {"post.V", "post.spike", "pre.spike"},
              .dt = by_hand.dt});
    run.run_steps(ByHand::steps);
    std::size_t spikes = 0;
    Array by_V{run["post.V"].shape, {}}, by_spike{run["post.spike"].shape, {}};
    for (std::size_t n = 0; n < ByHand::steps; ++n) {
        ASSERT_NEAR(run["post.V"].values.get(n), seen_path.V[n], 1e-10) << n;
        for (std::size_t i = 0; i < 3; ++i) {
            ASSERT_EQ(run["pre.spike"].values.get(n * 3 + i), seen_path.s[n * 4 + i]) << n;
            spikes += seen_path.s[n * 4 + i] > 0;
        }
        by_V.values.push_back(std::cos(0.1 * static_cast<double>(n)));
        by_spike.values.push_back(3);
    }
    EXPECT_GT(spikes, 5u);
    const NamedValues gradient =
        run.pullback({{"post.V", by_V}, {"post.spike", by_spike}}, {"syn.g_max", "pre.input", "syn.alpha"});
    const auto expect = [&](const std::string& quantity, std::vector<double*> moved) {
        double largest = 0;
        std::vector<double> differences;
        for (double* each : moved) {
            differences.push_back(difference(*each));
            largest = std::max(largest, std::abs(differences.back()));
        }
        EXPECT_GT(largest, 0) << quantity;
        for (std::size_t i = 0; i < moved.size(); ++i)
            EXPECT_NEAR(gradient.at(quantity).values.get(i), differences[i], 1e-6 * largest)
                << quantity << "[" << i << "]";
    };
    std::vector<double*> weights, currents;
    for (double& weight : by_hand.w) weights.push_back(&weight);
    for (double& current : by_hand.current) currents.push_back(&current);
    expect("syn.g_max", weights);
    expect("syn.alpha", {&by_hand.rate});
    expect("pre.input", currents);
}

}  // namespace
}  // namespace bouton::test
