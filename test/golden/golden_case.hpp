// SPDX-License-Identifier: Apache-2.0
/// \file
/// A case of the golden data: a network described in JSON, what it is expected to do, and what bouton makes of it. The
/// format is described in data/BIRTH_CERTIFICATE.md.
#pragma once

#include <compare>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <bouton/kernel/loop.hpp>

namespace bouton::test {

struct GoldenSpike {
    std::uint64_t step;
    std::string group;
    std::uint32_t index;
    auto operator<=>(const GoldenSpike&) const = default;
};

struct GoldenResult {
    /// "step", "t", "syn.g[0]", "post.V[2][0]", ...: one value for each recorded step.
    std::map<std::string, std::vector<double>> columns;
    std::vector<GoldenSpike> spikes;         ///< sorted
    std::map<std::string, std::string> how;  ///< of projections by exp_auto, their plasticity too: Projection::how()
};

/// The loss of a gradient case and its derivatives: by quantity ("d_loss/d_g_max:syn"), then by index ("0;2").
struct GoldenGradients {
    double loss = 0;
    std::map<std::string, std::map<std::string, double>> derivatives;
};

/// All files of a case are read here. Errors of the files are thrown as std::exception.
class GoldenCase {
 public:
    explicit GoldenCase(std::filesystem::path folder);

    GoldenResult expected() const;
    /// Runs the network with these loops.
    GoldenResult run(const Kernels& kernels, Precision precision = Precision::float64, bool brainpy_2_4 = true) const;
    bool has_gradients() const;
    GoldenGradients expected_gradients() const;
    /// Pulls the derivatives of the loss back through a recorded run that may use so much memory.
    GoldenGradients gradients(std::optional<std::uint64_t> memory = std::nullopt, unsigned threads = 1) const;
    double gradient_rtol() const { return gradient_rtol_; }

    bool is_training() const;
    /// The spikes are given and V of the targets is, so that errors do not grow.
    bool is_driven() const;

    /// A value passes if abs(got - expected) <= atol + rtol abs(expected).
    double rtol() const { return rtol_; }
    double atol() const { return atol_; }

 private:
    std::filesystem::path folder_;
    std::string description_;
    double rtol_, atol_, gradient_rtol_;
};

}  // namespace bouton::test
