// SPDX-License-Identifier: Apache-2.0
/// \file
/// From the spikes that arrive at a projection to what each postsynaptic neuron receives: plasticity, kinetics and the
/// sum over the connections in one object, so that they may be computed in whatever way gives the same numbers.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <bouton/connect/wiring.hpp>
#include <bouton/core/clock.hpp>
#include <bouton/kernel/loop.hpp>

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
};

class Propagator {
 public:
    virtual ~Propagator() = default;

    /// One step. `arrivals`: row * num_pre + i of the spikes that arrive in it, each once. `h`: rows x num_post,
    /// overwritten. False where a state is not finite.
    virtual bool step(const Clock& clock, std::span<const std::uint32_t> arrivals, Buffer& h) = 0;
    /// Brings the state up to date, before somebody reads it.
    virtual void before_read() = 0;
    /// Takes over what somebody has written to the state. False, with nothing taken over, where another propagator must
    /// go on from there.
    virtual bool after_write() = 0;
    /// How it computes, in words.
    virtual std::string how() const = 0;
};

/// Every neuron and every connection in every step, by the loops of the kernels. `how` says why.
std::unique_ptr<Propagator> step_by_step(const PropagatorParts& parts, PropagatorState& state, double dt,
                                         std::string how);

/// The fastest way that is exact for steps of `dt`: event-driven where the kernels and the equations allow it. Throws
/// ParameterError where a pulse has too many steps to count.
std::unique_ptr<Propagator> make_propagator(const PropagatorParts& parts, PropagatorState& state, double dt);

}  // namespace bouton::kernel
