# SPDX-License-Identifier: Apache-2.0
"""What a neuron group offers: construction, stepping by hand, modes, resetting, views, groups that emit spikes."""

import inspect

import numpy as np
import pytest

import bouton as bp
import bouton.math as bm

N = bp.neurons


def step(group, i=0, x=None, dt=0.1):
    bp.share.save(t=i * dt, i=i, dt=dt)
    return group.update() if x is None else group.update(x)


def test_signatures():
    """Positional order and defaults are those of BrainPy 2.4."""

    def order(model):
        return list(inspect.signature(model.__init__).parameters)[1:]

    assert order(N.HH) == [
        'size', 'keep_size', 'ENa', 'gNa', 'EK', 'gK', 'EL', 'gL', 'V_th', 'C', 'V_initializer', 'm_initializer',
        'h_initializer', 'n_initializer', 'noise', 'method', 'name', 'input_var', 'mode',
    ]  # fmt: skip
    assert order(N.LIF) == [
        'size', 'keep_size', 'V_rest', 'V_reset', 'V_th', 'R', 'tau', 'tau_ref', 'V_initializer', 'noise', 'mode',
        'spike_fun', 'input_var', 'ref_var', 'method', 'name',
    ]  # fmt: skip
    assert order(N.Izhikevich) == [
        'size', 'a', 'b', 'c', 'd', 'V_th', 'tau_ref', 'V_initializer', 'u_initializer', 'noise', 'method', 'mode',
        'spike_fun', 'keep_size', 'input_var', 'ref_var', 'name',
    ]  # fmt: skip
    hh = N.HH(2)
    assert (hh.ENa, hh.gNa, hh.EK, hh.gK, hh.EL, hh.gL, hh.V_th, hh.C) == (50, 120, -77, 36, -54.387, 0.03, 20, 1)


@pytest.mark.parametrize('size', [3, np.int32(3), (2, 3), [2, 3]])
@pytest.mark.parametrize('keep_size', [False, True])
def test_shapes(size, keep_size):
    group = N.LIF(size, keep_size=keep_size, tau=bp.init.Uniform(5.0, 20.0))
    expected = tuple(np.atleast_1d(size)) if keep_size else (int(np.prod(size)),)
    assert group.varshape == group.V.shape == group.input.shape == group.spike.shape == group.tau.shape == expected
    spike = step(group, x=bm.ones(expected) * 5)
    assert spike.shape == expected and spike.dtype == bool
    np.testing.assert_allclose(group.V, 5 * (1 - np.exp(-0.1 / group.tau)), rtol=1e-12)


@pytest.mark.parametrize(
    'value', [2.0, 2, np.float32(2), np.int16(2), np.array(2.0), np.array([2.0]), [2.0], bm.array([2.0])]
)
def test_every_kind_of_number_is_one(value):
    group = N.LIF(3, R=value, V_initializer=value)
    np.testing.assert_array_equal(group.V, [2, 2, 2])
    assert group.R == 2


def test_starts_and_parameters():
    group = N.LIF(3, V_initializer=lambda shape: bm.arange(shape[0]) * 1.0, V_th=np.array([1.0, 2.0, 3.0]))
    np.testing.assert_array_equal(group.V, [0, 1, 2])
    group.V_th = 1.5
    np.testing.assert_array_equal(step(group), [False, False, True])
    group.V[...] = [2.0, 1.0, 1.0]
    group.V_th = [1.9, 0.5, 3.0]
    np.testing.assert_array_equal(step(group, 1), [True, True, False])
    assert N.LIF(1).derivative(1.0, 0.0, 5.0) == 0.4
    assert N.FHN(1).derivative(0.0, 1.0, 0.0, 2.0)[0] == 1.0
    with pytest.raises(ValueError, match=r'should be \(3,\), but we got \(2,\)'):
        group.V_th = [1.0, 2.0]
    np.testing.assert_array_equal(group.V_th, [1.9, 0.5, 3.0])
    with pytest.raises(ValueError, match='tau'):
        group.tau = -1.0
    assert group.tau == 10.0
    hh = N.HH(2, V_initializer=bm.asarray([-65.0, -50.0]), h_initializer=0.3)
    np.testing.assert_allclose(hh.m, hh.m_inf(np.array([-65.0, -50.0])), rtol=1e-14)
    np.testing.assert_array_equal(hh.h, [0.3, 0.3])
    np.testing.assert_array_equal(N.Izhikevich(1, b=0.25).u, [-17.5])


def test_random_starts_follow_the_seed_and_not_the_name():
    bm.random.seed(4)
    first = N.HH(5, name='first_cell')
    bm.random.seed(4)
    second = N.HH(5)
    np.testing.assert_array_equal(first.V, second.V)
    assert ((first.V >= -70) & (first.V < -60)).all()
    before = first.V.value
    first.reset_state()
    assert (first.V != before).all()
    np.testing.assert_allclose(first.m, first.m_inf(first.V.value), rtol=1e-14)


def test_input_var():
    group = N.LIF(2, input_var=False)
    assert not hasattr(group, 'input')
    step(group, 0, 10.0)
    V = group.V.value
    np.testing.assert_allclose(V, 10 * (1 - np.exp(-0.01)), rtol=1e-12)
    step(group, 1)
    np.testing.assert_allclose(group.V, V * np.exp(-0.01), rtol=1e-12)
    group.clear_input()
    other = N.LIF(2)
    with pytest.raises(KeyError, match='Post-synaptic group does not have target variable: input'):
        bp.synapses.AMPA(other, group, bp.conn.All2All())

    other.input += 3.0
    step(other, 0, 1.0)
    np.testing.assert_array_equal(other.input, [4, 4])
    other.clear_input()
    np.testing.assert_array_equal(other.input, [0, 0])


def test_refractory_variable():
    group = N.LIF(1, V_th=1.0, tau_ref=1.0, ref_var=True)
    held, spikes = [], []
    for i in range(60):
        spikes.append(step(group, i, 50.0)[0])
        held.append(group.refractory[0])
        group.clear_input()
    steps = np.flatnonzero(spikes)
    assert set(np.diff(steps)) == {22}
    assert sum(held[steps[0] : steps[1]]) == 11
    assert not hasattr(N.LIF(1, tau_ref=1.0), 'refractory')


@pytest.mark.parametrize('mode', [bm.BatchingMode(4), bm.TrainingMode(4)])
def test_batches(mode):
    group = N.LIF((2, 3), mode=mode, V_initializer=bp.init.Uniform(0.0, 1.0, seed=1))
    assert group.V.shape == (4, 6) and group.V.batch_axis == 0
    assert len(np.unique(group.V)) == 24
    step(group, x=bm.ones(6))
    group.reset_state(7)
    assert group.V.shape == group.input.shape == group.spike.shape == (7, 6)
    step(group)
    group.reset_state()
    assert group.V.shape == (7, 6)
    fixed = N.LIF(3, mode=mode, V_initializer=bm.asarray([1.0, 2.0, 3.0]))
    np.testing.assert_array_equal(fixed.V, np.tile([1.0, 2.0, 3.0], (4, 1)))


def test_errors():
    with pytest.raises(NotImplementedError, match=r'HH does not support TrainingMode\(batch_size=1\). We only support'):
        N.HH(1, mode=bm.training_mode)
    with pytest.raises(ValueError, match='batch_axis=None'):
        N.LIF(3).reset_state(7)
    with pytest.raises(ValueError, match=r'\(3,\).*\(4,\)'):
        N.LIF(3, V_initializer=bm.zeros(4))
    with pytest.raises(ValueError, match='tau'):
        N.LIF(3, tau=0.0)
    with pytest.raises(TypeError, match='made of numbers'):
        N.LIF(3, V_th='high')
    with pytest.raises(ValueError, match='foo'):
        N.LIF(3, method='foo')
    with pytest.raises(ValueError):
        N.LIF('x')
    with pytest.raises(ValueError, match='The shape of the original data is'):
        group = N.LIF(3)
        group.V = bm.zeros(4)
    with pytest.raises(KeyError, match='Cannot found shared data of t.'):
        bp.share.clear_shargs()
        N.LIF(3).update()


def test_noise():
    bm.random.seed(1)
    group = N.LIF(5000, noise=0.5, V_th=1e6, name='noisy')
    for i in range(100):
        step(group, i)
    first = group.V.value
    exact = 0.5 * np.sqrt(5 * (1 - np.exp(-2)))
    assert abs(group.V.std() / exact - 1) < 0.05
    for seed in (1, 2):
        del group
        bm.random.seed(seed)
        group = N.LIF(5000, noise=[0.5], V_th=1e6, name='noisy')
        for i in range(100):
            step(group, i)
        assert np.array_equal(group.V, first) == (seed == 1)
    assert (N.LIF(3, noise=bm.asarray([0.0, 1.0, 2.0])).noise == [0, 1, 2]).all()


def test_subclasses_of_built_in_neurons():
    class Twice(N.LIF):
        def update(self, x=None):
            self.input *= 2.0
            return super().update(x)

    class Slow(N.LIF):
        def derivative(self, V, t, I):
            return (-V + I) / 100.0

    class Set(N.HH):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            equations = bp.JointEq(self.dV, self.dm, self.dh, self.dn)
            self.integral = bp.odeint(equations, method='rk4')

    bm.random.seed(2)
    own = Set(3)
    bm.random.seed(2)
    built_in = N.HH(3, method='rk4')
    assert own._core_part is None
    for i in range(20):
        for group in (own, built_in):
            step(group, i, 10.0)
            group.clear_input()
    np.testing.assert_allclose(own.V, built_in.V, rtol=1e-10)

    twice, slow = Twice(1), Slow(1)
    assert twice._core_part is not None and slow._core_part is None
    twice.input += 5.0
    step(twice)
    np.testing.assert_allclose(twice.V, 10 * (1 - np.exp(-0.01)), rtol=1e-12)
    step(slow, x=5.0)
    np.testing.assert_allclose(slow.V, 5 * (1 - np.exp(-0.001)), rtol=1e-12)


@pytest.mark.parametrize(
    ('index', 'numbers'),
    [
        (2, [2]),
        (-1, [9]),
        (slice(2, 5), [2, 3, 4]),
        (slice(None, None, -3), [9, 6, 3, 0]),
        ([1, 7], [1, 7]),
        (np.array([7, 1]), [7, 1]),
        (np.arange(10) % 4 == 0, [0, 4, 8]),
    ],
    ids=str,
)
def test_views(index, numbers):
    group = N.LIF(10, V_initializer=lambda shape: bm.arange(shape[0]) * 1.0)
    view = group[index]
    assert view.num == len(numbers)
    np.testing.assert_array_equal(np.reshape(view.V, -1), numbers)
    view.V[...] = -1.0
    assert np.flatnonzero(group.V.value == -1.0).tolist() == sorted(numbers)
    pre = N.SpikeTimeGroup(1, [0.0], [0])
    syn = bp.synapses.AMPA(pre, view, bp.conn.All2All(), output=bp.synouts.CUBA(), g_max=1.0)
    net = bp.Network(pre=pre, group=group, syn=syn)
    runner = bp.DSRunner(net, monitors=['group.input'], progress_bar=False)
    runner.run(0.2)
    assert np.flatnonzero(runner.mon['group.input'][1]).tolist() == sorted(numbers)


def test_view_as_pre():
    pre = N.SpikeTimeGroup(5, [0.0, 0.0], [1, 3])
    post = N.LIF(2)
    syn = bp.synapses.AMPA(pre[1:3], post, bp.conn.One2One(), output=bp.synouts.CUBA(), delay_step=1)
    net = bp.Network(pre=pre, post=post, syn=syn)
    runner = bp.DSRunner(net, monitors=['syn.g'], progress_bar=False)
    runner.run(0.5)
    assert (runner.mon['syn.g'] > 0).sum(0).tolist() == [3, 0]


# ---- groups that emit spikes ----


def test_spike_times():
    times, indices = [0.65, 0.3, 0.3, 0.31, -1.0, 0.65], [0, 1, 2, 1, 0, 0]
    group = N.SpikeTimeGroup(3, times, indices)
    spikes = np.array([step(group, i) for i in range(10)])
    assert np.argwhere(spikes).tolist() == [[0, 0], [3, 1], [3, 2], [4, 1], [7, 0]]
    assert not np.any(step(group, 0))
    group.reset_state()
    assert step(group, 0).tolist() == [True, False, False]
    with pytest.raises(ValueError, match='must be the same. However, we got 1 != 2.'):
        N.SpikeTimeGroup(2, [1.0, 2.0], [0])
    with pytest.raises(IndexError, match='indices'):
        N.SpikeTimeGroup(2, [1.0], [2])
    with pytest.raises(NotImplementedError):
        N.SpikeTimeGroup(2, [1.0], [0], keep_size=True)


def test_poisson():
    group = N.PoissonGroup(1000, freqs=100.0, seed=3)
    count = sum(int(step(group, i).sum()) for i in range(1000))
    assert abs(count - 10_000) < 400
    group.reset_state()
    bm.random.seed(1)
    first = step(N.PoissonGroup(50, 5000.0, name='source'), 0).tolist()
    assert step(N.PoissonGroup(50, 5000.0, name='source'), 0).tolist() != first
    bm.random.seed(1)
    assert step(N.PoissonGroup(50, 5000.0, name='source'), 0).tolist() == first
    fast = N.PoissonGroup(3, [0.0, 1e4, 0.0])
    assert step(fast).tolist() == [False, True, False]
    fast.freqs = [1e4, 0.0, 0.0]
    assert step(fast, 1).tolist() == [True, False, False]
    with pytest.raises(ValueError, match='freqs'):
        N.PoissonGroup(3, -1.0)


def test_pass_through_groups():
    for group in (N.InputGroup(3), N.OutputGroup(3)):
        assert group.spike is None
        assert group(5) == 5
    post = N.LIF(3)
    bp.synapses.AMPA(group, post, bp.conn.One2One())
    with pytest.raises(ValueError, match='"delay_target" must be an instance of Variable'):
        bp.synapses.AMPA(group, post, bp.conn.One2One(), delay_step=1)


@pytest.mark.parametrize('name', [name for name in N.__all__ if not name.startswith(('Fractional', 'Input', 'Output'))])
def test_the_core_steps_every_built_in_group(name):
    options = {'SpikeTimeGroup': ([1.0], [0]), 'PoissonGroup': (10.0,)}.get(name, ())
    group = getattr(N, name)(2, *options)
    assert group._is_core_only()
    assert getattr(group, group._core_output).shape == (2,)


@pytest.mark.parametrize('model', [bp.neurons.AdExIF, bp.neurons.QuaIF])
def test_refractory_periods_can_be_recorded(model):
    group = model(2, tau_ref=1.5, V_initializer=bp.init.Constant(-65.0))
    runner = bp.DSRunner(group, monitors=['spike', 'refractory'], inputs=('input', 25.0), progress_bar=False)
    runner.run(30.0)
    first = np.flatnonzero(runner.mon.spike[:, 0])[0]
    assert np.flatnonzero(runner.mon.refractory[:, 0])[:16].tolist() == list(range(first, first + 16))
    assert not hasattr(model(2), 'refractory')


@pytest.mark.parametrize('method', ['x', None, 3, 'milstein'])
def test_unknown_methods(method):
    group = bp.neurons.LIF(2)
    for build in (
        lambda: bp.neurons.LIF(2, method=method),
        lambda: bp.synapses.AMPA(group, group, bp.conn.All2All(), method=method),
        lambda: bp.synapses.NMDA(group, group, bp.conn.All2All(), method=method),
        lambda: bp.synplast.STD(method=method),
    ):
        with pytest.raises(ValueError, match='Unknown ODE numerical method|Only support the string name'):
            build()


@pytest.mark.parametrize('mode', [bm.nonbatching_mode, bm.training_mode])
def test_spike_functions_are_functions(mode):
    for wrong in ('x', 3.0, [bm.surrogate.sigmoid]):
        with pytest.raises(ValueError, match='spike_fun should be a callable function'):
            bp.neurons.LIF(2, spike_fun=wrong, mode=mode)


def test_poisson_spikes_follow_the_seed_and_not_the_name():
    def spikes(**options):
        group = bp.neurons.PoissonGroup(50, 900.0, **options)
        runner = bp.DSRunner(group, monitors=['spike'], progress_bar=False)
        runner.run(20.0)
        return runner.mon.spike

    given = spikes(seed=5)
    assert np.array_equal(spikes(seed=5, name='another_name'), given)
    assert not np.array_equal(spikes(seed=6), given)
    bm.random.seed(3)
    drawn, next_drawn = spikes(), spikes()
    bm.random.seed(3)
    assert np.array_equal(spikes(), drawn)
    assert not np.array_equal(drawn, next_drawn)
