# SPDX-License-Identifier: Apache-2.0
"""Values of neurons and of connections: from presynaptic neurons to connections, from connections to targets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from bouton.math.array import Array, wrap

__all__ = [
    'pre2post_coo_event_sum',
    'pre2post_event_prod',
    'pre2post_event_sum',
    'pre2post_max',
    'pre2post_mean',
    'pre2post_min',
    'pre2post_prod',
    'pre2post_sum',
    'pre2syn',
    'segment_max',
    'segment_min',
    'segment_prod',
    'segment_sum',
    'syn2post',
    'syn2post_max',
    'syn2post_mean',
    'syn2post_min',
    'syn2post_prod',
    'syn2post_softmax',
    'syn2post_sum',
]


def _per_target(values: Any, ids: Any, num: int, ufunc: np.ufunc, start: Any) -> Array:
    """`ufunc` of all values that belong to one target, from `start`. IndexError for a target that is not there."""
    values, ids = np.asarray(values), np.asarray(ids)
    if ids.size and (ids.min() < 0 or ids.max() >= num):
        raise IndexError(f'ids must be in [0, {num - 1}], but go from {ids.min()} to {ids.max()}')
    values = np.broadcast_to(values, np.broadcast_shapes(values.shape, ids.shape))
    if ufunc is np.add and values.ndim == 1 and values.dtype == np.float64:
        return np.bincount(ids, values, num).view(Array)
    dtype = values.dtype if values.dtype != bool else int
    out = np.full((num, *values.shape[1:]), start, dtype)
    ufunc.at(out, ids, values)
    return wrap(out)


def _lowest(values: Any) -> Any:
    values = np.asarray(values)
    return -np.inf if values.dtype.kind == 'f' else np.iinfo(values.dtype).min


def _highest(values: Any) -> Any:
    values = np.asarray(values)
    return np.inf if values.dtype.kind == 'f' else np.iinfo(values.dtype).max


def syn2post_sum(syn_values: Any, post_ids: Any, post_num: int, indices_are_sorted: bool = False) -> Array:
    """The sum of the values of all connections of each target; 0 without any."""
    return _per_target(syn_values, post_ids, post_num, np.add, 0)


syn2post = syn2post_sum


def syn2post_prod(syn_values: Any, post_ids: Any, post_num: int, indices_are_sorted: bool = False) -> Array:
    """The product of the values of all connections of each target; 1 without any."""
    return _per_target(syn_values, post_ids, post_num, np.multiply, 1)


def syn2post_max(syn_values: Any, post_ids: Any, post_num: int, indices_are_sorted: bool = False) -> Array:
    """The largest value of all connections of each target; the lowest number without any."""
    return _per_target(syn_values, post_ids, post_num, np.maximum, _lowest(syn_values))


def syn2post_min(syn_values: Any, post_ids: Any, post_num: int, indices_are_sorted: bool = False) -> Array:
    """The smallest value of all connections of each target; the highest number without any."""
    return _per_target(syn_values, post_ids, post_num, np.minimum, _highest(syn_values))


def syn2post_mean(syn_values: Any, post_ids: Any, post_num: int, indices_are_sorted: bool = False) -> Array:
    """The mean of the values of all connections of each target; 0 without any."""
    total = np.asarray(syn2post_sum(syn_values, post_ids, post_num))
    counts = np.maximum(np.bincount(np.asarray(post_ids), minlength=post_num), 1)
    return wrap(total / counts.reshape(-1, *[1] * (total.ndim - 1)))


def syn2post_softmax(syn_values: Any, post_ids: Any, post_num: int, indices_are_sorted: bool = False) -> Array:
    """For each connection, the softmax among all connections of its target."""
    values, ids = np.asarray(syn_values, float), np.asarray(post_ids)
    raised = np.exp(values - np.asarray(syn2post_max(values, ids, post_num))[ids])
    return wrap(raised / np.asarray(syn2post_sum(raised, ids, post_num))[ids])


def pre2syn(pre_values: Any, pre_ids: Any) -> Array:
    """For each connection the value of its presynaptic neuron."""
    values, ids = np.asarray(pre_values), np.asarray(pre_ids)
    return wrap(np.broadcast_to(values, ids.shape) if values.ndim == 0 else values[ids])


def _pre2post(reduce: Callable[..., Array], doc: str) -> Callable[..., Array]:
    def call(pre_values: Any, post_num: int, post_ids: Any, pre_ids: Any = None) -> Array:
        if pre_ids is None:
            if np.ndim(pre_values) != 0:
                raise ValueError('pre_ids must be given where pre_values is an array')
            pre_ids = np.zeros(np.shape(post_ids), int)
        return reduce(pre2syn(pre_values, pre_ids), post_ids, post_num)

    call.__doc__ = f'{doc} of the presynaptic values over all connections (pre_ids[k], post_ids[k]) of each target.'
    return call


pre2post_sum = _pre2post(syn2post_sum, 'The sum')
pre2post_prod = _pre2post(syn2post_prod, 'The product')
pre2post_max = _pre2post(syn2post_max, 'The maximum')
pre2post_min = _pre2post(syn2post_min, 'The minimum')
pre2post_mean = _pre2post(syn2post_mean, 'The mean')


def pre2post_event_sum(events: Any, pre2post: Any, post_num: int, values: Any = 1.0) -> Array:
    """For each target the sum of `values` over its connections from neurons with an event.

    Parameters
    ----------
    events : array of bool (num_pre,)
    pre2post : (indices, indptr)
        Targets of neuron i are ``indices[indptr[i]:indptr[i + 1]]``.
    values : number, or one for each connection
    """
    return _events(np.add, 0.0, events, pre2post, post_num, values)


def pre2post_event_prod(events: Any, pre2post: Any, post_num: int, values: Any = 1.0) -> Array:
    """As `pre2post_event_sum`, the product; 1 without any."""
    return _events(np.multiply, 1.0, events, pre2post, post_num, values)


def _events(ufunc: np.ufunc, start: float, events: Any, pre2post: Any, post_num: int, values: Any) -> Array:
    indices, indptr = np.asarray(pre2post[0]), np.asarray(pre2post[1])
    active = np.flatnonzero(np.asarray(events))
    counts = indptr[active + 1] - indptr[active]
    where = np.repeat(indptr[active] - np.concatenate(([0], np.cumsum(counts)[:-1])), counts) + np.arange(counts.sum())
    values = np.asarray(values, float)
    chosen = np.broadcast_to(values.reshape(()), where.shape) if values.size == 1 else values[where]
    return _per_target(chosen, indices[where], post_num, ufunc, start)


def pre2post_coo_event_sum(events: Any, pre_ids: Any, post_ids: Any, post_num: int, values: Any = 1.0) -> Array:
    """As `pre2post_event_sum`, for connections (pre_ids[k], post_ids[k])."""
    active = np.asarray(events, bool)[np.asarray(pre_ids)]
    values = np.broadcast_to(np.asarray(values, float), active.shape)
    return _per_target(values[active], np.asarray(post_ids)[active], post_num, np.add, 0.0)


def _segments(reduce: Callable[..., Array], doc: str) -> Callable[..., Array]:
    def call(data: Any, segment_ids: Any, num_segments: int | None = None, indices_are_sorted: bool = False) -> Array:
        ids = np.asarray(segment_ids)
        return reduce(data, ids, int(ids.max(initial=-1)) + 1 if num_segments is None else num_segments)

    call.__doc__ = f'{doc} of the `data` of each segment.'
    return call


segment_sum = _segments(syn2post_sum, 'The sum')
segment_prod = _segments(syn2post_prod, 'The product')
segment_max = _segments(syn2post_max, 'The maximum')
segment_min = _segments(syn2post_min, 'The minimum')
