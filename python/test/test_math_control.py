# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

import bouton.math as bm


def test_for_loop_stacks_trees_and_changes_variables():
    v = bm.Variable(bm.zeros(2))

    def body(x, y):
        v.value = v + x
        return {'v': v, 'pair': (x * y, [y, None])}, v.sum()

    found, total = bm.for_loop(body, (bm.arange(3.0), np.arange(3)))
    assert found['v'].tolist() == [[0, 0], [1, 1], [3, 3]] and type(found['v']) is bm.Array
    assert found['pair'][0].tolist() == [0, 1, 4]
    assert found['pair'][1][0].dtype == np.int64 and found['pair'][1][1] is None
    assert total.tolist() == [0, 2, 6] and v.tolist() == [3, 3]


def test_for_loop_backwards_keeps_the_order_of_items():
    seen = []
    assert bm.for_loop(lambda x: seen.append(int(x)) or x, bm.arange(3), reverse=True, jit=False).tolist() == [0, 1, 2]
    assert seen == [2, 1, 0]


def test_for_loop_takes_trees_and_variables():
    operands = {'a': bm.Variable(np.arange(6.0).reshape(3, 2)), 'b': np.ones(3)}
    assert bm.for_loop(lambda x: x['a'].sum() + x['b'], (operands,)).tolist() == [2, 6, 10]
    assert bm.for_loop(lambda x: None, np.arange(3)) is None


def test_for_loop_wants_equal_lengths():
    for operands in ((np.ones(2), np.ones(3)), np.float64(1), ()):
        with pytest.raises(ValueError, match='first axis of the same length'):
            bm.for_loop(lambda *x: x, operands)
    with pytest.raises(ValueError, match='have length 0'):
        bm.for_loop(lambda x: x, np.ones(0))


def test_while_loop():
    assert bm.while_loop(lambda i, s: (i + 1, s + i), lambda i, s: i < 4, (0, 10)) == (4, 16)
    v = bm.Variable(bm.zeros(1))

    def body(x):
        v[:] = v + x

    assert bm.while_loop(body, lambda x: v[0] < 3, 1.0) == (1.0,)
    assert v[0] == 3


def test_branches():
    assert bm.cond(True, lambda x: x + 1, lambda x: x - 1, 5) == 6
    assert bm.cond(np.array(False), 1.0, 2.0) == 2.0
    assert bm.cond(False, lambda a, b: a, lambda a, b: b, (1, 2)) == 2
    for a, expected in ((5, 'big'), (1, 'middle'), (-1, 'small')):
        assert bm.ifelse([a > 2, a > 0], ['big', lambda: 'middle', 'small']) == expected
    assert bm.ifelse(conditions=[False], branches=[0.0, lambda x: x * 2], operands=3) == 6
    with pytest.raises(ValueError, match=r'We expect len\(conditions\) \+ 1 == len\(branches\)'):
        bm.ifelse([True], [1])
    with pytest.raises(TypeError, match='"branches" must be a tuple or list'):
        bm.ifelse([True], 'ab')


def test_made_loops():
    v = bm.Variable(bm.zeros(1))

    def add(x):
        v.value = v + x
        return x * 2

    assert bm.make_loop(add, dyn_vars=[v], out_vars=v)(np.arange(3.0)).tolist() == [[0], [1], [3]]
    history, results = bm.make_loop(add, dyn_vars=[v], out_vars={'v': v}, has_return=True)(np.arange(2.0))
    assert history['v'].tolist() == [[3], [4]] and results.tolist() == [0, 2]
    bm.make_while(lambda _: v[0] < 6, lambda _: add(1.0), dyn_vars=[v])()
    assert v[0] == 6
    assert bm.make_cond(add, lambda x: -x, dyn_vars=[v])(False, 2) == -2


def test_jit_is_the_function_itself():
    def f(x):
        return x

    assert bm.jit(f) is f and bm.jit(dyn_vars=None, static_argnames=('x',))(f) is f and bm.remat(f) is f

    class Model:
        @bm.cls_jit(inline=True)
        def update(self, x):
            return x + 1

    assert Model().update(1) == 2


def test_functions_as_objects():
    v = bm.Variable(bm.zeros(1))

    @bm.to_object(dyn_vars={'v': v}, name='adder')
    def add(x):
        v.value = v + x
        return v.value

    assert add(2.0).tolist() == [2] and add.name == 'adder'
    assert list(add.vars().values())[0] is v
    assert isinstance(bm.function(lambda: 1), bm.BrainPyObject)


def test_shared_arguments_over_time():
    shared = bm.shared_args_over_time(duration=0.3, dt=0.1, t0=1.0)
    np.testing.assert_allclose(shared['t'], [1, 1.1, 1.2])
    assert shared['i'].tolist() == [0, 1, 2] and shared['dt'].tolist() == [0.1, 0.1, 0.1]
    assert set(bm.shared_args_over_time(num_step=2, include_dt=False)) == {'t', 'i'}
    for bad in ({}, {'num_step': 1, 'duration': 1.0}):
        with pytest.raises(ValueError, match='Provide one of "num_step" and "duration".'):
            bm.shared_args_over_time(**bad)
