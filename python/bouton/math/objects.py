# SPDX-License-Identifier: Apache-2.0
"""Functions as objects, which have a name, children and variables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bouton._base import BrainPyObject

__all__ = ['FunAsObject', 'function', 'to_object']


class FunAsObject(BrainPyObject):
    """A function that is an object.

    Parameters
    ----------
    target : callable
        The function.
    child_objs : object, or sequence or dict of them, optional
        What it calls.
    dyn_vars : Variable, or sequence or dict of them, optional
        What it reads and writes.
    name : str, optional
    """

    def __init__(
        self, target: Callable[..., Any], child_objs: Any = None, dyn_vars: Any = None, name: str | None = None
    ):
        super().__init__(name=name)
        if not callable(target):
            raise TypeError(f'{target!r} is not a callable object')
        self.target = target
        if child_objs is not None:
            self.register_implicit_nodes(child_objs)
        if dyn_vars is not None:
            self.register_implicit_vars(dyn_vars)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.target(*args, **kwargs)


def to_object(
    f: Callable[..., Any] | None = None, child_objs: Any = None, dyn_vars: Any = None, name: str | None = None
) -> Any:
    """A function as an object; without `f` a decorator. See `FunAsObject`."""
    if f is None:
        return lambda f: FunAsObject(f, child_objs, dyn_vars, name)
    return FunAsObject(f, child_objs, dyn_vars, name)


def function(
    f: Callable[..., Any] | None = None, nodes: Any = None, dyn_vars: Any = None, name: str | None = None
) -> Any:
    """As `to_object`."""
    return to_object(f, nodes, dyn_vars, name)
