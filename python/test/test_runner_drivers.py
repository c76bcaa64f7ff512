# SPDX-License-Identifier: Apache-2.0
"""The core and Python step alike, and each network is stepped where it should be."""

import numpy as np
import pytest

import bouton as bp
import bouton.math as bm


@pytest.fixture(autouse=True)
def _settings():
    yield
    bm.set_compat(None)
    bm.enable_x64()
    bp.share.clear()


def random_network(seed):
    """Groups and synapses of several kinds, delays, plasticity, views, a network inside."""
    bm.clear_name_cache(ignore_warn=True)  # Poisson groups draw by name
    rng = np.random.default_rng(seed)
    bm.random.seed(seed)
    np.random.seed(seed)
    num = int(rng.integers(6, 20))
    exc, inh = bp.neurons.HH(num), bp.neurons.LIF((2, num))
    noise = bp.neurons.PoissonGroup(num, 300.0)
    times = bp.neurons.SpikeTimeGroup(3, rng.random(9) * 15, rng.integers(0, 3, 9))
    kinds = [bp.synapses.AMPA, bp.synapses.GABAa, bp.synapses.BioNMDA]
    outputs = [lambda: bp.synouts.COBA(0.0), lambda: bp.synouts.CUBA(), lambda: bp.synouts.MgBlock()]
    plasticity = [lambda: None, lambda: bp.synplast.STD(), lambda: bp.synplast.STP()]
    connectors = [
        lambda: bp.connect.FixedProb(0.3),
        lambda: bp.connect.FixedPreNum(2),
        lambda: bp.connect.All2All(include_self=bool(rng.integers(2))),
    ]

    def synapse(pre, post, **kwargs):
        delays = [None, 0, 3, rng.integers(0, 5, pre.num)]
        return rng.choice(kinds)(
            pre,
            post,
            rng.choice(connectors)(),
            output=rng.choice(outputs)(),
            stp=rng.choice(plasticity)(),
            comp_method=str(rng.choice(['dense', 'sparse'])),
            method=str(rng.choice(['exp_auto', 'exp_auto', 'rk2'])),
            **{'delay_step': delays[rng.integers(4)], **kwargs},
        )

    inner = bp.Network(cells=bp.neurons.LIF(4), syn=synapse(exc[0:4], exc[2:6], delay_step=int(rng.integers(3))))
    return bp.Network(
        exc=exc, inh=inh, noise=noise, times=times, inner=inner,
        s0=synapse(noise, exc), s1=synapse(inh, exc), s2=synapse(exc, inh), s3=synapse(times, exc[1::2]),
        s4=synapse(exc[::-1], inh), s5=synapse(inh, inner.cells),
    )  # fmt: skip


def run(seed, jit, pieces):
    net = random_network(seed)
    num = net.exc.num
    inputs = [
        ('exc.input', 6.0),
        ('exc.input', np.random.default_rng(seed).normal(size=(300, num)), 'iter'),
        ('inh.input', lambda s: 30.0 * np.sin(s.t), 'func'),
        ('inh.input', 2.0, 'fix', '*'),
        ('inner.cells.input', 30.0),
    ]
    monitors = {name: name for name in ('exc.V', 'inh.spike', 'inner.cells.V', 'inner.syn.g', 'exc.input', 'inh.input')}
    monitors |= {f's{k}.g': f's{k}.g' for k in range(6)}
    monitors |= {'events': bp.Spikes('exc'), 'sum': lambda s: net.exc.V.value.sum(), 'some': ('inh.V', [3, -1])}
    runner = bp.DSRunner(net, jit=jit, inputs=inputs, monitors=monitors, progress_bar=False)
    records = []
    for piece in pieces:
        runner.run(piece)
        records.append(runner.mon)
    assert (runner._core is not None) == jit
    return records


def assert_equal(a, b, rtol=0.0, atol=0.0):
    assert a.keys() == b.keys()
    for key in a:
        if key == 'events':
            for field in ('times', 'indices', 'steps', 'rows', 'num'):
                assert np.array_equal(getattr(a[key], field), getattr(b[key], field)), field
        else:
            np.testing.assert_allclose(a[key], b[key], rtol, atol, err_msg=key)
            assert np.asarray(a[key]).dtype == np.asarray(b[key]).dtype, key


@pytest.mark.parametrize('seed', range(12))
def test_both_drivers_give_the_same_bits(seed):
    if seed % 4 == 2:
        bm.disable_x64()
    pieces = (12.0, 0.3, 8.0)
    core, python = run(seed, True, pieces), run(seed, False, pieces)
    for a, b in zip(core, python, strict=True):
        assert_equal(a, b)
    assert any(len(a.events) for a in core)


@pytest.mark.parametrize('dt', [0.1, 0.2, 0.05])
def test_pulses_in_compatibility(dt):
    """Whether a pulse lasts a step longer depends on the rounding of times, which both drivers must share."""
    bm.set_compat('brainpy_2_4')
    steps = np.random.default_rng(0).permutation(3000)[:300]
    records = []
    for jit in (True, False):
        pre, post = bp.neurons.SpikeTimeGroup(300, (steps + 0.5) * dt, np.arange(300)), bp.neurons.LIF(1)
        syn = bp.synapses.AMPA(pre, post, bp.connect.All2All(), T_duration=0.6)
        runner = bp.DSRunner(
            bp.Network(pre=pre, syn=syn, post=post), jit=jit, dt=dt, monitors=['syn.g', 'post.V'], progress_bar=False
        )
        runner.run(1500 * dt)
        runner.run(1510 * dt)
        records.append(runner.mon)
    assert_equal(*records, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize('seed', range(4))
def test_batches_give_the_same_bits(seed):
    with bm.batching_environment(batch_size=3):
        core, python = run_batched(seed, True), run_batched(seed, False)
    assert_equal(core, python)


def run_batched(seed, jit):
    bm.random.seed(seed)
    pre, post = bp.neurons.LIF(6), bp.neurons.LIF(4)
    syn = bp.synapses.AMPA(pre, post, bp.connect.FixedProb(0.5, seed=seed), delay_step=seed)
    drive = np.random.default_rng(seed).random((3, 6)) * 60
    runner = bp.DSRunner(
        bp.Network(pre=pre, syn=syn, post=post),
        jit=jit,
        inputs=('pre.input', drive),
        monitors=['pre.V', 'pre.spike', 'syn.g', 'post.V', ('post.input', [1, 3])],
        progress_bar=False,
    )
    runner.run(20.0)
    assert (runner._core is not None) == jit and runner.mon['pre.spike'].any()
    return runner.mon


def test_states_can_be_written_between_runs():
    values = []
    for jit in (True, False):
        pre, post = bp.neurons.HH(2, V_initializer=bp.init.Constant(-65.0)), bp.neurons.LIF(2)
        net = bp.Network(pre=pre, post=post, syn=bp.synapses.AMPA(pre, post, bp.connect.One2One(), delay_step=2))
        runner = bp.DSRunner(net, jit=jit, inputs=('pre.input', 10.0), monitors=['pre.V', 'syn.g', 'post.V'])
        runner.run(3.0)
        pre.V[0] = 30.0
        pre.spike[1] = True
        net.syn.g += 0.25
        post.V = bm.ones(2) * 2.0
        net.syn.alpha = 0.5
        net.syn.g_max = 0.1
        runner.run(3.0)
        values.append(runner.mon)
    assert_equal(*values)
    assert values[0]['syn.g'][0].min() > 0.2


# ---- who steps what ------------------------------------------------------------------------------------------------


def is_in_core(target, **kwargs):
    runner = bp.DSRunner(target, progress_bar=False, **kwargs)
    runner.run(0.2)
    return runner._core is not None


def pair(pre=None, post=None, **kwargs):
    pre, post = pre or bp.neurons.HH(2), post or bp.neurons.HH(2)
    return bp.Network(pre=pre, post=post, syn=bp.synapses.AMPA(pre, post, bp.connect.All2All(), **kwargs))


def test_what_the_core_steps():
    class Renamed(bp.neurons.HH):
        """A subclass with other defaults, and more to ask."""

        def __init__(self, size):
            super().__init__(size, gNa=110.0)

        def rate(self):
            return self.spike.value.mean()

    class Cells(bp.Network):
        def __init__(self):
            super().__init__()
            self.cells = Renamed(2)

    assert is_in_core(pair())
    assert is_in_core(pair(Renamed(2)))
    assert is_in_core(Cells())
    assert is_in_core(bp.Network(a=pair(), b=bp.Network(bp.Network(c=bp.neurons.LIF(1)))))
    assert is_in_core(bp.neurons.LIF(3))
    assert is_in_core(pair(), inputs=lambda s: None, monitors={'f': lambda s: 1})


def test_what_python_steps():
    class Changed(bp.neurons.HH):
        def update(self, x=None):
            return super().update(x)

    class Own(bp.Network):
        def update(self, *args):
            super().update()

    class Counter(bp.DynamicalSystemNS):
        def update(self):
            pass

        def reset_state(self, batch_size=None):
            pass

    pre, post = bp.neurons.HH(2), bp.neurons.HH(2)
    syn = bp.synapses.AMPA(pre, post, bp.connect.All2All())
    assert not is_in_core(pair(Changed(2)))
    assert not is_in_core(Own(a=bp.neurons.HH(2)))
    assert not is_in_core(bp.Network(a=bp.neurons.HH(2), c=Counter()))
    assert not is_in_core(bp.Container(a=bp.neurons.HH(2)))
    assert not is_in_core(bp.Network(syn=syn, post=post))  # its pre is not stepped
    assert not is_in_core(bp.Network(pre=pre, post=post, inner=bp.Network(syn=syn)))  # sees spikes of the same step
    assert not is_in_core(pair(), inputs=('pre.input', iter([1.0, 2.0]), 'iter'))
    assert not is_in_core(pair(), monitors={'free': bm.Variable(bm.zeros(1))})
    assert not is_in_core(bp.Network())


def test_a_member_that_comes_later_is_stepped():
    class Counter(bp.DynamicalSystemNS):
        def __init__(self):
            super().__init__()
            self.count = bm.Variable(bm.zeros(1))

        def update(self):
            self.count += 1

    net = pair()
    runner = bp.DSRunner(net, inputs=('pre.input', 5.0), monitors=['pre.V'], progress_bar=False)
    runner.run(0.5)
    assert runner._core is not None
    net.counter = Counter()
    runner.run(0.5)
    assert runner._core is None and net.counter.count[0] == 5
    assert runner.mon.ts[0] == pytest.approx(0.6)
    whole = bp.DSRunner(pair(), monitors=['pre.V'], progress_bar=False)
    whole.run(0.5)
    whole.target.name = 'renamed'
    whole.run(0.5)
    assert whole._core is None or whole.i0 == 10


def test_rows_of_a_run_are_given_to_a_group_in_python():
    group = bp.neurons.LIF(2)
    runner = bp.DSRunner(group, monitors=['input'], progress_bar=False)
    runner.run(0.2)
    runner.run(inputs=np.ones((3, 2)))
    assert runner._core is None and runner.mon.input.tolist() == [[1.0, 1.0]] * 3
    runner.run(0.2)
    assert runner.i0 == 7 and runner.mon.ts[0] == pytest.approx(0.6)


def test_an_update_assigned_to_an_object_is_called():
    calls = []
    group = bp.neurons.LIF(2)
    group.update = lambda x=None: calls.append(1)
    assert not is_in_core(bp.Network(group)) and len(calls) == 2


@pytest.mark.parametrize('jit', [True, False])
def test_another_batch_size_between_runs(jit):
    with bm.batching_environment(batch_size=2):
        group = bp.neurons.LIF(3)
        net = bp.Network(g=group)
    inputs = [('g.input', [1.0, 2.0, 3.0]), ('g.input', lambda s: [1.0, 0.0, 0.0], 'func')]
    runner = bp.DSRunner(net, jit=jit, inputs=inputs, monitors=['g.input', ('g.V', [1])], progress_bar=False)
    for rows in (2, 5):
        net.reset_state(rows)
        runner.run(0.3)
        assert (runner._core is not None) == jit
        assert runner.mon['g.input'].tolist() == [[[2.0, 2.0, 3.0]] * 3] * rows
        assert runner.mon['g.V'].shape == (rows, 3, 1)


def test_runs_in_single_precision_give_the_same_bits():
    bm.disable_x64()
    records = []
    for jit in (True, False):
        net = bp.Network(g=bp.neurons.LIF(3))
        inputs = [
            ('g.input', 1 / 3),
            ('g.input', np.random.default_rng(0).random((50, 3)), 'iter'),
            ('g.input', lambda s: np.sin(s.t) * np.arange(3), 'func'),
            ('g.input', 7.3, 'fix', '*'),
        ]
        bm.enable_x64()  # what exists keeps its precision
        runner = bp.DSRunner(net, jit=jit, inputs=inputs, monitors=['g.input', 'g.V'], progress_bar=False)
        runner.run(5.0)
        bm.disable_x64()
        assert (runner._core is not None) == jit and runner.mon['g.V'].dtype == np.float32
        records.append(runner.mon)
    assert_equal(*records)


@pytest.mark.parametrize('duration', [5.3, 21.7])
def test_a_run_goes_on_from_saved_states(tmp_path, duration):
    def build():
        bm.clear_name_cache(ignore_warn=True)
        pre, post = bp.neurons.HH(3, V_initializer=bp.init.Constant(-65.0)), bp.neurons.LIF(2, tau_ref=3.0)
        output, stp = bp.synouts.CUBA(), bp.synplast.STD()
        syn = bp.synapses.BioNMDA(pre, post, bp.connect.All2All(), stp=stp, g_max=1.0, output=output)
        return bp.Network(pre=pre, post=post, syn=syn)

    def run(net, duration, runner=None, t0=0.0):
        runner = runner or bp.DSRunner(
            net,
            inputs=('pre.input', [8.0, 9.0, 10.0]),
            monitors=['pre.V', 'post.V', 'syn.g'],
            t0=t0,
            progress_bar=False,
        )
        runner.run(duration)
        return runner

    net = build()
    whole = run(net, duration)
    net.save_states(tmp_path / 'states.npz')
    whole = run(net, 20.0, whole)
    other = build()
    other.load_states(tmp_path / 'states.npz')
    resumed = run(other, 20.0, t0=duration)
    for key in ('pre.V', 'post.V', 'syn.g'):
        np.testing.assert_allclose(resumed.mon[key], whole.mon[key], rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize('receptor', [bp.synapses.AMPA, bp.synapses.GABAa, bp.synapses.BioNMDA])
@pytest.mark.parametrize('t0', [0.0, 3.0, 0.7])
def test_pulses_of_brainpy_2_4_to_the_last_bit(receptor, t0):
    """How long they are depends on how times are rounded, in this and in later steps, and in later runs."""
    rng = np.random.default_rng(0)
    times, indices = np.sort(rng.uniform(t0, t0 + 30, 60)), rng.integers(0, 5, 60)
    pulse = {'T_dur' if receptor is bp.synapses.BioNMDA else 'T_duration': 0.6}

    def run(jit):
        bm.set_compat('brainpy_2_4')
        try:
            pre, post = bp.neurons.SpikeTimeGroup(5, times, indices), bp.neurons.LIF(4)
            syn = receptor(pre, post, bp.conn.FixedProb(0.5, seed=1), output=bp.synouts.CUBA(), **pulse)
            net = bp.Network(pre, post, syn=syn)
            runner = bp.DSRunner(net, monitors=['syn.g'], progress_bar=False, jit=jit, t0=t0)
            runner.run(7.3)
            first = runner.mon['syn.g']
            runner.run(22.7)
            return np.concatenate([first, runner.mon['syn.g']])
        finally:
            bm.set_compat(None)

    stepped = run(jit=False)
    assert stepped.max() > 0.1
    assert np.array_equal(run(jit=True), stepped)


@pytest.mark.parametrize('precision', ['float64', 'float32'])
def test_the_sums_of_exponential_synapses_are_recorded_in_the_core(precision):
    if precision == 'float32':
        bm.disable_x64()
    records = []
    for jit in (True, False):
        bm.random.seed(4)
        pre, post = bp.neurons.LIF(4, V_initializer=bp.init.Uniform(0.0, 20.0)), bp.neurons.LIF(3)
        syn = bp.synapses.Exponential(pre, post, bp.connect.FixedProb(0.6, seed=1), delay_step=2)
        part = bp.synapses.Exponential(pre[1:], post, bp.connect.All2All())
        net = bp.Network(pre=pre, post=post, syn=syn, part=part)
        monitors = {'g': syn.g, 'some': ('syn.g', [2, 0]), 'part': 'part.g'}
        monitors['view'] = bm.VariableView(syn.g, slice(1, 3))
        runner = bp.DSRunner(net, jit=jit, inputs=('pre.input', 30.0), monitors=monitors, progress_bar=False)
        runner.run(30.0)
        net.syn.g.fill(0.0)
        runner.run(0.2)
        runner.run(5.0)
        assert (runner._core is not None) == jit
        records.append(runner.mon)
    assert_equal(*records)
    assert records[0].g.any() and records[0].part.any()
    assert np.array_equal(records[0].some, records[0].g[:, [2, 0]])
    assert np.array_equal(records[0].view, records[0].g[:, 1:])


def chance_network(num_rows=None):
    options = {} if num_rows is None else {'mode': bm.BatchingMode(num_rows)}
    exc, inh = bp.neurons.LIF(6, **options), bp.neurons.LIF(3, **options)
    return bp.Network(
        exc=exc,
        inh=inh,
        ei=bp.synapses.AMPA(exc, inh, bp.connect.All2All(), bp.synouts.COBA(E=30.0), delay_step=2, **options),
        to_exc=bp.synapses.PoissonInput(exc.input, 50, 20.0, 301.7, seed=1, **options),
        to_some=bp.synapses.PoissonInput(exc[2:4].input, 10, 100.0, 7.1, seed=2, **options),
        to_inh=bp.synapses.PoissonInput(inh.input, 20, 50.0, 33.3, seed=3, **options),
    )


CHANCE_INPUTS = {
    'none': (),
    'constant': [('exc.input', 0.1), ('inh.input', 3.3, 'fix', '*')],
    'rows': ('exc.input', np.linspace(0.0, 1.7, 401), 'iter'),
    'function': [('exc.input', lambda s: 0.3 * s.t, 'func'), ('inh.input', lambda s: 0.1, 'func', '=')],
}


@pytest.mark.parametrize('precision', ['float64', 'float32'])
@pytest.mark.parametrize('num_rows', [None, 2])
@pytest.mark.parametrize('inputs', CHANCE_INPUTS.values(), ids=CHANCE_INPUTS.keys())
def test_poisson_inputs_are_run_by_the_core(inputs, num_rows, precision):
    if precision == 'float32':
        bm.disable_x64()
    records = []
    for jit in (True, False):
        net = chance_network(num_rows)
        monitors = ['exc.V', 'exc.input', 'inh.V', 'inh.input', 'ei.g', 'exc.spike']
        runner = bp.DSRunner(net, jit=jit, inputs=inputs, monitors=monitors, progress_bar=False)
        runner.run(20.0)
        net.reset_state()
        runner.run(20.0)
        assert (runner._core is not None) == jit
        records.append(runner.mon)
    assert_equal(*records)
    assert records[0]['exc.spike'].any()
    assert len(np.unique(records[0]['exc.input'])) > 5


def test_a_function_of_the_users_comes_before_poisson_inputs():
    records = []
    for jit in (True, False):
        net = chance_network()

        def drive(shared, net=net):
            net.exc.input += 0.1 * shared.i

        runner = bp.DSRunner(net, jit=jit, inputs=drive, monitors=['exc.input', 'inh.V'], progress_bar=False)
        runner.run(20.0)
        assert (runner._core is not None) == jit
        records.append(runner.mon)
    assert_equal(*records)


def test_poisson_inputs_that_the_core_would_treat_differently():
    class Twice(bp.synapses.PoissonInput):
        def update(self, tdi=None):
            super().update(tdi)
            super().update(tdi)

    class Own(bp.TwoEndConn):
        def update(self, tdi):
            self.post.input[:] = 1.0

    def with_members(make):
        cells = bp.neurons.LIF(2)
        return bp.Network(cells=cells, **make(cells))

    def run_of(make, jit, inputs=()):
        net = with_members(make)
        runner = bp.DSRunner(net, jit=jit, inputs=inputs, monitors=['cells.V', 'cells.input'], progress_bar=False)
        runner.run(10.0)
        assert runner._core is None
        return runner.mon

    def poisson(variable, kind=bp.synapses.PoissonInput):
        return kind(variable, 50, 100.0, 1.0, seed=5)

    times = [('cells.input', lambda s: 2.0, 'func', '*')]
    for make, inputs in (
        (lambda cells: {'a': poisson(cells.input, Twice)}, ()),
        (lambda cells: {'a': poisson(cells.V)}, ()),
        (lambda cells: {'a': poisson(bp.neurons.LIF(2).input)}, ()),
        (lambda cells: {'a': bp.Network(poisson(cells.input))}, ()),
        (lambda cells: {'o': Own(cells, cells), 'a': poisson(cells.input)}, ()),
        (lambda cells: {'a': poisson(cells.input)}, times),
    ):
        assert_equal(run_of(make, True, inputs), run_of(make, False, inputs))
    own = run_of(lambda cells: {'o': Own(cells, cells), 'a': poisson(cells.input)}, True)
    assert (own['cells.input'] >= 1.0).all() and (own['cells.input'] > 1.0).any()  # in the order of the members


def test_poisson_inputs_onto_a_group_that_leaves_the_core():
    cells = bp.neurons.LIF(2)
    net = bp.Network(cells=cells, poisson=bp.synapses.PoissonInput(cells.input, 50, 100.0, 10.0, seed=5))
    bp.DSRunner(net, progress_bar=False).run(1.0)
    V, before = cells.V, cells.V.value
    cells.integral = bp.odeint(cells.derivative)
    assert cells.V is V and np.array_equal(V, before)
    runner = bp.DSRunner(net, monitors={'V': V, 'input': cells.input}, progress_bar=False)
    runner.run(5.0)
    assert runner._core is None and runner.mon.input.any() and (runner.mon.V[-1] > before).all()
