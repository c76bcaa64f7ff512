# SPDX-License-Identifier: Apache-2.0
"""A decision between two directions of motion, by competition through slow excitation.

    python decision_making.py [folder]

Two groups, A and B, prefer opposite directions. Each excites itself, and both share one pool of inhibition. The
stimulus drives A a little more than B; NMDA receptors, with their decay of 100 ms, add up the difference until one
group wins and silences the other. The winner goes on firing when the stimulus is gone: that is the memory of the
decision. Writes decision_making.png and prints the decision.

Wang XJ (2002). Probabilistic decision making by slow reverberation in cortical circuits. Neuron 36, 955-968.
"""

import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import bouton as bp
import bouton.math as bm

dt = 0.1  # [ms]
coherence = 0.256  # of the motion
stimulus_start, stimulus_end, duration = 300, 1300, 1800  # [ms]
window = 20.0  # of the rates [ms]

sizes = {'A': 240, 'B': 240, 'N': 1120, 'I': 400}  # N: excitatory without preference, I: inhibitory
w_plus = 1.7  # strength of connections in a group, relative to the mean of all
w_minus = 1 - 0.15 * (w_plus - 1) / (1 - 0.15)
weights = {('A', 'A'): w_plus, ('B', 'B'): w_plus}
weights |= dict.fromkeys((('A', 'B'), ('B', 'A'), ('N', 'A'), ('N', 'B')), w_minus)

# Maximal conductances [nS] in an excitatory and in an inhibitory neuron.
g_external, g_AMPA, g_NMDA, g_GABA = (2.1, 1.62), (0.05, 0.04), (0.165, 0.13), (1.3, 1.0)


def stimulus_spikes(num, mean, rng):
    """The times [ms] and neurons of Poisson spikes, whose rate [Hz] is drawn anew every 50 ms: mean +- 4."""
    starts = np.arange(stimulus_start, stimulus_end, 50)
    steps = np.arange(int(50 / dt))
    times, neurons = [], []
    for start, rate in zip(starts, rng.normal(mean, 4.0, len(starts)), strict=True):
        step, neuron = np.nonzero(rng.random((len(steps), num)) < rate * dt / 1000)
        times.append(start + step * dt)
        neurons.append(neuron)
    return np.concatenate(times), np.concatenate(neurons)


def make_network(rng):
    resting = {'V_rest': -70.0, 'V_reset': -55.0, 'V_th': -50.0, 'V_initializer': bp.init.OneInit(-70.0)}
    groups = {
        name: bp.neurons.LIF(size, R=1 / 20, tau=10.0, tau_ref=1.0, **resting)  # 20 nS, 0.2 nF
        if name == 'I'
        else bp.neurons.LIF(size, R=1 / 25, tau=20.0, tau_ref=2.0, **resting)  # 25 nS, 0.5 nF
        for name, size in sizes.items()
    }

    def excite(pre, post, g_max, conn, **options):
        return bp.synapses.Exponential(pre, post, conn, tau=2.0, g_max=g_max, output=bp.synouts.COBA(E=0.0), **options)

    nodes = dict(groups)
    for name, post in groups.items():
        inhibitory = name == 'I'
        noise = nodes[f'noise_{name}'] = bp.neurons.PoissonGroup(sizes[name], freqs=2400.0)
        nodes[f'noise_to_{name}'] = excite(noise, post, g_external[inhibitory], bp.connect.One2One())
        for source in 'ABN':
            w, pre = weights.get((source, name), 1.0), groups[source]
            nodes[f'AMPA_{source}_{name}'] = excite(
                pre, post, w * g_AMPA[inhibitory], bp.connect.All2All(), delay_step=int(0.5 / dt)
            )
            nodes[f'NMDA_{source}_{name}'] = bp.synapses.NMDA(
                pre,
                post,
                bp.connect.All2All(),
                tau_decay=100.0,
                tau_rise=2.0,
                a=0.5,
                g_max=w * g_NMDA[inhibitory],
                output=bp.synouts.MgBlock(E=0.0, cc_Mg=1.0),
                delay_step=int(0.5 / dt),
            )
        nodes[f'GABA_{name}'] = bp.synapses.Exponential(
            groups['I'],
            post,
            bp.connect.All2All(),
            tau=5.0,
            g_max=g_GABA[inhibitory],
            output=bp.synouts.COBA(E=-70.0),
            delay_step=int(0.5 / dt),
        )
    for name, sign in (('A', 1), ('B', -1)):
        times, neurons = stimulus_spikes(sizes[name], 40 * (1 + sign * coherence), rng)
        stimulus = nodes[f'stimulus_{name}'] = bp.neurons.SpikeTimeGroup(sizes[name], times, neurons)
        nodes[f'stimulus_to_{name}'] = excite(stimulus, groups[name], g_external[0], bp.connect.One2One())
    return bp.Network(**nodes)


def draw(mon, rates):
    whole = slice(int(window / 2 / dt), -int(window / 2 / dt))  # where the window of the rate is inside of the run
    figure, (raster_A, raster_B, rate) = plt.subplots(3, 1, sharex=True, figsize=(8, 5.5), height_ratios=(2, 2, 3))
    for ax, name, color in ((raster_A, 'A', 'C0'), (raster_B, 'B', 'C1')):
        bp.visualize.raster_plot(
            mon.ts, mon[f'{name}.spike'], ax=ax, color=color, markersize=1.5, xlabel=None, title=f'Group {name}'
        )
        rate.plot(mon.ts[whole], rates[name][whole], color=color, label=name)
    rate.axvspan(stimulus_start, stimulus_end, color='0.92', zorder=-1, label='stimulus')
    rate.set(title='Population rates', xlabel='Time (ms)', ylabel='Rate (Hz)', xlim=(0, duration), ylim=(0, None))
    rate.legend(loc='upper left', bbox_to_anchor=(1.01, 1))
    figure.align_ylabels()
    return figure


def main(folder):
    bm.random.seed(1)
    runner = bp.DSRunner(make_network(np.random.default_rng(1)), monitors=['A.spike', 'B.spike'], dt=dt)
    runner.run(float(duration))
    rates = {name: bp.measure.firing_rate(runner.mon[f'{name}.spike'], window, dt) for name in 'AB'}

    late = runner.mon.ts > stimulus_end
    winner = max('AB', key=lambda name: rates[name][late].mean())
    print(f'Decision for {winner}: ' + ', '.join(f'{name} at {rates[name][late].mean():.0f} Hz' for name in 'AB'))
    with bp.visualize.style():
        draw(runner.mon, rates).savefig(Path(folder) / 'decision_making.png')


if __name__ == '__main__':
    main(sys.argv[1] if len(sys.argv) > 1 else '.')
