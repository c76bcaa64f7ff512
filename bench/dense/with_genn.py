# SPDX-License-Identifier: Apache-2.0
"""The full matrix of weights in GeNN."""

import numpy as np
import peer
import peer_genn
import pygenn

MEMBRANE = """
const scalar V_inf = -70 + I + Isyn;
V = V_inf + (V - V_inf) * exp(-dt / 20);
"""
options = peer.parse()
model = peer_genn.prepare(options, 0.1)
fires = {"threshold_condition_code": "V >= -50"}
driven = pygenn.create_neuron_model(
    "Driven",
    vars=[("V", "scalar"), ("I", "scalar"), ("g", "scalar"), ("countdown", "int")],
    sim_code="const int pulse = 5; const scalar opening = 0.49;" + peer_genn.RECEPTOR + MEMBRANE,
    reset_code="V = -70; countdown = pulse;",
    **fires,
)
receiving = pygenn.create_neuron_model(
    "Receiving", vars=[("V", "scalar"), ("I", "scalar")], sim_code=MEMBRANE, reset_code="V = -70;", **fires
)
V = {name: np.load(options.network / f"{name}.V.npy") for name in ("pre", "post")}
current = np.load(options.network / "pre.input.npy")
at_start = {"V": V["pre"], "I": current, "g": 0.0, "countdown": 0}
pre = peer_genn.neurons(model, "pre", driven, options.neurons, at_start)
post = peer_genn.neurons(model, "post", receiving, options.neurons, {"V": V["post"], "I": 0.0})
weight = np.load(options.network / "ampa.weight.npy")
ampa = peer_genn.output(peer_genn.Coba, post, 1, 0)
peer_genn.connect(model, options, "ampa", pre, post, "g", ampa, weight=weight)
peer_genn.run(model, options, 0.1, {"pre": pre, "post": post})
