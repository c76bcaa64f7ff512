# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bouton.math as bm


def test_an_array_is_a_numpy_array():
    a = bm.Array([1.0, 2.0])
    assert isinstance(a, np.ndarray) and type(a) is bm.Array is bm.ndarray is bm.JaxArray
    assert type(a.value) is np.ndarray and np.shares_memory(a, a.value)
    assert type(a.numpy()) is type(a.to_numpy()) is np.ndarray
    assert type(a + 1) is type(np.exp(a)) is type(a[:1]) is bm.Array


def test_making_arrays_copies_what_may_change():
    source = np.zeros(3)
    made = [bm.Array(source), bm.asarray(source), bm.array(source), bm.as_jax(source)]
    source[0] = 1
    assert all(a[0] == 0 for a in made)
    assert bm.asarray(made[0]) is made[0]


def test_functional_updates_leave_the_array():
    a = bm.zeros(3)
    assert a.at[0].set(5.0).tolist() == [5, 0, 0]
    assert a.at[np.array([1, 1])].add(2.0).tolist() == [0, 4, 0]
    assert a.at[1:].min(-1.0).tolist() == [0, -1, -1]
    assert a.tolist() == [0, 0, 0]


@pytest.mark.parametrize('name', ['exp', 'where', 'sum', 'concatenate', 'stack', 'dot', 'maximum', 'cumsum', 'einsum'])
def test_functions_of_numpy_return_arrays(name):
    x, v = np.array([0.5, 1.5]), bm.Variable(np.array([0.5, 1.5]))
    arguments = {
        'where': lambda a: (np.array([True, False]), a, 0.0),
        'concatenate': lambda a: ([a, a],),
        'stack': lambda a: ((a, a),),
        'dot': lambda a: (a, a),
        'maximum': lambda a: (a, 1.0),
        'einsum': lambda a: ('i,i->', a, a),
    }.get(name, lambda a: (a,))
    expected = getattr(np, name)(*arguments(x))
    for a in (x, v, bm.asarray(x)):
        found = getattr(bm, name)(*arguments(a))
        assert type(found) is bm.Array
        np.testing.assert_array_equal(found, expected)


def test_tuples_of_arrays_are_wrapped_too():
    values, counts = bm.unique(np.array([1, 1, 2]), return_counts=True)
    assert type(values) is type(counts) is bm.Array
    assert all(type(part) is bm.Array for part in bm.split(np.arange(4.0), 2))
    assert type(bm.linalg.eigh(np.eye(2)).eigenvalues) is bm.Array
    assert type(bm.fft.fft(np.ones(4))) is bm.Array


def test_names_that_are_no_functions_of_arrays():
    assert bm.pi == np.pi and bm.newaxis is None and bm.float32 is np.float32
    for name in ('save', 'test', 'nothing_of_this_name', 'seterr', '_core'):
        with pytest.raises(AttributeError, match=f"has no attribute '{name}'"):
            getattr(bm, name)
    assert {'exp', 'where', 'dt', 'Variable', 'for_loop', 'TimeDelay'} <= set(dir(bm))


def test_creation():
    assert bm.zeros(2).dtype == bm.ones((2, 1)).dtype == bm.empty(3).dtype == bm.eye(2).dtype == np.float64
    assert bm.full((2,), 3).dtype == np.int64 and bm.full(2, 0.5).tolist() == [0.5, 0.5]
    assert bm.zeros(2, dtype=bool).dtype == bool
    assert bm.arange(3).tolist() == [0, 1, 2] and bm.arange(0, 1, 0.5).dtype == np.float64
    assert bm.linspace(0, 1, 3).tolist() == [0, 0.5, 1]
    assert type(bm.linspace(0, 1, 3, retstep=True)[0]) is bm.Array
    assert bm.identity(2).tolist() == [[1, 0], [0, 1]]


def test_what_is_no_array_is_a_type_error():
    for bad in ([[1, 2], [3]], 'abc', object()):
        with pytest.raises(TypeError, match='An array of numbers is needed'):
            bm.Array(bad)


def test_one_hot():
    np.testing.assert_array_equal(bm.one_hot([0, 2, 5], 3), [[1, 0, 0], [0, 0, 1], [0, 0, 0]])
    assert bm.one_hot([0, 1], 3, axis=0).shape == (3, 2)
    assert bm.one_hot(1, 3, dtype=bool).tolist() == [False, True, False]


def test_remove_diag_clip_by_norm_flatten_unsqueeze():
    assert bm.remove_diag(np.arange(6).reshape(2, 3)).tolist() == [[1, 2], [3, 5]]
    with pytest.raises(ValueError, match='1D array'):
        bm.remove_diag(np.ones(3))
    np.testing.assert_allclose(bm.clip_by_norm(np.array([3.0, 4.0]), 1.0), [0.6, 0.8])
    np.testing.assert_allclose(bm.clip_by_norm([np.array([0.3, 0.4])], 1.0)[0], [0.3, 0.4])
    assert bm.flatten(np.ones((2, 3, 4)), 1).shape == (2, 12)
    assert bm.flatten(np.float64(1)).shape == (1,)
    assert bm.unsqueeze(np.ones(3), 0).shape == (1, 3)


ACTIVATIONS = {
    'relu': lambda x: max(x, 0),
    'relu6': lambda x: min(max(x, 0), 6),
    'leaky_relu': lambda x: x if x >= 0 else 0.01 * x,
    'sigmoid': lambda x: 1 / (1 + np.exp(-x)),
    'softplus': lambda x: np.log1p(np.exp(x)),
    'log_sigmoid': lambda x: -np.log1p(np.exp(-x)),
    'soft_sign': lambda x: x / (1 + abs(x)),
    'silu': lambda x: x / (1 + np.exp(-x)),
    'elu': lambda x: x if x > 0 else np.exp(x) - 1,
    'celu': lambda x: x if x > 0 else np.exp(x) - 1,
    'hard_tanh': lambda x: min(max(x, -1), 1),
    'hard_sigmoid': lambda x: min(max(x + 3, 0), 6) / 6,
    'hard_silu': lambda x: x * min(max(x + 3, 0), 6) / 6,
}


@pytest.mark.parametrize('name', ACTIVATIONS)
@given(x=st.floats(-30, 30))
def test_activations(name, x):
    np.testing.assert_allclose(getattr(bm, name)(np.array([x])), [ACTIVATIONS[name](x)], rtol=1e-12, atol=1e-13)


def test_activations_of_large_numbers_are_finite():
    for name in ('sigmoid', 'softplus', 'log_sigmoid', 'elu', 'softmax', 'log_softmax', 'gelu'):
        assert np.isfinite(getattr(bm, name)(np.array([-1000.0, 0.0, 1000.0]))).all()


def test_activations_along_an_axis():
    x = np.array([[1.0, 2.0, 3.0, 5.0]])
    np.testing.assert_allclose(bm.softmax(x), np.exp(x) / np.exp(x).sum())
    np.testing.assert_allclose(bm.log_softmax(x), np.log(np.exp(x) / np.exp(x).sum()))
    np.testing.assert_allclose(bm.glu(x), x[:, :2] / (1 + np.exp(-x[:, 2:])))
    normalized = bm.normalize(x)
    np.testing.assert_allclose([normalized.mean(), normalized.var()], [0, 1], atol=1e-5)
    np.testing.assert_allclose(bm.gelu(1.0, approximate=False), 0.8413447460685429)
    np.testing.assert_allclose(bm.selu(-1.0), 1.0507009873554805 * 1.6732632423543772 * (np.exp(-1) - 1))


def test_sums_over_connections():
    pre_ids, post_ids = np.array([0, 0, 1, 2]), np.array([1, 2, 1, 1])
    values = np.array([1.0, 2.0, 3.0])
    np.testing.assert_array_equal(bm.pre2syn(values, pre_ids), [1, 1, 2, 3])
    np.testing.assert_array_equal(bm.syn2post([1.0, 2.0, 4.0, 8.0], post_ids, 4), [0, 13, 2, 0])
    np.testing.assert_array_equal(bm.pre2post_sum(values, 4, post_ids, pre_ids), [0, 6, 1, 0])
    np.testing.assert_array_equal(bm.pre2post_mean(values, 4, post_ids, pre_ids), [0, 2, 1, 0])
    np.testing.assert_array_equal(bm.pre2post_prod(values, 4, post_ids, pre_ids), [1, 6, 1, 1])
    np.testing.assert_array_equal(bm.pre2post_max(values, 3, post_ids, pre_ids), [-np.inf, 3, 1])
    np.testing.assert_array_equal(bm.pre2post_sum(2.0, 3, post_ids), [0, 6, 2])
    np.testing.assert_allclose(bm.syn2post_softmax(np.zeros(4), post_ids, 3), [1 / 3, 1, 1 / 3, 1 / 3])
    np.testing.assert_array_equal(bm.segment_sum([1.0, 2.0, 3.0], [0, 0, 2]), [3, 0, 3])
    with pytest.raises(IndexError, match=r'ids must be in \[0, 1\]'):
        bm.syn2post(values, [0, 1, 2], 2)


@given(st.integers(1, 6), st.integers(1, 6), st.integers(0, 2**31))
def test_events_sum_as_a_matrix_product_does(pre, post, seed):
    rng = np.random.default_rng(seed)
    mask = rng.random((pre, post)) < 0.4
    events = rng.random(pre) < 0.5
    pre_ids, post_ids = np.nonzero(mask)
    indptr = np.concatenate(([0], np.cumsum(mask.sum(1))))
    weights = rng.random(len(post_ids))
    full = np.zeros((pre, post))
    full[pre_ids, post_ids] = weights
    expected = events @ full
    np.testing.assert_allclose(bm.pre2post_event_sum(events, (post_ids, indptr), post, weights), expected)
    np.testing.assert_allclose(bm.pre2post_coo_event_sum(events, pre_ids, post_ids, post, weights), expected)
    np.testing.assert_allclose(
        bm.pre2post_event_sum(events, (post_ids, indptr), post, 2.0), 2.0 * (events.astype(int) @ mask)
    )


def test_methods_under_the_names_of_torch():
    x = bm.arange(4.0)
    assert x.expand(3, 4).shape == (3, 4) and x.reshape(4, 1).expand(-1, 2)[3].tolist() == [3.0, 3.0]
    assert [part.tolist() for part in x.split(2)] == [[0.0, 1.0], [2.0, 3.0]]
    assert bm.Variable(x).pow(2).tolist() == [0.0, 1.0, 4.0, 9.0]
    with pytest.raises(ValueError, match='.'):
        x.expand(3, 5)
