# SPDX-License-Identifier: Apache-2.0
"""Records as blocks of Neo."""

import sys
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

import bouton as bp
import bouton.math as bm


def recorded(mode=bm.nonbatching_mode, **records):
    ts = np.arange(1, 101) * 0.1
    return SimpleNamespace(mon={'ts': ts, **records}, target=SimpleNamespace(mode=mode))


spikes = np.zeros((100, 3), bool)
spikes[[10, 50, 50], [2, 0, 2]] = True
potential = np.random.default_rng(0).normal(-60, 5, (100, 3))


def test_a_block_has_trains_and_signals():
    neo = pytest.importorskip('neo')
    block = bp.interop.to_neo(recorded(**{'exc.spike': spikes, 'exc.V': potential, 'syn.g': potential[:, :1]}))
    (segment,) = block.segments
    trains = segment.spiketrains
    assert [train.name for train in trains] == ['exc[0]', 'exc[1]', 'exc[2]']
    assert [pytest.approx(train.magnitude) for train in trains] == [[5.1], [], [1.1, 5.1]]
    assert all(train.units == train.t_stop.units and float(train.t_stop) == 10 for train in trains)
    assert float(trains[0].t_start) == pytest.approx(0)
    V, g = segment.analogsignals
    assert isinstance(V, neo.AnalogSignal) and V.name == 'exc.V'
    assert np.array_equal(V.magnitude, potential) and V.units.dimensionality.string == 'mV'
    assert V.times.rescale('ms').magnitude == pytest.approx(np.arange(1, 101) * 0.1)
    assert g.shape == (100, 1) and g.units.dimensionality.string == 'dimensionless'
    assert len(block.filter(objects='SpikeTrain', group='exc')) == 3
    assert block.filter(objects='SpikeTrain', neuron=2)[0] is trains[2]


@pytest.mark.parametrize('batch_first', [False, True])
def test_each_entry_of_the_batch_is_a_segment(batch_first):
    pytest.importorskip('neo')
    V = np.random.default_rng(0).normal(size=(100, 4, 3))
    flags = V > 2
    arrays = [np.swapaxes(x, 0, 1) if batch_first else x for x in (V, flags)]
    block = bp.interop.to_neo(recorded(bm.BatchingMode(4), **{'exc.V': arrays[0], 'exc.spike': arrays[1]}))
    assert len(block.segments) == 4
    for entry, segment in enumerate(block.segments):
        assert np.array_equal(segment.analogsignals[0].magnitude, V[:, entry])
        assert [len(train) for train in segment.spiketrains] == flags[:, entry].sum(axis=0).tolist()


def test_events_are_trains():
    pytest.importorskip('neo')
    from bouton.running.monitors import Events

    events = Events(np.array([1.0, 1.0, 3.0]), np.array([0, 2, 0]), np.array([9, 9, 29]), np.array([], int), 3)
    (segment,) = bp.interop.to_neo(recorded(exc=events)).segments
    assert [train.magnitude.tolist() for train in segment.spiketrains] == [[1, 3], [], [1]]

    rows = replace(events, rows=np.array([0, 1, 1]))
    first, second = bp.interop.to_neo(recorded(exc=rows)).segments
    assert [train.magnitude.tolist() for train in first.spiketrains] == [[1], [], []]
    assert [train.magnitude.tolist() for train in second.spiketrains] == [[3], [], [1]]


def test_a_run_is_a_block():
    pytest.importorskip('neo')
    with bm.environment(bm.BatchingMode(3)):
        group = bp.neurons.LIF(2)
    runner = bp.DSRunner(
        bp.Network(lif=group), inputs=('lif.input', 30.0), monitors=['lif.V', bp.Spikes('lif')], progress_bar=False
    )
    runner.run(5.0)  # too short for a spike
    segments = bp.interop.to_neo(runner).segments
    assert [len(segment.spiketrains) for segment in segments] == [2, 2, 2]
    assert [segment.analogsignals[0].shape for segment in segments] == [(50, 2)] * 3
    runner.run(50.0)
    (train, other) = bp.interop.to_neo(runner).segments[2].spiketrains
    V = runner.mon['lif.V'][:, 2, 0]  # the network has no batch, the group has
    reset = V[1:] < V[:-1]
    assert np.array_equal(train.magnitude, runner.mon['ts'][1:][reset]) and len(train) == len(other) > 0


def test_names_choose_monitors():
    pytest.importorskip('neo')
    (segment,) = bp.interop.to_neo(recorded(a=potential, b=potential).mon, names='b').segments
    assert [signal.name for signal in segment.analogsignals] == ['b']
    with pytest.raises(KeyError, match="No monitor 'c'; there are a, b"):
        bp.interop.to_neo(recorded(a=potential, b=potential), names=['c'])


def test_a_missing_package_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, 'neo', None)
    with pytest.raises(ImportError, match=r'pip install "bouton\[interop\]"'):
        bp.interop.to_neo(recorded(a=potential))


def test_what_was_not_recorded_is_refused():
    pytest.importorskip('neo')
    with pytest.raises(ValueError, match='Nothing was recorded'):
        bp.interop.to_neo(recorded())
    with pytest.raises(ValueError, match='at least two steps'):
        bp.interop.to_neo({'ts': np.array([0.1]), 'a': np.ones((1, 2))})
    with pytest.raises(TypeError, match='Must be a runner or what it recorded'):
        bp.interop.to_neo(3)
