# SPDX-License-Identifier: Apache-2.0
"""The documented example in NEURON. The mechanism is compiled once and for all, as its users do."""

import json
import pathlib
import tempfile

import peer
import peer_neuron
from peer_neuron import US_PER_MS_CM2

options = peer.parse()
h = peer_neuron.load(pathlib.Path(tempfile.gettempdir()) / "bench_neuron")
h.celsius = 6.3


def insert(section):
    section.insert("hh")
    section.ena, section.ek = 50, -77
    section(0.5).hh.gl, section(0.5).hh.el = 0.03e-3, -54.387


cells = peer_neuron.Cells(h, 2, insert, [-65, -65], 20)
pre, post = cells.sections
clamp = h.IClamp(pre(0.5))
clamp.delay, clamp.dur, clamp.amp = 0, 1e9, 5 * US_PER_MS_CM2
receptor = h.Receptor(post(0.5))
connection = cells.source(pre, receptor)
connection.weight[0], connection.delay = 0.42 * US_PER_MS_CM2, 0
traces = {name: h.Vector().record(section(0.5)._ref_v) for name, section in (("pre", pre), ("post", post))}
open_fraction = h.Vector().record(receptor._ref_on)
h.dt = options.dt
h.steps_per_ms = 1 / options.dt
h.finitialize(-65)
h.continuerun(150)
# The first value is that before the first step.
spikes = {name: peer.crossings(list(V)[1:]) for name, V in traces.items()}
peak_g = max(open_fraction) / (0.42 * US_PER_MS_CM2)
print(json.dumps({"simulator": "NEURON", "version": h.nrnversion(0), "peak_g": peak_g, **spikes}))
