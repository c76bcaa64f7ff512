// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bouton/model/field.hpp>
#include <bouton/model/outputs.hpp>

namespace bouton {

/// Synapse without memory: it gives its weight in the step in which a spike arrives, and nothing in others.
///
///     g = 1 when a spike arrives, else 0
///
/// With CUBA onto "input" a spike is a current that lasts one step; onto "V" it moves the membrane potential by the
/// weight.
template <class Real>
struct BasicDelta {
    static constexpr std::string_view name = "Delta";
    static constexpr bool without_memory = true;

    struct State {
        Real g;  // whether a spike has arrived
    };

    static constexpr auto parameters() { return std::array<Field<BasicDelta, Real>, 0>{}; }
    static constexpr auto states() { return std::array{field("g", &State::g)}; }
    static CUBA default_output() { return {}; }
    static constexpr double default_g_max = 1;

    State jump(const State&) const { return {1}; }
};
using Delta = BasicDelta<double>;

}  // namespace bouton
