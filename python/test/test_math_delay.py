# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

import bouton.math as bm
from bouton.errors import UnsupportedError


def test_values_by_time():
    x = bm.Variable(np.array([1.0, 2.0]))
    delay = bm.TimeDelay(x, 0.35, dt=0.1)
    assert delay.num_delay_step == 5
    for _ in range(4):
        x.value = x + 1
        delay.update(x)
    assert delay.current_time[0] == pytest.approx(0.4)
    for t, value in ((0.4, 5), (0.35, 4.5), (0.3, 4), (0.15, 2.5), (0.05, 1.5)):
        np.testing.assert_allclose(delay(t), [value, value + 1], rtol=1e-12)
    np.testing.assert_allclose(delay(np.array([0.4, 0.25])), [5, 4.5])
    assert delay(0.3, 1) == 5
    for t, message in ((0.5, 'should be less than the current time'), (0.0, r'should be in \[0.05')):
        with pytest.raises(ValueError, match=message):
            delay(t)


def test_values_before_the_beginning():
    x = bm.Variable(np.zeros(2))
    by_function = bm.TimeDelay(x, 0.3, before_t0=lambda t: t * np.array([10.0, 1.0]), t0=2.0, dt=0.1)
    np.testing.assert_allclose(by_function(1.75), [17.5, 1.75])
    np.testing.assert_allclose(by_function(2.0), [0, 0])
    by_value = bm.TimeDelay(x, 0.3, before_t0=5.0, dt=0.1, interp_method='round')
    assert by_value(-0.06).tolist() == [5, 5] and by_value(-0.04).tolist() == [0, 0]
    assert bm.TimeDelay(x, 0.3, dt=0.1)(-0.3).tolist() == [0, 0]


def test_a_long_delay_follows_a_function_of_time():
    x = bm.Variable(np.zeros(1))
    delay = bm.NeuTimeDelay(x, 1.0, dt=0.1)
    for k in range(1, 57):
        delay.update(np.array([(0.1 * k) ** 2]))
        for age in (0.0, 0.3, 0.7, 1.0):
            if 0.1 * k >= age:
                assert delay(0.1 * k - age)[0] == pytest.approx((0.1 * k - age) ** 2, abs=1e-10)


def test_what_does_not_fit():
    x = bm.Variable(np.zeros(1))
    with pytest.raises(UnsupportedError, match='Un-supported interpolation method foo'):
        bm.TimeDelay(x, 0.3, interp_method='foo')
    with pytest.raises(TypeError, match='"delay_target" must be made of numbers'):
        bm.TimeDelay('x', 0.3)
    with pytest.raises(ValueError, match='delay_len must not be negative'):
        bm.TimeDelay(x, -0.3)


def test_delays_in_steps_have_their_names():
    x = bm.Variable(np.zeros(2))
    delay = bm.LengthDelay(x, 2)
    for k in range(1, 4):
        delay.update(np.full(2, float(k)))
    assert [delay(k)[0] for k in range(3)] == [3, 2, 1]
    assert bm.NeuLenDelay is bm.LengthDelay
