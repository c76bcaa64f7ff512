// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include <bouton/core/buffer.hpp>
#include <bouton/core/index_range.hpp>

namespace bouton {

class PopulationPart;

/// What is to be done with each range of the entries of a population before it gets what its projections give, and
/// after it has been stepped: while its arrays are in the cache, by the thread that steps it.
class RangeHooks {
 public:
    virtual ~RangeHooks() = default;
    /// Returns what the first of the projections is to start the input from, where that is not the input itself: other
    /// values, or 0 (null).
    virtual std::optional<const Buffer*> before(const PopulationPart& part, IndexRange range) = 0;
    virtual void after(const PopulationPart& part, IndexRange range) = 0;
};

}  // namespace bouton
