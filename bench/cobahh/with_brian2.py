# SPDX-License-Identifier: Apache-2.0
"""The network of Brette et al. (2007), benchmark 3, in Brian2, in the form of its own examples."""

import numpy as np
import peer
import peer_brian2

options = peer.parse()
peer_brian2.prepare(options, 0.1)

equations = """
dV/dt = (g_exc*(0 - V) + g_inh*(-80 - V)
         - 20000*m**3*h*(V - 50) - 6000*n**4*(V + 90) - 10*(V + 60)) / 200 / ms : 1
dm/dt = (a_m*(1 - m) - b_m*m) / ms : 1
dh/dt = (a_h*(1 - h) - b_h*h) / ms : 1
dn/dt = (a_n*(1 - n) - b_n*n) / ms : 1
dg_exc/dt = -g_exc/(5*ms) : 1
dg_inh/dt = -g_inh/(10*ms) : 1
u = V + 63 : 1
a_m = 0.32*4/exprel((13 - u)/4) : 1
b_m = 0.28*5/exprel((u - 40)/5) : 1
a_h = 0.128*exp((17 - u)/18) : 1
b_h = 4/(1 + exp((40 - u)/5)) : 1
a_n = 0.032*5/exprel((15 - u)/5) : 1
b_n = 0.5*exp((10 - u)/40) : 1
"""
start = np.load(options.network / "cells.V.npy")
num_exc = options.neurons * 4 // 5
cells = peer_brian2.neurons(
    options.neurons, equations, start, threshold="V >= -20", refractory="V >= -20", method="exponential_euler"
)
parts = [
    cells,
    peer_brian2.connect(options, "exc", cells[:num_exc], cells, on_pre="g_exc_post += 6"),
    peer_brian2.connect(options, "inh", cells[num_exc:], cells, on_pre="g_inh_post += 67"),
]
peer_brian2.run(options, 0.1, parts, {"cells": cells})
