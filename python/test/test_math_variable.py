# SPDX-License-Identifier: Apache-2.0
import copy
import operator
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bouton.math as bm
from bouton.errors import MathError
from bouton.math.environment import state


@pytest.fixture(autouse=True)
def settings_come_back():
    saved = state.save()
    yield
    state.restore(saved)


class Storage:
    """A storage that counts, as that of the core would be used."""

    def __init__(self, array):
        self.buffer = array
        self.touched = 0

    def array(self):
        return self.buffer

    def touch(self):
        self.touched += 1

    def resize(self, batch_size):
        self.buffer = np.zeros((batch_size, *self.buffer.shape[1:]), self.buffer.dtype)


@pytest.mark.parametrize(
    ('given_', 'shape', 'dtype'),
    [
        (3, (3,), float),
        ((2, 3), (2, 3), float),
        ([2, 3], (2, 3), float),
        (3.5, (), float),
        (np.array([1, 2]), (2,), int),
        ([1.0, 2.0], (2,), float),
        (True, (), bool),
    ],
)
def test_size_or_value(given_, shape, dtype):
    v = bm.Variable(given_)
    assert (v.shape, v.dtype, v.ndim, v.size) == (shape, np.dtype(dtype), len(shape), int(np.prod(shape)))
    assert bm.Variable(2, dtype=bool).dtype == bool


def test_value_is_a_copy_both_ways():
    source = np.zeros(3)
    v = bm.Variable(source)
    source[0] = 1
    old = v.value
    v.value = np.array([5.0, 6.0, 7.0])
    assert old.tolist() == [0, 0, 0]
    assert type(v.value) is bm.Array
    np.asarray(v)[0] = -1
    v[:2][0] = -1
    np.reshape(v, (3, 1))[0] = -1
    v.reshape(3, 1)[0] = -1
    assert v.tolist() == [5, 6, 7]


@pytest.mark.parametrize(
    ('value', 'message'),
    [
        (np.zeros(4), r'The shape of the original data is \(3,\), while we got \(4,\) with batch_axis=None.'),
        (0.0, r'The shape of the original data is \(3,\), while we got \(\)'),
        (np.zeros(3, np.float32), 'The dtype of the original data is float64, while we got float32.'),
        (np.zeros(3, int), 'The dtype of the original data is float64, while we got int64.'),
        ([1j, 0, 0], 'The dtype of the original data is float64, while we got complex128.'),
    ],
)
def test_assignment_neither_broadcasts_nor_converts_arrays(value, message):
    v = bm.Variable(np.arange(3.0))
    with pytest.raises(MathError, match=message):
        v.value = value
    assert v.tolist() == [0, 1, 2]


def test_lists_without_a_dtype_of_their_own_are_taken():
    v = bm.Variable(np.arange(3.0))
    v.value = [1, 2, 3]
    assert v.tolist() == [1, 2, 3] and v.dtype == float
    v.update(bm.Variable(bm.ones(3)))
    assert v.tolist() == [1, 1, 1]
    with pytest.raises(MathError):
        bm.Variable(np.arange(3)).value = [0.5, 0, 0]


def test_precision_set_later():
    v = bm.Variable(bm.zeros(2))
    bm.disable_x64()
    with pytest.raises(MathError, match='float64, while we got float32'):
        v.value = bm.ones(2)
    narrow = bm.Variable(bm.zeros(2))
    narrow.value = np.ones(2)  # a 64-bit array is narrowed, as every array is that is made now
    narrow += np.ones(2)
    assert narrow.dtype == np.float32 and narrow.tolist() == [2, 2]


@pytest.mark.parametrize('name', 'add sub mul truediv floordiv mod pow'.split())
@given(a=st.lists(st.floats(0.5, 4), min_size=2, max_size=2), b=st.floats(0.5, 3))
def test_arithmetic_is_that_of_arrays(name, a, b):
    a = np.array(a)
    op, in_place = getattr(operator, name), getattr(operator, f'i{name}')
    v = bm.Variable(a)
    for other in (b, np.array([b, 1.0]), bm.asarray([b, 1.0]), bm.Variable(np.array([b, 1.0]))):
        plain = np.asarray(other)
        for found, expected in ((op(v, other), op(a, plain)), (op(other, v), op(plain, a))):
            assert type(found) is bm.Array
            np.testing.assert_array_equal(found, expected)
    w = bm.Variable(a)
    same = w
    w = in_place(w, b)
    assert w is same
    np.testing.assert_array_equal(w, op(a, b))


def test_comparisons_and_bits():
    v, flags = bm.Variable(np.array([1.0, 2.0])), bm.Variable(np.array([True, False]))
    assert (v > 1).tolist() == (2 <= v).tolist() == (v == 2).tolist() == [False, True]
    assert (~flags).tolist() == (flags ^ True).tolist() == [False, True]
    flags |= np.array([False, True])
    assert flags.tolist() == [True, True]
    assert (-v).tolist() == [-1, -2] and abs(-v).tolist() == (+v).tolist() == [1, 2]
    assert divmod(v, 2)[1].tolist() == [1, 0] and (v @ v) == 5


def test_in_place_operators_keep_shape_and_dtype():
    with pytest.raises(MathError, match='dtype'):
        whole = bm.Variable(np.arange(2))
        whole += 0.5
    with pytest.raises(MathError, match='dtype'):
        flags = bm.Variable(np.zeros(2, bool))
        flags += 1
    with pytest.raises(MathError, match='shape'):
        v = bm.Variable(np.zeros((1, 2)))
        v += np.zeros((3, 2))
    real = bm.Variable(np.zeros(2))
    real += 1
    assert real.tolist() == [1, 1]


def test_index_assignment_casts_and_broadcasts():
    v = bm.Variable(np.arange(4))
    v[0] = 1.7
    v[1:3] = 9
    v[np.array([False, False, False, True])] = -1
    assert v.tolist() == [1, 9, 9, -1]
    v[[0, 1]] = bm.Variable(np.array([5, 6]))
    assert v.tolist() == [5, 6, 9, -1]
    v[bm.Variable(np.array([2]))] = 0
    assert v[2] == 0
    with pytest.raises(IndexError):
        v[7] = 1
    with pytest.raises(ValueError):
        v[:] = np.zeros(3)
    v.fill(2)
    assert v.tolist() == [2, 2, 2, 2]
    w = bm.Variable(np.array([3.0, 1.0]))
    w.sort()
    assert w.tolist() == [1, 3]


def test_batch_axis_may_change_its_length():
    v = bm.Variable(np.zeros((4, 3)), batch_axis=0)
    assert (v.batch_axis, v.batch_size, v.nobatch_shape) == (0, 4, (3,))
    v.value = np.ones((7, 3))
    assert v.shape == (7, 3) and v.sum() == 21
    with pytest.raises(MathError, match=r'is \(7, 3\), while we got \(7, 4\) with batch_axis=0'):
        v.value = np.ones((7, 4))
    for name in ('batch_axis', 'batch_size'):
        with pytest.raises(ValueError, match='Cannot set'):
            setattr(v, name, 1)
    with pytest.raises(MathError, match='This variables has 1 dimension, but the batch axis is set to be 1.'):
        bm.Variable(np.zeros(3), batch_axis=1)
    assert bm.Variable(np.zeros(3)).batch_size is None


def test_numpy_works_on_variables():
    v = bm.Variable(np.array([1.0, 4.0]))
    assert np.sqrt(v).tolist() == [1, 2] and type(np.sqrt(v)) is bm.Array
    assert np.concatenate([v, v]).tolist() == [1, 4, 1, 4]
    assert np.where(v > 2, v, 0.0).tolist() == [0, 4]
    assert v.sum() == 5 and v.mean() == 2.5 and v.max() == 4 and v.T.shape == (2,) and v.astype(int).dtype == int
    assert list(v) == [1, 4] and len(v) == 2 and 4.0 in v
    out = np.zeros(2)
    assert np.add(v, 1, out=out) is out and out.tolist() == [2, 5]
    np.add(v, 1, out=v)
    assert v.tolist() == [2, 5]
    np.add.at(v, [0, 0], 1.0)
    assert v.tolist() == [4, 5]
    assert np.add.reduce(v) == 9
    array = np.zeros(2)
    array += v
    assert array.tolist() == [4, 5]
    assert float(bm.Variable(2.5)) == 2.5 and int(bm.Variable(2.5)) == 2 and bool(bm.Variable(1.0))
    assert [10, 20, 30][bm.Variable(np.array(1))] == 20
    assert round(bm.Variable(np.array(2.567)), 1) == 2.6


def test_methods_that_would_change_a_copy_are_not_there():
    v = bm.Variable(np.zeros(2))
    for name in ('put', 'partition', 'resize', '_nothing', 'nothing'):
        with pytest.raises(AttributeError, match=f"'Variable' object has no attribute '{name}'"):
            getattr(v, name)


def test_binding_moves_to_another_storage():
    v = bm.Variable(np.array([1.0, 2.0]))
    storage = Storage(np.zeros(2))
    v._bind(storage)
    assert storage.buffer.tolist() == [1, 2] and storage.touched == 1
    v += 1
    v[0] = 7
    v.value = v * 2
    v.fill(3)
    assert storage.touched == 5 and storage.buffer.tolist() == [3, 3]
    storage.buffer[0] = -1
    assert v.tolist() == [-1, 3]
    with pytest.raises(MathError, match=r'shape \(2,\) cannot be moved to a storage of shape \(3,\)'):
        v._bind(Storage(np.zeros(3)))
    batched = bm.Variable(np.ones((2, 3)), batch_axis=0)
    batched._bind(Storage(np.zeros((2, 3))))
    batched.value = np.full((5, 3), 4.0)
    assert batched.shape == (5, 3) and batched.sum() == 60


def test_copies_and_pickles_are_independent():
    v = bm.TrainVar(np.ones((2, 3)), batch_axis=0)
    for other in (copy.copy(v), copy.deepcopy(v), pickle.loads(pickle.dumps(v)), v.clone()):
        assert type(other) is bm.TrainVar and other.batch_axis == 0 and other.tolist() == v.tolist()
        other[...] = 0
    assert v.sum() == 6
    assert {v: 1}[v] == 1
    assert repr(bm.Variable(np.array([1.0, 2.0]))) == 'Variable([1., 2.], dtype=float64)'


@pytest.mark.parametrize('index', [0, slice(1, None), np.array([2, 0]), np.array([True, False, True])])
def test_views_write_into_their_variable(index):
    v = bm.Variable(np.arange(3.0))
    view = bm.VariableView(v, index)
    expected = np.arange(3.0)
    np.testing.assert_array_equal(view, expected[index])
    view += 10
    expected[index] += 10
    np.testing.assert_array_equal(v, expected)
    view.value = view.value * 2
    expected[index] *= 2
    np.testing.assert_array_equal(v, expected)
    view[...] = -1
    expected[index] = -1
    np.testing.assert_array_equal(v, expected)


def test_a_view_fits_its_variable():
    v = bm.Variable(np.arange(3.0))
    view = bm.VariableView(v, slice(0, 2))
    view[1] = 9
    assert v.tolist() == [0, 9, 2]
    with pytest.raises(MathError, match=r'is \(2,\), while we got \(3,\)'):
        view.value = np.zeros(3)
    with pytest.raises(IndexError):
        bm.VariableView(v, 7)
    with pytest.raises(ValueError, match='Must be instance of Variable'):
        bm.VariableView(np.zeros(3), 0)
    nested = bm.VariableView(bm.VariableView(v, np.array([2, 1])), 0)
    nested.value = np.array(5.0)
    assert v.tolist() == [0, 9, 5]


def test_lists_and_dictionaries_of_variables():
    a, b = bm.Variable(np.zeros(2)), bm.Variable(np.ones(2))
    variables = bm.VarList([a])
    variables.append(b)
    variables[0] = np.full(2, 3.0)
    assert variables[0] is a and a.tolist() == [3, 3]
    named = bm.VarDict({'a': a}, b=b)
    named['b'] = np.full(2, 4.0)
    assert named['b'] is b and b.tolist() == [4, 4]
    named.update(('c', bm.Variable(1)))
    assert set(named) == {'a', 'b', 'c'}
    for bad in (lambda: bm.VarList([np.zeros(2)]), lambda: bm.VarDict(a=1), lambda: variables.insert(0, 2)):
        with pytest.raises(TypeError, match='Must be instance of Variable'):
            bad()
    assert bm.NodeList([1, 2]) == [1, 2] and bm.NodeDict({'a': 1}, b=2) == {'a': 1, 'b': 2}
