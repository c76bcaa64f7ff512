# SPDX-License-Identifier: Apache-2.0
"""Several equations as one."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable
from typing import Any

from bouton._base.object import copy_functions
from bouton.errors import DiffEqError
from bouton.integrators.base import Signature, signature_of

__all__ = ['JointEq']


class JointEq:
    """A system made of equations, each dy/dt = f(y, t, ...), to be integrated together.

    Its arguments are the variables of all equations in their order, then ``t``, then the other arguments in the order
    in which they first appear. An argument of one equation that has the name of a variable of another is that variable.
    The exponential Euler method steps every equation from the old values of all variables; Runge-Kutta methods advance
    all variables through their stages together.

    Parameters
    ----------
    eqs : callables
        The equations, or joint equations, or lists of them.

    Raises
    ------
    DiffEqError
        A variable belongs to two equations, a parameter has two default values, or something is no function.
    """

    def __init__(self, *eqs: Any):
        self.eqs: list[Callable] = []
        self._parts: list[tuple[Callable, Signature]] = []
        for eq in _flat(eqs):
            parts = eq._parts if isinstance(eq, JointEq) else [(eq, _checked_signature(eq))]
            self.eqs.append(eq)
            self._parts.extend(parts)
        if not self._parts:
            raise DiffEqError('JointEq needs at least one equation')
        variables: list[str] = []
        for eq, signature in self._parts:
            for name in signature.variables:
                if name in variables:
                    raise DiffEqError(
                        f'Variable "{name}" has been used, however we got a same variable name in {eq}. '
                        'Please change another name.'
                    )
                variables.append(name)
        parameters: list[str] = []
        defaults: dict[str, Any] = {}
        for _, signature in self._parts:
            for name in signature.parameters[1:]:
                if name in variables:
                    continue
                if name not in parameters:
                    parameters.append(name)
                if name in signature.defaults:
                    default = signature.defaults[name]
                    if name in defaults and defaults[name] != default:
                        raise DiffEqError(
                            f'We got two different default value of "{name}": {defaults[name]} != {default}'
                        )
                    defaults[name] = default
        parameters = [p for p in parameters if p not in defaults] + [p for p in parameters if p in defaults]
        self.signature = Signature(variables, ['t', *parameters], defaults, None)
        names = [*variables, 't', *parameters]
        self._names = names
        place = {name: position for position, name in enumerate(names)}
        #: for each equation: the function, its variables and its arguments as positions in the joint arguments
        self.places = [
            (eq, [place[n] for n in s.variables], [place[n] for n in (*s.variables, *s.parameters)])
            for eq, s in self._parts
        ]
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        self.__signature__ = inspect.Signature(
            [inspect.Parameter(n, kind, default=defaults.get(n, inspect.Parameter.empty)) for n in names]
        )

    def __deepcopy__(self, memo: dict) -> JointEq:
        new = object.__new__(type(self))
        memo[id(self)] = new
        copy_functions(self.eqs, memo)
        new.__dict__.update(copy.deepcopy(self.__dict__, memo))
        return new

    def __call__(self, *args: Any, **kwargs: Any) -> tuple:
        """The derivatives of all variables."""
        bound = self.__signature__.bind(*args, **kwargs)
        bound.apply_defaults()
        return self.derivatives(bound.args)

    def derivatives(self, args: Any) -> tuple:
        """The derivatives of all variables, by all arguments in their order."""
        found: list[Any] = []
        for eq, variables, places in self.places:
            result = eq(*[args[k] for k in places])
            if len(variables) == 1:
                found.append(result)
            else:
                found.extend(result)
        return tuple(found)


def _flat(eqs: Any) -> list:
    found = []
    for eq in eqs:
        found.extend(_flat(eq) if isinstance(eq, list | tuple) else [eq])
    return found


def _checked_signature(eq: Any) -> Signature:
    if not callable(eq):
        raise DiffEqError(f'Elements in "eqs" only supports callable function, but got {eq}.')
    signature = signature_of(eq)
    if signature.variadic:
        raise DiffEqError(f'An equation of a JointEq cannot have the argument *{signature.variadic} (error in {eq}).')
    return signature
