# SPDX-License-Identifier: Apache-2.0
"""How a network of GeNN is made and run, on one core of the CPU (it uses no more), optimised as it offers and, with
`--form native`, for this machine.

The kinetics of a receptor stand once for each presynaptic neuron, in its neuron model; in each step synapses add up
their `g` over all connections. A neuron begins its pulse some steps after its spike, by counting down. Sums see `g` one
step late, so what arrives in bouton in step n + 1 + d begins after d - 1 steps.
"""

import contextlib
import os
import pathlib
import sys
import tempfile

import numpy as np
import peer
import pygenn

Relay = pygenn.create_weight_update_model(
    "Relay",
    pre_neuron_var_refs=[("state", "scalar")],
    synapse_dynamics_code="addToPost(state);",
)
WeightedRelay = pygenn.create_weight_update_model(
    "WeightedRelay",
    vars=[("w", "scalar", pygenn.VarAccess.READ_ONLY)],
    pre_neuron_var_refs=[("state", "scalar")],
    synapse_dynamics_code="addToPost(w * state);",
)
Coba = pygenn.create_postsynaptic_model(
    "Coba",
    params=["g_max", "E"],
    neuron_var_refs=[("V", "scalar")],
    sim_code="injectCurrent(g_max * inSyn * (E - V)); inSyn = 0;",
)
MgBlock = pygenn.create_postsynaptic_model(
    "MgBlock",
    params=["g_max", "E"],
    neuron_var_refs=[("V", "scalar")],
    sim_code="injectCurrent(g_max * inSyn * (E - V) / (1 + 1.2 / 3.57 * exp(-0.062 * V))); inSyn = 0;",
)

# To be set in reset_code: countdown = delay + pulse.
RECEPTOR = """
const bool open = countdown > 0 && countdown <= pulse;
if (countdown > 0) countdown--;
const scalar binding = open ? opening : (scalar) 0;
const scalar g_inf = binding / (binding + 0.18);
g = g_inf + (g - g_inf) * exp(-(binding + 0.18) * dt);
"""


@contextlib.contextmanager
def folder_of_code():
    """GeNN writes its code, and the output of its compiler, where the program stands; the result goes to stdout."""
    at_start, stdout = pathlib.Path.cwd(), os.dup(1)
    os.dup2(2, 1)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            yield
        finally:
            sys.stdout.flush()
            os.dup2(stdout, 1)
            os.chdir(at_start)


def over_expm1(x):
    """Code of x / (exp(x) - 1), continued to 1 at x = 0."""
    return f"(fabs({x}) < 1e-6 ? (scalar) 1 : ({x}) / expm1({x}))"


def prepare(options, dt):
    if options.form == "native":
        os.environ["CXX"] = "g++ -march=native"
    options.network = options.network.resolve()
    precision = "double" if options.precision == "float64" else "float"
    model = pygenn.GeNNModel(precision, "bench", backend="single_threaded_cpu", optimize_code=True)
    model.dt = dt
    return model


def prepare_custom_update(options, dt):
    """For a model that a custom update advances. The compiler is to check as many pairs of arrays for overlap as there
    are, else it does not vectorise, and to find exp for float, without which the exp of GeNN's code is that of double.
    """
    model = prepare(options, dt)
    model.default_narrow_sparse_ind_enabled = True
    flags = "--param=vect-max-version-for-alias-checks=1000 -include math.h"
    os.environ["CXX"] = f"{os.environ.get('CXX', 'g++')} {flags}"
    return model


def neurons(model, name, neuron_model, num, variables):
    group = model.add_neuron_population(name, num, neuron_model, {}, variables)
    group.spike_recording_enabled = True
    return group


def connect(model, options, name, pre, post, state, output, first=0, weight=None):
    """A population of synapses by which `state` of `pre` is summed, along the connections `name` of the network, whose
    neuron 0 is neuron `first` of `pre`; or, with a matrix of weights, along all.
    """
    state_of_pre = {"state": pygenn.create_var_ref(pre, state)}
    if weight is None:
        update = pygenn.init_weight_update(Relay, pre_var_refs=state_of_pre)
    else:
        update = pygenn.init_weight_update(WeightedRelay, vars={"w": weight}, pre_var_refs=state_of_pre)
    group = model.add_synapse_population(
        f"{name}_{state}", "SPARSE" if weight is None else "DENSE", pre, post, update, output
    )
    if weight is None:
        connections = peer.Connections(options.network, name)
        group.set_sparse_connections(connections.pre + first, connections.post)
    return group


def output(model_of_output, post, g_max, E):
    V = {"V": pygenn.create_var_ref(post, "V")}
    return pygenn.init_postsynaptic(model_of_output, {"g_max": g_max, "E": E}, {}, V)


def run_custom_update(model, options, dt, cells, references, types, code, word, bit, delivery=1):
    """A step is a custom update of all `references` by `code`, then `delivery` steps of GeNN, which deliver spikes.
    The variable `word` counts the spikes of a neuron from its bit `bit` on.
    """
    read_only = {"I": pygenn.VarAccessMode.READ_ONLY}
    variables = [
        (name, of_type, read_only.get(name, pygenn.VarAccessMode.READ_WRITE)) for name, of_type in types.items()
    ]
    step = pygenn.create_custom_update_model("Step", var_refs=variables, update_code=code)
    model.add_custom_update("Step", "Step", step, {}, {}, references)
    with folder_of_code():
        model.build()
        model.load()
        counted = np.zeros(cells.num_neurons, np.uint32)

        def advance(steps):
            for _ in range(steps):
                model.custom_update("Step")
                for _ in range(delivery):
                    model.step_time()
            cells.vars[word].pull_from_device()
            count = cells.vars[word].view >> bit
            spikes = (count - counted) % (1 << 32 - bit)
            counted[:] = count
            return [int(np.sum(spikes))]

        measured = peer.measure(options, advance)
        cells.vars["V"].pull_from_device()
        mean_V = [np.mean(cells.vars["V"].view, dtype=float)]
    peer.report("GeNN", pygenn.__version__, options, dt, {"cells": cells.num_neurons}, measured, mean_V)


def run(model, options, dt, populations):
    """`populations`: by name the groups whose spikes are counted."""
    groups = list(populations.values())
    with folder_of_code():
        model.build()
        model.load(num_recording_timesteps=options.transient + options.blocks * options.steps)

        def advance(steps):
            for _ in range(steps):
                model.step_time()
            return []

        _, _, us_per_step = peer.measure(options, advance)
        model.pull_recording_buffers_from_device()
        steps = [np.rint(group.spike_recording_data[0][0] / dt) for group in groups]
        for group in groups:
            group.vars["V"].pull_from_device()
        mean_V = [np.mean(group.vars["V"].view, dtype=float) for group in groups]
    nums = {name: group.num_neurons for name, group in populations.items()}
    measured = (*peer.count_spikes(options, steps), us_per_step)
    peer.report("GeNN", pygenn.__version__, options, dt, nums, measured, mean_V)
