# SPDX-License-Identifier: Apache-2.0
"""What a runner applies to variables at the start of each step."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from bouton._system.dynamical import DynamicalSystem
from bouton.errors import RunningError
from bouton.math.tape import Traced, constant
from bouton.math.variable import Variable

_TYPES = ('fix', 'iter', 'func')
#: In the order in which they are applied.
_OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {
    '=': lambda variable, x: variable.__setitem__(..., x),
    '+': operator.iadd,
    '-': operator.isub,
    '*': operator.imul,
    '/': operator.itruediv,
}
#: Kinds in the order in which they are applied.
CONSTANT, ROWS, FUNCTION, ITERATOR = range(4)


@dataclass
class Input:
    """One value that meets one variable: a constant, a row for each step, a function of the step, or what an iterator
    gives."""

    name: str
    variable: Variable
    kind: int
    value: Any
    operation: str
    traced: Any = None  # the value, where it carries a derivative

    @property
    def order(self) -> tuple[int, int]:
        """Inputs are applied kind by kind, and within a kind operation by operation."""
        return self.kind, list(_OPERATIONS).index(self.operation)

    def check(self, first: int, steps: int, repeat_last: bool) -> None:
        """RunningError if there are not enough rows for the steps from `first` on."""
        if self.kind == ROWS and not repeat_last and first + steps > len(self.value):
            raise RunningError(
                f'The input of {self.name} has {len(self.value)} rows, but the run needs those of the steps '
                f'{first} to {first + steps - 1}; rows are counted on across runs, until runner.reset_state()'
            )

    def stored(self, x: Any) -> Any:
        """What a function or an iterator gives, in the precision of the variable. ValueError for what does not fit."""
        if self.variable.dtype.kind != 'f':
            return x
        array = np.asarray(x)
        if array.dtype.kind not in 'fiub':
            raise ValueError(f'The input of {self.name} must be made of numbers, but we got {x!r} in a step')
        if array.ndim and array.shape != self.variable.shape and not _fits(array.shape, self.variable):
            raise ValueError(
                f'The input of {self.name} has the shape {array.shape} in a step, which does not fit its target of '
                f'{self.variable.shape}'
            )
        return array.astype(self.variable.dtype, copy=False)

    def apply(self, shared: Any, i: int) -> None:
        """Apply it in step `i`."""
        if self.kind == CONSTANT:
            x = self.value
        elif self.kind == ROWS:
            x = self.value[min(i, len(self.value) - 1)]
        elif self.kind == FUNCTION:
            x = self.stored(self.value(shared))
        else:
            try:
                x = self.stored(next(self.value))
            except StopIteration:
                raise RunningError(f'The iterator for the input of {self.name} is exhausted at step {i}') from None
        _OPERATIONS[self.operation](self.variable, x)


def parse_inputs(inputs: Any, target: DynamicalSystem) -> list[Input] | Callable:
    """The `inputs` of a runner, in the order in which they are applied; or the function that applies them itself."""
    if callable(inputs):
        return inputs
    if inputs is None:
        return []
    if not isinstance(inputs, (tuple, list)):
        raise RunningError('"inputs" must be a tuple/list.')
    if not inputs:
        return []
    first = inputs[0]
    if isinstance(first, (str, Variable)):
        inputs = (inputs,)
    elif not all(isinstance(one, (tuple, list)) for one in inputs):
        raise RunningError(
            'Unknown input structure, only support inputs with format of "(target, value, [type, operation])".'
        )
    return sorted((_parsed(one, target) for one in inputs), key=lambda one: one.order)


def _parsed(one: Any, target: DynamicalSystem) -> Input:
    if not 2 <= len(one) <= 4:
        raise RunningError('For each target, you must specify "(target, value, [type, operation])".')
    key, value, kind, operation = (*one, *('fix', '+')[len(one) - 2 :])
    if kind not in _TYPES:
        raise RunningError(f'Input type only supports "{list(_TYPES)}", not "{kind}".')
    if operation not in _OPERATIONS:
        raise RunningError(f'Input operation only supports "{["-", "+", "*", "/", "="]}", not "{operation}".')
    variable = _variable_of(key, target)
    if not isinstance(variable, Variable):
        what = key if isinstance(key, str) else f'A {type(key).__name__}'
        raise RunningError(
            f'{what} is not a dynamically changed Variable, its value will not change, '
            'we think there is no need to give its input.'
        )
    name = key if isinstance(key, str) else f'a variable of shape {variable.shape}'
    if kind == 'fix':
        return Input(name, variable, CONSTANT, _constant(name, variable, value), operation, _traced(value))
    if kind == 'func':
        if not callable(value):
            raise ValueError(
                f'Input "{value}" for "{name}" is set to be "func" type, however we got the value with the type of '
                f'{type(value)}'
            )
        return Input(name, variable, FUNCTION, value, operation)
    return _iterated(name, variable, value, operation)


def _constant(name: str, variable: Variable, value: Any) -> Any:
    if isinstance(value, Variable) and not value.is_traced:
        return value
    return _fitting(name, variable, value)


def _fitting(name: str, variable: Variable, value: Any, rows: bool = False) -> np.ndarray:
    """Numbers in the variable's precision, of a shape that can be broadcast to the variable's."""
    traced = _traced(value)
    x = np.asarray(value if traced is None else constant(traced))
    if x.dtype.kind not in 'fiub':
        raise ValueError(f'The input of {name} must be made of numbers, but we got {value!r}')
    shape = x.shape[1:] if rows else x.shape
    if not _fits(shape, variable):
        what = 'a row of the input' if rows else 'the input'
        raise ValueError(f'{what} of {name} has the shape {shape}, which does not fit its target of {variable.shape}')
    return x.astype(variable.dtype) if variable.dtype.kind == 'f' else x


def _fits(shape: tuple[int, ...], variable: Variable) -> bool:
    """Whether an array of this shape can be broadcast to that of the variable."""
    try:
        return np.broadcast_shapes(shape, variable.shape) == variable.shape
    except ValueError:
        return False


def _traced(value: Any) -> Any:
    value = value._live() if isinstance(value, Variable) else value
    return value if isinstance(value, Traced) else None


def _iterated(name: str, variable: Variable, value: Any, operation: str) -> Input:
    if isinstance(value, (np.ndarray, Variable, Traced, list, tuple, range)) and np.ndim(value) > 0:
        rows = _fitting(name, variable, value, rows=True)
        if len(rows) == 0:
            raise ValueError(f'The input of {name} has no rows')
        return Input(name, variable, ROWS, rows, operation, _traced(value))
    if not isinstance(value, Iterable) or isinstance(value, (str, bytes, np.ndarray, Variable)):
        raise ValueError(
            f'Input "{value}" for "{name}" is set to be "iter" type, however we got the value with the type of '
            f'{type(value)}'
        )
    return Input(name, variable, ITERATOR, iter(value), operation)


def _variable_of(key: Any, target: DynamicalSystem) -> Any:
    """What a string names, by the unique name of an object or by the path from the target; else the key itself."""
    if not isinstance(key, str):
        return key
    path, dot, name = key.rpartition('.')
    node: Any = target
    if dot:
        node = target.nodes().get(path)
        if node is None:
            node = target.nodes('relative').get(path)
        if node is None:
            raise RunningError(f'Input target "{path}" is not defined in {target.name}.')
    if not hasattr(node, name):
        raise RunningError(f'Input target key "{name}" is not defined in {node.name}.')
    return getattr(node, name)
