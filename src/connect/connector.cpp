// SPDX-License-Identifier: Apache-2.0
#include <functional>
#include <new>
#include <optional>
#include <utility>

#include <bouton/connect/connectors.hpp>
#include <bouton/core/error.hpp>

#include <fmt/format.h>

namespace bouton {

Connector::Connector(Connectivity existing)
    : connect_([existing](const Shape&, const Shape&, const Random&, unsigned) { return existing; }),
      forecast_([existing = std::move(existing)](const Shape&, const Shape&) {
          return Forecast{existing.kind(), static_cast<double>(existing.size()), !existing.order().empty()};
      }) {}

Connector::Connector(Array matrix) : Connector(MatConn{std::move(matrix)}) {}

Connectivity Connector::operator()(const Shape& pre, const Shape& post, const Random& random, unsigned threads) const {
    try {
        Connectivity result = connect_(pre, post, random, threads);
        if (result.num_pre() != pre.count() || result.num_post() != post.count())
            throw ShapeError(fmt::format("a connectivity joins {} to {} neurons, but the populations have {} and {}",
                                         result.num_pre(), result.num_post(), pre.count(), post.count()));
        return result;
    } catch (const std::bad_function_call&) {
        throw UsageError("a connector is an empty function, but must be callable");
    } catch (const std::bad_alloc&) {
        throw UsageError(fmt::format("the connections between populations of {} and {} neurons do not fit in memory",
                                     pre.count(), post.count()));
    }
}

std::optional<Forecast> Connector::forecast(const Shape& pre, const Shape& post) const {
    return forecast_ ? std::optional(forecast_(pre, post)) : std::nullopt;
}

}  // namespace bouton
