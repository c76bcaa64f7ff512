# SPDX-License-Identifier: Apache-2.0
"""Runs of the core that are going on, with the interpreter's lock released. Meanwhile other threads may read what is
run, but neither change nor step it."""

from __future__ import annotations

import itertools
import threading
from typing import Any

from bouton.errors import RunningError

_lock = threading.Lock()


class Run:
    """A run that is going on inside of the ``with`` block.

    Parameters
    ----------
    names : frozenset of str
        The objects whose parts in the core it steps.

    Raises
    ------
    RunningError
        On entering, if another thread runs one of them.
    """

    def __init__(self, names: frozenset[str]):
        self.names = names

    def __enter__(self) -> None:
        self.thread = threading.get_ident()
        with _lock:
            check(*self.names)
            going_on.append(self)

    def __exit__(self, *args: Any) -> None:
        with _lock:
            going_on.remove(self)


#: Mostly empty.
going_on: list[Run] = []


def check(*names: str) -> None:
    """RunningError if another thread runs an object of one of these names."""
    if not going_on:
        return
    others = [run for run in tuple(going_on) if run.thread != threading.get_ident()]
    for run, name in itertools.product(others, names):
        if name in run.names:
            raise RunningError(f'{name} is being run by another thread: it can be read, not changed and not stepped')


def check_storage(storage: Any) -> None:
    """The same for the object of which the core keeps a variable."""
    if going_on and (name := getattr(storage, 'name', None)):
        check(name.partition('.')[0])
