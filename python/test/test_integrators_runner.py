# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

import bouton as bp
from bouton.errors import MonitorError, RunningError


@pytest.fixture
def decay():
    return bp.odeint(lambda x, t, p=1.0: -x * p, method='rk4')


def runner_of(integral, **kwargs):
    return bp.IntegratorRunner(integral, **({'monitors': ['x'], 'dt': 0.1, 'progress_bar': False} | kwargs))


def test_runs_go_on(decay):
    runner = runner_of(decay, inits=[1.0])
    assert runner.run(0.5) is None
    np.testing.assert_allclose(runner.mon.ts, [0.1, 0.2, 0.3, 0.4, 0.5])
    np.testing.assert_allclose(runner.mon.x[:, 0], np.exp(-runner.mon['ts']), rtol=1e-6)
    assert runner.mon.x.shape == (5, 1) and runner.idx == 5
    assert runner.run(0.3, eval_time=True) > 0
    np.testing.assert_allclose(runner.mon.ts, [0.6, 0.7, 0.8])
    np.testing.assert_allclose(runner.mon.x[:, 0], np.exp(-runner.mon.ts), rtol=1e-6)
    np.testing.assert_array_equal(runner.variables['x'], runner.mon.x[-1])
    runner.run(0.2, start_t=10.0)
    np.testing.assert_allclose(runner.mon.ts, [10.1, 10.2])


def test_initial_values(decay):
    runner = runner_of(decay, inits={'x': np.array([1.0, 2.0])})
    runner.run(0.1)
    assert runner.mon.x.shape == (1, 2)
    nothing = runner_of(decay)
    nothing.run(0.2)
    assert nothing.mon.x.tolist() == [[0], [0]]
    assert runner_of(decay, inits=2).variables['x'].tolist() == [2]


def test_parameters(decay):
    constant = runner_of(decay, inits=[1.0], args={'p': 2.0})
    constant.run(0.3)
    np.testing.assert_allclose(constant.mon.x[:, 0], np.exp(-2 * constant.mon.ts), rtol=1e-4)
    changing = runner_of(decay, inits=[1.0], dyn_args={'p': np.arange(5.0)})
    changing.run(0.5)
    expected = [1.0, 0.9048375, 0.74082062, 0.5488277, 0.36793409]  # as measured on the reference
    np.testing.assert_allclose(changing.mon.x[:, 0], expected, rtol=1e-7)
    with pytest.raises(ValueError, match='The shape of `dyn_args` does not match the given duration'):
        changing.run(0.8)
    constant.run(0.1, args={'p': 0.0})
    assert constant.mon.x[0, 0] == pytest.approx(np.exp(-0.6), rel=1e-4)


def test_several_variables_and_monitors():
    pair = bp.odeint(bp.JointEq(lambda x, t, y: y, lambda y, t, x: -x), method='rk4')
    runner = runner_of(pair, inits=[0.0, 1.0], monitors={'position': 'x', 'time': lambda t, dt: t + dt}, dt=0.01)
    runner.run(1.0)
    np.testing.assert_allclose(runner.mon.position[:, 0], np.sin(runner.mon.time), rtol=1e-6)
    runner = runner_of(pair, monitors=['y'], fun_monitors={'twice': lambda t, dt: 2 * t})
    runner.run(0.2)
    assert set(runner.mon) == {'y', 'twice', 'ts'} and runner.mon.twice.tolist() == [0, 0.2]


def test_a_stopped_run_keeps_what_it_has(decay):
    def stop(t, dt):
        if t > 0.25:
            raise KeyboardInterrupt
        return t

    runner = runner_of(decay, inits=[1.0], fun_monitors={'t': stop})
    with pytest.raises(KeyboardInterrupt):
        runner.run(1.0)
    assert len(runner.mon.t) == len(runner.mon.ts) == len(runner.mon.x) == 3


def test_what_does_not_fit(decay):
    for call, error, message in (
        (lambda: bp.IntegratorRunner(lambda x: x), RunningError, '"target" must be an instance of Integrator'),
        (lambda: runner_of(decay, monitors=['y']), MonitorError, "Cannot find 'y'"),
        (lambda: runner_of(decay, monitors='x'), MonitorError, '"monitors" must be'),
        (lambda: runner_of(decay, inits={'y': 1.0}), RunningError, r"There is no variable \['y'\]"),
        (lambda: runner_of(decay, inits=[1.0, 2.0]), RunningError, 'but we got 2 initial values'),
        (lambda: runner_of(decay, args={'q': 1.0}), RunningError, r'"args" has \[\'q\'\]'),
        (lambda: runner_of(decay, args=3), RunningError, '"args" must be a dict'),
        (lambda: runner_of(decay).run('x'), TypeError, 'duration'),
    ):
        with pytest.raises(error, match=message):
            call()
