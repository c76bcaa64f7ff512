// SPDX-License-Identifier: Apache-2.0
/// \file
/// From the spikes that arrive at a projection to what each postsynaptic neuron receives: plasticity, kinetics and the
/// sum over the connections in one object, so that they may be computed in whatever way gives the same numbers.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <bouton/connect/wiring.hpp>
#include <bouton/core/clock.hpp>
#include <bouton/core/index_range.hpp>
#include <bouton/kernel/loop.hpp>

#include "core/archive.hpp"

namespace bouton::kernel {

/// What a propagator is made of. All of it outlives the propagator.
struct PropagatorParts {
    const Kernels& kernels;
    const SynapseModel& synapse;
    Method method;
    const PlasticityModel* plasticity;  // null: none
    Method plasticity_method;
    const Wiring& wiring;
    Precision precision;
    bool brainpy_2_4;
};

/// The presynaptic neurons as users see them: rows x num_pre values each. It belongs to the projection, so that one
/// propagator can take over from another.
struct PropagatorState {
    std::size_t rows = 1;
    std::vector<Buffer> synapse;
    std::vector<Buffer> plasticity;
    Buffer spike_arrival_time;               // [ms]
    AlignedVector<std::uint64_t> pulse_end;  // age at which the transmitter is off again
    std::uint64_t age = 0;                   // steps done

    /// Sets everything to where it starts; the buffers stay where they are.
    void restart(const PropagatorParts& parts, std::size_t rows);
    /// Copies it into an archive, or back.
    void exchange(Archive& archive);
};

/// So many postsynaptic entries are dealt with at a time: their sums and states stay in the nearest cache from one loop
/// to the next.
inline constexpr std::size_t chunk = 2048;

class Propagator {
 public:
    virtual ~Propagator() = default;

    // A step: what presynaptic neurons do in it; then what each postsynaptic neuron gets. The latter is asked for by
    // ranges of entries row * num_post + j, which together are all of them, by several threads it may be: `deliver` for
    // a whole range, then `add`, then `read` for each chunk of it, by any thread, or for all of it.

    /// `arrivals`: row * num_pre + i of the spikes that arrive in this step, each once. False where a state is not
    /// finite; the step is to be completed all the same. What has no use for ranges overwrites all of `h` here.
    virtual bool step(const Clock& clock, std::span<const std::uint32_t> arrivals, Buffer& h) = 0;
    virtual void deliver(IndexRange range) = 0;
    virtual void add(IndexRange range) = 0;
    /// `h`: rows x num_post; the entries of the range are overwritten, unless they have been.
    virtual void read(IndexRange range, Buffer& h) = 0;
    /// What `read` would write, where it need not be written to be used; once everything is delivered, until the next
    /// step.
    virtual std::optional<ScaledSums> sums() const { return std::nullopt; }

    /// Brings the state up to date, before somebody reads it.
    virtual void before_read() = 0;
    /// Takes over what somebody has written to the state.
    virtual void after_write() = 0;
    /// What the presynaptic neurons gave so many steps ago, 0 being the last: the first state, times the factor of the
    /// plasticity. Kept where every step is computed, for as many steps as the longest delay of a connection.
    virtual const Buffer& given(std::size_t steps_ago) const;
    /// The same of the last step as num_pre x rows values, where it is at hand; else null.
    virtual const Buffer* given_by_neuron() const { return nullptr; }
    /// Copies what it has besides the state into an archive, or back.
    virtual void exchange(Archive& archive) = 0;
    /// How it computes, in words.
    virtual std::string how() const = 0;
    /// [bytes] of its arrays
    virtual std::uint64_t memory() const = 0;
};

/// Every neuron and every connection in every step, by the loops of the kernels. `how` says why.
std::unique_ptr<Propagator> step_by_step(const PropagatorParts& parts, PropagatorState& state, double dt,
                                         std::string how);

/// The fastest way that is exact for steps of `dt`: event-driven where the kernels and the equations allow it. Throws
/// ParameterError where a pulse has too many steps to count.
std::unique_ptr<Propagator> make_propagator(const PropagatorParts& parts, PropagatorState& state, double dt);

}  // namespace bouton::kernel
