// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bouton/init/initializers.hpp>
#include <bouton/math/functions.hpp>
#include <bouton/model/field.hpp>

namespace bouton {

/// Hodgkin-Huxley neuron.
///
///     C dV/dt = -gNa m^3 h (V - ENa) - gK n^4 (V - EK) - gL (V - EL) + I
///       dy/dt = a_y(V) (1 - y) - b_y(V) y          y in {m, h, n}
///
///     a_m = 0.1 (V + 40) / (1 - exp(-(V + 40) / 10))     b_m = 4 exp(-(V + 65) / 18)
///     a_h = 0.07 exp(-(V + 65) / 20)                     b_h = 1 / (1 + exp(-(V + 35) / 10))
///     a_n = 0.01 (V + 55) / (1 - exp(-(V + 55) / 10))    b_n = 0.125 exp(-(V + 65) / 80)
///
/// A spike is an upward crossing of V_th; nothing is reset. With the default leak, a tenth of the textbook's, a
/// constant I = 5 makes the cell fire repetitively only from V <= -64.1 mV.
///
/// Hodgkin & Huxley (1952), J. Physiol. 117:500-544.
template <class Real>
struct BasicHH {
    static constexpr std::string_view name = "HH";

    Real ENa = 50;      // [mV]      reversal potential of sodium
    Real gNa = 120;     // [mS/cm2]  conductance of sodium
    Real EK = -77;      // [mV]      reversal potential of potassium
    Real gK = 36;       // [mS/cm2]  conductance of potassium
    Real EL = -54.387;  // [mV]      reversal potential of the leak
    Real gL = 0.03;     // [mS/cm2]  conductance of the leak
    Real V_th = 20;     // [mV]      a spike is where V comes up through this
    Real C = 1;         // [uF/cm2]  capacitance of the membrane

    struct State {
        Real V;        // [mV]
        Real m, h, n;  // gates, in [0, 1]
    };

    static constexpr auto parameters() {
        using M = BasicHH;
        return std::array{
            field("ENa", &M::ENa), field("gNa", &M::gNa), field("EK", &M::EK),     field("gK", &M::gK),
            field("EL", &M::EL),   field("gL", &M::gL),   field("V_th", &M::V_th), field("C", &M::C, Range::positive)};
    }
    static constexpr auto states() {
        return std::array{field("V", &State::V), field("m", &State::m), field("h", &State::h), field("n", &State::n)};
    }
    static std::array<Initial, 4> initial() { return {Uniform{.min_val = -70, .max_val = -60}, {}, {}, {}}; }

    struct Rates {
        Real a_m, b_m, a_h, b_h, a_n, b_n;  // [1/ms]
    };
    /// The exponentials are those of V + 40 by constants, exp(-(V + 65) / 80) = exp(-25 / 80) exp(-(V + 40) / 80), and
    /// the three quotients are divided together.
    static Rates rates(Real V) {
        // What a function returns is not const here: GCC 12 would keep it in memory.
        auto [e80, e20, e18, e10] = hodgkin_huxley_exponentials(V + 40);
        auto quotient = quotients(std::array{
            linear_over_expm1(-0.1 * (V + 40), e10),
            Ratio<Real>{1, 1 + exp(0.5) * e10},
            linear_over_expm1(-0.1 * (V + 55), exp(-1.5) * e10),
        });
        return {.a_m = quotient[0],
                .b_m = 4 * exp(-25. / 18) * e18,
                .a_h = 0.07 * exp(-25. / 20) * e20,
                .b_h = quotient[1],
                .a_n = 0.1 * quotient[2],
                .b_n = 0.125 * exp(-25. / 80) * e80};
    }

    template <class Of>
    auto derivative(const State& s, Real I, Of of) const {
        Rates r = rates(s.V);  // nor here
        const Real g_Na = gNa * cube(s.m) * s.h, g_K = gK * square(square(s.n));
        return std::array{
            of(s.V, [&](auto V) { return (I - g_Na * (V - ENa) - g_K * (V - EK) - gL * (V - EL)) / C; }),
            of(s.m, [&](auto m) { return r.a_m * (1 - m) - r.b_m * m; }),
            of(s.h, [&](auto h) { return r.a_h * (1 - h) - r.b_h * h; }),
            of(s.n, [&](auto n) { return r.a_n * (1 - n) - r.b_n * n; }),
        };
    }

    /// The gates at their steady state.
    State rest(const State& s) const {
        const Rates r = rates(s.V);
        return {s.V, r.a_m / (r.a_m + r.b_m), r.a_h / (r.a_h + r.b_h), r.a_n / (r.a_n + r.b_n)};
    }

    auto spike(const State& old, const State& now) const { return (old.V < V_th) && (now.V >= V_th); }
};
using HH = BasicHH<Parameter>;

}  // namespace bouton
