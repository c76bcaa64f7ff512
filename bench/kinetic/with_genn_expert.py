# SPDX-License-Identifier: Apache-2.0
"""The kinetic network in GeNN as an expert may write it: one custom update, which the compiler vectorises, advances
neurons and the sums over their inputs by closed forms; GeNN's synapses act at the start and at the end of a pulse only.

Of a receptor a neuron has the sum of g over its inputs and, over those whose transmitter is present, the sum of g and
their number. These two stand in one value, number + sum / unit, where GeNN keeps the input of a neuron: to it a synapse
adds 1 + g / unit when a pulse starts and subtracts as much when it ends, one addition for each connection.
"""

import sys
from math import exp

import numpy as np
import peer
import peer_genn
import pygenn

DELAY, PULSE = 10, {"ampa": 5, "gaba": 10}  # [steps]
BINDING = {"ampa": 0.49, "gaba": 0.53}  # alpha T [1/ms]
UNIT = {"ampa": 128, "gaba": 32}  # more than twice the number of inputs times the most that g can be
CLOSED = exp(-0.018)  # of g is left after a step without transmitter
OPEN = {name: exp(-0.1 * (binding + 0.18)) for name, binding in BINDING.items()}  # of the distance to g_inf, with it
RISE = {name: (1 - OPEN[name]) * binding / (binding + 0.18) for name, binding in BINDING.items()}
# `past`: bit k < 20 tells whether the neuron spiked k steps ago, any of PRESENT that its transmitter is present in the
# next step, bit 20 whether that changes in the step after; above, its spikes are counted.
PRESENT = {name: ((1 << pulse) - 1) << DELAY for name, pulse in PULSE.items()}
EVENT, COUNT = 20, 21

options = peer.parse()
if options.nmda:
    sys.exit("BioNMDA has no closed form in a few sums")
model = peer_genn.prepare_custom_update(options, 0.1)
num, num_exc = options.neurons, options.neurons * 4 // 5


def by_kind(values, suffix=""):
    return f"(id < {num_exc} ? {values['ampa']}{suffix} : {values['gaba']}{suffix})"


def sums(name):
    return f"""
const scalar {name}_num = rint({name}), {name}_on = {UNIT[name]} * ({name} - {name}_num);
const scalar {name}_new = {OPEN[name]} * {name}_on + {RISE[name]} * {name}_num;
{name}_g = {CLOSED} * ({name}_g - {name}_on) + {name}_new;
{name} = {name}_num + {1 / UNIT[name]} * {name}_new;
"""


# With a = A / D and a + b = N / D a gate tends to A / N. One exponential gives all of V, two divisions the quotients;
# x / (1 - exp(-x)) is continued by a series.
near = 1e-4 if options.precision == "float64" else 5e-2
membrane = f"""
const scalar w = exp((V + 65) * {-1 / 720}), w2 = w * w, w4 = w2 * w2, w8 = w4 * w4, w16 = w8 * w8;
const scalar e80 = w8 * w, e40 = e80 * e80, e20 = e40 * e40, e10 = e20 * e20, e18 = w16 * w16 * w8;
const scalar x_m = 0.1 * (V + 40), x_n = 0.1 * (V + 55);
const bool near_m = fabs(x_m) < {near}, near_n = fabs(x_n) < {near};
const scalar A_m = near_m ? 1 : x_m, A_n = 0.1 * (near_n ? 1 : x_n);
const scalar D_m = near_m ? 1 - x_m * (0.5 - {1 / 6} * x_m) : 1 - {exp(2.5)} * e10;
const scalar D_n = near_n ? 1 - x_n * (0.5 - {1 / 6} * x_n) : 1 - {exp(1)} * e10;
const scalar D_h = 1 + {exp(3)} * e10, A_h = 0.07 * e20 * D_h;
const scalar N_m = A_m + 4 * e18 * D_m, N_h = A_h + 1, N_n = A_n + 0.125 * e80 * D_n;
const scalar g_Na = 120 * m * m * m * h, g_K = 36 * n * n * n * n, total = g_Na + g_K + 0.03;
const scalar current = 0.02 * ampa_g * (0 - V) + 0.10 * gaba_g * (-80 - V);
const scalar drive = g_Na * 50 + g_K * -77 + {0.03 * -54.387} + I + current;
const scalar DN_m = D_m * N_m, DN_h = D_h * N_h, DN_n = D_n * N_n;
const scalar over_m_h = 1 / (DN_m * DN_h), over_n_V = 1 / (DN_n * total);
const scalar over_m = over_m_h * DN_h, over_h = over_m_h * DN_m, over_n = over_n_V * total;
const scalar m_inf = A_m * D_m * over_m, h_inf = A_h * D_h * over_h, n_inf = A_n * D_n * over_n;
const scalar V_inf = drive * DN_n * over_n_V, old_V = V;
V = V_inf + (V - V_inf) * exp(-0.1 * total);
m = m_inf + (m - m_inf) * exp(-0.1 * N_m * N_m * over_m);
h = h_inf + (h - h_inf) * exp(-0.1 * N_h * N_h * over_h);
n = n_inf + (n - n_inf) * exp(-0.1 * N_n * N_n * over_n);
const bool crossed = (old_V < 20) && (V >= 20);
"""
release = f"""
const bool open = (past & {by_kind(PRESENT, "u")}) != 0;
g = open ? {by_kind(OPEN)} * g + {by_kind(RISE)} : {CLOSED} * g;
"""
remember = f"""
const uint32_t spikes = ((past & {(1 << EVENT - 1) - 1}u) << 1) | (crossed ? 1u : 0u);
const bool open_next = (spikes & {by_kind(PRESENT, "u")}) != 0;
const bool open_after = (spikes & {by_kind({name: bits >> 1 for name, bits in PRESENT.items()}, "u")}) != 0;
const uint32_t count = (past & {(1 << 32) - (1 << COUNT)}u) + (crossed ? {1 << COUNT}u : 0u);
past = count + spikes + ((open_next != open_after) ? {1 << EVENT}u : 0u);
"""

V = np.load(options.network / "cells.V.npy")
rates = {
    "m": (0.1 * (V + 40) / -np.expm1(-(V + 40) / 10), 4 * np.exp(-(V + 65) / 18)),
    "h": (0.07 * np.exp(-(V + 65) / 20), 1 / (1 + np.exp(-(V + 35) / 10))),
    "n": (0.01 * (V + 55) / -np.expm1(-(V + 55) / 10), 0.125 * np.exp(-(V + 65) / 80)),
}
variables = {"V": V, **{gate: a / (a + b) for gate, (a, b) in rates.items()}}
variables |= {"I": np.load(options.network / "cells.input.npy"), "g": 0.0, "ampa_g": 0.0, "gaba_g": 0.0}
types = dict.fromkeys(variables, "scalar") | {"past": "uint32_t"}
cell = pygenn.create_neuron_model(
    "Cell",
    vars=list(types.items()),
    threshold_condition_code=f"(past & {1 << EVENT}u) != 0",
    auto_refractory_required=False,
)
cells = model.add_neuron_population("cells", num, cell, {}, variables | {"past": 0})
references = {name: pygenn.create_var_ref(cells, name) for name in types}
models = [pygenn.create_postsynaptic_model("Kept")]  # GeNN does not keep them alive
for name, first in (("ampa", 0), ("gaba", num_exc)):
    pulse = pygenn.create_weight_update_model(
        f"Pulse_{name}",
        pre_neuron_var_refs=[("g", "scalar"), ("past", "uint32_t")],
        pre_spike_syn_code=f"addToPost((past & {PRESENT[name]}u) != 0 ? 1 + {1 / UNIT[name]} * g "
        f": -1 - {1 / UNIT[name]} * g);",
    )
    models.append(pulse)
    update = pygenn.init_weight_update(pulse, pre_var_refs={key: references[key] for key in ("g", "past")})
    kept = pygenn.init_postsynaptic(models[0])
    synapses = model.add_synapse_population(name, "SPARSE", cells, cells, update, kept)
    connections = peer.Connections(options.network, name)
    synapses.set_sparse_connections(connections.pre + first, connections.post)
    references[name] = pygenn.create_out_post_var_ref(synapses)
    types[name] = "scalar"
code = release + sums("ampa") + sums("gaba") + membrane + remember
peer_genn.run_custom_update(model, options, 0.1, cells, references, types, code, "past", COUNT)
