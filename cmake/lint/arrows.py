# SPDX-License-Identifier: Apache-2.0
"""Which folder includes which: print the arrows between the rooms of the source tree, fail on one that is not allowed.

A room is a folder below include/bouton/ together with the folder of the same name below src/, or one of the folders
reference, test, bench, example and python. Usage: arrows.py [project root]
"""

import collections
import pathlib
import re
import sys

LIBRARY = {  # room: rooms that it may include
    "version": set(),
    "core": {"version"},
    "math": {"core"},
    "init": {"core", "math"},
    "model": {"core", "math", "init"},
    "connect": {"core", "math", "init"},
    "kernel": {"core", "math", "init", "model", "connect"},
    "network": {"core", "math", "init", "model", "connect", "kernel"},
    "run": {"core", "math", "init", "model", "connect", "kernel", "network"},
    "grad": {"core", "math", "init", "model", "connect", "kernel", "network", "run"},
    "io": {"core", "math", "init", "model", "connect", "kernel", "network"},
}
LIBRARY["bouton"] = set(LIBRARY)
ALLOWED = LIBRARY | {
    "reference": {"core", "math", "init", "model", "connect", "kernel"},
    "test": {*LIBRARY, "reference"},
    "bench": set(LIBRARY),
    "example": set(LIBRARY),
    "python": set(LIBRARY),
}
SINGLE_HEADERS = {"bouton.hpp": "bouton", "own_model.hpp": "kernel", "version.hpp": "version"}  # of include/bouton/
SEES_SOURCES = {"src", "reference", "test"}  # the others include public headers only

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def room_of(path):
    """The room of a file given by its path below the root, or None where it stands in none."""
    top, *rest = path.parts
    if top in ("include", "src"):
        rest = rest[1:] if top == "include" else rest
        name = SINGLE_HEADERS.get(rest[0]) if len(rest) == 1 else rest[0]
    else:
        name = top
    return name if name in ALLOWED else None


def resolve(root, file, quote, name):
    """The path below the root of the project's file that an #include means, or None for a header of others."""
    if quote == "<":
        return pathlib.Path("include", name) if name.startswith("bouton/") else None
    for folder in (root / file.parent, root / "src", root, root / "test", root / "include"):
        target = (folder / name).resolve()
        if target.is_file() and target.is_relative_to(root):
            return target.relative_to(root)
    return None


def check(root):
    """The arrows found, as {(from, to): number of includes}, and a sentence for each mistake."""
    root = root.resolve()
    arrows, mistakes = collections.Counter(), []
    folders = ("include", "src", "reference", "test", "bench", "example", "python")
    files = sorted(f for folder in folders for end in ("hpp", "cpp") for f in (root / folder).rglob(f"*.{end}"))
    for file in (f.relative_to(root) for f in files):
        source = room_of(file)
        if source is None:
            mistakes.append(f"{file} stands in no known room")
            continue
        for number, line in enumerate((root / file).read_text(encoding="utf-8").splitlines(), start=1):
            match = INCLUDE.match(line)
            target_file = resolve(root, file, *match.groups()) if match else None
            if target_file is None:
                continue
            target = room_of(target_file)
            private = target_file.parts[0] == "src" and file.parts[0] not in SEES_SOURCES
            if target is None:
                mistakes.append(f"{file}:{number} includes {target_file}, which stands in no known room")
            elif private or (target != source and target not in ALLOWED[source]):
                what = "the private " if private else ""
                mistakes.append(f"{file}:{number} includes {what}{target_file}, which {source} may not")
            elif target != source:
                arrows[source, target] += 1
    return arrows, mistakes


def main():
    arrows, mistakes = check(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "."))
    print("room: what it includes (how often)")
    for room in ALLOWED:
        targets = [f"{target} ({arrows[room, target]})" for target in ALLOWED if arrows[room, target]]
        if targets:
            print(f"{room}: {', '.join(targets)}")
    print(*mistakes, sep="\n", end="\n" if mistakes else "")
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main())
