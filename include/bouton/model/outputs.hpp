// SPDX-License-Identifier: Apache-2.0
/// \file
/// From the conductance h that a postsynaptic neuron receives to the current that is added to its input. V is the
/// membrane potential at the start of the step.
#pragma once

#include <bouton/math/functions.hpp>
#include <bouton/model/field.hpp>

namespace bouton {

/// Conductance-based: I = h (E - V).
template <class Real>
struct BasicCOBA {
    static constexpr std::string_view name = "COBA";

    Real E = 0;  // [mV]  reversal potential

    static constexpr auto parameters() { return std::array{field("E", &BasicCOBA::E)}; }
    Real current(Real h, Real V) const { return h * (E - V); }
};
using COBA = BasicCOBA<Parameter>;

/// Current-based: I = h.
template <class Real>
struct BasicCUBA {
    static constexpr std::string_view name = "CUBA";

    static constexpr auto parameters() { return std::array<Field<BasicCUBA, Real>, 0>{}; }
    Real current(Real h) const { return h; }
};
using CUBA = BasicCUBA<Parameter>;

/// Conductance blocked by magnesium at low potentials: I = h (E - V) / (1 + cc_Mg / beta exp(-alpha V)).
///
/// Jahr & Stevens (1990), J. Neurosci. 10:3178-3182.
template <class Real>
struct BasicMgBlock {
    static constexpr std::string_view name = "MgBlock";

    Real E = 0;          // [mV]    reversal potential
    Real cc_Mg = 1.2;    // [mM]    concentration of magnesium
    Real alpha = 0.062;  // [1/mV]  steepness of the block
    Real beta = 3.57;    // [mM]    concentration at which half is blocked at V = 0

    static constexpr auto parameters() {
        using M = BasicMgBlock;
        return std::array{field("E", &M::E), field("cc_Mg", &M::cc_Mg), field("alpha", &M::alpha),
                          field("beta", &M::beta, Range::non_zero)};
    }
    Real current(Real h, Real V) const { return h * (E - V) / (1 + cc_Mg / beta * exp(-alpha * V)); }
};
using MgBlock = BasicMgBlock<Parameter>;

}  // namespace bouton
