# SPDX-License-Identifier: Apache-2.0
"""bench/train/bouton.cpp from Python: the same network, from the files that it wrote. Prints one line of JSON."""

import json
import time

import numpy as np
import peer

import bouton as bp
import bouton.math as bm

DT = 0.1

options = peer.parse()
num = options.neurons
rows = 1 if options.form == "large" else 64
bm.set_compat("brainpy_2_4")
bm.set_environment(mode=bm.TrainingMode(rows), dt=DT, x64=options.precision == "float64")
weights = np.load(options.network / "ampa.weight.npy")


def cells(name):
    start_V = np.load(options.network / f"{name}.V.npy").reshape(rows, num)
    cell = {"V_rest": -70.0, "V_reset": -70.0, "V_th": -50.0, "tau": 20.0}
    return bp.neurons.LIF(num, spike_fun="sigmoid", V_initializer=lambda shape: start_V, **cell)


pre, post = cells("pre"), cells("post")
if options.form == "dense":
    syn = bp.synapses.AMPA(pre, post, bp.conn.All2All(), g_max=weights.reshape(num, num))
else:
    found = peer.Connections(options.network, "ampa")
    pairs = {"i": found.pre, "j": found.post}
    syn = bp.synapses.AMPA(pre, post, pairs, g_max=weights, comp_method="sparse")
net = bp.Network(pre=pre, syn=syn, post=post)
current = np.load(options.network / "pre.input.npy").reshape(rows, num)


inputs, threads = ("pre.input", current), options.threads


def iteration():
    net.reset_state(rows)
    begin = time.perf_counter()
    records, pullback = bp.vjp(net, steps=options.steps, inputs=inputs, monitors=["post.V"], threads=threads)
    off = records["post.V"] + 60
    loss = np.vdot(off, off) / off.size
    off *= 2 / off.size
    (gradient,) = pullback({"post.V": off}).values()
    return time.perf_counter() - begin, loss, gradient


iteration()
start = peer.age()
us_per_step = []
for _ in range(options.blocks):
    seconds, loss, gradient = iteration()
    us_per_step.append(1e6 * seconds / options.steps)
print(
    json.dumps(
        {
            "simulator": "bouton from Python", "version": bp.__version__, "neurons": num,
            "precision": options.precision, "loss": float(loss), "largest": float(np.abs(gradient).max()),
            "sum": float(gradient.sum(dtype=float)), "us_per_step": us_per_step, "memory": peer.peak_memory(),
            "start": start,
        }
    )
)  # fmt: skip
