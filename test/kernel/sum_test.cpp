// SPDX-License-Identifier: Apache-2.0
// Sums over connections: the library's against the definition. All numbers are multiples of 1/8, which add exactly in
// any order, so the two must be equal.
#include <algorithm>
#include <numeric>
#include <reference/kernels.hpp>

#include <bouton/kernel/loop.hpp>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "kernel/batched_sum.hpp"

namespace bouton {
namespace {

std::vector<double> eighths(std::size_t count) {
    std::vector<double> values;
    for (const int value : *rc::gen::container<std::vector<int>>(count, rc::gen::inRange(-16, 17)))
        values.push_back(value / 8.);
    return values;
}

/// A sparse one has an empty row, a full row and pairs that are given twice, or not, as it happens.
Connectivity any_connectivity() {
    const auto num_pre = *rc::gen::inRange<std::uint32_t>(0, 7), num_post = *rc::gen::inRange<std::uint32_t>(0, 7);
    switch (*rc::gen::inRange(0, 4)) {
        case 0:
            return Connectivity::all_to_all(num_pre, num_post, true);
        case 1:
            return Connectivity::all_to_all(num_pre, num_post, false);
        case 2:
            return Connectivity::one_to_one(num_pre, num_pre);
        default:
            break;
    }
    if (num_pre == 0 || num_post == 0) return Connectivity::from_pairs(num_pre, num_post, {});
    auto pairs = *rc::gen::container<std::vector<Pair>>(rc::gen::construct<Pair>(
        rc::gen::inRange<std::uint32_t>(0, num_pre), rc::gen::inRange<std::uint32_t>(0, num_post)));
    if (*rc::gen::arbitrary<bool>())
        for (std::uint32_t j = 0; j < num_post; ++j) pairs.push_back({num_pre - 1, j});
    return Connectivity::from_pairs(num_pre, num_post, pairs);
}

/// Places of values that are given per connection.
std::size_t places(const Connectivity& graph) {
    return graph.kind() == Connectivity::Kind::all_to_all ? graph.num_pre() * graph.num_post() : graph.size();
}

Weights any_weights(const Connectivity& graph, Precision precision) {
    switch (*rc::gen::inRange(0, 3)) {
        case 0:
            return {Weights::Form::scalar, eighths(1)[0], {}};
        case 1:
            return {Weights::Form::per_pre, 0, Buffer(precision, eighths(graph.num_pre()))};
        default:
            return {Weights::Form::per_connection, 0, Buffer(precision, eighths(places(graph)))};
    }
}

void agree(Precision precision) {
    const Connectivity graph = any_connectivity();
    const Weights weights = any_weights(graph, precision);
    const auto rows = *rc::gen::inRange<std::size_t>(1, 4), slots = *rc::gen::inRange<std::size_t>(1, 5);
    std::vector<std::uint32_t> delay;
    if (slots > 1)
        delay = *rc::gen::container<std::vector<std::uint32_t>>(
            places(graph), rc::gen::inRange<std::uint32_t>(0, static_cast<std::uint32_t>(slots)));
    std::vector<Buffer> history;
    for (std::size_t k = 0; k < slots; ++k) history.emplace_back(precision, eighths(rows * graph.num_pre()));

    const auto sum = [&](const Kernels& kernels) {
        Buffer h(precision, rows * graph.num_post(), 99);
        kernels.sum({.rows = rows,
                     .connectivity = &graph,
                     .weights = &weights,
                     .history = history,
                     .newest = slots / 2,
                     .delay = slots > 1 ? delay.data() : nullptr,
                     .h = &h},
                    precision);
        std::vector<double> values;
        for (std::size_t at = 0; at < h.size(); ++at) values.push_back(h.get(at));
        return values;
    };
    RC_ASSERT(sum(shipped_kernels()) == sum(reference::kernels()));
}

RC_GTEST_PROP(Sum, is_the_defined_one_in_float64, ()) { agree(Precision::float64); }
RC_GTEST_PROP(Sum, is_the_defined_one_in_float32, ()) { agree(Precision::float32); }

/// Blocks of every width, and what is left over at the edges.
TEST(Transposition, takes_every_value_to_its_place) {
    for (const InstructionSet set : {InstructionSet::baseline, InstructionSet::avx2, InstructionSet::avx512}) {
        if (set > best_instruction_set()) break;
        for (const std::size_t rows : {1, 3, 4, 17, 64})
            for (const std::size_t num : {1, 5, 16, 33}) {
                std::vector<float> by_row(rows * num), back(rows * num);
                std::iota(by_row.begin(), by_row.end(), 1.f);
                const std::size_t stride = kernel::batched_stride<float>(rows);
                std::vector<float> by_neuron(num * stride);
                kernel::to_neurons(set, by_row.data(), rows, num, by_neuron.data());
                for (std::size_t i = 0; i < num; ++i)
                    for (std::size_t row = 0; row < rows; ++row)
                        ASSERT_EQ(by_neuron[i * stride + row], by_row[row * num + i]);
                kernel::to_rows(set, by_neuron.data(), rows, num, back.data());
                EXPECT_EQ(back, by_row);
            }
    }
}

}  // namespace
}  // namespace bouton
