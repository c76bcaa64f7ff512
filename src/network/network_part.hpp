// SPDX-License-Identifier: Apache-2.0
/// \file
/// What is behind a Network handle.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include <bouton/network/network.hpp>

#include "core/archive.hpp"
#include "core/workers.hpp"
#include "range_hooks.hpp"
#include "step_observer.hpp"

namespace bouton {

class NetworkPart {
 public:
    using Part = std::variant<Population, Projection, Network>;

    NetworkPart(const Settings& settings, std::string name);

    const std::string& name() const { return name_; }
    const Settings& settings() const { return settings_; }
    const std::vector<Population>& populations() const { return populations_; }
    const std::vector<Projection>& projections() const { return projections_; }
    const std::vector<Network>& networks() const { return networks_; }
    std::vector<std::string> names() const;

    /// Throws before anything is changed.
    template <class Kind>
    void add(const std::string& name, const Kind& part);

    /// The part that a path leads to; null if there is none.
    const Part* find(std::string_view path) const;
    Variable variable(std::string_view path) const;
    /// Whether `part` is this network or inside it.
    bool contains(const NetworkPart* part) const;

    std::string summary(std::string_view indent = "") const;
    /// The number of workers changes how soon, not what.
    void update(const Clock& clock, Workers& workers, RangeHooks* hooks = nullptr);
    /// A population, whether all that goes to it goes to its ranges one after the other, between the hooks, and the
    /// first projection that does (null: none).
    struct Fed {
        PopulationPart* part;
        bool by_ranges;
        const ProjectionPart* first;
    };
    /// All populations, at any depth.
    std::vector<Fed> fed();
    /// The same, while somebody looks on.
    void update(const Clock& clock, Workers& workers, StepObserver& observer);
    /// Copies everything that a step changes, at any depth, into an archive or back.
    void exchange(Archive& archive);
    /// A parameter of a part by its path, as one value or as many as were given.
    Array parameter(std::string_view path) const;
    void set_parameter(std::string_view path, const Array& value);
    /// Neurons in all rows of the largest population, at any depth.
    std::size_t most_entries() const;
    void clear_input();
    void reset_state(std::optional<std::size_t> batch_size);

 private:
    struct Entry {
        std::string name;
        Part part;
    };
    /// Throws NameError where another part here or inside has the name that `part` itself or one inside it has: draws
    /// are functions of that name.
    template <class Kind>
    void check_own_names(const Kind& part) const;
    /// The projections whose sums are formed and given together with a step of the neurons that they go to, while those
    /// are at hand: all those onto whole populations of this network that none goes to otherwise.
    struct Target {
        Population population;
        std::vector<Projection> projections;
    };
    /// Made when a step is due and parts have been added.
    void plan();
    void collect_fed(std::vector<Fed>& all, std::vector<const PopulationPart*>& fed_at_once);

    /// Throws before anything is changed.
    void check_reset(std::optional<std::size_t> batch_size) const;
    const Part* find_here(std::string_view name) const;
    std::pair<const Part*, std::string_view> part_of_parameter(std::string_view path) const;
    /// By its own name, at any depth.
    const Part* find_anywhere(std::string_view name) const;

    std::string name_;
    Settings settings_;
    std::vector<Entry> entries_;  // in the order in which they were added
    std::vector<Population> populations_;
    std::vector<Projection> projections_;
    std::vector<Network> networks_;
    std::vector<Target> targets_;          // the plan of a step: each population,
    std::vector<Projection> first_given_;  // and the projections that are dealt with before
    bool is_planned_ = false;
};

}  // namespace bouton
