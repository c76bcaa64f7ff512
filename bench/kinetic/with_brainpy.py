# SPDX-License-Identifier: Apache-2.0
"""The kinetic network in BrainPy: its own neurons and receptors."""

import brainpy as bp
import brainpy.math as bm
import numpy as np
import peer
import peer_brainpy

options = peer.parse()
peer_brainpy.prepare(options, 0.1)

delay_step = peer_brainpy.delay(10)
projections = [
    ("ampa", bp.synapses.AMPA, True, {"g_max": 0.02, "delay_step": delay_step}),
    ("gaba", bp.synapses.GABAa, False, {"g_max": 0.10, "delay_step": delay_step}),
]
if options.nmda:
    projections.append(("nmda", bp.synapses.BioNMDA, True, {"g_max": 0.004, "delay_step": delay_step}))


def cells_of(V):
    return bp.neurons.HH(len(V), V_initializer=bm.asarray(V))


cells, synapses = peer_brainpy.excitatory_inhibitory(options, cells_of, projections)
net = bp.Network(**synapses, **cells)
current = np.load(options.network / "cells.input.npy")
num_exc = cells["E"].num
inputs = [("E.input", bm.asarray(current[:num_exc])), ("I.input", bm.asarray(current[num_exc:]))]
peer_brainpy.run(options, 0.1, net, inputs, {"cells": cells.values()})
