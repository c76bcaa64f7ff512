# SPDX-License-Identifier: Apache-2.0
"""The network of Brette et al. (2007), benchmark 3, in NEURON: 2e-4 cm2 of membrane with 1 uF/cm2 are its 200 pF."""

import pathlib
import tempfile

import numpy as np
import peer
import peer_neuron

options = peer.parse()
V = np.load(options.network / "cells.V.npy")

with tempfile.TemporaryDirectory() as build:
    h = peer_neuron.load(pathlib.Path(build))
    cells = peer_neuron.Cells(h, options.neurons, lambda section: section.insert("traubmiles"), V, -20, area=2e-4)
    kept = []
    num_exc = options.neurons * 4 // 5
    for name, first, weight, tau, E in (("exc", 0, 0.006, 5, 0), ("inh", num_exc, 0.067, 10, -80)):  # uS, ms, mV
        receptors = [h.ExpSyn(section(0.5)) for section in cells.sections]
        for receptor in receptors:
            receptor.tau, receptor.e = tau, E
        connections = peer.Connections(options.network, name)
        kept += receptors + cells.connect(connections, first, receptors, weight, 0)
    cells.run(options, 0.1)
