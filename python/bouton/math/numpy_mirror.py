# SPDX-License-Identifier: Apache-2.0
"""NumPy's functions under the names of `bouton.math`: they take variables and return `Array`.

A function is wrapped when it is first asked for.
"""

from __future__ import annotations

import functools
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from bouton.math.array import wrap

# What of NumPy is no function of arrays, or would reach into files and settings of the process.
_LEFT_OUT = frozenset(
    'asanyarray ascontiguousarray asfortranarray frombuffer fromfile fromfunction fromiter from_dlpack fromregex '
    'fromstring genfromtxt get_include getbufsize geterr geterrcall info load loadtxt memmap nditer '
    'save savetxt savez savez_compressed setbufsize seterr seterrcall show_config show_runtime test'.split()
)
# Other libraries' names for functions of NumPy.
_ALIASES = {
    'cat': 'concatenate',
    'clip_by_value': 'clip',
    'reduce_all': 'all',
    'reduce_any': 'any',
    'reduce_max': 'max',
    'reduce_mean': 'mean',
    'reduce_min': 'min',
    'reduce_prod': 'prod',
    'reduce_std': 'std',
    'reduce_sum': 'sum',
    'reduce_variance': 'var',
}
_CONSTANTS = frozenset(('pi', 'e', 'euler_gamma', 'inf', 'nan', 'newaxis', 'dtype', 'finfo', 'iinfo'))


def mirrored(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function` returning `Array`."""

    def call(*args: Any, **kwargs: Any) -> Any:
        out = function(*args, **kwargs)
        return wrap(out)

    return functools.update_wrapper(call, function)


def lookup(name: str, numpy_module: types.ModuleType = np) -> Any:
    """What `name` is in `bouton.math`, or AttributeError."""
    found = getattr(numpy_module, _ALIASES.get(name, name), None) if name not in _LEFT_OUT else None
    if name in _CONSTANTS or (isinstance(found, type) and issubclass(found, np.generic)):
        return found
    if isinstance(found, types.ModuleType | type) or not callable(found) or name.startswith('_'):
        raise AttributeError(f"module 'bouton.math' has no attribute {name!r}")
    return mirrored(found)


def names(numpy_module: types.ModuleType = np) -> list[str]:
    """The names that `lookup` finds."""
    found = []
    for name in (*dir(numpy_module), *(_ALIASES if numpy_module is np else ())):
        try:
            lookup(name, numpy_module)
        except AttributeError:
            continue
        found.append(name)
    return found
