# SPDX-License-Identifier: Apache-2.0
"""Structures of connectors agree with each other and with the rule; user-defined connectors."""

import numpy as np
import pytest

import bouton as bp

CONNECTORS = [
    (bp.conn.All2All(), 7, 5),
    (bp.conn.All2All(include_self=False), 5, 7),
    (bp.conn.One2One(), 6, 6),
    (bp.conn.MatConn(np.array([[1, 0, -2], [0, 0, 0]])), 2, 3),
    (bp.conn.IJConn([3, 0, 3, 1], [1, 2, 0, 2]), 4, 3),
    (bp.conn.CSRConn([2, 0, 1], [0, 2, 2, 3]), 3, 3),
    (bp.conn.GridFour(), (3, 4), (3, 4)),
    (bp.conn.GridEight(periodic_boundary=True), (3, 4), (3, 4)),
    (bp.conn.GridN(N=2, include_self=True), (5, 4), (5, 4)),
    (bp.conn.FixedProb(0.3, seed=1), 20, 30),
    (bp.conn.FixedProb(0.3, include_self=False, seed=1), 20, 20),
    (bp.conn.FixedProb(0.3, allow_multi_conn=True, seed=1), 20, 30),
    (bp.conn.FixedPreNum(3, include_self=False, seed=1), 10, 10),
    (bp.conn.FixedPostNum(0.25, seed=1), 10, 12),
    (bp.conn.FixedTotalNum(17, seed=1), 10, 12),
    (bp.conn.GaussianProb(1.5, encoding_values=((0, 1), (0, 2)), seed=1), (4, 5), (4, 5)),
    (bp.conn.ProbDist(dist=2, prob=0.5, seed=1), (4, 5), (4, 5)),
    (bp.conn.SmallWorld(4, 0.2, seed=1), 20, 20),
    (bp.conn.SmallWorld(4, 0.2, directed=True, seed=1), 20, 20),
    (bp.conn.ScaleFreeBA(2, seed=1), 20, 20),
    (bp.conn.ScaleFreeBADual(2, 3, 0.4, seed=1), 20, 20),
    (bp.conn.PowerLaw(2, 0.4, seed=1), 20, 20),
]


@pytest.mark.parametrize(('connector', 'pre', 'post'), CONNECTORS, ids=lambda value: repr(value))
def test_all_structures_tell_of_the_same_connections(connector, pre, post):
    assert connector(pre, post) is connector
    num_pre, num_post = int(np.prod(pre)), int(np.prod(post))
    assert (connector.pre_num, connector.post_num) == (num_pre, num_post)
    pre_ids, post_ids = connector.require('pre_ids', 'post_ids')
    count = np.zeros((num_pre, num_post), int)
    np.add.at(count, (pre_ids, post_ids), 1)
    assert pre_ids.dtype == post_ids.dtype == np.int32

    mat = connector.require('conn_mat')
    assert mat.dtype == bool
    np.testing.assert_array_equal(mat, count > 0)
    for name in ('csr', 'pre2post'):
        indices, indptr = connector.require(name)
        for i in range(num_pre):
            np.testing.assert_array_equal(np.sort(indices[indptr[i] : indptr[i + 1]]), np.sort(post_ids[pre_ids == i]))
    for name in ('csc', 'post2pre'):
        indices, indptr = connector.require(name)
        for j in range(num_post):
            np.testing.assert_array_equal(np.sort(indices[indptr[j] : indptr[j + 1]]), np.sort(pre_ids[post_ids == j]))
    for name, ids, num in (('pre2syn', pre_ids, num_pre), ('post2syn', post_ids, num_post)):
        synapses, indptr = connector.require(name)
        for n in range(num):
            np.testing.assert_array_equal(synapses[indptr[n] : indptr[n + 1]], np.flatnonzero(ids == n))
    first, second = connector.require('coo')
    np.testing.assert_array_equal(first, pre_ids)
    np.testing.assert_array_equal(second, post_ids)
    np.testing.assert_array_equal(connector.build_mat(), mat)


def test_rules():
    np.testing.assert_array_equal(bp.conn.All2All(include_self=False)(2, 3).require('conn_mat'), [[0, 1, 1], [1, 0, 1]])
    np.testing.assert_array_equal(
        bp.conn.GridFour()((3, 4), (3, 4)).require('conn_mat').sum(1), [2, 3, 3, 2, 3, 4, 4, 3, 2, 3, 3, 2]
    )
    i, j = bp.conn.IJConn([3, 0, 3], [1, 2, 0])(4, 3).require('pre_ids', 'post_ids')
    assert (i.tolist(), j.tolist()) == ([3, 0, 3], [1, 2, 0])
    assert (bp.conn.FixedPreNum(3, include_self=False)(9, 9).require('conn_mat').sum(0) == 3).all()
    assert (bp.conn.FixedPostNum(0.5)(9, 8).require('conn_mat').sum(1) == 4).all()
    assert bp.conn.FixedTotalNum(30)(9, 8).require('conn_mat').sum() == 30
    assert (bp.conn.FixedProb(0.35, law='fixed_out_degree')(5, 10).require('conn_mat').sum(1) == 3).all()
    drawn = bp.conn.FixedProb(0.1, seed=3)(400, 500).require('conn_mat').mean()
    assert abs(drawn - 0.1) < 4 * np.sqrt(0.09 / 200_000)


def test_draws_once_and_repeats_by_seed():
    a, b = bp.conn.FixedProb(0.2, seed=5)(50, 60), bp.conn.FixedProb(0.2, seed=5)(50, 60)
    first = a.require('conn_mat')
    np.testing.assert_array_equal(first, a.require('conn_mat'))
    np.testing.assert_array_equal(first, b.require('conn_mat'))
    assert (first != a(50, 60).require('conn_mat')).any()
    assert (first != bp.conn.FixedProb(0.2, seed=6)(50, 60).require('conn_mat')).any()
    np.random.seed(7)
    drawn = bp.conn.FixedProb(0.2)
    np.random.seed(7)
    assert bp.conn.FixedProb(0.2).seed == drawn.seed


@pytest.mark.parametrize('form', ['mat', 'csr', 'coo', 'conn', 'dict'])
def test_connectors_of_the_user(form):
    mask = np.array([[1, 0, 1], [0, 1, 0]], bool)

    class Own(bp.conn.TwoEndConnector):
        pass

    if form == 'mat':
        Own.build_mat = lambda self: mask[: self.pre_num]
    elif form == 'csr':
        Own.build_csr = lambda self: (np.array([0, 2, 1]), np.array([0, 2, 3]))
    elif form == 'coo':
        Own.build_coo = lambda self: (np.array([0, 0, 1]), np.array([0, 2, 1]))
    elif form == 'conn':
        Own.build_conn = lambda self: ('mat', mask)
    else:
        Own.build_conn = lambda self: {'csr': ([0, 2, 1], [0, 2, 3])}
    own = Own()(2, 3)
    np.testing.assert_array_equal(own.require('conn_mat'), mask)
    np.testing.assert_array_equal(own.require('post_ids'), [0, 2, 1])

    class OnTop(bp.conn.All2All):
        def build_mat(self):
            return super().build_mat() & mask

    np.testing.assert_array_equal(OnTop()(2, 3).require('conn_mat'), mask)


@pytest.mark.parametrize(
    ('make', 'error', 'text'),
    [
        (lambda: bp.conn.FixedProb(1.5), ValueError, r'FixedProb.prob must be in \[0, 1\], but we got 1.5'),
        (lambda: bp.conn.FixedProb('x'), TypeError, 'FixedProb.prob must be made of numbers'),
        (lambda: bp.conn.One2One()(3, 4), ValueError, 'with the same size, but 3 != 4.'),
        (lambda: bp.conn.GridFour()((3, 4), (4, 3)), ValueError, r'But we got \(3, 4\) != \(4, 3\).'),
        (lambda: bp.conn.FixedPreNum(30)(10, 5), ValueError, '"num" must be smaller than "pre_num", but got 30 > 10'),
        (
            lambda: bp.conn.FixedTotalNum(100)(10, 6),
            ValueError,
            '"num" must be smaller than "all2all num", but got 100 > 60',
        ),
        (
            lambda: bp.conn.IJConn([9], [0])(4, 4),
            ValueError,
            r'pre_num \(4\) should be greater than the maximum id \(9\)',
        ),
        (lambda: bp.conn.IJConn([0, 1], [0]), ValueError, '2 != 1'),
        (lambda: bp.conn.MatConn(np.ones((2, 3)))(3, 2), ValueError, r'must have the shape \(3, 2\).*\(2, 3\)'),
        (lambda: bp.conn.All2All().require('csr'), ValueError, 'self.pre_num or self.post_num is not defined'),
        (lambda: bp.conn.All2All()(2, 2).require('foo'), ValueError, 'Unknown synapse structure "foo". Only'),
        (lambda: bp.conn.All2All()(-1, 2), ValueError, 'must not be negative'),
        (lambda: bp.conn.SmallWorld(9, 0.1)(5, 5).require('coo'), ValueError, 'num_neighbor'),
    ],
)
def test_errors(make, error, text):
    with pytest.raises(error, match=text):
        make()


def test_converters():
    dense = np.array([[0, 1, 1], [0, 0, 0], [1, 0, 1]], bool)
    coo = bp.conn.mat2coo(dense)
    assert [ids.tolist() for ids in coo] == [[0, 0, 2, 2], [1, 2, 0, 2]]
    csr = bp.conn.mat2csr(dense)
    assert [ids.tolist() for ids in csr] == [[1, 2, 0, 2], [0, 2, 2, 4]]
    csc = bp.conn.mat2csc(dense)
    assert [ids.tolist() for ids in csc] == [[2, 0, 0, 2], [0, 1, 2, 4]]
    np.testing.assert_array_equal(bp.conn.coo2mat(coo, 3, 3), dense)
    np.testing.assert_array_equal(bp.conn.csr2mat(csr, 3, 3), dense)
    for got, expected in ((bp.conn.coo2csr(coo, 3), csr), (bp.conn.csr2coo(csr), coo), (bp.conn.csr2csc(csr, 3), csc)):
        for a, b in zip(got, expected):
            np.testing.assert_array_equal(a, b)
    indices, indptr, data = bp.conn.coo2csc(coo, 3, data=np.array([10, 20, 30, 40]))
    assert (indices.tolist(), data.tolist()) == ([2, 0, 0, 2], [30, 10, 20, 40])
    with pytest.raises(ValueError, match='indptr'):
        bp.conn.csr2mat(([0], [0, 2]), 1, 1)
