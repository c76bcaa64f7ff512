# SPDX-License-Identifier: Apache-2.0
"""Random numbers: one shared generator, `DEFAULT`, and the functions that draw from it.

`seed` makes a program reproducible: initialisers without a seed of their own take one from `DEFAULT` when they are
called. The numbers are NumPy's (PCG64), so they differ from those of other libraries for the same seed. Every function
takes ``key``, a seed for this one call that leaves the generator as it is.
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from bouton._scalars import seed_bits
from bouton.math.array import Array, asarray, narrowed, wrap
from bouton.math.environment import state

#: What `DEFAULT` is seeded with. With it the documented pairs of Hodgkin-Huxley neurons fire.
DEFAULT_SEED = 2100


def _shape(size: Any) -> tuple[int, ...]:
    if size is None:
        return ()
    return tuple(int(n) for n in np.atleast_1d(np.asarray(size)))


def _real(x: Any) -> Array:
    return np.asarray(x, state.float_).view(Array)


def _whole(x: Any, dtype: Any = None) -> Array:
    return np.asarray(x, state.int_ if dtype is None else narrowed(dtype)).view(Array)


def _or(value: Any, default: float) -> Any:
    return default if value is None else np.asarray(value)


class RandomState:
    """A stream of random numbers.

    Parameters
    ----------
    seed_or_key, seed : int, optional
        The seed; None takes one from the operating system.

    Notes
    -----
    The methods have the names and parameters of `numpy.random.Generator` and of BrainPy; results are arrays of
    `bm.float_`, `bm.int_` or `bm.bool_`. `size` is None, an integer or a tuple.
    """

    def __init__(self, seed_or_key: Any = None, seed: Any = None, _ready_to_trace: bool = True):
        self.seed(seed_or_key, seed)

    def seed(self, seed_or_key: Any = None, seed: Any = None) -> None:
        """Start the stream anew. Raises ValueError for a negative seed and TypeError for what is no integer."""
        given = seed if seed_or_key is None else seed_or_key
        if given is None:
            given = int.from_bytes(os.urandom(8), 'little')
        elif type(given) is not int:
            values = np.asarray(given)
            if values.dtype.kind not in 'iub':
                raise TypeError(f'A seed must be an integer or None, but we got {given!r}')
            given = int(values.flat[0]) if values.size == 1 else self._one_of(values.ravel().tolist())
        if given < 0:
            raise ValueError(f'A seed must not be negative, but we got {given!r}')
        self._seed: int = given
        self._keys = 0
        self._stream: Any = None

    @staticmethod
    def _one_of(seeds: list[int]) -> int:
        """One seed that depends on all of several; negative if one is."""
        mixed = 0
        for seed in seeds:
            if seed < 0:
                return seed
            mixed = seed_bits(mixed ^ seed, 1)
        return mixed

    @property
    def _generator(self) -> np.random.Generator:
        """NumPy's generator. It is made when numbers are drawn: `numpy.random` takes time to import."""
        if self._stream is None:
            self._stream = np.random.Generator(np.random.PCG64(self._seed))
        return self._stream

    def clone(self) -> RandomState:
        """A generator that continues as this one would."""
        copy = RandomState(self._seed)
        copy._keys = self._keys
        if self._stream is not None:
            copy._generator.bit_generator.state = self._generator.bit_generator.state
        return copy

    def split_key(self) -> int:
        """A 64-bit seed for another generator. Each call gives another one; numbers drawn here do not matter."""
        self._keys += 1
        return seed_bits(self._seed, self._keys)

    def split_keys(self, n: int) -> np.ndarray:
        """`n` 64-bit seeds."""
        return np.array([self.split_key() for _ in range(n)], np.uint64)

    def _g(self, key: Any) -> np.random.Generator:
        if key is None:
            return self._generator
        return key._generator if isinstance(key, RandomState) else RandomState(key)._generator

    def __repr__(self) -> str:
        return f'RandomState(seed={self._seed})'

    # Uniform numbers and integers

    def rand(self, *dn: int, key: Any = None) -> Array:
        """Uniform in [0, 1), of shape `dn`."""
        return self.random(dn, key)

    def random(self, size: Any = None, key: Any = None) -> Array:
        """Uniform in [0, 1)."""
        return _real(self._g(key).random(_shape(size)))

    random_sample = ranf = sample = random

    def uniform(self, low: Any = 0.0, high: Any = 1.0, size: Any = None, key: Any = None) -> Array:
        """Uniform in [low, high)."""
        return _real(self._g(key).uniform(np.asarray(low), np.asarray(high), size))

    def randint(self, low: Any, high: Any = None, size: Any = None, dtype: Any = None, key: Any = None) -> Array:
        """Integers in [low, high), or [0, low) without `high`."""
        low, high = (0, low) if high is None else (low, high)
        return _whole(self._g(key).integers(np.asarray(low), np.asarray(high), size), dtype)

    def random_integers(self, low: Any, high: Any = None, size: Any = None, key: Any = None) -> Array:
        """Integers in [low, high], or [1, low] without `high`."""
        low, high = (1, low) if high is None else (low, high)
        return _whole(self._g(key).integers(np.asarray(low), np.asarray(high), size, endpoint=True))

    def rand_like(self, input: Any, *, dtype: Any = None, key: Any = None) -> Array:
        """Uniform in [0, 1), of the shape of `input`."""
        return asarray(self.random(np.shape(input), key), dtype)

    def randn_like(self, input: Any, *, dtype: Any = None, key: Any = None) -> Array:
        """Standard normal, of the shape of `input`."""
        return asarray(self.standard_normal(np.shape(input), key), dtype)

    def randint_like(self, input: Any, low: Any = 0, high: Any = None, *, dtype: Any = None, key: Any = None) -> Array:
        """Integers in [low, high), of the shape of `input`; without `high` in [0, max(input))."""
        return self.randint(low, np.max(input) if high is None else high, np.shape(input), dtype, key)

    # Order and choice

    def choice(self, a: Any, size: Any = None, replace: bool = True, p: Any = None, key: Any = None) -> Array:
        """Entries of `a`, or of ``arange(a)`` for an integer, with probabilities `p`."""
        population = a if isinstance(a, int | np.integer) else np.asarray(a)
        return wrap(self._g(key).choice(population, size, replace, None if p is None else np.asarray(p)))

    def permutation(self, x: Any, axis: int = 0, independent: bool = False, key: Any = None) -> Array:
        """`x`, or ``arange(x)`` for an integer, in random order along `axis`."""
        values = np.arange(x) if isinstance(x, int | np.integer) else np.asarray(x)
        generator = self._g(key)
        return wrap(generator.permuted(values, axis=axis) if independent else generator.permutation(values, axis=axis))

    def shuffle(self, x: Any, axis: int = 0, key: Any = None) -> Any:
        """Bring `x`, an array or variable, into random order along `axis`, in place. Returns `x`."""
        x[...] = self.permutation(x, axis, key=key)
        return x

    # Continuous distributions

    def randn(self, *dn: int, key: Any = None) -> Array:
        """Standard normal, of shape `dn`."""
        return self.standard_normal(dn, key)

    def standard_normal(self, size: Any = None, key: Any = None) -> Array:
        """Normal with mean 0 and standard deviation 1."""
        return _real(self._g(key).standard_normal(_shape(size)))

    def normal(self, loc: Any = None, scale: Any = None, size: Any = None, key: Any = None) -> Array:
        """Normal with mean `loc` (0) and standard deviation `scale` (1)."""
        return _real(self._g(key).normal(_or(loc, 0.0), _or(scale, 1.0), size))

    def truncated_normal(self, lower: Any, upper: Any, size: Any = None, scale: Any = None, key: Any = None) -> Array:
        """`scale` (1) times a standard normal that is restricted to [lower, upper].

        Draws that fall outside are drawn again. Raises ValueError where `lower` is not below `upper`.
        """
        lower, upper = np.asarray(lower, float), np.asarray(upper, float)
        if not np.all(lower < upper):
            raise ValueError(f'lower must be below upper, but we got {lower} and {upper}')
        shape = np.broadcast_shapes(lower.shape, upper.shape) if size is None else _shape(size)
        low, high = np.broadcast_to(lower, shape), np.broadcast_to(upper, shape)
        return _real(_truncated(self._g(key), low, high) * _or(scale, 1.0))

    def standard_exponential(self, size: Any = None, key: Any = None) -> Array:
        """Exponential with mean 1."""
        return _real(self._g(key).standard_exponential(_shape(size)))

    def exponential(self, scale: Any = None, size: Any = None, key: Any = None) -> Array:
        """Exponential with mean `scale` (1)."""
        return _real(self._g(key).exponential(_or(scale, 1.0), size))

    def standard_gamma(self, shape: Any, size: Any = None, key: Any = None) -> Array:
        """Gamma with `shape` and scale 1."""
        return _real(self._g(key).standard_gamma(np.asarray(shape), size))

    def gamma(self, shape: Any, scale: Any = None, size: Any = None, key: Any = None) -> Array:
        """Gamma with `shape` and `scale` (1)."""
        return _real(self._g(key).gamma(np.asarray(shape), _or(scale, 1.0), size))

    def loggamma(self, a: Any, size: Any = None, key: Any = None) -> Array:
        """The logarithm of a gamma number with shape `a` and scale 1."""
        return np.log(self.standard_gamma(a, size, key))

    def beta(self, a: Any, b: Any, size: Any = None, key: Any = None) -> Array:
        """Beta."""
        return _real(self._g(key).beta(np.asarray(a), np.asarray(b), size))

    def chisquare(self, df: Any, size: Any = None, key: Any = None) -> Array:
        """Chi-square with `df` degrees of freedom."""
        return _real(self._g(key).chisquare(np.asarray(df), size))

    def noncentral_chisquare(self, df: Any, nonc: Any, size: Any = None, key: Any = None) -> Array:
        """Noncentral chi-square."""
        return _real(self._g(key).noncentral_chisquare(np.asarray(df), np.asarray(nonc), size))

    def f(self, dfnum: Any, dfden: Any, size: Any = None, key: Any = None) -> Array:
        """F distribution."""
        return _real(self._g(key).f(np.asarray(dfnum), np.asarray(dfden), size))

    def noncentral_f(self, dfnum: Any, dfden: Any, nonc: Any, size: Any = None, key: Any = None) -> Array:
        """Noncentral F distribution."""
        return _real(self._g(key).noncentral_f(np.asarray(dfnum), np.asarray(dfden), np.asarray(nonc), size))

    def standard_t(self, df: Any, size: Any = None, key: Any = None) -> Array:
        """Student's t."""
        return _real(self._g(key).standard_t(np.asarray(df), size))

    t = standard_t

    def standard_cauchy(self, size: Any = None, key: Any = None) -> Array:
        """Cauchy."""
        return _real(self._g(key).standard_cauchy(_shape(size)))

    def lognormal(self, mean: Any = None, sigma: Any = None, size: Any = None, key: Any = None) -> Array:
        """The exponential of a normal number with mean `mean` (0) and standard deviation `sigma` (1)."""
        return _real(self._g(key).lognormal(_or(mean, 0.0), _or(sigma, 1.0), size))

    def laplace(self, loc: Any = None, scale: Any = None, size: Any = None, key: Any = None) -> Array:
        """Laplace around `loc` (0) with `scale` (1)."""
        return _real(self._g(key).laplace(_or(loc, 0.0), _or(scale, 1.0), size))

    def logistic(self, loc: Any = None, scale: Any = None, size: Any = None, key: Any = None) -> Array:
        """Logistic around `loc` (0) with `scale` (1)."""
        return _real(self._g(key).logistic(_or(loc, 0.0), _or(scale, 1.0), size))

    def gumbel(self, loc: Any = None, scale: Any = None, size: Any = None, key: Any = None) -> Array:
        """Gumbel with mode `loc` (0) and `scale` (1)."""
        return _real(self._g(key).gumbel(_or(loc, 0.0), _or(scale, 1.0), size))

    def maxwell(self, size: Any = None, key: Any = None) -> Array:
        """The length of a vector of three standard normal numbers."""
        return np.linalg.norm(self.standard_normal((*_shape(size), 3), key), axis=-1).view(Array)

    def rayleigh(self, scale: Any = 1.0, size: Any = None, key: Any = None) -> Array:
        """Rayleigh."""
        return _real(self._g(key).rayleigh(np.asarray(scale), size))

    def pareto(self, a: Any, size: Any = None, key: Any = None) -> Array:
        """Pareto of the second kind (Lomax) with `shape` a."""
        return _real(self._g(key).pareto(np.asarray(a), size))

    def power(self, a: Any, size: Any = None, key: Any = None) -> Array:
        """On [0, 1] with density a x^(a - 1)."""
        return _real(self._g(key).power(np.asarray(a), size))

    def triangular(self, size: Any = None, key: Any = None) -> Array:
        """-1 or 1, with probability 1/2 each."""
        return _real(2 * self._g(key).integers(0, 2, _shape(size)) - 1)

    def vonmises(self, mu: Any, kappa: Any, size: Any = None, key: Any = None) -> Array:
        """Von Mises on [-pi, pi]."""
        return _real(self._g(key).vonmises(np.asarray(mu), np.asarray(kappa), size))

    def wald(self, mean: Any, scale: Any, size: Any = None, key: Any = None) -> Array:
        """Inverse Gaussian."""
        return _real(self._g(key).wald(np.asarray(mean), np.asarray(scale), size))

    def weibull(self, a: Any, size: Any = None, key: Any = None) -> Array:
        """Weibull with shape `a` and scale 1."""
        return _real(self._g(key).weibull(np.asarray(a), size))

    def weibull_min(self, a: Any, scale: Any = None, size: Any = None, key: Any = None) -> Array:
        """Weibull with shape `a` and `scale` (1)."""
        return self.weibull(a, size, key) * _or(scale, 1.0)

    def dirichlet(self, alpha: Any, size: Any = None, key: Any = None) -> Array:
        """Dirichlet."""
        return _real(self._g(key).dirichlet(np.asarray(alpha), size))

    def multivariate_normal(
        self, mean: Any, cov: Any, size: Any = None, method: str = 'cholesky', key: Any = None
    ) -> Array:
        """Normal vectors with `mean` and covariance `cov`."""
        return _real(self._g(key).multivariate_normal(np.asarray(mean), np.asarray(cov), size, method=method))

    def orthogonal(self, n: int, size: Any = None, key: Any = None) -> Array:
        """Orthogonal matrices (n, n), uniformly distributed (Mezzadri 2007, Notices of the AMS 54:592)."""
        q, r = np.linalg.qr(self._g(key).standard_normal((*_shape(size), n, n)))
        return _real(q * np.sign(np.diagonal(r, axis1=-2, axis2=-1))[..., None, :])

    # Discrete distributions

    def bernoulli(self, p: Any = 0.5, size: Any = None, key: Any = None) -> Array:
        """True with probability `p`. Raises ValueError if `p` is not in [0, 1]."""
        p = np.asarray(p)
        if not np.all((p >= 0) & (p <= 1)):
            raise ValueError(f'p must be in [0, 1], but we got {p}')
        drawn = self._g(key).random(p.shape if size is None else _shape(size))
        return np.asarray(drawn < p, state.bool_).view(Array)

    def binomial(self, n: Any, p: Any, size: Any = None, key: Any = None) -> Array:
        """Successes in `n` trials of probability `p`."""
        return _whole(self._g(key).binomial(np.asarray(n), np.asarray(p), size))

    def negative_binomial(self, n: Any, p: Any, size: Any = None, key: Any = None) -> Array:
        """Failures before `n` successes of probability `p`."""
        return _whole(self._g(key).negative_binomial(np.asarray(n), np.asarray(p), size))

    def poisson(self, lam: Any = 1.0, size: Any = None, key: Any = None) -> Array:
        """Poisson with mean `lam`."""
        return _whole(self._g(key).poisson(np.asarray(lam), size))

    def geometric(self, p: Any, size: Any = None, key: Any = None) -> Array:
        """Trials until the first success."""
        return _whole(self._g(key).geometric(np.asarray(p), size))

    def hypergeometric(self, ngood: Any, nbad: Any, nsample: Any, size: Any = None, key: Any = None) -> Array:
        """Good items in a sample without replacement."""
        return _whole(self._g(key).hypergeometric(np.asarray(ngood), np.asarray(nbad), np.asarray(nsample), size))

    def logseries(self, p: Any, size: Any = None, key: Any = None) -> Array:
        """Logarithmic series."""
        return _whole(self._g(key).logseries(np.asarray(p), size))

    def multinomial(self, n: Any, pvals: Any, size: Any = None, key: Any = None) -> Array:
        """Counts of `n` draws from categories of probabilities `pvals`."""
        return _whole(self._g(key).multinomial(np.asarray(n), np.asarray(pvals), size))

    def zipf(self, a: Any, size: Any = None, key: Any = None) -> Array:
        """Zipf."""
        return _whole(self._g(key).zipf(np.asarray(a), size))

    def categorical(self, logits: Any, axis: int = -1, size: Any = None, key: Any = None) -> Array:
        """Indices along `axis` with probabilities in proportion to ``exp(logits)`` (Gumbel's maximum)."""
        logits = np.moveaxis(np.asarray(logits, float), axis, -1)
        shape = logits.shape[:-1] if size is None else _shape(size)
        noise = self._g(key).gumbel(size=(*shape, logits.shape[-1]))
        return _whole(np.argmax(logits + noise, axis=-1))


def _truncated(generator: np.random.Generator, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Standard normal numbers in [low, high]: by rejection from the uniform, the normal or the exponential law.

    Robert 1995, Statistics and Computing 5:121.
    """
    drawn = np.empty(low.shape)
    mirrored = high < 0  # work in the right half
    a, b = np.where(mirrored, -high, low), np.where(mirrored, -low, high)
    left = np.ones(low.shape, bool)
    while left.any():
        lo, hi = a[left], b[left]
        tail = lo > 0
        rate = np.where(tail, (lo + np.sqrt(lo * lo + 4)) / 2, 1.0)
        narrow = hi - lo < np.where(tail, 1 / rate, 2.0)
        u = generator.random((2, lo.size))
        with np.errstate(all='ignore'):
            even = lo + u[0] * np.where(narrow, hi - lo, 0.0)
            nearest = np.where(lo > 0, lo, 0.0)
            x = np.where(narrow, even, np.where(tail, lo - np.log1p(-u[0]) / rate, generator.standard_normal(lo.size)))
            chance = np.where(
                narrow, np.exp((nearest**2 - x * x) / 2), np.where(tail, np.exp(-((x - rate) ** 2) / 2), 1.0)
            )
        accepted = (u[1] <= chance) & (x >= lo) & (x <= hi)
        where = np.flatnonzero(left)[accepted]
        drawn.flat[where] = x[accepted]
        left.flat[where] = False
    return np.where(mirrored, -drawn, drawn)


Generator = RandomState
DEFAULT = RandomState(DEFAULT_SEED)

_FUNCTIONS = [name for name in vars(RandomState) if not name.startswith('_') and name not in ('clone', 'split_keys')]
globals().update({name: getattr(DEFAULT, name) for name in _FUNCTIONS})


def default_rng(seed_or_key: Any = None, clone: bool = True) -> RandomState:
    """A generator: a new one from a seed, the given one, or without an argument a copy of `DEFAULT` (or itself)."""
    if seed_or_key is None:
        return DEFAULT.clone() if clone else DEFAULT
    if isinstance(seed_or_key, RandomState):
        return seed_or_key.clone() if clone else seed_or_key
    return RandomState(seed_or_key)


__all__ = ['DEFAULT', 'DEFAULT_SEED', 'Generator', 'RandomState', 'default_rng', *_FUNCTIONS]
