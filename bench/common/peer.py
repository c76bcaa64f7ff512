# SPDX-License-Identifier: Apache-2.0
"""What every benchmark program in Python has in common: its arguments, the network that bouton wrote, how it is timed,
and the line of JSON that it prints. common/bench.hpp is the same for programs in C++.
"""

import argparse
import json
import os
import pathlib
import time

import numpy as np

EARLY_STEPS = 100  # spikes of the transient are counted over as many steps at a time


def parse():
    parser = argparse.ArgumentParser()
    parser.add_argument("--neurons", type=int)
    parser.add_argument("--transient", type=int, default=500, help="steps that are not timed")
    parser.add_argument("--steps", type=int, default=1000, help="steps of a timed block")
    parser.add_argument("--blocks", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1, help="0: all")
    parser.add_argument("--precision", default="float64", choices=["float64", "float32"])
    parser.add_argument("--form", default="", help="which of several networks, or of several ways to write one")
    parser.add_argument("--nmda", action="store_true", help="kinetic: BioNMDA besides AMPA")
    parser.add_argument("--dt", type=float, default=0.1, help="pair: length of a step in ms")
    parser.add_argument("--network", type=pathlib.Path, help="folder that bouton wrote")
    return parser.parse_args()


class Connections:
    """Connection k goes from `pre[k]` to `post[k]`; sorted by pre, those of pre i stand at row[i]:row[i + 1]."""

    def __init__(self, folder, name):
        self.row = np.load(folder / f"{name}.row.npy").astype(np.int64)
        self.post = np.load(folder / f"{name}.target.npy").astype(np.int32)
        self.pre = np.repeat(np.arange(len(self.row) - 1, dtype=np.int32), np.diff(self.row))

    def matrix(self, num_post):
        mask = np.zeros((len(self.row) - 1, num_post), dtype=bool)
        mask[self.pre, self.post] = True
        return mask


def measure(options, advance):
    """Times `advance(steps)`, which makes as many steps and returns the number of spikes of each population.

    Returns (spikes of the transient in parts of EARLY_STEPS, spikes after it, microseconds per step of each block).
    """
    early = [advance(EARLY_STEPS) for _ in range(0, options.transient, EARLY_STEPS)]
    spikes, us_per_step = [], []
    for _ in range(options.blocks):
        start = time.perf_counter()
        spikes.append(advance(options.steps))
        us_per_step.append((time.perf_counter() - start) * 1e6 / options.steps)
    return early, spikes, us_per_step


def count_spikes(options, steps_of_spikes):
    """(Spikes of the transient in parts of EARLY_STEPS, spikes after it), as `measure` returns them, from the step of
    each spike of each population.
    """
    counts = [np.bincount(np.asarray(steps, dtype=int), minlength=options.transient) for steps in steps_of_spikes]
    parts = range(0, options.transient, EARLY_STEPS)
    early = [[count[begin : begin + EARLY_STEPS].sum() for count in counts] for begin in parts]
    return early, [[count[options.transient :].sum() for count in counts]]


def report(simulator, version, options, dt, populations, measured, mean_V, **more):
    """`populations`: number of neurons by name, in the order of what `advance` returns."""
    early, spikes, us_per_step = measured
    duration = options.steps * options.blocks * dt  # [ms]
    seen = {
        name: {
            "rate": 1000 * float(sum(block[k] for block in spikes)) / num / duration,
            "mean_V": float(mean_V[k]),
            "early": [int(part[k]) for part in early],
        }
        for k, (name, num) in enumerate(populations.items())
    }
    result = {
        "simulator": simulator,
        "version": version,
        "neurons": options.neurons,
        "precision": options.precision,
        "threads": options.threads,
        "memory": peak_memory(),
        "us_per_step": us_per_step,
        "populations": seen,
    }
    print(json.dumps(result | more))


def crossings(V):
    """The steps in which V comes up through 20 mV."""
    V = np.asarray(V).ravel()
    return (np.flatnonzero((V[:-1] < 20) & (V[1:] >= 20)) + 1).tolist()


def age():
    """How long this process has been running. [s]"""
    started = int(pathlib.Path("/proc/self/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[19])
    return time.clock_gettime(time.CLOCK_BOOTTIME) - started / os.sysconf("SC_CLK_TCK")


def peak_memory():
    """The most memory that this process has had. [MB]"""
    for line in pathlib.Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0
