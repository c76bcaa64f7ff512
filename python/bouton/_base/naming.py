# SPDX-License-Identifier: Apache-2.0
"""Unique names: one table for the process, which forgets an object when it is gone."""

from __future__ import annotations

import gc
import warnings
import weakref
from typing import Any

from bouton.errors import BrainPyError, UniqueNameError

_owners: weakref.WeakValueDictionary[str, Any] = weakref.WeakValueDictionary()
_counts: dict[str, int] = {}


def check_and_register(name: str, owner: Any) -> str:
    """Give `name` to `owner`.

    Raises
    ------
    BrainPyError
        The name is not an identifier.
    UniqueNameError
        Another object that is still alive has the name.
    """
    if not isinstance(name, str) or not name.isidentifier():
        raise BrainPyError(
            f'"{name}" isn\'t a valid identifier according to Python language definition. Please choose another name.'
        )
    if _holder(name) not in (None, owner):
        gc.collect()  # networks are cycles of objects: one that was deleted may still be there
        holder = _holder(name)
        if holder is not None:
            raise UniqueNameError(
                'In BrainPy, each object should have a unique name. However, we detect that a new '
                f'{type(owner).__name__} has a used name "{name}". \nIt is the name of {holder!r}; choose another, '
                'or call clear_name_cache().'
            )
    _owners[name] = owner
    return name


def next_name(kind: str, owner: Any) -> str:
    """Give `owner` the next free name of the form <kind><counter>, counted from 0 for each kind."""
    while True:
        count = _counts.get(kind, 0)
        _counts[kind] = count + 1
        name = f'{kind}{count}'
        if _holder(name) is None:
            _owners[name] = owner
            return name


def release(name: str, owner: Any) -> None:
    """Let `name` be used by others."""
    if _holder(name) is owner:
        del _owners[name]


def clear_name_cache(ignore_warn: bool = False) -> None:
    """Forget all names, so that they can be given again; counters start at 0."""
    _owners.clear()
    _counts.clear()
    if not ignore_warn:
        warnings.warn('All named models and their ids are cleared.', UserWarning, stacklevel=2)


def _holder(name: str) -> Any:
    return _owners.get(name)
