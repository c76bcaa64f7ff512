# SPDX-License-Identifier: Apache-2.0
"""The committed stub of the module `_core` is the one that nanobind makes of it.

`python python/test/test_core_stub.py` writes it anew.
"""

from pathlib import Path

import pytest

from bouton import _core

STUB = Path(__file__).parents[1] / "bouton" / "_core.pyi"


def generated() -> str:
    stubgen = pytest.importorskip("nanobind.stubgen")
    stub = stubgen.StubGen(_core)
    stub.put(_core)
    return "# SPDX-License-Identifier: Apache-2.0\n" + stub.get().rstrip() + "\n"


def test_stub_is_up_to_date():
    assert generated() == STUB.read_text(), "run python/test/test_core_stub.py"


if __name__ == "__main__":
    STUB.write_text(generated())
