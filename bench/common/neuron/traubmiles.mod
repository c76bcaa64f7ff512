: SPDX-License-Identifier: Apache-2.0
: The currents of the neuron of Brette et al. (2007), benchmark 3; ../../cobahh/traub_miles.hpp has the equations.
NEURON {
    SUFFIX traubmiles
    NONSPECIFIC_CURRENT i
}
UNITS {
    (mA) = (milliamp)
    (mV) = (millivolt)
    (S) = (siemens)
}
PARAMETER {
    gNa = 0.1 (S/cm2)
    ENa = 50 (mV)
    gK = 0.03 (S/cm2)
    EK = -90 (mV)
    gL = 0.00005 (S/cm2)
    EL = -60 (mV)
    V_T = -63 (mV)
}
ASSIGNED {
    v (mV)
    i (mA/cm2)
}
STATE { m h n }
INITIAL {
    m = 0
    h = 0
    n = 0
}
BREAKPOINT {
    SOLVE gates METHOD cnexp
    i = gNa * m * m * m * h * (v - ENa) + gK * n * n * n * n * (v - EK) + gL * (v - EL)
}
DERIVATIVE gates {
    LOCAL u
    u = v - V_T
    m' = 1.28 * over(13 - u, 4) * (1 - m) - 1.4 * over(u - 40, 5) * m
    h' = 0.128 * exp((17 - u) / 18) * (1 - h) - 4 / (1 + exp((40 - u) / 5)) * h
    n' = 0.16 * over(15 - u, 5) * (1 - n) - 0.5 * exp((10 - u) / 40) * n
}
: x / k / (exp(x / k) - 1), continued to 1 at x = 0.
FUNCTION over(x (mV), k (mV)) {
    if (fabs(x / k) < 1e-6) {
        over = 1
    } else {
        over = x / k / (exp(x / k) - 1)
    }
}
