# SPDX-License-Identifier: Apache-2.0
import functools

import numpy as np
import pytest

import bouton as bp
import bouton.math as bm
from bouton.errors import CodeError, DiffEqError
from bouton.integrators import ode
from bouton.math.environment import state

ALPHA1, BETA1, ALPHA2, BETA2 = 2.0, 0.01, 1.0, 0.5

# One step of 0.1 ms of the coupled pair below, from g = 0.2, x = 0.4 with T = 1, as measured on the reference.
MEASURED = {
    'euler': (0.26380000, 0.44000000),
    'heun2': (0.2641609, 0.437),
    'heun_euler': (0.2641609, 0.437),
    'rk2': (0.26424596666666667, 0.437),
    'ralston2': (0.26424596666666667, 0.437),
    'midpoint': (0.2642885, 0.437),
    'rk3': (0.2640844299, 0.43715),
    'heun3': (0.264079238577037, 0.43715),
    'ralston3': (0.2640814434416667, 0.43715),
    'bs': (0.2640814434416667, 0.43715),
    'BoSh3': (0.2640814434416667, 0.43715),
    'ssprk3': (0.26408215725666667, 0.43715),
    'rk4': (0.26409066296613315, 0.437144375),
    'rk4_38rule': (0.2640906783560354, 0.437144375),
    'ralston4': (0.2640906923658354, 0.4371443750235688),
    'rkf12': (0.2642870581828388, 0.43700087547302247),
    'rkf45': (0.2640903637548137, 0.43714454228966354),
    'ck': (0.26409036872218705, 0.437144539953125),
    'rkdp': (0.264090369851574, 0.43714453868750003),
    'exp_auto': (0.2612844751337532, 0.4371445396199846),
    'exp_euler': (0.2612844751337532, 0.4371445396199846),
    'exp_euler_auto': (0.2612844751337532, 0.4371445396199846),
    'exponential_euler': (0.2612844751337532, 0.4371445396199846),
}
ORDERS = {
    'euler': 1, 'exp_auto': 1, 'midpoint': 2, 'heun2': 2, 'heun_euler': 2, 'rk2': 2, 'ralston2': 2, 'rkf12': 2,
    'rk3': 3, 'heun3': 3, 'ralston3': 3, 'bs': 3, 'BoSh3': 3, 'ssprk3': 3, 'rk4': 4, 'rk4_38rule': 4, 'rkf45': 5,
    'ck': 5, 'rkdp': 5,
}  # fmt: skip
EMBEDDED = ('rkf12', 'rkf45', 'rkdp', 'ck', 'bs', 'heun_euler', 'BoSh3')


def dg(g, t, x):
    return ALPHA1 * x * (1 - g) - BETA1 * g


def dx(x, t, T):
    return ALPHA2 * T * (1 - x) - BETA2 * x


@pytest.fixture(autouse=True)
def settings_come_back():
    saved, method = state.save(), ode.get_default_odeint()
    yield
    state.restore(saved)
    ode.set_default_odeint(method)


@pytest.mark.parametrize('method', MEASURED)
@pytest.mark.parametrize(
    'kind', [float, np.float64, lambda v: np.full(3, v), lambda v: bm.full((2, 2), v), bm.Variable]
)
def test_one_step_of_the_coupled_pair(method, kind):
    integral = bp.odeint(bp.JointEq(dg, dx), method=method)
    g, x = integral(kind(0.2), kind(0.4), 0.0, 1.0, 0.1)
    expected = MEASURED[method]
    np.testing.assert_allclose(g, expected[0], rtol=3e-15 if method != 'ralston4' else 1e-14)
    np.testing.assert_allclose(x, expected[1], rtol=3e-15 if method != 'ralston4' else 1e-14)
    assert np.shape(g) == np.shape(kind(0.2))


def test_all_methods_are_measured():
    assert set(MEASURED) == set(ode.get_supported_methods()) and len(ode.get_supported_methods()) == 23


def decaying(y, t):
    return -(t + 0.3) * y**2 + np.exp(-y)


def after_one(method, steps):
    integral = bp.odeint(decaying, method=method)
    y = np.array([2.5])
    for k in range(steps):
        y = integral(y, k / steps, dt=1 / steps)
    return y[0]


@functools.cache
def exact():
    return after_one('rkdp', 400)


@pytest.mark.parametrize('method', ORDERS)
def test_order_of_convergence_with_explicit_time(method):
    steps = 16
    errors = [abs(after_one(method, steps * k) - exact()) for k in (1, 2)]
    assert np.log2(errors[0] / errors[1]) == pytest.approx(ORDERS[method], abs=0.55)


def test_exp_auto_is_exact_for_linear_equations():
    integral = bp.odeint(dx, method='exp_auto')
    x, T = np.array([0.0, 0.4, 0.9]), np.array([1.0, 0.0, 0.5])
    rate = ALPHA2 * T + BETA2
    limit = ALPHA2 * T / rate
    np.testing.assert_allclose(integral(x, 0.0, T, 3.0), limit + (x - limit) * np.exp(-rate * 3.0), rtol=2e-15)


def test_exp_auto_where_the_slope_vanishes():
    integral = bp.odeint(lambda y, t, a: 1.0 + a * y, method='exp_auto')
    y = integral(np.ones(4), 0.0, np.array([0.0, -1e-17, 1e-300, -1e-14]), dt=0.1)
    np.testing.assert_allclose(y, 1.1, rtol=2e-15)
    assert bp.odeint(lambda y, t: 3.0, method='exp_auto')(1.0, 0.0, dt=0.1) == pytest.approx(1.3)
    assert bp.odeint(lambda y, t: np.ones(2), method='exp_auto')(np.ones(2), 0.0, dt=0.1).tolist() == [1.1, 1.1]
    assert np.isinf(bp.odeint(lambda y, t: 1e5 * y, method='exp_auto')(1.0, 0.0, dt=0.1))


def test_compat_loses_the_digits_that_the_reference_loses():
    f = lambda y, t, a: 1.0 + a * y  # noqa: E731
    with_compat_after = bp.odeint(f, method='exp_auto')
    bm.set_compat('brainpy_2_4')
    integral = bp.odeint(f, method='exp_auto')
    assert integral(1.0, 0.0, -1e-17, dt=0.1) == 1.0
    assert integral(1.0, 0.0, 0.0, dt=0.1) == pytest.approx(1.1)
    z = -1e-14 * 0.1
    assert integral(1.0, 0.0, -1e-14, dt=0.1) == 1.0 + 0.1 * ((np.exp(z) - 1) / z) * (1.0 - 1e-14)
    assert with_compat_after(1.0, 0.0, -1e-17, dt=0.1) == pytest.approx(1.1)


def test_exp_auto_takes_integers_and_keeps_float32():
    integral = bp.odeint(lambda y, t: -y, method='exp_auto')
    assert integral(1, 0.0, dt=1.0) == pytest.approx(np.exp(-1))
    assert integral(np.array([1]), 0.0, dt=1.0) == pytest.approx(np.exp(-1))
    for method in ('exp_auto', 'rk4'):
        assert bp.odeint(lambda y, t: -y, method=method)(np.ones(2, np.float32), 0.0, dt=1.0).dtype == np.float32


def test_equations_that_are_not_joined_hold_each_other():
    g = bp.odeint(dg, method='exp_auto')(0.2, 0.0, bp.odeint(dx, method='exp_auto')(0.4, 0.0, 1.0, 0.1), 0.1)
    assert g == pytest.approx(0.26674839240716725, rel=1e-14)


def test_time_step_of_the_call_or_of_the_construction():
    f = lambda y, t, p=2.0: -y * p  # noqa: E731
    bm.set_dt(0.25)
    integral = bp.odeint(f, method='euler')
    bm.set_dt(0.5)
    assert integral(1.0, 0.0) == 0.5 and integral.dt == 0.25
    assert integral(1.0, 0.0, dt=0.1) == 0.8
    assert integral(1.0, 0.0, 3.0, 0.1) == pytest.approx(0.7)
    assert integral(1.0, 0.0, p=3.0, dt=0.1) == integral(y=1.0, t=0.0, p=3.0, dt=0.1) == pytest.approx(0.7)
    assert integral(1.0, 0.0, 3.0) == 0.25
    assert bp.odeint(f, method='euler', dt=0.5)(1.0, 0.0) == 0.0
    with pytest.raises(ValueError, match='"dt" must be positive'):
        bp.odeint(f, dt=-1.0)


def test_what_can_be_integrated():
    class Model:
        def __init__(self):
            self.a = 2.0
            self.integral = bp.odeint(f=self.dy, method='exp_auto')

        def dy(self, y, t, b):
            return -self.a * y + b

        def __call__(self, y, t):
            return -y

    model = Model()
    expected = 1.5 + (1 - 1.5) * np.exp(-0.2)
    assert model.integral(1.0, 0.0, 3.0, 0.1) == pytest.approx(expected)
    model.a = 1.0
    assert model.integral(1.0, 0.0, 1.0, 0.1) == pytest.approx(1.0)
    assert bp.odeint(model, method='euler')(1.0, 0.0, dt=0.1) == 0.9
    assert bp.odeint(lambda y, t, *args: -y + sum(args), method='euler')(1.0, 0.0, 2.0, 3.0, dt=0.1) == pytest.approx(
        1.4
    )

    @bp.odeint(method='rk2', beta=0.5)
    def decay(y, t):
        return -y

    assert decay(1.0, 0.0, dt=0.1) == pytest.approx(0.905)

    @bp.odeint
    def by_default(y, t):
        return -y

    assert isinstance(by_default, ode.Euler)
    assert by_default.variables == ['y'] and by_default.parameters == ['t'] and by_default.arg_names == ['y', 't', 'dt']
    assert by_default.arguments == ['y', 't', 'dt=0.1'] and isinstance(by_default, bp.BrainPyObject)


def test_several_variables_in_one_function():
    f = lambda y, z, t, a: (-a * y, [a * z])  # noqa: E731
    found = bp.odeint(lambda y, z, t, a: (-a * y, a * z), method='rk4')(1.0, 1.0, 0.0, 1.0, 0.1)
    assert type(found) is tuple
    np.testing.assert_allclose(found, np.exp([-0.1, 0.1]), rtol=1e-6)
    with pytest.raises(DiffEqError, match='ExponentialEuler only supports numerical integration for one variable once'):
        bp.odeint(f, method='exp_auto')
    with pytest.raises(DiffEqError, match='has 2 variables and must return 2 derivatives, but returned 3'):
        bp.odeint(lambda y, z, t: (y, z, t), method='rk4')(1.0, 1.0, 0.0)
    with pytest.raises(DiffEqError, match='must return 2 derivatives'):
        bp.odeint(lambda y, z, t: y, method='rk4')(1.0, 1.0, 0.0)


@pytest.mark.parametrize('method', EMBEDDED)
def test_embedded_pairs_suggest_a_step(method):
    f = lambda y, t: -(y**2)  # noqa: E731
    y = np.array([1.0, 2.0])
    plain = bp.odeint(f, method=method)(y, 0.0, dt=0.5)
    new, suggested = bp.odeint(f, method=method, adaptive=True, tol=1e-9)(y, 0.0, dt=0.5)
    np.testing.assert_array_equal(new, plain)
    assert 0 < suggested < 0.5
    new, same = bp.odeint(f, method=method, adaptive=True)(y, 0.0, dt=1e-3)
    assert same == 1e-3
    # the error is that of a scheme one order lower
    integral = bp.odeint(f, method=method, adaptive=True, tol=1e-30)
    errors = [(0.9 * dt / integral(y, 0.0, dt=dt)[1]) ** 5 for dt in (0.01, 0.005)]
    order = {'rkf12': 2, 'heun_euler': 2, 'bs': 3, 'BoSh3': 3}.get(method, 5)
    assert np.log2(errors[0] / errors[1]) == pytest.approx(order, abs=0.4)
    assert len(bp.odeint(bp.JointEq(dg, dx), method=method, adaptive=True)(0.2, 0.4, 0.0, 1.0, 0.1)) == 3


def test_suggested_step_as_measured():
    found = bp.odeint(lambda x, t, p=2.0: -x * p, method='rkf45', adaptive=True, tol=1e-6)(np.ones(1), 0.0, dt=0.5)
    np.testing.assert_allclose(found[0], 0.36714744, rtol=1e-7)
    np.testing.assert_allclose(found[1], 0.10091853, rtol=1e-6)
    with pytest.raises(ValueError, match='tol must be positive'):
        bp.odeint(dx, method='ck', adaptive=True, tol=0.0)


def test_default_method_can_be_set():
    assert ode.get_default_odeint() == 'euler'
    ode.set_default_odeint('rk4')
    assert isinstance(bp.odeint(dx), ode.RK4)
    with pytest.raises(ValueError, match='Unknown ODE numerical method'):
        ode.set_default_odeint('foo')
    assert ode.get_default_odeint() == 'rk4'


def test_own_methods_can_be_registered():
    class Twice(ode.Euler):
        def _step(self, y, rest, dt):
            return super()._step(y, rest, 2 * dt)

    ode.register_ode_integrator('twice', Twice)
    try:
        assert bp.odeint(lambda y, t: -y, method='twice')(1.0, 0.0, dt=0.1) == 0.8
        with pytest.raises(ValueError, match='"twice" has been registered'):
            ode.register_ode_integrator('twice', Twice)
    finally:
        del ode._METHODS['twice']
    with pytest.raises(TypeError, match='must be a subclass of ODEIntegrator'):
        ode.register_ode_integrator('other', int)


def test_unknown_methods_and_options():
    with pytest.raises(ValueError) as error:
        bp.odeint(dx, method='foo')
    assert str(error.value) == (
        "Unknown ODE numerical method \"foo\". Currently BrainPy only support: ['rkf12', 'rkf45', 'rkdp', 'ck', 'bs', "
        "'heun_euler', 'BoSh3', 'euler', 'midpoint', 'heun2', 'ralston2', 'rk2', 'rk3', 'heun3', 'ralston3', 'ssprk3', "
        "'rk4', 'ralston4', 'rk4_38rule', 'exponential_euler', 'exp_euler', 'exp_euler_auto', 'exp_auto']"
    )
    with pytest.raises(ValueError, match='Only support the string name'):
        bp.odeint(dx, method=3)
    with pytest.raises(TypeError, match="unexpected keyword argument 'adaptive'"):
        bp.odeint(dx, method='euler', adaptive=True)
    with pytest.raises(ValueError, match='beta must be finite and not 0'):
        bp.odeint(dx, method='rk2', beta=0)
    with pytest.raises(NotImplementedError, match='delayed states'):
        bp.odeint(dx, state_delays={'x': 1})


@pytest.mark.parametrize('method', ['euler', 'exp_auto'])
def test_signatures_that_cannot_be_integrated(method):
    def keywords(x, t, **kwargs):
        pass

    def keyword_only(x, t, *, p):
        pass

    for f, error, message in (
        (lambda x: x, ValueError, 'Do not find time variable "t".'),
        (lambda t, x: x, DiffEqError, 'There is no variable before "t"'),
        (keywords, DiffEqError, 'do not support VAR_KEYWORD arguments: \\*\\*kwargs'),
        (keyword_only, DiffEqError, 'do not support KEYWORD_ONLY parameters'),
        (lambda x, t, dt: x, CodeError, 'dt is a system keyword'),
        (3, TypeError, '3 is not a callable object'),
    ):
        with pytest.raises(error, match=message):
            bp.odeint(f, method=method)


def test_calls_that_do_not_fit():
    integral = bp.odeint(lambda y, t, p: -p * y, method='euler')
    with pytest.raises(TypeError, match="is missing the arguments \\['p'\\]"):
        integral(1.0, 0.0)
    with pytest.raises(TypeError, match="unexpected keyword argument 'q'"):
        integral(1.0, 0.0, q=1.0)
    with pytest.raises(TypeError, match="multiple values for argument 'y'"):
        integral(1.0, 0.0, 1.0, y=1.0)
    with pytest.raises(TypeError, match='takes 3 arguments and dt'):
        integral(1.0, 0.0, 1.0, 0.1, 5.0)


def test_joint_equations():
    eq = bp.JointEq(lambda V, t, w, I: w + I - V, lambda w, t, V, b=2.0: b * V - w)  # noqa: E741
    assert str(eq.__signature__) == '(V, w, t, I, b=2.0)'
    assert eq(1.0, 2.0, 0.0, 3.0) == (4.0, 0.0) and eq(1.0, 2.0, 0.0, I=3.0, b=3.0) == (4.0, 1.0)
    integral = bp.odeint(eq, method='exp_auto')
    assert integral.arguments == ['V', 'w', 't', 'I', 'b=2.0', 'dt=0.1']
    found = integral(1.0, 2.0, 0.0, 3.0, dt=0.1)
    assert type(found) is list
    np.testing.assert_allclose(found, [1.38065033, 2.0], rtol=1e-8)
    nested = bp.JointEq(bp.JointEq(dg, dx), lambda z, t, g: g - z)
    np.testing.assert_allclose(
        bp.odeint(nested, method='rk4')(0.2, 0.4, 0.0, 0.0, 1.0, 0.1)[:2], MEASURED['rk4'], rtol=1e-14
    )
    assert bp.JointEq([dg, dx]).signature.variables == ['g', 'x']
    pair = bp.JointEq(lambda y, z, t: (z, -y), lambda q, t, y: y - q)
    np.testing.assert_allclose(bp.odeint(pair, method='rkdp')(0.0, 1.0, 0.0, 0.0, 0.1)[:2], [np.sin(0.1), np.cos(0.1)])


def test_joint_equations_that_do_not_fit():
    for eqs, message in (
        ((dg, dg), 'Variable "g" has been used, however we got a same variable name in'),
        ((lambda a, t, p=1.0: a, lambda b, t, p=2.0: b), 'We got two different default value of "p": 1.0 != 2.0'),
        ((3,), 'Elements in "eqs" only supports callable function, but got 3.'),
        ((), 'JointEq needs at least one equation'),
        ((lambda a, t, *args: a,), 'cannot have the argument \\*args'),
    ):
        with pytest.raises(DiffEqError, match=message):
            bp.JointEq(*eqs)
    with pytest.raises(ValueError, match='Do not find time variable "t".'):
        bp.JointEq(lambda a: a)
    with pytest.raises(DiffEqError, match='one variable once'):
        bp.odeint(bp.JointEq(lambda y, z, t: (z, -y)), method='exp_auto')


def test_exp_auto_names_what_it_cannot_follow():
    with pytest.raises(TypeError, match='exp_auto cannot follow the derivative through numpy.matmul'):
        bp.odeint(lambda y, t: np.eye(2) @ y, method='exp_auto')(np.ones(2), 0.0)
    coupled = bp.odeint(lambda y, t: np.array([[-1.0, 2.0], [0.0, -3.0]]) @ y, method='rk4')
    assert coupled(np.ones(2), 0.0, dt=0.1).shape == (2,)


def test_conditions_on_the_values_may_be_python():
    integral = bp.odeint(lambda V, t: -V if V > 0 else -2 * V, method='exp_auto')
    assert integral(1.0, 0.0, dt=0.1) == pytest.approx(np.exp(-0.1))
    assert integral(-1.0, 0.0, dt=0.1) == pytest.approx(-np.exp(-0.2))


def test_rates_of_hodgkin_and_huxley():
    def dV(V, t, m, h, n, I):  # noqa: E741
        return (-120 * m**3 * h * (V - 50.0) - 36 * n**4 * (V + 77.0) - 0.3 * (V + 54.387) + I) / 1.0

    def dm(m, t, V):
        return 0.1 * (V + 40) / (1 - bm.exp(-(V + 40) / 10)) * (1 - m) - 4.0 * bm.exp(-(V + 65) / 18) * m

    def dh(h, t, V):
        return 0.07 * bm.exp(-(V + 65) / 20.0) * (1 - h) - 1 / (1 + bm.exp(-(V + 35) / 10)) * h

    def dn(n, t, V):
        return 0.01 * (V + 55) / (1 - bm.exp(-(V + 55) / 10)) * (1 - n) - 0.125 * bm.exp(-(V + 65) / 80) * n

    integral = bp.odeint(bp.JointEq(dV, dm, dh, dn), method='exp_auto')
    V, m, h, n = np.array([-65.0, -50.0]), np.array([0.05, 0.1]), np.array([0.6, 0.5]), np.array([0.32, 0.4])
    found = integral(V, m, h, n, 0.0, 10.0, dt=0.02)
    rate = 120 * m**3 * h + 36 * n**4 + 0.3
    limit = (120 * m**3 * h * 50.0 - 36 * n**4 * 77.0 - 0.3 * 54.387 + 10.0) / rate
    np.testing.assert_allclose(found[0], limit + (V - limit) * np.exp(-rate * 0.02), rtol=1e-13)
    a, b = 0.07 * np.exp(-(V + 65) / 20), 1 / (1 + np.exp(-(V + 35) / 10))
    np.testing.assert_allclose(found[2], a / (a + b) + (h - a / (a + b)) * np.exp(-(a + b) * 0.02), rtol=1e-13)
