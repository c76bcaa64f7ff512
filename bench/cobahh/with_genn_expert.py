# SPDX-License-Identifier: Apache-2.0
"""The network of Brette et al. (2007), benchmark 3, in GeNN as an expert may write it: one custom update, which the
compiler vectorises, advances neurons and conductances, which stand where GeNN keeps the input of a neuron.

Of GeNN's steps the first finds the spikes and the second adds them, so that they arrive in the next step.
"""

from math import exp

import numpy as np
import peer
import peer_genn
import pygenn

COUNT = 1  # `spikes`: bit 0 tells whether the neuron spikes now, those above count

options = peer.parse()
model = peer_genn.prepare_custom_update(options, 0.1)
num, num_exc = options.neurons, options.neurons * 4 // 5
# With a = A / D and b = B / F a gate tends to A F / N, N = A F + B D. One exponential gives all of V, two divisions the
# quotients; x / (exp(x) - 1) is continued by a series.
near = 1e-4 if options.precision == "float64" else 5e-2


def over_expm1(name, x, power):
    """Code of numerator and denominator of x / (exp(x) - 1); `power`: code of exp(x)."""
    return f"""
const scalar x_{name} = {x};
const bool near_{name} = fabs(x_{name}) < {near};
const scalar A_{name} = near_{name} ? 1 : x_{name};
const scalar D_{name} = near_{name} ? 1 + x_{name} * (0.5 + {1 / 6} * x_{name}) : {power} - 1;
"""


code = f"""
const scalar u = V + 63, w = exp(u * {-1 / 360}), w2 = w * w, w4 = w2 * w2, w8 = w4 * w4, e40 = w8 * w;
const scalar e20 = e40 * e40, e10 = e20 * e20, e5 = e10 * e10, e4 = e5 * e20, e18 = w8 * w8 * w4;
{over_expm1("m", "0.25 * (13 - u)", f"{exp(3.25)} * e4")}
{over_expm1("b", "0.2 * (40 - u)", f"{exp(8)} * e5")}
{over_expm1("n", "0.2 * (15 - u)", f"{exp(3)} * e5")}
const scalar AF_m = 1.28 * A_m * D_b, N_m = AF_m + {1.4 * exp(8)} * e5 * A_b * D_m, DF_m = D_m * D_b;
const scalar D_h = 1 + {exp(8)} * e5, A_h = {0.128 * exp(17 / 18)} * e18 * D_h, N_h = A_h + 4;
const scalar N_n = 0.16 * A_n + {0.5 * exp(0.25)} * e40 * D_n;
const scalar g_Na = 20000 * m * m * m * h, g_K = 6000 * n * n * n * n, total = g_Na + g_K + 10;
const scalar drive = g_Na * 50 + g_K * -90 - 600 + exc * (0 - V) + inh * (-80 - V);
const scalar DN_m = DF_m * N_m, DN_h = D_h * N_h, DN_n = D_n * N_n;
const scalar over_m_V = 1 / (DN_m * total), over_h_n = 1 / (DN_h * DN_n);
const scalar over_m = over_m_V * total, over_h = over_h_n * DN_n, over_n = over_h_n * DN_h;
const scalar m_inf = AF_m * DF_m * over_m, h_inf = A_h * D_h * over_h, n_inf = 0.16 * A_n * D_n * over_n;
const scalar V_inf = drive * DN_m * over_m_V, old_V = V;
V = V_inf + (V - V_inf) * exp({-0.1 / 200} * total);
m = m_inf + (m - m_inf) * exp(-0.1 * N_m * N_m * over_m);
h = h_inf + (h - h_inf) * exp(-0.1 * N_h * N_h * over_h);
n = n_inf + (n - n_inf) * exp(-0.1 * N_n * N_n * over_n);
exc *= {exp(-0.1 / 5)};
inh *= {exp(-0.1 / 10)};
spikes += ((old_V < -20) && (V >= -20)) ? {1 + (1 << COUNT)}u : 0u;
"""
V = np.load(options.network / "cells.V.npy")
types = dict.fromkeys(("V", "m", "h", "n"), "scalar") | {"spikes": "uint32_t"}
cell = pygenn.create_neuron_model(
    "TraubMiles",
    vars=list(types.items()),
    threshold_condition_code="(spikes & 1u) != 0",
    reset_code="spikes -= 1u;",
    auto_refractory_required=False,
)
cells = model.add_neuron_population("cells", num, cell, {}, {"V": V, "m": 0.0, "h": 0.0, "n": 0.0, "spikes": 0})
references = {name: pygenn.create_var_ref(cells, name) for name in types}
models = [pygenn.create_postsynaptic_model("Kept")]  # GeNN does not keep them alive
for name, first, weight in (("exc", 0, 6.0), ("inh", num_exc, 67.0)):
    models.append(pygenn.create_weight_update_model(f"Spike_{name}", pre_spike_syn_code=f"addToPost({weight});"))
    update, kept = pygenn.init_weight_update(models[-1]), pygenn.init_postsynaptic(models[0])
    synapses = model.add_synapse_population(name, "SPARSE", cells, cells, update, kept)
    connections = peer.Connections(options.network, name)
    synapses.set_sparse_connections(connections.pre + first, connections.post)
    references[name] = pygenn.create_out_post_var_ref(synapses)
    types[name] = "scalar"
peer_genn.run_custom_update(model, options, 0.1, cells, references, types, code, "spikes", COUNT, delivery=2)
