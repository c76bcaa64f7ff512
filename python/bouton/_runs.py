# SPDX-License-Identifier: Apache-2.0
"""Runs of the core that are going on, with the interpreter's lock released. Meanwhile other threads may read what is
run, but neither change nor step it."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Any

from bouton.errors import RunningError

_lock = threading.Lock()


class Run:
    """A run that is going on inside of the ``with`` block.

    Parameters
    ----------
    parts : iterable of _core.Population and _core.Projection
        What it steps.

    Raises
    ------
    RunningError
        On entering, if another thread runs one of them.
    """

    def __init__(self, parts: Iterable[Any]):
        self.parts = {hash(part): part.name for part in parts}

    def __enter__(self) -> None:
        self.thread = threading.get_ident()
        with _lock:
            for part in self.parts:
                _check(part)
            going_on.append(self)

    def __exit__(self, *args: Any) -> None:
        with _lock:
            going_on.remove(self)


#: Mostly empty.
going_on: list[Run] = []


def check(system: Any) -> None:
    """RunningError if another thread runs a system."""
    if going_on and (part := system._core_part) is not None:
        _check(hash(part))


def check_storage(storage: Any) -> None:
    """The same for the object of which the core keeps a variable."""
    if going_on and (owner := getattr(storage, 'owner', None)) is not None:
        _check(hash(owner))


def _check(part: int) -> None:
    """The same for a part of the core, by its hash, which is that of its identity."""
    for run in tuple(going_on):
        if run.thread != threading.get_ident() and part in run.parts:
            raise RunningError(
                f'{run.parts[part]} is being run by another thread: it can be read, not changed and not stepped'
            )
