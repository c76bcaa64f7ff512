# SPDX-License-Identifier: Apache-2.0
"""What objects read when they are constructed: mode, time step, precision, compatibility.

Nothing here reaches into objects that exist already. `enable_x64`, `set_mode`, `set_dt` and `set_compat` act on what is
built afterwards; a runner passes its own ``dt`` on in every step.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

__all__ = [
    'Mode',
    'NonBatchingMode',
    'BatchingMode',
    'TrainingMode',
    'nonbatching_mode',
    'batching_mode',
    'training_mode',
    'set_mode',
    'get_mode',
    'set_dt',
    'get_dt',
    'enable_x64',
    'disable_x64',
    'set_float',
    'get_float',
    'set_int',
    'get_int',
    'set_bool',
    'get_bool',
    'set_complex',
    'get_complex',
    'set_compat',
    'get_compat',
    'set_environment',
    'environment',
    'batching_environment',
    'training_environment',
    'set_platform',
    'get_platform',
    'set_host_device_count',
    'clear_buffer_memory',
]


class Mode:
    """How many copies of a model are computed, and whether it is trained.

    Two modes are equal if they are of the same class, whatever their batch size.
    """

    def is_a(self, mode: type) -> bool:
        """Whether this mode is exactly of the class `mode`."""
        return self.__class__ is mode

    def is_parent_of(self, *modes: type) -> bool:
        """Whether all `modes` are classes derived from the class of this mode, or that class itself."""
        return all(issubclass(m, self.__class__) for m in modes)

    def is_child_of(self, *modes: type) -> bool:
        """Whether the class of this mode derives from all `modes`, or is the same."""
        return all(issubclass(self.__class__, m) for m in modes)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Mode) and self.__class__ is other.__class__

    def __hash__(self) -> int:
        return hash(self.__class__)

    def __repr__(self) -> str:
        return self.__class__.__name__


class NonBatchingMode(Mode):
    """One copy of the model. States have the shape of their group."""


class BatchingMode(Mode):
    """`batch_size` independent copies of the model. States have a leading batch axis.

    Parameters
    ----------
    batch_size : int
        Number of copies, at least 1.
    """

    def __init__(self, batch_size: int = 1):
        try:
            size = int(batch_size)
            whole = size == batch_size
        except (TypeError, ValueError, OverflowError):
            raise TypeError(f'"batch_size" must be an integer, but we got {batch_size!r}') from None
        if not whole or size < 1:
            raise ValueError(f'"batch_size" must be an integer of at least 1, but we got {batch_size!r}')
        self.batch_size = size

    def __repr__(self) -> str:
        return f'{self.__class__.__name__}(batch_size={self.batch_size})'


class TrainingMode(BatchingMode):
    """A `BatchingMode` in which spikes are numbers with a surrogate gradient and weights are trainable."""


nonbatching_mode = NonBatchingMode()
batching_mode = BatchingMode()
training_mode = TrainingMode()

COMPATIBILITIES = (None, 'brainpy_2_4')


class _State:
    """The settings. One object, `state`, holds them; all other modules read from it."""

    __slots__ = ('mode', 'dt', 'x64', 'float_', 'int_', 'bool_', 'complex_', 'compat')

    def __init__(self) -> None:
        self.mode: Mode = nonbatching_mode
        self.dt = 0.1
        self.x64 = True
        self.float_ = np.float64
        self.int_ = np.int64
        self.bool_ = np.bool_
        self.complex_ = np.complex128
        self.compat: str | None = None

    def save(self) -> tuple:
        return tuple(getattr(self, name) for name in self.__slots__)

    def restore(self, saved: tuple) -> None:
        for name, value in zip(self.__slots__, saved, strict=True):
            setattr(self, name, value)


state = _State()


def set_mode(mode: Mode) -> None:
    """Set the mode of objects that are built afterwards without one of their own.

    Raises
    ------
    TypeError
        If `mode` is not a `Mode`.
    """
    if not isinstance(mode, Mode):
        raise TypeError(f'Must be instance of Mode, but we got {type(mode)}: {mode}')
    state.mode = mode


def get_mode() -> Mode:
    """The mode that objects are built in."""
    return state.mode


def set_dt(dt: float) -> None:
    """Set the time step [ms] of objects and runners that are built afterwards.

    Raises
    ------
    TypeError
        If `dt` is not a number.
    ValueError
        If `dt` is not positive and finite.
    """
    state.dt = checked_dt(dt)


def checked_dt(dt: Any) -> float:
    """`dt` as a Python float, if it is one positive and finite number."""
    try:
        array = np.asarray(dt)
        if array.size != 1 or array.dtype.kind not in 'fiu':
            raise TypeError
        value = float(array.reshape(()))
    except (TypeError, ValueError):
        raise TypeError(f'"dt" must be a float, but we got {dt!r}') from None
    if not 0 < value < float('inf'):
        raise ValueError(f'"dt" must be positive and finite, but we got {dt!r}')
    return value


def get_dt() -> float:
    """The time step [ms]."""
    return state.dt


def enable_x64(x64: bool = True) -> None:
    """Use 64-bit numbers in arrays that are made afterwards. This is the default."""
    if not x64:
        disable_x64()
        return
    state.x64, state.float_, state.int_, state.complex_ = True, np.float64, np.int64, np.complex128


def disable_x64() -> None:
    """Use 32-bit numbers in arrays that are made afterwards."""
    state.x64, state.float_, state.int_, state.complex_ = False, np.float32, np.int32, np.complex64


def _dtype_of_kind(dtype: Any, kinds: str, what: str) -> type:
    try:
        found = np.dtype(dtype)
    except TypeError:
        raise TypeError(f'Must be a {what} dtype, but we got {dtype!r}') from None
    if found.kind not in kinds:
        raise TypeError(f'Must be a {what} dtype, but we got {dtype!r}')
    return found.type


def set_float(dtype: Any) -> None:
    """Set the default dtype of real numbers: float32 or float64."""
    found = _dtype_of_kind(dtype, 'f', 'floating')
    if found not in (np.float32, np.float64):
        raise ValueError(f'The float dtype must be float32 or float64, but we got {dtype!r}')
    state.float_ = found


def get_float() -> type:
    """The default dtype of real numbers."""
    return state.float_


def set_int(dtype: Any) -> None:
    """Set the default dtype of integers."""
    state.int_ = _dtype_of_kind(dtype, 'iu', 'integer')


def get_int() -> type:
    """The default dtype of integers."""
    return state.int_


def set_bool(dtype: Any) -> None:
    """Set the default dtype of truth values."""
    state.bool_ = _dtype_of_kind(dtype, 'b', 'bool')


def get_bool() -> type:
    """The default dtype of truth values."""
    return state.bool_


def set_complex(dtype: Any) -> None:
    """Set the default dtype of complex numbers."""
    state.complex_ = _dtype_of_kind(dtype, 'c', 'complex')


def get_complex() -> type:
    """The default dtype of complex numbers."""
    return state.complex_


def set_compat(version: str | None) -> None:
    """Reproduce, in objects built afterwards, what BrainPy 2.4 computes where that differs from its equations.

    Parameters
    ----------
    version : 'brainpy_2_4' or None
        None, the default: the equations as documented.
    """
    if version not in COMPATIBILITIES:
        raise ValueError(f"no compatibility {version!r}; known are None, 'brainpy_2_4'")
    state.compat = version


def get_compat() -> str | None:
    """'brainpy_2_4', or None."""
    return state.compat


def set_environment(
    mode: Mode | None = None,
    dt: float | None = None,
    x64: bool | None = None,
    complex_: Any = None,
    float_: Any = None,
    int_: Any = None,
    bool_: Any = None,
) -> None:
    """Set several of the settings at once. What is None stays; everything does, if a value is refused."""
    saved = state.save()
    try:
        if mode is not None:
            set_mode(mode)
        if dt is not None:
            set_dt(dt)
        if x64 is not None:
            enable_x64(bool(x64))
        for value, setter in ((float_, set_float), (int_, set_int), (complex_, set_complex), (bool_, set_bool)):
            if value is not None:
                setter(value)
    except Exception:
        state.restore(saved)
        raise


class environment:
    """Settings for the time of a ``with`` block, or of the calls of a decorated function.

    ``with bm.environment(bm.TrainingMode(8), dt=0.05): ...``. Takes the arguments of `set_environment`; the settings
    of before come back afterwards, also after an exception.
    """

    def __init__(
        self,
        mode: Mode | None = None,
        dt: float | None = None,
        x64: bool | None = None,
        complex_: Any = None,
        float_: Any = None,
        int_: Any = None,
        bool_: Any = None,
    ):
        self._settings = (mode, dt, x64, complex_, float_, int_, bool_)
        self._saved: list[tuple] = []
        saved = state.save()  # a value that is refused is refused here
        set_environment(*self._settings)
        state.restore(saved)

    def __enter__(self) -> environment:
        self._saved.append(state.save())
        set_environment(*self._settings)
        return self

    def __exit__(self, *exception: object) -> None:
        state.restore(self._saved.pop())

    def __call__(self, function: Any) -> Any:
        @functools.wraps(function)
        def inside(*args: Any, **kwargs: Any) -> Any:
            with self:
                return function(*args, **kwargs)

        return inside


def batching_environment(
    dt: float | None = None,
    x64: bool | None = None,
    complex_: Any = None,
    float_: Any = None,
    int_: Any = None,
    bool_: Any = None,
    batch_size: int = 1,
) -> environment:
    """An `environment` with a `BatchingMode` of `batch_size`."""
    return environment(BatchingMode(batch_size), dt, x64, complex_, float_, int_, bool_)


def training_environment(
    dt: float | None = None,
    x64: bool | None = None,
    complex_: Any = None,
    float_: Any = None,
    int_: Any = None,
    bool_: Any = None,
    batch_size: int = 1,
) -> environment:
    """An `environment` with a `TrainingMode` of `batch_size`."""
    return environment(TrainingMode(batch_size), dt, x64, complex_, float_, int_, bool_)


def set_platform(platform: str) -> None:
    """Accept 'cpu', which is what bouton computes on.

    Raises
    ------
    ValueError
        For any other platform.
    """
    if platform != 'cpu':
        raise ValueError(f'bouton computes on the cpu; the platform {platform!r} is not supported')


def get_platform() -> str:
    """'cpu'."""
    return 'cpu'


def set_host_device_count(n: int) -> None:
    """Accept any count: a simulation uses the threads of its runner, and there are no virtual devices."""


def clear_buffer_memory(platform: str | None = None) -> None:
    """Do nothing: arrays are freed when the last reference to them goes."""
