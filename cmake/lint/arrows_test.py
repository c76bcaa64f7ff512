# SPDX-License-Identifier: Apache-2.0
"""arrows.py finds each kind of forbidden include when one is planted, and leaves the allowed ones alone."""

import pathlib
import tempfile
import unittest

import arrows


class Arrows(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.write("include/bouton/core/shape.hpp", "#include <vector>")
        self.write("include/bouton/network/network.hpp", "#include <bouton/core/shape.hpp>")
        self.write("include/bouton/bouton.hpp", "#include <bouton/network/network.hpp>")
        self.write("src/kernel/block.hpp", "#include <bouton/core/shape.hpp>")
        self.write("src/network/network.cpp", '#include "kernel/block.hpp"')
        self.write("reference/csr.hpp", "#include <bouton/core/shape.hpp>")
        self.write("test/core/shape_test.cpp", '#include "reference/csr.hpp"\n#include "kernel/block.hpp"')
        self.write("example/pair/pair.cpp", "#include <bouton/bouton.hpp>")

    def write(self, path, text):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text + "\n", encoding="utf-8")

    def mistake_of(self, path, text):
        """The one mistake of the tree after `text` was planted in `path`."""
        self.write(path, text)
        _, mistakes = arrows.check(self.root)
        self.assertEqual(len(mistakes), 1, mistakes)
        return mistakes[0]

    def test_a_right_tree_has_no_mistakes_and_shows_its_arrows(self):
        found, mistakes = arrows.check(self.root)
        self.assertEqual(mistakes, [])
        self.assertEqual(
            set(found),
            {
                ("network", "core"),
                ("bouton", "network"),
                ("kernel", "core"),
                ("network", "kernel"),
                ("reference", "core"),
                ("test", "reference"),
                ("test", "kernel"),
                ("example", "bouton"),
            },
        )

    def test_a_room_does_not_see_what_stands_right_of_it(self):
        mistake = self.mistake_of("src/core/a.cpp", "#include <vector>\n#  include <bouton/network/x.hpp>")
        self.assertIn("src/core/a.cpp:2 includes include/bouton/network/x.hpp", mistake)

    def test_neighbours_do_not_see_each_other(self):
        self.assertIn("connect may not", self.mistake_of("src/connect/a.cpp", "#include <bouton/model/ampa.hpp>"))

    def test_a_relative_path_is_followed(self):
        mistake = self.mistake_of("include/bouton/core/a.hpp", '#include "../network/network.hpp"')
        self.assertIn("core may not", mistake)

    def test_a_public_header_sees_no_source(self):
        mistake = self.mistake_of("include/bouton/network/a.hpp", '#include "kernel/block.hpp"')
        self.assertIn("the private src/kernel/block.hpp", mistake)

    def test_examples_and_benchmarks_see_public_headers_only(self):
        self.assertIn("private", self.mistake_of("bench/a.cpp", '#include "../src/kernel/block.hpp"'))

    def test_only_tests_see_the_reference(self):
        self.assertIn("network may not", self.mistake_of("src/network/a.cpp", '#include "reference/csr.hpp"'))

    def test_the_reference_does_not_see_the_network(self):
        mistake = self.mistake_of("reference/a.cpp", "#include <bouton/network/network.hpp>")
        self.assertIn("reference may not", mistake)

    def test_a_new_folder_must_be_entered_in_the_table(self):
        self.assertIn("no known room", self.mistake_of("src/misc/a.cpp", ""))


if __name__ == "__main__":
    unittest.main()
