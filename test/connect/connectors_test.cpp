// SPDX-License-Identifier: Apache-2.0
// Connectors without chance, and the type that holds any connector.
#include <cmath>

#include <bouton/core/error.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "connect_test.hpp"

namespace bouton {
namespace {

using test::message_of;
using test::random;
using test::row_sums;
using Pairs = std::vector<Pair>;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(All2All, counts_axes_of_a_population_together) {
    const auto graph = All2All{}({2, 2}, 3, random);
    EXPECT_EQ(graph.num_pre(), 4u);
    EXPECT_EQ(graph.size(), 12u);
    EXPECT_EQ(All2All{.include_self = false}(4, 3, random).size(), 9u);
    EXPECT_EQ(all2all(2, 2, random).size(), 4u);
}

TEST(One2One, names_both_sizes_where_they_differ) {
    EXPECT_EQ(one2one(3, {1, 3}, random).size(), 3u);
    EXPECT_THAT(message_of<ShapeError>([] { One2One{}(3, 4, random); }), HasSubstr("3 and 4"));
}

TEST(MatConn, connects_where_an_entry_is_not_zero_also_if_negative) {
    const MatConn connector{{{2, 3}, {0, -1, 0.5, 0, 0, INFINITY}}};
    EXPECT_EQ(connector(2, 3, random).to_pairs(), (Pairs{{0, 1}, {0, 2}, {1, 2}}));
    EXPECT_EQ((MatConn{{{0, 3}, {}}}(0, 3, random).size()), 0u);
}

TEST(MatConn, refuses_another_shape_and_entries_that_are_no_number) {
    const MatConn connector{{{3, 4}, std::vector<double>(12, 1.)}};
    EXPECT_EQ(message_of<ShapeError>([&] { connector(4, 3, random); }),
              "a matrix of connections has shape (3, 4), but must have the shape (pre, post) = (4, 3)");
    EXPECT_THROW((MatConn{{{2, 2}, {1, 0}}}(2, 2, random)), ShapeError);
    EXPECT_THROW((MatConn{{{1, 2}, {1, NAN}}}(1, 2, random)), ParameterError);
}

TEST(IJConn, takes_pairs_in_any_order_and_more_than_once) {
    const IJConn connector{.i = {2, 0, 2}, .j = {1, 3, 1}};
    EXPECT_EQ(connector(3, 4, random).to_pairs(), (Pairs{{2, 1}, {0, 3}, {2, 1}}));
    EXPECT_EQ((IJConn{}(3, 4, random).size()), 0u);
}

TEST(IJConn, refuses_neurons_that_do_not_exist) {
    EXPECT_EQ(message_of<IndexError>([] {
                  IJConn{.i = {0, 9}, .j = {0, 0}}(4, 3, random);
              }),
              "index 9 of IJConn.i, but must be below 4");
    EXPECT_THROW((IJConn{.i = {0}, .j = {3}}(4, 3, random)), IndexError);
    EXPECT_THROW((IJConn{.i = {0}, .j = {std::int64_t{1} << 32}}(4, 3, random)), IndexError);
    EXPECT_THROW((IJConn{.i = {-1}, .j = {0}}(4, 3, random)), ParameterError);
    EXPECT_THROW((IJConn{.i = {0, 1}, .j = {0}}(4, 3, random)), ShapeError);
    EXPECT_THROW((IJConn{.i = {0}, .j = {0}}(0, 0, random)), IndexError);
}

TEST(CSRConn, keeps_the_order_within_a_row) {
    const CSRConn connector{.indices = {3, 0, 1}, .inptr = {0, 2, 2, 3}};
    EXPECT_EQ(connector(3, 4, random).to_pairs(), (Pairs{{0, 3}, {0, 0}, {2, 1}}));
}

TEST(CSRConn, refuses_what_is_no_csr_matrix_of_these_populations) {
    EXPECT_THROW((CSRConn{.indices = {0}, .inptr = {0, 1}}(2, 2, random)), ShapeError);
    EXPECT_THROW((CSRConn{.indices = {0}, .inptr = {0, 1, 0}}(2, 2, random)), ShapeError);
    EXPECT_THROW((CSRConn{.indices = {0}, .inptr = {0, -1, 1}}(2, 2, random)), ShapeError);
    EXPECT_THROW((CSRConn{.indices = {0}, .inptr = {-1, 0, 1}}(2, 2, random)), ParameterError);
    EXPECT_THROW((CSRConn{.indices = {2}, .inptr = {0, 1, 1}}(2, 2, random)), IndexError);
    EXPECT_THROW((CSRConn{.indices = {-1}, .inptr = {0, 1, 1}}(2, 2, random)), ParameterError);
    EXPECT_THROW((CSRConn{}(2, 2, random)), ShapeError);
}

TEST(SparseMatConn, ignores_values) {
    const SparseMatConn connector{.indices = {1, 0}, .indptr = {0, 1, 2}, .values = {0, NAN}};
    EXPECT_EQ(connector(2, 2, random).to_pairs(), (Pairs{{0, 1}, {1, 0}}));
    EXPECT_THROW((SparseMatConn{.indices = {1}, .indptr = {0, 1, 1}, .values = {1, 2}}(2, 2, random)), ShapeError);
}

TEST(GridFour, joins_neighbours_along_the_axes) {
    const Shape shape{3, 4};
    EXPECT_THAT(row_sums(GridFour{}(shape, shape, random)), ElementsAre(2, 3, 3, 2, 3, 4, 4, 3, 2, 3, 3, 2));
    EXPECT_THAT(row_sums(GridFour{.include_self = true}(shape, shape, random)),
                ElementsAre(3, 4, 4, 3, 4, 5, 5, 4, 3, 4, 4, 3));
    EXPECT_THAT(row_sums(GridFour{.periodic_boundary = true}(shape, shape, random)), Each(4));
    EXPECT_EQ(grid_four({2, 2}, {2, 2}, random).to_pairs(),
              (Pairs{{0, 1}, {0, 2}, {1, 0}, {1, 3}, {2, 0}, {2, 3}, {3, 1}, {3, 2}}));
    const Shape cube{3, 3, 3};
    EXPECT_EQ(row_sums(GridFour{}(cube, cube, random))[13], 6u);
}

TEST(GridEight, joins_the_diagonals_too) {
    const Shape shape{3, 4};
    EXPECT_THAT(row_sums(grid_eight(shape, shape, random)), ElementsAre(3, 5, 5, 3, 5, 8, 8, 5, 3, 5, 5, 3));
    EXPECT_EQ(GridEight{}(shape, shape, random).csr(), GridN{}(shape, shape, random).csr());
}

TEST(GridN, reaches_as_far_as_it_says) {
    const Shape line(6);
    EXPECT_THAT(row_sums(GridN{.N = 2}(line, line, random)), ElementsAre(2, 3, 4, 4, 3, 2));
    EXPECT_EQ(GridN{.N = 0}(line, line, random).size(), 0u);
    EXPECT_EQ((GridN{.N = 0, .include_self = true}(line, line, random).size()), 6u);
    EXPECT_EQ((GridN{.N = INT64_MAX, .include_self = true}(line, line, random).size()), 36u);
}

TEST(GridN, connects_a_neighbour_once_where_two_ways_of_a_ring_lead_to_it) {
    const Shape shape{3, 4};  // both axes shorter than 2 N + 1: everything sees everything
    const auto graph = GridN{.N = 2, .periodic_boundary = true}(shape, shape, random);
    EXPECT_EQ(graph.size(), 132u);
    EXPECT_FALSE(test::has_duplicates(graph));
    const Shape ring(7);
    EXPECT_EQ((GridN{.N = 2, .periodic_boundary = true}(ring, ring, random).csr()),
              (Csr{{0, 4, 8, 12, 16, 20, 24, 28},
                   {1, 2, 5, 6, 0, 2, 3, 6, 0, 1, 3, 4, 1, 2, 4, 5, 2, 3, 5, 6, 0, 3, 4, 6, 0, 1, 4, 5}}));
    EXPECT_THAT(row_sums(GridFour{.periodic_boundary = true}({2, 1}, {2, 1}, random)), Each(1));
}

TEST(Grid, refuses_different_shapes_and_negative_reach) {
    EXPECT_EQ(message_of<ShapeError>([] {
                  GridFour{}({3, 4}, {4, 3}, random);
              }),
              "GridFour connects populations of the same shape, but these have the shapes (3, 4) and (4, 3)");
    EXPECT_THROW(GridEight{}(3, 4, random), ShapeError);
    EXPECT_THROW((GridN{.N = -1}(3, 3, random)), ParameterError);
}

TEST(Grid, of_no_neuron_and_of_one) {
    for (const Shape& shape : {Shape(0), Shape{3, 0}}) {
        EXPECT_EQ(GridFour{.periodic_boundary = true}(shape, shape, random).size(), 0u);
        EXPECT_EQ(GridN{.N = 5}(shape, shape, random).size(), 0u);
    }
    EXPECT_EQ(GridFour{.periodic_boundary = true}(1, 1, random).size(), 0u);
    EXPECT_EQ((GridEight{.include_self = true, .periodic_boundary = true}(1, 1, random).size()), 1u);
}

TEST(Connector, holds_rules_functions_lists_and_matrices) {
    const Connector rule = One2One{};
    EXPECT_EQ(rule(3, 3, random).kind(), Connectivity::Kind::one_to_one);
    const Connector function = [](const Shape& pre, const Shape& post, const Random&) {
        return Connectivity::all_to_all(pre.count(), post.count(), true);
    };
    EXPECT_EQ(function(2, 3, random).size(), 6u);
    const Connector matrix = Array{{2, 1}, {1, 0}};
    EXPECT_EQ(matrix(2, 1, random).to_pairs(), (Pairs{{0, 0}}));
    const auto graph = IJConn{.i = {0}, .j = {2}}(2, 3, random);
    const Connector existing = graph, copy = existing;
    EXPECT_EQ(&copy(2, 3, random).csr(), &graph.csr());  // shared, not copied
}

TEST(Connector, checks_the_sizes_of_what_it_holds) {
    const Connector existing = Connectivity::all_to_all(4, 3, true);
    EXPECT_EQ(message_of<ShapeError>([&] { existing(3, 4, random); }),
              "a connectivity joins 4 to 3 neurons, but the populations have 3 and 4");
    EXPECT_THROW(existing(3, 3, random), ShapeError);
    EXPECT_THROW(existing(4, 4, random), ShapeError);
    const std::function<Connectivity(const Shape&, const Shape&, const Random&)> nothing;
    EXPECT_THROW(Connector{nothing}(1, 1, random), UsageError);
}

}  // namespace
}  // namespace bouton
