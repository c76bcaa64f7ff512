// SPDX-License-Identifier: Apache-2.0
// For how many steps the transmitter is on after a spike arrives.
#include <algorithm>
#include <cstdint>
#include <map>
#include <vector>

#include <bouton/bouton.hpp>

#include <gtest/gtest.h>

namespace bouton {
namespace {

constexpr std::uint64_t arrivals = 20000;

/// counts[n]: the steps in which a state rises after a spike that arrives in step n. Neuron i gets the arrivals i,
/// i + spacing, ...; the pulses are shorter than that and so do not touch.
std::vector<unsigned> pulse_lengths(const Synapse& synapse, const char* state, double dt, std::uint64_t spacing,
                                    const Settings& settings) {
    const Population pre("pre", InputGroup{}, spacing, settings), post("post", InputGroup{}, spacing, settings);
    Projection syn("syn", pre, post, One2One{}, synapse, {.output = Output()});
    const Variable variable = syn.variable(state);

    std::vector<unsigned> counts(arrivals, 0);
    std::vector<double> spikes(spacing, 0), before(spacing, 0), now(spacing, 0);
    for (Clock clock{.dt = dt}; clock.step < arrivals + spacing; ++clock.step) {
        const std::uint64_t due = clock.step % spacing;
        spikes[due] = clock.step < arrivals;
        syn.update(clock, spikes);
        spikes[due] = 0;
        variable.read(now);
        for (std::uint64_t i = 0; i < spacing; ++i)
            if (now[i] > before[i]) ++counts[clock.step - (clock.step + spacing - i) % spacing];
        before.swap(now);
    }
    return counts;
}

Settings as_brainpy_2_4(Precision precision) { return {.precision = precision, .brainpy_2_4 = true}; }

/// The arrivals whose pulse has one step more than `steps`; no pulse may have another length.
std::vector<std::uint64_t> with_an_extra_step(const std::vector<unsigned>& counts, unsigned steps) {
    std::vector<std::uint64_t> extra;
    for (std::uint64_t n = 0; n < counts.size(); ++n) {
        if (counts[n] == steps + 1)
            extra.push_back(n);
        else
            EXPECT_EQ(counts[n], steps) << n;
    }
    return extra;
}

using List = std::vector<std::uint64_t>;

TEST(Pulse, of_half_a_millisecond_with_the_switch_in_double_precision) {
    const List extra{38, 76, 157, 319, 638, 1276, 2557, 5119, 10238};
    const Settings settings = as_brainpy_2_4(Precision::float64);
    EXPECT_EQ(with_an_extra_step(pulse_lengths(AMPA{}, "g", 0.1, 20, settings), 5), extra);
    EXPECT_EQ(with_an_extra_step(pulse_lengths(BioNMDA{}, "x", 0.1, 20, settings), 5), extra);
}

TEST(Pulse, of_one_millisecond_with_the_switch_in_double_precision) {
    EXPECT_EQ(with_an_extra_step(pulse_lengths(GABAa{}, "g", 0.1, 20, as_brainpy_2_4(Precision::float64)), 10),
              (List{33, 71, 76, 152, 157, 314, 319, 633, 638, 1271, 1276, 2552, 2557, 5114, 5119, 10233, 10238}));
}

TEST(Pulse, of_half_a_millisecond_with_the_switch_in_single_precision) {
    const List extra{4, 8, 16, 37, 79, 158, 316, 637, 1279, 2558, 5116, 10237};
    const Settings settings = as_brainpy_2_4(Precision::float32);
    EXPECT_EQ(with_an_extra_step(pulse_lengths(AMPA{}, "g", 0.1, 20, settings), 5), extra);
    EXPECT_EQ(with_an_extra_step(pulse_lengths(BioNMDA{}, "x", 0.1, 20, settings), 5), extra);
}

TEST(Pulse, of_one_millisecond_with_the_switch_in_single_precision) {
    EXPECT_EQ(with_an_extra_step(pulse_lengths(GABAa{}, "g", 0.1, 20, as_brainpy_2_4(Precision::float32)), 10),
              (List{3,   8,   11,  16,   32,   37,   74,   79,   153,  158,   311,
                    316, 632, 637, 1274, 1279, 2553, 2558, 5111, 5116, 10232, 10237}));
}

TEST(Pulse, gets_an_extra_step_so_often_with_the_switch) {
    const auto extra = [](double T_duration, double dt, unsigned steps, Precision precision = Precision::float64) {
        return with_an_extra_step(pulse_lengths(AMPA{.T_duration = T_duration}, "g", dt, steps < 50 ? 16 : 128,
                                                as_brainpy_2_4(precision)),
                                  steps)
            .size();
    };
    EXPECT_EQ(extra(0.1, 0.1, 1), 9542u);
    EXPECT_EQ(extra(0.2, 0.1, 2), 7273u);
    EXPECT_EQ(extra(0.3, 0.1, 3), 12713u);
    EXPECT_EQ(extra(0.4, 0.1, 4), 10444u);
    EXPECT_EQ(extra(0.6, 0.1, 6), 9527u);
    EXPECT_EQ(extra(0.7, 0.1, 7), 7252u);
    EXPECT_EQ(extra(0.6, 0.2, 3), 12713u);
    EXPECT_EQ(extra(0.3, 0.1, 3, Precision::float32), 10457u);
    EXPECT_EQ(extra(0.6, 0.2, 3, Precision::float32), 10457u);
    EXPECT_EQ(extra(0.5, 0.05, 10), 17u);
    EXPECT_EQ(extra(1.0, 0.01, 100), 186u);
    EXPECT_EQ(extra(0.5, 0.2, 3), 0u);
    EXPECT_EQ(extra(0.5, 0.0625, 8), 0u);
}

TEST(Pulse, has_the_same_length_for_every_arrival_without_the_switch) {
    struct {
        double T_duration, dt;
        unsigned steps;
    } const cases[] = {{0.5, 0.1, 5}, {1.0, 0.1, 10}, {0.3, 0.1, 3}, {0.6, 0.2, 3}, {0.7, 0.1, 7},
                       {0.5, 0.2, 3}, {0.05, 0.1, 1}, {0, 0.1, 0},   {-1, 0.1, 0}};
    for (const Precision precision : {Precision::float64, Precision::float32})
        for (const auto& c : cases)
            EXPECT_EQ(pulse_lengths(AMPA{.T_duration = c.T_duration}, "g", c.dt, 16, {.precision = precision}),
                      std::vector<unsigned>(arrivals, c.steps))
                << c.T_duration << " / " << c.dt;
}

TEST(Pulse, is_never_on_without_length_with_the_switch_too) {
    for (const double T_duration : {0.0, -1.0})
        EXPECT_EQ(pulse_lengths(AMPA{.T_duration = T_duration}, "g", 0.1, 16, as_brainpy_2_4(Precision::float64)),
                  std::vector<unsigned>(arrivals, 0));
}

/// The steps in which a state rises in a network, after a spike that arrives in step n.
List rising_steps(const Synapse& synapse, const char* path, std::uint64_t n, const Settings& settings) {
    Network net(settings);
    const Population pre = net.add("pre", SpikeTimeGroup{{static_cast<double>(n - 1) * 0.1}, {0}}, 1);
    net.connect("syn", pre, net.add("post", LIF{}, 1), One2One{}, synapse);
    Runner runner(net, {.monitors = {path}});
    const std::vector<double> y = runner.run_steps(n + 20)[path].values;
    List steps;
    for (std::uint64_t k = 1; k < y.size(); ++k)
        if (y[k] > y[k - 1]) steps.push_back(k);
    return steps;
}

List from_to(std::uint64_t first, std::uint64_t last) {
    List steps;
    for (std::uint64_t k = first; k <= last; ++k) steps.push_back(k);
    return steps;
}

TEST(Pulse, in_a_network_starts_with_the_arrival) {
    EXPECT_EQ(rising_steps(AMPA{}, "syn.g", 11, {}), from_to(11, 15));
    EXPECT_EQ(rising_steps(GABAa{}, "syn.g", 11, {}), from_to(11, 20));
    EXPECT_EQ(rising_steps(BioNMDA{}, "syn.x", 11, {}), from_to(11, 15));
    EXPECT_EQ(rising_steps(BioNMDA{}, "syn.g", 11, {})[0], 12u);
    EXPECT_EQ(rising_steps(AMPA{}, "syn.g", 38, {}), from_to(38, 42));
    EXPECT_EQ(rising_steps(GABAa{}, "syn.g", 33, {}), from_to(33, 42));
    EXPECT_EQ(rising_steps(GABAa{}, "syn.g", 11, {.precision = Precision::float32}), from_to(11, 20));
}

TEST(Pulse, in_a_network_with_the_switch_is_that_of_floating_point_time) {
    const Settings settings{.brainpy_2_4 = true};
    EXPECT_EQ(rising_steps(AMPA{}, "syn.g", 11, settings), from_to(11, 15));
    EXPECT_EQ(rising_steps(GABAa{}, "syn.g", 11, settings), from_to(11, 20));
    EXPECT_EQ(rising_steps(BioNMDA{}, "syn.x", 11, settings), from_to(11, 15));
    EXPECT_EQ(rising_steps(AMPA{}, "syn.g", 38, settings), from_to(38, 43));
    EXPECT_EQ(rising_steps(GABAa{}, "syn.g", 33, settings), from_to(33, 43));
    EXPECT_EQ(rising_steps(GABAa{}, "syn.g", 11, as_brainpy_2_4(Precision::float32)), from_to(11, 21));
}

}  // namespace
}  // namespace bouton
