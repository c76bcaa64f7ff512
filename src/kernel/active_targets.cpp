// SPDX-License-Identifier: Apache-2.0
#include "active_targets.hpp"

#include <algorithm>
#include <utility>

#include <bouton/core/aligned_vector.hpp>

namespace bouton::kernel {
namespace {

/// The place in an ascending list of the first target that is not below `bound`; without branches, as the processor
/// could not foretell them.
const std::uint32_t* first_from(const std::uint32_t* first, const std::uint32_t* last, std::size_t bound) {
    if (first == last) return first;
    for (std::size_t left = static_cast<std::size_t>(last - first); left > 1;) {
        const std::size_t half = left / 2;
        first += first[half - 1] < bound ? half : 0;
        left -= half;
    }
    return first + (*first < bound);
}

}  // namespace

std::span<const std::uint32_t> within(std::span<const std::uint32_t> targets, std::size_t row, std::size_t num_post,
                                      IndexRange range) {
    const std::size_t row_begin = row * num_post;
    if (range.end <= row_begin || range.begin >= row_begin + num_post) return {};
    const std::uint32_t *first = targets.data(), *last = first + targets.size();
    if (range.begin > row_begin) first = first_from(first, last, range.begin - row_begin);
    if (range.end < row_begin + num_post) last = first_from(first, last, range.end - row_begin);
    return {first, last};
}

void fetch_targets(const Csr& lists, std::span<const Source> sources, std::size_t now) {
    constexpr std::size_t soon = 2, later = 8, most_lines = 32, line = cache_line / sizeof(std::uint32_t);
    if (now + later < sources.size()) __builtin_prefetch(&lists.row[sources[now + later].pre]);
    if (now + soon >= sources.size()) return;
    const std::uint64_t* const row = &lists.row[sources[now + soon].pre];
    const std::uint64_t end = std::min(row[1], row[0] + most_lines * line);
    for (std::uint64_t k = row[0]; k < end; k += line) __builtin_prefetch(&lists.target[k]);
}

bool ActiveTargets::are_worth_it(const Connectivity& graph, std::size_t entries) {
    constexpr std::uint64_t few = 32, near = std::uint64_t{1} << 15;
    const std::uint64_t parts = entries > near ? std::max<std::uint64_t>(1, graph.num_post() / chunk) : 1;
    return graph.kind() == Connectivity::Kind::sparse && graph.size() / few <= graph.num_pre() * parts;
}

ActiveTargets::ActiveTargets(const Wiring& wiring, std::size_t entries)
    : wiring_(wiring),
      entries_(entries),
      is_far_(entries > std::size_t{1} << 16),
      parts_((entries + IndexRange::alignment - 1) / IndexRange::alignment) {}

/// body(first entry of a part, end)
template <class Body>
void ActiveTargets::for_each_part(IndexRange range, const Body& body) {
    for (std::size_t begin = range.begin; begin < range.end; begin += chunk)
        body(begin, std::min(begin + chunk, range.end));
}

void ActiveTargets::follow(std::span<const Source> sources, IndexRange range) {
    if (sources.empty() || range.empty()) return;
    const std::unique_ptr<Part>& first = part_at(range.begin);
    bool fits = true;
    for_each_part(range, [&](std::size_t begin, std::size_t end) {
        const Part* const part = part_at(begin).get();
        fits = fits && part && part->end == end && part->is_last == (end == range.end) && part->next == first->next;
    });
    if (!fits) {  // they were made for the ranges of another number of threads
        for (std::size_t begin = range.begin; begin < range.end; begin += IndexRange::alignment) part_at(begin).reset();
        for_each_part(range, [&](std::size_t begin, std::size_t end) {
            part_at(begin) = std::make_unique<Part>(Part{.end = end, .is_last = end == range.end});
        });
    }
    const std::uint64_t next = first->next, oldest = sources.front().activation;
    for_each_part(range, [&](std::size_t begin, std::size_t) {
        Part& part = *part_at(begin);
        next <= oldest ? part.let_go_of_all() : part.let_go_before(static_cast<std::uint32_t>(oldest * chunk));
    });
    const auto first_new = std::ranges::find_if(sources, [next](const Source& s) { return s.activation >= next; });
    const std::span<const Source> fresh(first_new, sources.end());
    if (fresh.empty()) return;
    const std::size_t end = std::exchange(first->end, 0);  // where there is no memory for all, they are made anew
    for (std::size_t e = 0; e < fresh.size(); ++e) {
        fetch_targets(wiring_.graph.csr(), fresh, e);
        append(fresh[e], range);
    }
    for_each_part(range, [&](std::size_t begin, std::size_t) { part_at(begin)->next = fresh.back().activation + 1; });
    first->end = end;
}

void ActiveTargets::append(const Source& source, IndexRange range) {
    const Csr& lists = wiring_.graph.csr();
    const std::size_t num_post = wiring_.graph.num_post();
    const auto activation = static_cast<std::uint32_t>(source.activation * chunk);
    const Weights& weights = wiring_.weights;
    const bool each = weights.form == Weights::Form::per_connection;
    for (const std::uint32_t& target : within(lists.targets_of(source.pre), source.row, num_post, range)) {
        const std::size_t entry = source.row * num_post + target - range.begin, in_part = entry % chunk;
        Part& part = *part_at(range.begin + entry - in_part);
        part.targets.push_back(activation + static_cast<std::uint32_t>(in_part));
        if (each) part.weights.push_back(weights.values.get(static_cast<std::size_t>(&target - lists.target.data())));
    }
}

void ActiveTargets::Part::let_go_of_all() {
    over = 0;
    targets.clear();
    weights.clear();
}

void ActiveTargets::Part::let_go_before(std::uint32_t first) {
    const auto is_over = [first](std::uint32_t target) { return (target - first) / chunk >= longest_span; };
    over = static_cast<std::size_t>(std::ranges::partition_point(std::span(targets).subspan(over), is_over) -
                                    std::span(targets).begin());
    if (2 * over <= targets.size()) return;
    const auto so_many = static_cast<std::ptrdiff_t>(over);
    targets.erase(targets.begin(), targets.begin() + so_many);
    if (!weights.empty()) weights.erase(weights.begin(), weights.begin() + so_many);
    over = 0;
}

void ActiveTargets::add(std::uint64_t first_activation, std::span<const double> numbers, IndexRange range, double* to) {
    if (numbers.empty()) return;
    const auto first = static_cast<std::uint32_t>(first_activation * chunk);
    for_each_part(range, [&](std::size_t begin, std::size_t) {
        const Part& part = *part_at(begin);
        if (part.weights.empty())
            add(part, begin, first, numbers.data(), to, [](std::size_t) { return 1.0; });
        else
            add(part, begin, first, numbers.data(), to, [w = part.weights.data()](std::size_t k) { return w[k]; });
    });
}

/// Meanwhile it has what belongs to the next part brought into the cache.
template <class WeightOf>
void ActiveTargets::add(const Part& part, std::size_t begin, std::uint32_t first, const double* numbers, double* to,
                        const WeightOf& weight_of) {
    constexpr std::size_t line = cache_line / sizeof(double), at_a_time = 4;
    const std::uint32_t* const targets = part.targets.data();
    double* const sums = to + begin;
    const auto add_to = [=](std::size_t k) {
        sums[targets[k] % chunk] += weight_of(k) * numbers[(targets[k] - first) / chunk];
    };
    const Part* const next = is_far_ && !part.is_last ? part_at(part.end).get() : nullptr;
    if (next) __builtin_prefetch(next);
    const double *ahead = to + part.end, *const end = next ? to + std::min(part.end + chunk, entries_) : ahead;
    const std::size_t count = part.targets.size();
    std::size_t k = part.over;
    for (; count - k >= at_a_time; k += at_a_time) {
        if (ahead < end) {
            __builtin_prefetch(ahead, 1);
            ahead += line;
        }
        for (std::size_t i = k; i < k + at_a_time; ++i) add_to(i);
    }
    for (; k < count; ++k) add_to(k);
    for (; ahead < end; ahead += line) __builtin_prefetch(ahead, 1);
    if (next) __builtin_prefetch(next->targets.data() + next->over);
}

void ActiveTargets::clear() { std::ranges::fill(parts_, nullptr); }

std::uint64_t ActiveTargets::memory() const {
    std::uint64_t bytes = parts_.size() * sizeof parts_[0];
    for (const std::unique_ptr<Part>& part : parts_)
        if (part)
            bytes += sizeof(Part) + part->targets.capacity() * sizeof(std::uint32_t) +
                     part->weights.capacity() * sizeof(double);
    return bytes;
}

}  // namespace bouton::kernel
