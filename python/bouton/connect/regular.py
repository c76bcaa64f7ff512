# SPDX-License-Identifier: Apache-2.0
"""Connectors without chance: by rule, or given explicitly."""

from __future__ import annotations

from typing import Any

import numpy as np

from bouton import _core
from bouton._scalars import as_array, integer
from bouton.connect.base import OneEndConnector, TwoEndConnector
from bouton.connect.converters import check_csr, coo2csr, ids_of, mat2coo
from bouton.errors import ConnectorError


class CoreConnector(TwoEndConnector):
    """A rule of the core, unless a subclass makes the connections in Python."""

    def _core_connector(self) -> Any:
        for cls in type(self).__mro__:
            if '_rule' in vars(cls):
                return self._rule()
            if vars(cls).keys() & {'build_mat', 'build_csr', 'build_coo', 'build_conn'}:
                break
        return super()._core_connector()

    def _rule(self) -> Any:
        raise NotImplementedError

    def build_conn(self) -> Any:
        return 'ij', self.build_coo()

    # As the rule has them, so that a subclass may change what it inherits.

    def build_mat(self) -> np.ndarray:
        return self._rule().build(self.pre_size, self.post_size).mat()

    def build_csr(self) -> tuple[np.ndarray, np.ndarray]:
        return coo2csr(self.build_coo(), self.pre_num)

    def build_coo(self) -> tuple[np.ndarray, np.ndarray]:
        connectivity = self._rule().build(self.pre_size, self.post_size)
        return connectivity.pre_ids, connectivity.post_ids


class All2All(CoreConnector):
    """Each neuron to each; without i = j if `include_self` is False, also between populations of different size."""

    def __init__(self, *args: Any, include_self: bool = True, **kwargs: Any):
        self.include_self = bool(include_self)
        super().__init__(*args, **kwargs)

    def _arguments(self) -> str:
        return '' if self.include_self else 'include_self=False'

    def _rule(self) -> Any:
        return _core.all_to_all(self.include_self)


class One2One(CoreConnector):
    """i to i, between populations of the same size."""

    def _check_sizes(self, pre_size: tuple[int, ...], post_size: tuple[int, ...]) -> None:
        pre, post = int(np.prod(pre_size)), int(np.prod(post_size))
        if pre != post:
            raise ConnectorError(
                f'One2One connection must be defined in two groups with the same size, but {pre} != {post}.'
            )

    def _rule(self) -> Any:
        return _core.one_to_one()


class GridN(OneEndConnector, CoreConnector):
    """Neurons of one population that differ by at most `N` on each axis.

    Parameters
    ----------
    N : int
        >= 0.
    include_self : bool
        Whether a neuron is connected to itself.
    periodic_boundary : bool
        Whether each axis closes to a ring. Where two ways lead to the same neighbour it is connected once.
    """

    def __init__(self, N: int = 1, include_self: bool = False, periodic_boundary: bool = False, **kwargs: Any):
        self.N = integer(N, 'GridN.N')
        if self.N < 0:
            raise ValueError(f'GridN.N must not be negative, but we got {N!r}')
        self.include_self = bool(include_self)
        self.periodic_boundary = bool(periodic_boundary)
        super().__init__(**kwargs)

    def _arguments(self) -> str:
        return f'N={self.N}, include_self={self.include_self}, periodic_boundary={self.periodic_boundary}'

    def _rule(self) -> Any:
        return _core.grid_n(self.N, self.include_self, self.periodic_boundary)


class GridFour(OneEndConnector, CoreConnector):
    """Neurons of one population at distance 1 along one axis: 2 d neighbours in d dimensions.

    Parameters
    ----------
    include_self : bool
        Whether a neuron is connected to itself.
    periodic_boundary : bool
        Whether each axis closes to a ring.
    """

    def __init__(self, include_self: bool = False, periodic_boundary: bool = False, **kwargs: Any):
        self.include_self = bool(include_self)
        self.periodic_boundary = bool(periodic_boundary)
        super().__init__(**kwargs)

    def _arguments(self) -> str:
        return f'include_self={self.include_self}, periodic_boundary={self.periodic_boundary}'

    def _rule(self) -> Any:
        return _core.grid_four(self.include_self, self.periodic_boundary)


class GridEight(GridN):
    """Neurons of one population that differ by at most 1 on each axis; see `GridN`."""

    def __init__(self, include_self: bool = False, periodic_boundary: bool = False, **kwargs: Any):
        super().__init__(N=1, include_self=include_self, periodic_boundary=periodic_boundary, **kwargs)


class MatConn(CoreConnector):
    """Where `conn_mat`, of shape (pre_num, post_num), is not zero. Its values have no other meaning."""

    def __init__(self, conn_mat: Any, **kwargs: Any):
        matrix = as_array(conn_mat, 'MatConn.conn_mat')
        if matrix.ndim != 2:
            raise ValueError(f'MatConn.conn_mat must be a matrix, but its shape is {matrix.shape}')
        if matrix.dtype.kind == 'f' and np.isnan(matrix).any():
            raise ValueError('MatConn.conn_mat must not hold NaN')
        self.conn_mat = matrix != 0
        super().__init__(**kwargs)

    def _arguments(self) -> str:
        return 'conn_mat=<{} x {}>'.format(*self.conn_mat.shape)

    def _check_sizes(self, pre_size: tuple[int, ...], post_size: tuple[int, ...]) -> None:
        expected = int(np.prod(pre_size)), int(np.prod(post_size))
        if self.conn_mat.shape != expected:
            raise ConnectorError(
                f'MatConn.conn_mat must have the shape {expected}, but its shape is {self.conn_mat.shape}'
            )

    def _rule(self) -> Any:
        return _core.coo(*mat2coo(self.conn_mat))


class IJConn(CoreConnector):
    """Connection k goes from ``i[k]`` to ``j[k]``; the order is kept for values given per connection.

    A pair given twice is two connections (one with `set_compat('brainpy_2_4')`).
    """

    def __init__(self, i: Any, j: Any, **kwargs: Any):
        self._i, self._j = ids_of(i, 'IJConn.i'), ids_of(j, 'IJConn.j')
        if self._i.size != self._j.size:
            raise ValueError(
                f'IJConn.i and IJConn.j must have the same length, but we got {self._i.size} != {self._j.size}'
            )
        super().__init__(**kwargs)

    @property
    def pre_ids(self) -> np.ndarray:
        """The presynaptic end of each connection, in the order given."""
        return self._i

    @property
    def post_ids(self) -> np.ndarray:
        """The postsynaptic end of each connection, in the order given."""
        return self._j

    def _arguments(self) -> str:
        return f'<{self._i.size} pairs>'

    def _check_sizes(self, pre_size: tuple[int, ...], post_size: tuple[int, ...]) -> None:
        for side, size, ids in (('pre', pre_size, self._i), ('post', post_size, self._j)):
            num = int(np.prod(size))
            if ids.size and ids.max() >= num:
                raise ConnectorError(
                    f'{side}_num ({num}) should be greater than the maximum id ({ids.max()}) of self.{side}_ids.'
                )

    def _rule(self) -> Any:
        return _core.coo(self._i, self._j)


class CSRConn(CoreConnector):
    """Neuron i contacts ``indices[inptr[i]:inptr[i + 1]]``, in any order, which is kept for values given per
    connection."""

    def __init__(self, indices: Any, inptr: Any, **kwargs: Any):
        self.indices, self.inptr = check_csr((indices, inptr))
        super().__init__(**kwargs)

    def _arguments(self) -> str:
        return f'<{self.indices.size} connections>'

    def _check_sizes(self, pre_size: tuple[int, ...], post_size: tuple[int, ...]) -> None:
        pre, post = int(np.prod(pre_size)), int(np.prod(post_size))
        if self.inptr.size != pre + 1:
            raise ConnectorError(
                f'CSRConn.inptr must have pre_num + 1 = {pre + 1} entries, but it has {self.inptr.size}'
            )
        if self.indices.size and self.indices.max() >= post:
            raise ConnectorError(
                f'post_num ({post}) should be greater than the maximum id ({self.indices.max()}) of self.indices.'
            )

    def _rule(self) -> Any:
        return _core.csr(self.indices, self.inptr)


class SparseMatConn(CSRConn):
    """A SciPy sparse matrix of shape (pre_num, post_num): where it stores a value, whatever the value."""

    def __init__(self, csr_mat: Any, **kwargs: Any):
        if not all(hasattr(csr_mat, name) for name in ('tocsr', 'shape')):
            raise TypeError(f'SparseMatConn.csr_mat must be a SciPy sparse matrix, but we got {type(csr_mat)}')
        csr = csr_mat.tocsr()
        self.csr_mat = csr
        self._shape = tuple(csr.shape)
        super().__init__(csr.indices, csr.indptr, **kwargs)

    def _check_sizes(self, pre_size: tuple[int, ...], post_size: tuple[int, ...]) -> None:
        expected = int(np.prod(pre_size)), int(np.prod(post_size))
        if self._shape != expected:
            raise ConnectorError(
                f'SparseMatConn.csr_mat must have the shape {expected}, but its shape is {self._shape}'
            )


one2one = One2One()
all2all = All2All()
grid_four = GridFour()
grid_eight = GridEight()
