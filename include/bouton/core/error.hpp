// SPDX-License-Identifier: Apache-2.0
/// \file
/// What the library throws. Every message is one sentence: what it is about, which value it met, what that must be.
/// These are mistakes of the caller; mistakes of the library are assertions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace bouton {

/// Base of everything that bouton throws.
struct Error : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// A number is outside the range in which its equation or option makes sense:
/// "AMPA.beta = -0.18, but must be non-negative and finite".
struct ParameterError : Error {
    ParameterError(std::string_view owner, std::string_view field, double value, std::string_view must);
    std::string owner;  ///< the object or model
    std::string field;  ///< the parameter
    double value;       ///< what was given
};

/// Two sizes that must agree do not:
/// "weights of syn have shape (3, 4), but must be a scalar or have shape (4, 3)".
struct ShapeError : Error {
    using Error::Error;
};

/// A name is unknown, used twice, or not an identifier. Unknown names list the known ones:
/// `no synapse method "foo"; known are ck, euler, ...`.
struct NameError : Error {
    using Error::Error;
};

/// The sentence of an unknown name: `no <kind> "<name>"; known are <a, b, c>`, or `...; there are none`.
NameError unknown_name(std::string_view kind, std::string_view name, std::span<const std::string_view> known);

/// An index lies outside its axis: "index 9 of view of exc, but must be below 4".
struct IndexError : Error {
    IndexError(std::string_view what, std::uint64_t index, std::uint64_t size);
};

/// Parts that cannot work together, or an operation its object does not offer (a projection onto a population that has
/// no `input`, two parts of one network with different precision).
struct UsageError : Error {
    using Error::Error;
};

/// There is not enough memory for what was asked:
/// "412.3 GB were asked for, but must fit into the 21.9 GB of memory that are left".
struct MemoryError : Error {
    MemoryError(std::uint64_t bytes, std::uint64_t left);
    std::uint64_t bytes;  ///< what was asked for
};

/// A state became NaN or infinite during a run: "exc.V[17] became nan in step 4012 (t = 401.2 ms)".
struct NonFiniteError : Error {
    NonFiniteError(std::string_view variable, std::size_t index, std::uint64_t step, double t, double value);
    std::string variable;  ///< "exc.V"
    std::size_t index;     ///< flat index into the variable, batch first
    std::uint64_t step;    ///< step in which it happened
};

}  // namespace bouton
