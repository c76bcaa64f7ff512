# SPDX-License-Identifier: Apache-2.0
"""The gamma rhythm of interneurons, with a neuron and a synapse written as Python classes.

    python gamma_own_classes.py [folder]

A hundred neurons, each driven a little differently, inhibit each other. They start out of step and in some hundred
milliseconds find a common rhythm of about 40 Hz. Writes gamma_own_classes.png and prints the coherence of the spikes.

Wang XJ, Buzsaki G (1996). Gamma oscillation by synaptic inhibition in a hippocampal interneuronal network model.
Journal of Neuroscience 16, 6402-6413.
"""

import sys
from pathlib import Path

import bouton as bp
import bouton.math as bm


class FastSpikingCell(bp.NeuDyn):
    """C dV/dt = -I_Na - I_K - I_L + I, with an instantaneous activation of sodium. Spikes when V passes 0 mV."""

    C, gL, EL = 1.0, 0.1, -65.0  # [uF/cm2], [mS/cm2], [mV]
    gNa, ENa = 35.0, 55.0  # [mS/cm2], [mV]
    gK, EK = 9.0, -90.0  # [mS/cm2], [mV]
    phi = 5.0  # speed of the gates

    def __init__(self, size, **kwargs):
        super().__init__(size, **kwargs)
        self.V = bm.Variable(bm.random.uniform(-70.0, -50.0, self.num))
        self.h = bm.Variable(0.6 * bm.ones(self.num))
        self.n = bm.Variable(0.3 * bm.ones(self.num))
        self.input = bm.Variable(bm.zeros(self.num))
        self.spike = bm.Variable(bm.zeros(self.num, dtype=bool))
        self.integral = bp.odeint(bp.JointEq(self.dV, self.dh, self.dn), method='heun2')

    def dV(self, V, t, h, n, I):
        alpha = -0.1 * (V + 35) / (bm.exp(-0.1 * (V + 35)) - 1)
        beta = 4 * bm.exp(-(V + 60) / 18)
        m = alpha / (alpha + beta)
        I_Na = self.gNa * m**3 * h * (V - self.ENa)
        I_K = self.gK * n**4 * (V - self.EK)
        I_L = self.gL * (V - self.EL)
        return (-I_Na - I_K - I_L + I) / self.C

    def dh(self, h, t, V):
        alpha = 0.07 * bm.exp(-(V + 58) / 20)
        beta = 1 / (bm.exp(-0.1 * (V + 28)) + 1)
        return self.phi * (alpha * (1 - h) - beta * h)

    def dn(self, n, t, V):
        alpha = -0.01 * (V + 34) / (bm.exp(-0.1 * (V + 34)) - 1)
        beta = 0.125 * bm.exp(-(V + 44) / 80)
        return self.phi * (alpha * (1 - n) - beta * n)

    def update(self, x=None):
        t, dt = bp.share.load('t'), bp.share.load('dt')
        V, h, n = self.integral(self.V.value, self.h.value, self.n.value, t, self.input.value, dt)
        self.spike.value = (self.V.value < 0) & (V >= 0)
        self.V.value, self.h.value, self.n.value = V, h, n

    def clear_input(self):
        self.input[:] = 0


class GradedInhibition(bp.TwoEndConn):
    """ds/dt = alpha F(V_pre) (1 - s) - beta s, with F(V) = 1 / (1 + exp(-V / 2)): V itself opens the channels."""

    alpha, beta = 12.0, 0.1  # [1/ms]

    def __init__(self, pre, post, conn, g_max, **kwargs):
        super().__init__(pre, post, conn, output=bp.synouts.COBA(E=-75.0), **kwargs)
        self.check_pre_attrs('V')
        self.g_max, self.mask = self._init_weights(g_max, 'dense')
        self.s = bm.Variable(bm.zeros(pre.num))
        self.integral = bp.odeint(self.ds, method='exp_auto')

    def ds(self, s, t, V_pre):
        return self.alpha / (1 + bm.exp(-V_pre / 2)) * (1 - s) - self.beta * s

    def update(self, tdi):
        self.s.value = self.integral(self.s.value, tdi['t'], self.pre.V.value, tdi['dt'])
        self.output(self._syn2post_with_dense(self.s.value, self.g_max, self.mask))


def main(folder):
    bm.random.seed(1)
    num, num_inputs = 100, 60
    cells = FastSpikingCell(num)
    inhibition = GradedInhibition(cells, cells, bp.connect.FixedPreNum(num_inputs, seed=1), g_max=0.1 / num_inputs)
    net = bp.Network(cells=cells, inhibition=inhibition)

    currents = bm.random.normal(1.0, 0.03, num)  # [uA/cm2], a different one for each cell
    runner = bp.DSRunner(
        net, inputs=('cells.input', currents), monitors=['cells.spike', 'cells.V', 'inhibition.s'], dt=0.05
    )
    runner.run(500.0)

    spikes = runner.mon['cells.spike']
    for start, end in ((0, 100), (400, 500)):
        coherence = bp.measure.cross_correlation(spikes[20 * start : 20 * end], bin=2.5, dt=0.05)
        rate = spikes[20 * start : 20 * end].mean() / 0.05 * 1000
        print(f'{start:3} to {end:3} ms: {rate:.1f} spikes/s per cell, coherence {coherence:.2f}')
    bp.plot(runner).savefig(Path(folder) / 'gamma_own_classes.png')


if __name__ == '__main__':
    main(sys.argv[1] if len(sys.argv) > 1 else '.')
