# SPDX-License-Identifier: Apache-2.0
"""The documented example in Brian2. With `--form numpy` nothing is compiled, which ends earlier for so short a run."""

import json
import tempfile

import brian2
import numpy as np
import peer
from brian2 import ms

options = peer.parse()
if options.form == "numpy":
    brian2.prefs.codegen.target = "numpy"
else:
    brian2.set_device("cpp_standalone", build_on_run=False)
brian2.defaultclock.dt = options.dt * ms

equations = """
dV/dt = (I - 120*m**3*h*(V - 50) - 36*n**4*(V + 77) - 0.03*(V + 54.387) + 0.42*ampa*(0 - V)) / ms : 1
dm/dt = (a_m*(1 - m) - b_m*m) / ms : 1
dh/dt = (a_h*(1 - h) - b_h*h) / ms : 1
dn/dt = (a_n*(1 - n) - b_n*n) / ms : 1
a_m = 1/exprel(-(V + 40)/10) : 1
b_m = 4*exp(-(V + 65)/18) : 1
a_h = 0.07*exp(-(V + 65)/20) : 1
b_h = 1/(1 + exp(-(V + 35)/10)) : 1
a_n = 0.1/exprel(-(V + 55)/10) : 1
b_n = 0.125*exp(-(V + 65)/80) : 1
I : 1 (constant)
ampa : 1
dg/dt = (0.49*int(t_in_timesteps < pulse_end)*(1 - g) - 0.18*g) / ms : 1
pulse_end : integer
"""
cells = brian2.NeuronGroup(2, equations, threshold="V >= 20", refractory="V >= 20", method="exponential_euler")
cells.V = -65
cells.m, cells.h, cells.n = "a_m/(a_m + b_m)", "a_h/(a_h + b_h)", "a_n/(a_n + b_n)"
pre, post = cells[:1], cells[1:]
pre.I = 5
synapse = brian2.Synapses(pre, post, "ampa_post = g_pre : 1 (summed)")
synapse.connect()
release = brian2.Synapses(pre, pre, on_pre="pulse_end_post = t_in_timesteps + 1 + duration")
release.connect()
release.namespace["duration"] = round(0.5 / options.dt)
traces = brian2.StateMonitor(cells, ["V", "g"], record=True, when="end")
net = brian2.Network(cells, synapse, release, traces)
with tempfile.TemporaryDirectory() as folder:
    net.run(150 * ms)
    if options.form != "numpy":
        brian2.device.build(directory=folder, compile=True, run=True)
    spikes = {name: peer.crossings(traces.V[k]) for k, name in enumerate(("pre", "post"))}
    peak_g = float(np.max(traces.g))
print(json.dumps({"simulator": "Brian2", "version": brian2.__version__, "peak_g": peak_g, **spikes}))
