# SPDX-License-Identifier: Apache-2.0
"""Arrays that carry a derivative through NumPy's functions (forward differentiation, exact to rounding).

A `DualArray` is what the exponential integrator hands to a user's equation dy/dt = f(y, t, ...): it stands for y and
collects df/dy, entry by entry. An operation that would mix entries is a TypeError that names it, for its derivative is
no array of the same shape. `partials` holds the derivatives of the elementwise functions, for all users of this module.

See Griewank & Walther (2008), Evaluating Derivatives, chapter 3.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ['DualArray', 'exprel', 'exprel_slope', 'is_constant', 'partials']

_LN2, _LN10 = math.log(2), math.log(10)


def _power_by_base(x: Any, p: Any, y: Any) -> Any:
    if np.ndim(p) == 0:
        return 0.0 if p == 0 else 2 * x if p == 2 else p * x ** (p - 1)
    return np.where(p == 0, 0.0, p * x ** np.where(p == 0, 1, p - 1))


def _power_by_exponent(x: Any, p: Any, y: Any) -> Any:
    positive = x > 0
    return np.where(positive, y * np.log(np.where(positive, x, 1.0)), np.where(x < 0, np.nan, 0.0))


def _share_of_first(a: Any, b: Any, y: Any) -> Any:
    """1 where the extreme `y` is `a`, 0 where it is `b`, 1/2 where they are equal."""
    return np.where(a == b, 0.5, np.where(y == a, 1.0, 0.0))


def _share_of_second(a: Any, b: Any, y: Any) -> Any:
    return _share_of_first(b, a, y)


def _erf_slope(x: Any, y: Any) -> Any:
    return 2 / math.sqrt(math.pi) * np.exp(-x * x)


def exprel(z: Any) -> Any:
    """(exp(z) - 1) / z, continued to 1 at z = 0; infinite where exp is. Relative error below 3 epsilon."""
    z = np.asarray(z)
    with np.errstate(all='ignore'):
        e = np.expm1(z)
        y = e / z
    if np.isfinite(y).all():
        return y
    return np.where(z == 0, 1, np.where(np.isposinf(e), e, y)).astype(z.dtype)


def exprel_slope(z: Any) -> Any:
    """The derivative of `exprel`; 1/2 at z = 0. Relative error below 1e-13."""
    near = np.abs(z) < 0.03
    series = 0.5 + z * (1 / 3 + z * (1 / 8 + z * (1 / 30 + z * (1 / 144 + z * (1 / 840 + z / 5760)))))
    safe = np.where(near, 1.0, z)
    return np.where(near, series, (np.exp(safe) - np.expm1(safe) / safe) / safe)


#: For each elementwise function its derivatives by its arguments, as functions of (*arguments, result).
partials: dict[str, tuple[Callable[..., Any], ...]] = {
    'add': (lambda a, b, y: 1.0, lambda a, b, y: 1.0),
    'subtract': (lambda a, b, y: 1.0, lambda a, b, y: -1.0),
    'multiply': (lambda a, b, y: b, lambda a, b, y: a),
    'divide': (lambda a, b, y: 1 / b, lambda a, b, y: -y / b),
    'power': (_power_by_base, _power_by_exponent),
    'float_power': (_power_by_base, _power_by_exponent),
    'remainder': (lambda a, b, y: 1.0, lambda a, b, y: -np.floor(a / b)),
    'fmod': (lambda a, b, y: 1.0, lambda a, b, y: -np.trunc(a / b)),
    'arctan2': (lambda a, b, y: b / (a * a + b * b), lambda a, b, y: -a / (a * a + b * b)),
    'hypot': (lambda a, b, y: a / y, lambda a, b, y: b / y),
    'logaddexp': (lambda a, b, y: np.exp(a - y), lambda a, b, y: np.exp(b - y)),
    'logaddexp2': (lambda a, b, y: np.exp2(a - y), lambda a, b, y: np.exp2(b - y)),
    'maximum': (_share_of_first, _share_of_second),
    'minimum': (_share_of_first, _share_of_second),
    'fmax': (_share_of_first, _share_of_second),
    'fmin': (_share_of_first, _share_of_second),
    'copysign': (lambda a, b, y: np.sign(a) * np.copysign(1.0, b), lambda a, b, y: 0.0),
    'negative': (lambda x, y: -1.0,),
    'positive': (lambda x, y: 1.0,),
    'conjugate': (lambda x, y: 1.0,),
    'absolute': (lambda x, y: np.sign(x),),
    'fabs': (lambda x, y: np.sign(x),),
    'square': (lambda x, y: 2 * x,),
    'sqrt': (lambda x, y: 0.5 / y,),
    'cbrt': (lambda x, y: 1 / (3 * y * y),),
    'reciprocal': (lambda x, y: -y * y,),
    'exp': (lambda x, y: y,),
    'exp2': (lambda x, y: _LN2 * y,),
    'expm1': (lambda x, y: y + 1,),
    'log': (lambda x, y: 1 / x,),
    'log2': (lambda x, y: 1 / (_LN2 * x),),
    'log10': (lambda x, y: 1 / (_LN10 * x),),
    'log1p': (lambda x, y: 1 / (1 + x),),
    'sin': (lambda x, y: np.cos(x),),
    'cos': (lambda x, y: -np.sin(x),),
    'tan': (lambda x, y: 1 + y * y,),
    'arcsin': (lambda x, y: 1 / np.sqrt(1 - x * x),),
    'arccos': (lambda x, y: -1 / np.sqrt(1 - x * x),),
    'arctan': (lambda x, y: 1 / (1 + x * x),),
    'sinh': (lambda x, y: np.cosh(x),),
    'cosh': (lambda x, y: np.sinh(x),),
    'tanh': (lambda x, y: 1 - y * y,),
    'arcsinh': (lambda x, y: 1 / np.sqrt(x * x + 1),),
    'arccosh': (lambda x, y: 1 / np.sqrt(x * x - 1),),
    'arctanh': (lambda x, y: 1 / (1 - x * x),),
    'deg2rad': (lambda x, y: math.pi / 180,),
    'radians': (lambda x, y: math.pi / 180,),
    'rad2deg': (lambda x, y: 180 / math.pi,),
    'degrees': (lambda x, y: 180 / math.pi,),
    # of scipy.special
    'erf': (_erf_slope,),
    'erfc': (lambda x, y: -_erf_slope(x, y),),
    'expit': (lambda x, y: y * (1 - y),),
    'exprel': (lambda x, y: exprel_slope(x),),
}

#: Elementwise functions whose value is all that is wanted of them: truth values, and steps with the derivative 0.
_CONSTANT = frozenset(
    'equal not_equal less less_equal greater greater_equal logical_and logical_or logical_xor logical_not isnan isinf '
    'isfinite signbit sign floor ceil trunc rint floor_divide heaviside spacing'.split()
)


def is_constant(name: str) -> bool:
    """Whether the elementwise function `name` has the derivative 0 or none."""
    return name in _CONSTANT


def primal(x: Any) -> Any:
    """The value that `x` carries, or `x`."""
    return x.primal if isinstance(x, DualArray) else x


class DualArray:
    """Values with their derivatives by one variable, entry by entry.

    Parameters
    ----------
    primal : array or number
        The values.
    tangent : array or number
        The derivatives; is broadcast against the values.
    """

    __slots__ = ('primal', 'tangent')
    #: `bouton.math.asarray` hands such objects through.
    follows_derivative = True

    def __init__(self, primal: Any, tangent: Any):
        self.primal = primal
        self.tangent = tangent

    @property
    def value(self) -> DualArray:
        """The array itself, which is what equations know as the value of their state."""
        return self

    @property
    def shape(self) -> tuple[int, ...]:
        """The lengths of the axes."""
        return np.shape(self.primal)

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return np.ndim(self.primal)

    @property
    def size(self) -> int:
        """The number of entries."""
        return np.size(self.primal)

    @property
    def dtype(self) -> np.dtype:
        """The type of the values."""
        return np.asarray(self.primal).dtype

    def astype(self, dtype: Any) -> DualArray:
        """Converted to another floating dtype."""
        if np.dtype(dtype).kind not in 'fc':
            return np.asarray(self.primal).astype(dtype)
        return DualArray(np.asarray(self.primal).astype(dtype), self.tangent)

    def copy(self) -> DualArray:
        """The array itself; it does not change."""
        return self

    def clip(self, min: Any = None, max: Any = None) -> Any:
        """See `numpy.clip`."""
        return _clip(self, min, max)

    def __repr__(self) -> str:
        return f'DualArray({self.primal!r}, {self.tangent!r})'

    # The operators that equations are made of, without the way through NumPy's protocol.

    def __add__(self, other: Any) -> DualArray:
        if type(other) is DualArray:
            return DualArray(self.primal + other.primal, self.tangent + other.tangent)
        return DualArray(self.primal + _operand(other), self.tangent)

    __radd__ = __add__

    def __sub__(self, other: Any) -> DualArray:
        if type(other) is DualArray:
            return DualArray(self.primal - other.primal, self.tangent - other.tangent)
        return DualArray(self.primal - _operand(other), self.tangent)

    def __rsub__(self, other: Any) -> DualArray:
        return DualArray(_operand(other) - self.primal, -self.tangent)

    def __mul__(self, other: Any) -> DualArray:
        if type(other) is DualArray:
            return DualArray(self.primal * other.primal, self.tangent * other.primal + self.primal * other.tangent)
        other = _operand(other)
        return DualArray(self.primal * other, self.tangent * other)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> DualArray:
        if type(other) is DualArray:
            quotient = self.primal / other.primal
            return DualArray(quotient, (self.tangent - quotient * other.tangent) / other.primal)
        other = _operand(other)
        return DualArray(self.primal / other, self.tangent / other)

    def __rtruediv__(self, other: Any) -> DualArray:
        quotient = _operand(other) / self.primal
        return DualArray(quotient, -quotient / self.primal * self.tangent)

    def __pow__(self, other: Any) -> Any:
        if type(other) is DualArray:
            return _follow('power', np.power, (self, other))
        other = _operand(other)
        out = self.primal**other
        return DualArray(out, _power_by_base(self.primal, other, out) * self.tangent)

    def __neg__(self) -> DualArray:
        return DualArray(-self.primal, -self.tangent)

    def __pos__(self) -> DualArray:
        return self

    def __lt__(self, other: Any) -> Any:
        return self.primal < primal(_operand(other))

    def __le__(self, other: Any) -> Any:
        return self.primal <= primal(_operand(other))

    def __gt__(self, other: Any) -> Any:
        return self.primal > primal(_operand(other))

    def __ge__(self, other: Any) -> Any:
        return self.primal >= primal(_operand(other))

    def __eq__(self, other: Any) -> Any:
        return self.primal == primal(_operand(other))

    def __ne__(self, other: Any) -> Any:
        return self.primal != primal(_operand(other))

    __hash__ = None  # type: ignore[assignment]

    def __bool__(self) -> bool:
        return bool(self.primal)

    # NumPy

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        name = ufunc.__name__
        if method != '__call__':
            raise _cannot(f'numpy.{name}.{method}')
        if kwargs:
            raise _cannot(f'numpy.{name} with {", ".join(kwargs)}')
        return _follow(name, ufunc, inputs)

    def __array_function__(self, function: Callable, types: Any, args: tuple, kwargs: dict) -> Any:
        followed = _FUNCTIONS.get(function.__name__)
        if followed is None:
            raise _cannot(f'numpy.{function.__name__}')
        return followed(*args, **kwargs)

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        raise _cannot('a conversion to a plain array')

    def __float__(self) -> float:
        raise _cannot('a conversion to float, as functions of the module math make it')

    __int__ = __index__ = __complex__ = __float__

    def __getitem__(self, index: Any) -> Any:
        raise _cannot('indexing')

    def __setitem__(self, index: Any, value: Any) -> None:
        raise _cannot('assignment to an index')

    def __iter__(self) -> Any:
        raise _cannot('iteration')

    def __len__(self) -> int:
        return len(self.primal)

    def __matmul__(self, other: Any) -> Any:
        raise _cannot('a matrix product')

    __rmatmul__ = __matmul__

    def __getattr__(self, name: str) -> Any:
        if hasattr(np.ndarray, name) and not name.startswith('_'):
            raise _cannot(f'the method {name} of an array')
        raise AttributeError(f"'DualArray' object has no attribute {name!r}")


def _add_operators() -> None:
    """The operators that are rare enough to go through the ufuncs."""
    for name, ufunc in {'floordiv': np.floor_divide, 'mod': np.remainder, 'pow': np.power}.items():
        if name != 'pow':
            setattr(DualArray, f'__{name}__', lambda self, other, ufunc=ufunc: ufunc(self, other))
        setattr(DualArray, f'__r{name}__', lambda self, other, ufunc=ufunc: ufunc(other, self))
    DualArray.__abs__ = lambda self: np.absolute(self)  # type: ignore[attr-defined]


def _operand(other: Any) -> Any:
    """The other side of an operator: variables and lists as arrays."""
    if isinstance(other, np.ndarray | int | float | np.generic) or getattr(type(other), 'follows_derivative', False):
        return other
    return getattr(other, 'value', None) if hasattr(other, '_live') else np.asarray(other)


def _cannot(what: str) -> TypeError:
    return TypeError(
        f'exp_auto cannot follow the derivative through {what}; use elementwise functions of bouton.math or NumPy, or '
        'choose another method, such as rk4'
    )


def _follow(name: str, ufunc: Callable, inputs: tuple) -> Any:
    """An elementwise function of values that carry derivatives."""
    values = [x.primal if type(x) is DualArray else _operand(x) for x in inputs]
    rules = partials.get(name)
    if rules is None:
        if name in _CONSTANT:
            return ufunc(*values)
        raise _cannot(f'numpy.{name}')
    out = ufunc(*values)
    tangent = None
    for rule, x in zip(rules, inputs, strict=True):
        if type(x) is DualArray:
            term = rule(*values, out) * x.tangent
            tangent = term if tangent is None else tangent + term
    return DualArray(out, tangent)


def _tangent(x: Any) -> Any:
    return x.tangent if isinstance(x, DualArray) else 0.0


def _where(condition: Any, x: Any, y: Any) -> Any:
    if isinstance(condition, DualArray):
        condition = condition.primal
        if not isinstance(x, DualArray) and not isinstance(y, DualArray):
            return np.where(condition, x, y)
    out = np.where(condition, primal(x), primal(y))
    return DualArray(out, np.where(condition, _tangent(x), _tangent(y)))


def _clip(a: Any, a_min: Any = None, a_max: Any = None, *, min: Any = None, max: Any = None) -> Any:
    low, high = a_min if min is None else min, a_max if max is None else max
    if low is not None:
        a = _where(a < low, low, a)
    if high is not None:
        a = _where(a > high, high, a)
    return a


def _select(condlist: Any, choicelist: Any, default: Any = 0) -> Any:
    out = default
    for condition, choice in zip(reversed(list(condlist)), reversed(list(choicelist)), strict=True):
        out = _where(condition, choice, out)
    return out


def _nan_to_num(x: Any, copy: bool = True, nan: float = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    out = np.nan_to_num(x.primal, copy=True, nan=nan, posinf=posinf, neginf=neginf)
    return DualArray(out, np.where(np.isfinite(x.primal), x.tangent, 0.0))


def _sinc(x: Any) -> Any:
    y = np.sinc(x.primal)
    z = np.where(x.primal == 0, 1.0, x.primal)
    slope = np.where(np.abs(x.primal) < 1e-4, -(math.pi**2) / 3 * x.primal, (np.cos(math.pi * z) - y) / z)
    return DualArray(y, slope * x.tangent)


def _interp(x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None, period: Any = None) -> Any:
    if any(isinstance(other, DualArray) for other in (xp, fp, left, right)) or period is not None:
        raise _cannot('numpy.interp with a derivative by its table, or with a period')
    xp, fp = np.asarray(xp), np.asarray(fp)
    slopes = np.concatenate(([0.0], np.diff(fp) / np.diff(xp), [0.0]))
    out = np.interp(x.primal, xp, fp, left, right)
    return DualArray(out, slopes[np.searchsorted(xp, x.primal, side='right')] * x.tangent)


def _on_values(function: Callable) -> Callable:
    """`function` of the values alone: for shapes, new arrays and truth values."""

    def call(*args: Any, **kwargs: Any) -> Any:
        return function(*(primal(x) for x in args), **{key: primal(x) for key, x in kwargs.items()})

    return call


_FUNCTIONS: dict[str, Callable] = {
    'where': _where,
    'clip': _clip,
    'select': _select,
    'nan_to_num': _nan_to_num,
    'sinc': _sinc,
    'interp': _interp,
    'copy': lambda a, *args, **kwargs: a,
    'real': lambda val: val,
    'real_if_close': lambda a, tol=100: a,
}
_FUNCTIONS.update(
    (name, _on_values(getattr(np, name)))
    for name in (
        'zeros_like ones_like full_like empty_like shape ndim size isclose allclose array_equal result_type can_cast '
        'common_type min_scalar_type iscomplexobj isrealobj round around fix isposinf isneginf'
    ).split()
    if hasattr(np, name)
)

_add_operators()
