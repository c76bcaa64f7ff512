// SPDX-License-Identifier: Apache-2.0
/// \file
/// Exact gradients: a run that is recorded, and what is pulled back through it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <bouton/core/buffer.hpp>
#include <bouton/core/clock.hpp>
#include <bouton/core/shape.hpp>
#include <bouton/init/parameter.hpp>
#include <bouton/network/network.hpp>
#include <bouton/run/input.hpp>
#include <bouton/run/runner.hpp>

namespace bouton {

class Linearisation;

/// Numbers with a shape, in the precision of the run: what a monitor recorded, a cotangent, a gradient.
struct Values {
    Shape shape;
    Buffer values;  ///< row-major, shape.count() of them

    Values() = default;
    Values(Shape s, Buffer v) : shape(std::move(s)), values(std::move(v)) {}
    /// In double precision.
    Values(const Array& array)  // NOLINT(google-explicit-constructor)
        : shape(array.shape), values(Precision::float64, array.values) {}
    /// As doubles.
    Array array() const;
};
/// By the name of a monitor, or by the path of a quantity.
using NamedValues = std::map<std::string, Values, std::less<>>;

/// The same, of numbers that belong to somebody else, who keeps them where they are meanwhile.
struct ValuesView {
    Shape shape;
    std::variant<std::span<const double>, std::span<const float>> values;

    ValuesView(Shape s, std::span<const double> v) : shape(std::move(s)), values(v) {}
    ValuesView(Shape s, std::span<const float> v) : shape(std::move(s)), values(v) {}
    ValuesView(const Values& of);  // NOLINT(google-explicit-constructor)
    ValuesView(const Array& of)    // NOLINT(google-explicit-constructor)
        : ValuesView(of.shape, std::span(of.values)) {}
    std::size_t size() const {
        return std::visit([](auto v) { return v.size(); }, values);
    }
};
class NamedViews : public std::map<std::string, ValuesView, std::less<>> {
 public:
    using map::map;
    NamedViews(const NamedValues& all) : map(all.begin(), all.end()) {}  // NOLINT(google-explicit-constructor)
};

struct RecordedRunOptions {
    /// As those of a Runner. A function must give the same values whenever it is asked for a step again: parts of the
    /// run may be computed twice.
    std::vector<Input> inputs = {};
    /// Variables, by their paths or under names of their own; `spike` among them. Not functions, not events.
    std::vector<Monitor> monitors = {};
    /// The same, but recorded in the last step alone: states at the end, of shape (1, batch, num).
    std::vector<Monitor> at_end = {};
    double dt = 0.1;       ///< [ms]
    double t0 = 0;         ///< [ms] where the clock starts
    unsigned threads = 0;  ///< as a Runner's; results do not depend on it
    /// [bytes] What the record may need. Steps that do not fit are computed again, to the bit, while they are pulled
    /// back: from copies of the network, which are kept as the room allows. By default 64 MiB, or the twofold of the
    /// square root of the number of steps times what a step needs where that is more. The spikes of the run, 4 bytes
    /// each, and what is monitored are kept besides.
    std::optional<std::uint64_t> memory = std::nullopt;
    /// What derivatives will be asked by; empty: by anything. Only what these need is recorded.
    std::vector<std::string> quantities = {};
    /// For models of your own: `linearisation_of<BasicMyNeuron>()` of grad/own_model.hpp.
    std::vector<std::shared_ptr<const Linearisation>> own_models = {};
};

/// A run of a network in training mode that can be differentiated. It starts from the states that the network has and
/// leaves it with those of the end, as a run of a Runner does, and computes the same numbers.
///
///     Network net({.mode = Mode::training(64)});
///     ...
///     RecordedRun run(net, {.inputs = {{"pre.input", PerStep{current}}}, .monitors = {"post.V"}});
///     run.run(100);
///     const Values& V = run["post.V"];                                     // (steps, batch, neurons)
///     NamedValues gradient = run.pullback({{"post.V", dL_dV}}, {"syn.g_max", "syn.alpha", "pre.input"});
///
/// Quantities are named by paths:
///
///     syn.g_max                        the weights, in the form in which they were given: () for one number, (pre,)
///                                      for PerPre, (connections,) for PerConnection and lists, (pre, post) for a
///                                      matrix (0 where there is no connection), (n,) for one-to-one
///     syn.alpha, syn.T                 parameters of the kinetics: ()
///     syn.stp.tau                      of the plasticity: ()
///     syn.output.E                     of the output: () or (post,), as given
///     pre.tau, pre.V_th                of a neuron: () or the shape of the population, as given
///     pre.V, syn.g, syn.stp.x          states at the start of the run: (batch, num)
///     pre.input                        what the inputs of the runner leave in `input`, in each step: (steps, batch,
///     num) pre.spike                        the spikes of each step, as numbers: (steps, batch, num)
///
/// The rules. The step is differentiated as it is computed: exponential Euler with its own slope, every stage of a
/// Runge-Kutta scheme. A spike s = S(x), x the distance from threshold (in the models' `spike`: now.V - V_th), has the
/// derivative of its surrogate, S'(x) dx; without a surrogate it is a constant. The reset takes s as a constant:
/// V = V1 + s (reset(V1) - V1), ds = 0; a refractory V passes its gradient. The transmitter of a synapse is
///
///     T_n = T (1 - prod_{k=0}^{K-1} (1 - s_{n-k})),    dT_n / ds_{n-m} = T prod_{k != m} (1 - s_{n-k})
///
/// with s the spikes that arrive and K the pulse in steps: the forward rule for s in {0, 1}, re-arming included, with a
/// derivative that reaches neurons which did not spike. Jumps, of STD, STP and synapses, are multiplied by s:
/// y' = y + s (jump(y) - y). Durations (T_duration, tau_ref) and delays have no derivative. `stop_spike_gradient` of a
/// projection makes its s constants. With `brainpy_2_4` all of them are, as in BrainPy 2.4, where spikes enter synapses
/// by comparisons only.
class RecordedRun {
 public:
    /// UsageError where the network is not in training mode or a part has no derivative; else as a Runner.
    explicit RecordedRun(const Network& network, RecordedRunOptions options = {});
    ~RecordedRun();
    RecordedRun(RecordedRun&&) noexcept;
    RecordedRun& operator=(RecordedRun&&) noexcept;

    /// Runs and records, on from where the last run ended; what was recorded before is dropped. The count of steps is
    /// that of a Runner. ParameterError where `memory` does not hold two steps and a copy of the network.
    void run(double duration);
    void run_steps(std::uint64_t steps);

    /// What a monitor recorded: (samples, batch, num). NameError lists the known ones.
    const Values& operator[](std::string_view monitor) const;
    std::vector<std::string> monitors() const;
    const Clock& clock() const;
    /// Rewinds the clock to t0 and step 0, and drops what was recorded. The network keeps its states: see
    /// Network::reset_state.
    void reset_state();
    std::uint64_t steps() const;
    /// [bytes] Of the record: steps and copies of the network.
    std::uint64_t memory() const;

    /// Reverse mode: from the derivatives of a loss by what the monitors recorded, each of the shape of its record, to
    /// its derivatives by the quantities named. May be called again, for the same run. NameError for an unknown name;
    /// ShapeError for a cotangent of another shape; UsageError for a quantity without a derivative, and where the
    /// network was stepped, reset or given other parameters since the run.
    NamedValues pullback(const NamedViews& cotangents, const std::vector<std::string>& quantities);

    /// Forward mode: how the records change where the quantities named move by `tangents`, each of the shape of its
    /// quantity: the derivative along that direction. Errors as those of `pullback`.
    NamedValues pushforward(const NamedViews& tangents);

 private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace bouton
