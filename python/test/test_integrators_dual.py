# SPDX-License-Identifier: Apache-2.0
"""Dual arrays: each function against its derivative written down here by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bouton.math as bm
from bouton.math.dual import DualArray, exprel, exprel_slope, partials
from bouton.math.variable import Variable

# function, derivative, domain
UNARY = {
    'negative': (lambda x: -1, -3, 3),
    'positive': (lambda x: 1, -3, 3),
    'conjugate': (lambda x: 1, -3, 3),
    'absolute': (lambda x: math.copysign(1, x), 0.1, 3),
    'fabs': (lambda x: math.copysign(1, x), -3, -0.1),
    'square': (lambda x: 2 * x, -3, 3),
    'sqrt': (lambda x: 0.5 / math.sqrt(x), 0.01, 9),
    'cbrt': (lambda x: x ** (-2 / 3) / 3, 0.01, 9),
    'reciprocal': (lambda x: -1 / x**2, 0.1, 9),
    'exp': (lambda x: math.exp(x), -5, 5),
    'exp2': (lambda x: math.log(2) * 2**x, -5, 5),
    'expm1': (lambda x: math.exp(x), -5, 5),
    'log': (lambda x: 1 / x, 0.01, 9),
    'log2': (lambda x: 1 / (x * math.log(2)), 0.01, 9),
    'log10': (lambda x: 1 / (x * math.log(10)), 0.01, 9),
    'log1p': (lambda x: 1 / (1 + x), -0.9, 9),
    'sin': (lambda x: math.cos(x), -5, 5),
    'cos': (lambda x: -math.sin(x), -5, 5),
    'tan': (lambda x: 1 / math.cos(x) ** 2, -1.5, 1.5),
    'arcsin': (lambda x: 1 / math.sqrt(1 - x**2), -0.99, 0.99),
    'arccos': (lambda x: -1 / math.sqrt(1 - x**2), -0.99, 0.99),
    'arctan': (lambda x: 1 / (1 + x**2), -9, 9),
    'sinh': (lambda x: math.cosh(x), -5, 5),
    'cosh': (lambda x: math.sinh(x), -5, 5),
    'tanh': (lambda x: 1 / math.cosh(x) ** 2, -3, 3),
    'arcsinh': (lambda x: 1 / math.sqrt(x**2 + 1), -9, 9),
    'arccosh': (lambda x: 1 / math.sqrt(x**2 - 1), 1.1, 9),
    'arctanh': (lambda x: 1 / (1 - x**2), -0.99, 0.99),
    'deg2rad': (lambda x: math.pi / 180, -9, 9),
    'radians': (lambda x: math.pi / 180, -9, 9),
    'rad2deg': (lambda x: 180 / math.pi, -9, 9),
    'degrees': (lambda x: 180 / math.pi, -9, 9),
}
BINARY = {
    'add': (lambda a, b: 1, lambda a, b: 1),
    'subtract': (lambda a, b: 1, lambda a, b: -1),
    'multiply': (lambda a, b: b, lambda a, b: a),
    'divide': (lambda a, b: 1 / b, lambda a, b: -a / b**2),
    'power': (lambda a, b: b * a ** (b - 1), lambda a, b: a**b * math.log(a)),
    'float_power': (lambda a, b: b * a ** (b - 1), lambda a, b: a**b * math.log(a)),
    'remainder': (lambda a, b: 1, lambda a, b: -math.floor(a / b)),
    'fmod': (lambda a, b: 1, lambda a, b: -math.floor(a / b)),
    'arctan2': (lambda a, b: b / (a**2 + b**2), lambda a, b: -a / (a**2 + b**2)),
    'hypot': (lambda a, b: a / math.hypot(a, b), lambda a, b: b / math.hypot(a, b)),
    'logaddexp': (lambda a, b: 1 / (1 + math.exp(b - a)), lambda a, b: 1 / (1 + math.exp(a - b))),
    'logaddexp2': (lambda a, b: 1 / (1 + 2 ** (b - a)), lambda a, b: 1 / (1 + 2 ** (a - b))),
    'maximum': (lambda a, b: a > b, lambda a, b: b > a),
    'minimum': (lambda a, b: a < b, lambda a, b: b < a),
    'fmax': (lambda a, b: a > b, lambda a, b: b > a),
    'fmin': (lambda a, b: a < b, lambda a, b: b < a),
    'copysign': (lambda a, b: 1, lambda a, b: 0),
}


def close(found, expected):
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize('name', UNARY)
@given(data=st.data())
def test_functions_of_one_argument(name, data):
    slope, low, high = UNARY[name]
    x = data.draw(st.floats(low, high))
    y = getattr(np, name)(DualArray(np.array([x, x]), np.array([1.0, -2.0])))
    np.testing.assert_array_equal(y.primal, getattr(np, name)(np.array([x, x])))
    close(y.tangent * np.ones(2), [slope(x), -2 * slope(x)])
    mirrored = getattr(bm, name)(DualArray(np.array([x]), 1.0))
    assert isinstance(mirrored, DualArray)


@pytest.mark.parametrize('name', BINARY)
@given(a=st.floats(0.1, 5), b=st.floats(0.1, 5))
def test_functions_of_two_arguments(name, a, b):
    if a == b and name in ('maximum', 'minimum', 'fmax', 'fmin'):
        return
    function, (by_a, by_b) = getattr(np, name), BINARY[name]
    x, y = np.array([a]), np.array([b])
    plain = function(x, y)
    for left, right, expected in (
        (DualArray(x, 2.0), y, 2 * by_a(a, b)),
        (DualArray(x, 2.0), b, 2 * by_a(a, b)),
        (DualArray(x, 2.0), Variable(y), 2 * by_a(a, b)),
        (x, DualArray(y, 3.0), 3 * by_b(a, b)),
        (a, DualArray(y, 3.0), 3 * by_b(a, b)),
        (bm.asarray(x), DualArray(y, np.array([3.0])), 3 * by_b(a, b)),
        (DualArray(x, 2.0), DualArray(y, 3.0), 2 * by_a(a, b) + 3 * by_b(a, b)),
    ):
        found = function(left, right)
        np.testing.assert_array_equal(found.primal, plain)
        close(found.tangent * np.ones(1), [expected])


def test_every_rule_is_tested_here():
    of_scipy = {'erf', 'erfc', 'expit', 'exprel'}
    assert set(partials) == set(UNARY) | set(BINARY) | of_scipy


OPERATORS = {
    '+': (lambda a, b: a + b, 'add'),
    '-': (lambda a, b: a - b, 'subtract'),
    '*': (lambda a, b: a * b, 'multiply'),
    '/': (lambda a, b: a / b, 'divide'),
    '**': (lambda a, b: a**b, 'power'),
    '%': (lambda a, b: a % b, 'remainder'),
}


@pytest.mark.parametrize('sign', OPERATORS)
@given(a=st.floats(0.1, 5), b=st.floats(0.1, 5))
def test_operators_are_the_functions(sign, a, b):
    operator, name = OPERATORS[sign]
    function = getattr(np, name)
    x, y = np.array([a]), np.array([b])
    for left, right in (
        (DualArray(x, 2.0), DualArray(y, 3.0)),
        (DualArray(x, 2.0), y),
        (DualArray(x, 2.0), b),
        (x, DualArray(y, 3.0)),
        (a, DualArray(y, 3.0)),
        (Variable(x), DualArray(y, 3.0)),
        (DualArray(x, 2.0), Variable(y)),
        (DualArray(x, 2.0), [b]),
    ):
        found, expected = operator(left, right), function(left, right)
        close(found.primal, expected.primal)
        close(found.tangent * np.ones(1), expected.tangent * np.ones(1))


@pytest.mark.parametrize('power', [0, 1, 2, 3, -1, 0.5])
def test_powers_at_the_origin_and_of_integers(power):
    x = DualArray(np.array([0.0, 2.0]), 1.0)
    with np.errstate(divide='ignore'):
        found = (x**power).tangent * np.ones(2)
        expected = [
            1.0 if power == 1 else 0.0 if power > 1 or power == 0 else power * np.inf,
            power * 2.0 ** (power - 1),
        ]
    np.testing.assert_allclose(found, expected)
    array = x ** np.array([0, 2])
    np.testing.assert_array_equal(array.tangent, [0, 4])
    np.testing.assert_array_equal(
        (np.array([0.0, 2.0]) ** DualArray(np.array([1.0, 1.0]), 1.0)).tangent, [0, 2 * math.log(2)]
    )


def test_comparisons_and_steps_are_plain():
    x = DualArray(np.array([-1.0, 2.5]), 1.0)
    assert (x > 0).tolist() == (0 < x).tolist() == (x >= 0).tolist() == (x == 2.5).tolist() == [False, True]
    assert (x < 0).tolist() == (x <= 0).tolist() == (x != 2.5).tolist() == np.signbit(x).tolist() == [True, False]
    for name in ('floor', 'ceil', 'trunc', 'rint', 'sign', 'isfinite', 'logical_not'):
        assert type(getattr(np, name)(x)) is np.ndarray
    assert (x // 2).tolist() == [-1, 1] and np.heaviside(x, 1.0).tolist() == [0, 1] and np.round(x).tolist() == [-1, 2]
    assert bool(DualArray(np.float64(1), 1.0)) and not DualArray(np.float64(0), 1.0)


def test_choices_take_the_derivative_of_the_branch():
    x = DualArray(np.array([-1.0, 0.5, 3.0]), 1.0)
    where = bm.where(x > 0, x * x, 3 * x)
    assert where.primal.tolist() == [-3, 0.25, 9] and where.tangent.tolist() == [3, 1, 6]
    assert np.where(x > 0, 1.0, x).tangent.tolist() == [1, 0, 0]
    assert np.where(x, 1.0, 2.0).tolist() == [1, 1, 1]
    with np.errstate(invalid='ignore'):
        safe = np.where(x > 0, np.log(x), 0.0)
    assert safe.tangent.tolist() == [0, 2, 1 / 3]
    for clipped in (np.clip(x, 0, 1), x.clip(0, 1), bm.clip(x, min=0, max=1)):
        assert clipped.primal.tolist() == [0, 0.5, 1] and clipped.tangent.tolist() == [0, 1, 0]
    selected = np.select([x > 1, x > 0], [x**2, 2 * x], 5.0)
    assert selected.primal.tolist() == [5, 1, 9] and selected.tangent.tolist() == [0, 2, 6]
    assert np.maximum(x, np.array([-1.0, 0, 0])).tangent.tolist() == [0.5, 1, 1]
    assert np.nan_to_num(DualArray(np.array([np.nan, 1.0]), 1.0)).tangent.tolist() == [0, 1]


def test_sinc_and_interpolation():
    x = DualArray(np.array([0.0, 0.3, 1e-5]), 1.0)
    y = np.sinc(x)
    z = math.pi * 0.3
    close(y.primal, np.sinc(x.primal))
    close(y.tangent[:2], [0, (math.cos(z) * z - math.sin(z)) / (z * 0.3)])
    np.testing.assert_allclose(y.tangent[2], -(math.pi**2) / 3 * 1e-5, rtol=1e-8)
    table = np.interp(DualArray(np.array([-1.0, 0.5, 1.5, 9.0]), 2.0), [0.0, 1.0, 2.0], [0.0, 3.0, 4.0])
    assert table.primal.tolist() == [0, 1.5, 3.5, 4] and table.tangent.tolist() == [0, 6, 2, 0]


@given(st.lists(st.floats(-3, 3), min_size=1, max_size=4))
def test_a_composed_equation(values):
    V = np.array(values)
    f = lambda V: bm.tanh(V) * bm.exp(-V / 18.0) / (1 + bm.sqrt(V * V + 1.0)) - 3 * V**3  # noqa: E731
    slope = f(DualArray(V, 1.0)).tangent
    h = 1e-6
    np.testing.assert_allclose(slope, (f(V + h) - f(V - h)) / (2 * h), rtol=1e-6, atol=1e-6)


def test_functions_of_scipy():
    special = pytest.importorskip('scipy.special')
    x = np.array([-2.0, 0.0, 0.004, 1.5])
    for name, slope in (
        ('erf', 2 / math.sqrt(math.pi) * np.exp(-(x**2))),
        ('erfc', -2 / math.sqrt(math.pi) * np.exp(-(x**2))),
        ('expit', special.expit(x) * (1 - special.expit(x))),
        ('exprel', exprel_slope(x)),
    ):
        y = getattr(special, name)(DualArray(x, 1.0))
        np.testing.assert_array_equal(y.primal, getattr(special, name)(x))
        close(y.tangent, slope)


def test_exprel_and_its_slope_are_exact():
    for z in (0.0, 1e-300, -1e-17, 1e-8, -1e-3, 0.0299, 0.0301, -0.5, 2.0):
        assert exprel(np.float64(z)) == pytest.approx(series(z, 1), rel=1e-15)
    for z in (0.0, 1e-9, -1e-4, 0.0299, -0.0299, 0.0301, 0.5, -3.0, 20.0):
        assert exprel_slope(np.float64(z)) == pytest.approx(series(z, 2), rel=2e-12)
    assert exprel(np.float64(-40)) == pytest.approx(1 / 40, rel=1e-15)
    assert np.isinf(exprel(np.array([710.0, np.inf]))).all() and exprel(np.float32(0)).dtype == np.float32


def series(z, kind):
    """(exp(z) - 1) / z, or its derivative."""
    if kind == 1:
        return math.fsum(z**k / math.factorial(k + 1) for k in range(100))
    return math.fsum((k + 1) * z**k / math.factorial(k + 2) for k in range(100))


def test_shapes_and_new_arrays():
    x = DualArray(np.ones((2, 3)), 1.0)
    assert (x.shape, x.ndim, x.size, x.dtype, len(x)) == ((2, 3), 2, 6, np.float64, 2)
    assert np.shape(x) == (2, 3) and np.zeros_like(x).tolist() == [[0, 0, 0]] * 2 and bm.ones_like(x).shape == (2, 3)
    assert x.value is x and x.copy() is x and bm.asarray(x) is x and bm.as_jax(x) is x
    assert x.astype(np.float32).dtype == np.float32 and type(x.astype(int)) is np.ndarray
    assert 'DualArray' in repr(x)


REFUSED = {
    'numpy.sum': lambda x: np.sum(x),
    'the method sum': lambda x: x.sum(),
    'numpy.add.reduce': lambda x: np.add.reduce(x),
    'a matrix product': lambda x: x @ np.eye(2),
    'numpy.matmul': lambda x: np.eye(2) @ x,
    'numpy.dot': lambda x: bm.dot(np.eye(2), x),
    'indexing': lambda x: x[0],
    'assignment to an index': lambda x: x.__setitem__(0, 1.0),
    'iteration': lambda x: list(x),
    'numpy.concatenate': lambda x: bm.concatenate([x, x]),
    'numpy.roll': lambda x: np.roll(x, 1),
    'numpy.norm': lambda x: bm.linalg.norm(x),
    'numpy.gcd': lambda x: np.gcd(x, 2),
    'numpy.add with out': lambda x: np.add(x, 1.0, out=np.zeros(2)),
    'a conversion to a plain array': lambda x: np.asarray(x),
    'a conversion to float': lambda x: math.exp(DualArray(1.0, 1.0)),
}


@pytest.mark.parametrize('what', REFUSED)
def test_what_cannot_be_followed_is_named(what):
    with pytest.raises(TypeError, match=f'exp_auto cannot follow the derivative through {what}'):
        REFUSED[what](DualArray(np.ones(2), 1.0))


def test_an_attribute_that_is_not_there():
    x = DualArray(np.ones(2), 1.0)
    with pytest.raises(AttributeError, match="'DualArray' object has no attribute 'nothing'"):
        _ = x.nothing
