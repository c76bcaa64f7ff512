# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

import bouton as bp
import bouton.math as bm
from bouton.errors import DiffEqError, IntegratorError
from bouton.integrators import sde

METHODS = sde.get_supported_methods()


class Prepared:
    """Hands out prepared numbers instead of random ones."""

    def __init__(self, *numbers):
        self.numbers = list(numbers)

    def standard_normal(self, shape):
        number = self.numbers.pop(0)
        return np.broadcast_to(number, shape)


def with_noise(integral, *numbers):
    integral.rng = Prepared(*numbers)
    return integral


@pytest.mark.parametrize('method', METHODS)
def test_without_noise_it_is_a_method_for_ordinary_equations(method):
    equal = {'heun': 'heun2', 'srk1w1': 'ralston2', 'srk2w1': 'ssprk3'}
    by = equal.get(method, 'exp_auto' if method.startswith('exp') else 'euler')
    f = lambda y, t, p=2.0: -p * y + y**2 + 0.1  # noqa: E731
    y = np.array([0.3, 1.0])
    expected = bp.odeint(f, method=by)(y, 0.0, dt=0.1)
    if method == 'srk1w1':
        expected = y + 0.1 * (f(y, 0) / 3 + 2 * f(y + 0.75 * 0.1 * f(y, 0), 0) / 3)
    np.testing.assert_allclose(bp.sdeint(f, lambda y, t: 0.0, method=method)(y, 0.0, dt=0.1), expected, rtol=1e-14)
    np.testing.assert_allclose(bp.sdeint(f, lambda *args: None, method=method)(y, 0.0, dt=0.1), expected, rtol=1e-14)


@pytest.mark.parametrize('method', METHODS)
def test_constant_noise_is_added(method):
    w, g = 0.7, np.array([0.5, 2.0])
    integral = with_noise(bp.sdeint(lambda y, t: 0.0 * y, lambda y, t: g, method=method), w, 0.0)
    np.testing.assert_allclose(integral(np.ones(2), 0.0, dt=0.25), 1 + g * 0.5 * w, rtol=1e-14)


STRONG = {
    "euler": 0.5, "exp_auto": 0.5, "heun": 1, "milstein": 1, "milstein2": 1, "milstein_grad_free": 1, "klpl": 1,
    "srk1w1": 1.5, "srk2w1": 1.5,
}  # fmt: skip


def strong_error(method, intg_type, levels):
    """Mean error at the end of paths of dy = mu y dt + sigma y dW, at steps that share their paths."""
    rng = np.random.default_rng(1)
    paths, steps, mu, sigma = 2000, 64, 0.5, 0.6
    h = 1 / steps
    dW, dZ = np.sqrt(h) * rng.standard_normal((2, steps, paths))
    errors = []
    for coarse in levels:
        H = h * coarse
        W, Z = dW.reshape(-1, coarse, paths), dZ.reshape(-1, coarse, paths)
        area = np.sum(h * (np.cumsum(W, axis=1) - W) + h * (W + Z / np.sqrt(3)) / 2, axis=1)
        increment = W.sum(axis=1)
        other = np.sqrt(3) * (2 * area / H - increment)
        integral = bp.sdeint(lambda y, t: mu * y, lambda y, t: sigma * y, method=method, intg_type=intg_type)
        y = np.ones(paths)
        for i1, i2 in zip(increment, other, strict=True):
            y = with_noise(integral, i1 / np.sqrt(H), i2 / np.sqrt(H))(y, 0.0, dt=H)
        drift = mu if intg_type == 'Stratonovich' else mu - sigma**2 / 2
        errors.append(np.mean(np.abs(y - np.exp(drift + sigma * dW.sum(axis=0)))))
    return errors


@pytest.mark.parametrize('method', STRONG)
def test_strong_order(method):
    errors = strong_error(method, 'Stratonovich' if method == 'heun' else 'Ito', (1, 4))
    assert np.log2(errors[1] / errors[0]) / 2 == pytest.approx(STRONG[method], abs=0.12)


@pytest.mark.parametrize('method', ['euler', 'milstein', 'milstein_grad_free', 'klpl'])
def test_stratonovich_integrals(method):
    errors = strong_error(method, 'Stratonovich', (1, 4))
    assert errors[0] < 0.02 and np.log2(errors[1] / errors[0]) / 2 == pytest.approx(1, abs=0.12)


@pytest.mark.parametrize('method', ['euler', 'exp_auto', 'heun'])
def test_vectors_of_noise(method):
    g = np.array([[1.0, 2.0, 3.0], [0.0, 0.0, 1.0]])
    integral = bp.sdeint(lambda y, t: 0.0 * y, lambda y, t: g, method=method, wiener_type='vector')
    with_noise(integral, np.array([0.1, 0.2, 0.3]))
    np.testing.assert_allclose(integral(np.zeros(2), 0.0, dt=1.0), [1.4, 0.3])
    with pytest.raises(IntegratorError, match='does not support vector Wiener Processes'):
        bp.sdeint(lambda y, t: y, lambda y, t: y, method='milstein', wiener_type='vector')


def test_several_variables_and_arguments_by_name():
    eq = bp.JointEq(lambda V, t, w, I: -V + I, lambda w, t, V: V - w)  # noqa: E741
    for method in ('exp_auto', 'euler', 'srk1w1', 'milstein'):
        integral = bp.sdeint(eq, lambda V, w, t: (0.1 * V, None), method=method)
        V, w = with_noise(integral, 0.0, 0.0)(np.ones(2), np.zeros(2), 0.0, 1.0, dt=0.1)
        assert V.shape == w.shape == (2,)
        assert integral.arguments == ['V', 'w', 't', 'I', 'dt=0.1']
    by_noise_function = bp.sdeint(eq, bp.init.noise(0.5, (2,), num_vars=2), method='exp_auto')
    V, w = with_noise(by_noise_function, 1.0)(np.ones(2), np.zeros(2), 0.0, 1.0, dt=0.25)
    np.testing.assert_allclose(V, 1.25)
    np.testing.assert_allclose(w, 1 - np.exp(-0.25))


def test_noise_is_reproducible_and_has_its_variance():
    integral = bp.sdeint(lambda y, t: 0.0 * y, lambda y, t: 2.0, method='euler')
    bm.random.seed(11)
    first = integral(np.zeros(20_000), 0.0, dt=0.25)
    bm.random.seed(11)
    np.testing.assert_array_equal(first, integral(np.zeros(20_000), 0.0, dt=0.25))
    assert first.var() == pytest.approx(1.0, rel=0.05)
    bm.random.seed(bm.random.DEFAULT_SEED)


def test_decorators():
    @bp.sdeint(g=lambda y, t: 0.0, method='euler')
    def f(y, t):
        return -y

    assert f(1.0, 0.0, dt=0.1) == 0.9
    assert bp.sdeint(f=lambda y, t: -y)(lambda y, t: 0.0)(1.0, 0.0, dt=0.1) == 0.9
    assert sde.get_default_sdeint() == 'euler' and isinstance(f, sde.Euler)
    sde.set_default_sdeint('klpl')
    try:
        assert isinstance(bp.sdeint(lambda y, t: -y, lambda y, t: 0.0), sde.KlPl)
    finally:
        sde.set_default_sdeint('euler')


def test_what_does_not_fit():
    f = g = lambda y, t: y  # noqa: E731
    for call, error, message in (
        (
            lambda: bp.sdeint(f, g, method='foo'),
            ValueError,
            'Unknown SDE numerical method "foo". Currently BrainPy only',
        ),
        (lambda: bp.sdeint(), ValueError, 'Must provide "f" or "g".'),
        (lambda: bp.sdeint(f, g, intg_type='foo'), IntegratorError, 'only support SDE_INT types: .* But we got foo.'),
        (lambda: bp.sdeint(f, g, var_type='foo'), IntegratorError, 'only supports variable types'),
        (lambda: bp.sdeint(f, g, wiener_type='foo'), IntegratorError, 'only supports Wiener Process types'),
        (lambda: bp.sdeint(f, g, 'heun', intg_type='Ito'), IntegratorError, 'Heun method only supports Stratonovich'),
        (lambda: bp.sdeint(f, g, 'exp_auto', intg_type='Stratonovich'), IntegratorError, 'only supports Ito'),
        (lambda: bp.sdeint(f, lambda z: z), DiffEqError, "The diffusion .* has the argument 'z'"),
        (lambda: bp.sdeint(f, 3), TypeError, '3 is not a callable object'),
        (lambda: bp.sdeint(lambda t: t, g), DiffEqError, 'There is no variable before "t"'),
        (
            lambda: bp.sdeint(lambda a, b, t: (a, b), lambda t: 1.0)(1.0, 1.0, 0.0),
            DiffEqError,
            'must return one diffusion',
        ),
    ):
        with pytest.raises(error, match=message):
            call()
