# SPDX-License-Identifier: Apache-2.0
"""The network of Brette et al. (2007), benchmark 3, in GeNN: its own synapses, the neuron a user's own."""

import numpy as np
import peer
import peer_genn
import pygenn
from peer_genn import over_expm1

MEMBRANE = f"""
const scalar old_V = V, u = V + 63;
const scalar a_m = 1.28 * {over_expm1("(13 - u) / 4")}, b_m = 1.4 * {over_expm1("(u - 40) / 5")};
const scalar a_h = 0.128 * exp((17 - u) / 18), b_h = 4 / (1 + exp((40 - u) / 5));
const scalar a_n = 0.16 * {over_expm1("(15 - u) / 5")}, b_n = 0.5 * exp((10 - u) / 40);
const scalar g_Na = 20000 * m * m * m * h, g_K = 6000 * n * n * n * n, total = g_Na + g_K + 10;
const scalar V_inf = (g_Na * 50 + g_K * -90 + 10 * -60 + Isyn) / total;
V = V_inf + (V - V_inf) * exp(-total * dt / 200);
m = a_m / (a_m + b_m) + (m - a_m / (a_m + b_m)) * exp(-(a_m + b_m) * dt);
h = a_h / (a_h + b_h) + (h - a_h / (a_h + b_h)) * exp(-(a_h + b_h) * dt);
n = a_n / (a_n + b_n) + (n - a_n / (a_n + b_n)) * exp(-(a_n + b_n) * dt);
"""
cell = pygenn.create_neuron_model(
    "TraubMiles",
    vars=[(name, "scalar") for name in ("V", "m", "h", "n")],
    sim_code=MEMBRANE + "const bool crossed = old_V < -20 && V >= -20;",
    threshold_condition_code="crossed",
)
# Its ExpCond would scale a spike to the mean over a step.
exponential = pygenn.create_postsynaptic_model(
    "Exponential",
    params=["tau", "E"],
    derived_params=[("decay", lambda parameters, dt: np.exp(-dt / parameters["tau"]))],
    neuron_var_refs=[("V", "scalar")],
    sim_code="injectCurrent(inSyn * (E - V)); inSyn *= decay;",
)
options = peer.parse()
model = peer_genn.prepare(options, 0.1)
num_exc = options.neurons * 4 // 5
V = np.load(options.network / "cells.V.npy")
cells = peer_genn.neurons(model, "cells", cell, options.neurons, {"V": V, "m": 0.0, "h": 0.0, "n": 0.0})
for name, first, weight, tau, E in (("exc", 0, 6.0, 5.0, 0.0), ("inh", num_exc, 67.0, 10.0, -80.0)):
    synapses = model.add_synapse_population(
        name,
        "SPARSE",
        cells,
        cells,
        pygenn.init_weight_update("StaticPulseConstantWeight", {"g": weight}),
        pygenn.init_postsynaptic(exponential, {"tau": tau, "E": E}, {}, {"V": pygenn.create_var_ref(cells, "V")}),
    )
    connections = peer.Connections(options.network, name)
    synapses.set_sparse_connections(connections.pre + first, connections.post)
peer_genn.run(model, options, 0.1, {"cells": cells})
