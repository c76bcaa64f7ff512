// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

namespace bouton {

/// How many of `trials` independent trials succeed, each with the probability `chance` in [0, 1]: the inverse of the
/// distribution function, which is tabulated where it is not 0 or 1 to double precision (about 17 standard deviations).
class Binomial {
 public:
    Binomial(std::uint64_t trials, double chance);
    /// The count for a uniform number in [0, 1), which rises with it.
    std::uint64_t operator()(double uniform) const;

 private:
    std::uint64_t least_ = 0;         // the first count of the table
    std::vector<double> cumulative_;  // probability of at most least_ + k
};

}  // namespace bouton
