// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include <bouton/core/clock.hpp>
#include <bouton/own_model.hpp>

namespace bouton::test {

struct Options {
    std::size_t num = 1;
    std::optional<double> V = {};  // start of V instead of the model's
    Method method = {};
    Precision precision = Precision::float64;
    double dt = 0.1;
    bool brainpy_2_4 = false;
};

/// Neurons under a constant input, stepped by the shipped loop.
class Cells {
 public:
    Cells(const std::shared_ptr<const NeuronModel>& model, double I, const Options& options = {})
        : options_(options),
          loop_(model->loop(options.precision, options.method, best_instruction_set())),
          input_(options.precision, options.num, I),
          spike_(options.num, 0),
          refractory_left_(options.num, 0),
          t_last_spike_(options.precision, options.num, -1e7),
          has_spike_(model->has_spike()) {
        std::vector<std::vector<double>> parameters, states;
        for (const GivenParameter& given : model->parameters()) {
            parameters.push_back(values(given.value));
            parameters_.emplace_back(options.precision, parameters.back());
            if (given.name != "tau_ref") continue;
            for (std::size_t i = 0; i < options.num; ++i)
                refractory_steps_.push_back(1 +
                                            static_cast<std::int32_t>(refractory_steps(
                                                parameters.back()[parameters.back().size() == 1 ? 0 : i], options.dt)));
        }
        std::array<bool, 16> derived{};
        for (const Initial& initial : model->initial()) {
            derived[states.size()] = !initial;
            states.push_back(initial ? values(*initial) : std::vector<double>(1, 0));
            states.back().resize(options.num, states.back()[0]);
        }
        if (options.V) {
            states[0].assign(options.num, *options.V);
            derived[0] = false;
        }
        model->rest(parameters, states, std::span(derived.data(), states.size()));
        for (const auto& state : states) states_.emplace_back(options.precision, state);
    }

    /// All, or the parts of a list one after the other.
    bool step() { return step({{0, options_.num}}); }
    bool step(const std::vector<IndexRange>& parts) {
        NeuronArrays arrays{.num = options_.num, .states = states_, .parameters = parameters_, .input = &input_};
        if (has_spike_) arrays.spike = spike_.data();
        if (!refractory_steps_.empty()) {
            arrays.refractory_steps = refractory_steps_.data();
            arrays.refractory_left = refractory_left_.data();
            arrays.t_last_spike = &t_last_spike_;
        }
        const double t = static_cast<double>(age_) * options_.dt;
        const StepTime time{.t = t, .dt = options_.dt, .age = age_++, .brainpy_2_4 = options_.brainpy_2_4};
        bool finite = true;
        for (const IndexRange& part : parts) finite = loop_->step(arrays, time, part) && finite;
        return finite;
    }

    double state(std::size_t k, std::size_t i = 0) const { return states_[k].get(i); }
    double V(std::size_t i = 0) const { return state(0, i); }
    std::size_t num_states() const { return states_.size(); }
    bool spike(std::size_t i = 0) const { return spike_[i] != 0; }

 private:
    std::vector<double> values(const Parameter& given) const {
        return given.resolve("cells", "value", Shape(options_.num), Random(1, "cells")).values;
    }

    Options options_;
    std::unique_ptr<NeuronLoop> loop_;
    std::vector<Buffer> states_, parameters_;
    Buffer input_;
    AlignedVector<std::uint8_t> spike_;
    AlignedVector<std::int32_t> refractory_left_, refractory_steps_;
    Buffer t_last_spike_;
    bool has_spike_;
    std::uint64_t age_ = 0;
};

inline std::vector<int> spike_steps(Cells& cells, int steps) {
    std::vector<int> found;
    for (int n = 0; n < steps; ++n) {
        cells.step();
        if (cells.spike()) found.push_back(n);
    }
    return found;
}

template <template <class> class Model>
std::shared_ptr<const NeuronModel> make() {
    return erase_neuron(Model<Parameter>{});
}

}  // namespace bouton::test
