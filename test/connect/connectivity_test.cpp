// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <bouton/core/error.hpp>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "connect_test.hpp"

namespace bouton {
namespace {

using Kind = Connectivity::Kind;
using Pairs = std::vector<Pair>;

TEST(Connectivity, all_to_all_counts_and_lists_all_pairs) {
    const auto graph = Connectivity::all_to_all(2, 3, true);
    EXPECT_EQ(graph.size(), 6u);
    EXPECT_EQ(graph.to_pairs(), (Pairs{{0, 0}, {0, 1}, {0, 2}, {1, 0}, {1, 1}, {1, 2}}));
}

TEST(Connectivity, without_self_removes_equal_numbers_also_between_sizes_that_differ) {
    EXPECT_EQ(Connectivity::all_to_all(2, 3, false).to_pairs(), (Pairs{{0, 1}, {0, 2}, {1, 0}, {1, 2}}));
    EXPECT_EQ(Connectivity::all_to_all(3, 2, false).to_pairs(), (Pairs{{0, 1}, {1, 0}, {2, 0}, {2, 1}}));
    EXPECT_EQ(Connectivity::all_to_all(3, 2, false).size(), 4u);
    EXPECT_EQ(Connectivity::all_to_all(1, 1, false).size(), 0u);
}

TEST(Connectivity, one_to_one_needs_equal_sizes) {
    EXPECT_EQ(Connectivity::one_to_one(3, 3).to_pairs(), (Pairs{{0, 0}, {1, 1}, {2, 2}}));
    EXPECT_THROW(Connectivity::one_to_one(3, 4), ShapeError);
}

TEST(Connectivity, keeps_the_order_of_pairs_that_were_given_unsorted) {
    const Pairs given{{2, 1}, {0, 3}, {2, 0}, {0, 1}, {2, 1}};
    const auto graph = Connectivity::from_pairs(3, 4, given);
    EXPECT_EQ(graph.csr(), (Csr{{0, 2, 2, 5}, {1, 3, 0, 1, 1}}));
    EXPECT_EQ(std::vector(graph.order().begin(), graph.order().end()), (std::vector<std::uint64_t>{3, 1, 2, 0, 4}));
    EXPECT_EQ(graph.to_pairs(), given);
}

TEST(Connectivity, needs_no_order_for_sorted_pairs) {
    EXPECT_TRUE(Connectivity::from_pairs(3, 4, Pairs{{0, 1}, {0, 1}, {2, 0}}).order().empty());
}

TEST(Connectivity, a_pair_given_twice_is_two_connections_unless_asked_otherwise) {
    const auto graph = Connectivity::from_pairs(2, 2, Pairs{{1, 0}, {0, 1}, {1, 0}, {0, 0}});
    EXPECT_EQ(graph.to_matrix(), (std::vector<std::uint32_t>{1, 1, 2, 0}));
    const auto once = graph.without_duplicates();
    EXPECT_EQ(once.to_pairs(), (Pairs{{1, 0}, {0, 1}, {0, 0}}));
    EXPECT_EQ(once.csr(), (Csr{{0, 2, 3}, {0, 1, 0}}));
    EXPECT_TRUE(Connectivity::from_pairs(2, 2, Pairs{{0, 1}, {0, 1}}).without_duplicates().order().empty());
}

TEST(Connectivity, sorts_rows_and_remembers_how_they_were_given) {
    const auto graph = Connectivity::sparse({{0, 3, 4}, {2, 0, 1, 1}}, 3);
    EXPECT_EQ(graph.csr(), (Csr{{0, 3, 4}, {0, 1, 2, 1}}));
    EXPECT_EQ(graph.to_pairs(), (Pairs{{0, 2}, {0, 0}, {0, 1}, {1, 1}}));
}

TEST(Connectivity, refuses_rows_and_neurons_that_do_not_exist) {
    EXPECT_THROW(Connectivity::sparse({{0, 2, 1}, {0, 0}}, 1), ShapeError);  // decreases
    EXPECT_THROW(Connectivity::sparse({{1, 2}, {0, 0}}, 1), ShapeError);     // does not start at 0
    EXPECT_THROW(Connectivity::sparse({{0, 1}, {0, 0}}, 1), ShapeError);     // does not end at 2
    EXPECT_THROW(Connectivity::sparse({{}, {}}, 1), ShapeError);
    EXPECT_THROW(Connectivity::sparse({{0, 1}, {3}}, 3), IndexError);
    EXPECT_THROW(Connectivity::from_pairs(3, 4, Pairs{{3, 0}}), IndexError);
    EXPECT_THROW(Connectivity::from_pairs(3, 4, Pairs{{0, 4}}), IndexError);
    EXPECT_THROW(Connectivity::from_pairs(0, 0, Pairs{{0, 0}}), IndexError);
}

TEST(Connectivity, refuses_populations_that_32_bits_cannot_number) {
    const std::size_t many = std::size_t{1} << 32;
    EXPECT_THROW(Connectivity::all_to_all(many, 1, true), ShapeError);
    EXPECT_THROW(Connectivity::one_to_one(many, many), ShapeError);
    EXPECT_THROW(Connectivity::from_pairs(many, 1, {}), ShapeError);
    EXPECT_THROW(Connectivity::sparse({}, many), ShapeError);
    EXPECT_EQ(Connectivity::all_to_all(many - 1, many - 1, true).size(), (many - 1) * (many - 1));
}

TEST(Connectivity, of_empty_populations_is_empty) {
    for (const auto& graph : {Connectivity::all_to_all(0, 3, true), Connectivity::one_to_one(0, 0),
                              Connectivity::from_pairs(3, 0, {}), Connectivity::all_to_all(3, 0, false)}) {
        EXPECT_EQ(graph.size(), 0u);
        EXPECT_TRUE(graph.to_pairs().empty());
        EXPECT_EQ(graph.to_csr().num_pre(), graph.num_pre());
        EXPECT_EQ(graph.to_csc().num_pre(), graph.num_post());
    }
}

/// Pairs between `num_pre` and `num_post` > 0 neurons, duplicates likely.
Pairs some_pairs(std::uint32_t num_pre, std::uint32_t num_post) {
    return *rc::gen::container<Pairs>(rc::gen::construct<Pair>(rc::gen::inRange<std::uint32_t>(0, num_pre),
                                                               rc::gen::inRange<std::uint32_t>(0, num_post)));
}

RC_GTEST_PROP(Connectivity, all_forms_hold_the_same_connections, ()) {
    const auto num_pre = *rc::gen::inRange<std::uint32_t>(1, 9), num_post = *rc::gen::inRange<std::uint32_t>(1, 9);
    const Pairs given = some_pairs(num_pre, num_post);
    const auto graph = Connectivity::from_pairs(num_pre, num_post, given);
    RC_ASSERT(graph.to_pairs() == given);

    std::vector<std::uint32_t> matrix(std::size_t{num_pre} * num_post, 0);
    for (const Pair& pair : given) ++matrix[pair.pre * num_post + pair.post];
    RC_ASSERT(graph.to_matrix() == matrix);

    RC_ASSERT(Connectivity::sparse(graph.to_csr(), num_post).to_matrix() == matrix);
    RC_ASSERT(transpose(graph.to_csc(), num_pre) == graph.csr());

    Pairs sorted = given;
    std::sort(sorted.begin(), sorted.end());
    const auto pre2syn = graph.pre2syn(), post2syn = graph.post2syn();
    for (std::uint32_t pre = 0; pre < num_pre; ++pre)
        for (const std::uint64_t k : pre2syn[pre]) RC_ASSERT(sorted[k].pre == pre);
    std::size_t synapses = 0;
    for (std::uint32_t post = 0; post < num_post; ++post) {
        synapses += post2syn[post].size();
        for (const std::uint64_t k : post2syn[post]) RC_ASSERT(sorted[k].post == post);
    }
    RC_ASSERT(synapses == given.size());
}

RC_GTEST_PROP(Connectivity, without_duplicates_keeps_the_first_of_each_pair, ()) {
    const Pairs given = some_pairs(4, 3);
    Pairs first;
    for (const Pair& pair : given)
        if (std::find(first.begin(), first.end(), pair) == first.end()) first.push_back(pair);
    RC_ASSERT(Connectivity::from_pairs(4, 3, given).without_duplicates().to_pairs() == first);
}

}  // namespace
}  // namespace bouton
