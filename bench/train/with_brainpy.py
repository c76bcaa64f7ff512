# SPDX-License-Identifier: Apache-2.0
"""The gradients of bench/train/bouton.cpp by BrainPy, 2.4.0 or 2.8, with JAX: the same network, from the files that
bouton wrote; compiled as a whole. Prints one line of JSON.
"""

import json
import time

import brainpy as bp
import brainpy.math as bm
import numpy as np
import peer
import peer_brainpy

DT = 0.1

options = peer.parse()
peer_brainpy.prepare(options, DT)
num = options.neurons
rows = 1 if options.form == "large" else 64
bm.set_mode(bm.TrainingMode(rows))
weights = np.load(options.network / "ampa.weight.npy")


def cells_of():
    cell = {"V_rest": -70.0, "V_reset": -70.0, "V_th": -50.0, "tau": 20.0}
    if not peer_brainpy.IS_2_4:
        cell |= {"spk_reset": "hard", "detach_spk": True}  # to V_reset, the spike taken as a constant, as in 2.4
    return bp.neurons.LIF(num, spike_fun=bm.surrogate.sigmoid, **cell)


pre, post = cells_of(), cells_of()
if options.form == "dense":
    conn, g_max, comp_method = bp.conn.All2All(), weights.reshape(num, num), "dense"
else:
    connections = peer.Connections(options.network, "ampa")
    conn = bp.conn.MatConn(connections.matrix(num))
    g_max, comp_method = weights, "sparse"
    if peer_brainpy.IS_2_4:  # whose sparse sums fail for the biological receptors
        g_max = np.zeros((num, num))
        g_max[connections.pre, connections.post] = weights
        comp_method = "dense"
syn_mode = bm.mode if peer_brainpy.IS_2_4 else bm.BatchingMode(rows)  # 2.8 has no AMPA in training
syn = bp.synapses.AMPA(pre, post, conn, g_max=bm.asarray(g_max), comp_method=comp_method, mode=syn_mode)
if not peer_brainpy.IS_2_4:
    syn.g_max = bm.TrainVar(syn.g_max)
net = bp.Network(syn=syn, pre=pre, post=post)
start_V = {name: np.load(options.network / f"{name}.V.npy").reshape(rows, num) for name in ("pre", "post")}
current = bm.asarray(np.load(options.network / "pre.input.npy").reshape(rows, num))
times = bm.asarray(np.arange(options.steps) * DT)  # rounded once: what a pulse lasts depends on it
trained = net.train_vars().unique()


def loss():
    net.reset_state(rows)
    for group, name in ((pre, "pre"), (post, "post")):
        group.V.value = bm.asarray(start_V[name], dtype=group.V.dtype)

    def step(i, t):
        bp.share.save(t=t, dt=DT, i=i)
        pre.input += current
        net()
        V = post.V.value
        for group in (pre, post):
            group.input[:] = 0.0
        return V

    V = bm.for_loop(step, (bm.arange(options.steps), times))
    return bm.mean((V + 60.0) ** 2)


gradient_of = bm.jit(bm.grad(loss, grad_vars=trained, return_value=True))


def iteration():
    gradients, value = gradient_of()
    array = next(iter(gradients.values())) if hasattr(gradients, "values") else gradients[0]
    return np.asarray(array, dtype=float), float(value)


gradient, value = iteration()
start = peer.age()
us_per_step = []
for _ in range(options.blocks):
    begin = time.perf_counter()
    gradient, value = iteration()
    us_per_step.append((time.perf_counter() - begin) * 1e6 / options.steps)
print(
    json.dumps(
        {
            "simulator": "BrainPy",
            "version": bp.__version__,
            "neurons": num,
            "precision": options.precision,
            "loss": value,
            "largest": float(np.abs(gradient).max()),
            "sum": float(gradient.sum()),
            "us_per_step": us_per_step,
            "memory": peer.peak_memory(),
            "start": start,
        }
    )
)
