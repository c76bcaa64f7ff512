# SPDX-License-Identifier: Apache-2.0
"""Numbers of the synapses: tables of BrainPy 2.4, connections, weights, delays, plasticity; the core against NumPy."""

import numpy as np
import pytest

import bouton as bp
import bouton.math as bm

S = bp.synapses


@pytest.fixture
def compat():
    bm.set_compat('brainpy_2_4')
    yield
    bm.set_compat(None)


def spikes_at(num, entries):
    """A group that emits the given (step, neuron) of steps of 0.1 ms."""
    return bp.neurons.SpikeTimeGroup(num, [(step - 0.5) * 0.1 for step, _ in entries], [i for _, i in entries])


def run(pre, syn, post, steps, monitors, inputs=()):
    net = bp.Network(pre=pre, syn=syn, post=post)
    runner = bp.DSRunner(net, inputs=inputs, monitors=monitors, progress_bar=False, dt=0.1)
    runner.run((steps + 0.5) * 0.1)
    return runner.mon


# step, g and I of AMPA, g and I of GABAa, g, x and I of BioNMDA: defaults, spikes at 10, 13 and 40, V = -65 + step
TABLE = np.array(
    [
        (11, 0.04739455424623803, 1.0749084903046784, 0.05116224953855801, -0.05320873952010033, 0,
         0.09286134904996146, 0),
        (12, 0.09171771394681538, 2.0416363124561103, 0.09881793529924729, -0.10672337012318708, 0.018391699050942577,
         0.17278785287885476, 0.01464073800679311),
        (14, 0.17193311531283076, 3.6828073300008346, 0.18455447648692397, -0.2140831927248318, 0.09635604305522578,
         0.3007922426039824, 0.08246383946392857),
        (18, 0.30344609304487097, 5.990025876705753, 0.32348093051749427, -0.42699482828309243, 0.3273531335308438,
         0.46587052539186524, 0.3207523104034572),
        (19, 0.29803292801004344, 5.757996169154039, 0.35247240914557737, -0.47936247643798524, 0.3868533905176166,
         0.44314975176034926, 0.391239080012142),
        (41, 0.23838128957206642, 2.4028833988864293, 0.3597448817313244, -0.8058285350781667, 0.8075268242801957,
         0.22633548929050787, 1.168221446420684),
        (69, 0.2299972357241112, -0.3863953560165068, 0.38525944115358773, -1.294471722276055, 0.9403766574703656,
         0.12800988720522016, -0.4469804117150446),
    ]
)  # fmt: skip


@pytest.mark.parametrize('model', ['AMPA', 'GABAa', 'BioNMDA'])
def test_documented_traces(compat, model):
    pre, post = spikes_at(1, [(10, 0), (13, 0), (40, 0)]), bp.neurons.LeakyIntegrator(1)
    syn = getattr(S, model)(pre, post, bp.conn.One2One())
    monitors = ['syn.g', 'post.input'] + (['syn.x'] if model == 'BioNMDA' else [])
    V = (-65.0 + np.arange(70))[:, None]
    mon = run(pre, syn, post, 70, monitors, inputs=[('post.V', V, 'iter', '=')])
    steps = TABLE[:, 0].astype(int)
    assert not mon['syn.g'][:11].any()
    first = {'AMPA': 1, 'GABAa': 3, 'BioNMDA': 5}[model]
    np.testing.assert_allclose(mon['syn.g'][steps, 0], TABLE[:, first], rtol=1e-12)
    np.testing.assert_allclose(
        mon['post.input'][steps, 0], TABLE[:, 7 if model == 'BioNMDA' else first + 1], rtol=1e-12
    )
    if model == 'BioNMDA':
        np.testing.assert_allclose(mon['syn.x'][steps, 0], TABLE[:, 6], rtol=1e-12)


W = np.array([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6], [0.7, 0.8, 0.9], [1, 1.1, 1.2]])
MASK = np.array([[1, 0, 1], [0, 1, 0], [1, 1, 1], [0, 0, 1]], bool)


@pytest.mark.parametrize(
    ('conn', 'g_max', 'method', 'expected'),
    [
        (MASK, 0.5, 'dense', [0.17391938341847102, 0.17391938341847102, 0.26244418055073804]),
        (MASK, W, 'dense', [0.14101363324241464, 0.22703426169783125, 0.4230408997272439]),
        (MASK, 0.5, 'sparse', [0.17391938341847102, 0.17391938341847102, 0.26244418055073804]),
        (MASK, W[MASK], 'sparse', [0.14101363324241464, 0.22703426169783125, 0.4230408997272439]),
        (MASK, W, 'sparse', [0.14101363324241464, 0.22703426169783125, 0.4230408997272439]),
        (bp.conn.All2All(), 0.5, 'dense', [0.34783876683694204] * 3),
        (bp.conn.All2All(), W, 'dense', [0.3863788965359119, 0.45594664990330036, 0.5255144032706887]),
    ],
)
@pytest.mark.parametrize('way', ['core', 'numpy'])
def test_connections_and_weights(compat, conn, g_max, method, expected, way):
    pre, post = spikes_at(4, [(3, 0), (3, 1), (5, 2), (5, 3)]), bp.neurons.LeakyIntegrator(3)
    syn = (S.AMPA if way == 'core' else OwnAMPA)(
        pre, post, conn, g_max=g_max, comp_method=method, output=bp.synouts.CUBA()
    )
    mon = run(pre, syn, post, 20, ['syn.g', 'post.input'])
    g = [0.170789172572408, 0.170789172572408, 0.17704959426453407, 0.17704959426453407]
    np.testing.assert_allclose(mon['syn.g'][19], g, rtol=1e-12)
    np.testing.assert_allclose(mon['post.input'][19], expected, rtol=1e-12)


@pytest.mark.parametrize('way', ['core', 'numpy'])
def test_all_to_all_without_self(way):
    model = S.AMPA if way == 'core' else OwnAMPA
    for num_post, g_max, expected in (
        (3, 0.5, [0.17391938, 0.17391938, 0.17078917]),
        (2, 0.5, [0.17391938, 0.17391938]),
        (4, 0.5, [0.17391938, 0.17391938, 0.17078917, 0.25931397]),
        (3, W[:3], [0.1922503850, 0.1757975099, 0.1537102553]),
    ):
        pre, post = spikes_at(3, [(3, 0), (3, 1), (5, 2)]), bp.neurons.LeakyIntegrator(num_post)
        conn = bp.conn.All2All(include_self=False)
        syn = model(pre, post, conn, g_max=g_max, output=bp.synouts.CUBA())
        np.testing.assert_allclose(run(pre, syn, post, 20, ['post.input'])['post.input'][19], expected, rtol=3e-8)


@pytest.mark.parametrize(
    ('delay', 'first'),
    [
        (None, [6] * 4),
        (0, [6] * 4),
        (1, [7] * 4),
        (np.int16(2), [8] * 4),
        (10.0, [16] * 4),
        (np.array([0, 1, 2, 10]), [6, 7, 8, 16]),
        ([0, 1, 2, 10], [6, 7, 8, 16]),
        (lambda shape: np.full(shape, 4), [10] * 4),
    ],
)
@pytest.mark.parametrize('way', ['core', 'numpy'])
def test_delays(delay, first, way):
    pre, post = spikes_at(4, [(5, i) for i in range(4)]), bp.neurons.LeakyIntegrator(4)
    syn = (S.AMPA if way == 'core' else OwnAMPA)(pre, post, bp.conn.One2One(), delay_step=delay)
    g = run(pre, syn, post, 20, ['syn.g'])['syn.g']
    assert (g > 0).argmax(0).tolist() == first


def test_several_delays_on_one_group():
    pre, post = spikes_at(1, [(5, 0)]), bp.neurons.LeakyIntegrator(1)
    synapses = {f's{k}': S.AMPA(pre, post, bp.conn.All2All(), delay_step=k) for k in (2, 7, None)}
    net = bp.Network(pre=pre, post=post, **synapses)
    runner = bp.DSRunner(net, monitors=[f'{name}.g' for name in synapses], progress_bar=False)
    runner.run(2.0)
    assert [(runner.mon[f'{name}.g'][:, 0] > 0).argmax() for name in synapses] == [8, 13, 6]


PLASTICITY = [
    (0, 1, 1, 0.16498950034444895),
    (11, 0.9299999999999999, 0.5674163660829596, 0.4325836339170403),
    (14, 0.8650000237385436, 0.2511404088248437, 0.5581140321364073),
    (41, 0.8061382201530388, 0.008265706733869504, 0.9697245989411364),
    (69, 0.8088333749664839, 0.022053248849003258, 1.3875243785791187),
]


@pytest.mark.parametrize('way', ['core', 'numpy'])
def test_plasticity(compat, way):
    model = S.AMPA if way == 'core' else OwnAMPA
    for stp, names in ((bp.synplast.STD(), ['x']), (bp.synplast.STP(), ['x', 'u'])):
        pre, post = spikes_at(1, [(10, 0), (13, 0), (40, 0)]), bp.neurons.LeakyIntegrator(1)
        syn = model(pre, post, bp.conn.All2All(), stp=stp, output=bp.synouts.CUBA())
        mon = run(pre, syn, post, 70, [*(f'syn.stp.{name}' for name in names), 'post.input', 'syn.g'])
        for step, x_std, x, u in PLASTICITY:
            if names == ['x']:
                np.testing.assert_allclose(mon['syn.stp.x'][step], x_std, rtol=1e-12)
                factor = x_std
            else:
                np.testing.assert_allclose(mon['syn.stp.x'][step], x, rtol=1e-9)
                np.testing.assert_allclose(mon['syn.stp.u'][step], u, rtol=1e-12)
                factor = x * u
            np.testing.assert_allclose(mon['post.input'][step], 0.42 * mon['syn.g'][step] * factor, rtol=1e-10)


def test_corrected_facilitation():
    """Without the switch, u decays to 0 between spikes."""
    pre, post = spikes_at(1, [(10, 0)]), bp.neurons.LeakyIntegrator(1)
    for model in (S.AMPA, OwnAMPA):
        syn = model(pre, post, bp.conn.All2All(), stp=bp.synplast.STP(U=0.2, tau_f=10.0))
        u = run(pre, syn, post, 50, ['syn.stp.u'])['syn.stp.u'][:, 0]
        old = 0.2 * np.exp(-0.11)
        np.testing.assert_allclose(u[10], old, rtol=1e-12)
        np.testing.assert_allclose(u[11], 0.2 * np.exp(-0.12) + 0.2 * (1 - old), rtol=1e-12)
        pre.reset_state()


class OwnAMPA(S.AMPA):
    def dg(self, g, t, TT):
        return self.alpha * TT * (1 - g) - self.beta * g


class OwnGABAa(S.GABAa):
    def dg(self, g, t, TT):
        return self.alpha * TT * (1 - g) - self.beta * g


class OwnBioNMDA(S.BioNMDA):
    def dg(self, g, t, x):
        return self.alpha1 * x * (1 - g) - self.beta1 * g


@pytest.mark.parametrize('seed', range(12))
def test_core_and_numpy_agree_on_random_networks(seed):
    """Every receptor, connector, output, plasticity and form of weights and delays."""
    draw = np.random.default_rng(seed)
    num_pre, num_post = (int(draw.integers(1, 9)) for _ in range(2))
    if seed % 4 == 1:
        num_post = num_pre
    batch = None if seed % 3 else 2
    mode = bm.NonBatchingMode() if batch is None else bm.BatchingMode(batch)
    connector = [
        bp.conn.All2All,
        bp.conn.One2One,
        lambda: bp.conn.FixedProb(0.4, seed=seed),
        lambda: bp.conn.All2All(include_self=False),
    ][seed % 4]
    shape = (num_pre,) if seed % 4 == 1 else (num_pre, num_post)
    stp = [lambda: None, bp.synplast.STD, lambda: bp.synplast.STP(U=0.2, tau_f=20.0, tau_d=50.0)][draw.integers(3)]
    output = [bp.synouts.CUBA, lambda: bp.synouts.COBA(E=-70.0), bp.synouts.MgBlock][draw.integers(3)]
    options = {
        'g_max': float(draw.random()) if draw.random() < 0.5 else draw.random(shape),
        'delay_step': [None, 3, draw.integers(0, 5, num_pre)][draw.integers(3)],
        'method': ['exp_auto', 'rk4', 'euler'][draw.integers(3)],
        'comp_method': 'dense',
    }
    for builtin, own in ((S.AMPA, OwnAMPA), (S.GABAa, OwnGABAa), (S.BioNMDA, OwnBioNMDA)):
        recorded = []
        for model in (builtin, own):
            bm.random.seed(seed)
            np.random.seed(seed)
            pre = bp.neurons.LIF(num_pre, mode=mode, V_th=1.0, V_initializer=bp.init.Uniform(-5.0, 1.0, seed=seed))
            post = bp.neurons.LIF(num_post, mode=mode, V_th=1.0)
            syn = model(pre, post, connector(), output=output(), stp=stp(), mode=mode, **options)
            assert (syn._core_part is None) == (model is own)
            net = bp.Network(pre=pre, syn=syn, post=post)
            current = np.random.default_rng(seed).uniform(0, 6, num_pre)
            monitors = ['syn.g', 'post.input', 'post.V', 'syn.spike_arrival_time']
            runner = bp.DSRunner(
                net, inputs=[('pre.input', current)], monitors=monitors, progress_bar=False, data_first_axis='T'
            )
            runner.run(15.0)
            recorded.append({name: np.array(runner.mon[name]) for name in monitors})
        for name, values in recorded[0].items():
            np.testing.assert_allclose(values, recorded[1][name], rtol=1e-9, atol=1e-11, err_msg=name)


# Values of BrainPy 2.4: spikes of neuron 0 in steps 2 and 7 and of neuron 1 in step 5, weights as below; g (and h or x)
# in steps 3, 4, 6, 8 and 18.
WEIGHTS = np.array([[0.5, 1.0, 0.2], [0.3, 0.0, 2.0]])
ABSTRACT = {
    'Exponential': (
        'g',
        [
            [0.5, 1.0, 0.2],
            [0.4937889, 0.9875778, 0.19751556],
            [0.78159721, 0.96319442, 2.19263888],
            [1.26229951, 1.93941306, 2.33850244],
            [1.1139754, 1.71152602, 2.06372116],
        ],
    ),
    'DualExponential': (
        'g',
        [[0, 0], [0.09950166, 0], [0.26813345, 0], [0.40250121, 0.18854443], [1.37149338, 0.6839465]],
    ),
    'Alpha': ('h', [[1, 0], [0.99004983, 0], [0.97044553, 1], [1.95122942, 0.98019867], [1.76554539, 0.88692044]]),
    'NMDA': ('g', [[0, 0], [0.0487464, 0], [0.13287636, 0], [0.20239257, 0.09286087], [0.60736691, 0.36806894]]),
}


@pytest.mark.parametrize('model', ABSTRACT)
def test_abstract_synapses(model):
    pre, post = spikes_at(2, [(2, 0), (5, 1), (7, 0)]), bp.neurons.LeakyIntegrator(3)
    syn = getattr(S, model)(pre, post, np.ones((2, 3)), g_max=WEIGHTS, comp_method='dense')
    name, expected = ABSTRACT[model]
    mon = run(pre, syn, post, 19, [f'syn.{name}', 'post.input'])
    np.testing.assert_allclose(mon[f'syn.{name}'][[3, 4, 6, 8, 18]], expected, atol=6e-9)
    syn.g.value = bm.zeros(syn.g.shape)
    assert not np.any(syn.g)
    if model == 'Exponential':
        with pytest.raises(ValueError, match='nothing but 0 can be written'):
            syn.g[0] = 1.0
    syn.reset_state()
    assert not np.any(getattr(syn, name))


def test_exponential_with_depression():
    pre, post = spikes_at(2, [(2, 0), (5, 1), (7, 0)]), bp.neurons.LeakyIntegrator(3)
    syn = S.Exponential(pre, post, np.ones((2, 3)), g_max=WEIGHTS, comp_method='dense', stp=bp.synplast.STD())
    g = run(pre, syn, post, 19, ['syn.g'])['syn.g']
    expected = [[0.465, 0.93, 0.186], [0.7268854, 0.89577081, 2.03915416], [1.00734465, 1.53441426, 1.90779969]]
    np.testing.assert_allclose(g[[3, 6, 18]], expected, atol=6e-9)


def test_delta():
    pre, post = spikes_at(2, [(2, 0), (5, 1), (7, 0)]), bp.neurons.LeakyIntegrator(3)
    syn = S.Delta(pre, post, np.ones((2, 3)), g_max=WEIGHTS, comp_method='dense')
    V = run(pre, syn, post, 19, ['post.V'])['post.V']
    np.testing.assert_allclose(V[3], [0.49502492, 0.99004983, 0.19800997], atol=6e-9)
    np.testing.assert_allclose(V[18], [1.13741759, 1.74797792, 2.10578645], atol=6e-9)
    post = Membrane([0.0, 0.0, 0.0])
    post.refractory = bm.Variable(bm.array([True, False, False]))
    held = S.Delta(pre, post, bp.conn.All2All(), g_max=WEIGHTS, post_ref_key='refractory', output=bp.synouts.CUBA())
    held.update({'t': 0.0, 'dt': 0.1}, np.array([True, True]))
    np.testing.assert_allclose(post.input, [0, 1, 2.2])


class Membrane(bp.NeuGroupNS):
    def __init__(self, V):
        super().__init__(len(V))
        self.V = bm.Variable(bm.asarray(V, dtype=float))
        self.input = bm.Variable(bm.zeros(len(V)))
        self.spike = bm.Variable(bm.zeros(len(V), dtype=bool))

    def update(self, x=None):
        pass


@pytest.mark.parametrize('method', ['dense', 'sparse'])
def test_gap_junctions(method):
    pre, post = Membrane([1.0, 2.0]), Membrane([10.0, 20.0, 40.0])
    mask = np.array([[1, 1, 0], [0, 1, 1]])
    S.GapJunction(pre, post, mask, g_max=WEIGHTS, comp_method='dense').update({'t': 0.0, 'dt': 0.1})
    np.testing.assert_allclose(post.input, [-4.5, -19, -76])
    np.testing.assert_allclose(pre.input, [23.5, 76])
    cells = Membrane([1.0, 2.0, 5.0])
    S.GapJunction(cells, cells, bp.conn.All2All(), g_max=2.0, comp_method=method).update({'t': 0.0, 'dt': 0.1})
    np.testing.assert_allclose(cells.input, [20, 8, -28])


def test_couplings():
    x, y, out = bm.Variable(bm.array([1.0, 2.0])), bm.Variable(bm.array([10.0, 20.0, 40.0])), bm.Variable(bm.zeros(3))
    S.DiffusiveCoupling(x, y, out, WEIGHTS).update()
    np.testing.assert_allclose(out, [-6.9, -19, -83.8])
    own = bm.Variable(bm.zeros(2))
    S.AdditiveCoupling(x, [own], [[0.5, 1.0], [0.3, 0.0]]).update()
    np.testing.assert_allclose(own, [1.1, 1.0])
    with pytest.raises(ValueError, match=r'i.e., \(2, 2\), while we got \(2, 3\).'):
        S.AdditiveCoupling(x, own, WEIGHTS)

    class Ramp(bp.DynamicalSystemNS):
        def __init__(self):
            super().__init__()
            self.x = bm.Variable(bm.array([1.0, 10.0]))
            self.out = bm.Variable(bm.zeros(2))

        def update(self):
            self.x += 1.0

        def clear_input(self):
            self.out[...] = 0.0

    expected = np.array([[-1.0, -10], [-2, -11], [7, -11], [7, -11], [7, -11]])
    for delay in (2, np.full((2, 2), 2)):
        ramp = Ramp()
        coupling = S.DiffusiveCoupling(ramp.x, ramp.x, ramp.out, [[0, 1.0], [1.0, 0]], delay_steps=delay)
        net = bp.Network(ramp=ramp, coupling=coupling)
        runner = bp.DSRunner(net, monitors=['ramp.out'], progress_bar=False)
        runner.run(0.5)
        np.testing.assert_allclose(runner.mon['ramp.out'], expected)


def test_poisson_input():
    group = bp.neurons.LIF(20_000)
    source = S.PoissonInput(group.input, num_input=100, freq=50.0, weight=0.5, seed=1)
    source.update({'t': 0.0, 'dt': 0.1})
    mean = 100 * 50 * 1e-4 * 0.5
    assert abs(group.input.mean() / mean - 1) < 0.05
    assert abs(group.input.var() / (0.5 * mean) - 1) < 0.1
