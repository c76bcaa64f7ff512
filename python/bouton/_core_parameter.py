# SPDX-License-Identifier: Apache-2.0
"""Parameters that the core computes with, as attributes of Python objects."""

from __future__ import annotations

from typing import Any


class CoreParameter:
    """A parameter of a built-in model: reading gives what was assigned last, assigning takes effect with the next step.

    The owner's ``_set_parameter(name, value)`` returns the value to be kept. It raises where the value is refused, and
    the old one stays.
    """

    def __init__(self, doc: str = ''):
        self.__doc__ = doc

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        if instance is None:
            return self
        try:
            return instance.__dict__[self.name]
        except KeyError:
            raise AttributeError(f'{type(instance).__name__!r} object has no attribute {self.name!r}') from None

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.name] = instance._set_parameter(self.name, value)
