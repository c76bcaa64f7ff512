# SPDX-License-Identifier: Apache-2.0
"""What all connectors have in common: binding to two sizes, and the structures that can be asked of them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from bouton import _core
from bouton._scalars import shape_of
from bouton.connect.converters import check_csr, coo2csr, csr2coo, group, ids_of, mat2coo
from bouton.errors import ConnectorError

CONN_MAT = 'conn_mat'
PRE_IDS = 'pre_ids'
POST_IDS = 'post_ids'
PRE2POST = 'pre2post'
POST2PRE = 'post2pre'
PRE2SYN = 'pre2syn'
POST2SYN = 'post2syn'
PRE_SLICE = 'pre_slice'
POST_SLICE = 'post_slice'
COO = 'coo'
CSR = 'csr'
CSC = 'csc'


class Connector:
    """Base of all connectors."""


class TwoEndConnector(Connector):
    """A rule that says who is connected to whom.

    A connector is bound to the sizes of two populations by calling it, and then serves the connections in any of the
    forms below. They are made once, when they are first needed, and are the same in every form; binding it again draws
    again. Neurons of a population with several axes are numbered row-major.

    ================================  ==============================================================================
    `conn_mat`                        bool array (pre_num, post_num)
    `pre_ids`, `post_ids`             the two ends of each connection, int32; `coo` is the pair of them
    `pre2post` (`csr`)                (indices, indptr): neuron i contacts ``indices[indptr[i]:indptr[i + 1]]``
    `post2pre` (`csc`)                (indices, indptr): neuron j is contacted by ``indices[indptr[j]:indptr[j + 1]]``
    `pre2syn`, `post2syn`             (connections, indptr): the numbers, in the order of `pre_ids`, of the connections
                                      of each pre, or post, neuron
    ================================  ==============================================================================

    A rule of your own is a subclass that has one of the methods `build_mat`, which returns a matrix of shape
    (pre_num, post_num), `build_csr`, (indices, indptr), and `build_coo`, (pre_ids, post_ids); or `build_conn`, which
    returns ``('mat', matrix)``, ``('csr', (indices, indptr))`` or ``('ij', (pre_ids, post_ids))``, or a dict with one
    of these keys. The sizes are there as `pre_size`, `post_size`, `pre_num` and `post_num`.

    Parameters
    ----------
    pre, post : int, tuple of int, optional
        Sizes to bind it to at once.
    """

    #: Whether a synapse has it. Another synapse that is given it takes a copy, which is bound anew.
    is_in_use = False

    def __init__(self, pre: Any = None, post: Any = None):
        self.pre_size: tuple[int, ...] | None = None
        self.post_size: tuple[int, ...] | None = None
        self._connectivity: Any = None
        # Shared by copies, so that each binding of a connector with random numbers draws anew.
        self._bindings = [0]
        self._draw = 0
        if pre is not None or post is not None:
            self(pre, pre if post is None else post)

    def __call__(self, pre_size: Any, post_size: Any) -> TwoEndConnector:
        """Binds it to two populations; returns itself. ConnectorError for sizes that the rule cannot connect."""
        pre_size, post_size = shape_of(pre_size, 'pre_size'), shape_of(post_size, 'post_size')
        self._check_sizes(pre_size, post_size)
        self.pre_size, self.post_size = pre_size, post_size
        self._connectivity = None
        self._draw = self._bindings[0]
        self._bindings[0] += 1
        return self

    def _check_sizes(self, pre_size: tuple[int, ...], post_size: tuple[int, ...]) -> None:
        """Raises ConnectorError where the rule does not fit these sizes."""

    @property
    def pre_num(self) -> int | None:
        """How many presynaptic neurons it is bound to; None before."""
        return None if self.pre_size is None else math.prod(self.pre_size)

    @property
    def post_num(self) -> int | None:
        """How many postsynaptic neurons it is bound to; None before."""
        return None if self.post_size is None else math.prod(self.post_size)

    def __repr__(self) -> str:
        sizes = '' if self.pre_size is None else f'(pre_size={self.pre_size}, post_size={self.post_size})'
        return f'{type(self).__name__}({self._arguments()}){sizes}'

    def _arguments(self) -> str:
        return ''

    # ---- the connections -------------------------------------------------------------------------------------------

    def build_conn(self) -> Any:
        """The connections as a subclass makes them; see the class."""
        raise NotImplementedError(
            f'{type(self).__name__} must implement build_mat, build_csr, build_coo or build_conn'
        )

    def build_mat(self) -> np.ndarray:
        """`conn_mat`."""
        return self._structure(CONN_MAT)

    def build_csr(self) -> tuple[np.ndarray, np.ndarray]:
        """`pre2post`."""
        return self._structure(CSR)

    def build_coo(self) -> tuple[np.ndarray, np.ndarray]:
        """(`pre_ids`, `post_ids`)."""
        return self._structure(COO)

    def _core_connector(self) -> Any:
        """The core's connector for this rule, bound sizes and draw."""
        form, data = self._own_connections()
        if form == 'mat':
            matrix = np.asarray(data)
            if matrix.shape != (self.pre_num, self.post_num):
                raise ConnectorError(
                    f'The matrix of {type(self).__name__} must have the shape (pre_num, post_num) = '
                    f'{(self.pre_num, self.post_num)}, but its shape is {matrix.shape}'
                )
            return _core.coo(*mat2coo(matrix))
        if form == 'csr':
            indices, indptr = check_csr(data)
            if indptr.size != self.pre_num + 1:
                raise ConnectorError(
                    f'indptr of {type(self).__name__} must have pre_num + 1 = {self.pre_num + 1} entries, '
                    f'but it has {indptr.size}'
                )
            return _core.coo(*csr2coo((indices, indptr)))
        return _core.coo(ids_of(data[0], 'pre_ids'), ids_of(data[1], 'post_ids'))

    def _own_connections(self) -> tuple[str, Any]:
        """What the method of the most derived class that makes connections returns, and its form."""
        for cls in type(self).__mro__:
            if cls is TwoEndConnector:
                break
            for name, form in (('build_coo', 'ij'), ('build_csr', 'csr'), ('build_mat', 'mat')):
                if name in vars(cls):
                    return form, getattr(self, name)()
            if 'build_conn' in vars(cls):
                return self._parse(self.build_conn())
        return self._parse(self.build_conn())

    def _parse(self, built: Any) -> tuple[str, Any]:
        if isinstance(built, dict):
            for form in ('ij', 'csr', 'mat'):
                if form in built:
                    return form, built[form]
        elif isinstance(built, (tuple, list)) and len(built) == 2 and isinstance(built[0], str):
            form = {CONN_MAT: 'mat', COO: 'ij', PRE2POST: 'csr'}.get(built[0], built[0])
            if form in ('ij', 'csr', 'mat'):
                return form, built[1]
        raise ConnectorError(
            f"build_conn of {type(self).__name__} must return ('mat', matrix), ('csr', (indices, indptr)) or "
            f"('ij', (pre_ids, post_ids)), or a dict with one of these keys, but we got {built!r}"
        )

    @property
    def connectivity(self) -> Any:
        """The connections as the core holds them; made when they are first needed."""
        if self.pre_size is None or self.post_size is None:
            raise ConnectorError(
                'self.pre_num or self.post_num is not defined. '
                'Please call the connector with (pre_size, post_size) first.'
            )
        if self._connectivity is None:
            self._connectivity = self._core_connector().build(self.pre_size, self.post_size)
        return self._connectivity

    # ---- structures ------------------------------------------------------------------------------------------------

    def require(self, *structures: Any) -> Any:
        """The structures with these names: one of them, or a tuple in the order of the names.

        The sizes may be given as the first two arguments, which binds the connector as a call does. ConnectorError for
        an unknown name, or where it is not bound.
        """
        if len(structures) >= 2 and not isinstance(structures[0], str) and not isinstance(structures[1], str):
            self(structures[0], structures[1])
            structures = structures[2:]
        for name in structures:
            if not isinstance(name, str) or name not in _STRUCTURES:
                raise ConnectorError(f'Unknown synapse structure "{name}". Only {list(_STRUCTURES)} is supported.')
        found = tuple(self._structure(name) for name in structures)
        return found[0] if len(found) == 1 else found

    requires = require

    def _structure(self, name: str) -> Any:
        return _STRUCTURES[name](self)

    def _pairs(self) -> tuple[np.ndarray, np.ndarray]:
        connectivity = self.connectivity
        return connectivity.pre_ids, connectivity.post_ids

    def _csc(self) -> tuple[np.ndarray, np.ndarray]:
        pre_ids, post_ids = self._pairs()
        order, indptr = group(post_ids, self.post_num)
        return pre_ids[order], indptr


_STRUCTURES = {
    CONN_MAT: lambda self: self.connectivity.mat(),
    PRE_IDS: lambda self: self._pairs()[0],
    POST_IDS: lambda self: self._pairs()[1],
    PRE2POST: lambda self: coo2csr(self._pairs(), self.pre_num),
    POST2PRE: TwoEndConnector._csc,
    PRE2SYN: lambda self: group(self._pairs()[0], self.pre_num),
    POST2SYN: lambda self: group(self._pairs()[1], self.post_num),
    COO: TwoEndConnector._pairs,
    CSR: lambda self: coo2csr(self._pairs(), self.pre_num),
    CSC: TwoEndConnector._csc,
}


class OneEndConnector(TwoEndConnector):
    """A rule for the connections within one population, or between two of the same shape."""

    def __call__(self, pre_size: Any, post_size: Any = None) -> TwoEndConnector:
        return super().__call__(pre_size, pre_size if post_size is None else post_size)

    def _check_sizes(self, pre_size: tuple[int, ...], post_size: tuple[int, ...]) -> None:
        if pre_size != post_size:
            raise ConnectorError(
                'The shape of pre-synaptic group should be the same with the post group. '
                f'But we got {pre_size} != {post_size}.'
            )
