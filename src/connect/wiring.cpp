// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include <bouton/connect/wiring.hpp>

namespace bouton {
namespace {

/// Of each run of values for the same pair, the last: equal pairs stand in the order in which they were given.
template <class Value>
void last_of_each_pair(const Csr& csr, std::span<const Value> values, std::span<Value> last) {
    auto next = last.begin();
    for (std::size_t pre = 0; pre < csr.num_pre(); ++pre)
        for (std::uint64_t k = csr.row[pre]; k < csr.row[pre + 1]; ++k)
            if (k + 1 == csr.row[pre + 1] || csr.target[k] != csr.target[k + 1]) *next++ = values[k];
}

/// [bytes] What `form` needs where a value takes `each`.
std::uint64_t bytes_of(const Forecast& forecast, std::uint64_t num_pre, std::uint64_t num_post, std::uint64_t each,
                       bool per_pre) {
    if (per_pre) return num_pre * each;
    if (forecast.kind == Connectivity::Kind::all_to_all) return num_pre * num_post * each;
    return static_cast<std::uint64_t>(forecast.size * static_cast<double>(each));
}

}  // namespace

Wiring wire(const Connectivity& graph, const Weight& weight, const Delay& delay, const Settings& settings,
            std::string_view owner, const Random& random, unsigned threads) {
    Wiring wiring{graph, resolve(weight, graph, settings, owner, random.at(0), threads),
                  resolve(delay, graph, owner, random.at(1))};
    if (!settings.brainpy_2_4 || graph.kind() != Connectivity::Kind::sparse) return wiring;

    wiring.graph = graph.without_duplicates();
    const std::uint64_t size = wiring.graph.size();
    if (size == graph.size()) return wiring;
    if (wiring.weights.form == Weights::Form::per_connection) {
        const Buffer& all = wiring.weights.values;
        Buffer once(settings.precision, size);
        if (once.is_single())
            last_of_each_pair(graph.csr(), all.as<float>(), once.as<float>());
        else
            last_of_each_pair(graph.csr(), all.as<double>(), once.as<double>());
        wiring.weights.values = std::move(once);
    }
    if (wiring.delays.form == Delays::Form::per_connection) {
        std::vector<std::uint32_t> once(size);
        last_of_each_pair<std::uint32_t>(graph.csr(), wiring.delays.steps, once);
        wiring.delays.steps = std::move(once);
    }
    return wiring;
}

std::uint64_t expected_bytes(const Forecast& forecast, std::uint64_t num_pre, std::uint64_t num_post,
                             const Weight& weight, const Delay& delay, Precision precision) {
    constexpr std::uint64_t row = 8, target = 4, place = 8, delay_step = 4;
    const bool is_list = forecast.kind == Connectivity::Kind::sparse;
    std::uint64_t bytes = 0;
    if (is_list)
        bytes +=
            (num_pre + 1) * row +
            static_cast<std::uint64_t>(forecast.size * static_cast<double>(target + (forecast.has_order ? place : 0)));

    const std::uint64_t number = precision == Precision::float32 ? 4 : 8;
    const auto* const values = std::get_if<Array>(&weight.given());
    if (weight.is_given() && !std::holds_alternative<double>(weight.given()) && !(values && values->values.size() == 1))
        bytes += bytes_of(forecast, num_pre, num_post, number, std::holds_alternative<PerPre>(weight.given()));

    const auto* const steps = std::get_if<Array>(&delay.given());
    if (std::holds_alternative<double>(delay.given()) || (steps && steps->shape.rank() == 0))
        bytes += delay_step;
    else if (!std::holds_alternative<std::monostate>(delay.given()))
        bytes += bytes_of(forecast, num_pre, num_post, delay_step,
                          std::holds_alternative<Parameter>(delay.given()) || (steps && steps->shape.rank() == 1));
    return bytes;
}

}  // namespace bouton
