// SPDX-License-Identifier: Apache-2.0
#include "sum.hpp"

namespace bouton {
namespace {

/// Every model brings its own loops.
class ShippedKernels final : public Kernels {
 public:
    std::unique_ptr<NeuronLoop> neurons(const NeuronModel& model, Precision p, const Method& method) const override {
        return model.loop(p, method);
    }
    std::unique_ptr<SynapseLoop> synapses(const SynapseModel& model, Precision p, const Method& method) const override {
        return model.loop(p, method);
    }
    std::unique_ptr<PlasticityLoop> plasticity(const PlasticityModel& model, Precision p,
                                               const Method& method) const override {
        return model.loop(p, method);
    }
    std::unique_ptr<OutputLoop> output(const OutputModel& model, Precision p) const override { return model.loop(p); }
    bool event_driven() const override { return true; }
    InstructionSet instruction_set() const override { return best_instruction_set(); }
    void sum(const SumArrays& arrays, Precision p) const override {
        p == Precision::float64 ? kernel::sum<double>(arrays) : kernel::sum<float>(arrays);
    }
};

}  // namespace

const Kernels& shipped_kernels() {
    static const ShippedKernels kernels;
    return kernels;
}

}  // namespace bouton
