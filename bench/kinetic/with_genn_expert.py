# SPDX-License-Identifier: Apache-2.0
"""The kinetic network in GeNN as an expert may write it: no synapse populations, but custom updates that gather over
lists of inputs, with literals for all constants.
"""

import numpy as np
import peer
import peer_genn
import pygenn
from peer_genn import over_expm1

EXC, INH, DELAY = 64, 16, 10  # inputs of each neuron; [steps]

options = peer.parse()
model = peer_genn.prepare(options, 0.1)
num, num_exc = options.neurons, options.neurons * 4 // 5
is_exc = np.arange(num) < num_exc


def inputs(name, first, each):
    connections = peer.Connections(options.network, name)
    by_post = np.argsort(connections.post, kind="stable")
    assert np.array_equal(connections.post[by_post], np.repeat(np.arange(num), each))
    return (connections.pre[by_post] + first).astype(np.uint32)


release = f"""
const bool open = countdown > 0 && countdown <= pulse;
countdown -= countdown > 0;
const scalar decay = open ? (opening > 0.5 ? {np.exp(-0.071)} : {np.exp(-0.067)}) : {np.exp(-0.018)};
const scalar g_inf = open ? opening / (opening + 0.18) : 0.0;
g = g_inf + (g - g_inf) * decay;
G[id] = g;
"""
add_up = f"""
scalar exc = 0, inh = 0;
for (unsigned int k = 0; k < {EXC}; k++) exc += G[exc_source[id * {EXC} + k]];
for (unsigned int k = 0; k < {INH}; k++) inh += G[inh_source[id * {INH} + k]];
current = 0.02 * exc * (0 - V) + 0.10 * inh * (-80 - V);
"""
if options.nmda:
    release += f"""
const scalar rate = 2 * x + 0.01, x_inf = open ? {1 / 1.5} : 0.0;
slow = 2 * x / rate + (slow - 2 * x / rate) * exp(-0.1 * rate);
x = x_inf + (x - x_inf) * (open ? {np.exp(-0.15)} : {np.exp(-0.05)});
S[id] = slow;
"""
    add_up += f"""
scalar nmda = 0;
for (unsigned int k = 0; k < {EXC}; k++) nmda += S[exc_source[id * {EXC} + k]];
current += 0.004 * nmda * (0 - V) / (1 + {1.2 / 3.57} * exp(-0.062 * V));
"""
membrane = f"""
const scalar old_V = V;
const scalar a_m = {over_expm1("-0.1 * (V + 40)")}, b_m = 4 * exp((V + 65) * {-1 / 18});
const scalar a_h = 0.07 * exp(-0.05 * (V + 65)), b_h = 1 / (1 + exp(-0.1 * (V + 35)));
const scalar a_n = 0.1 * {over_expm1("-0.1 * (V + 55)")}, b_n = 0.125 * exp(-0.0125 * (V + 65));
const scalar g_Na = 120 * m * m * m * h, g_K = 36 * n * n * n * n, total = g_Na + g_K + 0.03;
const scalar V_inf = (g_Na * 50 + g_K * -77 + {0.03 * -54.387} + I + current) / total;
V = V_inf + (V - V_inf) * exp(-0.1 * total);
m = a_m / (a_m + b_m) + (m - a_m / (a_m + b_m)) * exp(-0.1 * (a_m + b_m));
h = a_h / (a_h + b_h) + (h - a_h / (a_h + b_h)) * exp(-0.1 * (a_h + b_h));
n = a_n / (a_n + b_n) + (n - a_n / (a_n + b_n)) * exp(-0.1 * (a_n + b_n));
const int crossed = old_V < 20 && V >= 20;
countdown = crossed ? {DELAY} + pulse : countdown;
spikes += crossed;
"""
V = np.load(options.network / "cells.V.npy")
rates = {
    "m": (0.1 * (V + 40) / -np.expm1(-(V + 40) / 10), 4 * np.exp(-(V + 65) / 18)),
    "h": (0.07 * np.exp(-(V + 65) / 20), 1 / (1 + np.exp(-(V + 35) / 10))),
    "n": (0.01 * (V + 55) / -np.expm1(-(V + 55) / 10), 0.125 * np.exp(-(V + 65) / 80)),
}
scalars = {"V": V, **{gate: a / (a + b) for gate, (a, b) in rates.items()}}
scalars |= {"I": np.load(options.network / "cells.input.npy"), "current": 0.0, "g": 0.0}
scalars |= {"opening": np.where(is_exc, 0.49, 0.53), "slow": 0.0, "x": 0.0}
counts = {"pulse": np.where(is_exc, 5, 10), "countdown": 0, "spikes": 0}
types = dict.fromkeys(scalars, "scalar") | dict.fromkeys(counts, "int")
arrays = {"G": "scalar*", "exc_source": "uint32_t*", "inh_source": "uint32_t*"}
if options.nmda:
    arrays["S"] = "scalar*"
cell = pygenn.create_neuron_model("Cell", vars=list(types.items()), extra_global_params=list(arrays.items()))
cells = model.add_neuron_population("cells", num, cell, {}, scalars | counts)
real = np.float64 if options.precision == "float64" else np.float32
values = {"G": np.zeros(num, real), "S": np.zeros(num, real)}
values |= {"exc_source": inputs("ampa", 0, EXC), "inh_source": inputs("gaba", num_exc, INH)}
for name in arrays:
    cells.extra_global_params[name].set_init_values(values[name])


def update(name, code, variables, used_arrays):
    """A custom update in a group of its own, as groups are what is run in order."""
    custom = pygenn.create_custom_update_model(
        name,
        var_refs=[(variable, types[variable]) for variable in variables.split()],
        extra_global_param_refs=[(array, arrays[array]) for array in used_arrays.split()],
        update_code=code,
    )
    references = {variable: pygenn.create_var_ref(cells, variable) for variable in variables.split()}
    array_references = {array: pygenn.create_egp_ref(cells, array) for array in used_arrays.split()}
    model.add_custom_update(name, name, custom, {}, {}, references, array_references)


update("Release", release, "g opening slow x pulse countdown", "G S" if options.nmda else "G")
update("AddUp", add_up, "V current", " ".join(arrays))
update("Membrane", membrane, "V m h n I current pulse countdown spikes", "")
with peer_genn.folder_of_code():
    model.build()
    model.load()
    total_before = 0

    def advance(steps):
        global total_before
        for _ in range(steps):
            for name in ("Release", "AddUp", "Membrane"):
                model.custom_update(name)
        cells.vars["spikes"].pull_from_device()
        total, before = int(np.sum(cells.vars["spikes"].view)), total_before
        total_before = total
        return [total - before]

    measured = peer.measure(options, advance)
    cells.vars["V"].pull_from_device()
    mean_V = [np.mean(cells.vars["V"].view, dtype=float)]
peer.report("GeNN", pygenn.__version__, options, 0.1, {"cells": num}, measured, mean_V)
