// SPDX-License-Identifier: Apache-2.0
/// \file
/// Populations without equations: spikes from a list, from chance, or none.
#pragma once

#include "population_part.hpp"

namespace bouton {

/// Emits the spikes of a list.
class SpikeTimePopulation final : public PopulationPart {
 public:
    SpikeTimePopulation(std::string name, const SpikeTimeGroup& group, const Shape& size, const Settings& settings);
    std::vector<std::string> variables() const override { return {"spike"}; }
    Variable variable(std::string_view name) override;
    Buffer* find(std::string_view) override { return nullptr; }
    void finish(const Clock& clock) override;
    void exchange(Archive& archive) override {
        PopulationPart::exchange(archive);
        archive(next_);
    }

 private:
    void start() override;
    struct Entry {
        double time;
        std::uint32_t neuron;
        std::uint32_t row;  // every_row: all of them
    };
    static constexpr std::uint32_t every_row = 0xffffffffu;
    std::vector<Entry> entries_;  // by time
    std::size_t next_ = 0;
};

/// Emits independent spikes at given rates.
class PoissonPopulation final : public PopulationPart {
 public:
    PoissonPopulation(std::string name, const PoissonGroup& group, const Shape& size, const Settings& settings);
    std::vector<std::string> variables() const override { return {"spike"}; }
    Variable variable(std::string_view name) override;
    Buffer* find(std::string_view) override { return nullptr; }
    void begin(const Clock& clock) override { dt_ = clock.dt; }
    void step(IndexRange range) override;
    void finish(const Clock& clock) override;
    void set_parameter(std::string_view parameter, const Parameter& value) override;
    void exchange(Archive& archive) override {
        PopulationPart::exchange(archive);
        archive(age_);
    }

 private:
    void start() override;
    std::vector<double> resolve_freqs(const Parameter& freqs) const;
    std::vector<double> freqs_;  // [Hz]  1 or num values
    Random draws_;
    std::uint64_t age_ = 0;
    double dt_ = 0;  // [ms]  of this step
};

/// Passes its input on.
class PassPopulation final : public PopulationPart {
 public:
    PassPopulation(std::string name, const Shape& size, const Settings& settings);
    std::vector<std::string> variables() const override { return {"input", "output"}; }
    Variable variable(std::string_view name) override;
    Buffer* find(std::string_view name) override;
    bool has_spike() const override { return false; }
    void finish(const Clock&) override { output_ = input_; }
    void clear_input() override { input_.fill(0); }
    void exchange(Archive& archive) override {
        PopulationPart::exchange(archive);
        archive(input_);
        archive(output_);
    }

 private:
    void start() override;
    Buffer input_, output_;
};

/// Holds what is written from outside.
class ExternalPopulation final : public PopulationPart {
 public:
    ExternalPopulation(std::string name, const ExternalGroup& group, const Shape& size, const Settings& settings);
    std::vector<std::string> variables() const override;
    Variable variable(std::string_view name) override;
    Variable add_variable(const std::string& name);
    Buffer* find(std::string_view name) override;
    void exchange(Archive& archive) override {
        PopulationPart::exchange(archive);
        for (auto& [name, values] : values_) archive(values);
    }

 private:
    void start() override;
    Shape shape_;  // of a variable
    std::map<std::string, Buffer, std::less<>> values_;
};

}  // namespace bouton
