# SPDX-License-Identifier: Apache-2.0
"""Groups that emit spikes or pass values on. They have no V and no input: they can be presynaptic, not
postsynaptic."""

from __future__ import annotations

from typing import Any

import numpy as np

from bouton import _core, _runs
from bouton._core_parameter import CoreParameter
from bouton._models import as_parameter, check_size, clock, rebound, rows_of, settings_of
from bouton._scalars import as_array, integer
from bouton._system.neurons import NeuGroupNS
from bouton.errors import UnsupportedError
from bouton.math import random
from bouton.math.environment import Mode


class InputGroup(NeuGroupNS):
    """A place where values enter: `update` returns what it is given. It emits no spikes; `spike` is None."""

    _core_output = None

    def __init__(self, size: Any, keep_size: bool = False, mode: Mode | None = None, name: str | None = None):
        super().__init__(size, keep_size=keep_size, name=name, mode=mode)
        check_size(self)
        self.spike = None

    def update(self, x: Any) -> Any:
        """Return `x`."""
        return x

    def reset_state(self, batch_size: Any = None) -> None:
        """Nothing."""


class OutputGroup(InputGroup):
    """A place where values leave: `update` returns what it is given. It emits no spikes; `spike` is None."""


class _Source(NeuGroupNS):
    """A group that only emits spikes, which the core makes."""

    def _build_core(self, name: str, settings: Any) -> None:
        """Make the part of the core."""
        raise NotImplementedError

    def _copy_core(self, original: Any) -> None:
        self._build_core(original.name, original.settings)
        self._core_part.take_state(original)

    def update(self) -> Any:
        """One step, at the time of `bouton.share`. Returns the spikes."""
        _runs.check(self)
        self._core_part.step(*clock())
        return self.spike.value

    def reset_state(self, batch_size: Any = None) -> None:
        """No spikes; a list of times starts anew."""
        rows = rows_of(batch_size, self)
        _runs.check(self)
        if rows is None:
            self._core_part.reset_state()
        else:
            self._core_part.reset_state(rows)


class SpikeTimeGroup(_Source):
    """Spikes at given times: in a step that starts at time t, every entry with time <= t that was not emitted yet.

    So a spike at 0.65 ms appears in step 7 of 0.1 ms. Two entries of one neuron in one step are one spike.

    Parameters
    ----------
    size : int or tuple of int
    times : array
        [ms], in any order.
    indices : array of int
        One neuron for each time.
    need_sort : bool
        Has no effect: times are always sorted.
    keep_size : bool
        Must be False.

    Attributes
    ----------
    spike : Variable
        Which neurons spiked in the last step, bool.

    Raises
    ------
    ValueError
        `times` and `indices` have different lengths.
    IndexError
        A neuron does not exist.
    """

    def __init__(
        self,
        size: Any,
        times: Any,
        indices: Any,
        need_sort: bool = True,
        keep_size: bool = False,
        mode: Mode | None = None,
        name: str | None = None,
    ):
        super().__init__(size, keep_size=keep_size, name=name, mode=mode)
        check_size(self)
        if keep_size:
            raise UnsupportedError('SpikeTimeGroup does not support keep_size=True')
        times, indices = as_array(times, 'times').reshape(-1), as_array(indices, 'indices').reshape(-1)
        if len(indices) != len(times):
            raise ValueError(
                f'The length of "indices" and "times" must be the same. However, we got {len(indices)} != {len(times)}.'
            )
        if indices.size and indices.dtype.kind not in 'iu':
            raise TypeError(f'"indices" must be integers, but their dtype is {indices.dtype}')
        if np.isnan(times).any():
            raise ValueError('"times" must not hold NaN')
        if indices.size and not (indices.min() >= 0 and indices.max() < self.num):
            raise IndexError(
                f'"indices" must be in [0, {self.num - 1}], but they are {indices.min()} to {indices.max()}'
            )
        order = np.argsort(times, kind='stable')
        self.num_times = len(times)
        self.times, self.indices = times[order].astype(float), indices[order].astype(np.int64)
        self._build_core(self.name, settings_of(self.mode))

    def _build_core(self, name: str, settings: Any) -> None:
        self._core_part = _core.Population.spike_times(name, self.size, self.times, self.indices, settings)
        rebound(self, 'spike', self._core_part.variable('spike'))


class PoissonGroup(_Source):
    """Independent Poisson spikes: in each step with probability freqs dt.

    Parameters
    ----------
    size : int or tuple of int
    freqs : float, array, initializer or callable
        [Hz], one for all or one for each neuron, >= 0.
    seed : int, optional
        Of the spikes; None takes one from `bouton.math.random`.

    Attributes
    ----------
    spike : Variable
        Which neurons spiked in the last step, bool.
    """

    freqs = CoreParameter('Rates [Hz].')

    def __init__(
        self,
        size: Any,
        freqs: Any,
        seed: int | None = None,
        keep_size: bool = False,
        mode: Mode | None = None,
        name: str | None = None,
    ):
        super().__init__(size, keep_size=keep_size, name=name, mode=mode)
        check_size(self)
        self.seed = seed
        kept = as_parameter(freqs, self.varshape, 'PoissonGroup.freqs')
        if not np.isfinite(kept).all() or not np.greater_equal(kept, 0).all():
            raise ValueError(f'PoissonGroup.freqs must be finite and not negative, but we got {freqs}')
        self.__dict__['freqs'] = kept
        self._key = random.DEFAULT.split_key() if seed is None else integer(seed, 'seed')
        self._build_core(self.name, settings_of(self.mode))

    def _build_core(self, name: str, settings: Any) -> None:
        freqs = self.freqs.reshape(-1) if isinstance(self.freqs, np.ndarray) else self.freqs
        self._core_part = _core.Population.poisson(name, self.size, freqs, settings, self._key)
        rebound(self, 'spike', self._core_part.variable('spike'))

    def _set_parameter(self, name: str, value: Any) -> Any:
        kept = as_parameter(value, self.varshape, f'PoissonGroup.{name}')
        _runs.check(self)
        self._core_part.set_parameter(name, kept)
        return kept
