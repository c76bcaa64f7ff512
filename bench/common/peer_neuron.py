# SPDX-License-Identifier: Apache-2.0
"""How a network of NEURON is made and run: each neuron a compartment of 1e-5 cm2, so 1 mS/cm2 is 0.01 uS and 1 uA/cm2
is 0.01 nA. It steps V by implicit Euler, the gates by exponential Euler, and delivers spikes as events.
"""

import pathlib
import shutil
import subprocess
import sys

import numpy as np
import peer

AREA = 1e-5  # [cm2]
US_PER_MS_CM2 = 1e3 * AREA  # also nA for uA/cm2


def load(build):
    """NEURON with the mechanisms of common/neuron, compiled in the folder `build`."""
    mechanisms = pathlib.Path(__file__).parent / "neuron"
    if not (build / "x86_64").exists():
        shutil.copytree(mechanisms, build, dirs_exist_ok=True)
        compiler = pathlib.Path(sys.executable).parent / "nrnivmodl"
        subprocess.run([str(compiler)], cwd=build, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    from neuron import h, load_mechanisms

    if not hasattr(h, "Receptor"):
        load_mechanisms(str(build))
    h.load_file("stdrun.hoc")
    return h


class Cells:
    """Neurons of one compartment with the membrane that `insert` gives them."""

    def __init__(self, h, num, insert, V, threshold, area=AREA):
        self.h, self.V, self.threshold = h, V, threshold
        side = np.sqrt(area * 1e8 / np.pi)  # [um]
        self.sections = [h.Section(name=f"cell{k}") for k in range(num)]
        for section in self.sections:
            section.L = section.diam = side
            insert(section)
        self.times, self.ids = h.Vector(), h.Vector()
        self.parallel = h.ParallelContext()
        for k, section in enumerate(self.sections):
            self.parallel.set_gid2node(k, 0)
            source = self.source(section)
            self.parallel.cell(k, source)
        self.parallel.spike_record(-1, self.times, self.ids)

    def source(self, section, target=None):
        connection = self.h.NetCon(section(0.5)._ref_v, target, sec=section)
        connection.threshold = self.threshold
        return connection

    def connect(self, connections, first, receptors, weight, delay):
        """Connection k starts at neuron pre[k] + first and ends at receptors[post[k]]. `delay` in ms."""
        made = []
        for pre, post in zip(connections.pre.tolist(), connections.post.tolist(), strict=True):
            connection = self.parallel.gid_connect(pre + first, receptors[post])
            connection.weight[0], connection.delay = weight, delay
            made.append(connection)
        return made

    def run(self, options, dt):
        h = self.h
        self.parallel.set_maxstep(10)
        h.dt = dt
        h.steps_per_ms = 1 / dt
        for section, V in zip(self.sections, self.V, strict=True):
            section.v = V
        h.finitialize()
        done = 0

        def advance(steps):
            nonlocal done
            done += steps
            self.parallel.psolve(done * dt)
            return []

        _, _, us_per_step = peer.measure(options, advance)
        steps = [np.floor(np.array(self.times) / dt + 1e-6)]
        mean_V = [np.mean([section.v for section in self.sections])]
        measured = (*peer.count_spikes(options, steps), us_per_step)
        version = h.nrnversion(0)
        peer.report("NEURON", version, options, dt, {"cells": len(self.sections)}, measured, mean_V)
