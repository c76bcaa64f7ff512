// SPDX-License-Identifier: Apache-2.0
// Connectors and what they make.
#include <bouton/connect/connectors.hpp>
#include <bouton/core/error.hpp>

#include "bindings.hpp"

namespace bouton::python {

std::vector<EncodedRange> to_ranges(nb::handle given);  // init.cpp

namespace {

/// An integer is a number of neurons, a floating-point number a fraction.
Count to_count(nb::handle given) {
    if (is_integer(given)) return to_integer(given, "num");
    return to_number(given, "num");
}

Law to_law(std::string_view name) {
    if (name == "bernoulli") return Law::bernoulli;
    if (name == "fixed_out_degree") return Law::fixed_out_degree;
    throw unknown_name("law of FixedProb", name, std::vector<std::string_view>{"bernoulli", "fixed_out_degree"});
}

Seed to_seed_field(nb::handle given) { return to_optional_seed(given, "seed"); }

/// Ids and offsets as NumPy's signed integers, whose bits they share.
NumpyArray ids(std::vector<std::uint32_t> values) { return to_numpy<std::uint32_t, std::int32_t>(std::move(values)); }
NumpyArray offsets(std::vector<std::uint64_t> values) {
    return to_numpy<std::uint64_t, std::int64_t>(std::move(values));
}

nb::tuple lists(Csr csr) { return nb::make_tuple(ids(std::move(csr.target)), offsets(std::move(csr.row))); }

nb::list nested(std::vector<std::vector<std::uint64_t>> rows) {
    nb::list list;
    for (std::vector<std::uint64_t>& row : rows) list.append(offsets(std::move(row)));
    return list;
}

NumpyArray ends(const Connectivity& graph, std::uint32_t Pair::*end) {
    std::vector<std::uint32_t> values;
    values.reserve(graph.size());
    for (const Pair& pair : graph.to_pairs()) values.push_back(pair.*end);
    return ids(std::move(values));
}

std::string_view kind_name(Connectivity::Kind kind) {
    switch (kind) {
        case Connectivity::Kind::all_to_all:
            return "all_to_all";
        case Connectivity::Kind::one_to_one:
            return "one_to_one";
        case Connectivity::Kind::sparse:
            break;
    }
    return "sparse";
}

void bind_connectivity(nb::module_& module) {
    nb::class_<Connectivity>(module, "Connectivity", "Who is connected to whom; immutable.")
        .def(
            "__deepcopy__", [](const nb::object& self, const nb::dict&) { return self; }, "memo"_a)
        .def_prop_ro("num_pre", &Connectivity::num_pre)
        .def_prop_ro("num_post", &Connectivity::num_post)
        .def_prop_ro("size", &Connectivity::size, "Number of connections.")
        .def_prop_ro("bytes", &Connectivity::bytes, "Memory of the lists.")
        .def_prop_ro("include_self", &Connectivity::include_self)
        .def_prop_ro(
            "kind", [](const Connectivity& c) { return kind_name(c.kind()); }, "all_to_all, one_to_one or sparse.")
        .def_prop_ro(
            "pre_ids", [](const Connectivity& c) { return ends(c, &Pair::pre); },
            "Presynaptic neuron of each connection, in the order given, else by pre, then post.")
        .def_prop_ro(
            "post_ids", [](const Connectivity& c) { return ends(c, &Pair::post); }, "The same of the other end.")
        .def(
            "csr", [](const Connectivity& c) { return lists(c.to_csr()); },
            "(indices, indptr): neuron i projects to indices[indptr[i]:indptr[i + 1]], ascending.")
        .def(
            "csc", [](const Connectivity& c) { return lists(c.to_csc()); },
            "(indices, indptr): neuron j is contacted by indices[indptr[j]:indptr[j + 1]], ascending.")
        .def(
            "mat",
            [](const Connectivity& c) {
                std::vector<std::uint8_t> connected;
                for (const std::uint32_t count : c.to_matrix()) connected.push_back(count != 0);
                return to_numpy<std::uint8_t, bool>(std::move(connected), Shape{c.num_pre(), c.num_post()});
            },
            "Whether there is a connection, (num_pre, num_post).")
        .def(
            "counts",
            [](const Connectivity& c) {
                return to_numpy<std::uint32_t, std::int32_t>(c.to_matrix(), Shape{c.num_pre(), c.num_post()});
            },
            "How many connections each pair has, (num_pre, num_post).")
        .def(
            "pre2syn", [](const Connectivity& c) { return nested(c.pre2syn()); },
            "The numbers of the connections of each pre neuron, counted as in csr.")
        .def(
            "post2syn", [](const Connectivity& c) { return nested(c.post2syn()); },
            "The numbers of the connections of each post neuron, counted as in csr.")
        .def(
            "order",
            [](const Connectivity& c) {
                return offsets({c.order().begin(), c.order().end()});
            },
            "The place in csr of each connection in the order given; empty where the two are the same.");
}

template <class Rule>
Connector connector(Rule rule) {
    return Connector(std::move(rule));
}

/// A function (pre_size, post_size) -> boolean matrix (num_pre, num_post), or (i, j), the ends of each connection.
Connector of_function(const nb::object& function) {
    const auto kept = std::shared_ptr<nb::object>(new nb::object(function), [](nb::object* object) {
        const nb::gil_scoped_acquire gil;
        delete object;
    });
    return Connector([kept](const Shape& pre, const Shape& post, const Random& random) {
        const nb::gil_scoped_acquire gil;
        const nb::object made = (*kept)(to_tuple(pre), to_tuple(post));
        if (nb::isinstance<Connectivity>(made)) return nb::cast<Connectivity>(made);
        if (nb::isinstance<nb::tuple>(made) && nb::len(made) == 2)
            return IJConn{to_integers(made[nb::int_(0)], "i"), to_integers(made[nb::int_(1)], "j")}(pre, post, random);
        return MatConn{to_array(made, "the matrix of connections")}(pre, post, random);
    });
}

void bind_rules(nb::module_& module) {
    module.def(
        "all_to_all", [](bool include_self) { return connector(All2All{include_self}); }, "include_self"_a = true);
    module.def("one_to_one", [] { return connector(One2One{}); });
    module.def(
        "grid_four",
        [](bool self, bool periodic) {
            return connector(GridFour{self, periodic});
        },
        "include_self"_a = false, "periodic_boundary"_a = false);
    module.def(
        "grid_eight",
        [](bool self, bool periodic) {
            return connector(GridEight{self, periodic});
        },
        "include_self"_a = false, "periodic_boundary"_a = false);
    module.def(
        "grid_n",
        [](ArrayLike N, bool self, bool periodic) {
            return connector(GridN{to_integer(N, "N"), self, periodic});
        },
        "N"_a = 1, "include_self"_a = false, "periodic_boundary"_a = false);
    module.def(
        "matrix", [](ArrayLike conn_mat) { return connector(MatConn{to_array(conn_mat, "conn_mat")}); }, "conn_mat"_a);
    module.def(
        "coo",
        [](ArrayLike i, ArrayLike j) {
            return connector(IJConn{to_integers(i, "i"), to_integers(j, "j")});
        },
        "i"_a, "j"_a);
    module.def(
        "csr",
        [](ArrayLike indices, ArrayLike indptr) {
            return connector(CSRConn{to_integers(indices, "indices"), to_integers(indptr, "indptr")});
        },
        "indices"_a, "indptr"_a);
    module.def("function", &of_function, "function"_a,
               "From (pre_size, post_size) -> matrix (num_pre, num_post), a pair (i, j) of lists, or a Connectivity.");

    module.def(
        "fixed_prob",
        [](ArrayLike prob, ArrayLike pre_ratio, bool self, bool multi, ArrayLike seed, std::string_view law) {
            return connector(FixedProb{.prob = to_number(prob, "prob"),
                                       .pre_ratio = to_number(pre_ratio, "pre_ratio"),
                                       .include_self = self,
                                       .allow_multi_conn = multi,
                                       .law = to_law(law),
                                       .seed = to_seed_field(seed)});
        },
        "prob"_a, "pre_ratio"_a = 1., "include_self"_a = true, "allow_multi_conn"_a = false, "seed"_a = nb::none(),
        "law"_a = "bernoulli");
    module.def(
        "fixed_pre_num",
        [](ArrayLike num, bool self, bool multi, ArrayLike seed) {
            return connector(FixedPreNum{to_count(num), self, multi, to_seed_field(seed)});
        },
        "num"_a, "include_self"_a = true, "allow_multi_conn"_a = false, "seed"_a = nb::none());
    module.def(
        "fixed_post_num",
        [](ArrayLike num, bool self, bool multi, ArrayLike seed) {
            return connector(FixedPostNum{to_count(num), self, multi, to_seed_field(seed)});
        },
        "num"_a, "include_self"_a = true, "allow_multi_conn"_a = false, "seed"_a = nb::none());
    module.def(
        "fixed_total_num",
        [](ArrayLike num, ArrayLike seed) {
            return connector(FixedTotalNum{to_count(num), to_seed_field(seed)});
        },
        "num"_a, "seed"_a = nb::none());
    module.def(
        "gaussian_prob",
        [](ArrayLike sigma, ArrayLike encoding_values, bool normalize, bool self, bool periodic, ArrayLike seed) {
            return connector(GaussianProb{.sigma = to_number(sigma, "sigma"),
                                          .encoding_values = to_ranges(encoding_values),
                                          .normalize = normalize,
                                          .include_self = self,
                                          .periodic_boundary = periodic,
                                          .seed = to_seed_field(seed)});
        },
        "sigma"_a, "encoding_values"_a = nb::none(), "normalize"_a = true, "include_self"_a = true,
        "periodic_boundary"_a = false, "seed"_a = nb::none());
    module.def(
        "prob_dist",
        [](ArrayLike dist, ArrayLike prob, ArrayLike pre_ratio, ArrayLike seed, bool self) {
            return connector(ProbDist{.dist = to_number(dist, "dist"),
                                      .prob = to_number(prob, "prob"),
                                      .pre_ratio = to_number(pre_ratio, "pre_ratio"),
                                      .seed = to_seed_field(seed),
                                      .include_self = self});
        },
        "dist"_a = 1., "prob"_a = 1., "pre_ratio"_a = 1., "seed"_a = nb::none(), "include_self"_a = true);
    module.def(
        "small_world",
        [](ArrayLike num_neighbor, ArrayLike prob, bool directed, bool self, ArrayLike seed) {
            return connector(SmallWorld{.num_neighbor = to_integer(num_neighbor, "num_neighbor"),
                                        .prob = to_number(prob, "prob"),
                                        .directed = directed,
                                        .include_self = self,
                                        .seed = to_seed_field(seed)});
        },
        "num_neighbor"_a, "prob"_a, "directed"_a = false, "include_self"_a = false, "seed"_a = nb::none());
    module.def(
        "scale_free_ba",
        [](ArrayLike m, bool directed, ArrayLike seed) {
            return connector(ScaleFreeBA{to_integer(m, "m"), directed, to_seed_field(seed)});
        },
        "m"_a, "directed"_a = false, "seed"_a = nb::none());
    module.def(
        "scale_free_ba_dual",
        [](ArrayLike m1, ArrayLike m2, ArrayLike p, bool directed, ArrayLike seed) {
            return connector(ScaleFreeBADual{to_integer(m1, "m1"), to_integer(m2, "m2"), to_number(p, "p"), directed,
                                             to_seed_field(seed)});
        },
        "m1"_a, "m2"_a, "p"_a, "directed"_a = false, "seed"_a = nb::none());
    module.def(
        "power_law",
        [](ArrayLike m, ArrayLike p, bool directed, ArrayLike seed) {
            return connector(PowerLaw{to_integer(m, "m"), to_number(p, "p"), directed, to_seed_field(seed)});
        },
        "m"_a, "p"_a, "directed"_a = false, "seed"_a = nb::none());
}

}  // namespace

void bind_connect(nb::module_& module) {
    bind_connectivity(module);
    nb::class_<Connector>(module, "Connector", "A rule that says who is connected to whom.")
        .def(nb::init_implicit<Connectivity>(), "connectivity"_a)
        .def(
            "build",
            [](const Connector& self, ArrayLike pre_size, ArrayLike post_size, ArrayLike seed) {
                const Shape pre = to_shape(pre_size, "pre_size"), post = to_shape(post_size, "post_size");
                const Random random(to_seed(seed, "seed"), "connections");
                const nb::gil_scoped_release no_gil;
                return self(pre, post, random);
            },
            "pre_size"_a, "post_size"_a, "seed"_a = 0, "The connections; `seed` for a rule that has none of its own.");
    bind_rules(module);
}

}  // namespace bouton::python
