# SPDX-License-Identifier: Apache-2.0
"""Delay lines of systems written in Python. Those of built-in populations are kept by the core."""

from __future__ import annotations

import copy
import weakref
from typing import Any

import numpy as np

from bouton._base.object import BrainPyObject
from bouton.math.variable import Variable

__all__ = ['LengthDelay']


class LengthDelay(BrainPyObject):
    """The last values of a variable, step by step.

    A ring of `num_delay_step` = delay_len + 1 values. After `update`, ``delay(0)`` is the value just pushed and
    ``delay(k)`` that of k pushes before.

    Parameters
    ----------
    delay_target : Variable
        What is delayed.
    delay_len : int
        The largest delay [steps], at least 0.
    initial_delay_data : scalar, array or callable, optional
        The values before the first: entry k - 1 is the value at delay k, or a function of the shape
        (delay_len, *shape of the target). By default zero.
    """

    def __init__(
        self,
        delay_target: Variable,
        delay_len: int,
        initial_delay_data: Any = None,
        name: str | None = None,
        batch_axis: int | None = None,
        update_method: str = 'rotation',
    ):
        super().__init__(name=name)
        if update_method not in ('rotation', 'concat'):
            raise ValueError(f'Unknown updating method "{update_method}"; known are "rotation" and "concat"')
        self.update_method = update_method
        self._batch_axis = batch_axis
        self.data: Any = None
        self.reset(delay_target, delay_len, initial_delay_data, batch_axis)

    def reset(
        self,
        delay_target: Variable,
        delay_len: int | None = None,
        initial_delay_data: Any = None,
        batch_axis: int | None = None,
    ) -> None:
        """Start anew: the current value of the target, and before it the initial data."""
        if not isinstance(delay_target, Variable):
            raise ValueError(f'"delay_target" must be an instance of Variable, but we got {type(delay_target)}')
        if delay_len is None:
            delay_len = self.num_delay_step - 1
        length = int(delay_len)
        if length < 0:
            raise ValueError(f'delay_len must be an int bigger than 0, while we got {delay_len}')
        shape, dtype = tuple(delay_target.shape), delay_target.dtype
        data = np.zeros((length + 1, *shape), dtype=dtype)
        if initial_delay_data is not None and length > 0:
            past = initial_delay_data
            data[1:] = past((length, *shape)) if callable(past) else np.asarray(past)
        data[0] = np.asarray(delay_target)
        self.delay_target_shape = shape
        self.num_delay_step = length + 1
        axis = batch_axis if batch_axis is not None else delay_target.batch_axis
        if self.data is None or self.data.shape != data.shape:
            # a line of another length is another variable; __setattr__ would write into the old one
            self.__dict__['data'] = Variable(data, batch_axis=None if axis is None else axis + 1)
            self.__dict__['idx'] = Variable(np.zeros(1, dtype=np.int64))
        else:
            self.data[...] = data
            self.idx[...] = 0

    def update(self, value: Any) -> None:
        """Push a value: every older one is one step older."""
        place = (int(self.idx[0]) - 1) % self.num_delay_step
        self.idx[0] = place
        self.data[place] = np.asarray(value)

    def retrieve(self, delay_len: Any, *indices: Any) -> Any:
        """The value at a delay [steps], or at one delay for each neuron. IndexError for more than the line holds."""
        delay = np.asarray(delay_len)
        if delay.size and (delay.min() < 0 or delay.max() >= self.num_delay_step):
            raise IndexError(
                f'the delay must be in [0, {self.num_delay_step - 1}] steps, but we got {delay.min()} to {delay.max()}'
            )
        place = (self.idx[0] + delay) % self.num_delay_step
        if delay.ndim == 0:
            return self.data[(int(place), *indices)]
        return self.data[(place, *indices)]

    __call__ = retrieve

    def __repr__(self) -> str:
        return (
            f'{type(self).__name__}(num_delay_step={self.num_delay_step}, '
            f'delay_target_shape={self.delay_target_shape}, update_method={self.update_method})'
        )


class DelayLine:
    """What is registered under one key: a variable, and its `LengthDelay` once somebody needs one.

    All systems that registered the key hold it; it is gone when they are.
    """

    def __init__(self, key: str, variable: Variable, source: Any):
        self.key = key
        self.variable = variable
        self.delay: LengthDelay | None = None
        self._source = weakref.ref(source) if source is not None else None
        global _version
        _version += 1
        _all.add(self)

    def __deepcopy__(self, memo: dict) -> DelayLine:
        new = DelayLine(self.key, copy.deepcopy(self.variable, memo), copy.deepcopy(self.source, memo))
        memo[id(self)] = new
        new.delay = copy.deepcopy(self.delay, memo)
        return new

    @property
    def source(self) -> Any:
        """The object whose variable it is, as far as that is known."""
        return self._source() if self._source is not None else None

    def push(self) -> None:
        """The current value of the variable becomes the newest."""
        if self.delay is not None:
            self.delay.update(self.variable)

    def reset(self) -> None:
        """Forget what was: the current value, and zeros before it."""
        if self.delay is not None:
            self.delay.reset(self.variable)


_lines: weakref.WeakValueDictionary[str, DelayLine] = weakref.WeakValueDictionary()
_all: weakref.WeakSet[DelayLine] = weakref.WeakSet()  # those of copies as well, which have the same keys
_version = 0


def version() -> int:
    """A count that goes up whenever a line is made."""
    return _version


def all_lines() -> list[DelayLine]:
    """All that somebody still holds."""
    return list(_all)


def line_of(key: str) -> DelayLine | None:
    """What is registered under `key` by anybody."""
    return _lines.get(key)


def register(key: str, variable: Variable, source: Any) -> DelayLine:
    """The line of `key`, made if it is not there or belongs to another variable."""
    line = _lines.get(key)
    if line is None or line.variable is not variable:
        line = DelayLine(key, variable, source)
        _lines[key] = line
    return line


_MOST_STEPS = 1 << 20  # as in the core


def checked_step(delay_step: Any, variable: Any) -> Any:
    """A delay [steps] as it is kept: None, an integer, or an array of one integer for each neuron.

    Numbers without a fraction count as integers, whatever their type.

    Raises
    ------
    ValueError
        For any other type, a fraction, a negative delay or one of 2^20 steps, or an array of another shape than the
        variable's.
    """
    if delay_step is None:
        return None
    if not isinstance(variable, Variable):
        raise ValueError(f'"delay_target" must be an instance of Variable, but we got {type(variable)}')
    if callable(delay_step):
        delay_step = np.asarray(delay_step(tuple(variable.shape)))
    if isinstance(delay_step, (str, bytes)) or (isinstance(delay_step, float) and not delay_step.is_integer()):
        raise ValueError(
            f'Unknown "delay_steps" type {type(delay_step)}, only support integer, array of integers, '
            f'callable function, brainpy.init.Initializer.'
        )
    steps = np.asarray(delay_step)
    if steps.dtype.kind == 'f' and np.array_equal(steps, np.floor(steps)) and np.isfinite(steps).all():
        steps = steps.astype(np.int64)
    if steps.dtype.kind not in 'iub':
        if steps.dtype.kind != 'f':
            raise ValueError(
                f'Unknown "delay_steps" type {type(delay_step)}, only support integer, array of integers, '
                f'callable function, brainpy.init.Initializer.'
            )
        raise ValueError(
            'Only support delay steps of int32, int64. If your provide delay time length, please divide the "dt" '
            'then provide us the number of delay steps.'
        )
    if steps.size and steps.min() < 0:
        raise ValueError(f'delay_len must be an int bigger than 0, while we got {steps.min()}')
    if steps.size and steps.max() >= _MOST_STEPS:
        raise ValueError(f'a delay must be less than {_MOST_STEPS} steps, while we got {steps.max()}')
    if steps.ndim == 0:
        return int(steps)
    shape = tuple(variable.shape)
    if steps.shape not in (shape, shape[variable.batch_axis is not None :]):
        raise ValueError(f'Shape is mismatched: {shape} != {steps.shape}')
    return steps.astype(np.int64)


def read(line: DelayLine, delay_step: Any, indices: tuple) -> Any:
    """The value of a line at a delay: that of the current step for None."""
    if delay_step is None:
        return line.variable.value[indices] if indices else line.variable.value
    if line.delay is None:
        raise ValueError(f'{line.key} is registered without a delay')
    steps = np.asarray(delay_step)
    if steps.ndim == 0 or indices:
        return line.delay(delay_step, *indices)
    # one delay for each neuron: entry [.., j] at its own delay
    shape = line.delay.delay_target_shape
    places = np.broadcast_to(steps, shape)
    return line.delay(places, *np.indices(shape, sparse=True))
