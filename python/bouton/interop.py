# SPDX-License-Identifier: Apache-2.0
"""Records in the form of other packages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from bouton._records import Records, Spikes, quantity, read_records
from bouton.errors import PackageMissingError

if TYPE_CHECKING:
    import neo

__all__ = ['to_neo']


def to_neo(runner: Any, names: str | Iterable[str] | None = None) -> neo.Block:
    """The records of a run as a block of Neo, for example for the analyses of Elephant.

    The block has a segment for each entry of the batch, usually one. A segment has a ``SpikeTrain`` for each neuron
    whose spikes were recorded, annotated with its ``group`` and its ``neuron``, and an ``AnalogSignal`` for each other
    monitor, with the name of the monitor, one channel for each neuron, and the unit where that is known.
    ``block.filter(objects='SpikeTrain', group='exc')`` finds those of one group.

    Parameters
    ----------
    runner
        A runner that has run, or what it recorded (``runner.mon``).
    names
        The monitors to take; all by default.

    Returns
    -------
    neo.Block

    Raises
    ------
    ImportError
        Where Neo is not installed.
    ValueError
        Where nothing was recorded, or less than two steps.

    References
    ----------
    Garcia S et al. (2014). Neo: an object model for handling electrophysiology data in multiple formats. Frontiers in
    Neuroinformatics 8, 10.
    """
    try:
        import neo
    except ImportError:
        raise PackageMissingError('bouton.interop.to_neo needs Neo: pip install "bouton[interop]".') from None

    records = read_records(runner, names)
    if len(records.times) < 2:
        raise ValueError(
            'A block of Neo needs at least two steps to have a sampling period, but only one was recorded.'
        )
    num = max([trace.values.shape[1] for trace in records.traces] + [len(record.batches) for record in records.spikes])
    block = neo.Block(name='bouton')
    for entry in range(num):
        segment = neo.Segment(name=f'batch entry {entry}' if num > 1 else 'run', index=entry)
        segment.analogsignals.extend(_signals(records, entry))
        for record in records.spikes:
            if entry < len(record.batches):
                segment.spiketrains.extend(_spike_trains(record, entry, records.times))
        block.segments.append(segment)
    return block


def _signals(records: Records, entry: int) -> list[neo.AnalogSignal]:
    import neo
    import quantities as pq

    units = {'': pq.dimensionless, 'mV': pq.mV, 'ms': pq.ms, 'µA/cm²': pq.uA / pq.cm**2}
    return [
        neo.AnalogSignal(
            trace.values[:, entry],
            units=units[quantity(trace).unit],
            t_start=trace.times[0] * pq.ms,
            sampling_period=_step(trace.times) * pq.ms,
            name=trace.name,
            group=trace.group,
            variable=trace.variable,
        )
        for trace in records.traces
        if entry < trace.values.shape[1]
    ]


def _spike_trains(record: Spikes, entry: int, times: np.ndarray) -> list[neo.SpikeTrain]:
    import neo
    import quantities as pq

    spike_times, neurons = record.batches[entry]
    of_each = np.split(
        spike_times[np.argsort(neurons, kind='stable')], np.cumsum(np.bincount(neurons, minlength=record.num))
    )
    return [
        neo.SpikeTrain(
            of_one * pq.ms,
            t_start=(times[0] - _step(times)) * pq.ms,
            t_stop=times[-1] * pq.ms,
            sampling_rate=1 / (_step(times) * pq.ms),
            name=f'{record.group}[{neuron}]',
            group=record.group,
            neuron=neuron,
        )
        for neuron, of_one in enumerate(of_each[: record.num])
    ]


def _step(times: np.ndarray) -> float:
    return float(times[-1] - times[0]) / (len(times) - 1)
