# SPDX-License-Identifier: Apache-2.0
"""One-step methods for dy = f(y, t, ...) dt + g(y, t, ...) dW."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from bouton.errors import DiffEqError, IntegratorError
from bouton.integrators.base import Integrator, shown, signature_of, values_of
from bouton.integrators.constants import (
    ITO_SDE,
    SCALAR_VAR,
    SCALAR_WIENER,
    STRA_SDE,
    SUPPORTED_INTG_TYPE,
    SUPPORTED_VAR_TYPE,
    SUPPORTED_WIENER_TYPE,
    VECTOR_WIENER,
)
from bouton.integrators.joint_eq import JointEq
from bouton.integrators.ode import ExponentialEuler as DeterministicExponentialEuler
from bouton.math import random
from bouton.math.array import wrap
from bouton.math.dual import DualArray

__all__ = [
    'SDEIntegrator',
    'Euler',
    'Heun',
    'Milstein',
    'MilsteinGradFree',
    'ExponentialEuler',
    'SRK1W1',
    'SRK2W1',
    'KlPl',
    'sdeint',
    'get_supported_methods',
    'register_sde_integrator',
    'set_default_sdeint',
    'get_default_sdeint',
]


class SDEIntegrator(Integrator):
    """Base of the methods for stochastic differential equations.

    Parameters
    ----------
    f : callable
        The drift, ``f(variables..., t, parameters...)``, or a `JointEq`.
    g : callable
        The diffusion. It takes arguments of `f` by their names, or ``*args``, and returns one value for each variable;
        None stands for no noise.
    dt : float, optional
        The time step [ms] of calls without one; the global one by default.
    name : str, optional
    intg_type : 'Ito' or 'Stratonovich', optional
        How the integral is understood.
    wiener_type : 'scalar' or 'vector', optional
        Whether each entry of a variable has one source of noise, or as many as the last axis of the diffusion is long.
    var_type, show_code : optional
        Accepted; they have no effect.
    """

    #: the integrals that the method computes, the default first
    integrals = (ITO_SDE, STRA_SDE)
    #: whether it takes vectors of noise
    vectors = False

    def __init__(
        self,
        f: Callable[..., Any],
        g: Callable[..., Any],
        dt: float | None = None,
        name: str | None = None,
        show_code: bool = False,
        var_type: str | None = None,
        intg_type: str | None = None,
        wiener_type: str | None = None,
        state_delays: Any = None,
    ):
        signature = f.signature if isinstance(f, JointEq) else signature_of(f)
        if not signature.variables:
            raise DiffEqError(f'There is no variable before "t" in {f}.')
        if not callable(g):
            raise TypeError(f'{g!r} is not a callable object')
        for given, known, what in (
            (intg_type, SUPPORTED_INTG_TYPE, 'Currently, BrainPy only support SDE_INT types'),
            (var_type, SUPPORTED_VAR_TYPE, 'Currently, BrainPy only supports variable types'),
            (wiener_type, SUPPORTED_WIENER_TYPE, 'Currently, BrainPy only supports Wiener Process types'),
        ):
            if given is not None and given not in known:
                raise IntegratorError(f'{what}: {known}. But we got {given}.')
        self._check(f, signature)
        super().__init__(signature.variables, signature.parameters, (), dt, name, state_delays)
        self.f = f
        self.g = g
        self.var_type = var_type or SCALAR_VAR
        self.intg_type = intg_type or self.integrals[0]
        self.wiener_type = wiener_type or SCALAR_WIENER
        if self.intg_type not in self.integrals:
            raise IntegratorError(
                f'{type(self).__name__} method only supports {self.integrals[0]} integral of SDEs, but we got '
                f'{self.intg_type} integral.'
            )
        if self.wiener_type == VECTOR_WIENER and not self.vectors:
            raise IntegratorError(f'{type(self).__name__} method does not support vector Wiener Processes.')
        self.rng = random.DEFAULT
        self.arguments = shown(signature, self.dt)
        self._take(signature)
        self._places = self._places_of(g)

    def _check(self, f: Any, signature: Any) -> None:
        """Refuse what the method cannot integrate."""

    def _places_of(self, g: Callable[..., Any]) -> list[int] | None:
        """Which arguments `g` takes; None for all."""
        places = []
        for name, parameter in inspect.signature(g).parameters.items():
            if parameter.kind is parameter.VAR_POSITIONAL:
                return None
            if parameter.kind is parameter.VAR_KEYWORD:
                continue
            if name in self._names:
                places.append(self._names.index(name))
            elif parameter.default is parameter.empty:
                raise DiffEqError(
                    f'The diffusion {g} has the argument {name!r}, but the drift only has {list(self._names)}'
                )
        return places

    def _drift(self, y: list, rest: tuple, t: Any) -> list:
        return list(values_of(self.f(*y, t, *rest[1:]), self._count, self.f))

    def _diffusion(self, y: list, rest: tuple, t: Any) -> list:
        args = (*y, t, *rest[1:])
        found = self.g(*(args if self._places is None else [args[k] for k in self._places]))
        if self._count == 1:
            return [found[0] if isinstance(found, tuple | list) and len(found) == 1 else found]
        if not isinstance(found, tuple | list) or len(found) != self._count:
            raise DiffEqError(
                f'{self.g} must return one diffusion for each of {self.variables}, but returned {found!r}'
            )
        return list(found)

    def _increments(self, y: list, g: list, dt: float) -> list:
        """dW of each variable."""
        drawn = []
        for v, amplitude in zip(y, g, strict=True):
            if amplitude is None:
                drawn.append(None)
                continue
            shape = np.broadcast_shapes(np.shape(v), np.shape(amplitude)[: -1 if self._is_vector else None])
            if self._is_vector:
                shape = (*shape, np.shape(amplitude)[-1])
            drawn.append(math.sqrt(dt) * self.rng.standard_normal(shape))
        return drawn

    @property
    def _is_vector(self) -> bool:
        return self.wiener_type == VECTOR_WIENER

    def _noise(self, g: Any, dW: Any) -> Any:
        """g dW, summed over the sources of noise; 0 without noise."""
        if g is None:
            return 0.0
        return np.sum(g * dW, axis=-1) if self._is_vector else g * dW

    def _step(self, y: list, rest: tuple, dt: float) -> Any:
        new = [wrap(v) for v in self._advanced(y, rest, dt)]
        return new[0] if len(new) == 1 else new

    def _advanced(self, y: list, rest: tuple, dt: float) -> list:
        raise NotImplementedError

    def __repr__(self) -> str:
        return f'{type(self).__name__}({", ".join(self.arguments)})'


class Euler(SDEIntegrator):
    """Euler-Maruyama (Ito), strong order 1/2, and Euler-Heun (Stratonovich).

    Kloeden & Platen (1992), Numerical Solution of Stochastic Differential Equations.
    """

    vectors = True

    def _advanced(self, y: list, rest: tuple, dt: float) -> list:
        t = rest[0]
        f, g = self._drift(y, rest, t), self._diffusion(y, rest, t)
        dW = self._increments(y, g, dt)
        if self.intg_type == STRA_SDE:
            support = [v + self._noise(b, w) for v, b, w in zip(y, g, dW, strict=True)]
            g = _means(g, self._diffusion(support, rest, t))
        return [v + dt * a + self._noise(b, w) for v, a, b, w in zip(y, f, g, dW, strict=True)]


class Heun(SDEIntegrator):
    """Heun's method (Stratonovich), strong order 1/2; order 2 without noise."""

    integrals = (STRA_SDE,)
    vectors = True

    def _advanced(self, y: list, rest: tuple, dt: float) -> list:
        t = rest[0]
        f, g = self._drift(y, rest, t), self._diffusion(y, rest, t)
        dW = self._increments(y, g, dt)
        support = [v + dt * a + self._noise(b, w) for v, a, b, w in zip(y, f, g, dW, strict=True)]
        f = _means(f, self._drift(support, rest, t + dt))
        g = _means(g, self._diffusion(support, rest, t + dt))
        return [v + dt * a + self._noise(b, w) for v, a, b, w in zip(y, f, g, dW, strict=True)]


def _means(first: list, second: list) -> list:
    return [None if a is None else (a + b) / 2 for a, b in zip(first, second, strict=True)]


class _OrderOne(SDEIntegrator):
    """y' = y + f dt + g dW + g dg/dy (dW^2 - dt) / 2; without - dt for the Stratonovich integral."""

    def _advanced(self, y: list, rest: tuple, dt: float) -> list:
        t = rest[0]
        f, g = self._drift(y, rest, t), self._diffusion(y, rest, t)
        dW = self._increments(y, g, dt)
        corrections = self._corrections(y, f, g, rest, dt)
        lost = dt if self.intg_type == ITO_SDE else 0.0
        new = []
        for v, a, b, w, c in zip(y, f, g, dW, corrections, strict=True):
            v = v + dt * a
            new.append(v if b is None else v + b * w + c * (w * w - lost) / 2)
        return new

    def _corrections(self, y: list, f: list, g: list, rest: tuple, dt: float) -> list:
        """g dg/dy of each variable."""
        raise NotImplementedError


class Milstein(_OrderOne):
    """Milstein's method, strong order 1. The diffusion of a variable depends on no other variable.

    The derivative of the diffusion is exact: it is evaluated on dual numbers.
    """

    def _corrections(self, y: list, f: list, g: list, rest: tuple, dt: float) -> list:
        found = []
        for k, amplitude in enumerate(g):
            if amplitude is None:
                found.append(None)
                continue
            state = np.asarray(y[k], float) if not isinstance(y[k], np.ndarray) else y[k]
            slope = self._diffusion([*y[:k], DualArray(state, 1.0), *y[k + 1 :]], rest, rest[0])[k]
            found.append(amplitude * slope.tangent if isinstance(slope, DualArray) else 0.0)
        return found


class MilsteinGradFree(_OrderOne):
    """Milstein's method with the difference quotient (g(y + g sqrt(dt)) - g(y)) / sqrt(dt) in place of g dg/dy."""

    def _corrections(self, y: list, f: list, g: list, rest: tuple, dt: float) -> list:
        root = math.sqrt(dt)
        there = self._diffusion(self._support(y, f, g, dt), rest, rest[0])
        return [None if a is None else (b - a) / root for a, b in zip(g, there, strict=True)]

    def _support(self, y: list, f: list, g: list, dt: float) -> list:
        root = math.sqrt(dt)
        return [v if b is None else v + b * root for v, b in zip(y, g, strict=True)]


class KlPl(MilsteinGradFree):
    """The explicit scheme of strong order 1 of Kloeden & Platen (1992), section 11.1: the quotient is taken at
    y + f dt + g sqrt(dt). For the Stratonovich integral f is left out there, for it would cost the order."""

    def _support(self, y: list, f: list, g: list, dt: float) -> list:
        if self.intg_type == STRA_SDE:
            return super()._support(y, f, g, dt)
        return [v + dt * a for v, a in zip(super()._support(y, f, g, dt), f, strict=True)]


class ExponentialEuler(SDEIntegrator):
    """Exponential Euler method for the drift, as for ordinary equations, plus g dW (Ito)."""

    integrals = (ITO_SDE,)
    vectors = True

    def __init__(self, f: Callable[..., Any], g: Callable[..., Any], *args: Any, **kwargs: Any):
        super().__init__(f, g, *args, **kwargs)
        self._exponential = DeterministicExponentialEuler(f, dt=self.dt)

    def _advanced(self, y: list, rest: tuple, dt: float) -> list:
        g = self._diffusion(y, rest, rest[0])
        dW = self._increments(y, g, dt)
        new = self._exponential._step(y, rest, dt)
        new = [new] if self._count == 1 else new
        return [v + self._noise(b, w) for v, b, w in zip(new, g, dW, strict=True)]


class _Roessler(SDEIntegrator):
    """Stochastic Runge-Kutta scheme of strong order 1.5 (Ito).

    With I1 = dW, I11 = (dW^2 - h) / 2, I111 = (dW^3 - 3 h dW) / 6 and I10 = int_0^h W ds,

        F_i = f(y + h sum_j A0_ij F_j + I10 / h sum_j B0_ij G_j, t + c0_i h)
        G_i = g(y + h sum_j A1_ij F_j + sqrt(h) sum_j B1_ij G_j, t + c1_i h)
        y'  = y + h sum_i a_i F_i + sum_i (b1_i I1 + b2_i I11 / sqrt(h) + b3_i I10 / h + b4_i I111 / h) G_i

    The diffusion of a variable depends on no other variable.

    Roessler (2010), SIAM J. Numer. Anal. 48:922.
    """

    integrals = (ITO_SDE,)
    A0: tuple
    B0: tuple
    A1 = ((), (1 / 4,), (1, 0), (0, 0, 1 / 4))
    B1: tuple
    c1 = (0, 1 / 4, 1, 1 / 4)
    c0: tuple
    a: tuple
    b1 = (-1, 4 / 3, 2 / 3, 0)
    b2: tuple
    b3 = (2, -4 / 3, -2 / 3, 0)
    b4 = (-2, 5 / 3, -2 / 3, 1)

    def _advanced(self, y: list, rest: tuple, dt: float) -> list:
        t, root = rest[0], math.sqrt(dt)
        G = [self._diffusion(y, rest, t)]
        dW = self._increments(y, G[0], dt)
        dZ = self._increments(y, G[0], dt)
        F = [self._drift(y, rest, t)]
        known = [k for k, w in enumerate(dW) if w is not None]
        I10 = {k: dt * (dW[k] + dZ[k] / math.sqrt(3)) / 2 for k in known}

        def at(weights_f: tuple, weights_g: tuple, scale: Callable[[int], Any]) -> list:
            stage = []
            for k, v in enumerate(y):
                for j, w in enumerate(weights_f):
                    v = v + dt * w * F[j][k] if w else v
                for j, w in enumerate(weights_g):
                    v = v + scale(k) * w * G[j][k] if w and k in I10 else v
                stage.append(v)
            return stage

        for i in range(1, 4):
            stage_g = at(self.A1[i], self.B1[i], lambda k: root)
            G.append(self._diffusion(stage_g, rest, t + self.c1[i] * dt))
            if i < len(self.A0):
                stage_f = at(self.A0[i], self.B0[i], lambda k: I10[k] / dt)
                F.append(self._drift(stage_f, rest, t + self.c0[i] * dt))
        new = []
        for k, v in enumerate(y):
            for a, f in zip(self.a, F, strict=True):
                v = v + dt * a * f[k]
            if k in I10:
                w = dW[k]
                I11, I111 = (w * w - dt) / 2, (w**3 - 3 * dt * w) / 6
                for i in range(4):
                    weight = (
                        self.b1[i] * w + self.b2[i] * I11 / root + self.b3[i] * I10[k] / dt + self.b4[i] * I111 / dt
                    )
                    v = v + weight * G[i][k]
            new.append(v)
        return new


class SRK1W1(_Roessler):
    """Roessler's SRI1W1, strong order 1.5, order 2 without noise."""

    A0 = ((), (3 / 4,), (0, 0))
    B0 = ((), (3 / 2,), (0, 0))
    B1 = ((), (1 / 2,), (-1, 0), (-5, 3, 1 / 2))
    c0 = (0, 3 / 4, 0)
    a = (1 / 3, 2 / 3, 0)
    b2 = (-1, 4 / 3, -1 / 3, 0)


class SRK2W1(_Roessler):
    """Roessler's SRI2W1, strong order 1.5, order 3 without noise."""

    A0 = ((), (1,), (1 / 4, 1 / 4))
    B0 = ((), (0,), (1, 1 / 2))
    B1 = ((), (-1 / 2,), (1, 0), (2, -1, 1 / 2))
    c0 = (0, 1, 1 / 2)
    a = (1 / 6, 1 / 6, 2 / 3)
    b2 = (1, -4 / 3, 1 / 3, 0)


_METHODS: dict[str, type[SDEIntegrator]] = {
    'euler': Euler,
    'heun': Heun,
    'milstein': Milstein,
    'milstein2': Milstein,
    'milstein_grad_free': MilsteinGradFree,
    'exponential_euler': ExponentialEuler,
    'exp_euler': ExponentialEuler,
    'exp_euler_auto': ExponentialEuler,
    'exp_auto': ExponentialEuler,
    'srk1w1': SRK1W1,
    'srk2w1': SRK2W1,
    'klpl': KlPl,
}
_default_method = 'euler'


def _checked_method(method: Any) -> str:
    if not isinstance(method, str):
        raise ValueError(f'Only support the string name of the method, but we got {method!r}.')
    if method not in _METHODS:
        raise ValueError(f'Unknown SDE numerical method "{method}". Currently BrainPy only support: {list(_METHODS)}')
    return method


def sdeint(
    f: Callable[..., Any] | None = None,
    g: Callable[..., Any] | None = None,
    method: str | None = None,
    dt: float | None = None,
    name: str | None = None,
    show_code: bool = False,
    var_type: str | None = None,
    intg_type: str | None = None,
    wiener_type: str | None = None,
    state_delays: Any = None,
) -> Any:
    """An integrator of dy = f(y, t, ...) dt + g(y, t, ...) dW.

    Parameters
    ----------
    f, g : callable
        Drift and diffusion. If one is missing, a decorator of the other is returned.
    method : str, optional
        One of `get_supported_methods`; 'euler' by default, see `set_default_sdeint`.
    dt, name, show_code, var_type, intg_type, wiener_type, state_delays
        See `SDEIntegrator`.

    Returns
    -------
    SDEIntegrator
        Call it as ``integral(variables..., t, parameters..., dt)``. Noise is drawn from `bouton.math.random`.

    Raises
    ------
    ValueError
        The method is unknown, or both functions are missing.
    """
    kind = _METHODS[_checked_method(_default_method if method is None else method)]

    def integrator(f: Callable[..., Any], g: Callable[..., Any]) -> SDEIntegrator:
        return kind(
            f,
            g,
            dt=dt,
            name=name,
            show_code=show_code,
            var_type=var_type,
            intg_type=intg_type,
            wiener_type=wiener_type,
            state_delays=state_delays,
        )

    if f is None and g is None:
        raise ValueError('Must provide "f" or "g".')
    if g is None:
        return lambda g: integrator(f, g)
    return integrator(f, g) if f is not None else lambda f: integrator(f, g)


def set_default_sdeint(method: str) -> None:
    """Set the method of `sdeint` calls without one."""
    global _default_method
    _default_method = _checked_method(method)


def get_default_sdeint() -> str:
    """The method of `sdeint` calls without one."""
    return _default_method


def register_sde_integrator(name: str, integrator: type[SDEIntegrator]) -> None:
    """Add a method. Raises ValueError if the name is taken and TypeError if `integrator` is no integrator class."""
    if name in _METHODS:
        raise ValueError(f'"{name}" has been registered in SDE integrators.')
    if not (isinstance(integrator, type) and issubclass(integrator, SDEIntegrator)):
        raise TypeError(f'"integrator" must be a subclass of SDEIntegrator, but we got {integrator!r}')
    _METHODS[name] = integrator


def get_supported_methods() -> list[str]:
    """The names of all methods."""
    return list(_METHODS)
