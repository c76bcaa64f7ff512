# SPDX-License-Identifier: Apache-2.0
"""The gamma rhythm in GeNN. Sodium activation is held within a step, as exponential Euler of V needs it."""

import numpy as np
import peer
import peer_genn
import pygenn
from peer_genn import over_expm1

MEMBRANE = f"""
const scalar old_V = V;
const scalar a_m = {over_expm1("-(V + 35) / 10")}, m_inf = a_m / (a_m + 4 * exp(-(V + 60) / 18));
const scalar a_h = 0.07 * exp(-(V + 58) / 20), b_h = 1 / (1 + exp(-(V + 28) / 10));
const scalar a_n = 0.1 * {over_expm1("-(V + 34) / 10")}, b_n = 0.125 * exp(-(V + 44) / 80);
const scalar g_Na = 35 * m_inf * m_inf * m_inf * h, g_K = 9 * n * n * n * n, total = g_Na + g_K + 0.1;
const scalar V_inf = (g_Na * 55 + g_K * -90 + 0.1 * -65 + 1 + Isyn) / total;
V = V_inf + (V - V_inf) * exp(-total * dt);
h = a_h / (a_h + b_h) + (h - a_h / (a_h + b_h)) * exp(-5 * (a_h + b_h) * dt);
n = a_n / (a_n + b_n) + (n - a_n / (a_n + b_n)) * exp(-5 * (a_n + b_n) * dt);
const bool crossed = old_V < 20 && V >= 20;
"""
options = peer.parse()
model = peer_genn.prepare(options, 0.05)
num = options.neurons
scalars = {"V": np.load(options.network / "cells.V.npy"), "h": 0.6, "n": 0.32, "g": 0.0}
cell = pygenn.create_neuron_model(
    "Cell",
    vars=[(name, "scalar") for name in scalars] + [("countdown", "int")],
    sim_code="const int pulse = 20; const scalar opening = 0.53;" + peer_genn.RECEPTOR + MEMBRANE,
    threshold_condition_code="crossed",
    reset_code="countdown = pulse;",
)
cells = peer_genn.neurons(model, "cells", cell, num, scalars | {"countdown": 0})
gaba = peer_genn.output(peer_genn.Coba, cells, 0.1 / num, -80)
peer_genn.connect(model, options, "gaba", cells, cells, "g", gaba, weight=1 - np.eye(num).ravel())
peer_genn.run(model, options, 0.05, {"cells": cells})
