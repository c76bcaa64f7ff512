# SPDX-License-Identifier: Apache-2.0
"""The kinetic network in GeNN."""

import numpy as np
import peer
import peer_genn
import pygenn
from peer_genn import over_expm1

MEMBRANE = f"""
const scalar old_V = V;
const scalar a_m = {over_expm1("-(V + 40) / 10")}, b_m = 4 * exp(-(V + 65) / 18);
const scalar a_h = 0.07 * exp(-(V + 65) / 20), b_h = 1 / (1 + exp(-(V + 35) / 10));
const scalar a_n = 0.1 * {over_expm1("-(V + 55) / 10")}, b_n = 0.125 * exp(-(V + 65) / 80);
const scalar g_Na = 120 * m * m * m * h, g_K = 36 * n * n * n * n, total = g_Na + g_K + 0.03;
const scalar V_inf = (g_Na * 50 + g_K * -77 + 0.03 * -54.387 + I + Isyn) / total;
V = V_inf + (V - V_inf) * exp(-total * dt);
m = a_m / (a_m + b_m) + (m - a_m / (a_m + b_m)) * exp(-(a_m + b_m) * dt);
h = a_h / (a_h + b_h) + (h - a_h / (a_h + b_h)) * exp(-(a_h + b_h) * dt);
n = a_n / (a_n + b_n) + (n - a_n / (a_n + b_n)) * exp(-(a_n + b_n) * dt);
const bool crossed = old_V < 20 && V >= 20;
"""
NMDA = """
const scalar rate_g = 2 * x + 0.01, rate_x = open ? (scalar) 1.5 : (scalar) 0.5;
g_nmda = 2 * x / rate_g + (g_nmda - 2 * x / rate_g) * exp(-rate_g * dt);
const scalar x_inf = open ? (scalar) (1 / 1.5) : (scalar) 0;
x = x_inf + (x - x_inf) * exp(-rate_x * dt);
"""

options = peer.parse()
model = peer_genn.prepare(options, 0.1)
num, num_exc = options.neurons, options.neurons * 4 // 5
is_exc = np.arange(num) < num_exc
V = np.load(options.network / "cells.V.npy")
rates = {
    "m": (0.1 * (V + 40) / -np.expm1(-(V + 40) / 10), 4 * np.exp(-(V + 65) / 18)),
    "h": (0.07 * np.exp(-(V + 65) / 20), 1 / (1 + np.exp(-(V + 35) / 10))),
    "n": (0.01 * (V + 55) / -np.expm1(-(V + 55) / 10), 0.125 * np.exp(-(V + 65) / 80)),
}
variables = {"V": V, **{gate: a / (a + b) for gate, (a, b) in rates.items()}}
variables |= {"I": np.load(options.network / "cells.input.npy"), "g": 0.0, "opening": np.where(is_exc, 0.49, 0.53)}
if options.nmda:
    variables |= {"g_nmda": 0.0, "x": 0.0}
counts = {"pulse": np.where(is_exc, 5, 10), "countdown": 0}
cell = pygenn.create_neuron_model(
    "Cell",
    vars=[(name, "scalar") for name in variables] + [(name, "int") for name in counts],
    sim_code=peer_genn.RECEPTOR + (NMDA if options.nmda else "") + MEMBRANE,
    threshold_condition_code="crossed",
    reset_code="countdown = 9 + pulse;",
)
cells = peer_genn.neurons(model, "cells", cell, num, variables | counts)
ampa, gaba = (peer_genn.output(peer_genn.Coba, cells, *values) for values in ((0.02, 0), (0.10, -80)))
peer_genn.connect(model, options, "ampa", cells, cells, "g", ampa)
peer_genn.connect(model, options, "gaba", cells, cells, "g", gaba, num_exc)
if options.nmda:
    nmda = peer_genn.output(peer_genn.MgBlock, cells, 0.004, 0)
    peer_genn.connect(model, options, "nmda", cells, cells, "g_nmda", nmda)
peer_genn.run(model, options, 0.1, {"cells": cells})
