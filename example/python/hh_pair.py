# SPDX-License-Identifier: Apache-2.0
"""Two Hodgkin-Huxley neurons, coupled by each of the three receptors.

    python hh_pair.py [folder]

A constant current makes `pre` fire. AMPA makes `post` follow it, GABAa holds `post` back, and NMDA, which decays slowly
and is blocked by magnesium at rest, keeps `post` depolarised. Writes hh_pair.png.

Vijayan S, Kopell NJ (2012) PNAS 109, 18553 (AMPA); Destexhe A, Pare D (1999) J Neurophysiol 81, 1531 (GABAa);
Devaney AJ (2010) Mathematical Foundations of Neuroscience, p. 162 (NMDA).
"""

import sys
from pathlib import Path

import matplotlib.pyplot as plt

import bouton as bp

receptors = {'AMPA': bp.synapses.AMPA, 'GABAa': bp.synapses.GABAa, 'NMDA': bp.synapses.BioNMDA}


def run_pair(receptor):
    """The records of 150 ms."""
    pre = bp.neurons.HH(1, V_initializer=bp.init.Constant(-65.0))
    post = bp.neurons.HH(1, V_initializer=bp.init.Constant(-65.0))
    syn = receptor(pre, post, bp.connect.All2All())
    net = bp.Network(pre=pre, syn=syn, post=post)
    runner = bp.DSRunner(net, inputs=('pre.input', 5.0), monitors=['pre.V', 'post.V', 'post.input', 'syn.g'])
    runner.run(150.0)
    return runner.mon


def draw(records):
    figure, axes = plt.subplots(3, 3, sharex=True, figsize=(10, 5))
    for (name, mon), (V, g, current) in zip(records.items(), axes.T, strict=True):
        V.set_title(name)
        V.plot(mon.ts, mon['pre.V'], label='pre')
        V.plot(mon.ts, mon['post.V'], label='post')
        g.plot(mon.ts, mon['syn.g'], color='C2')
        current.plot(mon.ts, mon['post.input'], color='C1')
        current.set(xlabel='Time (ms)', xlim=(0, mon.ts[-1]))
    for ax, label in zip(axes[:, 0], ('V (mV)', 'Open fraction g', 'Current (µA/cm²)'), strict=True):
        ax.set_ylabel(label)
    axes[0, -1].legend(loc='upper left', bbox_to_anchor=(1.02, 1))
    figure.align_ylabels()
    return figure


def main(folder):
    records = {name: run_pair(receptor) for name, receptor in receptors.items()}
    with bp.visualize.style():
        draw(records).savefig(Path(folder) / 'hh_pair.png')


if __name__ == '__main__':
    main(sys.argv[1] if len(sys.argv) > 1 else '.')
