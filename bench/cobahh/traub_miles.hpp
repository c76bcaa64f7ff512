// SPDX-License-Identifier: Apache-2.0
/// \file
/// The neuron of benchmark 3 of Brette et al. (2007): a model of a user's own.
#pragma once

#include <array>
#include <string_view>

#include <bouton/bouton.hpp>
#include <bouton/own_model.hpp>

namespace bench {

/// Hippocampal pyramidal cell of Traub & Miles, reduced to one compartment; its rates are shifted by V_T.
///
///     C dV/dt = -gNa m^3 h (V - ENa) - gK n^4 (V - EK) - gL (V - EL) + I
///       dy/dt = a_y(u) (1 - y) - b_y(u) y          y in {m, h, n},   u = V - V_T
///
///     a_m = 0.32 (13 - u) / (exp((13 - u) / 4) - 1)      b_m = 0.28 (u - 40) / (exp((u - 40) / 5) - 1)
///     a_h = 0.128 exp((17 - u) / 18)                     b_h = 4 / (1 + exp((40 - u) / 5))
///     a_n = 0.032 (15 - u) / (exp((15 - u) / 5) - 1)     b_n = 0.5 exp((10 - u) / 40)
///
/// A spike is an upward crossing of V_th; nothing is reset. Gates start at 0.
///
/// Traub & Miles (1991), "Neuronal Networks of the Hippocampus", Cambridge University Press; Brette et al. (2007),
/// J. Comput. Neurosci. 23:349-398, appendix B.
template <class Real>
struct BasicTraubMiles {
    static constexpr std::string_view name = "TraubMiles";

    Real C = 200;      // [pF]  capacitance of the membrane
    Real gNa = 20000;  // [nS]  conductance of sodium
    Real ENa = 50;     // [mV]  reversal potential of sodium
    Real gK = 6000;    // [nS]  conductance of potassium
    Real EK = -90;     // [mV]  reversal potential of potassium
    Real gL = 10;      // [nS]  conductance of the leak
    Real EL = -60;     // [mV]  reversal potential of the leak
    Real V_T = -63;    // [mV]  where u is 0
    Real V_th = -20;   // [mV]  a spike is where V comes up through this

    struct State {
        Real V;        // [mV]
        Real m, h, n;  // gates, in [0, 1]
    };

    static constexpr auto parameters() {
        using M = BasicTraubMiles;
        return std::array{bouton::field("C", &M::C, bouton::Range::positive),
                          bouton::field("gNa", &M::gNa),
                          bouton::field("ENa", &M::ENa),
                          bouton::field("gK", &M::gK),
                          bouton::field("EK", &M::EK),
                          bouton::field("gL", &M::gL),
                          bouton::field("EL", &M::EL),
                          bouton::field("V_T", &M::V_T),
                          bouton::field("V_th", &M::V_th)};
    }
    static constexpr auto states() {
        return std::array{bouton::field("V", &State::V), bouton::field("m", &State::m), bouton::field("h", &State::h),
                          bouton::field("n", &State::n)};
    }
    static std::array<bouton::Initial, 4> initial() { return {-65, 0, 0, 0}; }

    /// All exponentials are powers of those that bouton has for such rates, at u = 25, and the four quotients are
    /// divided together.
    template <class Of>
    auto derivative(const State& s, Real I, Of of) const {
        const Real u = s.V - V_T;
        auto [e80, e20, e18, e10] = bouton::hodgkin_huxley_exponentials(u - 25);
        const Real e5 = bouton::square(e10), e4 = exp(-3.) * e20 * e5;  // exp((13 - u) / 4) = exp(-3) exp((25 - u) / 4)
        const Real e5_40 = exp(3.) * e5;                                // exp((40 - u) / 5)
        auto [over_a_m, over_b_m, over_a_n, sigmoid] = bouton::quotients(std::array{
            bouton::linear_over_expm1(0.25 * (13 - u), e4),  // x / (exp(x) - 1)
            bouton::linear_over_expm1(0.2 * (40 - u), e5_40),
            bouton::linear_over_expm1(0.2 * (15 - u), exp(-2.) * e5),
            bouton::Ratio<Real>{1, 1 + e5_40},
        });
        const Real a_m = 1.28 * over_a_m, b_m = 1.4 * e5_40 * over_b_m;
        const Real a_h = 0.128 * exp(-8. / 18) * e18, b_h = 4 * sigmoid;
        const Real a_n = 0.16 * over_a_n, b_n = 0.5 * exp(-15. / 40) * bouton::square(e80);
        const Real g_Na = gNa * bouton::cube(s.m) * s.h, g_K = gK * bouton::square(bouton::square(s.n));
        return std::array{
            of(s.V, [&](auto V) { return (I - g_Na * (V - ENa) - g_K * (V - EK) - gL * (V - EL)) / C; }),
            of(s.m, [&](auto m) { return a_m * (1 - m) - b_m * m; }),
            of(s.h, [&](auto h) { return a_h * (1 - h) - b_h * h; }),
            of(s.n, [&](auto n) { return a_n * (1 - n) - b_n * n; }),
        };
    }

    auto spike(const State& old, const State& now) const { return (old.V < V_th) && (now.V >= V_th); }
};
using TraubMiles = BasicTraubMiles<bouton::Parameter>;

}  // namespace bench
