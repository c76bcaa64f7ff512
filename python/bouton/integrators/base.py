# SPDX-License-Identifier: Apache-2.0
"""What all integrators share: the signature of an equation, and the call that advances it by one step."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from bouton._base import BrainPyObject
from bouton.errors import CodeError, DiffEqError
from bouton.math.environment import checked_dt, get_dt
from bouton.math.variable import Variable

__all__ = ['Integrator', 'Signature', 'signature_of']

DT = 'dt'


class Signature:
    """The arguments of an equation f(variables..., t, parameters...).

    Attributes
    ----------
    variables : list of str
        What stands before ``t``.
    parameters : list of str
        ``t`` and what stands behind it.
    defaults : dict
        Default values of parameters.
    variadic : str or None
        The name of ``*args``.
    """

    __slots__ = ('defaults', 'parameters', 'variables', 'variadic')

    def __init__(self, variables: list[str], parameters: list[str], defaults: dict[str, Any], variadic: str | None):
        self.variables = variables
        self.parameters = parameters
        self.defaults = defaults
        self.variadic = variadic


def signature_of(f: Callable[..., Any]) -> Signature:
    """The arguments of an equation.

    Raises
    ------
    TypeError
        `f` cannot be called.
    ValueError
        There is no argument ``t``.
    CodeError
        An argument is called ``dt``.
    DiffEqError
        There are keyword-only arguments or ``**kwargs``.
    """
    if not callable(f):
        raise TypeError(f'{f!r} is not a callable object')
    names, defaults, variadic = [], {}, None
    for name, parameter in inspect.signature(f).parameters.items():
        if parameter.kind is parameter.VAR_KEYWORD:
            raise DiffEqError(
                f'In BrainPy, numerical integrators do not support VAR_KEYWORD arguments: **{name} (error in {f}).'
            )
        if parameter.kind is parameter.KEYWORD_ONLY:
            raise DiffEqError(
                f'In BrainPy, numerical integrators do not support KEYWORD_ONLY parameters, e.g., * (error in {f}).'
            )
        if parameter.kind is parameter.VAR_POSITIONAL:
            variadic = name
            continue
        if name == DT:
            raise CodeError(
                f'{DT} is a system keyword denotes the precision of numerical integration. It cannot be used as a '
                'variable or parameter, please change an another name.'
            )
        names.append(name)
        if parameter.default is not parameter.empty:
            defaults[name] = parameter.default
    if 't' not in names:
        raise ValueError('Do not find time variable "t".')
    t = names.index('t')
    return Signature(names[:t], names[t:], defaults, variadic)


def plain(value: Any) -> Any:
    """A variable or list as an array; arrays and numbers as they are."""
    if isinstance(value, Variable):
        return value.value
    return np.asarray(value) if isinstance(value, list | tuple) else value


class Integrator(BrainPyObject):
    """Advances equations by one step.

    Calling it with the arguments of the equation, and ``dt`` as the last or a keyword, returns the new variables.

    Parameters
    ----------
    variables, parameters, arguments : sequence of str
        The names of the variables, of ``t`` and the parameters, and of all arguments, ``dt`` included.
    dt : float
        The time step [ms] of calls without one.
    name : str, optional
    state_delays : None
        Delayed equations are not available.
    """

    def __init__(
        self,
        variables: Sequence[str],
        parameters: Sequence[str],
        arguments: Sequence[str],
        dt: float | None,
        name: str | None = None,
        state_delays: Any = None,
    ):
        super().__init__(name=name)
        if state_delays is not None:
            raise NotImplementedError('Equations with delayed states are not available in bouton.')
        self.dt = get_dt() if dt is None else checked_dt(dt)
        self.variables = list(variables)
        self.parameters = list(parameters)
        self.arguments = list(arguments)

    def _take(self, signature: Signature) -> None:
        """Read arguments by `signature` from now on."""
        self._names = (*signature.variables, *signature.parameters)
        self._defaults = signature.defaults
        self._variadic = signature.variadic
        self._count = len(signature.variables)

    @property
    def arg_names(self) -> list[str]:
        """The names of all arguments."""
        return [*self.variables, *self.parameters, DT]

    def _bound(self, args: tuple, kwargs: dict) -> tuple[tuple, float]:
        """The arguments of the equation in order, and the time step."""
        names = self._names
        count = len(names)
        if not kwargs and len(args) == count + 1 and self._variadic is None:
            return args[:-1], args[-1]
        dt = self.dt
        if DT in kwargs:
            kwargs = dict(kwargs)
            dt = kwargs.pop(DT)
            if not kwargs and (len(args) == count or (len(args) > count and self._variadic is not None)):
                return args, dt
        elif len(args) > count and (self._variadic is None or len(args) > count + 1):
            args, dt = args[:-1], args[-1]
        if len(args) > count and self._variadic is None:
            raise TypeError(f'{self.name} takes {count} arguments and dt, but {len(args) + 1} were given')
        values = dict(zip(names, args, strict=False))
        for key, value in kwargs.items():
            if key not in names:
                raise TypeError(f'{self.name} got an unexpected keyword argument {key!r}; it has {list(names)}')
            if key in values:
                raise TypeError(f'{self.name} got multiple values for argument {key!r}')
            values[key] = value
        missing = [name for name in names if name not in values and name not in self._defaults]
        if missing:
            raise TypeError(f'{self.name} is missing the arguments {missing}')
        bound = tuple(values[name] if name in values else self._defaults[name] for name in names)
        return bound + args[count:], dt

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        bound, dt = self._bound(args, kwargs)
        count = self._count
        return self._step([plain(y) for y in bound[:count]], bound[count:], float(dt))

    def _step(self, y: list, rest: tuple, dt: float) -> Any:
        raise NotImplementedError

    @property
    def integral(self) -> Callable[..., Any]:
        """The integrator as a function."""
        return self.__call__


def shown(signature: Signature, dt: float) -> list[str]:
    """The arguments as they are written in a definition."""
    names = [*signature.variables, *signature.parameters]
    arguments = [f'{n}={signature.defaults[n]}' if n in signature.defaults else n for n in names]
    if signature.variadic:
        arguments.append(f'*{signature.variadic}')
    return [*arguments, f'{DT}={dt}']


def values_of(returned: Any, count: int, f: Any) -> Sequence[Any]:
    """The derivatives of `count` variables out of what an equation returned."""
    if count == 1:
        if isinstance(returned, tuple | list) and len(returned) == 1:
            returned = returned[0]
        return (returned if not isinstance(returned, list | tuple) else np.asarray(returned),)
    if not isinstance(returned, tuple | list) and not (isinstance(returned, np.ndarray) and returned.ndim > 0):
        raise DiffEqError(f'{f} has {count} variables and must return {count} derivatives, but returned {returned!r}')
    if len(returned) != count:
        raise DiffEqError(
            f'{f} has {count} variables and must return {count} derivatives, but returned {len(returned)}'
        )
    return returned
