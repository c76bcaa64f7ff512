# SPDX-License-Identifier: Apache-2.0
"""One-step methods for dy/dt = f(y, t, ...): exponential Euler and explicit Runge-Kutta schemes.

The Runge-Kutta coefficients are those of the compiled core, so that both sides compute the same scheme.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from bouton.errors import DiffEqError
from bouton.integrators.base import Integrator, Signature, shown, signature_of, values_of
from bouton.integrators.joint_eq import JointEq
from bouton.math.array import wrap
from bouton.math.dual import DualArray, exprel, exprel_slope
from bouton.math.environment import get_compat
from bouton.math.tape import Traced, through

__all__ = [
    'ODEIntegrator',
    'ExplicitRKIntegrator',
    'AdaptiveRKIntegrator',
    'ExponentialEuler',
    'Euler',
    'MidPoint',
    'Heun2',
    'Ralston2',
    'RK2',
    'RK3',
    'Heun3',
    'Ralston3',
    'SSPRK3',
    'RK4',
    'Ralston4',
    'RK4Rule38',
    'RKF12',
    'RKF45',
    'DormandPrince',
    'CashKarp',
    'BogackiShampine',
    'HeunEuler',
    'odeint',
    'get_supported_methods',
    'register_ode_integrator',
    'set_default_odeint',
    'get_default_odeint',
]


class ODEIntegrator(Integrator):
    """Base of the methods for ordinary differential equations.

    Parameters
    ----------
    f : callable
        The derivative, ``f(variables..., t, parameters...)``, or a `JointEq`.
    dt : float, optional
        The time step [ms] of calls without one; the global one by default.
    name : str, optional
    var_type, show_code : optional
        Accepted; they have no effect.
    state_delays, neutral_delays : None
        Equations with delays are not available.
    """

    def __init__(
        self,
        f: Callable[..., Any],
        var_type: Any = None,
        dt: float | None = None,
        name: str | None = None,
        show_code: bool = False,
        state_delays: Any = None,
        neutral_delays: Any = None,
    ):
        signature = f.signature if isinstance(f, JointEq) else signature_of(f)
        self._check(f, signature)
        super().__init__(signature.variables, signature.parameters, (), dt, name, state_delays or neutral_delays)
        self.f = f
        self.var_type = var_type
        self.arguments = shown(signature, self.dt)
        self._take(signature)

    def _check(self, f: Any, signature: Signature) -> None:
        if not signature.variables:
            raise DiffEqError(f'There is no variable before "t" in {f}.')

    def __repr__(self) -> str:
        return f'{type(self).__name__}({", ".join(self.arguments)})'


class ExponentialEuler(ODEIntegrator):
    """Exponential Euler method with automatic linearisation.

    For each variable, all others held at their old values,

        y' = y + dt phi(dt L) F,    phi(z) = (e^z - 1) / z,    F = f(y, t, ...),    L = df/dy

    which is exact for an equation that is linear in its own variable, and of order 1 otherwise. L is exact: `f` is
    evaluated on a `DualArray`. `f` is elementwise and has one variable; several are joined by `JointEq`.

    Raises
    ------
    DiffEqError
        `f` has several variables.
    TypeError
        In a call, when `f` does something that mixes entries (a sum, a matrix product, an index).

    Notes
    -----
    ``phi`` is computed by expm1. With ``bm.set_compat('brainpy_2_4')`` at construction it is the difference from 1,
    which loses digits where z is small.

    References
    ----------
    Hochbruck & Ostermann (2010), Exponential integrators. Acta Numerica 19:209.
    """

    def __init__(self, f: Callable[..., Any], *args: Any, **kwargs: Any):
        super().__init__(f, *args, **kwargs)
        self._phi = _phi_of_brainpy if get_compat() == 'brainpy_2_4' else _phi
        count = len(self._names)
        places = f.places if isinstance(f, JointEq) else [(f, [0], list(range(count)))]
        self._equations = [(eq, variables[0], arguments) for eq, variables, arguments in places]
        self._single = self._equations[0][0] if len(self._equations) == 1 else None

    def _check(self, f: Any, signature: Signature) -> None:
        super()._check(f, signature)
        parts = [s for _, s in f._parts] if isinstance(f, JointEq) else [signature]
        for part in parts:
            if len(part.variables) != 1:
                raise DiffEqError(
                    'ExponentialEuler only supports numerical integration for one variable once, while we got '
                    f'{part.variables} in {f}. Please split your derivative function into multiple functions in which '
                    'each function has one variable, and join them: JointEq(f1, f2).'
                )

    def _step(self, y: list, rest: tuple, dt: float) -> Any:
        with np.errstate(all='ignore'):
            if self._single is not None:
                state = _real(y[0])
                return self._advance(state, self._single(DualArray(state, 1.0), *rest), dt)
            states = [_real(v) for v in y]
            args = [*states, *rest]
            new = []
            for eq, own, places in self._equations:
                taken = [args[k] for k in places]
                taken[0] = DualArray(taken[0], 1.0)
                new.append(self._advance(states[own], eq(*taken), dt))
            return new

    def _advance(self, y: Any, slope: Any, dt: float) -> Any:
        if type(slope) is not DualArray:
            if isinstance(slope, tuple | list) and len(slope) == 1:
                return self._advance(y, slope[0], dt)
            return wrap(y + dt * (slope if isinstance(slope, Traced) else np.asarray(slope)))
        return wrap(y + dt * self._phi(dt * slope.tangent) * slope.primal)


def _real(y: Any) -> Any:
    """A state as real numbers."""
    if getattr(type(y), 'follows_derivative', False):
        return y
    if isinstance(y, np.ndarray):
        return y if y.dtype.kind in 'fc' else y.astype(np.float64)
    return np.float64(y)


def _phi(z: Any) -> Any:
    if isinstance(z, float):  # the same for all entries; a plain number keeps their precision
        return float(exprel(z))
    return exprel(z) if isinstance(z, np.ndarray) else through(exprel, (exprel_slope,), z)


def _phi_of_brainpy(z: Any) -> Any:
    """(exp(z) - 1) / z as written, 1 at z = 0."""
    if isinstance(z, float):
        return 1.0 if z == 0 else float((np.exp(z) - 1) / z)
    return np.where(z == 0, 1, (np.exp(z) - 1) / z).astype(z.dtype)


class ExplicitRKIntegrator(ODEIntegrator):
    """Explicit Runge-Kutta method.

        k_i = f(y + dt sum_{j<i} a_ij k_j, t + c_i dt),    y' = y + dt sum_i b_i k_i

    Parameters of the equation are held during the step.
    """

    #: name of the scheme in the core
    scheme = ''

    def __init__(self, f: Callable[..., Any], *args: Any, **kwargs: Any):
        super().__init__(f, *args, **kwargs)
        self._use(*_tableau(self.scheme))

    def _use(self, A: Any, b: Any, c: Any) -> None:
        self.A = [[float(a) for a in row] for row in A]
        self.B = [float(x) for x in b]
        self.C = [float(x) for x in c]
        #: weights that are not 0, as (stage, weight)
        self._rows = [[(j, a) for j, a in enumerate(row[:i]) if a != 0] for i, row in enumerate(self.A)]
        self._weights = [(j, x) for j, x in enumerate(self.B) if x != 0]

    def _slopes(self, y: list, rest: tuple, dt: float) -> list:
        t, parameters = rest[0], rest[1:]
        count = self._count
        slopes: list = []
        for row, c in zip(self._rows, self.C, strict=True):
            stage = self._combined(y, slopes, row, dt)
            slopes.append(values_of(self.f(*stage, t + c * dt if c else t, *parameters), count, self.f))
        return slopes

    @staticmethod
    def _combined(y: list, slopes: list, weights: list, dt: float) -> list:
        out = []
        for k, v in enumerate(y):
            for j, w in weights:
                v = v + (dt * w) * slopes[j][k]
            out.append(v)
        return out

    def _step(self, y: list, rest: tuple, dt: float) -> Any:
        new = self._combined(y, self._slopes(y, rest, dt), self._weights, dt)
        return _result(new)


def _result(new: list) -> Any:
    new = [wrap(v) if isinstance(v, np.ndarray) else v for v in new]
    return new[0] if len(new) == 1 else tuple(new)


class Euler(ExplicitRKIntegrator):
    """Euler's method, order 1."""

    scheme = 'euler'


class MidPoint(ExplicitRKIntegrator):
    """The explicit midpoint rule, order 2."""

    scheme = 'midpoint'


class Heun2(ExplicitRKIntegrator):
    """Heun's method, order 2."""

    scheme = 'heun2'


class Ralston2(ExplicitRKIntegrator):
    """Ralston's method of order 2."""

    scheme = 'ralston2'


class RK2(ExplicitRKIntegrator):
    """The family of order 2 with c = (0, beta).

    Parameters
    ----------
    beta : float
        Not 0; 2/3, the default, is Ralston's method, 1/2 the midpoint rule, 1 Heun's method.
    """

    scheme = 'rk2'

    def __init__(self, f: Callable[..., Any], beta: float = 2 / 3, *args: Any, **kwargs: Any):
        super().__init__(f, *args, **kwargs)
        if not np.isfinite(beta) or beta == 0:
            raise ValueError(f'beta must be finite and not 0, but we got {beta}')
        if beta != 2 / 3:
            self._use([[0.0], [beta]], [1 - 1 / (2 * beta), 1 / (2 * beta)], [0.0, beta])


class RK3(ExplicitRKIntegrator):
    """Kutta's method of order 3."""

    scheme = 'rk3'


class Heun3(ExplicitRKIntegrator):
    """Heun's method of order 3."""

    scheme = 'heun3'


class Ralston3(ExplicitRKIntegrator):
    """Ralston's method of order 3."""

    scheme = 'ralston3'


class SSPRK3(ExplicitRKIntegrator):
    """The strong-stability-preserving method of order 3."""

    scheme = 'ssprk3'


class RK4(ExplicitRKIntegrator):
    """The classical Runge-Kutta method, order 4."""

    scheme = 'rk4'


class Ralston4(ExplicitRKIntegrator):
    """Ralston's method of order 4."""

    scheme = 'ralston4'


class RK4Rule38(ExplicitRKIntegrator):
    """The 3/8 rule, order 4."""

    scheme = 'rk4_38rule'


class AdaptiveRKIntegrator(ExplicitRKIntegrator):
    """An embedded pair of Runge-Kutta methods.

    Parameters
    ----------
    adaptive : bool
        Whether calls return, behind the variables, the time step that they suggest for the next step:

            dt (tol / err)^0.2 * 0.9  if err > tol, else dt

        where err is the sum of the absolute differences of both solutions. The step itself is not repeated.
    tol : float
        Tolerance of `err`, 0.1 by default.
    """

    #: weights of the other solution, the last one for the slope at the new state if there are more than stages
    other: tuple[float, ...] = ()

    def __init__(
        self,
        f: Callable[..., Any],
        var_type: Any = None,
        dt: float | None = None,
        name: str | None = None,
        adaptive: bool | None = None,
        tol: float | None = None,
        show_code: bool = False,
        state_delays: Any = None,
        neutral_delays: Any = None,
    ):
        super().__init__(f, var_type, dt, name, show_code, state_delays, neutral_delays)
        self.adaptive = bool(adaptive)
        self.tol = 0.1 if tol is None else float(tol)
        if not self.tol > 0:
            raise ValueError(f'tol must be positive, but we got {tol}')

    def _step(self, y: list, rest: tuple, dt: float) -> Any:
        if not self.adaptive:
            return super()._step(y, rest, dt)
        slopes = self._slopes(y, rest, dt)
        new = self._combined(y, slopes, self._weights, dt)
        if len(self.other) > len(slopes):
            slopes.append(values_of(self.f(*new, rest[0] + dt, *rest[1:]), self._count, self.f))
        weights = [*self.B, *([0.0] * (len(slopes) - len(self.B)))]
        difference = [(j, u - v) for j, (u, v) in enumerate(zip(weights, self.other, strict=True)) if u != v]
        errors = self._combined([0.0] * len(y), slopes, difference, dt)
        error = float(sum(np.sum(np.abs(e)) for e in errors))
        suggested = 0.9 * dt * (self.tol / error) ** 0.2 if error > self.tol else dt
        result = _result(new)
        return (*result, suggested) if self._count > 1 else (result, suggested)


class RKF12(AdaptiveRKIntegrator):
    """Fehlberg's pair of orders 1 and 2 (1969, NASA TR R-315)."""

    scheme = 'rkf12'
    other = (1 / 256, 255 / 256, 0)


class RKF45(AdaptiveRKIntegrator):
    """Fehlberg's pair of orders 4 and 5 (1969, NASA TR R-315)."""

    scheme = 'rkf45'
    other = (25 / 216, 0, 1408 / 2565, 2197 / 4104, -1 / 5, 0)


class DormandPrince(AdaptiveRKIntegrator):
    """The pair of orders 5 and 4 of Dormand & Prince (1980), J. Comp. Appl. Math. 6:19."""

    scheme = 'rkdp'
    other = (5179 / 57600, 0, 7571 / 16695, 393 / 640, -92097 / 339200, 187 / 2100, 1 / 40)


class CashKarp(AdaptiveRKIntegrator):
    """The pair of orders 5 and 4 of Cash & Karp (1990), ACM TOMS 16:201."""

    scheme = 'ck'
    other = (2825 / 27648, 0, 18575 / 48384, 13525 / 55296, 277 / 14336, 1 / 4)


class BogackiShampine(AdaptiveRKIntegrator):
    """The pair of orders 3 and 2 of Bogacki & Shampine (1989), Appl. Math. Lett. 2:321."""

    scheme = 'bs'
    other = (7 / 24, 1 / 4, 1 / 3, 1 / 8)


class HeunEuler(AdaptiveRKIntegrator):
    """Heun's method, with Euler's for the error."""

    scheme = 'heun_euler'
    other = (1, 0)


def _tableau(name: str) -> tuple:
    """The coefficients A, b, c of a scheme, from the core."""
    from bouton import _core

    return _core.tableau(name)


_METHODS: dict[str, type[ODEIntegrator]] = {
    'rkf12': RKF12,
    'rkf45': RKF45,
    'rkdp': DormandPrince,
    'ck': CashKarp,
    'bs': BogackiShampine,
    'heun_euler': HeunEuler,
    'BoSh3': BogackiShampine,
    'euler': Euler,
    'midpoint': MidPoint,
    'heun2': Heun2,
    'ralston2': Ralston2,
    'rk2': RK2,
    'rk3': RK3,
    'heun3': Heun3,
    'ralston3': Ralston3,
    'ssprk3': SSPRK3,
    'rk4': RK4,
    'ralston4': Ralston4,
    'rk4_38rule': RK4Rule38,
    'exponential_euler': ExponentialEuler,
    'exp_euler': ExponentialEuler,
    'exp_euler_auto': ExponentialEuler,
    'exp_auto': ExponentialEuler,
}
_default_method = 'euler'


def checked_method(method: Any) -> str:
    """The method, if it is a name that `odeint` knows; ValueError otherwise."""
    if not isinstance(method, str):
        raise ValueError(f'Only support the string name of the method, but we got {method!r}.')
    if method not in _METHODS:
        raise ValueError(f'Unknown ODE numerical method "{method}". Currently BrainPy only support: {list(_METHODS)}')
    return method


def odeint(
    f: Callable[..., Any] | None = None,
    method: str | None = None,
    var_type: Any = None,
    dt: float | None = None,
    name: str | None = None,
    show_code: bool = False,
    state_delays: Any = None,
    neutral_delays: Any = None,
    **kwargs: Any,
) -> Any:
    """An integrator of dy/dt = f(y, t, ...).

    Parameters
    ----------
    f : callable, optional
        The derivative ``f(variables..., t, parameters...)``: a function, a method, a lambda or a `JointEq`. Without it
        a decorator is returned.
    method : str, optional
        One of `get_supported_methods`; 'euler' by default, see `set_default_odeint`.
    dt : float, optional
        The time step [ms] of calls without one; by default the global one of this moment.
    name : str, optional
    **kwargs
        Options of the method: `beta` of rk2; `adaptive` and `tol` of the embedded pairs.

    Returns
    -------
    ODEIntegrator
        Call it as ``integral(variables..., t, parameters..., dt)``, by position or keyword; `dt` may be left out.

    Raises
    ------
    ValueError
        The method is unknown, or `f` has no argument ``t``.
    DiffEqError, CodeError, TypeError
        The arguments or options do not fit the method.

    Examples
    --------
    >>> integral = odeint(lambda V, t, I: (-V + I) / 10., method='exp_auto', dt=0.1)
    >>> V = integral(V, t, I)
    """
    kind = _METHODS[checked_method(_default_method if method is None else method)]

    def integrator(f: Callable[..., Any]) -> ODEIntegrator:
        return kind(
            f,
            var_type=var_type,
            dt=dt,
            name=name,
            show_code=show_code,
            state_delays=state_delays,
            neutral_delays=neutral_delays,
            **kwargs,
        )

    return integrator if f is None else integrator(f)


def set_default_odeint(method: str) -> None:
    """Set the method of `odeint` calls without one."""
    global _default_method
    _default_method = checked_method(method)


def get_default_odeint() -> str:
    """The method of `odeint` calls without one."""
    return _default_method


def register_ode_integrator(name: str, integrator: type[ODEIntegrator]) -> None:
    """Add a method. Raises ValueError if the name is taken and TypeError if `integrator` is no integrator class."""
    if name in _METHODS:
        raise ValueError(f'"{name}" has been registered in ODE integrators.')
    if not (isinstance(integrator, type) and issubclass(integrator, ODEIntegrator)):
        raise TypeError(f'"integrator" must be a subclass of ODEIntegrator, but we got {integrator!r}')
    _METHODS[name] = integrator


def get_supported_methods() -> list[str]:
    """The names of all methods."""
    return list(_METHODS)
