// SPDX-License-Identifier: Apache-2.0
/// \file
/// Networks: named parts, and the order of a step.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bouton/core/clock.hpp>
#include <bouton/core/settings.hpp>
#include <bouton/network/population.hpp>
#include <bouton/network/projection.hpp>

namespace bouton {

class NetworkPart;

/// A network. A handle: copies are the same network.
///
///     Network net({.seed = 1});
///     Population pre = net.add("pre", HH{}, 1);
///     Population post = net.add("post", HH{}, 1);
///     Projection syn = net.connect("syn", pre, post, All2All{}, AMPA{});
///
/// One step: all projections, in the order in which they were added; all populations; the networks inside, each with
/// its own step; last, the delay lines of the populations of this network advance. So a current uses the membrane
/// potential from before the step and the conductance of this step, and a spike of step n acts at step n + 1 at the
/// earliest.
class Network {
 public:
    explicit Network(const Settings& settings = {}, std::string name = "net");

    const std::string& name() const;
    const Settings& settings() const;

    /// Makes a population with the settings of the network and adds it under its name.
    template <class Model>
    Population add(const std::string& name, const Model& model, const Shape& size,
                   const NeuronOptions& options = {}) requires std::is_constructible_v<Neuron, const Model&> {
        return add(name, Population(name, Neuron(model), size, options, settings()));
    }
    template <class Group>
    Population add(const std::string& name, const Group& group,
                   const Shape& size) requires(!std::is_constructible_v<Neuron, const Group&>) {
        return add(name, Population(name, group, size, settings()));
    }
    /// Makes a projection and adds it under its name.
    Projection connect(const std::string& name, const View& pre, const View& post, const Connector& connector,
                       const Synapse& synapse, const ProjectionOptions& options = {});

    /// Adds a part that exists. `name` is what this network calls it, which may differ from its own name. A part that
    /// is added twice is stepped once by this network. NameError where the name is taken, or where another part, here
    /// or inside, has the same name of its own: draws are functions of that name. UsageError where the settings differ
    /// or a network would contain itself.
    Population add(const std::string& name, const Population& population);
    Projection add(const std::string& name, const Projection& projection);
    Network add(const std::string& name, const Network& network);

    /// A part by its name here, or by the path "inner.exc"; NameError lists the known ones.
    Population population(std::string_view path) const;
    Projection projection(std::string_view path) const;
    Network network(std::string_view path) const;
    /// "exc.V", "inner.exc.V", "syn.g", "syn.stp.x", "syn.pre.V". A part is also found at any depth by its own name.
    Variable variable(std::string_view path) const;

    /// A parameter by its path: "exc.tau", "syn.alpha", "syn.g_max", "syn.stp.tau", "syn.output.E". Of shape () or as
    /// it was given; `g_max` of shape (), (pre,), (connections,) in the order of the user, (pre, post), or (n,).
    Array parameter(std::string_view path) const;
    /// Changes it, between steps. ShapeError unless the value is one number or has that shape; ParameterError where it
    /// is out of range. Nothing is changed then.
    void set_parameter(std::string_view path, const Array& value);

    /// The names of the direct parts, in the order in which they were added.
    std::vector<std::string> names() const;
    const std::vector<Population>& populations() const;
    const std::vector<Projection>& projections() const;
    const std::vector<Network>& networks() const;

    /// What it is made of, at any depth: a line for each population and projection, with their sizes, the memory of
    /// the connections and how each projection is computed. For people to read.
    std::string summary() const;

    /// One step.
    void update(const Clock& clock);
    /// Sets the input of every population to 0, at any depth. The runner does so at the end of each step.
    void clear_input();
    /// Everything to where it started: states, plasticity, inputs, delay lines. Initial values are drawn again, to the
    /// same values. `batch_size`: see Population.
    void reset_state(std::optional<std::size_t> batch_size = std::nullopt);

    /// For the other rooms of the library.
    const std::shared_ptr<NetworkPart>& part() const { return part_; }
    bool operator==(const Network&) const = default;

 private:
    std::shared_ptr<NetworkPart> part_;
};

}  // namespace bouton
