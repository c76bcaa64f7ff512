# SPDX-License-Identifier: Apache-2.0
"""Activation functions. All are elementwise but `softmax`, `log_softmax`, `glu` and `normalize`."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from bouton.math.array import asarray, wrap
from bouton.math.variable import Variable

__all__ = [
    'celu',
    'elu',
    'gelu',
    'glu',
    'hard_sigmoid',
    'hard_silu',
    'hard_swish',
    'hard_tanh',
    'leaky_relu',
    'log_sigmoid',
    'log_softmax',
    'normalize',
    'relu',
    'relu6',
    'selu',
    'sigmoid',
    'silu',
    'soft_sign',
    'softmax',
    'softplus',
    'swish',
]


def _real(x: Any) -> Any:
    """`x` as an array of real numbers, or as what carries a derivative."""
    x = x.value if isinstance(x, Variable) else asarray(x)
    return x if x.dtype.kind in 'fc' else x.astype(float)


def relu(x: Any) -> Any:
    """max(x, 0)."""
    x = x.value if isinstance(x, Variable) else asarray(x)
    return wrap(np.where(x > 0, x, np.zeros_like(x)))


def relu6(x: Any) -> Any:
    """min(max(x, 0), 6)."""
    return wrap(np.clip(_real(x), 0, 6))


def leaky_relu(x: Any, negative_slope: float = 0.01) -> Any:
    """x where x >= 0, else negative_slope x."""
    x = _real(x)
    return wrap(np.where(x >= 0, x, negative_slope * x))


def sigmoid(x: Any) -> Any:
    """1 / (1 + exp(-x)), without overflow."""
    return wrap(0.5 * (np.tanh(0.5 * _real(x)) + 1))


def softplus(x: Any) -> Any:
    """log(1 + exp(x)), without overflow."""
    return wrap(np.logaddexp(_real(x), 0.0))


def log_sigmoid(x: Any) -> Any:
    """log(1 / (1 + exp(-x)))."""
    return -softplus(-_real(x))


def soft_sign(x: Any) -> Any:
    """x / (1 + abs(x))."""
    x = _real(x)
    return wrap(x / (1 + np.abs(x)))


def silu(x: Any) -> Any:
    """x sigmoid(x)."""
    return wrap(_real(x) * sigmoid(x))


swish = silu


def elu(x: Any, alpha: float = 1.0) -> Any:
    """x where x > 0, else alpha (exp(x) - 1)."""
    x = _real(x)
    return wrap(np.where(x > 0, x, alpha * np.expm1(np.where(x > 0, 0.0, x))))


def celu(x: Any, alpha: float = 1.0) -> Any:
    """x where x > 0, else alpha (exp(x / alpha) - 1)."""
    x = _real(x)
    return wrap(np.where(x > 0, x, alpha * np.expm1(np.where(x > 0, 0.0, x) / alpha)))


def selu(x: Any) -> Any:
    """Scaled `elu` that keeps mean 0 and variance 1 (Klambauer et al. 2017, Self-normalizing neural networks)."""
    return 1.0507009873554804934193349852946 * elu(x, 1.6732632423543772848170429916717)


def gelu(x: Any, approximate: bool = True) -> Any:
    """x times the normal distribution function of x; by default its approximation by tanh."""
    x = _real(x)
    if approximate:
        return wrap(0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))))
    return wrap(0.5 * x * (1 + np.vectorize(math.erf, otypes=[float])(np.asarray(x) / math.sqrt(2))))


def hard_tanh(x: Any) -> Any:
    """x clipped to [-1, 1]."""
    return wrap(np.clip(_real(x), -1, 1))


def hard_sigmoid(x: Any) -> Any:
    """min(max(x + 3, 0), 6) / 6."""
    return relu6(_real(x) + 3.0) / 6.0


def hard_silu(x: Any) -> Any:
    """x hard_sigmoid(x)."""
    return wrap(_real(x) * hard_sigmoid(x))


hard_swish = hard_silu


def glu(x: Any, axis: int = -1) -> Any:
    """The first half of `x` along `axis` times the sigmoid of the second."""
    first, second = np.split(_real(x), 2, axis)
    return wrap(first * sigmoid(second))


def log_softmax(x: Any, axis: Any = -1) -> Any:
    """log(softmax(x))."""
    x = _real(x)
    shifted = x - np.max(x, axis=axis, keepdims=True)
    return wrap(shifted - np.log(np.sum(np.exp(shifted), axis=axis, keepdims=True)))


def softmax(x: Any, axis: Any = -1) -> Any:
    """exp(x) / sum(exp(x)) along `axis`, without overflow."""
    return wrap(np.exp(log_softmax(x, axis)))


def normalize(x: Any, axis: Any = -1, mean: Any = None, variance: Any = None, epsilon: float = 1e-05) -> Any:
    """(x - mean) / sqrt(variance + epsilon), mean and variance along `axis` by default."""
    x = _real(x)
    mean = np.mean(x, axis=axis, keepdims=True) if mean is None else mean
    variance = np.mean((x - mean) ** 2, axis=axis, keepdims=True) if variance is None else variance
    return wrap((x - mean) / np.sqrt(variance + epsilon))
