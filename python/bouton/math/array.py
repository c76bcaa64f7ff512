# SPDX-License-Identifier: Apache-2.0
"""The array type of `bouton.math`, and how arrays of it are made.

An `Array` is a NumPy array with a few more attributes, so everything that works on NumPy arrays works on it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bouton.math.environment import state

__all__ = [
    'Array',
    'JaxArray',
    'Tensor',
    'ndarray',
    'array',
    'asarray',
    'as_jax',
    'as_device_array',
    'as_numpy',
    'as_ndarray',
    'as_variable',
    'zeros',
    'ones',
    'empty',
    'full',
    'eye',
    'identity',
    'arange',
    'linspace',
    'one_hot',
    'remove_diag',
    'clip_by_norm',
    'flatten',
    'unsqueeze',
]

_NARROW = {
    np.dtype(np.float64): np.dtype(np.float32),
    np.dtype(np.int64): np.dtype(np.int32),
    np.dtype(np.uint64): np.dtype(np.uint32),
    np.dtype(np.complex128): np.dtype(np.complex64),
}


class Array(np.ndarray):
    """A NumPy array with the attributes that programs for BrainPy use.

    Parameters
    ----------
    value : array_like
        Is copied.
    dtype : dtype, optional
        Default: that of `value`; lists of numbers become `bm.float_` or `bm.int_`.
    """

    def __new__(cls, value: Any, dtype: Any = None) -> Array:
        return array(value, dtype).view(cls)

    @property
    def value(self) -> np.ndarray:
        """The same memory as a plain NumPy array."""
        return self.view(np.ndarray)

    def numpy(self, dtype: Any = None) -> np.ndarray:
        """A plain NumPy array of the same memory, or a converted copy."""
        return np.asarray(self.view(np.ndarray), dtype)

    to_numpy = numpy

    @property
    def at(self) -> _At:
        """``a.at[index].set(x)`` is a changed copy; `a` stays as it is. Also add, multiply, divide, power, min, max."""
        return _At(self)

    def update(self, value: Any) -> None:
        """Write `value`, which is broadcast, into all entries."""
        self[...] = value

    def unsqueeze(self, dim: int) -> Array:
        """A view with an axis of length 1 at `dim`."""
        return np.expand_dims(self, dim)

    expand_dims = unsqueeze

    def expand(self, *sizes: int) -> Array:
        """A copy that is repeated along axes of length 1 and new leading ones; -1 leaves an axis as it is."""
        old = (*(1,) * (len(sizes) - self.ndim), *self.shape)
        shape = tuple(n if size == -1 else size for size, n in zip(sizes, old, strict=True))
        return np.broadcast_to(self, shape).copy().view(type(self))

    def split(self, indices_or_sections: Any, axis: int = 0) -> list[Array]:
        """Parts along an axis; see `numpy.split`."""
        return np.split(self, indices_or_sections, axis)

    def pow(self, index: Any) -> Array:
        """The same as ``self ** index``."""
        return self**index

    def as_variable(self) -> Any:
        """A `Variable` that starts as a copy of the array."""
        return as_variable(self)

    def block_until_ready(self) -> Array:
        """The array itself, which is always ready."""
        return self

    def __round__(self, ndigits: int = 0) -> Array:
        return np.round(self, ndigits or 0)


JaxArray = Tensor = ndarray = Array


class _At:
    """Functional updates of the entries of an array."""

    __slots__ = ('_array', '_index')

    def __init__(self, array: Array, index: Any = None):
        self._array = array
        self._index = index

    def __getitem__(self, index: Any) -> _At:
        return _At(self._array, index)

    def get(self) -> Any:
        return self._array[self._index]

    def set(self, values: Any) -> Array:
        changed = self._array.copy()
        changed[self._index] = values
        return changed

    def _combine(self, ufunc: np.ufunc, values: Any) -> Array:
        changed = self._array.copy()
        ufunc.at(changed, self._index, np.asarray(values))
        return changed

    def add(self, values: Any) -> Array:
        return self._combine(np.add, values)

    def multiply(self, values: Any) -> Array:
        return self._combine(np.multiply, values)

    mul = multiply

    def divide(self, values: Any) -> Array:
        return self._combine(np.divide, values)

    def power(self, values: Any) -> Array:
        return self._combine(np.power, values)

    def min(self, values: Any) -> Array:
        return self._combine(np.minimum, values)

    def max(self, values: Any) -> Array:
        return self._combine(np.maximum, values)


def narrowed(dtype: Any) -> Any:
    """`dtype`, or its 32-bit relative while 64-bit numbers are switched off."""
    if state.x64 or dtype is None:
        return dtype
    found = np.dtype(dtype)
    return _NARROW.get(found, found)


def wrap(out: Any) -> Any:
    """What a NumPy function returned, with `Array` in place of arrays and scalars, in the precision that is set."""
    if isinstance(out, np.ndarray | np.generic):
        if not state.x64 and out.dtype in _NARROW:
            out = np.asarray(out, _NARROW[out.dtype])
        elif type(out) is Array:
            return out
        return np.asarray(out).view(Array)
    if isinstance(out, tuple):
        items = [wrap(item) for item in out]
        return type(out)(*items) if hasattr(out, '_fields') else tuple(items)
    if isinstance(out, list):
        return [wrap(item) for item in out]
    return out


def _default_dtype(a: np.ndarray) -> Any:
    """The dtype of what was made from numbers without a dtype of their own."""
    return {'f': state.float_, 'i': state.int_, 'b': state.bool_, 'c': state.complex_}.get(a.dtype.kind, a.dtype)


def array(a: Any, dtype: Any = None, copy: bool = True, order: str = 'K', ndmin: int = 0) -> Array:
    """A new array of the values of `a`.

    Python numbers and lists of them become `bm.float_`, `bm.int_` or `bm.bool_`; arrays keep their dtype. Raises
    TypeError if `a` is no regular array of numbers.
    """
    if getattr(type(a), 'follows_derivative', False):
        return a
    try:
        made = np.array(a, dtype=narrowed(dtype), copy=copy or None, order=order, ndmin=ndmin)
    except ValueError as error:
        raise TypeError(f'An array of numbers is needed, but we got {a!r}: {error}') from None
    if dtype is None:
        wanted = narrowed(made.dtype) if hasattr(a, 'dtype') else _default_dtype(made)
        made = made.astype(wanted, copy=False)
    if made.dtype.kind not in 'fiubc':
        raise TypeError(f'An array of numbers is needed, but we got {a!r}')
    return made.view(Array)


def asarray(a: Any, dtype: Any = None, order: str | None = None) -> Array:
    """`a` as an `Array`. An `Array` of the right dtype is returned as it is; all else is copied."""
    if isinstance(a, Array) and (dtype is None or a.dtype == narrowed(dtype)) and order is None:
        return a
    return array(a, dtype, order=order or 'K')


def as_jax(tensor: Any, dtype: Any = None) -> Array:
    """`tensor` as an `Array`; see `asarray`."""
    return asarray(tensor, dtype)


as_device_array = as_jax


def as_numpy(tensor: Any, dtype: Any = None) -> np.ndarray:
    """`tensor` as a plain NumPy array."""
    return np.asarray(tensor, dtype).view(np.ndarray)


as_ndarray = as_numpy


def as_variable(tensor: Any, dtype: Any = None) -> Any:
    """A `Variable` that starts as a copy of `tensor`."""
    from bouton.math.variable import Variable

    return Variable(asarray(tensor, dtype))


def _float_or(dtype: Any) -> Any:
    return state.float_ if dtype is None else narrowed(dtype)


def zeros(shape: Any, dtype: Any = None) -> Array:
    """An array of zeros, of `bm.float_` by default."""
    return np.zeros(shape, _float_or(dtype)).view(Array)


def ones(shape: Any, dtype: Any = None) -> Array:
    """An array of ones, of `bm.float_` by default."""
    return np.ones(shape, _float_or(dtype)).view(Array)


def empty(shape: Any, dtype: Any = None) -> Array:
    """An array of zeros, of `bm.float_` by default. No entry is left to chance."""
    return zeros(shape, dtype)


def full(shape: Any, fill_value: Any, dtype: Any = None) -> Array:
    """An array that holds `fill_value` everywhere."""
    value = asarray(fill_value, dtype)
    return np.full(shape, value, value.dtype).view(Array)


def eye(N: int, M: int | None = None, k: int = 0, dtype: Any = None) -> Array:
    """Ones on the diagonal `k`, zeros elsewhere."""
    return np.eye(N, M, k, _float_or(dtype)).view(Array)


def identity(n: int, dtype: Any = None) -> Array:
    """The identity matrix."""
    return eye(n, dtype=dtype)


def arange(*args: Any, dtype: Any = None, **kwargs: Any) -> Array:
    """Evenly spaced values in [start, stop): integers of `bm.int_`, or reals of `bm.float_`."""
    made = np.arange(*args, dtype=narrowed(dtype), **kwargs)
    return (made if dtype is not None else made.astype(_default_dtype(made), copy=False)).view(Array)


def linspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    retstep: bool = False,
    dtype: Any = None,
    axis: int = 0,
) -> Any:
    """`num` evenly spaced values from `start` to `stop`."""
    values, step = np.linspace(start, stop, num, endpoint, True, _float_or(dtype), axis)
    values = values.view(Array)
    return (values, step) if retstep else values


def one_hot(x: Any, num_classes: int, *, dtype: Any = None, axis: int = -1) -> Array:
    """1 at the position that `x` names, 0 elsewhere, along a new axis; all 0 where `x` is outside of the classes."""
    labels = np.expand_dims(np.asarray(x), axis)
    position = axis if axis >= 0 else axis + labels.ndim
    shape = [1] * labels.ndim
    shape[position] = num_classes
    return (labels == np.arange(num_classes).reshape(shape)).astype(_float_or(dtype)).view(Array)


def remove_diag(arr: Any) -> Array:
    """A matrix (n, m) without its diagonal, as (n, m - 1).

    Raises
    ------
    ValueError
        If `arr` is not a matrix.
    """
    matrix = np.asarray(arr)
    if matrix.ndim != 2:
        raise ValueError(f'Only support 2D matrix, while we got a {matrix.ndim}D array.')
    return matrix[~np.eye(*matrix.shape, dtype=bool)].reshape(matrix.shape[0], -1).view(Array)


def clip_by_norm(t: Any, clip_norm: float, axis: Any = None) -> Any:
    """`t` scaled so that its Euclidean norm along `axis` is at most `clip_norm`; a list or tuple item by item."""
    if isinstance(t, list | tuple):
        return type(t)(clip_by_norm(item, clip_norm, axis) for item in t)
    values = np.asarray(t)
    norm = np.sqrt(np.sum(values * values, axis=axis, keepdims=True))
    return wrap(values * clip_norm / np.maximum(norm, clip_norm))


def flatten(input: Any, start_dim: int = 0, end_dim: int = -1) -> Array:
    """`input` with the axes from `start_dim` to `end_dim`, both included, made one."""
    values = np.asarray(input)
    if values.ndim == 0:
        return values.reshape(1).view(Array)
    first, last = range(values.ndim)[start_dim], range(values.ndim)[end_dim]
    return values.reshape(*values.shape[:first], -1, *values.shape[last + 1 :]).view(Array)


def unsqueeze(input: Any, dim: int) -> Array:
    """`input` with an axis of length 1 at `dim`."""
    return wrap(np.expand_dims(np.asarray(input), dim))
