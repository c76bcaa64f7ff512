# SPDX-License-Identifier: Apache-2.0
"""Input builders. The expected arrays of the compatibility mode are what BrainPy 2.4.0 returns."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import bouton as bp
import bouton.math as bm


@pytest.fixture
def brainpy_2_4():
    bm.set_compat('brainpy_2_4')
    yield
    bm.set_compat(None)


def test_sections_end_at_the_nearest_step():
    current, length = bp.inputs.section_input([0, 1, 2], [0.3, 0.5, 0.3], dt=0.1, return_length=True)
    assert current.tolist() == [0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2]
    assert length == pytest.approx(1.1)


def test_sections_do_not_drift():
    """A thousand sections of 0.3 ms are 3 steps each."""
    current = bp.inputs.section_input(list(range(1000)), [0.3] * 1000, dt=0.1)
    assert np.array_equal(current, np.repeat(np.arange(1000.0), 3))


def test_a_fraction_of_a_step_is_covered():
    current = bp.inputs.section_input([1, 2], [1.02, 0.33], dt=0.1)
    assert current.tolist() == [1] * 10 + [2] * 4


def test_sections_as_the_reference_cuts_them(brainpy_2_4):
    assert bp.inputs.section_input([0, 1, 2], [0.3, 0.5, 0.3]).tolist() == [0, 0, 1, 1, 1, 1, 1, 2, 2, 0, 0]
    assert bp.inputs.constant_input([(0, 0.3), (1, 0.5)])[0].tolist() == [0, 0, 1, 1, 1, 1, 1, 0]
    assert bp.inputs.section_input([1], [1.05]).shape == (11,)


def test_values_may_be_arrays_that_fit_each_other():
    current = bp.inputs.section_input([0, np.array([1.0, 2.0]), [[3], [4], [5]]], [0.1, 0.2, 0.1], dt=0.1)
    assert current.shape == (4, 3, 2)
    assert np.all(current[0] == 0) and np.all(current[2] == [1, 2]) and np.all(current[3] == [[3], [4], [5]])


def test_sections_take_numbers_of_any_kind():
    current = bp.inputs.section_input(np.array([1, 2]), (np.float32(1), np.array([2])), dt=np.float64(1))
    assert current.tolist() == [1, 2, 2]
    assert bp.inputs.section_input(bm.Variable([1.0, 2.0]), bm.asarray([1.0, 2.0]), dt=1).tolist() == [1, 2, 2]


def test_constant_input_returns_the_length():
    current, length = bp.inputs.constant_input([(0, 100.0), (3, 200)])
    assert current.shape == (3000,) and length == 300
    assert current[999] == 0 and current[1000] == 3


def test_the_time_step_is_the_global_one():
    with bm.environment(dt=0.5):
        assert bp.inputs.section_input([1], [2.0]).shape == (4,)
        assert bp.inputs.wiener_process(2.0).shape == (4, 1)


def test_the_type_is_the_default_float():
    with bm.environment(x64=False):
        for current in (
            bp.inputs.section_input([1], [1.0]),
            bp.inputs.ramp_input(0, 1, 1.0),
            bp.inputs.ou_process(0, 1, 1, 1.0),
            bp.inputs.square_input(1, 10, 1.0),
        ):
            assert type(current) is np.ndarray and current.dtype == np.float32
    assert bp.inputs.section_input([1], [1.0]).dtype == np.float64


def test_spikes_are_blocks():
    current = bp.inputs.spike_input([0.3, 1.0], [0.2, 0.3], [1.0, 2.0], 2.0, dt=0.1)
    assert current.tolist() == [0] * 3 + [1] * 2 + [0] * 5 + [2] * 3 + [0] * 7


def test_spikes_overwrite_and_are_cut_at_the_end():
    current = bp.inputs.spike_input((0.0, 0.2, 0.8), 0.4, [1, 2, 3], 1.0, dt=0.1)
    assert current.tolist() == [1, 1, 2, 2, 2, 2, 0, 0, 3, 3]
    assert bp.inputs.spike_input([5.0], 1.0, 1.0, 1.0, dt=0.1).tolist() == [0] * 10


def test_spikes_as_the_reference_cuts_them(brainpy_2_4):
    expected = [0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 0, 0, 0, 0]
    assert bp.inputs.spike_input([0.3, 1.0], [0.2, 0.3], [1.0, 2.0], 2.0).tolist() == expected


def test_a_ramp_contains_both_ends():
    assert bp.inputs.ramp_input(0, 1, 1.0, dt=0.1) == pytest.approx(np.arange(10) / 9)
    expected = [0, 0, 0, 0, 0.25, 0.5, 0.75, 1] + [0] * 12
    assert bp.inputs.ramp_input(0, 1, 2.0, t_start=0.3, t_end=0.8, dt=0.1).tolist() == expected
    assert bp.inputs.ramp_input(0, 1, 1.05, dt=0.1) == pytest.approx(np.arange(11) / 10)


def test_a_ramp_that_ends_later_is_cut():
    assert bp.inputs.ramp_input(0, 1, 0.5, t_start=0.2, t_end=1.3, dt=0.1) == pytest.approx([0, 0, 0, 0.1, 0.2])
    assert bp.inputs.ramp_input(0, 1, 0.5, t_start=1, t_end=2, dt=0.1).tolist() == [0] * 5


def test_wiener_increments_have_variance_dt():
    increments = bp.inputs.wiener_process(2000.0, dt=0.1, n=5, seed=1)
    assert increments.shape == (20000, 5)
    assert increments.mean() == pytest.approx(0, abs=4 * np.sqrt(0.1 / increments.size))
    assert increments.var() == pytest.approx(0.1, rel=0.02)


@pytest.mark.parametrize(
    'build',
    [
        lambda **kw: bp.inputs.wiener_process(1.0, dt=0.1, n=3, **kw),
        lambda **kw: bp.inputs.ou_process(5, 1, 10, 1.0, dt=0.1, n=3, **kw),
    ],
)
def test_noise_is_seeded_and_stays_in_its_window(build):
    first = build(t_start=0.3, t_end=0.8, seed=7)
    assert first.shape == (10, 3)
    assert np.all(first[:3] == 0) and np.all(first[8:] == 0) and np.all(first[3:8] != 0)
    assert np.array_equal(first, build(t_start=0.3, t_end=0.8, seed=7))
    assert not np.array_equal(first, build(t_start=0.3, t_end=0.8, seed=8))

    bm.random.seed(3)
    second = build()
    assert not np.array_equal(second, build())
    bm.random.seed(3)
    assert np.array_equal(second, build())


def test_ou_process_has_mean_and_variance_of_its_equation():
    mean, sigma, tau, dt = 3.0, 0.5, 10.0, 0.1
    x = bp.inputs.ou_process(mean, sigma, tau, 2000.0, dt=dt, n=200, seed=1)
    assert x.shape == (20000, 200)
    late = x[2000:]
    # The integral of the autocovariance is sigma^2 tau^2 / 2 to each side: four standard errors.
    assert late.mean() == pytest.approx(mean, abs=4 * sigma * tau / np.sqrt(1800 * 200))
    # The variance of the scheme: sigma^2 dt / (1 - (1 - dt/tau)^2).
    assert late.var() == pytest.approx(sigma**2 * dt / (1 - (1 - dt / tau) ** 2), rel=0.02)
    # The first row is one step after the mean.
    assert np.std(x[0] - mean) == pytest.approx(sigma * np.sqrt(dt), rel=0.2)
    lag = int(tau / dt)
    correlation = np.mean((late[:-lag] - mean) * (late[lag:] - mean)) / late.var()
    assert correlation == pytest.approx(np.exp(-1), abs=0.03)


def test_ou_process_without_noise_stays_at_its_mean():
    assert np.all(bp.inputs.ou_process(3, 0, 10, 1.0, dt=0.1) == 3)


def test_a_sine_starts_with_phase_0():
    t = np.arange(10) * 0.1
    assert bp.inputs.sinusoidal_input(2, 100, 1.0, dt=0.1) == pytest.approx(2 * np.sin(2 * np.pi * 0.1 * t))
    assert bp.inputs.sinusoidal_input(2, 100, 1.0, dt=0.1, bias=True) == pytest.approx(
        2 + 2 * np.sin(2 * np.pi * 0.1 * t)
    )
    window = bp.inputs.sinusoidal_input(1, 100, 1.0, dt=0.1, t_start=0.2, t_end=0.9)
    assert window[:2].tolist() == [0, 0] and window[9] == 0
    assert window[2:9] == pytest.approx(np.sin(2 * np.pi * 0.1 * t[:7]))


@pytest.mark.parametrize('start', [0, 1, 2, 3, 5, 7])
@pytest.mark.parametrize('end', [8, 11, 13, 23])
def test_windows_have_the_samples_of_their_steps(start, end):
    window = {'dt': 0.1, 't_start': start / 10, 't_end': end / 10}
    for current in (
        bp.inputs.sinusoidal_input(1, 100, 2.3, bias=True, **window),
        bp.inputs.square_input(1, 1, 2.3, **window),
        bp.inputs.ou_process(1, 0, 1, 2.3, **window)[:, 0],
    ):
        assert current.shape == (23,)
        assert np.flatnonzero(current).tolist() == list(range(start, end))


def test_a_square_wave_starts_high_and_has_equal_halves():
    assert bp.inputs.square_input(3, 1000, 2.0, dt=0.1).tolist() == ([3] * 5 + [-3] * 5) * 2
    assert bp.inputs.square_input(3, 1000, 2.0, dt=0.1, bias=True).tolist() == ([6] * 5 + [0] * 5) * 2
    long = bp.inputs.square_input(1, 50, 10000.0, dt=0.1)
    assert np.array_equal(long, np.tile(np.repeat([1.0, -1.0], 100), 500))


def test_windows_of_the_reference(brainpy_2_4):
    window = bp.inputs.sinusoidal_input(1.0, 100.0, 1.0, t_start=0.2, t_end=0.9)
    expected = [0, 0, 0, 0.06279052, 0.12533323, 0.18738131, 0.24868989, 0.30901699, 0.36812455, 0]
    assert window == pytest.approx(np.array(expected), abs=1e-8)
    assert bp.inputs.wiener_process(2.3).shape == (22, 1)


@pytest.mark.parametrize(
    ('call', 'sentence'),
    [
        (lambda i: i.section_input([1, 2, 3], [1, 2]), 'must be the same length, while we got 3 != 2'),
        (lambda i: i.section_input([1], [-1.0]), 'a duration must be finite and not negative, but we got -1.0'),
        (lambda i: i.section_input([np.ones(2), np.ones(3)], [1, 1]), r'but we got \(2,\), \(3,\)'),
        (lambda i: i.section_input([1], [1], dt=0), '"dt" must be positive'),
        (lambda i: i.constant_input([(1, 2, 3)]), r'must be a pair \(value, duration\)'),
        (lambda i: i.spike_input([1, 2], [1, 2, 3], 1, 10), '"sp_lens" must be one number or 2'),
        (lambda i: i.spike_input([-1], 1, 1, 10), 'a time of "sp_times" must be finite and not negative'),
        (lambda i: i.ramp_input(0, 1, 10, 5, 4), '"t_end" must not be before "t_start" = 5.0 ms, but we got 4.0 ms'),
        (lambda i: i.wiener_process(10, n=0), '"n" must be at least 1'),
        (lambda i: i.wiener_process(float('nan')), '"duration" must be finite'),
        (lambda i: i.ou_process(0, 1, 0, 10), '"tau" must be positive'),
        (lambda i: i.sinusoidal_input(1, 1, float('inf')), '"duration" must be finite'),
        (lambda i: i.wiener_process(1e300, dt=1e-300), 'too many steps'),
    ],
)
def test_wrong_values_are_refused_with_a_sentence(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call(bp.inputs)


def test_wrong_types_are_refused_with_a_sentence():
    with pytest.raises(TypeError, match='"sp_times" must be a list, a tuple or an array'):
        bp.inputs.spike_input(1.0, 1, 1, 10)
    with pytest.raises(TypeError, match=r'"I_and_duration" must be a list, a tuple or an array, but we got 3'):
        bp.inputs.constant_input(3)
    with pytest.raises(TypeError, match=r'a section must be a list, a tuple or an array, but we got 0'):
        bp.inputs.constant_input((0, 100))
    with pytest.raises(TypeError, match='must be made of numbers'):
        bp.inputs.section_input(['a'], [1])


anything = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 100),
    st.floats(-10, 100),
    st.sampled_from([float('nan'), float('inf'), 'a', b'', {}, object(), 1j, np.float32(2), np.array(3), np.ones(2)]),
    st.lists(st.floats(-1, 10), max_size=3),
    st.lists(st.tuples(st.floats(-1, 10), st.floats(-1, 10)), max_size=3),
)


@given(st.sampled_from(bp.inputs.__all__), st.lists(anything, min_size=1, max_size=5))
def test_any_argument_gives_an_array_or_a_sentence(name, arguments):
    try:
        result = getattr(bp.inputs, name)(*arguments)
    except (ValueError, TypeError):
        return
    assert isinstance(result[0] if isinstance(result, tuple) else result, np.ndarray)
