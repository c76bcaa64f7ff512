// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bouton/math/functions.hpp>
#include <bouton/model/field.hpp>

namespace bouton {

/// Wang-Buzsaki interneuron: sodium activates at once.
///
///     C dV/dt = -gNa m_inf^3 h (V - ENa) - gK n^4 (V - EK) - gL (V - EL) + I
///       dy/dt = phi (a_y(V) (1 - y) - b_y(V) y)          y in {h, n},   m_inf = a_m / (a_m + b_m)
///
///     a_m = 0.1 (V + 35) / (1 - exp(-(V + 35) / 10))     b_m = 4 exp(-(V + 60) / 18)
///     a_h = 0.07 exp(-(V + 58) / 20)                     b_h = 1 / (1 + exp(-(V + 28) / 10))
///     a_n = 0.01 (V + 34) / (1 - exp(-(V + 34) / 10))    b_n = 0.125 exp(-(V + 44) / 80)
///
/// A spike is an upward crossing of V_th; nothing is reset.
///
/// Wang & Buzsaki (1996), J. Neurosci. 16:6402-6413.
template <class Real>
struct BasicWangBuzsakiModel {
    static constexpr std::string_view name = "WangBuzsakiModel";

    Real ENa = 55;   // [mV]      reversal potential of sodium
    Real gNa = 35;   // [mS/cm2]  conductance of sodium
    Real EK = -90;   // [mV]      reversal potential of potassium
    Real gK = 9;     // [mS/cm2]  conductance of potassium
    Real EL = -65;   // [mV]      reversal potential of the leak
    Real gL = 0.1;   // [mS/cm2]  conductance of the leak
    Real V_th = 20;  // [mV]      a spike is where V comes up through this
    Real phi = 5;    //           speed of the gates
    Real C = 1;      // [uF/cm2]  capacitance of the membrane

    struct State {
        Real V;     // [mV]
        Real h, n;  // gates, in [0, 1]
    };

    static constexpr auto parameters() {
        using M = BasicWangBuzsakiModel;
        return std::array{field("ENa", &M::ENa),   field("gNa", &M::gNa), field("EK", &M::EK),
                          field("gK", &M::gK),     field("EL", &M::EL),   field("gL", &M::gL),
                          field("V_th", &M::V_th), field("phi", &M::phi), field("C", &M::C, Range::positive)};
    }
    static constexpr auto states() {
        return std::array{field("V", &State::V), field("h", &State::h), field("n", &State::n)};
    }
    static std::array<Initial, 3> initial() { return {-65, 0.6, 0.32}; }

    template <class Number>
    static Number m_inf(Number V) {
        auto e = hodgkin_huxley_exponentials(V + 35);
        const auto a = linear_over_expm1(-0.1 * (V + 35), e.e10);
        return a.numerator / (a.numerator + a.denominator * (4 * exp(-25. / 18) * e.e18));
    }

    template <class Of>
    auto derivative(const State& s, Real I, Of of) const {
        // exp(-(V + 58) / 20) = exp(-23 / 20) e20, and so on; not const, as GCC 12 would keep it in memory then.
        auto e = hodgkin_huxley_exponentials(s.V + 35);
        auto quotient = quotients(
            std::array{linear_over_expm1(-0.1 * (s.V + 34), exp(0.1) * e.e10), Ratio<Real>{1, 1 + exp(0.7) * e.e10}});
        const Real a_h = 0.07 * exp(-23. / 20) * e.e20, b_h = quotient[1];
        const Real a_n = 0.1 * quotient[0], b_n = 0.125 * exp(-9. / 80) * e.e80;
        const Real g_K = gK * square(square(s.n));
        const auto dV = [&](auto V) {
            const auto g_Na = gNa * cube(m_inf(V)) * s.h;
            return (I - g_Na * (V - ENa) - g_K * (V - EK) - gL * (V - EL)) / C;
        };
        return std::array{
            of(s.V, dV),
            of(s.h, [&](auto h) { return phi * (a_h * (1 - h) - b_h * h); }),
            of(s.n, [&](auto n) { return phi * (a_n * (1 - n) - b_n * n); }),
        };
    }

    auto spike(const State& old, const State& now) const { return (old.V < V_th) && (now.V >= V_th); }
};
using WangBuzsakiModel = BasicWangBuzsakiModel<Parameter>;

}  // namespace bouton
