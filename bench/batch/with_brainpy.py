# SPDX-License-Identifier: Apache-2.0
"""Sixty-four copies at once in BrainPy."""

import brainpy as bp
import brainpy.math as bm
import numpy as np
import peer
import peer_brainpy

ROWS = 64

options = peer.parse()
peer_brainpy.prepare(options, 0.1)
bm.set_mode(bm.BatchingMode(ROWS))


def cells_of():
    return bp.neurons.LIF(options.neurons, V_rest=-70.0, V_reset=-70.0, V_th=-50.0, tau=20.0)


pre, post = cells_of(), cells_of()
connections = peer.Connections(options.network, "ampa")
conn = bp.conn.MatConn(connections.matrix(options.neurons))
syn = bp.synapses.AMPA(pre, post, conn, g_max=1.0, comp_method="dense")
net = bp.Network(syn=syn, pre=pre, post=post)
net.reset_state(ROWS)
for group, name in ((pre, "pre"), (post, "post")):
    V = np.load(options.network / f"{name}.V.npy").reshape(ROWS, options.neurons)
    group.V.value = bm.asarray(V, dtype=group.V.dtype)
current = np.load(options.network / "pre.input.npy").reshape(ROWS, options.neurons)
peer_brainpy.run(options, 0.1, net, ("pre.input", bm.asarray(current)), {"pre": [pre], "post": [post]})
