// SPDX-License-Identifier: Apache-2.0
#include <new>

#include <bouton/connect/connectors.hpp>
#include <bouton/core/error.hpp>

#include <fmt/format.h>

namespace bouton {

Connector::Connector(Connectivity existing)
    : connect_([existing = std::move(existing)](const Shape&, const Shape&, const Random&) { return existing; }) {}

Connector::Connector(Array matrix) : connect_(MatConn{std::move(matrix)}) {}

Connectivity Connector::operator()(const Shape& pre, const Shape& post, const Random& random) const {
    if (!connect_) throw UsageError("a connector is an empty function, but must be callable");
    try {
        Connectivity result = connect_(pre, post, random);
        if (result.num_pre() != pre.count() || result.num_post() != post.count())
            throw ShapeError(fmt::format("a connectivity joins {} to {} neurons, but the populations have {} and {}",
                                         result.num_pre(), result.num_post(), pre.count(), post.count()));
        return result;
    } catch (const std::bad_alloc&) {
        throw UsageError(fmt::format("the connections between populations of {} and {} neurons do not fit in memory",
                                     pre.count(), post.count()));
    }
}

}  // namespace bouton
