// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace bouton {

/// The transmitter that a spike releases: a square pulse.
template <class Real>
struct Pulse {
    Real T;           // [mM]  concentration
    Real T_duration;  // [ms]  never on if <= 0
};

}  // namespace bouton
