# SPDX-License-Identifier: Apache-2.0
"""Sixty-four copies at once in Brian2, which has no batches: one network of as many parts."""

import brian2
import numpy as np
import peer
import peer_brian2
from brian2 import ms

ROWS = 64

options = peer.parse()
peer_brian2.prepare(options, 0.1)

membrane = {"threshold": "V >= -50", "reset": "V = -70", "method": "exponential_euler"}
pre_equations = """
dV/dt = (-70 - V + I) / (20*ms) : 1
dg/dt = (0.49*int(t_in_timesteps < pulse_end)*(1 - g) - 0.18*g) / ms : 1
I : 1 (constant)
pulse_end : integer
"""
post_equations = """
dV/dt = (-70 - V + ampa*(0 - V)) / (20*ms) : 1
ampa : 1
"""
start = {name: np.load(options.network / f"{name}.V.npy") for name in ("pre", "post")}
num = ROWS * options.neurons
pre = peer_brian2.neurons(num, pre_equations, start["pre"], **membrane)
pre.I = np.load(options.network / "pre.input.npy")
post = peer_brian2.neurons(num, post_equations, start["post"], **membrane)
connections = peer.Connections(options.network, "ampa")
first = options.neurons * np.arange(ROWS)[:, None]  # neuron of each copy
synapses = brian2.Synapses(pre, post, "ampa_post = g_pre : 1 (summed)")
synapses.connect(i=(first + connections.pre).ravel(), j=(first + connections.post).ravel())
parts = [pre, post, peer_brian2.pulses(pre, 5, 0 * ms), synapses]
peer_brian2.run(options, 0.1, parts, {"pre": pre, "post": post})
