# SPDX-License-Identifier: Apache-2.0
"""Initialisers: shapes, values, moments, seeds, errors."""

import numpy as np
import pytest

import bouton as bp
import bouton.math as bm

DRAWING = [
    bp.init.Normal,
    bp.init.Uniform,
    lambda seed: bp.init.Gamma(2.0, seed=seed),
    lambda seed: bp.init.Exponential(3.0, seed=seed),
    bp.init.KaimingNormal,
    bp.init.KaimingUniform,
    bp.init.XavierNormal,
    bp.init.XavierUniform,
    bp.init.LecunNormal,
    bp.init.LecunUniform,
    bp.init.Orthogonal,
    lambda seed: bp.init.VarianceScaling(1.0, 'fan_out', 'normal', seed=seed),
]


def make(kind, seed):
    return kind(seed=seed) if isinstance(kind, type) else kind(seed)


@pytest.mark.parametrize('kind', DRAWING)
def test_seeds(kind):
    own = make(kind, 3)
    first, second = own((30, 40)), own((30, 40))
    assert first.shape == (30, 40) and first.dtype == np.float64
    assert (first != second).any()
    np.testing.assert_array_equal(make(kind, 3)((30, 40)), first)
    assert (make(kind, 4)((30, 40)) != first).any()
    shared = make(kind, None)
    bm.random.seed(11)
    a = shared((30, 40))
    bm.random.seed(11)
    np.testing.assert_array_equal(make(kind, None)((30, 40)), a)
    assert make(kind, 3)(5).shape == (5,)
    assert make(kind, 3)((2, 3), dtype=np.float32).dtype == np.float32


def test_values():
    np.testing.assert_array_equal(bp.init.ZeroInit()(3), np.zeros(3))
    np.testing.assert_array_equal(bp.init.Constant(2.5)((2, 2)), np.full((2, 2), 2.5))
    np.testing.assert_array_equal(bp.init.OneInit([1, 2, 3])((2, 3)), [[1, 2, 3]] * 2)
    np.testing.assert_array_equal(bp.init.Constant(np.float32(0.5))(()), 0.5)
    np.testing.assert_array_equal(bp.init.Identity(2.0)((2, 3)), [[2, 0, 0], [0, 2, 0]])
    np.testing.assert_array_equal(bp.init.Clip(bm.array([-1.0, 0.5, 9.0]), min=0.0, max=1.0)(3), [0, 0.5, 1])
    u = bp.init.Uniform(-70.0, -60.0, seed=1)(10_000)
    assert u.min() >= -70 and u.max() < -60 and abs(u.mean() + 65) < 0.15
    x = bp.init.Orthogonal(seed=2)((4, 4))
    np.testing.assert_allclose(x @ x.T, np.eye(4), atol=1e-12)


@pytest.mark.parametrize(
    ('rule', 'std'), [(bp.init.XavierNormal, 0.0632), (bp.init.KaimingNormal, 0.1), (bp.init.LecunNormal, 0.0707)]
)
def test_variance_scaling(rule, std):
    assert abs(rule(seed=0)((200, 300)).std() - std) < 0.001


def test_decays():
    w = bp.init.GaussianDecay(2.0, 3.0, min_w=0.0)((6,))
    d = np.subtract.outer(np.arange(6), np.arange(6))
    np.testing.assert_allclose(w, 3 * np.exp(-(d**2) / 8), rtol=1e-12)
    hat = bp.init.DOGDecay((1.0, 2.0), (2.0, 1.0), min_w=0.0)((6,))
    np.testing.assert_allclose(hat, 2 * np.exp(-(d**2) / 2) - np.exp(-(d**2) / 8), rtol=1e-12)
    assert bp.init.GaussianDecay(0.2, 1.0, encoding_values=(0, 1), include_self=False)((3, 2)).shape == (6, 6)
    assert (np.diag(bp.init.GaussianDecay(0.2, 1.0, include_self=False)(4)) == 0).all()


@pytest.mark.parametrize(
    ('make', 'error', 'text'),
    [
        (lambda: bp.init.Uniform(2.0, 1.0)(3), ValueError, 'min_val'),
        (lambda: bp.init.Normal(0.0, -1.0)(3), ValueError, 'scale'),
        (lambda: bp.init.Normal('a'), TypeError, 'Normal.mean'),
        (lambda: bp.init.VarianceScaling(1.0, 'fan', 'normal'), ValueError, 'mode'),
        (lambda: bp.init.Constant([1, 2])((3,)), ValueError, r'shape \(2,\)'),
        (lambda: bp.init.Clip(bp.init.Normal(), 2.0, 1.0), ValueError, 'Clip.min'),
        (lambda: bp.init.ZeroInit()(-1), ValueError, 'negative'),
        (lambda: bp.init.GaussianDecay(1.0, 1.0, encoding_values=(1, 2, 3)), ValueError, 'encoding_values'),
    ],
)
def test_errors(make, error, text):
    with pytest.raises(error, match=text):
        make()
