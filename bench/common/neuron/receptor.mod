: SPDX-License-Identifier: Apache-2.0
: All receptors of two states of one kind on one postsynaptic neuron, dg/dt = alpha TT (1 - g) - beta g, with TT = T for
: `duration` after a spike arrives. Each connection remembers its own `g` when its pulse last began or ended; summed over
: connections, those with transmitter and those without obey one equation each.
:
: Destexhe, Mainen & Sejnowski (1994), Neural Computation 6:14-18; Lytton (1996), Neural Computation 8:501-509.
NEURON {
    POINT_PROCESS Receptor
    RANGE alpha, beta, T, duration, E
    NONSPECIFIC_CURRENT i
}
UNITS {
    (nA) = (nanoamp)
    (mV) = (millivolt)
    (uS) = (microsiemens)
    (mM) = (milli/liter)
}
PARAMETER {
    alpha = 0.98 (/mM /ms)
    beta = 0.18 (/ms)
    T = 0.5 (mM)
    duration = 0.5 (ms)
    E = 0 (mV)
}
ASSIGNED {
    v (mV)
    i (nA)
    g_inf
    with (uS) : g_max of the connections with transmitter, added up
}
STATE {
    on (uS)
    off (uS)
}
INITIAL {
    on = 0
    off = 0
    with = 0
    g_inf = alpha * T / (alpha * T + beta)
}
BREAKPOINT {
    SOLVE relax METHOD cnexp
    i = (on + off) * (v - E)
}
DERIVATIVE relax {
    on' = (with * g_inf - on) * (alpha * T + beta)
    off' = -beta * off
}
NET_RECEIVE(weight (uS), open, spikes, g, since (ms)) {
    INITIAL {
        open = 0
        spikes = 0
        g = 0
        since = 0
    }
    if (flag == 0) {
        spikes = spikes + 1
        if (!open) {
            g = g * exp(-beta * (t - since))
            since = t
            open = 1
            with = with + weight
            on = on + weight * g
            off = off - weight * g
        }
        net_send(duration, spikes)
    } else if (flag == spikes) {
        g = g_inf + (g - g_inf) * exp(-(alpha * T + beta) * (t - since))
        since = t
        open = 0
        with = with - weight
        on = on - weight * g
        off = off + weight * g
    }
}
