// SPDX-License-Identifier: Apache-2.0
#include <bouton/core/error.hpp>
#include <bouton/init/parameter.hpp>

#include <fmt/format.h>

namespace bouton {
namespace {

void check_size(std::string_view owner, std::string_view name, const Array& array) {
    if (array.values.size() != array.shape.count())
        throw ShapeError(fmt::format("{}.{} has {} values, but its shape {} needs {}", owner, name, array.values.size(),
                                     array.shape.text(), array.shape.count()));
}

Array initialised(std::string_view owner, std::string_view name, const Initializer& init, const Shape& shape,
                  const Random& random) {
    if (!init)
        throw UsageError(
            fmt::format("the initialiser of {}.{} is an empty function, but must be callable", owner, name));
    Array array = init(shape, random);
    if (array.shape != shape)
        throw ShapeError(fmt::format("the initialiser of {}.{} gave shape {}, but was asked for {}", owner, name,
                                     array.shape.text(), shape.text()));
    check_size(owner, name, array);
    return array;
}

}  // namespace

Parameter::Parameter(std::vector<double> values) : Parameter(Array{Shape(values.size()), std::move(values)}) {}

Parameter::Parameter(Array array) {
    if (array.values.size() == 1 && array.shape.count() == 1)
        given_ = array.values[0];
    else
        given_ = std::move(array);
}

Array Parameter::resolve(std::string_view owner, std::string_view name, const Shape& shape,
                         const Random& random) const {
    if (const auto* value = std::get_if<double>(&given_)) return {Shape(), {*value}};
    if (const auto* init = std::get_if<Initializer>(&given_)) return initialised(owner, name, *init, shape, random);
    const Array& array = std::get<Array>(given_);
    if (array.shape != shape)
        throw ShapeError(fmt::format("{}.{} has shape {}, but must be a scalar or have shape {}", owner, name,
                                     array.shape.text(), shape.text()));
    check_size(owner, name, array);
    return array;
}

}  // namespace bouton
