# SPDX-License-Identifier: Apache-2.0
"""What a runner records at the end of each step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from bouton._base.collectors import DotDict
from bouton._system.dynamical import DynamicalSystem
from bouton._system.neurons import NeuGroup
from bouton.errors import MonitorError, RunningError
from bouton.math.variable import Variable

__all__ = ['Events', 'Spikes']


class Spikes:
    """To monitor the spikes of a group as events, not as one flag for each neuron and step.

    ``monitors=[bp.Spikes('pre')]`` or ``monitors={'pre': bp.Spikes(net.pre)}``; the record is an `Events`.

    Parameters
    ----------
    group : str or NeuGroup
        A group, or its path from the target.
    """

    def __init__(self, group: str | NeuGroup):
        if not isinstance(group, (str, NeuGroup)):
            raise TypeError(f'Spikes must be those of a group or of its path, but we got {type(group)}: {group!r}')
        self.group = group

    def __repr__(self) -> str:
        return f'Spikes({self.group!r})'


@dataclass(eq=False)
class Events:
    """Spikes, in the order of time, then of neurons.

    Attributes
    ----------
    times : array of float
        [ms] the end of the step of each spike, as in ``ts``.
    indices : array of int
        The neuron.
    steps : array of int
        The step, counted on across runs.
    rows : array of int
        The row of the batch; empty without one.
    num : int
        The size of the group.
    """

    times: np.ndarray
    indices: np.ndarray
    steps: np.ndarray
    rows: np.ndarray
    num: int

    def __len__(self) -> int:
        return len(self.indices)

    def of(self, neuron: int) -> np.ndarray:
        """The spike times of one neuron [ms]. IndexError if there is none."""
        if not 0 <= neuron < self.num:
            raise IndexError(f'the neuron must be in [0, {self.num - 1}], but we got {neuron}')
        return self.times[self.indices == neuron]

    def __repr__(self) -> str:
        span = f', {self.times[0]:g} to {self.times[-1]:g} ms' if len(self) else ''
        return f'Events({len(self)} spikes of {self.num} neurons{span})'


class Recorded(DotDict):
    """What a runner recorded, by name.

    Attributes
    ----------
    var_names : tuple of str
        The names, also before there is a record.
    """

    def __init__(self, var_names: tuple[str, ...]):
        super().__init__()
        self.__dict__['var_names'] = var_names

    def __missing__(self, key: Any) -> Any:
        if key in self.__dict__.get('var_names', ()):
            raise KeyError(f'"{key}" has not been recorded yet: run the runner first')
        raise KeyError(f'there is no record "{key}"; there are {", ".join(self.var_names) or "none"}')

    def __getattr__(self, key: str) -> Any:
        if key.startswith('__'):
            raise AttributeError(f'{type(self).__name__!r} object has no attribute {key!r}')
        try:
            return self[key]
        except KeyError as error:
            raise AttributeError(error.args[0]) from None


@dataclass
class Monitor:
    """One record: of a variable, of a function of the step, or of the spikes of a group as events."""

    key: str
    source: Variable | Callable | NeuGroup
    index: Any = None

    def read(self, shared: Any) -> Any:
        """What is to be recorded now."""
        if isinstance(self.source, Variable):
            return self.source.value if self.index is None else self.source[self.index]
        return self.source(shared)

    @property
    def is_events(self) -> bool:
        """Whether spikes are recorded as events."""
        return isinstance(self.source, NeuGroup)

    def empty(self) -> np.ndarray:
        """The record of no steps."""
        if isinstance(self.source, Variable):
            x = self.read(None)
            return np.zeros((0, *x.shape), x.dtype)
        return np.zeros(0)


def parse_monitors(monitors: Any, target: DynamicalSystem) -> list[Monitor]:
    """The `monitors` of a runner; one with the name of another replaces it."""
    if monitors is None:
        return []
    if isinstance(monitors, (list, tuple)):
        found = [_named(one, target) for one in monitors]
    elif isinstance(monitors, dict):
        found = [_keyed(key, value, target) for key, value in monitors.items()]
    else:
        raise MonitorError(
            f'We only supports a format of list/tuple/dict of "vars", while we got {type(monitors)}.'
        )
    return list({one.key: one for one in found}.values())


def _named(one: Any, target: DynamicalSystem) -> Monitor:
    if isinstance(one, Spikes):
        group = _group_of(one, target)
        return Monitor(one.group if isinstance(one.group, str) else group.name, group)
    if isinstance(one, str):
        return Monitor(one, _variable_of(one, target))
    if not isinstance(one, (tuple, list)):
        raise MonitorError(f'We do not support monitor with {type(one)}: {one!r}')
    if not 1 <= len(one) <= 2 or not isinstance(one[0], str):
        raise MonitorError(f'We expect the monitor format with (name, index). But we got {one!r}')
    variable = _variable_of(one[0], target)
    return Monitor(one[0], variable, _checked_index(one[0], variable, one[1]) if len(one) == 2 else None)


def _keyed(key: Any, value: Any, target: DynamicalSystem) -> Monitor:
    if not isinstance(key, str):
        raise MonitorError(f'Expect the key of the dict "monitors" must be a string. But got {type(key)}: {key!r}')
    if isinstance(value, Spikes):
        return Monitor(key, _group_of(value, target))
    index = None
    if isinstance(value, (tuple, list)) and 1 <= len(value) <= 2:
        value, index = value[0], value[1] if len(value) == 2 else None
    if isinstance(value, str):
        value = _variable_of(value, target)
    if isinstance(value, Variable):
        return Monitor(key, value, _checked_index(key, value, index))
    if callable(value) and index is None:
        return Monitor(key, value)
    raise MonitorError(
        'The value of dict monitor expect a sequence with (variable, index) or a callable function. '
        f'But we got {value!r}'
    )


def _checked_index(key: str, variable: Variable, index: Any) -> Any:
    """An index of neurons, behind the batch axis if there is one; an integer keeps its axis."""
    if index is None:
        return None
    if isinstance(index, (int, np.integer)):
        index = [index]
    if not isinstance(index, (slice, tuple)):
        index = np.asarray(index)
        if index.dtype.kind not in 'iub':
            raise MonitorError(f'The index of monitor {key} must be made of integers, but we got {index!r}')
    parts = index if isinstance(index, tuple) else (index,)
    full = (slice(None), *parts) if variable.batch_axis is not None else parts
    try:
        variable[full]
    except IndexError as error:
        shape = variable.nobatch_shape
        raise IndexError(f'The index of monitor {key} does not fit its shape {shape}: {error}') from None
    return full


def _group_of(spikes: Spikes, target: DynamicalSystem) -> NeuGroup:
    group = spikes.group
    if isinstance(group, str):
        found = target.nodes('relative').get(group)
        if found is None:
            found = target.nodes().get(group)
        if not isinstance(found, NeuGroup):
            raise MonitorError(f'Cannot find target {group} in monitor of {target.name}, please check.')
        group = found
    if not isinstance(getattr(group, 'spike', None), Variable):
        raise MonitorError(f'{group.name} has no spikes')
    return group


def _variable_of(name: str, target: DynamicalSystem) -> Variable:
    """A variable by its path from the target, or by '<unique name of a node>.<variable>'."""
    found: Any = target
    parts = name.split('.')
    for part in parts:
        found = getattr(found, part, None)
        if found is None:
            break
    if found is None and len(parts) == 2 and (node := target.nodes().get(parts[0])) is not None:
        found = getattr(node, parts[1], None)
        if found is None:
            raise RunningError(f'{node.name} does not has variable {parts[1]}.')
    if found is None:
        if len(parts) == 1:
            raise RunningError(f'{target.name} does not has variable {name}.')
        node = target.nodes('relative').get('.'.join(parts[:-1]))
        found = getattr(node, parts[-1], None)
    if found is None:
        raise MonitorError(f'Cannot find target {name} in monitor of {target.name}, please check.')
    if not isinstance(found, Variable):
        raise MonitorError(f'{name} is a {type(found).__name__}, which is not a Variable: it does not change')
    return found
