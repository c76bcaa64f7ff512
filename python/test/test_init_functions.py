# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

import bouton as bp
import bouton.math as bm
from bouton.init import delay, noise, parameter, variable, variable_


@pytest.mark.parametrize('value', [2, 2.0, True])
def test_a_number_stays_one(value):
    assert parameter(value, 3) is value


@pytest.mark.parametrize('value', [np.float32(2), np.array(2.0), [2.0], np.array([2.0]), bm.asarray(2.0), np.int64(2)])
def test_number_like_values_are_numbers(value):
    found = parameter(value, 3)
    assert found == 2 and type(found) in (int, float)


def test_parameters_of_the_shape_of_their_group():
    for value in (np.ones(3), [1.0, 1.0, 1.0], (1, 1, 1), lambda shape: np.ones(shape), bp.init.OneInit(1.0)):
        found = parameter(value, 3)
        assert type(found) is bm.Array and found.shape == (3,) and (found == 1).all()
    source = np.ones(3)
    found = parameter(source, (3,))
    source[0] = 9
    assert found[0] == 1
    assert parameter(np.ones(1), 1).shape == (1,) and parameter(None, 3) is None
    v = bm.TrainVar(np.ones(3))
    assert parameter(v, 3) is v


@pytest.mark.parametrize(
    ('value', 'kwargs', 'error', 'message'),
    [
        (None, {'allow_none': False}, ValueError, 'Expect a parameter with type of float'),
        (2.0, {'allow_scalar': False}, ValueError, r'A parameter of shape \(3,\) is needed, but we got the number 2.0'),
        (np.ones(2), {}, ValueError, r'The shape of the parameters should be \(3,\), but we got \(2,\)'),
        (np.ones((3, 1)), {}, ValueError, r'should be \(3,\), but we got \(3, 1\)'),
        ('x', {}, TypeError, "a parameter must be made of numbers, but we got 'x'"),
        (bm.Variable(np.ones(2)), {}, ValueError, r'but we got \(2,\)'),
    ],
)
def test_parameters_that_do_not_fit(value, kwargs, error, message):
    with pytest.raises(error, match=message):
        parameter(value, 3, **kwargs)


@pytest.mark.parametrize(
    ('batch', 'shape', 'axis'),
    [
        (None, (3,), None),
        (False, (3,), None),
        (bm.nonbatching_mode, (3,), None),
        (4, (4, 3), 0),
        (np.int32(4), (4, 3), 0),
        (True, (1, 3), 0),
        (bm.BatchingMode(2), (2, 3), 0),
        (bm.TrainingMode(2), (2, 3), 0),
    ],
)
def test_variables(batch, shape, axis):
    for init in (bm.zeros, bp.init.OneInit(2.0), np.arange(3.0), bm.Variable(np.arange(3.0)), [0.0, 1.0, 2.0]):
        v = variable(init, batch, 3)
        assert type(v) is bm.Variable and (v.shape, v.batch_axis) == (shape, axis)
        w = variable_(init, 3, batch)
        np.testing.assert_array_equal(v, w)
    np.testing.assert_array_equal(variable(np.arange(3.0), 2), [[0, 1, 2]] * 2)
    assert variable_(bm.zeros, (3, 2), 4, batch_axis=1).shape == (3, 4, 2)
    assert variable_(lambda s: bm.zeros(s, dtype=bool), 3).dtype == bool


def test_variables_that_do_not_fit():
    for call, message in (
        (lambda: variable(bm.zeros, 'x', 3), 'Unknown batch_size_or_mode.'),
        (lambda: variable(bm.zeros, 2.5, 3), 'Unknown batch_size_or_mode.'),
        (lambda: variable(bm.zeros, 0, 3), 'A batch size must be at least 1, but we got 0'),
        (lambda: variable(bm.zeros), '"varshape" cannot be None when data is a callable function.'),
        (lambda: variable_(np.ones(4), 3), r'The shape of "data" \(4,\) does not match with "var_shape" \(3,\)'),
        (lambda: variable_(2.0, 3), r'The shape of "data" \(\) does not match'),
        (lambda: variable_(bm.zeros, 3, 2, batch_axis=2), r'batch_axis must be in \[0, 1\], but we got 2'),
        (lambda: variable_(lambda s: np.ones(7), 3), r'called with the shape \(3,\) returned an array of \(7,\)'),
    ):
        with pytest.raises(ValueError, match=message):
            call()


def test_noise():
    assert noise(None, 3) is None
    assert noise(0.5, 3)(1, 2, key=3) == 0.5
    assert noise(0.5, 3, num_vars=3, noise_idx=1)(1) == (None, 0.5, None)
    assert noise(np.arange(3.0), 3)(1).tolist() == [0, 1, 2]
    assert noise(bp.init.OneInit(0.2), 3)(1).tolist() == [0.2] * 3

    def own(*args):
        return 7

    assert noise(own, 3) is own
    with pytest.raises(ValueError, match='The shape of the parameters should be'):
        noise(np.ones(2), 3)
    with pytest.raises(ValueError, match=r'noise_idx must be in \[0, 1\], but we got 2'):
        noise(1.0, 3, num_vars=2, noise_idx=2)


def test_delay():
    x = bm.Variable(np.zeros(3))
    assert delay(None, x) == ('none', None, None)
    kind, step, line = delay(3, x)
    assert (kind, step, line.num_delay_step) == ('homo', 3, 4)
    kind, step, line = delay([1, 2, 5], x)
    assert (kind, step.tolist(), line.num_delay_step) == ('heter', [1, 2, 5], 6)
    assert delay(lambda s: np.full(s, 2), x)[0] == 'heter' and delay(np.array(2), x)[:2] == ('homo', 2)
    for bad in (2.5, -1, np.array([1, 2]), 'x'):
        with pytest.raises(ValueError):
            delay(bad, x)
