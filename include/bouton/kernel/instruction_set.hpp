// SPDX-License-Identifier: Apache-2.0
/// \file
/// One binary carries each array loop for several instruction sets and chooses when it runs.
#pragma once

#include <cstddef>

#include <bouton/math/lanes.hpp>

namespace bouton {

/// By the width of their vectors: 16, 32 and 64 bytes. AVX2 and AVX-512 give the same bits.
enum class InstructionSet { baseline, avx2, avx512 };

/// The widest that this processor has and this build carries.
InstructionSet best_instruction_set();

namespace loops {

// Everything that a loop calls is inlined into these functions.
#ifdef BOUTON_HAS_WIDE_VECTORS
template <class Loop, class... Arguments>
__attribute__((target("avx512f,avx512dq,avx512vl,avx512bw,fma,prefer-vector-width=512"), flatten)) auto run_avx512(
    const Arguments&... arguments) {
    return Loop::template run<64>(arguments...);
}
template <class Loop, class... Arguments>
__attribute__((target("avx2,fma"), flatten)) auto run_avx2(const Arguments&... arguments) {
    return Loop::template run<32>(arguments...);
}
#endif
template <class Loop, class... Arguments>
__attribute__((flatten)) auto run_baseline(const Arguments&... arguments) {
    return Loop::template run<16>(arguments...);
}

/// Calls `Loop::run<bytes>(arguments...)` with vectors of so many bytes. The arguments are plain values and pointers.
template <class Loop, class... Arguments>
auto run([[maybe_unused]] InstructionSet set, const Arguments&... arguments) {
#ifdef BOUTON_HAS_WIDE_VECTORS
    if (set == InstructionSet::avx512) return run_avx512<Loop>(arguments...);
    if (set == InstructionSet::avx2) return run_avx2<Loop>(arguments...);
#endif
    return run_baseline<Loop>(arguments...);
}

/// The same for a loop that is not compiled for the widest vectors.
template <class Loop, class... Arguments>
auto run_narrow([[maybe_unused]] InstructionSet set, const Arguments&... arguments) {
#ifdef BOUTON_HAS_WIDE_VECTORS
    if (set >= InstructionSet::avx2) return run_avx2<Loop>(arguments...);
#endif
    return run_baseline<Loop>(arguments...);
}

}  // namespace loops
}  // namespace bouton
