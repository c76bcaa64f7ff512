# SPDX-License-Identifier: Apache-2.0
"""The cortical network in Brian2."""

import numpy as np
import peer
import peer_brian2
from brian2 import ms

options = peer.parse()
peer_brian2.prepare(options, 0.1)

equations = """
dV/dt = (-70 - V + 22 + 0.002*ampa*(0 - V) + 0.0003*nmda*(0 - V)/block + 0.04*gaba*(-80 - V))
        / (20*ms) : 1 (unless refractory)
block = 1 + 1.2/3.57*exp(-0.062*V) : 1 (constant over dt)
ampa : 1
nmda : 1
gaba : 1
# as a presynaptic neuron
open = int(t_in_timesteps < pulse_end) : 1
dg/dt = (opening*open*(1 - g) - 0.18*g) / ms : 1
dg_nmda/dt = (2*x*(1 - g_nmda) - 0.01*g_nmda) / ms : 1
dx/dt = (open*(1 - x) - 0.5*x) / ms : 1
opening : 1 (constant)
pulse_end : integer
"""
start = np.load(options.network / "cells.V.npy")
num_exc = options.neurons * 4 // 5
cells = peer_brian2.neurons(
    options.neurons,
    equations,
    start,
    threshold="V >= -50",
    reset="V = -70",
    refractory=2 * ms,
    method="exponential_euler",
)
exc, inh = cells[:num_exc], cells[num_exc:]
exc.opening, inh.opening = 0.98 * 0.5, 0.53 * 1.0
receptors = "ampa_post = g_pre : 1 (summed)\nnmda_post = g_nmda_pre : 1 (summed)"
parts = [
    cells,
    peer_brian2.pulses(exc, 5, 1.4 * ms),
    peer_brian2.pulses(inh, 10, 1.4 * ms),
    peer_brian2.connect(options, "ampa", exc, cells, receptors),
    peer_brian2.connect(options, "gaba", inh, cells, "gaba_post = g_pre : 1 (summed)"),
]
peer_brian2.run(options, 0.1, parts, {"cells": cells})
