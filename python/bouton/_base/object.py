# SPDX-License-Identifier: Apache-2.0
"""The root of all classes: a unique name, children, variables, saved states."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from types import CellType, FunctionType
from typing import Any

import numpy as np

from bouton._base import naming, states, structure
from bouton._base.collectors import ArrayCollector, Collector
from bouton.errors import UniqueNameError
from bouton.math.variable import NodeDict, NodeList, TrainVar, VarDict, Variable, VarList

_COPIES = 'copies of bouton'  # in the memo of a deep copy: pairs (original, copy) that are not complete
_NODES = (NodeList, NodeDict)
_VARIABLES = (VarList, VarDict)


class BrainPyObject:
    """An object with a unique name, whose children and variables can be listed.

    A child or a variable is found where it is an attribute, or inside a `NodeList`, `NodeDict`, `VarList` or `VarDict`
    that is one, or registered with `register_implicit_nodes` or `register_implicit_vars`.

    Assigning to an attribute that holds a `Variable` writes into it, ``obj.V = x`` is ``obj.V.value = x``: the variable
    stays the same object. Other attributes are replaced as usual.

    Parameters
    ----------
    name : str, optional
        An identifier that no other object has; by default the name of the class and a counter.
    """

    def __init__(self, name: str | None = None):
        self.implicit_vars = ArrayCollector()
        self.implicit_nodes = NodeDict()
        self._name = self.unique_name(name)

    def __setattr__(self, key: str, value: Any) -> None:
        old = self.__dict__.get(key)
        if isinstance(old, Variable):
            if value is not old:
                old.value = value.value if isinstance(value, Variable) else value
            return
        object.__setattr__(self, key, value)
        if isinstance(value, BrainPyObject) or isinstance(old, BrainPyObject):
            structure.change()

    def __delattr__(self, key: str) -> None:
        object.__delattr__(self, key)
        structure.change()

    @property
    def name(self) -> str:
        """The unique name. Assigning renames the object."""
        try:
            return self._name
        except AttributeError:
            raise RuntimeError(f'{type(self).__name__}.__init__ must call super().__init__() first') from None

    @name.setter
    def name(self, name: str) -> None:
        old = self.name
        object.__setattr__(self, '_name', naming.check_and_register(name, self))
        if old != name:
            naming.release(old, self)
        structure.change()

    def unique_name(self, name: str | None = None, type_: str | None = None) -> str:
        """Register `name`, or the next free one of a kind, as that of this object, and return it.

        Raises
        ------
        BrainPyError
            `name` is not an identifier.
        UniqueNameError
            Another object has it.
        """
        if name is None:
            return naming.next_name(type_ or type(self).__name__, self)
        return naming.check_and_register(name, self)

    # ---- children and variables ------------------------------------------------------------------------------------

    def register_implicit_vars(self, *variables: Any, var_cls: type | None = None, **named_variables: Any) -> None:
        """Register variables that are not attributes: each a `Variable`, or a list, tuple or dict of them."""
        kind = var_cls or Variable
        for position, variable in enumerate(_flat(variables)):
            self._register(self.implicit_vars, f'var{len(self.implicit_vars)}', variable, kind, f'argument {position}')
        for key, variable in named_variables.items():
            self._register(self.implicit_vars, key, variable, kind, key)

    def register_implicit_nodes(self, *nodes: Any, node_cls: type | None = None, **named_nodes: Any) -> None:
        """Register children that are not attributes: each an object, or a list, tuple or dict of them.

        A positional one is listed under its name, the others under their keys.
        """
        kind = node_cls or BrainPyObject
        for position, node in enumerate(_flat(nodes)):
            key = node.name if isinstance(node, BrainPyObject) else ''
            self._register(self.implicit_nodes, key, node, kind, f'argument {position}')
        for key, node in named_nodes.items():
            self._register(self.implicit_nodes, key, node, kind, key)

    @staticmethod
    def _register(into: dict, key: str, value: Any, kind: type, what: str) -> None:
        if not isinstance(value, kind):
            raise ValueError(f'Must be instance of {kind.__name__}, but {what} is {type(value)}: {value!r}')
        into[key] = value
        structure.change()

    def _children(self) -> Iterator[tuple[str, BrainPyObject]]:
        """Direct children: attributes in the order of their creation, then registered ones."""
        for key, value in self.__dict__.items():
            if isinstance(value, BrainPyObject):
                yield key, value
            elif isinstance(value, _NODES) and key != 'implicit_nodes':
                yield from _items(key, value, BrainPyObject)
        yield from self.implicit_nodes.items()

    def _own_variables(self) -> Iterator[tuple[str, Variable]]:
        """Variables of this object alone: attributes by name, then registered ones."""
        for key, value in sorted(self.__dict__.items()):
            if isinstance(value, Variable):
                yield key, value
            elif isinstance(value, _VARIABLES):
                yield from _items(key, value, Variable)
        yield from self.implicit_vars.items()

    def _has_open_containers(self) -> bool:
        """Whether some children are in a `NodeList` or `NodeDict`, which changes without telling."""
        return any(isinstance(value, _NODES) for key, value in self.__dict__.items() if key != 'implicit_nodes')

    def nodes(self, method: str = 'absolute', level: int = -1, include_self: bool = True) -> Collector:
        """This object and what is below it.

        Parameters
        ----------
        method : 'absolute' or 'relative'
            Keys are unique names, each object once; or attribute paths from here, '' for the object itself, so that one
            object may be found under several paths.
        level : int
            How deep: 0, this object; 1, its children; -1, everything.
        include_self : bool
            Whether this object is listed.

        Returns
        -------
        Collector
            Objects by key: children first, attributes in the order of their creation before registered ones, then what
            is below each of them.
        """
        if method not in ('absolute', 'relative'):
            raise ValueError(f'No support for the method of "{method}".')
        found = Collector()
        if include_self:
            dict.__setitem__(found, self.name if method == 'absolute' else '', self)
        self._collect_nodes(found, method == 'absolute', '', level, set())
        return found

    def _collect_nodes(self, found: Collector, absolute: bool, path: str, level: int, edges: set) -> None:
        if level == 0:
            return
        below = []
        for key, child in self._children():
            edge = (id(self), id(child))
            if edge in edges:
                continue
            edges.add(edge)
            child_path = f'{path}.{key}' if path else key
            name = child.name if absolute else child_path
            if name not in found:
                dict.__setitem__(found, name, child)
            elif absolute and found[name] is not child:
                raise UniqueNameError(
                    f'Two objects in {self.name} are named "{name}": a deep copy has the name of its original until it '
                    'is renamed, copy.name = ...'
                )
            below.append((child_path, child))
        for child_path, child in below:
            child._collect_nodes(found, absolute, child_path, level - 1, edges)

    def vars(
        self,
        method: str = 'absolute',
        level: int = -1,
        include_self: bool = True,
        exclude_types: type | tuple[type, ...] | None = None,
    ) -> ArrayCollector:
        """The variables of this object and of what is below it, by path; arguments as those of `nodes`.

        Parameters
        ----------
        exclude_types : type or tuple of types, optional
            Kinds of variables to leave out.
        """
        excluded = tuple(exclude_types) if isinstance(exclude_types, list | tuple) else exclude_types or ()
        found = ArrayCollector()
        for path, node in self.nodes(method, level, include_self).items():
            for key, variable in node._own_variables():
                if not isinstance(variable, excluded):
                    dict.__setitem__(found, f'{path}.{key}' if path else key, variable)
        return found

    def train_vars(self, method: str = 'absolute', level: int = -1, include_self: bool = True) -> ArrayCollector:
        """The trainable variables, by path; arguments as those of `nodes`."""
        return self.vars(method, level, include_self).subset(TrainVar)

    # ---- states ----------------------------------------------------------------------------------------------------

    def state_dict(self) -> dict[str, dict[str, Any]]:
        """The values of all variables: for each object below, by its name, a dict of arrays by '<name>.<variable>'."""
        return states.state_dict(self)

    def load_state_dict(
        self, state_dict: dict[str, dict[str, Any]], warn: bool = True, compatible: str = 'v2'
    ) -> states.StateLoadResult:
        """Write the values of a `state_dict` into the variables. Nothing is written if one of them does not fit.

        Returns
        -------
        StateLoadResult
            `missing_keys`, variables without a value, and `unexpected_keys`, values without a variable. With `warn`
            they are also warned about.
        """
        return states.load_state_dict(self, state_dict, warn, compatible)

    def save_states(self, filename: Any, variables: dict[str, Any] | None = None, **setting: Any) -> None:
        """Save the values of the variables to a file: .npz, .pkl, .h5 (needs h5py) or .mat (needs SciPy).

        A network that loads them goes on as this one does, with a runner that starts at the same time. Spikes that are
        on their way in the delay lines of built-in groups are not saved.

        Parameters
        ----------
        filename : path
            Its ending says the format.
        variables : dict, optional
            Variables by key; by default all below this object.
        setting
            Passed on to the function that writes.
        """
        states.save(filename, self.vars().unique() if variables is None else variables, **setting)

    def load_states(self, filename: Any, verbose: bool = False) -> None:
        """Read the values of the variables from a file written by `save_states`."""
        states.load(filename, self.vars(), verbose)

    # ---- devices ---------------------------------------------------------------------------------------------------

    def to(self, device: Any) -> BrainPyObject:
        """This object; everything is computed on the processor, whatever the device is called."""
        return self

    def cpu(self) -> BrainPyObject:
        """This object."""
        return self

    def cuda(self) -> BrainPyObject:
        """ValueError: there is only the processor."""
        raise ValueError(f'bouton computes on the cpu; {type(self).__name__} cannot be moved to a GPU')

    def tpu(self) -> BrainPyObject:
        """ValueError: there is only the processor."""
        raise ValueError(f'bouton computes on the cpu; {type(self).__name__} cannot be moved to a TPU')

    # ---- copies ----------------------------------------------------------------------------------------------------

    #: Attributes that a deep copy does not take over.
    _made_anew: frozenset[str] = frozenset()

    def __copy__(self) -> BrainPyObject:
        """An object with the same attributes, which both share."""
        new = object.__new__(type(self))
        new.__dict__.update(self.__dict__)
        return new

    def __deepcopy__(self, memo: dict) -> BrainPyObject:
        """An independent object in the same state, with copies of all that it refers to. It has the name of its
        original: rename one of them, ``copy.name = ...``, before both are put into one network."""
        new = object.__new__(type(self))
        memo[id(self)] = new
        is_outermost = _COPIES not in memo
        copies = memo.setdefault(_COPIES, [])
        copies.append((self, new))
        try:
            for key, value in self.__dict__.items():
                if key not in self._made_anew:
                    copy_functions(value, memo)
                    new.__dict__[key] = memo[id(value)] if id(value) in memo else copy.deepcopy(value, memo)
            if is_outermost:
                for original, made in sorted(copies, key=lambda pair: pair[0]._copied_in_turn):
                    made._complete_copy(original)
        finally:
            if is_outermost:
                del memo[_COPIES]
        structure.change()
        return new

    #: Of all objects that are copied together, those with less are completed first.
    _copied_in_turn = 0

    def _complete_copy(self, original: Any) -> None:
        """Make what `_made_anew` names, once all attributes of all objects are there."""

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise TypeError(
            f'{self.name} cannot be pickled: build it again where it is needed, and hand over its state_dict()'
        )

    # ---- use -------------------------------------------------------------------------------------------------------

    def __rrshift__(self, x: Any) -> Any:
        """``x >> obj`` is ``obj(x)``."""
        return self(x)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        """The same where x is an array, which would shift itself by each of its elements."""
        if ufunc is np.right_shift and method == '__call__' and inputs[1] is self and not kwargs:
            return self(inputs[0])
        return NotImplemented

    def __repr__(self) -> str:
        return f'{type(self).__name__}(name={self.__dict__.get("_name")})'


def copy_functions(value: Any, memo: dict) -> None:
    """Enter copies of the functions in a value into the memo of a deep copy, where they refer to objects or variables
    from around their definition, as ``lambda V, t: -V / self.tau`` does; others stay what they are."""
    if isinstance(value, FunctionType):
        if id(value) not in memo and value.__closure__:
            _copy_function(value, memo)
    elif isinstance(value, list | tuple):
        for item in value:
            copy_functions(item, memo)
    elif isinstance(value, dict):
        for item in value.values():
            copy_functions(item, memo)


def _copy_function(function: FunctionType, memo: dict) -> None:
    closure = function.__closure__ or ()
    cells = tuple(CellType() for _ in closure)
    new = FunctionType(function.__code__, function.__globals__, function.__name__, function.__defaults__, cells)
    memo[id(function)] = new  # first, as it may refer to itself
    refers = False
    for cell, old in zip(cells, closure, strict=True):
        try:
            held = old.cell_contents
        except ValueError:  # nothing yet
            continue
        copy_functions(held, memo)
        if id(held) in memo or isinstance(held, BrainPyObject | Variable):
            cell.cell_contents = memo[id(held)] if id(held) in memo else copy.deepcopy(held, memo)
            refers = True
        else:
            cell.cell_contents = held
    if not refers:
        del memo[id(function)]
    new.__kwdefaults__, new.__qualname__ = function.__kwdefaults__, function.__qualname__
    new.__dict__.update(function.__dict__)


def _flat(values: Any) -> Iterator[Any]:
    for value in values:
        if isinstance(value, list | tuple):
            yield from value
        elif isinstance(value, dict):
            yield from value.values()
        else:
            yield value


def _items(key: str, container: list | dict, kind: type) -> Iterator[tuple[str, Any]]:
    is_list = isinstance(container, list)
    separator = '-' if is_list or kind is Variable else '.'
    for inner, value in enumerate(container) if is_list else container.items():
        if isinstance(value, kind):
            yield f'{key}{separator}{inner}', value
