# SPDX-License-Identifier: Apache-2.0
"""Dictionaries: of found objects and variables, and with attribute access."""

from __future__ import annotations

from typing import Any

__all__ = ['ArrayCollector', 'Collector', 'DotDict', 'TensorCollector']


class DotDict(dict):
    """A dictionary whose items are attributes too: ``d.x`` is ``d['x']``."""

    def __getattr__(self, key: str) -> Any:
        try:
            return self[key]
        except KeyError:
            known = ', '.join(map(str, self))
            raise AttributeError(f'there is no "{key}"; there are {known or "no items"}') from None

    def __setattr__(self, key: str, value: Any) -> None:
        self[key] = value

    def __delattr__(self, key: str) -> None:
        try:
            del self[key]
        except KeyError:
            raise AttributeError(f'there is no "{key}"') from None

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *(key for key in self if isinstance(key, str) and key.isidentifier())]

    def copy(self) -> DotDict:
        """A shallow copy of the same kind."""
        return DotDict(self)


class Collector(dict):
    """Objects by path. A path holds one object; ``a + b`` unites, ``a - b`` takes away what `b` holds."""

    def __setitem__(self, key: str, value: Any) -> None:
        if key in self and self[key] is not value:
            raise ValueError(f'Name "{key}" conflicts: same name for {value!r} and {self[key]!r}.')
        dict.__setitem__(self, key, value)

    def replace(self, key: str, value: Any) -> None:
        """Put `value` in place of what is at `key`."""
        dict.__setitem__(self, key, value)

    def update(self, other: Any = (), /, **kwargs: Any) -> None:
        """Take in the items of another mapping, under the rule that a path holds one object."""
        for key, value in dict(other, **kwargs).items():
            self[key] = value

    def __add__(self, other: dict) -> Collector:
        gather = type(self)(self)
        gather.update(other)
        return gather

    def __sub__(self, other: Any) -> Collector:
        """Without the objects of a mapping, or without the paths of a sequence."""
        if isinstance(other, dict):
            gone = {id(value) for value in other.values()}
            return type(self)({key: value for key, value in self.items() if id(value) not in gone})
        paths = set(other)
        return type(self)({key: value for key, value in self.items() if key not in paths})

    def unique(self) -> Collector:
        """Each object once, under its first path."""
        gather = type(self)()
        seen = set()
        for key, value in self.items():
            if id(value) not in seen:
                seen.add(id(value))
                gather[key] = value
        return gather

    def subset(self, kind: type) -> Collector:
        """The objects of one class."""
        return type(self)({key: value for key, value in self.items() if isinstance(value, kind)})

    def not_subset(self, kind: type) -> Collector:
        """The objects that are not of one class."""
        return type(self)({key: value for key, value in self.items() if not isinstance(value, kind)})


class ArrayCollector(Collector):
    """Variables by path."""

    def dict(self) -> dict[str, Any]:
        """The values of the variables, as a plain dictionary of arrays."""
        return {key: variable.value for key, variable in self.items()}

    def assign(self, values: dict[str, Any]) -> None:
        """Write a value into the variable of each path."""
        unknown = [key for key in values if key not in self]
        if unknown:
            raise KeyError(f'there is no variable {unknown}; there are {list(self)}')
        for key, value in values.items():
            self[key].value = value


TensorCollector = ArrayCollector
