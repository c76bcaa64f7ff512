# SPDX-License-Identifier: Apache-2.0
"""Deep copies of variables, models and networks; what cannot be pickled says so."""

import copy
import functools
import pickle
import threading

import numpy as np
import pytest

import bouton as bp
import bouton.math as bm
from bouton.errors import UniqueNameError


@pytest.fixture(autouse=True)
def _double_precision():
    yield
    bm.enable_x64()
    bm.set_compat(None)
    bp.share.clear()


class Cell(bp.NeuGroupNS):
    """An own neuron."""

    def __init__(self, size, **options):
        super().__init__(size, **options)
        self.V = bm.Variable(bm.linspace(0.0, 5.0, self.num))
        self.input = bm.Variable(self.num)
        self.spike = bm.Variable(bm.zeros(self.num, dtype=bool))
        self.integral = bp.odeint(self.dV, method='exp_auto')
        self.bias = np.array([30.0])

    def dV(self, V, t, I):
        return (self.bias[0] - V + I) / 10.0

    def update(self, x=None):
        V = self.integral(self.V.value, bp.share['t'], self.input.value, bp.share['dt'])
        self.spike.value = V >= 20.0
        self.V.value = bm.where(V >= 20.0, 0.0, V)

    def clear_input(self):
        self.input[:] = 0.0


class Synapse(bp.TwoEndConn):
    """An own synapse."""

    def __init__(self, pre, post, conn, **options):
        super().__init__(pre, post, conn, output=bp.synouts.COBA(E=40.0), stp=bp.synplast.STD(), **options)
        self.g = bm.Variable(self.pre.num)
        self.delay_step = self.register_delay('a key of its own', 7, self.pre.spike)
        self.weights, _ = self._init_weights(0.3, 'dense')

    def update(self, tdi, pre_spike=None):
        spike = self.get_delay_data('a key of its own', self.delay_step)
        self.stp.update(tdi, spike)
        self.g.value = self.g.value * 0.95 + self.stp(spike * 1.0)
        return self.output(self._syn2post_with_all2all(self.g.value, self.weights))


def receptors(**options):
    pre, post = bp.neurons.HH(4, **options), bp.neurons.HH(3, **options)
    conn = bp.conn.FixedProb(0.7, seed=1)
    ampa = bp.synapses.AMPA(pre, post, conn, delay_step=5, stp=bp.synplast.STP(), comp_method='sparse', **options)
    nmda = bp.synapses.BioNMDA(pre, post, conn, bp.synouts.MgBlock(), delay_step=np.array([0, 1, 2, 30]), **options)
    return bp.Network(pre=pre, post=post, ampa=ampa, nmda=nmda)


def sums():
    pre, post = bp.neurons.LIF(5, tau_ref=2.0), bp.neurons.LIF(5, tau_ref=bm.linspace(1.0, 3.0, 5))
    syn = bp.synapses.Exponential(pre, post, bp.conn.All2All(), bp.synouts.CUBA(), g_max=0.7, delay_step=3)
    delta = bp.synapses.Delta(post[1:3], pre[[3, 0]], bp.conn.One2One(), delay_step=2)
    return bp.Network(pre=pre, post=post, syn=syn, delta=delta)


def chance():
    source = bp.neurons.PoissonGroup(6, freqs=400.0)
    times = bp.neurons.SpikeTimeGroup(2, times=[1.0, 12.0, 13.0], indices=[0, 1, 0])
    noisy, ou = bp.neurons.LIF(4, V_th=3.0, noise=1.0), bp.neurons.OUProcess(3)
    pre = bp.synapses.AMPA(source, noisy, bp.conn.All2All(), bp.synouts.COBA(E=30.0))
    other = bp.synapses.DualExponential(times, noisy, bp.conn.All2All(), g_max=0.2)
    return bp.Network(source=source, times=times, pre=noisy, ou=ou, syn=pre, other=other)


def own(**options):
    pre, post = Cell(4, **options), bp.neurons.LIF(3)
    syn = Synapse(pre, post, bp.conn.All2All())
    back = bp.synapses.AMPA(post, pre, bp.conn.All2All(), delay_step=4)
    poisson = bp.synapses.PoissonInput(post.input, 10, 50.0, 1.0, seed=3)
    return bp.Network(pre=pre, post=post, syn=syn, back=back, poisson=poisson)


def own_inside():
    """Delay lines of a network inside advance at the end of its step, those of a copy as well."""
    pre, post = Cell(4), bp.neurons.LIF(3)
    syn = Synapse(pre, post, bp.conn.All2All())
    return bp.Network(one=bp.Network(pre), two=bp.Network(post, syn), pre=pre[:])


def inside():
    net = receptors()
    return bp.Network(net, pre=net.pre, rate=bp.neurons.Integrator(2))


def batched():
    net = receptors(mode=bm.BatchingMode(2))
    net.reset_state(3)
    return net


def trained():
    with bm.training_environment():
        pre, post = bp.neurons.LIF(3), bp.neurons.LIF(2, V_th=2.0)
        syn = bp.synapses.Exponential(pre, post, bp.conn.All2All(), g_max=bp.init.Normal(0.4))
        return bp.Network(pre=pre, post=post, syn=syn)


NETWORKS = {
    'receptors': receptors,
    'sums': sums,
    'chance': chance,
    'own': own,
    'inside': inside,
    'own_inside': own_inside,
    'batched': batched,
    'trained': trained,
}


def run_on(net, duration, jit=True):
    variables = dict(net.vars('relative').unique())
    runner = bp.DSRunner(net, inputs=('pre.input', 22.0), monitors=variables, jit=jit, progress_bar=False, t0=0.0)
    runner.run(duration)
    return dict(runner.mon)


@pytest.mark.parametrize('jit', [True, False], ids=['core', 'python'])
@pytest.mark.parametrize('name', NETWORKS)
def test_a_copied_network_goes_on_alike_and_alone(name, jit):
    net = NETWORKS[name]()
    run_on(net, 8.0, jit)
    other = copy.deepcopy(net)
    assert other.name == net.name and other.pre is not net.pre and other.pre.name == net.pre.name
    before = net.state_dict()
    records = run_on(other, 30.0, jit)
    after = net.state_dict()
    for object_name in before:
        for key in before[object_name]:
            assert np.array_equal(before[object_name][key], after[object_name][key]), key
    expected = run_on(net, 30.0, jit)
    assert records.keys() == expected.keys()
    for key in expected:
        assert np.array_equal(records[key], expected[key]), key
    assert any(expected[key].any() for key in expected if key.endswith('spike'))


@pytest.mark.parametrize('name', NETWORKS)
def test_a_copy_is_computed_as_its_original(name):
    net = NETWORKS[name]()
    other = copy.deepcopy(net)
    runners = [bp.DSRunner(one, progress_bar=False) for one in (net, other)]
    for runner in runners:
        runner.run(0.5)
    assert [runner._core is None for runner in runners] == [name.startswith('own')] * 2
    assert repr(other) == repr(net)


def test_references_are_to_the_copies():
    net = copy.deepcopy(receptors())
    assert net.ampa.pre is net.nmda.pre is net.pre and net.ampa.post is net.post
    assert net.ampa.output.master is net.ampa and net.ampa.stp.master is net.ampa
    assert net.ampa.output.target_var is net.post.input and net.nmda.output.membrane_var is net.post.V
    net.post.V[:] = 1.0
    assert (net.nmda.output.membrane_var == 1.0).all()
    pair = copy.deepcopy([net.pre.V, net.pre, net.ampa])
    assert pair[1].V is pair[0] and pair[2].pre is pair[1]
    pair[0][:] = 3.0
    bp.share.save(t=0.0, dt=0.1, i=0)
    pair[1].update()
    bp.share.clear()
    assert (pair[0] != 3.0).all() and (net.pre.V != pair[0]).all()


def test_parameters_of_a_copy_are_its_own():
    net = receptors()
    net.ampa.alpha, net.pre.gL = 0.5, 0.04
    other = copy.deepcopy(net)
    other.ampa.beta, other.ampa.g_max, other.ampa.output.E, other.ampa.stp.U = 0.2, 0.1, -10.0, 0.3
    other.pre.gNa = 100.0
    assert other.ampa.alpha == 0.5 and other.pre.gL == 0.04
    assert (net.ampa.beta, net.ampa.g_max, net.ampa.output.E, net.ampa.stp.U) == (0.18, 0.42, 0.0, 0.15)
    assert net.pre.gNa == 120.0
    assert not np.array_equal(run_on(net, 30.0)['ampa.g'], run_on(other, 30.0)['ampa.g'])


def test_trained_weights_of_a_copy_are_its_own():
    net = trained()
    other = copy.deepcopy(net)
    before = net.syn.g_max.value
    other.syn.g_max *= 2.0
    assert np.array_equal(net.syn.g_max, before) and np.array_equal(other.syn.g_max, 2 * before)
    assert np.array_equal(other._current_plan().synapses[0]._core_part.weights(), 2 * before)


def test_parts_can_be_copied_alone():
    cell = bp.neurons.LIF(3, V_initializer=bp.init.Uniform(0.0, 1.0))
    other = copy.deepcopy(cell)
    assert type(other) is bp.neurons.LIF and np.array_equal(other.V, cell.V)
    other.V.fill(0.0)
    assert cell.V.all()
    other.reset_state()
    syn = copy.deepcopy(bp.synapses.GABAa(cell, cell, bp.conn.All2All()))
    assert syn.pre is syn.post is not cell
    view = copy.deepcopy(cell[1:])
    assert view._core_part.population == view.target._core_part != cell._core_part
    view.V[:] = 7.0
    assert list(view.target.V[1:]) == [7.0, 7.0] and not (cell.V == 7.0).any()
    output = copy.deepcopy(bp.synouts.COBA(E=-80.0))
    assert output.E == -80.0 and output.master is None
    conn = copy.deepcopy(bp.conn.FixedProb(0.5, seed=3)(10, 10))
    assert conn.require('conn_mat').shape == (10, 10)


def test_an_own_synapse_onto_a_copy_and_one_onto_the_original():
    """Both read the spikes of their own group, whatever the key of the delay line."""
    net = own()
    other = copy.deepcopy(net)
    later = Synapse(net.pre, net.post, bp.conn.All2All())
    bp.Network(net.pre, net.post, later)
    a, b = run_on(net, 20.0), run_on(other, 20.0)
    assert a['syn.g'].any()
    for key in a:
        assert np.array_equal(a[key], b[key]), key


def test_copies_run_in_threads_at_once():
    net = receptors()
    copies = [copy.deepcopy(net) for _ in range(3)]
    results = [None] * 3
    barrier = threading.Barrier(3)

    def run(k):
        runner = bp.DSRunner(
            copies[k], inputs=('pre.input', 8.0), monitors={'V': copies[k].post.V, 'wait': lambda _: meet(k)},
            progress_bar=False,
        )  # fmt: skip
        runner.run(5.0)
        results[k] = runner.mon.V

    met = set()

    def meet(k):
        if k not in met:
            met.add(k)
            barrier.wait(20)
        return 0.0

    threads = [threading.Thread(target=run, args=(k,)) for k in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(result is not None and np.array_equal(result, results[0]) for result in results)


def test_an_original_and_its_copy_in_one_network():
    cell = bp.neurons.LIF(3, V_initializer=bp.init.Uniform(0.0, 1.0))
    other = copy.deepcopy(cell)
    with pytest.raises(UniqueNameError, match=rf'Two objects in \w+ are named "{cell.name}"'):
        bp.DSRunner(bp.Network(a=cell, b=other)).run(1.0)
    with pytest.raises(UniqueNameError, match='Two systems are given as'):
        bp.DSRunner(bp.Network(cell, other)).run(1.0)
    other.name = 'another_lif'
    runner = bp.DSRunner(bp.Network(a=cell, b=other), monitors=['a.V', 'b.V'], progress_bar=False)
    runner.run(1.0)
    assert np.array_equal(runner.mon['a.V'], runner.mon['b.V'])


def test_states_go_from_an_original_to_its_copy():
    net = receptors()
    other = copy.deepcopy(net)
    run_on(net, 5.0)
    assert other.load_state_dict(net.state_dict()) == ([], [])
    assert np.array_equal(net.pre.V, other.pre.V)


def test_what_cannot_be_pickled_says_so():
    net = receptors()
    for thing in (net, net.pre, net.ampa, net.ampa.output):
        with pytest.raises(TypeError, match=rf'^{thing.name} cannot be pickled: build it again'):
            pickle.dumps(thing)
    runner = bp.DSRunner(net, monitors=['pre.V'], progress_bar=False)
    runner.run(1.0)
    for function in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match='a DSRunner can neither be copied nor pickled'):
            function(runner)
    recorded = bp.RecordedRun(trained(), monitors=['post.V'])
    for function in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match='a RecordedRun can neither be copied nor pickled'):
            function(recorded)
    records = pickle.loads(pickle.dumps(runner.mon))
    assert np.array_equal(records['pre.V'], runner.mon['pre.V']) and np.array_equal(records.ts, runner.mon.ts)
    assert np.array_equal(pickle.loads(pickle.dumps(net.pre.V)), net.pre.V)
    assert np.array_equal(copy.deepcopy(runner.mon)['pre.V'], records['pre.V'])


def test_a_shallow_copy_shares():
    cell = bp.neurons.LIF(2)
    other = copy.copy(cell)
    other.V.fill(3.0)
    assert (cell.V == 3.0).all()


def every_neuron():
    for name in bp.neurons.__all__:
        model = getattr(bp.neurons, name)
        is_abstract = name.endswith(('FractionalNeuron', 'Group'))
        if isinstance(model, type) and issubclass(model, bp.NeuGroup) and not is_abstract:
            options = {'FractionalFHR': {'alpha': 0.9}, 'FractionalIzhikevich': {'alpha': 0.9, 'num_memory': 5}}
            yield pytest.param(model, options.get(name, {}), id=name)


@pytest.mark.parametrize('jit', [True, False], ids=['core', 'python'])
@pytest.mark.parametrize(('model', 'options'), list(every_neuron()))
def test_every_neuron_can_be_copied(model, options, jit):
    group = model(3, **options)
    drive = group.__dict__.get('input')
    inputs = () if drive is None else (drive, 20.0)
    bp.DSRunner(group, inputs=inputs, jit=jit, progress_bar=False).run(3.0)
    other = copy.deepcopy(group)
    records = []
    for one in (group, other):
        inputs = () if drive is None else ('input', 20.0)
        runner = bp.DSRunner(one, inputs=inputs, monitors=one.vars(level=0), jit=jit, progress_bar=False)
        runner.run(20.0)
        one.reset_state()
        assert (runner._core is not None) == (jit and one._is_core_only())
        records.append(list(runner.mon.values()))
    for a, b in zip(*records, strict=True):
        assert np.array_equal(a, b, equal_nan=True)


SYNAPSES = ['AMPA', 'GABAa', 'BioNMDA', 'NMDA', 'Exponential', 'DualExponential', 'Alpha', 'Delta']


@pytest.mark.parametrize('precision', ['float64', 'float32'])
@pytest.mark.parametrize('compat', [None, 'brainpy_2_4'])
@pytest.mark.parametrize('changed', ['core', 'equation', 'integral'])
@pytest.mark.parametrize('name', SYNAPSES)
def test_every_synapse_can_be_copied(name, changed, compat, precision):
    """In the core, with an equation of one's own, and with an integral of one's own."""
    if precision == 'float32':
        bm.disable_x64()
    bm.set_compat(compat)
    model = getattr(bp.synapses, name)
    if changed == 'equation' and model._equations:
        equation = model._equations[0]
        model = type('Own', (model,), {equation: _half(model, equation)})
    pre = bp.neurons.PoissonGroup(4, 300.0, seed=1)
    post = bp.neurons.LIF(3, tau_ref=1.0, V_initializer=bp.init.OneInit(-5.0))
    syn = model(pre, post, bp.conn.All2All(include_self=False), delay_step=3, g_max=bp.init.Uniform(0.1, 1.0))
    if changed == 'integral' and model._equations:
        syn.integral = syn.integral
    net = bp.Network(pre=pre, post=post, syn=syn)
    bp.DSRunner(net, progress_bar=False).run(10.0)
    other = copy.deepcopy(net)
    bm.set_compat(None)
    bm.enable_x64()  # a copy has the precision of its original, whatever that is for new objects
    records = []
    for one in (net, other):
        monitors = dict(one.vars('relative').unique())
        runner = bp.DSRunner(one, monitors=monitors, progress_bar=False)
        runner.run(20.0)
        records.append(runner.mon)
    assert records[0].keys() == records[1].keys()
    for key in records[0]:
        assert np.array_equal(records[0][key], records[1][key]), key
        assert records[0][key].dtype == records[1][key].dtype
    inputs = [records[0][key] for key in ('post.input', 'syn.post.input') if key in records[0]]
    assert name == 'Delta' or any(x.any() for x in inputs)


def _half(model, equation):
    @functools.wraps(getattr(model, equation))
    def half(self, *args):
        return getattr(model, equation)(self, *args) * 0.5

    return half


def test_equations_that_refer_to_what_is_copied():
    """Functions made in a constructor know `self` and its variables; those of a copy are to know the copy's."""

    class Group(bp.NeuGroup):
        def __init__(self):
            super().__init__(2)
            self.V, self.w, self.tau = bm.Variable(bm.ones(2)), bm.Variable(bm.ones(2)), 10.0
            V = self.V
            decay = lambda x: -x / self.tau  # noqa: E731
            self.one = bp.odeint(lambda V, t: decay(V), method='exp_auto')
            self.two = bp.odeint(bp.JointEq(lambda V, t: -V / self.tau, lambda w, t: -w / self.tau))
            self.methods = bp.odeint(bp.JointEq(self.dV, self.dw), method='rk4')
            self.note = lambda: V.__setitem__(0, 7.0)
            self.constant = lambda: 3.0

            def down(n):
                return self.tau if n == 0 else down(n - 1)

            self.recursive = [down]

        def dV(self, V, t):
            return -V / self.tau

        def dw(self, w, t):
            return -w / self.tau

    group = Group()
    other = copy.deepcopy(group)
    other.tau = 1e9
    for integral in ('one', 'two', 'methods'):
        arguments = (1.0,) if integral == 'one' else (1.0, 1.0)
        assert np.allclose(getattr(other, integral)(*arguments, 0.0, dt=1.0), 1.0)
        assert (np.asarray(getattr(group, integral)(*arguments, 0.0, dt=1.0)) < 0.95).all()
    other.note()
    assert list(other.V) == [7.0, 1.0] and list(group.V) == [1.0, 1.0]
    assert other.constant is group.constant
    assert other.recursive[0](3) == 1e9 and group.recursive[0](3) == 10.0
    group.note()
    assert copy.deepcopy(group).V[0] == 7.0
