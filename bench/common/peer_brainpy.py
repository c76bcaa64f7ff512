# SPDX-License-Identifier: Apache-2.0
"""How a network of BrainPy, 2.4.0 or 2.8, is made and run: compiled as a whole by its runner.

In 2.8 a `delay_step` of d >= 2 acts d - 2 steps later than none, in 2.4.0 d steps later, as in bouton. (In 2.4.6 it
acts 10 d steps later.) Connections given by a list are computed from a sparse list in 2.8; in 2.4.0, where the
biological receptors fail so, from a mask of all pairs.
"""

import time

import brainpy as bp
import brainpy.math as bm
import numpy as np
import peer

IS_2_4 = bp.__version__.startswith("2.4")


def prepare(options, dt):
    bm.set_platform("cpu")
    bm.set_dt(dt)
    if options.precision == "float64":
        bm.enable_x64()


def delay(steps):
    return steps if IS_2_4 else steps + 2


def connect(connections, num_post, post_range=None):
    """The arguments `conn` and `comp_method` of a synapse, onto the neurons of `post_range` only."""
    if IS_2_4:
        mask = connections.matrix(num_post)
        return {"conn": bp.conn.MatConn(mask if post_range is None else mask[:, post_range]), "comp_method": "dense"}
    pre, post = connections.pre, connections.post
    if post_range is not None:
        is_in = (post_range.start <= post) & (post < post_range.stop)
        pre, post = pre[is_in], post[is_in] - post_range.start
    return {"conn": bp.conn.IJConn(pre, post), "comp_method": "sparse"}


def excitatory_inhibitory(options, cells_of, projections):
    """The two populations and the synapses of a network of `options.neurons` cells, the first 80 % excitatory.

    cells_of(V): neurons that start at V; projections: (name, model, is excitatory, arguments).
    """
    num, num_exc = options.neurons, options.neurons * 4 // 5
    parts = {"E": slice(0, num_exc), "I": slice(num_exc, num)}
    V = np.load(options.network / "cells.V.npy")
    groups = {name: cells_of(V[part]) for name, part in parts.items()}
    synapses = {}
    for name, model, is_exc, arguments in projections:
        connections = peer.Connections(options.network, name)
        for to, part in parts.items():
            synapses[f"{name}2{to}"] = model(
                groups["E" if is_exc else "I"], groups[to], **connect(connections, num, part), **arguments
            )
    return groups, synapses


def run(options, dt, net, inputs, populations):
    """`inputs` as the runner takes them; `populations`: by name the groups whose spikes are counted together."""

    def counter(groups):
        def count():
            return sum(bm.sum(group.spike) for group in groups)

        return (lambda _: count()) if IS_2_4 else count

    monitors = {name: counter(groups) for name, groups in populations.items()}
    runner = bp.DSRunner(net, inputs=inputs, monitors=monitors, progress_bar=False, dt=dt)

    def advance(steps):
        runner.run((steps + 0.5) * dt)
        return [np.sum(runner.mon[name]) for name in populations]

    def seconds_of_one_step():
        start = time.perf_counter()
        advance(1)
        return time.perf_counter() - start

    built = peer.age()
    # Every run is compiled anew. That is not part of a step: a run of one step tells how long it takes.
    early, spikes, us_per_step = peer.measure(options, advance)
    compilation = min(seconds_of_one_step() for _ in range(3))
    start = built + compilation
    us_per_step = [us - compilation * 1e6 / options.steps for us in us_per_step]

    V = {name: [np.asarray(group.V.value, dtype=float) for group in groups] for name, groups in populations.items()}
    nums = {name: sum(values.size for values in V[name]) for name in V}
    mean_V = [sum(values.sum() for values in V[name]) / nums[name] for name in V]
    peer.report("BrainPy", bp.__version__, options, dt, nums, (early, spikes, us_per_step), mean_V, start=start)
