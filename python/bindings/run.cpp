// SPDX-License-Identifier: Apache-2.0
// The runner. The interpreter's lock is released while it runs and taken by the functions of the user's.
#include <chrono>
#include <functional>
#include <map>

#include <bouton/core/error.hpp>
#include <bouton/run/runner.hpp>

#include "bindings.hpp"

namespace bouton::python {
namespace {

using nb::handle;

/// A runner, and what of Python it calls and fills.
class PyRunner {
 public:
    PyRunner(const Network& network, const nb::list& inputs, const nb::list& monitors, handle dt, handle t0,
             handle data_first_axis, handle threads, handle before_step);

    void run_steps(handle steps, const nb::object& progress, handle interval);
    void run(handle duration, const nb::object& progress, handle interval);
    const nb::dict& recording() const { return recording_; }
    const nb::dict& events() const { return events_; }
    const NumpyArray& ts() const { return ts_; }
    std::uint64_t step() const { return runner_->clock().step; }
    double t() const { return runner_->clock().now(); }
    void reset_state() { runner_->reset_state(); }

    static PyType_Slot slots[];

 private:
    /// What the function of a monitor has returned, in the order of steps.
    using Returned = std::vector<nb::object>;

    Monitor monitor_of(handle given);
    void watch(const std::function<void(const Watch&)>& run, const nb::object& progress, handle interval);
    void take_over_recording();

    static int traverse(PyObject* self, visitproc visit, void* arg);
    static int clear(PyObject* self);

    std::vector<nb::object> functions_;  // that the runner calls
    std::map<std::string, Returned> returned_;
    std::optional<Runner> runner_;
    bool is_running_ = false;
    nb::dict recording_, events_;
    NumpyArray ts_;
};

nb::object call(nb::handle function, const StepInfo& step) { return function(step.t, step.dt, step.i); }

handle keep(handle function, std::string_view what, std::vector<nb::object>& kept) {
    if (!PyCallable_Check(function.ptr())) throw nb::type_error((std::string(what) + " must be callable").c_str());
    kept.push_back(nb::borrow(function));
    return function;
}

Operation to_operation(std::string_view name) {
    if (name == "=") return Operation::set;
    if (name == "+") return Operation::add;
    if (name == "-") return Operation::subtract;
    if (name == "*") return Operation::multiply;
    if (name == "/") return Operation::divide;
    throw unknown_name("operation of an input", name, std::vector<std::string_view>{"=", "+", "-", "*", "/"});
}

std::vector<nb::object> members(handle given, std::string_view what, std::size_t count) {
    if (!nb::isinstance<nb::tuple>(given) || nb::len(given) != count)
        throw nb::type_error((std::string(what) + " must be a tuple of " + std::to_string(count) + " entries").c_str());
    std::vector<nb::object> all;
    for (const nb::handle member : nb::borrow<nb::tuple>(given)) all.push_back(nb::borrow(member));
    return all;
}

std::string text(const nb::object& given, std::string_view what) {
    if (!nb::isinstance<nb::str>(given)) throw nb::type_error((std::string(what) + " must be a string").c_str());
    return nb::cast<std::string>(given);
}

/// An array of its own, as the next step may change what was returned.
nb::object copy_of(const nb::object& value) { return nb::module_::import_("numpy").attr("array")(value); }

Monitor PyRunner::monitor_of(handle given) {
    const std::vector<nb::object> all = members(given, "a monitor", 4);
    const std::string key = text(all[0], "the key of a monitor");
    const std::int64_t every = to_integer(all[3], "the interval of monitor " + key);
    if (every < 1) throw ParameterError("monitor " + key, "every", static_cast<double>(every), "at least 1");
    const auto interval = static_cast<std::uint64_t>(every);
    const std::vector<std::uint32_t> indices = to_indices(all[2], "monitor " + key);
    const nb::object& source = all[1];
    if (nb::isinstance<Variable>(source)) {
        Monitor monitor(key, nb::cast<Variable>(source), indices, interval);
        monitor.as_stored = true;
        return monitor;
    }
    if (nb::isinstance<Population>(source)) {
        Monitor monitor(Monitor::Spikes{nb::cast<Population>(source).name()});
        monitor.name = key;
        return monitor;
    }
    const nb::handle function = keep(source, "the source of monitor " + key, functions_);
    Returned& returned = returned_[key];
    return Monitor(
        key,
        [function, key, &returned](const StepInfo& step) {
            const nb::gil_scoped_acquire gil;
            nb::object array = copy_of(call(function, step));
            if (!returned.empty() && !array.attr("shape").equal(returned.front().attr("shape")))
                throw ShapeError("the function of monitor " + key + " gave an array of shape " +
                                 nb::repr(array.attr("shape")).c_str() + ", but of shape " +
                                 nb::repr(returned.front().attr("shape")).c_str() + " before");
            returned.push_back(std::move(array));
            return std::vector<double>();
        },
        interval);
}

unsigned to_threads(handle given) {
    const std::int64_t count = to_integer(given, "threads");
    if (!std::in_range<unsigned>(count))
        throw ParameterError("runner", "threads", static_cast<double>(count), "0 or more");
    return static_cast<unsigned>(count);
}

FirstAxis to_first_axis(handle given) {
    if (given.is_none()) return FirstAxis::by_mode;
    const std::string name = nb::isinstance<nb::str>(given) ? nb::cast<std::string>(given) : "";
    if (name == "T") return FirstAxis::time;
    if (name == "B") return FirstAxis::batch;
    throw unknown_name("data_first_axis", name, std::vector<std::string_view>{"T", "B"});
}

PyRunner::PyRunner(const Network& network, const nb::list& inputs, const nb::list& monitors, handle dt, handle t0,
                   handle data_first_axis, handle threads, handle before_step)
    : ts_(to_numpy(std::vector<double>())) {
    RunnerOptions options{.dt = to_number(dt, "dt"),
                          .t0 = to_number(t0, "t0"),
                          .data_first_axis = to_first_axis(data_first_axis),
                          .threads = to_threads(threads)};
    for (const nb::handle input : inputs) options.inputs.push_back(to_input(input, functions_));
    for (const nb::handle monitor : monitors) options.monitors.push_back(monitor_of(monitor));
    if (!before_step.is_none())
        options.before_step = [function = keep(before_step, "before_step", functions_)](const StepInfo& step) {
            const nb::gil_scoped_acquire gil;
            call(function, step);
        };
    runner_.emplace(network, std::move(options));
}

void PyRunner::run_steps(handle steps, const nb::object& progress, handle interval) {
    const std::int64_t count = to_integer(steps, "the number of steps");
    if (count < 0) throw ParameterError("run", "steps", static_cast<double>(count), "0 or more");
    watch([&](const Watch& w) { runner_->run_steps(static_cast<std::uint64_t>(count), w); }, progress, interval);
}

void PyRunner::run(handle duration, const nb::object& progress, handle interval) {
    const double length = to_number(duration, "duration");
    watch([&](const Watch& w) { runner_->run(length, w); }, progress, interval);
}

void PyRunner::watch(const std::function<void(const Watch&)>& run, const nb::object& progress, handle interval) {
    const double seconds = to_number(interval, "interval");
    if (!progress.is_none() && !PyCallable_Check(progress.ptr()))
        throw nb::type_error("progress must be None or callable");
    if (std::exchange(is_running_, true)) throw UsageError("this runner is running: a function it calls cannot run it");
    using Time = std::chrono::steady_clock;
    Time::time_point shown = Time::now();
    const auto look = [&](std::uint64_t done) {
        const nb::gil_scoped_acquire gil;
        if (PyErr_CheckSignals() != 0) throw nb::python_error();
        if (progress.is_none() || std::chrono::duration<double>(Time::now() - shown).count() < seconds) return;
        shown = Time::now();
        progress(done);
    };
    for (auto& [key, returned] : returned_) returned.clear();
    std::exception_ptr failure;
    try {
        const nb::gil_scoped_release no_gil;
        run({.look = look});
    } catch (...) {
        failure = std::current_exception();
    }
    is_running_ = false;
    take_over_recording();
    if (failure) std::rethrow_exception(failure);
}

NumpyArray array_of(Record record) {
    if (auto* single = std::get_if<std::vector<float>>(&record.stored))
        return to_numpy(std::move(*single), record.shape);
    if (auto* flags = std::get_if<std::vector<std::uint8_t>>(&record.stored))
        return to_numpy<std::uint8_t, bool>(std::move(*flags), record.shape);
    return to_numpy(std::move(record.values), record.shape);
}

nb::dict dict_of(Events events) {
    nb::dict entry;
    entry["times"] = to_numpy(std::move(events.times));
    entry["indices"] = to_numpy<std::uint32_t, std::int32_t>(std::move(events.indices));
    entry["steps"] = to_numpy<std::uint64_t, std::int64_t>(std::move(events.steps));
    entry["rows"] = to_numpy<std::uint32_t, std::int32_t>(std::move(events.rows));
    return entry;
}

void PyRunner::take_over_recording() {
    Recording recording = runner_->take_recording();
    recording_ = nb::dict();
    events_ = nb::dict();
    for (const std::string& name : recording.names()) {
        const nb::str key(name.c_str(), name.size());
        if (recording.is_events(name)) {
            events_[key] = dict_of(std::move(recording.events(name)));
        } else if (const auto found = returned_.find(name); found != returned_.end()) {
            nb::list values;
            const std::size_t samples = recording[name].ts.size();
            for (std::size_t k = 0; k < samples; ++k) values.append(found->second[k]);
            recording_[key] = nb::module_::import_("numpy").attr("array")(values);
        } else {
            recording_[key] = array_of(std::move(recording[name]));
        }
    }
    ts_ = to_numpy(std::vector<double>(recording.ts()));
}

// ---- for the garbage collector: a function may well hold the runner ------------------------------------------------

int PyRunner::traverse(PyObject* self, visitproc visit, void* arg) {
    Py_VISIT(Py_TYPE(self));
    if (!nb::inst_ready(self)) return 0;
    const PyRunner& runner = *nb::inst_ptr<PyRunner>(self);
    for (const nb::object& function : runner.functions_) Py_VISIT(function.ptr());
    return 0;
}

int PyRunner::clear(PyObject* self) {
    PyRunner& runner = *nb::inst_ptr<PyRunner>(self);
    runner.runner_.reset();
    runner.functions_.clear();
    return 0;
}

PyType_Slot PyRunner::slots[] = {{Py_tp_traverse, reinterpret_cast<void*>(&PyRunner::traverse)},
                                 {Py_tp_clear, reinterpret_cast<void*>(&PyRunner::clear)},
                                 {0, nullptr}};

}  // namespace

Input to_input(handle given, std::vector<nb::object>& kept) {
    const std::vector<nb::object> all = members(given, "an input", 4);
    if (!nb::isinstance<Variable>(all[0])) throw nb::type_error("the target of an input must be a Variable");
    const Variable target = nb::cast<Variable>(all[0]);
    const std::string what = "the input of " + target.name();
    const Operation operation = to_operation(text(all[2], "the operation of " + what));
    const std::string kind = text(all[3], "the kind of " + what);
    if (kind == "fix") {
        Array value = to_array(all[1], what);
        if (value.values.size() == 1) return {target, value.values[0], operation};
        return {target, std::move(value.values), operation};
    }
    if (kind == "iter") return {target, PerStep{to_array(all[1], what)}, operation};
    if (kind == "poisson") {
        const std::vector<nb::object> spikes = members(all[1], what, 4);
        const std::int64_t num_input = to_integer(spikes[0], "num_input of " + what);
        if (num_input < 0) throw ParameterError(what, "num_input", static_cast<double>(num_input), "at least 0");
        return {target,
                PoissonInput{.num_input = static_cast<std::uint64_t>(num_input),
                             .freq = to_number(spikes[1], "freq of " + what),
                             .weight = to_number(spikes[2], "weight of " + what),
                             .seed = to_optional_seed(spikes[3], "seed of " + what)},
                operation};
    }
    if (kind != "func")
        throw unknown_name("kind of " + what, kind, std::vector<std::string_view>{"fix", "iter", "func", "poisson"});
    const nb::handle function = keep(all[1], what, kept);
    return {target,
            [function, what](const StepInfo& step) {
                const nb::gil_scoped_acquire gil;
                return to_array(call(function, step), what).values;
            },
            operation};
}

void bind_run(nb::module_& module) {
    nb::class_<PyRunner>(module, "Runner", nb::type_slots(PyRunner::slots),
                         "A clock, a network, what goes in and what comes out.\n\n"
                         "`inputs`: (Variable, value, operation, kind) with kind 'fix', 'iter', 'func' or 'poisson', "
                         "whose value is (num_input, freq, weight, seed); `monitors`: (key, Variable, function or "
                         "Population, indices, every). Functions are called with (t, dt, i).")
        .def(nb::init<const Network&, const nb::list&, const nb::list&, handle, handle, handle, handle, handle>(),
             "network"_a, "inputs"_a = nb::list(), "monitors"_a = nb::list(), "dt"_a = 0.1, "t0"_a = 0.,
             "data_first_axis"_a = nb::none(), "threads"_a = 0, "before_step"_a = nb::none())
        .def("run_steps", &PyRunner::run_steps, "steps"_a, "progress"_a = nb::none(), "interval"_a = 0.1,
             "Runs so many steps. `progress` is called with the number of those done, about every `interval` seconds. "
             "Ctrl-C ends the run between two steps; what was recorded is kept, and the run can go on.")
        .def("run", &PyRunner::run, "duration"_a, "progress"_a = nb::none(), "interval"_a = 0.1,
             "The same for a duration in ms.")
        .def("recording", &PyRunner::recording, "The records of the last run, by key.")
        .def_prop_ro("events", &PyRunner::events,
                     "The spikes of the last run, by key: dictionaries of times, indices, steps and rows.")
        .def_prop_ro("ts", &PyRunner::ts, "The end of each step of the last run, in ms.")
        .def_prop_ro("step", &PyRunner::step, "Steps done since the last reset.")
        .def_prop_ro("t", &PyRunner::t, "The time of the clock in ms.")
        .def("reset_state", &PyRunner::reset_state, "Rewinds the clock; the network keeps its states.");
}

}  // namespace bouton::python
