// SPDX-License-Identifier: Apache-2.0
/// \file
/// How strong each connection is: what a user may give as `g_max`, and the numbers it becomes.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <bouton/connect/connectivity.hpp>
#include <bouton/core/buffer.hpp>
#include <bouton/core/settings.hpp>
#include <bouton/init/parameter.hpp>
#include <bouton/math/random.hpp>

namespace bouton {

/// One value for each presynaptic neuron, shared by all its connections.
struct PerPre {
    std::vector<double> values;
};

/// One value for each connection, in the order in which the connections were given, else sorted by pre, then post.
struct PerConnection {
    std::vector<double> values;
};

/// Weights as a user gives them:
///
///     0.42, an array of one element       the same for all connections
///     array                               (n,) for one-to-one; (pre, post); or (connections,), see PerConnection, for
///                                         lists only
///     initialiser                         called with (n,) for one-to-one, else (pre, post); for a list with
///                                         (connections,) if it is elementwise, so that no matrix is made
///     PerPre{...}, PerConnection{...}     what the names say, for every connectivity
class Weight {
 public:
    /// Not given.
    Weight() = default;
    template <Arithmetic Number>
    Weight(Number value) : given_(static_cast<double>(value)) {}  // NOLINT(google-explicit-constructor)
    Weight(std::initializer_list<double> values) : Weight(std::vector<double>(values)) {}
    Weight(std::vector<double> values)  // NOLINT(google-explicit-constructor)
        : given_(Array{Shape(values.size()), std::move(values)}) {}
    Weight(Array array) : given_(std::move(array)) {}            // NOLINT(google-explicit-constructor)
    Weight(PerPre values) : given_(std::move(values)) {}         // NOLINT(google-explicit-constructor)
    Weight(PerConnection values) : given_(std::move(values)) {}  // NOLINT(google-explicit-constructor)
    template <InitializerLike Init>
    Weight(Init init) : given_(Parameter(std::move(init))) {}  // NOLINT(google-explicit-constructor)

    /// A Parameter is an initialiser.
    using Given = std::variant<std::monostate, double, Array, Parameter, PerPre, PerConnection>;
    bool is_given() const { return !std::holds_alternative<std::monostate>(given_); }
    const Given& given() const { return given_; }

 private:
    Given given_;
};

/// Weights ready for use; all finite.
struct Weights {
    enum class Form {
        scalar,         ///< `scalar` is the weight of each connection
        per_pre,        ///< values[i] is the weight of each connection of neuron i
        per_connection  ///< one-to-one: values[i]; all-to-all: row-major (pre, post); list: values[k] of
                        ///< csr().target[k]
    };
    Form form = Form::scalar;
    double scalar = 0;  ///< of Form::scalar
    Buffer values;      ///< of the other forms, in the precision of the run

    std::uint64_t bytes() const { return values.bytes(); }

    bool operator==(const Weights&) const = default;
};

/// The form in which weights were given: what their derivatives have, too.
enum class WeightForm {
    number,   ///< ()
    per_pre,  ///< (pre,)
    list,     ///< (connections,), in the order of the user, else sorted by pre, then post; (n,) for one-to-one
    matrix    ///< (pre, post)
};
WeightForm form_of(const Weight& weight, const Connectivity& graph);
Shape shape_of(WeightForm form, const Connectivity& graph);
/// The weights in that form; 0 in a matrix where there is no connection.
Array in_form(WeightForm form, const Connectivity& graph, const Weights& weights, bool brainpy_2_4);
/// The derivatives by the weights in that form, from those by the weights as they are laid out in `Weights`.
Array derivative_in_form(WeightForm form, const Connectivity& graph, const Weights& by_weights, bool brainpy_2_4);
/// An array of that form as weights. ShapeError where it has another shape.
Weight as_weight(WeightForm form, const Connectivity& graph, std::string_view owner, const Array& array);

/// The weights of the connections of projection `owner`. Where all-to-all connections leave out i = j, those entries of
/// their matrix are 0, but as given with `settings.brainpy_2_4`. Throws ShapeError where what is given does not fit the
/// connectivity, ParameterError for a weight that is not finite. `threads`: see Connectivity::sparse.
Weights resolve(const Weight& weight, const Connectivity& graph, const Settings& settings, std::string_view owner,
                const Random& random, unsigned threads = 0);

}  // namespace bouton
