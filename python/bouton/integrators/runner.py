# SPDX-License-Identifier: Apache-2.0
"""Runs an integrator over time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from bouton._base import BrainPyObject, DotDict
from bouton._scalars import number
from bouton._steps import num_steps, time_step
from bouton.errors import MonitorError, RunningError
from bouton.integrators.base import Integrator
from bouton.math.array import asarray
from bouton.math.variable import VarDict, Variable

__all__ = ['IntegratorRunner']


class IntegratorRunner(BrainPyObject):
    """Steps an integrator and records its variables.

    Parameters
    ----------
    target : Integrator
        What `odeint`, `sdeint` or `fdeint` returned.
    inits : sequence or dict, optional
        Initial values of the variables, 0 by default.
    dt : float, optional
        The time step [ms]; the global one by default.
    monitors : sequence of str, or dict, optional
        Names of variables; or key -> name of a variable, or a function of (t, dt).
    args : dict, optional
        Constant parameters of the equation.
    dyn_args : dict, optional
        Parameters that change: arrays with a value for each step.
    fun_monitors : dict, optional
        key -> function of (t, dt).
    progress_bar : bool
        Whether a run shows how far it is, in a terminal or notebook.
    dyn_vars, jit, numpy_mon_after_run
        Accepted; they have no effect.

    Attributes
    ----------
    mon : dict with attribute access
        ``ts``, the times at the end of each step [ms], and one array for each monitor, the first axis being time.
    variables : VarDict
        The values that the next run starts from.

    Raises
    ------
    MonitorError, RunningError
        A monitor or argument names nothing.
    """

    def __init__(
        self,
        target: Integrator,
        inits: Any = None,
        dt: float | None = None,
        monitors: Any = None,
        dyn_vars: Any = None,
        jit: Any = True,
        numpy_mon_after_run: bool = True,
        progress_bar: bool = True,
        args: dict | None = None,
        dyn_args: dict | None = None,
        fun_monitors: dict | None = None,
    ):
        super().__init__()
        if not isinstance(target, Integrator):
            raise RunningError(f'"target" must be an instance of Integrator, but we got {type(target)}')
        self.target = target
        self.dt = time_step(dt)
        self.progress_bar = progress_bar
        self.variables = VarDict({name: Variable(value) for name, value in self._initial(inits).items()})
        self._args = self._known(args, 'args')
        self._dyn_args = self._known(dyn_args, 'dyn_args')
        self._monitors = self._parsed(monitors) | self._parsed(fun_monitors)
        self.start_t = 0.0
        self.idx = 0
        self.mon = DotDict()

    def _initial(self, inits: Any) -> dict[str, Any]:
        names = self.target.variables
        if inits is None:
            return {name: np.zeros(1) for name in names}
        if isinstance(inits, dict):
            unknown = [name for name in inits if name not in names]
            if unknown:
                raise RunningError(f'There is no variable {unknown}; {self.target} has {names}')
            values = {name: inits.get(name, 0.0) for name in names}
        else:
            inits = inits if isinstance(inits, tuple | list) else [inits]
            if len(inits) != len(names):
                raise RunningError(f'{self.target} has the variables {names}, but we got {len(inits)} initial values')
            values = dict(zip(names, inits, strict=True))
        return {name: np.atleast_1d(asarray(value, float)) for name, value in values.items()}

    def _known(self, args: dict | None, what: str) -> dict[str, Any]:
        args = {} if args is None else args
        if not isinstance(args, dict):
            raise RunningError(f'"{what}" must be a dict, but we got {type(args)}')
        unknown = [name for name in args if name not in self.target.parameters[1:]]
        if unknown:
            raise RunningError(f'"{what}" has {unknown}, but the parameters are {self.target.parameters[1:]}')
        return dict(args)

    def _parsed(self, monitors: Any) -> dict[str, str | Callable]:
        if monitors is None:
            return {}
        if isinstance(monitors, str) or not isinstance(monitors, dict | tuple | list):
            raise MonitorError(f'"monitors" must be a dict, tuple or list of names, but we got {monitors!r}')
        pairs = monitors.items() if isinstance(monitors, dict) else ((name, name) for name in monitors)
        found = {}
        for key, what in pairs:
            if not callable(what) and what not in self.target.variables:
                raise MonitorError(f'Cannot find {what!r}; {self.target} has the variables {self.target.variables}')
            found[key] = what
        return found

    def run(
        self,
        duration: float,
        start_t: float | None = None,
        eval_time: bool = False,
        args: dict | None = None,
        dyn_args: dict | None = None,
    ) -> float | None:
        """Run for `duration` ms, from where the last run stopped or from `start_t`.

        Returns the seconds that it took, if `eval_time` is set.

        Raises
        ------
        ValueError
            `dyn_args` do not have one value for each step.
        """
        begin = time.perf_counter()
        steps = num_steps(number(duration, 'duration'), self.dt, int)
        if start_t is not None:
            self.start_t = number(start_t, 'start_t')
        constants = self._args | self._known(args, 'args')
        changing = {k: np.asarray(v) for k, v in (self._dyn_args | self._known(dyn_args, 'dyn_args')).items()}
        for name, values in changing.items():
            if values.ndim == 0 or len(values) != steps:
                raise ValueError(
                    f'The shape of `dyn_args` does not match the given duration. {name} has the shape {values.shape}, '
                    f'but there are {steps} steps (duration={duration}, dt={self.dt}).'
                )
        self._loop(steps, constants, changing)
        return time.perf_counter() - begin if eval_time else None

    def _loop(self, steps: int, constants: dict, changing: dict) -> None:
        from bouton.running.progress import Progress

        names = self.target.variables
        state = [self.variables[name].value for name in names]
        records: dict[str, list] = {key: [] for key in self._monitors}
        times = self.start_t + self.dt * np.arange(steps)
        try:
            with Progress(steps, self.progress_bar) as progress:
                for k in range(steps):
                    now = float(times[k])
                    parameters = constants | {name: values[k] for name, values in changing.items()}
                    new = self.target(*state, t=now, dt=self.dt, **parameters)
                    state = [new] if len(names) == 1 else list(new[: len(names)])
                    for key, what in self._monitors.items():
                        record = what(now, self.dt) if callable(what) else state[names.index(what)]
                        records[key].append(np.array(record))
                    if progress.is_wanted:
                        progress(k + 1)
        finally:
            done = min((len(r) for r in records.values()), default=steps)
            for name, value in zip(names, state, strict=True):
                self.__dict__['variables'][name] = Variable(value) if self._changed(name, value) else value
            self.mon = DotDict({key: np.array(rows[:done]) for key, rows in records.items()})
            self.mon['ts'] = times[:done] + self.dt
            self.start_t += done * self.dt
            self.idx += done

    def _changed(self, name: str, value: Any) -> bool:
        """Whether a state came out in another shape or dtype than it went in, and so needs another variable."""
        old = self.variables[name]
        if np.shape(value) == old.shape and np.asarray(value).dtype == old.dtype:
            return False
        dict.pop(self.variables, name)
        return True

    def __repr__(self) -> str:
        return f'{type(self).__name__}(target={self.target}, dt={self.dt})'
