# SPDX-License-Identifier: Apache-2.0
"""Gradients of functions written with NumPy and `bouton.math`.

`grad`, `vector_grad`, `jacobian` and `hessian` call a function with traced values in place of arguments or of the
values of variables, and collect the derivatives from the result backwards; see `bouton.math.tape`.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from bouton.math.array import wrap
from bouton.math.control import tree_map
from bouton.math.tape import Traced, constant
from bouton.math.variable import Variable, traced_variables

__all__ = ['grad', 'hessian', 'jacfwd', 'jacobian', 'jacrev', 'vector_grad']


def _pull_back(result: Traced, seed: Any, level: int) -> dict[int, Any]:
    """The derivatives of `result`, weighted by `seed`, by all that it was computed from, by `order`."""
    seeds: dict[int, Any] = {result.order: seed}
    heap = [-result.order]
    nodes = {result.order: result}
    while heap:
        order = -heapq.heappop(heap)
        node = nodes[order]
        for parent, back in node.parents:
            pulled = back(seeds[order])
            if parent.order in seeds:
                seeds[parent.order] = seeds[parent.order] + pulled
            else:
                seeds[parent.order] = pulled
                nodes[parent.order] = parent
                heapq.heappush(heap, -parent.order)
    return seeds


_level = itertools.count(1)


class _Inputs:
    """What is differentiated by: arguments and variables, traced while a function runs."""

    def __init__(self, grad_vars: Any, argnums: Any, args: tuple):
        self.level = next(_level)
        self.grad_vars = grad_vars
        self.argnums = argnums
        places = () if argnums is None else argnums if isinstance(argnums, tuple | list) else (argnums,)
        self.args = list(args)
        for place in places:
            if not -len(args) <= place < len(args):
                raise ValueError(f'argnums has {place}, but there are {len(args)} arguments')
            self.args[place] = tree_map(self._traced, args[place])
        self.variables = None if grad_vars is None else tree_map(lambda v: (v, self._traced(v)), _tree(grad_vars))

    def _traced(self, x: Any) -> Traced:
        if isinstance(x, Variable):
            x = x._live()
            x = x if isinstance(x, Traced) else np.array(x)
        value = x if isinstance(x, Traced) else np.asarray(x)
        if value.dtype.kind not in 'fc':
            raise TypeError(
                f'Derivatives are taken by real numbers, but we got values of dtype {value.dtype}; convert them first'
            )
        return Traced(value, self.level)

    def run(self, func: Callable, kwargs: dict) -> Any:
        """The result of `func`; variables that it writes to keep their new values, without their history."""
        with traced_variables(self.pairs(), self.level, lambda x: x.primal):
            return func(*self.args, **kwargs)

    def pairs(self) -> list[tuple[Variable, Traced]]:
        found: list = []
        if self.variables is not None:
            _map_pairs(found.append, self.variables)
        return found

    def collect(self, derivative: Callable[[Traced], Any]) -> Any:
        """`derivative` of everything, in the structure that was asked for."""
        by_variables = None if self.variables is None else _map_pairs(lambda p: derivative(p[1]), self.variables)
        if self.argnums is None:
            return by_variables
        if isinstance(self.argnums, tuple | list):
            by_args: Any = tuple(tree_map(derivative, self.args[k]) for k in self.argnums)
        else:
            by_args = tree_map(derivative, self.args[self.argnums])
        return by_args if self.variables is None else (by_variables, by_args)


def _tree(grad_vars: Any) -> Any:
    """Variables as plain lists and dictionaries."""
    if isinstance(grad_vars, Variable):
        return grad_vars
    if isinstance(grad_vars, dict):
        return {key: _tree(item) for key, item in grad_vars.items()}
    if isinstance(grad_vars, tuple | list):
        return [_tree(item) for item in grad_vars]
    raise TypeError(f'grad_vars must be a Variable, or a list or dict of these, but we got {type(grad_vars)}')


def _map_pairs(function: Callable, tree: Any) -> Any:
    if isinstance(tree, dict):
        return {key: _map_pairs(function, item) for key, item in tree.items()}
    if isinstance(tree, list):
        return [_map_pairs(function, item) for item in tree]
    return function(tree)


def _finished(x: Any) -> Any:
    return wrap(x) if isinstance(x, np.ndarray | np.generic) else x


class _Transformation:
    """A function of the arguments of `func` that returns derivatives of its result."""

    def __init__(self, func: Callable, grad_vars: Any, argnums: Any, has_aux: Any, return_value: bool):
        if not callable(func):
            raise TypeError(f'{func!r} is not a callable object')
        if grad_vars is not None:
            _tree(grad_vars)
        self.func = func
        self.grad_vars = grad_vars
        self.argnums = 0 if argnums is None and grad_vars is None else argnums
        self.has_aux = bool(has_aux)
        self.return_value = return_value
        self.__name__ = getattr(func, '__name__', type(func).__name__)
        self.__doc__ = f'Derivatives of {self.__name__}.'

    def derivatives(self, result: Any, inputs: _Inputs) -> Any:
        raise NotImplementedError

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        inputs = _Inputs(self.grad_vars, self.argnums, args)
        result = inputs.run(self.func, kwargs)
        aux = None
        if self.has_aux:
            if not isinstance(result, tuple | list) or len(result) != 2:
                raise TypeError(f'with has_aux=True {self.__name__} must return a pair (result, auxiliary data)')
            result, aux = result
        found = [self.derivatives(result, inputs)]
        peel = lambda x: _finished(x.primal if isinstance(x, Traced) and x.level == inputs.level else x)  # noqa: E731
        if self.return_value:
            found.append(tree_map(peel, result))
        if self.has_aux:
            found.append(tree_map(peel, aux))
        return found[0] if len(found) == 1 else tuple(found)


def _by(result: Any, seed: Any, inputs: _Inputs) -> Any:
    """The derivatives of one result."""
    if isinstance(result, Traced) and result.level == inputs.level:
        seeds = _pull_back(result, seed, inputs.level)
    else:
        seeds = {}
    return inputs.collect(lambda x: _finished(seeds[x.order]) if x.order in seeds else wrap(np.zeros(x.shape, x.dtype)))


class _Grad(_Transformation):
    def derivatives(self, result: Any, inputs: _Inputs) -> Any:
        if np.size(result) != 1 or np.ndim(result) != 0:
            shape = np.shape(result) if not isinstance(result, tuple | list | dict) else type(result)
            raise TypeError(f'Gradient only defined for scalar-output functions. Output had shape: {shape}.')
        return _by(result, np.ones((), np.result_type(constant(result))), inputs)


class _VectorGrad(_Transformation):
    def derivatives(self, result: Any, inputs: _Inputs) -> Any:
        if isinstance(result, tuple | list | dict):
            raise TypeError(f'{self.__name__} must return one array, but returned {type(result)}')
        return _by(result, np.ones(np.shape(result), np.result_type(constant(result))), inputs)


class _Jacobian(_Transformation):
    def derivatives(self, result: Any, inputs: _Inputs) -> Any:
        return tree_map(lambda r: self._of_array(r, inputs), result)

    def _of_array(self, result: Any, inputs: _Inputs) -> Any:
        shape = np.shape(result)
        unit = np.eye(int(np.prod(shape, dtype=int))).reshape(-1, *shape)
        rows = [_by(result, seed, inputs) for seed in unit]

        def joined(*parts: Any) -> Any:
            return _finished(np.reshape(np.stack(parts), (*shape, *np.shape(parts[0]))))

        return _map_rows(joined, rows)


def _map_rows(function: Callable, rows: list) -> Any:
    first = rows[0]
    if isinstance(first, dict):
        return {key: _map_rows(function, [row[key] for row in rows]) for key in first}
    if isinstance(first, tuple | list):
        return type(first)(_map_rows(function, list(items)) for items in zip(*rows, strict=True))
    return function(*rows)


def _made(kind: type[_Transformation], func: Any, *options: Any) -> Any:
    return kind(func, *options) if func is not None else lambda f: kind(f, *options)


def grad(
    func: Callable | None = None,
    grad_vars: Any = None,
    argnums: int | Sequence[int] | None = None,
    holomorphic: bool = False,
    allow_int: bool = False,
    reduce_axes: Any = (),
    has_aux: bool | None = None,
    return_value: bool = False,
    dyn_vars: Any = None,
    child_objs: Any = None,
) -> Any:
    """The gradient of a function with a scalar result.

    Parameters
    ----------
    func : callable, optional
        Without it a decorator is returned.
    grad_vars : Variable, or list or dict of these, optional
        Variables that the function reads and that are differentiated by.
    argnums : int or sequence of int, optional
        Arguments that are differentiated by; the first, if there are no `grad_vars`.
    has_aux : bool
        Whether `func` returns a pair (result, auxiliary data).
    return_value : bool
        Whether the result is returned too.

    Returns
    -------
    A function of the arguments of `func`. It returns the gradient, in the structure of `grad_vars` or `argnums`, or a
    pair (by variables, by arguments) if both are given; then the value, then the auxiliary data, as asked for.

    Raises
    ------
    TypeError
        In a call, if the result is no scalar, or something cannot be followed.
    """
    return _made(_Grad, func, grad_vars, argnums, has_aux, return_value)


def vector_grad(
    func: Callable | None = None,
    grad_vars: Any = None,
    argnums: int | Sequence[int] | None = None,
    return_value: bool = False,
    has_aux: bool | None = None,
    dyn_vars: Any = None,
    child_objs: Any = None,
) -> Any:
    """The gradient of the sum of an array result: its derivative entry by entry, if the function is elementwise.

    Arguments as in `grad`.
    """
    return _made(_VectorGrad, func, grad_vars, argnums, has_aux, return_value)


def jacobian(
    func: Callable | None = None,
    grad_vars: Any = None,
    argnums: int | Sequence[int] | None = None,
    has_aux: bool | None = None,
    return_value: bool = False,
    holomorphic: bool = False,
    allow_int: bool = False,
    dyn_vars: Any = None,
    child_objs: Any = None,
) -> Any:
    """All derivatives of an array result: arrays of shape (*result, *input). Arguments as in `grad`."""
    return _made(_Jacobian, func, grad_vars, argnums, has_aux, return_value)


jacrev = jacobian


def jacfwd(
    func: Callable | None = None,
    grad_vars: Any = None,
    argnums: int | Sequence[int] | None = None,
    has_aux: bool | None = None,
    return_value: bool = False,
    holomorphic: bool = False,
    dyn_vars: Any = None,
    child_objs: Any = None,
) -> Any:
    """The same as `jacobian`."""
    return jacobian(func, grad_vars, argnums, has_aux, return_value)


def hessian(
    func: Callable,
    grad_vars: Any = None,
    argnums: int | Sequence[int] | None = None,
    return_value: bool = False,
    holomorphic: bool = False,
    dyn_vars: Any = None,
    child_objs: Any = None,
) -> Any:
    """All second derivatives of a scalar result. Arguments as in `grad`."""
    inner = _Grad(func, grad_vars, argnums, False, False)
    outer = _Jacobian(inner, grad_vars, argnums, False, False)
    if not return_value:
        return outer

    def call(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        return outer(*args, **kwargs), func(*args, **kwargs)

    return call
