# SPDX-License-Identifier: Apache-2.0
"""Numbers that describe spikes and potentials: rates, synchrony, correlations, the local field potential.

`spikes` are arrays of shape (steps, neurons), as monitors record them: booleans, or numbers of which those above 0 are
spikes. All results are NumPy arrays or Python floats.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from bouton._scalars import as_array, number, positive
from bouton._steps import brainpy_2_4, num_steps, time_step
from bouton.errors import UnsupportedError
from bouton.math.random import DEFAULT, RandomState

__all__ = [
    'cross_correlation',
    'firing_rate',
    'functional_connectivity',
    'matrix_correlation',
    'raster_plot',
    'unitary_LFP',
    'voltage_fluctuation',
    'weighted_correlation',
]


def raster_plot(sp_matrix: Any, times: Any) -> tuple[np.ndarray, np.ndarray]:
    """The spikes as a list of (neuron, time), ordered by time.

    Parameters
    ----------
    sp_matrix
        Spikes, shape (steps, neurons).
    times
        The time of each step [ms], shape (steps,).

    Returns
    -------
    (numpy.ndarray, numpy.ndarray)
        The neuron and the time of each spike.
    """
    spikes = _matrix(sp_matrix, '"sp_matrix"', '(num_time, num_neuron)')
    times = as_array(times, '"times"')
    if times.shape != spikes.shape[:1]:
        raise ValueError(
            f'"times" must have one entry for each row of "sp_matrix", but their shapes are {times.shape} and '
            f'{spikes.shape}.'
        )
    steps, neurons = np.nonzero(spikes > 0)
    return neurons, times[steps]


def firing_rate(spikes: Any, width: float, dt: float | None = None, numpy: bool = True) -> np.ndarray:
    """The rate of a population: the mean over its neurons, averaged over a sliding window of time.

    The window is centred and has an odd number of steps, ``2 * int(width / 2 / dt) + 1``. Beyond the ends of the record
    there are no spikes. The rate is the number of spikes per neuron in the window over the duration of the window.
    After ``bm.set_compat('brainpy_2_4')`` it is divided by `width` instead, as BrainPy 2.4 does, from which the
    duration of the window differs by up to a step.

    Parameters
    ----------
    spikes
        Spikes, shape (steps, neurons).
    width
        Width of the window [ms].
    dt
        Time step [ms]; the global one by default.
    numpy
        Accepted for compatibility; the result is always a NumPy array.

    Returns
    -------
    numpy.ndarray
        [Hz], shape (steps,); or that of the window where the record is shorter.
    """
    spikes = _matrix(spikes, '"spikes"', '(num_time, num_neuron)')
    dt, width = time_step(dt), positive(width, '"width"')
    samples = 2 * num_steps(width / 2, dt, int) + 1
    duration = width if brainpy_2_4() else samples * dt
    return np.convolve(spikes.mean(axis=1), np.full(samples, 1000 / duration), mode='same')


def cross_correlation(
    spikes: Any, bin: float, dt: float | None = None, numpy: bool = True, method: str = 'loop'
) -> float:
    r"""The coherence of the spikes of a population, averaged over all pairs of neurons.

    Time is cut into bins; :math:`X_i(l)` is 1 if neuron i fires in bin l, and 0 if not. The coherence of a pair is

    .. math:: \kappa_{ij} = \frac{\sum_l X_i(l) X_j(l)}{\sqrt{\sum_l X_i(l) \sum_l X_j(l)}}

    and 0 if one of them is silent.

    Parameters
    ----------
    spikes
        Spikes, shape (steps, neurons).
    bin
        Width of a bin [ms], at least a time step. The last bin may be shorter.
    dt
        Time step [ms]; the global one by default.
    numpy, method
        Accepted for compatibility. 'loop' and 'vmap' are the same.

    Returns
    -------
    float
        In [0, 1].

    References
    ----------
    Wang XJ, Buzsaki G (1996). Gamma oscillation by synaptic inhibition in a hippocampal interneuronal network model.
    Journal of Neuroscience 16, 6402-6413.
    """
    _check_method(method)
    spikes = _matrix(spikes, '"spikes"', '(num_time, num_neuron)')
    num = spikes.shape[1]
    if num < 2:
        raise ValueError(f'"spikes" must have at least two neurons, but we got shape {spikes.shape}.')
    dt = time_step(dt)
    width = num_steps(positive(bin, '"bin"'), dt, int)
    if width < 1:
        raise ValueError(f'"bin" must be at least a time step, which is {dt} ms, but we got {bin!r}.')

    steps, neurons = np.nonzero(spikes > 0)
    num_bins = -(-len(spikes) // width)
    bins, neurons = np.divmod(np.unique(steps // width * num + neurons), num)
    # With b_i = X_i / |X_i|, the sum over pairs of b_i b_j is, in each bin, half of (sum b)^2 - sum b^2.
    b = (1 / np.sqrt(np.maximum(np.bincount(neurons, minlength=num), 1)))[neurons]
    total = np.bincount(bins, b, num_bins)
    squares = np.bincount(bins, b * b, num_bins)
    return float(np.sum(total * total - squares) / (num * (num - 1)))


def voltage_fluctuation(potentials: Any, numpy: bool = True, method: str = 'loop') -> float:
    r"""How synchronous the potentials of a population are:

    .. math:: \chi^2 = \frac{\mathrm{Var}_t \langle V \rangle_N}{\langle \mathrm{Var}_t V \rangle_N}

    It is 1 for neurons that do the same, and tends to 0 as 1/N for independent ones.

    Parameters
    ----------
    potentials
        Shape (steps, neurons).
    numpy, method
        Accepted for compatibility. 'loop' and 'vmap' are the same.

    Returns
    -------
    float
        1 if no potential changes.

    References
    ----------
    Golomb D, Rinzel J (1993). Dynamics of globally coupled inhibitory neurons with heterogeneity. Physical Review E 48,
    4810-4814.
    """
    _check_method(method)
    moves = _from_the_start(_matrix(potentials, '"potentials"', '(num_time, num_neuron)'))
    mean_of_variance = float(moves.var(axis=0).mean())
    if mean_of_variance == 0:
        return 1.0
    return float(moves.mean(axis=1).var()) / mean_of_variance


def matrix_correlation(x: Any, y: Any, numpy: bool = True) -> float:
    """Pearson's correlation of what stands above the diagonals of two matrices; NaN where these are all the same.

    Parameters
    ----------
    x, y
        Matrices of the same shape, for example two results of `functional_connectivity`.
    numpy
        Accepted for compatibility.
    """
    x, y = (_matrix(value, f'"{name}"') for value, name in ((x, 'x'), (y, 'y')))
    if x.shape != y.shape:
        raise ValueError(f'"x" and "y" must have the same shape, but we got {x.shape} and {y.shape}.')
    above = np.triu_indices_from(x, k=1)
    if above[0].size < 2:
        raise ValueError(f'"x" and "y" must have at least two entries above the diagonal, but have shape {x.shape}.')
    return float(np.corrcoef(x[above], y[above])[0, 1])


def weighted_correlation(x: Any, y: Any, w: Any, numpy: bool = True) -> float:
    """Pearson's correlation with means, variances and covariance weighted by `w`.

    Parameters
    ----------
    x, y
        The two series, shape (n,).
    w
        The weight of each pair, shape (n,).
    numpy
        Accepted for compatibility.
    """
    arrays = [as_array(value, f'"{name}"') for value, name in ((x, 'x'), (y, 'y'), (w, 'w'))]
    for array in arrays:
        if array.ndim != 1:
            raise ValueError(f'Only support 1d array, but we got a array with the shape of {array.shape}')
    x, y, w = arrays
    if not x.shape == y.shape == w.shape:
        raise ValueError(f'"x", "y" and "w" must have the same shape, but we got {x.shape}, {y.shape} and {w.shape}.')
    dx, dy = x - np.average(x, weights=w), y - np.average(y, weights=w)
    return float(np.sum(w * dx * dy) / math.sqrt(np.sum(w * dx * dx) * np.sum(w * dy * dy)))


def functional_connectivity(activities: Any, numpy: bool = True) -> np.ndarray:
    """Pearson's correlation of each pair of neurons; 0 where one of them, or both, never change.

    Parameters
    ----------
    activities
        Shape (steps, neurons).
    numpy
        Accepted for compatibility.

    Returns
    -------
    numpy.ndarray
        Shape (neurons, neurons).
    """
    moves = _from_the_start(_matrix(activities, '"activities"', '(num_time, num_sample)'))
    with np.errstate(invalid='ignore', divide='ignore'):
        correlation = np.atleast_2d(np.corrcoef(moves, rowvar=False))
    return np.nan_to_num(correlation, copy=False)


# The amplitude of the field of one spike at its neuron [uV], for an excitatory and an inhibitory one.
_unitary_amplitude = {
    'soma layer': (0.48, 3.0),
    'deep layer': (-0.16, -0.2),
    'superficial layer': (0.24, -1.2),
    'surface layer': (-0.08, 0.3),
}


def unitary_LFP(
    times: Any,
    spikes: Any,
    spike_type: str = 'exc',
    xmax: float = 0.2,
    ymax: float = 0.2,
    va: float = 200.0,
    lambda_: float = 0.2,
    sig_i: float = 2.1,
    sig_e: float = 2.1 * 1.5,
    location: str = 'soma layer',
    seed: int | None = None,
) -> np.ndarray:
    r"""The local field potential that the spikes make, by a kernel for each.

    Neurons stand at random places in a rectangle and the electrode in its centre. A spike at :math:`t_k` of a neuron at
    the distance d adds

    .. math:: A_0\, e^{-d/\lambda}\, \exp\left(-\frac{(t - t_k - 10.4 - d / v_a)^2}{2 \sigma^2}\right)

    Parameters
    ----------
    times
        The time of each step, ascending [ms], shape (steps,).
    spikes
        Spikes, shape (steps, neurons).
    spike_type
        'exc' or 'inh': whether the neurons are pyramidal cells or interneurons.
    xmax, ymax
        Size of the rectangle [mm].
    va
        Speed of an action potential along the axon [mm/ms].
    lambda_
        Constant of the decay in space [mm].
    sig_i, sig_e
        Standard deviation of the kernel of an inhibitory and of an excitatory spike [ms].
    location
        Where the electrode is: 'soma layer', 'deep layer', 'superficial layer' or 'surface layer'.
    seed
        Where the random places start; by default they continue those of `bouton.math.random`.

    Returns
    -------
    numpy.ndarray
        [uV], shape (steps,).

    References
    ----------
    Telenczuk B, Telenczuk M, Destexhe A (2020). A kernel-based method to calculate local field potentials from networks
    of spiking neurons. Journal of Neuroscience Methods 344, 108871.
    """
    if spike_type not in ('exc', 'inh'):
        raise ValueError(f'"spike_type" must be "exc" or "inh", but we got {spike_type!r}.')
    if location not in _unitary_amplitude:
        raise ValueError(f'"location" must be one of {", ".join(_unitary_amplitude)}, but we got {location!r}.')
    spikes = _matrix(spikes, '"spikes"', '(num_time, num_neuron)')
    times = as_array(times, '"times"')
    if times.shape != spikes.shape[:1]:
        raise ValueError(
            f'"times" must have one entry for each row of "spikes", but their shapes are {times.shape} and '
            f'{spikes.shape}.'
        )
    if np.any(times[1:] <= times[:-1]):
        raise ValueError('"times" must be ascending.')
    size = [number(xmax, '"xmax"'), number(ymax, '"ymax"')]
    sigma = positive(sig_e if spike_type == 'exc' else sig_i, '"sig_e"' if spike_type == 'exc' else '"sig_i"')

    generator = DEFAULT if seed is None else RandomState(seed)
    places = np.asarray(generator.random((spikes.shape[1], 2))) * size
    distance = np.hypot(*(places - np.divide(size, 2)).T)
    amplitude = _unitary_amplitude[location][spike_type == 'inh'] * np.exp(-distance / positive(lambda_, '"lambda_"'))
    delay = 10.4 + distance / positive(va, '"va"')

    potential = np.zeros(times.shape)
    steps, neurons = np.nonzero(spikes > 0)
    peaks = times[steps] + delay[neurons]
    reach = 39 * sigma  # exp(-39**2 / 2) is 0 in double precision
    starts, ends = np.searchsorted(times, (peaks - reach, peaks + reach))
    for start, end, peak, height in zip(starts, ends, peaks, amplitude[neurons], strict=True):
        potential[start:end] += height * np.exp(-(((times[start:end] - peak) / sigma) ** 2) / 2)
    return potential


def _matrix(value: Any, what: str, axes: str = '(rows, columns)') -> np.ndarray:
    array = as_array(value, what)
    if array.ndim != 2:
        raise ValueError(
            f'Only support 2d array with shape of "{axes}" for {what}. '
            f'But we got a array with the shape of {array.shape}'
        )
    if array.size == 0:
        raise ValueError(f'{what} must not be empty, but its shape is {array.shape}.')
    return array


def _from_the_start(traces: np.ndarray) -> np.ndarray:
    """How far each trace is from where it started; exactly 0 if it does not move."""
    return traces.astype(float) - traces[0]


def _check_method(method: str) -> None:
    if method not in ('loop', 'vmap'):
        raise UnsupportedError(f'Do not support {method}. We only support "loop" or "vmap".')
