// SPDX-License-Identifier: Apache-2.0
/// \file
/// The parts of a network as their derivatives are computed: what is recorded of each in a step, and the derivatives of
/// the loss (or the changes, in forward mode) by what it holds at the point that the pass has reached.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <bouton/grad/linearisation.hpp>

#include "connections.hpp"
#include "network/groups.hpp"
#include "network/neuron_population.hpp"
#include "network/projection_part.hpp"

namespace bouton::grad {

/// Where a variable of the network stands among the nodes.
enum class Role { constant, state, input, output, spike, synapse, plasticity, h, current };
struct Place {
    Role role = Role::constant;
    std::size_t node = 0;
    std::size_t k = 0;  // which state

    bool operator==(const Place&) const = default;
};

/// Arrays of a step: vectors of as many rows as a model has states.
template <class Element>
using Rows = std::vector<Row<Element>>;
using Flags = AlignedVector<std::uint8_t>;
/// Of each step of the run: who spiked, or what arrived.
using Events = std::vector<std::vector<std::uint32_t>>;

/// What is recorded of one array: its elements in as many steps as there are slots, in one piece, which large pages
/// hold. Each begins at a line of the cache. A slot holds nothing before it is written.
template <class Element>
class Recorded {
 public:
    bool empty() const { return !all_; }
    const Element* operator[](std::uint64_t slot) const { return all_.get() + slot * stride_; }
    /// To be written: `size` elements.
    std::span<Element> slot(std::uint64_t which, std::uint64_t slots, std::size_t size) {
        stride_ = AlignedAllocator<Element>::lines(size) / sizeof(Element);
        const std::size_t bytes = slots * stride_ * sizeof(Element);
        if (all_.get_deleter().bytes != bytes) {
            all_.reset();
            all_ = Lines(static_cast<Element*>(allocate_lines(bytes)), {bytes});
        }
        return {all_.get() + which * stride_, size};
    }

 private:
    struct Free {
        std::size_t bytes = 0;
        void operator()(Element* memory) const { free_lines(memory, bytes); }
    };
    using Lines = std::unique_ptr<Element[], Free>;
    Lines all_;
    std::size_t stride_ = 0;
};

template <class Element>
struct PopulationNode {
    /// What a step needs to be differentiated: its states and input before it.
    struct Record {
        std::vector<Recorded<Element>> states;
        Recorded<Element> input, W, Z;
        Recorded<std::uint8_t> held;
    };

    PopulationPart* part = nullptr;
    NeuronPopulation* neurons = nullptr;  // null: a group
    PassPopulation* pass = nullptr;
    std::size_t entries = 0;
    std::unique_ptr<LinearLoop> loop;  // of neurons
    bool crosses = false;
    std::vector<std::size_t> input_states;  // which are inputs, and cleared like `input`
    bool is_fed = false;                    // an input of the runner writes its spikes
    bool is_affine = false;                 // derivatives by states and input do not depend on them
    bool is_recorded = false, states_recorded = false, input_recorded = false;
    std::vector<std::optional<std::size_t>> probe_of_state;  // the monitor that has it after every step

    Record record;
    Rows<Element> first_states;  // before the run, of those that a monitor has
    Events spikes;

    // The pass.
    bool varies = false;        // it depends on what is asked for
    bool spikes_vary = false;   // its spikes do
    bool spikes_count = false;  // somebody has a derivative by its spikes
    bool input_adds = false;    // its step is not the only one with a derivative by its input
    Rows<Element> states;
    Row<Element> input, output;
    Rows<Element> spike_ring;  // spike of step n: (n + 1) % size
    Row<Element> x, x_old;
    Flags spiked;

    Row<Element>& spike(std::uint64_t step_plus_1) { return spike_ring[step_plus_1 % spike_ring.size()]; }
};

template <class Element>
struct ProjectionNode {
    struct Record {
        std::vector<Recorded<Element>> synapse, plasticity;  // before the step
        Recorded<Element> g;                                 // the first state after it, where there is plasticity
        Recorded<Element> s;                                 // what the neurons gave, as the connections take it
        Recorded<Element> h, V;
        Recorded<std::uint8_t> is_on;
    };

    ProjectionPart* part = nullptr;
    std::size_t pre = 0, post = 0;  // population nodes
    std::size_t num_pre = 0, num_post = 0, rows = 1;
    std::unique_ptr<LinearLoop> synapse_loop, plasticity_loop, output_loop;
    std::unique_ptr<Connections<Element>> connections;
    Place V, target;
    bool reads_V = false;
    bool V_is_recorded = false;  // with the postsynaptic population, whose it is when the output is given
    std::uint64_t pulse_steps = 0;
    double T = 0;
    bool passes_spikes = false;  // the gradient may pass to the spikes
    bool is_recorded = false, kinetics_recorded = false, output_recorded = false;

    Record record;
    std::vector<Row<Element>> s_before;  // what was given in the steps before the slots: [0] the last
    Events arrivals;
    Events early;  // arrivals before the run whose pulse reaches into it: [0] in the step before the first

    // The pass.
    bool varies = false, kinetics_vary = false, spikes_vary = false;
    bool h_adds = false;  // its output is not the only one with a derivative by h
    Rows<Element> synapse, plasticity;
    Rows<Element> s_ring;                // by s of step n: n % size
    Rows<Element> alone_ring, off_ring;  // by TT of step n, where one spike keeps it on, where none does: n % size
    Row<Element> h, current, jump, by_V, by_target, TT;
    std::vector<Buffer> output_parameters;  // for every entry
    AlignedVector<std::uint16_t> count;     // arrivals in the pulse of this step
    Flags arrived;
    std::vector<double> by_weights;
    std::vector<double> change_of_weights;
    Rows<Element> arrival_ring;  // forward: changes of the spikes that arrived in step n
    std::vector<std::int64_t> last_arrival;

    const std::vector<std::uint32_t>& arrivals_at(std::int64_t step) const {
        static const std::vector<std::uint32_t> none;
        if (step >= 0) return arrivals[static_cast<std::size_t>(step)];
        const auto before = static_cast<std::size_t>(-step - 1);
        return before < early.size() ? early[before] : none;
    }
};

}  // namespace bouton::grad
