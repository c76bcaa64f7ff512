// SPDX-License-Identifier: Apache-2.0
// Projections carried forward from event to event, against the same ones stepped one by one.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include <bouton/core/error.hpp>
#include <bouton/math/random.hpp>
#include <bouton/model/models.hpp>
#include <bouton/network/network.hpp>
#include <bouton/run/runner.hpp>

#include <gtest/gtest.h>

#include "own_synapses.hpp"
#include "support/sanitized.hpp"

namespace bouton {
namespace {

/// The loops of the library, every neuron and connection in every step.
class EveryStep final : public Kernels {
 public:
    std::unique_ptr<NeuronLoop> neurons(const NeuronModel& model, Precision p, const Method& method) const override {
        return shipped_kernels().neurons(model, p, method);
    }
    std::unique_ptr<SynapseLoop> synapses(const SynapseModel& model, Precision p, const Method& method) const override {
        return shipped_kernels().synapses(model, p, method);
    }
    std::unique_ptr<PlasticityLoop> plasticity(const PlasticityModel& model, Precision p,
                                               const Method& method) const override {
        return shipped_kernels().plasticity(model, p, method);
    }
    std::unique_ptr<OutputLoop> output(const OutputModel& model, Precision p) const override {
        return shipped_kernels().output(model, p);
    }
    void sum(const SumArrays& arrays, Precision p) const override { shipped_kernels().sum(arrays, p); }
};
const EveryStep every_step;

constexpr std::size_t num_pre = 5, num_post = 3;
constexpr double dt = 0.1;

/// Some pairs, one of them twice; neuron 4 reaches everybody.
const std::vector<Pair> pairs = {{0, 0}, {0, 2}, {1, 1}, {2, 0}, {2, 0}, {3, 2}, {4, 0}, {4, 1}, {4, 2}};
const PerConnection weights = {{0.3, 1.2, 0.7, 0.1, 0.9, 2, 0.5, 0.01, 1}};

Projection make(const Settings& settings, const Synapse& synapse, ProjectionOptions options = {}) {
    options.output = Output();
    if (!options.g_max.is_given()) options.g_max = weights;
    return Projection("syn", Population("pre", SpikeTimeGroup{}, num_pre, settings),
                      Population("post", LIF{}, num_post, {}, settings),
                      Connectivity::from_pairs(num_pre, num_post, pairs), synapse, options);
}

/// The same projection computed in both ways, step by step side by side.
class Both {
 public:
    Both(const Synapse& synapse, const ProjectionOptions& options = {}, Settings settings = {})
        : events_(make(settings, synapse, options)), steps_(make(with(settings, every_step), synapse, options)) {
        tolerance_ = settings.precision == Precision::float64 ? 1e-12 : 1e-5;
        for (const std::string& name : events_.variables())
            if (name != "h" && name != "current" && name != "spike_arrival_time") states_.push_back(name);
        got_.resize(events_.variable("h").size());
        expected_.resize(got_.size());
        largest_.assign(got_.size(), 0);
        difference_.assign(got_.size(), 0);
        worst_.assign(got_.size(), 0);
    }

    /// Each sum must have been that of all steps to 1e-12 of the largest that it has been.
    ~Both() {
        for (std::size_t j = 0; j < got_.size(); ++j)
            EXPECT_LE(difference_[j], tolerance_ * largest_[j]) << "h of " << j << ", most so in step " << worst_[j];
    }
    Both(const Both&) = delete;
    Both& operator=(const Both&) = delete;

    /// One step with these spikes.
    void step(const Clock& clock, std::span<const double> spikes) {
        events_.update(clock, spikes);
        steps_.update(clock, spikes);
        events_.variable("h").read(got_);
        steps_.variable("h").read(expected_);
        for (std::size_t j = 0; j < got_.size(); ++j) {
            largest_[j] = std::max(largest_[j], std::abs(expected_[j]));
            if (std::abs(got_[j] - expected_[j]) <= difference_[j]) continue;
            difference_[j] = std::abs(got_[j] - expected_[j]);
            worst_[j] = clock.step;
        }
    }
    /// All states, to 1e-12 of their range.
    void compare_states() const {
        for (const std::string& state : states_) {
            const std::vector<double> got = events_.variable(state).values(),
                                      expected = steps_.variable(state).values();
            for (std::size_t i = 0; i < got.size(); ++i)
                ASSERT_NEAR(got[i], expected[i], tolerance_ * std::max(1., std::abs(expected[i]))) << state << ' ' << i;
        }
        EXPECT_EQ(events_.variable("spike_arrival_time").values(), steps_.variable("spike_arrival_time").values());
    }
    void write(const std::string& name, std::size_t i, double value) {
        for (Projection* projection : {&events_, &steps_})
            projection->variable(name).transform([&](double old, std::size_t at) { return at == i ? value : old; });
    }

    const std::vector<double>& h() const { return got_; }
    double largest() const { return *std::ranges::max_element(largest_); }
    const std::vector<std::string>& states() const { return states_; }
    std::string how() const { return events_.how(); }
    std::string how_of_steps() const { return steps_.how(); }

 private:
    static Settings with(Settings settings, const Kernels& kernels) {
        settings.kernels = &kernels;
        return settings;
    }

    Projection events_, steps_;
    double tolerance_;
    std::vector<std::string> states_;
    std::vector<double> got_, expected_, largest_, difference_;
    std::vector<std::uint64_t> worst_;
};

/// Poisson spikes of `rate` Hz, the same for the same purpose.
class Spikes {
 public:
    Spikes(double rate, std::string_view purpose, std::size_t size = num_pre)
        : random_(1, purpose), chance_(rate * dt / 1000), spikes_(size) {}
    const std::vector<double>& next() {
        for (double& spike : spikes_) spike = random_.uniform(draw_++) < chance_;
        return spikes_;
    }
    bool coin(double chance) { return random_.uniform(draw_++) < chance; }
    double between(double low, double high) { return low + (high - low) * random_.uniform(draw_++); }

 private:
    Random random_;
    double chance_;
    std::uint64_t draw_ = 0;
    std::vector<double> spikes_;
};

const std::vector<double> silence(num_pre, 0.0);

struct Case {
    std::string name;
    Synapse synapse;
    Plasticity stp;
};

std::vector<Case> cases() {
    std::vector<Case> all;
    const std::vector<Plasticity> plasticities = {{}, STD{}, STP{}};
    for (const Synapse& synapse : {Synapse(AMPA{}), Synapse(GABAa{}), Synapse(BioNMDA{}), Synapse(DualExponential{})})
        for (const Plasticity& stp : plasticities)
            all.push_back({std::string(synapse.model()->name()) +
                               (stp.model() ? " with " + std::string(stp.model()->name()) : std::string()),
                           synapse, stp});
    all.push_back({"AMPA with facilitation", AMPA{}, test::Facilitation{}});
    all.push_back({"Exponential", ExponentialSynapse{}, {}});
    all.push_back({"Exponential with STP", ExponentialSynapse{}, STP{}});
    all.push_back({"NMDA", NMDA{.tau_decay = 40}, {}});
    all.push_back({"NMDA with STD", NMDA{.tau_decay = 40}, STD{}});
    return all;
}

/// Steps `count` times; now and then the states are compared too.
void compare(Both& both, Spikes& spikes, std::uint64_t first, std::uint64_t count) {
    for (std::uint64_t step = first; step < first + count; ++step) {
        both.step({.dt = dt, .step = step}, spikes.next());
        if (spikes.coin(0.002)) both.compare_states();
        if (testing::Test::HasFatalFailure()) return;
    }
}

constexpr std::uint64_t many_steps = test::is_sanitized ? 10'000 : 100'000;

TEST(EventDriven, sums_are_those_of_all_steps_at_any_rate) {
    for (const Case& each : cases())
        for (const double rate : {1., 200.}) {
            SCOPED_TRACE(each.name + " at " + std::to_string(rate) + " Hz");
            Both both(each.synapse, {.stp = each.stp});
            Spikes spikes(rate, each.name);
            compare(both, spikes, 0, many_steps);
            EXPECT_EQ(both.how().substr(0, 13), "event-driven,");
            EXPECT_GT(both.largest(), 0.05);
        }
}

TEST(EventDriven, sums_are_those_of_all_steps_with_brainpy_2_4) {
    for (const Case& each : cases()) {
        SCOPED_TRACE(each.name);
        Both both(each.synapse, {.stp = each.stp}, {.brainpy_2_4 = true});
        Spikes spikes(40, each.name);
        compare(both, spikes, 0, 20'000);
        EXPECT_EQ(both.how().substr(0, 13), "event-driven,");
    }
}

TEST(EventDriven, sums_are_those_of_all_steps_in_single_precision) {
    for (const bool brainpy_2_4 : {false, true})
        for (const Case& each : cases()) {
            SCOPED_TRACE(each.name);
            Both both(each.synapse, {.stp = each.stp},
                      {.precision = Precision::float32, .brainpy_2_4 = brainpy_2_4 && each.stp.model() == nullptr});
            Spikes spikes(40, each.name);
            compare(both, spikes, 0, 3000);
        }
}

TEST(EventDriven, sums_in_single_precision_do_not_drift) {
    for (const Case& each : cases()) {
        SCOPED_TRACE(each.name);
        Projection whole = make({}, each.synapse, {.stp = each.stp}),
                   single = make({.precision = Precision::float32}, each.synapse, {.stp = each.stp});
        Spikes spikes(40, each.name);
        std::vector<double> expected(num_post), got(num_post);
        double largest = 0, difference = 0;
        for (Clock clock{.dt = dt}; clock.step < many_steps; ++clock.step) {
            const std::vector<double>& now = spikes.next();
            whole.update(clock, now);
            single.update(clock, now);
            whole.variable("h").read(expected);
            single.variable("h").read(got);
            for (std::size_t j = 0; j < num_post; ++j) {
                largest = std::max(largest, expected[j]);
                difference = std::max(difference, std::abs(got[j] - expected[j]));
            }
        }
        EXPECT_LE(difference, 2e-7 * largest);
    }
}

TEST(EventDriven, sums_are_never_negative_nor_denormal_in_silences) {
    for (const Case& each : cases()) {
        SCOPED_TRACE(each.name);
        const Synapse fast = each.name.starts_with("BioNMDA") ? Synapse(BioNMDA{.beta1 = 0.2}) : each.synapse;
        Projection syn = make({}, fast, {.stp = each.stp});
        Spikes spikes(100, each.name);
        std::vector<double> h(num_post);
        for (std::uint64_t step = 0; step < 60'000; ++step) {
            syn.update({.dt = dt, .step = step}, step < 1000 ? spikes.next() : silence);
            syn.variable("h").read(h);
            for (const double value : h) {
                ASSERT_GE(value, 0) << step;
                ASSERT_TRUE(value == 0 || std::isnormal(value)) << value << " in step " << step;
            }
        }
        EXPECT_LT(h[0], 1e-12);
    }
}

TEST(EventDriven, sums_go_on_from_states_that_were_written) {
    for (const bool brainpy_2_4 : {false, true})
        for (const Case& each : cases()) {
            SCOPED_TRACE(each.name + (brainpy_2_4 ? " with brainpy_2_4" : ""));
            Both both(each.synapse, {.stp = each.stp}, {.brainpy_2_4 = brainpy_2_4});
            Spikes spikes(50, each.name), draws(0, each.name + ", written");
            for (std::uint64_t step = 0; step < 4000; ++step) {
                both.step({.dt = dt, .step = step}, spikes.next());
                if (step % 23 == 0)  // before, during and after pulses
                    for (const std::string& state : both.states())
                        if (draws.coin(0.5))
                            both.write(state, step % num_pre, draws.between(0, state == "x" ? 0.9 : 1.5));
                if (step % 7 == 0) both.compare_states();
                if (HasFatalFailure()) return;
            }
            EXPECT_EQ(both.how().substr(0, 13), "event-driven,");
        }
}

TEST(EventDriven, sums_go_on_from_states_that_were_written_before_the_first_step) {
    for (const Case& each : cases()) {
        SCOPED_TRACE(each.name);
        Both both(each.synapse, {.stp = each.stp});
        for (const std::string& state : both.states()) both.write(state, 4, 0.8);
        Spikes spikes(20, each.name);
        compare(both, spikes, 0, 500);
        EXPECT_GT(both.h()[1], 0);
    }
}

TEST(EventDriven, states_far_beyond_their_range_are_followed_step_by_step) {
    for (const double x : {30., -2.}) {
        SCOPED_TRACE(x);
        Both both(BioNMDA{});
        Spikes spikes(50, "far");
        compare(both, spikes, 0, 300);
        both.write("x", 2, x);
        compare(both, spikes, 300, 900);
    }
}

TEST(EventDriven, negative_states_give_negative_sums) {
    for (const Case& each : cases()) {
        SCOPED_TRACE(each.name);
        Both both(each.synapse, {.stp = each.stp});
        Spikes spikes(20, each.name);
        compare(both, spikes, 0, 100);
        both.write("g", 4, -9);
        both.step({.dt = dt, .step = 100}, silence);
        EXPECT_LT(both.h()[2], 0);
        compare(both, spikes, 101, 300);
    }
}

TEST(EventDriven, negative_weights_give_negative_sums) {
    Both both(AMPA{}, {.g_max = PerConnection{{-1, 2, -3, 1, -1, 0, 0, -2, 1}}});
    Spikes spikes(100, "signs");
    compare(both, spikes, 0, 3000);
    EXPECT_LT(both.h()[1], 0);
}

TEST(EventDriven, a_synapse_that_rests_elsewhere_than_at_0_is_stepped) {
    for (const double level : {0.5, -2.}) {
        SCOPED_TRACE(level);
        Both both(test::Exponential{.level = level});
        Spikes spikes(20, "level");
        compare(both, spikes, 0, 2000);
        EXPECT_EQ(both.how(), "step by step, as its kinetics do not rest at 0");
    }
}

TEST(EventDriven, pulses_may_be_long_absent_or_endless) {
    for (const bool brainpy_2_4 : {false, true})
        for (const double duration : {-1., 0., 0.05, 0.1, 7., 150.})
            for (const Synapse& synapse :
                 {Synapse(AMPA{.T_duration = duration}), Synapse(BioNMDA{.T_dur = duration})}) {
                SCOPED_TRACE(std::string(synapse.model()->name()) + " for " + std::to_string(duration) + " ms");
                Both both(synapse, {.stp = STD{}}, {.brainpy_2_4 = brainpy_2_4});
                Spikes spikes(20, "pulses");
                compare(both, spikes, 0, 4000);
            }
}

TEST(EventDriven, rows_of_a_batch_are_apart) {
    for (const Case& each : cases()) {
        SCOPED_TRACE(each.name);
        Both both(each.synapse, {.stp = each.stp}, {.mode = Mode::batching(3)});
        Spikes spikes(60, each.name, 3 * num_pre);
        compare(both, spikes, 0, 2000);
        EXPECT_NE(both.h()[0], both.h()[num_post]);
    }
}

const PerConnection delays = {{0, 3, 17, 1, 5, 5, 2, 0, 40}};

TEST(EventDriven, connections_may_have_delays_of_their_own) {
    for (const bool brainpy_2_4 : {false, true})
        for (const Case& each : cases()) {
            SCOPED_TRACE(each.name);
            Both both(each.synapse, {.delay_step = delays, .stp = each.stp},
                      {.mode = Mode::batching(2), .brainpy_2_4 = brainpy_2_4});
            Spikes spikes(60, each.name, 2 * num_pre);
            compare(both, spikes, 0, 3000);
        }
}

TEST(EventDriven, what_was_written_is_delayed_too) {
    for (const double x : {0.6, 0.9}) {
        SCOPED_TRACE(x);
        Both both(BioNMDA{}, {.delay_step = delays});
        Spikes spikes(60, "delayed");
        compare(both, spikes, 0, 200);
        both.write("x", 4, x);
        compare(both, spikes, 200, 200);
    }
}

TEST(EventDriven, the_step_may_change) {
    for (const bool brainpy_2_4 : {false, true})
        for (const Case& each : cases()) {
            SCOPED_TRACE(each.name);
            Both both(each.synapse, {.stp = each.stp}, {.brainpy_2_4 = brainpy_2_4});
            Spikes spikes(60, each.name);
            double t = 0;
            for (const double other : {0.1, 0.05, 0.2, 0.1})
                for (std::uint64_t step = 0, first = 0; step < 333; ++step) {
                    both.step({.dt = other, .t0 = t, .step = step, .step0 = first}, spikes.next());
                    if (step == 332) t += 333 * other;
                    if (HasFatalFailure()) return;
                }
            both.compare_states();
        }
}

// ---- clocks ---------------------------------------------------------------------------------------------------------

TEST(EventDriven, clocks_that_jump_end_and_begin_pulses) {
    for (const Case& each : cases())
        for (const bool delayed : {false, true}) {
            SCOPED_TRACE(each.name);
            ProjectionOptions options{.stp = each.stp};
            if (delayed) options.delay_step = delays;
            Both both(each.synapse, options, {.brainpy_2_4 = true});
            Spikes spikes(150, each.name);
            // t0 of each run of a runner that advances by durations that are no whole number of steps; then at 0 again
            std::uint64_t step = 0;
            for (const double t0 : {0., 0.35, 0.7, 1.05, 61.05, 0., 0.25, 20., 21., 0.}) {
                const std::uint64_t first = step;
                for (; step < first + (t0 == 1.05 ? 600 : 50); ++step) {
                    both.step({.dt = dt, .t0 = t0, .step = step, .step0 = first}, spikes.next());
                    if (step % 5 == 0) both.compare_states();
                    if (HasFatalFailure()) return;
                }
            }
        }
}

TEST(EventDriven, arrivals_in_the_future_keep_the_transmitter_on) {
    for (const double arrival : {3., 1e4, 1e300, std::numeric_limits<double>::infinity()})
        for (const Case& each : cases()) {
            SCOPED_TRACE(each.name + " until " + std::to_string(arrival));
            Both both(each.synapse, {.stp = each.stp}, {.brainpy_2_4 = true});
            both.write("spike_arrival_time", 4, arrival);
            for (std::uint64_t step = 0; step < 100; ++step) both.step({.dt = dt, .step = step}, silence);
            Spikes spikes(50, each.name);  // a spike ends it as any other pulse
            compare(both, spikes, 100, 500);
        }
}

/// h of a network driven at 100 Hz, by the runs that `drive` asks for.
template <class Drive>
std::vector<double> recorded(const Settings& settings, const Synapse& synapse, const Drive& drive) {
    Network net(settings);
    SpikeTimeGroup source;
    Spikes draws(0, "source");
    for (std::uint32_t k = 0; k < 60; ++k) {
        source.times.push_back(draws.between(0, 100));
        source.indices.push_back(static_cast<std::uint32_t>(k % num_pre));
    }
    const Population pre = net.add("pre", source, num_pre), post = net.add("post", LIF{}, num_post);
    net.connect("syn", pre, post, Connectivity::from_pairs(num_pre, num_post, pairs), synapse,
                {.g_max = weights, .output = Output(), .stp = STP{}});
    std::vector<double> h;
    drive(net, [&](Runner& runner, auto run) {
        run(runner);
        const std::vector<double>& part = runner.recording()["syn.h"].values;
        h.insert(h.end(), part.begin(), part.end());
    });
    return h;
}

TEST(EventDriven, splitting_a_run_changes_no_bit) {
    for (const bool brainpy_2_4 : {false, true})
        for (const Synapse& synapse : {Synapse(AMPA{}), Synapse(BioNMDA{})}) {
            const auto split_into = [&](std::vector<std::uint64_t> parts) {
                return recorded({.brainpy_2_4 = brainpy_2_4}, synapse, [&](Network& net, const auto& record) {
                    Runner runner(net, {.monitors = {"syn.h"}, .dt = 0.125});  // whose multiples are exact
                    for (const std::uint64_t steps : parts)
                        record(runner, [steps](Runner& each) { each.run_steps(steps); });
                });
            };
            const std::vector<double> whole = split_into({800});
            EXPECT_GT(*std::ranges::max_element(whole), 0);
            EXPECT_EQ(split_into({1, 399, 33, 67, 300}), whole);
            EXPECT_EQ(split_into(std::vector<std::uint64_t>(800, 1)), whole);
        }
}

TEST(EventDriven, reading_changes_no_bit) {
    for (const Case& each : cases()) {
        SCOPED_TRACE(each.name);
        Projection read = make({}, each.synapse, {.stp = each.stp}), left = make({}, each.synapse, {.stp = each.stp});
        Spikes spikes(100, each.name);
        for (std::uint64_t step = 0; step < 1000; ++step) {
            const std::vector<double>& now = spikes.next();
            read.update({.dt = dt, .step = step}, now);
            left.update({.dt = dt, .step = step}, now);
            for (const std::string& name : read.variables()) read.variable(name).values();
            ASSERT_EQ(read.variable("h").values(), left.variable("h").values()) << step;
        }
        for (const std::string& name : read.variables())
            EXPECT_EQ(read.variable(name).values(), left.variable(name).values()) << name;
    }
}

TEST(EventDriven, runs_of_brainpy_2_4_agree) {
    for (const Synapse& synapse : {Synapse(AMPA{}), Synapse(GABAa{}), Synapse(BioNMDA{})}) {
        const auto drive = [](Network& net, const auto& record) {
            for (int runner_number = 0; runner_number < 3; ++runner_number) {  // the network keeps its states
                Runner runner(net, {.monitors = {"syn.h"}});
                for (int k = 0; k < 60; ++k) record(runner, [](Runner& each) { each.run(0.35); });
                record(runner, [](Runner& each) { each.run(25); });
            }
        };
        const std::vector<double> got = recorded({.brainpy_2_4 = true}, synapse, drive);
        const std::vector<double> expected = recorded({.brainpy_2_4 = true, .kernels = &every_step}, synapse, drive);
        ASSERT_EQ(got.size(), expected.size());
        double largest = 0;
        for (const double value : expected) largest = std::max(largest, std::abs(value));
        ASSERT_GT(largest, 0);
        for (std::size_t k = 0; k < got.size(); ++k) ASSERT_NEAR(got[k], expected[k], 1e-12 * largest) << k;
    }
}

// ---- how ------------------------------------------------------------------------------------------------------------

std::string how(Projection syn) {
    const std::vector<double> none(syn.pre().num(), 0.0);
    syn.update({}, none);
    return syn.how();
}

std::string how_of(const Connector& connector, const ProjectionOptions& options) {
    return how(Projection("syn", Population("pre", SpikeTimeGroup{}, 3), Population("post", LIF{}, 3), connector,
                          AMPA{}, options));
}

TEST(How, is_said_after_the_first_step) {
    EXPECT_EQ(make({}, AMPA{}).how(), "not stepped yet");
    EXPECT_EQ(how(make({}, AMPA{})), "event-driven, 1 mode");
    EXPECT_EQ(how(make({}, GABAa{}, {.stp = STD{}})), "event-driven, 2 modes");
    EXPECT_EQ(how(make({}, BioNMDA{})), "event-driven, 16 modes");
    EXPECT_EQ(how(make({.kernels = &every_step}, AMPA{})), "step by step");
}

TEST(How, names_the_reason_of_a_fall_back) {
    EXPECT_EQ(how(make({}, AMPA{}, {.method = "rk4"})), "step by step, as its kinetics are stepped by rk4");
    EXPECT_EQ(how(make({}, AMPA{}, {.stp = {STD{}, "euler"}})), "step by step, as its plasticity is stepped by euler");
    EXPECT_EQ(how(make({}, BioNMDA{.beta1 = 0.5})), "step by step, as its series does not exist, as lam^1 = lam1");
    EXPECT_EQ(how(make({}, BioNMDA{.alpha1 = 1e8})), "step by step, as its series does not converge");
    EXPECT_EQ(how(make({}, test::Nonlinear{})), "step by step, as its kinetics are not linear");
}

TEST(How, depends_on_the_connections_and_weights) {
    const Array matrix{{3, 3}, std::vector<double>(9, 1)};
    EXPECT_EQ(how_of(All2All{}, {}), "event-driven, 1 mode, one sum for all targets");
    EXPECT_EQ(how_of(All2All{.include_self = false}, {.delay_step = 3}),
              "event-driven, 1 mode, one sum for all targets");
    EXPECT_EQ(how_of(All2All{}, {.g_max = matrix}), "event-driven, 1 mode");
    EXPECT_EQ(how_of(All2All{}, {.delay_step = matrix}), "event-driven, 1 mode");
    EXPECT_EQ(how_of(One2One{}, {}), "event-driven, 1 mode, one value for each pair");
    EXPECT_EQ(how_of(One2One{}, {.delay_step = PerConnection{{1, 2, 3}}}), "event-driven, 1 mode");
}

TEST(Memory, has_the_sums_from_the_first_step_on) {
    Projection syn = make({}, AMPA{}), delayed = make({}, BioNMDA{}, {.delay_step = delays});
    const std::uint64_t connections = syn.bytes(), with_delays = delayed.bytes();
    syn.update({}, silence);
    delayed.update({}, silence);
    EXPECT_GE(syn.bytes(), connections + num_post * sizeof(double));
    EXPECT_GE(delayed.bytes(), with_delays + num_post * (16 + 8) * sizeof(double) + pairs.size() * (4 + 4 + 8));
}

TEST(How, follows_a_change_of_the_step) {
    Projection syn = make({}, BioNMDA{.alpha1 = 5});
    syn.update({.dt = 0.1}, silence);
    const std::string before = syn.how();
    syn.update({.dt = 0.01, .step = 1}, silence);
    EXPECT_NE(syn.how(), "not stepped yet");
    syn.reset_state();
    EXPECT_EQ(syn.how(), "not stepped yet");
    syn.update({.dt = 0.1}, silence);
    EXPECT_EQ(syn.how(), before);
}

}  // namespace
}  // namespace bouton
