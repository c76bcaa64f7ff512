// SPDX-License-Identifier: Apache-2.0
// Errors, settings and methods.
#include <bouton/core/error.hpp>
#include <bouton/core/settings.hpp>
#include <bouton/math/method.hpp>

#include "bindings.hpp"

namespace bouton::python {
namespace {

/// The exception types of Python that ours become.
struct ErrorTypes {
    nb::object parameter, shape, name, usage, not_finite;
};

nb::object make_type(nb::module_& module, const char* name, const nb::tuple& bases, const char* doc) {
    nb::dict members;
    members["__doc__"] = doc;
    members["__module__"] = module.attr("__name__");
    // A KeyError would show the sentence as a quoted key.
    members["__str__"] = nb::handle(PyExc_Exception).attr("__str__");
    nb::object type = nb::handle(reinterpret_cast<PyObject*>(&PyType_Type))(name, bases, members);
    module.attr(name) = type;
    return type;
}

void raise(const nb::object& type, const std::exception& error) { PyErr_SetString(type.ptr(), error.what()); }

void raise_not_finite(const nb::object& type, const NonFiniteError& error) {
    nb::object exception = type(error.what());
    exception.attr("variable") = error.variable;
    exception.attr("index") = error.index;
    exception.attr("step") = error.step;
    PyErr_SetObject(type.ptr(), exception.ptr());
}

void translate(const std::exception_ptr& error, void* types_given) {
    const ErrorTypes& types = *static_cast<const ErrorTypes*>(types_given);
    try {
        std::rethrow_exception(error);
    } catch (const ParameterError& e) {
        raise(types.parameter, e);
    } catch (const ShapeError& e) {
        raise(types.shape, e);
    } catch (const NameError& e) {
        raise(types.name, e);
    } catch (const IndexError& e) {
        PyErr_SetString(PyExc_IndexError, e.what());
    } catch (const UsageError& e) {
        raise(types.usage, e);
    } catch (const MemoryError& e) {
        PyErr_SetString(PyExc_MemoryError, e.what());
    } catch (const NonFiniteError& e) {
        raise_not_finite(types.not_finite, e);
    }
}

Settings make_settings(ArrayLike seed, std::string_view precision, ArrayLike batch_size, bool training,
                       bool brainpy_2_4) {
    Settings settings{.seed = to_seed(seed, "seed"), .brainpy_2_4 = brainpy_2_4};
    if (precision == "float32")
        settings.precision = Precision::float32;
    else if (precision != "float64")
        throw unknown_name("precision", precision, std::vector<std::string_view>{"float64", "float32"});
    if (!batch_size.is_none()) {
        const std::int64_t rows = to_integer(batch_size, "batch_size");
        if (rows < 1) throw ParameterError("settings", "batch_size", static_cast<double>(rows), "at least 1");
        settings.mode =
            training ? Mode::training(static_cast<std::size_t>(rows)) : Mode::batching(static_cast<std::size_t>(rows));
    } else if (training) {
        throw UsageError("training needs a batch_size");
    }
    return settings;
}

std::string text_of(const Settings& s) {
    return std::string("Settings(seed=") + std::to_string(s.seed) + ", precision='" +
           (s.precision == Precision::float64 ? "float64" : "float32") +
           "', batch_size=" + (s.mode.batched() ? std::to_string(s.mode.rows()) : "None") +
           ", brainpy_2_4=" + (s.brainpy_2_4 ? "True)" : "False)");
}

nb::object tableau_of(std::string_view name) {
    const Method method(name);
    if (method.is_exp_auto()) return nb::none();
    const Tableau& tableau = method.tableau();
    const auto stages = static_cast<std::size_t>(tableau.stages);
    std::vector<double> a(stages * stages), b(stages), c(stages);
    for (std::size_t i = 0; i < stages; ++i) {
        for (std::size_t j = 0; j < stages; ++j) {
            a[i * stages + j] = tableau.a[i][j];
            c[i] += tableau.a[i][j];
        }
        b[i] = tableau.b[i];
    }
    return nb::make_tuple(to_numpy(std::move(a), Shape{stages, stages}), to_numpy(std::move(b)),
                          to_numpy(std::move(c)));
}

}  // namespace

void bind_errors(nb::module_& module) {
    const nb::handle value_error(PyExc_ValueError);
    const nb::tuple values = nb::make_tuple(value_error);
    // Lives as long as the interpreter, as the translator does.
    auto* const types = new ErrorTypes{
        .parameter = make_type(module, "ParameterError", values, "A number is outside the range that makes sense."),
        .shape = make_type(module, "ShapeError", values, "Two sizes that must agree do not."),
        .name = make_type(module, "NameError", nb::make_tuple(nb::handle(PyExc_KeyError), value_error),
                          "A name is unknown, used twice, or not an identifier."),
        .usage = make_type(module, "UsageError", values,
                           "Parts that cannot work together, or an operation that an object does not offer."),
        .not_finite =
            make_type(module, "NonFiniteError", nb::make_tuple(value_error, nb::handle(PyExc_FloatingPointError)),
                      "A state became NaN or infinite: `variable`, flat `index`, `step`."),
    };
    nb::register_exception_translator(translate, types);
}

void bind_core(nb::module_& module) {
    nb::class_<Settings>(module, "Settings", "The options that the parts of a network share.")
        .def(
            "__init__",
            [](Settings* self, ArrayLike seed, std::string_view precision, ArrayLike batch_size, bool training,
               bool brainpy_2_4) {
                new (self) Settings(make_settings(seed, precision, batch_size, training, brainpy_2_4));
            },
            "seed"_a = 0, "precision"_a = "float64", "batch_size"_a = nb::none(), "training"_a = false,
            "brainpy_2_4"_a = false)
        .def_prop_ro("seed", [](const Settings& s) { return s.seed; })
        .def_prop_ro("precision",
                     [](const Settings& s) { return s.precision == Precision::float64 ? "float64" : "float32"; })
        .def_prop_ro("batch_size",
                     [](const Settings& s) { return s.mode.batched() ? std::optional(s.mode.rows()) : std::nullopt; })
        .def_prop_ro("training", [](const Settings& s) { return s.mode.is_training(); })
        .def_prop_ro("brainpy_2_4", [](const Settings& s) { return s.brainpy_2_4; })
        .def("__repr__", &text_of)
        .def(
            "__eq__", [](const Settings& a, const Settings& b) { return a == b; }, nb::is_operator());

    module.def(
        "methods",
        [] {
            nb::list names;
            for (const std::string_view name : Method::names()) names.append(name);
            return names;
        },
        "The names of the methods for equations without noise.");
    module.def("tableau", &tableau_of, "method"_a,
               "The scheme (A, b, c) of an explicit Runge-Kutta method; None for exp_auto.");
    module.def(
        "check_stochastic_method", [](std::string_view name) { return std::string(Method::stochastic(name).name()); },
        "method"_a, "The name of a method for equations with noise; NameError if there is none.");
}

}  // namespace bouton::python
