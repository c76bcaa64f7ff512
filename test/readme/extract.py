# SPDX-License-Identifier: Apache-2.0
"""Write each ```cpp block of a Markdown page to <folder>/<page>_<n>.cpp and print the names, as a CMake list."""

import pathlib
import re
import sys

page, folder = map(pathlib.Path, sys.argv[1:])
text = page.read_text(encoding="utf-8")
names = []
for number, block in enumerate(re.finditer(r"^```cpp\n(.*?)^```$", text, re.DOTALL | re.MULTILINE), start=1):
    line = text.count("\n", 0, block.start(1)) + 1
    names.append(f"{page.stem}_{number}")
    program = folder / f"{names[-1]}.cpp"
    content = f'#line {line} "{page}"\n{block[1]}'
    if not program.exists() or program.read_text(encoding="utf-8") != content:
        program.write_text(content, encoding="utf-8")
print(";".join(names))
