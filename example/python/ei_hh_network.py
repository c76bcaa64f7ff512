# SPDX-License-Identifier: Apache-2.0
"""Excitatory and inhibitory Hodgkin-Huxley neurons, coupled by AMPA, NMDA and GABAa receptors.

    python ei_hh_network.py [folder]

1,600 excitatory neurons are driven by constant currents, each by its own, and excite each other and 400 inhibitory
neurons, which silence them in turn: a gamma rhythm. Excitatory neurons skip some of its cycles. Writes
ei_hh_network.png and prints the rates.

Hodgkin AL, Huxley AF (1952) J Physiol 117, 500 (the neuron); Borgers C, Kopell N (2003) Neural Comput 15, 509 (the
rhythm).
"""

import sys
from pathlib import Path

import bouton as bp
import bouton.math as bm

num_exc, num_inh = 1600, 400
prob = 0.1  # of a connection
dt = 0.05  # [ms]


def connect(synapse, pre, post, total, seed):
    """Random connections whose maximal conductances add up to `total` [mS/cm2] in a neuron, on average; 1 ms long."""
    return synapse(
        pre,
        post,
        bp.connect.FixedProb(prob, seed=seed),
        comp_method='sparse',
        g_max=total / (prob * pre.num),
        delay_step=int(1.0 / dt),
    )


def main(folder):
    bm.random.seed(1)
    at_rest = bp.init.Normal(-65.0, 5.0)
    exc = bp.neurons.HH(num_exc, gL=0.3, V_initializer=at_rest)
    inh = bp.neurons.HH(num_inh, gL=0.3, V_initializer=at_rest)
    AMPA, NMDA, GABAa = bp.synapses.AMPA, bp.synapses.BioNMDA, bp.synapses.GABAa
    net = bp.Network(
        exc=exc,
        inh=inh,
        AMPA_exc=connect(AMPA, exc, exc, 1.6, seed=1),
        AMPA_inh=connect(AMPA, exc, inh, 4.0, seed=2),
        NMDA_exc=connect(NMDA, exc, exc, 0.3, seed=3),
        NMDA_inh=connect(NMDA, exc, inh, 0.3, seed=4),
        GABAa_exc=connect(GABAa, inh, exc, 2.0, seed=5),
        GABAa_inh=connect(GABAa, inh, inh, 1.0, seed=6),
    )
    runner = bp.DSRunner(
        net,
        inputs=[
            ('exc.input', bm.random.uniform(4.0, 10.0, num_exc)),  # [uA/cm2]
            ('inh.input', bm.random.uniform(0.0, 4.0, num_inh)),
        ],
        monitors=['exc.spike', 'inh.spike', 'exc.V', 'inh.V', 'AMPA_exc.g', 'NMDA_exc.g', 'GABAa_exc.g'],
        dt=dt,
    )
    runner.run(300.0)
    for group in ('exc', 'inh'):
        print(f'{group}: {runner.mon[f"{group}.spike"].mean() / dt * 1000:.1f} spikes/s per neuron')
    bp.plot(runner).savefig(Path(folder) / 'ei_hh_network.png')


if __name__ == '__main__':
    main(sys.argv[1] if len(sys.argv) > 1 else '.')
