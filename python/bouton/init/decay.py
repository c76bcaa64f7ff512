# SPDX-License-Identifier: Apache-2.0
"""Weights within a population that fall with distance."""

from __future__ import annotations

from typing import Any

from bouton import _core
from bouton._scalars import as_array, number, shape_of
from bouton.connect.random import encoded_ranges
from bouton.init.base import Initializer
from bouton.init.initializers import _optional, _result


class GaussianDecay(Initializer):
    """Weights ``max_w * exp(-d^2 / (2 sigma^2))``, d being the distance of two neurons in the space they encode.

    It is called with the size of the population, (n,) or (n, m, ...); the result has the shape (num, num).

    Parameters
    ----------
    sigma : float
        > 0, in the units of `encoding_values`.
    max_w : float
        The weight at d = 0.
    min_w : float, optional
        Weights of magnitude below it are 0; None is 0.005 * abs(max_w).
    encoding_values : tuple, optional
        (min, max), or one such pair for each axis: n neurons are spread evenly over it, both ends included. None: a
        neuron sits at its indices.
    periodic_boundary : bool
        Whether each axis closes to a ring as long as its range.
    include_self : bool
        False: 0 from a neuron to itself.
    normalize : bool
        Scale so that the largest weight is `max_w` also without self.
    """

    def __init__(
        self,
        sigma: float,
        max_w: float,
        min_w: float | None = None,
        encoding_values: Any = None,
        periodic_boundary: bool = False,
        include_self: bool = True,
        normalize: bool = False,
    ):
        self.sigma, self.max_w = number(sigma, 'GaussianDecay.sigma'), number(max_w, 'GaussianDecay.max_w')
        self.min_w = _optional(min_w, 'GaussianDecay.min_w')
        self.encoding_values = encoding_values
        self._ranges = encoded_ranges(encoding_values, 'GaussianDecay.encoding_values')
        self.periodic_boundary = bool(periodic_boundary)
        self.include_self = bool(include_self)
        self.normalize = bool(normalize)

    def __call__(self, shape: Any, dtype: Any = None) -> Any:
        values = _core.gaussian_decay(
            shape_of(shape, 'shape'),
            sigma=self.sigma,
            max_w=self.max_w,
            min_w=self.min_w,
            encoding_values=self._ranges,
            periodic_boundary=self.periodic_boundary,
            include_self=self.include_self,
            normalize=self.normalize,
        )
        return _result(values, dtype)


class DOGDecay(Initializer):
    """The difference of two Gaussians, a "Mexican hat" for ``sigmas[0] < sigmas[1]``.

    Weights ``max_ws[0] * exp(-d^2 / (2 sigmas[0]^2)) - max_ws[1] * exp(-d^2 / (2 sigmas[1]^2))``. Parameters are those
    of `GaussianDecay`, two each of `sigmas` and `max_ws`; `min_w` None is 0.005 of the smaller magnitude of `max_ws`.
    `normalize` has no effect, as in the reference.
    """

    def __init__(
        self,
        sigmas: Any,
        max_ws: Any,
        min_w: float | None = None,
        encoding_values: Any = None,
        periodic_boundary: bool = False,
        normalize: bool = True,
        include_self: bool = True,
    ):
        for name, values in (('sigmas', sigmas), ('max_ws', max_ws)):
            if as_array(values, f'DOGDecay.{name}').shape != (2,):
                raise ValueError(f'DOGDecay.{name} must be two numbers, but we got {values!r}')
        self.sigmas = tuple(float(value) for value in sigmas)
        self.max_ws = tuple(float(value) for value in max_ws)
        self.min_w = _optional(min_w, 'DOGDecay.min_w')
        self.encoding_values = encoding_values
        self._ranges = encoded_ranges(encoding_values, 'DOGDecay.encoding_values')
        self.periodic_boundary = bool(periodic_boundary)
        self.normalize = bool(normalize)
        self.include_self = bool(include_self)

    def __call__(self, shape: Any, dtype: Any = None) -> Any:
        values = _core.dog_decay(
            shape_of(shape, 'shape'),
            sigmas=self.sigmas,
            max_ws=self.max_ws,
            min_w=self.min_w,
            encoding_values=self._ranges,
            periodic_boundary=self.periodic_boundary,
            include_self=self.include_self,
        )
        return _result(values, dtype)
