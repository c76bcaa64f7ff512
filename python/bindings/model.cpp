// SPDX-License-Identifier: Apache-2.0
// The built-in models by name, made from the lists of model/models.hpp.
#include <bouton/core/error.hpp>
#include <bouton/model/models.hpp>
#include <bouton/network/population.hpp>
#include <bouton/network/projection.hpp>

#include "bindings.hpp"

namespace bouton::python {
namespace {

/// A parameter of a model that is being made.
template <class Value>
struct Slot {
    std::string_view name;
    Value* value;
};

void assign(double& value, nb::handle given, const std::string& what) { value = to_number(given, what); }
void assign(Parameter& value, nb::handle given, const std::string& what) { value = to_parameter(given, what); }

/// Gives the parameters that are in the dictionary their values. NameError for one that the model does not have.
template <class Value>
void fill(std::string_view model, const std::vector<Slot<Value>>& slots, const nb::dict& parameters) {
    for (const auto [key, given] : parameters) {
        const auto name = nb::cast<std::string>(nb::str(key));
        const auto slot = std::find_if(slots.begin(), slots.end(), [&](const auto& s) { return s.name == name; });
        if (slot == slots.end()) {
            std::vector<std::string_view> known;
            for (const auto& s : slots) known.push_back(s.name);
            throw unknown_name("parameter of " + std::string(model), name, known);
        }
        assign(*slot->value, given, std::string(model) + "." + name);
    }
}

/// A model with these parameters, the others at their defaults.
template <template <class> class Model, class Value>
Model<Value> with(const nb::dict& parameters) {
    Model<Value> model;
    std::vector<Slot<Value>> slots;
    for (const auto& field : Model<Value>::parameters()) slots.push_back({field.name, &(model.*field.member)});
    fill(Model<Value>::name, slots, parameters);
    return model;
}

/// What makes a model of each name.
template <class Made, class... More>
struct Maker {
    std::string_view name;
    Made (*make)(const nb::dict& parameters, More...);
};

using Where = std::pair<std::optional<std::string>, std::string>;  // target, membrane

constexpr Maker<Neuron> neurons[] = {
#define BOUTON_MAKER(Model) {Model<double>::name, [](const nb::dict& p) { return Neuron(with<Model, Parameter>(p)); }},
    BOUTON_NEURONS(BOUTON_MAKER)
#undef BOUTON_MAKER
};
constexpr Maker<Synapse> synapses[] = {
#define BOUTON_MAKER(Model) {Model<double>::name, [](const nb::dict& p) { return Synapse(with<Model, double>(p)); }},
    BOUTON_SYNAPSES(BOUTON_MAKER)
#undef BOUTON_MAKER
};
constexpr Maker<Plasticity, std::string_view> plasticities[] = {
#define BOUTON_MAKER(Model) \
    {Model<double>::name,   \
     [](const nb::dict& p, std::string_view method) { return Plasticity(with<Model, double>(p), method); }},
    BOUTON_PLASTICITIES(BOUTON_MAKER)
#undef BOUTON_MAKER
};
constexpr Maker<Output, Where> outputs[] = {
#define BOUTON_MAKER(Model) \
    {Model<double>::name,   \
     [](const nb::dict& p, Where where) { return Output(with<Model, Parameter>(p), where.first, where.second); }},
    BOUTON_OUTPUTS(BOUTON_MAKER)
#undef BOUTON_MAKER
};

template <class Makers>
const auto& find(std::string_view kind, const Makers& makers, std::string_view name) {
    std::vector<std::string_view> known;
    for (const auto& maker : makers) {
        if (maker.name == name) return maker;
        known.push_back(maker.name);
    }
    throw unknown_name(kind, name, known);
}

// ---- what there is -------------------------------------------------------------------------------------------------

std::string_view range_name(Range range) {
    switch (range) {
        case Range::non_negative:
            return "non_negative";
        case Range::positive:
            return "positive";
        case Range::non_zero:
            return "non_zero";
        case Range::any:
            break;
    }
    return "any";
}

nb::object number_or_none(const Parameter& parameter) {
    if (!parameter.is_scalar()) return nb::none();
    return nb::float_(parameter.resolve("", "", Shape(), Random(0, "")).values[0]);
}

template <class Model>
nb::dict description(const Model& model) {
    nb::dict parameters, ranges, entry;
    for (const GivenParameter& given : model.parameters()) {
        const nb::str name(given.name.data(), given.name.size());
        parameters[name] = number_or_none(given.value);
        const std::string_view range = range_name(given.range);
        ranges[name] = nb::str(range.data(), range.size());
    }
    entry["parameters"] = parameters;
    entry["ranges"] = ranges;
    if constexpr (requires { model.states(); }) {
        nb::list states;
        for (const std::string_view state : model.states()) states.append(state);
        entry["states"] = states;
    }
    return entry;
}

nb::dict neuron_models() {
    nb::dict all;
    for (const auto& maker : neurons) {
        const Neuron neuron = maker.make(nb::dict());
        nb::dict entry = description(*neuron.model()), initial;
        const auto states = neuron.model()->states();
        const auto starts = neuron.model()->initial();
        for (std::size_t k = 0; k < states.size(); ++k)
            initial[nb::str(states[k].data(), states[k].size())] =
                starts[k] ? number_or_none(*starts[k]) : nb::object(nb::none());
        entry["initial"] = initial;
        entry["spikes"] = neuron.model()->has_spike();
        all[nb::str(maker.name.data(), maker.name.size())] = entry;
    }
    return all;
}

nb::dict synapse_models() {
    nb::dict all;
    for (const auto& maker : synapses) {
        const Synapse synapse = maker.make(nb::dict());
        nb::dict entry = description(*synapse.model());
        entry["g_max"] = synapse.default_g_max();
        const auto& output = synapse.default_output();
        entry["output"] = output ? nb::object(nb::str(std::string(output->model()->name()).c_str())) : nb::none();
        entry["pulse"] = synapse.model()->pulse().T_duration > 0;
        all[nb::str(maker.name.data(), maker.name.size())] = entry;
    }
    return all;
}

nb::dict plasticity_models() {
    nb::dict all;
    for (const auto& maker : plasticities)
        all[nb::str(maker.name.data(), maker.name.size())] = description(*maker.make(nb::dict(), "exp_auto").model());
    return all;
}

nb::dict output_models() {
    nb::dict all;
    for (const auto& maker : outputs) {
        const Output output = maker.make(nb::dict(), {});
        nb::dict entry = description(*output.model());
        entry["reads_membrane"] = output.model()->reads_membrane();
        all[nb::str(maker.name.data(), maker.name.size())] = entry;
    }
    return all;
}

/// The members of (name, parameters, ...), those that are missing as None.
std::vector<nb::object> members(nb::handle given, std::string_view what, std::size_t most) {
    const bool fits = nb::isinstance<nb::tuple>(given) && nb::len(given) >= 1 && nb::len(given) <= most;
    if (!fits)
        throw nb::type_error((std::string(what) + " must be None or a tuple (name, parameters, ...) of at most " +
                              std::to_string(most) + " entries")
                                 .c_str());
    std::vector<nb::object> all;
    for (const nb::handle member : nb::borrow<nb::tuple>(given)) all.push_back(nb::borrow(member));
    all.resize(most, nb::none());
    return all;
}

nb::dict dictionary(const nb::object& given, std::string_view what) {
    if (given.is_none()) return nb::dict();
    if (!nb::isinstance<nb::dict>(given))
        throw nb::type_error((std::string(what) + " must have a dictionary of parameters").c_str());
    return nb::borrow<nb::dict>(given);
}

std::string text(const nb::object& given, std::string_view what) {
    if (!nb::isinstance<nb::str>(given)) throw nb::type_error((std::string(what) + " must be a string").c_str());
    return nb::cast<std::string>(given);
}

}  // namespace

Neuron make_neuron(std::string_view name, const nb::dict& parameters) {
    return find("neuron model", neurons, name).make(parameters);
}

Synapse make_synapse(std::string_view name, const nb::dict& parameters) {
    return find("synapse model", synapses, name).make(parameters);
}

Plasticity make_plasticity(nb::handle given) {
    if (given.is_none()) return {};
    const std::vector<nb::object> all = members(given, "stp", 3);
    return find("plasticity model", plasticities, text(all[0], "the name of stp"))
        .make(dictionary(all[1], "stp"), all[2].is_none() ? "exp_auto" : text(all[2], "the method of stp"));
}

Output make_output(nb::handle given) {
    if (given.is_none()) return {};
    const std::vector<nb::object> all = members(given, "output", 4);
    Where where{std::nullopt, "V"};
    if (nb::len(given) < 3) where.first = "input";
    if (!all[2].is_none()) where.first = text(all[2], "target_var");
    if (!all[3].is_none()) where.second = text(all[3], "membrane_var");
    return find("output model", outputs, text(all[0], "the name of output"))
        .make(dictionary(all[1], "output"), std::move(where));
}

std::optional<Surrogate> make_surrogate(nb::handle given) {
    if (given.is_none()) return std::nullopt;
    const std::vector<nb::object> all = members(given, "spike_fun", 2);
    std::vector<std::string> names;  // which the parameters refer to
    std::vector<Surrogate::Parameter> parameters;
    for (const auto [key, value] : dictionary(all[1], "spike_fun")) {
        names.push_back(nb::cast<std::string>(nb::str(key)));
        parameters.push_back({{}, to_number(value, "spike_fun." + names.back())});
    }
    for (std::size_t k = 0; k < names.size(); ++k) parameters[k].name = names[k];
    return Surrogate(text(all[0], "the name of spike_fun"), parameters);
}

void bind_model(nb::module_& module) {
    constexpr const char* doc =
        "Name -> {'parameters': {name: default}, 'ranges': {name: any, non_negative, positive or non_zero}, ...}.";
    module.def("neuron_models", &neuron_models, doc);
    module.def("synapse_models", &synapse_models, doc);
    module.def("plasticity_models", &plasticity_models, doc);
    module.def("output_models", &output_models, doc);
}

}  // namespace bouton::python
