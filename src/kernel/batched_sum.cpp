// SPDX-License-Identifier: Apache-2.0
#include "batched_sum.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <bouton/math/each_index.hpp>
#include <bouton/math/lanes.hpp>

namespace bouton::kernel {
namespace {

using Kind = Connectivity::Kind;
using Form = Weights::Form;

constexpr std::size_t group = 4;  // vectors of the widest kind

/// Connections as a loop sees them.
template <class Element>
struct Lists {
    const std::uint64_t* row;  // null: all to all
    const std::uint32_t* target;
    std::size_t num_pre, num_post;
    Form form;
    Element scalar;
    const Element* weight;

    Lists(const Connectivity& graph, const Weights& weights)
        : row(graph.kind() == Kind::sparse ? graph.csr().row.data() : nullptr),
          target(graph.kind() == Kind::sparse ? graph.csr().target.data() : nullptr),
          num_pre(graph.num_pre()),
          num_post(graph.num_post()),
          form(weights.form),
          scalar(static_cast<Element>(weights.scalar)),
          weight(weights.form == Form::scalar ? nullptr : weights.values.as<Element>().data()) {}

    std::size_t begin(std::size_t i) const { return row ? row[i] : i * num_post; }
    std::size_t end(std::size_t i) const { return row ? row[i + 1] : (i + 1) * num_post; }
    std::size_t post(std::size_t i, std::size_t k) const { return target ? target[k] : k - i * num_post; }
    Element at(std::size_t i, std::size_t k) const {
        return form == Form::per_connection ? weight[k] : form == Form::per_pre ? weight[i] : scalar;
    }
};

template <class Element>
struct BatchedSum {
    Lists<Element> lists;
    std::size_t stride;
    const Element* s;
    Element* h;

    template <std::size_t bytes>
    static void run(const BatchedSum& given) {
        using Real = Lanes<Element, bytes / sizeof(Element)>;
        const BatchedSum sum = given;
        if (!sum.lists.row) return dense<Real>(sum);
        constexpr std::size_t width = group * Real::count;
        for (std::size_t first = 0; first < sum.stride; first += width)
            for (std::size_t i = 0; i < sum.lists.num_pre; ++i) {
                std::array<Real, group> s_i;
                Real any = 0;
                for (std::size_t v = 0; v < group; ++v) {
                    s_i[v] = Real::load(sum.s + i * sum.stride + first + v * Real::count);
                    any = any + abs(s_i[v]);
                }
                if (all_less_or_equal(any, Real(0.))) continue;  // those that have never spiked
                for (std::size_t k = sum.lists.begin(i); k < sum.lists.end(i); ++k) {
                    const Real w(sum.lists.at(i, k));
                    Element* const to = sum.h + sum.lists.post(i, k) * sum.stride + first;
                    for (std::size_t v = 0; v < group; ++v)
                        (Real::load(to + v * Real::count) + w * s_i[v]).store(to + v * Real::count);
                }
            }
    }

    /// Some targets at a time, whose sums stay in registers.
    template <class Real>
    static void dense(const BatchedSum& sum) {
        constexpr std::size_t targets = 4, width = group * Real::count;
        const std::size_t num_post = sum.lists.num_post;
        for (std::size_t first = 0; first < sum.stride; first += width)
            for (std::size_t j = 0; j < num_post; j += targets) {
                std::array<std::array<Real, group>, targets> sums;
                for (auto& each : sums) each.fill(Real(0.));
                const std::size_t count = std::min(targets, num_post - j);
                for (std::size_t i = 0; i < sum.lists.num_pre; ++i) {
                    std::array<Real, group> s_i;
                    for (std::size_t v = 0; v < group; ++v)
                        s_i[v] = Real::load(sum.s + i * sum.stride + first + v * Real::count);
                    for (std::size_t t = 0; t < targets; ++t) {
                        const std::size_t k = i * num_post + j + std::min(t, count - 1);
                        const Real w(sum.lists.at(i, k));
                        for (std::size_t v = 0; v < group; ++v) sums[t][v] = sums[t][v] + w * s_i[v];
                    }
                }
                for (std::size_t t = 0; t < count; ++t)
                    for (std::size_t v = 0; v < group; ++v)
                        sums[t][v].store(sum.h + (j + t) * sum.stride + first + v * Real::count);
            }
    }
};

template <class Element>
struct BatchedTranspose {
    Lists<Element> lists;
    std::size_t stride;
    const Element *s, *by_h;
    Element *by_s, *by_weights;
    IndexRange range;

    template <std::size_t bytes>
    static void run(const BatchedTranspose& given) {
        using Real = Lanes<Element, bytes / sizeof(Element)>;
        constexpr std::size_t width = group * Real::count;
        constexpr std::size_t parts = weight_lanes<Element> / Real::count;
        const BatchedTranspose sum = given;
        for (std::size_t i = sum.range.begin; i < sum.range.end; ++i)
            for (std::size_t first = 0; first < sum.stride; first += width) {
                std::array<Real, group> s_i, by_s_i;
                Real any = 0;
                for (std::size_t v = 0; v < group; ++v) {
                    s_i[v] = Real::load(sum.s + i * sum.stride + first + v * Real::count);
                    any = any + abs(s_i[v]);
                    by_s_i[v] = Real(0.);
                }
                const bool is_silent = all_less_or_equal(any, Real(0.));
                const bool to_weights = sum.by_weights && !is_silent;
                if (!sum.by_s && !to_weights) continue;
                // Which part of the lanes of a weight these rows are added to.
                const std::size_t part = first / width % parts * Real::count;
                for (std::size_t k = sum.lists.begin(i); k < sum.lists.end(i); ++k) {
                    const Element* const from = sum.by_h + sum.lists.post(i, k) * sum.stride + first;
                    std::array<Real, group> h;
                    for (std::size_t v = 0; v < group; ++v) h[v] = Real::load(from + v * Real::count);
                    if (sum.by_s) {
                        const Real w(sum.lists.at(i, k));
                        for (std::size_t v = 0; v < group; ++v) by_s_i[v] = by_s_i[v] + w * h[v];
                    }
                    if (!to_weights) continue;
                    const std::size_t place = sum.lists.form == Form::per_connection ? k : i;
                    Element* const to = sum.by_weights + place * weight_lanes<Element> + part;
                    const Real products = (s_i[0] * h[0] + s_i[1] * h[1]) + (s_i[2] * h[2] + s_i[3] * h[3]);
                    (Real::load(to) + products).store(to);
                }
                if (sum.by_s)
                    for (std::size_t v = 0; v < group; ++v)
                        by_s_i[v].store(sum.by_s + i * sum.stride + first + v * Real::count);
            }
    }
};

template <class Element>
struct AddedProducts {
    Lists<Element> lists;
    bool is_diagonal_left_out;
    const Element *s, *by_h;
    double* by_weights;
    IndexRange range;

    template <std::size_t bytes>
    static void run(const AddedProducts& given) {
        using Real = Lanes<Element, bytes / sizeof(Element)>;
        constexpr std::size_t lanes = weight_lanes<Element>, vectors = lanes / Real::count;
        const AddedProducts sum = given;
        for (std::size_t i = sum.range.begin; i < sum.range.end; ++i) {
            std::array<Real, vectors> s_i;
            Real any = 0;
            for (std::size_t v = 0; v < vectors; ++v) {
                s_i[v] = Real::load(sum.s + i * lanes + v * Real::count);
                any = any + abs(s_i[v]);
            }
            if (all_less_or_equal(any, Real(0.))) continue;  // those that have never spiked
            for (std::size_t k = sum.lists.begin(i); k < sum.lists.end(i); ++k) {
                const std::size_t j = sum.lists.post(i, k);
                if (sum.is_diagonal_left_out && i == j) continue;
                Real products = 0;
                for (std::size_t v = 0; v < vectors; ++v)
                    products = products + s_i[v] * Real::load(sum.by_h + j * lanes + v * Real::count);
                std::array<Element, Real::count> parts;
                products.store(parts.data());
                for (std::size_t half = Real::count / 2; half > 0; half /= 2)
                    for (std::size_t lane = 0; lane < half; ++lane) parts[lane] += parts[lane + half];
                sum.by_weights[sum.lists.form == Form::per_connection ? k : i] += static_cast<double>(parts[0]);
            }
        }
    }
};

/// Square blocks are transposed in registers.
template <class Element>
struct Transposition {
    const Element* from;
    std::size_t rows, columns, from_stride;
    Element* to;
    std::size_t to_stride;

    template <std::size_t bytes>
    static void run(const Transposition& given) {
        using Real = Lanes<Element, bytes / sizeof(Element)>;
        const Transposition t = given;
        if (t.rows < Real::count || t.columns < Real::count) {
            for (std::size_t r = 0; r < t.rows; ++r)
                for (std::size_t c = 0; c < t.columns; ++c) t.to[c * t.to_stride + r] = t.from[r * t.from_stride + c];
            return;
        }
        // The last blocks of a row or column reach back into those before them.
        for (std::size_t next_r = 0; next_r < t.rows; next_r += Real::count)
            for (std::size_t next_c = 0; next_c < t.columns; next_c += Real::count) {
                const std::size_t r = std::min(next_r, t.rows - Real::count),
                                  c = std::min(next_c, t.columns - Real::count);
                std::array<Real, Real::count> block;
                for (std::size_t k = 0; k < Real::count; ++k)
                    block[k] = Real::load(t.from + (r + k) * t.from_stride + c);
                exchange_halves<1>(block);
                for (std::size_t k = 0; k < Real::count; ++k) block[k].store(t.to + (c + k) * t.to_stride + r);
            }
    }

 private:
    /// Of each group of 2 half lanes, the upper ones of row k change places with the lower ones of row k + half.
    template <std::size_t half, class Real, std::size_t Count>
    static void exchange_halves(std::array<Real, Count>& block) {
        if constexpr (half < Count) {
            each_index<Count>([&](auto k) {
                if constexpr ((k & half) == 0)
                    exchange<half>(block[k], block[k + half], std::make_index_sequence<Count>());
            });
            exchange_halves<2 * half>(block);
        }
    }
    template <std::size_t half, class Real, std::size_t... lane>
    static void exchange(Real& a, Real& b, std::index_sequence<lane...>) {
        constexpr std::size_t count = sizeof...(lane);
        const Real lower =
            __builtin_shufflevector(a.value, b.value, static_cast<int>(lane & half ? count + lane - half : lane)...);
        b = __builtin_shufflevector(a.value, b.value, static_cast<int>(lane & half ? count + lane : lane + half)...);
        a = lower;
    }
};

}  // namespace

bool is_worth_batching(std::size_t rows, const Connectivity& graph, const Weights& weights) {
    if (rows < 16 || graph.kind() == Kind::one_to_one) return false;
    return graph.kind() == Kind::sparse || weights.form == Form::per_connection;
}

template <class Element>
std::size_t batched_stride(std::size_t rows) {
    constexpr std::size_t width = group * cache_line / sizeof(Element);
    return (rows + width - 1) / width * width;
}

template <class Element>
void to_neurons(InstructionSet set, const Element* by_row, std::size_t rows, std::size_t num, Element* by_neuron) {
    using Loop = Transposition<Element>;
    loops::run<Loop>(set, Loop{by_row, rows, num, num, by_neuron, batched_stride<Element>(rows)});
}

template <class Element>
void to_rows(InstructionSet set, const Element* by_neuron, std::size_t rows, std::size_t num, Element* by_row) {
    using Loop = Transposition<Element>;
    loops::run<Loop>(set, Loop{by_neuron, num, rows, batched_stride<Element>(rows), by_row, num});
}

template <class Element>
void batched_sum(InstructionSet set, const Connectivity& graph, const Weights& weights, std::size_t stride,
                 const Element* s, Element* h) {
    if (graph.kind() == Kind::sparse) std::fill(h, h + graph.num_post() * stride, Element(0));
    using Loop = BatchedSum<Element>;
    loops::run<Loop>(set, Loop{Lists<Element>(graph, weights), stride, s, h});
}

template <class Element>
void batched_transpose(InstructionSet set, const Connectivity& graph, const Weights& weights, std::size_t stride,
                       const Element* s, const Element* by_h, Element* by_s, Element* by_weights, IndexRange pre) {
    using Loop = BatchedTranspose<Element>;
    loops::run<Loop>(set, Loop{Lists<Element>(graph, weights), stride, s, by_h, by_s, by_weights, pre});
}

template <class Element>
void add_products(InstructionSet set, const Connectivity& graph, const Weights& weights, const Element* s,
                  const Element* by_h, double* by_weights, IndexRange pre) {
    using Loop = AddedProducts<Element>;
    const bool is_diagonal_left_out =
        graph.kind() == Kind::all_to_all && !graph.include_self() && weights.form != Form::per_connection;
    // The widest vectors would add up in another order.
    loops::run_narrow<Loop>(set, Loop{Lists<Element>(graph, weights), is_diagonal_left_out, s, by_h, by_weights, pre});
}

#define BOUTON_OF(Element)                                                                                            \
    template std::size_t batched_stride<Element>(std::size_t);                                                        \
    template void to_neurons(InstructionSet, const Element*, std::size_t, std::size_t, Element*);                     \
    template void to_rows(InstructionSet, const Element*, std::size_t, std::size_t, Element*);                        \
    template void batched_sum(InstructionSet, const Connectivity&, const Weights&, std::size_t, const Element*,       \
                              Element*);                                                                              \
    template void batched_transpose(InstructionSet, const Connectivity&, const Weights&, std::size_t, const Element*, \
                                    const Element*, Element*, Element*, IndexRange);                                  \
    template void add_products(InstructionSet, const Connectivity&, const Weights&, const Element*, const Element*,   \
                               double*, IndexRange);
BOUTON_OF(double)
BOUTON_OF(float)

}  // namespace bouton::kernel
