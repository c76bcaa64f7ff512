# SPDX-License-Identifier: Apache-2.0
import math

import numpy as np
import pytest

import bouton as bp
import bouton.math as bm
from bouton.errors import DiffEqError, UnsupportedError
from bouton.integrators import fde

# Four steps of 0.1 of D^alpha y = -y + t from y = 1, as measured on the reference.
MEASURED = {
    ('l1', 0.8): [0.8544800610640038, 0.7663267441885948, 0.7111433399518381, 0.6788092321780644],
    ('l1', 0.3): [0.5446018671146691, 0.6265293235325167, 0.6239266888072127, 0.6535599434009347],
    ('l1', 1.0): [0.9, 0.82, 0.758, 0.7122],
    ('short-memory', 0.8): [0.6415106807538887, 0.5073848854459289, 0.440511541576185, 0.40885878731011555],
    ('short-memory', 0.3): [-0.2011872336272723, 0.1955950263373219, 0.09926156493453162, 0.17911534779808558],
    ('short-memory', 1.0): [0.9, 0.82, 0.758, 0.7122],
    ('euler', 1.0): [0.9, 0.82, 0.758, 0.7122],
}


def steps_of(integral, y, count, dt=0.1):
    found = []
    for k in range(count):
        y = integral(y, k * dt, dt=dt)
        found.append(float(np.ravel(y)[0]))
    return found


@pytest.mark.parametrize(('method', 'alpha'), MEASURED)
def test_steps_as_measured(method, alpha):
    integral = bp.fdeint(alpha=alpha, num_memory=20, inits=[1.0], f=lambda y, t: -y + t, method=method)
    for _ in range(2):
        np.testing.assert_allclose(steps_of(integral, bm.asarray([1.0]), 4), MEASURED[method, alpha], rtol=1e-14)
        integral.reset([1.0])


def mittag_leffler(alpha, z):
    return math.fsum(z**k / math.gamma(alpha * k + 1) for k in range(60))


@pytest.mark.parametrize('method', ['l1', 'euler'])
@pytest.mark.parametrize('alpha', [0.5, 0.8, 1.0])
def test_relaxation_converges_to_the_mittag_leffler_function(method, alpha):
    exact = mittag_leffler(alpha, -1.0)
    errors = []
    for steps in (40, 160):
        integral = bp.fdeint(alpha, steps, [1.0], lambda y, t: -y, method=method, dt=1 / steps)
        errors.append(abs(steps_of(integral, np.array([1.0]), steps, 1 / steps)[-1] - exact))
    assert errors[1] < 0.02 and np.log2(errors[0] / errors[1]) / 2 > 0.75


def test_several_variables_each_with_its_order():
    for method in fde.get_supported_methods():
        integral = bp.fdeint([0.8, 1.0], 8, {'x': np.ones(2), 'y': np.zeros(2)}, lambda x, y, t, p: (-x, p - y), method)
        x, y = np.ones(2), np.zeros(2)
        for k in range(3):
            x, y = integral(x, y, 0.1 * k, 2.0, dt=0.1)
        np.testing.assert_allclose(y, 2 * (1 - 0.9**3))
        alone = bp.fdeint(0.8, 8, [1.0], lambda x, t: -x, method)
        np.testing.assert_allclose(x[0], steps_of(alone, 1.0, 3)[-1])


def test_short_memory_forgets_and_the_others_end():
    long = bp.fdeint(0.7, 50, [1.0], lambda y, t: -y, 'short-memory')
    short = bp.fdeint(0.7, 5, [1.0], lambda y, t: -y, 'short-memory')
    a, b = steps_of(long, 1.0, 9), steps_of(short, 1.0, 9)
    assert a[:5] == pytest.approx(b[:5], rel=1e-14) and a[-1] != pytest.approx(b[-1], rel=1e-6)
    for method in ('l1', 'euler'):
        with pytest.raises(ValueError, match='The maximum number of step is 3, however, this is step 4'):
            steps_of(bp.fdeint(0.7, 3, [1.0], lambda y, t: -y, method), 1.0, 4)


def test_l1_goes_on_from_the_value_it_is_called_with():
    integral = bp.fdeint(1.0, 10, [1.0], lambda y, t: -y)
    integral(1.0, 0.0, dt=0.1)
    assert integral(-5.0, 0.1, dt=0.1) == pytest.approx(-4.5)


def test_what_does_not_fit():
    f = lambda y, t: -y  # noqa: E731
    for call, error, message in (
        (lambda: bp.fdeint(2.0, 5, [1.0], f), UnsupportedError, r'Only support the fractional order in \(0, 1\]'),
        (lambda: bp.fdeint(0.0, 5, [1.0], f), UnsupportedError, 'Only support the fractional order'),
        (lambda: bp.fdeint([0.5, 0.5], 5, [1.0], f), DiffEqError, 'There are 1 variables, but 2 orders alpha'),
        (lambda: bp.fdeint(0.5, 0, [1.0], f), ValueError, 'num_memory must be an integer of at least 1'),
        (lambda: bp.fdeint(0.5, 5, [1.0, 2.0], f), ValueError, 'There are 1 variables, but we got the initial values'),
        (lambda: bp.fdeint(0.5, 5, {'z': 1.0}, f), ValueError, r"There is no initial value of \['y'\]"),
        (lambda: bp.fdeint(0.5, 5, [1.0], f, 'foo'), ValueError, 'Unknown FDE numerical method "foo"'),
        (lambda: bp.fdeint(0.5, 5, [1.0], f)(1.0, 0.0, dt=0.2), ValueError, 'was made for dt = 0.1'),
        (lambda: bp.fdeint(0.5, 5, [1.0], lambda t: t), DiffEqError, 'no variable before'),
    ):
        with pytest.raises(error, match=message):
            call()
    integral = bp.fdeint(0.5, 5, [1.0])(f)
    integral(np.ones(2), 0.0)
    with pytest.raises(ValueError, match='goes on with values of shapes'):
        integral(np.ones(3), 0.1)
