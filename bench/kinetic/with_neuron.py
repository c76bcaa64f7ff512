# SPDX-License-Identifier: Apache-2.0
"""The kinetic network in NEURON: its own Hodgkin-Huxley membrane, whose rates at 6.3 degrees are these."""

import pathlib
import tempfile

import numpy as np
import peer
import peer_neuron
from peer_neuron import US_PER_MS_CM2

options = peer.parse()
if options.nmda:
    raise SystemExit("BioNMDA is not written for NEURON")
current = np.load(options.network / "cells.input.npy")
V = np.load(options.network / "cells.V.npy")


def insert(section):
    section.insert("hh")
    section.ena, section.ek = 50, -77
    for segment in section:
        segment.hh.gl, segment.hh.el = 0.03e-3, -54.387


with tempfile.TemporaryDirectory() as build:
    h = peer_neuron.load(pathlib.Path(build))
    h.celsius = 6.3
    cells = peer_neuron.Cells(h, options.neurons, insert, V, 20)
    kept = []
    for section, amplitude in zip(cells.sections, current, strict=True):
        clamp = h.IClamp(section(0.5))
        clamp.delay, clamp.dur, clamp.amp = 0, 1e9, amplitude * US_PER_MS_CM2
        kept.append(clamp)
    num_exc = options.neurons * 4 // 5
    for name, first, weight, (alpha, T, duration, E) in (
        ("ampa", 0, 0.02, (0.98, 0.5, 0.5, 0)),
        ("gaba", num_exc, 0.10, (0.53, 1, 1, -80)),
    ):
        receptors = [h.Receptor(section(0.5)) for section in cells.sections]
        for receptor in receptors:
            receptor.alpha, receptor.T, receptor.duration, receptor.E = alpha, T, duration, E
        connections = peer.Connections(options.network, name)
        kept += receptors + cells.connect(connections, first, receptors, weight * US_PER_MS_CM2, 1.0)
    cells.run(options, 0.1)
