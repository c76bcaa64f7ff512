# SPDX-License-Identifier: Apache-2.0
"""Connectors that draw. All drawing is the core's: a pure function of (seed, neuron, k), the same on any machine.

With ``seed=None`` the seed is drawn from NumPy's global generator when the connector is made. Binding one connector a
second time draws other connections; a fresh connector with the same seed repeats them.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from bouton import _core
from bouton._scalars import as_array, integer, number, positive, probability, seed_bits
from bouton.connect.base import OneEndConnector
from bouton.connect.regular import CoreConnector
from bouton.errors import ConnectorError


class RandomConnector(CoreConnector):
    """A connector with a seed."""

    def __init__(self, seed: Any = None, **kwargs: Any):
        self.seed = (
            int(np.random.randint(0, 2**31 - 1)) if seed is None else integer(seed, f'{type(self).__name__}.seed')
        )
        super().__init__(**kwargs)

    @property
    def _seed(self) -> int:
        return seed_bits(self.seed, self._draw)

    def _arguments(self) -> str:
        not_given = ('pre_size', 'post_size', 'is_in_use')
        shown = (f'{k}={v!r}' for k, v in vars(self).items() if not k.startswith('_') and k not in not_given)
        return ', '.join(shown)


class FixedProb(RandomConnector):
    """Each pair with probability `prob`.

    Parameters
    ----------
    prob : float
        In [0, 1].
    pre_ratio : float
        In [0, 1]; the share of the pre neurons that take part.
    include_self : bool
        False removes the pairs i = j.
    allow_multi_conn : bool
        Draw with replacement: a pair drawn twice is two connections. Implies ``law='fixed_out_degree'``.
    seed : int, optional
        Of what is drawn; None takes one from NumPy's global generator.
    law : str, optional
        'bernoulli', the default: each pair independently, each pre neuron taking part with probability `pre_ratio`.
        'fixed_out_degree': int(pre_num * pre_ratio) pre neurons contact int(post_num * prob) posts each.
    """

    def __init__(
        self,
        prob: float,
        pre_ratio: float = 1.0,
        include_self: bool = True,
        allow_multi_conn: bool = False,
        seed: int | None = None,
        *,
        law: str | None = None,
        **kwargs: Any,
    ):
        self.prob = probability(prob, 'FixedProb.prob')
        self.pre_ratio = probability(pre_ratio, 'FixedProb.pre_ratio')
        self.include_self = bool(include_self)
        self.allow_multi_conn = bool(allow_multi_conn)
        if law not in (None, 'bernoulli', 'fixed_out_degree'):
            raise ValueError(f"FixedProb.law must be 'bernoulli' or 'fixed_out_degree', but we got {law!r}")
        self.law = law or ('fixed_out_degree' if self.allow_multi_conn else 'bernoulli')
        if self.allow_multi_conn and self.law == 'bernoulli':
            raise ValueError(
                "FixedProb.allow_multi_conn needs the law 'fixed_out_degree': 'bernoulli' decides on each pair once"
            )
        super().__init__(seed, **kwargs)

    def _rule(self) -> Any:
        return _core.fixed_prob(
            prob=self.prob,
            pre_ratio=self.pre_ratio,
            include_self=self.include_self,
            allow_multi_conn=self.allow_multi_conn,
            law=self.law,
            seed=self._seed,
        )


def _count(value: Any, what: str) -> int | float:
    """A whole number, or a fraction in [0, 1] of what there is."""
    array = as_array(value, what)
    if array.dtype.kind == 'f':
        return probability(value, what)
    result = integer(value, what)
    if result < 0:
        raise ValueError(f'{what} must not be negative, but we got {value!r}')
    return result


class _FixedNum(RandomConnector):
    """`num` connections for each neuron of one side."""

    _of = ''

    def __init__(
        self,
        num: int | float,
        include_self: bool = True,
        allow_multi_conn: bool = False,
        seed: int | None = None,
        **kwargs: Any,
    ):
        self.num = _count(num, f'{type(self).__name__}.num')
        self.include_self = bool(include_self)
        self.allow_multi_conn = bool(allow_multi_conn)
        super().__init__(seed, **kwargs)

    def _check_sizes(self, pre_size: tuple[int, ...], post_size: tuple[int, ...]) -> None:
        total = math.prod(pre_size if self._of == 'pre' else post_size)
        if isinstance(self.num, int) and self.num > total and not self.allow_multi_conn:
            raise ConnectorError(f'"num" must be smaller than "{self._of}_num", but got {self.num} > {total}')


class FixedPreNum(_FixedNum):
    """Each post neuron is contacted by `num` pre neurons.

    Parameters
    ----------
    num : int or float
        An integer is that many, a float the fraction: int(pre_num * num). Too large a number is a ConnectorError.
    include_self : bool
        False chooses among the neurons j != i; the number is kept.
    allow_multi_conn : bool
        Draw with replacement; else they are distinct.
    seed : int, optional
        Of what is drawn; None takes one from NumPy's global generator.
    """

    _of = 'pre'

    def _rule(self) -> Any:
        return _core.fixed_pre_num(
            num=self.num, include_self=self.include_self, allow_multi_conn=self.allow_multi_conn, seed=self._seed
        )


class FixedPostNum(_FixedNum):
    """Each pre neuron contacts `num` post neurons; all else as in `FixedPreNum`."""

    _of = 'post'

    def _rule(self) -> Any:
        return _core.fixed_post_num(
            num=self.num, include_self=self.include_self, allow_multi_conn=self.allow_multi_conn, seed=self._seed
        )


class FixedTotalNum(RandomConnector):
    """`num` distinct pairs of all.

    Parameters
    ----------
    num : int or float
        How many; a float is the fraction of all pairs.
    seed : int, optional
        Of what is drawn; None takes one from NumPy's global generator.
    """

    def __init__(self, num: int | float, seed: int | None = None, **kwargs: Any):
        self.num = _count(num, 'FixedTotalNum.num')
        super().__init__(seed, **kwargs)

    def _check_sizes(self, pre_size: tuple[int, ...], post_size: tuple[int, ...]) -> None:
        total = math.prod(pre_size) * math.prod(post_size)
        if isinstance(self.num, int) and self.num > total:
            raise ConnectorError(f'"num" must be smaller than "all2all num", but got {self.num} > {total}')

    def _rule(self) -> Any:
        return _core.fixed_total_num(num=self.num, seed=self._seed)


def encoded_ranges(values: Any, what: str) -> list[tuple[float, float]] | None:
    """None, one pair (min, max) for all axes, or one pair for each axis."""
    if values is None:
        return None
    array = as_array(values, what)
    if array.shape == (2,):
        array = array[None]
    if array.ndim != 2 or array.shape[1] != 2:
        raise ValueError(f'{what} must be (min, max), or one such pair for each axis, but we got {values!r}')
    return [(float(low), float(high)) for low, high in array]


class GaussianProb(OneEndConnector, RandomConnector):
    """A pair of neurons at distance d with probability ``exp(-d^2 / (2 sigma^2))``.

    Parameters
    ----------
    sigma : float
        > 0, in the units of `encoding_values`.
    encoding_values : tuple, optional
        (min, max), or one such pair for each axis: n neurons are spread evenly over it, both ends included. None: a
        neuron sits at its indices.
    normalize : bool
        Divide by the largest probability; that is 1, at d = 0, so both settings give the same.
    include_self : bool
        Whether a neuron may be connected to itself.
    periodic_boundary : bool
        Whether each axis closes to a ring as long as its range.
    seed : int, optional
        Of what is drawn; None takes one from NumPy's global generator.
    """

    def __init__(
        self,
        sigma: float,
        encoding_values: Any = None,
        normalize: bool = True,
        include_self: bool = True,
        periodic_boundary: bool = False,
        seed: int | None = None,
        **kwargs: Any,
    ):
        self.sigma = positive(sigma, 'GaussianProb.sigma')
        self._ranges = encoded_ranges(encoding_values, 'GaussianProb.encoding_values')
        self.encoding_values = encoding_values
        self.normalize = bool(normalize)
        self.include_self = bool(include_self)
        self.periodic_boundary = bool(periodic_boundary)
        super().__init__(seed=seed, **kwargs)

    def _rule(self) -> Any:
        return _core.gaussian_prob(
            sigma=self.sigma,
            encoding_values=self._ranges,
            normalize=self.normalize,
            include_self=self.include_self,
            periodic_boundary=self.periodic_boundary,
            seed=self._seed,
        )


class ProbDist(RandomConnector):
    """Pairs whose indices are at most `dist` apart, each with probability `prob`.

    Parameters
    ----------
    dist : float
        Largest Euclidean distance, >= 0; the two populations have the same number of axes.
    prob, pre_ratio : float
        In [0, 1]; `pre_ratio` is the probability with which each pre neuron takes part.
    seed : int, optional
        Of what is drawn; None takes one from NumPy's global generator.
    include_self : bool
    """

    def __init__(
        self,
        dist: float = 1,
        prob: float = 1.0,
        pre_ratio: float = 1.0,
        seed: int | None = None,
        include_self: bool = True,
        **kwargs: Any,
    ):
        self.dist = number(dist, 'ProbDist.dist')
        if not self.dist >= 0:
            raise ValueError(f'ProbDist.dist must not be negative, but we got {dist!r}')
        self.prob = probability(prob, 'ProbDist.prob')
        self.pre_ratio = probability(pre_ratio, 'ProbDist.pre_ratio')
        self.include_self = bool(include_self)
        super().__init__(seed, **kwargs)

    def _rule(self) -> Any:
        return _core.prob_dist(
            dist=self.dist, prob=self.prob, pre_ratio=self.pre_ratio, seed=self._seed, include_self=self.include_self
        )


class SmallWorld(RandomConnector):
    """Watts-Strogatz graph: a ring whose edges are moved with probability `prob`.

    Parameters
    ----------
    num_neighbor : int
        Each neuron is joined to ``num_neighbor // 2`` on either side; 0 to num - 1.
    prob : float
        In [0, 1].
    directed : bool
        Whether each neuron's outgoing edges are moved on their own; else an edge is a connection in both directions.
    include_self : bool
        Whether a moved end may become the neuron itself.
    seed : int, optional
        Of what is drawn; None takes one from NumPy's global generator.

    References
    ----------
    Watts DJ, Strogatz SH (1998) Collective dynamics of 'small-world' networks. Nature 393:440-442.
    """

    def __init__(
        self,
        num_neighbor: int,
        prob: float,
        directed: bool = False,
        include_self: bool = False,
        seed: int | None = None,
        **kwargs: Any,
    ):
        self.num_neighbor = integer(num_neighbor, 'SmallWorld.num_neighbor')
        self.prob = probability(prob, 'SmallWorld.prob')
        self.directed = bool(directed)
        self.include_self = bool(include_self)
        super().__init__(seed, **kwargs)

    def _rule(self) -> Any:
        return _core.small_world(
            num_neighbor=self.num_neighbor,
            prob=self.prob,
            directed=self.directed,
            include_self=self.include_self,
            seed=self._seed,
        )


class ScaleFreeBA(RandomConnector):
    """Barabasi-Albert graph: after a star of m + 1 neurons each joins `m` older ones in proportion to their edges.

    Parameters
    ----------
    m : int
        1 to num - 1.
    directed : bool
        Whether an edge leads from the newer neuron to the older only; else it is a connection in both directions.
    seed : int, optional
        Of what is drawn; None takes one from NumPy's global generator.

    References
    ----------
    Barabasi AL, Albert R (1999) Emergence of scaling in random networks. Science 286:509-512.
    """

    def __init__(self, m: int, directed: bool = False, seed: int | None = None, **kwargs: Any):
        self.m = integer(m, 'ScaleFreeBA.m')
        self.directed = bool(directed)
        super().__init__(seed, **kwargs)

    def _rule(self) -> Any:
        return _core.scale_free_ba(m=self.m, directed=self.directed, seed=self._seed)


class ScaleFreeBADual(RandomConnector):
    """The graph of `ScaleFreeBA` with `m1` edges for a new neuron with probability `p`, else `m2`.

    Parameters
    ----------
    m1, m2 : int
        Edges of a new neuron, 1 to num - 1.
    p : float
        In [0, 1].
    directed : bool
        See `ScaleFreeBA`.
    seed : int, optional
        Of what is drawn; None takes one from NumPy's global generator.

    References
    ----------
    Moshiri N (2018) The dual-Barabasi-Albert model. arXiv:1810.10538.
    """

    def __init__(self, m1: int, m2: int, p: float, directed: bool = False, seed: int | None = None, **kwargs: Any):
        self.m1, self.m2 = integer(m1, 'ScaleFreeBADual.m1'), integer(m2, 'ScaleFreeBADual.m2')
        self.p = probability(p, 'ScaleFreeBADual.p')
        self.directed = bool(directed)
        super().__init__(seed, **kwargs)

    def _rule(self) -> Any:
        return _core.scale_free_ba_dual(m1=self.m1, m2=self.m2, p=self.p, directed=self.directed, seed=self._seed)


class PowerLaw(RandomConnector):
    """The graph of `ScaleFreeBA` with triangles: each edge but the first leads, with probability `p`, to a neighbour.

    Parameters
    ----------
    m : int
        Edges of a new neuron, 1 to num - 1.
    p : float
        In [0, 1].
    directed : bool
        See `ScaleFreeBA`.
    seed : int, optional
        Of what is drawn; None takes one from NumPy's global generator.

    References
    ----------
    Holme P, Kim BJ (2002) Growing scale-free networks with tunable clustering. Phys. Rev. E 65:026107.
    """

    def __init__(self, m: int, p: float, directed: bool = False, seed: int | None = None, **kwargs: Any):
        self.m = integer(m, 'PowerLaw.m')
        self.p = probability(p, 'PowerLaw.p')
        self.directed = bool(directed)
        super().__init__(seed, **kwargs)

    def _rule(self) -> Any:
        return _core.power_law(m=self.m, p=self.p, directed=self.directed, seed=self._seed)
