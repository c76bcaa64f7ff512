// SPDX-License-Identifier: Apache-2.0
/// \file
/// What is behind a Projection handle.
#pragma once

#include <memory>
#include <optional>

#include <bouton/network/projection.hpp>

#include "arrivals.hpp"
#include "kernel/propagator.hpp"

namespace bouton {

class ProjectionPart : public std::enable_shared_from_this<ProjectionPart> {
 public:
    ProjectionPart(std::string name, const View& pre, const View& post, const Connector& connector,
                   const Synapse& synapse, const ProjectionOptions& options);
    ProjectionPart(const ProjectionPart&) = delete;
    ProjectionPart& operator=(const ProjectionPart&) = delete;

    const std::string& name() const { return name_; }
    const Settings& settings() const { return settings_; }
    const View& pre() const { return pre_; }
    const View& post() const { return post_; }
    const Wiring& wiring() const { return wiring_; }
    bool stop_spike_gradient() const { return stop_spike_gradient_; }
    std::string how() const;

    std::vector<std::string> variables() const;
    Variable variable(std::string_view name);
    void update(const Clock& clock);
    void update(const Clock& clock, std::span<const double> pre_spike);
    void reset_state(std::optional<std::size_t> batch_size);

 private:
    std::size_t rows() const { return settings_.mode.rows(); }
    std::size_t num_pre() const { return wiring_.graph.num_pre(); }
    std::size_t num_post() const { return wiring_.graph.num_post(); }

    void check_delays() const;
    std::shared_ptr<const PlasticityModel> plasticity_of(const Plasticity& stp) const;
    void build_output(const Output& output);
    /// Makes the arrays for rows() rows, with the values that they start from.
    void start();
    /// What must hold before anything changes: both ends have our rows, and there is a propagator for this dt.
    void prepare(const Clock& clock);
    void step(const Clock& clock, std::span<const std::uint32_t> arrivals);
    [[noreturn]] void throw_not_finite(const Clock& clock);
    void bring_up_to_date();
    void take_over_written();

    std::string name_;
    View pre_, post_;
    Settings settings_;
    bool stop_spike_gradient_;
    Wiring wiring_;
    std::shared_ptr<const SynapseModel> synapse_;
    std::shared_ptr<const PlasticityModel> plasticity_;  // null without

    Arrivals arrivals_;
    kernel::PropagatorParts parts_;
    kernel::PropagatorState state_;
    std::unique_ptr<kernel::Propagator> propagator_;  // null until the first step says what dt is
    double dt_ = 0;                                   // that it was made for
    Buffer h_;

    // Output; loop null without.
    std::unique_ptr<OutputLoop> output_loop_;
    std::vector<Buffer> output_parameters_;
    OutputArrays output_arrays_;
    Buffer current_;  // where the output has no target
};

}  // namespace bouton
