# SPDX-License-Identifier: Apache-2.0
"""Numbers as users give them: Python and NumPy scalars of any type, 0-d and 1-element arrays and lists."""

from __future__ import annotations

from typing import Any

import numpy as np


def as_array(value: Any, what: str) -> np.ndarray:
    """`value` as an array of numbers. TypeError where it is not made of numbers."""
    if type(value) in (float, int, bool, np.ndarray) and not (type(value) is np.ndarray and value.dtype == object):
        array = np.asarray(value)
    else:
        try:
            array = np.asarray(value)
        except (TypeError, ValueError) as error:
            raise TypeError(f'{what} must be made of numbers, but we got {value!r}') from error
    if array.dtype.kind not in 'fiub':
        raise TypeError(f'{what} must be made of numbers, but we got {value!r}')
    return array


def number(value: Any, what: str) -> float:
    """One number: a scalar or anything with one element. TypeError or ValueError naming `what` otherwise."""
    if type(value) is float or type(value) is int:
        return float(value)
    array = as_array(value, what)
    if array.size != 1:
        raise ValueError(f'{what} must be one number, but we got {value!r}')
    return float(array.reshape(()))


def integer(value: Any, what: str) -> int:
    """One whole number, also if it is stored as a floating-point one."""
    if type(value) is int:
        return value
    array = as_array(value, what)
    if array.size != 1:
        raise ValueError(f'{what} must be one whole number, but we got {value!r}')
    as_float = float(array.reshape(()))
    if not as_float.is_integer():
        raise ValueError(f'{what} must be a whole number, but we got {value!r}')
    return int(array.reshape(()))


def probability(value: Any, what: str) -> float:
    """A number in [0, 1]."""
    result = number(value, what)
    if not 0 <= result <= 1:
        raise ValueError(f'{what} must be in [0, 1], but we got {value!r}')
    return result


def positive(value: Any, what: str) -> float:
    """A finite number > 0."""
    result = number(value, what)
    if not 0 < result < float('inf'):
        raise ValueError(f'{what} must be positive and finite, but we got {value!r}')
    return result


def shape_of(size: Any, what: str) -> tuple[int, ...]:
    """A shape from an integer or a sequence of integers, of any integer type, none negative."""
    if type(size) is int:
        sizes: tuple = (size,)
    elif type(size) is tuple and all(type(n) is int for n in size):
        sizes = size
    else:
        array = as_array(size, what)
        if array.ndim > 1 or (array.dtype.kind not in 'iu' and array.size > 0):
            raise TypeError(f'{what} must be an integer, or a tuple/list of integers, but we got {size!r}')
        sizes = tuple(int(n) for n in array.reshape(-1))
    if any(n < 0 for n in sizes):
        raise ValueError(f'{what} must not be negative, but we got {size!r}')
    return sizes


def seed_bits(seed: int, draw: int) -> int:
    """The 64-bit seed of draw number `draw` of a stream that starts at `seed`; draw 0 is `seed` itself.

    The finaliser of splitmix64: Steele, Lea & Flood (2014), "Fast splittable pseudorandom number generators".
    """
    bits = (1 << 64) - 1
    if draw == 0:
        return seed & bits
    z = (seed + draw * 0x9E3779B97F4A7C15) & bits
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & bits
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & bits
    return z ^ (z >> 31)
