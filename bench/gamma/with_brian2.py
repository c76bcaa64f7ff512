# SPDX-License-Identifier: Apache-2.0
"""The gamma rhythm in Brian2. Sodium activation is held in a step, so that V can be stepped by exponential Euler."""

import brian2
import numpy as np
import peer
import peer_brian2
from brian2 import ms

options = peer.parse()
peer_brian2.prepare(options, 0.05)

equations = """
dV/dt = (1 - 35*m_inf**3*h*(V - 55) - 9*n**4*(V + 90) - 0.1*(V + 65) + 0.1/num*gaba*(-80 - V)) / ms : 1
dh/dt = 5*(a_h*(1 - h) - b_h*h) / ms : 1
dn/dt = 5*(a_n*(1 - n) - b_n*n) / ms : 1
m_inf = a_m/(a_m + 4*exp(-(V + 60)/18)) : 1 (constant over dt)
a_m = 1/exprel(-(V + 35)/10) : 1
a_h = 0.07*exp(-(V + 58)/20) : 1
b_h = 1/(1 + exp(-(V + 28)/10)) : 1
a_n = 0.1/exprel(-(V + 34)/10) : 1
b_n = 0.125*exp(-(V + 44)/80) : 1
gaba : 1
num : 1 (shared, constant)
# as a presynaptic neuron
open = int(t_in_timesteps < pulse_end) : 1
dg/dt = (0.53*open*(1 - g) - 0.18*g) / ms : 1
pulse_end : integer
"""
start = np.load(options.network / "cells.V.npy")
cells = peer_brian2.neurons(
    options.neurons, equations, start, threshold="V >= 20", refractory="V >= 20", method="exponential_euler"
)
cells.h, cells.n, cells.num = 0.6, 0.32, options.neurons
gaba = brian2.Synapses(cells, cells, "gaba_post = g_pre : 1 (summed)")
gaba.connect(condition="i != j")
parts = [cells, peer_brian2.pulses(cells, 20, 0 * ms), gaba]
peer_brian2.run(options, 0.05, parts, {"cells": cells})
