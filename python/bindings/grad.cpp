// SPDX-License-Identifier: Apache-2.0
// Runs that can be differentiated. The interpreter's lock is released while they run and are pulled back.
#include <nanobind/stl/tuple.h>

#include <bouton/core/error.hpp>
#include <bouton/grad/recorded_run.hpp>
#include <bouton/run/runner.hpp>

#include "bindings.hpp"

namespace bouton::python {
namespace {

using nb::handle;

/// A recorded run, and the functions of Python that it calls, also when parts of it are computed again.
class PyRecordedRun {
 public:
    PyRecordedRun(const Network& network, const nb::list& inputs, const nb::list& monitors, const nb::list& at_end,
                  handle dt, handle t0, handle threads, handle memory, const std::vector<std::string>& quantities);

    void run_steps(handle steps);
    void reset_state() { run_->reset_state(); }
    nb::dict recording() const;
    nb::dict pullback(const nb::dict& cotangents, const std::vector<std::string>& quantities);
    nb::dict pushforward(const nb::dict& tangents);
    std::uint64_t memory() const { return run_->memory(); }
    std::uint64_t steps() const { return run_->steps(); }

    static PyType_Slot slots[];

 private:
    static int traverse(PyObject* self, visitproc visit, void* arg);
    static int clear(PyObject* self);

    std::vector<nb::object> functions_;
    Precision precision_;
    std::optional<RecordedRun> run_;
};

/// A view on NumPy's own array of what was given, which is `kept`: a copy only where it has another type or order.
ValuesView view_of(handle given, std::string_view what, Precision precision, std::vector<nb::object>& kept) {
    const bool is_single = precision == Precision::float32;
    const nb::module_ numpy = nb::module_::import_("numpy");
    nb::object array = numpy.attr("asarray")(given);
    if (std::string_view("biuf").find(nb::cast<std::string>(array.attr("dtype").attr("kind"))) ==
        std::string_view::npos)
        throw nb::type_error((std::string(what) + " must be made of real numbers").c_str());
    array = numpy.attr("asarray")(array, is_single ? "float32" : "float64", "order"_a = "C");
    kept.push_back(array);
    const auto view = [&]<class Element>(Element) {
        const auto elements = nb::cast<nb::ndarray<const Element, nb::c_contig>>(array);
        std::vector<std::size_t> axes;
        for (std::size_t k = 0; k < elements.ndim(); ++k) axes.push_back(elements.shape(k));
        return ValuesView(Shape(std::move(axes)), std::span(elements.data(), elements.size()));
    };
    return is_single ? view(0.F) : view(0.);
}

NamedViews named_views(const nb::dict& given, Precision precision, std::vector<nb::object>& kept) {
    NamedViews all;
    for (const auto [key, value] : given) {
        const auto name = nb::cast<std::string>(nb::str(key));
        all.insert_or_assign(name, view_of(value, name, precision, kept));
    }
    return all;
}

nb::dict to_dict(NamedValues all) {
    nb::dict named;
    for (auto& [name, values] : all) named[nb::str(name.c_str(), name.size())] = to_numpy(values.values, values.shape);
    return named;
}

Monitor to_monitor(handle given) {
    const auto [key, variable, indices] = nb::cast<std::tuple<std::string, Variable, nb::object>>(given);
    return {key, variable, to_indices(indices, "monitor " + key)};
}

PyRecordedRun::PyRecordedRun(const Network& network, const nb::list& inputs, const nb::list& monitors,
                             const nb::list& at_end, handle dt, handle t0, handle threads, handle memory,
                             const std::vector<std::string>& quantities)
    : precision_(network.settings().precision) {
    RecordedRunOptions options{.dt = to_number(dt, "dt"), .t0 = to_number(t0, "t0"), .quantities = quantities};
    const std::int64_t count = to_integer(threads, "threads");
    if (!std::in_range<unsigned>(count))
        throw ParameterError("run", "threads", static_cast<double>(count), "0 or more");
    options.threads = static_cast<unsigned>(count);
    if (!memory.is_none()) {
        const std::int64_t bytes = to_integer(memory, "memory");
        if (bytes < 0) throw ParameterError("run", "memory", static_cast<double>(bytes), "0 or more");
        options.memory = static_cast<std::uint64_t>(bytes);
    }
    for (const handle input : inputs) options.inputs.push_back(to_input(input, functions_));
    for (const handle given : monitors) options.monitors.push_back(to_monitor(given));
    for (const handle given : at_end) options.at_end.push_back(to_monitor(given));
    run_.emplace(network, std::move(options));
}

void PyRecordedRun::run_steps(handle steps) {
    const std::int64_t count = to_integer(steps, "the number of steps");
    if (count < 0) throw ParameterError("run", "steps", static_cast<double>(count), "0 or more");
    const nb::gil_scoped_release no_gil;
    run_->run_steps(static_cast<std::uint64_t>(count));
}

/// Not copies, and not to be written to: the pullback reads them, too.
nb::dict PyRecordedRun::recording() const {
    nb::dict named;
    for (const std::string& name : run_->monitors()) {
        const Values& record = (*run_)[name];
        const nb::object array = to_numpy(const_cast<Buffer&>(record.values), record.shape);  // which holds it
        array.attr("setflags")("write"_a = false);
        named[nb::str(name.c_str(), name.size())] = array;
    }
    return named;
}

nb::dict PyRecordedRun::pullback(const nb::dict& cotangents, const std::vector<std::string>& quantities) {
    std::vector<nb::object> kept;
    const NamedViews by_record = named_views(cotangents, precision_, kept);
    NamedValues gradients;
    {
        const nb::gil_scoped_release no_gil;
        gradients = run_->pullback(by_record, quantities);
    }
    return to_dict(std::move(gradients));
}

nb::dict PyRecordedRun::pushforward(const nb::dict& tangents) {
    std::vector<nb::object> kept;
    const NamedViews by_quantity = named_views(tangents, precision_, kept);
    NamedValues changes;
    {
        const nb::gil_scoped_release no_gil;
        changes = run_->pushforward(by_quantity);
    }
    return to_dict(std::move(changes));
}

int PyRecordedRun::traverse(PyObject* self, visitproc visit, void* arg) {
    Py_VISIT(Py_TYPE(self));
    if (!nb::inst_ready(self)) return 0;
    for (const nb::object& function : nb::inst_ptr<PyRecordedRun>(self)->functions_) Py_VISIT(function.ptr());
    return 0;
}

int PyRecordedRun::clear(PyObject* self) {
    PyRecordedRun& run = *nb::inst_ptr<PyRecordedRun>(self);
    run.run_.reset();
    run.functions_.clear();
    return 0;
}

PyType_Slot PyRecordedRun::slots[] = {{Py_tp_traverse, reinterpret_cast<void*>(&PyRecordedRun::traverse)},
                                      {Py_tp_clear, reinterpret_cast<void*>(&PyRecordedRun::clear)},
                                      {0, nullptr}};

}  // namespace

void bind_grad(nb::module_& module) {
    nb::class_<PyRecordedRun>(module, "RecordedRun", nb::type_slots(PyRecordedRun::slots),
                              "A run of a network in training mode that can be differentiated.\n\n"
                              "`inputs`: as those of a Runner; `monitors`: (key, Variable, indices); `at_end`: the "
                              "same, of the last step alone; `memory`: bytes that the record may need, or None; "
                              "`quantities`: what derivatives will be asked by, "
                              "none for anything.")
        .def(nb::init<const Network&, const nb::list&, const nb::list&, const nb::list&, handle, handle, handle, handle,
                      const std::vector<std::string>&>(),
             "network"_a, "inputs"_a = nb::list(), "monitors"_a = nb::list(), "at_end"_a = nb::list(), "dt"_a = 0.1,
             "t0"_a = 0., "threads"_a = 0, "memory"_a = nb::none(), "quantities"_a = std::vector<std::string>())
        .def("run_steps", &PyRecordedRun::run_steps, "steps"_a,
             "Runs so many steps, on from where the last run ended, and drops what was recorded before.")
        .def("reset_state", &PyRecordedRun::reset_state, "Rewinds the clock; the network keeps its states.")
        .def("recording", &PyRecordedRun::recording,
             "The records of the last run, by key: (steps, batch, num). They cannot be written to.")
        .def("pullback", &PyRecordedRun::pullback, "cotangents"_a, "quantities"_a,
             "Derivatives of a loss by these quantities, from those by the records.")
        .def("pushforward", &PyRecordedRun::pushforward, "tangents"_a,
             "How the records change where the quantities move by these tangents.")
        .def_prop_ro("steps", &PyRecordedRun::steps, "Steps of the last run.")
        .def_prop_ro("memory", &PyRecordedRun::memory, "[bytes] What the record takes.");
}

}  // namespace bouton::python
