# SPDX-License-Identifier: Apache-2.0
"""Loops and branches in the form that compiled array programs write them in, carried out step by step.

A function that is called reads and writes variables as it likes. What a program declares for a compiler (`dyn_vars`,
`child_objs`, `unroll`, ...) is accepted and has no effect.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from bouton.math.array import Array, asarray, wrap
from bouton.math.variable import Variable

__all__ = [
    'for_loop',
    'while_loop',
    'cond',
    'ifelse',
    'make_loop',
    'make_while',
    'make_cond',
    'jit',
    'cls_jit',
    'remat',
    'shared_args_over_time',
]


def tree_map(function: Callable[..., Any], tree: Any, *more: Any) -> Any:
    """`function` of the leaves of trees made of tuples, lists, dictionaries and None."""
    if tree is None:
        return None
    if isinstance(tree, dict):
        return type(tree)((key, tree_map(function, item, *(m[key] for m in more))) for key, item in tree.items())
    if isinstance(tree, tuple | list):
        items = [tree_map(function, *each) for each in zip(tree, *more, strict=True)]
        return type(tree)(*items) if hasattr(tree, '_fields') else type(tree)(items)
    return function(tree, *more)


def leaves(tree: Any) -> list[Any]:
    """The leaves of a tree."""
    found: list[Any] = []
    tree_map(found.append, tree)
    return found


class Stack:
    """Collects one tree of values per step and makes one tree of arrays of them, with a leading axis for the steps."""

    def __init__(self, length: int):
        self._length = length
        self._tree: Any = None
        self._started = False

    def put(self, position: int, tree: Any) -> None:
        """Keep `tree` as that of step `position`."""
        if not self._started:
            self._tree = tree_map(lambda value: _Rows(self._length), tree)
            self._started = True
        tree_map(lambda rows, value: rows.put(position, value), self._tree, tree)

    def tree(self) -> Any:
        """All steps."""
        return tree_map(lambda rows: rows.joined(), self._tree)


class _Rows:
    """The values of one leaf, in an array, or in a list if they carry derivatives."""

    __slots__ = ('_length', '_rows')

    def __init__(self, length: int):
        self._length = length
        self._rows: Any = None

    def put(self, position: int, value: Any) -> None:
        if isinstance(value, Variable):
            value = value.value
        if getattr(type(value), 'follows_derivative', False):
            self._rows = [None] * self._length if self._rows is None else list(self._rows)
        elif self._rows is None:
            value = wrap(np.asarray(value))
            self._rows = np.zeros((self._length, *value.shape), value.dtype)
        self._rows[position] = value

    def joined(self) -> Any:
        return np.stack(self._rows) if isinstance(self._rows, list) else self._rows.view(Array)


def for_loop(
    body_fun: Callable[..., Any],
    operands: Any,
    reverse: bool = False,
    unroll: int = 1,
    remat: bool = False,
    jit: bool = True,
    dyn_vars: Any = None,
    child_objs: Any = None,
    progress_bar: bool = False,
) -> Any:
    """Call `body_fun` for every item of `operands` and stack what it returns.

    Parameters
    ----------
    body_fun : callable
        Is called as ``body_fun(x[i])``, or ``body_fun(x[i], y[i], ...)`` for a tuple or list of operands.
    operands : array, tree of arrays, or tuple or list of these
        Of equal length along the first axis.
    reverse : bool
        Go from the last item to the first. Results stay in the order of the items.

    Returns
    -------
    A tree of the form that `body_fun` returns, every leaf with a leading axis for the items; None if it returns None.

    Raises
    ------
    ValueError
        If the operands differ in length, have none, or have length 0.
    """
    arguments = operands if isinstance(operands, tuple | list) else (operands,)
    arguments = tree_map(lambda x: x.value if isinstance(x, Variable) else asarray(x), arguments)
    lengths = {x.shape[0] if x.ndim else None for x in leaves(arguments)}
    if len(lengths) != 1 or None in lengths:
        raise ValueError(
            'for_loop needs operands with a first axis of the same length, but we got shapes '
            f'{[x.shape for x in leaves(arguments)]}'
        )
    length = lengths.pop()
    if length == 0:
        raise ValueError('for_loop needs at least one item, but the operands have length 0')
    results = Stack(length)
    for i in range(length - 1, -1, -1) if reverse else range(length):
        results.put(i, body_fun(*tree_map(lambda x, i=i: x[i], arguments)))
    return results.tree()


def while_loop(
    body_fun: Callable[..., Any],
    cond_fun: Callable[..., Any],
    operands: Any,
    dyn_vars: Any = None,
    child_objs: Any = None,
) -> Any:
    """Call ``operands = body_fun(*operands)`` as long as ``cond_fun(*operands)`` holds. Returns the last operands.

    A `body_fun` that returns None leaves the operands as they are and works on variables.
    """
    arguments = operands if isinstance(operands, tuple | list) else (operands,)
    while cond_fun(*arguments):
        result = body_fun(*arguments)
        if result is not None:
            arguments = result if isinstance(result, tuple | list) else (result,)
    return arguments


def _call(branch: Any, operands: Any) -> Any:
    if not callable(branch):
        return branch
    if operands is None:
        return branch()
    return branch(*operands) if isinstance(operands, tuple | list) else branch(operands)


def cond(
    pred: Any,
    true_fun: Any,
    false_fun: Any,
    operands: Any = (),
    dyn_vars: Any = None,
    child_objs: Any = None,
) -> Any:
    """``true_fun(*operands)`` if `pred` holds, else ``false_fun(*operands)``. A branch may also be a value."""
    return _call(true_fun if pred else false_fun, operands)


def ifelse(
    conditions: Any,
    branches: Sequence[Any],
    operands: Any = None,
    show_code: bool = False,
    dyn_vars: Any = None,
    child_objs: Any = None,
) -> Any:
    """The branch of the first condition that holds, or the last branch.

    Raises
    ------
    ValueError
        If there is not one branch more than there are conditions.
    """
    conditions = conditions if isinstance(conditions, tuple | list) else [conditions]
    if not isinstance(branches, tuple | list):
        raise TypeError(f'"branches" must be a tuple or list, but we got {type(branches)}')
    if len(branches) != len(conditions) + 1:
        raise ValueError(
            f'The numbers of branches and conditions do not match. Got len(conditions)={len(conditions)} and '
            f'len(branches)={len(branches)}. We expect len(conditions) + 1 == len(branches).'
        )
    for condition, branch in zip(conditions, branches, strict=False):
        if condition:
            return _call(branch, operands)
    return _call(branches[-1], operands)


def make_loop(
    body_fun: Callable[[Any], Any], dyn_vars: Any, out_vars: Any = None, has_return: bool = False
) -> Callable[[Any], Any]:
    """A function that calls `body_fun` for every item of its argument and stacks `out_vars` after every call.

    It returns the history of `out_vars` (a variable, or a list or dictionary of them); with `has_return` a pair of that
    and of the stacked results of `body_fun`.
    """

    def loop(xs: Any) -> Any:
        def body(x: Any) -> Any:
            result = body_fun(x)
            return (out_vars, result) if has_return else out_vars

        return for_loop(body, (xs,))

    return loop


def make_while(cond_fun: Callable[..., Any], body_fun: Callable[..., Any], dyn_vars: Any) -> Callable[..., None]:
    """A function that calls ``body_fun(x)`` as long as ``cond_fun(x)`` holds."""

    def loop(x: Any = None) -> None:
        while cond_fun(x):
            body_fun(x)

    return loop


def make_cond(true_fun: Callable, false_fun: Callable, dyn_vars: Any = None) -> Callable[..., Any]:
    """A function of (pred, x) that calls ``true_fun(x)`` or ``false_fun(x)``."""

    def branch(pred: Any, x: Any = None) -> Any:
        return true_fun(x) if pred else false_fun(x)

    return branch


def jit(func: Any = None, *args: Any, **kwargs: Any) -> Any:
    """`func` itself: functions run as they are. Also as a decorator with arguments."""
    return func if func is not None else lambda f: f


cls_jit = remat = jit


def shared_args_over_time(
    num_step: int | None = None,
    duration: float | None = None,
    dt: float | None = None,
    t0: float = 0.0,
    include_dt: bool = True,
) -> dict:
    """The time arguments of a run, as arrays over the steps: ``t``, ``i`` and ``dt``.

    Parameters
    ----------
    num_step : int, optional
        Number of steps; or
    duration : float, optional
        their time [ms].
    dt : float, optional
        Time step [ms]; the global one by default.

    Raises
    ------
    ValueError
        If neither or both of `num_step` and `duration` are given.
    """
    from bouton.math.environment import checked_dt, get_dt, state

    dt = get_dt() if dt is None else checked_dt(dt)
    if (num_step is None) == (duration is None):
        raise ValueError('Provide one of "num_step" and "duration".')
    steps = int(num_step if num_step is not None else duration / dt * (1 + 1e-9))
    i = np.arange(steps, dtype=state.int_)
    shared = {'t': wrap(np.asarray(i * dt + t0, state.float_)), 'i': i.view(Array)}
    if include_dt:
        shared['dt'] = np.full(steps, dt, state.float_).view(Array)
    return shared
