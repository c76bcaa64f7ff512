# SPDX-License-Identifier: Apache-2.0
"""Neurons that are made of ion channels."""

from __future__ import annotations

from typing import Any

import numpy as np

from bouton._scalars import shape_of
from bouton._system.container import Container
from bouton._system.dynamical import DynamicalSystem
from bouton._system.neurons import NeuGroup
from bouton.errors import UnsupportedError
from bouton.math.environment import Mode

__all__ = ['Channel', 'CondNeuGroup']


class Channel(DynamicalSystem):
    """The base of ion channels. A subclass writes `current`, and `update` and `reset_state` if it has states.

    Parameters
    ----------
    size : int or tuple of int
        That of the group that the channel belongs to.
    """

    def __init__(self, size: Any, name: str | None = None, keep_size: bool = False, mode: Mode | None = None):
        super().__init__(name=name, mode=mode)
        self.size = shape_of(size, 'size')
        self.keep_size = bool(keep_size)
        self.num = int(np.prod(self.size))

    @property
    def varshape(self) -> tuple[int, ...]:
        """The shape of a variable without a batch axis."""
        return self.size if self.keep_size else (self.num,)

    def update(self, tdi: Any, V: Any) -> None:
        """Step the states of the channel, with the membrane potential at the start of the step."""
        raise NotImplementedError('Must be implemented by the subclass.')

    def current(self, V: Any) -> Any:
        """The current into the cell at the potential `V`."""
        raise NotImplementedError('Must be implemented by the subclass.')

    def reset_state(self, V: Any, batch_size: Any = None) -> None:
        """Back to the initial state at the potential `V`."""
        raise NotImplementedError('Must be implemented by the subclass.')


class CondNeuGroup(NeuGroup, Container):
    r"""A group of neurons with one compartment and any channels.

    .. math:: C \frac{dV}{dt} = \sum_c I_c(V) + \frac{10^{-3}}{A} I

    A neuron spikes where V reaches `V_th` from below. In a step V is stepped first, with the channels held; then the
    channels, with the V from before.

    Parameters
    ----------
    size : int or tuple of int
        The geometry.
    C : float, array or initializer
        [uF/cm2] The capacitance.
    A : float, array or initializer
        [cm2] The area, by which the input [nA] is divided.
    V_th : float, array or initializer
        [mV] The threshold.
    V_initializer : initializer, optional
        [mV] Initial values; by default uniform in [-70, -60).
    method : str
        How the equation of V is stepped.
    channels : Channel
        The channels, by name.
    """

    def __init__(
        self,
        size: Any,
        keep_size: bool = False,
        C: Any = 1.0,
        A: Any = 1e-3,
        V_th: Any = 0.0,
        V_initializer: Any = None,
        noise: Any = None,
        method: str = 'exp_auto',
        name: str | None = None,
        mode: Mode | None = None,
        **channels: Channel,
    ):
        from bouton import init
        from bouton.integrators import odeint

        if noise is not None:
            raise UnsupportedError('a CondNeuGroup has no noise')
        NeuGroup.__init__(self, size, keep_size=keep_size, name=name, mode=mode)
        self.register_implicit_nodes(**channels, node_cls=Channel)
        for key, channel in channels.items():
            if channel.varshape != self.varshape:
                raise ValueError(f'{key} is a channel of the shape {channel.varshape}, in a group of {self.varshape}')
        self.C, self.A, self.V_th = (init.parameter(x, self.varshape, allow_none=False) for x in (C, A, V_th))
        self._V_initializer = init.Uniform(-70.0, -60.0) if V_initializer is None else V_initializer
        self.V, self.input, self.spike = self._initial(self.mode)
        self.integral = odeint(f=self.derivative, method=method)

    def _initial(self, batch: Any) -> tuple[Any, Any, Any]:
        from bouton import init
        from bouton.math import zeros

        return tuple(
            init.variable_(start, self.varshape, batch)
            for start in (self._V_initializer, zeros, lambda shape: zeros(shape, dtype=bool))
        )

    def _channels(self) -> list[Channel]:
        return [system for system in self._child_systems() if isinstance(system, Channel)]

    def derivative(self, V: Any, t: Any) -> Any:
        """dV/dt."""
        current = self.input.value * (1e-3 / self.A)
        for channel in self._channels():
            current = current + channel.current(V)
        return current / self.C

    def update(self, tdi: Any, x: Any = None) -> Any:
        """One step, with `x` added to the input. Returns the spikes."""
        if x is not None:
            self.input += x
        old = self.V.value
        V = self.integral(old, tdi['t'], tdi['dt'])
        for channel in self._channels():
            channel.update(tdi, old)
        self.spike.value = (self.V_th <= V) & (old < self.V_th)
        self.V.value = V
        return self.spike.value

    def reset_state(self, batch_size: Any = None) -> None:
        """Initial values are made again."""
        self.V, self.input, self.spike = self._initial(batch_size)
        for channel in self._channels():
            channel.reset_state(self.V.value, batch_size=batch_size)

    def clear_input(self) -> None:
        """Set the input to 0."""
        self.input.fill(0.0)

    def __getitem__(self, item: Any) -> Any:
        """A channel by its name, or a view of some neurons."""
        return Container.__getitem__(self, item) if isinstance(item, str) else NeuGroup.__getitem__(self, item)

    __repr__ = NeuGroup.__repr__
