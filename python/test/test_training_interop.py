# SPDX-License-Identifier: Apache-2.0
"""Networks inside PyTorch and JAX: their gradients are those of `bp.vjp`."""

import sys

import numpy as np
import pytest

import bouton as bp
import bouton.math as bm

STEPS, BATCH = 30, 2
CURRENT = 150 + np.sin(np.arange(STEPS * BATCH * 3)).reshape(STEPS, BATCH, 3)
WEIGHTS = np.linspace(0.01, 0.06, 6).reshape(3, 2)


def network():
    with bm.environment(bm.TrainingMode(BATCH)):
        pre = bp.neurons.LIF(3, spike_fun=bm.surrogate.Sigmoid(alpha=0.5))
        post = bp.neurons.LIF(2)
        syn = bp.synapses.AMPA(pre, post, bp.connect.All2All(), g_max=np.zeros((3, 2)), output=bp.synouts.CUBA())
        return bp.Network(pre=pre, syn=syn, post=post)


def expected():
    net = network()
    net.syn.g_max.value = WEIGHTS
    wrt = ['pre.input', 'syn.g_max', 'syn.alpha']
    inputs = ('pre.input', CURRENT, 'iter')
    records, pullback = bp.vjp(net, steps=STEPS, inputs=inputs, monitors=['post.V', 'pre.V'], wrt=wrt)
    gradients = pullback({'post.V': 2 * records['post.V'], 'pre.V': np.ones(records['pre.V'].shape)})
    return records, [gradients[path] for path in wrt]


def arguments(**options):
    return {'inputs': ['pre.input'], 'monitors': ['post.V', 'pre.V'], 'wrt': ['syn.g_max', 'syn.alpha'], **options}


def test_torch():
    torch = pytest.importorskip('torch')
    layer = bp.interop.torch_function(network(), **arguments())
    tensors = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in (CURRENT, WEIGHTS, 0.98)]
    post, pre = layer(*tensors)
    (post.square().sum() + pre.sum()).backward()
    records, gradients = expected()
    assert np.array_equal(post.detach().numpy(), records['post.V'])
    for tensor, gradient in zip(tensors, gradients, strict=True):
        np.testing.assert_allclose(tensor.grad.numpy(), gradient, rtol=1e-12)


def test_jax():
    jax = pytest.importorskip('jax')
    jax.config.update('jax_enable_x64', True)
    layer = bp.interop.jax_function(network(), **arguments())

    def loss(*arrays):
        post, pre = layer(*arrays)
        return (post**2).sum() + pre.sum()

    arrays = [jax.numpy.asarray(x, float) for x in (CURRENT, WEIGHTS, 0.98)]
    records, gradients = expected()
    expected_loss = (records['post.V'] ** 2).sum() + records['pre.V'].sum()
    assert float(jax.jit(loss)(*arrays)) == pytest.approx(float(expected_loss))
    for found, gradient in zip(jax.jit(jax.grad(loss, argnums=(0, 1, 2)))(*arrays), gradients, strict=True):
        np.testing.assert_allclose(found, gradient, rtol=1e-12)


@pytest.mark.parametrize('name', ['torch', 'jax'])
def test_a_missing_package_is_named(name, monkeypatch):
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ImportError, match=rf'bouton\[{name}\]'):
        getattr(bp.interop, f'{name}_function')(network(), **arguments())


def test_the_network_as_a_function():
    """What both are made of, without them."""
    from bouton.interop import _Layer

    layer = _Layer(network(), **arguments(), options={'dt': None, 'memory': None})
    given = [CURRENT, WEIGHTS, np.array(0.98)]
    (post, pre), run = layer.run(given)
    records, gradients = expected()
    assert post.any() and all(np.any(gradient) for gradient in gradients)
    assert np.array_equal(post, records['post.V']) and np.array_equal(pre, records['pre.V'])
    for found, gradient in zip(layer.pull(run, [2 * post, np.ones(pre.shape)], given), gradients, strict=True):
        np.testing.assert_allclose(found, gradient, rtol=1e-13)
    assert np.array_equal(layer.run(given)[0][0], post)  # each call starts anew
    with pytest.raises(TypeError, match='but got 1 arrays'):
        layer.run([CURRENT])
    with pytest.raises(ValueError, match='must have shape'):
        layer.run([CURRENT[0], WEIGHTS, 0.98])
    with pytest.raises(TypeError, match='list of paths'):
        _Layer(network(), 'pre.input', ['post.V'], [], {})
