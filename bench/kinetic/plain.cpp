// SPDX-License-Identifier: Apache-2.0
/// \file
/// The kinetic network as one writes it by hand: step by step, exponential Euler, states of synapses by presynaptic
/// neuron, and in each step the sum over all connections.
#include "../common/plain.hpp"

#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

namespace {

/// A receptor of two states, dg/dt = alpha TT (1 - g) - beta g, with TT = T for `pulse` steps after a spike arrives.
struct Receptor {
    double alpha, beta, T;
    std::uint64_t pulse;  // [steps]
};
constexpr double dt = 0.1;  // [ms]
constexpr Receptor ampa{0.98, 0.18, 0.5, 5}, gaba{0.53, 0.18, 1, 10};
constexpr double g_ampa = 0.02, g_gaba = 0.10, g_nmda = 0.004;  // [mS/cm2]
constexpr std::uint64_t delay = 10;                             // [steps]

template <class Real>
class Net {
 public:
    explicit Net(const bench::Options& options)
        : num_(options.neurons),
          num_exc_(num_ * 4 / 5),
          nmda_(options.nmda),
          exc_(bench::read_incoming(options.network, "ampa", num_)),
          inh_(bench::read_incoming(options.network, "gaba", num_)),
          V_(num_),
          m_(num_),
          h_(num_),
          n_(num_),
          I_(num_),
          input_(num_),
          g_exc_(num_exc_, 0),
          g_inh_(num_ - num_exc_, 0),
          g_slow_(num_exc_, 0),
          x_(num_exc_, 0),
          pulse_end_(num_, 0),
          line_(delay) {
        const auto V = bench::read_npy<double>(options.network / "cells.V.npy");
        const auto I = bench::read_npy<double>(options.network / "cells.input.npy");
        for (std::size_t i = 0; i < num_; ++i) {
            V_[i] = static_cast<Real>(V[i]);
            I_[i] = static_cast<Real>(I[i]);
            const Rates r = rates(V_[i]);
            m_[i] = r.a_m / (r.a_m + r.b_m);
            h_[i] = r.a_h / (r.a_h + r.b_h);
            n_[i] = r.a_n / (r.a_n + r.b_n);
        }
    }

    /// One step; how many neurons spiked.
    std::uint64_t step() {
        for (const std::uint32_t i : line_.arriving(step_)) pulse_end_[i] = step_ + (i < num_exc_ ? ampa : gaba).pulse;
        if (nmda_) step_nmda();
        step_receptor(ampa, g_exc_, 0);
        step_receptor(gaba, g_inh_, num_exc_);

        for (std::size_t j = 0; j < num_; ++j)
            input_[j] = I_[j] + Real(g_ampa) * exc_.sum(g_exc_, j) * (0 - V_[j]) +
                        Real(g_gaba) * inh_.sum(g_inh_, j) * (-80 - V_[j]);
        if (nmda_)
            for (std::size_t j = 0; j < num_; ++j)
                input_[j] += Real(g_nmda) * exc_.sum(g_slow_, j) * (0 - V_[j]) /
                             (1 + Real(1.2 / 3.57) * std::exp(Real(-0.062) * V_[j]));
        old_V_ = V_;
        step_neurons();
        std::vector<std::uint32_t>& spikes = line_.departing(step_);
        for (std::size_t j = 0; j < num_; ++j)
            if (old_V_[j] < 20 && V_[j] >= 20) spikes.push_back(static_cast<std::uint32_t>(j));
        ++step_;
        return spikes.size();
    }

    double mean_V() const { return std::accumulate(V_.begin(), V_.end(), 0.) / static_cast<double>(num_); }

 private:
    struct Rates {
        Real a_m, b_m, a_h, b_h, a_n, b_n;
    };
    static Rates rates(Real V) {
        return {bench::over_expm1(Real(-0.1) * (V + 40)),
                4 * std::exp(-(V + 65) / 18),
                Real(0.07) * std::exp(-(V + 65) / 20),
                1 / (1 + std::exp(-(V + 35) / 10)),
                Real(0.1) * bench::over_expm1(Real(-0.1) * (V + 55)),
                Real(0.125) * std::exp(-(V + 65) / 80)};
    }
    /// dy/dt = a - b y for one step.
    static Real relax(Real y, Real a, Real b) { return a / b + (y - a / b) * std::exp(-b * Real(dt)); }

    void step_neurons() {
#pragma GCC ivdep
        for (std::size_t j = 0; j < num_; ++j) {
            const Rates r = rates(V_[j]);
            const Real g_Na = 120 * m_[j] * m_[j] * m_[j] * h_[j], g_K = 36 * n_[j] * n_[j] * n_[j] * n_[j];
            const Real drive = g_Na * 50 + g_K * -77 + Real(0.03 * -54.387) + input_[j];
            V_[j] = relax(V_[j], drive, g_Na + g_K + Real(0.03));
            m_[j] = relax(m_[j], r.a_m, r.a_m + r.b_m);
            h_[j] = relax(h_[j], r.a_h, r.a_h + r.b_h);
            n_[j] = relax(n_[j], r.a_n, r.a_n + r.b_n);
        }
    }
    void step_receptor(const Receptor& receptor, std::vector<Real>& g, std::size_t first) const {
        const Real beta = Real(receptor.beta), binding = Real(receptor.alpha * receptor.T);
        const Real closed = std::exp(-beta * Real(dt)), open = std::exp(-(binding + beta) * Real(dt));
        const Real g_inf = binding / (binding + beta);
        for (std::size_t i = 0; i < g.size(); ++i)
            g[i] = step_ < pulse_end_[first + i] ? g_inf + (g[i] - g_inf) * open : g[i] * closed;
    }
    /// Both from the old values. The pulses of BioNMDA last as long as those of AMPA.
    void step_nmda() {
        for (std::size_t i = 0; i < num_exc_; ++i) {
            const Real opening = 2 * x_[i], binding = step_ < pulse_end_[i] ? 1 : 0;
            g_slow_[i] = relax(g_slow_[i], opening, opening + Real(0.01));
            x_[i] = relax(x_[i], binding, binding + Real(0.5));
        }
    }

    std::size_t num_, num_exc_;
    bool nmda_;
    bench::Incoming exc_, inh_;
    std::vector<Real> V_, old_V_, m_, h_, n_, I_, input_, g_exc_, g_inh_, g_slow_, x_;
    std::vector<std::uint64_t> pulse_end_;
    bench::DelayLine line_;
    std::uint64_t step_ = 0;
};

}  // namespace

int main(int count, char** arguments) { return bench::run_plain<Net>(count, arguments, dt); }
