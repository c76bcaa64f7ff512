# SPDX-License-Identifier: Apache-2.0
"""The network of Brette et al. (2007), benchmark 3, in BrainPy: the neuron is a user's own, the synapses are its."""

import brainpy as bp
import brainpy.math as bm
import peer
import peer_brainpy


def over_expm1(x):
    """x / (exp(x) - 1), continued to 1 at x = 0."""
    is_small = bm.abs(x) < 1e-6
    return bm.where(is_small, 1.0, x / bm.expm1(bm.where(is_small, 1.0, x)))


class TraubMiles(bp.NeuGroupNS):
    C, gNa, ENa, gK, EK, gL, EL, V_T, V_th = 200.0, 20000.0, 50.0, 6000.0, -90.0, 10.0, -60.0, -63.0, -20.0

    def __init__(self, V):
        super().__init__(len(V))
        self.V = bm.Variable(bm.asarray(V, dtype=bm.float_))
        self.m, self.h, self.n = (bm.Variable(bm.zeros(self.num)) for _ in range(3))
        self.input = bm.Variable(bm.zeros(self.num))
        self.spike = bm.Variable(bm.zeros(self.num, dtype=bool))
        self.integral = bp.odeint(bp.JointEq(self.dV, self.dm, self.dh, self.dn), method="exp_auto")

    def dm(self, m, t, V):
        u = V - self.V_T
        a = 1.28 * over_expm1((13 - u) / 4)
        b = 1.4 * over_expm1((u - 40) / 5)
        return a * (1 - m) - b * m

    def dh(self, h, t, V):
        u = V - self.V_T
        return 0.128 * bm.exp((17 - u) / 18) * (1 - h) - 4 / (1 + bm.exp((40 - u) / 5)) * h

    def dn(self, n, t, V):
        u = V - self.V_T
        a = 0.16 * over_expm1((15 - u) / 5)
        return a * (1 - n) - 0.5 * bm.exp((10 - u) / 40) * n

    def dV(self, V, t, m, h, n, current):
        I_Na = self.gNa * m**3 * h * (V - self.ENa)
        I_K = self.gK * n**4 * (V - self.EK)
        return (current - I_Na - I_K - self.gL * (V - self.EL)) / self.C

    def update(self, x=None):
        t, dt = bp.share.load("t"), bp.share.load("dt")
        V, m, h, n = self.integral(self.V.value, self.m.value, self.h.value, self.n.value, t, self.input.value, dt)
        self.spike.value = bm.logical_and(self.V < self.V_th, V >= self.V_th)  # noqa: SIM300
        self.V.value, self.m.value, self.h.value, self.n.value = V, m, h, n

    def clear_input(self):
        self.input.value = bm.zeros_like(self.input)


options = peer.parse()
peer_brainpy.prepare(options, 0.1)
projections = [
    ("exc", bp.synapses.Exponential, True, {"g_max": 6.0, "tau": 5.0, "output": bp.synouts.COBA(E=0.0)}),
    ("inh", bp.synapses.Exponential, False, {"g_max": 67.0, "tau": 10.0, "output": bp.synouts.COBA(E=-80.0)}),
]
cells, synapses = peer_brainpy.excitatory_inhibitory(options, TraubMiles, projections)
net = bp.Network(**synapses, **cells)
peer_brainpy.run(options, 0.1, net, (), {"cells": cells.values()})
