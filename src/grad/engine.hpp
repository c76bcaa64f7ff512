// SPDX-License-Identifier: Apache-2.0
/// \file
/// Records a run and differentiates it.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include <bouton/grad/recorded_run.hpp>

#include "core/archive.hpp"
#include "core/workers.hpp"
#include "network/network_part.hpp"
#include "nodes.hpp"
#include "run/applied_input.hpp"

namespace bouton::grad {

/// What does not depend on the precision.
class Engine {
 public:
    virtual ~Engine() = default;
    virtual void run(std::uint64_t steps) = 0;
    virtual const Values& record(std::string_view monitor) const = 0;
    virtual NamedValues pullback(const NamedViews& cotangents, const std::vector<std::string>& quantities) = 0;
    virtual NamedValues pushforward(const NamedViews& tangents) = 0;
    virtual std::uint64_t memory() const = 0;
    virtual std::uint64_t steps() const = 0;
    virtual const Clock& clock() const = 0;
    virtual void reset_state() = 0;
    /// BrainPy 2.4 goes on from the end of the duration that was asked for.
    virtual void advance_clock(double duration) = 0;
    virtual std::vector<std::string> monitors() const = 0;
};

std::unique_ptr<Engine> make_engine(const Network& network, RecordedRunOptions options);

/// A monitor: which variable, which entries, in which steps.
struct Probe {
    std::string name;
    Variable variable;
    Place place;
    std::vector<std::uint32_t> selection;  // neurons; empty: all
    std::size_t num = 0;                   // of the node
    std::uint64_t every = 1;
    bool at_end = false;  // a sample of the last step alone
    Values record = {};
    std::size_t width = 0;  // entries of a sample

    std::size_t entry(std::size_t i) const {
        return selection.empty() ? i : i / selection.size() * num + selection[i % selection.size()];
    }
    bool has_sample(std::uint64_t step, std::uint64_t steps) const {
        return at_end ? step + 1 == steps : step % every == 0;
    }
    /// Of the sample of a step, among those of all.
    std::size_t offset(std::uint64_t step) const { return at_end ? 0 : step / every * width; }
};

/// A quantity that derivatives are asked by.
struct Quantity {
    enum class Kind { weights, neuron, synapse, plasticity, output, state, input, spike };
    std::string path;
    Kind kind;
    std::size_t node = 0;
    std::size_t k = 0;                     // parameter or state
    Place place = {};                      // of a state
    Shape shape = {};                      // of what is given back; that of inputs and spikes has the steps
    std::size_t num_values = 1;            // of a parameter: 1, or one a neuron
    std::vector<std::size_t> others = {};  // parameters that have the value of this one
};

template <class Element>
class EngineOf final : public Engine, private StepObserver {
 public:
    EngineOf(const Network& network, RecordedRunOptions options);

    void run(std::uint64_t steps) override;
    const Values& record(std::string_view monitor) const override;
    NamedValues pullback(const NamedViews& cotangents, const std::vector<std::string>& quantities) override;
    NamedValues pushforward(const NamedViews& tangents) override;
    std::uint64_t memory() const override;
    std::uint64_t steps() const override { return steps_; }
    const Clock& clock() const override { return clock_; }
    void reset_state() override {
        clock_ = {.dt = options_.dt, .t0 = options_.t0};
        steps_ = 0;
    }
    void advance_clock(double duration) override {
        clock_.t0 += duration;
        clock_.step0 = clock_.step;
        end_clock_ = clock_;
    }
    std::vector<std::string> monitors() const override;

 private:
    using PopulationNode = grad::PopulationNode<Element>;
    using ProjectionNode = grad::ProjectionNode<Element>;
    /// A network and those inside it, in the order of a step.
    struct Level {
        std::vector<std::size_t> populations, projections;
        std::vector<Level> inner;
    };
    /// A quantity with the sum of its derivatives, or with its change.
    struct Asked {
        Quantity quantity;
        Row<Element> sum = {};            // by a parameter, entry by entry
        std::vector<double> change = {};  // forward
        Buffer values = {};               // inputs and spikes: of every step
    };

    // engine.cpp: what there is
    Level add_level(const NetworkPart& part);
    std::size_t add_population(const Population& population);
    void find_recorded_V(const Level& level);
    void find_monitored_states();
    bool is_target(const Place& place) const;
    void add_projection(const Projection& projection);
    const Linearisation& linearisation_of(const std::type_info& type, const std::string& owner,
                                          std::string_view model) const;
    Place place_of(const Buffer* buffer, const View& view) const;
    Place place_of(const Variable& variable) const;
    Quantity quantity_of(const std::string& path) const;
    Probe make_probe(const Monitor& monitor) const;
    std::size_t rows() const { return network_.settings().mode.rows(); }
    InstructionSet set() const { return set_; }
    Row<Element>& values_at(const Place& place);
    std::size_t num_of(const Place& place) const;

    // record.cpp: the run, from copies of the network it may be
    void begins(ProjectionPart& part) override;
    void gives(ProjectionPart& part) override;
    void keep(const Buffer& from, Recorded<Element>& recorded);
    /// The slot of this step, to be written.
    template <class Value>
    std::span<Value> room(Recorded<Value>& recorded, std::size_t size) const {
        return recorded.slot(now_ - first_slot_, slots_, size);
    }
    void record_before(ProjectionNode& node);
    void decide_what_is_recorded();
    bool depends_on_values(const PopulationNode& node, std::size_t which) const;
    void begins(PopulationPart& part) override;
    void ended(PopulationPart& part) override;
    void step(std::uint64_t k, bool first_time);
    void advance(std::uint64_t begin, std::uint64_t end, bool recording);
    /// Whether the network has the states from before that step.
    bool is_at(std::uint64_t step) const { return has_moved_ && clock_.step == start_clock_.step + step; }
    void plan_memory(std::uint64_t steps);
    std::uint64_t slot_bytes() const;
    Archive copy_of_network();
    void save(std::uint64_t step);
    void restore(std::uint64_t step);
    void start_records(std::uint64_t steps);
    void record_monitors(std::uint64_t k);
    void exchange(Archive& archive);
    Archive parameters() const;
    void check_untouched();
    /// Calls visit(begin, end) for stretches that are recorded, from the last to the first.
    template <class Visit>
    void backwards(std::uint64_t begin, std::uint64_t end, const Visit& visit);

    // pass.cpp: what both directions have in common
    std::vector<Asked> ask(const std::vector<std::string>& quantities);
    void start_pass(std::vector<Asked>& asked);
    void return_to_end();
    void clear_inputs(PopulationNode& node) {
        std::ranges::fill(node.input, Element(0));
        for (const std::size_t k : node.input_states) std::ranges::fill(node.states[k], Element(0));
    }
    void find_what_varies(const std::vector<Asked>& asked);
    const Element* state_before(const PopulationNode& node, std::size_t which, std::uint64_t k) const;
    LinearArrays arrays_of(PopulationNode& node, std::uint64_t k);
    LinearArrays synapse_arrays(ProjectionNode& node, std::uint64_t k);
    LinearArrays plasticity_arrays(ProjectionNode& node, std::uint64_t k);
    LinearArrays output_arrays(ProjectionNode& node, std::uint64_t k);
    /// The entries of the postsynaptic neurons among those of their population, and back, where they are added.
    void gather(const ProjectionNode& node, const Element* from, std::span<Element> to) const;
    void scatter(const ProjectionNode& node, const Row<Element>& from, Row<Element>& to) const;
    const Element* V_of(const ProjectionNode& node, std::uint64_t k) const;
    template <class Body>
    void share(std::size_t entries, const Body& body) {
        workers_->share(entries, worth_a_thread, body);
    }

    // pullback.cpp
    void pull_step(std::uint64_t k, std::vector<Asked>& asked, const NamedViews& cotangents);
    void pull_level(const Level& level, std::uint64_t k, std::vector<Asked>& asked);
    void pull(PopulationNode& node, std::size_t which, std::uint64_t k, std::vector<Asked>& asked);
    void pull(ProjectionNode& node, std::size_t which, std::uint64_t k, std::vector<Asked>& asked);
    void pull_output(ProjectionNode& node, std::size_t which, std::uint64_t k, std::vector<Asked>& asked);
    void pull_kinetics(ProjectionNode& node, std::size_t which, std::uint64_t k, std::vector<Asked>& asked);
    void pull_spikes(ProjectionNode& node, std::uint64_t k);
    void pull_inputs(std::uint64_t k);
    void add_cotangents(std::uint64_t k, const NamedViews& cotangents);
    void start_counting(ProjectionNode& node, std::uint64_t k);
    template <class Loop>
    void pull_parameters(const Loop& loop, const LinearArrays& arrays, std::size_t entries, Quantity::Kind kind,
                         std::size_t which, std::vector<Asked>& asked);
    Values result(Asked& asked);

    // pushforward.cpp
    void push_step(std::uint64_t k, std::vector<Asked>& asked, NamedValues& records);
    void push_level(const Level& level, std::uint64_t k, std::vector<Asked>& asked);
    void push(PopulationNode& node, std::size_t which, std::uint64_t k, std::vector<Asked>& asked);
    void push(ProjectionNode& node, std::size_t which, std::uint64_t k, std::vector<Asked>& asked);
    void push_output(ProjectionNode& node, std::size_t which, std::uint64_t k, std::vector<Asked>& asked);
    void push_sum(ProjectionNode& node, std::uint64_t k);
    void push_spikes(ProjectionNode& node, std::uint64_t k);
    void push_inputs(std::uint64_t k, std::vector<Asked>& asked);
    template <class Loop>
    void push_parameters(const Loop& loop, LinearArrays arrays, std::size_t entries, Quantity::Kind kind,
                         std::size_t which, std::vector<Asked>& asked);

    Network network_;
    RecordedRunOptions options_;
    InstructionSet set_;
    std::vector<PopulationNode> populations_;
    std::vector<ProjectionNode> projections_;
    std::unordered_map<const void*, std::size_t> node_of_;
    Level top_;
    std::vector<AppliedInput> inputs_;
    std::vector<Probe> probes_;
    std::unique_ptr<Workers> workers_;

    // The run.
    Clock clock_, start_clock_, end_clock_;
    bool has_moved_ = false;  // the network is not at the end of the run
    std::uint64_t steps_ = 0;
    std::uint64_t slots_ = 0;         // steps of the run that can be recorded at once
    std::uint64_t slot_bytes_ = 0;    // of the record of one
    std::uint64_t first_slot_ = 0;    // the step of slot 0
    std::uint64_t recorded_end_ = 0;  // slots hold the steps first_slot_ .. here
    std::uint64_t most_copies_ = 0;
    std::map<std::uint64_t, Archive> copies_;  // of the network before a step
    std::vector<Archive> spare_;
    Archive parameters_;     // of the run, to see that nobody has changed them
    std::uint64_t now_ = 0;  // the step that is under way
    bool recording_ = false, first_time_ = false;

    // The pass.
    Row<Element> scratch_, factor_;
    std::vector<const void*> read_;  // what the arrays of a call point to
    std::vector<void*> outputs_, inputs_of_step_;
};

}  // namespace bouton::grad
