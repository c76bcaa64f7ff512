# SPDX-License-Identifier: Apache-2.0
"""The documented example in BrainPy."""

import json

import brainpy as bp
import brainpy.math as bm
import numpy as np
import peer

options = peer.parse()
bm.set_platform("cpu")
bm.set_dt(options.dt)
if options.precision == "float64":
    bm.enable_x64()
at_rest = bp.init.OneInit(-65.0)
pre, post = bp.neurons.HH(1, V_initializer=at_rest), bp.neurons.HH(1, V_initializer=at_rest)
syn = bp.synapses.AMPA(pre, post, bp.conn.All2All())
net = bp.Network(pre=pre, syn=syn, post=post)
runner = bp.DSRunner(net, inputs=("pre.input", 5.0), monitors=["pre.V", "post.V", "syn.g"], progress_bar=False)
runner.run(150.0)
spikes = {name: peer.crossings(runner.mon[f"{name}.V"]) for name in ("pre", "post")}
result = {"simulator": "BrainPy", "version": bp.__version__, "peak_g": float(np.max(runner.mon["syn.g"])), **spikes}
print(json.dumps(result))
