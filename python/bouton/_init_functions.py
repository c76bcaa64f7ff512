# SPDX-License-Identifier: Apache-2.0
"""What turns the parameters of a constructor into values: `parameter`, `variable`, `variable_`, `noise`, `delay`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from bouton._scalars import as_array, shape_of
from bouton.math.array import Array, array
from bouton.math.environment import BatchingMode, NonBatchingMode
from bouton.math.variable import Variable

__all__ = ['delay', 'noise', 'parameter', 'variable', 'variable_']


def parameter(param: Any, size: Any, allow_none: bool = True, allow_scalar: bool = True) -> Any:
    """A parameter of a group of `size`.

    Parameters
    ----------
    param : number, array, Variable, callable or None
        A number is kept as one for all; arrays have the shape of `size`; an initialiser or function is called with it.
    size : int or tuple of int
        The shape of the group.
    allow_none : bool
        Whether None stays None.
    allow_scalar : bool
        Whether one number may stand for all.

    Returns
    -------
    None, a number, an `Array` of the shape `size`, or the `Variable` given.

    Raises
    ------
    ValueError
        For None or a number that is not allowed, or an array of another shape.
    TypeError
        For what is not made of numbers.
    """
    if param is None:
        if allow_none:
            return None
        raise ValueError(
            'Expect a parameter with type of float, ArrayType, Initializer, or Callable function, but we got None. '
        )
    shape = shape_of(size, 'size') if size is not None else None
    if callable(param):
        if shape is None:
            raise ValueError(f'a size is needed to initialise a parameter by {param!r}')
        param = param(shape)
    if isinstance(param, Variable):
        values = param
    elif type(param) in (float, int, bool):
        values = np.asarray(param)
    else:
        values = array(as_array(param, 'a parameter'), None if hasattr(param, 'dtype') else _weak(param))
    if values.shape == () or (values.shape != shape and values.size == 1):
        if not allow_scalar:
            raise ValueError(f'A parameter of shape {shape} is needed, but we got the number {param!r}')
        return param if isinstance(param, Variable) or type(param) in (float, int, bool) else values.reshape(()).item()
    if shape is not None and values.shape != shape:
        raise ValueError(f'The shape of the parameters should be {shape}, but we got {values.shape}')
    return values


def _weak(values: Any) -> Any:
    """The dtype for numbers without one of their own."""
    from bouton.math.environment import state

    return {'f': state.float_, 'i': state.int_}.get(np.asarray(values).dtype.kind)


def variable_(init: Any, size: Any = None, batch_size_or_mode: Any = None, batch_axis: int = 0) -> Variable:
    """A state variable; see `variable`, which takes the same arguments in another order."""
    return variable(init, batch_size_or_mode, size, batch_axis)


def variable(init: Any, batch_size_or_mode: Any = None, size: Any = None, batch_axis: int = 0) -> Variable:
    """A state variable with an initial value.

    Parameters
    ----------
    init : callable or array
        An initialiser or function is called with the shape, the batch axis included; an array of the shape `size` is
        repeated along the batch axis.
    batch_size_or_mode : int, bool, Mode or None
        None, False and `NonBatchingMode`: no batch axis. An integer, or a `BatchingMode` or `TrainingMode`: a batch
        axis of that length.
    size : int or tuple of int, optional
        The shape without the batch axis; by default that of the array.
    batch_axis : int
        Where the batch axis is put.

    Raises
    ------
    ValueError
        If the shapes differ, if a callable is given without `size`, or for another kind of batch.
    """
    shape = None if size is None else shape_of(size, 'size')
    batch = _batch_size(batch_size_or_mode)
    if callable(init) and not isinstance(init, Variable):
        if shape is None:
            raise ValueError('"varshape" cannot be None when data is a callable function.')
        if batch is None:
            return Variable(_filled(init, shape))
        axis = _axis(batch_axis, len(shape))
        return Variable(_filled(init, (*shape[:axis], batch, *shape[axis:])), batch_axis=axis)
    values = init.value if isinstance(init, Variable) else array(init)
    if shape is not None and values.shape != shape:
        raise ValueError(f'The shape of "data" {values.shape} does not match with "var_shape" {shape}')
    if batch is None:
        return Variable(values)
    axis = _axis(batch_axis, values.ndim)
    return Variable(np.repeat(np.expand_dims(values, axis), batch, axis), batch_axis=axis)


def _filled(init: Callable, shape: tuple[int, ...]) -> Array:
    values = array(init(shape))
    if values.shape != shape:
        raise ValueError(f'An initialiser that is called with the shape {shape} returned an array of {values.shape}')
    return values


def _batch_size(mode: Any) -> int | None:
    if mode is None or mode is False or isinstance(mode, NonBatchingMode):
        return None
    if isinstance(mode, BatchingMode):
        return mode.batch_size
    if isinstance(mode, int | np.integer | np.bool_):
        if int(mode) < 1:
            raise ValueError(f'A batch size must be at least 1, but we got {mode}')
        return int(mode)
    raise ValueError('Unknown batch_size_or_mode.')


def _axis(batch_axis: int, ndim: int) -> int:
    if not 0 <= batch_axis <= ndim:
        raise ValueError(f'batch_axis must be in [0, {ndim}], but we got {batch_axis}')
    return batch_axis


def noise(noises: Any, size: Any, num_vars: int = 1, noise_idx: int = 0) -> Callable[..., Any] | None:
    """The diffusion function of a group with noise.

    Parameters
    ----------
    noises : number, array, Initializer, callable or None
        An amplitude drives the variable number `noise_idx` out of `num_vars`. A function is used as it is.
    size : int or tuple of int
        The shape of the group.

    Returns
    -------
    A function of the arguments of the equation, or None. With several variables it returns a tuple in which None stands
    for no noise.
    """
    from bouton.init.base import Initializer

    if noises is None:
        return None
    if callable(noises) and not isinstance(noises, Initializer | Variable):
        return noises
    amplitude = parameter(noises, size, allow_none=False)
    if num_vars == 1:
        return lambda *args, **kwargs: amplitude
    if not 0 <= noise_idx < num_vars:
        raise ValueError(f'noise_idx must be in [0, {num_vars - 1}], but we got {noise_idx}')
    all_amplitudes = tuple(amplitude if k == noise_idx else None for k in range(num_vars))
    return lambda *args, **kwargs: all_amplitudes


def delay(delay_step: Any, delay_target: Any, delay_data: Any = None) -> tuple[str, Any, Any]:
    """The kind of a delay, its number of steps, and the buffer for it.

    Returns
    -------
    ('none', None, None), ('homo', int, LengthDelay) or ('heter', array of int, LengthDelay)

    Raises
    ------
    ValueError
        For delays that are no integers, are negative, or have another shape than the target, and for a target that is
        no variable.
    """
    from bouton._system.delays import LengthDelay, checked_step

    step = checked_step(delay_step, delay_target)
    if step is None:
        return 'none', None, None
    if isinstance(step, int):
        return 'homo', step, LengthDelay(delay_target, step, delay_data)
    return 'heter', step, LengthDelay(delay_target, int(np.max(step, initial=0)), delay_data)
