# SPDX-License-Identifier: Apache-2.0
"""How objects meet the core.

A built-in group or synapse has

* ``_core_part``: the `_core.Population` or `_core.Projection` that holds its states, or None where it is computed in
  Python because the user overrode part of it;
* ``_core_output``: the name of the variable that its `update` returns, or None;
* ``_is_core_only()``: whether a step of the object is exactly a step of that part. True for a built-in class and for a
  subclass that overrides no part of a step.

A network that consists of such objects alone, and of `PoissonInput`s that the core may take for inputs, is stepped by
the core; in all others each object steps itself, in the same order. Where a built-in synapse is attached to a group
that is written in Python, `population_of` gives the group a `_core.Population` that is stepped by nobody but shows the
core the group's variables.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from bouton.math.variable import Variable, VariableView

_NOT_A_STEP = frozenset(('reset_state', 'reset', 'clone', '_repr_html_', '_pass_shared_args', '_takes_time'))
_SPECIAL_OF_A_STEP = frozenset(('__call__', '__setattr__', '__getattr__', '__getattribute__'))


@functools.cache
def is_unmodified(cls: type) -> bool:
    """Whether a class is one of bouton's, or derived from one without overriding anything that matters in a step.

    Anything that a subclass defines under a name that the built-in class has counts, but for constructors, resetting
    and display.
    """
    for index, base in enumerate(cls.__mro__):
        if base.__module__.split('.')[0] == 'bouton':
            return all(_adds_only(user, base) for user in cls.__mro__[:index])
    return False


def _adds_only(user: type, builtin: type) -> bool:
    return not any(_is_of_a_step(name) and hasattr(builtin, name) for name in vars(user))


def _is_of_a_step(name: str) -> bool:
    return name in _SPECIAL_OF_A_STEP if name.startswith('__') else name not in _NOT_A_STEP


def owner_of(variable: Any, *candidates: Any) -> Any:
    """The one of the candidates that has the variable as an attribute; for a view, the group that it shows."""
    for candidate in candidates:
        if candidate is not None and any(value is variable for value in vars(candidate).values()):
            return candidate.whole
    return None


def delayed_populations(nodes: Iterable[Any]) -> list[Any]:
    """The core's populations whose delay lines advance together with the nodes: each once."""
    from bouton._system.synapses import SynConn

    found: dict[int, Any] = {}
    for node in nodes:
        group = node.pre if isinstance(node, SynConn) else node
        if group is None:  # a coupling of variables
            continue
        population = population_if_any(group.whole)
        if population is not None:
            found[id(population)] = population
    return list(found.values())


def population_if_any(group: Any) -> Any:
    """The core's population of a group: its own, or the one that shows the group's variables to the core."""
    part = getattr(group, '_core_part', None)
    if part is not None and hasattr(part, 'advance_delays'):
        return part
    return group.__dict__.get('_core_external')


def population_of(group: Any, settings: Any, variables: Iterable[str] = ()) -> Any:
    """What a `_core.Projection` takes as its pre or post: a `_core.Population` or `_core.View`.

    For a group that the core does not compute, an external population is made at the first call, and the named
    variables of the group move into it.

    Parameters
    ----------
    group : NeuGroup or NeuGroupView
        The pre- or postsynaptic group.
    settings : _core.Settings
        Those of the synapse, for an external population.
    variables : iterable of str
        What the projection reads or writes: 'spike' of a pre group, 'input' and 'V' of a post group.
    """
    if getattr(group, '_core_part', None) is not None:
        return group._core_part
    if group.whole is not group:
        return population_of(group.target, settings, variables).view(group.flat_indices)
    from bouton import _core

    population = group.__dict__.get('_core_external')
    if population is None:
        population = _core.Population.external(group.name, group.size, settings, getattr(group, 'keep_size', False))
        group.__dict__.update(_core_external=population, _core_bound={})
    for name in variables:
        if name not in group._core_bound:
            _move(group, name, population)
    return population


def _move(group: Any, name: str, population: Any) -> None:
    """Let a variable of a group live in an external population."""
    variable = getattr(group, name, None)
    if not isinstance(variable, Variable):
        raise KeyError(f'{group.name} has no variable {name}; it has {[key for key, _ in group._own_variables()]}')
    held = population.variable(name) if name in population.variables() else population.add_variable(name)
    if held.shape != variable.shape and held.batched:
        held.resize(variable.shape[0])
    variable._bind(held if held.dtype == variable.dtype else _Converted(held, variable.dtype))
    group._core_bound[name] = variable


def copy_external(group: Any, original: Any) -> None:
    """Give a copy of a group an external population like the original's, if that has one."""
    external = original.__dict__.get('_core_external')
    if external is not None:
        population_of(group, external.settings, original._core_bound)
        group._core_external.take_state(external)


class _Converted:
    """The storage of a variable whose dtype is not the core's: spikes that are numbers, single precision.

    The core sees every write. The variable sees what the core writes, except into spikes: the core writes none.
    """

    def __init__(self, held: Any, dtype: np.dtype):
        self._held = held
        self._own = held.array().astype(dtype)

    def array(self) -> np.ndarray:
        if self._held.dtype != bool:
            self._own[...] = self._held.array()
        return self._own

    def touch(self) -> None:
        self._held.array()[...] = self._own
        self._held.touch()

    def resize(self, batch_size: int) -> None:
        self._held.resize(batch_size)
        self._own = self._held.array().astype(self._own.dtype)


def reset_delays(group: Any) -> None:
    """Empty the delay line of an external population; the variables of its group keep what they are."""
    population = group.__dict__.get('_core_external')
    if population is None:
        return
    values = {variable: variable.value for variable in group._core_bound.values()}
    population.reset_state()
    for variable, value in values.items():
        if value.any():
            variable.value = value


def core_variable(variable: Any) -> Any:
    """The `_core.Variable` that a variable is bound to, or None; that of a view is a selection of it."""
    from bouton import _core

    return _selected(variable, lambda storage: storage if isinstance(storage, _core.Variable) else None)


def readable_variable(variable: Any) -> Any:
    """The `_core.Variable` that has the values of a variable, though writing may be another matter; or None."""
    from bouton import _core

    def found(storage: Any) -> Any:
        return storage if isinstance(storage, _core.Variable) else getattr(storage, 'source', None)

    return _selected(variable, found)


def _selected(variable: Any, of_storage: Callable[[Any], Any]) -> Any:
    """What `of_storage` finds for the storage of a variable; of that, for a view, the selection."""
    if isinstance(variable, VariableView):
        whole = _selected(variable.target, of_storage)
        return None if whole is None else whole.select(flat_selection(variable.target, variable.index))
    return of_storage(storage_of(variable))


def storage_of(variable: Variable) -> Any:
    """The storage of a variable; while its value is traced, the one that has the numbers."""
    storage = variable._storage
    while hasattr(storage, 'storage'):
        storage = storage.storage
    return storage


def path_of(variable: Any) -> str | None:
    """What the core calls a variable, or the weights of a synapse; None for a variable that it does not know."""
    held = core_variable(variable)
    return getattr(storage_of(variable), 'path', None) if held is None else held.name


def flat_selection(variable: Any, index: Any) -> np.ndarray:
    """The numbers, row-major and without the batch axis, of the entries that `index` takes from a variable."""
    index = index if isinstance(index, tuple) else (index,)
    shape = variable.shape
    if variable.batch_axis is not None:
        shape, index = shape[1:], index[1:]
    return np.arange(np.prod(shape, dtype=int)).reshape(shape)[index].reshape(-1)
