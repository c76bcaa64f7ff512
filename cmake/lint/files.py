# SPDX-License-Identifier: Apache-2.0
"""Rules that hold for single files: licence line, length, contract of a header, where fmt and Random123 may be seen.

Usage: files.py [project root]
"""

import pathlib
import re
import sys

SOURCES = {".hpp", ".cpp", ".py", ".sh", ".cmake", ".in"}
SOURCE_NAMES = {"CMakeLists.txt", "packages.txt", ".clang-tidy"}
MOST_LINES = 700
LICENCE = "SPDX-License-Identifier: Apache-2.0"


def is_skipped(path):
    return path.parts[0] in (".git", ".venv", "out", "build") or path.parts[0].startswith("build-")


def mistakes_of(path, text):
    """A sentence for each rule that the file breaks; `path` is relative to the root."""
    lines = text.splitlines()
    if not any(LICENCE in line for line in lines[:2]):
        yield f"{path} does not begin with {LICENCE}"
    if len(lines) > MOST_LINES:
        yield f"{path} has {len(lines)} lines, but must have at most {MOST_LINES}"
    if not text.endswith("\n") or text.endswith("\n\n"):
        yield f"{path} must end with exactly one line break"
    if path.suffix == ".hpp":
        if "/// " not in text:
            yield f"{path} must say what it is for"
        if "#pragma once" not in lines:
            yield f"{path} lacks #pragma once"
        if path.parts[0] != "test" and re.search(r"#\s*include\s*[<\"](fmt|Random123)/", text):
            yield f"{path} includes fmt or Random123, which only a .cpp may"


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    mistakes, count = [], 0
    for file in sorted(root.rglob("*")):
        path = file.relative_to(root)
        is_source = path.suffix in SOURCES or path.name in SOURCE_NAMES
        if not is_source or is_skipped(path) or not file.is_file():
            continue
        count += 1
        mistakes.extend(mistakes_of(path, file.read_text(encoding="utf-8")))
    print(*mistakes, f"{count} files, {len(mistakes)} mistakes", sep="\n")
    return 1 if mistakes or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
