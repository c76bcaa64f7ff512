# SPDX-License-Identifier: Apache-2.0
"""Dynamical systems: objects that are stepped."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any

from bouton._base.collectors import Collector
from bouton._base.object import BrainPyObject
from bouton._system import core, delays
from bouton._system.share import share
from bouton.math.environment import Mode, get_mode
from bouton.math.variable import Variable

__all__ = ['DynamicalSystem', 'DynamicalSystemNS', 'not_pass_shared']

_TIME_ARGUMENTS = ('tdi', 'sha', 'shared', 'shared_args', 'sh')


def not_pass_shared(func: Callable) -> Callable:
    """Decorate an `update` that takes no time argument; it reads `bouton.share` where it needs to."""
    func._pass_shared_args = False  # type: ignore[attr-defined]
    return func


class DynamicalSystem(BrainPyObject):
    """An object with an `update` that makes one step.

    Calling the object calls `update`. A dictionary in first place counts as the time argument. A class whose `update`
    takes it receives it, or a copy of the shared values where it is not given; for the others (`DynamicalSystemNS`, and
    an `update` decorated by `not_pass_shared`) it is saved into `bouton.share`. An `update` without a parameter for it,
    ``update(self)`` or ``update(self, x=None)``, is of the second kind.

    The time argument has ``t`` [ms], ``i``, ``dt`` [ms], ``fit`` and what the runner was given as `shared_args`.

    Parameters
    ----------
    name : str, optional
        A unique identifier.
    mode : Mode, optional
        How many copies of the system there are, and whether it is trained; by default that of the environment.
    """

    #: Whether `update` takes the time argument.
    _pass_shared_args = True
    _takes_time = True
    #: The `_core.Population` or `_core.Projection` that computes this object, if the core does.
    _core_part: Any = None

    def __init__(self, name: str | None = None, mode: Mode | None = None):
        super().__init__(name=name)
        if mode is None:
            mode = get_mode()
        elif not isinstance(mode, Mode):
            raise ValueError(f'Should be instance of Mode, but we got {type(mode)}: {mode}')
        self._mode = mode
        self.local_delay_vars = Collector()
        self._delay_lines: dict[str, delays.DelayLine] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls._takes_time = cls._pass_shared_args and _takes_time(cls.update)

    @property
    def mode(self) -> Mode:
        """How many copies of the system there are, and whether it is trained."""
        return self._mode

    @mode.setter
    def mode(self, mode: Mode) -> None:
        if not isinstance(mode, Mode):
            raise ValueError(f'Must be instance of Mode, but we got {type(mode)}: {mode}')
        self._mode = mode

    @property
    def whole(self) -> DynamicalSystem:
        """This system; for a view, the group that it is a part of."""
        return self

    # ---- a step ----------------------------------------------------------------------------------------------------

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        timed = bool(args) and isinstance(args[0], dict)
        if self._takes_time:
            if timed:
                return self.update(*args, **kwargs)
            return self.update(share.get_shargs(), *args, **kwargs)
        if timed:
            share.arguments.update(args[0])
            return self.update(*args[1:], **kwargs)
        return self.update(*args, **kwargs)

    def update(self, *args: Any, **kwargs: Any) -> Any:
        """Make one step. Every subclass writes its own."""
        raise NotImplementedError('Must implement "update" function by subclass self.')

    def clear_input(self) -> None:
        """Set what was added up during the step back. Called at its end; does nothing unless overridden."""

    def reset(self, *args: Any, **kwargs: Any) -> None:
        """`reset_state`."""
        self.reset_state(*args, **kwargs)

    def reset_state(self, *args: Any, **kwargs: Any) -> None:
        """Back to the initial state: of the children, and their delay lines. NotImplementedError without children."""
        children = self._child_systems()
        if not children:
            raise NotImplementedError(
                f'Must implement "reset_state" function by subclass self. Error of {self.name}'
            )
        for child in children:
            child.reset_state(*args, **kwargs)
        self.reset_local_delays(children)

    def _child_systems(self) -> list[DynamicalSystem]:
        return [node for node in self.nodes(level=1, include_self=False).values() if isinstance(node, DynamicalSystem)]

    def _is_core_only(self) -> bool:
        """Whether a step of this object is exactly what the core does with its `_core_part`."""
        return self._core_part is not None and core.is_unmodified(type(self)) and 'update' not in self.__dict__

    # ---- copies ----------------------------------------------------------------------------------------------------

    _made_anew = frozenset(('_core_part', '_core_external', '_core_bound'))

    def _complete_copy(self, original: Any) -> None:
        core.copy_external(self, original)
        if original._core_part is not None:
            self._copy_core(original._core_part)

    def _copy_core(self, original: Any) -> None:
        """Make a part of the core like the original's, in the same state."""
        raise NotImplementedError

    # ---- delays ----------------------------------------------------------------------------------------------------

    def register_delay(
        self, identifier: str, delay_step: Any, delay_target: Variable, initial_delay_data: Any = None
    ) -> Any:
        """Keep the last values of a variable.

        Parameters
        ----------
        identifier : str
            A key, one for the process; a synapse uses '<pre.name>.spike'. Systems that register the same key for the
            same variable share one line, as long as the longest of the delays.
        delay_step : None, int, array of int, or callable
            The delay [steps]: none, one for all, one for each entry, or a function of the shape that returns them.
        delay_target : Variable
            What is delayed.
        initial_delay_data : scalar, array or callable, optional
            The values before the first; by default zero.

        Returns
        -------
        None, int or array of int
            The delay as it is to be handed to `get_delay_data`.
        """
        step = delays.checked_step(delay_step, delay_target)
        line = delays.register(identifier, delay_target, core.owner_of(delay_target, getattr(self, 'pre', None), self))
        self._delay_lines[identifier] = line
        if step is not None:
            longest = int(step.max(initial=0)) if hasattr(step, 'max') else step
            if line.delay is None:
                line.delay = delays.LengthDelay(delay_target, longest, initial_delay_data)
                self.local_delay_vars[identifier] = line.delay
                self.register_implicit_nodes(**{identifier: line.delay})
            elif line.delay.num_delay_step <= longest:
                line.delay.reset(delay_target, longest, initial_delay_data)
        return step

    def get_delay_data(self, identifier: str, delay_step: Any, *indices: Any) -> Any:
        """The value of a registered variable at a delay; its current value for None.

        A delay that a network pushes at the end of a step is read in the next one, so that k gives the value of the
        step k + 1 before.
        """
        line = self._delay_lines.get(identifier) or delays.line_of(identifier)
        if line is None:
            error = KeyError if delay_step is None else ValueError
            raise error(f'{identifier} is not defined in delay variables.')
        return delays.read(line, delay_step, indices)

    def update_local_delays(self, nodes: Any = None) -> None:
        """Push the current values into the delay lines of `nodes`, by default the children. A `Network` does so at the
        end of its step."""
        for line in self._local_lines(nodes):
            line.push()
        for population in core.delayed_populations(self._listed(nodes)):
            population.advance_delays()

    def reset_local_delays(self, nodes: Any = None) -> None:
        """Set the delay lines of `nodes`, by default the children, back: the current value, and zeros before it."""
        for line in self._local_lines(nodes):
            line.reset()

    def _listed(self, nodes: Any) -> Iterable[DynamicalSystem]:
        if nodes is None:
            return self._child_systems()
        if isinstance(nodes, dict):
            return nodes.values()
        return [nodes] if isinstance(nodes, DynamicalSystem) else nodes

    def _local_lines(self, nodes: Any) -> list[delays.DelayLine]:
        """The lines that are owned by the nodes: those that made them."""
        return [
            line
            for node in self._listed(nodes)
            for key, line in node._delay_lines.items()
            if node.local_delay_vars.get(key) is line.delay is not None
        ]

    # ---- display ---------------------------------------------------------------------------------------------------

    def __repr__(self) -> str:
        return f'{type(self).__name__}(name={self.__dict__.get("_name")}, mode={self.__dict__.get("_mode")})'


class DynamicalSystemNS(DynamicalSystem):
    """A system whose `update` takes no time argument."""

    _pass_shared_args = False
    _takes_time = False


def _takes_time(update: Callable) -> bool:
    """Whether the first parameter of `update` is meant for the time argument."""
    if not getattr(update, '_pass_shared_args', True):
        return False
    parameters = list(inspect.signature(update).parameters.values())[1:]
    if not parameters or parameters[0].kind in (inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.VAR_KEYWORD):
        return False
    first = parameters[0]
    if first.kind is inspect.Parameter.VAR_POSITIONAL:
        return True
    return first.default is inspect.Parameter.empty or first.name in _TIME_ARGUMENTS
