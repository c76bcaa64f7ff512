// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <optional>

#include "population_part.hpp"

namespace bouton {

/// Neurons of one model.
class NeuronPopulation final : public PopulationPart {
 public:
    NeuronPopulation(std::string name, std::shared_ptr<const NeuronModel> model, const Shape& size,
                     const NeuronOptions& options, const Settings& settings);

    std::vector<std::string> variables() const override;
    Variable variable(std::string_view name) override;
    Buffer* find(std::string_view name) override;
    bool has_spike() const override { return model_->has_spike(); }
    void begin(const Clock& clock) override;
    void step(IndexRange range) override;
    void finish(const Clock& clock) override;
    void clear_input() override;
    std::vector<Buffer*> inputs() override;
    void set_parameter(std::string_view parameter, const Parameter& value) override;
    std::vector<std::string_view> parameters() const override;
    Array parameter(std::string_view parameter) const override;
    void exchange(Archive& archive) override;

    // For who differentiates it.
    const NeuronModel& model() const { return *model_; }
    const Method& method() const { return method_; }
    const std::optional<Surrogate>& spike_fun() const { return spike_fun_; }
    std::span<Buffer> states() { return states_; }
    std::span<const Buffer> parameter_buffers() const { return parameters_; }
    Buffer& input() { return input_; }
    /// Of the step that has begun, or the last.
    const NeuronArrays& arrays() const { return arrays_; }
    bool has_refractoriness() const { return refractoriness_.has_value(); }
    /// Marks the neurons whose first state is held in the step that has begun.
    void mark_held(std::span<std::uint8_t> held) const;

 private:
    void start() override;
    /// Everything that holds a V after a spike.
    struct Refractoriness {
        std::vector<double> tau_ref = {};       // [ms]  1 or num values
        AlignedVector<std::int32_t> left = {};  // rows x num: as NeuronArrays says
        AlignedVector<std::int32_t> steps = {};
        double dt = 0;             // [ms]  what `steps` are made for
        Buffer t_last_spike = {};  // [ms]
        Buffer flag = {};          // for who asks
    };
    /// Everything that makes noise.
    struct Noise {
        bool own = false;                    // of the model, not of the options
        std::vector<double> amplitude = {};  // 1 or num values
        std::vector<double> draws = {};
        Buffer W = {}, Z = {};
    };

    /// A parameter in the precision of the run, as the loop reads it.
    Buffer parameter_buffer(const std::vector<double>& values) const;
    /// Takes note of a tau_ref, if any is positive.
    void hold_after_spikes(const std::vector<double>& tau_ref);
    void start_refractoriness();
    std::size_t parameter_index(std::string_view parameter) const;
    bool is_held_by_time(std::size_t at) const;
    void count_refractory_steps(double dt);
    void update_refractory_flag();
    void draw_noise(double dt);
    bool reads_Z() const { return !method_.is_exp_auto() && method_.tableau().reads_Z(); }
    [[noreturn]] void throw_not_finite(const Clock& clock) const;

    std::shared_ptr<const NeuronModel> model_;
    Method method_;
    std::optional<Surrogate> spike_fun_;
    Shape shape_;  // of a variable
    std::vector<std::vector<double>> parameter_values_;
    std::vector<Buffer> parameters_;  // 1 or rows x num values each
    std::vector<Initial> initial_;
    std::vector<Buffer> states_;
    Buffer input_;
    std::optional<Refractoriness> refractoriness_;
    std::optional<Noise> noise_;
    std::unique_ptr<NeuronLoop> loop_;
    std::uint64_t age_ = 0;
    NeuronArrays arrays_;             // of this step
    StepTime time_{};                 // of this step, or the last
    std::atomic<bool> finite_{true};  // all states, after this step
};

}  // namespace bouton
