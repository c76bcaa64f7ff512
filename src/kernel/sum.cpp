// SPDX-License-Identifier: Apache-2.0
#include "sum.hpp"

#include <algorithm>
#include <numeric>

namespace bouton::kernel {
namespace {

/// One row of a batch: s(i, d) is what presynaptic neuron i gave d steps ago, h what the targets get.
template <class Element>
class Row {
 public:
    Row(const SumArrays& arrays, std::size_t row)
        : arrays_(arrays), graph_(*arrays.connectivity), weights_(*arrays.weights), offset_(row * graph_.num_pre()) {}

    void add_to(std::span<Element> h) const {
        switch (graph_.kind()) {
            case Connectivity::Kind::one_to_one:
                return one_to_one(h);
            case Connectivity::Kind::all_to_all:
                return is_homogeneous() ? all_to_one_sum(h) : all_to_all(h);
            case Connectivity::Kind::sparse:
                return sparse(h);
        }
    }

 private:
    Element s(std::size_t pre, std::size_t delay) const {
        const std::size_t slot = (arrays_.newest + delay) % arrays_.history.size();
        return arrays_.history[slot].template as<Element>()[offset_ + pre];
    }
    /// What connection `k` from `pre` contributes.
    Element term(std::size_t pre, std::size_t k) const {
        return weight(pre, k) * s(pre, arrays_.delay ? arrays_.delay[k] : 0);
    }
    Element weight(std::size_t pre, std::size_t k) const {
        switch (weights_.form) {
            case Weights::Form::scalar:
                return static_cast<Element>(weights_.scalar);
            case Weights::Form::per_pre:
                return weights_.values.as<Element>()[pre];
            case Weights::Form::per_connection:
                return weights_.values.as<Element>()[k];
        }
        return 0;
    }
    bool is_homogeneous() const { return weights_.form != Weights::Form::per_connection && !arrays_.delay; }

    void one_to_one(std::span<Element> h) const {
        for (std::size_t i = 0; i < h.size(); ++i) h[i] = term(i, i);
    }

    /// One sum serves all targets. Where each leaves out its own neuron, what comes before that and what comes after it
    /// are added: subtracting it from the sum would leave rounding errors where all others are 0.
    void all_to_one_sum(std::span<Element> h) const {
        const std::size_t num_pre = graph_.num_pre();
        Element sum = 0;
        for (std::size_t i = 0; i < num_pre; ++i) {
            if (i < h.size()) h[i] = sum;
            sum += term(i, 0);
        }
        if (graph_.include_self()) {
            std::ranges::fill(h, sum);
            return;
        }
        for (std::size_t j = num_pre; j < h.size(); ++j) h[j] = sum;
        Element after = 0;
        for (std::size_t i = num_pre; i-- > 0;) {
            if (i < h.size()) h[i] += after;
            after += term(i, 0);
        }
    }

    void all_to_all(std::span<Element> h) const {
        const bool diagonal = graph_.include_self() || weights_.form == Weights::Form::per_connection;
        for (std::size_t i = 0; i < graph_.num_pre(); ++i)
            for (std::size_t j = 0; j < h.size(); ++j)
                if (i != j || diagonal) h[j] += term(i, i * h.size() + j);
    }

    void sparse(std::span<Element> h) const {
        const Csr& csr = graph_.csr();
        for (std::size_t i = 0; i < graph_.num_pre(); ++i) {
            if (!arrays_.delay && s(i, 0) == 0) continue;
            for (std::uint64_t k = csr.row[i]; k < csr.row[i + 1]; ++k) h[csr.target[k]] += term(i, k);
        }
    }

    const SumArrays& arrays_;
    const Connectivity& graph_;
    const Weights& weights_;
    std::size_t offset_;
};

}  // namespace

template <class Element>
void sum(const SumArrays& arrays) {
    const std::size_t num_post = arrays.connectivity->num_post();
    const std::span<Element> h = arrays.h->as<Element>();
    std::ranges::fill(h, Element(0));
    for (std::size_t row = 0; row < arrays.rows; ++row)
        Row<Element>(arrays, row).add_to(h.subspan(row * num_post, num_post));
}

template void sum<double>(const SumArrays&);
template void sum<float>(const SumArrays&);

}  // namespace bouton::kernel
