# SPDX-License-Identifier: Apache-2.0
"""Recorded runs: what is pulled back through them, against other ways to the same numbers."""

import functools

import numpy as np
import pytest

import bouton as bp
import bouton.math as bm

BATCH, STEPS, DT = 2, 60, 0.2


@pytest.fixture(autouse=True)
def seeded():
    bm.random.seed(11)
    with bm.environment(bm.TrainingMode(BATCH)):
        yield


def smooth(x):
    return bm.surrogate.sigmoid(x, alpha=0.5)


def network(g_max=0.3, stop=False, spike_fun=smooth, **options):
    pre = bp.neurons.LIF(
        4, V_rest=-65.0, V_reset=-66.0, V_th=-55.0, V_initializer=bp.init.Uniform(-65, -56), spike_fun=spike_fun
    )
    post = bp.neurons.LIF(3, V_rest=-65.0, V_reset=-66.0, V_th=-50.0, V_initializer=-60.0, spike_fun=spike_fun)
    syn = bp.synapses.AMPA(
        pre, post, bp.connect.All2All(), g_max=g_max, stop_spike_gradient=stop, name=None, **options
    )
    return bp.Network(pre=pre, syn=syn, post=post)


CURRENT = 14 + 3 * np.sin(np.arange(STEPS * BATCH * 4)).reshape(STEPS, BATCH, 4)
INPUTS = [('pre.input', CURRENT, 'iter')]


def start_of(net):
    return {key: variable.value for key, variable in net.vars('relative').items()}


def run(net, **options):
    return bp.vjp(net, steps=STEPS, inputs=INPUTS, dt=DT, **options)


def test_a_recorded_run_is_a_run():
    net = network(delay_step=3)
    start = {name: net[name].V.value for name in ('pre', 'post')}
    records, _ = run(net, monitors=['pre.spike', 'post.V', ('syn.g', [1, 3])])
    assert records['post.V'].shape == (STEPS, BATCH, 3)
    assert records['syn.g'].shape == (STEPS, BATCH, 2)
    assert records['pre.spike'].dtype == float
    assert 0 < records['pre.spike'].sum() < records['pre.spike'].size
    end = net.post.V.value
    net.reset_state(BATCH)
    for name, V in start.items():
        net[name].V.value = V
    runner = bp.DSRunner(
        net, inputs=INPUTS, monitors=['pre.spike', 'post.V', ('syn.g', [1, 3])], dt=DT, data_first_axis='T'
    )
    runner.run((STEPS + 0.5) * DT)
    for name, record in records.items():
        assert np.array_equal(record, runner.mon[name]), name
    assert np.array_equal(end, net.post.V.value)


def differences(build, change, loss, at, size):
    """Central differences of a loss by entries of what `change` sets."""
    found = np.zeros(at.shape)
    for index in np.ndindex(at.shape):
        losses = []
        for sign in (1, -1):
            moved = at.copy()
            moved[index] += sign * size
            net = build()
            change(net, moved)
            losses.append(loss(run(net, monitors=['post.V', 'syn.g'])[0]))
        found[index] = (losses[0] - losses[1]) / (2 * size)
    return found


def loss_of(records):
    return float(((records['post.V'] + 60) ** 2).sum() + (records['syn.g'] ** 2).sum())


def cotangents_of(records):
    return {'post.V': 2 * (records['post.V'] + 60), 'syn.g': 2 * records['syn.g']}


def build():
    """Without postsynaptic spikes, and with given presynaptic ones: there is no surrogate on the path."""
    bm.random.seed(3)
    net = network(g_max=bp.init.Uniform(0.0, 0.05), stop=True)
    net.post.V_th = 1000.0
    return net


def set_weights(net, x):
    net.syn.g_max.value = x


def set_V(net, x):
    net.post.V.value = x


@pytest.mark.parametrize(
    ('path', 'change', 'at', 'size'),
    [
        ('syn.g_max', set_weights, lambda net: net.syn.g_max.value, 1e-6),
        ('post.V', set_V, lambda net: net.post.V.value, 1e-4),
        ('syn.alpha', lambda net, x: setattr(net.syn, 'alpha', float(x)), lambda net: net.syn.alpha, 1e-5),
        ('syn.output.E', lambda net, x: setattr(net.syn.output, 'E', float(x)), lambda net: net.syn.output.E, 1e-2),
        ('post.tau', lambda net, x: setattr(net.post, 'tau', float(x)), lambda net: net.post.tau, 1e-4),
    ],
)
def test_central_differences(path, change, at, size):
    net = build()
    records, pullback = run(net, monitors=['post.V', 'syn.g'], wrt=[path])
    found = pullback(cotangents_of(records))[path]
    expected = differences(build, change, loss_of, np.asarray(at(build()), float), size)
    assert np.abs(expected).max() > 0
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-6 * np.abs(expected).max())


def test_reverse_is_forward():
    net = network(g_max=bp.init.Uniform(0.1, 0.5), stp=bp.synplast.STP(tau_f=15.0, tau_d=150.0), delay_step=2)
    wrt = ['syn.g_max', 'syn.alpha', 'syn.stp.tau_d', 'pre.tau', 'pre.V', 'pre.input', 'syn.stp.x']
    recorded = bp.RecordedRun(net, INPUTS, ['post.V', 'post.spike', 'pre.V'], wrt=wrt, dt=DT)
    records = recorded.run(steps=STEPS)
    rng = np.random.default_rng(1)
    cotangents = {name: rng.normal(size=record.shape) for name, record in records.items()}
    gradients = recorded.pullback(cotangents)
    assert list(gradients) == wrt
    for path in wrt:
        tangent = rng.normal(size=gradients[path].shape)
        changes = recorded.pushforward({path: tangent})
        forward = sum(float((changes[name] * cotangents[name]).sum()) for name in records)
        backward = float((gradients[path] * tangent).sum())
        scale = np.abs(gradients[path] * tangent).sum()
        assert abs(forward - backward) <= 1e-11 * scale, path
        assert scale > 0, path


def test_vjp_and_jvp_agree():
    net = network()
    tangent = np.array(1.0)
    _, changes = bp.jvp(
        net, {'syn.g_max': tangent}, steps=STEPS, inputs=INPUTS, dt=DT, monitors=['post.V']
    )
    net = network()
    assert changes['post.V'].any()
    assert changes['post.V'].shape == (STEPS, BATCH, 3)


def test_first_layers_have_a_gradient_unless_it_is_stopped():
    for stop, compat, passes in ((False, None, True), (True, None, False), (False, 'brainpy_2_4', False)):
        bm.set_compat(compat)
        try:
            net = network(stop=stop)
        finally:
            bm.set_compat(None)
        records, pullback = run(net, monitors=['post.V'], wrt=['pre.input', 'syn.g_max'])
        found = pullback({'post.V': np.ones(records['post.V'].shape)})
        assert found['pre.input'].any() == passes
        assert found['syn.g_max'].any()


def test_the_memory_changes_nothing():
    found = []
    for memory in (None, 20_000):
        bm.random.seed(5)
        net = network(g_max=bp.init.Uniform(0.1, 0.5))
        recorded = bp.RecordedRun(net, INPUTS, ['post.V'], dt=DT, memory=memory)
        records = recorded.run(steps=STEPS)
        found.append(recorded.pullback({'post.V': records['post.V']}))
        assert memory is None or recorded.memory <= memory
    (a,), (b,) = (list(gradients.values()) for gradients in found)
    assert a.any()
    assert np.array_equal(a, b)


def test_a_run_again():
    """A second run goes on; after resets it is the first again."""
    net = network(g_max=0.3)
    start = {name: net[name].V.value for name in ('pre', 'post')}
    recorded = bp.RecordedRun(net, INPUTS, ['post.V'], dt=DT)
    first = recorded.run(steps=STEPS)['post.V'].copy()
    (gradient,) = recorded.pullback({'post.V': first}).values()
    with pytest.raises(IndexError, match='rows'):
        recorded.run(steps=1)
    recorded.reset_state()
    assert not recorded.mon
    net.reset_state(BATCH)
    for name, V in start.items():
        net[name].V.value = V
    assert np.array_equal(recorded.run(steps=20)['post.V'], first[:20])
    assert np.array_equal(recorded.run(steps=STEPS - 20)['post.V'], first[20:])
    assert gradient != 0


def test_keys_are_those_of_what_was_asked_for():
    net = network()
    _, pullback = run(net, monitors=['post.V'])
    assert list(pullback({'post.V': np.ones((STEPS, BATCH, 3))})) == list(net.train_vars())
    net = network()
    _, pullback = run(net, monitors=['post.V'], wrt=[net.syn.g_max, 'syn.beta', net.pre.V])
    found = pullback({'post.V': np.ones((STEPS, BATCH, 3))})
    assert list(found) == [net.syn.g_max, 'syn.beta', net.pre.V]
    assert found[net.pre.V].shape == (BATCH, 4)
    assert found['syn.beta'].shape == ()


def test_weights_have_the_shape_that_was_given():
    pre, post = bp.neurons.LIF(3), bp.neurons.LIF(2)
    for conn, g_max, comp_method in (
        (bp.connect.All2All(), 0.5, 'dense'),
        (bp.connect.All2All(), np.full((3, 2), 0.5), 'dense'),
        ({'i': np.array([0, 2, 1]), 'j': np.array([1, 0, 1])}, np.array([0.1, 0.2, 0.3]), 'sparse'),
        (np.array([[1, 0], [1, 1], [0, 1]], bool), np.full((3, 2), 0.5), 'dense'),
    ):
        syn = bp.synapses.GABAa(pre, post, conn, g_max=g_max, comp_method=comp_method)
        assert isinstance(syn.g_max, bm.TrainVar)
        assert syn.g_max.shape == np.shape(g_max)
        syn.g_max.value = syn.g_max.value * 2
        assert np.allclose(syn._core_part.weights() if np.ndim(g_max) < 2 else syn.g_max.value, 2 * np.asarray(g_max))
        net = bp.Network(pre=pre, syn=syn, post=post)
        _, pullback = bp.vjp(net, steps=5, monitors=['post.V'])
        (found,) = pullback({'post.V': np.ones((5, BATCH, 2))}).values()
        assert found.shape == np.shape(g_max)


def test_single_precision():
    with bm.environment(bm.TrainingMode(BATCH), x64=False):
        net = network()
        records, pullback = run(net, monitors=['post.V'])
        (found,) = pullback({'post.V': np.ones(records['post.V'].shape)}).values()
    assert records['post.V'].dtype == found.dtype == np.float32


@pytest.mark.parametrize(
    'spike_fun',
    [
        'relu_grad',
        bm.surrogate.relu_grad,
        bm.surrogate.ReluGrad(),
        lambda x: bm.surrogate.relu_grad(x, 0.3),
        functools.partial(bm.surrogate.relu_grad, width=1.0),
    ],
)
def test_ways_to_give_a_surrogate(spike_fun):
    net = network(spike_fun=spike_fun)
    _, pullback = run(net, monitors=['post.V'], wrt=['pre.input'])
    found = pullback({'post.V': np.ones((STEPS, BATCH, 3))})['pre.input']
    net = network(spike_fun='relu_grad')
    net.pre.V.value = bm.full((BATCH, 4), -60.0)
    assert found.any()


@pytest.mark.parametrize('name', sorted(n for n in bm.surrogate.__all__ if n[0].islower()))
def test_every_surrogate_is_that_of_the_core(name):
    """The derivative of a spike by the input of its step, in the core and by `derivative`."""
    spike_fun = getattr(bm.surrogate, name)
    if name.endswith('2'):
        cells = bp.neurons.HindmarshRose(1, spike_fun=spike_fun)
        assert cells._surrogate()[0] == name
        return
    cells = bp.neurons.LIF(4, V_initializer=bm.asarray([18.9, 19.7, 20.4, 21.6]), spike_fun=spike_fun)
    net = bp.Network(cells=cells)
    records, pullback = bp.vjp(net, steps=1, monitors=['cells.spike', 'cells.V'], wrt=['cells.input'], dt=DT)
    found = pullback({'cells.spike': np.ones(records['cells.spike'].shape)})['cells.input'][0, 0]
    decay = np.exp(-DT / 10)
    x = np.array([18.9, 19.7, 20.4, 21.6]) * decay - 20.0
    np.testing.assert_allclose(found, spike_fun.derivative(x) * (1 - decay), rtol=1e-9)


def test_surrogates_that_are_none():
    for given, error in (
        (lambda x: (x >= 0) * 1.0, TypeError),
        (lambda x: bm.surrogate.sigmoid(2 * x), TypeError),
        (bm.surrogate.Sigmoid, TypeError),
        (bm.surrogate.Sigmoid(origin=True), TypeError),
        ('sigmoids', ValueError),
        (3, ValueError),
    ):
        with pytest.raises(error):
            bp.neurons.LIF(2, spike_fun=given)
    with pytest.raises(ValueError, match='spike_fun should be a callable'):
        bp.neurons.LIF(2, spike_fun=3, mode=bm.NonBatchingMode())


def test_what_is_refused():
    net = network()
    with pytest.raises(ValueError, match='made in a TrainingMode'), bm.environment(bm.BatchingMode(2)):
        bp.vjp(network(), steps=3)
    with pytest.raises(KeyError, match='no parameter of AMPA'):
        bp.vjp(net, steps=3, wrt=['syn.gmax'])
    with pytest.raises(ValueError, match='no derivative'):
        bp.vjp(net, steps=3, wrt=['syn.T_duration'])
    with pytest.raises(TypeError, match='the monitor f must be of a variable'):
        bp.vjp(net, steps=3, monitors={'f': lambda shared: 0.0})
    with pytest.raises(TypeError, match='listed'):
        bp.vjp(net, steps=3, inputs=lambda shared: None)
    with pytest.raises(ValueError, match='either "duration" or "steps"'):
        bp.vjp(net)
    records, pullback = bp.vjp(net, steps=3, monitors=['post.V'])
    with pytest.raises(KeyError, match=r'no monitor "post.U"'):
        pullback({'post.U': 0.0})
    with pytest.raises(ValueError, match='has shape'):
        pullback({'post.V': np.ones((4, BATCH, 3))})
    net.reset_state(BATCH)
    with pytest.raises(ValueError, match='changed since'):
        pullback({'post.V': records['post.V']})
    with pytest.raises(bp.errors.UnsupportedError, match='does not support'):
        bp.neurons.HH(1)
    with pytest.raises(ValueError, match='has the mode'):
        bp.synapses.AMPA(net.pre, bp.neurons.LIF(1, mode=bm.BatchingMode(2)), bp.connect.All2All())


class Leaky(bp.neurons.LIF):
    """An equation of the user's: stepped in Python."""

    def derivative(self, V, t, I):
        return (-V + self.V_rest + self.R * I) / self.tau


def test_spikes_are_numbers_in_training():
    """Of built-in neurons and of those with an equation of the user's alike, and synapses read them."""
    found = []
    for cells in (bp.neurons.LIF, Leaky):
        pre, post = cells(2, V_initializer=19.0), bp.neurons.LIF(1)
        net = bp.Network(pre=pre, syn=bp.synapses.AMPA(pre, post, bp.connect.All2All(), g_max=0.5), post=post)
        runner = bp.DSRunner(net, inputs=('pre.input', 30.0), monitors=['pre.spike', 'syn.g'], dt=DT)
        runner.run(10.0)
        assert pre.spike.dtype == runner.mon['pre.spike'].dtype == float
        assert set(np.unique(runner.mon['pre.spike'])) == {0, 1}
        found.append(runner.mon)
    for key in ('pre.spike', 'syn.g'):
        np.testing.assert_allclose(found[0][key], found[1][key], rtol=1e-12)
        assert found[0][key].any()
