# SPDX-License-Identifier: Apache-2.0
"""Connections in one form made into another.

Forms: a matrix of shape (pre, post), true where connected; `coo`, the arrays (pre_ids, post_ids); `csr`, the arrays
(indices, indptr), neuron i projecting to indices[indptr[i]:indptr[i + 1]]; `csc`, the same from the other end: neuron j
is contacted by indices[indptr[j]:indptr[j + 1]]. Indices are int32. `data`, where given, holds one value for each
connection and is returned in the new order as a third array.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bouton._scalars import as_array, integer
from bouton.errors import ConnectorError

Ids = np.ndarray
Pairs = tuple[Ids, Ids]


def ids_of(values: Any, what: str) -> np.ndarray:
    """A 1-d int32 array of indices. TypeError where they are no integers, ValueError where not 1-d or negative."""
    array = as_array(values, what)
    if array.ndim != 1:
        raise ValueError(f'{what} must be a 1-d array, but we got an array of shape {array.shape}')
    if array.size == 0:
        return np.zeros(0, dtype=np.int32)
    if array.dtype.kind not in 'iu':
        raise TypeError(f'{what} must be an array of integers, but its dtype is {array.dtype}')
    if array.min() < 0 or array.max() > np.iinfo(np.int32).max:
        raise ValueError(f'{what} must hold indices >= 0 below 2^31, but its range is {array.min()} to {array.max()}')
    return array.astype(np.int32, copy=False)


def _two(form: Any, name: str, members: str) -> tuple[Any, Any]:
    if not isinstance(form, (tuple, list)) or len(form) != 2:
        raise TypeError(f'{name} must be {members}, but we got {type(form)}')
    return form[0], form[1]


def _coo(coo: Any) -> Pairs:
    first, second = _two(coo, 'coo', '(pre_ids, post_ids)')
    pre_ids, post_ids = ids_of(first, 'pre_ids'), ids_of(second, 'post_ids')
    if pre_ids.size != post_ids.size:
        raise ValueError(
            f'pre_ids and post_ids must have the same length, but we got {pre_ids.size} != {post_ids.size}'
        )
    return pre_ids, post_ids


def check_csr(csr: Any) -> Pairs:
    """(indices, indptr) as checked arrays: `indptr` starts at 0, never decreases and ends at the number of indices."""
    first, second = _two(csr, 'csr', '(indices, indptr)')
    indices, indptr = ids_of(first, 'indices'), ids_of(second, 'indptr')
    if indptr.size == 0 or indptr[0] != 0 or indptr[-1] != indices.size or (np.diff(indptr) < 0).any():
        raise ValueError(f'indptr must start at 0, never decrease and end at the number of indices, {indices.size}')
    return indices, indptr


def _matrix(dense: Any) -> np.ndarray:
    array = as_array(dense, 'the matrix')
    if array.ndim != 2:
        raise ValueError(f'the matrix must be 2-d, but its shape is {array.shape}')
    return array


def _check_range(ids: np.ndarray, num: int, side: str) -> None:
    if ids.size and ids.max() >= num:
        raise ConnectorError(
            f'{side}_num ({num}) should be greater than the maximum id ({ids.max()}) of self.{side}_ids.'
        )


def group(ids: np.ndarray, num: int) -> tuple[np.ndarray, np.ndarray]:
    """The positions of each id, in ascending order: (positions, indptr)."""
    order = np.argsort(ids, kind='stable').astype(np.int32)
    indptr = np.zeros(num + 1, dtype=np.int32)
    np.cumsum(np.bincount(ids, minlength=num), out=indptr[1:])
    return order, indptr


def _with_data(indices: Ids, indptr: Ids, order: np.ndarray, data: Any) -> tuple:
    if data is None:
        return indices, indptr
    values = np.asarray(data)
    if values.shape[:1] != order.shape:
        raise ValueError(
            f'data must have one value for each of {order.size} connections, but its shape is {values.shape}'
        )
    return indices, indptr, values[order]


def coo2csr(coo: Any, num_pre: int) -> Pairs:
    """(indices, indptr) of the pairs; the posts of one pre neuron keep their order."""
    pre_ids, post_ids = _coo(coo)
    num_pre = integer(num_pre, 'num_pre')
    _check_range(pre_ids, num_pre, 'pre')
    order, indptr = group(pre_ids, num_pre)
    return post_ids[order], indptr


def coo2csc(coo: Any, post_num: int, data: Any = None) -> tuple:
    """(indices, indptr[, data]) sorted by post neuron."""
    pre_ids, post_ids = _coo(coo)
    post_num = integer(post_num, 'post_num')
    _check_range(post_ids, post_num, 'post')
    order, indptr = group(post_ids, post_num)
    return _with_data(pre_ids[order], indptr, order, data)


def coo2mat(ij: Any, num_pre: int, num_post: int) -> np.ndarray:
    """The matrix, bool."""
    pre_ids, post_ids = _coo(ij)
    num_pre, num_post = integer(num_pre, 'num_pre'), integer(num_post, 'num_post')
    _check_range(pre_ids, num_pre, 'pre')
    _check_range(post_ids, num_post, 'post')
    matrix = np.zeros((num_pre, num_post), dtype=bool)
    matrix[pre_ids, post_ids] = True
    return matrix


def csr2coo(csr: Any) -> Pairs:
    """(pre_ids, post_ids)."""
    indices, indptr = check_csr(csr)
    return np.repeat(np.arange(indptr.size - 1, dtype=np.int32), np.diff(indptr)), indices


def csr2csc(csr: Any, post_num: int, data: Any = None) -> tuple:
    """(indices, indptr[, data]) sorted by post neuron."""
    return coo2csc(csr2coo(csr), post_num, data)


def csr2mat(csr: Any, num_pre: int, num_post: int) -> np.ndarray:
    """The matrix, bool."""
    return coo2mat(csr2coo(csr), num_pre, num_post)


def mat2coo(dense: Any) -> Pairs:
    """(pre_ids, post_ids) of the entries that are not zero, row by row."""
    pre_ids, post_ids = np.nonzero(_matrix(dense))
    return pre_ids.astype(np.int32), post_ids.astype(np.int32)


def mat2csr(dense: Any) -> Pairs:
    """(indices, indptr) of the entries that are not zero."""
    dense = _matrix(dense)
    return coo2csr(mat2coo(dense), dense.shape[0])


def mat2csc(dense: Any) -> tuple:
    """(indices, indptr), sorted by post neuron, of the entries that are not zero."""
    dense = _matrix(dense)
    return coo2csc(mat2coo(dense), dense.shape[1])
