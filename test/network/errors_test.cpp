// SPDX-License-Identifier: Apache-2.0
// Every public constructor with values that make no sense. Connectors and initialisers have such tests of their own.
#include <cmath>
#include <limits>
#include <string>
#include <support/message_of.hpp>
#include <vector>

#include <bouton/bouton.hpp>

#include <gtest/gtest.h>

namespace bouton {
namespace {

using test::message_of;

constexpr double infinity = std::numeric_limits<double>::infinity();
const double nan_value = std::nan("");

std::string text(double value) { return std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf"; }

// ---- parameters of models -------------------------------------------------------------------------------------------

/// A finite value that the range excludes.
double outside(Range range) { return range == Range::non_negative ? -1 : 0; }

/// Builds a part from `Model` with one parameter after the other at values that it must refuse.
template <class Model, class Build>
void refuses_bad_parameters(const std::string& owner, const Build& build) {
    for (const auto& field : Model::parameters()) {
        const std::string name = owner + "." + std::string(field.name);
        const auto message = [&](double value) {
            Model model;
            model.*field.member = value;
            return message_of<ParameterError>([&] { build(model); });
        };
        for (const double value : {nan_value, infinity, -infinity})
            EXPECT_EQ(message(value), name + " = " + text(value) + ", but must be finite") << Model::name;
        if (field.range != Range::any) {
            EXPECT_EQ(message(outside(field.range)).substr(0, name.size() + 3), name + " = ") << Model::name;
        }
    }
}

/// The same with arrays of a wrong shape, and with one bad value among good ones.
template <class Model, class Build>
void refuses_bad_arrays(const std::string& owner, const Build& build) {
    for (const auto& field : Model::parameters()) {
        const std::string name = owner + "." + std::string(field.name);
        const auto message = [&](const Parameter& parameter) {
            Model model;
            model.*field.member = parameter;
            return message_of<Error>([&] { build(model); });
        };
        const std::string rule = ", but must be a scalar or have shape (3,)";
        EXPECT_EQ(message({1, 2}), name + " has shape (2,)" + rule) << Model::name;
        EXPECT_EQ(message(std::vector<double>{}), name + " has shape (0,)" + rule) << Model::name;
        EXPECT_EQ(message(Array{{3, 1}, {1, 2, 3}}), name + " has shape (3, 1)" + rule) << Model::name;
        EXPECT_EQ(message({1, nan_value, 1}), name + " = nan, but must be finite") << Model::name;
        EXPECT_EQ(message(Initializer()), "the initialiser of " + name + " is an empty function, but must be callable")
            << Model::name;
    }
}

class ParametersOf : public testing::Test {
 protected:
    template <template <class> class Model>
    void neuron() {
        const auto build = [](const Model<Parameter>& model) { Population("cells", model, 3); };
        refuses_bad_parameters<Model<Parameter>>("cells", build);
        refuses_bad_arrays<Model<Parameter>>("cells", build);
    }
    template <template <class> class Model>
    void output() {
        const auto build = [&](const Model<Parameter>& model) {
            Projection("syn", cells_, cells_, One2One{}, AMPA{}, {.output = model});
        };
        refuses_bad_parameters<Model<Parameter>>("syn.output", build);
        refuses_bad_arrays<Model<Parameter>>("syn.output", build);
    }
    template <template <class> class Model>
    void synapse() {
        refuses_bad_parameters<Model<double>>(
            "syn", [&](const Model<double>& model) { Projection("syn", cells_, cells_, One2One{}, model); });
    }
    template <template <class> class Model>
    void plasticity() {
        refuses_bad_parameters<Model<double>>("syn.stp", [&](const Model<double>& model) {
            Projection("syn", cells_, cells_, One2One{}, AMPA{}, {.stp = model});
        });
    }

    Population cells_{"cells", LIF{}, 3};
};

#define BOUTON_TEST_NEURON(Model) neuron<Model>();
#define BOUTON_TEST_OUTPUT(Model) output<Model>();
#define BOUTON_TEST_SYNAPSE(Model) synapse<Model>();
#define BOUTON_TEST_PLASTICITY(Model) plasticity<Model>();

TEST_F(ParametersOf, every_neuron_are_checked){BOUTON_NEURONS(BOUTON_TEST_NEURON)} TEST_F(ParametersOf,
                                                                                          every_output_are_checked){
    BOUTON_OUTPUTS(BOUTON_TEST_OUTPUT)} TEST_F(ParametersOf, every_synapse_are_checked){
    BOUTON_SYNAPSES(BOUTON_TEST_SYNAPSE)} TEST_F(ParametersOf, every_plasticity_are_checked){
    BOUTON_PLASTICITIES(BOUTON_TEST_PLASTICITY)}

// ---- populations ----------------------------------------------------------------------------------------------------

TEST(Names, are_identifiers) {
    const Population cells("cells", LIF{}, 1);
    for (const std::string name : {"", "1a", "a b", "a.b", "a-b", "\xc3\xa4", "a\n", "[0]"}) {
        const std::string rule = " is \"" + name + "\", but must be letters, digits and underscores, not a digit first";
        EXPECT_EQ(message_of<NameError>([&] { Population(name, LIF{}, 1); }), "the name of a population" + rule);
        EXPECT_EQ(message_of<NameError>([&] { Population(name, SpikeTimeGroup{}, 1); }),
                  "the name of a population" + rule);
        EXPECT_EQ(message_of<NameError>([&] { Projection(name, cells, cells, One2One{}, AMPA{}); }),
                  "the name of a projection" + rule);
        EXPECT_EQ(message_of<NameError>([&] { Network({}, name); }), "the name of a network" + rule);
    }
    for (const std::string name : {"_", "a1", "V_th", "A"}) EXPECT_NO_THROW(Population(name, LIF{}, 1));
}

TEST(PopulationSizes, fit_in_32_bits_and_have_an_axis) {
    const auto message = [](const Shape& size, const Settings& settings = {}) {
        return message_of<ShapeError>([&] { Population("cells", LIF{}, size, {}, settings); });
    };
    EXPECT_EQ(message(Shape()), "the size of cells has no axis, but must have one or more");
    EXPECT_EQ(message(1ull << 32), "cells has 4294967296 neurons in 1 rows, but must have fewer than 2^32 together");
    EXPECT_EQ(message({1u << 20, 1u << 20}).substr(0, 31), "cells has 1099511627776 neurons");
    EXPECT_EQ(message({1ull << 40, 1ull << 40}),
              "shape (1099511627776, 1099511627776) has more elements than 64 bits can count");
    EXPECT_EQ(message(2, {.mode = Mode::batching(1ull << 32)}).substr(0, 19), "cells has 2 neurons");
    EXPECT_THROW(Population("cells", LIF{}, -1), ShapeError);
}

TEST(PopulationOptions, are_checked) {
    const auto message = [](const NeuronOptions& options) {
        return message_of<Error>([&] { Population("cells", LIF{}, 3, options); });
    };
    EXPECT_EQ(message({.initial = {{"W", 1}}}), "no state of cells (LIF) \"W\"; known are V");
    EXPECT_EQ(message({.initial = {{"V", nan_value}}}), "cells.V = nan, but must be finite");
    EXPECT_EQ(message({.initial = {{"V", {1, -infinity, 1}}}}), "cells.V = -inf, but must be finite");
    EXPECT_EQ(message({.initial = {{"V", {1, 2}}}}), "cells.V has shape (2,), but must be a scalar or have shape (3,)");
    EXPECT_EQ(message({.method = "foo"}).substr(0, 27), "no integration method \"foo\"");
    EXPECT_EQ(message({.method = ""}).substr(0, 24), "no integration method \"\"");
    EXPECT_NE(message({.method = "heun"}), "nothing was thrown");
    EXPECT_NE(message({.method = "rk4", .noise = 1}), "nothing was thrown");
    EXPECT_EQ(message({.noise = nan_value}), "cells.noise = nan, but must be finite");
    EXPECT_EQ(message({.noise = Parameter{1, 2}}),
              "cells.noise has shape (2,), but must be a scalar or have shape (3,)");
}

// ---- projections ----------------------------------------------------------------------------------------------------

TEST(ProjectionOptions, are_checked) {
    const Population pre("pre", LIF{}, 4), post("post", LIF{}, 3);
    const auto message = [&](const ProjectionOptions& options, const Connector& connector = All2All{}) {
        return message_of<Error>([&] { Projection("syn", pre, post, connector, AMPA{}, options); });
    };
    EXPECT_EQ(message({.g_max = nan_value}), "syn.g_max = nan, but must be finite");
    EXPECT_EQ(message({.g_max = infinity}), "syn.g_max = inf, but must be finite");
    EXPECT_EQ(message({.g_max = {1, 2}}), "weights of syn have shape (2,), but must be a scalar or have shape (4, 3)");
    EXPECT_EQ(message({.g_max = Array{{3, 4}, std::vector<double>(12)}}),
              "weights of syn have shape (3, 4), but must be a scalar or have shape (4, 3)");
    EXPECT_NE(message({.g_max = PerPre{{1, 2, 3}}}), "nothing was thrown");
    EXPECT_NE(message({.g_max = PerConnection{{1, 2, 3}}}), "nothing was thrown");
    EXPECT_EQ(message({.method = "foo"}).substr(0, 27), "no integration method \"foo\"");
    EXPECT_EQ(message({.comp_method = "foo"}), "no comp_method of syn \"foo\"; known are dense, sparse");
    EXPECT_THROW(Projection("syn", pre, post, One2One{}, AMPA{}), ShapeError);
    EXPECT_THROW(Projection("syn", pre, post, Array{{3, 4}, std::vector<double>(12)}, AMPA{}), ShapeError);
    EXPECT_THROW(Projection("syn", pre, post, IJConn{{4}, {0}}, AMPA{}), IndexError);
    EXPECT_THROW(Projection("syn", pre, post, FixedProb{.prob = 1.5}, AMPA{}), ParameterError);
    EXPECT_THROW(Projection("syn", pre, post, Connectivity::all_to_all(3, 3, true), AMPA{}), ShapeError);
}

TEST(HugeValues, give_finite_numbers_or_an_error) {
    for (const AMPA& model : {AMPA{.alpha = 1e300}, AMPA{.beta = 1e300}, AMPA{.T = 1e300},
                              AMPA{.alpha = 1e300, .T = 1e300}, AMPA{.T_duration = 1e300}, AMPA{.T_duration = -1e300}})
        for (const double weight : {1.0, 1e308, -1e308})
            for (const Precision precision : {Precision::float64, Precision::float32}) {
                Network net({.precision = precision});
                const Population pre = net.add("pre", SpikeTimeGroup{{0, 0}, {0, 1}}, 2);
                const Population post = net.add("post", HH{}, 1);
                net.connect("syn", pre, post, All2All{}, model, {.g_max = weight});
                Runner runner(net, {.monitors = {"post.V", "syn.g"}});
                try {
                    runner.run_steps(20);
                } catch (const Error&) {}
                for (const char* name : {"post.V", "syn.g"})
                    for (const double value : runner.recording()[name].values)
                        ASSERT_TRUE(std::isfinite(value)) << name;
            }
}

// ---- no neurons, and one --------------------------------------------------------------------------------------------

TEST(EmptyGroups, are_run_like_any_other) {
    for (const Mode mode : {Mode::nonbatching(), Mode::batching(2)}) {
        Network net({.mode = mode});
        const std::vector<Population> groups{
            net.add("lif", LIF{.tau_ref = 1}, 0, {.noise = 1}), net.add("hh", HH{.gL = std::vector<double>{}}, {3, 0}),
            net.add("times", SpikeTimeGroup{}, 0), net.add("poisson", PoissonGroup{.freqs = 10}, 0),
            net.add("one", LIF{}, 1)};
        int k = 0;
        for (const Population& pre : groups)
            for (const Population& post : {groups[0], groups[1], groups[4]})
                for (const Delay& delay : {Delay(), Delay(2), Delay(Constant{.value = 3})})
                    net.connect("syn" + std::to_string(k++), pre, post, All2All{}, BioNMDA{},
                                {.delay_step = delay, .stp = STP{}});
        net.connect("each", groups[0], groups[2], One2One{}, AMPA{}, {.output = Output()});
        Runner runner(net, {.inputs = {{"lif.input", 3}, {"lif.V", std::vector<double>{}, Operation::set}},
                            .monitors = {"lif.V", "hh.n", "syn0.g", "syn0.h", "one.V", Monitor::Spikes{"poisson"}}});
        const Recording& mon = runner.run_steps(5);
        EXPECT_TRUE(mon["lif.V"].values.empty());
        EXPECT_TRUE(mon["syn0.h"].values.empty());
        EXPECT_TRUE(mon.events("poisson").steps.empty());
        EXPECT_EQ(mon["one.V"].values, std::vector<double>(5 * mode.rows(), 0));
        net.reset_state();
        runner.run_steps(5);
    }
}

TEST(GroupsOfOne, take_arrays_of_one) {
    Network net;
    const Population one = net.add("one", LIF{.tau = {20}}, 1, {.initial = {{"V", {30}}}});
    net.connect("syn", one, one, All2All{}, AMPA{}, {.g_max = {0.3}, .delay_step = std::vector{2}});
    EXPECT_EQ(net.projection("syn").weights().form, Weights::Form::scalar);
    Runner runner(net, {.monitors = {Monitor::Spikes{"one"}}});
    EXPECT_EQ(runner.run_steps(5).events("one").steps, std::vector<std::uint64_t>{0});
}

}  // namespace
}  // namespace bouton
