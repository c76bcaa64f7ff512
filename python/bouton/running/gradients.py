# SPDX-License-Identifier: Apache-2.0
"""Runs that can be differentiated: in the core, by adjoints of the step; see `vjp` and `jvp`."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from bouton import _core, _runs
from bouton._base.collectors import DotDict
from bouton._scalars import integer, number
from bouton._system import core
from bouton._system.container import Network
from bouton._system.share import share
from bouton.math.environment import get_dt
from bouton.math.tape import Traced, constant
from bouton.math.variable import Variable, leave_traced
from bouton.running.drivers import Clock, Result, Run, core_input, core_network_of, parts_of
from bouton.running.inputs import CONSTANT, ITERATOR, ROWS, Input, parse_inputs
from bouton.running.monitors import Monitor, parse_monitors

__all__ = ['RecordedRun', 'jvp', 'vjp']


def _path_of(quantity: Any, target: Any) -> str:
    """What the core calls a quantity: a Variable of the target, or its path from there or from a unique name."""
    if isinstance(quantity, Variable):
        path = core.path_of(quantity)
        if path is None:
            raise KeyError(f'{quantity!r} is no variable of what the core steps')
        return path
    if not isinstance(quantity, str):
        raise TypeError(f'a quantity must be a Variable or a path, as "syn.g_max", but we got {quantity!r}')
    first, *rest = quantity.split('.')
    found: Any = getattr(target, first, None)
    if found is None:
        found = target if first == target.name else target.nodes().get(first)
    owner, below = None, rest
    while found is not None:
        if getattr(found, '_core_part', None) is not None:
            owner, below = found._core_part, rest
        if isinstance(found, Variable):
            return _path_of(found, target)
        if not rest:
            break
        found, rest = getattr(found, rest[0], None), rest[1:]
    if owner is None or not below:
        raise KeyError(f'{target.name} has no quantity "{quantity}"')
    return '.'.join([owner.name, *below])


def training_network_of(target: Any) -> Any:
    """The target as a network of the core in training mode, or None if it is none."""
    network = core_network_of(target)
    return network if network is not None and network.settings.training else None


def _checked_network(target: Any) -> Any:
    network = core_network_of(target)
    if network is None:
        raise TypeError(
            f'{target.name} is not stepped by the core alone: a model written in Python is differentiated by bm.grad, '
            'in a loop or a DSRunner inside the function'
        )
    if not network.settings.training:
        raise ValueError(f'the parts of {target.name} must be made in a TrainingMode for it to be differentiated')
    return network


def _checked_monitors(monitors: list[Monitor]) -> list[Monitor]:
    for one in monitors:
        if not isinstance(one.source, Variable) or core.core_variable(one.source) is None:
            raise TypeError(f'the monitor {one.key} must be of a variable that the core computes: it is differentiated')
    return monitors


def _specified(one: Monitor) -> tuple[str, Any, Any]:
    indices = None if one.index is None else core.flat_selection(one.source, one.index)
    return one.key, core.core_variable(one.source), indices


def _checked_inputs(inputs: list[Input] | Callable) -> list[Input]:
    if callable(inputs):
        raise TypeError('inputs of a run that is differentiated must be listed, not applied by one function')
    for one in inputs:
        if one.kind == ITERATOR:
            raise TypeError(f'the input of {one.name} is an iterator, but parts of the run may be computed twice')
        if core.core_variable(one.variable) is None:
            raise TypeError(f'the input of {one.name} must be that of a variable that the core computes')
    return inputs


def _called(function: Callable, shared_args: dict[str, Any], i0: int = 0) -> Callable:
    def call(t: float, dt: float, i: int) -> Any:
        shared = DotDict(t=t, i=i + i0, dt=dt, fit=False, **shared_args)
        share.arguments.update(shared)
        return function(shared)

    return call


class RecordedRun:
    """A run of a network in training mode that can be differentiated.

    The network is run by the core, which keeps what the derivatives need: at most `memory` bytes, by computing parts of
    the run again, to the bit. A run starts from the states that the network has, and leaves it with those of its end.

    Parameters
    ----------
    target : Network or NeuGroup
        Of built-in, unmodified objects, in a `TrainingMode`.
    inputs, monitors
        As those of `DSRunner`; variables only, no functions and no events. `monitors` are what a loss may depend on.
    wrt : optional
        What derivatives are taken by: Variables, or paths from the target ('syn.g_max', 'syn.alpha', 'syn.stp.tau',
        'syn.output.E', 'pre.tau', 'pre.V' at the start, 'pre.input' of each step), a list of these, or a dict. By
        default ``target.train_vars()``.
    dt : float, optional
        [ms] The time step; by default ``bouton.math.get_dt()``.
    t0 : float
        [ms] Where the clock starts.
    memory : int, optional
        [bytes] What the record may need; by default 64 MiB, or what the square root of the number of steps needs, where
        that is more. The records of the monitors are kept besides.
    threads : int
        How many threads make the steps; 0: as many as there are processors. The values do not depend on it. More than
        one are worth it for large networks, on processors that nobody else uses.

    Attributes
    ----------
    mon : DotDict
        The records of the last run, by key: (steps, batch, num), time first.

    Notes
    -----
    The step is differentiated as it is computed. A spike has the derivative of its surrogate, S'(x) dx. The spikes s
    that arrive at a synapse open its receptors by

        T_n = T (1 - prod_{k=0}^{K-1} (1 - s_{n-k})),    dT_n / ds_{n-m} = T prod_{k != m} (1 - s_{n-k}),

    K the pulse in steps, unless `stop_spike_gradient` is set, or ``bm.set_compat('brainpy_2_4')`` was when the synapse
    was made. The reset takes the spike as a constant.

    Raises
    ------
    ValueError
        If the target is not in training mode.
    TypeError
        If it is not stepped by the core alone, or a monitor or an input cannot be differentiated.
    KeyError
        For an unknown quantity.
    """

    def __init__(
        self,
        target: Any,
        inputs: Any = (),
        monitors: Any = (),
        *,
        wrt: Any = None,
        dt: float | None = None,
        t0: float = 0.0,
        memory: int | None = None,
        threads: int = 1,
    ):
        self.target = target
        self.dt = get_dt() if dt is None else number(dt, '"dt"')
        network = _checked_network(target)
        self._monitors = _checked_monitors(parse_monitors(monitors, target))
        self._quantities = _named(target.train_vars() if wrt is None else wrt)
        self._paths = {key: _path_of(quantity, target) for key, quantity in self._quantities.items()}
        self._run = _core.RecordedRun(
            network,
            [core_input(one, lambda f: _called(f, {})) for one in _checked_inputs(parse_inputs(inputs, target))],
            [_specified(one) for one in self._monitors],
            dt=self.dt,
            t0=number(t0, '"t0"'),
            threads=integer(threads, '"threads"'),
            memory=None if memory is None else integer(memory, '"memory"'),
            quantities=list(dict.fromkeys(self._paths.values())),
        )
        self._parts = parts_of(target)
        self.mon = DotDict()

    def run(self, duration: float | None = None, *, steps: int | None = None) -> DotDict:
        """Run for `duration` [ms], or so many steps, on from where the last run ended.

        Returns
        -------
        DotDict
            The records, which cannot be written to. A further run of as many steps writes into the same arrays: copy
            what is to be kept.
        """
        if (duration is None) == (steps is None):
            raise ValueError('Please provide either "duration" or "steps".')
        if steps is None:
            steps = int(np.floor(number(duration, '"duration"') / self.dt * (1 + 1e-9)))
        try:
            with _runs.Run(self._parts.all()):
                self._run.run_steps(steps)
        finally:
            share.forget(('t', 'i', 'dt', 'fit'))
        records = self._run.recording()
        self.mon = DotDict((one.key, records[one.key].reshape(self._shape(one))) for one in self._monitors)
        return self.mon

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise TypeError('a RecordedRun can neither be copied nor pickled: make another one, of a copy of its target')

    def reset_state(self) -> None:
        """Rewind the clock to t0 and step 0, and drop the records. The network keeps its states."""
        self._run.reset_state()
        self.mon = DotDict()

    def _shape(self, one: Monitor) -> tuple[int, ...]:
        return self._run.steps, *(one.source.shape if one.index is None else one.source[one.index].shape)

    @property
    def memory(self) -> int:
        """[bytes] What the record of the last run takes."""
        return self._run.memory

    def pullback(self, cotangents: dict[str, Any]) -> dict:
        """The gradient of a loss, in reverse: from its derivatives by the records to those by `wrt`.

        Parameters
        ----------
        cotangents : dict
            dL/d(record) for some of the monitors, by key, each of the shape of its record.

        Returns
        -------
        dict
            dL/d(quantity), by the keys of `wrt` if that is a dict, else by path or Variable, each of the shape of its
            quantity; of 'pre.input', (steps, batch, num).

        Raises
        ------
        KeyError
            For a cotangent of an unknown monitor.
        ValueError
            For a cotangent of another shape; and if the network was stepped or reset since the run.
        """
        shaped = {}
        for key, cotangent in cotangents.items():
            if key not in self.mon:
                raise KeyError(f'there is no monitor "{key}"; there are {list(self.mon)}')
            if np.shape(cotangent) != self.mon[key].shape:
                raise ValueError(
                    f'the cotangent of {key} has shape {np.shape(cotangent)}, but must have that of its record, '
                    f'{self.mon[key].shape}'
                )
            shaped[key] = np.reshape(cotangent, (len(cotangent), len(cotangent[0]), -1))
        found = self._run.pullback(shaped, list(dict.fromkeys(self._paths.values())))
        return {key: _reshaped(found[path], self._quantities[key]) for key, path in self._paths.items()}

    def pushforward(self, tangents: dict) -> DotDict:
        """Forward mode: how the records change where quantities move by `tangents`, by the keys of `wrt`."""
        unknown = [key for key in tangents if key not in self._paths]
        if unknown:
            raise KeyError(f'the run was not recorded for {unknown}, but for {list(self._paths)}')
        moved = {self._paths[key]: _flat_rows(tangent, self._quantities[key]) for key, tangent in tangents.items()}
        records = self._run.pushforward(moved)
        return DotDict((one.key, records[one.key].reshape(self._shape(one))) for one in self._monitors)


def _named(wrt: Any) -> dict:
    """Quantities by the keys under which their derivatives are returned."""
    if isinstance(wrt, dict):
        return dict(wrt)
    if isinstance(wrt, (str, Variable)):
        return {wrt: wrt}
    if not isinstance(wrt, Sequence):
        raise TypeError(f'"wrt" must be a Variable, a path, or a list or dict of these, but we got {wrt!r}')
    return {one: one for one in wrt}


def _reshaped(gradient: np.ndarray, quantity: Any) -> np.ndarray:
    """In the shape of a variable that is not flat."""
    fits = isinstance(quantity, Variable) and gradient.size == quantity.size
    return gradient.reshape(quantity.shape) if fits else gradient


def _flat_rows(tangent: Any, quantity: Any) -> np.ndarray:
    tangent = np.asarray(tangent)
    is_state = isinstance(quantity, Variable) and quantity.batch_axis is not None
    return tangent.reshape(len(tangent), -1) if is_state else tangent


def vjp(
    target: Any,
    duration: float | None = None,
    *,
    steps: int | None = None,
    inputs: Any = (),
    monitors: Any = (),
    wrt: Any = None,
    dt: float | None = None,
    t0: float = 0.0,
    memory: int | None = None,
    threads: int = 1,
) -> tuple[DotDict, Callable[[dict[str, Any]], dict]]:
    """Run a network and give what pulls derivatives back through the run: a vector-Jacobian product.

        dL/dq = sum over records r of (dL/dr) (dr/dq)

    ::

        records, pullback = bp.vjp(net, 100.0, inputs=[('pre.input', current, 'iter')], monitors=['post.V'])
        gradients = pullback({'post.V': records['post.V'] - target})     # by the keys of net.train_vars()

    Arguments are those of `RecordedRun`, which says by which rules, and of its `run`. The run starts from the states of
    the network, which must not be changed before the last `pullback`.

    Returns
    -------
    records : DotDict
        What was monitored, (steps, batch, num); it cannot be written to.
    pullback : function
        `RecordedRun.pullback`: from a dict of dL/d(record) to a dict of dL/d(quantity).
    """
    run = RecordedRun(target, inputs, monitors, wrt=wrt, dt=dt, t0=t0, memory=memory, threads=threads)
    return run.run(duration, steps=steps), run.pullback


def jvp(
    target: Any,
    tangents: dict,
    duration: float | None = None,
    *,
    steps: int | None = None,
    inputs: Any = (),
    monitors: Any = (),
    dt: float | None = None,
    t0: float = 0.0,
    memory: int | None = None,
    threads: int = 1,
) -> tuple[DotDict, DotDict]:
    """Run a network, and give how its records change along a direction: a Jacobian-vector product.

        dr = sum over quantities q of (dr/dq) dq

    Parameters
    ----------
    tangents : dict
        The direction: dq by path or Variable, each of the shape of its quantity.

    Others are those of `vjp`.

    Returns
    -------
    records, changes : DotDict
        What was monitored, and its derivative along the direction, (steps, batch, num).
    """
    run = RecordedRun(target, inputs, monitors, wrt=list(tangents), dt=dt, t0=t0, memory=memory, threads=threads)
    return run.run(duration, steps=steps), run.pushforward(tangents)


# ---- a DSRunner inside a function that is differentiated -----------------------------------------------------------


class _Cotangents(dict):
    """dL/d(record) of some of the records, each from one node of the tape."""

    def __add__(self, other: _Cotangents) -> _Cotangents:
        return _Cotangents({**self, **other})


class _Pullback:
    """Pulls a recorded run back, once for all of its inputs on the tape."""

    def __init__(self, run: Any, paths: list[str]):
        self._run, self._paths = run, paths
        self._last: tuple[Any, dict] = (None, {})

    def __call__(self, path: str, form: Callable[[np.ndarray], np.ndarray], seed: _Cotangents) -> np.ndarray:
        if self._last[0] is not seed:
            self._last = seed, self._run.pullback(dict(seed), self._paths)
        return form(self._last[1][path])


def _node_of(run: Any, sources: list[tuple[Traced, str, Callable[[np.ndarray], np.ndarray]]]) -> Traced | None:
    """A recorded run on the tape: one node, computed from the quantities, from which the records are computed."""
    if not sources:
        return None
    level = max(source.level for source, _, _ in sources)
    if any(source.level != level or isinstance(source.primal, Traced) for source, _, _ in sources):
        raise TypeError('a run is differentiated once; derivatives of derivatives cannot be followed through it')
    pullback = _Pullback(run, list(dict.fromkeys(path for _, path, _ in sources)))
    parents = [(source, functools.partial(pullback, path, form)) for source, path, form in sources]
    return Traced(np.zeros(()), level, parents)


def _output(node: Traced, key: str, values: np.ndarray, back: Callable) -> Traced:
    """What is seen of a record, with `back` from its derivative to that by the record."""
    return Traced(values, node.level, ((node, lambda seed: _Cotangents({key: back(seed)})),))


class RecordedDriver:
    """Makes the steps of a `DSRunner` whose results are differentiated; for one run."""

    def __init__(
        self,
        target: Any,
        inputs: list[Input] | Callable,
        monitors: list[Monitor],
        memory: int | None,
        threads: int,
    ):
        self._network = _checked_network(target)
        self._target = target
        self._inputs = _checked_inputs(inputs)
        self._monitors = _checked_monitors(monitors)
        self._memory, self._threads = memory, threads

    def run(self, clock: Clock, run: Run) -> Result:
        """Make the steps, and move the clock on."""
        variables = self._target.vars().unique().values()
        sources = [found for variable in variables for found in self._source(variable)]
        for one in self._inputs:
            if one.traced is not None:
                sources.append((one.traced, _path_of(one.variable, self._target), _by_input(one, clock.i)))
        states = [v for v in variables if _is_state(v)]
        output = None if isinstance(self._target, Network) else getattr(self._target, self._target._core_output)
        monitors = [*self._monitors, *([] if output is None else [Monitor(' output', output)])]
        recorded = _core.RecordedRun(
            self._network,
            [self._from(clock.i, core_input(one, lambda f: _called(f, run.shared, clock.i))) for one in self._inputs],
            [_specified(one) for one in monitors],
            [(f' {k}', core.core_variable(v), None) for k, v in enumerate(states)],
            dt=clock.dt,
            t0=clock.start(clock.i),
            threads=self._threads,
            memory=self._memory,
            quantities=list(dict.fromkeys(path for _, path, _ in sources)),
        )
        try:
            with _runs.Run(parts_of(self._target).all()):
                recorded.run_steps(run.steps)
        finally:
            share.forget(run.shared_keys)
        ts = np.array([clock.start(clock.i + k) + clock.dt for k in range(run.steps)])
        clock.i += run.steps
        for variable in variables:
            if core.core_variable(variable) is not None:
                variable._storage = core.storage_of(variable)
        records = recorded.recording()
        node = _node_of(recorded, sources)
        found = {one.key: self._seen(one, records[one.key], run, node) for one in monitors}
        if node is not None and run.steps > 0:
            for k, variable in enumerate(states):
                record = records[f' {k}']
                shape = record.shape
                back = lambda seed, shape=shape: np.reshape(seed, shape)  # noqa: E731
                leave_traced(variable, _output(node, f' {k}', record.reshape(variable.shape), back))
        return Result({one.key: found[one.key] for one in self._monitors}, ts, found.get(' output'))

    def _source(self, variable: Variable) -> list[tuple[Traced, str, Callable]]:
        """What is differentiated by: a variable of the core whose value is traced. Its numbers go to the core."""
        path, beneath = core.path_of(variable), core.storage_of(variable)
        if path is None or beneath is variable._storage:
            return []
        value = variable._live()
        numbers = np.asarray(constant(value))
        if not np.array_equal(beneath.array(), numbers):
            beneath.array()[...] = numbers
            beneath.touch()
        if not isinstance(value, Traced) or path.rpartition('.')[2] in _CARRIED_BY_NOTHING:
            return []
        shape = value.shape
        return [(value, path, lambda gradient: np.reshape(gradient, shape))]

    @staticmethod
    def _from(first: int, given: tuple[Any, Any, str, str]) -> tuple[Any, Any, str, str]:
        variable, value, operation, kind = given
        return variable, value[first:] if kind == 'iter' else value, operation, kind

    @staticmethod
    def _seen(one: Monitor, record: np.ndarray, run: Run, node: Traced | None) -> Any:
        shape, full = record.shape, one.source.shape if one.index is None else one.source[one.index].shape
        record = record.reshape(run.steps, *full)
        if run.batch_first:
            record = record.swapaxes(0, 1)

        def back(seed: np.ndarray) -> np.ndarray:
            return np.reshape(np.swapaxes(seed, 0, 1) if run.batch_first else seed, shape)

        return record if node is None else _output(node, one.key, record, back)


#: What a run starts from besides its states; it carries no derivative into the run.
_CARRIED_BY_NOTHING = frozenset(('input', 'spike', 'refractory', 't_last_spike', 'spike_arrival_time', 'h', 'current'))


def _is_state(variable: Variable) -> bool:
    name = (core.path_of(variable) or 'input').rpartition('.')[2]
    return core.core_variable(variable) is not None and name not in _CARRIED_BY_NOTHING - {'spike'}


def _by_input(one: Input, first: int) -> Callable[[np.ndarray], np.ndarray]:
    """From the derivative by what a neuron gets in each step, that by the value of an input."""
    if one.operation not in '+-' or core.core_variable(one.variable).name.rpartition('.')[2] != 'input':
        raise TypeError(
            f'an input that is differentiated by must be added to an `input`, but that of {one.name} is not'
        )
    shape, variable = one.value.shape, one.variable.shape
    sign = 1.0 if one.operation == '+' else -1.0

    def form(gradient: np.ndarray) -> np.ndarray:
        gradient = sign * gradient.reshape(len(gradient), *variable)
        if one.kind == CONSTANT:
            return _summed(gradient.sum(axis=0), shape)
        rows = np.zeros(shape, gradient.dtype)
        rows[first : first + len(gradient)] = [_summed(row, shape[1:]) for row in gradient]
        return rows

    assert one.kind in (CONSTANT, ROWS)
    return form


def _summed(gradient: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Over the axes along which a value of that shape was broadcast."""
    gradient = gradient.sum(axis=tuple(range(gradient.ndim - len(shape))))
    stretched = tuple(k for k, n in enumerate(shape) if n == 1 and gradient.shape[k] != 1)
    return gradient.sum(axis=stretched, keepdims=True) if stretched else gradient
