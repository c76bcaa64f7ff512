# SPDX-License-Identifier: Apache-2.0
"""The equations of the built-in neurons: numbers of BrainPy 2.4, and the core against NumPy."""

import numpy as np
import pytest

import bouton as bp
import bouton.math as bm
from bouton.neurons.base import CoreNeuron

N = bp.neurons


@pytest.fixture
def compat():
    bm.set_compat('brainpy_2_4')
    yield
    bm.set_compat(None)


def at(V):
    return {'V_initializer': bm.asarray([V])}


# model, options, input, V at steps 0, 9, 99, 499 of BrainPy 2.4, number of spikes in 1000 steps and the first of them
TRACES = [
    (N.LIF, {}, 25, [0.248754156271, 2.3790645491, 15.8030139707, 18.882231648], 5, [160, 340, 520, 700, 880]),
    (N.LeakyIntegrator, {}, 5, [0.0497508312542, 0.47581290982, 3.16060279414, 4.966310265], 0, []),
    (N.ExpIF, at(-65.0), 5, [-64.9421852389, -64.4410255671, -60.6742383652, -57.1741067638], 3, [261, 566, 871]),
    (
        N.AdExIF,
        at(-65.0),
        25,
        [-64.7429523128, -62.5091578967, -58.9357292273, -66.2693974235],
        11,
        [59, 136, 218, 305],
    ),
    (N.QuaIF, at(-65.0), 20, [-64.8010463346, -63.0930480794, -47.1234824792, -60.4540584787], 6, [144, 302, 460, 618]),
    (N.AdQuaIF, at(-65.0), 40, [-64.6020926693, -61.1737056953, -62.0707851706, -46.2306275871], 8, [80, 185, 299]),
    (N.GIF, {}, 1.5, [-69.8503743758, -68.536882735, -58.1959197914, -62.2245466205], 4, [219, 439, 659, 879]),
    (N.Izhikevich, {}, 10, [-69.0294088931, -61.6411022688, -64.0011683196, -66.6370287754], 3, [34, 206, 656]),
    (N.HindmarshRose, {}, 3, [-0.7, -0.947718084818, -1.28393173841, -0.767254737639], 11, [32, 86, 143, 206]),
    (N.FHN, {}, 0.8, [0.0841367344605, 1.1864438095, 1.41615127395, 1.0945266823], 3, [16, 382, 747]),
    (N.MorrisLecar, at(-60.0), 100, [-59.5155950639, -55.3669154365, -26.555415, -48.3793969398], 1, [162]),
    (N.WangBuzsakiModel, {}, 2, [-65.0295878372, -63.9565156739, -75.8129533849, -76.54444014], 7, [73, 209, 348, 477]),
    (
        N.HH,
        at(-65.0),
        10,
        [-64.3004696254, -58.3407434252, -70.4198311175, -75.5275179613],
        7,
        [25, 175, 323, 471, 619],
    ),
]


@pytest.mark.parametrize(
    ('model', 'options', 'current', 'V', 'count', 'first'), TRACES, ids=lambda x: getattr(x, '__name__', '')
)
def test_brainpy_2_4_traces(compat, model, options, current, V, count, first):
    group = model(1, **options)
    monitors = ['V', 'spike'] if count else ['V']
    runner = bp.DSRunner(group, inputs=('input', current), monitors=monitors, progress_bar=False, dt=0.1)
    runner.run(100.0)
    np.testing.assert_allclose(runner.mon.V[[0, 9, 99, 499], 0], V, rtol=2e-9)
    if count:
        spikes = np.flatnonzero(runner.mon.spike[:, 0])
        assert len(spikes) == count
        assert spikes[: len(first)].tolist() == first


def test_other_models_agree_with_brainpy_2_4(compat):
    """Values that BrainPy 2.4 gave for single cells, at steps 0, 1, 9 and 99."""

    def run(group, drive, names):
        rows = []
        for i in range(100):
            bp.share.save(t=i * 0.1, i=i, dt=0.1)
            group.update(bm.asarray([drive]))
            if hasattr(group, 'input'):
                group.clear_input()
            rows.append([float(getattr(group, name)[0]) for name in names])
        return np.array(rows)[[0, 1, 9, 99]]

    x = [[0.04975083125415946], [0.09900663346622296], [0.47581290982019964], [3.1606027941427772]]
    np.testing.assert_allclose(run(N.Integrator(1), 5.0, ['x']), x, rtol=1e-12)
    np.testing.assert_allclose(run(N.Integrator(1, input_var=True), 5.0, ['x']), x, rtol=1e-12)
    x = [[0.5], [0.995024916874584], [4.781959394702766], [31.764321464262306]]
    np.testing.assert_allclose(run(N.Leaky(1), 0.5, ['x']), x, rtol=1e-12)
    expected = [
        [-9.92518718789023, -48.99750006249896, 1.0],
        [49.850001245323426, -47.995050248741684, 1.0],
        [517.4428011527793, -39.977255892750634, 1.0],
        [4669.348040490741, 50.00228596790463, 1.0],
    ]
    np.testing.assert_allclose(run(N.ALIFBellec2020(1), 15.0, ['V', 'a', 'spike']), expected, rtol=1e-12)
    start = {'V_rest': 0.0, 'V_th': 1.0, 'V_initializer': bp.init.ZeroInit(), 'a_initializer': bp.init.ZeroInit()}
    expected = [[0.07481281210976519, 0], [0.14925249376247898, 0], [0.731558632489289, 0]]
    held = run(N.ALIFBellec2020(1, tau_ref=1.0, **start), 15.0, ['V', 'a'])
    np.testing.assert_allclose(held, [*expected, [3.414987457659576, 1.9937611317778505]], rtol=1e-12)
    free = run(N.LIF_SFA_Bellec2020(1, **start), 15.0, ['V', 'a'])
    np.testing.assert_allclose(free, [*expected, [3.489593236492288, 2.9930621407078384]], rtol=1e-12)

    expected = [
        [1.6183048894822818, 0.0405732657270045, -5.1905252053101466e-05],
        [1.5683331581457622, 0.06144119020778333, -7.945470526791852e-05],
        [1.5883599850481662, 0.19214113184012463, -0.0002575525453476753],
        [1.2458333163753057, 0.8917934043522207, -0.0014890503419934349],
    ]
    fhr = N.FractionalFHR(1, alpha=0.8, num_memory=50)
    np.testing.assert_allclose(run(fhr, 0.3, ['V', 'w', 'y']), expected, rtol=1e-11)
    expected = [
        [-63.981360427448024, -13.0],
        [-63.137797543093285, -12.999407070526418],
        [-57.67710545999504, -12.98393526714915],
        [-51.67912502818987, -2.7258773627108965],
    ]
    izhikevich = N.FractionalIzhikevich(1, alpha=0.8, num_memory=1000)
    np.testing.assert_allclose(run(izhikevich, 10.0, ['V', 'u']), expected, rtol=1e-11)


def test_hh_at_its_singular_points():
    for V in (-40.0, -55.0, -35.0, -34.0):
        group = N.HH(1, V_initializer=bm.asarray([V]))
        other = N.WangBuzsakiModel(1, V_initializer=bm.asarray([V]))
        bp.share.save(t=0.0, i=0, dt=0.1)
        group.update()
        other.update()
        for cell in (group, other):
            assert all(np.isfinite(v).all() for v in cell.vars(level=0).values())
    assert N.HH.m_alpha(-40.0) == 1.0
    assert N.HH.n_alpha(-55.0) == 0.1


MODELS = [
    getattr(N, name)
    for name in N.__all__
    if issubclass(getattr(N, name), CoreNeuron) and name != 'OUProcess'
]


@pytest.mark.parametrize('mode', ['compat', 'default'])
@pytest.mark.parametrize('method', ['exp_auto', 'rk4'])
@pytest.mark.parametrize('model', MODELS, ids=lambda model: model.__name__)
def test_core_and_numpy_agree(model, method, mode):
    """The same model with an equation written by the user is stepped with NumPy."""
    equation = model._equations[0]
    own = type('Own', (model,), {equation: lambda self, *args: getattr(model, equation)(self, *args)})
    # odeint reads the names of the arguments
    setattr(own, equation, _renamed(getattr(model, equation)))
    bm.set_compat('brainpy_2_4' if mode == 'compat' else None)
    try:
        options = {'tau_ref': 0.35} if 'tau_ref' in model.__init__.__code__.co_varnames else {}
        if model in (N.ExpIF, N.AdExIF):
            options['V_th'] = -45.0  # below where the stages of rk4 overflow
        draw = np.random.default_rng(5)
        start = {
            f'{name}_initializer': bm.asarray(value + draw.uniform(-0.1, 0.1, 7))
            for name, value in (('V', -61.0),)
            if f'{name}_initializer' in model.__init__.__code__.co_varnames and model not in (N.FHN, N.HindmarshRose)
        }
        groups = [cls(7, method=method, **options, **start) for cls in (model, own)]
        assert groups[1]._core_part is None
        drive = draw.uniform(0, 20 if model not in (N.FHN, N.HindmarshRose) else 1, (150, 7))
        for i in range(150):
            bp.share.save(t=i * 0.1, i=i, dt=0.1)
            for group in groups:
                group.update(drive[i])
                group.clear_input()
            for name, variable in groups[0].vars('relative', level=0).items():
                if name in groups[1].__dict__:
                    np.testing.assert_allclose(variable, getattr(groups[1], name), rtol=1e-8, atol=1e-9, err_msg=name)
    finally:
        bm.set_compat(None)


def _renamed(function):
    """A copy of a function, as if the user had written it again."""
    import types

    return types.FunctionType(function.__code__, function.__globals__, function.__name__, function.__defaults__)


def test_ou_process():
    bm.random.seed(3)
    group = N.OUProcess(20_000, mean=2.0, sigma=0.5, tau=5.0)
    np.testing.assert_array_equal(group.x, np.full(20_000, 2.0))
    for i in range(300):
        bp.share.save(t=i * 0.1, i=i, dt=0.1)
        x = group.update()
    assert abs(x.mean() - 2.0) < 0.03
    assert abs(x.std() - 0.5 * np.sqrt(2.5)) < 0.03


def test_pinsky_rinzel_is_stepped_by_hand_with_a_time():
    made = [bp.neurons.PinskyRinzelModel(2) for _ in range(4)]
    shared = {'t': 0.0, 'dt': 0.1, 'i': 0}
    made[0].update(shared, 5.0)
    made[1].update(tdi=shared, x=5.0)
    made[2](shared, 5.0)
    bp.share.save(t=0.0, dt=0.1, i=0)
    made[3].update(5.0)
    for cell in made:
        assert np.array_equal(cell.Vs, made[0].Vs) and (cell.Is == 5.0).all() and (cell.Vs != -64.6).all()
        cell.clear_input()
    made[0].update(shared)
    made[3].update()
    assert np.array_equal(made[0].Vs, made[3].Vs)
    with pytest.raises(TypeError, match=r'"tdi" must be a dict with the time'):
        made[0].update(0.1, 5.0)
    bp.share.clear()
