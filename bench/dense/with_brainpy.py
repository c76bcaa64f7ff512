# SPDX-License-Identifier: Apache-2.0
"""The full matrix of weights in BrainPy."""

import brainpy as bp
import brainpy.math as bm
import numpy as np
import peer
import peer_brainpy

options = peer.parse()
peer_brainpy.prepare(options, 0.1)


def cells_of(name):
    V = bm.asarray(np.load(options.network / f"{name}.V.npy"))
    return bp.neurons.LIF(options.neurons, V_rest=-70.0, V_reset=-70.0, V_th=-50.0, tau=20.0, V_initializer=V)


pre, post = cells_of("pre"), cells_of("post")
weight = np.load(options.network / "ampa.weight.npy").reshape(options.neurons, options.neurons)
syn = bp.synapses.AMPA(pre, post, bp.conn.All2All(), g_max=bm.asarray(weight))
net = bp.Network(syn=syn, pre=pre, post=post)
current = bm.asarray(np.load(options.network / "pre.input.npy"))
peer_brainpy.run(options, 0.1, net, ("pre.input", current), {"pre": [pre], "post": [post]})
