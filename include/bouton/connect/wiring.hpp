// SPDX-License-Identifier: Apache-2.0
/// \file
/// All that a projection needs to know of its connections.
#pragma once

#include <string_view>

#include <bouton/connect/connectivity.hpp>
#include <bouton/connect/delays.hpp>
#include <bouton/connect/weights.hpp>
#include <bouton/core/settings.hpp>
#include <bouton/math/random.hpp>

namespace bouton {

/// Connections with their weights and delays, which fit each other.
struct Wiring {
    Connectivity graph;
    Weights weights;
    Delays delays;
};

/// Resolves `weight` and `delay` for `graph`. With `settings.brainpy_2_4` a pair given more than once becomes one
/// connection, with the weight and the delay that were given last.
Wiring wire(const Connectivity& graph, const Weight& weight, const Delay& delay, const Settings& settings,
            std::string_view owner, const Random& random);

}  // namespace bouton
