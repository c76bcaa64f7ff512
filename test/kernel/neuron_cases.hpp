// SPDX-License-Identifier: Apache-2.0
/// \file
/// Neurons of every built-in model with something to do, and what to record of them. All draws have fixed seeds.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bouton/core/error.hpp>
#include <bouton/model/models.hpp>
#include <bouton/network/network.hpp>

namespace bouton::test {

/// One draw after the other, the same for the same seed.
class Draws {
 public:
    Draws(std::uint64_t seed, std::string_view purpose) : random_(seed, purpose) {}
    double between(double low, double high) { return low + (high - low) * random_.uniform(next_++); }
    std::size_t below(std::size_t bound) { return random_.below(bound, next_++); }
    bool coin() { return below(2) == 1; }
    template <class Value = double>
    std::vector<Value> many(std::size_t count, double low, double high) {
        std::vector<Value> values(count);
        for (Value& value : values) value = static_cast<Value>(between(low, high));
        return values;
    }

 private:
    Random random_;
    std::uint64_t next_ = 0;
};

/// What variables were in each step, by their names.
using Traces = std::map<std::string, std::vector<double>>;

inline void record(Traces& traces, const Variable& variable) {
    std::vector<double>& trace = traces[variable.name()];
    const std::vector<double> now = variable.values();
    trace.insert(trace.end(), now.begin(), now.end());
}

/// What a parameter is for all neurons, if the model has it.
template <class Model>
std::optional<double> find(const Model& model, std::string_view name) {
    for (const auto& field : Model::parameters())
        if (field.name == name) return (model.*field.member).resolve("", "", Shape(), Random(0, "")).values[0];
    return std::nullopt;
}

/// The model with each parameter a little different for each neuron.
template <class Model>
Model varied(std::size_t num) {
    Draws draws(1, Model::name);
    Model model;
    const bool exponential = find(model, "delta_T").has_value();
    for (const auto& field : Model::parameters()) {
        std::vector<double> values(num, *find(model, field.name));
        if (field.name == "V_th" && exponential)
            values.assign(num, -50);  // a longer upswing overflows in explicit methods
        for (double& each : values)
            each = field.name == "tau_ref" ? draws.between(0, 2) : each * draws.between(0.95, 1.05);
        model.*field.member = values;
    }
    return model;
}

struct NeuronCase {
    std::string_view name;
    Neuron varied, uniform;
    std::optional<double> V_rest;

    /// Noise of its own asks for a method that takes noise.
    bool takes(const std::string& method) const {
        if (uniform.model()->noise().empty()) return true;
        try {
            Method::stochastic(method);
            return true;
        } catch (const NameError&) {
            return false;
        }
    }
    /// With a start at rest: some models start beyond their threshold.
    NeuronOptions options(const std::string& method, std::optional<Parameter> noise = std::nullopt) const {
        NeuronOptions options{.method = method, .noise = std::move(noise)};
        if (V_rest) options.initial = {{"V", *V_rest}};
        return options;
    }
};

template <template <class> class Model>
NeuronCase neuron_case(std::size_t num) {
    const Model<Parameter> model;
    return {Model<Parameter>::name, varied<Model<Parameter>>(num), model, find(model, "V_rest")};
}

/// For populations of `num`.
inline std::vector<NeuronCase> neuron_cases(std::size_t num) {
    std::vector<NeuronCase> cases;
#define BOUTON_ADD(Model) cases.push_back(neuron_case<Model>(num));
    BOUTON_NEURONS(BOUTON_ADD)
#undef BOUTON_ADD
    return cases;
}

/// The largest input of a model: enough to make it fire.
inline double largest_input(std::string_view model) {
    if (model == "PinskyRinzelModel") return 5;
    if (model == "FHN" || model == "HindmarshRose") return 4;
    return model == "AdQuaIF" || model == "LIF" || model == "MorrisLecar" ? 150 : 20;
}

}  // namespace bouton::test
