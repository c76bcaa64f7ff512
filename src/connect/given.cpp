// SPDX-License-Identifier: Apache-2.0
// Connections that are given, pair by pair or all at once.
#include <algorithm>
#include <cmath>
#include <utility>

#include <bouton/connect/connectors.hpp>
#include <bouton/core/error.hpp>

#include <fmt/format.h>

#include "rows.hpp"

namespace bouton {
namespace {

/// `neuron` as a number below `size`.
std::uint32_t checked(std::string_view connector, std::string_view field, std::int64_t neuron, std::uint64_t size) {
    if (neuron < 0) throw ParameterError(connector, field, static_cast<double>(neuron), "the number of a neuron");
    const auto number = static_cast<std::uint64_t>(neuron);
    if (number >= size) throw IndexError(fmt::format("{}.{}", connector, field), number, size);
    return static_cast<std::uint32_t>(number);
}

Connectivity from_csr(std::string_view connector, std::string_view pointers, const std::vector<std::int64_t>& indices,
                      const std::vector<std::int64_t>& indptr, Sizes sizes, unsigned threads) {
    if (indptr.size() != sizes.pre + 1)
        throw ShapeError(fmt::format("{}.{} has {} entries, but must have {} for {} presynaptic neurons", connector,
                                     pointers, indptr.size(), sizes.pre + 1, sizes.pre));
    if (indptr.front() < 0)
        throw ParameterError(connector, pointers, static_cast<double>(indptr.front()), "0 at the start");
    Csr csr;
    csr.row.assign(indptr.begin(), indptr.end());
    reserve_targets(csr, indices.size());
    for (const std::int64_t index : indices) csr.target.push_back(checked(connector, "indices", index, sizes.post));
    return Connectivity::sparse(std::move(csr), sizes.post, threads);
}

/// Rows that descend somewhere have an order of their own.
Forecast forecast_csr(const std::vector<std::int64_t>& indices, const std::vector<std::int64_t>& indptr) {
    auto begin_of_row = indptr.begin();
    bool descends = false;
    for (std::size_t k = 1; k < indices.size() && !descends; ++k) {
        while (begin_of_row != indptr.end() && std::cmp_less(*begin_of_row, k)) ++begin_of_row;
        const bool begins = begin_of_row != indptr.end() && std::cmp_equal(*begin_of_row, k);
        descends = !begins && indices[k] < indices[k - 1];
    }
    return {.size = static_cast<double>(indices.size()), .has_order = descends};
}

}  // namespace

Connectivity All2All::operator()(const Shape& pre, const Shape& post, const Random&) const {
    return Connectivity::all_to_all(pre.count(), post.count(), include_self);
}

Forecast All2All::forecast(const Shape& pre, const Shape& post) const {
    const auto size = Connectivity::all_to_all(pre.count(), post.count(), include_self).size();
    return {.kind = Connectivity::Kind::all_to_all, .size = static_cast<double>(size)};
}

Connectivity One2One::operator()(const Shape& pre, const Shape& post, const Random&) const {
    return Connectivity::one_to_one(pre.count(), post.count());
}

Forecast One2One::forecast(const Shape& pre, const Shape& post) const {
    const auto size = Connectivity::one_to_one(pre.count(), post.count()).size();
    return {.kind = Connectivity::Kind::one_to_one, .size = static_cast<double>(size)};
}

Connectivity MatConn::operator()(const Shape& pre, const Shape& post, const Random&, unsigned threads) const {
    const Sizes sizes = sizes_of(pre, post);
    const Shape needed{pre.count(), post.count()};
    if (conn_mat.shape != needed)
        throw ShapeError(fmt::format("a matrix of connections has shape {}, but must have the shape (pre, post) = {}",
                                     conn_mat.shape.text(), needed.text()));
    if (conn_mat.values.size() != needed.count())
        throw ShapeError(fmt::format("a matrix of connections has {} values, but its shape {} needs {}",
                                     conn_mat.values.size(), needed.text(), needed.count()));
    for (const double value : conn_mat.values)
        if (std::isnan(value)) throw ParameterError("MatConn", "conn_mat", value, "a number");
    return Connectivity::sparse(make_rows(sizes.pre, forecast(pre, post).size, threads,
                                          [&](std::uint64_t i, std::vector<std::uint32_t>& row) {
                                              for (std::uint64_t j = 0; j < sizes.post; ++j)
                                                  if (conn_mat.values[i * sizes.post + j] != 0)
                                                      row.push_back(static_cast<std::uint32_t>(j));
                                          }),
                                sizes.post, threads);
}

Forecast MatConn::forecast(const Shape&, const Shape&) const {
    const auto zeros = std::count(conn_mat.values.begin(), conn_mat.values.end(), 0.);
    return {.size = static_cast<double>(conn_mat.values.size()) - static_cast<double>(zeros)};
}

Connectivity IJConn::operator()(const Shape& pre, const Shape& post, const Random&) const {
    const Sizes sizes = sizes_of(pre, post);
    if (i.size() != j.size())
        throw ShapeError(
            fmt::format("IJConn.i has {} entries and IJConn.j {}, but they must be as many", i.size(), j.size()));
    std::vector<Pair> pairs;
    pairs.reserve(i.size());
    for (std::size_t k = 0; k < i.size(); ++k)
        pairs.push_back({checked("IJConn", "i", i[k], sizes.pre), checked("IJConn", "j", j[k], sizes.post)});
    return Connectivity::from_pairs(sizes.pre, sizes.post, pairs);
}

Forecast IJConn::forecast(const Shape&, const Shape&) const {
    bool descends = false;
    for (std::size_t k = 1; k < std::min(i.size(), j.size()) && !descends; ++k)
        descends = std::pair(i[k], j[k]) < std::pair(i[k - 1], j[k - 1]);
    return {.size = static_cast<double>(i.size()), .has_order = descends};
}

Connectivity CSRConn::operator()(const Shape& pre, const Shape& post, const Random&, unsigned threads) const {
    return from_csr("CSRConn", "inptr", indices, inptr, sizes_of(pre, post), threads);
}

Forecast CSRConn::forecast(const Shape&, const Shape&) const { return forecast_csr(indices, inptr); }

Connectivity SparseMatConn::operator()(const Shape& pre, const Shape& post, const Random&, unsigned threads) const {
    if (!values.empty() && values.size() != indices.size())
        throw ShapeError(fmt::format("SparseMatConn.values has {} entries, but must have {}, one for each index",
                                     values.size(), indices.size()));
    return from_csr("SparseMatConn", "indptr", indices, indptr, sizes_of(pre, post), threads);
}

Forecast SparseMatConn::forecast(const Shape&, const Shape&) const { return forecast_csr(indices, indptr); }

}  // namespace bouton
