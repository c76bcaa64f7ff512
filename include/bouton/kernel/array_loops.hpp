// SPDX-License-Identifier: Apache-2.0
/// \file
/// The loops over arrays, made from the equations of a model: packs of lanes go through them, as wide as the vectors of
/// the instruction set. Each loop is a plain struct of what it reads and writes, with a `run<bytes>` for each width.
#pragma once

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <type_traits>

#include <bouton/kernel/loop.hpp>
#include <bouton/math/dual.hpp>
#include <bouton/math/lane_functions.hpp>
#include <bouton/math/step.hpp>
#include <bouton/math/two_packs.hpp>

namespace bouton {

// A model may stand in an anonymous namespace, like anything else of which a program has one.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wsubobject-linkage"
#endif

namespace loops {

template <class Model>
inline constexpr bool has_refractoriness = requires(Model m) {
    m.tau_ref;
};
template <class Model>
inline constexpr bool has_spike = requires(const Model m, typename Model::State s) {
    m.spike(s, s);
};
template <class Model>
inline constexpr bool has_reset = requires(const Model m, typename Model::State s) {
    m.reset(s);
};
template <class Model>
inline constexpr bool has_take_in = requires(const Model m, typename Model::State s) {
    m.take_in(s, s.*Model::states()[0].member);
};
template <class Model>
inline constexpr bool has_rest = requires(const Model m, typename Model::State s) {
    m.rest(s);
};
template <class Model>
inline constexpr bool has_pulse = requires(const Model m) {
    m.pulse();
};
template <class Model>
inline constexpr bool has_memory = !requires {
    Model::without_memory;
};
/// A model whose step has the same derivatives by states and I wherever it is: its `derivative`, `reset` and what its
/// `spike` compares are of first order in them.
template <class Model>
inline constexpr bool is_affine = [] {
    if constexpr (requires { Model::is_affine; }) return Model::is_affine;
    return false;
}();
template <class Model>
inline constexpr bool has_jump = requires(const Model m, typename Model::State s) {
    m.jump(s);
};

/// The same model over another number type.
template <template <class> class Model, class Real, class Value>
Model<Real> with_parameters(const Value& value_of) {
    constexpr auto fields = Model<Real>::parameters();
    Model<Real> model{};
    each_index<fields.size()>([&](auto k) { model.*fields[k].member = Real(value_of(k)); });
    return model;
}

// ---- one step of the equations of a model; W and Z: noise on the first state

struct ExpAuto {
    template <class Model, class Real, class Derivative>
    typename Model::State step(const typename Model::State& state, Real dt, Real W, Real,
                               const Derivative& derivative) const {
        constexpr auto fields = Model::states();
        const auto equations = [&](const auto& y, auto of) { return derivative(with_values(y, fields), of); };
        auto y = exp_auto(values_of(state, fields), dt, equations);
        y[0] = y[0] + W;
        return with_values(y, fields);
    }
};

/// The same for equations whose slopes, and so their factors, are those of another state.
template <class Real, std::size_t Count>
struct ExpAutoWithFactors {
    std::array<Real, Count> factors;

    template <class Model, class Derivative>
    typename Model::State step(const typename Model::State& state, Real, Real W, Real,
                               const Derivative& derivative) const {
        constexpr auto fields = Model::states();
        auto y = exp_auto(values_of(state, fields), derivative(state, DualOf()), factors);
        y[0] = y[0] + W;
        return with_values(y, fields);
    }
};

struct RungeKutta {
    const Tableau* tableau;

    template <class Model, class Real, class Derivative>
    typename Model::State step(const typename Model::State& state, Real dt, Real W, Real Z,
                               const Derivative& derivative) const {
        constexpr auto fields = Model::states();
        const auto equations = [&](const auto& y, auto of) { return derivative(with_values(y, fields), of); };
        return with_values(runge_kutta(*tableau, values_of(state, fields), dt, W, Z, equations), fields);
    }
};

/// run(scheme) with the scheme of the method.
template <class Run>
bool by_scheme(const Method& method, const Run& run) {
    if (method.is_exp_auto()) return run(ExpAuto());
    return run(RungeKutta{&method.tableau()});
}

// ---- arrays as a loop sees them: plain pointers, for a function with an instruction set of its own

/// Whether all numbers that it was told of are finite: 0 x is 0 then, else NaN.
template <class Real>
class FiniteCheck {
 public:
    void add(Real x) { sum_ = sum_ + 0 * x; }
    bool passed() const { return all(sum_ <= 0); }

 private:
    Real sum_ = 0;
};

/// `yes` in the lanes where the condition holds, `no` in the others.
template <class Model, class Mask>
typename Model::State select_states(const Mask& condition, const typename Model::State& yes,
                                    const typename Model::State& no) {
    typename Model::State chosen;
    each_index<Model::states().size()>([&](auto k) {
        constexpr auto state = Model::states()[k].member;
        chosen.*state = select(condition, yes.*state, no.*state);
    });
    return chosen;
}

/// The states of a model. What follows their last entry in its pack stays 0.
template <template <class> class Model, class Element>
struct StatePointers {
    static constexpr std::size_t count = Model<double>::states().size();
    std::array<Element*, count> data;

    explicit StatePointers(std::span<Buffer> buffers) {
        for (std::size_t k = 0; k < count; ++k) data[k] = buffers[k].template as<Element>().data();
    }
    template <class Real>
    typename Model<Real>::State load(std::size_t at) const {
        typename Model<Real>::State state;
        each_index<count>([&](auto k) { state.*Model<Real>::states()[k].member = Real::load(data[k] + at); });
        return state;
    }
    /// Stores the states of a pack whose first `lanes` lanes are entries; `check` is told of them.
    template <class Real>
    void store(std::size_t at, typename Model<Real>::State state, std::size_t lanes, FiniteCheck<Real>& check) const {
        constexpr auto fields = Model<Real>::states();
        if constexpr (requires { Real::Mask::first(lanes); })  // two packs are entries all
            if (lanes < Real::count)
                each_index<count>([&](auto k) {
                    state.*fields[k].member = select(Real::Mask::first(lanes), state.*fields[k].member, 0);
                });
        each_index<count>([&](auto k) {
            check.add(state.*fields[k].member);
            (state.*fields[k].member).store(data[k] + at);
        });
    }
};

/// Parameters that are the same for all.
template <template <class> class Model, class Element>
struct SharedParameters {
    static constexpr std::size_t count = Model<double>::parameters().size();
    std::array<Element, count> value;

    explicit SharedParameters(const Model<double>& model) {
        for (std::size_t k = 0; k < count; ++k)
            value[k] = static_cast<Element>(model.*Model<double>::parameters()[k].member);
    }
    explicit SharedParameters(std::span<const Buffer> buffers) {
        for (std::size_t k = 0; k < count; ++k) value[k] = buffers[k].template as<Element>()[0];
    }
    template <class Real>
    Model<Real> at(std::size_t) const {
        return with_parameters<Model, Real>([&](auto k) { return value[k]; });
    }
};

/// Parameters that may differ from entry to entry: one that does not is read from a pack of its own, again and again.
template <template <class> class Model, class Element>
struct OwnParameters {
    static constexpr std::size_t count = Model<double>::parameters().size();
    static constexpr std::size_t most_lanes = 2 * cache_line / sizeof(Element);  // of two packs
    alignas(cache_line) std::array<std::array<Element, most_lanes>, count> shared;
    std::array<const Element*, count> own;  // null: shared

    explicit OwnParameters(std::span<const Buffer> buffers) {
        for (std::size_t k = 0; k < count; ++k) {
            const auto values = buffers[k].template as<Element>();
            own[k] = values.size() == 1 ? nullptr : values.data();
            shared[k].fill(values[0]);
        }
    }
    template <class Real>
    Model<Real> at(std::size_t at) const {
        return with_parameters<Model, Real>(
            [&](auto k) { return Real::load(own[k] ? own[k] + at : shared[k].data()); });
    }
};

/// Null where there is no array.
template <class Element>
const Element* data(const Buffer* array) {
    return array ? array->as<Element>().data() : nullptr;
}

inline bool all_shared(std::span<const Buffer> parameters) {
    return std::ranges::all_of(parameters, [](const Buffer& b) { return b.size() == 1; });
}

// ---- neurons

template <template <class> class Model, class Element, class Parameters, class Scheme>
struct NeuronStep {
    StatePointers<Model, Element> states;
    Parameters parameters;
    Scheme scheme;
    const Element *input, *W, *Z;
    std::uint8_t* spike;
    const std::int32_t* refractory_steps;
    std::int32_t* refractory_left;
    Element* t_last_spike;
    Element t, dt;
    bool brainpy_2_4;
    IndexRange range;

    NeuronStep(const NeuronArrays& arrays, const StepTime& time, const Scheme& by, const IndexRange& of)
        : states(arrays.states),
          parameters(arrays.parameters),
          scheme(by),
          input(arrays.input->as<Element>().data()),
          W(data<Element>(arrays.W)),
          Z(data<Element>(arrays.Z)),
          spike(arrays.spike),
          refractory_steps(arrays.refractory_steps),
          refractory_left(arrays.refractory_left),
          t_last_spike(arrays.t_last_spike ? arrays.t_last_spike->as<Element>().data() : nullptr),
          t(static_cast<Element>(time.t)),
          dt(static_cast<Element>(time.dt)),
          brainpy_2_4(time.brainpy_2_4),
          range(of) {}

    template <std::size_t bytes>
    static bool run(const NeuronStep& given) {
        using Pack = Lanes<Element, bytes / sizeof(Element)>;
        std::size_t done = given.range.begin;
        bool finite = true;
        if constexpr (goes_by_two_packs && bytes > 16) {
            done += given.range.size() / (2 * Pack::count) * (2 * Pack::count);
            finite = run_packs<TwoPacks<Pack>>(given, {given.range.begin, done});
        }
        return run_packs<Pack>(given, {done, given.range.end}) && finite;
    }

 private:
    /// Where the equations are what takes the time.
    static constexpr bool goes_by_two_packs =
        std::is_same_v<Scheme, ExpAuto> && !is_affine<Model<double>> && !has_refractoriness<Model<double>>;

    template <class Real>
    static bool run_packs(const NeuronStep& given, const IndexRange& range) {
        using M = Model<Real>;
        constexpr auto first_state = M::states()[0].member;
        NeuronStep step = given;  // a copy that no store can change
        step.range = range;
        const auto scheme = step.template scheme_of_loop<Real>();
        FiniteCheck<Real> finite;
        for (std::size_t at = step.range.begin; at < step.range.end; at += Real::count) {
            const M model = step.parameters.template at<Real>(at);
            const Real I = Real::load(step.input + at);
            const auto old = step.states.template load<Real>(at);
            const Real noise_W = step.W ? Real::load(step.W + at) : Real(0.);
            const Real noise_Z = step.Z ? Real::load(step.Z + at) : Real(0.);
            auto now = scheme.template step<M>(old, Real(step.dt), noise_W, noise_Z,
                                               [&](const auto& s, auto of) { return model.derivative(s, I, of); });
            if constexpr (has_take_in<M>) now = model.take_in(now, I);
            if constexpr (has_refractoriness<M>)
                if (step.refractory_left)
                    now.*first_state = select(step.is_held(at, model), old.*first_state, now.*first_state);
            if constexpr (has_spike<M>) {
                if constexpr (has_refractoriness<M>)
                    if (step.refractory_left) step.template count_down<Real>(at);
                const typename Real::Mask spikes = model.spike(old, now);
                if constexpr (has_reset<M>) now = select_states<M>(spikes, model.reset(now), now);
                if constexpr (has_refractoriness<M>)
                    if (step.refractory_left && any(spikes)) step.template hold<Real>(at, spikes);  // seldom
                spikes.store(step.spike + at);
            }
            step.states.store(at, now, step.range.end - at, finite);
        }
        return finite.passed();
    }

    /// Factors that are the same for all neurons are worked out once.
    template <class Real>
    auto scheme_of_loop() const {
        using M = Model<Real>;
        if constexpr (is_affine<M> && std::is_same_v<Scheme, ExpAuto> &&
                      std::is_same_v<Parameters, SharedParameters<Model, Element>>) {
            const auto slope = parameters.template at<Real>(0).derivative(typename M::State{}, Real(0.), DualOf());
            return ExpAutoWithFactors<Real, M::states().size()>{exp_auto_factors(slope, Real(dt))};
        } else {
            return scheme;
        }
    }
    template <class Real>
    typename Real::Mask is_held(std::size_t at, const Model<Real>& model) const {
        if (brainpy_2_4) return is_held_brainpy_2_4(Real(t), Real::load(t_last_spike + at), model.tau_ref);
        using Steps = IntegerLanes<std::int32_t, Real::count>;
        return Real::of(load_lanes<Steps>(refractory_left + at)) > 1;
    }
    template <class Real>
    void count_down(std::size_t at) const {
        using Steps = IntegerLanes<std::int32_t, Real::count>;
        constexpr std::int32_t for_ever = std::numeric_limits<std::int32_t>::max();
        const auto left = load_lanes<Steps>(refractory_left + at);
        const auto counts = detail::less<Steps>(Steps{}, left) & detail::less<Steps>(left, Steps{} + for_ever);
        store_lanes(left + counts, refractory_left + at);  // true is -1
    }
    template <class Real>
    void hold(std::size_t at, const typename Real::Mask& spikes) const {
        using Steps = IntegerLanes<std::int32_t, Real::count>;
        const auto left = load_lanes<Steps>(refractory_left + at), held = load_lanes<Steps>(refractory_steps + at);
        store_lanes(detail::select(spikes.template as<std::int32_t>(), held, left), refractory_left + at);
        select(spikes, Real(t), Real::load(t_last_spike + at)).store(t_last_spike + at);
    }
};

template <template <class> class Model, class Element>
class Neurons final : public NeuronLoop {
 public:
    Neurons(const Method& method, InstructionSet set) : method_(method), set_(set) {}

    bool step(const NeuronArrays& arrays, const StepTime& time, const IndexRange& range) const override {
        if (range.empty()) return true;  // and no parameter either
        return by_scheme(method_, [&]<class Scheme>(const Scheme& scheme) {
            if constexpr (std::is_same_v<Scheme, ExpAuto>)  // the one in general use
                if (all_shared(arrays.parameters))
                    return run<SharedParameters<Model, Element>>(arrays, time, scheme, range);
            return run<OwnParameters<Model, Element>>(arrays, time, scheme, range);
        });
    }

 private:
    template <class Parameters, class Scheme>
    bool run(const NeuronArrays& arrays, const StepTime& time, const Scheme& scheme, const IndexRange& range) const {
        using Step = NeuronStep<Model, Element, Parameters, Scheme>;
        return loops::run<Step>(set_, Step(arrays, time, scheme, range));
    }
    Method method_;
    InstructionSet set_;
};

// ---- synapses and plasticities

template <template <class> class Model, class Element, class Scheme>
struct SynapseStep {
    StatePointers<Model, Element> states;
    SharedParameters<Model, Element> parameters;
    Scheme scheme;
    const std::uint8_t* arrived;
    const Element* spike_arrival_time;
    const std::uint64_t* pulse_end;
    std::uint64_t age;
    Element t, dt;
    bool brainpy_2_4;
    IndexRange range;

    SynapseStep(const SynapseArrays& arrays, const StepTime& time, const SharedParameters<Model, Element>& p,
                const Scheme& by, const IndexRange& of)
        : states(arrays.states),
          parameters(p),
          scheme(by),
          arrived(arrays.arrived),
          spike_arrival_time(data<Element>(arrays.spike_arrival_time)),
          pulse_end(arrays.pulse_end),
          age(time.age),
          t(static_cast<Element>(time.t)),
          dt(static_cast<Element>(time.dt)),
          brainpy_2_4(time.brainpy_2_4),
          range(of) {}

    template <std::size_t bytes>
    static bool run(const SynapseStep& given) {
        using Real = Lanes<Element, bytes / sizeof(Element)>;
        using M = Model<Real>;
        const SynapseStep step = given;
        FiniteCheck<Real> finite;
        for (std::size_t at = step.range.begin; at < step.range.end; at += Real::count) {
            const M model = step.parameters.template at<Real>(at);
            Real TT = 0;
            if constexpr (has_pulse<M>) TT = select(step.is_on(at, model), model.pulse().T, 0);
            typename M::State now{};
            if constexpr (has_memory<M>)
                now =
                    step.scheme.template step<M>(step.states.template load<Real>(at), Real(step.dt), Real(0.), Real(0.),
                                                 [&](const auto& s, auto of) { return model.derivative(s, TT, of); });
            if constexpr (has_jump<M>)
                now = select_states<M>(Real::Mask::load(step.arrived + at), model.jump(now), now);
            step.states.store(at, now, step.range.end - at, finite);
        }
        return finite.passed();
    }

 private:
    template <class Real>
    typename Real::Mask is_on(std::size_t at, const Model<Real>& model) const {
        if (brainpy_2_4)
            return is_on_brainpy_2_4(Real(t), Real::load(spike_arrival_time + at), model.pulse().T_duration);
        return Real::Mask::above(pulse_end + at, age);
    }
};

template <template <class> class Model, class Element>
class Synapses final : public SynapseLoop {
 public:
    Synapses(const Model<double>& model, const Method& method, InstructionSet set)
        : parameters_(model), method_(method), set_(set) {}

    bool step(const SynapseArrays& arrays, const StepTime& time, const IndexRange& range) const override {
        return by_scheme(method_, [&]<class Scheme>(const Scheme& scheme) {
            using Step = SynapseStep<Model, Element, Scheme>;
            return loops::run<Step>(set_, Step(arrays, time, parameters_, scheme, range));
        });
    }

 private:
    SharedParameters<Model, Element> parameters_;
    Method method_;
    InstructionSet set_;
};

template <template <class> class Model, class Element, class Scheme>
struct PlasticityStep {
    StatePointers<Model, Element> states;
    SharedParameters<Model, Element> parameters;
    Scheme scheme;
    const std::uint8_t* arrived;
    Element* factor;
    Element dt;
    IndexRange range;

    template <std::size_t bytes>
    static bool run(const PlasticityStep& given) {
        using Real = Lanes<Element, bytes / sizeof(Element)>;
        using M = Model<Real>;
        const PlasticityStep step = given;
        FiniteCheck<Real> finite;
        for (std::size_t at = step.range.begin; at < step.range.end; at += Real::count) {
            const M model = step.parameters.template at<Real>(at);
            const auto before = step.states.template load<Real>(at);
            auto now = step.scheme.template step<M>(before, Real(step.dt), Real(0.), Real(0.),
                                                    [&](const auto& s, auto of) { return model.derivative(s, of); });
            now = select_states<M>(Real::Mask::load(step.arrived + at), model.jump(before, now), now);
            model.factor(now).store(step.factor + at);
            step.states.store(at, now, step.range.end - at, finite);
        }
        return finite.passed();
    }
};

template <template <class> class Model, class Element>
class Plasticities final : public PlasticityLoop {
 public:
    Plasticities(const Model<double>& model, const Method& method, InstructionSet set)
        : parameters_(model), method_(method), set_(set) {}

    bool step(const PlasticityArrays& arrays, const StepTime& time, const IndexRange& range) const override {
        return by_scheme(method_, [&]<class Scheme>(const Scheme& scheme) {
            using Step = PlasticityStep<Model, Element, Scheme>;
            return loops::run<Step>(set_, Step{.states = StatePointers<Model, Element>(arrays.states),
                                               .parameters = parameters_,
                                               .scheme = scheme,
                                               .arrived = arrays.arrived,
                                               .factor = arrays.factor->as<Element>().data(),
                                               .dt = static_cast<Element>(time.dt),
                                               .range = range});
        });
    }

 private:
    SharedParameters<Model, Element> parameters_;
    Method method_;
    InstructionSet set_;
};

// ---- outputs

/// `membrane()` is V, for an output that reads it.
template <class Model, class Real, class Membrane>
Real current(const Model& model, Real h, const Membrane& membrane) {
    if constexpr (requires { model.current(h); })
        return model.current(h);
    else
        return model.current(h, membrane());
}

/// h of a pack of entries.
template <class Element>
struct StoredSum {
    const Element* h;
    explicit StoredSum(const OutputArrays& arrays) : h(arrays.h->as<Element>().data()) {}
    template <class Real>
    Real of(std::size_t at) const {
        return Real::load(h + at);
    }
};
template <class Element>
struct ScaledSum {
    ScaledSums sums;
    explicit ScaledSum(const OutputArrays& arrays) : sums(*arrays.sums) {}
    template <class Real>
    Real of(std::size_t at) const {
        if constexpr (sizeof(Element) == sizeof(double)) {
            return scaled<Real>(at);
        } else {
            using Half = Lanes<double, Real::count / 2>;
            return Real::joined(scaled<Half>(at), scaled<Half>(at + Half::count));
        }
    }

 private:
    template <class L>
    L scaled(std::size_t at) const {
        const L h = L::load(sums.values + at) * L(sums.factor);
        return sums.non_negative ? max(h, L(0.)) : h;
    }
};

/// Where V and target have the layout of h.
template <template <class> class Model, class Element, class Sum>
struct OutputStep {
    SharedParameters<Model, Element> parameters;
    Sum h;
    const Element *V, *start;
    Element* target;
    IndexRange range;

    template <std::size_t bytes>
    static void run(const OutputStep& given) {
        using Real = Lanes<Element, bytes / sizeof(Element)>;
        const OutputStep step = given;
        for (std::size_t at = step.range.begin; at < step.range.end; at += Real::count) {
            const Model<Real> model = step.parameters.template at<Real>(at);
            const Real sum = (step.start ? Real::load(step.start + at) : Real(0.)) +
                             current(model, step.h.template of<Real>(at), [&] { return Real::load(step.V + at); });
            sum.store(step.target + at);
        }
    }
};

/// In any layout: each pack is gathered and scattered lane by lane.
template <template <class> class Model, class Element, class Sum>
struct GatheredOutputStep {
    OutputArrays arrays;
    Sum h;
    IndexRange range;

    template <std::size_t bytes>
    static void run(const GatheredOutputStep& step) {
        using Real = Lanes<Element, bytes / sizeof(Element)>;
        const OutputArrays& arrays = step.arrays;
        const Element *const V = data<Element>(arrays.V), *const start = data<Element>(arrays.start);
        Element* const target = arrays.target->as<Element>().data();
        for (std::size_t at = step.range.begin; at < step.range.end; at += Real::count) {
            const std::size_t lanes = std::min(Real::count, step.range.end - at);
            const auto gather = [&](const auto& value_at) {
                Real values = 0;
                for (std::size_t k = 0; k < lanes; ++k)
                    values.value[k] = value_at((at + k) / arrays.num, (at + k) % arrays.num);
                return values;
            };
            const auto model = with_parameters<Model, Real>([&](auto parameter) {
                const auto values = arrays.parameters[parameter].template as<Element>();
                return gather([&](std::size_t, std::size_t j) { return values[values.size() == 1 ? 0 : j]; });
            });
            const Real I = current(model, step.h.template of<Real>(at), [&] {
                return gather([&](std::size_t row, std::size_t j) {
                    return V[row * arrays.V_stride + (arrays.V_index ? arrays.V_index[j] : j)];
                });
            });
            for (std::size_t k = 0; k < lanes; ++k) {
                const std::size_t row = (at + k) / arrays.num, j = (at + k) % arrays.num;
                const std::size_t to = row * arrays.target_stride + (arrays.target_index ? arrays.target_index[j] : j);
                target[to] = (start ? start[to] : Element{0}) + I[k];
            }
        }
    }
};

template <template <class> class Model, class Element>
class Outputs final : public OutputLoop {
 public:
    explicit Outputs(InstructionSet set) : set_(set) {}

    void step(const OutputArrays& arrays, const IndexRange& range) const override {
        if (range.empty()) return;
        arrays.sums ? step(arrays, range, ScaledSum<Element>(arrays)) : step(arrays, range, StoredSum<Element>(arrays));
    }

 private:
    template <class Sum>
    void step(const OutputArrays& arrays, const IndexRange& range, const Sum& h) const {
        if (!has_layout_of_h(arrays)) return run(GatheredOutputStep<Model, Element, Sum>{arrays, h, range});
        run(OutputStep<Model, Element, Sum>{.parameters = SharedParameters<Model, Element>(arrays.parameters),
                                            .h = h,
                                            .V = data<Element>(arrays.V),
                                            .start = data<Element>(arrays.start),
                                            .target = arrays.target->as<Element>().data(),
                                            .range = range});
    }
    static bool has_layout_of_h(const OutputArrays& arrays) {
        const bool one_row = arrays.rows == 1;
        return all_shared(arrays.parameters) && !arrays.target_index && !arrays.V_index &&
               (one_row || arrays.target_stride == arrays.num) &&
               (one_row || !arrays.V || arrays.V_stride == arrays.num);
    }
    template <class Step>
    void run(const Step& step) const {
        loops::run<Step>(set_, step);
    }
    InstructionSet set_;
};

}  // namespace loops

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

}  // namespace bouton
