# SPDX-License-Identifier: Apache-2.0
"""The kinetic network in Brian2."""

import numpy as np
import peer
import peer_brian2
from brian2 import ms

options = peer.parse()
peer_brian2.prepare(options, 0.1)

equations = """
dV/dt = (I - 120*m**3*h*(V - 50) - 36*n**4*(V + 77) - 0.03*(V + 54.387)
         + 0.02*ampa*(0 - V) + 0.10*gaba*(-80 - V) NMDA_CURRENT) / ms : 1
dm/dt = (a_m*(1 - m) - b_m*m) / ms : 1
dh/dt = (a_h*(1 - h) - b_h*h) / ms : 1
dn/dt = (a_n*(1 - n) - b_n*n) / ms : 1
a_m = 1/exprel(-(V + 40)/10) : 1
b_m = 4*exp(-(V + 65)/18) : 1
a_h = 0.07*exp(-(V + 65)/20) : 1
b_h = 1/(1 + exp(-(V + 35)/10)) : 1
a_n = 0.1/exprel(-(V + 55)/10) : 1
b_n = 0.125*exp(-(V + 65)/80) : 1
I : 1 (constant)
ampa : 1
gaba : 1
# as a presynaptic neuron
open = int(t_in_timesteps < pulse_end) : 1
dg/dt = (opening*open*(1 - g) - 0.18*g) / ms : 1
opening : 1 (constant)
pulse_end : integer
"""
nmda_equations = """
dg_nmda/dt = (2*x*(1 - g_nmda) - 0.01*g_nmda) / ms : 1
dx/dt = (open*(1 - x) - 0.5*x) / ms : 1
block = 1 + 1.2/3.57*exp(-0.062*V) : 1 (constant over dt)
nmda : 1
"""
if options.nmda:
    equations = equations.replace("NMDA_CURRENT", "+ 0.004*nmda*(0 - V)/block") + nmda_equations
else:
    equations = equations.replace("NMDA_CURRENT", "")

start = np.load(options.network / "cells.V.npy")
num, num_exc = options.neurons, options.neurons * 4 // 5
cells = peer_brian2.neurons(
    num, equations, start, threshold="V >= 20", refractory="V >= 20", method="exponential_euler"
)
cells.m, cells.h, cells.n = "a_m/(a_m + b_m)", "a_h/(a_h + b_h)", "a_n/(a_n + b_n)"
cells.I = np.load(options.network / "cells.input.npy")
exc, inh = cells[:num_exc], cells[num_exc:]
exc.opening, inh.opening = 0.98 * 0.5, 0.53 * 1.0
receptors = "ampa_post = g_pre : 1 (summed)" + ("\nnmda_post = g_nmda_pre : 1 (summed)" if options.nmda else "")
parts = [
    cells,
    peer_brian2.pulses(exc, 5, 0.9 * ms),
    peer_brian2.pulses(inh, 10, 0.9 * ms),
    peer_brian2.connect(options, "ampa", exc, cells, receptors),
    peer_brian2.connect(options, "gaba", inh, cells, "gaba_post = g_pre : 1 (summed)"),
]
peer_brian2.run(options, 0.1, parts, {"cells": cells})
