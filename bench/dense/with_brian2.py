# SPDX-License-Identifier: Apache-2.0
"""The full matrix of weights in Brian2."""

import brian2
import numpy as np
import peer
import peer_brian2
from brian2 import ms

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
pre = peer_brian2.neurons(options.neurons, pre_equations, start["pre"], **membrane)
pre.I = np.load(options.network / "pre.input.npy")
post = peer_brian2.neurons(options.neurons, post_equations, start["post"], **membrane)
synapses = brian2.Synapses(pre, post, "w : 1 (constant)\nampa_post = w*g_pre : 1 (summed)")
synapses.connect()
synapses.w = np.load(options.network / "ampa.weight.npy")
parts = [pre, post, peer_brian2.pulses(pre, 5, 0 * ms), synapses]
peer_brian2.run(options, 0.1, parts, {"pre": pre, "post": post})
