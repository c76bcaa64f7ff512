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
    std::string_view synapse_name() const { return synapse_->name(); }
    /// "alpha", "stp.tau", "output.E", "g_max".
    Array parameter(std::string_view name) const;
    /// Copies everything that a step changes into an archive, or back.
    void exchange(Archive& archive);
    void take_state(ProjectionPart& other);

    // For who differentiates it.
    const SynapseModel& synapse() const { return *synapse_; }
    const Method& method() const { return method_; }
    const PlasticityModel* plasticity() const { return plasticity_.get(); }
    const Method& plasticity_method() const { return plasticity_method_; }
    const OutputModel* output_model() const { return output_.get(); }
    const OutputArrays& output_arrays() const { return output_arrays_; }
    kernel::PropagatorState& state() { return state_; }
    const kernel::Propagator& propagator() const { return *propagator_; }
    std::span<const std::uint32_t> last_arrivals() const { return arrivals_.last(); }
    WeightForm weight_form() const { return weight_form_; }
    const Buffer& h();
    const Buffer& current() const { return current_; }
    std::string how() const;
    std::uint64_t bytes() const { return wiring_.bytes() + (propagator_ ? propagator_->memory() : 0); }

    std::vector<std::string> variables() const;
    Variable variable(std::string_view name);
    void set_parameter(std::string_view parameter, const Parameter& value);
    void set_weights(const Weight& weight);
    /// As `parameter("g_max")` gives them, or one value for all.
    void set_weights_in_form(const Array& value);
    void update(const Clock& clock);
    void update(const Clock& clock, std::span<const double> pre_spike);

    // The same in parts, for a network that shares out the neurons among threads. `prepare`: what must hold before
    // anything changes: both ends have our rows, and there is a propagator for this dt. `begin`: spikes arrive.
    // `deliver`, then `give`, for ranges of the entries row * num_post + j that together are all of them: sums and
    // output, which is added to the target, or to what it is to start from. `finish`: throws where a state is not
    // finite.
    void prepare(const Clock& clock);
    void begin(const Clock& clock);
    void deliver(IndexRange range) { propagator_->deliver(range); }
    void give(IndexRange range) { give(range, output_arrays_.start); }
    void give(IndexRange range, const Buffer* start);
    bool is_finite() const { return finite_; }
    void finish(const Clock& clock);
    std::size_t entries() const { return rows() * num_post(); }
    /// Whether each entry of `target` gets its output, which does not depend on what is there.
    bool covers(const Buffer* target) const {
        return output_loop_ && output_arrays_.target == target && output_arrays_.V != target && !post_.indices();
    }
    /// Whether ranges may be given what is theirs at the same time: no neuron is in two of them.
    bool may_share() const { return post_is_ascending_; }

    void reset_state(std::optional<std::size_t> batch_size);

 private:
    std::size_t rows() const { return settings_.mode.rows(); }
    std::size_t num_pre() const { return wiring_.graph.num_pre(); }
    std::size_t num_post() const { return wiring_.graph.num_post(); }

    void check_delays() const;
    /// As `brainpy_2_4` says.
    std::shared_ptr<const PlasticityModel> plasticity_of(std::shared_ptr<const PlasticityModel> model) const;
    kernel::PropagatorParts parts() const;
    std::unique_ptr<kernel::Propagator> new_propagator(double dt);
    /// Goes on from the state there is with another `part`, which a propagator reads. Throws before anything is
    /// changed.
    template <class Part>
    void change(Part& part, Part changed);
    void build_output(const Output& output);
    /// Makes the arrays for rows() rows, with the values that they start from.
    void start();
    void begin(const Clock& clock, std::span<const std::uint32_t> arrivals);
    /// The rest of a step that has begun, for all neurons.
    void complete(const Clock& clock);
    [[noreturn]] void throw_not_finite(const Clock& clock);
    void bring_up_to_date();
    void bring_h_up_to_date();
    void take_over_written();

    std::string name_;
    View pre_, post_;
    Settings settings_;
    bool stop_spike_gradient_;
    Wiring wiring_;
    WeightForm weight_form_;
    Method method_, plasticity_method_;
    std::shared_ptr<const SynapseModel> synapse_;
    std::shared_ptr<const PlasticityModel> plasticity_;  // null without
    const Kernels& kernels_;

    Arrivals arrivals_;
    kernel::PropagatorState state_;
    std::unique_ptr<kernel::Propagator> propagator_;  // null until the first step says what dt is
    double dt_ = 0;                                   // that it was made for
    bool finite_ = true;                              // the states, after the last step
    bool post_is_ascending_;
    Buffer h_;
    bool h_is_due_ = false;  // to be written when somebody reads it: the output does not

    // Output; both null without.
    std::shared_ptr<const OutputModel> output_;
    std::unique_ptr<OutputLoop> output_loop_;
    std::vector<Buffer> output_parameters_;
    OutputArrays output_arrays_;
    Buffer current_;  // where the output has no target
};

}  // namespace bouton
