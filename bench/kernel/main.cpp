// SPDX-License-Identifier: Apache-2.0
/// \file
/// Nanoseconds for a neuron and step of each built-in model, by NeuronLoop::step as a network calls it: every
/// precision and instruction set, with the parameters shared and with those of each neuron its own. Hodgkin-Huxley is
/// first compared with its hand-written limit, number by number, then timed beside it.
///
///     bouton_bench_kernel [neurons [rounds [model]]]
#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <bouton/core/clock.hpp>
#include <bouton/kernel/loop.hpp>
#include <bouton/model/models.hpp>

#include "hh_limit.hpp"

namespace bouton::bench {
namespace {

constexpr double dt = 0.1, short_dt = 0.01;  // [ms]  the latter where an explicit method would not be stable
constexpr int steps = 200;                   // a round

struct Case {
    std::string_view model;
    std::shared_ptr<const NeuronModel> equations;
    double I;  // constant input under which it fires
};

std::vector<Case> cases() {
    const auto input = [](std::string_view model) {
        if (model == "FHN" || model == "HindmarshRose") return 1.;
        if (model == "AdQuaIF" || model == "LIF" || model == "MorrisLecar") return 100.;
        return 10.;
    };
    std::vector<Case> all;
#define BOUTON_ADD(Model) \
    all.push_back({Model<double>::name, erase_neuron(Model<Parameter>{}), input(Model<double>::name)});
    BOUTON_NEURONS(BOUTON_ADD)
#undef BOUTON_ADD
    return all;
}

/// Neurons of one model in arrays.
class Cells {
 public:
    Cells(const Case& of, std::size_t num, Precision precision, const Method& method, bool own, InstructionSet set)
        : num_(num),
          dt_(method.is_exp_auto() ? dt : short_dt),
          loop_(shipped_kernels(set).neurons(*of.equations, precision, method)),
          input_(precision, num, of.I),
          spike_(Buffer::booleans(num)),
          t_last_spike_(precision, num, long_ago),
          left_(num),
          steps_(num, 1) {
        const auto resolve = [&](const Parameter& given) {
            return given.resolve(of.model, "", Shape(num), Random(1, of.model)).values;
        };
        std::vector<std::vector<double>> parameters, states;
        for (const GivenParameter& given : of.equations->parameters()) {
            parameters.push_back(resolve(given.value));
            if (own) parameters.back().resize(num, parameters.back()[0]);
            parameters_.emplace_back(precision, parameters.back());
        }
        std::array<bool, 8> derived{};
        for (const Initial& initial : of.equations->initial()) {
            derived[states.size()] = !initial;
            states.push_back(initial ? resolve(*initial) : std::vector<double>(1, 0));
            states.back().resize(num, states.back()[0]);
        }
        of.equations->rest(parameters, states, std::span(derived.data(), states.size()));
        for (const auto& state : states) states_.emplace_back(precision, state);
        has_tau_ref_ = std::ranges::any_of(of.equations->parameters(),
                                           [](const GivenParameter& given) { return given.name == "tau_ref"; });
    }

    void step() {
        NeuronArrays arrays{.num = num_, .states = states_, .parameters = parameters_, .input = &input_};
        arrays.spike = spike_.as<std::uint8_t>().data();
        if (has_tau_ref_) {
            arrays.refractory_left = left_.data();
            arrays.refractory_steps = steps_.data();
            arrays.t_last_spike = &t_last_spike_;
        }
        const StepTime time{.t = static_cast<double>(age_) * dt_, .dt = dt_, .age = age_, .brainpy_2_4 = false};
        finite_ = loop_->step(arrays, time, {0, num_}) && finite_;
        ++age_;
    }
    bool finite() const { return finite_; }
    std::vector<Buffer>& states() { return states_; }
    Buffer& input() { return input_; }

 private:
    std::size_t num_;
    double dt_;
    std::unique_ptr<NeuronLoop> loop_;
    std::vector<Buffer> states_, parameters_;
    Buffer input_, spike_, t_last_spike_;
    AlignedVector<std::int32_t> left_, steps_;
    bool has_tau_ref_ = false, finite_ = true;
    std::uint64_t age_ = 0;
};

/// [ns] for a neuron and step, of one round.
double time_round(std::size_t num, const std::function<void()>& step) {
    const auto begin = std::chrono::steady_clock::now();
    for (int k = 0; k < steps; ++k) step();
    const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - begin;
    return took.count() / steps / static_cast<double>(num);
}

/// The least of several rounds of each, one after the other, so that all have the same share of a noisy machine.
std::vector<double> time_all(std::size_t num, int rounds, const std::vector<std::function<void()>>& all) {
    std::vector<double> least(all.size(), std::numeric_limits<double>::infinity());
    for (int round = 0; round < rounds; ++round)
        for (std::size_t k = 0; k < all.size(); ++k) least[k] = std::min(least[k], time_round(num, all[k]));
    return least;
}

constexpr std::array<const char*, 3> names{"baseline", "avx2", "avx512"};

void compare_with_limit(const Case& hh, std::size_t num, int rounds) {
    const auto make = [&](Precision precision) {
        Cells cells(hh, num, precision, "exp_auto", false, InstructionSet::avx512);
        for (std::size_t i = 0; i < num; ++i) cells.input().set(i, 5 + static_cast<double>(i % 7));
        return cells;
    };
    Cells cells = make(Precision::float64), hand = make(Precision::float64), single = make(Precision::float32);
    const auto data = [&](std::size_t k) { return hand.states()[k].as<double>().data(); };
    const HodgkinHuxley arrays{data(0), data(1), data(2), data(3), hand.input().as<double>().data(), num};
    double difference = 0;
    for (int k = 0; k < 100; ++k) {
        cells.step();
        step_limit(arrays, dt);
        for (std::size_t i = 0; i < num; ++i)
            difference = std::max(difference, std::abs(cells.states()[0].get(i) - hand.states()[0].get(i)));
    }
    if (!(difference < 1e-6)) {
        std::printf("HH differs from its limit by %g mV after 100 steps\n", difference);
        std::exit(EXIT_FAILURE);
    }
    const auto least =
        time_all(num, rounds, {[&] { step_limit(arrays, dt); }, [&] { cells.step(); }, [&] { single.step(); }});
    std::printf("HH by exp_auto, avx512, [ns]: limit %.2f, float64 %.2f (ratio %.2f), float32 %.2f (of float64 %.2f)\n",
                least[0], least[1], least[1] / least[0], least[2], least[1] / least[2]);
    std::printf("largest difference of V from the limit in 100 steps: %.1e mV\n\n", difference);
}

void time_model(const Case& each, std::size_t num, int rounds) {
    for (const char* method : {"exp_auto", "rk4"})
        for (const bool own : {false, true}) {
            if (own && std::string_view(method) == "rk4") continue;
            std::vector<std::unique_ptr<Cells>> cells;
            std::vector<std::function<void()>> all;
            for (const Precision precision : {Precision::float64, Precision::float32})
                for (std::size_t set = 0; set < names.size(); ++set) {
                    cells.push_back(
                        std::make_unique<Cells>(each, num, precision, method, own, static_cast<InstructionSet>(set)));
                    all.emplace_back([&cells = *cells.back()] { cells.step(); });
                }
            const auto least = time_all(num, rounds, all);
            if (!std::ranges::all_of(cells, [](const auto& group) { return group->finite(); })) {
                std::printf("%-17s %-9s does not stay finite\n", std::string(each.model).c_str(), method);
                continue;
            }
            std::printf("%-17s %-9s%-5s", std::string(each.model).c_str(), method, own ? "own" : "");
            for (const double ns : least) std::printf(" %8.2f", ns);
            std::printf("\n");
        }
}

int run(std::size_t num, int rounds, std::string_view only) {
    const std::vector<Case> all = cases();
    if (can_run_limit())
        for (const Case& each : all)
            if (each.model == "HH") compare_with_limit(each, num, rounds);
    std::printf("[ns] for a neuron and step, %zu neurons; own: a parameter for each neuron\n%-31s", num, "");
    for (const char* precision : {"f64", "f32"})
        for (const char* name : names) std::printf(" %s", (std::string(name).substr(4) + precision).c_str());
    std::printf("\n");
    for (const Case& each : all)
        if (only.empty() || only == each.model) time_model(each, num, rounds);
    return 0;
}

}  // namespace
}  // namespace bouton::bench

int main(int argc, char** argv) {
    const std::size_t num = argc > 1 ? static_cast<std::size_t>(std::atoi(argv[1])) : 4000;
    return bouton::bench::run((num + 7) / 8 * 8, argc > 2 ? std::atoi(argv[2]) : 10, argc > 3 ? argv[3] : "");
}
