// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include <bouton/core/error.hpp>

#include "bindings.hpp"

namespace bouton::python {
namespace {

std::string type_of(nb::handle given) { return nb::inst_name(given).c_str(); }

[[noreturn]] void throw_type(std::string_view what, std::string_view must, nb::handle given) {
    throw nb::type_error(
        (std::string(what) + " must be " + std::string(must) + ", but is of type " + type_of(given)).c_str());
}

/// NumPy's own array of what was given, its numbers of a type that becomes `kind` without loss of meaning: "f" or "i".
/// `must` is for the message.
nb::object to_ndarray(nb::handle given, std::string_view what, char kind, std::string_view must) {
    nb::object array;
    const nb::module_ numpy = nb::module_::import_("numpy");
    try {
        array = numpy.attr("asarray")(given);
    } catch (nb::python_error& error) {
        if (!error.matches(PyExc_ValueError) && !error.matches(PyExc_TypeError)) throw;
        throw_type(what, must, given);
    }
    const std::string of_kind = nb::cast<std::string>(array.attr("dtype").attr("kind"));
    const bool is_empty = nb::cast<std::size_t>(array.attr("size")) == 0;
    const std::string_view accepted = kind == 'f' ? "biuf" : "biu";
    if (accepted.find(of_kind) == std::string_view::npos && !(is_empty && of_kind == "f"))
        throw_type(what, must, given);
    return numpy.attr("ascontiguousarray")(array, kind == 'f' ? "float64" : "int64")
        .attr("reshape")(array.attr("shape"));
}

template <class Element>
std::vector<Element> values_of(nb::handle array) {
    const auto view = nb::cast<nb::ndarray<const Element, nb::c_contig>>(array);
    return {view.data(), view.data() + view.size()};
}

Shape shape_of(nb::handle array) {
    std::vector<std::size_t> axes;
    for (const nb::handle axis : array.attr("shape")) axes.push_back(nb::cast<std::size_t>(axis));
    return Shape(std::move(axes));
}

/// As the operator of indices sees it; null where it is no integer.
nb::object as_index(nb::handle given) {
    nb::object index = nb::steal(PyNumber_Index(given.ptr()));
    if (!index.is_valid()) PyErr_Clear();
    return index;
}

}  // namespace

bool is_integer(nb::handle given) { return as_index(given).is_valid(); }

double to_number(nb::handle given, std::string_view what) {
    if (PyFloat_Check(given.ptr())) return PyFloat_AS_DOUBLE(given.ptr());
    if (PyLong_Check(given.ptr())) {
        const double value = PyLong_AsDouble(given.ptr());
        if (value == -1 && PyErr_Occurred()) throw nb::python_error();
        return value;
    }
    const Array array = to_array(given, what);
    if (array.values.size() != 1)
        throw ShapeError(std::string(what) + " must be one number, but has shape " + array.shape.text());
    return array.values[0];
}

std::int64_t to_integer(nb::handle given, std::string_view what) {
    nb::object index = as_index(given);
    if (!index.is_valid()) {
        const nb::object array = to_ndarray(given, what, 'i', "an integer");
        if (nb::cast<std::size_t>(array.attr("size")) != 1)
            throw ShapeError(std::string(what) + " must be one integer, but has shape " + shape_of(array).text());
        return values_of<std::int64_t>(array)[0];
    }
    const long long value = PyLong_AsLongLong(index.ptr());
    if (value == -1 && PyErr_Occurred()) {
        PyErr_Clear();
        throw nb::value_error((std::string(what) + " must be below 2^63 and not below -2^63").c_str());
    }
    return value;
}

std::uint64_t to_seed(nb::handle given, std::string_view what) {
    const nb::object index = as_index(given);
    if (!index.is_valid()) return static_cast<std::uint64_t>(to_integer(given, what));
    return PyLong_AsUnsignedLongLongMask(index.ptr());
}

std::optional<std::uint64_t> to_optional_seed(nb::handle given, std::string_view what) {
    if (given.is_none()) return std::nullopt;
    return to_seed(given, what);
}

Array to_array(nb::handle given, std::string_view what) {
    const nb::object array = to_ndarray(given, what, 'f', "a number or an array of numbers");
    return {shape_of(array), values_of<double>(array)};
}

Parameter to_parameter(nb::handle given, std::string_view what) {
    if (PyFloat_Check(given.ptr()) || PyLong_Check(given.ptr())) return to_number(given, what);
    return to_array(given, what);
}

std::vector<std::int64_t> to_integers(nb::handle given, std::string_view what) {
    return values_of<std::int64_t>(to_ndarray(given, what, 'i', "an array of integers"));
}

std::vector<std::uint32_t> to_indices(nb::handle given, std::string_view what) {
    if (given.is_none()) return {};
    std::vector<std::uint32_t> indices;
    for (const std::int64_t index : to_integers(given, what)) {
        if (!std::in_range<std::uint32_t>(index))
            throw nb::index_error((std::string(what) + " holds the index " + std::to_string(index) +
                                   ", but must hold integers from 0 to 2^32 - 1")
                                      .c_str());
        indices.push_back(static_cast<std::uint32_t>(index));
    }
    return indices;
}

Shape to_shape(nb::handle given, std::string_view what) {
    if (is_integer(given)) return Shape(to_integer(given, what));
    std::vector<std::size_t> axes;
    for (const std::int64_t length : to_integers(given, what)) axes.push_back(Shape(length)[0]);
    return Shape(std::move(axes));
}

Clock to_clock(nb::handle t, nb::handle dt, nb::handle i) {
    const std::int64_t step = to_integer(i, "i");
    if (step < 0) throw nb::value_error(("i = " + std::to_string(step) + ", but must be 0 or more").c_str());
    const auto number = static_cast<std::uint64_t>(step);
    const double length = to_number(dt, "dt"), now = to_number(t, "t");
    // The clock of a runner that began at 0: with it later times are rounded as that rounds them.
    if (static_cast<double>(number) * length == now) return {.dt = length, .step = number};
    return {.dt = length, .t0 = now, .step = number, .step0 = number};
}

nb::tuple to_tuple(const Shape& shape) {
    nb::list axes;
    for (const std::size_t length : shape.axes()) axes.append(length);
    return nb::tuple(axes);
}

nb::list to_list(const std::vector<std::string>& names) {
    nb::list list;
    for (const std::string& name : names) list.append(name);
    return list;
}

NumpyArray to_numpy(Array array) { return to_numpy(std::move(array.values), array.shape); }

NumpyArray to_numpy(Buffer& buffer, const Shape& shape) {
    auto held = std::make_unique<std::shared_ptr<void>>(buffer.hold());
    const nb::capsule owner(held.release(), [](void* p) noexcept { delete static_cast<std::shared_ptr<void>*>(p); });
    NumpyArray array;
    buffer.visit([&]<class Element>(std::span<Element> values) {
        if constexpr (std::is_same_v<Element, std::uint8_t>)
            array = to_numpy(reinterpret_cast<bool*>(values.data()), shape, owner);
        else
            array = to_numpy(values.data(), shape, owner);
    });
    return array;
}

}  // namespace bouton::python
