# SPDX-License-Identifier: Apache-2.0
"""What all initialisers have in common."""

from __future__ import annotations

from typing import Any

from bouton._scalars import integer, seed_bits


class Initializer:
    """Makes the values of a parameter, an initial state or weights: ``initializer(shape, dtype=None)``.

    A subclass of your own implements `__call__`.
    """

    def __call__(self, shape: Any, dtype: Any = None) -> Any:
        raise NotImplementedError(f'{type(self).__name__} must implement __call__(shape, dtype=None)')

    def __repr__(self) -> str:
        shown = ', '.join(f'{name}={value!r}' for name, value in vars(self).items() if not name.startswith('_'))
        return f'{type(self).__name__}({shown})'


class RandomInitializer(Initializer):
    """One that draws.

    With ``seed=None`` each call draws with a seed from `bouton.math.random`, so that `bouton.math.random.seed` makes it
    reproducible. With a seed of its own, calls draw from a stream that starts there and nothing else moves on.
    """

    def __init__(self, seed: Any = None):
        self.seed = seed if seed is None or hasattr(seed, 'split_key') else integer(seed, f'{type(self).__name__}.seed')
        self._calls = 0

    def _next_seed(self) -> int:
        if self.seed is None:
            from bouton.math import random

            return random.DEFAULT.split_key()
        if hasattr(self.seed, 'split_key'):
            return self.seed.split_key()
        self._calls += 1
        return seed_bits(self.seed, self._calls - 1)
