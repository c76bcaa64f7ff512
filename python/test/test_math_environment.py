# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

import bouton.math as bm
from bouton.math.environment import state


@pytest.fixture(autouse=True)
def settings_come_back():
    saved = state.save()
    yield
    state.restore(saved)


def test_defaults():
    assert bm.get_dt() == bm.dt == 0.1
    assert bm.get_mode() is bm.mode is bm.nonbatching_mode
    assert (bm.float_, bm.int_, bm.bool_, bm.complex_) == (np.float64, np.int64, np.bool_, np.complex128)
    assert bm.get_compat() is None
    assert bm.get_platform() == 'cpu'


@pytest.mark.parametrize('dt', [0.5, np.float32(0.5), np.array(0.5), np.array([0.5])])
def test_dt_is_any_one_number(dt):
    bm.set_dt(dt)
    assert bm.get_dt() == bm.dt == 0.5
    assert type(bm.dt) is float


@pytest.mark.parametrize('dt', [0, -0.1, float('nan'), float('inf')])
def test_dt_is_positive_and_finite(dt):
    with pytest.raises(ValueError, match='"dt" must be positive and finite, but we got'):
        bm.set_dt(dt)
    assert bm.get_dt() == 0.1


@pytest.mark.parametrize('dt', ['0.1', None, [0.1, 0.2], 1j])
def test_dt_is_a_number(dt):
    with pytest.raises(TypeError, match='"dt" must be a float, but we got'):
        bm.set_dt(dt)


def test_modes_are_equal_by_class():
    assert bm.BatchingMode(3) == bm.batching_mode
    assert bm.TrainingMode(3) != bm.batching_mode
    assert isinstance(bm.training_mode, bm.BatchingMode)
    assert bm.training_mode.is_a(bm.TrainingMode) and not bm.training_mode.is_a(bm.BatchingMode)
    assert bm.training_mode.is_child_of(bm.BatchingMode, bm.Mode)
    assert bm.batching_mode.is_parent_of(bm.TrainingMode)
    assert repr(bm.TrainingMode(3)) == 'TrainingMode(batch_size=3)'
    assert len({bm.BatchingMode(1), bm.BatchingMode(2)}) == 1


@pytest.mark.parametrize(('size', 'error'), [(0, ValueError), (-1, ValueError), (1.5, ValueError), ('a', TypeError)])
def test_batch_size_is_a_count(size, error):
    with pytest.raises(error, match='"batch_size" must be an integer'):
        bm.BatchingMode(size)


def test_set_mode_takes_a_mode():
    bm.set_mode(bm.TrainingMode(2))
    assert bm.mode.batch_size == 2
    with pytest.raises(TypeError, match="Must be instance of Mode, but we got <class 'str'>: x"):
        bm.set_mode('x')


def test_precision_of_new_arrays():
    bm.disable_x64()
    assert (
        bm.zeros(2).dtype
        == bm.asarray([1.0]).dtype
        == bm.exp(np.ones(2)).dtype
        == bm.random.rand(2).dtype
        == np.float32
    )
    assert bm.arange(3).dtype == bm.asarray([1]).dtype == bm.random.randint(0, 3, 2).dtype == np.int32
    assert bm.asarray(np.ones(2, complex)).dtype == np.complex64
    bm.enable_x64()
    assert bm.zeros(2).dtype == np.float64
    bm.enable_x64(False)
    assert bm.float_ == np.float32


def test_environment_is_for_a_block_and_comes_back_after_an_error():
    with pytest.raises(KeyError), bm.environment(bm.BatchingMode(4), dt=0.25, x64=False):
        assert (bm.mode.batch_size, bm.dt, bm.float_) == (4, 0.25, np.float32)
        with bm.training_environment(batch_size=2):
            assert bm.mode == bm.training_mode and bm.dt == 0.25
        assert bm.mode.batch_size == 4
        raise KeyError
    assert (bm.mode, bm.dt, bm.float_) == (bm.nonbatching_mode, 0.1, np.float64)


def test_environment_decorates_and_can_be_entered_twice():
    env = bm.batching_environment(dt=0.5, batch_size=3)

    @env
    def inside():
        with env:
            return bm.mode.batch_size, bm.dt

    assert inside() == (3, 0.5)
    assert inside.__name__ == 'inside'
    assert bm.dt == 0.1


def test_set_environment_changes_all_or_nothing():
    with pytest.raises(TypeError):
        bm.set_environment(dt=0.5, mode='x')
    with pytest.raises(ValueError):
        bm.environment(dt=-1.0)
    with pytest.raises(TypeError):
        bm.set_environment(dt=0.5, float_=int)
    assert bm.dt == 0.1
    bm.set_environment(dt=0.5, float_=np.float32, int_=np.int32)
    assert (bm.dt, bm.float_, bm.int_) == (0.5, np.float32, np.int32)


def test_compat_and_platform_know_their_values():
    bm.set_compat('brainpy_2_4')
    assert bm.get_compat() == 'brainpy_2_4'
    with pytest.raises(ValueError, match="no compatibility '2.8'"):
        bm.set_compat('2.8')
    bm.set_platform('cpu')
    with pytest.raises(ValueError, match="'gpu' is not supported"):
        bm.set_platform('gpu')
