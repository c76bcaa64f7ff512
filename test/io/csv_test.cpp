// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>
#include <support/message_of.hpp>
#include <unistd.h>
#include <vector>

#include <bouton/core/error.hpp>
#include <bouton/io/csv.hpp>

#include <gtest/gtest.h>

namespace bouton {
namespace {

namespace fs = std::filesystem;

/// A folder of this test alone, empty at its start and gone at its end.
class Csv : public testing::Test {
 protected:
    Csv() { fs::remove_all(folder_); }
    ~Csv() override { fs::remove_all(folder_); }

    fs::path file(const std::string& name) const { return folder_ / name; }
    static std::string content(const fs::path& path) {
        std::stringstream text;
        text << std::ifstream(path).rdbuf();
        return text.str();
    }

    fs::path folder_ = fs::path(testing::TempDir()) /
                       (std::string("bouton_csv_") + testing::UnitTest::GetInstance()->current_test_info()->name() +
                        std::to_string(getpid()));
};

TEST_F(Csv, is_a_header_and_rows) {
    write_csv(file("a.csv"), std::vector<Column>{{"t", {0.1, 0.2}}, {"exc.V[0]", {-65, 1e-300}}});
    EXPECT_EQ(content(file("a.csv")), "t,exc.V[0]\n0.1,-65\n0.2,1e-300\n");
}

TEST_F(Csv, makes_folders_and_replaces_what_was_there) {
    const fs::path path = file("x/y/a.csv");
    write_csv(path, std::vector<Column>{{"a", {1, 2, 3}}});
    write_csv(path, std::vector<Column>{{"b", {4}}});
    EXPECT_EQ(content(path), "b\n4\n");
}

TEST_F(Csv, reading_gives_back_the_same_bits) {
    const std::vector<double> values{
        0.1, 1.0 / 3, 5e-324, std::numeric_limits<double>::max(), -0.0, 1e17, 0x1.fffffffffffffp-3};
    write_csv(file("a.csv"), std::vector<Column>{{"v", values}});
    std::ifstream in(file("a.csv"));
    std::string line;
    std::getline(in, line);
    for (const double value : values) {
        std::getline(in, line);
        const double back = std::strtod(line.c_str(), nullptr);
        EXPECT_EQ(back, value) << line;
        EXPECT_EQ(std::signbit(back), std::signbit(value)) << line;
    }
}

TEST_F(Csv, may_have_no_rows_and_no_columns) {
    write_csv(file("rows.csv"), std::vector<Column>{{"a", {}}, {"b", {}}});
    EXPECT_EQ(content(file("rows.csv")), "a,b\n");
    write_csv(file("columns.csv"), {});
    EXPECT_EQ(content(file("columns.csv")), "");
}

TEST_F(Csv, columns_of_different_length_are_refused_and_write_nothing) {
    const fs::path path = file("a.csv");
    EXPECT_EQ(test::message_of<ShapeError>([&] {
                  write_csv(path, std::vector<Column>{{"t", {1, 2}}, {"V", {1, 2, 3}}});
              }),
              "column V of " + path.string() + " has 3 rows, but t has 2");
    EXPECT_FALSE(fs::exists(folder_));
}

TEST_F(Csv, a_place_that_cannot_be_written_is_an_error) {
    write_csv(file("a.csv"), std::vector<Column>{{"a", {1}}});
    for (const fs::path& path : {folder_, file("a.csv") / "b.csv"})
        EXPECT_EQ(test::message_of<Error>([&] {
                      write_csv(path, std::vector<Column>{{"a", {1}}});
                  }),
                  path.string() + " cannot be opened for writing");
}

}  // namespace
}  // namespace bouton
