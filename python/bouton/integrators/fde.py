# SPDX-License-Identifier: Apache-2.0
"""Methods for equations of fractional order, D^alpha y = f(y, t, ...) with 0 < alpha <= 1.

They remember the past: an integrator belongs to one trajectory, starts from its `inits`, and is to be called once for
each step. `reset` starts anew.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from bouton.errors import DiffEqError, UnsupportedError
from bouton.integrators.base import Integrator, shown, signature_of, values_of
from bouton.integrators.joint_eq import JointEq
from bouton.math.array import asarray, wrap
from bouton.math.variable import Variable

__all__ = [
    'FDEIntegrator',
    'CaputoEuler',
    'CaputoL1Schema',
    'GLShortMemory',
    'fdeint',
    'get_supported_methods',
    'register_fde_integrator',
    'set_default_fdeint',
    'get_default_fdeint',
]


class FDEIntegrator(Integrator):
    """Base of the methods for fractional equations.

    Parameters
    ----------
    f : callable
        ``f(variables..., t, parameters...)``, or a `JointEq`.
    alpha : float or sequence of float
        The order, of each variable, in (0, 1].
    num_memory : int
        How many steps are remembered, at least 1.
    inits : sequence or dict of arrays
        The initial values of the variables.
    dt : float, optional
        The time step [ms]; the global one by default. It cannot be changed in a call.
    """

    def __init__(
        self,
        f: Callable[..., Any],
        alpha: Any,
        num_memory: int,
        inits: Any,
        dt: float | None = None,
        name: str | None = None,
        state_delays: Any = None,
    ):
        signature = f.signature if isinstance(f, JointEq) else signature_of(f)
        if not signature.variables:
            raise DiffEqError(f'There is no variable before "t" in {f}.')
        super().__init__(signature.variables, signature.parameters, (), dt, name, state_delays)
        self.f = f
        self.arguments = shown(signature, self.dt)
        self._take(signature)
        orders = np.asarray(alpha, float)
        if orders.ndim == 0:
            orders = np.full(self._count, orders)
        if orders.shape != (self._count,):
            raise DiffEqError(f'There are {self._count} variables, but {orders.size} orders alpha')
        if not np.all((orders > 0) & (orders <= 1)):
            raise UnsupportedError(f'Only support the fractional order in (0, 1], but we got {orders}.')
        if int(num_memory) != num_memory or num_memory < 1:
            raise ValueError(f'num_memory must be an integer of at least 1, but we got {num_memory}')
        self.alpha = orders
        self.num_memory = int(num_memory)
        self._orders = orders.tolist()
        self.reset(inits)

    def reset(self, inits: Any) -> None:
        """Forget the past and start from `inits`."""
        if isinstance(inits, dict):
            missing = [name for name in self.variables if name not in inits]
            if missing:
                raise ValueError(f'There is no initial value of {missing}')
            inits = [inits[name] for name in self.variables]
        elif isinstance(inits, np.ndarray | Variable) and self._count == 1:
            inits = [inits]
        if not isinstance(inits, tuple | list) or len(inits) != self._count:
            raise ValueError(f'There are {self._count} variables, but we got the initial values {inits!r}')
        self._start([np.array(asarray(v), float) for v in inits])

    def _start(self, values: list[np.ndarray]) -> None:
        self.inits = dict(zip(self.variables, (wrap(v) for v in values), strict=True))
        self._steps = 0
        # ring of the last `num_memory` contributions of each variable; step n is at n modulo num_memory
        self._past = [np.zeros((self.num_memory, *v.shape)) for v in values]
        self._last = [np.array(v) for v in values]

    def _step(self, y: list, rest: tuple, dt: float) -> Any:
        if abs(dt - self.dt) > 1e-12 * self.dt:
            raise ValueError(f'{self.name} was made for dt = {self.dt}, but is called with dt = {dt}')
        y = [np.asarray(v, float) for v in y]
        if any(v.shape != last.shape for v, last in zip(y, self._last, strict=True)):
            if self._steps:
                raise ValueError(
                    f'{self.name} goes on with values of shapes {[v.shape for v in self._last]}, but we got '
                    f'{[v.shape for v in y]}'
                )
            self._start([np.array(np.broadcast_to(last, v.shape)) for v, last in zip(y, self._last, strict=True)])
        new = [wrap(v) for v in self._advanced(y, rest)]
        self._steps += 1
        return new[0] if len(new) == 1 else new

    def _advanced(self, y: list, rest: tuple) -> list:
        raise NotImplementedError

    def _slopes(self, y: list, rest: tuple) -> Any:
        return values_of(self.f(*y, *rest), self._count, self.f)

    def _remembered(self, k: int, weights: np.ndarray, latest: int) -> Any:
        """The sum of the contributions to variable k, that of step `latest` first and then back, by `weights`."""
        places = (latest - np.arange(len(weights))) % self.num_memory
        return np.tensordot(weights, self._past[k][places], 1)

    def _check_memory(self) -> None:
        if self._steps >= self.num_memory:
            raise ValueError(
                f'The maximum number of step is {self.num_memory}, however, this is step {self._steps + 1}. Give a '
                'larger num_memory.'
            )

    def __repr__(self) -> str:
        return f'{type(self).__name__}({", ".join(self.arguments)})'


class CaputoEuler(FDEIntegrator):
    """Euler's method for the Caputo derivative (product rectangle rule).

        y_{n+1} = y_0 + dt^alpha / Gamma(alpha + 1) sum_{j=0}^{n} [(n + 1 - j)^alpha - (n - j)^alpha] f(y_j, t_j)

    It remembers every step: ValueError after `num_memory` of them.

    Diethelm, Ford & Freed (2004), Numer. Algorithms 36:31.
    """

    def _advanced(self, y: list, rest: tuple) -> list:
        self._check_memory()
        slopes = self._slopes(y, rest)
        lag = np.arange(self._steps + 1, dtype=float)
        new = []
        for k, order in enumerate(self._orders):
            self._past[k][self._steps] = slopes[k]
            weights = (lag + 1) ** order - lag**order
            total = self._remembered(k, weights, self._steps)
            new.append(self._last[k] + self.dt**order / math.gamma(order + 1) * total)
        return new


class CaputoL1Schema(FDEIntegrator):
    """The explicit L1 scheme for the Caputo derivative.

        y_{n+1} = y_n + dt^alpha Gamma(2 - alpha) f(y_n, t_n)
                  - sum_{k=0}^{n-1} [(n + 1 - k)^(1 - alpha) - (n - k)^(1 - alpha)] (y_{k+1} - y_k)

    It remembers every step: ValueError after `num_memory` of them. The values y are those it is called with, so that a
    state may be changed between calls, as at a spike.

    Oldham & Spanier (1974), The Fractional Calculus.
    """

    def _advanced(self, y: list, rest: tuple) -> list:
        self._check_memory()
        slopes = self._slopes(y, rest)
        lag = np.arange(1, self._steps + 1, dtype=float)
        new = []
        for k, order in enumerate(self._orders):
            if self._steps > 0:
                self._past[k][self._steps - 1] = y[k] - self._last[k]
            memory = self._remembered(k, (lag + 1) ** (1 - order) - lag ** (1 - order), self._steps - 1)
            self._last[k] = y[k].copy()
            new.append(y[k] + self.dt**order * math.gamma(2 - order) * slopes[k] - memory)
        return new


class GLShortMemory(FDEIntegrator):
    """The Gruenwald-Letnikov scheme with short memory.

        y_{n+1} = dt^alpha f(y_n, t_n) - sum_{j=1}^{N} c_j y_{n+1-j},   c_0 = 1, c_j = (1 - (1 + alpha) / j) c_{j-1}

    with N the smaller of n + 1 and `num_memory`.

    Podlubny (1999), Fractional Differential Equations.
    """

    def __init__(
        self,
        f: Callable[..., Any],
        alpha: Any,
        inits: Any,
        num_memory: int,
        dt: float | None = None,
        name: str | None = None,
        state_delays: Any = None,
    ):
        super().__init__(f, alpha, num_memory, inits, dt, name, state_delays)
        factors = 1 - (1 + self.alpha[:, None]) / np.arange(1, self.num_memory + 1)
        self._coefficients = np.cumprod(factors, axis=1)

    def _advanced(self, y: list, rest: tuple) -> list:
        slopes = self._slopes(y, rest)
        new = []
        for k, order in enumerate(self._orders):
            self._past[k][self._steps % self.num_memory] = y[k]
            count = min(self._steps + 1, self.num_memory)
            memory = self._remembered(k, self._coefficients[k, :count], self._steps)
            new.append(self.dt**order * slopes[k] - memory)
        return new


_METHODS: dict[str, type[FDEIntegrator]] = {
    'short-memory': GLShortMemory,
    'euler': CaputoEuler,
    'l1': CaputoL1Schema,
}
_default_method = 'l1'


def _checked_method(method: Any) -> str:
    if method not in _METHODS:
        raise ValueError(f'Unknown FDE numerical method "{method}". Currently BrainPy only support: {list(_METHODS)}')
    return method


def fdeint(
    alpha: Any,
    num_memory: int,
    inits: Any,
    f: Callable[..., Any] | None = None,
    method: str | None = 'l1',
    dt: float | None = None,
    name: str | None = None,
) -> Any:
    """An integrator of D^alpha y = f(y, t, ...); without `f` a decorator. See `FDEIntegrator`.

    Parameters
    ----------
    method : 'l1', 'euler' or 'short-memory'
        See `CaputoL1Schema`, `CaputoEuler`, `GLShortMemory`.
    """
    kind = _METHODS[_checked_method(_default_method if method is None else method)]

    def integrator(f: Callable[..., Any]) -> FDEIntegrator:
        return kind(f, alpha=alpha, num_memory=num_memory, inits=inits, dt=dt, name=name)

    return integrator if f is None else integrator(f)


def set_default_fdeint(method: str) -> None:
    """Set the method of `fdeint` calls with ``method=None``."""
    global _default_method
    _default_method = _checked_method(method)


def get_default_fdeint() -> str:
    """The method of `fdeint` calls with ``method=None``."""
    return _default_method


def register_fde_integrator(name: str, integrator: type[FDEIntegrator]) -> None:
    """Add a method. Raises ValueError if the name is taken and TypeError if `integrator` is no integrator class."""
    if name in _METHODS:
        raise ValueError(f'"{name}" has been registered in FDE integrators.')
    if not (isinstance(integrator, type) and issubclass(integrator, FDEIntegrator)):
        raise TypeError(f'"integrator" must be a subclass of FDEIntegrator, but we got {integrator!r}')
    _METHODS[name] = integrator


def get_supported_methods() -> list[str]:
    """The names of all methods."""
    return list(_METHODS)
