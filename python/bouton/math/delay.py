# SPDX-License-Identifier: Apache-2.0
"""Delays in time. Those in steps, `LengthDelay`, belong to the systems that have them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from bouton._base.object import BrainPyObject
from bouton._scalars import as_array
from bouton._steps import tolerance
from bouton.errors import UnsupportedError
from bouton.math.array import wrap
from bouton.math.environment import checked_dt, get_dt
from bouton.math.variable import Variable

__all__ = ['NeuTimeDelay', 'TimeDelay']


class TimeDelay(BrainPyObject):
    """The last values of a variable, by their time.

    It keeps ceil(delay_len / dt) + 1 values at distances of `dt`. `update` adds one; ``delay(t)`` is the value at a
    time between `current_time` - delay_len and `current_time`, interpolated between the two that are next to it.

    Parameters
    ----------
    delay_target : Variable or array
        What is delayed; its value is that of the time `t0`.
    delay_len : float
        How long values are kept [ms].
    before_t0 : callable or array, optional
        The values before `t0`: a function of the time [ms], or one value for all times; 0 by default.
    t0 : float
        The time of the first value [ms].
    dt : float, optional
        The time between values [ms]; the global time step by default.
    interp_method : 'linear_interp' or 'round'
        Linear interpolation, or the nearest value.

    Raises
    ------
    ValueError
        On reading at a time that is not kept.
    """

    def __init__(
        self,
        delay_target: Any,
        delay_len: float,
        before_t0: Any = None,
        t0: float = 0.0,
        dt: float | None = None,
        name: str | None = None,
        interp_method: str = 'linear_interp',
    ):
        super().__init__(name=name)
        if interp_method not in ('linear_interp', 'round'):
            raise UnsupportedError(
                f"Un-supported interpolation method {interp_method}, we only support: ['linear_interp', 'round']"
            )
        self.interp_method = interp_method
        self.dt = get_dt() if dt is None else checked_dt(dt)
        self.data: Any = None
        self.reset(delay_target, delay_len, t0, before_t0)

    def reset(self, delay_target: Any, delay_len: float, t0: float = 0.0, before_t0: Any = None) -> None:
        """Start anew at the time `t0`."""
        target = as_array(delay_target, '"delay_target"')
        if not delay_len >= 0:
            raise ValueError(f'delay_len must not be negative, but we got {delay_len}')
        self.delay_len = float(delay_len)
        self.t0 = float(t0)
        self.num_delay_step = math.ceil(self.delay_len / self.dt * (1 - tolerance)) + 1
        data = np.zeros((self.num_delay_step, *target.shape), target.dtype)
        for age in range(1, self.num_delay_step):
            if before_t0 is not None:
                data[age] = before_t0(self.t0 - age * self.dt) if callable(before_t0) else np.asarray(before_t0)
        data[0] = target
        self.__dict__['data'] = Variable(data)
        self.__dict__['current_time'] = Variable(np.array([self.t0]))
        self.__dict__['idx'] = Variable(np.zeros(1, np.int64))

    def update(self, value: Any) -> None:
        """Add the value of the time `dt` later."""
        place = (int(self.idx[0]) - 1) % self.num_delay_step
        self.idx[0] = place
        self.data[place] = np.asarray(value)
        self.current_time[0] = self.current_time[0] + self.dt

    def __call__(self, time: Any, indices: Any = None) -> Any:
        """The values at `time`, one time or one for each of the leading entries; of the entries `indices`."""
        now = float(self.current_time[0])
        ages = (now - np.asarray(time, float)) / self.dt
        slack = tolerance * max(1.0, abs(now) / self.dt)
        longest = self.delay_len / self.dt
        if np.any(ages < -slack):
            raise ValueError(
                f'The request time should be less than the current time {now}. But we got {np.max(time)} > {now}.'
            )
        if np.any(ages > longest + slack):
            raise ValueError(
                f'The request time of the variable should be in [{now - self.delay_len}, {now}], but we got '
                f'{np.min(time)}.'
            )
        ages = np.clip(ages, 0, self.num_delay_step - 1)
        nearest = np.rint(ages)
        ages = np.where(np.abs(ages - nearest) <= slack, nearest, ages)
        if self.interp_method == 'round':
            return self._at(nearest.astype(int), indices)
        below = np.floor(ages).astype(int)
        above = np.minimum(below + 1, self.num_delay_step - 1)
        share = ages - below
        newer, older = self._at(below, indices), self._at(above, indices)
        share = share.reshape(*share.shape, *[1] * (np.ndim(newer) - share.ndim)) if share.ndim else float(share)
        return wrap(newer + share * (older - newer))

    def _at(self, ages: np.ndarray, indices: Any) -> Any:
        """The values of some ages in steps."""
        places = (int(self.idx[0]) + ages) % self.num_delay_step
        if indices is not None:
            indices = indices if isinstance(indices, tuple) else (indices,)
            return self.data[(places if places.ndim else int(places), *indices)]
        if places.ndim == 0:
            return self.data[int(places)]
        return self.data[(places, *np.indices(places.shape, sparse=True))]

    def __repr__(self) -> str:
        return f'{type(self).__name__}(delay_len={self.delay_len}, dt={self.dt}, interp_method={self.interp_method!r})'


NeuTimeDelay = TimeDelay
