# SPDX-License-Identifier: Apache-2.0
"""Trains two layers of spiking neurons: which of four patterns in time is shown?

    python train_spiking_network.py [folder]

Forty neurons fire in one of four orders. AMPA, GABAa and BioNMDA receptors bring their spikes to forty-eight hidden
neurons, AMPA and GABAa those of the hidden neurons to four that do not spike; the highest potential is the answer. All
weights are trained with Adam, by exact gradients through the kinetic receptors and through the spikes of the hidden
neurons. At the start hardly any of these fires; the gradient reaches them all the same, and the first layer learns to
let them fire at the right times. Then the same with `stop_spike_gradient`: the first layer gets no gradient, stays as
it was drawn, and the last has little to learn from.

Writes train_spiking_network.png and prints losses and how many answers are right.
"""

import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import bouton as bp
import bouton.math as bm

STEPS, DT = 120, 0.5
BATCH, CLASSES = 32, 4
NUM_IN, NUM_HIDDEN = 40, 48


def make_network(stop):
    bm.random.seed(4)
    with bm.environment(bm.TrainingMode(BATCH), x64=False):
        cell = {'V_rest': -65.0, 'V_reset': -66.0, 'V_initializer': -65.0, 'tau': 10.0}
        spikes = bm.surrogate.Sigmoid(alpha=0.5)
        seen = bp.neurons.LIF(NUM_IN, V_th=-50.0, spike_fun=spikes, **cell)
        hidden = bp.neurons.LIF(NUM_HIDDEN, V_th=-50.0, spike_fun=spikes, **cell)
        answer = bp.neurons.LIF(CLASSES, V_th=1000.0, spike_fun=spikes, **cell)  # never fires
        every, uniform = bp.connect.All2All(), bp.init.Uniform
        return bp.Network(
            seen=seen,
            hidden=hidden,
            answer=answer,
            ampa=bp.synapses.AMPA(seen, hidden, every, g_max=uniform(0.0, 0.5)),
            nmda=bp.synapses.BioNMDA(seen, hidden, every, g_max=uniform(0.0, 0.03)),
            gaba=bp.synapses.GABAa(seen, hidden, every, g_max=uniform(0.0, 0.1)),
            excite=bp.synapses.AMPA(hidden, answer, every, g_max=uniform(0.0, 0.03), stop_spike_gradient=stop),
            inhibit=bp.synapses.GABAa(hidden, answer, every, g_max=uniform(0.0, 0.03), stop_spike_gradient=stop),
        )


ORDERS = np.random.default_rng(1).permuted(np.tile(np.arange(NUM_IN), (CLASSES, 1)), axis=1)


def draw(rng):
    """Currents (steps, batch, neurons), a wave that passes the neurons in one of the orders, with noise; and which."""
    which = rng.integers(CLASSES, size=BATCH)
    phase = ORDERS[which] / NUM_IN - np.arange(STEPS)[:, None, None] / STEPS
    wave = np.exp(-((phase / 0.08) ** 2))
    return 50 * wave + 4 * rng.normal(size=(STEPS, BATCH, NUM_IN)), which


def train(stop, iterations):
    net, rng = make_network(stop), np.random.default_rng(2)
    weights = net.train_vars().unique()
    optimizer = bp.optim.Adam(lr=1e-3, train_vars=weights)

    def loss(current, which):
        net.reset_state(BATCH)
        runner = bp.DSRunner(
            net, inputs=('seen.input', current, 'iter'), monitors=['answer.V', 'hidden.spike'], dt=DT,
            progress_bar=False,
        )  # fmt: skip
        runner.run(STEPS * DT)
        logits = bm.mean(runner.mon['answer.V'][:, STEPS // 2 :], axis=1)  # (batch, classes)
        return bp.losses.cross_entropy_loss(logits, which), (logits, runner.mon['hidden.spike'], runner.mon['answer.V'])

    gradient = bm.grad(loss, grad_vars=weights, has_aux=True, return_value=True)
    losses, right, shown = [], [], []
    for iteration in range(iterations):
        current, which = draw(rng)
        gradients, value, (logits, spikes, V) = gradient(current, which)
        if iteration in (0, iterations - 1):
            shown.append((which, spikes, V))
        optimizer.update(gradients)
        for variable in weights.values():
            variable.value = bm.maximum(variable.value, 0.0)  # conductances
        losses.append(float(value))
        right.append(np.mean(np.argmax(logits, axis=1) == which))
    return losses, right, shown


def figure_of(results):
    figure, axes = plt.subplot_mosaic([['loss', 'right'], ['before', 'after'], ['V0', 'V1']], figsize=(9, 6.5))
    for name, (losses, right, _) in results.items():
        axes['loss'].plot(losses, label=name)
        axes['right'].plot(np.arange(7, len(right)), np.convolve(right, np.ones(8) / 8, 'valid'), label=name)
    axes['loss'].set(xlabel='Iteration', ylabel='Cross entropy', title='Loss', ylim=(0, None))
    axes['right'].set(xlabel='Iteration', ylabel='Fraction right', title='Answers, means of 8', ylim=(0, 1.05))
    axes['right'].set_xlim(axes['loss'].get_xlim())
    axes['right'].axhline(1 / CLASSES, color='0.7', zorder=0, label='chance')
    axes['right'].legend(loc='upper left', bbox_to_anchor=(1.01, 1))
    t = np.arange(1, STEPS + 1) * DT
    axes['V0'].sharey(axes['V1'])
    for k, (which, spikes, V) in enumerate(results['gradient through spikes'][2]):
        raster, potential = axes[('before', 'after')[k]], axes[f'V{k}']
        when = ('before', 'after')[k] + ' training'
        title = f'Spikes of the hidden layer {when}' + ('' if spikes[0].any() else ': none')
        bp.visualize.raster_plot(t, spikes[0], ax=raster, color='C2', markersize=2.5, xlabel=None, title=title)
        raster.set(xlim=(0, t[-1]), ylim=(-1, NUM_HIDDEN))
        raster.tick_params(labelbottom=False)
        for c in range(CLASSES):
            is_it = c == which[0]
            potential.plot(
                t, V[0, :, c], color='C2' if is_it else '0.6', lw=2 if is_it else 1, zorder=3 if is_it else 2,
                label='the right one' if is_it else 'others' if c == (which[0] + 1) % CLASSES else None,
            )  # fmt: skip
        potential.set(title=f'Potentials of the answers {when}', xlabel='Time (ms)', ylabel='V (mV)', xlim=(0, t[-1]))
    axes['V1'].legend(loc='upper left', bbox_to_anchor=(1.01, 1))
    figure.align_ylabels()
    return figure


def main(folder='.', iterations=120):
    results = {}
    for name, stop in (('gradient through spikes', False), ('stop_spike_gradient', True)):
        losses, right, _ = results[name] = train(stop, iterations)
        tail = slice(-max(1, iterations // 6), None)
        print(f'{name}: loss {losses[0]:.2f} -> {np.mean(losses[tail]):.2f}, {np.mean(right[tail]):.0%} right')
    with bp.visualize.style():
        figure_of(results).savefig(Path(folder) / 'train_spiking_network.png')
    return results


if __name__ == '__main__':
    main(*sys.argv[1:2])
