# SPDX-License-Identifier: Apache-2.0
"""How a network of Brian2 is run and timed: as one program in C++ that it writes and compiles.

The kinetics of a receptor stand once for each presynaptic neuron, beside its membrane, and a synapse does nothing but
add: that is the fastest form of such networks in Brian2. What a spike starts in bouton in step n + 1 + d is in Brian2
seen one step later by the kinetics and two steps later by the membrane, so delays of d steps are given as d - 1.
"""

import os
import tempfile

import brian2
import numpy as np
import peer
from brian2 import ms


def prepare(options, dt):
    brian2.set_device("cpp_standalone", build_on_run=False)
    threads = options.threads or os.cpu_count()
    brian2.prefs.devices.cpp_standalone.openmp_threads = threads if threads > 1 else 0  # 0: without OpenMP
    brian2.prefs.core.default_float_dtype = getattr(np, options.precision)
    brian2.defaultclock.dt = dt * ms


def neurons(num, equations, V, **arguments):
    group = brian2.NeuronGroup(num, equations, **arguments)
    group.V = V
    return group


def connect(options, name, pre, post, model="", **arguments):
    connections = peer.Connections(options.network, name)
    synapses = brian2.Synapses(pre, post, model, **arguments)
    synapses.connect(i=connections.pre, j=connections.post)
    return synapses


def pulses(group, steps, delay):
    """A spike sets `pulse_end` of its own neuron to the end of a pulse of transmitter."""
    own = brian2.Synapses(group, group, on_pre=f"pulse_end_post = t_in_timesteps + 1 + {steps}", delay=delay)
    own.connect(j="i")
    return own


def run(options, dt, parts, populations):
    """`parts`: all objects; `populations`: by name the groups whose spikes are counted."""
    spikes = {name: brian2.SpikeMonitor(group) for name, group in populations.items()}
    net = brian2.Network(*parts, *spikes.values())
    with tempfile.TemporaryDirectory() as folder:
        net.run(options.transient * dt * ms)
        net.run(options.steps * options.blocks * dt * ms)
        brian2.device.build(directory=folder, compile=True, run=True)
        us_per_step = brian2.device._last_run_time * 1e6 / (options.steps * options.blocks)
        steps = [np.rint(monitor.t / (dt * ms)) for monitor in spikes.values()]
        mean_V = [np.mean(np.asarray(group.V[:])) for group in populations.values()]
    nums = {name: len(group) for name, group in populations.items()}
    peer.report(
        "Brian2", brian2.__version__, options, dt, nums, (*peer.count_spikes(options, steps), [us_per_step]), mean_V
    )
