// SPDX-License-Identifier: Apache-2.0
/// \file
/// The loops of grad/linearisation.hpp, made from the equations of a model. All inputs of an entry are directions of
/// one `Gradient`, so a single pass of the step gives its whole Jacobian, which is then contracted with what comes from
/// either side.
#pragma once

#include <algorithm>
#include <array>
#include <utility>

#include <bouton/grad/linearisation.hpp>
#include <bouton/math/gradient.hpp>
#include <bouton/own_model.hpp>

namespace bouton {

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wsubobject-linkage"
#endif

namespace loops {

// ---- the step of each kind of model as a function of numbers that carry derivatives
//
// `inputs`: how many there are; `read`: how many of them are read from arrays; `outputs`: how many there are.

/// The directions of a step: one for each input.
template <class Real, std::size_t Count>
struct ByInputs {
    using Number = Gradient<Real, Count>;
    Number input(Real value, std::size_t k) const {
        return Number::of(value, [&](auto d) { return Real(d == k ? 1. : 0.); });
    }
    Number parameter(Real value, std::size_t) const { return value; }
};
/// One for each parameter.
template <class Real, std::size_t Count>
struct ByParameters {
    using Number = Gradient<Real, Count>;
    Number input(Real value, std::size_t) const { return value; }
    Number parameter(Real value, std::size_t k) const {
        return Number::of(value, [&](auto d) { return Real(d == k ? 1. : 0.); });
    }
};
/// The only direction: one parameter.
template <class Real>
struct ByParameter {
    using Number = Gradient<Real, 1>;
    std::size_t which;
    Number input(Real value, std::size_t) const { return value; }
    Number parameter(Real value, std::size_t k) const {
        return Number::of(value, [&](auto) { return Real(k == which ? 1. : 0.); });
    }
};

/// What a step reads of the entries of a pack.
template <class Element>
struct LinearPointers {
    const std::uint8_t *spike, *is_on, *held;
    const Element *W, *Z;
    Element dt;

    template <class Real>
    Real noise(const Element* from, std::size_t at) const {
        return from ? Real::load(from + at) : Real(0.);
    }
};

template <template <class> class Model>
concept NeuronTemplate = NeuronEquations<Model<double>>;
template <template <class> class Model>
concept SynapseTemplate = SynapseEquations<Model<double>>;
template <template <class> class Model>
concept PlasticityTemplate = PlasticityEquations<Model<double>>;

/// What a condition of spikes returns where its numbers are compared.
template <class Number>
struct SpikeMargins {
    std::array<Number, 2> x;
    SpikeMargins(const Margin<Number>& m) : x{m.above, Number(0.)} {}   // NOLINT(google-explicit-constructor)
    SpikeMargins(const CrossingMargin<Number>& m) : x{m.now, m.old} {}  // NOLINT(google-explicit-constructor)
};

template <class To, class From>
To with_compared(const From& from) {
    To to{};
    if constexpr (requires { To::parameters(); })
        each_index<From::parameters().size()>(
            [&](auto k) { to.*To::parameters()[k].member = from.*From::parameters()[k].member; });
    return to;
}

/// The first inputs of a step as the states of a model.
template <class Model, class Number, std::size_t Inputs>
typename Model::State states_of(const std::array<Number, Inputs>& y) {
    constexpr auto fields = Model::states();
    std::array<Number, fields.size()> values;
    each_index<fields.size()>([&](auto k) { values[k] = y[k]; });
    return with_values(values, fields);
}

template <template <class> class Model>
struct StepOfNeuron {
    static constexpr std::size_t states = Model<double>::states().size();
    static constexpr bool crosses = [] {
        if constexpr (has_spike<Model<double>>) {
            using C = Compared<double>;
            return std::is_same_v<decltype(std::declval<Model<C>>().spike(std::declval<typename Model<C>::State>(),
                                                                          std::declval<typename Model<C>::State>())),
                                  CrossingMargin<double>>;
        }
        return false;
    }();
    static constexpr std::size_t margins = has_spike<Model<double>> ? 1 + crosses : 0;
    static constexpr std::size_t inputs = states + 1, read = states + 1, outputs = states + margins;

    /// From the states and I to the states after the step, and how far they are above the threshold.
    template <class Number, class Real, class Element, class Scheme>
    static std::array<Number, outputs> step(const Model<Number>& model, const std::array<Number, inputs>& y,
                                            const Scheme& scheme, const LinearPointers<Element>& p, std::size_t at) {
        const Number W = p.template noise<Real>(p.W, at), Z = p.template noise<Real>(p.Z, at);
        return finish<Number, Real>(model, y, advance<Number, Real>(model, y, scheme, Real(p.dt), W, Z), p, at);
    }
    /// What the scheme makes of them.
    template <class Number, class Real, class Scheme>
    static auto advance(const Model<Number>& model, const std::array<Number, inputs>& y, const Scheme& scheme, Real dt,
                        const Number& W, const Number& Z) {
        using M = Model<Number>;
        auto now = scheme.template step<M>(states_of<M>(y), Number(dt), W, Z,
                                           [&](const auto& s, auto of) { return model.derivative(s, y[states], of); });
        if constexpr (has_take_in<M>) now = model.take_in(now, y[states]);
        return now;
    }
    /// What is held, compared and reset.
    template <class Number, class Real, class Element>
    static std::array<Number, outputs> finish(const Model<Number>& model, const std::array<Number, inputs>& y,
                                              typename Model<Number>::State now, const LinearPointers<Element>& p,
                                              std::size_t at) {
        using M = Model<Number>;
        constexpr auto fields = M::states();
        const auto old = states_of<M>(y);
        constexpr auto first_state = M::states()[0].member;
        if (p.held) now.*first_state = select(Real::Mask::load(p.held + at), old.*first_state, now.*first_state);
        std::array<Number, outputs> out;
        if constexpr (has_spike<M>) {
            using C = Compared<Number>;
            const auto compared = [&](const typename M::State& s) {
                typename Model<C>::State state{};
                each_index<states>([&](auto k) { state.*Model<C>::states()[k].member = C(s.*fields[k].member); });
                return state;
            };
            const auto x = SpikeMargins<Number>(with_compared<Model<C>>(model).spike(compared(old), compared(now)));
            each_index<margins>([&](auto k) { out[states + k] = x.x[k]; });
            if constexpr (has_reset<M>) now = select_states<M>(Real::Mask::load(p.spike + at), model.reset(now), now);
        }
        each_index<states>([&](auto k) { out[k] = now.*fields[k].member; });
        return out;
    }
};

template <template <class> class Model>
struct StepOfSynapse {
    static constexpr std::size_t states = Model<double>::states().size();
    static constexpr std::size_t inputs = states + 2, read = states, outputs = states;

    template <class Number, class Real, class Element, class Scheme>
    static std::array<Number, outputs> step(const Model<Number>& model, const std::array<Number, inputs>& y,
                                            const Scheme& scheme, const LinearPointers<Element>& p, std::size_t at) {
        using M = Model<Number>;
        constexpr auto fields = M::states();
        Number TT = y[states];
        if constexpr (has_pulse<M>) TT = TT + select(Real::Mask::load(p.is_on + at), model.pulse().T, Number(0.));
        auto now = states_of<M>(y);
        if constexpr (has_memory<M>)
            now = scheme.template step<M>(now, Number(Real(p.dt)), Number(0.), Number(0.),
                                          [&](const auto& s, auto of) { return model.derivative(s, TT, of); });
        else
            each_index<states>([&](auto k) { now.*fields[k].member = Number(0.); });
        auto out = values_of(now, fields);
        if constexpr (has_jump<M>) {
            const Number s = y[states + 1] + select(Real::Mask::load(p.spike + at), Real(1.), Real(0.));
            const auto jumped = values_of(model.jump(now), fields);
            each_index<states>([&](auto k) { out[k] = out[k] + s * (jumped[k] - out[k]); });
        }
        return out;
    }
};

template <template <class> class Model>
struct StepOfPlasticity {
    static constexpr std::size_t states = Model<double>::states().size();
    static constexpr std::size_t inputs = states + 1, read = states, outputs = states + 1;

    template <class Number, class Real, class Element, class Scheme>
    static std::array<Number, outputs> step(const Model<Number>& model, const std::array<Number, inputs>& y,
                                            const Scheme& scheme, const LinearPointers<Element>& p, std::size_t at) {
        using M = Model<Number>;
        constexpr auto fields = M::states();
        const auto before = states_of<M>(y);
        const auto now = scheme.template step<M>(before, Number(Real(p.dt)), Number(0.), Number(0.),
                                                 [&](const auto& s, auto of) { return model.derivative(s, of); });
        auto values = values_of(now, fields);
        const Number s = y[states] + select(Real::Mask::load(p.spike + at), Real(1.), Real(0.));
        const auto jumped = values_of(model.jump(before, now), fields);
        std::array<Number, outputs> out;
        each_index<states>([&](auto k) { out[k] = values[k] = values[k] + s * (jumped[k] - values[k]); });
        out[states] = model.factor(with_values(values, fields));
        return out;
    }
};

template <template <class> class Model>
struct StepOfOutput {
    static constexpr std::size_t states = 0;
    static constexpr std::size_t inputs = 2, read = 2, outputs = 1;

    template <class Number, class Real, class Element, class Scheme>
    static std::array<Number, outputs> step(const Model<Number>& model, const std::array<Number, inputs>& y,
                                            const Scheme&, const LinearPointers<Element>&, std::size_t) {
        return {current(model, y[0], [&] { return y[1]; })};
    }
};

template <template <class> class Model>
auto kind_of() {
    if constexpr (NeuronTemplate<Model>)
        return StepOfNeuron<Model>();
    else if constexpr (SynapseTemplate<Model>)
        return StepOfSynapse<Model>();
    else if constexpr (PlasticityTemplate<Model>)
        return StepOfPlasticity<Model>();
    else
        return StepOfOutput<Model>();
}
template <template <class> class Model>
using StepOf = decltype(kind_of<Model>());

template <template <class> class Model>
inline constexpr std::size_t num_parameters = Model<double>::parameters().size();

// ---- the loops

/// The arrays of a call, in the type of their elements.
template <template <class> class Model, class Element, class Parameters, class Scheme>
struct LinearStep {
    using Step = StepOf<Model>;
    Parameters parameters;
    Scheme scheme;
    LinearPointers<Element> pointers;
    std::array<const Element*, Step::read> read;
    std::array<Element*, Step::outputs> outputs;
    std::array<Element*, std::max(Step::inputs, num_parameters<Model>)> inputs;
    std::uint32_t add;
    bool pushes;
    IndexRange range;

    LinearStep(const LinearArrays& arrays, const Parameters& p, const Scheme& by, bool push, const IndexRange& of)
        : parameters(p),
          scheme(by),
          pointers{.spike = arrays.spike,
                   .is_on = arrays.is_on,
                   .held = arrays.held,
                   .W = static_cast<const Element*>(arrays.W),
                   .Z = static_cast<const Element*>(arrays.Z),
                   .dt = static_cast<Element>(arrays.dt)},
          add(arrays.add),
          pushes(push),
          range(of) {
        const auto fill = [](auto& to, const auto& from) {
            for (std::size_t k = 0; k < to.size(); ++k)
                to[k] = k < from.size() ? static_cast<std::remove_reference_t<decltype(to[0])>>(from[k]) : nullptr;
        };
        fill(read, arrays.read);
        fill(outputs, arrays.outputs);
        fill(inputs, arrays.inputs);
    }

    template <class Real>
    Real load_read(std::size_t k, std::size_t at) const {
        return read[k] ? Real::load(read[k] + at) : Real(0.);
    }

    /// The outputs at a pack, with their derivatives along the directions.
    template <class Real, class Directions>
    auto outputs_at(const Directions& directions, std::size_t at) const {
        using Number = typename Directions::Number;
        const Model<Real> plain = parameters.template at<Real>(at);
        const auto model = with_parameters<Model, Number>(
            [&](auto k) { return directions.parameter(plain.*Model<Real>::parameters()[k].member, k); });
        std::array<Number, Step::inputs> y;
        each_index<Step::inputs>([&](auto k) {
            Real value(0.);
            if constexpr (k < Step::read) value = load_read<Real>(k, at);
            y[k] = directions.input(value, k);
        });
        return Step::template step<Number, Real>(model, y, scheme, pointers, at);
    }

    /// Calls use with the same as a function of the pack. What the scheme makes of a model that is affine is computed
    /// once for all.
    template <class Real, class Directions, class Use>
    void with_outputs(const Directions& directions, const Use& use) const {
        if constexpr (is_affine<Model<double>> && std::is_same_v<Parameters, SharedParameters<Model, Element>>) {
            using Number = typename Directions::Number;
            const auto model =
                with_parameters<Model, Number>([model = parameters.template at<Real>(0)](auto k) -> Number {
                    return model.*Model<Real>::parameters()[k].member;
                });
            std::array<Number, Step::inputs> y;
            each_index<Step::inputs>([&](auto k) { y[k] = directions.input(Real(0.), k); });
            const auto now = Step::advance(model, y, scheme, Real(pointers.dt), Number(0.), Number(0.));
            use([&](std::size_t at) { return Step::template finish<Number, Real>(model, y, now, pointers, at); });
        } else {
            use([&](std::size_t at) { return outputs_at<Real>(directions, at); });
        }
    }

    template <class Real, class Directions>
    static void go(const LinearStep& step, const Directions& directions) {
        constexpr std::size_t Count = Directions::Number::count;
        step.template with_outputs<Real>(directions, [&](const auto& outputs_at) {
            for (std::size_t at = step.range.begin; at < step.range.end; at += Real::count) {
                const auto out = outputs_at(at);
                if (step.pushes) {
                    std::array<Real, Count> change;
                    each_index<Count>(
                        [&](auto k) { change[k] = step.inputs[k] ? Real::load(step.inputs[k] + at) : Real(0.); });
                    each_index<Step::outputs>([&](auto o) {
                        if (!step.outputs[o]) return;
                        Real sum = out[o].derivative[0] * change[0];
                        each_index<Count - 1>([&](auto k) { sum = sum + out[o].derivative[k + 1] * change[k + 1]; });
                        sum.store(step.outputs[o] + at);
                    });
                    continue;
                }
                std::array<Real, Step::outputs> by_output;
                each_index<Step::outputs>(
                    [&](auto o) { by_output[o] = step.outputs[o] ? Real::load(step.outputs[o] + at) : Real(0.); });
                each_index<Count>([&](auto k) {
                    if (!step.inputs[k]) return;
                    Real sum = out[0].derivative[k] * by_output[0];
                    each_index<Step::outputs - 1>(
                        [&](auto o) { sum = sum + out[o + 1].derivative[k] * by_output[o + 1]; });
                    if (step.add >> k & 1) sum = sum + Real::load(step.inputs[k] + at);
                    sum.store(step.inputs[k] + at);
                });
            }
        });
    }

    /// By the inputs.
    template <std::size_t bytes>
    static void run(const LinearStep& given) {
        using Real = Lanes<Element, bytes / sizeof(Element)>;
        const LinearStep step = given;
        go<Real>(step, ByInputs<Real, Step::inputs>());
    }
};

/// By one parameter, or by all at once.
template <template <class> class Model, class Element, class Scheme>
struct ParameterStep {
    using Linear = LinearStep<Model, Element, OwnParameters<Model, Element>, Scheme>;
    Linear linear;
    std::size_t which;

    template <std::size_t bytes>
    static void run(const ParameterStep& given) {
        const ParameterStep step = given;
        using Real = Lanes<Element, bytes / sizeof(Element)>;
        Linear::template go<Real>(step.linear, ByParameter<Real>{step.which});
    }
};
template <template <class> class Model, class Element, class Scheme>
struct AllParametersStep {
    using Linear = LinearStep<Model, Element, SharedParameters<Model, Element>, Scheme>;
    Linear linear;

    template <std::size_t bytes>
    static void run(const AllParametersStep& given) {
        const Linear step = given.linear;
        using Real = Lanes<Element, bytes / sizeof(Element)>;
        Linear::template go<Real>(step, ByParameters<Real, num_parameters<Model>>());
    }
};

/// Only the values of the outputs that are not states.
template <template <class> class Model, class Element, class Parameters, class Scheme>
struct EvaluatedStep {
    using Linear = LinearStep<Model, Element, Parameters, Scheme>;
    Linear linear;

    template <std::size_t bytes>
    static void run(const EvaluatedStep& given) {
        using Step = typename Linear::Step;
        using Real = Lanes<Element, bytes / sizeof(Element)>;
        const Linear step = given.linear;
        for (std::size_t at = step.range.begin; at < step.range.end; at += Real::count) {
            const Model<Real> model = step.parameters.template at<Real>(at);
            std::array<Real, Step::inputs> y;
            each_index<Step::inputs>([&](auto k) {
                y[k] = Real(0.);
                if constexpr (k < Step::read) y[k] = step.template load_read<Real>(k, at);
            });
            const auto out = Step::template step<Real, Real>(model, y, step.scheme, step.pointers, at);
            each_index<Step::outputs - Step::states>([&](auto o) {
                if (step.outputs[Step::states + o]) out[Step::states + o].store(step.outputs[Step::states + o] + at);
            });
        }
    }
};

template <template <class> class Model, class Element>
class LinearLoops final : public LinearLoop {
    using Step = StepOf<Model>;
    static constexpr bool has_own_parameters = SynapseTemplate<Model> || PlasticityTemplate<Model>;
    static constexpr std::size_t count = loops::num_parameters<Model>;

 public:
    LinearLoops(const void* model, const Method& method, InstructionSet set) : method_(method), set_(set) {
        if constexpr (has_own_parameters)
            for (const auto& field : Model<double>::parameters())
                given_.emplace_back(precision, 1, static_cast<const Model<double>*>(model)->*field.member);
    }
    std::size_t num_inputs() const override { return Step::inputs; }
    std::size_t num_outputs() const override { return Step::outputs; }
    void pull(const LinearArrays& arrays, const IndexRange& range) const override { by_inputs(arrays, false, range); }
    void push(const LinearArrays& arrays, const IndexRange& range) const override { by_inputs(arrays, true, range); }
    std::size_t num_parameters() const override { return count; }
    void pull_parameters(const LinearArrays& arrays, const IndexRange& range) const override {
        by_parameters(arrays, false, range);
    }
    void push_parameters(const LinearArrays& arrays, const IndexRange& range) const override {
        by_parameters(arrays, true, range);
    }
    void evaluate(const LinearArrays& arrays, const IndexRange& range) const override {
        if constexpr (Step::outputs > Step::states) {
            if (range.empty()) return;
            with_scheme([&](const auto& scheme) {
                using Scheme = std::decay_t<decltype(scheme)>;
                using Parameters = OwnParameters<Model, Element>;
                using Loop = EvaluatedStep<Model, Element, Parameters, Scheme>;
                run_up_to<widest_of<Scheme>>(Loop{{arrays, Parameters(parameters(arrays)), scheme, false, range}});
            });
        }
    }

 private:
    static constexpr Precision precision = sizeof(Element) == 8 ? Precision::float64 : Precision::float32;
    std::span<const Buffer> parameters(const LinearArrays& arrays) const {
        return has_own_parameters ? std::span<const Buffer>(given_) : arrays.parameters;
    }
    // Code that is seldom asked for should not take most of the time to compile: loops with shared parameters are for
    // small models, wide vectors for exponential Euler.
    static constexpr bool is_small = Step::states <= 1;
    template <class Scheme>
    static constexpr auto widest_of =
        std::is_same_v<Scheme, RungeKutta> ? InstructionSet::baseline : InstructionSet::avx512;
    template <class Body>
    void with_scheme(const Body& body) const {
        if constexpr (Step::states == 0)
            body(0);
        else if (method_.is_exp_auto())
            body(ExpAuto());
        else
            body(RungeKutta{&method_.tableau()});
    }
    /// Runs the loop, which is not compiled for vectors wider than `most`.
    template <InstructionSet most, class Loop>
    void run_up_to(const Loop& loop) const {
        if constexpr (most == InstructionSet::avx512)
            loops::run<Loop>(set_, loop);
        else if constexpr (most == InstructionSet::avx2)
            loops::run_narrow<Loop>(set_, loop);
        else
            loops::run_baseline<Loop>(loop);
    }
    void by_inputs(const LinearArrays& arrays, bool pushes, const IndexRange& range) const {
        if (range.empty()) return;
        with_scheme([&](const auto& scheme) {
            using Scheme = std::decay_t<decltype(scheme)>;
            const auto go = [&]<class Parameters>(const Parameters& p) {
                using Loop = LinearStep<Model, Element, Parameters, Scheme>;
                run_up_to<widest_of<Scheme>>(Loop(arrays, p, scheme, pushes, range));
            };
            constexpr bool may_share = is_small && !std::is_same_v<Scheme, RungeKutta>;
            if constexpr (may_share)
                if (has_own_parameters || all_shared(parameters(arrays)))
                    return go(SharedParameters<Model, Element>(parameters(arrays)));
            if constexpr (!may_share || !has_own_parameters) go(OwnParameters<Model, Element>(parameters(arrays)));
        });
    }
    /// The few parameters of a synapse or a plasticity are all directions of one pass; each of the others has its own.
    void by_parameters(const LinearArrays& arrays, bool pushes, const IndexRange& range) const {
        if (range.empty()) return;
        if constexpr (count > 0)
            with_scheme([&](const auto& scheme) {
                using Scheme = std::decay_t<decltype(scheme)>;
                constexpr auto most = std::min(widest_of<Scheme>, InstructionSet::avx2);
                LinearArrays given = arrays;
                given.add = ~0u;
                if constexpr (has_own_parameters) {
                    using Loop = AllParametersStep<Model, Element, Scheme>;
                    run_up_to<most>(Loop{{given, SharedParameters<Model, Element>(given_), scheme, pushes, range}});
                } else {
                    using Loop = ParameterStep<Model, Element, Scheme>;
                    for (std::size_t which = 0; which < count; ++which) {
                        if (!arrays.inputs[which]) continue;
                        given.inputs = arrays.inputs.subspan(which, 1);
                        run_up_to<most>(Loop{
                            {given, OwnParameters<Model, Element>(parameters(arrays)), scheme, pushes, range}, which});
                    }
                }
            });
    }

    Method method_;
    InstructionSet set_;
    std::vector<Buffer> given_;  // the parameters of a synapse or a plasticity
};

template <template <class> class Model>
class LinearisationOf final : public Linearisation {
 public:
    const std::type_info& type() const override {
        if constexpr (SynapseTemplate<Model> || PlasticityTemplate<Model>)
            return typeid(Model<double>);
        else
            return typeid(Model<Parameter>);
    }
    bool spikes_by_crossing() const override {
        if constexpr (NeuronTemplate<Model>) return StepOf<Model>::crosses;
        return false;
    }
    bool is_affine() const override { return loops::is_affine<Model<double>>; }
    std::unique_ptr<LinearLoop> loop(const void* model, Precision precision, const Method& method,
                                     InstructionSet set) const override {
        return of_precision<LinearLoops, Model, LinearLoop>(precision, model, method, set);
    }
};

}  // namespace loops

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

}  // namespace bouton
