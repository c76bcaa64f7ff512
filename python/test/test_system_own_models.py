# SPDX-License-Identifier: Apache-2.0
"""Models that are written in Python, alone and together with those of the core."""

import numpy as np
import pytest

import bouton as bp
import bouton.math as bm


@pytest.fixture(autouse=True)
def _settings():
    yield
    bp.share.clear()


class Cell(bp.NeuGroupNS):
    """A quadratic neuron with adaptation."""

    def __init__(self, size, tau=8.0, k=0.05, rest=-60.0, crit=-45.0, peak=-20.0, back=-62.0, name=None, mode=None):
        super().__init__(size, name=name, mode=mode)
        self.tau = bp.init.parameter(tau, self.varshape)
        self.k, self.rest, self.crit, self.peak, self.back = k, rest, crit, peak, back
        self.reset_state(self.mode)
        self.integral = bp.odeint(bp.JointEq(self.dV, self.dw), method='exp_auto')

    def dV(self, V, t, w, I):  # noqa: E741
        return (self.k * (V - self.rest) * (V - self.crit) - w + I) / self.tau

    def dw(self, w, t, V):
        return (0.1 * (V - self.rest) - w) / 30.0

    def reset_state(self, batch_size=None):
        self.V = bp.init.variable_(bp.init.Constant(self.rest), self.varshape, batch_size)
        self.w = bp.init.variable_(bm.zeros, self.varshape, batch_size)
        self.input = bp.init.variable_(bm.zeros, self.varshape, batch_size)
        self.spike = bp.init.variable_(lambda s: bm.zeros(s, dtype=bool), self.varshape, batch_size)

    def update(self, x=None):
        if x is not None:
            self.input += x
        V, w = self.integral(self.V.value, self.w.value, bp.share.load('t'), self.input.value, bp.share.load('dt'))
        fired = self.peak <= V
        self.V.value = bm.where(fired, self.back, V)
        self.w.value = bm.where(fired, w + 2.0, w)
        self.spike.value = fired
        return fired

    def clear_input(self):
        self.input[:] = 0.0


class Chain(bp.TwoEndConn):
    """Two exponentials in a row."""

    def __init__(
        self, pre, post, conn, g_max=0.2, tau=4.0, delay_step=None, output=None, stp=None, name=None, mode=None
    ):
        output = bp.synouts.COBA(E=0.0) if output is None else output
        super().__init__(pre, post, conn, output=output, stp=stp, name=name, mode=mode)
        self.check_pre_attrs('spike')
        self.tau, self.key = tau, self.pre.name + '.spike'
        self.g_max, self.conn_mask = self._init_weights(g_max, 'dense')
        self.delay_step = self.register_delay(self.key, delay_step, self.pre.spike)
        self.g = bp.init.variable_(bm.zeros, self.pre.num, self.mode)
        self.r = bp.init.variable_(bm.zeros, self.pre.num, self.mode)
        equations = bp.JointEq(lambda g, t, r: (r - g) / self.tau, lambda r, t: -r / self.tau)
        self.integral = bp.odeint(equations, method='exp_auto')

    def reset_state(self, batch_size=None):
        self.g = bp.init.variable_(bm.zeros, self.pre.num, batch_size)
        self.r = bp.init.variable_(bm.zeros, self.pre.num, batch_size)
        self.output.reset_state(batch_size)

    def update(self, tdi, pre_spike=None):
        if pre_spike is None:
            pre_spike = self.get_delay_data(self.key, self.delay_step)
        g, r = self.integral(self.g.value, self.r.value, tdi['t'], tdi['dt'])
        self.g.value = g
        self.r.value = bm.where(pre_spike, r + 1.0, r)
        return self.output(self._syn2post_with_dense(g, self.g_max, self.conn_mask))


def pair():
    pre, post = Cell(2, tau=bm.asarray([8.0, 5.0])), Cell(3)
    syn = Chain(pre, post, bp.conn.MatConn(np.array([[1, 0, 1], [0, 1, 1]])), delay_step=1)
    return bp.Network(pre=pre, syn=syn, post=post)


MONITORS = ['pre.V', 'pre.spike', 'syn.r', 'syn.g', 'post.input', 'post.V', 'post.w']

GOLDEN = {  # computed by BrainPy 2.4.0
    'pre.V': [
        [-51.29088775101691, -46.10447696285847], [-42.56854050556123, -32.03000251659858],
        [-33.737383799210335, -62.0], [-24.697027743268343, -48.13838071545967], [-62.0, -34.154835748530246],
        [-53.30583738614211, -62.0], [-44.620233905860985, -48.177841350885686],
        [-35.84867036105714, -34.235069357694805], [-26.892848960654565, -62.0], [-62.0, -48.21690855818172],
    ],
    'pre.spike': [[0, 0], [0, 0], [0, 1], [0, 0], [1, 0], [0, 1], [0, 0], [0, 0], [0, 1], [1, 0]],
    'syn.r': [
        *[[0, 0]] * 4, [0, 1], [0, 0.9753099120283326], [1, 0.9512294245007139],
        [0.9753099120283326, 1.9277434863285527], [0.9512294245007139, 1.880147330064292],
        [0.9277434863285527, 1.833726327085309],
    ],
    'syn.g': [
        *[[0, 0]] * 5, [0, 0.024690087971667385], [0, 0.04816097505523742],
        [0.024690087971667385, 0.07045781451648349], [0.04816097505523742, 0.11631436114204083],
        [0.07045781451648349, 0.15986355231205848],
    ],
    'post.input': [
        *[[0, 0, 0]] * 5, [0, 0.2962810556600087, 0.2962810556600087], [0, 0.5778961943971972, 0.5778961943971972],
        [0.2962810556600087, 0.8453409965419149, 1.141568515290655],
        [0.5778961943971972, 1.3952778085664874, 1.9728835098457407],
        [0.8453409965419149, 1.917134246219223, 2.7615873932287567],
    ],
    'post.V': [
        *[[-60, -60, -60]] * 5, [-60.0, -59.99631379289858, -59.99631379289858],
        [-60.0, -59.98915821779774, -59.98915821779774],
        [-59.99631379289858, -59.97874187103178, -59.97505630507987],
        [-59.98915821779774, -59.961580313094714, -59.95074254844457],
        [-59.97874187103178, -59.93808528474471, -59.91684125581826],
    ],
}  # fmt: skip


def test_a_pair_of_own_classes_gives_its_golden_numbers():
    net = pair()
    for _ in range(2):
        runner = bp.DSRunner(net, inputs=[('pre.input', 700.0)], monitors=MONITORS, dt=0.1, progress_bar=False)
        runner.run(1.05)
        for key, expected in GOLDEN.items():
            np.testing.assert_allclose(runner.mon[key], np.array(expected), rtol=1e-12, atol=0, err_msg=key)
        w = [4.8305187969261794e-06, 2.463436863913e-05, 2.9463337830826348e-05]
        np.testing.assert_allclose(runner.mon['post.w'][-1], w, rtol=1e-12)
        net.reset_state()


def test_a_loop_equals_the_runner():
    net, looped = pair(), pair()
    runner = bp.DSRunner(net, inputs=[('pre.input', 700.0)], monitors=['post.V'], dt=0.1, progress_bar=False)
    runner.run(3.0)

    def step(i):
        bp.share.save(t=i * 0.1, dt=0.1, i=i)
        looped.pre.input += 700.0
        looped.update()
        V = looped.post.V.value
        looped.clear_input()
        return V

    assert np.array_equal(bm.for_loop(step, bm.arange(30)), runner.mon['post.V'])


def test_spikes_can_be_given():
    net = pair()
    tdi = {'t': 0.0, 'dt': 0.1}
    net.syn(tdi, np.array([True, False]))
    net.syn.update(tdi, np.array([True, False]))
    bp.share.save(**tdi)
    net.syn(np.array([False, True]))
    assert net.syn.r.value == pytest.approx([1.0 * np.exp(-0.05) + np.exp(-0.025), 1.0])


# ---- helpers of TwoEndConn -----------------------------------------------------------------------------------------


def ends(num_pre=3, num_post=2, conn=None, **kwargs):
    return bp.TwoEndConn(Cell(num_pre), Cell(num_post), conn, **kwargs)


def test_from_pre_to_post():
    s = np.arange(3.0)
    mask = np.array([[1, 0], [0, 1], [1, 1]], dtype=bool)
    syn = ends(conn=bp.connect.All2All())
    assert syn._syn2post_with_all2all(s, 0.5) == 1.5
    assert syn._syn2post_with_all2all(s, 2.0 * np.ones((3, 2))).tolist() == [6.0, 6.0]
    assert syn._syn2post_with_dense(s, 0.5, mask).tolist() == [1.0, 1.5]
    assert syn._syn2post_with_dense(s, 2.0 * np.ones((3, 2)), mask).tolist() == [4.0, 6.0]
    assert syn._syn2post_with_one2one(s, 2.0).tolist() == [0.0, 2.0, 4.0]
    batch = np.stack([s, 2 * s])
    assert syn._syn2post_with_all2all(batch, 0.5).tolist() == [[1.5], [3.0]]
    assert syn._syn2post_with_dense(batch, 0.5, mask).tolist() == [[1.0, 1.5], [2.0, 3.0]]


@pytest.mark.parametrize('num_post', [2, 3, 4])
def test_without_self(num_post):
    s = np.arange(1.0, 4.0)
    syn = ends(3, num_post, bp.connect.All2All(include_self=False))
    pairs = np.array([[float(i != j) for j in range(num_post)] for i in range(3)])
    assert syn._syn2post_with_all2all(s, 0.5) == pytest.approx(0.5 * s @ pairs)
    weights = np.random.default_rng(0).random((3, num_post))
    assert syn._syn2post_with_all2all(s, weights) == pytest.approx(s @ (weights * pairs))


def test_weights():
    mask = np.array([[1, 0], [0, 1], [1, 1]])
    assert ends(conn=bp.connect.All2All())._init_weights(0.5, 'dense') == (0.5, None)
    weight, mask_of = ends(conn=mask)._init_weights(bp.init.Constant(2.0), 'dense')
    assert np.shape(weight) == (3, 2) and mask_of.dtype == bool and np.array_equal(mask_of, mask)
    weight, (indices, indptr) = ends(conn=mask)._init_weights(np.ones(4), 'sparse')
    assert indices.tolist() == [0, 1, 0, 1] and indptr.tolist() == [0, 1, 2, 4]
    _, (post_ids, pre_ids) = ends(conn=mask)._init_weights(1.0, 'sparse', 'ij')
    assert post_ids.tolist() == [0, 1, 0, 1] and pre_ids.tolist() == [0, 1, 2, 2]
    syn = ends(conn={'i': np.array([0, 1, 2, 2]), 'j': np.array([0, 1, 0, 1])})
    weight, pairs = syn._init_weights(np.array([1.0, 2.0, 3.0, 4.0]), 'sparse', 'ij')
    assert syn._syn2post_with_sparse(np.array([1.0, 1.0, 2.0]), weight, pairs).tolist() == [7.0, 10.0]
    trained, _ = ends(conn=mask, mode=bm.TrainingMode())._init_weights(0.5, 'dense')
    assert isinstance(trained, bm.TrainVar) and trained.shape == ()


def test_what_is_refused():
    pre, post = Cell(3), Cell(2)
    cases = [
        (lambda: bp.TwoEndConn(3, post), TypeError, '"pre" must be an instance of NeuGroup.'),
        (lambda: bp.TwoEndConn(pre, 3), TypeError, '"post" must be an instance of NeuGroup.'),
        (lambda: bp.TwoEndConn(pre, post, 3), ValueError, 'Unknown "conn" type: 3'),
        (lambda: bp.TwoEndConn(pre, post, 'abc'), ValueError, 'Unknown "conn" type: abc'),
        (lambda: bp.TwoEndConn(pre, post, np.ones((2, 3))), ValueError, r'= \(3, 2\), however we got \(2, 3\)'),
        (lambda: bp.TwoEndConn(pre, post, {'i': [0]}), ValueError, 'dictionary with "i" and "j" specification'),
        (lambda: bp.TwoEndConn(pre, post, output=3), TypeError, 'output must be instance of SynOut, but we got'),
        (lambda: bp.TwoEndConn(pre, post, stp=3), TypeError, 'Short-term plasticity must be instance of SynSTP'),
        (lambda: ends()._init_weights(1.0, 'dense'), ValueError, 'Must provide "conn" when initialize the model'),
        (lambda: ends(conn=np.ones((3, 2)))._init_weights(1.0, 'foo'), ValueError, '"comp_method" must be in'),
        (lambda: ends(conn=np.ones((3, 2)))._init_weights(1.0, 'sparse', 'x'), ValueError, '"sparse_data" must be'),
        (lambda: ends(conn=np.ones((3, 2)))._init_weights(np.ones((2, 3)), 'dense'), ValueError, r'\(3, 2\)'),
        (lambda: ends().check_pre_attrs('foo'), ValueError, 'need "pre" neuron group has attribute "foo".'),
        (lambda: ends().check_post_attrs(3), TypeError, 'Must be string. But got 3.'),
        (lambda: ends().update(), NotImplementedError, 'Must implement "update" function by subclass self.'),
    ]
    for make, error, message in cases:
        with pytest.raises(error, match=message):
            make()


# ---- components ----------------------------------------------------------------------------------------------------


class Triple(bp.SynOut):
    def filter(self, g):
        return super().filter(3.0 * g)

    def clone(self):
        return Triple(target_var='input')


class Double(bp.SynSTP):
    def register_master(self, master):
        super().register_master(master)
        self.seen = bm.Variable(bm.zeros(self.master.pre.num))

    def update(self, tdi, pre_spike):
        self.seen += np.asarray(pre_spike, dtype=float)

    def filter(self, g):
        return 2.0 * g

    def clone(self):
        return Double()


@pytest.mark.parametrize(('output', 'stp', 'factor'), [(Triple(target_var='input'), None, 3.0), (None, Double(), 2.0)])
def test_own_components_of_a_built_in_synapse(output, stp, factor):
    drives = []
    for own in (False, True):
        pre, post = bp.neurons.SpikeTimeGroup(2, [0.3, 0.8], [0, 1]), bp.neurons.LIF(2)
        plain = bp.synouts.CUBA()
        syn = bp.synapses.AMPA(
            pre, post, bp.connect.All2All(), output=(output or plain) if own else plain, stp=stp if own else None
        )
        net = bp.Network(pre=pre, syn=syn, post=post)
        runner = bp.DSRunner(net, monitors=['post.input'], progress_bar=False)
        runner.run(3.0)
        drives.append(runner.mon['post.input'])
    np.testing.assert_allclose(drives[1], factor * drives[0], rtol=1e-12)
    assert drives[0].any()


def test_components_belong_to_one_synapse():
    output = Triple(target_var='input')
    first, second = ends(output=output), ends(output=output)
    assert first.output is output and second.output is not output and isinstance(second.output, Triple)
    assert output.master is first and output.isregistered
    with pytest.raises(ValueError, match='master has been registered, but we got another master'):
        output.register_master(second)
    with pytest.raises(TypeError, match='master must be instance of TwoEndConn'):
        bp.SynOut().register_master(3)
    with pytest.raises(ValueError, match='Must be an instance of bool.'):
        output.isregistered = 1
    with pytest.raises(KeyError, match='Post-synaptic group does not have target variable: foo'):
        ends(output=bp.SynOut(target_var='foo'))
    with pytest.raises(TypeError, match='"target_var" must be instance of string or Variable. But we got'):
        bp.SynOut(target_var=3)
    undefined = bp.SynOut()
    ends(output=undefined)
    with pytest.raises(NotImplementedError, match='must implement "clone"'):
        ends(output=undefined)


def test_outputs_add_or_return():
    syn = ends(output=bp.SynOut(target_var='input'))
    assert syn.output(np.ones(2)) is None and syn.output(1.0) is None
    assert syn.post.input.value.tolist() == [2.0, 2.0]
    assert ends().output(np.ones(2)).tolist() == [1.0, 1.0]


# ---- own groups and the core ---------------------------------------------------------------------------------------


class OwnLIF(bp.NeuGroup):
    """`bp.neurons.LIF` as a user writes it, with the time argument."""

    def __init__(self, size, keep_size=False, mode=None, spike_dtype=bool):
        super().__init__(size, keep_size, mode=mode)
        self.spike_dtype = spike_dtype
        self.reset_state(self.mode)
        self.integral = bp.odeint(lambda V, t, I: (-V + I) / 10.0, method='exp_auto')

    def reset_state(self, batch_size=None):
        self.V = bp.init.variable_(bm.zeros, self.varshape, batch_size)
        self.input = bp.init.variable_(bm.zeros, self.varshape, batch_size)
        self.spike = bp.init.variable_(lambda s: bm.zeros(s, dtype=self.spike_dtype), self.varshape, batch_size)

    def update(self, tdi, x=None):
        V = self.integral(self.V.value, tdi.t, self.input.value, tdi.dt)
        fired = V >= 20.0
        self.V.value = bm.where(fired, -5.0, V)
        self.spike.value = fired.astype(self.spike_dtype)

    def clear_input(self):
        self.input[:] = 0.0


def mixed(pre, post, delay, view=False):
    conn = np.random.default_rng(3).random((pre.num - view, post.num)) < 0.6
    forward = bp.synapses.AMPA(
        pre[1:] if view else pre, post, conn, output=bp.synouts.CUBA(), delay_step=delay, g_max=60.0
    )
    back = bp.synapses.GABAa(post, pre, bp.connect.All2All(), delay_step=1)
    return bp.Network(pre=pre, post=post, forward=forward, back=back)


def traces(net, duration=25.0, drive=None):
    num = net.pre.num
    drive = np.linspace(30.0, 60.0, num).reshape(net.pre.varshape) if drive is None else drive
    runner = bp.DSRunner(
        net,
        inputs=[('pre.input', drive)],
        monitors=['pre.V', 'post.V', 'forward.g', 'back.g', 'post.input', 'post.spike'],
        progress_bar=False,
    )
    runner.run(duration)
    return runner


@pytest.mark.parametrize('delay', [None, 0, 3, np.array([0, 2, 5, 1])])
@pytest.mark.parametrize('own', ['pre', 'post', 'both'])
@pytest.mark.parametrize('view', [False, True])
def test_own_groups_at_built_in_synapses(own, delay, view):
    def group(side, num):
        return OwnLIF(num) if own in (side, 'both') else bp.neurons.LIF(num)

    if view and isinstance(delay, np.ndarray):
        delay = delay[1:]
    expected = traces(mixed(bp.neurons.LIF(4), bp.neurons.LIF(3), delay, view))
    found = traces(mixed(group('pre', 4), group('post', 3), delay, view))
    assert expected._core is not None and found._core is None
    assert expected.mon['post.spike'].any()
    for key, value in expected.mon.items():
        np.testing.assert_allclose(found.mon[key], value, rtol=1e-11, atol=1e-12, err_msg=key)


def test_own_groups_of_other_kinds():
    """Geometry, spikes that are numbers, a batch; a second run after a reset."""
    expected = traces(mixed(bp.neurons.LIF((2, 2)), bp.neurons.LIF((3, 1)), 2)).mon
    for make in (
        lambda size: OwnLIF(size, keep_size=True),
        lambda size: OwnLIF(size, spike_dtype=float),
    ):
        net = mixed(make((2, 2)), make((3, 1)), 2)
        for _ in range(2):
            found = traces(net).mon
            for key in ('post.V', 'post.input', 'forward.g'):
                flat = found[key].reshape(len(found.ts), -1)
                np.testing.assert_allclose(flat, expected[key], rtol=1e-11, atol=1e-12, err_msg=key)
            net.reset_state()
            assert not net.pre.spike.value.any()
    drive = np.random.default_rng(0).random((3, 4)) * 60
    with bm.batching_environment(batch_size=3):
        expected = traces(mixed(bp.neurons.LIF(4), bp.neurons.LIF(3), 2), drive=drive).mon
        net = mixed(OwnLIF(4), OwnLIF(3), 2)
    found = traces(net, drive=drive).mon
    for key in ('post.V', 'post.input', 'forward.g'):
        np.testing.assert_allclose(found[key], expected[key], rtol=1e-11, atol=1e-12, err_msg=key)
    net.reset_state(5)
    assert net.pre.V.shape == (5, 4) and net.forward.g.shape == (5, 4)
    traces(net, 2.0, drive=30.0)


def test_variables_of_own_groups_stay_the_same_objects():
    pre, post = OwnLIF(2), OwnLIF(2)
    before = pre.spike, post.input, post.V
    bp.synapses.AMPA(pre, post, bp.connect.One2One())
    post.V[:] = 3.0
    assert all(a is b for a, b in zip(before, (pre.spike, post.input, post.V), strict=True))
    assert post.V.value.tolist() == [3.0, 3.0] and pre.spike.dtype == bool


# ---- subclasses of built-in synapses -------------------------------------------------------------------------------


def test_a_subclass_that_overrides_an_equation():
    class Slower(bp.synapses.AMPA):
        def dg(self, g, t, TT):
            return 0.1 * TT * (1 - g) - self.beta * g

    first = []
    for kind in (bp.synapses.AMPA, Slower):
        pre, post = bp.neurons.SpikeTimeGroup(1, [0.0], [0]), bp.neurons.LIF(1)
        net = bp.Network(pre=pre, syn=kind(pre, post, bp.connect.One2One()), post=post)
        runner = bp.DSRunner(net, monitors=['syn.g'], progress_bar=False)
        runner.run(0.3)
        first.append(runner.mon['syn.g'][1, 0])
    assert first == pytest.approx([0.04739455424623803, 0.004942938310157135], rel=1e-12)


def test_a_subclass_with_other_defaults_and_a_wrapped_update():
    class Mine(bp.synapses.AMPA):
        def __init__(self, pre, post, conn):
            super().__init__(pre, post, conn, alpha=0.53, T=1.0, T_duration=1.0)
            self.calls = bm.Variable(bm.zeros(1))

        def update(self, tdi, pre_spike=None):
            self.calls += 1
            return super().update(tdi, pre_spike)

    traces = []
    for kind in (bp.synapses.GABAa, Mine):
        pre, post = bp.neurons.SpikeTimeGroup(1, [0.0], [0]), bp.neurons.LIF(1)
        net = bp.Network(pre=pre, syn=kind(pre, post, bp.connect.One2One()), post=post)
        runner = bp.DSRunner(net, monitors=['syn.g'], progress_bar=False)
        runner.run(3.0)
        traces.append(runner.mon['syn.g'])
    assert np.array_equal(*traces) and net.syn.calls[0] == 30


def test_a_name_of_newer_programs():
    assert bp.NeuDyn is bp.NeuGroupNS


# ---- neurons made of channels --------------------------------------------------------------------------------------


class Leak(bp.Channel):
    def __init__(self, size, g=0.1, E=-65.0, **kwargs):
        super().__init__(size, **kwargs)
        self.g, self.E = g, E
        self.seen = bm.Variable(bm.zeros(self.varshape))

    def update(self, tdi, V):
        self.seen.value = V

    def current(self, V):
        return self.g * (self.E - V)

    def reset_state(self, V, batch_size=None):
        self.seen.value = V


def test_a_neuron_made_of_channels():
    group = bp.CondNeuGroup(2, leak=Leak(2), V_initializer=bp.init.Constant(-60.0), C=2.0, A=0.01, V_th=-60.015)
    assert list(group.vars('relative')) == ['V', 'input', 'spike', 'leak.seen']
    assert group['leak'] is group.leak and group[0:1].num == 1
    runner = bp.DSRunner(group, inputs=('input', 3.0), monitors=['V'], progress_bar=False)
    spikes = runner.run(0.3)
    # computed by BrainPy 2.4.0
    assert runner.mon.V[:, 0] == pytest.approx([-60.00997504161464, -60.01990033250166, -60.029776120793876], rel=1e-12)
    assert not spikes.any()
    assert group.leak.seen.value.tolist() == runner.mon.V[1].tolist()
    group.input += 1e4
    bp.share.save(t=0.0, dt=0.1)
    assert group().all()
    group.reset_state()
    assert group.V.value.tolist() == [-60.0, -60.0]
    with pytest.raises(ValueError, match=r'leak is a channel of the shape \(2,\), in a group of \(3,\)'):
        bp.CondNeuGroup(3, leak=Leak(2))
    with pytest.raises(ValueError, match='Must be instance of Channel'):
        bp.CondNeuGroup(3, leak=3)
