# SPDX-License-Identifier: Apache-2.0
"""Input currents over time, as arrays with one row for each step: section by section, spikes, ramps, noise, waves.

A row belongs to the step that starts at `row * dt`. Times are divided by `dt`; a quotient that is whole but for the
rounding of decimal fractions (0.3 / 0.1) is taken as whole. After ``bm.set_compat('brainpy_2_4')`` quotients are cut
off as BrainPy 2.4 does, where 0.3 ms are two steps of 0.1 ms and each section ends early by what it lost.

All functions return NumPy arrays of the default floating-point type, see `bouton.math.enable_x64`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from bouton._scalars import as_array, integer, number, positive
from bouton._steps import brainpy_2_4, num_steps, time_step, tolerance
from bouton.math.environment import get_float
from bouton.math.random import DEFAULT, RandomState

__all__ = [
    'constant_input',
    'ou_process',
    'ramp_input',
    'section_input',
    'sinusoidal_input',
    'spike_input',
    'square_input',
    'wiener_process',
]


def section_input(
    values: Sequence[Any],
    durations: Sequence[float],
    dt: float | None = None,
    return_length: bool = False,
) -> np.ndarray | tuple[np.ndarray, float]:
    """A constant value in each of several sections.

    Parameters
    ----------
    values
        The value of each section: numbers or arrays, whose shapes are broadcast against each other.
    durations
        The duration of each section [ms]. A section ends in the step that is nearest to the sum of the durations up
        to it, so that rounding does not add up.
    dt
        Time step [ms]; the global one by default.
    return_length
        Also return the sum of the durations.

    Returns
    -------
    numpy.ndarray or (numpy.ndarray, float)
        Shape (steps, *shape of the values), where the steps are those that cover all sections; and the total duration
        [ms] if `return_length`.

    Raises
    ------
    ValueError
        Where there are not as many values as durations, their shapes do not fit, or a duration is negative.

    Examples
    --------
    >>> section_input([0, 1, 2], [0.3, 0.5, 0.3], dt=0.1)
    array([0., 0., 0., 1., 1., 1., 1., 1., 2., 2., 2.])
    """
    dt = time_step(dt)
    values, durations = _sequence(values, '"values"'), _sequence(durations, '"durations"')
    if len(values) != len(durations):
        raise ValueError(
            f'"values" and "durations" must be the same length, while we got {len(values)} != {len(durations)}.'
        )
    rows = [as_array(value, 'a value of a section') for value in values]
    lengths = [_time(duration, 'a duration') for duration in durations]
    total = sum(lengths)
    try:
        row_shape = np.broadcast_shapes(*(row.shape for row in rows))
    except ValueError:
        shapes = ', '.join(str(row.shape) for row in rows)
        raise ValueError(f'The values must have shapes that fit each other, but we got {shapes}.') from None

    result = _zeros(num_steps(total, dt, math.ceil), *row_shape)
    start, end_time = 0, 0.0
    for row, length in zip(rows, lengths, strict=True):
        end_time += length
        # The reference cuts off each section by itself.
        end = start + num_steps(length, dt, int) if brainpy_2_4() else num_steps(end_time, dt, round)
        result[start:end] = row
        start = end
    if not brainpy_2_4() and rows:
        result[start:] = rows[-1]
    return (result, total) if return_length else result


def constant_input(I_and_duration: Sequence[tuple[Any, float]], dt: float | None = None) -> tuple[np.ndarray, float]:
    """A constant value in each of several sections, given as pairs (value, duration [ms]).

    Returns
    -------
    (numpy.ndarray, float)
        What `section_input` returns, and the total duration [ms].
    """
    values, durations = [], []
    for pair in _sequence(I_and_duration, '"I_and_duration"'):
        if len(_sequence(pair, 'a section')) != 2:
            raise ValueError(f'Each section must be a pair (value, duration), but we got {pair!r}.')
        values.append(pair[0])
        durations.append(pair[1])
    return section_input(values, durations, dt, return_length=True)


def spike_input(
    sp_times: Sequence[float],
    sp_lens: float | Sequence[float],
    sp_sizes: float | Sequence[float],
    duration: float,
    dt: float | None = None,
) -> np.ndarray:
    """Rectangular pulses at given times, 0 between them.

    Parameters
    ----------
    sp_times
        The times at which the pulses start [ms].
    sp_lens, sp_sizes
        The length [ms] and the height of each pulse, or one number for all. Where pulses overlap, the later one in
        the list counts.
    duration
        What the result covers [ms]; a pulse that lasts longer is cut.
    dt
        Time step [ms]; the global one by default.

    Returns
    -------
    numpy.ndarray
        Shape (steps,).
    """
    dt = time_step(dt)
    sp_times = _sequence(sp_times, '"sp_times"')
    result = _zeros(num_steps(_time(duration, '"duration"'), dt, math.ceil))
    lengths = _one_for_each(sp_lens, len(sp_times), '"sp_lens"')
    sizes = _one_for_each(sp_sizes, len(sp_times), '"sp_sizes"')
    for time, length, size in zip(sp_times, lengths, sizes, strict=True):
        start = num_steps(_time(time, 'a time of "sp_times"'), dt, int)
        result[start : start + num_steps(_time(length, 'a length of "sp_lens"'), dt, int)] = size
    return result


def ramp_input(
    c_start: float,
    c_end: float,
    duration: float,
    t_start: float = 0,
    t_end: float | None = None,
    dt: float | None = None,
) -> np.ndarray:
    """A straight line from `c_start`, in the first step of the window, to `c_end`, in its last one; 0 outside of it.

    Parameters
    ----------
    c_start, c_end
        First and last value.
    duration
        What the result covers [ms].
    t_start, t_end
        The window [ms]; up to the end by default.
    dt
        Time step [ms]; the global one by default.

    Returns
    -------
    numpy.ndarray
        Shape (steps,).
    """
    dt = time_step(dt)
    duration = _time(duration, '"duration"')
    result = _zeros(num_steps(duration, dt, math.ceil))
    start, end = _window(t_start, duration if t_end is None else t_end, dt, math.ceil)
    line = np.linspace(number(c_start, '"c_start"'), number(c_end, '"c_end"'), end - start)
    result[start:end] = line[: max(len(result) - start, 0)]
    return result


def wiener_process(
    duration: float,
    dt: float | None = None,
    n: int = 1,
    t_start: float = 0.0,
    t_end: float | None = None,
    seed: int | None = None,
) -> np.ndarray:
    """The increments of `n` Wiener processes: independent Gaussian numbers of mean 0 and variance `dt`.

    Parameters
    ----------
    duration
        What the result covers [ms].
    dt
        Time step [ms]; the global one by default.
    n
        The number of processes.
    t_start, t_end
        The window [ms], outside of which all is 0; the whole duration by default.
    seed
        Where the random numbers start; by default they continue those of `bouton.math.random`.

    Returns
    -------
    numpy.ndarray
        Shape (steps, n).
    """
    dt = time_step(dt)
    result, inside = _noise_window(duration, dt, n, t_start, t_end)
    inside[:] = _generator(seed).normal(size=inside.shape) * math.sqrt(dt)
    return result


def ou_process(
    mean: float,
    sigma: float,
    tau: float,
    duration: float,
    dt: float | None = None,
    n: int = 1,
    t_start: float = 0.0,
    t_end: float | None = None,
    seed: int | None = None,
) -> np.ndarray:
    r"""`n` Ornstein-Uhlenbeck processes, which start at their mean:

    .. math:: dx = \frac{\mathrm{mean} - x}{\tau} dt + \sigma\, dW

    They are stepped by the Euler-Maruyama scheme. Their standard deviation tends to ``sigma * sqrt(tau / 2)``. The
    noise is Gaussian; that of BrainPy 2.4 is uniform in [0, 1), which shifts the mean, and is not offered.

    Parameters
    ----------
    mean
        What the process returns to.
    sigma
        Strength of the noise, in units of the process per square root of ms.
    tau
        Time constant [ms].
    duration
        What the result covers [ms].
    dt
        Time step [ms]; the global one by default.
    n
        The number of processes.
    t_start, t_end
        The window [ms], outside of which all is 0; the whole duration by default.
    seed
        Where the random numbers start; by default they continue those of `bouton.math.random`.

    Returns
    -------
    numpy.ndarray
        Shape (steps, n).

    References
    ----------
    Uhlenbeck GE, Ornstein LS (1930). On the theory of the Brownian motion. Physical Review 36, 823-841.
    """
    dt = time_step(dt)
    mean, sigma, tau = number(mean, '"mean"'), number(sigma, '"sigma"'), positive(tau, '"tau"')
    result, inside = _noise_window(duration, dt, n, t_start, t_end)
    kicks = _generator(seed).normal(size=inside.shape) * (sigma * math.sqrt(dt))
    x = np.full(result.shape[1], mean)
    for row, kick in zip(inside, kicks, strict=True):
        x += dt * (mean - x) / tau + kick
        row[:] = x
    return result


def sinusoidal_input(
    amplitude: float,
    frequency: float,
    duration: float,
    dt: float | None = None,
    t_start: float = 0.0,
    t_end: float | None = None,
    bias: bool = False,
) -> np.ndarray:
    """A sine that starts with phase 0 at `t_start`, 0 outside of the window.

    Parameters
    ----------
    amplitude
        The wave goes from -amplitude to amplitude.
    frequency
        [Hz]
    duration
        What the result covers [ms].
    dt
        Time step [ms]; the global one by default.
    t_start, t_end
        The window [ms]; the whole duration by default.
    bias
        Lift the wave, so that it goes from 0 to 2 * amplitude.

    Returns
    -------
    numpy.ndarray
        Shape (steps,).
    """
    return _wave(lambda cycles: np.sin(2 * np.pi * cycles), amplitude, frequency, duration, dt, t_start, t_end, bias)


def square_input(
    amplitude: float,
    frequency: float,
    duration: float,
    dt: float | None = None,
    bias: bool = False,
    t_start: float = 0.0,
    t_end: float | None = None,
) -> np.ndarray:
    """A square wave that is high in the first half of each period, from `t_start` on, and low in the second.

    Parameters and result are those of `sinusoidal_input`; mind that the order of `bias`, `t_start` and `t_end` differs.
    """

    def high_then_low(cycles: np.ndarray) -> np.ndarray:
        half_periods = 2 * cycles
        nearest = np.rint(half_periods)
        half_periods = np.where(np.abs(half_periods - nearest) <= tolerance * (nearest + 1), nearest, half_periods)
        return np.where(np.floor(half_periods) % 2 == 0, 1.0, -1.0)

    return _wave(high_then_low, amplitude, frequency, duration, dt, t_start, t_end, bias)


def _sequence(value: Any, what: str) -> Sequence[Any]:
    array = np.asarray(value) if hasattr(value, '__array__') else None
    if not isinstance(value, (list, tuple)) and (array is None or array.ndim == 0):
        raise TypeError(f'{what} must be a list, a tuple or an array, but we got {value!r}.')
    return value if array is None else array


def _time(value: Any, what: str) -> float:
    time = number(value, what)
    if not 0 <= time < math.inf:
        raise ValueError(f'{what} must be finite and not negative, but we got {value!r}.')
    return time


def _window(t_start: float, t_end: float, dt: float, rounding: Callable[[float], int]) -> tuple[int, int]:
    start_time, end_time = _time(t_start, '"t_start"'), _time(t_end, '"t_end"')
    if end_time < start_time:
        raise ValueError(f'"t_end" must not be before "t_start" = {start_time} ms, but we got {end_time} ms.')
    return num_steps(start_time, dt, rounding), num_steps(end_time, dt, rounding)


def _zeros(*shape: int) -> np.ndarray:
    return np.zeros(shape, get_float())


def _one_for_each(values: Any, count: int, what: str) -> list[float]:
    """One number for each of `count` pulses."""
    array = as_array(values, what)
    if array.ndim > 0 and array.shape != (count,):
        raise ValueError(f'{what} must be one number or {count}, one for each time, but we got shape {array.shape}.')
    return np.broadcast_to(array, count).tolist()


def _wave(
    shape: Callable[[np.ndarray], np.ndarray],
    amplitude: float,
    frequency: float,
    duration: float,
    dt: float | None,
    t_start: float,
    t_end: float | None,
    bias: bool,
) -> np.ndarray:
    """`shape`, a function of the number of cycles since `t_start`, inside of the window."""
    dt = time_step(dt)
    amplitude, frequency = number(amplitude, '"amplitude"'), number(frequency, '"frequency"')
    duration = _time(duration, '"duration"')
    result = _zeros(num_steps(duration, dt, int))
    start, end = _window(t_start, duration if t_end is None else t_end, dt, int)
    inside = result[start:end]
    cycles = frequency / 1000 * (np.arange(len(inside)) * dt)
    inside[:] = amplitude * shape(cycles) + (amplitude if bias else 0)
    return result


def _noise_window(
    duration: float, dt: float, n: int, t_start: float, t_end: float | None
) -> tuple[np.ndarray, np.ndarray]:
    """Zeros for the whole duration, and the view of them that is to be filled."""
    duration = _time(duration, '"duration"')
    count = integer(n, '"n"')
    if count < 1:
        raise ValueError(f'"n" must be at least 1, but we got {n!r}.')
    result = _zeros(num_steps(duration, dt, int), count)
    start, end = _window(t_start, duration if t_end is None else t_end, dt, int)
    return result, result[start:end]


def _generator(seed: int | None) -> RandomState:
    return DEFAULT if seed is None else RandomState(seed)
