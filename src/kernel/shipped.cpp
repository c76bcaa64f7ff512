// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "sum.hpp"

namespace bouton {
namespace {

/// Every model brings its own loops.
class ShippedKernels final : public Kernels {
 public:
    explicit ShippedKernels(InstructionSet set) : set_(set) {}
    std::unique_ptr<NeuronLoop> neurons(const NeuronModel& model, Precision p, const Method& method) const override {
        return model.loop(p, method, set_);
    }
    std::unique_ptr<SynapseLoop> synapses(const SynapseModel& model, Precision p, const Method& method) const override {
        return model.loop(p, method, set_);
    }
    std::unique_ptr<PlasticityLoop> plasticity(const PlasticityModel& model, Precision p,
                                               const Method& method) const override {
        return model.loop(p, method, set_);
    }
    std::unique_ptr<OutputLoop> output(const OutputModel& model, Precision p) const override {
        return model.loop(p, set_);
    }
    bool event_driven() const override { return true; }
    InstructionSet instruction_set() const override { return set_; }
    void sum(const SumArrays& arrays, Precision p) const override {
        p == Precision::float64 ? kernel::sum<double>(arrays) : kernel::sum<float>(arrays);
    }

 private:
    InstructionSet set_;
};

}  // namespace

const Kernels& shipped_kernels() { return shipped_kernels(best_instruction_set()); }

const Kernels& shipped_kernels(InstructionSet set) {
    static const ShippedKernels baseline(InstructionSet::baseline), avx2(InstructionSet::avx2),
        avx512(InstructionSet::avx512);
    switch (std::min(set, best_instruction_set())) {
        case InstructionSet::baseline:
            return baseline;
        case InstructionSet::avx2:
            return avx2;
        case InstructionSet::avx512:
            return avx512;
    }
    return baseline;
}

}  // namespace bouton
