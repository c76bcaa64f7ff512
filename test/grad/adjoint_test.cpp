// SPDX-License-Identifier: Apache-2.0
// Reverse mode is the transpose of forward mode, on networks of every model, method, output, plasticity and delay.
#include <gtest/gtest.h>

#include "random_networks.hpp"
#include "support/sanitized.hpp"

namespace bouton::test {
namespace {

/// <cotangents, push(tangent)> = <pull(cotangents), tangent>, quantity by quantity.
void expect_transpose(Case& given) {
    RecordedRun run(given.net, given.options);
    run.run_steps(given.steps);
    NamedValues cotangents;
    unsigned seed = 1;
    for (const std::string& name : run.monitors()) cotangents[name] = random_values(run[name].shape, ++seed);
    const NamedValues pulled = run.pullback(cotangents, given.quantities);
    for (const std::string& quantity : given.quantities) {
        const Values& derivative = pulled.at(quantity);
        const Values tangent = random_values(derivative.shape, ++seed);
        Product by_pull, by_push;
        by_pull.add(derivative, tangent);
        const NamedValues pushed = run.pushforward({{quantity, tangent}});
        for (const auto& [name, change] : pushed) by_push.add(cotangents.at(name), change);
        EXPECT_NEAR(by_pull.sum, by_push.sum, 1e-12 * std::max(by_pull.size, by_push.size)) << quantity;
        EXPECT_GT(by_pull.size, 0) << quantity;
    }
}

const Settings settings{.mode = Mode::training(2)};
const LIF cell{.V_rest = -60, .V_reset = -65, .V_th = -50, .tau_ref = 0.7};

struct Options {
    std::string method = "exp_auto";
    Output output = COBA{.E = 0};
    Plasticity stp = {};
    Delay delay = {};
    Weight g_max = 0.1;
    Connector connector = All2All{};
};

/// Two layers and a loop back, through a synapse.
Case layers(const Synapse& synapse, const Options& given, const std::vector<std::string>& of_synapse,
            const NeuronOptions& neurons = {}, const Neuron& neuron = cell) {
    Case made{Network(settings), {}, {}};
    NeuronOptions options = neurons;
    options.initial.insert_or_assign("V", Uniform{.min_val = -60, .max_val = -52});
    if (!options.spike_fun) options.spike_fun = Surrogate("sigmoid", {{"alpha", 1}});
    const Population pre = made.net.add("pre", neuron, 5, options), post = made.net.add("post", neuron, 4, options);
    made.net.connect("syn", pre, post, given.connector, synapse,
                     {.g_max = given.g_max,
                      .delay_step = given.delay,
                      .output = given.output,
                      .stp = given.stp,
                      .method = given.method});
    made.net.connect("back", post, pre, FixedProb{.prob = 0.6}, GABAa{}, {.delay_step = 2});
    made.options = {
        .inputs = {{"pre.input", drive(made.steps, 5, 14, 6, 3)}, {"post.input", drive(made.steps, 8, 12, 6, 4)}},
        .monitors =
            {"pre.V", "pre.spike", "post.V", {"post.spike", {2, 0}}, "post.input", "syn.g", "syn.h", {"back.g", {}, 3}},
        .dt = 0.2};
    made.quantities = {"syn.g_max",  "back.g_max", "back.alpha", "back.output.E", "pre.input",
                       "post.input", "pre.V",      "post.V",     "syn.g",         "pre.spike"};
    for (const std::string& quantity : of_synapse) made.quantities.push_back("syn." + quantity);
    return made;
}

const std::vector<std::string> of_ampa{"alpha", "beta", "T", "output.E"};
const std::vector<std::string> of_nmda{"alpha1", "beta1", "alpha2", "beta2", "T_0", "x"};

TEST(Adjoint, of_every_method) {
    std::size_t count = 0;
    for (const std::string_view method : Method::names()) {
        if (test::is_sanitized && ++count % 3 != 0) continue;
        const testing::ScopedTrace trace(__FILE__, __LINE__, std::string(method));
        Case ampa = layers(AMPA{}, {.method = std::string(method)}, of_ampa, {.method = std::string(method)});
        expect_transpose(ampa);
        Case nmda = layers(BioNMDA{}, {.method = std::string(method), .output = MgBlock{}}, of_nmda);
        expect_transpose(nmda);
    }
}

TEST(Adjoint, of_every_output) {
    Case coba = layers(GABAa{}, {.output = COBA{.E = {-70, -60, 0, 10}}}, of_ampa);
    expect_transpose(coba);
    Case cuba = layers(AMPA{}, {.output = CUBA{}, .g_max = 3}, {"alpha", "beta", "T"});
    expect_transpose(cuba);
    Case block = layers(BioNMDA{}, {.output = MgBlock{.cc_Mg = {1, 1.2, 0, 2}}},
                        {"alpha1", "output.E", "output.cc_Mg", "output.alpha", "output.beta"});
    expect_transpose(block);
    Case onto_V = layers(AMPA{}, {.output = Output(COBA{.E = 0}, "V"), .g_max = 0.02}, of_ampa);
    expect_transpose(onto_V);
    Case nowhere = layers(AMPA{}, {.output = Output(COBA{.E = 0}, std::nullopt)}, {"alpha", "output.E"});
    nowhere.options.monitors.emplace_back("syn.current");
    expect_transpose(nowhere);
    Case none = layers(AMPA{}, {.output = Output()}, {"alpha", "beta"});
    expect_transpose(none);
}

TEST(Adjoint, of_every_plasticity) {
    for (const std::string method : {"exp_auto", "rk4"}) {
        Case std = layers(AMPA{}, {.stp = {STD{.tau = 20, .U = 0.3}, method}}, {"alpha", "stp.tau", "stp.U", "stp.x"});
        std.options.monitors.emplace_back("syn.stp.x");
        expect_transpose(std);
        Case stp = layers(BioNMDA{}, {.output = MgBlock{}, .stp = {STP{.U = 0.2, .tau_f = 30, .tau_d = 20}, method}},
                          {"alpha1", "stp.U", "stp.tau_f", "stp.tau_d", "stp.x", "stp.u"});
        stp.options.monitors.emplace_back("syn.stp.u");
        expect_transpose(stp);
    }
}

TEST(Adjoint, of_synapses_that_jump) {
    const Options options{.output = CUBA{}, .stp = STD{.tau = 20, .U = 0.3}};
    Case exponential = layers(ExponentialSynapse{.tau = 3}, options, {"tau"});
    expect_transpose(exponential);
    Case dual = layers(DualExponential{}, options, {"tau_rise", "tau_decay"});
    expect_transpose(dual);
    Case alpha = layers(Alpha{}, options, {"tau_decay"});
    expect_transpose(alpha);
    Case nmda = layers(NMDA{}, options, {"a", "tau_decay", "tau_rise"});
    expect_transpose(nmda);
    Case delta = layers(Delta{}, options, {});
    std::erase(delta.quantities, "syn.g");
    expect_transpose(delta);
}

TEST(Adjoint, of_every_form_of_delay) {
    for (const Delay& delay : {Delay(), Delay(0), Delay(3), Delay{0, 1, 2, 5, 9},
                               Delay(Array{{5, 4}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 1, 2, 3, 0, 0, 0, 7, 2, 1}})}) {
        Case given = layers(AMPA{}, {.delay = delay, .g_max = Uniform{.min_val = 0.05, .max_val = 0.1}}, of_ampa);
        expect_transpose(given);
        given.options.memory = 30 << 10;
        given.net.reset_state();
        expect_transpose(given);
    }
}

TEST(Adjoint, of_every_form_of_weights) {
    const auto matrix = [](std::size_t n) {
        std::vector<double> values = numbers(n, 7);
        for (double& value : values) value = 0.1 * std::abs(value);
        return values;
    };
    const Array full{{5, 4}, matrix(20)};
    const Connector list = IJConn{{0, 4, 2, 1, 4, 3}, {1, 3, 0, 2, 0, 1}}, no_self = All2All{.include_self = false};
    for (const auto& [connector, weight] :
         std::vector<std::pair<Connector, Weight>>{{All2All{}, 0.1},
                                                   {All2All{}, full},
                                                   {All2All{}, PerPre{matrix(5)}},
                                                   {no_self, 0.1},
                                                   {no_self, full},
                                                   {no_self, PerConnection{matrix(16)}},
                                                   {list, 0.2},
                                                   {list, full},
                                                   {list, PerConnection{matrix(6)}},
                                                   {list, PerPre{matrix(5)}}}) {
        Case given = layers(AMPA{}, {.g_max = weight, .connector = connector}, of_ampa);
        expect_transpose(given);
    }
}

TEST(Adjoint, of_every_neuron) {
    const auto given = [](const auto& model, double input, double V, std::vector<std::string> quantities,
                          const std::string& method = "exp_auto", std::optional<Parameter> noise = std::nullopt) {
        const testing::ScopedTrace trace(__FILE__, __LINE__, std::string(model.name) + " " + method);
        Case made{Network(settings), {}, {}};
        const Population pre = made.net.add(
            "pre", model, 5, {.initial = {{"V", V}}, .method = method, .noise = noise, .spike_fun = "sigmoid"});
        made.options = {
            .inputs = {{"pre.input", drive(made.steps, 10, input, input / 4, 5)}}, .monitors = {"pre.V"}, .dt = 0.1};
        made.quantities = {"pre.input", "pre.V"};
        if (pre.has_spike()) {
            const Population post = made.net.add("post", LIF{}, 3, {.initial = {{"V", 5.0}}});
            made.net.connect("syn", pre, post, All2All{}, AMPA{});
            made.options.monitors.insert(made.options.monitors.end(), {"pre.spike", "post.V"});
            made.quantities.emplace_back("syn.alpha");
        }
        for (const std::string& q : quantities) made.quantities.push_back("pre." + q);
        expect_transpose(made);
    };
    for (const std::string method : {"exp_auto", "heun2"}) {
        given(LIF{.tau_ref = 1}, 150, 5, {"V_rest", "V_reset", "V_th", "R", "tau"}, method);
        given(LeakyIntegrator{}, 20, 5, {"V_rest", "R", "tau"}, method);
        given(ALIFBellec2020{.tau_ref = 1}, 40, -62, {"V_rest", "V_th", "R", "beta", "tau", "tau_a", "a"}, method);
        given(ExpIF{.tau_ref = 1}, 60, -60, {"V_rest", "V_reset", "V_th", "V_T", "delta_T", "R", "tau"}, method);
        given(QuaIF{.tau_ref = 1}, 120, -48, {"V_rest", "V_reset", "V_th", "V_c", "c", "R", "tau"}, method);
        given(AdExIF{}, 120, -60, {"V_rest", "V_T", "delta_T", "a", "b", "tau", "tau_w", "R", "w"}, method);
        given(AdQuaIF{}, 150, -48, {"V_rest", "V_c", "a", "b", "c", "tau", "tau_w", "w"}, method);
        given(GIF{.A1 = 1, .A2 = 0.5}, 8, -60, {"V_rest", "tau", "R", "k1", "R2", "A1", "A2", "I1", "V_th"}, method);
        given(Izhikevich{}, 40, -50, {"a", "b", "c", "d", "V_th", "u"}, method);
    }
    for (const std::string method : {"exp_auto", "rk4"}) {
        given(HindmarshRose{}, 10, 1, {"a", "b", "c", "d", "r", "s", "V_rest", "V_th", "y", "z"}, method);
        given(FHN{}, 3, 1, {"a", "b", "tau", "Vth", "w"}, method);
        given(HH{}, 20, -60, {"ENa", "gNa", "EK", "gK", "EL", "gL", "V_th", "C", "m", "h", "n"}, method);
        given(MorrisLecar{}, 200, 0, {"V_Ca", "g_Ca", "g_K", "g_leak", "C", "V1", "V2", "V3", "V4", "phi", "W"},
              method);
        given(WangBuzsakiModel{}, 10, -50, {"ENa", "gNa", "EK", "gK", "gL", "phi", "C", "h", "n"}, method);
    }
    for (const std::string method : {"exp_auto", "srk1w1", "heun"}) given(LIF{}, 150, 5, {"V_th", "tau"}, method, 2.0);
    given(LIF{.tau = {8, 9, 10, 11, 12}}, 150, 5, {"V_th", "tau"});
}

TEST(Adjoint, of_views_inner_networks_and_groups) {
    Case made{Network(settings), {}, {}};
    Network inner(settings, "inner");
    const NeuronOptions options{.initial = {{"V", -52.0}}, .spike_fun = "sigmoid"};
    const Population source = made.net.add("source", SpikeTimeGroup{{0, 0.4, 3, 3.2}, {0, 1, 0, 2}}, 3);
    const Population a = made.net.add("a", cell, 6, options), b = inner.add("b", cell, 4, options);
    inner.connect("within", b, b, All2All{.include_self = false}, GABAa{}, {.delay_step = 1});
    made.net.add("inner", inner);
    made.net.connect("ab", a.view({4, 0, 4, 1}), b.view({3, 1}), All2All{}, AMPA{}, {.delay_step = Delay{0, 3, 1, 2}});
    made.net.connect("ba", b, a.slice(0, 6, 2), All2All{}, BioNMDA{});
    made.net.connect("first", source, a, All2All{}, AMPA{}, {.stp = STD{}});
    made.options = {.inputs = {{"a.input", drive(made.steps, 6, 14, 6, 3)},
                               {"a.input", 0.9, Operation::multiply},
                               {"inner.b.input", 9.0},
                               {"inner.b.V", 0.999, Operation::multiply}},
                    .monitors = {"a.V", "inner.b.V", "inner.b.spike"},
                    .dt = 0.2};
    made.quantities = {"ab.g_max", "ba.g_max",      "first.g_max", "inner.within.g_max", "a.input",
                       "a.V",      "inner.b.V",     "inner.b.tau", "source.spike",       "first.stp.U",
                       "ab.T",     "inner.b.input", "ba.x"};
    expect_transpose(made);
}

/// As many rows as fill whole vectors: what was given is kept by neuron.
TEST(Adjoint, of_a_batch) {
    for (const Connector& connector : {Connector(FixedProb{.prob = 0.4}), Connector(All2All{})}) {
        Case made{Network({.mode = Mode::training(32)}), {}, {}};
        const NeuronOptions options{.initial = {{"V", Uniform{.min_val = -60, .max_val = -52}}},
                                    .spike_fun = Surrogate("sigmoid", {{"alpha", 1}})};
        const Population pre = made.net.add("pre", cell, 11, options), post = made.net.add("post", cell, 3, options);
        made.net.connect("syn", pre, post, connector, AMPA{}, {.g_max = Uniform{.min_val = 0.05, .max_val = 0.2}});
        made.options = {.inputs = {{"pre.input", 60.0}, {"post.input", 8.0}}, .monitors = {"post.V", "syn.h"}};
        made.quantities = {"syn.g_max", "syn.alpha", "syn.g", "pre.V", "pre.input"};
        expect_transpose(made);
    }
}

TEST(Adjoint, of_spikes_that_are_fed) {
    Case made{Network(settings), {}, {}};
    const Population source = made.net.add("source", SpikeTimeGroup{{}, {}}, 3);
    const Population post = made.net.add("post", cell, 4, {.spike_fun = "sigmoid"});
    made.net.connect("syn", source, post, All2All{}, AMPA{});
    std::vector<double> fed(made.steps * 3);
    for (std::size_t i = 0; i < fed.size(); i += 7) fed[i] = 0.3;
    made.options = {.inputs = {{"source.spike", PerStep{Array{{made.steps, 3}, fed}}, Operation::set}},
                    .monitors = {"post.V", "source.spike"}};
    made.quantities = {"source.spike", "syn.g_max"};
    expect_transpose(made);
}

}  // namespace
}  // namespace bouton::test
