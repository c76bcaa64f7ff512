# SPDX-License-Identifier: Apache-2.0
"""What a synapse offers: construction and its errors, attributes, stepping by hand, resetting, own components."""

import inspect

import numpy as np
import pytest

import bouton as bp
import bouton.math as bm

S = bp.synapses


def pair(model=S.AMPA, num_pre=3, num_post=3, conn=None, **options):
    pre, post = bp.neurons.LIF(num_pre), bp.neurons.LIF(num_post)
    return model(pre, post, bp.conn.All2All() if conn is None else conn, **options)


def test_signatures():
    def order(model):
        return list(inspect.signature(model.__init__).parameters)[1:]

    common = ['pre', 'post', 'conn', 'output', 'stp', 'comp_method', 'g_max', 'delay_step']
    pulse = ['alpha', 'beta', 'T', 'T_duration', 'method', 'name', 'mode', 'stop_spike_gradient']
    assert order(S.AMPA) == order(S.GABAa) == common + pulse
    assert order(S.BioNMDA) == common + [
        'alpha1', 'beta1', 'alpha2', 'beta2', 'T_0', 'T_dur', 'method', 'mode', 'name', 'stop_spike_gradient',
    ]  # fmt: skip
    assert order(S.DualExponential) == [
        'pre', 'post', 'conn', 'stp', 'output', 'comp_method', 'g_max', 'tau_decay', 'tau_rise', 'delay_step', 'method',
        'name', 'mode', 'stop_spike_gradient',
    ]  # fmt: skip
    assert list(inspect.signature(S.AMPA.update).parameters)[1:] == ['tdi', 'pre_spike']


def test_attributes_of_ampa():
    syn = pair(delay_step=2, name='the_synapse')
    assert (syn.alpha, syn.beta, syn.T, syn.T_duration, syn.g_max) == (0.98, 0.18, 0.5, 0.5, 0.42)
    assert (syn.comp_method, syn.delay_step, syn.stp, syn.ltp, syn.conn_mask) == ('dense', 2, None, None, None)
    assert syn.stop_spike_gradient is False and syn.name == 'the_synapse' and syn.mode == bm.NonBatchingMode()
    assert isinstance(syn.output, bp.synouts.COBA) and syn.output.E == 0.0 and syn.output.master is syn
    assert syn.output.target_var is syn.post.input and syn.output.membrane_var is syn.post.V
    assert syn.conn.pre_num == 3
    np.testing.assert_array_equal(syn.g, np.zeros(3))
    np.testing.assert_array_equal(syn.spike_arrival_time, np.full(3, -1e7))
    assert syn.dg(0.2, 0.0, 0.5) == 0.98 * 0.5 * 0.8 - 0.18 * 0.2
    exact = 0.49 / 0.67 * (1 - np.exp(-0.067))
    np.testing.assert_allclose(syn.integral(np.zeros(3), 0.0, 0.5, 0.1), np.full(3, exact), rtol=1e-12)
    assert set(syn.vars('relative', level=0)) == {'g', 'spike_arrival_time'}


def test_attributes_of_the_others():
    gaba, nmda = pair(S.GABAa), pair(S.BioNMDA)
    assert isinstance(gaba, S.AMPA)
    assert (gaba.alpha, gaba.beta, gaba.T, gaba.T_duration, gaba.g_max, gaba.output.E) == (0.53, 0.18, 1, 1, 0.04, -80)
    assert (nmda.alpha1, nmda.beta1, nmda.alpha2, nmda.beta2, nmda.T_0, nmda.T_dur) == (2, 0.01, 1, 0.5, 1, 0.5)
    assert (nmda.g_max, nmda.output.E, nmda.output.cc_Mg, nmda.output.alpha, nmda.output.beta) == (
        0.15,
        0,
        1.2,
        0.062,
        3.57,
    )
    g, x = nmda.integral(bm.array([0.2]), bm.array([0.4]), 0.0, 1.0, 0.1)
    np.testing.assert_allclose([g[0], x[0]], [0.2612844751337532, 0.4371445396199846], rtol=1e-12)


@pytest.mark.parametrize(
    'model', [S.AMPA, S.GABAa, S.BioNMDA, S.NMDA, S.Exponential, S.DualExponential, S.Alpha, S.Delta]
)
def test_the_core_computes_every_built_in_synapse(model):
    assert pair(model)._is_core_only()


def test_each_synapse_has_an_output_of_its_own():
    first, second = pair(), pair()
    assert first.output is not second.output
    output = bp.synouts.COBA(E=-10.0)
    a, b = pair(output=output), pair(output=output)
    assert a.output is output and b.output is not output and b.output.E == -10.0
    output.E = 5.0
    assert b.output.E == -10.0 and output.clone().E == 5.0

    class Own(bp.synouts.COBA):
        def __init__(self):
            super().__init__(E=-20.0, target_var=None)
            self.mine = 3

    a, b = (pair(output=own) for own in [Own()] * 2)
    assert type(b.output) is Own and b.output.E == -20.0 and b.output.mine == 3
    assert b.output.master is b and b.output.name != a.output.name and b._core_part is not None
    stp = bp.synplast.STD(tau=50.0)
    a, b = pair(stp=stp), pair(stp=stp)
    assert a.stp is stp and b.stp is not stp and b.stp.tau == 50.0


@pytest.mark.parametrize(
    ('options', 'error', 'text'),
    [
        (
            {'alpha': [1.0, 2.0]},
            ValueError,
            r'"alpha" must be a scalar or a tensor with size of 1. But we got \[1.0, 2.0\]',
        ),
        ({'beta': np.array([1.0, 2.0])}, ValueError, r'"beta" must be a scalar .* But we got \[1. 2.\]'),
        ({'alpha': -1.0}, ValueError, 'alpha'),
        ({'T': float('nan')}, ValueError, 'T'),
        ({'comp_method': 'foo'}, ValueError, '"comp_method" must be in "sparse" and "dense", but we got foo'),
        ({'g_max': np.ones((3, 4))}, ValueError, r'should be \(3, 3\), but we got \(3, 4\)'),
        ({'g_max': None}, ValueError, 'but we got None'),
        ({'g_max': 'x'}, TypeError, 'g_max'),
        ({'g_max': np.nan}, ValueError, 'g_max'),
        ({'conn': np.ones((3, 4))}, ValueError, r'\(pre.num, post.num\) = \(3, 3\), however we got \(3, 4\)'),
        ({'conn': {'i': [0]}}, ValueError, '"i" and "j" specification'),
        ({'conn': 3}, ValueError, 'Unknown "conn" type: 3'),
        ({'conn': bp.conn.One2One(), 'num_post': 4}, ValueError, 'but 3 != 4.'),
        ({'method': 'heun'}, ValueError, 'heun'),
        ({'delay_step': 1.5}, ValueError, 'only support integer'),
        ({'delay_step': -1}, ValueError, 'while we got -1'),
        ({'delay_step': [1, 2]}, ValueError, 'Shape is mismatched'),
        ({'delay_step': 1 << 21}, ValueError, 'delay'),
        ({'output': 3}, TypeError, 'output must be instance of SynOut, but we got'),
        ({'stp': 3}, TypeError, 'Short-term plasticity must be instance of SynSTP, but we got'),
        ({'output': bp.synouts.COBA(target_var='foo')}, KeyError, 'does not have target variable: foo'),
        ({'output': bp.synouts.COBA(membrane_var='foo')}, KeyError, 'does not have membrane variable: foo'),
        ({'output': bp.synouts.COBA(E=[1.0, 2.0])}, ValueError, r'should be \(3,\), but we got \(2,\)'),
        ({'E': 0.0}, TypeError, 'E'),
    ],
    ids=str,
)
def test_errors_of_the_constructor(options, error, text):
    with pytest.raises(error, match=text):
        pair(**options)


def test_other_errors():
    group = bp.neurons.LIF(3)
    with pytest.raises(TypeError, match='"pre" must be an instance of NeuGroup.'):
        S.AMPA(3, group, bp.conn.All2All())
    with pytest.raises(TypeError, match='"post" must be an instance of NeuGroup.'):
        S.AMPA(group, 'x', bp.conn.All2All())
    with pytest.raises(ValueError, match='Must provide "conn" when initialize the model AMPA'):
        S.AMPA(group, group, None)
    with pytest.raises(AttributeError, match='spike'):
        S.AMPA(bp.neurons.LeakyIntegrator(3), group, bp.conn.All2All())
    with pytest.raises(TypeError, match='"target_var" must be instance of string or Variable'):
        bp.synouts.CUBA(target_var=3)
    for make in (lambda: bp.synplast.STD(tau=-1.0), lambda: bp.synplast.STP(tau_d=0)):
        with pytest.raises(ValueError, match='must be a float bigger than 0, while we got'):
            make()
    with pytest.raises(ValueError, match='batch_axis=None'):
        pair().reset_state(7)
    with pytest.raises(ValueError, match=r'has the mode BatchingMode\(batch_size=2\), but LIF\d+ has the mode Non'):
        pair(mode=bm.BatchingMode(2))


@pytest.mark.parametrize(
    'g_max',
    [
        2,
        2.0,
        np.float32(2),
        np.array(2.0),
        np.array([2.0]),
        [2.0],
        bm.array([[2.0]]),
        bp.init.OneInit(2.0),
        lambda s: bm.ones(s) * 2,
    ],
)
@pytest.mark.parametrize('conn', [bp.conn.All2All(), bp.conn.One2One(), np.eye(3)[::-1]], ids=['all', 'one', 'list'])
@pytest.mark.parametrize('method', ['dense', 'sparse'])
def test_every_kind_of_weight(g_max, conn, method):
    syn = pair(conn=conn, g_max=g_max, comp_method=method, output=None)
    h = syn.update({'t': 0.0, 'dt': 0.1, 'i': 0}, np.array([True, False, True]))
    g = syn.g[0]
    expected = [4, 4, 4] if isinstance(conn, bp.conn.All2All) else [2, 0, 2]
    np.testing.assert_allclose(h, np.array(expected) * g, rtol=1e-12)
    syn.g_max = 0.5
    again = syn.update({'t': 0.1, 'dt': 0.1, 'i': 1}, np.array([True, False, True]))
    np.testing.assert_allclose(again, np.array(expected) / 4 * syn.g[0], rtol=1e-12)


def test_weights_per_connection_keep_their_order():
    conn = {'i': np.array([2, 0, 2]), 'j': np.array([0, 1, 1])}
    for method in ('dense', 'sparse'):
        syn = pair(conn=conn, g_max=np.array([1.0, 10.0, 100.0]), comp_method=method, output=None)
        h = syn.update({'t': 0.0, 'dt': 0.1}, np.ones(3))
        np.testing.assert_allclose(h / syn.g[0], [1, 110, 0], rtol=1e-12)
        syn.g_max = [2.0, 0.0, 0.0]
        h = syn.update({'t': 0.1, 'dt': 0.1}, np.ones(3))
        np.testing.assert_allclose(h / syn.g[0], [2, 0, 0], rtol=1e-12)
        with pytest.raises(ValueError, match='but we got'):
            syn.g_max = [1.0, 2.0]


def test_one_connector_for_two_synapses():
    connector = bp.conn.FixedProb(0.5, seed=1)
    first = pair(conn=connector, num_pre=20, num_post=30)
    second = pair(conn=connector, num_pre=30, num_post=20)
    assert first.conn is connector and second.conn is not connector
    assert (first.conn.pre_num, second.conn.pre_num) == (20, 30)
    mask = bp.conn.FixedProb(0.5, seed=1)(20, 30).require('conn_mat')
    np.testing.assert_array_equal(connector.require('conn_mat'), mask)
    np.testing.assert_array_equal(first.conn_mask, mask)
    third = pair(conn=connector, num_pre=20, num_post=30)
    assert (third.conn_mask != mask).any()
    looked_at = bp.conn.FixedProb(0.5)(20, 30)
    mask = looked_at.require('conn_mat')
    np.testing.assert_array_equal(pair(conn=looked_at, num_pre=20, num_post=30).conn_mask, mask)


def test_masks():
    mask = np.array([[1, 0, 1], [0, 0, 0], [0, 1, 0]], bool)
    np.testing.assert_array_equal(pair(conn=mask).conn_mask, mask)
    post_ids, pre_ids = pair(conn=mask, comp_method='sparse').conn_mask
    assert (post_ids.tolist(), pre_ids.tolist()) == ([0, 2, 1], [0, 0, 2])
    assert pair(conn=bp.conn.One2One()).conn_mask is None


def test_parameters_can_be_changed():
    syn = pair(num_pre=1, num_post=2, conn=bp.conn.All2All(), stp=bp.synplast.STD())
    syn.post.V[...] = -65.0
    syn.alpha = 0.1
    syn.output.E = np.array([-60.0, 10.0])
    syn.stp.U = 0.5
    assert syn.alpha == 0.1 and syn.stp.U == 0.5
    syn.update({'t': 0.0, 'dt': 0.1, 'i': 0}, np.array([True]))
    np.testing.assert_allclose(syn.g, [0.004942938310157135], rtol=1e-12)
    np.testing.assert_allclose(syn.post.input, 0.42 * 0.5 * syn.g[0] * np.array([5.0, 75.0]), rtol=1e-12)
    with pytest.raises(ValueError, match='alpha'):
        syn.alpha = -1.0
    assert syn.alpha == 0.1
    with pytest.raises(ValueError, match=r'\(2,\)'):
        syn.output.E = np.zeros(3)
    with pytest.raises(ValueError, match='U'):
        syn.stp.U = -1.0


@pytest.mark.parametrize('model', [S.AMPA, S.GABAa, S.BioNMDA, S.NMDA, S.DualExponential, S.Alpha, S.Exponential])
@pytest.mark.parametrize('batch', [None, 4])
def test_reset(model, batch):
    mode = bm.NonBatchingMode() if batch is None else bm.BatchingMode(batch)
    pre, post = bp.neurons.LIF(3, mode=mode), bp.neurons.LIF(2, mode=mode)
    syn = model(pre, post, bp.conn.All2All(), mode=mode)
    states = {name: np.array(v) for name, v in syn.vars('relative', level=0).items()}
    shape = (3,) if batch is None else (batch, 3)
    for i in range(5):
        syn.update({'t': i * 0.1, 'dt': 0.1, 'i': i}, np.ones(shape))
    assert np.any(syn.g)
    syn.reset_state()
    for name, value in states.items():
        np.testing.assert_array_equal(getattr(syn, name), value)
    if batch:
        net = bp.Network(pre, syn, post)
        net.reset_state(7)
        assert syn.g.shape[0] == pre.V.shape[0] == 7
        bp.share.save(t=0.0, i=0, dt=0.1)
        net.update()


@pytest.mark.parametrize('call', ['update', 'call', 'call_keyword'])
def test_given_spikes(call):
    syn = pair(num_pre=2, num_post=2, conn=bp.conn.One2One(), output=None, g_max=1.0)
    spikes, tdi = np.array([0.3, 0.0]), {'t': 0.0, 'dt': 0.1}
    if call == 'update':
        h = syn.update(tdi, spikes)
    elif call == 'call':
        h = syn(tdi, bm.asarray(spikes))
    else:
        bp.share.save(**tdi)
        h = syn(pre_spike=spikes)
    np.testing.assert_allclose(h, [0.04739455424623803, 0], rtol=1e-12)
    np.testing.assert_array_equal(syn.spike_arrival_time, [0.0, -1e7])
    with pytest.raises(ValueError, match='pre_spike|3'):
        syn.update(tdi, np.ones(3))


def test_outputs_without_target():
    syn = pair(num_pre=1, num_post=2, output=bp.synouts.COBA(E=10.0, target_var=None), g_max=1.0)
    syn.post.V[...] = [0.0, 5.0]
    current = syn.update({'t': 0.0, 'dt': 0.1}, np.array([True]))
    np.testing.assert_allclose(current, 0.04739455424623803 * np.array([10.0, 5.0]), rtol=1e-12)
    assert not np.any(syn.post.input)


def test_targets_given_as_variables():
    post = bp.neurons.LIF(2)
    where = bm.Variable(bm.zeros(2))
    syn = S.AMPA(
        bp.neurons.LIF(1), post, bp.conn.All2All(), output=bp.synouts.COBA(E=10.0, target_var=where), g_max=1.0
    )
    syn.update({'t': 0.0, 'dt': 0.1}, np.array([True]))
    np.testing.assert_allclose(where, [0.4739455424623803] * 2, rtol=1e-12)
    onto_V = S.AMPA(bp.neurons.LIF(1), post, bp.conn.All2All(), output=bp.synouts.CUBA(target_var='V'), g_max=1.0)
    onto_V.update({'t': 0.0, 'dt': 0.1}, np.array([True]))
    np.testing.assert_allclose(post.V, [0.04739455424623803] * 2, rtol=1e-12)


# ---- what users write themselves ----


class Third(bp.SynOut):
    def __init__(self, factor=3.0):
        super().__init__(target_var='input')
        self.factor = factor

    def filter(self, g):
        return super().filter(g * self.factor)

    def clone(self):
        return Third(self.factor)


class Double(bp.SynSTP):
    def register_master(self, master):
        super().register_master(master)
        self.count = bm.Variable(bm.zeros(master.pre.num))

    def update(self, tdi, pre_spike):
        self.count += np.asarray(pre_spike, dtype=float)

    def filter(self, g):
        return 2.0 * g

    def reset_state(self, batch_size=None):
        self.count[...] = 0.0

    def clone(self):
        return Double()


class SlowAMPA(S.AMPA):
    def dg(self, g, t, TT):
        alpha = 0.1
        return alpha * TT * (1 - g) - self.beta * g


class Counting(S.AMPA):
    calls = 0

    def update(self, tdi, pre_spike=None):
        self.calls += 1
        return super().update(tdi, pre_spike)


def test_own_output_and_plasticity():
    spikes = np.array([True, False, True])
    plain = pair(output=bp.synouts.CUBA())
    plain.update({'t': 0.0, 'dt': 0.1}, spikes)
    for options, factor in (({'output': Third()}, 3), ({'output': bp.synouts.CUBA(), 'stp': Double()}, 2)):
        own = pair(**options)
        assert own._core_part is None
        own.update({'t': 0.0, 'dt': 0.1}, spikes)
        np.testing.assert_allclose(own.post.input, factor * plain.post.input, rtol=1e-12)
    np.testing.assert_array_equal(own.stp.count, [1, 0, 1])
    own.reset_state()
    np.testing.assert_array_equal(own.stp.count, [0, 0, 0])


def test_own_derivative():
    syn = pair(SlowAMPA, num_pre=1)
    syn.update({'t': 0.0, 'dt': 0.1}, np.array([True]))
    np.testing.assert_allclose(syn.g, [0.004942938310157135], rtol=1e-12)
    assert 'computed step by step, in Python' in repr(syn)
    assert 'Python' not in repr(pair())


def test_own_integrator():
    class Own(S.AMPA):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            self.integral = bp.odeint(lambda g, t, TT: 0.1 * TT * (1 - g) - self.beta * g, method='exp_auto')

    pre, post = bp.neurons.SpikeTimeGroup(1, [0.0], [0]), bp.neurons.LIF(1)
    syn = Own(pre, post, bp.conn.All2All(), delay_step=2, stp=bp.synplast.STD())
    runner = bp.DSRunner(bp.Network(pre=pre, syn=syn, post=post), monitors=['syn.g', 'syn.stp.x'], progress_bar=False)
    runner.run(1.0)
    np.testing.assert_allclose(runner.mon['syn.g'][2:4, 0], [0, 0.004942938310157135], rtol=1e-12)
    np.testing.assert_allclose(runner.mon['syn.stp.x'][3, 0], 0.93, rtol=1e-12)
    with pytest.raises(NotImplementedError, match='has synapses'):
        post.integral = syn.integral


def test_own_update():
    pre, post = bp.neurons.SpikeTimeGroup(1, [0.0], [0]), bp.neurons.LIF(1)
    syn = Counting(pre, post, bp.conn.All2All())
    assert syn._core_part is not None
    runner = bp.DSRunner(bp.Network(pre, syn, post), monitors={'g': syn.g}, progress_bar=False)
    runner.run(1.0)
    assert syn.calls == 10
    assert (runner.mon['g'] > 0).argmax() == 1


def test_training_mode():
    mode = bm.TrainingMode(2)
    pre, post = bp.neurons.LIF(3, mode=mode), bp.neurons.LIF(2, mode=mode)
    for g_max in (0.3, np.full((3, 2), 0.3)):
        syn = S.AMPA(pre, post, bp.conn.All2All(), mode=mode, g_max=g_max, output=bp.synouts.CUBA(target_var=None))
        assert isinstance(syn.g_max, bm.TrainVar) and syn.g_max.shape == np.shape(g_max)
        first = syn.update({'t': 0.0, 'dt': 0.1}, np.ones((2, 3)))
        syn.g_max *= 2.0
        syn.reset_state()
        np.testing.assert_allclose(syn.update({'t': 0.0, 'dt': 0.1}, np.ones((2, 3))), 2 * first, rtol=1e-12)
        assert list(syn.train_vars('relative', level=0)) == ['g_max']


def test_rewound_time_opens_nothing():
    """A new run that starts at t = 0 does not release transmitter because of spikes of the run before."""
    pre, post = bp.neurons.SpikeTimeGroup(1, [5.0], [0]), bp.neurons.LIF(1)
    for model in (S.AMPA, SlowAMPA):
        syn = model(pre, post, bp.conn.All2All())
        net = bp.Network(pre=pre, syn=syn, post=post)
        pre.reset_state()
        bp.DSRunner(net, progress_bar=False).run(8.0)
        before = syn.g[0]
        runner = bp.DSRunner(net, monitors=['syn.g'], progress_bar=False)
        runner.run(4.0)
        assert before > 0
        assert (np.diff(runner.mon['syn.g'][:, 0]) < 0).all()


def test_float32():
    bm.disable_x64()
    try:
        pre, post = bp.neurons.LIF(2), bp.neurons.LIF(2)
        for model in (S.AMPA, SlowAMPA):
            syn = model(pre, post, bp.conn.All2All(), stp=bp.synplast.STP())
            syn.update({'t': 0.0, 'dt': 0.1}, np.array([True, True]))
            assert syn.g.dtype == syn.stp.x.dtype == post.input.dtype == np.float32
    finally:
        bm.enable_x64()


def test_geometry_is_kept():
    pre, post = bp.neurons.LIF((2, 2), keep_size=True), bp.neurons.LIF((2, 3), keep_size=True)
    for model in (S.AMPA, SlowAMPA):
        syn = model(pre, post, bp.conn.All2All(), output=bp.synouts.COBA(E=5.0))
        syn.update({'t': 0.0, 'dt': 0.1}, np.ones((2, 2)))
        assert syn.g.shape == (4,) and post.input.shape == (2, 3)
        assert (post.input > 0).all()
