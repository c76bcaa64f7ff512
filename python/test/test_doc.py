# SPDX-License-Identifier: Apache-2.0
"""The Python on the pages of the documentation runs, and prints what the pages say."""

import os
import pathlib
import subprocess
import sys

import pytest

import bouton

ROOT = pathlib.Path(__file__).parents[2]
FILES = [ROOT / 'README.md', *sorted((ROOT / 'doc').rglob('*.md'))]
PAGES = [page for page in FILES if '```python' in page.read_text(encoding='utf-8')]
PACKAGE = pathlib.Path(bouton.__file__).parents[1]


def run_page(page, folder):
    command = [sys.executable, '-W', 'error', ROOT / 'doc' / 'run_page.py', page]
    environment = {**os.environ, 'MPLBACKEND': 'Agg', 'PYTHONPATH': str(PACKAGE)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize('page', PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_runs(page, tmp_path):
    done = run_page(page, tmp_path)
    assert done.returncode == 0, done.stderr


def test_a_page_that_prints_something_else_is_found(tmp_path):
    page = tmp_path / 'page.md'
    page.write_text('```python\nprint(1 + 1)\n```\n\n```text\n3\n```\n')
    assert f'{page}:2 prints' in run_page(page, tmp_path).stderr
    page.write_text('```python\nx = 2\n```\n\n```python\nprint(x)\n```\n\n```text\n2\n```\n')
    assert run_page(page, tmp_path).returncode == 0
