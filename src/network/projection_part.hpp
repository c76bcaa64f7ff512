// SPDX-License-Identifier: Apache-2.0
/// \file
/// What is behind a Projection handle.
#pragma once

#include <bouton/network/projection.hpp>

#include <memory>
#include <optional>

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

    std::vector<std::string> variables() const;
    Variable variable(std::string_view name);
    void update(const Clock& clock);
    void update(const Clock& clock, std::span<const double> pre_spike);
    void reset_state(std::optional<std::size_t> batch_size);

   private:
    std::size_t rows() const { return settings_.mode.rows(); }
    std::size_t num_pre() const { return wiring_.graph.num_pre(); }
    std::size_t num_post() const { return wiring_.graph.num_post(); }

    /// Makes the arrays for rows() rows, with the values that they start from.
    void start();
    void build_plasticity(const Plasticity& stp);
    void build_output(const Output& output);
    void build_delays();
    void build_view_positions();

    /// Marks the presynaptic neurons of the view that `spikes` (of the whole population) name.
    void arrive(std::span<const std::uint32_t> spikes);
    /// Puts the spikes of the last step into the slots of their delays, and makes those that are due arrive.
    void arrive_scheduled();
    void check_batch() const;
    /// Throws ParameterError where there are too many to count: it comes before anything changes.
    void count_pulse_steps(double dt);
    void step(const Clock& clock);
    void set_arrival_times(const Clock& clock);
    void write_output(std::size_t slot);
    [[noreturn]] void throw_not_finite(const Clock& clock) const;

    std::string name_;
    View pre_, post_;
    Settings settings_;
    bool stop_spike_gradient_;
    const Kernels& kernels_;

    Wiring wiring_;

    // Arriving spikes, for each (row, presynaptic neuron).
    std::vector<std::uint8_t> arrived_;
    std::vector<std::uint32_t> arrivals_;                  // where arrived_ is set
    std::vector<std::vector<std::uint32_t>> schedule_;     // delays per pre neuron: a ring of arrivals to come
    std::vector<std::uint32_t> position_row_, position_;   // a view as pre: neuron -> its places in the view

    // Kinetics.
    std::shared_ptr<const SynapseModel> synapse_;
    std::unique_ptr<SynapseLoop> synapse_loop_;
    std::vector<Buffer> states_;
    Buffer spike_arrival_time_;              // [ms]
    std::vector<std::uint64_t> pulse_end_;   // age at which the transmitter is off again
    std::uint64_t pulse_steps_ = 0;          // for the dt below
    double pulse_dt_ = 0;

    // Plasticity; loop null without.
    std::shared_ptr<const PlasticityModel> plasticity_;
    std::unique_ptr<PlasticityLoop> plasticity_loop_;
    std::vector<Buffer> plasticity_states_;
    Buffer factor_;

    // What the kinetics give, in the last steps: one slot, or one a step of delay where connections have their own.
    std::vector<Buffer> history_;
    std::size_t newest_ = 0;
    Buffer h_;

    // Output; loop null without.
    std::unique_ptr<OutputLoop> output_loop_;
    std::vector<Buffer> output_parameters_;
    OutputArrays output_arrays_;
    Buffer current_;  // where the output has no target

    std::uint64_t age_ = 0;
};

}  // namespace bouton
