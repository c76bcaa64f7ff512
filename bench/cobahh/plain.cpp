// SPDX-License-Identifier: Apache-2.0
/// \file
/// The network of Brette et al. (2007), benchmark 3, as one writes it by hand: exponential Euler, conductances by
/// postsynaptic neuron, and each spike added to its targets.
#include "../common/plain.hpp"

#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

namespace {

constexpr double dt = 0.1;  // [ms]

/// Targets of neuron i: target[row[i]] .. target[row[i + 1] - 1].
struct Outgoing {
    std::vector<std::uint64_t> row;
    std::vector<std::uint32_t> target;

    Outgoing(const std::filesystem::path& folder, const std::string& name)
        : row(bench::read_npy<std::uint64_t>(folder / (name + ".row.npy"))),
          target(bench::read_npy<std::uint32_t>(folder / (name + ".target.npy"))) {}
    template <class Real>
    void add(std::size_t i, Real weight, std::vector<Real>& to) const {
        for (std::uint64_t k = row[i]; k < row[i + 1]; ++k) to[target[k]] += weight;
    }
};

template <class Real>
class Net {
 public:
    explicit Net(const bench::Options& options)
        : num_(options.neurons),
          num_exc_(num_ * 4 / 5),
          exc_(options.network, "exc"),
          inh_(options.network, "inh"),
          V_(num_),
          m_(num_, 0),
          h_(num_, 0),
          n_(num_, 0),
          g_exc_(num_, 0),
          g_inh_(num_, 0) {
        const auto V = bench::read_npy<double>(options.network / "cells.V.npy");
        for (std::size_t i = 0; i < num_; ++i) V_[i] = static_cast<Real>(V[i]);
    }

    /// One step; how many neurons spiked.
    std::uint64_t step() {
        const Real decay_exc = std::exp(Real(-dt / 5)), decay_inh = std::exp(Real(-dt / 10));
        for (std::size_t j = 0; j < num_; ++j) {
            g_exc_[j] *= decay_exc;
            g_inh_[j] *= decay_inh;
        }
        for (const std::uint32_t i : spikes_) {
            if (i < num_exc_) {
                exc_.add(i, Real(6), g_exc_);
            } else {
                inh_.add(i - num_exc_, Real(67), g_inh_);
            }
        }
        old_V_ = V_;
        step_neurons();
        spikes_.clear();
        for (std::size_t j = 0; j < num_; ++j)
            if (old_V_[j] < -20 && V_[j] >= -20) spikes_.push_back(static_cast<std::uint32_t>(j));
        return spikes_.size();
    }

    double mean_V() const { return std::accumulate(V_.begin(), V_.end(), 0.) / static_cast<double>(num_); }

 private:
    /// dy/dt = a - b y for one step.
    static Real relax(Real y, Real a, Real b) { return a / b + (y - a / b) * std::exp(-b * Real(dt)); }

    void step_neurons() {
        using bench::over_expm1;
#pragma GCC ivdep
        for (std::size_t j = 0; j < num_; ++j) {
            const Real V = V_[j], u = V + 63;
            const Real I = g_exc_[j] * (0 - V) + g_inh_[j] * (-80 - V);
            const Real a_m = Real(1.28) * over_expm1((13 - u) / 4), b_m = Real(1.4) * over_expm1((u - 40) / 5);
            const Real a_h = Real(0.128) * std::exp((17 - u) / 18), b_h = 4 / (1 + std::exp((40 - u) / 5));
            const Real a_n = Real(0.16) * over_expm1((15 - u) / 5), b_n = Real(0.5) * std::exp((10 - u) / 40);
            const Real g_Na = 20000 * m_[j] * m_[j] * m_[j] * h_[j], g_K = 6000 * n_[j] * n_[j] * n_[j] * n_[j];
            V_[j] = relax(V, (g_Na * 50 + g_K * -90 + 10 * -60 + I) / 200, (g_Na + g_K + 10) / 200);
            m_[j] = relax(m_[j], a_m, a_m + b_m);
            h_[j] = relax(h_[j], a_h, a_h + b_h);
            n_[j] = relax(n_[j], a_n, a_n + b_n);
        }
    }

    std::size_t num_, num_exc_;
    Outgoing exc_, inh_;
    std::vector<Real> V_, old_V_, m_, h_, n_, g_exc_, g_inh_;
    std::vector<std::uint32_t> spikes_;
};

}  // namespace

int main(int count, char** arguments) { return bench::run_plain<Net>(count, arguments, dt); }
