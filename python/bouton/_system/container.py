# SPDX-License-Identifier: Apache-2.0
"""Systems that are made of systems."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

from bouton._base import structure
from bouton._base.object import BrainPyObject
from bouton._system import core, delays
from bouton._system.dynamical import DynamicalSystem, DynamicalSystemNS, not_pass_shared
from bouton._system.neurons import NeuGroup, NeuGroupView
from bouton._system.synapses import SynConn
from bouton.errors import UniqueNameError
from bouton.math.environment import Mode

__all__ = ['Container', 'Network', 'Sequential']


class Container(DynamicalSystem):
    """Systems that are stepped one after another, in the order in which they were given.

    ``net.pre`` and ``net['pre']`` are the system given as ``pre=...``; one given by position is found under its name.
    Attributes that are systems belong to it as well.

    Parameters
    ----------
    dynamical_systems_as_tuple
        Systems, lists or tuples of them (under their names) or dicts of them (under their keys).
    must_be_dynsys_subclass : bool
        Whether all members must be a `DynamicalSystem`, or may be any `BrainPyObject`.
    dynamical_systems_as_dict
        Systems by the name that they have here; their own names stay what they are.

    Notes
    -----
    Delay lines are not advanced; a `Network` does that.
    """

    def __init__(
        self,
        *dynamical_systems_as_tuple: Any,
        name: str | None = None,
        mode: Mode | None = None,
        must_be_dynsys_subclass: bool = True,
        **dynamical_systems_as_dict: Any,
    ):
        kind = DynamicalSystem if must_be_dynsys_subclass else BrainPyObject
        members: dict[str, Any] = {}
        for key, system in _members(dynamical_systems_as_tuple, kind):
            if members.setdefault(key, system) is not system:
                raise UniqueNameError(
                    f'Two systems are given as "{key}": a deep copy has the name of its original until it is renamed, '
                    'copy.name = ...'
                )
        for key, system in dynamical_systems_as_dict.items():
            members[key] = _checked(system, kind)
        super().__init__(name=name, mode=mode)
        self.register_implicit_nodes(**members)

    def __getitem__(self, item: str) -> Any:
        children = dict(self._children())
        if item not in children:
            raise ValueError(f'Unknown item {item}, we only found {list(children)}')
        return children[item]

    def __getattr__(self, item: str) -> Any:
        children = self.__dict__.get('implicit_nodes')
        if children and item in children:
            return children[item]
        raise AttributeError(f'{type(self).__name__!r} object has no attribute {item!r}')

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self.implicit_nodes]

    def update(self, tdi: dict, *args: Any, **kwargs: Any) -> None:
        """Step every child, in order."""
        for child in self._finite_children():
            child(tdi, *args, **kwargs)

    def clear_input(self) -> None:
        """Clear the inputs of all children."""
        for child in self._finite_children():
            child.clear_input()

    def _finite_children(self) -> list[DynamicalSystem]:
        """The children. ValueError if one of them is, or contains, this."""
        if self.__dict__.get('_finite_version') != structure.version():
            stepped(self)
            self.__dict__['_finite_version'] = structure.version()
        return self._child_systems()

    def reset_state(self, *args: Any, **kwargs: Any) -> None:
        """Back to the initial state: of the children, and their delay lines."""
        self._finite_children()
        super().reset_state(*args, **kwargs)

    def _repr_html_(self) -> str:
        from bouton._system.display import network_html

        return network_html(self)

    def __repr__(self) -> str:
        from bouton._system.display import network_text

        return network_text(self)


def _members(systems: Any, kind: type) -> Iterator[tuple[str, Any]]:
    for system in systems:
        if isinstance(system, kind):
            yield system.name, system
        elif isinstance(system, (list, tuple)):
            for member in system:
                yield _checked(member, kind).name, member
        elif isinstance(system, dict):
            for key, member in system.items():
                yield key, _checked(member, kind)
        else:
            raise ValueError(
                f'Cannot parse sub-systems. They should be {kind.__name__} or a list/tuple/dict of {kind.__name__}.'
            )


def _checked(system: Any, kind: type) -> Any:
    if not isinstance(system, kind):
        raise ValueError(f'Should be instance of {kind.__name__}. But we got {type(system)}')
    return system


class Network(Container):
    """A network of neurons and synapses.

    One step: all synapses; all neuron groups; everything else but views, networks inside with a step of their own;
    last, delay lines advance. Within each kind: attributes in the order of their creation, then systems by position,
    then by keyword. So a current uses the membrane potential from before the step and the conductance of this step, and
    a spike of step n acts at step n + 1 at the earliest, at n + 1 + k with a delay of k.

    Only direct members are stepped: the groups that a synapse connects must be members too.

    Parameters
    ----------
    ds_tuple, ds_dict
        The members; see `Container`.
    """

    def __init__(self, *ds_tuple: Any, name: str | None = None, mode: Mode | None = None, **ds_dict: Any):
        super().__init__(*ds_tuple, name=name, mode=mode, **ds_dict)
        self._plan: _Plan | None = None
        self._plan_version: Any = None

    @not_pass_shared
    def update(self, *args: Any, **kwargs: Any) -> None:
        """One step. Arguments are ignored; the time is that of `bouton.share`."""
        plan = self._current_plan()
        outermost, _this_thread.is_stepping = not _this_thread.is_stepping, True
        try:
            for system in plan.order:
                system()
            plan.advance()
            if outermost:
                plan.advance_rest()
        finally:
            if outermost:
                _this_thread.is_stepping = False

    def reset_state(self, batch_size: int | None = None) -> None:
        """Back to the initial state: neurons, synapses, the others, and all delay lines."""
        plan = self._current_plan()
        for system in (*plan.neurons, *plan.synapses, *plan.others):
            system.reset_state(batch_size)
            core.reset_delays(system)
        for line in (*plan.lines, *plan.rest().lines):
            line.reset()

    _made_anew = Container._made_anew | {'_plan'}

    def _complete_copy(self, original: Any) -> None:
        super()._complete_copy(original)
        self._plan = None

    def _current_plan(self) -> _Plan:
        version = (structure.version(), delays.version())
        if self._plan is None or self._plan_version != version or self._plan.is_open:
            self._plan = _Plan(self)
            self._plan_version = version
        return self._plan


class _Thread(threading.local):
    is_stepping = False  # a network, so that the outermost one knows that it is


_this_thread = _Thread()


class _Plan:
    """Who is stepped in which order, and which delay lines advance at the end."""

    def __init__(self, network: Network):
        self._network = network
        stepped(network)  # which refuses a network that contains itself
        systems = network._child_systems()
        synapses = [system for system in systems if isinstance(system, SynConn)]
        #: What the core takes for inputs of the runner, as it does nothing else: it comes first.
        self.chance = [synapse for synapse in synapses if synapse._is_chance_input()]
        others = [synapse for synapse in synapses if synapse not in self.chance]
        if not all(synapse._is_core_only() for synapse in others):
            self.chance, others = [], synapses
        self.synapses = [*self.chance, *others]
        self.neurons = [
            system for system in systems if isinstance(system, NeuGroup) and not isinstance(system, NeuGroupView)
        ]
        self.others = [system for system in systems if not isinstance(system, (SynConn, NeuGroup, NeuGroupView))]
        self.order = [*self.synapses, *self.neurons, *self.others]
        self.is_open = any(node._has_open_containers() for node in network.nodes().values())
        members = {id(system) for system in systems}
        #: Lines of variables of the members, whoever reads them; they advance at the end of this network's step.
        self.lines = [line for line in delays.all_lines() if id(line.source) in members]
        self.populations = [
            population for system in systems if (population := core.population_if_any(system)) is not None
        ]
        self._rest: _Rest | None = None

    def advance(self) -> None:
        for line in self.lines:
            line.push()
        for population in self.populations:
            population.advance_delays()

    def advance_rest(self) -> None:
        rest = self.rest()
        for line in rest.lines:
            line.push()
        for population in rest.populations:
            population.advance_delays()

    def rest(self) -> _Rest:
        """What synapses anywhere in the network read although no network here has its source as a member."""
        if self._rest is None:
            nodes = [node for node in self._network.nodes().values() if isinstance(node, DynamicalSystem)]
            networks = [node for node in nodes if isinstance(node, Network)]
            plans = [network._current_plan() if network is not self._network else self for network in networks]
            reached = stepped(self._network)
            done = {id(line) for plan in plans for line in plan.lines}
            lines = {id(line): line for node in reached for line in node._delay_lines.values() if id(line) not in done}
            done = {id(population) for plan in plans for population in plan.populations}
            populations = [p for p in core.delayed_populations(reached) if id(p) not in done]
            self._rest = _Rest(list(lines.values()), populations)
        return self._rest


class _Rest:
    def __init__(self, lines: list[delays.DelayLine], populations: list[Any]):
        self.lines = lines
        self.populations = populations


def stepped(network: Container, around: tuple[Container, ...] = ()) -> list[DynamicalSystem]:
    """All systems that a step of the network reaches, those in networks inside included.

    ValueError if the network, or one of those `around` it, is inside of itself.
    """
    if network in around:
        raise ValueError(f'{network.name} contains itself, so that a step of it would never end')
    found = []
    for system in network._child_systems():
        found.append(system)
        if isinstance(system, Container):
            found += stepped(system, (*around, network))
    return found


def has_python_delays(network: Network) -> bool:
    """Whether delay lines that are kept in Python advance in a step."""
    plan = network._current_plan()
    rest = plan.rest()
    networks = [system for system in stepped(network) if isinstance(system, Network)]
    return bool(plan.lines or rest.lines or rest.populations or any(n._current_plan().lines for n in networks))


class Sequential(DynamicalSystemNS):
    """Systems and functions that pass a value on: the first gets what the sequence is called with.

    Parameters
    ----------
    modules_as_tuple, modules_as_dict
        Systems or functions, in order. ``seq[0]`` and ``seq['l-0']`` are a member, ``seq[0:2]`` is a shorter sequence.
    """

    def __init__(
        self, *modules_as_tuple: Any, name: str | None = None, mode: Mode | None = None, **modules_as_dict: Any
    ):
        super().__init__(name=name, mode=mode)
        self._modules: list[Any] = []
        self._keys: list[str] = []
        for key, module in [*((None, module) for module in modules_as_tuple), *modules_as_dict.items()]:
            if not isinstance(module, BrainPyObject) and not callable(module):
                raise TypeError(f'A member of Sequential must be a system or a function, but we got {module!r}')
            if isinstance(module, BrainPyObject):
                self.register_implicit_nodes(**{f'l-{len(self._modules)}': module})
            self._modules.append(module)
            self._keys.append(key or f'l-{len(self._keys)}')

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, str):
            if key in self._keys:
                return self._modules[self._keys.index(key)]
            if key.startswith('l-') and key[2:].isdigit() and int(key[2:]) < len(self._modules):
                return self._modules[int(key[2:])]
            raise KeyError(f'there is no member "{key}"; there are {self._keys}')
        if isinstance(key, slice):
            return Sequential(*self._modules[key])
        if isinstance(key, (tuple, list)):
            return Sequential(*[self[one] for one in key])
        try:
            return self._modules[key]
        except TypeError:
            raise KeyError(f'Unknown type of key: {type(key)}') from None

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[Callable]:
        return iter(self._modules)

    def update(self, x: Any) -> Any:
        """Pass `x` through all members."""
        for module in self._modules:
            x = module(x)
        return x

    def clear_input(self) -> None:
        """Clear the inputs of all members."""
        for child in self._child_systems():
            child.clear_input()

    def __repr__(self) -> str:
        from bouton._system.display import indented

        lines = [f'  [{i}] {indented(repr(module), 6)}' for i, module in enumerate(self._modules)]
        return '\n'.join([f'{type(self).__name__}(', *lines, ')'])
