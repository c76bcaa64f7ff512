# SPDX-License-Identifier: Apache-2.0
"""Checks of arguments. Each returns what it was given, or raises a ValueError that names it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from bouton._base import BrainPyObject
from bouton.math.variable import Variable

__all__ = [
    'check_shape_except_batch', 'is_all_objs', 'is_all_vars', 'is_callable', 'is_checking', 'is_connector',
    'is_dict_data', 'is_elem_or_seq_or_dict', 'is_float', 'is_initializer', 'is_instance', 'is_integer', 'is_sequence',
    'is_string', 'is_subclass', 'serialize_kwargs', 'turn_off', 'turn_on',
]  # fmt: skip

_checking = True


def is_checking() -> bool:
    """Whether programs wish for checks of their own. Those of the package are always made."""
    return _checking


def turn_on() -> None:
    """Set `is_checking`."""
    global _checking
    _checking = True


def turn_off() -> None:
    """Unset `is_checking`."""
    global _checking
    _checking = False


def _allowed_none(value: Any, allow_none: bool, name: str | None, what: str) -> bool:
    if value is not None:
        return False
    if not allow_none:
        raise ValueError(f'{name or ""} must be {what}, but got None')
    return True


def _within(value: Any, name: str | None, what: str, min_bound: Any, max_bound: Any) -> Any:
    if min_bound is not None and not value >= min_bound:
        raise ValueError(f'{name or ""} must be {what} bigger than {min_bound}, while we got {value}')
    if max_bound is not None and not value <= max_bound:
        raise ValueError(f'{name or ""} must be {what} smaller than {max_bound}, while we got {value}')
    return value


def is_float(
    value: Any,
    name: str | None = None,
    min_bound: float | None = None,
    max_bound: float | None = None,
    allow_none: bool = False,
    allow_int: bool = True,
) -> Any:
    """A real number in [min_bound, max_bound]."""
    if _allowed_none(value, allow_none, name, 'a float'):
        return None
    kinds = (float, np.floating, int, np.integer) if allow_int else (float, np.floating)
    if not isinstance(value, kinds):
        raise ValueError(f'{name or ""} must be a float, but got {type(value)}')
    return _within(value, name, 'a float', min_bound, max_bound)


def is_integer(
    value: Any, name: str | None = None, min_bound: int | None = None, max_bound: int | None = None,
    allow_none: bool = False,
) -> Any:  # fmt: skip
    """An integer in [min_bound, max_bound]."""
    if _allowed_none(value, allow_none, name, 'an int'):
        return None
    if not isinstance(value, int | np.integer):
        raise ValueError(f'{name or ""} must be an int, but got {value}')
    return _within(value, name, 'an int', min_bound, max_bound)


def is_string(
    value: Any, name: str | None = None, candidates: Sequence[str] | None = None, allow_none: bool = False
) -> Any:
    """A string, one of `candidates`."""
    if _allowed_none(value, allow_none, name, 'a str'):
        return None
    if not isinstance(value, str):
        raise ValueError(f'{name or ""} must be a str, but got {value!r}')
    if candidates is not None and value not in candidates:
        raise ValueError(f'{name or ""} must be a str in {candidates}, but we got {value}')
    return value


def is_callable(fun: Any, name: str | None = None, allow_none: bool = False) -> Any:
    """Something that can be called."""
    if _allowed_none(fun, allow_none, name, 'a callable function'):
        return None
    if not callable(fun):
        raise ValueError(f'{name or ""} should be a callable function. While we got {type(fun)}')
    return fun


def is_initializer(initializer: Any, name: str | None = None, allow_none: bool = False) -> Any:
    """An initialiser, a function, or an array."""
    if _allowed_none(initializer, allow_none, name, 'an initializer'):
        return None
    if not callable(initializer) and not isinstance(initializer, np.ndarray | Variable):
        raise ValueError(
            f'{name or ""} should be an instance of brainpy.init.Initializer, tensor or callable function. '
            f'While we got {type(initializer)}'
        )
    return initializer


def is_connector(connector: Any, name: str | None = None, allow_none: bool = False) -> Any:
    """A connector, a function, or an array."""
    from bouton.connect import Connector

    if _allowed_none(connector, allow_none, name, 'a connector'):
        return None
    if not isinstance(connector, Connector | np.ndarray | Variable) and not callable(connector):
        raise ValueError(
            f'{name or ""} should be an instance of brainpy.conn.Connector, tensor or callable function. '
            f'While we got {type(connector)}'
        )
    return connector


def is_sequence(value: Any, name: str | None = None, elem_type: Any = None, allow_none: bool = True) -> Any:
    """A tuple or list, of `elem_type`."""
    if _allowed_none(value, allow_none, name, 'a sequence'):
        return None
    if not isinstance(value, tuple | list):
        raise ValueError(f'{name or ""} should be a sequence, but we got a {type(value)}')
    for item in value if elem_type is not None else ():
        if not isinstance(item, elem_type):
            raise ValueError(f'Elements in {name or "the sequence"} should be {elem_type}, but we got {type(item)}')
    return value


def is_dict_data(
    a_dict: Any, key_type: Any = None, val_type: Any = None, name: str | None = None, allow_none: bool = True
) -> Any:
    """A dictionary with keys of `key_type` and values of `val_type`."""
    if _allowed_none(a_dict, allow_none, name, 'a dict'):
        return None
    if not isinstance(a_dict, dict):
        raise ValueError(f'{name or ""} must be a dict, while we got {type(a_dict)}')
    for key, value in a_dict.items():
        if key_type is not None and not isinstance(key, key_type):
            raise ValueError(f'{name or ""} must be a dict of ({key_type}, {val_type}), but the key is {key!r}')
        if val_type is not None and not isinstance(value, val_type):
            raise ValueError(f'{name or ""} must be a dict of ({key_type}, {val_type}), but a value is {value!r}')
    return a_dict


def is_instance(instance: Any, supported_types: Any, name: str = '') -> Any:
    """An instance of one of `supported_types`; NotImplementedError otherwise."""
    kinds = tuple(supported_types) if isinstance(supported_types, tuple | list) else (supported_types,)
    if not isinstance(instance, kinds):
        raise NotImplementedError(
            f'{name} does not support {instance}. We only support {", ".join(k.__name__ for k in kinds)}.'
        )
    return instance


def is_subclass(instance: Any, supported_types: Any, name: str = '') -> Any:
    """An object whose class derives from one of `supported_types`; NotImplementedError otherwise."""
    return is_instance(instance, supported_types, name)


def is_elem_or_seq_or_dict(targets: Any, elem_type: Any, out_as: str = 'tuple') -> Any:
    """One `elem_type`, or a sequence or dictionary of them, as a tuple, list or dictionary."""
    if isinstance(targets, dict):
        pairs = dict(targets)
    else:
        items = targets if isinstance(targets, tuple | list) else () if targets is None else (targets,)
        pairs = dict(enumerate(items))
    for item in pairs.values():
        if not isinstance(item, elem_type):
            raise ValueError(f'Only support {elem_type}, but we got {type(item)}')
    if out_as == 'dict':
        return pairs
    return list(pairs.values()) if out_as == 'list' else tuple(pairs.values())


def is_all_vars(dyn_vars: Any, out_as: str = 'tuple') -> Any:
    """Variables; see `is_elem_or_seq_or_dict`."""
    return is_elem_or_seq_or_dict(dyn_vars, Variable, out_as)


def is_all_objs(targets: Any, out_as: str = 'tuple') -> Any:
    """Objects; see `is_elem_or_seq_or_dict`."""
    return is_elem_or_seq_or_dict(targets, BrainPyObject, out_as)


def check_shape_except_batch(
    shape1: Sequence[int], shape2: Sequence[int], batch_idx: int = 0, mode: str = 'raise'
) -> bool:
    """Whether two shapes are equal but for the axis `batch_idx`; with ``mode='raise'`` a ValueError if not."""

    def rest(shape: Sequence[int]) -> list[int]:
        return [n for k, n in enumerate(shape) if k != batch_idx % len(shape)]

    if mode not in ('raise', 'bool'):
        raise ValueError(f'Unknown mode {mode!r}; known are "raise" and "bool"')
    equal = len(shape1) == len(shape2) and rest(shape1) == rest(shape2)
    if not equal and mode == 'raise':
        raise ValueError(
            f'Two shapes {tuple(shape1)} and {tuple(shape2)} are not compatible when excluding the batch axis'
        )
    return equal


def serialize_kwargs(shared_kwargs: dict | None) -> str:
    """Keyword arguments as a text that is the same for equal ones."""
    return '' if shared_kwargs is None else ', '.join(f'{key}={shared_kwargs[key]}' for key in sorted(shared_kwargs))


def jit_error_checking(pred: Any, err_fun: Callable[[Any], Any], err_arg: Any = None) -> None:
    """``err_fun(err_arg)`` if `pred` holds anywhere."""
    if np.any(np.asarray(pred)):
        err_fun(err_arg)
