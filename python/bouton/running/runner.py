# SPDX-License-Identifier: Apache-2.0
"""The runner: a clock, a target, what goes in and what comes out."""

from __future__ import annotations

import math
import time
import warnings
from typing import Any

import numpy as np

from bouton._base import structure
from bouton._scalars import integer, number
from bouton._system.display import call_text, memory_text, table_html
from bouton._system.dynamical import DynamicalSystem
from bouton.errors import RunningError
from bouton.math.array import Array
from bouton.math.control import leaves, tree_map
from bouton.math.environment import BatchingMode, get_compat, get_dt
from bouton.math.variable import tracing
from bouton.running.drivers import Clock, CoreDriver, PythonDriver, Result, Run, core_driver_of
from bouton.running.inputs import parse_inputs
from bouton.running.memory import memory_of_machine
from bouton.running.monitors import Recorded, parse_monitors
from bouton.running.progress import Progress

__all__ = ['DSRunner']

most_steps = 1 << 53  # which floating-point numbers can count


class DSRunner:
    """Runs a system.

    One step i, from t to t + dt: the shared values t, i, dt and fit are set; inputs are applied; the target is updated;
    monitors record; inputs are cleared.

    Parameters
    ----------
    target : DynamicalSystem
        What is run: a network, or a group.
    inputs : tuple, list of tuples, or callable
        Each ``(target, value[, type[, operation]])``, or a function that is called at the start of each step with the
        shared values (``t`` [ms], ``dt`` [ms], ``i``, ``fit``).

        target
            A `Variable`, or its name: 'pre.input' by the path from here, 'HH0.input' by the unique name of an object.
        type
            'fix': `value` in every step. 'iter': an array, its row i in step i, counted on across runs; or any
            iterable, its next element. 'func': what a function of the shared values returns.
        operation
            '=', '+' (the default), '-', '*' or '/' of the variable and the value.

        Values are broadcast to the variable. In a step constants come first, then arrays, functions and other
        iterables, and of each kind first those that set, then those that add, subtract, multiply and divide, in
        whatever order they are listed.
    monitors : list, tuple or dict
        What is recorded at the end of each step: names 'pre.V', ('pre.V', index) for some of the neurons, `Spikes`; or
        a dict of these, of variables, of (variable, index), and of functions of the shared values, in which t is the
        end of the step.
    numpy_mon_after_run : bool
        Whether records are plain NumPy arrays, or `bouton.math.Array`.
    dt : float, optional
        [ms] The time step; by default ``bouton.math.get_dt()``.
    t0 : float
        [ms] Where the clock starts.
    progress_bar : bool
        Whether a run of more than half a second shows how far it is, with rate and time left. It does so in terminals
        and notebooks only.
    data_first_axis : 'T' or 'B', optional
        Whether the first axis of records is time, or the batch; by default the batch where the target has one.
    jit : bool or dict
        With False, or {'predict': False}, each object steps itself in Python, also where the core could step the
        network as a whole; the values are the same.
    dyn_vars, memory_efficient, fun_inputs, fun_monitors
        Accepted; `fun_inputs` and `fun_monitors` are older forms of `inputs` and `monitors`. With `memory_efficient`
        a run returns None.
    threads : int
        How many threads step the network where the core does; 0: as many as are worth it. The values do not depend on
        it.
    memory : int, optional
        [bytes] What the record of a run may need that a gradient is taken of, inside a function of `bouton.math.grad`;
        see `bouton.vjp`.

    Attributes
    ----------
    mon : Recorded
        The records of the last run, by name, as items and attributes. ``mon.ts``: the end of each step [ms]. Records
        have the shape (steps, *shape of the variable), or (batch, steps, ...).
    """

    def __init__(
        self,
        target: DynamicalSystem,
        inputs: Any = (),
        monitors: Any = None,
        numpy_mon_after_run: bool = True,
        jit: bool | dict = True,
        dyn_vars: Any = None,
        memory_efficient: bool = False,
        dt: float | None = None,
        t0: float = 0.0,
        progress_bar: bool = True,
        data_first_axis: str | None = None,
        fun_inputs: Any = None,
        fun_monitors: Any = None,
        *,
        threads: int = 0,
        memory: int | None = None,
    ):
        if not isinstance(target, DynamicalSystem):
            raise RunningError(
                f'"target" must be an instance of DynamicalSystem, but we got {type(target)}'
            )
        self.target = target
        self.dt = get_dt() if dt is None else _time_step(dt)
        if not isinstance(jit, (bool, dict)):
            raise ValueError(f'Unknown "jit" setting: {jit!r}')
        self.jit = {'predict': jit} if isinstance(jit, bool) else dict(jit)
        if memory_efficient and not numpy_mon_after_run:
            raise ValueError('When setting "memory_efficient=True", "numpy_mon_after_run" can not be False.')
        self.memory_efficient = bool(memory_efficient)
        self.numpy_mon_after_run = bool(numpy_mon_after_run)
        if not isinstance(progress_bar, (bool, np.bool_)):
            raise TypeError(f'"progress_bar" must be a bool, but we got {progress_bar!r}')
        self.progress_bar = bool(progress_bar)
        if data_first_axis is None:
            data_first_axis = 'B' if isinstance(target.mode, BatchingMode) else 'T'
        if data_first_axis not in ('T', 'B'):
            raise ValueError(f'"data_first_axis" must be "T" or "B", but we got {data_first_axis!r}')
        self.data_first_axis = data_first_axis
        self._t0 = number(t0, '"t0"')
        if not math.isfinite(self._t0):
            raise ValueError(f'"t0" must be finite, but we got {t0!r}')
        self._is_brainpy_2_4 = get_compat() == 'brainpy_2_4'
        self.threads = integer(threads, '"threads"')
        if not 0 <= self.threads < 1 << 32:
            raise ValueError(f'"threads" must be 0 or more, but we got {threads!r}')
        self.memory = None if memory is None else integer(memory, '"memory"')
        self._inputs = parse_inputs(inputs if fun_inputs is None else fun_inputs, target)
        self._monitors = parse_monitors(monitors, target)
        if fun_monitors is not None:
            if not isinstance(fun_monitors, dict):
                raise RunningError(f'"fun_monitors" must be a dict of functions, but we got {type(fun_monitors)}')
            self._monitors += parse_monitors(fun_monitors, target)
        self._clock = Clock(self.dt, self._t0)
        self._core: CoreDriver | None = None
        self._checked_structure = -1
        self._has_run = False
        self._was_recorded = False  # by the last run, for a gradient
        self.mon = Recorded(tuple(one.key for one in self._monitors))

    @property
    def t0(self) -> float:
        """[ms] The time of the clock: where the next run starts."""
        return self._clock.start(self._clock.i)

    @property
    def i0(self) -> int:
        """The number of the next step."""
        return self._clock.i

    # ---- running ---------------------------------------------------------------------------------------------------

    def run(self, *args: Any, **kwargs: Any) -> Any:
        """The same as `predict`."""
        return self.predict(*args, **kwargs)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The same as `predict`."""
        return self.predict(*args, **kwargs)

    def predict(
        self,
        duration: float | None = None,
        inputs: Any = None,
        reset_state: bool = False,
        shared_args: dict | None = None,
        eval_time: bool = False,
        inputs_are_batching: bool | None = None,
    ) -> Any:
        """Run on from where the last run ended. The records of the last run are replaced.

        Ctrl-C ends a run between two steps with a KeyboardInterrupt; so does an error. What was recorded is kept, and
        the next run goes on from there.

        Parameters
        ----------
        duration : float, optional
            [ms] How long: floor(duration / dt (1 + 1e-9)) steps. After ``bm.set_compat('brainpy_2_4')`` the quotient is
            truncated, 0.3 ms have 2 steps of 0.1 ms, while the clock advances by `duration`.
        inputs : array or tree of arrays, optional
            What the target's `update` is called with, one row for each step; the first axis is time, or the second
            where records have the batch first. `duration` is ignored then. A `Network` ignores the values.
        reset_state : bool
            Whether the target is reset first, and the clock rewound.
        shared_args : dict, optional
            More values to be shared during the steps.
        eval_time : bool
            Whether to return the seconds that the run took as well.

        Returns
        -------
        output, or (seconds, output)
            What `update` returned in each step, stacked; None where it returns nothing, as that of a `Network`.
        """
        arguments, steps = self._arguments(duration, inputs)
        if shared_args is not None and not isinstance(shared_args, dict):
            raise TypeError(f'"shared_args" must be a dict, but we got {type(shared_args)}')
        self._check_memory(steps)
        if reset_state:
            self.target.reset_state(self._batch_size(arguments))
            self.reset_state()
        if not callable(self._inputs):
            for one in self._inputs:
                one.check(self._clock.i, steps, self._is_brainpy_2_4)
        with Progress(steps, self.progress_bar) as progress:
            advance = number(duration, '"duration"') if self._is_brainpy_2_4 and inputs is None else None
            run = Run(steps, advance, arguments, dict(shared_args or {}), progress, self.data_first_axis == 'B')
            begin = time.perf_counter()
            driver = self._driver(arguments)
            result = driver.run(self._clock, run)
            seconds = time.perf_counter() - begin
            progress.end(len(result.ts))
        self._keep(result)
        if result.error is not None:
            raise result.error
        if advance is not None:
            self._clock.advance_by(advance)
        output = None if self.memory_efficient else result.output
        return (seconds, output) if eval_time else output

    def reset_state(self) -> None:
        """Rewind the clock to t0 and step 0. The target keeps its states."""
        self._clock = Clock(self.dt, self._t0)
        if self._core is not None:
            self._core.reset()
        elif self._was_recorded:
            self._was_recorded = self._has_run = False
            self._checked_structure = -1

    def _arguments(self, duration: Any, inputs: Any) -> tuple[Any, int]:
        """What `update` is called with, time first; and the number of steps."""
        if inputs is None:
            if duration is None:
                raise ValueError('Please provide "duration" or "inputs".')
            return None, self._steps(number(duration, '"duration"'))
        if duration is not None:
            warnings.warn(
                '"inputs" has already has the time information. Therefore there no longer need to provide "duration".',
                UserWarning,
                stacklevel=4,
            )
        axis = 1 if self.data_first_axis == 'B' else 0
        arrays = tree_map(np.asarray, inputs)
        shapes = [x.shape for x in leaves(arrays)]
        lengths = {shape[axis] if len(shape) > axis else None for shape in shapes}
        if len(lengths) != 1 or None in lengths:
            raise ValueError(f'"inputs" must have axis {axis}, time, of one length, but we got the shapes {shapes}')
        return tree_map(lambda x: np.moveaxis(x, axis, 0).view(Array), arrays), lengths.pop()

    def _steps(self, duration: float) -> int:
        if not (duration >= 0 and math.isfinite(duration)):
            raise ValueError(f'"duration" must be finite and not negative, but we got {duration!r}')
        quotient = duration / self.dt
        if not quotient < most_steps:
            raise ValueError(f'"duration" must have fewer than 2^53 steps of {self.dt} ms, but we got {duration!r}')
        return int(quotient) if self._is_brainpy_2_4 else math.floor(quotient * (1 + 1e-9))

    def _check_memory(self, steps: int) -> None:
        """ValueError where the records of so many steps are larger than the memory of the machine."""
        rows = [one.empty() for one in self._monitors if not one.is_events]
        needed = steps * (8 + sum(row.itemsize * math.prod(row.shape[1:]) for row in rows))
        if needed > (there := memory_of_machine()):
            raise ValueError(
                f'a run of {steps:g} steps is recorded in {memory_text(needed)}, but the machine has '
                f'{memory_text(there)} of memory: record less, or make shorter runs one after the other'
            )

    def _batch_size(self, arguments: Any) -> int | None:
        if arguments is None or not isinstance(self.target.mode, BatchingMode):
            return None
        return leaves(arguments)[0].shape[1]

    def _driver(self, arguments: Any) -> Any:
        from bouton._system.container import Network

        has_arguments = arguments is not None and not isinstance(self.target, Network)
        steps_in_python = has_arguments or not self.jit.get('predict', True)
        if tracing() and not steps_in_python:
            from bouton.running.gradients import RecordedDriver, training_network_of

            if training_network_of(self.target) is not None:
                self._leave_core()
                self._was_recorded = True
                return RecordedDriver(self.target, self._inputs, self._monitors, self.memory, max(1, self.threads))
        if steps_in_python:
            self._leave_core()
        elif self._checked_structure != structure.version():
            if not self._has_run:
                self._core = core_driver_of(
                    self.target, self._inputs, self._monitors, self._clock, self.threads
                )
            elif self._core is not None and not self._core.still_serves(self.target):
                self._leave_core()
            self._checked_structure = structure.version()
        self._has_run = True
        return self._core or PythonDriver(self.target, self._inputs, self._monitors)

    def _leave_core(self) -> None:
        """Go on in Python: a driver in the core cannot start in the middle."""
        self._core = None
        self._has_run = True

    def _keep(self, result: Result) -> None:
        kind = np.ndarray if self.numpy_mon_after_run else Array
        self.mon = Recorded(tuple(one.key for one in self._monitors))
        for key, record in result.records.items():
            self.mon[key] = tree_map(lambda x: x.view(kind) if isinstance(x, np.ndarray) else x, record)
        self.mon['ts'] = result.ts

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise TypeError('a DSRunner can neither be copied nor pickled: make another one, of a copy of its target')

    # ---- display ---------------------------------------------------------------------------------------------------

    def __repr__(self) -> str:
        arguments = {
            'target': self.target,
            'dt': self.dt,
            't0': self.t0,
            'monitors': [one.key for one in self._monitors],
            'data_first_axis': self.data_first_axis,
        }
        return call_text(type(self).__name__, arguments)

    def _repr_html_(self) -> str:
        names = 'a function' if callable(self._inputs) else ', '.join(one.name for one in self._inputs)
        rows = [
            ('target', f'{type(self.target).__name__} {self.target.name}'),
            ('time', f'{self.t0:g} ms, step {self.i0}, dt = {self.dt:g} ms'),
            ('inputs', names or 'none'),
        ]
        for key, record in self.mon.items():
            if key != 'ts':
                rows.append((key, f'{record.dtype} {record.shape}' if isinstance(record, np.ndarray) else repr(record)))
        return table_html(type(self).__name__, None, rows)


def _time_step(dt: Any) -> float:
    try:
        value = number(dt, '"dt"')
    except (TypeError, ValueError):
        raise RunningError(f'"dt" must be float, but got {dt!r}') from None
    if not 0 < value < float('inf'):
        raise RunningError(f'"dt" must be positive and finite, but got {dt!r}')
    return value
