# SPDX-License-Identifier: Apache-2.0
"""A system, called over time, as a function."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from bouton._scalars import integer, number
from bouton._steps import num_steps, time_step
from bouton._system.dynamical import DynamicalSystem, DynamicalSystemNS
from bouton._system.share import share
from bouton.math.array import Array
from bouton.math.control import Stack, leaves, tree_map
from bouton.math.variable import Variable

__all__ = ['LoopOverTime']


class LoopOverTime(DynamicalSystemNS):
    """Steps a system and stacks what its `update` returns.

    Parameters
    ----------
    target : DynamicalSystem
        The system.
    out_vars : Variable, or list or dict of them, optional
        Variables whose values after each step are returned as well.
    no_state : bool
        Whether the system has no states; it is called all the same, row by row.
    t0 : float
        [ms] The time of the first step.
    i0 : int
        Its number.
    dt : float, optional
        [ms] The time step; by default ``bouton.math.get_dt()``.
    shared_arg : dict, optional
        More values to be shared during the steps.
    data_first_axis : 'T' or 'B'
        Whether the first axis of arrays is time, or the batch and time the second.
    """

    def __init__(
        self,
        target: DynamicalSystem,
        out_vars: Any = None,
        no_state: bool = False,
        t0: float = 0.0,
        i0: int = 0,
        dt: float | None = None,
        shared_arg: dict | None = None,
        data_first_axis: str = 'T',
        name: str | None = None,
        jit: bool = True,
        remat: bool = False,
    ):
        if not isinstance(target, DynamicalSystem):
            raise TypeError(f'"target" must be an instance of DynamicalSystem, but we got {type(target)}: {target!r}')
        if data_first_axis not in ('T', 'B'):
            raise ValueError(f'"data_first_axis" must be "T" or "B", but we got {data_first_axis!r}')
        if any(not isinstance(variable, Variable) for variable in leaves(out_vars)):
            raise TypeError(f'"out_vars" must be made of Variables, but we got {out_vars!r}')
        super().__init__(name=name)
        self.target = target
        self.out_vars = out_vars
        self.no_state = bool(no_state)
        self.dt = time_step(dt)
        self.shared_arg = dict(shared_arg or {})
        self.data_first_axis = data_first_axis
        self._start = (number(t0, '"t0"'), integer(i0, '"i0"'))
        self.t0, self.i0 = (Variable(np.asarray(value)) for value in self._start)

    def update(self, duration_or_xs: Any) -> Any:
        """Run on for a duration [ms], or with one row of an array (or tree of arrays) for each step.

        Returns
        -------
        outputs, or (outputs, values of the `out_vars`)
        """
        axis = 1 if self.data_first_axis == 'B' else 0
        rows: Any = None
        if not isinstance(duration_or_xs, (dict, list, tuple)) and np.ndim(duration_or_xs) == 0:
            steps = num_steps(number(duration_or_xs, '"duration"'), self.dt, math.ceil)
        else:
            rows = tree_map(lambda x: np.moveaxis(np.asarray(x), axis, 0).view(Array), duration_or_xs)
            lengths = {len(x) for x in leaves(rows)}
            if len(lengths) != 1:
                raise ValueError(f'all inputs must have as many rows, but we got {sorted(lengths)}')
            steps = lengths.pop()
        outputs, values = Stack(steps), Stack(steps)
        t0, i0 = float(self.t0), int(self.i0)
        for k in range(steps):
            share.save(t=t0 + k * self.dt, i=i0 + k, dt=self.dt, **self.shared_arg)
            returned = self.target() if rows is None else self.target(tree_map(lambda x, k=k: x[k], rows))
            if returned is not None:
                outputs.put(k, returned)
            if self.out_vars is not None:
                values.put(k, tree_map(lambda variable: variable.value, self.out_vars))
            share.clear_shargs()
            self.target.clear_input()
        self.t0.fill(t0 + steps * self.dt)
        self.i0.fill(i0 + steps)
        found = [tree_map(self._in_order, stack.tree()) for stack in (outputs, values)]
        return found[0] if self.out_vars is None else tuple(found)

    def _in_order(self, x: Any) -> Any:
        return np.swapaxes(x, 0, 1) if self.data_first_axis == 'B' and x.ndim >= 2 else x

    def reset_state(self, batch_size: int | None = None) -> None:
        """Rewind the clock; the target keeps its states."""
        self.t0.fill(self._start[0])
        self.i0.fill(self._start[1])
