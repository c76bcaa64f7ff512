# SPDX-License-Identifier: Apache-2.0
"""The picture of a run, drawn without a display: what is in it, and that nothing lies on something else."""

from itertools import combinations
from types import SimpleNamespace

import matplotlib as mpl
import numpy as np
import pytest

mpl.use('Agg')

import matplotlib.pyplot as plt

import bouton as bp
import bouton.math as bm
from bouton.running.monitors import Events

num_steps = 500
ts = np.arange(1, num_steps + 1) * 0.1
rng = np.random.default_rng(0)


def traces(*shape):
    return rng.normal(size=(num_steps, *shape)).cumsum(axis=0)


def flags(*shape):
    return rng.random((num_steps, *shape)) < 0.02


def recorded(mode=bm.nonbatching_mode, nodes=None, **records):
    return SimpleNamespace(mon={'ts': ts, **records}, target=SimpleNamespace(mode=mode, **(nodes or {})))


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close('all')


def texts_of(figure):
    found = [figure._suptitle] if figure._suptitle else []
    for ax in figure.axes:
        found += [ax.title, ax._left_title, ax.xaxis.label, ax.yaxis.label]
        for axis in (ax.xaxis, ax.yaxis):
            low, high = sorted(axis.get_view_interval())
            found += [tick.label1 for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]
        if ax.get_legend():
            found += ax.get_legend().get_texts()
    return [text for text in found if text.get_text() and text.get_visible()]


def check_layout(figure):
    """No two texts overlap, legends stand beside their axes, and all is inside of the figure."""
    figure.canvas.draw()
    boxes = [(text.get_text(), text.get_window_extent()) for text in texts_of(figure)]
    for (a, box_a), (b, box_b) in combinations(boxes, 2):
        assert not box_a.overlaps(box_b), f'{a!r} and {b!r} overlap'
    for text, box in boxes:
        assert 0 <= box.x0 <= box.x1 <= figure.bbox.x1 and 0 <= box.y0 <= box.y1 <= figure.bbox.y1, f'{text!r} is cut'
    for ax in figure.axes:
        if ax.get_legend():
            assert ax.get_legend().get_window_extent().x0 > ax.bbox.x1


def titles(figure):
    return [ax.get_title(loc='left') for ax in figure.axes]


def legend(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()] if ax.get_legend() else []


def test_two_neurons():
    figure = bp.plot(
        recorded(
            nodes={'pre': bp.neurons.HH(1), 'post': bp.neurons.HH(1)},
            **{'pre.V': traces(1), 'post.V': traces(1), 'syn.g': traces(1), 'post.input': traces(1)},
            **{'pre.spike': flags(1), 'post.spike': flags(1)},
        )
    )
    assert titles(figure) == [
        'Spikes of pre, post',
        'Membrane potential of pre, post',
        'Conductance of syn',
        'Input of post',
    ]
    assert [ax.get_ylabel() for ax in figure.axes] == ['', 'V (mV)', 'g', 'Input (µA/cm²)']
    assert [ax.get_xlabel() for ax in figure.axes] == ['', '', '', 'Time (ms)']
    raster, V, g, current = figure.axes
    assert [label.get_text() for label in raster.get_yticklabels()] == ['pre', 'post']
    assert legend(V) == ['pre', 'post'] and legend(g) == legend(current) == []
    # A group has one colour.
    assert [line.get_color() for line in V.lines] == [line.get_color() for line in raster.lines]
    assert current.lines[0].get_color() == V.lines[1].get_color() != g.lines[0].get_color()
    assert current.get_xlim() == pytest.approx((0, 50.1))
    check_layout(figure)


def test_a_population():
    spikes = flags(100)
    V = traces(100)
    g = traces(100)
    figure = bp.plot(recorded(**{'exc.spike': spikes, 'exc.V': V, 'syn.g': g}))
    assert titles(figure) == [
        'Spikes of exc · 100 neurons',
        'Population rate of exc · Gaussian window, σ = 1 ms',
        'Membrane potential of exc · 3 of 100 neurons',
        'Conductance of syn · 3 of 100 neurons',
    ]
    raster, rate, potential, conductance = figure.axes
    steps, neurons = np.nonzero(spikes)
    assert np.array_equal(raster.lines[0].get_xdata(), ts[steps])
    assert np.array_equal(raster.lines[0].get_ydata(), neurons)
    assert [ax.get_ylabel() for ax in (raster, rate)] == ['Neuron index', 'Rate (Hz)']
    assert legend(potential) == ['neuron 0', 'neuron 50', 'neuron 99']
    assert np.array_equal(potential.lines[1].get_ydata(), V[:, 50])
    assert legend(conductance)[-1] == 'mean of 100'
    assert conductance.lines[-1].get_ydata() == pytest.approx(g.mean(axis=1))
    check_layout(figure)


def test_the_rate_is_spikes_per_neuron_and_second():
    """20 neurons that fire every 10 ms, one after the other: 100 Hz, at the ends of the run too."""
    spikes = np.zeros((num_steps, 20), bool)
    for neuron in range(20):
        spikes[5 * neuron + 2 :: 100, neuron] = True
    rate = bp.plot(recorded(**{'exc.spike': spikes})).axes[1].lines[0].get_ydata()
    assert rate == pytest.approx(np.full(num_steps, 100), rel=0.1)
    assert rate.mean() == pytest.approx(100, rel=0.01)


@pytest.mark.parametrize('batch_first', [False, True])
def test_a_batch(batch_first):
    V, spikes, single = traces(4, 20), flags(4, 20), traces(4, 1)
    arrays = [np.swapaxes(x, 0, 1) if batch_first else x for x in (V, spikes, single)]
    runner = recorded(
        bm.BatchingMode(4), **{'exc.V': arrays[0], 'exc.spike': arrays[1], 'out.V': arrays[2], 'out.x': arrays[2]}
    )
    figure = bp.plot(runner, batch=2, max_traces=2)
    assert titles(figure) == [
        'Spikes of exc · 20 neurons · batch entry 2 of 4',
        'Population rate of exc · Gaussian window, σ = 1 ms · batch entry 2 of 4',
        'Membrane potential of exc · 2 of 20 neurons · batch entry 2 of 4',
        'Membrane potential of out · 2 of 4 batch entries',
        'x of out · 2 of 4 batch entries',
    ]
    assert np.array_equal(figure.axes[0].lines[0].get_ydata(), np.nonzero(spikes[:, 2])[1])
    assert np.array_equal(figure.axes[2].lines[1].get_ydata(), V[:, 2, 19])
    assert np.array_equal(figure.axes[3].lines[1].get_ydata(), single[:, 3, 0])
    assert legend(figure.axes[3]) == ['batch entry 0', 'batch entry 3']
    check_layout(figure)
    with pytest.raises(IndexError, match='"batch" must be less than the batch size, which is 4, but we got 4'):
        bp.plot(runner, batch=4)


def test_many_monitors():
    runner = recorded(
        nodes={'exc': bp.neurons.LIF(3200)},
        **{f'{group}.spike': flags(num) for group, num in (('exc', 3200), ('inh', 800), ('noise', 2), ('out', 1))},
        **{'exc.V': traces(3200), 'inh.V': traces(1), 'out.V': traces(1), 'exc.input': traces(3200)},
        **{f'synapse_{i}.g': traces(100) for i in range(5)},
        **{'synapse_0.stp.u': traces(1), 'a function of the step': traces()},
    )
    figure = bp.plot(runner, title='Everything')
    assert len(figure.axes) == 14
    assert titles(figure)[:4] == [
        'Spikes of noise, out',
        'Spikes of exc · 3200 neurons',
        'Spikes of inh · 800 neurons',
        'Population rate of exc, inh · Gaussian window, σ = 1 ms',
    ]
    assert titles(figure)[5] == 'Membrane potential of inh, out'
    assert titles(figure)[-2:] == ['u of synapse_0.stp', 'a function of the step']
    check_layout(figure)


def test_many_single_neurons_share_panels():
    potentials = {f'cell_{i}.V': traces(1) for i in range(8)}
    figure = bp.plot(recorded(**potentials, **{f'cell_{i}.spike': flags(1) for i in range(8)}))
    assert [len(ax.lines) for ax in figure.axes] == [8, 6, 2]
    assert titles(figure)[0] == 'Spikes of 8 groups'
    check_layout(figure)


@pytest.mark.parametrize('first_axis', ['T', 'B'])
@pytest.mark.parametrize('size', [3, 50])
def test_the_axes_of_a_runner_are_known(first_axis, size):
    """Also where there are as many steps as rows of the batch, and where a record has no batch."""
    with bm.environment(bm.BatchingMode(50)):
        batched = bp.neurons.LIF(size)
    plain = bp.neurons.LIF(size)
    net = bp.Network(batched=batched, plain=plain)
    runner = bp.DSRunner(
        net,
        inputs=[('batched.input', np.arange(50.0)[:, None]), ('plain.input', np.arange(float(size)))],
        monitors=['batched.V', 'plain.V'],
        data_first_axis=first_axis,
        progress_bar=False,
    )
    runner.run(5.0)
    figure = bp.plot(runner, batch=7, max_traces=2)
    V = [line.get_ydata()[-1] for ax in figure.axes for line in ax.lines]
    # dV/dt = (I - V) / 10 from 0, by exponential Euler.
    assert V == pytest.approx(np.array([7, 7, 0, size - 1]) * (1 - np.exp(-0.5)))


def test_events_are_a_raster():
    events = Events(np.array([10.0, 10.0, 30.0]), np.array([0, 19, 0]), np.array([99, 99, 299]), np.array([], int), 20)
    raster, rate = bp.plot(recorded(exc=events)).axes
    assert raster.lines[0].get_xdata().tolist() == [10, 10, 30]
    assert raster.lines[0].get_ydata().tolist() == [0, 19, 0]
    assert rate.lines[0].get_ydata().sum() * 0.1 / 1000 * 20 == pytest.approx(3, rel=0.01)


def test_arrival_times_that_never_came_are_not_drawn():
    arrival = np.full((num_steps, 1), -1e7)
    arrival[100:] = 10.0
    (ax,) = bp.plot(recorded(**{'syn.spike_arrival_time': arrival})).axes
    assert np.isnan(ax.lines[0].get_ydata()).sum() == 100
    assert ax.get_ylabel() == 'Time (ms)'


def test_neurons_that_an_index_chose_have_their_numbers():
    net = bp.Network(exc=bp.neurons.LIF((4, 5), keep_size=True))
    runner = bp.DSRunner(net, monitors=[('exc.V', (slice(None), [1, 3]))], progress_bar=False)
    runner.run(10.0)
    figure = bp.plot(runner, max_traces=10)
    assert legend(figure.axes[0]) == [f'neuron {row * 5 + column}' for row in range(4) for column in (1, 3)]
    assert titles(figure) == ['Membrane potential of exc']

    runner = bp.DSRunner(net, monitors=[('exc.V', (1, 3))], progress_bar=False, numpy_mon_after_run=False)
    runner.run(10.0)
    assert titles(bp.plot(runner)) == ['Membrane potential of exc[8]']


def test_names_and_limits():
    runner = recorded(**{'a.V': traces(1), 'b.V': traces(1), 'a.spike': flags(1)})
    figure = bp.plot(runner, names=['a.V'], xlim=(10, 20))
    assert titles(figure) == ['Membrane potential of a']
    assert figure.axes[0].get_xlim() == (10, 20)
    assert titles(bp.plot(runner.mon, names='b.V')) == ['Membrane potential of b']


def test_the_style_of_other_figures_is_left_alone():
    before = dict(mpl.rcParams)
    bp.plot(recorded(**{'a.V': traces(1)}))
    assert dict(mpl.rcParams) == before


def test_a_notebook_shows_the_figure_once(monkeypatch):
    runner = recorded(**{'a.V': traces(1)})
    assert plt.fignum_exists(bp.plot(runner).number)
    monkeypatch.setattr(mpl, 'get_backend', lambda: 'inline')
    bp.plot(runner)
    assert len(plt.get_fignums()) == 1


@pytest.mark.parametrize(('num', 'ticks', 'label'), [(1, ['a'], ''), (2, ['0', '1'], 'Neuron')])
def test_small_rasters(num, ticks, label):
    figure = bp.plot(recorded(**{'a.spike': flags(num)}))
    (ax,) = figure.axes
    check_layout(figure)
    low, high = sorted(ax.get_ylim())
    assert [tick.label1.get_text() for tick in ax.yaxis.get_major_ticks() if low <= tick.get_loc() <= high] == ticks
    assert ax.get_ylabel() == label
    assert ax.yaxis.label.get_window_extent().height < ax.bbox.height


def test_silent_groups_can_be_drawn():
    silent = {'a.spike': np.zeros((num_steps, 100), bool), 'b.spike': np.zeros((num_steps, 1))}
    check_layout(bp.plot(recorded(**silent)))


@pytest.mark.parametrize(
    ('call', 'error', 'sentence'),
    [
        (lambda: bp.plot(recorded()), ValueError, 'Nothing was recorded'),
        (lambda: bp.plot(SimpleNamespace(mon={})), ValueError, 'Nothing was recorded'),
        (lambda: bp.plot({'ts': ts[:0], 'a.V': traces(1)[:0]}), ValueError, 'Nothing was recorded'),
        (lambda: bp.plot(3), TypeError, "Must be a runner or what it recorded, but we got <class 'int'>"),
        (lambda: bp.plot(recorded(a=traces(1)), names='b'), KeyError, "No monitor 'b'; there are a"),
        (lambda: bp.plot(recorded(a=traces(1)[:9])), ValueError, r'one row for each of the 500 times, .* \(9, 1\)'),
        (lambda: bp.plot(recorded(a=traces(1)), max_traces=0), ValueError, '"max_traces" must be at least 1'),
        (lambda: bp.plot(recorded(a=traces(1)), batch=-1), IndexError, '"batch" must be less than'),
    ],
)
def test_wrong_values_are_refused_with_a_sentence(call, error, sentence):
    with pytest.raises(error, match=sentence):
        call()
