# SPDX-License-Identifier: Apache-2.0
"""Who makes the steps of a run: Python, object by object, or the core.

Both give the same values. The core steps networks of built-in objects alone; see `bouton._system.core`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from bouton import _runs
from bouton._base.collectors import DotDict
from bouton._system import core
from bouton._system.container import Network, has_python_delays, stepped
from bouton._system.neurons import NeuGroup, NeuGroupView
from bouton._system.share import share
from bouton._system.synapses import SynConn
from bouton.math.array import Array
from bouton.math.control import Stack, tree_map
from bouton.math.variable import Variable
from bouton.running.inputs import CONSTANT, FUNCTION, ITERATOR, Input
from bouton.running.monitors import Events, Monitor
from bouton.running.progress import Interruptible, Progress


@dataclass
class Clock:
    """Step `i` starts at t0 + (i - i0) dt [ms]."""

    dt: float
    t0: float
    i0: int = 0
    i: int = 0

    def start(self, i: int) -> float:
        """The start of step `i` [ms]."""
        return (i - self.i0) * self.dt + self.t0

    def advance_by(self, duration: float) -> None:
        """Let the next step start `duration` after t0, whatever the steps since took."""
        self.t0, self.i0 = self.t0 + duration, self.i


@dataclass
class Run:
    """What a run is asked for."""

    steps: int
    duration: float | None  # [ms] by which the clock advances, where that is not what the steps take
    arguments: Any  # of the update of the target: a tree of arrays with one row for each step, or None
    shared: dict[str, Any]
    progress: Progress
    batch_first: bool

    @property
    def shared_keys(self) -> tuple[str, ...]:
        """What is shared during a step of the run."""
        return ('t', 'i', 'dt', 'fit', *self.shared)


@dataclass
class Result:
    """What a run gave. After an error, or Ctrl-C, it is what was recorded before."""

    records: dict[str, Any]
    ts: np.ndarray
    output: Any
    error: BaseException | None = None


class PythonDriver:
    """Steps any system, as `DSRunner` describes it."""

    def __init__(self, target: Any, inputs: list[Input] | Callable, monitors: list[Monitor]):
        self._target = target
        self._inputs = inputs
        self._monitors = monitors

    def run(self, clock: Clock, run: Run) -> Result:
        """Make the steps, and move the clock's `i` on by those that the target has made."""
        first, done = clock.i, 0
        ts = np.zeros(run.steps)
        records = {one.key: _EventList(one.source) if one.is_events else Stack(run.steps) for one in self._monitors}
        outputs = Stack(run.steps)
        error: BaseException | None = None
        with Interruptible() as interruptible:
            try:
                while done < run.steps:
                    self._step(done, clock, run, records, outputs, ts)
                    done += 1
                    if run.progress.is_wanted:
                        run.progress(done)
                    if interruptible.interrupted:
                        raise KeyboardInterrupt
            except (Exception, KeyboardInterrupt) as raised:
                error = raised
            finally:
                share.forget(run.shared_keys)
                if error is not None:
                    with contextlib.suppress(Exception):  # of an object that has just failed
                        self._target.clear_input()
        found: dict[str, Any] = {}
        for one in self._monitors:
            record = records[one.key]
            found[one.key] = record.events(first + done) if one.is_events else _tree(record, done, one.empty())
        output = _tree(outputs, done, None)
        if run.batch_first:
            found, output = tree_map(_batch_first, found), tree_map(_batch_first, output)
        return Result(found, ts[:done], output, error)

    def _step(self, k: int, clock: Clock, run: Run, records: dict, outputs: Stack, ts: np.ndarray) -> None:
        i, t = clock.i, clock.start(clock.i)
        shared = DotDict(t=t, i=i, dt=clock.dt, fit=False, **run.shared)
        share.arguments.update(shared)
        if callable(self._inputs):
            self._inputs(shared)
        else:
            for one in self._inputs:
                one.apply(shared, i)
        arguments = () if run.arguments is None else (tree_map(lambda x: x[k], run.arguments),)
        returned = self._target(*arguments)
        clock.i += 1
        shared['t'] = t + clock.dt
        for one in self._monitors:
            if one.is_events:
                records[one.key].add(shared['t'], i)
            else:
                records[one.key].put(k, one.read(shared))
        if returned is not None:
            outputs.put(k, returned)
        ts[k] = shared['t']
        share.forget(run.shared_keys)
        self._target.clear_input()


class _EventList:
    def __init__(self, group: NeuGroup):
        self._group = group
        self._times: list[float] = []
        self._steps: list[int] = []
        self._found: list[np.ndarray] = []

    def add(self, t: float, i: int) -> None:
        found = np.flatnonzero(self._group.spike.value)
        if found.size:
            self._times.append(t)
            self._steps.append(i)
            self._found.append(found)

    def events(self, end: int) -> Events:
        """The spikes before step `end`; that step, the last, may not have been completed."""
        if self._steps and self._steps[-1] >= end:
            for column in (self._times, self._steps, self._found):
                column.pop()
        counts = [found.size for found in self._found]
        flat = np.concatenate(self._found) if counts else np.zeros(0, np.int64)
        rows = flat // self._group.num if self._group.spike.batch_axis is not None else flat[:0]
        indices, rows = (flat % self._group.num).astype(np.int32), rows.astype(np.int32)
        return Events(
            np.repeat(self._times, counts), indices, np.repeat(np.asarray(self._steps, np.int64), counts), rows,
            self._group.num,
        )  # fmt: skip


def _tree(stack: Stack, done: int, empty: Any) -> Any:
    found = stack.tree()
    return empty if found is None else tree_map(lambda x: x[:done], found)


def _batch_first(x: Any) -> Any:
    return np.swapaxes(x, 0, 1) if isinstance(x, np.ndarray) and x.ndim >= 2 else x


# ---- the core ------------------------------------------------------------------------------------------------------

_OUTPUT = ' output'  # no name of a monitor of the user's: it begins with a blank


class CoreDriver:
    """Steps a network of built-in objects in the core, with the interpreter's lock released.

    Made by `core_driver_of`, which says whether there can be one.
    """

    def __init__(
        self,
        network: Any,
        parts: _Parts,
        target: Any,
        inputs: list[Input] | Callable,
        monitors: list[Monitor],
        clock: Clock,
        threads: int,
    ):
        from bouton import _core

        self._parts = parts
        self._monitors = monitors
        self._shared: dict[str, Any] = {}
        self._stacks: dict[str, Stack] = {}
        self._first = 0
        specified = []
        for one in monitors:
            if one.is_events:
                specified.append((one.key, one.source._core_part, None, 1))
            elif isinstance(one.source, Variable):
                variable = core.readable_variable(one.source)
                indices = None if one.index is None else core.flat_selection(one.source, one.index)
                specified.append((one.key, variable, indices, 1))
            else:
                specified.append((one.key, self._recording(one), None, 1))
        self._output = None if isinstance(target, Network) else getattr(target, target._core_output)
        if self._output is not None:
            specified.append((_OUTPUT, core.core_variable(self._output), None, 1))
        specified_inputs = [] if callable(inputs) else [core_input(one, self._called) for one in inputs]
        self._runner = _core.Runner(
            network,
            [*specified_inputs, *(_chance_input(one) for one in parts.chance)],
            specified,
            dt=clock.dt,
            t0=clock.t0,
            data_first_axis='T',
            threads=threads,
            before_step=self._called(inputs) if callable(inputs) else None,
        )

    def _called(self, function: Callable) -> Callable:
        """A function of the user's, told of the step as in Python."""

        def call(t: float, dt: float, i: int) -> Any:
            shared = DotDict(t=t, i=i, dt=dt, fit=False, **self._shared)
            share.arguments.update(shared)
            return function(shared)

        return call

    def _recording(self, one: Monitor) -> Callable:
        """Records what a function returns, of any form; the core is told 0."""
        call = self._called(one.source)

        def record(t: float, dt: float, i: int) -> float:
            self._stacks[one.key].put(i - self._first, call(t, dt, i))
            return 0.0

        return record

    def run(self, clock: Clock, run: Run) -> Result:
        """Make the steps, and move the clock's `i` on by those that the target has made."""
        with _runs.Run(self._parts.all()):
            return self._run(clock, run)

    def _run(self, clock: Clock, run: Run) -> Result:
        self._shared = run.shared
        self._first = clock.i
        self._stacks = {one.key: Stack(run.steps) for one in self._monitors if not _is_kept_by_core(one)}
        error: BaseException | None = None
        try:
            progress = run.progress if run.progress.is_wanted else None
            if run.duration is None:
                self._runner.run_steps(run.steps, progress)
            else:
                self._runner.run(run.duration, progress)
        except (Exception, KeyboardInterrupt) as raised:
            error = raised
        finally:
            share.forget(run.shared_keys)
        clock.i = self._runner.step
        done = len(self._runner.ts)
        recording, events = self._runner.recording(), self._runner.events
        if error is not None and len(recording) + len(events) < len(self._monitors):  # there was no first step
            raise error
        found: dict[str, Any] = {}
        for one in self._monitors:
            if one.is_events:
                found[one.key] = Events(**events[one.key], num=one.source.num)
            elif _is_kept_by_core(one):
                shape = one.source.shape if one.index is None else one.source[one.index].shape
                found[one.key] = recording[one.key].reshape(done, *shape)
            else:
                found[one.key] = _tree(self._stacks[one.key], done, one.empty())
        output = recording.get(_OUTPUT)
        output = output if output is None else output.view(Array)
        if run.batch_first:
            found, output = tree_map(_batch_first, found), tree_map(_batch_first, output)
        return Result(found, self._runner.ts, output, error)

    def still_serves(self, target: Any) -> bool:
        """Whether the target is made of what it was made of."""
        return parts_of(target) == self._parts

    def reset(self) -> None:
        """Rewind the clock."""
        self._runner.reset_state()


def _is_kept_by_core(one: Monitor) -> bool:
    return one.is_events or isinstance(one.source, Variable)


def core_input(one: Input, called: Callable[[Callable], Callable]) -> tuple[Any, Any, str, str]:
    """An input as the core takes it; `called` makes a function of (t, dt, i) of one of the shared values."""
    target = one.variable
    variable = core.core_variable(target)
    if one.kind == FUNCTION:
        function = called(one.value)
        return variable, lambda t, dt, i: _row(one.stored(function(t, dt, i)), target), one.operation, 'func'
    if one.kind == CONSTANT:
        return variable, _row(one.value, target), one.operation, 'fix'
    rows = one.value if one.value.ndim == 1 else np.broadcast_to(one.value, (len(one.value), *target.shape))
    return variable, rows, one.operation, 'iter'


def _chance_input(one: Any) -> tuple[Any, Any, str, str]:
    """A `PoissonInput` as the core takes it."""
    return core.core_variable(one.target_var), lambda t, dt, i: one._drawn(dt), '+', 'func'


def _row(value: Any, variable: Variable) -> np.ndarray:
    """As the core takes it: one number, one for each neuron, or one for each entry."""
    x = np.asarray(value)
    return x if x.size == 1 or x.shape == variable.nobatch_shape else np.broadcast_to(x, variable.shape)


def core_driver_of(
    target: Any, inputs: list[Input] | Callable, monitors: list[Monitor], clock: Clock, threads: int
) -> CoreDriver | None:
    """A driver in the core, or None where something must be done in Python."""
    if not callable(inputs) and not all(_is_core_input(one) for one in inputs):
        return None
    for one in monitors:
        if one.is_events:
            if isinstance(one.source, NeuGroupView) or one.source._core_part is None:
                return None
        elif isinstance(one.source, Variable) and core.readable_variable(one.source) is None:
            return None
    parts = parts_of(target)
    if parts is None or (parts.chance and not _come_before(inputs)):
        return None
    network = _assembled(parts)
    return None if network is None else CoreDriver(network, parts, target, inputs, monitors, clock, threads)


def _come_before(inputs: list[Input] | Callable) -> bool:
    """Whether these inputs are all applied before a last function that adds."""
    return callable(inputs) or not any(one.kind == FUNCTION and one.operation not in '=+' for one in inputs)


def core_network_of(target: Any) -> Any:
    """The target as a network of the core, or None where its steps are not the core's alone."""
    parts = parts_of(target)
    return None if parts is None or parts.chance else _assembled(parts)


def _is_core_input(one: Input) -> bool:
    is_live = one.kind == CONSTANT and isinstance(one.value, Variable)
    return one.kind != ITERATOR and not is_live and core.core_variable(one.variable) is not None


class _Parts(NamedTuple):
    """A network of the core before it is made: its name, the parts or networks by their names, and what it takes for
    inputs of the runner."""

    name: str
    members: tuple[tuple[str, Any], ...]
    chance: tuple[Any, ...] = ()

    def all(self) -> Iterator[Any]:
        """All parts, in networks inside as well."""
        for _, part in self.members:
            if isinstance(part, _Parts):
                yield from part.all()
            else:
                yield part


def parts_of(target: Any) -> _Parts | None:
    """What the target is in the core, or None where its steps are not the core's."""
    if isinstance(target, Network):
        if has_python_delays(target):
            return None
        chance = tuple(target._current_plan().chance)
        parts = _parts_of_network(target, {id(system) for system in stepped(target)}, set(), chance)
        targets = [core.core_variable(one.target_var) for one in chance]
        owners = set() if parts is None else {hash(part) for part in parts.all()}
        return parts if all(one is not None and hash(one.owner) in owners for one in targets) else None
    if not isinstance(target, NeuGroup) or not target._is_core_only() or target._core_output is None:
        return None
    return _Parts(target.name, ((target.name, target._core_part),))


def _parts_of_network(
    network: Network, reached: set[int], around: set[int], chance: tuple[Any, ...] = ()
) -> _Parts | None:
    """`reached`: all objects of the outermost network; `around`: those that are members of the networks around this."""
    if not core.is_unmodified(type(network)) or 'update' in network.__dict__:
        return None
    members = []
    systems = network._child_systems()
    inside = around | {id(system) for system in systems}
    for system in systems:
        if isinstance(system, NeuGroupView) or system in chance:
            continue
        part: Any = None
        if isinstance(system, Network):
            part = _parts_of_network(system, reached, inside)
        elif system._is_core_only() and (not isinstance(system, SynConn) or _is_usual(system, reached, around)):
            part = system._core_part
        if part is None:
            return None
        members.append((system.name, part))
    return _Parts(network.name, tuple(members), chance)


def _is_usual(synapse: SynConn, reached: set[int], around: set[int]) -> bool:
    """Whether both groups are stepped, and the presynaptic one not before the synapse.

    Groups around a network are stepped before it. Without a delay a synapse inside then sees the spikes of this very
    step; in the core it would see those of the step before.
    """
    pre, post = (id(group.whole) for group in (synapse.pre, synapse.post))
    return pre in reached and post in reached and (synapse.delay_step is not None or pre not in around)


def _assembled(parts: _Parts) -> Any:
    from bouton import _core

    members = [(name, _assembled(part) if isinstance(part, _Parts) else part) for name, part in parts.members]
    if not members or any(part is None for _, part in members):
        return None
    try:
        network = _core.Network(members[0][1].settings, parts.name)
        for name, part in members:
            network.add(name, part)
    except (ValueError, KeyError):
        return None  # objects with different settings, which the core does not step together
    return network
