// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace bouton {

/// The transmitter that a spike releases: a square pulse.
template <class Real>
struct Pulse {
    Real T;           // [mM]  concentration
    Real T_duration;  // [ms]  never on if <= 0
};

// How BrainPy 2.4 tells from times, which are rounded, what otherwise steps are counted for. Of any number type.

/// Whether a pulse is on in the step that begins at t.
template <class Real>
auto is_on_brainpy_2_4(Real t, Real spike_arrival_time, Real T_duration) {
    return t - spike_arrival_time < T_duration;
}
/// Whether V is held in that step.
template <class Real>
auto is_held_brainpy_2_4(Real t, Real t_last_spike, Real tau_ref) {
    return t - t_last_spike <= tau_ref;
}

}  // namespace bouton
