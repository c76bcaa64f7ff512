# SPDX-License-Identifier: Apache-2.0
"""Arrays that remember how they were computed, for reverse differentiation.

NumPy's functions of `Traced` arrays return `Traced` arrays; `grad` collects the derivatives from the result backwards.
What cannot be traced is a TypeError that names it. Whatever computes outside of NumPy, as a network in the compiled
core does, takes part through `record`.

See Griewank & Walther (2008), Evaluating Derivatives, chapter 3.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from bouton.math.control import tree_map
from bouton.math.dual import DualArray, is_constant, partials
from bouton.math.variable import Variable

__all__ = ['Traced', 'constant', 'record', 'through']

_order = itertools.count()


class Traced(np.lib.mixins.NDArrayOperatorsMixin):
    """An array that remembers how it was computed.

    Parameters
    ----------
    primal : array
        The values; themselves traced where derivatives of derivatives are taken.
    level : int
        How deep in nested derivatives it is.
    parents : sequence of (Traced, function)
        From what it was computed, each with the function that pulls the derivative by this array back to it.
    """

    __slots__ = ('level', 'order', 'parents', 'primal')
    follows_derivative = True

    def __init__(self, primal: Any, level: int, parents: Sequence[tuple[Traced, Callable[[Any], Any]]] = ()):
        self.primal = primal
        self.level = level
        self.parents = parents
        self.order = next(_order)

    shape = property(lambda self: np.shape(self.primal), doc='The lengths of the axes.')
    ndim = property(lambda self: np.ndim(self.primal), doc='The number of axes.')
    size = property(lambda self: np.size(self.primal), doc='The number of entries.')
    dtype = property(lambda self: np.result_type(self.primal), doc='The type of the entries.')
    T = property(lambda self: np.transpose(self), doc='The transpose.')

    @property
    def value(self) -> Traced:
        """The array itself, which is what programs know as the value of a variable."""
        return self

    def __len__(self) -> int:
        return len(self.primal)

    def __iter__(self) -> Any:
        return (self[i] for i in range(len(self)))

    def __bool__(self) -> bool:
        return bool(self.primal)

    def __getitem__(self, index: Any) -> Any:
        shape, dtype = self.shape, self.dtype

        def back(seed: Any) -> Any:
            if isinstance(seed, Traced):
                return record(lambda s: spread(s), (lambda g: g[index],), seed)
            return spread(seed)

        def spread(seed: Any) -> np.ndarray:
            out = np.zeros(shape, np.result_type(seed, dtype))
            np.add.at(out, index, seed)
            return out

        return Traced(self.primal[index], self.level, ((self, back),))

    def __repr__(self) -> str:
        return f'Traced({self.primal!r})'

    def astype(self, dtype: Any) -> Any:
        """Converted to another dtype; to integers or truth values, a constant."""
        if np.dtype(dtype).kind not in 'fc':
            return np.asarray(constant(self)).astype(dtype)
        return Traced(self.primal.astype(dtype), self.level, ((self, lambda seed: seed),))

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        raise _cannot('a conversion to a plain array')

    def __float__(self) -> float:
        raise _cannot('a conversion to float, as functions of the module math make it')

    __int__ = __index__ = __complex__ = __float__

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        name = ufunc.__name__
        if any(isinstance(x, DualArray) for x in inputs):
            return NotImplemented
        if method == 'reduce' and ufunc is np.add:
            return _sum(*inputs, **kwargs)
        inputs = tuple(_value(x) for x in inputs)
        if method != '__call__' or kwargs:
            raise _cannot(f'numpy.{name}' + (f'.{method}' if method != '__call__' else f' with {", ".join(kwargs)}'))
        if name == 'matmul':
            return _matmul(*inputs)
        rules = partials.get(name)
        if rules is None and not is_constant(name):
            raise _cannot(f'numpy.{name}')
        level, values = _peel(inputs)
        out = ufunc(*values)
        if rules is None:
            return out
        return _elementwise(level, inputs, values, out, [lambda *v, r=r: r(*v, out) for r in rules])

    def __array_function__(self, function: Callable, types: Any, args: tuple, kwargs: dict) -> Any:
        if DualArray in types:
            return NotImplemented
        rule = _FUNCTIONS.get(function.__name__)
        if rule is None:
            raise _cannot(f'numpy.{function.__name__}')
        return rule(*tree_map(_value, args), **tree_map(_value, kwargs))

    def __getattr__(self, name: str) -> Any:
        if name in _METHODS:
            return lambda *args, **kwargs: _FUNCTIONS[name](self, *args, **kwargs)
        if hasattr(np.ndarray, name) and not name.startswith('_'):
            raise _cannot(f'the method {name} of an array')
        raise AttributeError(f"'Traced' object has no attribute {name!r}")


def _add_in_place_operators() -> None:
    """``x += y`` makes a new array of the name x."""
    for name in ('add', 'sub', 'mul', 'truediv', 'pow', 'mod', 'floordiv', 'matmul'):
        plain = getattr(Traced, f'__{name}__')
        setattr(Traced, f'__i{name}__', lambda self, other, plain=plain: plain(self, other))


_add_in_place_operators()


def _cannot(what: str) -> TypeError:
    return TypeError(f'a gradient cannot be followed through {what}; use functions of bouton.math or NumPy')


def constant(x: Any) -> Any:
    """The values of `x` without any derivative."""
    while isinstance(x, Traced | DualArray):
        x = x.primal
    return x


def _peel(inputs: Sequence[Any]) -> tuple[int, list[Any]]:
    """The innermost level of the inputs, and their values there, constants copied."""
    inputs = [_value(x) for x in inputs]
    level = max(x.level for x in inputs if isinstance(x, Traced))
    return level, [x.primal if isinstance(x, Traced) and x.level == level else _plain(x) for x in inputs]


def _value(x: Any) -> Any:
    return x.value if isinstance(x, Variable) else x


def _plain(x: Any) -> Any:
    """A constant of the tape: a copy, for the program may go on to write into the array."""
    x = _value(x)
    return x if isinstance(x, Traced | np.generic | int | float | complex) else np.array(x)


def _unbroadcast(seed: Any, shape: tuple[int, ...]) -> Any:
    """The sum of `seed` over the axes that broadcasting from `shape` added or stretched."""
    extra = np.ndim(seed) - len(shape)
    if extra > 0:
        seed = np.sum(seed, axis=tuple(range(extra)))
    stretched = tuple(k for k, n in enumerate(shape) if n == 1 and np.shape(seed)[k] != 1)
    if stretched:
        seed = np.sum(seed, axis=stretched, keepdims=True)
    return seed


def _elementwise(level: int, inputs: Sequence, values: list, out: Any, slopes: Sequence[Callable]) -> Traced:
    parents = []
    shape = np.shape(out)
    for x, slope in zip(inputs, slopes, strict=True):
        if isinstance(x, Traced) and x.level == level:

            def back(seed: Any, slope: Callable = slope, of: tuple = x.shape) -> Any:
                with np.errstate(all='ignore'):
                    pulled = np.where(constant(seed) == 0, 0.0, slope(*values) * seed)
                return _unbroadcast(np.broadcast_to(pulled, shape) if np.shape(pulled) != shape else pulled, of)

            parents.append((x, back))
    return Traced(out, level, parents)


def through(forward: Callable[..., Any], slopes: Sequence[Callable[..., Any]], *inputs: Any) -> Any:
    """``forward(*inputs)``, an elementwise function, with ``slopes[k](*inputs)`` as its derivative by input k."""
    if any(isinstance(x, Traced) for x in inputs):
        level, values = _peel(inputs)
        return _elementwise(level, inputs, values, through(forward, slopes, *values), slopes)
    if any(isinstance(x, DualArray) for x in inputs):
        values = [x.primal if isinstance(x, DualArray) else x for x in inputs]
        terms = [s(*values) * x.tangent for s, x in zip(slopes, inputs, strict=True) if isinstance(x, DualArray)]
        return DualArray(forward(*values), sum(terms[1:], terms[0]))
    return forward(*inputs)


def record(forward: Callable[..., Any], backs: Sequence[Callable[[Any], Any]], *inputs: Any) -> Any:
    """``forward(*inputs)`` for any function, with ``backs[k](seed)``, the derivative pulled back to input k.

    This is where a computation outside of NumPy joins the tape.
    """
    if not any(isinstance(x, Traced) for x in inputs):
        return forward(*inputs)
    level, values = _peel(inputs)
    parents = [(x, b) for x, b in zip(inputs, backs, strict=True) if isinstance(x, Traced) and x.level == level]
    return Traced(record(forward, backs, *values), level, parents)


# Functions of NumPy that are not elementwise


def _axes(axis: Any, ndim: int) -> tuple[int, ...]:
    if axis is None:
        return tuple(range(ndim))
    return tuple(a % ndim for a in (axis if isinstance(axis, tuple) else (axis,)))


def _restored(seed: Any, axis: Any, shape: tuple[int, ...], keepdims: bool) -> Any:
    """`seed` of a reduced array, stretched to the shape before the reduction."""
    if not keepdims:
        axes = _axes(axis, len(shape))
        seed = np.reshape(seed, tuple(1 if k in axes else n for k, n in enumerate(shape)))
    return np.broadcast_to(seed, shape)


def _sum(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = False, **kwargs: Any) -> Any:
    keepdims = bool(keepdims) and keepdims is not np._NoValue
    level, (value,) = _peel([a])
    shape = a.shape
    total = np.sum(value, axis=axis, keepdims=keepdims)
    return Traced(total, level, ((a, lambda seed: _restored(seed, axis, shape, keepdims)),))


def _mean(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = False, **kwargs: Any) -> Any:
    count = int(np.prod([a.shape[k] for k in _axes(axis, a.ndim)]))
    return _sum(a, axis, keepdims=keepdims) / count


def _var(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: float = 0, keepdims: Any = False, **kwargs: Any
) -> Any:
    count = int(np.prod([a.shape[k] for k in _axes(axis, a.ndim)])) - ddof
    return _sum((a - _mean(a, axis, keepdims=True)) ** 2, axis, keepdims=keepdims) / count


def _std(*args: Any, **kwargs: Any) -> Any:
    return np.sqrt(_var(*args, **kwargs))


def _extreme(function: Callable) -> Callable:
    def call(a: Any, axis: Any = None, out: Any = None, keepdims: Any = False, **kwargs: Any) -> Any:
        keepdims = bool(keepdims) and keepdims is not np._NoValue
        values = constant(a)
        there = values == function(values, axis=axis, keepdims=True)
        return _sum(a * (there / np.sum(there, axis=axis, keepdims=True)), axis, keepdims=keepdims)

    return call


def _prod(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = False, **kwargs: Any) -> Any:
    keepdims = bool(keepdims) and keepdims is not np._NoValue
    axes = _axes(axis, a.ndim)
    rest = [k for k in range(a.ndim) if k not in axes]
    flat = np.reshape(np.transpose(a, (*rest, *axes)), (*(a.shape[k] for k in rest), -1))
    result = flat[..., 0]
    for k in range(1, flat.shape[-1]):
        result = result * flat[..., k]
    if keepdims:
        result = np.reshape(result, tuple(1 if k in axes else n for k, n in enumerate(a.shape)))
    return result


def _cumsum(a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    if axis is None:
        a, axis = np.reshape(a, -1), 0
    level, (value,) = _peel([a])
    back = lambda seed: np.flip(np.cumsum(np.flip(seed, axis), axis), axis)  # noqa: E731
    return Traced(np.cumsum(value, axis), level, ((a, back),))


def _rearranged(function: Callable) -> Callable:
    """A function that only moves, copies or leaves out entries, as the same function of their positions tells."""

    def call(a: Any, *args: Any, **kwargs: Any) -> Any:
        if not isinstance(a, Traced):
            raise _cannot(f'numpy.{function.__name__} with a traced argument')
        positions = function(np.arange(a.size).reshape(a.shape), *args, **kwargs)
        return _flat(a)[positions]

    return call


def _flat(a: Traced) -> Traced:
    return _reshape(a, -1)


def _reshape(a: Any, shape: Any = None, *more: Any, newshape: Any = None, order: str = 'C', **kwargs: Any) -> Any:
    shape = newshape if shape is None else (shape, *more) if more else shape
    level, (value,) = _peel([a])
    before = a.shape
    return Traced(np.reshape(value, shape), level, ((a, lambda seed: np.reshape(seed, before)),))


def _transpose(a: Any, axes: Any = None, *more: Any) -> Any:
    axes = (axes, *more) if more else axes
    level, (value,) = _peel([a])
    inverse = None if axes is None else np.argsort([k % a.ndim for k in axes])
    return Traced(np.transpose(value, axes), level, ((a, lambda seed: np.transpose(seed, inverse)),))


def _broadcast_to(array: Any, shape: Any, subok: bool = False) -> Any:
    level, (value,) = _peel([array])
    before = array.shape
    return Traced(np.broadcast_to(value, shape), level, ((array, lambda seed: _unbroadcast(seed, before)),))


def _concatenate(arrays: Any, axis: Any = 0, out: Any = None, **kwargs: Any) -> Any:
    arrays = list(arrays)
    if axis is None:
        arrays, axis = [np.reshape(x, -1) for x in arrays], 0
    level, values = _peel(arrays)
    joined = np.concatenate(values, axis)
    axis = axis % joined.ndim
    ends = np.cumsum([np.shape(v)[axis] for v in values])
    parents = []
    for x, value, end in zip(arrays, values, ends, strict=True):
        if isinstance(x, Traced) and x.level == level:
            part = (slice(None),) * axis + (slice(end - np.shape(value)[axis], end),)
            parents.append((x, lambda seed, part=part: seed[part]))
    return Traced(joined, level, parents)


def _stack(arrays: Any, axis: int = 0, out: Any = None, **kwargs: Any) -> Any:
    return _concatenate([np.expand_dims(x, axis) for x in arrays], axis)


def _hstack(tup: Any, **kwargs: Any) -> Any:
    arrays = [_at_least(x, 1) for x in tup]
    return _concatenate(arrays, 0 if arrays[0].ndim == 1 else 1)


def _vstack(tup: Any, **kwargs: Any) -> Any:
    return _concatenate([np.reshape(x, (1, -1)) if np.ndim(x) < 2 else x for x in tup], 0)


def _at_least(x: Any, ndim: int) -> Any:
    return np.reshape(x, (1,) * (ndim - np.ndim(x)) + np.shape(x)) if np.ndim(x) < ndim else x


def _where(condition: Any, x: Any, y: Any) -> Any:
    condition = np.array(constant(condition))
    if not isinstance(x, Traced) and not isinstance(y, Traced):
        return np.where(condition, x, y)
    level, values = _peel([x, y])
    slopes = (lambda a, b: np.where(condition, 1.0, 0.0), lambda a, b: np.where(condition, 0.0, 1.0))
    return _elementwise(level, (x, y), values, np.where(condition, *values), slopes)


def _clip(a: Any, a_min: Any = None, a_max: Any = None, *, min: Any = None, max: Any = None, **kwargs: Any) -> Any:
    low, high = a_min if min is None else min, a_max if max is None else max
    if low is not None:
        a = _where(a < low, low, a)
    if high is not None:
        a = _where(a > high, high, a)
    return a


def _select(condlist: Any, choicelist: Any, default: Any = 0) -> Any:
    out = default
    for condition, choice in zip(reversed(list(condlist)), reversed(list(choicelist)), strict=True):
        out = _where(condition, choice, out)
    return out


def _matmul(a: Any, b: Any) -> Any:
    level, (u, v) = _peel([a, b])
    if np.ndim(u) == 0 or np.ndim(v) == 0:
        raise ValueError('a matrix product needs arrays of at least one axis')
    row, column = np.ndim(u) == 1, np.ndim(v) == 1
    parents = []

    def full(seed: Any) -> Any:
        if row:
            seed = np.expand_dims(seed, -1 if column else -2)
        return np.expand_dims(seed, -1) if column else seed

    wide_u = np.reshape(u, (1, -1)) if row else u
    wide_v = np.reshape(v, (-1, 1)) if column else v
    if isinstance(a, Traced) and a.level == level:
        back = lambda seed: np.reshape(  # noqa: E731
            _unbroadcast(np.matmul(full(seed), np.swapaxes(wide_v, -1, -2)), np.shape(wide_u)), np.shape(u)
        )
        parents.append((a, back))
    if isinstance(b, Traced) and b.level == level:
        back = lambda seed: np.reshape(  # noqa: E731
            _unbroadcast(np.matmul(np.swapaxes(wide_u, -1, -2), full(seed)), np.shape(wide_v)), np.shape(v)
        )
        parents.append((b, back))
    return Traced(np.matmul(u, v), level, parents)


def _dot(a: Any, b: Any, out: Any = None) -> Any:
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return a * b
    if np.ndim(b) > 2:
        raise _cannot('numpy.dot with more than two axes; use matmul')
    return _matmul(a, b)


def _outer(a: Any, b: Any, out: Any = None) -> Any:
    return np.reshape(a, (-1, 1)) * np.reshape(b, (1, -1))


def _einsum(subscripts: str, *operands: Any, **kwargs: Any) -> Any:
    if '->' not in subscripts or '.' in subscripts:
        raise _cannot('numpy.einsum without an explicit result, or with ...')
    terms, result = subscripts.replace(' ', '').split('->')
    terms = terms.split(',')
    level, values = _peel(operands)
    parents = []
    for k, x in enumerate(operands):
        if not (isinstance(x, Traced) and x.level == level):
            continue
        others = [n for n in range(len(operands)) if n != k]
        known = set(result).union(*(terms[n] for n in others)) if others else set(result)
        kept = ''.join(s for s in terms[k] if s in known)

        def back(seed: Any, k: int = k, others: list = others, kept: str = kept, shape: tuple = x.shape) -> Any:
            spec = ','.join([result, *(terms[n] for n in others)]) + '->' + kept
            pulled = np.einsum(spec, seed, *(values[n] for n in others))
            lost = tuple(1 if s not in kept else n for s, n in zip(terms[k], shape, strict=True))
            return np.broadcast_to(np.reshape(pulled, lost), shape)

        parents.append((x, back))
    return Traced(np.einsum(subscripts, *values), level, parents)


def _norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    if ord not in (None, 2, 'fro'):
        raise _cannot(f'numpy.linalg.norm with ord={ord}')
    return np.sqrt(_sum(x * x, axis, keepdims=keepdims))


def _on_values(function: Callable) -> Callable:
    return lambda *args, **kwargs: function(
        *(constant(x) for x in args), **{key: constant(x) for key, x in kwargs.items()}
    )


_FUNCTIONS: dict[str, Callable] = {
    'sum': _sum,
    'mean': _mean,
    'var': _var,
    'std': _std,
    'max': _extreme(np.max),
    'amax': _extreme(np.max),
    'min': _extreme(np.min),
    'amin': _extreme(np.min),
    'prod': _prod,
    'cumsum': _cumsum,
    'reshape': _reshape,
    'transpose': _transpose,
    'broadcast_to': _broadcast_to,
    'concatenate': _concatenate,
    'stack': _stack,
    'hstack': _hstack,
    'vstack': _vstack,
    'where': _where,
    'clip': _clip,
    'select': _select,
    'dot': _dot,
    'outer': _outer,
    'einsum': _einsum,
    'norm': _norm,
    'copy': lambda a, *args, **kwargs: a,
    'round': lambda a, *args, **kwargs: np.round(constant(a), *args, **kwargs),
}
_FUNCTIONS.update(
    (name, _rearranged(getattr(np, name)))
    for name in (
        'ravel squeeze expand_dims moveaxis swapaxes flip fliplr flipud roll rot90 take repeat tile diagonal '
        'atleast_1d atleast_2d'
    ).split()
)
_FUNCTIONS['flatten'] = _FUNCTIONS['ravel']
_FUNCTIONS.update(
    (name, _on_values(getattr(np, name)))
    for name in (
        'zeros_like ones_like full_like empty_like shape ndim size isclose allclose array_equal result_type argmax '
        'argmin argsort all any count_nonzero nonzero searchsorted iscomplexobj can_cast'
    ).split()
)
_METHODS = frozenset(
    'sum mean var std max min prod cumsum reshape transpose dot ravel flatten squeeze swapaxes take repeat diagonal '
    'clip copy round argmax argmin argsort all any nonzero'.split()
)
