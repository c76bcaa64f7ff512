# SPDX-License-Identifier: Apache-2.0
"""`bm.grad` of losses that run a network: against `bp.vjp`, central differences, and the same models in NumPy."""

import numpy as np
import pytest

import bouton as bp
import bouton.math as bm
from bouton.math.tape import constant

BATCH, STEPS, DT = 2, 40, 0.2
CURRENT = 22 + 5 * np.sin(np.arange(STEPS * BATCH * 4)).reshape(STEPS, BATCH, 4)


@pytest.fixture(autouse=True)
def environment():
    bm.random.seed(8)
    with bm.environment(bm.TrainingMode(BATCH), dt=DT):
        yield


def network(g_max=0.02):
    spikes = bm.surrogate.Sigmoid(alpha=0.5)
    cell = {'V_rest': -65.0, 'V_reset': -66.0, 'V_initializer': -60.0, 'spike_fun': spikes}
    pre, post = bp.neurons.LIF(4, V_th=-55.0, **cell), bp.neurons.LIF(3, V_th=1000.0, **cell)
    syn = bp.synapses.AMPA(pre, post, bp.connect.All2All(), g_max=g_max)
    return bp.Network(pre=pre, syn=syn, post=post)


def runner_of(net, current=CURRENT, **options):
    options = {'monitors': ['post.V', 'pre.spike'], 'progress_bar': False, **options}
    kind = 'iter' if np.ndim(current) else 'fix'
    return bp.DSRunner(net, inputs=('pre.input', current, kind), **options)


def run(net, current=CURRENT, **options):
    net.reset_state(BATCH)
    runner = runner_of(net, current, **options)
    runner.run((STEPS + 0.5) * DT)
    return runner


def test_it_is_what_is_pulled_back():
    net = network(g_max=bp.init.Uniform(0.0, 0.05))

    def loss():
        return bm.mean((run(net).mon['post.V'] + 55.0) ** 2)

    found = bm.grad(loss, grad_vars=net.train_vars())()
    net.reset_state(BATCH)
    records, pullback = bp.vjp(net, steps=STEPS, inputs=('pre.input', CURRENT, 'iter'), monitors=['post.V'])
    V = records['post.V']
    expected = pullback({'post.V': 2 * (V + 55.0) / V.size})
    assert list(found) == list(expected) == list(net.train_vars())
    for key, gradient in found.items():
        assert gradient.any()
        np.testing.assert_allclose(gradient, expected[key], rtol=1e-13)


def test_structures_of_results():
    net = network()

    def loss():
        V = run(net).mon['post.V']
        return bm.sum(V), {'V': V, 'n': 3}

    g_max = net.syn.g_max
    gradient, value, aux = bm.grad(loss, grad_vars=g_max, has_aux=True, return_value=True)()
    assert gradient.shape == () and gradient != 0
    assert aux['V'].shape == (BATCH, STEPS, 3) and float(value) == pytest.approx(float(np.sum(aux['V'])))
    assert isinstance(aux['V'], np.ndarray) and isinstance(net.post.V.value, np.ndarray)
    (in_list,) = bm.grad(lambda: loss()[0], grad_vars=[g_max])()
    in_dict = bm.grad(lambda: loss()[0], grad_vars={'w': g_max})()
    assert in_list == in_dict['w'] == gradient


def test_values_after_the_run_are_those_of_a_plain_run():
    net = network()
    plain = run(net)
    end = {key: v.value for key, v in net.vars().unique().items()}
    bm.grad(lambda: bm.sum(run(net).mon['post.V']), grad_vars=net.train_vars())()
    for key, v in net.vars().unique().items():
        assert np.array_equal(v.value, end[key]), key
    runner = runner_of(net)

    def loss():
        net.reset_state(BATCH)
        runner.reset_state()
        runner.run((STEPS + 0.5) * DT)
        return bm.sum(runner.mon['post.V'])

    assert bm.grad(loss, grad_vars=net.syn.g_max)() != 0
    loss()
    assert runner._core is not None  # it is stepped by the core again
    for key in ('post.V', 'pre.spike', 'ts'):
        assert np.array_equal(runner.mon[key], plain.mon[key])


def test_losses_of_the_states_at_the_end():
    net = network(g_max=bp.init.Uniform(0.0, 0.05))

    def of_end():
        run(net)
        return bm.sum(net.post.V**2) + bm.sum(net.syn.g.value * 3.0)

    def of_record():
        mon = run(net, monitors=['post.V', 'syn.g']).mon
        return bm.sum(mon['post.V'][:, -1] ** 2) + 3.0 * bm.sum(mon['syn.g'][:, -1])

    a, b = (bm.grad(loss, grad_vars=net.syn.g_max)() for loss in (of_end, of_record))
    assert a.any()
    np.testing.assert_allclose(a, b, rtol=1e-13)


def test_by_inputs_and_by_functions_of_weights():
    net = network(g_max=np.full((4, 3), 0.01))

    def loss(current, scale, shift):
        net.syn.g_max.value = scale * np.full((4, 3), 0.01)
        net.reset_state(BATCH)
        runner = bp.DSRunner(
            net,
            inputs=[('pre.input', current, 'iter'), ('post.input', shift)],
            monitors=['post.V'],
            progress_bar=False,
        )
        runner.run((STEPS + 0.5) * DT)
        return bm.sum(runner.mon['post.V'] ** 2)

    scale, shift = np.array(1.3), np.array([0.1, 0.2, 0.3])
    by_current, by_scale, by_shift = bm.grad(loss, argnums=(0, 1, 2))(CURRENT, scale, shift)
    assert by_current.shape == CURRENT.shape and by_current.any()
    h = 1e-5
    difference = (loss(CURRENT, scale + h, shift) - loss(CURRENT, scale - h, shift)) / (2 * h)
    assert by_scale == pytest.approx(float(difference), rel=1e-6)
    for k in range(3):
        unit = h * np.eye(3)[k]
        difference = (loss(CURRENT, scale, shift + unit) - loss(CURRENT, scale, shift - unit)) / (2 * h)
        assert by_shift[k] == pytest.approx(float(difference), rel=1e-6)


def test_initial_states():
    net = network()

    def loss(V):
        net.reset_state(BATCH)
        net.post.V.value = V
        runner = runner_of(net)
        runner.run((STEPS + 0.5) * DT)
        return bm.sum(runner.mon['post.V'])

    V = np.full((BATCH, 3), -60.0)
    found = bm.grad(loss)(V)
    decay = np.exp(-DT / 10)
    assert found.shape == V.shape
    assert ((found > 0) & (found < decay / (1 - decay))).all()


def by_the_tape(weights, current):
    """The network of `network` by the documented rules, in NumPy."""
    decay, K = np.exp(-DT / 10.0), 3  # 0.5 ms in steps
    V_pre, V_post, g = np.full((BATCH, 4), -60.0), np.full((BATCH, 3), -60.0), np.zeros((BATCH, 4))
    arrived, V = [], []
    for n in range(STEPS):
        absent = 1.0
        for s in arrived[-K:]:
            absent = absent * (1 - s)
        rate = 0.98 * 0.5 * (1 - absent) + 0.18
        target = 0.98 * 0.5 * (1 - absent) / rate
        g = target + (g - target) * np.exp(-rate * DT)
        rest = -65.0 + (g @ weights) * (0.0 - V_post)
        V_post = rest + (V_post - rest) * decay
        rest = -65.0 + current[n]
        V_new = rest + (V_pre - rest) * decay
        s = bm.surrogate.sigmoid(V_new + 55.0, alpha=0.5)
        V_pre = V_new + constant(s) * (-66.0 - V_new)
        arrived.append(s)
        V.append(V_post)
    return np.stack(V)


def test_the_same_network_by_the_tape():
    weights = np.linspace(0.01, 0.05, 12).reshape(4, 3)
    net = network(g_max=weights)
    records, pullback = bp.vjp(
        net, steps=STEPS, inputs=('pre.input', CURRENT, 'iter'), monitors=['post.V'], wrt=['syn.g_max', 'pre.input']
    )
    np.testing.assert_allclose(records['post.V'], by_the_tape(weights, CURRENT), rtol=1e-12)
    expected = bm.grad(lambda *x: bm.sum((by_the_tape(*x) + 57.0) ** 2), argnums=(0, 1))(weights, CURRENT)
    found = pullback({'post.V': 2 * (records['post.V'] + 57.0)})
    for a, b in zip(found.values(), expected, strict=True):
        assert a.any()
        np.testing.assert_allclose(a, b, rtol=0, atol=1e-12 * np.abs(b).max())


def test_single_steps_of_the_core_are_refused():
    net = network()

    def loss():
        net.reset_state(BATCH)

        def step(i):
            bp.share.save(t=i * DT, i=i, dt=DT)
            net.pre.input += CURRENT[i]
            net.update()
            V = net.post.V.value
            net.clear_input()
            return V

        return bm.sum(bm.for_loop(step, np.arange(STEPS)))

    with pytest.raises(TypeError, match='DSRunner'):
        bm.grad(loss, grad_vars=net.train_vars())()
    loss()
    bp.share.save(t=0.0, i=0, dt=DT)
    with pytest.raises(TypeError, match='DSRunner'):
        bm.grad(lambda x: bm.sum(net.pre.update(x)))(CURRENT[0])
    bp.share.clear_shargs()


def test_what_cannot_be_followed():
    net = network()
    with pytest.raises(TypeError, match='the monitor f must be of a variable'):
        bm.grad(lambda: bm.sum(run(net, monitors={'f': lambda shared: 1.0}).mon['f']), grad_vars=net.train_vars())()
    with pytest.raises(TypeError, match='DSRunner'):
        bm.grad(lambda: bm.sum(run(net, jit=False).mon['post.V']), grad_vars=net.train_vars())()
    with pytest.raises(ValueError, match='changed since'):
        bm.grad(lambda: bm.sum(run(net).mon['post.V'] + run(net, 30.0).mon['post.V']), grad_vars=net.train_vars())()


def test_the_loss_falls():
    net = network(g_max=bp.init.Uniform(0.0, 0.02))
    optimizer = bp.optim.Adam(lr=0.02, train_vars=net.train_vars())

    def loss():
        return bp.losses.mean_squared_error(run(net).mon['post.V'][:, -1], -55.0)

    gradient = bm.grad(loss, grad_vars=net.train_vars(), return_value=True)
    losses = []
    for _ in range(30):
        gradients, value = gradient()
        optimizer.update(gradients)
        losses.append(float(value))
    assert losses[-1] < 0.3 * losses[0]
