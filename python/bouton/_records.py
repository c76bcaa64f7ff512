# SPDX-License-Identifier: Apache-2.0
"""What a runner recorded, in one form: traces of shape (steps, batch, columns), spikes as events, and what they are."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from bouton._scalars import as_array
from bouton._system.conductance import CondNeuGroup
from bouton.math.environment import BatchingMode
from bouton.math.variable import Variable
from bouton.running.monitors import Events, Monitor


@dataclass(frozen=True, eq=False)
class Trace:
    """A record of numbers.

    `name` is that of the monitor; `node` the object that it belongs to, None if that is not known; `group` and
    `variable` are the two parts of the name, 'exc' and 'V' of 'exc.V'. `values` has the shape (steps, batch, columns);
    `neurons` are the numbers of the neurons in its columns.
    """

    name: str
    group: str
    variable: str
    node: Any
    times: np.ndarray
    values: np.ndarray
    neurons: np.ndarray


@dataclass(frozen=True, eq=False)
class Spikes:
    """A record of spikes of `num` neurons: for each batch entry the times [ms] and the neurons, ordered by time."""

    name: str
    group: str
    node: Any
    num: int
    batches: list[tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True, eq=False)
class Records:
    """All records of a run, in the order of the monitors; `times` are those of all steps [ms]."""

    times: np.ndarray
    traces: list[Trace]
    spikes: list[Spikes]


def read_records(runner: Any, names: Iterable[str] | None = None) -> Records:
    """The records of a runner, or of its `mon`; of the monitors in `names` only, if these are given.

    Raises
    ------
    KeyError
        Where a name is not that of a monitor.
    ValueError
        Where nothing was recorded, or a record does not have one row for each step.
    """
    mon = getattr(runner, 'mon', runner)
    target = getattr(runner, 'target', None)
    monitors = {monitor.key: monitor for monitor in getattr(runner, '_monitors', ())}
    if not isinstance(mon, Mapping):
        raise TypeError(f'Must be a runner or what it recorded, but we got {type(runner)}.')
    recorded = [name for name in mon if name != 'ts']
    if len(mon.get('ts', ())) == 0 or not recorded:
        raise ValueError('Nothing was recorded: give "monitors" to the runner and run it first.')
    if names is not None:
        names = [names] if isinstance(names, str) else list(names)
        for name in names:
            if name not in recorded:
                raise KeyError(f'No monitor {name!r}; there are {", ".join(recorded)}.')
        recorded = names

    times = as_array(mon['ts'], '"ts"')
    traces, spikes = [], []
    for name in recorded:
        group, _, variable = name.rpartition('.')
        node = _find(target, group)
        record = mon[name]
        if isinstance(record, Events):
            spikes.append(_from_events(name, monitors[name].source if name in monitors else None, record))
            continue
        batched = _is_batched(monitors.get(name), target)
        record = as_array(record, f'the record {name!r}')
        values = _time_batch_column(name, record, len(times), getattr(runner, 'data_first_axis', None), batched)
        if variable == 'spike' or values.dtype == bool:
            spikes.append(_from_flags(name, group, node, times, values))
        else:
            neurons = _numbers(monitors.get(name), values.shape[2])
            traces.append(Trace(name, group, variable, node, times, values, neurons))
    return Records(times, traces, spikes)


def _is_batched(monitor: Monitor | None, target: Any) -> bool:
    """Whether a record has a batch axis: as the variable, or, where that is not known, as the target."""
    if monitor is not None and isinstance(monitor.source, Variable):
        return monitor.source.batch_axis is not None
    return isinstance(getattr(target, 'mode', None), BatchingMode)


def _find(target: Any, path: str) -> Any:
    """The object at an attribute path of the target, or None."""
    node = target
    for part in path.split('.') if path else ():
        node = getattr(node, part, None)
    return node


def _time_batch_column(
    name: str, values: np.ndarray, num_steps: int, first_axis: str | None, batched: bool
) -> np.ndarray:
    """The record with the axes (steps, batch, columns).

    With `first_axis` 'B' the first two axes of all records are swapped, whatever they are. Where it is not known, None,
    the number of steps tells, and a second axis of this length is taken for time in a record that is batched.
    """
    if first_axis is None and values.ndim >= 2 and values.shape[1] == num_steps:
        first_axis = 'B' if batched or len(values) != num_steps else 'T'
        batched = batched or first_axis == 'B'
    if first_axis == 'B' and values.ndim >= 2:
        values = np.swapaxes(values, 0, 1)
    if values.ndim == 0 or len(values) != num_steps:
        raise ValueError(
            f'The record {name!r} must have one row for each of the {num_steps} times, but its shape is {values.shape}.'
        )
    batch = values.shape[1] if batched and values.ndim > 1 else 1
    return values.reshape(num_steps, batch, -1)


def _numbers(monitor: Monitor | None, num_columns: int) -> np.ndarray:
    """The numbers of the neurons that a monitor records: all, or those of its index."""
    if monitor is None or monitor.index is None or not isinstance(monitor.source, Variable):
        return np.arange(num_columns)
    shape = monitor.source.shape
    if monitor.source.batch_axis is not None:
        shape = (1, *monitor.source.nobatch_shape)
    return np.arange(math.prod(shape)).reshape(shape)[monitor.index].ravel()


def _from_flags(name: str, group: str, node: Any, times: np.ndarray, flags: np.ndarray) -> Spikes:
    batches = []
    for entry in range(flags.shape[1]):
        steps, neurons = np.nonzero(flags[:, entry] > 0)
        batches.append((times[steps], neurons))
    return Spikes(name, group, node, flags.shape[2], batches)


def _from_events(name: str, group: Any, events: Events) -> Spikes:
    spike = getattr(group, 'spike', None)
    if isinstance(spike, Variable) and spike.batch_axis is not None:
        num_rows = spike.shape[spike.batch_axis]
    else:
        num_rows = int(events.rows.max(initial=-1)) + 1
    batches = [(events.times[events.rows == row], events.indices[events.rows == row]) for row in range(num_rows)]
    return Spikes(name, name, group, events.num, batches or [(events.times, events.indices)])


@dataclass(frozen=True)
class Quantity:
    """What a variable is: words, a symbol, its unit ('' if it has none or that is not known)."""

    words: str
    symbol: str
    unit: str = ''

    @property
    def label(self) -> str:
        return f'{self.symbol} ({self.unit})' if self.unit else self.symbol


potentials = {'V': 'Membrane potential', 'Vs': 'Potential of the soma', 'Vd': 'Potential of the dendrite'}


def quantity(trace: Trace) -> Quantity:
    """What a trace is, from the name of the variable and the object that it belongs to."""
    from bouton import neurons, synapses

    node, variable = trace.node, trace.variable
    if variable in potentials:
        plain = isinstance(node, (neurons.FHN, neurons.HindmarshRose, neurons.FractionalFHR))
        return Quantity(potentials[variable], variable, '' if plain else 'mV')
    if variable == 'input':
        per_area = isinstance(node, (neurons.HH, neurons.MorrisLecar, neurons.WangBuzsakiModel, CondNeuGroup))
        return Quantity('Input', 'Input', 'µA/cm²' if per_area else '')
    if variable == 'g':
        receptor = isinstance(node, (synapses.AMPA, synapses.BioNMDA, synapses.NMDA))
        return Quantity('Open fraction' if receptor else 'Conductance', 'g')
    if variable == 'spike_arrival_time':
        return Quantity('Latest arrival of a spike', 'Time', 'ms')
    return Quantity(variable, variable)
