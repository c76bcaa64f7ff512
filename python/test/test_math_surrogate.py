# SPDX-License-Identifier: Apache-2.0
"""Values of section 2 to 4 of the reference: measured with automatic differentiation there."""

import inspect

import numpy as np
import pytest

import bouton.math as bm
from bouton.math import surrogate

X = np.array([-1.5, -0.3, 0, 0.4, 2])

DERIVATIVES = {
    'sigmoid': [0.009866037165, 0.711577762587, 1.0, 0.559055167732, 0.001340950683],
    'piecewise_quadratic': [0, 0.91, 1.0, 0.84, 0],
    'piecewise_exp': [0.111565080074, 0.370409110341, 0.5, 0.335160023018, 0.067667641618],
    'soft_sign': [0.08, 0.295857988166, 0.5, 0.255102040816, 0.055555555556],
    'arctan': [0.07631662422, 0.409143171878, 0.5, 0.358478400162, 0.045999834175],
    'nonzero_sign_log': [0.4, 0.769230769231, 1.0, 0.714285714286, 0.333333333333],
    'erf': [0.059465144612, 0.515630454809, 0.564189583548, 0.48077064942, 0.010333492677],
    'piecewise_leaky_relu': [0.01, 1.0, 1.0, 1.0, 0.01],
    'squarewave_fourier_series': [0.191341716183, 0.486184960199, 0.5, 0.475528258148, 0],
    's2nn': [0.009866037165, 0.711577762587, 1.0, 0.714285714286, 0.333333333333],
    'q_pseudo_spike': [0.25, 0.694444444444, 1.0, 0.623268698061, 0.183673469388],
    'leaky_relu': [0.1, 0.1, 1.0, 1.0, 1.0],
    'log_tailed_relu': [0, 0, 0, 1.0, 0.5],
    'relu_grad': [0, 0.21, 0.3, 0.18, 0],
    'gaussian_grad': [0.301137432155, 0.394479330908, 0.398942280401, 0.391042693975, 0.241970724519],
    'inv_square_grad': [4.3857725538e-05, 0.001040582726, 1.0, 5.9488399762e-04, 2.4751862578e-05],
    'multi_gaussian_grad': [-0.012324155157, 0.363631703303, 0.439111636657, 0.313642572605, -0.015695525295],
    'slayer_grad': [0.223130160148, 0.740818220682, 1.0, 0.670320046036, 0.135335283237],
}
SMOOTH = {
    'sigmoid': [0.182425523806, 0.425557483188, 0.5, 0.598687660112, 0.880797077978],
    'piecewise_quadratic': [0, 0.245, 0.5, 0.82, 1],
    'piecewise_exp': [0.111565080074, 0.370409110341, 0.5, 0.664839976982, 0.932332358382],
    'soft_sign': [0.2, 0.384615384615, 0.5, 0.642857142857, 0.833333333333],
    'nonzero_sign_log': [-0.916290731874, -0.262364264467, 0, 0.336472236621, 1.098612288668],
    'erf': [0.483052573238, 0.164313379730, 0, -0.214196177523, -0.497661132509],
    'piecewise_leaky_relu': [-0.005, 0.35, 0.5, 0.7, 1.01],
    'squarewave_fourier_series': [-0.088159977682, 0.351384065602, 0.5, 0.696726328617, 1.136619772368],
    's2nn': [0.002472623157, 0.231475216501, 0.50000001, 0.836472243764, 1.598612292001],
    'q_pseudo_spike': [-0.25, 1.25, 0.5, 0.722222222222, 0.9],
    'leaky_relu': [-0.15, -0.03, 0, 0.4, 2],
    'log_tailed_relu': [0, 0, 0, 0.4, 0.693147180560],
}
PARAMETERS = {
    'sigmoid': {'alpha': 4.0},
    'piecewise_leaky_relu': {'c': 0.01, 'w': 1.0},
    'squarewave_fourier_series': {'n': 2, 't_period': 8.0},
    's2nn': {'alpha': 4.0, 'beta': 1.0, 'epsilon': 1e-08},
    'q_pseudo_spike': {'alpha': 2.0},
    'leaky_relu': {'alpha': 0.1, 'beta': 1.0},
    'log_tailed_relu': {'alpha': 0.0},
    'relu_grad': {'alpha': 0.3, 'width': 1.0},
    'gaussian_grad': {'sigma': 0.5, 'alpha': 0.5},
    'inv_square_grad': {'alpha': 100.0},
    'multi_gaussian_grad': {'h': 0.15, 's': 6.0, 'sigma': 0.5, 'scale': 0.5},
    'slayer_grad': {'alpha': 1.0},
}
CLASSES = {
    "sigmoid": "Sigmoid", "piecewise_quadratic": "PiecewiseQuadratic", "piecewise_exp": "PiecewiseExp",
    "soft_sign": "SoftSign", "arctan": "Arctan", "nonzero_sign_log": "NonzeroSignLog", "erf": "ERF",
    "piecewise_leaky_relu": "PiecewiseLeakyRelu", "squarewave_fourier_series": "SquarewaveFourierSeries",
    "s2nn": "S2NN", "q_pseudo_spike": "QPseudoSpike", "leaky_relu": "LeakyRelu",
    "log_tailed_relu": "LogTailedRelu", "relu_grad": "ReluGrad", "gaussian_grad": "GaussianGrad",
    "inv_square_grad": "InvSquareGrad", "multi_gaussian_grad": "MultiGaussianGrad", "slayer_grad": "SlayerGrad",
}  # fmt: skip


@pytest.mark.parametrize('name', DERIVATIVES)
def test_values(name):
    function, kind = getattr(surrogate, name), getattr(surrogate, CLASSES[name])
    for f in (function, kind()):
        np.testing.assert_array_equal(f(X), [0, 0, 1, 1, 1])
        np.testing.assert_allclose(f.derivative(X), DERIVATIVES[name], rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(bm.vector_grad(f)(X), DERIVATIVES[name], rtol=1e-9, atol=1e-12)
        assert f(np.array([-1, 0, 2])).dtype == np.int64 and f(X.astype(np.float32)).dtype == np.float32
        assert f(np.array([np.nan]))[0] == 0 and f(0.4) == 1


@pytest.mark.parametrize('name', SMOOTH)
def test_smooth_forward_values(name):
    function, kind = getattr(surrogate, name), getattr(surrogate, CLASSES[name])
    for found in (function(X, origin=True), kind(origin=True)(X)):
        np.testing.assert_allclose(found, SMOOTH[name], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(bm.vector_grad(kind(origin=True))(X), DERIVATIVES[name], rtol=1e-9, atol=1e-12)


def test_smooth_arctan_is_the_integral_of_its_derivative():
    np.testing.assert_allclose(surrogate.arctan(X, origin=True), np.arctan(np.pi / 2 * X) / np.pi + 0.5)


@pytest.mark.parametrize('name', DERIVATIVES)
def test_parameters(name):
    expected = PARAMETERS.get(name, {'alpha': 1.0})
    expected = expected | ({'origin': False} if name in SMOOTH or name == 'arctan' else {})
    function, kind = getattr(surrogate, name), getattr(surrogate, CLASSES[name])
    signature = inspect.signature(function)
    assert {p.name: p.default for p in list(signature.parameters.values())[1:]} == expected
    assert {p.name: p.default for p in inspect.signature(kind).parameters.values()} == expected
    assert vars(kind()) == expected
    first = next(iter(expected))
    np.testing.assert_array_equal(function.derivative(X, 3), function.derivative(X, **{first: 3}))
    np.testing.assert_array_equal(kind(3).derivative(X), function.derivative(X, 3))
    with pytest.raises(KeyError, match="Unknown arguments .'foo'. for function"):
        function(X, foo=1)
    with pytest.raises(KeyError, match='Unknown arguments'):
        kind(foo=1)
    with pytest.raises(TypeError, match='multiple values'):
        function(X, 3, **{first: 3})
    with pytest.raises(TypeError, match='takes the parameters'):
        function(X, *range(9))
    assert function.__doc__ and kind.__doc__ and CLASSES[name] in repr(kind())


def test_crossings():
    new, old = np.array([0.2, 0.2, -0.2, 0.5, -0.1]), np.array([-0.3, 0.3, -0.3, -0.05, 0.1])
    for function, by_new, by_old in (
        (
            surrogate.inv_square_grad2,
            [0.002267573696, 0, 0.002267573696, 0.000384467512, 0],
            [-0.001040582726, -0.001040582726, 0, -0.027777777778, 0],
        ),
        (surrogate.relu_grad2, [0.24, 0, 0.24, 0.15, 0], [-0.21, -0.21, 0, -0.285, 0]),
    ):
        np.testing.assert_array_equal(function(new, old), [1, 0, 0, 1, 0])
        found = bm.vector_grad(function, argnums=(0, 1))(new, old)
        np.testing.assert_allclose(found[0], by_new, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(found[1], by_old, rtol=1e-9, atol=1e-12)


def test_the_names_that_are_exported():
    assert set(CLASSES) | set(CLASSES.values()) | {'inv_square_grad2', 'relu_grad2'} <= set(surrogate.__all__)
    v = bm.Variable(X)
    np.testing.assert_array_equal(surrogate.relu_grad(v), [0, 0, 1, 1, 1])


def test_old_names():
    x = np.array([-0.2, 0.4])
    for name, args, slopes in (
        ('spike_with_sigmoid_grad', (0.5,), 1 / (0.5 * np.abs(x) + 1) ** 2),
        ('spike_with_linear_grad', (), 0.3 - 0.3 * np.abs(x)),
        ('spike_with_gaussian_grad', (), 0.5 * np.exp(-2 * x**2) / (np.sqrt(2 * np.pi) * 0.5)),
        ('spike_with_mg_grad', (), surrogate.multi_gaussian_grad.derivative(x)),
    ):
        function = getattr(bm, name)
        np.testing.assert_array_equal(function(x, *args), [0, 1])
        np.testing.assert_allclose(bm.vector_grad(lambda x, f=function, a=args: f(x, *a))(x), slopes, rtol=1e-12)
