# SPDX-License-Identifier: Apache-2.0
"""How much memory there is."""

from __future__ import annotations

import functools
import math
import os


@functools.cache
def memory_of_machine() -> float:
    """[bytes], as far as the system tells; else infinite."""
    try:
        return os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES')
    except (AttributeError, OSError, ValueError):
        return math.inf
