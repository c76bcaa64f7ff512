# SPDX-License-Identifier: Apache-2.0
"""Optimisers: rules by which gradients change trainable variables.

::

    optimizer = bp.optim.Adam(lr=1e-3, train_vars=net.train_vars())
    ...
    optimizer.update(gradients)      # with the keys of train_vars
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bouton.math.variable import Variable

__all__ = ['Adam', 'Constant', 'ExponentialDecay', 'ExponentialLR', 'Momentum', 'Optimizer', 'SGD', 'Scheduler']


class Scheduler:
    """A learning rate that changes: called with the number of updates done, or with that so far.

    Parameters
    ----------
    lr : float
        The learning rate at the start, >= 0.
    """

    def __init__(self, lr: float):
        self.lr = _checked(lr, 'lr', lr >= 0, 'not negative')
        self.last_epoch = 0
        self.last_call = 0

    def step_epoch(self) -> None:
        """One epoch is over."""
        self.last_epoch += 1

    def step_call(self) -> None:
        """One update is done."""
        self.last_call += 1

    def __call__(self, i: int | None = None) -> float:
        return self.lr

    def __repr__(self) -> str:
        return f'{type(self).__name__}(lr={self.lr})'


class Constant(Scheduler):
    """A learning rate that stays: lr."""


class ExponentialLR(Scheduler):
    """Decay with the epochs, which `step_epoch` counts: lr gamma^epoch."""

    def __init__(self, lr: float, gamma: float):
        super().__init__(lr)
        self.gamma = _checked(gamma, 'gamma', gamma > 0, 'positive')

    def __call__(self, i: int | None = None) -> float:
        return self.lr * self.gamma ** (self.last_epoch if i is None else i)


class ExponentialDecay(Scheduler):
    """Decay with the updates: lr decay_rate^(updates / decay_steps)."""

    def __init__(self, lr: float, decay_steps: int, decay_rate: float):
        super().__init__(lr)
        self.decay_steps = _checked(decay_steps, 'decay_steps', decay_steps > 0, 'positive')
        self.decay_rate = _checked(decay_rate, 'decay_rate', decay_rate > 0, 'positive')

    def __call__(self, i: int | None = None) -> float:
        return self.lr * self.decay_rate ** ((self.last_call if i is None else i) / self.decay_steps)


def _checked(value: Any, name: str, holds: Any, must: str) -> Any:
    if not (holds and np.isfinite(value)):
        raise ValueError(f'"{name}" must be {must} and finite, but we got {value!r}')
    return value


class Optimizer:
    """Base of the optimisers.

    Parameters
    ----------
    lr : float or Scheduler
        The learning rate.
    train_vars : dict of Variable
        What is trained, as ``net.train_vars()`` gives it.
    weight_decay : float, optional
        Adds ``weight_decay`` times the variable to its gradient.
    """

    def __init__(self, lr: Any, train_vars: Any = None, weight_decay: float | None = None):
        self.lr = lr if isinstance(lr, Scheduler) else Constant(lr)
        self.weight_decay = weight_decay
        self.vars_to_train: dict[Any, Variable] = {}
        self._kept: dict[Any, list[np.ndarray]] = {}
        if train_vars is not None:
            self.register_train_vars(train_vars)

    def register_train_vars(self, train_vars: Any) -> None:
        """Train these too. TypeError for what is no dict of Variables."""
        if not isinstance(train_vars, dict) or not all(isinstance(v, Variable) for v in train_vars.values()):
            raise TypeError('"train_vars" must be a dict of Variable, as net.train_vars() gives it')
        self.vars_to_train.update(train_vars)

    def update(self, grads: dict) -> None:
        """Change the variables by these gradients, which have the keys of the variables.

        Raises
        ------
        ValueError
            If the keys differ, or a gradient has another shape than its variable. Nothing is changed then.
        """
        if set(grads) != set(self.vars_to_train):
            raise ValueError(
                f'Gradients have the keys {sorted(map(str, grads))}, but must have those of the trained variables, '
                f'{sorted(map(str, self.vars_to_train))}'
            )
        for key, variable in self.vars_to_train.items():
            if np.shape(grads[key]) != variable.shape:
                raise ValueError(
                    f'the gradient of {key} has shape {np.shape(grads[key])}, but must have shape {variable.shape}'
                )
        self.lr.step_call()
        rate = self.lr(self.lr.last_call - 1) if isinstance(self.lr, ExponentialDecay) else self.lr()
        for key, variable in self.vars_to_train.items():
            gradient, value = np.asarray(grads[key]), variable.value
            if self.weight_decay is not None:
                gradient = gradient + self.weight_decay * value
            kept = self._kept.setdefault(key, [np.zeros(variable.shape, variable.dtype) for _ in range(self._memory)])
            change = self._change(gradient, kept)
            variable.value = np.asarray(value - rate * change, variable.dtype)

    #: How many arrays of the shape of a variable are kept between updates.
    _memory = 0

    def _change(self, gradient: np.ndarray, kept: list[np.ndarray]) -> np.ndarray:
        """What is subtracted from the variable, over the learning rate."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return f'{type(self).__name__}(lr={self.lr})'


class SGD(Optimizer):
    """Gradient descent: x <- x - lr g."""

    def _change(self, gradient: np.ndarray, kept: list[np.ndarray]) -> np.ndarray:
        return gradient


class Momentum(Optimizer):
    """Gradient descent with momentum: v <- momentum v - lr g, x <- x + v.

    Parameters
    ----------
    momentum : float
        How much of the last change stays, in [0, 1).

    References
    ----------
    Polyak BT (1964). Some methods of speeding up the convergence of iteration methods. USSR Computational Mathematics
    and Mathematical Physics 4(5), 1-17.
    """

    _memory = 1

    def __init__(self, lr: Any, train_vars: Any = None, momentum: float = 0.9, weight_decay: float | None = None):
        super().__init__(lr, train_vars, weight_decay)
        self.momentum = _checked(momentum, 'momentum', 0 <= momentum < 1, 'in [0, 1)')

    def _change(self, gradient: np.ndarray, kept: list[np.ndarray]) -> np.ndarray:
        kept[0] *= self.momentum
        kept[0] += gradient
        return kept[0]


class Adam(Optimizer):
    """Adam: x <- x - lr m' / (sqrt(v') + eps), with the running means of the gradient and of its square,

        m <- beta1 m + (1 - beta1) g,    v <- beta2 v + (1 - beta2) g^2,
        m' = m / (1 - beta1^n),          v' = v / (1 - beta2^n)    in update n.

    References
    ----------
    Kingma DP, Ba J (2015). Adam: a method for stochastic optimization. ICLR, arXiv:1412.6980.
    """

    _memory = 2

    def __init__(
        self,
        lr: Any,
        train_vars: Any = None,
        beta1: float = 0.9,
        beta2: float = 0.999,
        eps: float = 1e-8,
        weight_decay: float | None = None,
    ):
        super().__init__(lr, train_vars, weight_decay)
        self.beta1 = _checked(beta1, 'beta1', 0 <= beta1 < 1, 'in [0, 1)')
        self.beta2 = _checked(beta2, 'beta2', 0 <= beta2 < 1, 'in [0, 1)')
        self.eps = _checked(eps, 'eps', eps >= 0, 'not negative')

    def _change(self, gradient: np.ndarray, kept: list[np.ndarray]) -> np.ndarray:
        m, v = kept
        m += (1 - self.beta1) * (gradient - m)
        v += (1 - self.beta2) * (gradient**2 - v)
        n = self.lr.last_call
        return m / (1 - self.beta1**n) / (np.sqrt(v / (1 - self.beta2**n)) + self.eps)
