# SPDX-License-Identifier: Apache-2.0
"""The cortical network in GeNN."""

import numpy as np
import peer
import peer_genn
import pygenn

MEMBRANE = """
const scalar rate_g = 2 * x + 0.01, rate_x = open ? (scalar) 1.5 : (scalar) 0.5;
g_nmda = 2 * x / rate_g + (g_nmda - 2 * x / rate_g) * exp(-rate_g * dt);
const scalar x_inf = open ? (scalar) (1 / 1.5) : (scalar) 0;
x = x_inf + (x - x_inf) * exp(-rate_x * dt);
if (held > 0) {
    held--;
} else {
    const scalar V_inf = -70 + 22 + Isyn;
    V = V_inf + (V - V_inf) * exp(-dt / 20);
}
"""
options = peer.parse()
model = peer_genn.prepare(options, 0.1)
num, num_exc = options.neurons, options.neurons * 4 // 5
is_exc = np.arange(num) < num_exc
scalars = {"V": np.load(options.network / "cells.V.npy"), "g": 0.0, "g_nmda": 0.0, "x": 0.0}
scalars["opening"] = np.where(is_exc, 0.49, 0.53)
counts = {"pulse": np.where(is_exc, 5, 10), "countdown": 0, "held": 0}
cell = pygenn.create_neuron_model(
    "Cell",
    vars=[(name, "scalar") for name in scalars] + [(name, "int") for name in counts],
    sim_code=peer_genn.RECEPTOR + MEMBRANE,
    threshold_condition_code="V >= -50",
    reset_code="V = -70; held = 20; countdown = 14 + pulse;",
)
cells = peer_genn.neurons(model, "cells", cell, num, scalars | counts)
ampa, gaba = (peer_genn.output(peer_genn.Coba, cells, *values) for values in ((0.002, 0), (0.04, -80)))
nmda = peer_genn.output(peer_genn.MgBlock, cells, 0.0003, 0)
peer_genn.connect(model, options, "ampa", cells, cells, "g", ampa)
peer_genn.connect(model, options, "nmda", cells, cells, "g_nmda", nmda)
peer_genn.connect(model, options, "gaba", cells, cells, "g", gaba, num_exc)
peer_genn.run(model, options, 0.1, {"cells": cells})
