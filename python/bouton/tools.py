# SPDX-License-Identifier: Apache-2.0
"""Small helpers that models use."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from bouton._base import DotDict, clear_name_cache
from bouton._scalars import shape_of

__all__ = ['DotDict', 'clear_name_cache', 'copy_doc', 'replicate', 'size2num', 'to_size']


def to_size(x: Any) -> tuple[int, ...] | None:
    """A size as a tuple: of an integer, or a sequence of integers; None of None."""
    return None if x is None else shape_of(x, 'a size')


def size2num(size: Any) -> int:
    """How many entries an array of this size has."""
    return math.prod(shape_of(size, 'a size'))


def replicate(element: Any, num_replicate: int, name: str) -> tuple:
    """`element`, `num_replicate` times; a sequence has to be that long.

    Raises
    ------
    TypeError
        It is a sequence of another length.
    """
    if isinstance(element, str | bytes) or not isinstance(element, tuple | list):
        return (element,) * num_replicate
    if len(element) == 1:
        return tuple(element) * num_replicate
    if len(element) != num_replicate:
        raise TypeError(f'{name} must be a scalar or sequence of length 1 or {num_replicate}, but we got {element!r}')
    return tuple(element)


def copy_doc(source_f: Callable) -> Callable[[Callable], Callable]:
    """A decorator that gives a function the docstring of `source_f`."""

    def decorated(target_f: Callable) -> Callable:
        target_f.__doc__ = source_f.__doc__
        return target_f

    return decorated
