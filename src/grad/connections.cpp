// SPDX-License-Identifier: Apache-2.0
#include "connections.hpp"

#include <algorithm>

#include "kernel/batched_sum.hpp"

namespace bouton::grad {

using Kind = Connectivity::Kind;
using Form = Weights::Form;

template <class Element>
Connections<Element>::Connections(const Wiring& wiring, std::size_t rows, InstructionSet set, bool s_by_neuron)
    : wiring_(wiring),
      rows_(rows),
      slots_(wiring.delays.form == Delays::Form::per_connection ? wiring.delays.max() + 1u : 1u),
      num_weights_(wiring.weights.form == Form::scalar ? 1 : wiring.weights.values.size()),
      set_(set),
      s_by_neuron_(s_by_neuron),
      is_batched_(slots_ == 1 && kernel::is_worth_batching(rows, wiring.graph, wiring.weights)),
      is_gathered_(slots_ == 1 && !is_batched_ && 2 * rows <= kernel::weight_lanes<Element> &&
                   wiring.graph.kind() != Kind::one_to_one) {}

template <class Element>
void Connections<Element>::start() const {
    by_weights_.clear();
    if (!is_gathered_) return;
    samples_ = 0;
    s_.assign(wiring_.graph.num_pre() * kernel::weight_lanes<Element>, Element(0));
    by_h_.assign(wiring_.graph.num_post() * kernel::weight_lanes<Element>, Element(0));
}

template <class Element>
void Connections<Element>::gather_samples(const Element* by_h, const Element* s, std::span<double> by_weights,
                                          Workers& workers) const {
    constexpr std::size_t lanes = kernel::weight_lanes<Element>;
    if (samples_ + rows_ > lanes) add_samples(by_weights, workers);
    const auto place = [&](const Element* from, std::size_t num, Row<Element>& to) {
        for (std::size_t row = 0; row < rows_; ++row)
            for (std::size_t i = 0; i < num; ++i) to[i * lanes + samples_ + row] = from[row * num + i];
    };
    place(s, wiring_.graph.num_pre(), s_);
    place(by_h, wiring_.graph.num_post(), by_h_);
    samples_ += rows_;
}

template <class Element>
void Connections<Element>::add_samples(std::span<double> by_weights, Workers& workers) const {
    const std::size_t num_pre = wiring_.graph.num_pre();
    const bool shared = wiring_.weights.form == Form::scalar;
    if (shared) partial_.assign(num_pre, 0.0);
    double* const to = shared ? partial_.data() : by_weights.data();
    workers.share(num_pre, IndexRange::alignment, [&](IndexRange range) {
        kernel::add_products(set_, wiring_.graph, wiring_.weights, s_.data(), by_h_.data(), to, range);
    });
    if (shared)
        for (const double partial : partial_) by_weights[0] += partial;
    std::ranges::fill(s_, Element(0));
    samples_ = 0;
}

template <class Element>
void Connections<Element>::finish(std::span<double> by_weights, Workers& workers) const {
    constexpr std::size_t lanes = kernel::weight_lanes<Element>;
    if (samples_ > 0) add_samples(by_weights, workers);
    for (std::size_t k = 0; k < by_weights_.size(); ++k)
        by_weights[by_weights.size() == 1 ? 0 : k / lanes] += static_cast<double>(by_weights_[k]);
    by_weights_.clear();
}

template <class Element>
void Connections<Element>::pull_batch(const Element* by_h, const Element* s, Element* by_s, bool to_weights,
                                      Workers& workers) const {
    const Connectivity& graph = wiring_.graph;
    const std::size_t stride = kernel::batched_stride<Element>(rows_), num_pre = graph.num_pre();
    by_h_.resize(graph.num_post() * stride);
    kernel::to_neurons(set_, by_h, rows_, graph.num_post(), by_h_.data());
    if (!s_by_neuron_) s_.resize(num_pre * stride);
    if (to_weights) {
        if (!s_by_neuron_) kernel::to_neurons(set_, s, rows_, num_pre, s_.data());
        const std::size_t places = wiring_.weights.form == Form::per_connection ? num_weights_ : num_pre;
        if (by_weights_.empty()) by_weights_.assign(places * kernel::weight_lanes<Element>, Element(0));
    }
    if (by_s) by_s_.resize(num_pre * stride);
    workers.share(num_pre, IndexRange::alignment, [&](IndexRange range) {
        kernel::batched_transpose(set_, graph, wiring_.weights, stride, s_by_neuron_ ? s : s_.data(), by_h_.data(),
                                  by_s ? by_s_.data() : nullptr, to_weights ? by_weights_.data() : nullptr, range);
    });
    if (by_s) kernel::to_rows(set_, by_s_.data(), rows_, num_pre, by_s);
}

/// Calls body(pre, post, k) for the connections of some presynaptic neurons, k counting them as weights are laid out.
template <class Element>
template <class Body>
void Connections<Element>::for_each_connection(std::size_t begin, std::size_t end, const Body& body) const {
    const Connectivity& graph = wiring_.graph;
    const std::size_t num_post = graph.num_post();
    const bool diagonal = graph.include_self() || wiring_.weights.form == Form::per_connection;
    for (std::size_t i = begin; i < end; ++i) switch (graph.kind()) {
            case Kind::one_to_one:
                body(i, i, i);
                break;
            case Kind::all_to_all:
                for (std::size_t j = 0; j < num_post; ++j)
                    if (i != j || diagonal) body(i, j, i * num_post + j);
                break;
            case Kind::sparse: {
                const Csr& csr = graph.csr();
                for (std::uint64_t k = csr.row[i]; k < csr.row[i + 1]; ++k) body(i, csr.target[k], k);
                break;
            }
        }
}

template <class Element>
std::size_t Connections<Element>::place(std::size_t pre, std::size_t k) const {
    switch (wiring_.weights.form) {
        case Form::scalar:
            return 0;
        case Form::per_pre:
            return pre;
        case Form::per_connection:
            return k;
    }
    return 0;
}

template <class Element>
Element Connections<Element>::weight(std::size_t pre, std::size_t k) const {
    if (wiring_.weights.form == Form::scalar) return static_cast<Element>(wiring_.weights.scalar);
    return wiring_.weights.values.template as<Element>()[place(pre, k)];
}

template <class Element>
void Connections<Element>::pull(const Element* by_h, const ReadAt& s, const At& by_s, std::span<double> by_weights,
                                Workers& workers) const {
    if (is_batched_) {
        if (by_s || !by_weights.empty()) pull_batch(by_h, s(0), by_s ? by_s(0) : nullptr, !by_weights.empty(), workers);
        return;
    }
    if (is_gathered_ && !by_weights.empty()) {
        gather_samples(by_h, s(0), by_weights, workers);
        by_weights = {};
    }
    if (!by_s && by_weights.empty()) return;
    const std::size_t num_pre = wiring_.graph.num_pre(), num_post = wiring_.graph.num_post();
    std::vector<const Element*> s_at(slots_);
    std::vector<Element*> by_s_at(slots_);
    for (std::size_t d = 0; d < slots_; ++d) {
        s_at[d] = by_weights.empty() ? nullptr : s(d);
        by_s_at[d] = by_s ? by_s(d) : nullptr;
    }
    const bool shared = wiring_.weights.form == Form::scalar;
    if (shared && !by_weights.empty()) partial_.assign(num_pre, 0.0);
    const std::uint32_t* const delay = slots_ > 1 ? wiring_.delays.steps.data() : nullptr;
    workers.share(num_pre, 64, [&](IndexRange range) {
        for (std::size_t row = 0; row < rows_; ++row) {
            const Element* const h = by_h + row * num_post;
            for_each_connection(range.begin, range.end, [&](std::size_t i, std::size_t j, std::size_t k) {
                const std::size_t d = delay ? delay[k] : 0, at = row * num_pre + i;
                if (by_s_at[d]) by_s_at[d][at] += weight(i, k) * h[j];
                if (by_weights.empty()) return;
                (shared ? partial_[i] : by_weights[place(i, k)]) += static_cast<double>(s_at[d][at]) * h[j];
            });
        }
    });
    if (shared && !by_weights.empty())
        for (const double partial : partial_) by_weights[0] += partial;
}

template <class Element>
void Connections<Element>::push(const ReadAt& change_of_s, const ReadAt& s, std::span<const double> change_of_weights,
                                Element* change_of_h) const {
    const std::size_t num_pre = wiring_.graph.num_pre(), num_post = wiring_.graph.num_post();
    std::fill(change_of_h, change_of_h + rows_ * num_post, Element(0));
    const std::uint32_t* const delay = slots_ > 1 ? wiring_.delays.steps.data() : nullptr;
    const bool to_rows = s_by_neuron_ && !change_of_weights.empty();
    if (to_rows) {
        s_.resize(rows_ * num_pre);
        kernel::to_rows(set_, s(0), rows_, num_pre, s_.data());
    }
    const auto given = [&](std::size_t d) { return to_rows ? s_.data() : s(d); };
    for (std::size_t row = 0; row < rows_; ++row)
        for_each_connection(0, num_pre, [&](std::size_t i, std::size_t j, std::size_t k) {
            const std::size_t d = delay ? delay[k] : 0, at = row * num_pre + i;
            Element change = 0;
            if (change_of_s) change += weight(i, k) * change_of_s(d)[at];
            if (!change_of_weights.empty())
                change += static_cast<Element>(change_of_weights[place(i, k)]) * given(d)[at];
            change_of_h[row * num_post + j] += change;
        });
}

template class Connections<double>;
template class Connections<float>;

}  // namespace bouton::grad
