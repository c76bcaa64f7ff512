// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <vector>

#include <bouton/connect/wiring.hpp>

namespace bouton {
namespace {

/// Of each run of values for the same pair, the last: equal pairs stand in the order in which they were given.
template <class Value>
std::vector<Value> last_of_each_pair(const Csr& csr, const std::vector<Value>& values) {
    std::vector<Value> last;
    for (std::size_t pre = 0; pre < csr.num_pre(); ++pre)
        for (std::uint64_t k = csr.row[pre]; k < csr.row[pre + 1]; ++k)
            if (k + 1 == csr.row[pre + 1] || csr.target[k] != csr.target[k + 1]) last.push_back(values[k]);
    return last;
}

}  // namespace

Wiring wire(const Connectivity& graph, const Weight& weight, const Delay& delay, const Settings& settings,
            std::string_view owner, const Random& random) {
    Wiring wiring{graph, resolve(weight, graph, settings, owner, random.at(0)),
                  resolve(delay, graph, owner, random.at(1))};
    if (!settings.brainpy_2_4 || graph.kind() != Connectivity::Kind::sparse) return wiring;

    wiring.graph = graph.without_duplicates();
    if (wiring.graph.size() == graph.size()) return wiring;
    if (wiring.weights.form == Weights::Form::per_connection)
        wiring.weights.values = last_of_each_pair(graph.csr(), wiring.weights.values);
    if (wiring.delays.form == Delays::Form::per_connection)
        wiring.delays.steps = last_of_each_pair(graph.csr(), wiring.delays.steps);
    return wiring;
}

}  // namespace bouton
