# SPDX-License-Identifier: Apache-2.0
"""The cortical network in BrainPy: its own neurons and receptors."""

import brainpy as bp
import brainpy.math as bm
import peer
import peer_brainpy

options = peer.parse()
peer_brainpy.prepare(options, 0.1)

delay_step = peer_brainpy.delay(15)
projections = [
    ("ampa", bp.synapses.AMPA, True, {"g_max": 0.002, "delay_step": delay_step}),
    ("nmda", bp.synapses.BioNMDA, True, {"g_max": 0.0003, "delay_step": delay_step}),
    ("gaba", bp.synapses.GABAa, False, {"g_max": 0.04, "delay_step": delay_step}),
]


def cells_of(V):
    return bp.neurons.LIF(
        len(V), V_rest=-70.0, V_reset=-70.0, V_th=-50.0, tau=20.0, tau_ref=2.0, V_initializer=bm.asarray(V)
    )


cells, synapses = peer_brainpy.excitatory_inhibitory(options, cells_of, projections)
net = bp.Network(**synapses, **cells)
peer_brainpy.run(options, 0.1, net, [("E.input", 22.0), ("I.input", 22.0)], {"cells": cells.values()})
