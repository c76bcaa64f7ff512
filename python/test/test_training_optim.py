# SPDX-License-Identifier: Apache-2.0
"""Optimisers against their rules, losses against closed forms and central differences."""

import numpy as np
import pytest

import bouton as bp
import bouton.math as bm


def test_sgd():
    x = bm.TrainVar(np.array([1.0, 2.0]))
    bp.optim.SGD(lr=0.1, train_vars={'x': x}).update({'x': np.array([1.0, -1.0])})
    assert x.value.tolist() == [0.9, 2.1]


def test_weight_decay():
    x = bm.TrainVar(np.array([1.0, 2.0]))
    bp.optim.SGD(lr=0.1, train_vars={'x': x}, weight_decay=0.5).update({'x': np.zeros(2)})
    np.testing.assert_allclose(x.value, [0.95, 1.9])


def test_momentum():
    x = bm.TrainVar(np.array(0.0))
    optimizer = bp.optim.Momentum(lr=0.1, train_vars={'x': x}, momentum=0.5)
    v = expected = 0.0
    for g in (1.0, -2.0, 0.5):
        optimizer.update({'x': np.array(g)})
        v = 0.5 * v - 0.1 * g
        expected += v
        assert float(x) == pytest.approx(expected, rel=1e-14)


def test_adam():
    x = bm.TrainVar(np.array([3.0, -1.0]))
    optimizer = bp.optim.Adam(lr=0.1, train_vars={'x': x})
    m = v = np.zeros(2)
    expected = x.value
    for n in range(1, 6):
        g = np.array([1.0, 0.1]) * n * (-1) ** n
        optimizer.update({'x': g})
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        expected = expected - 0.1 * (m / (1 - 0.9**n)) / (np.sqrt(v / (1 - 0.999**n)) + 1e-8)
        np.testing.assert_allclose(x.value, expected, rtol=1e-13)


def test_schedules():
    x = bm.TrainVar(np.array(0.0))
    decay = bp.optim.ExponentialDecay(1.0, decay_steps=2, decay_rate=0.25)
    optimizer = bp.optim.SGD(lr=decay, train_vars={'x': x})
    for expected in (-1.0, -1.5, -1.75):
        optimizer.update({'x': np.array(1.0)})
        assert float(x) == expected
    epochs = bp.optim.ExponentialLR(0.2, gamma=0.5)
    assert epochs() == 0.2
    epochs.step_epoch()
    assert epochs() == 0.1 and epochs(3) == 0.025
    assert bp.optim.Constant(0.3)() == 0.3


def test_what_optimizers_refuse():
    x = bm.TrainVar(np.zeros(2))
    optimizer = bp.optim.Adam(lr=0.1, train_vars={'x': x})
    with pytest.raises(ValueError, match='have the keys'):
        optimizer.update({'y': np.zeros(2)})
    with pytest.raises(ValueError, match='has shape'):
        optimizer.update({'x': np.ones(3)})
    with pytest.raises(TypeError, match='dict of Variable'):
        optimizer.register_train_vars([x])
    with pytest.raises(ValueError, match='not negative'):
        bp.optim.SGD(lr=-1.0)
    with pytest.raises(ValueError, match='momentum'):
        bp.optim.Momentum(lr=0.1, momentum=1.0)
    assert x.value.tolist() == [0, 0] and optimizer.lr.last_call == 0


RNG = np.random.default_rng(0)
PREDICTS, TARGETS = RNG.normal(size=(3, 4)), RNG.normal(size=(3, 4))


def test_losses_in_closed_form():
    e = PREDICTS - TARGETS
    assert bp.losses.mean_squared_error(PREDICTS, TARGETS) == pytest.approx(np.mean(e**2))
    assert bp.losses.mean_absolute_error(PREDICTS, TARGETS, reduction='sum') == pytest.approx(np.abs(e).sum())
    assert bp.losses.mean_squared_error(PREDICTS, TARGETS, axis=1, reduction='none').shape == (3,)
    np.testing.assert_allclose(bp.losses.log_cosh_loss(PREDICTS, TARGETS), np.log(np.cosh(e)))
    np.testing.assert_allclose(bp.losses.l2_loss(PREDICTS, TARGETS), e**2 / 2)
    assert bp.losses.huber_loss(np.array([0.5, 3.0]), np.zeros(2)).tolist() == [0.125, 2.5]
    assert bp.losses.mean_square(PREDICTS) == pytest.approx(np.mean(PREDICTS**2))
    which = np.array([0, 3, 1])
    p = np.exp(PREDICTS) / np.exp(PREDICTS).sum(axis=1, keepdims=True)
    expected = -np.log(p[np.arange(3), which])
    np.testing.assert_allclose(bp.losses.cross_entropy_sparse(PREDICTS, which), expected)
    assert bp.losses.cross_entropy_loss(PREDICTS, which) == pytest.approx(expected.mean())
    assert bp.losses.cross_entropy_loss(PREDICTS, np.eye(4)[which]) == pytest.approx(expected.mean())
    weighted = bp.losses.cross_entropy_loss(PREDICTS, which, weight=np.arange(4.0), reduction='none')
    np.testing.assert_allclose(weighted, expected * which)
    np.testing.assert_allclose(
        bp.losses.binary_logistic_loss(np.array([800.0, -800.0, 0.0]), np.array([1.0, 1.0, 0.0])), [0, 800, np.log(2)]
    )


@pytest.mark.parametrize(
    'loss',
    [
        lambda x: bp.losses.mean_squared_error(x, TARGETS),
        lambda x: bp.losses.mean_absolute_error(x, TARGETS),
        lambda x: bp.losses.cross_entropy_loss(x, np.array([0, 3, 1])),
        lambda x: bm.sum(bp.losses.huber_loss(x, TARGETS)),
        lambda x: bm.sum(bp.losses.log_cosh_loss(x, TARGETS)),
        lambda x: bm.sum(bp.losses.binary_logistic_loss(x, np.ones((3, 4)))),
    ],
)
def test_gradients_of_losses(loss):
    found, h = bm.grad(loss)(PREDICTS), 1e-6
    for index in np.ndindex(PREDICTS.shape):
        unit = np.zeros(PREDICTS.shape)
        unit[index] = h
        difference = (float(loss(PREDICTS + unit)) - float(loss(PREDICTS - unit))) / (2 * h)
        assert found[index] == pytest.approx(difference, abs=1e-8)


def test_what_losses_refuse():
    with pytest.raises(ValueError, match='predicts have shape'):
        bp.losses.mean_squared_error(PREDICTS, TARGETS[0])
    with pytest.raises(ValueError, match='reduction'):
        bp.losses.mean_squared_error(PREDICTS, TARGETS, reduction='max')
    with pytest.raises(ValueError, match='indices of classes'):
        bp.losses.cross_entropy_loss(PREDICTS, np.array([0, 4, 1]))
