# SPDX-License-Identifier: Apache-2.0
"""Spike functions with a surrogate derivative, for training.

Forward, each is the step

    f(x) = 1 where x >= 0, else 0

and its derivative is replaced by a bump or slope d(x). The function ``sigmoid(x, alpha, origin)`` and the object
``Sigmoid(alpha, origin)``, to be called with x alone, are the same. Both have a method ``derivative``, d(x). With
``origin=True`` the forward value is a smooth function instead of the step.

Neftci, Mostafa & Zenke (2019), Surrogate gradient learning in spiking neural networks. IEEE Signal Process. Mag. 36:51.

Notes
-----
Derivatives are those of BrainPy 2.4. Where they differ from what the name says, the docstring says so.
"""

from __future__ import annotations

import contextlib
import inspect
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from bouton.math.array import wrap
from bouton.math.tape import through
from bouton.math.variable import Variable


def _logistic(z: Any) -> Any:
    half = np.exp(-np.abs(z))
    return np.where(z >= 0, 1 / (1 + half), half / (1 + half))


def _normal_density(x: Any, mean: float, deviation: float) -> Any:
    return np.exp(-((x - mean) ** 2) / (2 * deviation**2)) / (math.sqrt(2 * math.pi) * deviation)


def _erf(x: Any) -> Any:
    return np.vectorize(math.erf, otypes=[float])(x)


# Derivatives d(x) and smooth forward values; the parameters and their defaults are read from the derivatives.


def _d_sigmoid(x: Any, alpha: float = 4.0) -> Any:
    """alpha s(alpha x) (1 - s(alpha x)), s the logistic function. The smooth value is s(x), without alpha."""
    s = _logistic(alpha * x)
    return alpha * s * (1 - s)


def _s_sigmoid(x: Any, alpha: float) -> Any:
    return _logistic(x)


def _d_piecewise_quadratic(x: Any, alpha: float = 1.0) -> Any:
    """alpha - (alpha x)^2 where abs(x) <= 1/alpha, else 0. (The smooth value has the slope alpha - alpha^2 abs(x).)"""
    return np.where(np.abs(x) > 1 / alpha, 0.0, alpha - (alpha * x) ** 2)


def _s_piecewise_quadratic(x: Any, alpha: float) -> Any:
    inner = -(alpha**2) / 2 * np.abs(x) * x + alpha * x + 0.5
    return np.where(x < -1 / alpha, 0.0, np.where(x > 1 / alpha, 1.0, inner))


def _d_piecewise_exp(x: Any, alpha: float = 1.0) -> Any:
    """(alpha / 2) exp(-alpha abs(x))."""
    return alpha / 2 * np.exp(-alpha * np.abs(x))


def _s_piecewise_exp(x: Any, alpha: float) -> Any:
    half = np.exp(-alpha * np.abs(x)) / 2
    return np.where(x < 0, half, 1 - half)


def _d_soft_sign(x: Any, alpha: float = 1.0) -> Any:
    """(alpha / 2) / (1 + abs(alpha x))^2."""
    return alpha * 0.5 / (1 + np.abs(alpha * x)) ** 2


def _s_soft_sign(x: Any, alpha: float) -> Any:
    return x / (2 / alpha + 2 * np.abs(x)) + 0.5


def _d_arctan(x: Any, alpha: float = 1.0) -> Any:
    """(alpha / 2) / (1 + (pi alpha x / 2)^2)."""
    return alpha * 0.5 / (1 + (math.pi / 2 * alpha * x) ** 2)


def _s_arctan(x: Any, alpha: float) -> Any:
    return np.arctan(math.pi / 2 * alpha * x) / math.pi + 0.5


def _d_nonzero_sign_log(x: Any, alpha: float = 1.0) -> Any:
    """1 / (1 / alpha + abs(x))."""
    return 1 / (1 / alpha + np.abs(x))


def _s_nonzero_sign_log(x: Any, alpha: float) -> Any:
    return np.where(x < 0, -1.0, 1.0) * np.log(np.abs(alpha * x) + 1)


def _d_erf(x: Any, alpha: float = 1.0) -> Any:
    """(alpha / sqrt(pi)) exp(-alpha^2 x^2). The smooth value, erf(-alpha x) / 2, falls."""
    return alpha / math.sqrt(math.pi) * np.exp(-(alpha**2) * x**2)


def _s_erf(x: Any, alpha: float) -> Any:
    return _erf(-alpha * x) / 2


def _d_piecewise_leaky_relu(x: Any, c: float = 0.01, w: float = 1.0) -> Any:
    """c where abs(x) > w, else 1 / w. (The slope of the smooth value inside is 1 / (2 w).)"""
    return np.where(np.abs(x) > w, c, 1 / w)


def _s_piecewise_leaky_relu(x: Any, c: float, w: float) -> Any:
    return np.where(x < -w, c * x + c * w, np.where(x > w, c * x - c * w + 1, x / (2 * w) + 0.5))


def _d_squarewave_fourier_series(x: Any, n: int = 2, t_period: float = 8.0) -> Any:
    """(4 / t_period) sum of cos((2 i - 1) 2 pi x / t_period) over i = 1 .. max(1, n - 1)."""
    w = 2 * math.pi / t_period
    return 4 / t_period * sum(np.cos((2 * i - 1) * w * x) for i in (1, *range(2, n)))


def _s_squarewave_fourier_series(x: Any, n: int, t_period: float) -> Any:
    w = 2 * math.pi / t_period
    return 0.5 + 2 / math.pi * sum(np.sin((2 * i - 1) * w * x) / (2 * i - 1) for i in (1, *range(2, n)))


def _d_s2nn(x: Any, alpha: float = 4.0, beta: float = 1.0, epsilon: float = 1e-08) -> Any:
    """alpha s(alpha x) (1 - s(alpha x)) where x < 0, else beta / (x + 1)."""
    return np.where(x < 0, _d_sigmoid(x, alpha), beta / (np.maximum(x, 0) + 1))


def _s_s2nn(x: Any, alpha: float, beta: float, epsilon: float) -> Any:
    return np.where(x < 0, _logistic(alpha * x), beta * np.log(np.abs(x + 1) + epsilon) + 0.5)


def _d_q_pseudo_spike(x: Any, alpha: float = 2.0) -> Any:
    """(1 + 2 abs(x) / (alpha + 1))^(-alpha). The smooth value has alpha - 1 there and is not monotonic."""
    return (1 + 2 / (alpha + 1) * np.abs(x)) ** (-alpha)


def _s_q_pseudo_spike(x: Any, alpha: float) -> Any:
    with np.errstate(all='ignore'):
        tail = 0.5 * (1 - 2 / (alpha - 1) * np.abs(x)) ** (1 - alpha)
        return np.where(x < 0, tail, 1 - 0.5 * (1 + 2 / (alpha - 1) * np.abs(x)) ** (1 - alpha))


def _d_leaky_relu(x: Any, alpha: float = 0.1, beta: float = 1.0) -> Any:
    """alpha where x < 0, else beta."""
    return np.where(x < 0, alpha, beta)


def _s_leaky_relu(x: Any, alpha: float, beta: float) -> Any:
    return np.where(x < 0, alpha * x, beta * x)


def _d_log_tailed_relu(x: Any, alpha: float = 0.0) -> Any:
    """1 / x where x > 1, 1 where 0 < x <= 1, else alpha."""
    return np.where(x > 1, 1 / np.where(x > 1, x, 1), np.where(x > 0, 1.0, alpha))


def _s_log_tailed_relu(x: Any, alpha: float) -> Any:
    return np.where(x > 1, np.log(np.where(x > 1, x, 1)), np.where(x > 0, x, alpha * x))


def _d_relu_grad(x: Any, alpha: float = 0.3, width: float = 1.0) -> Any:
    """max(0, alpha width - alpha abs(x))."""
    return np.maximum(alpha * width - np.abs(x) * alpha, 0)


def _d_gaussian_grad(x: Any, sigma: float = 0.5, alpha: float = 0.5) -> Any:
    """alpha exp(-x^2 sigma^2 / 2) / (sqrt(2 pi) sigma). (A Gaussian of width sigma has -x^2 / (2 sigma^2) there.)"""
    return np.exp(-(x**2) / 2 * sigma**2) / (math.sqrt(2 * math.pi) * sigma) * alpha


def _d_inv_square_grad(x: Any, alpha: float = 100.0) -> Any:
    """1 / (alpha abs(x) + 1)^2."""
    return 1 / (alpha * np.abs(x) + 1) ** 2


def _d_multi_gaussian_grad(x: Any, h: float = 0.15, s: float = 6.0, sigma: float = 0.5, scale: float = 0.5) -> Any:
    """scale [(1 + h) N(x; 0, sigma) - h N(x; sigma, s sigma) - h N(x; -sigma, s sigma)], N the normal density."""
    wide = _normal_density(x, sigma, s * sigma) + _normal_density(x, -sigma, s * sigma)
    return scale * ((1 + h) * _normal_density(x, 0.0, sigma) - h * wide)


def _d_slayer_grad(x: Any, alpha: float = 1.0) -> Any:
    """exp(-alpha abs(x))."""
    return np.exp(-alpha * np.abs(x))


class _Asked:
    """What a function of the user's is called with, to see which spike function it calls with it."""

    def __init__(self) -> None:
        self.called: tuple[str, dict[str, float]] | None = None

    def answer(self, name: str, parameters: dict[str, Any]) -> _Asked:
        self.called = name, {key: float(value) for key, value in parameters.items()}
        return self


def in_core(spike_fun: Any) -> tuple[str, dict[str, float]]:
    """The name and the parameters of a spike function, by which the core knows it.

    Parameters
    ----------
    spike_fun : str or callable
        A name of this module; one of its functions or objects; or a function that calls one of these with what it is
        given, as ``lambda x: sigmoid(x, alpha=2.0)`` and `functools.partial` do. A function of two arguments is called
        with the distances from threshold after and before the step.

    Raises
    ------
    KeyError
        For an unknown name.
    TypeError
        For a function that is none of these.
    """
    if isinstance(spike_fun, str):
        if spike_fun not in __all__ or isinstance(globals()[spike_fun], type):
            known = [name for name in __all__ if not isinstance(globals()[name], type)]
            raise KeyError(f'no spike function "{spike_fun}"; there are {known}')
        spike_fun = globals()[spike_fun]
    if isinstance(spike_fun, type) or not callable(spike_fun):
        raise TypeError(f'spike_fun should be a callable function. While we got {spike_fun!r}')
    asked = _Asked()
    returned: Any = None
    for arguments in ((asked,), (asked, _Asked())):
        with contextlib.suppress(AttributeError, TypeError, ValueError, KeyError):
            returned = spike_fun(*arguments)
            break
    if asked.called is None or returned is not asked:
        raise TypeError(
            'spike_fun must be a surrogate of bouton.math.surrogate, or a function that returns what one of them makes '
            f'of its argument, but we got {spike_fun!r}'
        )
    name, parameters = asked.called
    if parameters.pop('origin', False):
        raise TypeError(f'{name} has origin=True, the smooth value of which is no spike')
    return name, parameters


def _values(x: Any) -> Any:
    """`x` as an array or as what carries a derivative."""
    if isinstance(x, Variable):
        x = x.value
    return x if getattr(type(x), 'follows_derivative', False) else np.asarray(x)


class SpikeFunction:
    """A spike function: ``f(x, *parameters)``.

    `derivative` takes the same arguments. An unknown keyword is a KeyError.
    """

    def __init__(self, name: str, slope: Callable[..., Any], smooth: Callable[..., Any] | None):
        self.__name__ = self.__qualname__ = name
        self._slope = slope
        self._smooth = smooth
        self.__doc__ = f'Step with the derivative d(x) = {slope.__doc__}'
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        parameters = list(inspect.signature(slope).parameters.values())
        if smooth is not None:
            parameters.append(inspect.Parameter('origin', kind, default=False))
        self.__signature__ = inspect.Signature([p.replace(annotation=p.empty) for p in parameters])
        #: defaults of the parameters
        self.defaults = {p.name: p.default for p in parameters[1:]}

    def parameters(self, args: tuple, kwargs: dict) -> dict[str, Any]:
        """All parameters by name."""
        unknown = set(kwargs) - set(self.defaults)
        if unknown:
            raise KeyError(f'Unknown arguments {sorted(unknown)} for function {self.__name__}')
        if len(args) > len(self.defaults):
            raise TypeError(f'{self.__name__} takes the parameters {list(self.defaults)}, but {len(args)} were given')
        given = dict(zip(self.defaults, args, strict=False))
        twice = set(given) & set(kwargs)
        if twice:
            raise TypeError(f'{self.__name__} got multiple values for {sorted(twice)}')
        return {**self.defaults, **given, **kwargs}

    def __call__(self, x: Any, *args: Any, **kwargs: Any) -> Any:
        p = self.parameters(args, kwargs)
        if isinstance(x, _Asked):
            return x.answer(self.__name__, p)
        smooth = p.pop('origin', False)

        def forward(x: Any) -> Any:
            return self._smooth(x, **p) if smooth else (x >= 0).astype(x.dtype)

        return wrap(through(forward, (lambda x: self._slope(x, **p),), _values(x)))

    def derivative(self, x: Any, *args: Any, **kwargs: Any) -> Any:
        """d(x), the derivative used in training."""
        p = self.parameters(args, kwargs)
        p.pop('origin', None)
        return wrap(self._slope(_values(x), **p))

    def __repr__(self) -> str:
        return f'<spike function {self.__name__}{self.__signature__}>'


class Surrogate:
    """A spike function with its parameters fixed: ``Surrogate(parameters)(x)``."""

    #: the function that it calls
    function: SpikeFunction

    def __init__(self, *args: Any, **kwargs: Any):
        self.__dict__.update(self.function.parameters(args, kwargs))

    def _parameters(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.function.defaults}

    def __call__(self, x: Any) -> Any:
        return self.function(x, **self._parameters())

    def derivative(self, x: Any) -> Any:
        """d(x), the derivative used in training."""
        return self.function.derivative(x, **self._parameters())

    def __repr__(self) -> str:
        shown = ', '.join(f'{name}={value}' for name, value in self._parameters().items())
        return f'{type(self).__name__}({shown})'


def _define(name: str, class_name: str) -> tuple[SpikeFunction, type[Surrogate]]:
    slope = globals()[f'_d_{name}']
    function = SpikeFunction(name, slope, globals().get(f'_s_{name}'))
    signature = function.__signature__
    attributes = {
        'function': function,
        '__doc__': function.__doc__,
        '__module__': __name__,
        '__signature__': signature.replace(parameters=list(signature.parameters.values())[1:]),
    }
    return function, type(class_name, (Surrogate,), attributes)


sigmoid, Sigmoid = _define('sigmoid', 'Sigmoid')
piecewise_quadratic, PiecewiseQuadratic = _define('piecewise_quadratic', 'PiecewiseQuadratic')
piecewise_exp, PiecewiseExp = _define('piecewise_exp', 'PiecewiseExp')
soft_sign, SoftSign = _define('soft_sign', 'SoftSign')
arctan, Arctan = _define('arctan', 'Arctan')
nonzero_sign_log, NonzeroSignLog = _define('nonzero_sign_log', 'NonzeroSignLog')
erf, ERF = _define('erf', 'ERF')
piecewise_leaky_relu, PiecewiseLeakyRelu = _define('piecewise_leaky_relu', 'PiecewiseLeakyRelu')
squarewave_fourier_series, SquarewaveFourierSeries = _define('squarewave_fourier_series', 'SquarewaveFourierSeries')
s2nn, S2NN = _define('s2nn', 'S2NN')
q_pseudo_spike, QPseudoSpike = _define('q_pseudo_spike', 'QPseudoSpike')
leaky_relu, LeakyRelu = _define('leaky_relu', 'LeakyRelu')
log_tailed_relu, LogTailedRelu = _define('log_tailed_relu', 'LogTailedRelu')
relu_grad, ReluGrad = _define('relu_grad', 'ReluGrad')
gaussian_grad, GaussianGrad = _define('gaussian_grad', 'GaussianGrad')
inv_square_grad, InvSquareGrad = _define('inv_square_grad', 'InvSquareGrad')
multi_gaussian_grad, MultiGaussianGrad = _define('multi_gaussian_grad', 'MultiGaussianGrad')
slayer_grad, SlayerGrad = _define('slayer_grad', 'SlayerGrad')


def _crossing(x_new: Any, x_old: Any, slope: Callable[[Any], Any]) -> Any:
    def forward(new: Any, old: Any) -> Any:
        return ((new >= 0) & (old < 0)).astype(np.result_type(new))

    by_new = lambda new, old: np.where(old < 0, slope(new), 0.0)  # noqa: E731
    by_old = lambda new, old: np.where(new >= 0, -slope(old), 0.0)  # noqa: E731
    return wrap(through(forward, (by_new, by_old), _values(x_new), _values(x_old)))


def inv_square_grad2(x_new: Any, x_old: Any, alpha: float = 100.0) -> Any:
    """An upward crossing: 1 where x_new >= 0 and x_old < 0, else 0.

    Its derivatives are [x_old < 0] d(x_new) and -[x_new >= 0] d(x_old), d that of `inv_square_grad`.
    """
    if isinstance(x_new, _Asked):
        return x_new.answer('inv_square_grad2', {'alpha': alpha})
    return _crossing(x_new, x_old, lambda x: _d_inv_square_grad(x, alpha))


def relu_grad2(x_new: Any, x_old: Any, alpha: float = 0.3, width: float = 1.0) -> Any:
    """An upward crossing as `inv_square_grad2`, with d that of `relu_grad`."""
    if isinstance(x_new, _Asked):
        return x_new.answer('relu_grad2', {'alpha': alpha, 'width': width})
    return _crossing(x_new, x_old, lambda x: _d_relu_grad(x, alpha, width))


def spike_with_sigmoid_grad(x: Any, scale: float = 100.0) -> Any:
    """An old name of `inv_square_grad`."""
    return inv_square_grad(x, scale)


def spike_with_linear_grad(x: Any, scale: float | None = None) -> Any:
    """An old name of `relu_grad` of width 1; `scale` is 0.3 by default."""
    return relu_grad(x, 0.3 if scale is None else scale)


def spike_with_gaussian_grad(x: Any, sigma: float | None = None, scale: float | None = None) -> Any:
    """Step with the derivative scale N(x; 0, sigma), N the normal density; both are 0.5 by default."""
    return multi_gaussian_grad(x, 0.0, 1.0, 0.5 if sigma is None else sigma, 0.5 if scale is None else scale)


def spike_with_mg_grad(
    x: Any, h: float | None = None, s: float | None = None, sigma: float | None = None, scale: float | None = None
) -> Any:
    """An old name of `multi_gaussian_grad`."""
    given = {'h': h, 's': s, 'sigma': sigma, 'scale': scale}
    return multi_gaussian_grad(x, **{name: value for name, value in given.items() if value is not None})


__all__ = [
    name
    for name, item in globals().items()
    if isinstance(item, SpikeFunction) or (isinstance(item, type) and issubclass(item, Surrogate))
] + ['SpikeFunction', 'inv_square_grad2', 'relu_grad2']
