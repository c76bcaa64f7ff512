// SPDX-License-Identifier: Apache-2.0
// How long connectors take and how much memory: for each of them the time a connection on one thread and on all, the
// bytes a connection of what is kept, and the most that was in use on the way over that.
//
//     construction [neurons = 100000] [connections of each = 100] [connector]
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <malloc.h>
#include <new>
#include <string>
#include <string_view>
#include <sys/resource.h>
#include <thread>
#include <vector>

#include <bouton/connect/connectors.hpp>
#include <bouton/connect/wiring.hpp>

namespace {

std::atomic<std::size_t> in_use{0}, most_in_use{0};  // [bytes] given out by operator new

void* counted(void* memory) {
    if (!memory) throw std::bad_alloc();
    const std::size_t now = in_use += malloc_usable_size(memory);
    for (std::size_t most = most_in_use; most < now && !most_in_use.compare_exchange_weak(most, now);) continue;
    return memory;
}

void release(void* memory) {
    in_use -= malloc_usable_size(memory);
    std::free(memory);
}

}  // namespace

void* operator new(std::size_t size) { return counted(std::malloc(size)); }
void* operator new(std::size_t size, std::align_val_t alignment) {
    const auto line = static_cast<std::size_t>(alignment);
    return counted(std::aligned_alloc(line, (size + line - 1) / line * line));
}
void operator delete(void* memory) noexcept { release(memory); }
void operator delete(void* memory, std::size_t) noexcept { release(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { release(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { release(memory); }

namespace {

using namespace bouton;

struct Measured {
    double seconds, bytes, peak;
    std::uint64_t connections;
};

/// What `make` makes is measured while it is there.
template <class Make>
Measured measure(const Make& make) {
    const std::size_t before = in_use;
    most_in_use = before;
    const auto start = std::chrono::steady_clock::now();
    const auto made = make();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    const auto bytes = static_cast<double>(made.bytes());
    return {took.count(), bytes, static_cast<double>(most_in_use - before) / std::max(bytes, 1.), made.size()};
}

/// The best of some repetitions of what is short.
template <class Make>
void report(const std::string& name, double expected, unsigned threads, const Make& make) {
    Measured best = measure(make);
    for (double spent = best.seconds; spent < 1;) {
        const Measured again = measure(make);
        spent += again.seconds;
        if (again.seconds < best.seconds) best = again;
    }
    const auto connections = static_cast<double>(best.connections);
    std::printf("%-22s %8u %13llu %12.4f %9.1f %13.2f %11.2f\n", name.c_str(), threads,
                static_cast<unsigned long long>(best.connections), expected / connections,
                1e9 * best.seconds / connections, best.bytes / connections, best.peak);
    std::fflush(stdout);
}

struct Case {
    std::string_view name;
    Connector connector;
};

/// Weights together with the connections that they belong to.
struct Weighted {
    Connectivity graph;
    Weights weights;
    std::uint64_t size() const { return graph.size(); }
    std::uint64_t bytes() const { return weights.bytes(); }
};

}  // namespace

int main(int argc, char** argv) {
    const auto neurons = static_cast<std::size_t>(argc > 1 ? std::atoll(argv[1]) : 100'000);
    const auto degree = static_cast<std::int64_t>(argc > 2 ? std::atoll(argv[2]) : 100);
    const std::string_view only = argc > 3 ? argv[3] : "";
    const double n = static_cast<double>(neurons), prob = static_cast<double>(degree) / n;
    const auto side = static_cast<std::size_t>(std::sqrt(n));
    const std::vector<Case> cases{
        {"FixedProb", FixedProb{.prob = prob}},
        {"FixedProb out-degree", FixedProb{.prob = prob, .law = Law::fixed_out_degree}},
        {"FixedPreNum", FixedPreNum{.num = degree}},
        {"FixedPreNum 0.8 n", FixedPreNum{.num = degree * 4 / 5, .include_self = false}},
        {"FixedPostNum", FixedPostNum{.num = degree}},
        {"FixedTotalNum", FixedTotalNum{.num = static_cast<std::int64_t>(neurons) * degree}},
        {"GridN", GridN{.N = 5}},
        {"GaussianProb", GaussianProb{.sigma = 4}},
        {"ProbDist", ProbDist{.dist = 6}},
        {"SmallWorld directed", SmallWorld{.num_neighbor = degree / 2 * 2, .prob = 0.1, .directed = true}},
        {"SmallWorld", SmallWorld{.num_neighbor = degree / 2 * 2, .prob = 0.1}},
        {"ScaleFreeBA", ScaleFreeBA{.m = std::max<std::int64_t>(degree / 2, 1)}},
    };
    const unsigned all = std::max(1u, std::thread::hardware_concurrency());
    const Random random(1, "bench.connections");
    std::printf("%-22s %8s %13s %12s %9s %13s %11s\n", "connector", "threads", "connections", "forecast", "ns each",
                "bytes each", "peak/final");
    for (const auto& [name, connector] : cases) {
        if (!only.empty() && name != only) continue;
        const bool on_lattice = name == "GridN" || name == "GaussianProb" || name == "ProbDist";
        const Shape shape = on_lattice ? Shape{side, side} : Shape(neurons);
        const double expected = connector.forecast(shape, shape)->size;
        for (unsigned threads = 1; threads <= all; threads *= 2)
            report(std::string(name), expected, threads, [&] { return connector(shape, shape, random, threads); });
    }
    if (only.empty() || only == "weights") {
        const Connectivity graph = FixedPostNum{.num = degree}(neurons, neurons, random);
        for (const Precision precision : {Precision::float32, Precision::float64})
            for (unsigned threads = 1; threads <= all; threads *= 2)
                report(precision == Precision::float32 ? "Normal weights, float32" : "Normal weights, float64",
                       static_cast<double>(graph.size()), threads, [&] {
                           return Weighted{graph, resolve(Weight(Normal{}), graph, {.precision = precision}, "bench",
                                                          random, threads)};
                       });
    }
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    std::printf("peak of the process: %.1f MB\n", static_cast<double>(usage.ru_maxrss) / 1024);
}
