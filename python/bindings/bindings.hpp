// SPDX-License-Identifier: Apache-2.0
/// \file
/// The rooms of the module `_core`, and how values cross between Python and C++. Nothing is computed here.
///
/// Arguments whose type a user may get wrong are taken as objects and converted by the functions below: numbers of any
/// type, lists, NumPy scalars and arrays are served alike, and everything else is a TypeError that names the argument.
#pragma once

#include <cstdint>
#include <memory>
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>
#include <nanobind/stl/vector.h>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bouton/connect/connectors.hpp>
#include <bouton/core/buffer.hpp>
#include <bouton/core/clock.hpp>
#include <bouton/core/shape.hpp>
#include <bouton/init/parameter.hpp>
#include <bouton/kernel/loop.hpp>
#include <bouton/model/surrogates.hpp>
#include <bouton/network/projection.hpp>
#include <bouton/run/input.hpp>

namespace bouton::python {

namespace nb = nanobind;
using namespace nb::literals;

// ---- types as the stub names them ----------------------------------------------------------------------------------

inline bool is_anything(PyObject*) { return true; }

/// What is to be converted by the functions below.
class ArrayLike : public nb::object {
    NB_OBJECT(ArrayLike, nb::object, "numpy.typing.ArrayLike", is_anything)
};
class NumpyArray : public nb::object {
    NB_OBJECT_DEFAULT(NumpyArray, nb::object, "numpy.ndarray", is_anything)
};

void bind_errors(nb::module_& module);
void bind_core(nb::module_& module);
void bind_init(nb::module_& module);
void bind_connect(nb::module_& module);
void bind_model(nb::module_& module);
void bind_network(nb::module_& module);
void bind_run(nb::module_& module);
void bind_grad(nb::module_& module);

// ---- from Python. `what` names the argument in messages. -----------------------------------------------------------

/// Whether it may stand for an integer, as an index does; an array of one element on an axis does not.
bool is_integer(nb::handle given);
double to_number(nb::handle given, std::string_view what);
std::int64_t to_integer(nb::handle given, std::string_view what);
/// An integer of any size and sign, its lowest 64 bits.
std::uint64_t to_seed(nb::handle given, std::string_view what);
std::optional<std::uint64_t> to_optional_seed(nb::handle given, std::string_view what);
/// A number or a sequence of numbers, nested as an array is.
Array to_array(nb::handle given, std::string_view what);
/// The same for a parameter: a number is one for all neurons.
Parameter to_parameter(nb::handle given, std::string_view what);
std::vector<std::int64_t> to_integers(nb::handle given, std::string_view what);
/// None is no index.
std::vector<std::uint32_t> to_indices(nb::handle given, std::string_view what);
/// An integer or a sequence of integers.
Shape to_shape(nb::handle given, std::string_view what);
/// The step that starts at `t`.
Clock to_clock(nb::handle t, nb::handle dt, nb::handle i);

// ---- to Python -----------------------------------------------------------------------------------------------------

nb::tuple to_tuple(const Shape& shape);
nb::list to_list(const std::vector<std::string>& names);

/// An array on memory that `owner` keeps.
template <class Element>
NumpyArray to_numpy(Element* data, const Shape& shape, nb::handle owner) {
    static Element nothing{};  // an array without elements has an address all the same
    return nb::borrow<NumpyArray>(
        nb::cast(nb::ndarray<nb::numpy, Element>(data ? data : &nothing, shape.rank(), shape.axes().data(), owner)));
}
/// An array on the elements of the vector.
template <class Element, class As = Element>
NumpyArray to_numpy(std::vector<Element> values, const Shape& shape) {
    static_assert(sizeof(Element) == sizeof(As));
    auto kept = std::make_unique<std::vector<Element>>(std::move(values));
    auto* const data = reinterpret_cast<As*>(kept->data());
    const nb::capsule owner(kept.release(), [](void* p) noexcept { delete static_cast<std::vector<Element>*>(p); });
    return to_numpy(data, shape, owner);
}
template <class Element, class As = Element>
NumpyArray to_numpy(std::vector<Element> values) {
    const Shape shape(values.size());
    return to_numpy<Element, As>(std::move(values), shape);
}
NumpyArray to_numpy(Array array);
/// An array on the elements of a buffer, whatever becomes of the buffer; spikes are booleans.
NumpyArray to_numpy(Buffer& buffer, const Shape& shape);

// ---- models, by name -----------------------------------------------------------------------------------------------

Neuron make_neuron(std::string_view name, const nb::dict& parameters);
Synapse make_synapse(std::string_view name, const nb::dict& parameters);
/// From None or (name, parameters[, method]).
Plasticity make_plasticity(nb::handle given);
/// From None or (name, parameters[, target_var[, membrane_var]]).
Output make_output(nb::handle given);
/// From None or (name, parameters).
std::optional<Surrogate> make_surrogate(nb::handle given);

// ---- inputs of a run -----------------------------------------------------------------------------------------------

/// From (Variable, value, operation, kind); see the class Runner. A function that will be called is added to `kept`.
Input to_input(nb::handle given, std::vector<nb::object>& kept);

}  // namespace bouton::python
