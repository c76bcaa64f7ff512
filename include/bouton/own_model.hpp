// SPDX-License-Identifier: Apache-2.0
/// \file
/// Include this to give bouton a model of your own. A model is a struct template over its number type with its
/// parameters, a State, and its equations; what it must offer is said by the concepts below, and example/own_neuron and
/// example/own_synapse show one of each. It gets every method, noise, refractoriness, batches and monitors from the
/// loops of kernel/array_loops.hpp, which are the loops of the built-in models too.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <memory>
#include <utility>

#include <bouton/kernel/array_loops.hpp>
#include <bouton/model/models.hpp>

namespace bouton {

// ---- what a model offers -------------------------------------------------------------------------------------------

/// Parameters and states under their names. `states()[k]` is the variable of equation k.
template <class Model>
concept HasFields = requires {
    { Model::name } -> std::convertible_to<std::string_view>;
    Model::parameters();
    Model::states();
    typename Model::State;
};

/// A neuron: `derivative(state, I, of)`, the equations under the input I, and where the states start. It may have
/// `spike(old, now)`, a condition on the states before and after the step; `reset(now)`, the states after a spike;
/// `rest(state)`, the states that follow from others; `default_spike_fun()`, the surrogate derivative of a spike; and a
/// parameter `tau_ref`, for which the first state is held after a spike. More seldom: `take_in(now, I)`, the states
/// after what the input adds to them at the end of a step; `inputs`, the names of states that are inputs besides, are
/// held during a step and cleared with `input`; `noise`, the name of the parameter that is the amplitude of the model's
/// own noise; `is_affine`, true where all of these functions are of first order in the states and I, so that neither
/// gradients nor the factors of exponential Euler depend on them. The loops hand it packs of numbers, one or two at a
/// time: a condition is `auto`, `select` stands for `if`, and functions are those of math/functions.hpp.
template <class Model>
concept NeuronEquations = HasFields<Model> && requires(const Model m, typename Model::State s, double I) {
    m.derivative(s, I, ValueOf());
    m.derivative(s, I, DualOf());
    Model::initial();
};

/// A synapse: `derivative(state, TT, of)`, the equations under the transmitter TT. It has `pulse()`, what a spike
/// releases, or `jump(now)`, the states after a spike has arrived in this step, or both. One that says `without_memory`
/// has no equations: its states are 0 in each step before spikes arrive.
template <class Model>
concept SynapseEquations = HasFields<Model> &&(!loops::has_memory<Model> ||
                                               requires(const Model m, typename Model::State s, double TT) {
                                                   m.derivative(s, TT, ValueOf());
                                                   m.derivative(s, TT, DualOf());
                                               }) &&
                           (loops::has_pulse<Model> || loops::has_jump<Model>);

/// A plasticity: `derivative(state, of)`; `jump(before, now)`, the states after a spike, `before` being those before
/// the step; `factor(state)`, what the synapse's output is multiplied by.
template <class Model>
concept PlasticityEquations = HasFields<Model> && requires(const Model m, typename Model::State s) {
    m.derivative(s, ValueOf());
    m.derivative(s, DualOf());
    { m.initial() } -> std::same_as<typename Model::State>;
    { m.jump(s, s) } -> std::same_as<typename Model::State>;
    m.factor(s);
};

/// An output: `current(h)` or `current(h, V)`.
template <class Model>
concept OutputEquations = (
    requires(const Model m, double h) { m.current(h); } ||
    requires(const Model m, double h, double V) { m.current(h, V); });

// ---- models with their type erased ----------------------------------------------------------------------------------

// A model may stand in an anonymous namespace, like anything else of which a program has one.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wsubobject-linkage"
#endif

namespace loops {

/// `Loop<Model, double>` or `Loop<Model, float>`.
template <template <template <class> class, class> class Loop, template <class> class Model, class Interface,
          class... Arguments>
std::unique_ptr<Interface> of_precision(Precision precision, const Arguments&... arguments) {
    if (precision == Precision::float64) return std::make_unique<Loop<Model, double>>(arguments...);
    return std::make_unique<Loop<Model, float>>(arguments...);
}

/// The states as a model's State, and back.
template <class Model>
typename Model::State to_state(std::span<const double> values) {
    std::array<double, Model::states().size()> array;
    std::ranges::copy(values.first(array.size()), array.begin());
    return with_values(array, Model::states());
}
template <class Model>
void from_state(const typename Model::State& state, std::span<double> values) {
    std::ranges::copy(values_of(state, Model::states()), values.begin());
}

/// Value and slope of each of some equations.
template <class Slopes>
void split_slopes(const Slopes& slopes, std::span<double> F, std::span<double> L) {
    for (std::size_t k = 0; k < slopes.size(); ++k) {
        F[k] = slopes[k].value;
        L[k] = slopes[k].derivative;
    }
}

/// Name, parameters and states of a model given with parameters of type `Value`.
template <class Interface, template <class> class Model, class Value>
class Erased : public Interface {
 public:
    explicit Erased(const Model<Value>& model) : model_(model) {}
    std::string_view name() const override { return Model<Value>::name; }
    std::vector<GivenParameter> parameters() const override {
        std::vector<GivenParameter> given;
        for (const auto& field : Model<Value>::parameters())
            given.push_back({field.name, Parameter(model_.*field.member), field.range});
        return given;
    }
    const std::type_info& type() const override { return typeid(Model<Value>); }

 protected:
    static std::vector<std::string_view> state_names() {
        std::vector<std::string_view> names;
        for (const auto& field : Model<double>::states()) names.push_back(field.name);
        return names;
    }
    Model<Value> with_value(std::string_view parameter, const Value& value) const {
        Model<Value> changed = model_;
        for (const auto& field : Model<Value>::parameters())
            if (field.name == parameter) changed.*field.member = value;
        return changed;
    }
    Model<Value> model_;
};

/// The model with another value of one parameter.
template <class Model>
Model with_value(Model model, std::string_view name, double value) {
    for (const auto& field : Model::parameters())
        if (field.name == name) model.*field.member = value;
    return model;
}

template <template <class> class Model>
class ErasedNeuron final : public Erased<NeuronModel, Model, Parameter> {
    using M = Model<double>;

 public:
    using Erased<NeuronModel, Model, Parameter>::Erased;
    std::vector<std::string_view> states() const override { return this->state_names(); }
    std::vector<Initial> initial() const override {
        const auto initial = M::initial();
        return {initial.begin(), initial.end()};
    }
    bool has_spike() const override { return loops::has_spike<M>; }
    std::vector<std::string_view> inputs() const override {
        if constexpr (requires { M::inputs; }) return {M::inputs.begin(), M::inputs.end()};
        return {};
    }
    std::string_view noise() const override {
        if constexpr (requires { M::noise; }) return M::noise;
        return {};
    }
    std::optional<Surrogate> default_spike_fun() const override {
        if constexpr (requires { M::default_spike_fun(); }) return M::default_spike_fun();
        return std::nullopt;
    }
    std::shared_ptr<const NeuronModel> brainpy_2_4() const override {
        if constexpr (requires(const M m) { m.brainpy_2_4(); }) return erase_neuron(this->model_.brainpy_2_4());
        return nullptr;
    }
    void rest(std::span<const std::vector<double>> parameters, std::span<std::vector<double>> states,
              std::span<const bool> derived) const override {
        if constexpr (has_rest<M>) {
            constexpr auto fields = M::states();
            for (std::size_t i = 0; i < states[0].size(); ++i) {
                const M model = with_parameters<Model, double>(
                    [&](std::size_t k) { return parameters[k][parameters[k].size() == 1 ? 0 : i]; });
                std::array<double, fields.size()> given;
                for (std::size_t k = 0; k < fields.size(); ++k) given[k] = derived[k] ? 0 : states[k][i];
                const auto all = values_of(model.rest(with_values(given, fields)), fields);
                for (std::size_t k = 0; k < fields.size(); ++k)
                    if (derived[k]) states[k][i] = all[k];
            }
        }
    }
    std::unique_ptr<NeuronLoop> loop(Precision precision, const Method& method, InstructionSet set) const override {
        return of_precision<Neurons, Model, NeuronLoop>(precision, method, set);
    }
};

template <template <class> class Model>
class ErasedSynapse final : public Erased<SynapseModel, Model, double> {
    using M = Model<double>;

 public:
    using Erased<SynapseModel, Model, double>::Erased;
    std::vector<std::string_view> states() const override { return this->state_names(); }
    Pulse<double> pulse() const override {
        if constexpr (has_pulse<M>) return this->model_.pulse();
        return {0, 0};
    }
    bool has_memory() const override { return loops::has_memory<M>; }
    void slope(std::span<const double> state, double TT, std::span<double> F, std::span<double> L) const override {
        if constexpr (loops::has_memory<M>)
            split_slopes(this->model_.derivative(to_state<M>(state), TT, DualOf()), F, L);
    }
    bool has_jump() const override { return loops::has_jump<M>; }
    void jump(std::span<double> now) const override {
        if constexpr (loops::has_jump<M>) from_state<M>(this->model_.jump(to_state<M>(now)), now);
    }
    std::unique_ptr<SynapseLoop> loop(Precision precision, const Method& method, InstructionSet set) const override {
        return of_precision<Synapses, Model, SynapseLoop>(precision, this->model_, method, set);
    }
    std::shared_ptr<const SynapseModel> with_parameter(std::string_view parameter, double value) const override {
        return std::make_shared<ErasedSynapse>(this->with_value(parameter, value));
    }
    const void* model() const override { return &this->model_; }
};

template <template <class> class Model>
class ErasedPlasticity final : public Erased<PlasticityModel, Model, double> {
    using M = Model<double>;

 public:
    using Erased<PlasticityModel, Model, double>::Erased;
    std::vector<std::string_view> states() const override { return this->state_names(); }
    std::vector<double> initial() const override {
        const auto values = values_of(this->model_.initial(), M::states());
        return {values.begin(), values.end()};
    }
    void slope(std::span<const double> state, std::span<double> F, std::span<double> L) const override {
        split_slopes(this->model_.derivative(to_state<M>(state), DualOf()), F, L);
    }
    void jump(std::span<const double> before, std::span<double> now) const override {
        from_state<M>(this->model_.jump(to_state<M>(before), to_state<M>(now)), now);
    }
    double factor(std::span<const double> state) const override { return this->model_.factor(to_state<M>(state)); }
    std::shared_ptr<const PlasticityModel> brainpy_2_4() const override {
        if constexpr (requires(const M m) { m.brainpy_2_4(); }) return erase_plasticity(this->model_.brainpy_2_4());
        return nullptr;
    }
    std::unique_ptr<PlasticityLoop> loop(Precision precision, const Method& method, InstructionSet set) const override {
        return of_precision<Plasticities, Model, PlasticityLoop>(precision, this->model_, method, set);
    }
    std::shared_ptr<const PlasticityModel> with_parameter(std::string_view parameter, double value) const override {
        return std::make_shared<ErasedPlasticity>(this->with_value(parameter, value));
    }
    const void* model() const override { return &this->model_; }
};

template <template <class> class Model>
class ErasedOutput final : public Erased<OutputModel, Model, Parameter> {
    using M = Model<double>;

 public:
    using Erased<OutputModel, Model, Parameter>::Erased;
    bool reads_membrane() const override {
        return !requires(const M m, double h) { m.current(h); };
    }
    std::unique_ptr<OutputLoop> loop(Precision precision, InstructionSet set) const override {
        return of_precision<Outputs, Model, OutputLoop>(precision, set);
    }
};

}  // namespace loops

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

template <template <class> class Model>
std::shared_ptr<const NeuronModel> erase_neuron(const Model<Parameter>& model) {
    static_assert(NeuronEquations<Model<double>>);
    return std::make_shared<loops::ErasedNeuron<Model>>(model);
}
template <template <class> class Model>
std::shared_ptr<const SynapseModel> erase_synapse(const Model<double>& model) {
    static_assert(SynapseEquations<Model<double>>);
    return std::make_shared<loops::ErasedSynapse<Model>>(model);
}
template <template <class> class Model>
std::shared_ptr<const PlasticityModel> erase_plasticity(const Model<double>& model) {
    static_assert(PlasticityEquations<Model<double>>);
    return std::make_shared<loops::ErasedPlasticity<Model>>(model);
}
template <template <class> class Model>
std::shared_ptr<const OutputModel> erase_output(const Model<Parameter>& model) {
    static_assert(OutputEquations<Model<double>>);
    return std::make_shared<loops::ErasedOutput<Model>>(model);
}

#define BOUTON_EXTERN_NEURON(Model) \
    extern template std::shared_ptr<const NeuronModel> erase_neuron<Model>(const Model<Parameter>&);
#define BOUTON_EXTERN_SYNAPSE(Model) \
    extern template std::shared_ptr<const SynapseModel> erase_synapse<Model>(const Model<double>&);
#define BOUTON_EXTERN_PLASTICITY(Model) \
    extern template std::shared_ptr<const PlasticityModel> erase_plasticity<Model>(const Model<double>&);
#define BOUTON_EXTERN_OUTPUT(Model) \
    extern template std::shared_ptr<const OutputModel> erase_output<Model>(const Model<Parameter>&);
BOUTON_NEURONS(BOUTON_EXTERN_NEURON)
BOUTON_SYNAPSES(BOUTON_EXTERN_SYNAPSE)
BOUTON_PLASTICITIES(BOUTON_EXTERN_PLASTICITY)
BOUTON_OUTPUTS(BOUTON_EXTERN_OUTPUT)
#undef BOUTON_EXTERN_NEURON
#undef BOUTON_EXTERN_SYNAPSE
#undef BOUTON_EXTERN_PLASTICITY
#undef BOUTON_EXTERN_OUTPUT

}  // namespace bouton
