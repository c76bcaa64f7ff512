# SPDX-License-Identifier: Apache-2.0
"""Variables: the named state of a model, which is written in place and keeps its shape and dtype.

A variable stands before a *storage*, an object with

* ``array()``: the buffer itself, a writable `numpy.ndarray`, up to date;
* ``touch()``: to be called after every write into the buffer;
* ``resize(batch_size)``: a new length of the batch axis.

A new variable has a storage of its own. The variables of built-in models are bound to those of the compiled core, so
that both sides read and write the same memory.
"""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from bouton import _runs
from bouton.errors import MathError
from bouton.math.array import Array, array, asarray, wrap, zeros

__all__ = ['Variable', 'TrainVar', 'Parameter', 'VariableView', 'VarList', 'VarDict', 'NodeList', 'NodeDict']


class _Buffer:
    """The storage of a variable that belongs to nobody else."""

    __slots__ = ('_array', '_batch_axis')

    def __init__(self, array: np.ndarray, batch_axis: int | None):
        self._array = array
        self._batch_axis = batch_axis

    def array(self) -> np.ndarray:
        return self._array

    def touch(self) -> None:
        pass

    def resize(self, batch_size: int) -> None:
        shape = list(self._array.shape)
        shape[self._batch_axis or 0] = batch_size
        self._array = np.zeros(shape, self._array.dtype)


def _is_size(value: Any) -> bool:
    if isinstance(value, bool):
        return False
    if isinstance(value, int | np.integer):
        return True
    return isinstance(value, tuple | list) and all(
        isinstance(v, int | np.integer) and not isinstance(v, bool) for v in value
    )


def _follows(value: Any) -> bool:
    """Whether `value` carries a derivative."""
    return getattr(type(value), 'follows_derivative', False)


def _with_entries(old: Any, index: Any, values: Any) -> Any:
    """A copy of `old` in which the entries at `index` are `values`, where one of both carries a derivative."""
    shape = old.shape
    places = np.arange(old.size).reshape(shape)[index]
    values = np.broadcast_to(values if _follows(values) else np.asarray(values, old.dtype), places.shape)
    if places.size == old.size and np.array_equal(places.ravel(), np.arange(old.size)):
        return np.reshape(values, shape)
    source = np.full(old.size, -1)
    source[places.ravel()] = np.arange(places.size)
    taken = np.reshape(values, -1)[np.maximum(source, 0)]
    return np.where((source >= 0).reshape(shape), np.reshape(taken, shape), old)


def _live(value: Any) -> Any:
    """The buffer of a variable, to be read at once; anything else as it is."""
    return value._live() if isinstance(value, Variable) else value


def _snapshot(value: Any) -> Any:
    """`value` with copies in place of all variables in it."""
    if isinstance(value, Variable):
        return value.value
    if isinstance(value, tuple | list):
        return type(value)(_snapshot(item) for item in value)
    if isinstance(value, dict):
        return {key: _snapshot(item) for key, item in value.items()}
    return value


class _TracedValue:
    """The storage of a variable while its value carries a derivative; see `traced_variables`."""

    __slots__ = ('value', 'storage', 'level')

    def __init__(self, value: Any, storage: Any, level: int):
        self.value = value
        self.storage = storage
        self.level = level

    def array(self) -> Any:
        return self.value

    def touch(self) -> None:
        pass


class _EndOfRun(_TracedValue):
    """The storage of a variable that a recorded run has left with a value that carries a derivative.

    What others write into the storage beneath, a reset or another run, takes its place.
    """

    __slots__ = ()

    def array(self) -> Any:
        live = self.storage.array()
        primal = self.value.primal
        return self.value if live.shape == primal.shape and np.array_equal(live, primal) else live


def tracing() -> bool:
    """Whether a function is being differentiated."""
    return bool(_open)


def leave_traced(variable: Variable, value: Any) -> None:
    """Give a variable the value that a recorded run has left it with; its storage has the numbers already."""
    level, touched = _open[-1]
    storage = variable._storage
    if isinstance(storage, _TracedValue):
        storage = storage.storage
    else:
        touched.append(variable)
    variable._storage = _EndOfRun(value, storage, level)


# Open `traced_variables`: the level of each, and the variables whose value is traced there.
_open: list[tuple[int, list[Variable]]] = []


@contextlib.contextmanager
def traced_variables(
    pairs: Iterable[tuple[Variable, Any]], level: int, settled: Callable[[Any], Any]
) -> Iterator[None]:
    """Values that carry derivatives in variables, for the time of a ``with`` block.

    Each variable of `pairs` starts with the value beside it. A variable that is assigned such a value takes it up. At
    the end all of them are left with ``settled(value)``, the numbers.
    """
    touched: list[Variable] = []
    _open.append((level, touched))
    try:
        for variable, value in pairs:
            variable._trace(value)
        yield
    finally:
        _open.pop()
        for variable in touched:
            traced = variable._storage
            if not isinstance(traced, _TracedValue):
                continue
            variable._storage = traced.storage
            if isinstance(traced, _EndOfRun):
                continue
            value = settled(traced.value) if getattr(traced.value, 'level', None) == level else traced.value
            if _follows(value) or not np.array_equal(variable._live(), value):  # what was read only stays untouched
                variable._assign(value)


class Variable:
    """An array that a model changes.

    Parameters
    ----------
    value_or_size : int, tuple of int, or array_like
        An integer or a tuple or list of integers is a shape, filled with zeros; anything else is the value, which is
        copied.
    dtype : dtype, optional
        Default: that of the value; `bm.float_` for zeros.
    batch_axis : int, optional
        An axis whose length may change on assignment.

    Raises
    ------
    MathError
        On construction if `batch_axis` is no axis of the value; on assignment if shape or dtype do not fit. Assignment
        to `value` does not broadcast and does not convert arrays; ``v[index] = x`` does both.

    Notes
    -----
    `value` is a copy, so ``old = v.value`` stays what it was. Operators and NumPy functions return `Array`; the
    operators ``+=`` and so on write in place.
    """

    __slots__ = ('_storage', '_batch_axis', '__weakref__', '__dict__')

    def __init__(
        self, value_or_size: Any, dtype: Any = None, batch_axis: int | None = None, _ready_to_trace: bool = True
    ):
        is_size = _is_size(value_or_size)
        array = np.array(zeros(value_or_size, dtype) if is_size else asarray(_snapshot(value_or_size), dtype))
        if batch_axis is not None:
            batch_axis = int(batch_axis)
            if not 0 <= batch_axis < array.ndim:
                raise MathError(
                    f'This variables has {array.ndim} dimension, but the batch axis is set to be {batch_axis}.'
                )
        self._batch_axis = batch_axis
        self._storage: Any = _Buffer(array, batch_axis)

    # What subclasses and the rest of this class build upon.

    def _live(self) -> np.ndarray:
        return self._storage.array()

    def _write(self, index: Any, values: Any) -> None:
        storage = self._storage
        if isinstance(storage, _EndOfRun) and not _follows(values) and (index is ... or not _follows(storage.array())):
            self._storage = storage = storage.storage
        if isinstance(storage, _TracedValue) or _follows(values):
            self._trace(_with_entries(storage.array(), index, values))
            return
        _runs.check_storage(storage)
        storage.array()[index] = values
        storage.touch()

    def _resize(self, batch_size: int) -> None:
        _runs.check_storage(self._storage)
        self._storage.resize(batch_size)

    def _trace(self, value: Any) -> None:
        """Hold a value that carries a derivative, until the innermost `traced_variables` ends."""
        if not _open:
            raise TypeError(
                'a value that carries a derivative cannot be kept in a variable after its function has ended'
            )
        level, touched = _open[-1]
        storage = self._storage
        if isinstance(storage, _EndOfRun):
            self._storage = _TracedValue(value, storage.storage, level)
        elif not (isinstance(storage, _TracedValue) and storage.level == level):
            self._storage = _TracedValue(value, storage, level)
            touched.append(self)
        self._storage.value = value

    @property
    def is_traced(self) -> bool:
        """Whether the value carries a derivative."""
        return isinstance(self._storage, _TracedValue) and _follows(self._storage.array())

    def _bind(self, storage: Any) -> None:
        """Move to another storage, which takes over the value."""
        array = storage.array()
        own = self._live()
        if array.shape != own.shape:
            raise MathError(f'A variable of shape {own.shape} cannot be moved to a storage of shape {array.shape}.')
        array[...] = own
        storage.touch()
        self._storage = storage

    # Reading and writing

    @property
    def value(self) -> Array:
        """A copy of the values."""
        live = self._live()
        return live.copy().view(Array) if isinstance(live, np.ndarray) else live

    @value.setter
    def value(self, value: Any) -> None:
        self._assign(value)

    def _assign(self, value: Any) -> None:
        if type(value) is not Array and type(value) is not np.ndarray:
            if isinstance(value, Variable):
                value = value._live()
            elif not _follows(value):
                value = self._typed(value)
        live = self._live()
        if value.shape != live.shape:
            axis = self._batch_axis
            if (
                axis is None
                or value.ndim != live.ndim
                or value.shape[:axis] != live.shape[:axis]
                or value.shape[axis + 1 :] != live.shape[axis + 1 :]
            ):
                raise MathError(
                    f'The shape of the original data is {live.shape}, while we got {value.shape} with '
                    f'batch_axis={axis}.'
                )
        if value.dtype != live.dtype:
            value = wrap(value)
            if value.dtype != live.dtype:
                raise MathError(f'The dtype of the original data is {live.dtype}, while we got {value.dtype}.')
        if value.shape != live.shape:
            value = array(value)
            self._resize(value.shape[self._batch_axis])
        self._write(..., value)

    def _typed(self, value: Any) -> np.ndarray:
        """What has no dtype of its own, as an array of this variable's dtype if that loses nothing."""
        found = asarray(_snapshot(value))
        dtype = self._live().dtype
        if not hasattr(value, 'dtype') and np.can_cast(found.dtype, dtype, 'same_kind'):
            return found.astype(dtype)
        return found

    def update(self, value: Any) -> None:
        """Assign to `value`."""
        self._assign(value)

    def fill(self, value: Any) -> None:
        """Write one number into all entries."""
        self._write(..., _live(value))

    def sort(self, axis: int = -1) -> None:
        """Sort in place."""
        self._write(..., np.sort(self._live(), axis))

    def __getitem__(self, index: Any) -> Any:
        found = self._live()[_snapshot(index)]
        return found.copy().view(Array) if isinstance(found, np.ndarray) else found

    def __setitem__(self, index: Any, values: Any) -> None:
        self._write(_snapshot(index), _snapshot(values))

    def __len__(self) -> int:
        return len(self._live())

    def __iter__(self) -> Iterator[Any]:
        return iter(self.value)

    # Shape

    @property
    def shape(self) -> tuple[int, ...]:
        """The lengths of the axes."""
        return self._live().shape

    @property
    def dtype(self) -> np.dtype:
        """The type of the entries."""
        return self._live().dtype

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return self._live().ndim

    @property
    def size(self) -> int:
        """The number of entries."""
        return self._live().size

    @property
    def batch_axis(self) -> int | None:
        """The axis whose length may change, or None."""
        return self._batch_axis

    @batch_axis.setter
    def batch_axis(self, value: Any) -> None:
        raise ValueError(f'Cannot set "batch_axis" after creating a {type(self).__name__} instance.')

    @property
    def batch_size(self) -> int | None:
        """The length of the batch axis, or None."""
        return None if self._batch_axis is None else self.shape[self._batch_axis]

    @batch_size.setter
    def batch_size(self, value: Any) -> None:
        raise ValueError('Cannot set "batch_size" manually.')

    @property
    def nobatch_shape(self) -> tuple[int, ...]:
        """The shape without the batch axis."""
        shape, axis = self.shape, self._batch_axis
        return shape if axis is None else shape[:axis] + shape[axis + 1 :]

    # NumPy

    def numpy(self, dtype: Any = None) -> np.ndarray:
        """A copy as a plain NumPy array."""
        return np.array(self._live(), dtype)

    to_numpy = numpy

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        if copy is False:
            raise ValueError('A variable is copied when it becomes an array; copy=False cannot be granted.')
        return np.array(self._live(), dtype)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, out: tuple = (), **kwargs: Any) -> Any:
        if method == 'at':
            changed = self.value
            ufunc.at(changed, *(_snapshot(item) for item in inputs[1:]))
            self._assign(changed)
            return None
        kwargs = {key: _live(item) for key, item in kwargs.items()}
        results = getattr(ufunc, method)(*[_live(item) for item in inputs], **kwargs)
        if not out:
            return wrap(results)
        for target, result in zip(out, results if isinstance(results, tuple) else (results,), strict=False):
            if isinstance(target, Variable):
                target._assign(result)
            elif target is not None:
                target[...] = result
        return out if len(out) > 1 else out[0]

    def __array_function__(self, function: Callable, types: Any, args: tuple, kwargs: dict) -> Any:
        return wrap(function(*_snapshot(args), **_snapshot(kwargs)))

    def __getattr__(self, name: str) -> Any:
        if name.startswith('_') or name in _IN_PLACE:
            raise AttributeError(f'{type(self).__name__!r} object has no attribute {name!r}')
        found = getattr(Array, name, None)
        if found is None:
            raise AttributeError(f'{type(self).__name__!r} object has no attribute {name!r}')
        return getattr(self.value, name)

    # Operators

    def __bool__(self) -> bool:
        return bool(self._live())

    def __int__(self) -> int:
        return int(self._live())

    def __float__(self) -> float:
        return float(self._live())

    def __complex__(self) -> complex:
        return complex(self._live())

    def __index__(self) -> int:
        return self._live().__index__()

    def __round__(self, ndigits: int = 0) -> Array:
        return round(self.value, ndigits)

    def __contains__(self, item: Any) -> bool:
        return _live(item) in self._live()

    def __hash__(self) -> int:
        return id(self)

    def __repr__(self) -> str:
        return f'{type(self).__name__}({np.array2string(self._live(), separator=", ")}, dtype={self.dtype})'

    def __copy__(self) -> Variable:
        return type(self)(self.value, batch_axis=self._batch_axis)

    def __deepcopy__(self, memo: dict) -> Variable:
        if self.is_traced:
            raise TypeError('a variable whose value carries a derivative cannot be copied')
        return self.__copy__()

    def __reduce__(self) -> tuple:
        return type(self), (self.value, None, self._batch_axis)

    def clone(self) -> Variable:
        """Another variable with the same values, which belongs to nobody."""
        return self.__copy__()


# Methods of arrays that would change a copy of the values and nothing else.
_IN_PLACE = frozenset(('byteswap', 'partition', 'put', 'resize', 'setfield', 'setflags', 'itemset'))


def _add_operators() -> None:
    unary = {'neg': np.negative, 'pos': np.positive, 'abs': np.absolute, 'invert': np.invert}
    comparisons = {
        'eq': np.equal,
        'ne': np.not_equal,
        'lt': np.less,
        'le': np.less_equal,
        'gt': np.greater,
        'ge': np.greater_equal,
    }
    arithmetic = {
        'add': np.add,
        'sub': np.subtract,
        'mul': np.multiply,
        'truediv': np.true_divide,
        'floordiv': np.floor_divide,
        'mod': np.remainder,
        'pow': np.power,
        'matmul': np.matmul,
        'and': np.bitwise_and,
        'or': np.bitwise_or,
        'xor': np.bitwise_xor,
        'lshift': np.left_shift,
        'rshift': np.right_shift,
        'divmod': np.divmod,
    }

    def of_one(ufunc: np.ufunc) -> Callable:
        return lambda self: wrap(ufunc(self._live()))

    def of_two(ufunc: np.ufunc) -> Callable:
        return lambda self, other: wrap(ufunc(self._live(), _live(other)))

    def reflected(ufunc: np.ufunc) -> Callable:
        return lambda self, other: wrap(ufunc(_live(other), self._live()))

    def in_place(ufunc: np.ufunc) -> Callable:
        def operator(self: Variable, other: Any) -> Variable:
            self._assign(asarray(ufunc(self._live(), _live(other))))
            return self

        return operator

    for name, ufunc in unary.items():
        setattr(Variable, f'__{name}__', of_one(ufunc))
    for name, ufunc in comparisons.items():
        setattr(Variable, f'__{name}__', of_two(ufunc))
    for name, ufunc in arithmetic.items():
        setattr(Variable, f'__{name}__', of_two(ufunc))
        setattr(Variable, f'__r{name}__', reflected(ufunc))
        if name != 'divmod':
            setattr(Variable, f'__i{name}__', in_place(ufunc))


_add_operators()


class TrainVar(Variable):
    """A variable that is trained."""

    __slots__ = ()


class Parameter(Variable):
    """A variable that is a parameter of its model."""

    __slots__ = ()


class VariableView(Variable):
    """A part of a variable: reading gives the part, writing changes it in the variable.

    Parameters
    ----------
    value : Variable
        The variable.
    index : int, slice, array or tuple of these
        The part.
    """

    __slots__ = ('_target', '_index')

    def __init__(self, value: Variable, index: Any):
        if not isinstance(value, Variable):
            raise ValueError(f'Must be instance of Variable, but we got {type(value)}.')
        self._target = value
        self._index = _snapshot(index)
        self._batch_axis = None
        self._storage = None
        self._live()  # an index that does not fit is refused here

    def _live(self) -> np.ndarray:
        return np.asarray(self._target._live()[self._index])

    def _write(self, index: Any, values: Any) -> None:
        part = self._live()
        part[index] = values
        self._target._write(self._index, part)

    def _resize(self, batch_size: int) -> None:
        raise MathError('A view cannot change its shape.')

    def _bind(self, storage: Any) -> None:
        raise MathError('A view has the storage of its variable.')

    @property
    def target(self) -> Variable:
        """The variable that this is a part of."""
        return self._target

    @property
    def index(self) -> Any:
        """The part."""
        return self._index

    def __copy__(self) -> Variable:
        return Variable(self.value)

    def __deepcopy__(self, memo: dict) -> VariableView:
        return VariableView(copy.deepcopy(self._target, memo), self._index)

    def __reduce__(self) -> tuple:
        return VariableView, (self._target, self._index)


def _checked_variable(value: Any) -> Variable:
    if not isinstance(value, Variable):
        raise TypeError(f'Must be instance of Variable, but we got {type(value)}')
    return value


class VarList(list):
    """A list of variables, in which an object finds them. Assigning to an item writes into that variable."""

    def __init__(self, seq: Iterable[Variable] = ()):
        super().__init__()
        self.extend(seq)

    def append(self, item: Variable) -> VarList:  # type: ignore[override]
        """Add a variable; TypeError for anything else."""
        super().append(_checked_variable(item))
        return self

    def extend(self, items: Iterable[Variable]) -> VarList:  # type: ignore[override]
        """Add variables."""
        for item in items:
            self.append(item)
        return self

    def insert(self, index: Any, item: Variable) -> None:
        """Insert a variable."""
        super().insert(index, _checked_variable(item))

    def __setitem__(self, index: Any, value: Any) -> None:
        if not isinstance(index, int):
            raise TypeError(f'Only one item of a VarList can be assigned at once, by an integer; we got {index!r}')
        self[index].value = value


class VarDict(dict):
    """A dictionary of variables, in which an object finds them. Assigning to a known key writes into that variable."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__()
        self.update(*args, **kwargs)

    def update(self, *args: Any, **kwargs: Any) -> VarDict:  # type: ignore[override]
        """Add variables, given as dictionaries, pairs (key, variable) or keywords."""
        for arg in args:
            if isinstance(arg, dict):
                pairs: Iterable = arg.items()
            elif isinstance(arg, tuple) and len(arg) == 2 and isinstance(arg[0], str):
                pairs = (arg,)
            else:
                pairs = arg
            for key, value in pairs:
                self[key] = value
        for key, value in kwargs.items():
            self[key] = value
        return self

    def __setitem__(self, key: Any, value: Any) -> None:
        if key in self:
            self[key].value = value
        else:
            super().__setitem__(key, _checked_variable(value))


class NodeList(list):
    """A list of objects, in which an object finds its children."""

    def __init__(self, seq: Iterable[Any] = ()):
        super().__init__(seq)


class NodeDict(dict):
    """A dictionary of objects, in which an object finds its children."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__()
        for arg in args:
            dict.update(self, (arg,) if isinstance(arg, tuple) and len(arg) == 2 and isinstance(arg[0], str) else arg)
        dict.update(self, kwargs)
