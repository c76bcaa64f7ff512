// SPDX-License-Identifier: Apache-2.0
// Random graphs within one population.
#include <algorithm>
#include <iterator>
#include <limits>
#include <string_view>

#include <bouton/connect/connectors.hpp>
#include <bouton/core/error.hpp>

#include <fmt/format.h>

#include "rows.hpp"

namespace bouton {
namespace {

using Neurons = std::vector<std::uint32_t>;

void insert(Neurons& sorted, std::uint32_t neuron) {
    sorted.insert(std::lower_bound(sorted.begin(), sorted.end(), neuron), neuron);
}

void erase(Neurons& sorted, std::uint32_t neuron) {
    sorted.erase(std::lower_bound(sorted.begin(), sorted.end(), neuron));
}

bool contains(const Neurons& sorted, std::uint32_t neuron) {
    return std::binary_search(sorted.begin(), sorted.end(), neuron);
}

/// The k-th of the neurons that are not in `sorted`.
std::uint32_t kth_outside(const Neurons& sorted, std::uint64_t k) {
    for (const std::uint32_t neuron : sorted) {
        if (neuron > k) break;
        ++k;
    }
    return static_cast<std::uint32_t>(k);
}

Connectivity from_neighbours(const std::vector<Neurons>& neighbours) {
    double edges = 0;
    for (const Neurons& row : neighbours) edges += static_cast<double>(row.size());
    const auto fill = [&](std::uint64_t i, Neurons& row) {
        row.insert(row.end(), neighbours[i].begin(), neighbours[i].end());
    };
    return Connectivity::sparse(make_rows(neighbours.size(), edges, 1, fill), neighbours.size());
}

/// A ring of `num` neurons in which ends of edges are moved at random.
class Ring {
 public:
    Ring(std::uint64_t num, std::uint64_t half, const SmallWorld& rule, const Random& random)
        : num_(num), half_(half), rule_(rule), random_(random) {}

    /// Row by row: both halves of a neuron's edges are its own.
    Csr directed(unsigned threads) const {
        return make_rows(num_, 2 * static_cast<double>(half_) * static_cast<double>(num_), threads,
                         [&](std::uint64_t u, Neurons& row) {
                             Neurons targets = around(u);
                             for (std::uint64_t k = 0; k < 2 * half_; ++k) {
                                 const std::uint32_t end =
                                     k < half_ ? ahead(u, k + 1) : ahead(u, num_ - 1 - (k - half_));
                                 if (const auto moved = moved_end(u, k, targets)) {
                                     erase(targets, end);
                                     insert(targets, *moved);
                                 }
                             }
                             row.insert(row.end(), targets.begin(), targets.end());
                         });
    }

    /// Lap by lap, as in the paper: first the edges to the next neuron, then to the one after it.
    Connectivity undirected() const {
        std::vector<Neurons> neighbours(num_);
        for (std::uint64_t u = 0; u < num_; ++u) neighbours[u] = around(u);
        for (std::uint64_t lap = 0; lap < half_; ++lap) {
            for (std::uint64_t u = 0; u < num_; ++u) {
                const std::uint32_t self = ahead(u, 0), end = ahead(u, lap + 1);
                const auto moved = moved_end(u, lap, neighbours[u]);
                if (!moved) continue;
                erase(neighbours[u], end);
                erase(neighbours[end], self);
                insert(neighbours[u], *moved);
                if (*moved != self) insert(neighbours[*moved], self);
            }
        }
        return from_neighbours(neighbours);
    }

 private:
    std::uint32_t ahead(std::uint64_t u, std::uint64_t steps) const {
        return static_cast<std::uint32_t>((u + steps) % num_);
    }

    Neurons around(std::uint64_t u) const {
        Neurons result;
        for (std::uint64_t k = 1; k <= half_; ++k) {
            result.push_back(ahead(u, k));
            result.push_back(ahead(u, num_ - k));
        }
        std::sort(result.begin(), result.end());
        return result;
    }

    /// Where the k-th edge of `u` goes instead, if it is moved and there is a place left.
    std::optional<std::uint32_t> moved_end(std::uint64_t u, std::uint64_t k, const Neurons& ends) const {
        const Random draw = random_.at(u);
        if (!(draw.uniform(2 * k) < rule_.prob)) return std::nullopt;
        Neurons taken = ends;
        const std::uint32_t self = ahead(u, 0);
        if (!rule_.include_self && !contains(taken, self)) insert(taken, self);
        if (taken.size() >= num_) return std::nullopt;
        return kth_outside(taken, draw.below(num_ - taken.size(), 2 * k + 1));
    }

    std::uint64_t num_, half_;
    const SmallWorld& rule_;
    Random random_;
};

/// A graph that grows: each new neuron chooses older ones by their number of edges. Each neuron stands in `ends_` once
/// for each of its edges, so a uniform draw from it is that choice (Batagelj & Brandes 2005, Phys. Rev. E 71:036113).
class Growing {
 public:
    /// A star: neuron `rays` joined to all before it.
    Growing(std::uint64_t num, std::uint64_t rays, const Random& random) : random_(random), joined_(num) {
        chosen_.resize(num, std::numeric_limits<std::uint64_t>::max());
        for (std::uint64_t i = 0; i < rays; ++i) choose(rays, static_cast<std::uint32_t>(i));
        join(rays);
    }

    /// The `m` older neurons of neuron `v`. After each choice by number of edges, neighbours of the chosen one follow
    /// with probability `triangles`.
    void add(std::uint64_t v, std::uint64_t m, double triangles = 0) {
        const Random draw = random_.at(v);
        std::uint64_t draws = 0;
        std::uint32_t last = 0;
        while (picked_.size() < m) {
            if (triangles > 0 && !picked_.empty() && draw.uniform(draws++) < triangles) {
                const Neurons open = not_chosen(v, joined_[last]);
                if (!open.empty()) {
                    choose(v, open[draw.below(open.size(), draws++)]);
                    continue;
                }
            }
            do last = ends_[draw.below(ends_.size(), draws++)];
            while (chosen_[last] == v);
            choose(v, last);
        }
        join(v);
    }

    /// From the newer to the older end of each edge, or in both directions.
    Connectivity connectivity(bool directed) && {
        for (std::uint64_t i = 0; i < joined_.size(); ++i) {
            if (directed) std::erase_if(joined_[i], [&](std::uint32_t j) { return j > i; });
            std::sort(joined_[i].begin(), joined_[i].end());
        }
        return from_neighbours(joined_);
    }

 private:
    void choose(std::uint64_t v, std::uint32_t older) {
        chosen_[older] = v;
        picked_.push_back(older);
    }

    void join(std::uint64_t v) {
        for (const std::uint32_t older : picked_) {
            const auto newer = static_cast<std::uint32_t>(v);
            ends_.insert(ends_.end(), {older, newer});
            joined_[older].push_back(newer);
            joined_[newer].push_back(older);
        }
        picked_.clear();
    }

    Neurons not_chosen(std::uint64_t v, const Neurons& among) const {
        Neurons open;
        std::copy_if(among.begin(), among.end(), std::back_inserter(open),
                     [&](std::uint32_t neuron) { return chosen_[neuron] != v; });
        return open;
    }

    Random random_;
    std::vector<Neurons> joined_;
    Neurons ends_;
    Neurons picked_;                     // by the newest neuron so far
    std::vector<std::uint64_t> chosen_;  // the newest neuron that chose each
};

/// `m` as a number of edges of each new neuron among `num`.
std::uint64_t edges_of(std::string_view connector, std::string_view field, std::int64_t m, std::uint64_t num) {
    if (m < 1 || (num > 0 && static_cast<std::uint64_t>(m) >= num))
        throw ParameterError(
            connector, field, static_cast<double>(m),
            num > 0 ? fmt::format("at least 1 and below {}, the number of neurons", num) : "at least 1");
    room_for(2 * static_cast<double>(m) * static_cast<double>(num));
    return static_cast<std::uint64_t>(m);
}

/// A star of `rays` + 1 neurons, then `each` edges for each other of `num` neurons.
Forecast forecast_growth(std::uint64_t num, double rays, double each, bool directed) {
    if (num == 0) return {};
    return {.size = (rays + (static_cast<double>(num) - rays - 1) * each) * (directed ? 1 : 2)};
}

}  // namespace

Connectivity SmallWorld::operator()(const Shape& pre, const Shape& post, const Random& random, unsigned threads) const {
    const double edges = forecast(pre, post).size;
    const std::uint64_t num = pre.count();
    if (num == 0) return none({0, 0});
    room_for(edges);
    const Ring ring(num, static_cast<std::uint64_t>(num_neighbor) / 2, *this, draws(seed, "SmallWorld", random));
    return directed ? Connectivity::sparse(ring.directed(threads), num, threads) : ring.undirected();
}

/// All edges are kept; those that are moved to the neuron itself are one connection where the others are two.
Forecast SmallWorld::forecast(const Shape& pre, const Shape& post) const {
    check_probability("SmallWorld", "prob", prob);
    const std::uint64_t num = size_of_one_population("SmallWorld", pre, post);
    if (pre.rank() > 1)
        throw ShapeError(
            fmt::format("SmallWorld connects populations with one axis, but this has the shape {}", pre.text()));
    if (num_neighbor < 0 || (num > 0 && static_cast<std::uint64_t>(num_neighbor) >= num))
        throw ParameterError("SmallWorld", "num_neighbor", static_cast<double>(num_neighbor),
                             fmt::format("at least 0 and below {}, the number of neurons", num));
    return {.size = 2 * static_cast<double>(num_neighbor / 2) * static_cast<double>(num)};
}

Connectivity ScaleFreeBA::operator()(const Shape& pre, const Shape& post, const Random& random) const {
    const std::uint64_t num = size_of_one_population("ScaleFreeBA", pre, post);
    const std::uint64_t edges = edges_of("ScaleFreeBA", "m", m, num);
    if (num == 0) return none({0, 0});
    Growing graph(num, edges, draws(seed, "ScaleFreeBA", random));
    for (std::uint64_t v = edges + 1; v < num; ++v) graph.add(v, edges);
    return std::move(graph).connectivity(directed);
}

Forecast ScaleFreeBA::forecast(const Shape& pre, const Shape& post) const {
    const std::uint64_t num = size_of_one_population("ScaleFreeBA", pre, post);
    const auto edges = static_cast<double>(edges_of("ScaleFreeBA", "m", m, num));
    return forecast_growth(num, edges, edges, directed);
}

Connectivity ScaleFreeBADual::operator()(const Shape& pre, const Shape& post, const Random& random) const {
    check_probability("ScaleFreeBADual", "p", p);
    const std::uint64_t num = size_of_one_population("ScaleFreeBADual", pre, post);
    const std::uint64_t edges1 = edges_of("ScaleFreeBADual", "m1", m1, num);
    const std::uint64_t edges2 = edges_of("ScaleFreeBADual", "m2", m2, num);
    if (num == 0) return none({0, 0});
    const Random drawn = draws(seed, "ScaleFreeBADual", random), which = drawn.at(0);
    const std::uint64_t rays = std::max(edges1, edges2);
    Growing graph(num, rays, drawn.at(1));
    for (std::uint64_t v = rays + 1; v < num; ++v) graph.add(v, which.uniform(v) < p ? edges1 : edges2);
    return std::move(graph).connectivity(directed);
}

Forecast ScaleFreeBADual::forecast(const Shape& pre, const Shape& post) const {
    check_probability("ScaleFreeBADual", "p", p);
    const std::uint64_t num = size_of_one_population("ScaleFreeBADual", pre, post);
    const auto edges1 = static_cast<double>(edges_of("ScaleFreeBADual", "m1", m1, num));
    const auto edges2 = static_cast<double>(edges_of("ScaleFreeBADual", "m2", m2, num));
    return forecast_growth(num, std::max(edges1, edges2), p * edges1 + (1 - p) * edges2, directed);
}

Connectivity PowerLaw::operator()(const Shape& pre, const Shape& post, const Random& random) const {
    check_probability("PowerLaw", "p", p);
    const std::uint64_t num = size_of_one_population("PowerLaw", pre, post);
    const std::uint64_t edges = edges_of("PowerLaw", "m", m, num);
    if (num == 0) return none({0, 0});
    Growing graph(num, edges, draws(seed, "PowerLaw", random));
    for (std::uint64_t v = edges + 1; v < num; ++v) graph.add(v, edges, p);
    return std::move(graph).connectivity(directed);
}

Forecast PowerLaw::forecast(const Shape& pre, const Shape& post) const {
    check_probability("PowerLaw", "p", p);
    const std::uint64_t num = size_of_one_population("PowerLaw", pre, post);
    const auto edges = static_cast<double>(edges_of("PowerLaw", "m", m, num));
    return forecast_growth(num, edges, edges, directed);
}

}  // namespace bouton
