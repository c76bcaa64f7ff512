// SPDX-License-Identifier: Apache-2.0
/// \file
/// Connectors: rules that say who is connected to whom. Names and defaults are those of BrainPy 2.4.
///
///     FixedProb{.prob = 0.1, .include_self = false}(exc.shape, inh.shape, Random(seed, "syn.connections"))
///
/// A connector is called with the shapes of the two populations and the random numbers to draw from; neurons of a
/// population with several axes are numbered row-major. Each draw is a pure function of (random numbers, neuron, k), so
/// a call with the same arguments gives the same connections. A connector with a `seed` of its own ignores the random
/// numbers it is given. Work and memory grow with the number of connections; no matrix of all pairs is formed.
///
/// Most connectors may be told how many threads to use as a fourth argument, 0 being one for each processor where the
/// list is long enough to be worth it; the connections are the same for any number.
///
/// `forecast(pre, post)` says how many connections there will be without making them. It checks what that needs only.
///
/// `include_self = false` removes the pairs i = j, also between populations of different size. Rules that promise a
/// number of connections choose among the remaining pairs and keep the promise. `allow_multi_conn = true` draws with
/// replacement: a pair drawn twice is two connections.
///
/// A population without neurons has no connections, whatever the rule. Otherwise: ParameterError for a field outside
/// its range, ShapeError for shapes that a rule cannot connect, IndexError for a neuron that does not exist, UsageError
/// for more connections than memory can hold.
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include <bouton/connect/connectivity.hpp>
#include <bouton/core/shape.hpp>
#include <bouton/init/initializers.hpp>
#include <bouton/init/parameter.hpp>
#include <bouton/math/random.hpp>

namespace bouton {

/// What a projection takes: a connector of this file, a function of the user's with the same call, a connectivity that
/// exists already (so that several projections share one list), or a matrix (see MatConn).
template <class T>
concept ConnectorLike = std::is_invocable_r_v<Connectivity, const T&, const Shape&, const Shape&, const Random&>;

/// A connector whose work several threads can share; what it makes must not depend on how many.
template <class T>
concept SharesWork = std::is_invocable_r_v<Connectivity, const T&, const Shape&, const Shape&, const Random&, unsigned>;

/// A connector that tells how much it will make.
template <class T>
concept TellsForecast = requires(const T rule, const Shape& shape) {
    { rule.forecast(shape, shape) } -> std::same_as<Forecast>;
};

class Connector {
 public:
    template <ConnectorLike Rule>
    Connector(Rule rule) {  // NOLINT(google-explicit-constructor)
        const auto shared = std::make_shared<const Rule>(std::move(rule));
        connect_ = [shared](const Shape& pre, const Shape& post, const Random& random, unsigned threads) {
            if constexpr (SharesWork<Rule>)
                return (*shared)(pre, post, random, threads);
            else
                return (*shared)(pre, post, random);
        };
        if constexpr (TellsForecast<Rule>)
            forecast_ = [shared](const Shape& pre, const Shape& post) { return shared->forecast(pre, post); };
    }
    Connector(Connectivity existing);  // NOLINT(google-explicit-constructor)
    Connector(Array matrix);           // NOLINT(google-explicit-constructor)

    /// Throws ShapeError where the connectivity is not one between populations of these sizes.
    Connectivity operator()(const Shape& pre, const Shape& post, const Random& random, unsigned threads = 0) const;

    /// Nothing where the connector is a function that does not tell.
    std::optional<Forecast> forecast(const Shape& pre, const Shape& post) const;

 private:
    std::function<Connectivity(const Shape&, const Shape&, const Random&, unsigned)> connect_;
    std::function<Forecast(const Shape&, const Shape&)> forecast_;
};

using Seed = std::optional<std::uint64_t>;

/// How many of n neurons: an integer is that many, a floating-point number the fraction, int(n * fraction).
class Count {
 public:
    template <std::integral Number>
    Count(Number number)  // NOLINT(google-explicit-constructor)
        : value_(static_cast<double>(number)), is_fraction_(false) {}
    template <std::floating_point Number>
    Count(Number fraction)  // NOLINT(google-explicit-constructor)
        : value_(static_cast<double>(fraction)), is_fraction_(true) {}

    double value() const { return value_; }
    bool is_fraction() const { return is_fraction_; }

 private:
    double value_;  // integers up to 2^53 are exact, larger ones too many for any use
    bool is_fraction_;
};

// ---- without chance, by rule ----

/// Each to each.
struct All2All {
    bool include_self = true;

    Connectivity operator()(const Shape& pre, const Shape& post, const Random& random) const;
    Forecast forecast(const Shape& pre, const Shape& post) const;
};

/// i to i, between populations of the same size.
struct One2One {
    Connectivity operator()(const Shape& pre, const Shape& post, const Random& random) const;
    Forecast forecast(const Shape& pre, const Shape& post) const;
};

/// Neurons of one population (or of two with the same shape) at distance 1 along one axis: 2 d neighbours in d
/// dimensions, fewer at the border unless it is periodic. On a periodic axis so short that two ways lead to the same
/// neighbour, that neighbour is connected once.
struct GridFour {
    bool include_self = false;
    bool periodic_boundary = false;

    Connectivity operator()(const Shape& pre, const Shape& post, const Random& random, unsigned threads = 0) const;
    Forecast forecast(const Shape& pre, const Shape& post) const;
};

/// The same with all neighbours that differ by at most 1 on each axis: GridN with N = 1.
struct GridEight {
    bool include_self = false;
    bool periodic_boundary = false;

    Connectivity operator()(const Shape& pre, const Shape& post, const Random& random, unsigned threads = 0) const;
    Forecast forecast(const Shape& pre, const Shape& post) const;
};

/// The same with all neighbours that differ by at most N >= 0 on each axis.
struct GridN {
    std::int64_t N = 1;
    bool include_self = false;
    bool periodic_boundary = false;

    Connectivity operator()(const Shape& pre, const Shape& post, const Random& random, unsigned threads = 0) const;
    Forecast forecast(const Shape& pre, const Shape& post) const;
};

// ---- given explicitly ----

/// Where `conn_mat`, of shape (pre, post), is not zero. Its values have no other meaning; none may be NaN.
struct MatConn {
    Array conn_mat;

    Connectivity operator()(const Shape& pre, const Shape& post, const Random& random, unsigned threads = 0) const;
    Forecast forecast(const Shape& pre, const Shape& post) const;
};

/// Connection k goes from i[k] to j[k]. The order is kept for values given per connection.
struct IJConn {
    std::vector<std::int64_t> i, j;

    Connectivity operator()(const Shape& pre, const Shape& post, const Random& random) const;
    Forecast forecast(const Shape& pre, const Shape& post) const;
};

/// Neuron i projects to indices[inptr[i]] .. indices[inptr[i + 1] - 1], in any order, which is kept for values given
/// per connection.
struct CSRConn {
    std::vector<std::int64_t> indices, inptr;

    Connectivity operator()(const Shape& pre, const Shape& post, const Random& random, unsigned threads = 0) const;
    Forecast forecast(const Shape& pre, const Shape& post) const;
};

/// A sparse matrix of shape (pre, post): where it stores a value, whatever the value.
struct SparseMatConn {
    std::vector<std::int64_t> indices, indptr;
    std::vector<double> values = {};  ///< none, or one for each index; not read

    Connectivity operator()(const Shape& pre, const Shape& post, const Random& random, unsigned threads = 0) const;
    Forecast forecast(const Shape& pre, const Shape& post) const;
};

// ---- random ----

/// The two laws that BrainPy's FixedProb has, there selected by the way of computing, here by name.
enum class Law {
    bernoulli,         ///< each pair independently with `prob`; each pre neuron takes part with probability `pre_ratio`
    fixed_out_degree,  ///< int(num_pre * pre_ratio) pre neurons contact int(num_post * prob) posts each (at most all)
};

/// Each pair with probability `prob`.
struct FixedProb {
    double prob = must_be_given;  ///< [0, 1]
    double pre_ratio = 1;         ///< [0, 1]
    bool include_self = true;
    bool allow_multi_conn = false;  ///< of `fixed_out_degree`: a Bernoulli law decides on each pair once
    Law law = Law::bernoulli;
    Seed seed = std::nullopt;

    Connectivity operator()(const Shape& pre, const Shape& post, const Random& random, unsigned threads = 0) const;
    Forecast forecast(const Shape& pre, const Shape& post) const;
};

/// Each post neuron is contacted by `num` pre neurons, distinct unless `allow_multi_conn`. Too large a number is an
/// error; the fraction 1 means all there are.
struct FixedPreNum {
    Count num;
    bool include_self = true;
    bool allow_multi_conn = false;
    Seed seed = std::nullopt;

    Connectivity operator()(const Shape& pre, const Shape& post, const Random& random, unsigned threads = 0) const;
    Forecast forecast(const Shape& pre, const Shape& post) const;
};

/// Each pre neuron contacts `num` post neurons; all else as in FixedPreNum.
struct FixedPostNum {
    Count num;
    bool include_self = true;
    bool allow_multi_conn = false;
    Seed seed = std::nullopt;

    Connectivity operator()(const Shape& pre, const Shape& post, const Random& random, unsigned threads = 0) const;
    Forecast forecast(const Shape& pre, const Shape& post) const;
};

/// `num` distinct pairs of all (BrainPy draws with replacement and so returns fewer).
struct FixedTotalNum {
    Count num;
    Seed seed = std::nullopt;

    Connectivity operator()(const Shape& pre, const Shape& post, const Random& random, unsigned threads = 0) const;
    Forecast forecast(const Shape& pre, const Shape& post) const;
};

/// Within one population, a pair at distance d with probability exp(-d^2 / (2 sigma^2)). A neuron sits at its indices
/// if `encoding_values` is empty; else n neurons are spread evenly over the range of their axis (one range: the same
/// for all axes), both ends included. With a periodic boundary an axis closes to a ring as long as its range (n, if it
/// has none), and its end is its start.
struct GaussianProb {
    double sigma = must_be_given;  ///< > 0, in the units of `encoding_values`
    std::vector<EncodedRange> encoding_values = {};
    bool normalize = true;  ///< divide by the largest probability; that is 1, at d = 0, so both settings give the same
    bool include_self = true;
    bool periodic_boundary = false;
    Seed seed = std::nullopt;

    Connectivity operator()(const Shape& pre, const Shape& post, const Random& random, unsigned threads = 0) const;
    Forecast forecast(const Shape& pre, const Shape& post) const;
};

/// Pairs whose indices are at most `dist` apart (Euclidean; any number of axes, the same for both populations), each
/// with probability `prob`; each pre neuron takes part with probability `pre_ratio`.
struct ProbDist {
    double dist = 1;       ///< >= 0
    double prob = 1;       ///< [0, 1]
    double pre_ratio = 1;  ///< [0, 1]
    Seed seed = std::nullopt;
    bool include_self = true;

    Connectivity operator()(const Shape& pre, const Shape& post, const Random& random, unsigned threads = 0) const;
    Forecast forecast(const Shape& pre, const Shape& post) const;
};

// ---- random graphs within one population ----

// An undirected edge is a connection in either direction. Of a directed growing graph, edges lead from the newer neuron
// to the older one.

/// Ring of neurons, each joined to `num_neighbor / 2` (rounded down) on either side; then each edge keeps its first end
/// and is given another second end with probability `prob`. Directed: each neuron's outgoing edges on their own. Watts
/// & Strogatz (1998), "Collective dynamics of 'small-world' networks", Nature 393:440-442.
struct SmallWorld {
    std::int64_t num_neighbor = 0;  ///< 0 .. num - 1
    double prob = must_be_given;    ///< [0, 1]
    bool directed = false;
    bool include_self = false;  ///< whether a moved end may become the neuron itself
    Seed seed = std::nullopt;

    Connectivity operator()(const Shape& pre, const Shape& post, const Random& random, unsigned threads = 0) const;
    Forecast forecast(const Shape& pre, const Shape& post) const;
};

/// After a star of m + 1 neurons each neuron joins `m` distinct older ones, chosen in proportion to their number of
/// edges: m (num - m) edges. Barabasi & Albert (1999), "Emergence of scaling in random networks", Science 286:509-512.
struct ScaleFreeBA {
    std::int64_t m = 0;  ///< 1 .. num - 1
    bool directed = false;
    Seed seed = std::nullopt;

    Connectivity operator()(const Shape& pre, const Shape& post, const Random& random) const;
    Forecast forecast(const Shape& pre, const Shape& post) const;
};

/// The same after a star of max(m1, m2) + 1 neurons, with `m1` edges with probability `p`, else `m2`. Moshiri (2018),
/// "The dual-Barabasi-Albert model", arXiv:1810.10538.
struct ScaleFreeBADual {
    std::int64_t m1 = 0;       ///< 1 .. num - 1
    std::int64_t m2 = 0;       ///< 1 .. num - 1
    double p = must_be_given;  ///< [0, 1]
    bool directed = false;
    Seed seed = std::nullopt;

    Connectivity operator()(const Shape& pre, const Shape& post, const Random& random) const;
    Forecast forecast(const Shape& pre, const Shape& post) const;
};

/// Barabasi-Albert graph with triangles: each edge of a new neuron but the first leads, with probability `p`, to a
/// neighbour of the neuron that was last chosen by its number of edges. Holme & Kim (2002), "Growing scale-free
/// networks with tunable clustering", Phys. Rev. E 65:026107.
struct PowerLaw {
    std::int64_t m = 0;        ///< 1 .. num - 1
    double p = must_be_given;  ///< [0, 1]
    bool directed = false;
    Seed seed = std::nullopt;

    Connectivity operator()(const Shape& pre, const Shape& post, const Random& random) const;
    Forecast forecast(const Shape& pre, const Shape& post) const;
};

// Ready-made.
inline constexpr One2One one2one{};
inline constexpr All2All all2all{};
inline constexpr GridFour grid_four{};
inline constexpr GridEight grid_eight{};

}  // namespace bouton
