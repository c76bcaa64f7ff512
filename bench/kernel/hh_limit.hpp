// SPDX-License-Identifier: Apache-2.0
/// \file
/// The fastest Hodgkin-Huxley loop that we can write by hand, for AVX-512, float64 and exp_auto with the default
/// parameters: a yardstick, so nothing is general and nothing is checked. One exponential gives three more by
/// squaring, all quotients share two divisions, and nothing branches.
#pragma once

#include <cstddef>

namespace bouton::bench {

/// Arrays of a multiple of 8 values at multiples of 64 bytes.
struct HodgkinHuxley {
    double *V, *m, *h, *n;
    const double* I;
    std::size_t num;
};

bool can_run_limit();

/// One step of `dt` ms. Returns how many neurons came up through 20 mV.
long step_limit(const HodgkinHuxley& neurons, double dt);

}  // namespace bouton::bench
