// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <numeric>

#include <bouton/math/binomial.hpp>

namespace bouton {

Binomial::Binomial(std::uint64_t trials, double chance) {
    constexpr double negligible = 1e-20;
    const double n = static_cast<double>(trials), odds = chance / (1 - chance);
    const auto most_likely = static_cast<std::uint64_t>(std::min(n, std::floor((n + 1) * chance)));
    std::vector<double> below, above{1};  // probabilities in units of the largest
    for (double k = static_cast<double>(most_likely), p = 1; k > 0 && p > negligible; --k)
        below.push_back(p *= k / ((n - k + 1) * odds));
    for (double k = static_cast<double>(most_likely), p = 1; k < n && p > negligible; ++k)
        above.push_back(p *= (n - k) / (k + 1) * odds);
    least_ = most_likely - below.size();
    cumulative_.assign(below.rbegin(), below.rend());
    cumulative_.insert(cumulative_.end(), above.begin(), above.end());
    std::partial_sum(cumulative_.begin(), cumulative_.end(), cumulative_.begin());
    const double total = cumulative_.back();
    for (double& sum : cumulative_) sum /= total;
}

std::uint64_t Binomial::operator()(double uniform) const {
    const auto above = std::ranges::upper_bound(cumulative_, uniform);  // the last is 1
    return least_ + static_cast<std::uint64_t>(above - cumulative_.begin());
}

}  // namespace bouton
