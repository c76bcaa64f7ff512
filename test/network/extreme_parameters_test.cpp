// SPDX-License-Identifier: Apache-2.0
// Parameters that are allowed and extreme: every receptor on every kind of connections gives numbers.
#include <cmath>
#include <limits>
#include <vector>

#include <bouton/bouton.hpp>

#include <gtest/gtest.h>

#include "support/message_of.hpp"

namespace bouton {
namespace {

void expect_numbers(const Synapse& synapse, const Plasticity& stp) {
    const Array ones{{2, 2}, {1, 1, 1, 1}};
    for (const Connector& connector : {Connector(All2All{}), Connector(One2One{}), Connector(ones)})
        for (const Delay& delay : {Delay(), Delay(Array{{2, 2}, {0, 1, 2, 0}})}) {
            Network net;
            const Population pre = net.add("pre", SpikeTimeGroup{{0.3, 0.5, 4}, {0, 1, 0}}, 2);
            const Population post = net.add("post", OutputGroup{}, 2);
            net.connect("syn", pre, post, connector, synapse, {.delay_step = delay, .output = Output(), .stp = stp});
            Runner runner(net, {.monitors = {"syn.h", "syn.g"}});
            const Recording& mon = runner.run_steps(100);
            for (const char* name : {"syn.h", "syn.g"})
                for (const double value : mon[name].values) ASSERT_TRUE(std::isfinite(value)) << name;
        }
}

TEST(ExtremeParameters, of_receptors_give_numbers) {
    for (const double rate : {0., 1e-300, 1e-9, 1e3, 1e12})
        for (const Plasticity& stp : {Plasticity(), Plasticity(STD{.tau = 1e-3}), Plasticity(STP{.tau_f = 1e9})}) {
            expect_numbers(AMPA{.alpha = rate}, stp);
            expect_numbers(AMPA{.beta = rate}, stp);
            expect_numbers(GABAa{.T = rate}, stp);
            expect_numbers(BioNMDA{.alpha1 = rate}, stp);
            expect_numbers(BioNMDA{.beta1 = rate}, stp);
            expect_numbers(BioNMDA{.alpha2 = rate}, stp);
            expect_numbers(BioNMDA{.beta2 = rate}, stp);
        }
}

TEST(ExtremeParameters, that_modes_cannot_hold_are_stepped) {
    Network net;
    const Population pre = net.add("pre", SpikeTimeGroup{{0.3}, {0}}, 2), post = net.add("post", OutputGroup{}, 2);
    const Projection syn =
        net.connect("syn", pre, post, Array{{2, 2}, {1, 1, 1, 1}}, BioNMDA{.beta2 = 0}, {.output = Output()});
    net.update({});
    EXPECT_EQ(syn.how(), "step by step, as its second state does not decay");
}

TEST(NetworkParts, have_own_names_at_any_depth) {
    const auto inner = [](const char* name) {
        Network net({}, name);
        net.add("exc", LIF{}, 2);
        return net;
    };
    Network net;
    net.add("left", inner("left"));
    EXPECT_NE(test::message_of<NameError>([&] { net.add("right", inner("right")); }).find("\"exc\""),
              std::string::npos);
    EXPECT_EQ(net.names(), std::vector<std::string>{"left"});
}

TEST(ResetBatch, to_one_that_cannot_be_numbered_changes_nothing) {
    Network net({.mode = Mode::batching(2)});
    const Population cells = net.add("cells", LIF{}, 3);
    EXPECT_THROW(net.reset_state(std::numeric_limits<std::uint32_t>::max()), ShapeError);
    EXPECT_EQ(cells.variable("V").shape(), (Shape{2, 3}));
}

}  // namespace
}  // namespace bouton
