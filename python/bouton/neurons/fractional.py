# SPDX-License-Identifier: Apache-2.0
"""Neurons whose equations have a derivative of fractional order: they remember where they have been.

They are stepped with NumPy and keep the last `num_memory` steps: the short-memory principle.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from bouton._models import as_parameter, check_range, check_size, clock, start_values
from bouton._scalars import integer
from bouton._system.neurons import NeuGroupNS
from bouton.init.initializers import OneInit, ZeroInit
from bouton.math.array import Array
from bouton.math.environment import get_float
from bouton.math.variable import Variable
from bouton.neurons.base import crossing


class FractionalNeuron(NeuGroupNS):
    """Base of the fractional neurons. A subclass has the `_states` and, in `_slopes`, their derivatives."""

    _states: tuple[str, ...] = ()

    def _build(
        self,
        alpha: Any,
        num_memory: Any,
        parameters: dict[str, Any],
        starts: dict[str, Any],
        input_var: bool,
    ) -> None:
        check_size(self)
        order = np.asarray(alpha, dtype=float).reshape(-1)
        if order.size not in (1, len(self._states)):
            raise ValueError(f'"alpha" must be one number or one for each of {self._states}, but we got {alpha}')
        if not ((order > 0) & (order <= 1)).all():
            raise ValueError(f'"alpha" must be in (0, 1], but we got {alpha}')
        self.alpha = np.broadcast_to(order, (len(self._states),))
        self.num_memory = integer(num_memory, 'num_memory')
        if self.num_memory < 1:
            raise ValueError(f'"num_memory" must be at least 1, but we got {num_memory}')
        for name, value in parameters.items():
            what = f'{type(self).__name__}.{name}'
            kept = as_parameter(value, self.varshape, what)
            check_range(kept, what, 'positive' if name == 'tau' else 'any')
            setattr(self, name, kept)
        self.input_var = bool(input_var)
        self._starts = starts
        for name in (*self._states, *(('input',) if input_var else ())):
            self.__dict__[name] = Variable(np.zeros(self.varshape, get_float()).view(Array))
        self.spike = Variable(np.zeros(self.varshape, bool).view(Array))
        self.reset_state()

    def reset_state(self, batch_size: Any = None) -> None:
        """To where it started, without a past."""
        for name, start in self._starts.items():
            self.__dict__[name][...] = start_values(start, self.varshape, None, f'{name}_initializer')
        if self.input_var:
            self.input.fill(0)
        self.spike.fill(False)
        #: For each state, its values at the start of the last steps; the newest first.
        self._past: list[list[np.ndarray]] = [[] for _ in self._states]

    def _slopes(self, old: list[np.ndarray], current: Any) -> list[np.ndarray]:
        raise NotImplementedError

    def _finish(self, old: list[np.ndarray], new: list[np.ndarray]) -> np.ndarray:
        """Which neurons spike; resets `new`."""
        raise NotImplementedError

    def _advance(self, k: int, y: np.ndarray, slope: np.ndarray, dt: float) -> np.ndarray:
        """The next value of state k."""
        raise NotImplementedError

    def _remember(self, k: int, y: np.ndarray) -> list[np.ndarray]:
        past = self._past[k]
        past.insert(0, y)
        del past[self.num_memory :]
        return past

    def update(self, x: Any = None) -> Any:
        """One step with the input of this step, to which `x` is added. Returns the spikes."""
        if self.input_var and x is not None:
            self.input += x
        _, dt, _ = clock()
        current = self.input.value if self.input_var else 0.0 if x is None else x
        old = [self.__dict__[name].value for name in self._states]
        slopes = self._slopes(old, current)
        new = [self._advance(k, y, slope, dt) for k, (y, slope) in enumerate(zip(old, slopes, strict=True))]
        self.spike.value = np.asarray(self._finish(old, new), dtype=bool)
        for name, value in zip(self._states, new, strict=True):
            self.__dict__[name].value = np.asarray(value, dtype=self.__dict__[name].dtype)
        return self.spike.value

    def clear_input(self) -> None:
        """Set the input to 0."""
        if self.input_var:
            self.input.fill(0)


class FractionalFHR(FractionalNeuron):
    """FitzHugh-Rinzel neuron of fractional order, stepped by the scheme of Gruenwald and Letnikov.

        d^alpha V/dt^alpha = V - V^3 / 3 - w + y + I
        d^alpha w/dt^alpha = delta (a + V - b w)
        d^alpha y/dt^alpha = mu (c - V - d y)

    A spike is an upward crossing of Vth; nothing is reset.

    Parameters
    ----------
    alpha : float or array
        Order of the derivatives, in (0, 1]: one, or one for each of V, w and y.
    num_memory : int
        Steps that are remembered.
    a, b, c, d, delta, mu : float, array, initializer or callable
        Constants of the equations.
    Vth : float, array, initializer or callable
        Threshold.
    V_initializer, w_initializer, y_initializer : initializer, callable, array or number
        The states at the start.

    References
    ----------
    Mondal A, Sharma SK, Upadhyay RK, Mondal A (2019) Firing activities of a fractional-order FitzHugh-Rinzel bursting
    neuron model and its coupled dynamics. Sci. Rep. 9:15721.
    """

    _states = ('V', 'w', 'y')

    def __init__(
        self,
        size: Any,
        alpha: Any,
        num_memory: int = 1000,
        a: Any = 0.7,
        b: Any = 0.8,
        c: Any = -0.775,
        d: Any = 1.0,
        delta: Any = 0.08,
        mu: Any = 0.0001,
        Vth: Any = 1.8,
        V_initializer: Any = OneInit(2.5),
        w_initializer: Any = ZeroInit(),
        y_initializer: Any = ZeroInit(),
        input_var: bool = True,
        name: str | None = None,
        keep_size: bool = False,
    ):
        super().__init__(size, keep_size=keep_size, name=name)
        self._build(
            alpha,
            num_memory,
            {'a': a, 'b': b, 'c': c, 'd': d, 'delta': delta, 'mu': mu, 'Vth': Vth},
            {'V': V_initializer, 'w': w_initializer, 'y': y_initializer},
            input_var,
        )

    def dV(self, V: Any, t: Any, w: Any, y: Any, I: Any) -> Any:
        """The derivative of V."""
        return V - V**3 / 3 - w + y + I

    def dw(self, w: Any, t: Any, V: Any) -> Any:
        """The derivative of w."""
        return self.delta * (self.a + V - self.b * w)

    def dy(self, y: Any, t: Any, V: Any) -> Any:
        """The derivative of y."""
        return self.mu * (self.c - V - self.d * y)

    def _slopes(self, old: list[np.ndarray], current: Any) -> list[np.ndarray]:
        V, w, y = old
        return [self.dV(V, 0.0, w, y, current), self.dw(w, 0.0, V), self.dy(y, 0.0, V)]

    def _advance(self, k: int, y: np.ndarray, slope: np.ndarray, dt: float) -> np.ndarray:
        past = self._remember(k, y)
        total, weight = slope * dt ** self.alpha[k], 1.0
        for j, value in enumerate(past, 1):
            weight *= 1 - (1 + self.alpha[k]) / j
            total = total - weight * value
        return total

    def _finish(self, old: list[np.ndarray], new: list[np.ndarray]) -> np.ndarray:
        return crossing(old[0], new[0], self.Vth)


class FractionalIzhikevich(FractionalNeuron):
    """Izhikevich neuron of fractional order, stepped by the L1 scheme of the Caputo derivative.

        tau d^alpha V/dt^alpha = f V^2 + g V + h - u + R I
        tau d^alpha u/dt^alpha = a (b V - u)

    V >= V_th is a spike, sets V to c and adds d to u.

    Parameters
    ----------
    alpha : float or array
        Order of the derivatives, in (0, 1]: one, or one for each of V and u.
    num_memory : int
        Steps that are remembered.
    a, b, c, d : float, array, initializer or callable
        Rate of recovery, u at rest per mV, V after a spike [mV], what a spike adds to u.
    f, g, h : float, array, initializer or callable
        Coefficients of V^2, V and 1.
    R : float, array, initializer or callable
        Resistance of the membrane.
    tau : float, array, initializer or callable
        Time constant.
    V_th : float, array, initializer or callable
        Threshold [mV].
    V_initializer, u_initializer : initializer, callable, array or number
        The states at the start.

    References
    ----------
    Teka WW, Upadhyay RK, Mondal A (2018) Spiking and bursting patterns of fractional-order Izhikevich model. Commun.
    Nonlinear Sci. Numer. Simul. 56:161-176.
    """

    _states = ('V', 'u')

    def __init__(
        self,
        size: Any,
        alpha: Any,
        num_memory: int,
        a: Any = 0.02,
        b: Any = 0.2,
        c: Any = -65.0,
        d: Any = 8.0,
        f: Any = 0.04,
        g: Any = 5.0,
        h: Any = 140.0,
        R: Any = 1.0,
        tau: Any = 1.0,
        V_th: Any = 30.0,
        V_initializer: Any = OneInit(-65.0),
        u_initializer: Any = OneInit(-13.0),
        keep_size: bool = False,
        input_var: bool = True,
        name: str | None = None,
    ):
        super().__init__(size, keep_size=keep_size, name=name)
        self._build(
            alpha,
            num_memory,
            {'a': a, 'b': b, 'c': c, 'd': d, 'f': f, 'g': g, 'h': h, 'R': R, 'tau': tau, 'V_th': V_th},
            {'V': V_initializer, 'u': u_initializer},
            input_var,
        )

    def dV(self, V: Any, t: Any, u: Any, I: Any) -> Any:
        """The derivative of V."""
        return (self.f * V * V + self.g * V + self.h - u + self.R * I) / self.tau

    def du(self, u: Any, t: Any, V: Any) -> Any:
        """The derivative of u."""
        return self.a * (self.b * V - u) / self.tau

    def _slopes(self, old: list[np.ndarray], current: Any) -> list[np.ndarray]:
        V, u = old
        return [self.dV(V, 0.0, u, current), self.du(u, 0.0, V)]

    def _advance(self, k: int, y: np.ndarray, slope: np.ndarray, dt: float) -> np.ndarray:
        alpha = self.alpha[k]
        past = self._remember(k, y)
        memory = 0.0
        for j in range(1, len(past)):
            memory = memory + ((j + 1) ** (1 - alpha) - j ** (1 - alpha)) * (past[j - 1] - past[j])
        return dt**alpha * math.gamma(2 - alpha) * slope + y - memory

    def _finish(self, old: list[np.ndarray], new: list[np.ndarray]) -> np.ndarray:
        spike = np.asarray(new[0] >= self.V_th)
        new[0] = np.where(spike, self.c, new[0])
        new[1] = np.where(spike, new[1] + self.d, new[1])
        return spike
