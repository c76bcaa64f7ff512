# SPDX-License-Identifier: Apache-2.0
"""The network of Brette et al. (2007), benchmark 3, in NEST, which has this neuron with its synapses. Its equations are
solved with an adaptive step, a spike is the peak of V (with one only in `t_ref`, during which V goes on), and the
shortest delay is one step.
"""

import os

import nest
import numpy as np
import peer

options = peer.parse()
dt = 0.1
nest.verbosity = nest.VerbosityLevel.ERROR
nest.resolution = dt
nest.local_num_threads = options.threads or os.cpu_count()

num, num_exc = options.neurons, options.neurons * 4 // 5
parameters = {"C_m": 200.0, "g_Na": 20000.0, "E_Na": 50.0, "g_K": 6000.0, "E_K": -90.0, "g_L": 10.0, "E_L": -60.0}
parameters |= {"V_T": -63.0, "tau_syn_ex": 5.0, "tau_syn_in": 10.0, "E_ex": 0.0, "E_in": -80.0, "t_ref": 2.0}
cells = nest.Create("hh_cond_exp_traub", num, parameters | {"Act_m": 0.0, "Inact_h": 0.0, "Act_n": 0.0})
cells.V_m = np.load(options.network / "cells.V.npy")
numbers = np.array(cells.tolist())
for name, first, weight in (("exc", 0, 6.0), ("inh", num_exc, -67.0)):
    connections = peer.Connections(options.network, name)
    count = len(connections.pre)
    each = {"weight": np.full(count, weight), "delay": np.full(count, dt)}
    nest.Connect(numbers[connections.pre + first], numbers[connections.post], "one_to_one", each)
recorder = nest.Create("spike_recorder")
nest.Connect(cells, recorder)

nest.Prepare()


def advance(steps):
    nest.Run(steps * dt)
    return []


_, _, us_per_step = peer.measure(options, advance)
nest.Cleanup()
steps = [np.rint(recorder.events["times"] / dt) - 1]  # a time is the end of its step
measured = (*peer.count_spikes(options, steps), us_per_step)
peer.report("NEST", nest.__version__, options, dt, {"cells": num}, measured, [np.mean(cells.V_m)])
