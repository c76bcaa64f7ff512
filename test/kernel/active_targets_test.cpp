// SPDX-License-Identifier: Apache-2.0
// The targets of active neurons, against the lists of connections gone through anew in each step.
#include "kernel/active_targets.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include <bouton/connect/connectors.hpp>
#include <bouton/core/settings.hpp>
#include <bouton/math/random.hpp>
#include <bouton/network/network.hpp>

#include <gtest/gtest.h>

namespace bouton {
namespace {

using kernel::ActiveTargets;
using kernel::Source;

constexpr std::size_t num_pre = 60, num_post = 5000, rows = 2, entries = rows * num_post;

/// Neurons become active and cease to be at random, some of them late.
class Activity {
 public:
    const std::vector<Source>& next() {
        std::erase_if(sources_, [this](const Source& source) { return coin(source.pre % 7 == 0 ? 0.02 : 0.3); });
        for (std::uint32_t row = 0; row < rows; ++row)
            for (std::uint32_t pre = 0; pre < num_pre; ++pre)
                if (coin(0.02) && std::ranges::none_of(sources_, [&](const Source& source) {
                        return source.row == row && source.pre == pre;
                    }))
                    sources_.push_back({row, pre, activations_++});
        return sources_;
    }
    std::uint64_t activations() const { return activations_; }
    double number() { return random_.uniform(draw_++) - 0.5; }
    bool coin(double chance) { return random_.uniform(draw_++) < chance; }
    /// As if so many had been active in the meantime.
    void skip(std::uint64_t activations) {
        activations_ += activations;
        for (Source& source : sources_) source.activation = activations_++;
    }

 private:
    Random random_{1, "activity"};
    std::uint64_t draw_ = 0, activations_ = 0;
    std::vector<Source> sources_;
};

/// The loop that one would write.
void add_one_by_one(const Wiring& wiring, std::span<const Source> sources, std::span<const double> numbers,
                    std::vector<double>& to) {
    const Csr& lists = wiring.graph.csr();
    const Weights& weights = wiring.weights;
    for (std::size_t e = 0; e < sources.size(); ++e)
        for (std::uint64_t k = lists.row[sources[e].pre]; k < lists.row[sources[e].pre + 1]; ++k) {
            const double w = weights.form == Weights::Form::per_connection ? weights.values.get(k) : 1;
            to[sources[e].row * num_post + lists.target[k]] += w * numbers[e];
        }
}

/// For ranges as so many threads have them, each chunk by chunk or at once.
void add(ActiveTargets& targets, std::span<const Source> sources, std::uint64_t next, std::span<const double> numbers,
         std::size_t threads, bool by_chunks, std::vector<double>& to) {
    if (sources.empty()) return;
    std::vector<double> by_activation(next - sources.front().activation, 0.0);
    for (std::size_t e = 0; e < sources.size(); ++e)
        by_activation[sources[e].activation - sources.front().activation] = numbers[e];
    const auto bound = [&](std::size_t k) {
        return k == threads ? entries : entries / threads * k / IndexRange::alignment * IndexRange::alignment;
    };
    for (std::size_t k = 0; k < threads; ++k) {
        const IndexRange range{bound(k), bound(k + 1)};
        targets.follow(sources, range);
        const std::size_t step = by_chunks ? kernel::chunk : range.size();
        for (std::size_t begin = range.begin; begin < range.end; begin += step)
            targets.add(sources.front().activation, by_activation, {begin, std::min(begin + step, range.end)},
                        to.data());
    }
}

TEST(ActiveTargets, are_those_of_the_lists) {
    const Settings settings;
    const Random random(3, "wiring");
    const Connectivity graph = FixedPreNum{.num = 9}(Shape(num_pre), Shape(num_post), random);
    for (const bool own : {false, true}) {
        const Wiring wiring = wire(graph, own ? Weight(Uniform{}) : Weight(1.), Delay(), settings, "syn", random);
        ActiveTargets targets(wiring, entries);
        Activity activity;
        std::vector<double> got(entries, 0.0), expected(entries, 0.0), numbers;
        for (std::size_t step = 0; step < 400; ++step) {
            const std::vector<Source>& sources = activity.next();
            numbers.clear();
            for (std::size_t e = 0; e < sources.size(); ++e) numbers.push_back(activity.number());
            add_one_by_one(wiring, sources, numbers, expected);
            if (step % 50 == 49)  // not by them
                add_one_by_one(wiring, sources, numbers, got);
            else
                add(targets, sources, activity.activations(), numbers, step / 20 % 6 + 1, step % 2 == 0, got);
            ASSERT_TRUE(got == expected) << "step " << step << (own ? ", own weights" : "");
            if (step % 90 == 89) targets.clear();
            if (step % 30 == 29) activity.skip(3 * ActiveTargets::longest_span / 2);
        }
        EXPECT_GT(targets.memory(), 0u);
    }
}

}  // namespace
}  // namespace bouton
