// SPDX-License-Identifier: Apache-2.0
/// \file
/// All that a projection needs to know of its connections.
#pragma once

#include <cstdint>
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

    /// [bytes] Of all three.
    std::uint64_t bytes() const { return graph.bytes() + weights.bytes() + delays.bytes(); }
};

/// Resolves `weight` and `delay` for `graph`. With `settings.brainpy_2_4` a pair given more than once becomes one
/// connection, with the weight and the delay that were given last. `threads`: see Connectivity::sparse.
Wiring wire(const Connectivity& graph, const Weight& weight, const Delay& delay, const Settings& settings,
            std::string_view owner, const Random& random, unsigned threads = 0);

/// [bytes] What Wiring::bytes() will be, as the forecast has it: exact where nothing is drawn. While they are made,
/// connections take up to a third more; graphs that grow edge by edge (ScaleFreeBA and kin, SmallWorld) take up to five
/// times as much, pairs that are given in another order than that of the list twice.
std::uint64_t expected_bytes(const Forecast& forecast, std::uint64_t num_pre, std::uint64_t num_post,
                             const Weight& weight, const Delay& delay, Precision precision);

}  // namespace bouton
