// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <support/message_of.hpp>
#include <support/traces.hpp>
#include <vector>

#include <bouton/bouton.hpp>

#include <gtest/gtest.h>

namespace bouton {
namespace {

using test::message_of;

const std::vector<double> V{-70, -35.5, 12};

/// Three pairs, the first cell of each having spiked in the step before; one step, then what there is to see.
class Outputs : public testing::Test {
 protected:
    Projection connect(const Output& output) {
        return net_.connect("syn", pre_, post_, One2One{}, AMPA{}, {.g_max = Weight{1, 2, 3}, .output = output});
    }
    void step() { net_.update(clock_); }
    std::vector<double> h() const { return net_.variable("syn.h").values(); }
    std::vector<double> input() const { return post_.variable("input").values(); }

    void SetUp() override {
        pre_.variable("spike").set(1);
        post_.variable("V").set(V);
        post_.variable("w").set({1, 2, 3});
    }

    Network net_;
    Population pre_ = net_.add("pre", SpikeTimeGroup{}, 3);
    Population post_ = net_.add("post", AdExIF{}, 3);
    Clock clock_;
};

TEST_F(Outputs, CUBA_adds_h) {
    connect(CUBA{});
    step();
    EXPECT_GT(h()[0], 0);
    EXPECT_EQ(h()[2], 3 * h()[0]);
    EXPECT_EQ(input(), h());
}

TEST_F(Outputs, COBA_adds_h_times_the_driving_force_of_the_potential_before_the_step) {
    connect(COBA{.E = {0, -80, 5}});
    step();
    const std::vector<double> E{0, -80, 5};
    for (std::size_t j = 0; j < 3; ++j) EXPECT_EQ(input()[j], h()[j] * (E[j] - V[j]));
}

TEST_F(Outputs, MgBlock_adds_what_magnesium_leaves) {
    connect(MgBlock{.E = 10, .cc_Mg = {1.2, 0, 2}, .alpha = {0.062, 0.1, 0.05}, .beta = 3});
    step();
    const std::vector<double> cc_Mg{1.2, 0, 2}, alpha{0.062, 0.1, 0.05};
    for (std::size_t j = 0; j < 3; ++j) {
        const double I = h()[j] * (10 - V[j]) / (1 + cc_Mg[j] / 3 * std::exp(-alpha[j] * V[j]));
        EXPECT_NEAR(input()[j], I, 1e-14 * std::abs(I));
    }
}

TEST_F(Outputs, parameters_may_come_from_an_initialiser) {
    connect(COBA{.E = [](const Shape& shape, const Random&) { return Array{shape, {1, 2, 3}}; }});
    step();
    for (std::size_t j = 0; j < 3; ++j) EXPECT_EQ(input()[j], h()[j] * (static_cast<double>(j) + 1 - V[j]));
}

TEST_F(Outputs, without_an_output_h_changes_nothing) {
    Projection syn = connect(Output());
    step();
    EXPECT_GT(h()[0], 0);
    EXPECT_EQ(syn.variable("current").values(), h());
    EXPECT_EQ(input(), std::vector<double>(3, 0));
}

TEST_F(Outputs, without_a_target_the_current_is_kept_and_not_summed_up) {
    Projection syn = connect({COBA{.E = 7}, std::nullopt});
    for (int k = 0; k < 3; ++k) {
        const std::vector<double> before = post_.variable("V").values();
        step();
        for (std::size_t j = 0; j < 3; ++j) EXPECT_EQ(syn.variable("current").at(j), h()[j] * (7 - before[j])) << k;
    }
    EXPECT_EQ(input(), std::vector<double>(3, 0));
}

TEST_F(Outputs, another_target_is_changed_before_the_neurons_are_stepped) {
    Population twin("twin", AdExIF{}, 3);
    connect({CUBA{}, "V"});
    step();
    std::vector<double> pushed = V;
    for (std::size_t j = 0; j < 3; ++j) pushed[j] += h()[j];
    twin.variable("V").set(pushed);
    twin.variable("w").set({1, 2, 3});
    twin.update(clock_);
    EXPECT_EQ(post_.variable("V").values(), twin.variable("V").values());
    EXPECT_EQ(input(), std::vector<double>(3, 0));
}

TEST_F(Outputs, another_membrane_variable_stands_for_V) {
    connect({COBA{.E = 5}, "input", "w"});
    step();
    for (std::size_t j = 0; j < 3; ++j) EXPECT_EQ(input()[j], h()[j] * (5 - (static_cast<double>(j) + 1)));
}

TEST_F(Outputs, of_several_projections_add_up_until_the_input_is_cleared) {
    connect(CUBA{});
    net_.connect("again", pre_, post_, One2One{}, AMPA{}, {.g_max = Weight{1, 2, 3}, .output = CUBA{}});
    step();
    const std::vector<double> first = h();
    for (std::size_t j = 0; j < 3; ++j) EXPECT_EQ(input()[j], 2 * first[j]);
    step();
    for (std::size_t j = 0; j < 3; ++j) EXPECT_NEAR(input()[j], 2 * first[j] + 2 * h()[j], 1e-15);
    net_.clear_input();
    EXPECT_EQ(input(), std::vector<double>(3, 0));
}

TEST_F(Outputs, name_the_variables_that_post_lacks) {
    EXPECT_EQ(message_of<NameError>([&] {
                  connect({CUBA{}, "foo"});
              }),
              "the target_var of syn is \"foo\", but must be a variable of post: V, w, input");
    EXPECT_EQ(message_of<NameError>([&] {
                  connect({COBA{}, "input", "foo"});
              }),
              "the membrane_var of syn is \"foo\", but must be a variable of post: V, w, input");
    EXPECT_EQ(message_of<NameError>([&] { Projection("syn", post_, pre_, One2One{}, AMPA{}); }),
              "the membrane_var of syn is \"V\", but pre has no variable that it could be");
    EXPECT_THROW(connect({CUBA{}, "spike"}), NameError);
    EXPECT_EQ(net_.names(), (std::vector<std::string>{"pre", "post"}));
}

TEST_F(Outputs, name_a_parameter_of_the_wrong_shape_or_range) {
    EXPECT_EQ(message_of<ShapeError>([&] {
                  connect(COBA{.E = {1, 2}});
              }),
              "syn.output.E has shape (2,), but must be a scalar or have shape (3,)");
    EXPECT_EQ(message_of<ParameterError>([&] { connect(COBA{.E = std::nan("")}); }),
              "syn.output.E = nan, but must be finite");
    EXPECT_EQ(message_of<ParameterError>([&] {
                  connect(MgBlock{.beta = {1, 0, 1}});
              }),
              "syn.output.beta = 0, but must be non-zero and finite");
    EXPECT_EQ(net_.names(), (std::vector<std::string>{"pre", "post"}));
}

TEST(Output, fills_a_population_that_keeps_its_geometry) {
    Network net;
    const Population pre = net.add("pre", SpikeTimeGroup{{0}, {0}}, 1);
    const Population post = net.add("post", LIF{}, {2, 2}, {.keep_size = true});
    net.connect("syn", pre, post, All2All{}, AMPA{}, {.output = CUBA{}});
    Runner runner(net, {.monitors = {"post.input", "syn.h"}});
    const Recording& mon = runner.run_steps(3);
    EXPECT_EQ(mon["post.input"].shape, (Shape{3, 2, 2}));
    EXPECT_EQ(mon["post.input"].values, mon["syn.h"].values);
    EXPECT_GT(mon["post.input"].values[4], 0);
}

}  // namespace
}  // namespace bouton
