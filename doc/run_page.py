# SPDX-License-Identifier: Apache-2.0
"""Run the Python of a page: its ```python blocks in their order, as one program.

    python run_page.py page.md

A ```text block right behind a block is what that block prints, and must be. Files are written into the current folder.
"""

import contextlib
import io
import pathlib
import re
import sys

BLOCK = re.compile(r'^```python\n(?P<code>.*?)^```$(?:\n+^```text\n(?P<printed>.*?)^```$)?', re.DOTALL | re.MULTILINE)


def run(page: pathlib.Path) -> None:
    """AssertionError where a block prints anything else than the page says, and whatever the blocks raise."""
    text = page.read_text(encoding='utf-8')
    names = {'__name__': '__main__'}
    for block in BLOCK.finditer(text):
        line = text.count('\n', 0, block.start('code'))
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile('\n' * line + block['code'], str(page), 'exec'), names)
        said = block['printed'] or ''
        assert printed.getvalue() == said, f'{page}:{line + 1} prints\n{printed.getvalue()}\nbut the page says\n{said}'


if __name__ == '__main__':
    run(pathlib.Path(sys.argv[1]))
