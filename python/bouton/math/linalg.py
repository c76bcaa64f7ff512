# SPDX-License-Identifier: Apache-2.0
"""`numpy.linalg` returning `bouton.math.Array`."""

from typing import Any

import numpy.linalg

from bouton.math.numpy_mirror import lookup, names


def __getattr__(name: str) -> Any:
    found = lookup(name, numpy.linalg)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return names(numpy.linalg)
