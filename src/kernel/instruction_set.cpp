// SPDX-License-Identifier: Apache-2.0
#include <bouton/kernel/instruction_set.hpp>

namespace bouton {

InstructionSet best_instruction_set() {
#ifdef BOUTON_HAS_WIDE_VECTORS
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("fma"))
        return InstructionSet::avx512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return InstructionSet::avx2;
#endif
    return InstructionSet::baseline;
}

}  // namespace bouton
