# SPDX-License-Identifier: Apache-2.0
"""The initialisers. All drawing is the core's.

Any shape is served, also of rank 0 and 1, as an integer, a tuple or a list. Units are those of the quantity that is
initialised. Values of a parameter outside its range are a ValueError when the initialiser is made or called.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bouton import _core
from bouton._scalars import as_array, integer, number, shape_of
from bouton.init.base import Initializer, RandomInitializer


def _result(values: np.ndarray, dtype: Any) -> Any:
    from bouton import math

    return math.asarray(values, dtype=math.get_float() if dtype is None else dtype)


def _optional(value: Any, what: str) -> float | None:
    return None if value is None else number(value, what)


class ZeroInit(Initializer):
    """All values 0."""

    def __call__(self, shape: Any, dtype: Any = None) -> Any:
        return _result(np.zeros(shape_of(shape, 'shape')), dtype)


class Constant(Initializer):
    """The same number everywhere, or an array that is broadcast to the shape."""

    def __init__(self, value: Any = 1.0):
        as_array(value, f'{type(self).__name__}.value')
        self.value = value

    def __call__(self, shape: Any, dtype: Any = None) -> Any:
        shape = shape_of(shape, 'shape')
        value = np.asarray(self.value)
        if value.size == 1:
            value = value.reshape(())
        try:
            return _result(np.array(np.broadcast_to(value, shape)), dtype)
        except ValueError:
            raise ValueError(
                f'{type(self).__name__} holds values of shape {value.shape}, which does not fit {shape}'
            ) from None


class OneInit(Constant):
    """`Constant` under its other name."""


class Identity(Initializer):
    """`value` where all indices are equal, else 0: `value` times the unit matrix for two axes."""

    def __init__(self, value: float = 1.0):
        self.value = number(value, 'Identity.value')

    def __call__(self, shape: Any, dtype: Any = None) -> Any:
        return _result(_core.identity(shape_of(shape, 'shape'), self.value), dtype)


class Normal(RandomInitializer):
    """Normal distribution with the given mean and standard deviation `scale` >= 0."""

    def __init__(self, mean: float = 0.0, scale: float = 1.0, seed: Any = None):
        super().__init__(seed)
        self.mean, self.scale = number(mean, 'Normal.mean'), number(scale, 'Normal.scale')

    def __call__(self, shape: Any, dtype: Any = None) -> Any:
        return _result(_core.normal(shape_of(shape, 'shape'), self._next_seed(), self.mean, self.scale), dtype)


class Uniform(RandomInitializer):
    """Uniform in [min_val, max_val)."""

    def __init__(self, min_val: float = 0.0, max_val: float = 1.0, seed: Any = None):
        super().__init__(seed)
        self.min_val, self.max_val = number(min_val, 'Uniform.min_val'), number(max_val, 'Uniform.max_val')

    def __call__(self, shape: Any, dtype: Any = None) -> Any:
        return _result(_core.uniform(shape_of(shape, 'shape'), self._next_seed(), self.min_val, self.max_val), dtype)


class Gamma(RandomInitializer):
    """Gamma distribution with mean shape * scale and variance shape * scale^2; `scale` None is 1."""

    def __init__(self, shape: float, scale: float | None = None, seed: Any = None):
        super().__init__(seed)
        self.shape, self.scale = number(shape, 'Gamma.shape'), _optional(scale, 'Gamma.scale')

    def __call__(self, shape: Any, dtype: Any = None) -> Any:
        return _result(_core.gamma(shape_of(shape, 'shape'), self._next_seed(), self.shape, self.scale), dtype)


class Exponential(RandomInitializer):
    """Exponential distribution with mean `scale`; None is 1."""

    def __init__(self, scale: float | None = None, seed: Any = None):
        super().__init__(seed)
        self.scale = _optional(scale, 'Exponential.scale')

    def __call__(self, shape: Any, dtype: Any = None) -> Any:
        return _result(_core.exponential(shape_of(shape, 'shape'), self._next_seed(), self.scale), dtype)


class VarianceScaling(RandomInitializer):
    """Mean 0 and variance scale / fan.

    Parameters
    ----------
    scale : float
        >= 0.
    mode : str
        'fan_in', 'fan_out' or 'fan_avg': the connections that a neuron receives, those it sends, or their mean.
    distribution : str
        'truncated_normal' (cut at twice the standard deviation it has before the cut), 'normal' or 'uniform'.
    in_axis, out_axis : int
        The axes counted for the two fans; both count all other axes too. For the shape (n,) both fans are n.
    seed : int, optional
    """

    def __init__(
        self, scale: float, mode: str, distribution: str, in_axis: int = -2, out_axis: int = -1, seed: Any = None
    ):
        super().__init__(seed)
        name = type(self).__name__
        self.scale = number(scale, f'{name}.scale')
        if mode not in ('fan_in', 'fan_out', 'fan_avg'):
            raise ValueError(f"{name}.mode must be 'fan_in', 'fan_out' or 'fan_avg', but we got {mode!r}")
        if distribution not in ('truncated_normal', 'normal', 'uniform'):
            raise ValueError(
                f"{name}.distribution must be 'truncated_normal', 'normal' or 'uniform', but we got {distribution!r}"
            )
        self.mode, self.distribution = mode, distribution
        self.in_axis, self.out_axis = integer(in_axis, f'{name}.in_axis'), integer(out_axis, f'{name}.out_axis')

    def __call__(self, shape: Any, dtype: Any = None) -> Any:
        values = _core.variance_scaling(
            shape_of(shape, 'shape'),
            self._next_seed(),
            self.scale,
            self.mode,
            self.distribution,
            self.in_axis,
            self.out_axis,
        )
        return _result(values, dtype)


class KaimingUniform(VarianceScaling):
    """`VarianceScaling` as He et al. (2015), "Delving deep into rectifiers", ICCV, with a uniform distribution."""

    def __init__(
        self,
        scale: float = 2.0,
        mode: str = 'fan_in',
        distribution: str = 'uniform',
        in_axis: int = -2,
        out_axis: int = -1,
        seed: Any = None,
    ):
        super().__init__(scale, mode, distribution, in_axis, out_axis, seed)


class KaimingNormal(VarianceScaling):
    """`KaimingUniform` with a truncated normal distribution."""

    def __init__(
        self,
        scale: float = 2.0,
        mode: str = 'fan_in',
        distribution: str = 'truncated_normal',
        in_axis: int = -2,
        out_axis: int = -1,
        seed: Any = None,
    ):
        super().__init__(scale, mode, distribution, in_axis, out_axis, seed)


class XavierUniform(VarianceScaling):
    """`VarianceScaling` as Glorot & Bengio (2010), "Understanding the difficulty of training deep feedforward neural
    networks", AISTATS, with a uniform distribution."""

    def __init__(
        self,
        scale: float = 1.0,
        mode: str = 'fan_avg',
        distribution: str = 'uniform',
        in_axis: int = -2,
        out_axis: int = -1,
        seed: Any = None,
    ):
        super().__init__(scale, mode, distribution, in_axis, out_axis, seed)


class XavierNormal(VarianceScaling):
    """`XavierUniform` with a truncated normal distribution."""

    def __init__(
        self,
        scale: float = 1.0,
        mode: str = 'fan_avg',
        distribution: str = 'truncated_normal',
        in_axis: int = -2,
        out_axis: int = -1,
        seed: Any = None,
    ):
        super().__init__(scale, mode, distribution, in_axis, out_axis, seed)


class LecunUniform(VarianceScaling):
    """`VarianceScaling` as LeCun et al. (1998), "Efficient BackProp", with a uniform distribution."""

    def __init__(
        self,
        scale: float = 1.0,
        mode: str = 'fan_in',
        distribution: str = 'uniform',
        in_axis: int = -2,
        out_axis: int = -1,
        seed: Any = None,
    ):
        super().__init__(scale, mode, distribution, in_axis, out_axis, seed)


class LecunNormal(VarianceScaling):
    """`LecunUniform` with a truncated normal distribution."""

    def __init__(
        self,
        scale: float = 1.0,
        mode: str = 'fan_in',
        distribution: str = 'truncated_normal',
        in_axis: int = -2,
        out_axis: int = -1,
        seed: Any = None,
    ):
        super().__init__(scale, mode, distribution, in_axis, out_axis, seed)


class Orthogonal(RandomInitializer):
    """`scale` times a uniformly distributed orthogonal matrix.

    Its rows are counted by `axis` and its columns by all other axes together. Where it is not square, the shorter of
    rows and columns are orthonormal.

    References
    ----------
    Saxe AM, McClelland JL, Ganguli S (2014) Exact solutions to the nonlinear dynamics of learning in deep linear neural
    networks. ICLR.
    """

    def __init__(self, scale: float = 1.0, axis: int = -1, seed: Any = None):
        super().__init__(seed)
        self.scale, self.axis = number(scale, 'Orthogonal.scale'), integer(axis, 'Orthogonal.axis')

    def __call__(self, shape: Any, dtype: Any = None) -> Any:
        return _result(_core.orthogonal(shape_of(shape, 'shape'), self._next_seed(), self.scale, self.axis), dtype)


class DeltaOrthogonal(RandomInitializer):
    """For a convolution, shape (*space, in, out) with 1 to 3 axes of space and in <= out: `Orthogonal` for (in, out) at
    the centre of space, 0 elsewhere.

    References
    ----------
    Xiao L et al. (2018) Dynamical isometry and a mean field theory of CNNs. ICML.
    """

    def __init__(self, scale: float = 1.0, axis: int = -1):
        super().__init__(None)
        self.scale, self.axis = number(scale, 'DeltaOrthogonal.scale'), integer(axis, 'DeltaOrthogonal.axis')

    def __call__(self, shape: Any, dtype: Any = None) -> Any:
        return _result(
            _core.delta_orthogonal(shape_of(shape, 'shape'), self._next_seed(), self.scale, self.axis), dtype
        )


class Clip(Initializer):
    """`init`, an initialiser, a function of the shape, an array or a number, limited to [min, max].

    A limit that is not given does not limit.
    """

    def __init__(self, init: Any, min: float | None = None, max: float | None = None):
        self.init, self.min, self.max = init, _optional(min, 'Clip.min'), _optional(max, 'Clip.max')
        if self.min is not None and self.max is not None and not self.min <= self.max:
            raise ValueError(f'Clip.min must not be greater than Clip.max, but we got {min!r} > {max!r}')

    def __call__(self, shape: Any, dtype: Any = None) -> Any:
        shape = shape_of(shape, 'shape')
        values = np.asarray(self.init(shape)) if callable(self.init) else np.asarray(Constant(self.init)(shape))
        low = -np.inf if self.min is None else self.min
        high = np.inf if self.max is None else self.max
        return _result(np.clip(values, low, high), dtype)
