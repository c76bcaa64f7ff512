// SPDX-License-Identifier: Apache-2.0
/// \file
/// The main job of ./run.sh. Each receptor between two Hodgkin-Huxley neurons for 150 ms; then a gamma rhythm of 100
/// Wang-Buzsaki neurons coupled all to all by GABAa for 500 ms. Prints what happened and writes the traces as CSV.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <bouton/bouton.hpp>

#include "../rhythm.hpp"

using namespace bouton;
using std::filesystem::path;

namespace {

class StopWatch {
 public:
    double ms() const {
        return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start_).count();
    }

 private:
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// What happened in a pair of neurons.
struct Pair {
    const char* receptor;
    std::vector<std::uint64_t> pre, post;  // the steps of the spikes
    double peak_g, peak_h;                 // open fraction; conductance [mS/cm2]
    double wall_time;                      // [ms]
};

double peak(const Record& trace) { return *std::max_element(trace.values.begin(), trace.values.end()); }

/// The documented example: from V = -65 mV a constant input of 5 makes `pre` fire.
Pair run_pair(const char* name, const Synapse& receptor, const path& file) {
    const StopWatch watch;
    Network net;
    const NeuronOptions at_rest{.initial = {{"V", -65.0}}};
    const Population pre = net.add("pre", HH{}, 1, at_rest);
    const Population post = net.add("post", HH{}, 1, at_rest);
    net.connect("syn", pre, post, All2All{}, receptor);

    std::vector<std::string> traces = {"pre.V", "post.V", "post.input", "syn.h"};
    for (const std::string_view state : receptor.model()->states()) traces.push_back("syn." + std::string(state));
    std::vector<Monitor> monitors(traces.begin(), traces.end());
    monitors.emplace_back(Monitor::Spikes{"pre"});
    monitors.emplace_back(Monitor::Spikes{"post"});
    Runner runner(net, {.inputs = {{"pre.input", 5.0}}, .monitors = monitors});
    const Recording& mon = runner.run(150);
    const double wall_time = watch.ms();

    std::vector<Column> columns = {{"t", mon.ts()}};
    for (const std::string& trace : traces) columns.push_back({trace, mon[trace].values});
    write_csv(file, columns);
    return {name, mon.events("pre").steps, mon.events("post").steps, peak(mon["syn.g"]), peak(mon["syn.h"]), wall_time};
}

/// One column for each pair; what differs in length stands below.
void print(const std::vector<Pair>& pairs) {
    const auto row = [&](const char* label, const auto& print_cell) {
        std::printf("%-36s", label);
        for (const Pair& pair : pairs) print_cell(pair);
        std::printf("\n");
    };
    const auto steps = [](const char* who, const std::vector<std::uint64_t>& spikes) {
        std::printf("  %-12s", who);
        for (const std::uint64_t step : spikes) std::printf("%6ju", static_cast<std::uintmax_t>(step));
        std::printf("%s\n", spikes.empty() ? "  none" : "");
    };
    row("Two Hodgkin-Huxley neurons, 150 ms", [](const Pair& p) { std::printf("%9s", p.receptor); });
    row("  spikes of pre", [](const Pair& p) { std::printf("%9zu", p.pre.size()); });
    row("  spikes of post", [](const Pair& p) { std::printf("%9zu", p.post.size()); });
    row("  peak open fraction", [](const Pair& p) { std::printf("%9.4f", p.peak_g); });
    row("  peak conductance [mS/cm2]", [](const Pair& p) { std::printf("%9.4f", p.peak_h); });
    row("  wall time [ms]", [](const Pair& p) { std::printf("%9.1f", p.wall_time); });
    std::printf("\nSteps of 0.1 ms in which they fire\n");
    steps("pre", pairs.front().pre);
    for (const Pair& pair : pairs) steps((std::string("post, ") + pair.receptor).c_str(), pair.post);
}

constexpr std::uint64_t gamma_steps_per_ms = 20;

/// Population rate in bins of 1 ms: columns t, the end of the bin [ms], and rate [Hz].
std::vector<Column> rate_of(const Events& spikes, std::size_t num, std::size_t duration) {
    std::vector<Column> columns = {{"t", {}}, {"rate", std::vector<double>(duration, 0)}};
    for (std::size_t bin = 1; bin <= duration; ++bin) columns[0].values.push_back(static_cast<double>(bin));
    for (const std::uint64_t step : spikes.steps)
        columns[1].values[step / gamma_steps_per_ms] += 1000. / static_cast<double>(num);
    return columns;
}

void run_gamma(const path& folder) {
    constexpr std::size_t num = 100, duration = 500;  // [neurons], [ms]
    const StopWatch watch;
    Network net({.seed = 1});
    const Population cells = net.add("cells", WangBuzsakiModel{}, num, {.initial = {{"V", Normal{-70, 20}}}});
    net.connect("syn", cells, cells, All2All{.include_self = false}, GABAa{}, {.g_max = 0.1 / num});
    Runner runner(
        net, {.inputs = {{"cells.input", 1.0}}, .monitors = {Monitor::Spikes{"cells"}}, .dt = 1. / gamma_steps_per_ms});
    const Events& spikes = runner.run(duration).events("cells");
    const double wall_time = watch.ms();

    const example::Rhythm rhythm = example::find_rhythm(spikes.times, 200);
    std::printf("\n100 Wang-Buzsaki neurons, all to all by GABAa, 500 ms\n");
    std::printf("  %-34s%9zu\n", "spikes", spikes.times.size());
    std::printf("  %-34s%9.1f\n", "rhythm after 200 ms [Hz]", rhythm.frequency);
    std::printf("  %-34s%9.2f\n", "synchrony, 1 if all fire at once", rhythm.synchrony);
    std::printf("  %-34s%9.1f\n\n", "wall time [ms]", wall_time);

    const std::vector<Column> raster = {{"t", spikes.times},
                                        {"neuron", {spikes.indices.begin(), spikes.indices.end()}}};
    write_csv(folder / "gamma_spikes.csv", raster);
    write_csv(folder / "gamma_rate.csv", rate_of(spikes, num, duration));
}

constexpr const char* usage =
    "main_job [folder]\n"
    "Runs each receptor between two Hodgkin-Huxley neurons, then a gamma rhythm of 100 Wang-Buzsaki neurons, and "
    "writes\n"
    "the traces to `folder` (out, if none is given) as CSV.\n";

int misused(const std::string& sentence) {
    std::fprintf(stderr, "main_job: %s\n", sentence.c_str());
    return 2;
}

}  // namespace

int main(int count, char** arguments) {
    const std::vector<std::string> given(arguments + 1, arguments + count);
    if (given == std::vector<std::string>{"--help"}) {
        std::printf("%s", usage);
        return 0;
    }
    if (given.size() > 1) return misused("takes one folder, but got " + std::to_string(given.size()) + " arguments.");
    const path folder = given.empty() ? "out" : given[0];
    if (folder.empty() || folder.string().starts_with('-'))
        return misused("\"" + folder.string() + "\" is neither a folder nor --help.");

    try {
        if (exists(folder) && !is_directory(folder))
            return misused(folder.string() + " is a file, but must be a folder.");
        print({run_pair("AMPA", AMPA{}, folder / "pair_ampa.csv"),
               run_pair("GABAa", GABAa{}, folder / "pair_gabaa.csv"),
               run_pair("BioNMDA", BioNMDA{}, folder / "pair_bionmda.csv")});
        run_gamma(folder);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "main_job: %s.\n", error.what());
        return 1;
    }
    std::printf("In %s: pair_ampa.csv, pair_gabaa.csv, pair_bionmda.csv, gamma_spikes.csv, gamma_rate.csv\n",
                folder.string().c_str());
}
