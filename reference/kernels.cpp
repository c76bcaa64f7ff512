// SPDX-License-Identifier: Apache-2.0
#include "kernels.hpp"

#include <cmath>
#include <limits>
#include <typeinfo>

#include <bouton/model/models.hpp>

#include "step.hpp"

namespace bouton::reference {
namespace {

/// The states of a model in the arrays, one neuron (of one row) at a time.
template <class Model>
struct States {
    using State = typename Model::State;
    static constexpr auto fields = Model::states();
    std::span<Buffer> buffers;

    State load(std::size_t at) const {
        State state{};
        for (std::size_t k = 0; k < fields.size(); ++k) state.*fields[k].member = buffers[k].get(at);
        return state;
    }
    /// False where a value is not finite.
    bool store(std::size_t at, const State& state) const {
        bool finite = true;
        for (std::size_t k = 0; k < fields.size(); ++k) {
            const double value = state.*fields[k].member;
            buffers[k].set(at, value);
            finite = finite && std::isfinite(value);
        }
        return finite;
    }
    /// `equations(state, of)`: the right-hand sides.
    template <class Equations>
    static State step(const Method& method, const State& old, double dt, double W, double Z,
                      const Equations& equations) {
        const auto f = [&](const auto& y, auto of) { return equations(with_values(y, fields), of); };
        return with_values(reference::step(method, values_of(old, fields), dt, W, Z, f), fields);
    }
};

/// The model with the parameters at `at`: they have one value for all or one for each.
template <class Model>
Model model_of(std::span<const Buffer> parameters, std::size_t at) {
    constexpr auto fields = Model::parameters();
    Model model;
    for (std::size_t k = 0; k < fields.size(); ++k)
        model.*fields[k].member = parameters[k].get(parameters[k].size() == 1 ? 0 : at);
    return model;
}

template <class Model>
class Neurons final : public NeuronLoop {
 public:
    explicit Neurons(const Method& method) : method_(method) {}

    bool step(const NeuronArrays& arrays, const StepTime& time, const IndexRange& range) const override {
        const States<Model> states{arrays.states};
        bool finite = true;
        for (std::size_t at = range.begin; at < range.end; ++at) {
            const Model model = model_of<Model>(arrays.parameters, at);
            const double I = arrays.input->get(at);
            const double W = arrays.W ? arrays.W->get(at) : 0, Z = arrays.Z ? arrays.Z->get(at) : 0;
            const auto old = states.load(at);
            auto now = states.step(method_, old, time.dt, W, Z,
                                   [&](const auto& s, auto of) { return model.derivative(s, I, of); });
            if constexpr (requires { model.take_in(now, I); }) now = model.take_in(now, I);
            if constexpr (requires { model.tau_ref; }) {
                if (arrays.refractory_left) {
                    const bool held = time.brainpy_2_4 ? time.t - arrays.t_last_spike->get(at) <= model.tau_ref
                                                       : arrays.refractory_left[at] > 1;
                    if (held) now.*states.fields[0].member = old.*states.fields[0].member;
                }
            }
            if constexpr (requires { model.spike(old, now); }) {
                arrays.spike[at] = model.spike(old, now);
                if (arrays.refractory_left) {
                    std::int32_t& left = arrays.refractory_left[at];
                    if (left > 0 && left < std::numeric_limits<std::int32_t>::max()) --left;
                    if (arrays.spike[at]) {
                        arrays.t_last_spike->set(at, time.t);
                        left = arrays.refractory_steps[at];
                    }
                }
                if constexpr (requires { model.reset(now); })
                    if (arrays.spike[at]) now = model.reset(now);
            }
            finite = states.store(at, now) && finite;
        }
        return finite;
    }

 private:
    Method method_;
};

template <class Model>
class Synapses final : public SynapseLoop {
 public:
    Synapses(const Model& model, const Method& method) : model_(model), method_(method) {}

    bool step(const SynapseArrays& arrays, const StepTime& time, const IndexRange& range) const override {
        const States<Model> states{arrays.states};
        bool finite = true;
        for (std::size_t at = range.begin; at < range.end; ++at) {
            double TT = 0;
            if constexpr (requires { model_.pulse(); }) {
                const auto [T, T_duration] = model_.pulse();
                const bool on = time.brainpy_2_4 ? time.t - arrays.spike_arrival_time->get(at) < T_duration
                                                 : time.age < arrays.pulse_end[at];
                if (on) TT = T;
            }
            typename Model::State now{};  // where there are no equations
            if constexpr (!requires { Model::without_memory; })
                now = states.step(method_, states.load(at), time.dt, 0, 0,
                                  [&](const auto& s, auto of) { return model_.derivative(s, TT, of); });
            if constexpr (requires { model_.jump(now); })
                if (arrays.arrived[at]) now = model_.jump(now);
            finite = states.store(at, now) && finite;
        }
        return finite;
    }

 private:
    Model model_;
    Method method_;
};

template <class Model>
class Plasticities final : public PlasticityLoop {
 public:
    Plasticities(const Model& model, const Method& method) : model_(model), method_(method) {}

    bool step(const PlasticityArrays& arrays, const StepTime& time, const IndexRange& range) const override {
        const States<Model> states{arrays.states};
        bool finite = true;
        for (std::size_t at = range.begin; at < range.end; ++at) {
            const auto before = states.load(at);
            auto now = states.step(method_, before, time.dt, 0, 0,
                                   [&](const auto& s, auto of) { return model_.derivative(s, of); });
            if (arrays.arrived[at]) now = model_.jump(before, now);
            arrays.factor->set(at, model_.factor(now));
            finite = states.store(at, now) && finite;
        }
        return finite;
    }

 private:
    Model model_;
    Method method_;
};

template <class Model>
class Outputs final : public OutputLoop {
 public:
    void step(const OutputArrays& arrays, const IndexRange& range) const override {
        for (std::size_t at = range.begin; at < range.end; ++at) {
            const std::size_t row = at / arrays.num, j = at % arrays.num;
            const Model model = model_of<Model>(arrays.parameters, j);
            const double h = arrays.h->get(at);
            double I = 0;
            if constexpr (requires { model.current(h); })
                I = model.current(h);
            else
                I = model.current(h, arrays.V->get(row * arrays.V_stride + (arrays.V_index ? arrays.V_index[j] : j)));
            const std::size_t to = row * arrays.target_stride + (arrays.target_index ? arrays.target_index[j] : j);
            arrays.target->set(to, (arrays.start ? arrays.start->get(to) : 0) + I);
        }
    }
};

/// A connection from `pre` to `post`; `at` is where values given per connection hold its own.
struct Connection {
    std::size_t pre, post, at;
};

/// A weight matrix says itself what the weights i -> i of all-to-all connections are.
std::vector<Connection> connections(const Connectivity& graph, bool has_weight_matrix) {
    const std::size_t num_pre = graph.num_pre(), num_post = graph.num_post();
    std::vector<Connection> all;
    if (graph.kind() == Connectivity::Kind::all_to_all) {
        for (std::size_t i = 0; i < num_pre; ++i)
            for (std::size_t j = 0; j < num_post; ++j)
                if (i != j || graph.include_self() || has_weight_matrix) all.push_back({i, j, i * num_post + j});
    } else {
        const Csr csr = graph.to_csr();
        for (std::size_t i = 0; i < num_pre; ++i)
            for (std::size_t k = csr.row[i]; k < csr.row[i + 1]; ++k) all.push_back({i, csr.target[k], k});
    }
    return all;
}

double weight(const Weights& weights, const Connection& c) {
    switch (weights.form) {
        case Weights::Form::scalar:
            return weights.scalar;
        case Weights::Form::per_pre:
            return weights.values.get(c.pre);
        case Weights::Form::per_connection:
            return weights.values.get(c.at);
    }
    return 0;
}

class ReferenceKernels final : public Kernels {
 public:
    std::unique_ptr<NeuronLoop> neurons(const NeuronModel& model, Precision p, const Method& method) const override {
#define BOUTON_IF_IT_IS(Model) \
    if (model.type() == typeid(Model<Parameter>)) return std::make_unique<Neurons<Model<double>>>(method);
        BOUTON_NEURONS(BOUTON_IF_IT_IS)
#undef BOUTON_IF_IT_IS
        return model.loop(p, method, best_instruction_set());
    }

    std::unique_ptr<SynapseLoop> synapses(const SynapseModel& model, Precision p, const Method& method) const override {
#define BOUTON_IF_IT_IS(Model)                 \
    if (model.type() == typeid(Model<double>)) \
        return std::make_unique<Synapses<Model<double>>>(*static_cast<const Model<double>*>(model.model()), method);
        BOUTON_SYNAPSES(BOUTON_IF_IT_IS)
#undef BOUTON_IF_IT_IS
        return model.loop(p, method, best_instruction_set());
    }

    std::unique_ptr<PlasticityLoop> plasticity(const PlasticityModel& model, Precision p,
                                               const Method& method) const override {
#define BOUTON_IF_IT_IS(Model)                 \
    if (model.type() == typeid(Model<double>)) \
        return std::make_unique<Plasticities<Model<double>>>(*static_cast<const Model<double>*>(model.model()), method);
        BOUTON_PLASTICITIES(BOUTON_IF_IT_IS)
#undef BOUTON_IF_IT_IS
        return model.loop(p, method, best_instruction_set());
    }

    std::unique_ptr<OutputLoop> output(const OutputModel& model, Precision p) const override {
#define BOUTON_IF_IT_IS(Model) \
    if (model.type() == typeid(Model<Parameter>)) return std::make_unique<Outputs<Model<double>>>();
        BOUTON_OUTPUTS(BOUTON_IF_IT_IS)
#undef BOUTON_IF_IT_IS
        return model.loop(p, best_instruction_set());
    }

    /// h_j(n) = sum over the connections i -> j of w_ij s_i(n - d_ij)
    void sum(const SumArrays& arrays, Precision) const override {
        const Connectivity& graph = *arrays.connectivity;
        const auto all = connections(graph, arrays.weights->form == Weights::Form::per_connection);
        std::vector<double> h(arrays.rows * graph.num_post(), 0.0);
        for (std::size_t row = 0; row < arrays.rows; ++row)
            for (const Connection& c : all) {
                const std::size_t d = arrays.delay ? arrays.delay[c.at] : 0;
                const Buffer& s = arrays.history[(arrays.newest + d) % arrays.history.size()];
                h[row * graph.num_post() + c.post] += weight(*arrays.weights, c) * s.get(row * graph.num_pre() + c.pre);
            }
        for (std::size_t at = 0; at < h.size(); ++at) arrays.h->set(at, h[at]);
    }
};

}  // namespace

const Kernels& kernels() {
    static const ReferenceKernels kernels;
    return kernels;
}

}  // namespace bouton::reference
