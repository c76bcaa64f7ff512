# SPDX-License-Identifier: Apache-2.0
"""The gamma rhythm in BrainPy: its own neurons and receptors."""

import brainpy as bp
import brainpy.math as bm
import numpy as np
import peer
import peer_brainpy

options = peer.parse()
peer_brainpy.prepare(options, 0.05)
V = np.load(options.network / "cells.V.npy")
cells = bp.neurons.WangBuzsakiModel(len(V), V_initializer=bm.asarray(V))
syn = bp.synapses.GABAa(cells, cells, bp.conn.All2All(include_self=False), g_max=0.1 / len(V))
net = bp.Network(syn=syn, cells=cells)
peer_brainpy.run(options, 0.05, net, ("cells.input", 1.0), {"cells": [cells]})
