// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bouton/model/synapses/ampa.hpp>

namespace bouton {

/// GABA_A receptor: the scheme of AMPA with other constants, reversed at -80 mV.
///
/// Destexhe & Pare (1999), J. Neurophysiol. 81:1531-1547.
template <class Real>
struct BasicGABAa {
    static constexpr std::string_view name = "GABAa";

    Real alpha = 0.53;    // [1/(mM ms)]  binding rate
    Real beta = 0.18;     // [1/ms]       unbinding rate
    Real T = 1;           // [mM]         transmitter concentration during a pulse
    Real T_duration = 1;  // [ms]         duration of a pulse

    using State = typename BasicAMPA<Real>::State;

    static constexpr auto parameters() {
        using M = BasicGABAa;
        return std::array{field("alpha", &M::alpha, Range::non_negative), field("beta", &M::beta, Range::non_negative),
                          field("T", &M::T, Range::non_negative), field("T_duration", &M::T_duration)};
    }
    static constexpr auto states() { return BasicAMPA<Real>::states(); }
    static COBA default_output() { return {.E = -80}; }
    static constexpr double default_g_max = 0.04;

    Pulse<Real> pulse() const { return {T, T_duration}; }

    template <class Of>
    auto derivative(const State& s, Real TT, Of of) const {
        return BasicAMPA<Real>{alpha, beta, T, T_duration}.derivative(s, TT, of);
    }
};
using GABAa = BasicGABAa<double>;

}  // namespace bouton
