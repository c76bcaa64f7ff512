# SPDX-License-Identifier: Apache-2.0
import inspect
import math
import subprocess
import sys

import numpy as np
import pytest

import bouton as bp
import bouton.math as bm
from bouton.math import random

NUM = 20_000

# name, arguments, mean, variance
MOMENTS = [
    ('rand', (NUM,), {}, 1 / 2, 1 / 12),
    ('random', (NUM,), {}, 1 / 2, 1 / 12),
    ('uniform', (-1.0, 3.0, NUM), {}, 1, 16 / 12),
    ('randint', (1, 4, NUM), {}, 2, 2 / 3),
    ('random_integers', (1, 3, NUM), {}, 2, 2 / 3),
    ('randn', (NUM,), {}, 0, 1),
    ('standard_normal', (NUM,), {}, 0, 1),
    ('normal', (2.0, 3.0, NUM), {}, 2, 9),
    ('standard_exponential', (NUM,), {}, 1, 1),
    ('exponential', (2.0, NUM), {}, 2, 4),
    ('gamma', (3.0, 2.0, NUM), {}, 6, 12),
    ('standard_gamma', (3.0, NUM), {}, 3, 3),
    ('beta', (2.0, 3.0, NUM), {}, 0.4, 0.04),
    ('chisquare', (4.0, NUM), {}, 4, 8),
    ('noncentral_chisquare', (4.0, 1.0, NUM), {}, 5, 12),
    ('f', (5.0, 20.0, NUM), {}, 20 / 18, 2 * 400 * 23 / (5 * 324 * 16)),
    ('standard_t', (12.0, NUM), {}, 0, 1.2),
    ('lognormal', (0.0, 0.5, NUM), {}, math.exp(0.125), (math.exp(0.25) - 1) * math.exp(0.25)),
    ('laplace', (1.0, 2.0, NUM), {}, 1, 8),
    ('logistic', (1.0, 2.0, NUM), {}, 1, 4 * math.pi**2 / 3),
    ('gumbel', (0.0, 1.0, NUM), {}, 0.5772156649, math.pi**2 / 6),
    ('maxwell', (NUM,), {}, 2 * math.sqrt(2 / math.pi), 3 - 8 / math.pi),
    ('rayleigh', (2.0, NUM), {}, 2 * math.sqrt(math.pi / 2), (2 - math.pi / 2) * 4),
    ('pareto', (6.0, NUM), {}, 0.2, 6 / (25 * 4)),
    ('power', (3.0, NUM), {}, 0.75, 3 / 80),
    ('triangular', (NUM,), {}, 0, 1),
    ('vonmises', (0.5, 4.0, NUM), {}, 0.5, 0.29),
    ('wald', (1.0, 4.0, NUM), {}, 1, 0.25),
    ('weibull', (2.0, NUM), {}, math.gamma(1.5), 1 - math.gamma(1.5) ** 2),
    ('weibull_min', (2.0, 3.0, NUM), {}, 3 * math.gamma(1.5), 9 * (1 - math.gamma(1.5) ** 2)),
    ('loggamma', (2.0, NUM), {}, 0.4227843351, math.pi**2 / 6 - 1),
    ('bernoulli', (0.3, NUM), {}, 0.3, 0.21),
    ('binomial', (10, 0.3, NUM), {}, 3, 2.1),
    ('negative_binomial', (3, 0.5, NUM), {}, 3, 6),
    ('poisson', (3.0, NUM), {}, 3, 3),
    ('geometric', (0.5, NUM), {}, 2, 2),
    ('hypergeometric', (5, 5, 4, NUM), {}, 2, 4 * 0.25 * 6 / 9),
    ('logseries', (0.5, NUM), {}, 1 / math.log(2), (1 / math.log(2)) * (2 - 1 / math.log(2))),
    ('truncated_normal', (-2.0, 2.0, NUM), {}, 0, 0.7737413),
    ('truncated_normal', (3.0, np.inf, NUM), {}, 3.2830986, 0.0706396),
    ('truncated_normal', (-1.0, -0.5, NUM), {}, -0.7348, 0.0206),
    ('choice', (np.array([1.0, 3.0]), NUM), {'p': np.array([0.25, 0.75])}, 2.5, 0.75),
    ('categorical', (np.log([0.25, 0.75]), -1, NUM), {}, 0.75, 0.1875),
]


@pytest.mark.parametrize(('name', 'args', 'kwargs', 'mean', 'variance'), MOMENTS)
def test_moments(name, args, kwargs, mean, variance):
    drawn = getattr(random.RandomState(7), name)(*args, **kwargs)
    assert type(drawn) is bm.Array and drawn.shape == (NUM,)
    assert drawn.mean() == pytest.approx(mean, abs=5 * math.sqrt(variance / NUM))
    assert drawn.var() == pytest.approx(variance, rel=0.15, abs=1e-3)


@pytest.mark.parametrize(('lower', 'upper'), [(-2, 2), (3, np.inf), (-np.inf, -3), (-0.1, 0.1), (8, 9), (-1, np.inf)])
def test_truncated_normal_stays_inside(lower, upper):
    drawn = random.RandomState(3).truncated_normal(lower, upper, 5000)
    assert lower <= drawn.min() and drawn.max() <= upper
    assert np.unique(drawn).size > 4900


def test_truncated_normal_follows_its_law():
    stats = pytest.importorskip('scipy.stats')
    for lower, upper in ((-2, 2), (1, np.inf), (-0.5, 3), (-9, -2)):
        drawn = np.asarray(random.RandomState(5).truncated_normal(lower, upper, 4000))
        assert stats.kstest(drawn, stats.truncnorm(lower, upper).cdf).pvalue > 1e-3


def test_a_seed_makes_numbers_reproducible():
    for seed in (0, 7, np.int32(7), 2**63):
        bm.random.seed(seed)
        first = [bm.random.uniform(size=3), bm.random.randn(2), bm.random.permutation(5), bm.random.split_key()]
        bm.random.seed(seed)
        second = [bm.random.uniform(size=3), bm.random.randn(2), bm.random.permutation(5), bm.random.split_key()]
        for a, b in zip(first, second, strict=True):
            np.testing.assert_array_equal(a, b)
    bm.random.seed()
    a = bm.random.rand(3)
    bm.random.seed(None)
    assert not np.array_equal(a, bm.random.rand(3))
    bm.random.seed(random.DEFAULT_SEED)


def test_a_key_leaves_the_generator_alone():
    state = random.RandomState(1)
    a = state.rand(3, key=5)
    np.testing.assert_array_equal(a, state.rand(3, key=5))
    np.testing.assert_array_equal(state.rand(3), random.RandomState(1).rand(3))


def test_seeds_for_others_have_64_bits():
    seeds = [random.RandomState(k).split_key() for k in range(20)]
    assert all(type(s) is int and 0 <= s < 2**64 for s in seeds) and max(seeds) > 2**63
    assert random.RandomState(1).split_keys(3).dtype == np.uint64


def test_bad_seeds_and_parameters():
    with pytest.raises(ValueError, match='A seed must not be negative, but we got -1'):
        bm.random.seed(-1)
    with pytest.raises(TypeError, match="A seed must be an integer or None, but we got 'a'"):
        random.RandomState('a')
    with pytest.raises(ValueError, match=r'p must be in \[0, 1\]'):
        bm.random.bernoulli(1.5)
    with pytest.raises(ValueError, match='lower must be below upper'):
        bm.random.truncated_normal(1, 1)


def test_generators():
    assert random.Generator is random.RandomState and isinstance(random.DEFAULT, random.RandomState)
    copy = bm.random.default_rng()
    assert copy is not random.DEFAULT and bm.random.default_rng(clone=False) is random.DEFAULT
    np.testing.assert_array_equal(copy.rand(3), random.DEFAULT.rand(3))
    np.testing.assert_array_equal(bm.random.default_rng(4).rand(3), random.RandomState(4).rand(3))


def test_shapes_and_types():
    assert bm.random.rand().shape == () and bm.random.rand(2, 3).shape == (2, 3)
    assert bm.random.uniform(np.zeros(4), 1.0).shape == (4,)
    assert bm.random.normal(size=(2, 3)).dtype == np.float64
    assert bm.random.randint(5, size=3).dtype == np.int64 and bm.random.bernoulli(size=3).dtype == bool
    assert bm.random.rand_like(np.zeros((2, 1))).shape == bm.random.randn_like(np.zeros((2, 1))).shape == (2, 1)
    assert bm.random.randint_like(np.array([3, 9])).max() < 9
    assert bm.random.multivariate_normal(np.zeros(2), np.eye(2), 5).shape == (5, 2)
    assert bm.random.dirichlet(np.ones(3), 2).shape == (2, 3) and bm.random.multinomial(5, [0.5, 0.5]).sum() == 5
    q = bm.random.orthogonal(4, 3)
    np.testing.assert_allclose(q @ np.swapaxes(q, 1, 2), np.broadcast_to(np.eye(4), (3, 4, 4)), atol=1e-12)
    x = bm.Variable(np.arange(9))
    bm.random.shuffle(x)
    assert sorted(x) == list(range(9))
    assert bm.random.permutation(np.arange(6).reshape(2, 3), axis=1, independent=True).shape == (2, 3)


def test_signatures():
    for name in ('uniform', 'normal', 'randint', 'truncated_normal', 'seed'):
        assert name in random.__all__
    assert list(inspect.signature(bm.random.uniform).parameters) == ['low', 'high', 'size', 'key']
    assert list(inspect.signature(bm.random.truncated_normal).parameters) == ['lower', 'upper', 'size', 'scale', 'key']


def test_with_the_default_seed_the_documented_pairs_fire():
    bm.random.seed(random.DEFAULT_SEED)
    for synapse in (bp.synapses.AMPA, bp.synapses.GABAa, bp.synapses.BioNMDA, bp.synapses.AMPA):
        pre, post = bp.neurons.HH(1), bp.neurons.HH(1)
        net = bp.Network(pre=pre, syn=synapse(pre, post, bp.connect.All2All()), post=post)
        runner = bp.DSRunner(net, inputs=[('pre.input', 5.0)], monitors=['pre.spike', 'post.spike'], progress_bar=False)
        runner.run(150.0)
        assert runner.mon['pre.spike'].sum() == 8
        assert (runner.mon['post.spike'].sum() == 8) == (synapse is bp.synapses.AMPA)


def test_importing_and_initialising_leave_the_random_module_of_numpy_alone():
    program = 'import sys, bouton as bp; bp.neurons.HH(2); sys.exit("numpy.random" in sys.modules)'
    assert subprocess.run([sys.executable, '-c', program], check=False).returncode == 0


def test_copies_go_on_and_seeds_may_be_sequences():
    state = random.RandomState([3, 4])
    state.rand(2), state.split_key()
    copy = state.clone()
    assert copy.split_key() == state.split_key() and copy.rand() == state.rand()
    assert random.RandomState(np.array([3])).rand() == random.RandomState(3).rand()
    assert random.RandomState([3, 4]).rand() != random.RandomState([3, 5]).rand()
    assert repr(random.RandomState(3)) == 'RandomState(seed=3)'
    assert len({int(k) for k in random.RandomState(0).split_keys(1000)}) == 1000
    with pytest.raises(ValueError, match='A seed must not be negative'):
        random.RandomState([1, -2])
