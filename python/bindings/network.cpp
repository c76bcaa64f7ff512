// SPDX-License-Identifier: Apache-2.0
// Variables, populations, projections, networks.
#include <bouton/core/error.hpp>
#include <bouton/network/network.hpp>

#include "bindings.hpp"

namespace bouton::python {
namespace {

std::optional<std::size_t> to_batch_size(ArrayLike given) {
    if (given.is_none()) return std::nullopt;
    const std::int64_t rows = to_integer(given, "batch_size");
    if (rows < 1) throw nb::value_error(("batch_size = " + std::to_string(rows) + ", but must be at least 1").c_str());
    return static_cast<std::size_t>(rows);
}

/// Parts are handles: two objects of Python may be the same part.
template <class Part, class Class>
void bind_identity(Class& cls) {
    cls.def(
           "__eq__", [](const Part& a, const Part& b) { return a == b; }, nb::is_operator())
        .def("__hash__", [](const Part& part) { return std::hash<const void*>()(part.part().get()); })
        .def("__repr__", [](const Part& part) { return "<" + part.name() + ">"; })
        .def_prop_ro("name", &Part::name)
        .def_prop_ro("settings", &Part::settings);
}

// ---- variables -----------------------------------------------------------------------------------------------------

/// On the values themselves; of a selection a copy, which is not writable.
NumpyArray array_of(Variable& variable) {
    Buffer& buffer = variable.buffer();
    if (variable.selection().empty()) return to_numpy(buffer, variable.shape());
    NumpyArray copy;
    const std::size_t count = variable.selection().size();
    buffer.visit([&]<class Element>(std::span<Element> stored) {
        using As = std::conditional_t<std::is_same_v<Element, std::uint8_t>, bool, Element>;
        const std::size_t num = stored.size() / variable.rows();
        std::vector<Element> values(variable.size());
        for (std::size_t i = 0; i < values.size(); ++i)
            values[i] = stored[i / count * num + variable.selection()[i % count]];
        copy = to_numpy<Element, As>(std::move(values), variable.shape());
    });
    copy.attr("flags").attr("writeable") = false;
    return copy;
}

void bind_variable(nb::module_& module) {
    nb::class_<Variable>(module, "Variable", "A ArrayLike on the values of one quantity of a population or projection.")
        .def_prop_ro("name", &Variable::name)
        .def_prop_ro("shape", [](const Variable& v) { return to_tuple(v.shape()); })
        .def_prop_ro("dtype",
                     [](const Variable& v) {
                         return nb::module_::import_("numpy").attr("dtype")(v.is_boolean()  ? "bool"
                                                                            : v.is_single() ? "float32"
                                                                                            : "float64");
                     })
        .def_prop_ro("batched", &Variable::is_batched)
        .def_prop_ro(
            "owner", [](const Variable& v) { return std::hash<const void*>()(v.owner()); },
            "The hash of the part whose variable it is.")
        .def_prop_ro(
            "num", [](const Variable& v) { return v.size() / v.rows(); }, "Number of values in a row of the batch.")
        .def("array", &array_of,
             "The values, brought up to date, without copying them; call touch() after writing to it. Of a selection "
             "a copy that is not writable. The array stays valid, but after a reset it is no longer that of the "
             "variable.")
        .def("touch", &Variable::written, "Says that values were written.")
        .def(
            "set",
            [](Variable& v, ArrayLike given) {
                const Array array = to_array(given, v.name());
                if (array.values.size() == 1)
                    v.set(array.values[0]);
                else
                    v.set(std::span(array.values));
            },
            "values"_a, "Sets all values: one number, one a neuron, or one for each of the shape.")
        .def(
            "select",
            [](const Variable& v, ArrayLike indices) {
                return v.select(to_indices(indices, "the selection of " + v.name()));
            },
            "indices"_a, "The same variable of these neurons only.")
        .def(
            "resize",
            [](Variable& v, ArrayLike batch_size) {
                if (const auto rows = to_batch_size(batch_size)) v.resize(*rows);
            },
            "batch_size"_a.none(), "Another number of rows, for all variables of an external population.")
        .def("__repr__", [](const Variable& v) { return "<" + v.name() + ", shape " + v.shape().text() + ">"; });
}

// ---- populations ---------------------------------------------------------------------------------------------------

NeuronOptions neuron_options(const nb::dict& initial, const std::string& method, ArrayLike noise, nb::object spike_fun,
                             bool keep_size) {
    NeuronOptions options{.method = method, .spike_fun = make_surrogate(spike_fun), .keep_size = keep_size};
    for (const auto [key, value] : initial) {
        const auto state = nb::cast<std::string>(nb::str(key));
        options.initial.insert_or_assign(state, to_parameter(value, "the start of " + state));
    }
    if (!noise.is_none()) options.noise = to_parameter(noise, "noise");
    return options;
}

std::vector<double> to_times(ArrayLike given) { return to_array(given, "times").values; }

NumpyArray spikes_of(const Population& population) {
    const auto spikes = population.spikes();
    std::vector<std::int64_t> indices(spikes.begin(), spikes.end());
    return to_numpy(std::move(indices));
}

void bind_population(nb::module_& module) {
    nb::class_<Population> population(module, "Population", "Neurons of one model, or a group that only emits spikes.");
    bind_identity<Population>(population);
    population
        .def_static(
            "neuron",
            [](const std::string& name, std::string_view model, ArrayLike size, const nb::dict& parameters,
               const nb::dict& initial, const std::string& method, ArrayLike noise, nb::object spike_fun,
               bool keep_size, const Settings& settings) {
                return Population(name, make_neuron(model, parameters), to_shape(size, "size of " + name),
                                  neuron_options(initial, method, noise, std::move(spike_fun), keep_size), settings);
            },
            "name"_a, "model"_a, "size"_a, "parameters"_a = nb::dict(), "initial"_a = nb::dict(),
            "method"_a = "exp_auto", "noise"_a = nb::none(), "spike_fun"_a = nb::none(), "keep_size"_a = false,
            "settings"_a = Settings(), "`spike_fun`: None or (name, parameters) of a surrogate.")
        .def_static(
            "spike_times",
            [](const std::string& name, ArrayLike size, ArrayLike times, ArrayLike indices, const Settings& settings,
               ArrayLike rows) {
                return Population(name,
                                  SpikeTimeGroup{to_times(times), to_indices(indices, "indices of " + name),
                                                 to_indices(rows, "rows of " + name)},
                                  to_shape(size, "size of " + name), settings);
            },
            "name"_a, "size"_a, "times"_a, "indices"_a, "settings"_a = Settings(), "rows"_a = nb::none())
        .def_static(
            "poisson",
            [](const std::string& name, ArrayLike size, ArrayLike freqs, const Settings& settings, ArrayLike seed) {
                return Population(name,
                                  PoissonGroup{to_parameter(freqs, "freqs of " + name), to_optional_seed(seed, "seed")},
                                  to_shape(size, "size of " + name), settings);
            },
            "name"_a, "size"_a, "freqs"_a, "settings"_a = Settings(), "seed"_a = nb::none())
        .def_static(
            "input_group",
            [](const std::string& name, ArrayLike size, const Settings& settings) {
                return Population(name, InputGroup{}, to_shape(size, "size of " + name), settings);
            },
            "name"_a, "size"_a, "settings"_a = Settings())
        .def_static(
            "output_group",
            [](const std::string& name, ArrayLike size, const Settings& settings) {
                return Population(name, OutputGroup{}, to_shape(size, "size of " + name), settings);
            },
            "name"_a, "size"_a, "settings"_a = Settings())
        .def_static(
            "external",
            [](const std::string& name, ArrayLike size, const Settings& settings, bool keep_size) {
                return Population(name, ExternalGroup{keep_size}, to_shape(size, "size of " + name), settings);
            },
            "name"_a, "size"_a, "settings"_a = Settings(), "keep_size"_a = false,
            "Neurons that are stepped elsewhere: their `spike` and other variables are written from outside.")
        .def_prop_ro("size", [](const Population& p) { return to_tuple(p.size()); })
        .def_prop_ro("num", &Population::num)
        .def_prop_ro("has_spike", &Population::has_spike)
        .def("variables", [](const Population& p) { return to_list(p.variables()); })
        .def("variable", &Population::variable, "name"_a)
        .def("add_variable", &Population::add_variable, "name"_a,
             "One more variable of an external population: a number for each neuron, 0 at first.")
        .def(
            "set_parameter",
            [](Population& p, std::string_view name, ArrayLike value) {
                p.set_parameter(name, to_parameter(value, p.name() + "." + std::string(name)));
            },
            "name"_a, "value"_a, "Another value of a parameter, from the next step on.")
        .def("spikes", &spikes_of, "Indices row * num + i of the neurons that spiked in the last step.")
        .def(
            "step",
            [](Population& p, ArrayLike t, ArrayLike dt, ArrayLike i) {
                const Clock clock = to_clock(t, dt, i);
                const nb::gil_scoped_release no_gil;
                p.step(clock);
            },
            "t"_a, "dt"_a, "i"_a, "A step, after which the delay line has not advanced yet.")
        .def("advance_delays", &Population::advance_delays, "The spikes of the last step enter the delay line.")
        .def("clear_input", &Population::clear_input)
        .def(
            "reset_state", [](Population& p, ArrayLike batch_size) { p.reset_state(to_batch_size(batch_size)); },
            "batch_size"_a = nb::none())
        .def("take_state", &Population::take_state, "other"_a,
             "Takes over all that a step changes from a population that was made alike.")
        .def(
            "view",
            [](const Population& p, ArrayLike indices) { return p.view(to_indices(indices, "view of " + p.name())); },
            "indices"_a, "The neurons with these indices, in this order.");

    nb::class_<View>(module, "View", "Some neurons of a population, as if they were one.")
        .def(nb::init_implicit<const Population&>(), "population"_a)
        .def_prop_ro("name", &View::name)
        .def_prop_ro("size", [](const View& v) { return to_tuple(v.size()); })
        .def_prop_ro("num", &View::num)
        .def_prop_ro("population", &View::population)
        .def("variable", &View::variable, "name"_a)
        .def(
            "view", [](const View& v, ArrayLike indices) { return v.view(to_indices(indices, "view of " + v.name())); },
            "indices"_a);
}

// ---- projections ---------------------------------------------------------------------------------------------------

Weight to_weight(ArrayLike given) {
    if (given.is_none()) return {};
    if (PyFloat_Check(given.ptr()) || PyLong_Check(given.ptr())) return to_number(given, "g_max");
    return to_array(given, "g_max");
}

Delay to_delay(ArrayLike given) {
    if (given.is_none()) return {};
    if (is_integer(given)) return to_integer(given, "delay_step");
    const Array array = to_array(given, "delay_step");
    return array.shape.rank() == 0 ? Delay(array.values[0]) : Delay(array);
}

ProjectionOptions projection_options(ArrayLike g_max, ArrayLike delay_step, nb::object output, nb::object stp,
                                     const std::string& method, const std::string& comp_method,
                                     bool stop_spike_gradient) {
    ProjectionOptions options{.g_max = to_weight(g_max),
                              .delay_step = to_delay(delay_step),
                              .stp = make_plasticity(stp),
                              .method = method,
                              .comp_method = comp_method,
                              .stop_spike_gradient = stop_spike_gradient};
    const bool is_default = nb::isinstance<nb::str>(output) && nb::cast<std::string_view>(output) == "default";
    if (!is_default) options.output = make_output(output);
    return options;
}

/// As they would be given to set_weights.
nb::object weights_of(const Projection& projection) {
    const Weights& weights = projection.weights();
    const Connectivity& graph = projection.connectivity();
    if (weights.form == Weights::Form::scalar) return nb::float_(weights.scalar);
    std::vector<double> values(weights.values.size());
    const bool per_connection = weights.form == Weights::Form::per_connection;
    const auto order = per_connection ? graph.order() : std::span<const std::uint64_t>();
    for (std::size_t k = 0; k < values.size(); ++k) values[k] = weights.values.get(order.empty() ? k : order[k]);
    const bool is_matrix = per_connection && graph.kind() == Connectivity::Kind::all_to_all;
    return to_numpy(std::move(values),
                    is_matrix ? Shape{graph.num_pre(), graph.num_post()} : Shape(weights.values.size()));
}

void bind_projection(nb::module_& module) {
    nb::class_<Projection> projection(module, "Projection", "The synapses from one population onto another.");
    bind_identity<Projection>(projection);
    projection
        .def(
            "__init__",
            [](Projection* self, const std::string& name, const View& pre, const View& post, const Connector& connector,
               std::string_view synapse, const nb::dict& parameters, ArrayLike g_max, ArrayLike delay_step,
               nb::object output, nb::object stp, const std::string& method, const std::string& comp_method,
               bool stop_spike_gradient) {
                const Synapse kinetics = make_synapse(synapse, parameters);
                const ProjectionOptions options =
                    projection_options(g_max, delay_step, output, stp, method, comp_method, stop_spike_gradient);
                const nb::gil_scoped_release no_gil;
                new (self) Projection(name, pre, post, connector, kinetics, options);
            },
            "name"_a, "pre"_a, "post"_a, "connector"_a, "synapse"_a, "parameters"_a = nb::dict(), nb::kw_only(),
            "g_max"_a = nb::none(), "delay_step"_a = nb::none(), "output"_a.none() = "default", "stp"_a = nb::none(),
            "method"_a = "exp_auto", "comp_method"_a = "dense", "stop_spike_gradient"_a = false,
            "`output`: None, 'default', or (name, parameters, target_var, membrane_var); `stp`: None or (name, "
            "parameters, method).")
        .def(
            "update",
            [](Projection& p, ArrayLike t, ArrayLike dt, ArrayLike i, ArrayLike pre_spike) {
                const Clock clock = to_clock(t, dt, i);
                if (pre_spike.is_none()) {
                    const nb::gil_scoped_release no_gil;
                    p.update(clock);
                } else {
                    const Array spikes = to_array(pre_spike, "pre_spike");
                    const nb::gil_scoped_release no_gil;
                    p.update(clock, spikes.values);
                }
            },
            "t"_a, "dt"_a, "i"_a, "pre_spike"_a = nb::none(),
            "A step, with the delayed spikes or with those given: one value for each presynaptic neuron and row.")
        .def("variables", [](const Projection& p) { return to_list(p.variables()); })
        .def("variable", &Projection::variable, "name"_a)
        .def("how", &Projection::how, "How it is computed, in words.")
        .def("bytes", &Projection::bytes, "Memory of connections, weights and delays.")
        .def_prop_ro("pre", &Projection::pre)
        .def_prop_ro("post", &Projection::post)
        .def("connectivity", &Projection::connectivity)
        .def("weights", &weights_of,
             "One number for all connections, or an array: (num,) for one-to-one, (num_pre, num_post) for all-to-all, "
             "else one for each connection in the order given.")
        .def(
            "set_weights",
            [](Projection& p, ArrayLike g_max) {
                const Weight weight = to_weight(g_max);
                if (!weight.is_given()) throw nb::type_error("g_max must be a number or an array of numbers");
                const nb::gil_scoped_release no_gil;
                p.set_weights(weight);
            },
            "g_max"_a, "Other weights for the same connections, from the next step on.")
        .def(
            "set_parameter",
            [](Projection& p, std::string_view name, ArrayLike value) {
                p.set_parameter(name, to_parameter(value, p.name() + "." + std::string(name)));
            },
            "name"_a, "value"_a, "Another value of alpha, stp.tau, output.E, ..., from the next step on.")
        .def("take_state", &Projection::take_state, "other"_a,
             "Takes over all that a step changes from a projection that was made alike.")
        .def(
            "reset_state", [](Projection& p, ArrayLike batch_size) { p.reset_state(to_batch_size(batch_size)); },
            "batch_size"_a = nb::none());
}

// ---- networks ------------------------------------------------------------------------------------------------------

template <class Part>
Part add_part(Network& network, const std::string& name, const Part& part) {
    return network.add(name, part);
}

void bind_network_class(nb::module_& module) {
    nb::class_<Network> network(module, "Network", "Named parts, and the order of a step.");
    bind_identity<Network>(network);
    network.def(nb::init<const Settings&, std::string>(), "settings"_a = Settings(), "name"_a = "net")
        .def("add", &add_part<Population>, "name"_a, "part"_a)
        .def("add", &add_part<Projection>, "name"_a, "part"_a)
        .def("add", &add_part<Network>, "name"_a, "part"_a)
        .def("names", [](const Network& n) { return to_list(n.names()); })
        .def("population", &Network::population, "path"_a)
        .def("projection", &Network::projection, "path"_a)
        .def("network", &Network::network, "path"_a)
        .def("variable", &Network::variable, "path"_a)
        .def("summary", &Network::summary)
        .def(
            "update",
            [](Network& n, ArrayLike t, ArrayLike dt, ArrayLike i) {
                const Clock clock = to_clock(t, dt, i);
                const nb::gil_scoped_release no_gil;
                n.update(clock);
            },
            "t"_a, "dt"_a, "i"_a)
        .def("clear_input", &Network::clear_input)
        .def(
            "reset_state", [](Network& n, ArrayLike batch_size) { n.reset_state(to_batch_size(batch_size)); },
            "batch_size"_a = nb::none());
}

}  // namespace

void bind_network(nb::module_& module) {
    bind_variable(module);
    bind_population(module);
    bind_projection(module);
    bind_network_class(module);
}

}  // namespace bouton::python
