# SPDX-License-Identifier: Apache-2.0
"""Losses: how far predictions are from targets, as one number. They can be differentiated by `bouton.math.grad`."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = [
    'binary_logistic_loss', 'cross_entropy_loss', 'cross_entropy_sparse', 'huber_loss', 'l2_loss', 'log_cosh_loss',
    'mean_absolute_error', 'mean_square', 'mean_squared_error',
]  # fmt: skip


def _reduced(x: Any, reduction: str) -> Any:
    if reduction == 'mean':
        return np.mean(x)
    if reduction == 'sum':
        return np.sum(x)
    if reduction == 'none':
        return x
    raise ValueError(f'"reduction" must be "mean", "sum" or "none", but we got {reduction!r}')


def _difference(predicts: Any, targets: Any) -> Any:
    if np.shape(predicts) != np.shape(targets) and np.ndim(targets) > 0:
        raise ValueError(f'predicts have shape {np.shape(predicts)}, but targets have shape {np.shape(targets)}')
    return predicts - targets


def mean_squared_error(predicts: Any, targets: Any, axis: int | tuple | None = None, reduction: str = 'mean') -> Any:
    """The mean of (predict - target)^2, over `axis` first where that is given.

    Parameters
    ----------
    predicts, targets : array
        Of one shape; a target may be one number.
    reduction : str
        'mean', 'sum', or 'none', which leaves what there is.
    """
    squares = _difference(predicts, targets) ** 2
    return _reduced(squares if axis is None else np.mean(squares, axis=axis), reduction)


def mean_absolute_error(predicts: Any, targets: Any, axis: int | tuple | None = None, reduction: str = 'mean') -> Any:
    """The mean of abs(predict - target), over `axis` first where that is given. Arguments as `mean_squared_error`."""
    distances = np.abs(_difference(predicts, targets))
    return _reduced(distances if axis is None else np.mean(distances, axis=axis), reduction)


def mean_square(predicts: Any, axis: int | tuple | None = None) -> Any:
    """The mean of predict^2."""
    return np.mean(predicts**2, axis=axis)


def l2_loss(predicts: Any, targets: Any) -> Any:
    """(predict - target)^2 / 2, entry by entry."""
    return 0.5 * _difference(predicts, targets) ** 2


def huber_loss(predicts: Any, targets: Any, delta: float = 1.0) -> Any:
    """e^2 / 2 where abs(e) <= delta, else delta (abs(e) - delta / 2), e = predict - target, entry by entry.

    References
    ----------
    Huber PJ (1964). Robust estimation of a location parameter. Annals of Mathematical Statistics 35, 73-101.
    """
    e = np.abs(_difference(predicts, targets))
    return np.where(e <= delta, 0.5 * e**2, delta * (e - 0.5 * delta))


def log_cosh_loss(predicts: Any, targets: Any) -> Any:
    """log(cosh(predict - target)), entry by entry."""
    e = np.abs(_difference(predicts, targets))
    return e + np.log1p(np.exp(-2 * e)) - np.log(2.0)


def _log_softmax(logits: Any) -> Any:
    shifted = logits - np.max(logits, axis=-1, keepdims=True)
    return shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))


def cross_entropy_loss(predicts: Any, targets: Any, weight: Any = None, reduction: str = 'mean') -> Any:
    """-sum_c target_c log softmax(predict)_c.

    Parameters
    ----------
    predicts : array
        Logits, the classes on the last axis.
    targets : array
        Probabilities of the same shape, or the indices of the classes, without the last axis.
    weight : array, optional
        One for each class.
    reduction : str
        'mean', 'sum' or 'none'.
    """
    count = np.shape(predicts)[-1]
    if np.ndim(targets) == np.ndim(predicts) - 1:
        targets = np.asarray(targets)
        if targets.dtype.kind not in 'iu' or (targets.size and not 0 <= targets.min() <= targets.max() < count):
            raise ValueError(f'targets must be indices of classes, 0 to {count - 1}')
        targets = np.eye(count)[targets]
    elif np.shape(targets) != np.shape(predicts):
        raise ValueError(f'predicts have shape {np.shape(predicts)}, but targets have shape {np.shape(targets)}')
    if weight is not None:
        targets = targets * np.asarray(weight)
    return _reduced(-np.sum(targets * _log_softmax(predicts), axis=-1), reduction)


def cross_entropy_sparse(predicts: Any, targets: Any) -> Any:
    """`cross_entropy_loss` with the indices of the classes, entry by entry."""
    return cross_entropy_loss(predicts, targets, reduction='none')


def binary_logistic_loss(predicts: Any, targets: Any) -> Any:
    """log(1 + exp(predict)) - target predict, entry by entry, predict being a logit and target 0 or 1."""
    return np.maximum(predicts, 0) + np.log1p(np.exp(-np.abs(predicts))) - predicts * targets
