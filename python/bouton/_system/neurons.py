# SPDX-License-Identifier: Apache-2.0
"""Groups of neurons, and views of some of them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from bouton._system.dynamical import DynamicalSystem
from bouton.math.environment import Mode
from bouton.math.variable import Variable, VariableView

__all__ = ['NeuDyn', 'NeuGroup', 'NeuGroupNS', 'NeuGroupView']


class NeuGroup(DynamicalSystem):
    """The base of groups of neurons.

    A subclass makes its variables, writes `update`, which takes the time argument first, `reset_state`, and
    `clear_input` if it has an ``input`` that synapses and the runner add to. Synapses read ``spike``, ``num`` and
    ``size`` of a presynaptic group and use ``input`` and ``V`` of a postsynaptic one.

    Parameters
    ----------
    size : int or tuple of int
        The geometry; each at least 1.
    keep_size : bool
        Whether variables have the shape of the geometry, or are flat.

    Attributes
    ----------
    num : int
        Number of neurons.
    varshape : tuple of int
        `size` with `keep_size`, else (num,).
    """

    #: Name of the variable that the `update` of a built-in group returns.
    _core_output: str | None = 'spike'

    def __init__(self, size: Any, keep_size: bool = False, name: str | None = None, mode: Mode | None = None):
        self.size = _checked_size(size)
        self.num = math.prod(self.size)
        self.keep_size = bool(keep_size)
        super().__init__(name=name, mode=mode)

    @property
    def varshape(self) -> tuple[int, ...]:
        """The shape of a variable without a batch axis."""
        return self.size if self.keep_size else (self.num,)

    def get_batch_shape(self, batch_size: int | None = None) -> tuple[int, ...]:
        """The shape of a variable: (batch_size, *varshape), or varshape for None."""
        return self.varshape if batch_size is None else (int(batch_size), *self.varshape)

    def update(self, *args: Any) -> Any:
        """Make one step. Every subclass writes its own."""
        raise NotImplementedError(f'Subclass of {type(self).__name__} must implement "update" function.')

    def __getitem__(self, item: Any) -> NeuGroupView:
        """Some of the neurons, as a group: an integer, slice, list, array or mask, one for each axis of `varshape`."""
        return NeuGroupView(self, item)

    def __repr__(self) -> str:
        return f'{type(self).__name__}(name={self.name}, mode={self.mode}, size={self.size})'


class NeuGroupNS(NeuGroup):
    """A group whose `update` takes no time argument: ``update(self, x=None)``; it reads `bouton.share`."""

    _pass_shared_args = False
    _takes_time = False


#: The name of the same base class in newer programs.
NeuDyn = NeuGroupNS


class NeuGroupView(NeuGroup):
    """Some neurons of a group, as if they were one. Reading and writing its variables reads and writes the group's.

    It is never stepped: the group is what belongs into a network.

    Parameters
    ----------
    target : NeuGroup
        The group.
    index : int, slice, list, array, mask or tuple of these
        Which neurons; IndexError if one is out of range.
    """

    def __init__(self, target: NeuGroup, index: Any, name: str | None = None, mode: Mode | None = None):
        if not isinstance(target, NeuGroup):
            raise TypeError(f'A view is one of a NeuGroup, but we got {type(target)}: {target!r}')
        self.index = tuple(_checked_index(i) for i in (index if isinstance(index, tuple) else (index,)))
        if len(self.index) > len(target.varshape):
            raise IndexError(
                f"Length of the index should not be more than that of the target's varshape. "
                f'But we got {len(self.index)} > {len(target.varshape)}'
            )
        numbers = np.arange(target.num).reshape(target.varshape)[self.index]
        if numbers.size == 0:
            raise IndexError(f'the index {index!r} selects no neuron of {target.name}')
        super().__init__(numbers.shape, keep_size=True, name=name, mode=target.mode if mode is None else mode)
        self.target = target
        #: Which neurons of the target, as row-major numbers.
        self.flat_indices = numbers.reshape(-1).astype(np.uint32)
        part = target._core_part
        if part is not None:
            self._core_part = part.view(self.flat_indices)
        for key, variable in target._own_variables():
            if key in target.__dict__ and _is_per_neuron(target, variable):
                self.__dict__[key] = self._view_of(variable)

    def _view_of(self, variable: Variable) -> VariableView:
        batch = (slice(None),) if variable.ndim > len(self.target.varshape) else ()
        return VariableView(variable, (*batch, *self.index))

    def __getattr__(self, key: str) -> Any:
        # variables and parameters that the group has got since, or that are no state
        target = self.__dict__.get('target')
        if target is None or key.startswith('_'):
            raise AttributeError(f'{type(self).__name__!r} object has no attribute {key!r}')
        value = getattr(target, key)
        return self._view_of(value) if isinstance(value, Variable) and _is_per_neuron(target, value) else value

    _copied_in_turn = 1  # after the group

    def _copy_core(self, original: Any) -> None:
        self._core_part = self.target._core_part.view(self.flat_indices)

    @property
    def varshape(self) -> tuple[int, ...]:
        return self.size

    @property
    def whole(self) -> NeuGroup:
        """The group that is stepped."""
        return self.target.whole

    def update(self, *args: Any, **kwargs: Any) -> None:
        """Nothing: the group is what is stepped."""

    def reset_state(self, batch_size: int | None = None) -> None:
        """Nothing."""

    def __repr__(self) -> str:
        return f'{type(self).__name__}(target={self.target!r}, index={self.index})'


def _is_per_neuron(group: NeuGroup, variable: Variable) -> bool:
    shape = group.varshape
    return variable.shape == shape or variable.shape[1:] == shape


def _checked_index(index: Any) -> Any:
    if isinstance(index, (int, np.integer)) and not isinstance(index, bool):
        return slice(int(index), int(index) + 1 or None)  # keeps the axis
    if isinstance(index, slice):
        return index
    array = np.asarray(index)
    if array.ndim == 0 and array.dtype.kind in 'iu':
        return _checked_index(int(array))
    if array.ndim != 1 or array.dtype.kind not in 'iub':
        raise TypeError(f'the index of a view must be made of integers, slices, or 1-d arrays, but we got {index!r}')
    return array


def _checked_size(size: Any) -> tuple[int, ...]:
    if isinstance(size, (int, np.integer)) and not isinstance(size, bool):
        sizes: tuple = (size,)
    elif isinstance(size, (tuple, list)) or (isinstance(size, np.ndarray) and size.ndim <= 1):
        sizes = tuple(np.atleast_1d(size).tolist()) if isinstance(size, np.ndarray) else tuple(size)
    else:
        raise ValueError(f'size must be int, or a tuple/list of int. But we got {type(size)}')
    if not sizes or not all(isinstance(n, (int, np.integer)) and not isinstance(n, bool) for n in sizes):
        raise ValueError(f'size must be int, or a tuple/list of int. But we got {size!r}')
    if any(n < 1 for n in sizes):
        raise ValueError(f'size must be positive, but we got {size!r}')
    return tuple(int(n) for n in sizes)
