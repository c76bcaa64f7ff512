# SPDX-License-Identifier: Apache-2.0
"""A factor on what a presynaptic neuron releases, one state for each. In each step the states are integrated first;
where a spike arrives they then jump, by the values that they had before the step."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from bouton import _runs
from bouton._core_parameter import CoreParameter
from bouton._models import check_method, clock, integral_of, rebound, take_over
from bouton._scalars import number
from bouton._system.synapses import SynConn, SynSTP
from bouton.math.array import Array
from bouton.math.environment import BatchingMode, get_compat, get_float
from bouton.math.variable import Variable


class CorePlasticity(SynSTP):
    """A plasticity that the core has. Its states are made when it becomes part of a synapse."""

    _parameters: tuple[str, ...] = ()
    _states: tuple[str, ...] = ()
    _model = ''

    def __init__(self, parameters: dict[str, Any], method: str, name: str | None = None):
        super().__init__(name=name)
        check_method(method)
        self.method = method
        #: What a clone is made of.
        self._given = {'method': method}
        for key, value in parameters.items():
            setattr(self, key, value)

    def clone(self) -> Any:
        """Another one with the same parameters, for another synapse."""
        given = dict(self._given)
        new = object.__new__(type(self))
        CorePlasticity.__init__(new, given, given.pop('method'))
        return take_over(new, self, but=('master', 'integral', *self._states))

    def _set_parameter(self, name: str, value: Any) -> float:
        kept = _checked(value, name, positive=name != 'U')
        if self.master is not None:
            _runs.check(self.master)
        self._given[name] = kept
        if self.master is not None and self.master._core_part is not None:
            self.master._core_part.set_parameter(f'stp.{name}', kept)
            if name == 'U' and self.__dict__.get('_has_source'):
                self.master._core_part.set_parameter('stp.source', kept)
        return kept

    def register_master(self, master: SynConn) -> None:
        """Become part of a synapse: one value of each state for each presynaptic neuron."""
        super().register_master(master)
        rows = (master.mode.batch_size,) if isinstance(master.mode, BatchingMode) else ()
        for name in self._states:
            start = np.full((*rows, master.pre.num), self._start(name), dtype=get_float())
            self.__dict__[name] = Variable(start.view(Array), batch_axis=0 if rows else None)

    @functools.cached_property
    def integral(self) -> Any:
        """The integrator of the states."""
        return integral_of([getattr(self, f'd{name}') for name in self._states], self.method)

    def _start(self, name: str) -> float:
        return 1.0

    def _bind(self, projection: Any) -> None:
        """Move the states onto those of the core."""
        for name in self._states:
            rebound(self, name, projection.variable(f'stp.{name}'))

    def reset_state(self, batch_size: int | None = None) -> None:
        """Back to where the states started."""
        for name in self._states:
            variable = self.__dict__[name]
            rows = variable.shape[:-1] if batch_size is None else (batch_size,)
            variable.value = np.full((*rows, self.master.pre.num), self._start(name), dtype=variable.dtype)

    def _core_form(self) -> tuple:
        """(name, parameters, method) for the core."""
        return self._model, {key: getattr(self, key) for key in self._parameters}, self.method

    def _check(self, g: Any) -> None:
        if np.shape(g) != self.x.shape:
            raise ValueError(f'Shape does not match. {np.shape(g)} != {self.x.shape}')

    def __repr__(self) -> str:
        shown = ', '.join(f'{key}={getattr(self, key)!r}' for key in self._parameters)
        return f'{type(self).__name__}({shown})'


def _checked(value: Any, name: str, positive: bool) -> float:
    kept = number(value, name)
    if not np.isfinite(kept) or (kept <= 0 if positive else kept < 0):
        bound_text = 'bigger than 0' if positive else 'of at least 0'
        raise ValueError(f'{name} must be a float {bound_text}, while we got {value}')
    return kept


class STD(CorePlasticity):
    """Short-term depression: resources x are used up by spikes and recover. Scales g by x.

        dx/dt = (1 - x) / tau        spike: x -= U x

    Parameters
    ----------
    tau : float
        Time constant of recovery [ms], > 0.
    U : float
        Fraction used by a spike, >= 0.
    method : str
        How the equation is stepped; see `bouton.odeint`.

    Attributes
    ----------
    x : Variable
        Available resources, (pre.num,), at first 1.

    References
    ----------
    Abbott LF, Varela JA, Sen K, Nelson SB (1997) Synaptic depression and cortical gain control. Science 275:220-224.
    """

    _model = 'STD'
    _parameters = ('tau', 'U')
    _states = ('x',)
    tau = CoreParameter('Time constant of recovery [ms].')
    U = CoreParameter('Fraction used by a spike.')

    def __init__(self, tau: float = 200.0, U: float = 0.07, method: str = 'exp_auto', name: str | None = None):
        super().__init__({'tau': tau, 'U': U}, method, name)

    def dx(self, x: Any, t: Any) -> Any:
        """The derivative of x."""
        return (1 - x) / self.tau

    derivative = dx

    def update(self, tdi: Any, pre_spike: Any) -> None:
        """One step with the spikes that arrive."""
        t, dt, _ = clock(tdi)
        x_old = self.x.value
        x = self.integral(x_old, t, dt)
        self.x.value = np.where(pre_spike, x - self.U * x_old, x).astype(x_old.dtype)

    def filter(self, g: Any) -> Any:
        """g x. ValueError where the shapes differ."""
        self._check(g)
        return g * self.x.value


class STP(CorePlasticity):
    """Short-term facilitation and depression: spikes raise the released fraction u and use up resources x. Scales g by
    x u.

        du/dt = -u / tau_f           spike: u += U (1 - u)
        dx/dt = (1 - x) / tau_d      spike: x -= u x, with the new u

    With ``bm.set_compat('brainpy_2_4')`` the first equation is du/dt = U - u / tau_f.

    Parameters
    ----------
    U : float
        Rise of u at a spike, and its start; >= 0.
    tau_f : float
        Time constant of facilitation [ms], > 0.
    tau_d : float
        Time constant of recovery [ms], > 0.
    method : str
        How the equations are stepped; see `bouton.odeint`.

    Attributes
    ----------
    u, x : Variable
        Released fraction and available resources, (pre.num,), at first U and 1.

    References
    ----------
    Tsodyks M, Pawelzik K, Markram H (1998) Neural networks with dynamic synapses. Neural Computation 10:821-835.
    """

    _model = 'STP'
    _parameters = ('U', 'tau_f', 'tau_d')
    _states = ('u', 'x')
    U = CoreParameter('Rise of u at a spike, and its start.')
    tau_f = CoreParameter('Time constant of facilitation [ms].')
    tau_d = CoreParameter('Time constant of recovery [ms].')

    def __init__(
        self,
        U: float = 0.15,
        tau_f: float = 1500.0,
        tau_d: float = 200.0,
        method: str = 'exp_auto',
        name: str | None = None,
    ):
        self._has_source = get_compat() == 'brainpy_2_4'
        super().__init__({'U': U, 'tau_f': tau_f, 'tau_d': tau_d}, method, name)

    def _start(self, name: str) -> float:
        return self.U if name == 'u' else 1.0

    def du(self, u: Any, t: Any) -> Any:
        """The derivative of u."""
        return (self.U if self._has_source else 0.0) - u / self.tau_f

    def dx(self, x: Any, t: Any) -> Any:
        """The derivative of x."""
        return (1 - x) / self.tau_d

    def update(self, tdi: Any, pre_spike: Any) -> None:
        """One step with the spikes that arrive."""
        t, dt, _ = clock(tdi)
        u_old, x_old = self.u.value, self.x.value
        u, x = self.integral(u_old, x_old, t, dt)
        u = np.where(pre_spike, u + self.U * (1 - u_old), u).astype(u_old.dtype)
        self.u.value = u
        self.x.value = np.where(pre_spike, x - u * x_old, x).astype(x_old.dtype)

    def filter(self, g: Any) -> Any:
        """g x u. ValueError where the shapes differ."""
        self._check(g)
        return g * self.x.value * self.u.value
