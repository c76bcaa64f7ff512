// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bouton/math/functions.hpp>
#include <bouton/model/field.hpp>
#include <bouton/model/surrogates.hpp>

namespace bouton {

/// Hindmarsh-Rose neuron, dimensionless but for time.
///
///     dV/dt = y - a V^3 + b V^2 - z + I
///     dy/dt = c - d V^2 - y
///     dz/dt = r (s (V - V_rest) - z)
///
/// A spike is an upward crossing of V_th; nothing is reset.
///
/// Hindmarsh & Rose (1984), Proc. R. Soc. Lond. B 221:87-102.
template <class Real>
struct BasicHindmarshRose {
    static constexpr std::string_view name = "HindmarshRose";

    Real a = 1;          //         weight of V^3
    Real b = 3;          //         weight of V^2
    Real c = 1;          //         y at rest at V = 0
    Real d = 5;          //         what V^2 takes from y
    Real r = 0.01;       // [1/ms]  rate of adaptation
    Real s = 4;          //         adaptation per V
    Real V_rest = -1.6;  //         V at which z tends to 0
    Real V_th = 1;       //         a spike is where V comes up through this

    struct State {
        Real V;  // membrane potential
        Real y;  // fast recovery
        Real z;  // slow adaptation
    };

    static constexpr auto parameters() {
        using M = BasicHindmarshRose;
        return std::array{field("a", &M::a), field("b", &M::b), field("c", &M::c),           field("d", &M::d),
                          field("r", &M::r), field("s", &M::s), field("V_rest", &M::V_rest), field("V_th", &M::V_th)};
    }
    static constexpr auto states() {
        return std::array{field("V", &State::V), field("y", &State::y), field("z", &State::z)};
    }
    static std::array<Initial, 3> initial() { return {0, -10, 0}; }

    template <class Of>
    auto derivative(const State& now, Real I, Of of) const {
        return std::array{
            of(now.V, [&](auto V) { return now.y - a * cube(V) + b * square(V) - now.z + I; }),
            of(now.y, [&](auto y) { return c - d * square(now.V) - y; }),
            of(now.z, [&](auto z) { return r * (s * (now.V - V_rest) - z); }),
        };
    }

    static Surrogate default_spike_fun() { return "inv_square_grad2"; }
    auto spike(const State& old, const State& now) const { return (old.V < V_th) && (now.V >= V_th); }
};
using HindmarshRose = BasicHindmarshRose<Parameter>;

}  // namespace bouton
