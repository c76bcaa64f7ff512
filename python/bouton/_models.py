# SPDX-License-Identifier: Apache-2.0
"""What built-in neurons and synapses share: the settings of the core, its variables as ours, parameters and starts."""

from __future__ import annotations

from typing import Any

import numpy as np

from bouton import _core
from bouton._base import BrainPyObject
from bouton._scalars import as_array, integer
from bouton._system.share import share
from bouton.errors import MathError, UnsupportedError
from bouton.math.array import Array
from bouton.math.environment import BatchingMode, Mode, TrainingMode, get_compat, get_float
from bouton.math.variable import Variable


def settings_of(mode: Mode) -> Any:
    """The core's settings for an object of this mode, with the precision and compatibility of the environment."""
    return _core.Settings(
        precision='float32' if get_float() is np.float32 else 'float64',
        batch_size=mode.batch_size if isinstance(mode, BatchingMode) else None,
        training=isinstance(mode, TrainingMode),
        brainpy_2_4=get_compat() == 'brainpy_2_4',
    )


def check_mode(system: Any, supported: tuple[type, ...]) -> None:
    """UnsupportedError unless the mode of `system` is one of these classes."""
    trains = isinstance(system.mode, TrainingMode)
    if not isinstance(system.mode, supported) or (trains and TrainingMode not in supported):
        names = ', '.join(sorted(mode.__name__ for mode in supported))
        raise UnsupportedError(f'{type(system).__name__} does not support {system.mode}. We only support {names}. ')


def check_untraced(system: Any) -> None:
    """TypeError if a variable of the system carries a derivative, which a step of the core alone would lose."""
    if any(variable.is_traced for _, variable in system._own_variables()):
        raise TypeError(
            f'a gradient cannot be followed through single steps of {system.name}, which the core makes: run the '
            'network with a DSRunner inside the function'
        )


def check_size(group: Any) -> None:
    """ValueError for more neurons than can be numbered with 32 bits."""
    if group.num >= 1 << 32:
        raise ValueError(f'{group.name} has {group.num} neurons, but must have fewer than 2^32')


def bound(variable: Any, of: type = Variable) -> Variable:
    """A variable on the memory of one of the core's."""
    made = of(variable.array(), batch_axis=0 if variable.batched else None)
    made._bind(variable)
    return made


def rebound(owner: Any, name: str, variable: Any) -> None:
    """Let the variable `name` of an object be one of the core's: the one that is there, as in a copy, or a new one."""
    there = owner.__dict__.get(name)
    if isinstance(there, Variable):
        there._bind(variable)
    else:
        owner.__dict__[name] = bound(variable)


def evaluated(value: Any, shape: tuple[int, ...], what: str) -> Any:
    """What an initialiser or function makes of the shape; anything else as it is. TypeError for other objects."""
    if not callable(value):
        return value
    if isinstance(value, (type, BrainPyObject)):
        raise TypeError(f'{what} must be a number, an array, an initializer or a function, but we got {value!r}')
    return value(shape)


def as_parameter(value: Any, shape: tuple[int, ...], what: str) -> Any:
    """A parameter as a float, or as an array of this shape.

    A number is any scalar, or anything with one element; a function or initialiser is called with the shape. ValueError
    for another shape, TypeError for what is not made of numbers.
    """
    if type(value) in (float, int):
        return float(value)
    array = as_array(evaluated(value, shape, what), what)
    if array.size == 1:
        return float(array.reshape(()))
    if array.shape != shape:
        raise ValueError(f'The shape of the parameters should be {shape}, but we got {array.shape} for {what}')
    return np.array(array, dtype=get_float()).view(Array)


_MUST = {
    'positive': ('positive', lambda values: values > 0),
    'non_negative': ('non-negative', lambda values: values >= 0),
    'non_zero': ('not zero', lambda values: values != 0),
}


def check_range(value: Any, what: str, range_name: str) -> None:
    """ValueError unless all values are finite and in the range, which the core names."""
    must, holds = _MUST.get(range_name, (None, None))
    if not np.isfinite(value).all() or (holds is not None and not np.all(holds(np.asarray(value)))):
        raise ValueError(f'{what} = {value}, but must be {"" if must is None else must + " and "}finite')


def start_values(start: Any, shape: tuple[int, ...], rows: int | None, what: str) -> np.ndarray:
    """The values that a state starts from: (*shape), or (rows, *shape) with a batch.

    A function or initialiser is called with that shape; an array of the shape without the batch is the same in each
    row; a number is everywhere the same.
    """
    full = shape if rows is None else (rows, *shape)
    values = as_array(evaluated(start, full, what), what)
    if values.size == 1:
        values = values.reshape(())
    elif values.shape not in (shape, full):
        raise ValueError(f'The shape of {what} should be {shape}, but we got {values.shape}')
    return np.broadcast_to(values, full)


_methods = frozenset(_core.methods())


def check_method(method: Any) -> None:
    """ValueError unless it is the name of a method for ordinary differential equations."""
    if not isinstance(method, str) or method not in _methods:
        from bouton.integrators.ode import checked_method

        checked_method(method)


def rows_of(batch_size: Any, system: Any) -> int | None:
    """The rows that a reset asks for: None leaves them as they are.

    MathError for a batch where the system has none.
    """
    if batch_size is None or batch_size is False:
        return None
    if isinstance(batch_size, Mode):
        rows = batch_size.batch_size if isinstance(batch_size, BatchingMode) else None
        if rows is None:
            return None
    else:
        rows = 1 if batch_size is True else integer(batch_size, 'batch_size')
    if rows < 1:
        raise ValueError(f'batch_size must be at least 1, but we got {batch_size!r}')
    if not isinstance(system.mode, BatchingMode):
        raise MathError(f'{system.name} was built without a batch axis (batch_axis=None), so it cannot get {rows} rows')
    return rows


def clock(arguments: Any = None) -> tuple[float, float, int]:
    """(t, dt, i) of the step, from the time argument or the shared values. Without `i` it is counted from t = 0."""
    arguments = share.arguments if arguments is None else arguments
    try:
        t = arguments['t']
    except KeyError:
        t = share.load('t')
    dt = arguments.get('dt')
    if dt is None:
        dt = share.load('dt')
    i = arguments.get('i')
    if i is None:
        i = max(0, round(float(t) / float(dt)))
    return t, dt, i


def integral_of(equations: list[Any], method: str) -> Any:
    """The integrator of one equation, or of several that are stepped together."""
    from bouton.integrators import JointEq, odeint

    return odeint(equations[0] if len(equations) == 1 else JointEq(*equations), method=method)


def take_over(new: Any, old: Any, but: tuple[str, ...]) -> Any:
    """Give a clone what else the user has put into the original, and return it."""
    for key, value in old.__dict__.items():
        if key not in but:
            new.__dict__.setdefault(key, value)
    return new
