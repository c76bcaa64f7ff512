# SPDX-License-Identifier: Apache-2.0
"""Measures. Expected numbers that are not explained are what BrainPy 2.4.0 returns."""

import numpy as np
import pytest

import bouton as bp
import bouton.math as bm
from bouton import measure

n = np.arange(200).reshape(40, 5)
spikes = (n * n * 7 + n * 3) % 11 == 0
potentials = np.sin(n * 0.37) * 10 + np.cos(np.arange(40) * 0.5)[:, None] * 20 - 65


def test_raster_is_ordered_by_time():
    few = np.zeros((20, 3))
    few[[3, 7, 11], 0] = 1
    few[[3, 8], 1] = 1
    neurons, times = measure.raster_plot(few, np.arange(20) * 0.5)
    assert neurons.tolist() == [0, 1, 0, 1, 0]
    assert times.tolist() == [1.5, 1.5, 3.5, 4, 5.5]


def test_the_rate_is_spikes_over_time():
    """Each neuron fires in each tenth step of 0.1 ms: 1000 Hz, whatever the window."""
    regular = np.zeros((1000, 4), bool)
    for neuron in range(4):
        regular[neuron::10, neuron] = True
    for width in (2.0, 3.3, 10.0):
        rate = bp.measure.firing_rate(regular, width, dt=0.1)
        assert rate.shape == (1000,)
        samples = 2 * int(width / 0.2 + 1e-9) + 1
        assert rate[100:900].mean() == pytest.approx(1000, rel=1e-2)
        assert rate.sum() * 0.1 == pytest.approx(1e3 * 100, rel=samples / 1000)


def test_rate_against_its_definition():
    width, dt, half = 0.7, 0.1, 3
    expected = [
        1000 * spikes[max(k - half, 0) : k + half + 1].sum() / 5 / (7 * dt) for k in range(len(spikes))
    ]  # 7 steps of 0.1 ms
    assert measure.firing_rate(spikes, width, dt) == pytest.approx(np.array(expected))
    assert measure.firing_rate(spikes.astype(float), width, dt) == pytest.approx(np.array(expected))


def test_rate_where_window_and_width_agree_with_the_reference():
    few = np.zeros((20, 3))
    few[[3, 7, 11], 0] = 1
    few[[3, 8], 1] = 1
    expected = [0] + [4 / 3] * 4 + [2] + [4 / 3] * 3 + [2, 4 / 3] + [2 / 3] * 3 + [0] * 6
    assert measure.firing_rate(few, 0.5, 0.1) == pytest.approx(1000 * np.array(expected))


def test_rate_as_the_reference_divides():
    bm.set_compat('brainpy_2_4')
    try:
        rates = [measure.firing_rate(spikes, width, 0.1)[:8] for width in (1.0, 0.6)]
    finally:
        bm.set_compat(None)
    assert rates[0] == pytest.approx(np.array([1000, 1400, 1400, 1800, 1800, 2000, 2000, 2000]))
    assert rates[1] == pytest.approx(np.array([3, 3, 5, 4, 5, 4, 6, 4]) * 1000 / 3)


def test_cross_correlation_of_the_reference():
    few = np.zeros((20, 3))
    few[[3, 7, 11], 0] = 1
    few[[3, 8], 1] = 1
    assert measure.cross_correlation(few, 0.2, dt=0.1) == pytest.approx(0.13608276)
    assert measure.cross_correlation(few, 0.2, dt=0.1, method='vmap') == pytest.approx(1 / np.sqrt(6) / 3, rel=1e-14)
    assert measure.cross_correlation(spikes, 0.4, dt=0.1) == pytest.approx(0.6892549249642579, rel=1e-14)
    assert measure.cross_correlation(spikes, 0.5, dt=0.1) == pytest.approx(0.7867195736957995, rel=1e-14)


def test_a_bin_that_is_whole_but_for_rounding():
    """0.3 / 0.1 is 2.9999999999999996, which BrainPy 2.4 takes for 2."""
    assert measure.cross_correlation(spikes, 0.3, 0.1) == measure.cross_correlation(spikes, 3.0, 1.0)
    bm.set_compat('brainpy_2_4')
    try:
        assert measure.cross_correlation(spikes, 0.3, 0.1) == pytest.approx(0.22994001219583993, rel=1e-14)
    finally:
        bm.set_compat(None)


@pytest.mark.parametrize('seed', range(5))
def test_cross_correlation_against_its_definition(seed):
    rng = np.random.default_rng(seed)
    raster = rng.random((103, 12)) < rng.random(12) * 0.1
    raster[:, 3] = False
    width = 4
    binned = np.concatenate([raster, np.zeros((1, 12), bool)]).reshape(-1, width, 12).any(axis=1).astype(float)
    pairs = []
    for i in range(12):
        for j in range(i + 1, 12):
            norm = np.sqrt(binned[:, i].sum() * binned[:, j].sum())
            pairs.append(np.sum(binned[:, i] * binned[:, j]) / norm if norm > 0 else 0.0)
    assert measure.cross_correlation(raster, 0.4, dt=0.1) == pytest.approx(np.mean(pairs), rel=1e-12)


def test_cross_correlation_of_all_and_of_nothing():
    same = np.repeat(spikes[:, :1], 3, axis=1)
    assert measure.cross_correlation(same, 0.1, dt=0.1) == pytest.approx(1)
    never_together = np.eye(7, 3)
    assert measure.cross_correlation(never_together, 0.1, dt=0.1) == 0
    assert measure.cross_correlation(np.zeros((7, 3)), 0.1, dt=0.1) == 0


def test_cross_correlation_of_eight_million_pairs():
    raster = np.random.default_rng(0).random((2000, 4000)) < 0.01
    filled = raster.reshape(200, 10, 4000).any(axis=1).sum(axis=0)
    # Independent neurons with a and b filled bins share a b / 200 of them on average.
    expected = (np.sum(np.sqrt(filled)) ** 2 - filled.sum()) / (200 * 4000 * 3999)
    assert measure.cross_correlation(raster, 1.0, dt=0.1) == pytest.approx(expected, rel=0.01)


def test_voltage_fluctuation():
    assert measure.voltage_fluctuation(potentials) == pytest.approx(0.9529551440944592, rel=1e-12)
    assert measure.voltage_fluctuation(potentials, method='vmap') == pytest.approx(0.9529551440944592, rel=1e-12)
    assert measure.voltage_fluctuation(np.repeat(potentials[:, :1], 4, axis=1)) == pytest.approx(1)


@pytest.mark.parametrize('value', [0.0, 0.1, -65.3, 1e6])
def test_voltage_fluctuation_of_what_does_not_move(value):
    assert measure.voltage_fluctuation(np.full((50, 3), value)) == 1


def test_functional_connectivity():
    connectivity = measure.functional_connectivity(potentials)
    expected = [1, 0.9868103934067228, 0.9492497880855301, 0.8928399914264071, 0.8254898918781084]
    assert connectivity[0] == pytest.approx(np.array(expected), rel=1e-12)
    assert connectivity == pytest.approx(connectivity.T)


def test_a_constant_neuron_is_not_connected():
    activities = potentials.copy()
    activities[:, 2] = -65.1
    connectivity = measure.functional_connectivity(activities)
    assert np.all(connectivity[2] == 0) and np.all(connectivity[:, 2] == 0)
    assert connectivity[0, 0] == pytest.approx(1)


def test_matrix_and_weighted_correlation():
    x = np.sin(np.arange(16.0)).reshape(4, 4)
    y = np.cos(np.arange(16.0) ** 1.1).reshape(4, 4)
    assert measure.matrix_correlation(x, y) == pytest.approx(-0.294900086414085, rel=1e-12)
    assert measure.weighted_correlation(x[0], y[0], [1, 2, 3, 4]) == pytest.approx(0.2168622767221581, rel=1e-12)
    assert measure.weighted_correlation(x[0], y[0], np.ones(4)) == pytest.approx(np.corrcoef(x[0], y[0])[0, 1])


def test_lfp_of_neurons_at_the_electrode():
    times = np.arange(400) * 0.1 + 0.1
    few = np.zeros((400, 3))
    few[[50, 100], 0] = 1
    few[120, 2] = 1
    at = [100, 150, 204, 230, 300]
    expected = {
        'exc': [0.05635035837838497, 0.3084880606185673, 0.5042817649887215, 0.4194679992071676, 0.015380704951449126],
        'inh': [-0.04399535031828561, -1.2248316252308387, -2.032968975430122, -1.7113220592890477, -0.00175305379346],
    }
    for spike_type, values in expected.items():
        field = measure.unitary_LFP(times, few, spike_type, xmax=0, ymax=0, location='superficial layer')
        assert field.shape == (400,)
        assert field[at] == pytest.approx(np.array(values), rel=1e-9)


def test_lfp_of_neurons_in_the_rectangle():
    """The mean of exp(-d / 0.2) over a square of 0.2 around its centre is 0.689."""
    times = np.arange(500) * 0.1
    one_volley = np.zeros((500, 4000), bool)
    one_volley[100] = True
    field = measure.unitary_LFP(times, one_volley, seed=1)
    assert np.argmax(field) == 204
    assert field.max() / 4000 == pytest.approx(0.48 * 0.689, rel=0.01)
    assert np.array_equal(field, measure.unitary_LFP(times, one_volley, seed=1))
    assert not np.array_equal(field, measure.unitary_LFP(times, one_volley, seed=2))


@pytest.mark.parametrize(
    ('call', 'sentence'),
    [
        (lambda: measure.raster_plot(spikes, np.arange(3)), r'their shapes are \(3,\) and \(40, 5\)'),
        (lambda: measure.raster_plot(spikes[0], np.arange(5)), r'Only support 2d array .* shape of \(5,\)'),
        (lambda: measure.firing_rate(spikes[:, 0], 1.0), 'Only support 2d array'),
        (lambda: measure.firing_rate(spikes, 0), '"width" must be positive'),
        (lambda: measure.cross_correlation(spikes, 0.05, dt=0.1), '"bin" must be at least a time step, which is 0.1'),
        (lambda: measure.cross_correlation(spikes, 1.0, method='x'), 'Do not support x. We only support "loop" or'),
        (lambda: measure.cross_correlation(spikes[:, :1], 1.0), 'at least two neurons'),
        (lambda: measure.voltage_fluctuation(potentials[0]), 'Only support 2d array'),
        (lambda: measure.voltage_fluctuation(potentials, method='x'), 'Do not support x.'),
        (lambda: measure.voltage_fluctuation(potentials[:0]), r'must not be empty, but its shape is \(0, 5\)'),
        (lambda: measure.functional_connectivity(potentials[0]), 'Only support 2d array with shape of'),
        (
            lambda: measure.matrix_correlation(potentials, potentials[:3]),
            r'same shape, but we got \(40, 5\) and \(3, 5',
        ),
        (lambda: measure.matrix_correlation(potentials[0], potentials), 'Only support 2d array'),
        (lambda: measure.matrix_correlation(potentials[:2, :2], potentials[:2, :2]), 'at least two entries above'),
        (lambda: measure.weighted_correlation([1, 2], [1, 2], [1]), 'must have the same shape'),
        (lambda: measure.weighted_correlation(potentials, [1, 2], [1, 2]), 'Only support 1d array'),
        (lambda: measure.unitary_LFP(np.arange(40), spikes, 'foo'), '"spike_type" must be "exc" or "inh"'),
        (lambda: measure.unitary_LFP(np.arange(40), spikes, location='foo'), '"location" must be one of soma layer'),
        (lambda: measure.unitary_LFP(np.arange(4), spikes), r'their shapes are \(4,\) and \(40, 5\)'),
        (lambda: measure.unitary_LFP(np.zeros(40), spikes), '"times" must be ascending'),
    ],
)
def test_wrong_values_are_refused_with_a_sentence(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()
