// SPDX-License-Identifier: Apache-2.0
// Parameters and weights that are changed between steps: from there on everything is as if they had been so before,
// with the states that there are.
#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>

#include <bouton/bouton.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/message_of.hpp"

namespace bouton {
namespace {

using testing::HasSubstr;

constexpr std::uint64_t before = 37, after = 60;  // [steps]  of 0.1 ms

const SpikeTimeGroup spikes{{0.3, 1.1, 3.3, 5.1, 5.2}, {0, 1, 2, 0, 1}};

/// Two populations joined by one projection.
struct Pair {
    template <class Cells>
    Pair(const Cells& cells, const Synapse& synapse, const ProjectionOptions& options, const Settings& settings = {})
        : net(settings) {
        pre = net.add("pre", spikes, 3);
        post = net.add("post", cells, 2, {.initial = {{"V", -60}}});
        syn = net.connect("syn", *pre, *post, All2All{}, synapse, options);
    }
    void run(std::uint64_t steps) {
        for (; steps > 0; --steps, ++clock.step) {
            net.update(clock);
            net.clear_input();
        }
    }
    std::vector<double> everything() const {
        std::vector<double> all = post->variable("V").values();
        for (const std::string& name : syn->variables()) {
            const std::vector<double> values = syn->variable(name).values();
            all.insert(all.end(), values.begin(), values.end());
        }
        return all;
    }
    /// Hands the states of all parts on.
    void copy_states_to(Pair& other) const {
        for (const std::string& name : post->variables())
            if (name != "spike") other.post->variable(name).set(post->variable(name).values());
        for (const std::string& name : syn->variables()) other.syn->variable(name).set(syn->variable(name).values());
    }

    Network net;
    std::optional<Population> pre, post;
    std::optional<Projection> syn;
    Clock clock;
};

const auto expect_near = [](const std::vector<double>& a, const std::vector<double>& b) {
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], 1e-12 * std::max(1.0, std::abs(a[i]))) << i;
};

/// Changed in the middle, `changed` goes on as `made` does, which is made with the new values and brought to the same
/// states. They are read from a `twin` of it, as reading brings a projection up to date.
void expect_continues(Pair changed, Pair twin, Pair made, const std::function<void(Pair&)>& change) {
    for (Pair* const pair : {&changed, &twin, &made}) pair->run(before);
    twin.copy_states_to(made);
    change(changed);
    changed.run(after);
    made.run(after);
    expect_near(changed.everything(), made.everything());
}

TEST(Change, of_the_kinetics_of_a_synapse) {
    for (const char* method : {"exp_auto", "rk4"}) {
        const auto plain = [=] { return Pair(LIF{}, AMPA{}, {.method = method}); };
        expect_continues(plain(), plain(), Pair(LIF{}, AMPA{.beta = 0.5}, {.method = method}),
                         [](Pair& pair) { pair.syn->set_parameter("beta", 0.5); });
    }
}

TEST(Change, of_kinetics_with_two_states_and_plasticity) {
    const auto plain = [] { return Pair(LIF{}, BioNMDA{}, {.delay_step = 4, .stp = STP{}}); };
    expect_continues(plain(), plain(), Pair(LIF{}, BioNMDA{.beta1 = 0.1}, {.delay_step = 4, .stp = STP{.tau_d = 20}}),
                     [](Pair& pair) {
                         pair.syn->set_parameter("beta1", 0.1);
                         pair.syn->set_parameter("stp.tau_d", 20);
                     });
}

TEST(Change, of_plasticity_as_brainpy_2_4_has_it) {
    const Settings settings{.brainpy_2_4 = true};
    const auto plain = [=] { return Pair(LIF{}, AMPA{}, {.stp = STP{}}, settings); };
    expect_continues(plain(), plain(), Pair(LIF{}, AMPA{}, {.stp = STP{.U = 0.4}}, settings),
                     [](Pair& pair) { pair.syn->set_parameter("stp.U", 0.4); });
}

TEST(Change, of_the_output) {
    const auto plain = [=] { return Pair(LIF{}, GABAa{}, {}); };
    expect_continues(plain(), plain(), Pair(LIF{}, GABAa{}, {.output = COBA{.E = {-20, 10}}}), [](Pair& pair) {
        pair.syn->set_parameter("output.E", {-20, 10});
    });
}

TEST(Change, of_the_weights) {
    const Array weights{{3, 2}, {1, 2, 3, 4, 5, 6}};
    for (const Weight& first : {Weight(0.4), Weight(Array{{3, 2}, {1, 1, 1, 2, 2, 2}})}) {
        const auto plain = [&] { return Pair(LIF{}, AMPA{}, {.g_max = first}); };
        expect_continues(plain(), plain(), Pair(LIF{}, AMPA{}, {.g_max = weights}),
                         [&](Pair& pair) { pair.syn->set_weights(weights); });
    }
}

TEST(Change, of_a_neuron) {
    const auto plain = [=] { return Pair(HH{}, AMPA{}, {}); };
    expect_continues(plain(), plain(), Pair(HH{.gL = {0.3, 0.1}}, AMPA{}, {}), [](Pair& pair) {
        pair.post->set_parameter("gL", {0.3, 0.1});
    });
}

TEST(Change, outlives_a_reset) {
    Pair changed(LIF{}, AMPA{}, {}), made(LIF{.tau = 3}, AMPA{.alpha = 2}, {.g_max = 7});
    changed.run(before);
    changed.post->set_parameter("tau", 3);
    changed.syn->set_parameter("alpha", 2);
    changed.syn->set_weights(7);
    changed.net.reset_state();
    changed.clock = {};
    changed.run(after);
    made.run(after);
    EXPECT_EQ(changed.everything(), made.everything());
}

TEST(Change, of_the_refractory_period) {
    const auto spikes_of = [](double first, double then) {
        Population cell("cell", LIF{.V_reset = -5, .tau_ref = first}, 1);
        std::size_t count = 0;
        for (Clock clock; clock.step < 400; ++clock.step) {
            if (clock.step == 200) cell.set_parameter("tau_ref", then);
            cell.variable("input").set(60);
            cell.update(clock);
            if (clock.step >= 250) count += cell.spikes().size();
        }
        return count;
    };
    EXPECT_EQ(spikes_of(0, 5), spikes_of(5, 5));
    EXPECT_EQ(spikes_of(5, 0), spikes_of(0, 0));
    EXPECT_GT(spikes_of(5, 0), spikes_of(0, 5));
}

TEST(Change, of_the_rates_of_a_poisson_group) {
    Population group("group", PoissonGroup{0}, 10);
    group.update({});
    EXPECT_EQ(group.spikes().size(), 0u);
    group.set_parameter("freqs", 10000);
    group.update({.step = 1});
    EXPECT_EQ(group.spikes().size(), 10u);
    EXPECT_THROW(group.set_parameter("freqs", -1), ParameterError);
    EXPECT_THROW(group.set_parameter("rate", 1), NameError);
}

TEST(Change, that_cannot_be_changes_nothing) {
    Pair pair(LIF{}, AMPA{}, {.stp = STD{}}), other(LIF{}, AMPA{}, {.stp = STD{}});
    pair.run(before);
    Projection& syn = *pair.syn;
    EXPECT_THAT(
        test::message_of<NameError>([&] { syn.set_parameter("gamma", 1); }),
        HasSubstr("no parameter of syn \"gamma\"; known are alpha, beta, T, T_duration, stp.tau, stp.U, output.E"));
    EXPECT_THROW(syn.set_parameter("beta", -1), ParameterError);
    EXPECT_THROW(syn.set_parameter("beta", std::vector<double>{1, 2}), ShapeError);
    EXPECT_THROW(syn.set_parameter("T_duration", 1e300), ParameterError);
    EXPECT_THROW(syn.set_parameter("stp.tau", 0), ParameterError);
    EXPECT_THROW(syn.set_parameter("output.E", std::vector<double>{1, 2, 3}), ShapeError);
    EXPECT_THROW(syn.set_weights(std::vector<double>{1, 2, 3, 4, 5}), ShapeError);
    EXPECT_THROW(pair.post->set_parameter("tau", 0), ParameterError);
    EXPECT_THROW(pair.post->set_parameter("tau", std::vector<double>{1, 2, 3}), ShapeError);
    EXPECT_THROW(pair.post->set_parameter("C", 1), NameError);
    EXPECT_THROW(pair.pre->set_parameter("times", 1), NameError);
    pair.run(after);
    other.run(before + after);
    expect_near(pair.everything(), other.everything());
}

TEST(Change, is_refused_while_currents_are_under_way_along_single_connections) {
    Pair pair(LIF{}, AMPA{}, {.delay_step = Array{{3, 2}, {1, 2, 3, 4, 5, 6}}});
    pair.syn->set_parameter("beta", 0.5);
    pair.run(before);
    EXPECT_THROW(pair.syn->set_parameter("beta", 0.4), UsageError);
    EXPECT_THROW(pair.syn->set_weights(1), UsageError);
    pair.syn->set_parameter("output.E", 3);
    pair.net.reset_state();
    pair.syn->set_parameter("beta", 0.4);
}

// The sums of an event-driven projection are written to h when somebody reads it, which may be after such a change.
TEST(Change, leaves_h_as_the_last_step_left_it) {
    for (const Synapse& synapse : std::initializer_list<Synapse>{AMPA{}, BioNMDA{}}) {
        Network net;
        const Population pre = net.add("pre", spikes, 3), post = net.add("post", LIF{}, 20);
        Projection changed = net.connect("changed", pre, post, FixedPreNum{.num = 2}, synapse);
        const Projection twin = net.connect("twin", pre, post, changed.connectivity(), synapse);
        Clock clock;
        for (; clock.step < before; ++clock.step) net.update(clock);
        changed.set_weights(0.2);
        EXPECT_EQ(changed.variable("h").values(), twin.variable("h").values());
        EXPECT_GT(std::ranges::max(twin.variable("h").values()), 0);
    }
}

}  // namespace
}  // namespace bouton
