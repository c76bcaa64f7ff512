# SPDX-License-Identifier: Apache-2.0
"""What all objects of a step share: its time, its index, its length, and what a program adds."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Any

from bouton._base.collectors import DotDict
from bouton.math.environment import get_dt, set_dt

__all__ = ['ShareContext', 'share']


class ShareContext(threading.local):
    """Values that every object can read during a step.

    A runner saves ``t`` [ms], ``i``, ``dt`` [ms] and ``fit`` at the start of each step and removes them at its end. By
    hand::

        bp.share.save(t=i * dt, i=i, dt=dt)
        net.update()
        net.clear_input()

    Every thread has values of its own.
    """

    def __init__(self) -> None:
        self.arguments = DotDict()

    def load(self, key: str, value: Any = None) -> Any:
        """The value of `key`, else `value`; 'dt' falls back on `bouton.math.get_dt`. KeyError without either."""
        try:
            return self.arguments[key]
        except KeyError:
            if value is not None:
                return value
            if key == 'dt':
                return get_dt()
            raise KeyError(f'Cannot found shared data of {key}.') from None

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save values: ``save(t=0., i=0)``, or keys and values in turn, ``save('t', 0., 'i', 0)``."""
        if len(args) % 2:
            raise TypeError(f'save() takes keys and values in turn, but we got {len(args)} positional arguments')
        pairs = dict(zip(args[::2], args[1::2], strict=True))
        if any(not isinstance(key, str) for key in pairs):
            raise TypeError(f'The keys of shared data must be strings, but we got {list(pairs)}')
        self.arguments.update(pairs, **kwargs)

    def __getitem__(self, key: str) -> Any:
        return self.load(key)

    def __setitem__(self, key: str, value: Any) -> None:
        self.save(key, value)

    def get_shargs(self) -> DotDict:
        """A copy of all values; items are attributes too."""
        return DotDict(self.arguments)

    def clear_shargs(self, *args: str) -> None:
        """Remove these keys, or all. KeyError for a key that is not there."""
        if not args:
            self.arguments.clear()
        for key in args:
            del self.arguments[key]

    def forget(self, keys: Iterable[str]) -> None:
        """Remove these keys where they are there."""
        for key in keys:
            self.arguments.pop(key, None)

    def clear(self) -> None:
        """Remove everything."""
        self.arguments.clear()

    @staticmethod
    def set_dt(dt: float) -> None:
        """`bouton.math.set_dt`."""
        set_dt(dt)

    @property
    def dt(self) -> float:
        """The length of the step [ms]."""
        return self.load('dt')

    def __repr__(self) -> str:
        return f'ShareContext({", ".join(f"{key}={value!r}" for key, value in self.arguments.items())})'


share = ShareContext()
