# SPDX-License-Identifier: Apache-2.0
"""Fits the rates alpha and beta of an AMPA receptor to a conductance that was recorded with noise.

    python fit_receptor.py [folder]

Forward mode gives the derivatives of the trace by both, J; the method of Gauss and Newton steps by
(J^T J)^-1 J^T (recorded - g). With noise of variance s^2 the Fisher information is J^T J / s^2, so the errors of the
estimates are the square roots of the diagonal of s^2 (J^T J)^-1.

Writes fit_receptor.png and prints the estimates with their errors.
"""

import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import bouton as bp
import bouton.math as bm

DT, STEPS, NOISE = 0.1, 1000, 0.02
TRUE = {'alpha': 1.1, 'beta': 0.19}


def make_network(alpha, beta):
    with bm.environment(bm.TrainingMode(1)):
        pre = bp.neurons.SpikeTimeGroup(1, times=[5.0, 20.0, 22.0, 24.0, 60.0, 61.0], indices=[0] * 6)
        post = bp.neurons.LIF(1)
        syn = bp.synapses.AMPA(pre, post, bp.connect.One2One(), alpha=alpha, beta=beta)
        return bp.Network(pre=pre, syn=syn, post=post)


def trace_and_jacobian(parameters):
    """g (steps,), and its derivatives by alpha and beta (steps, 2)."""
    run = bp.RecordedRun(make_network(**parameters), monitors=['syn.g'], wrt=['syn.alpha', 'syn.beta'], dt=DT)
    g = run.run(steps=STEPS)['syn.g'].ravel()
    columns = [run.pushforward({path: 1.0})['syn.g'].ravel() for path in ('syn.alpha', 'syn.beta')]
    return g, np.stack(columns, axis=1)


def figure_of(recorded, traces, estimate, errors):
    t = np.arange(1, STEPS + 1) * DT
    figure, (trace, parameters) = plt.subplots(1, 2, figsize=(9, 3.2), width_ratios=(3, 1))
    trace.plot(t, recorded, '.', ms=2.5, color='0.7', label='recorded')
    trace.plot(t, traces[0], color='C1', label='start')
    trace.plot(t, traces[-1], color='C2', label='fitted')
    trace.set(xlabel='Time (ms)', ylabel='g', title='Open fraction', xlim=(0, t[-1]))
    trace.legend(loc='upper right')
    parameters.errorbar([0, 1], estimate / list(TRUE.values()), 2 * errors / list(TRUE.values()), fmt='o', capsize=4)
    parameters.axhline(1, color='0.7', zorder=0)
    parameters.set(xticks=[0, 1], xticklabels=TRUE, xlim=(-0.5, 1.5), title='Estimate / truth, ±2 errors')
    return figure


def main(folder='.'):
    recorded = trace_and_jacobian(TRUE)[0]
    recorded = recorded + NOISE * np.random.default_rng(7).normal(size=STEPS)
    estimate = np.array([0.5, 0.5])
    traces = []
    for iteration in range(9):
        g, J = trace_and_jacobian(dict(zip(TRUE, estimate, strict=True)))
        traces.append(g)
        variance = np.sum((recorded - g) ** 2) / (STEPS - 2)
        errors = np.sqrt(variance * np.diag(np.linalg.inv(J.T @ J)))
        print(
            f'{iteration}: alpha {estimate[0]:.3f} +- {errors[0]:.3f}, beta {estimate[1]:.4f} +- {errors[1]:.4f}, '
            f'noise {np.sqrt(variance):.4f}'
        )
        if iteration < 8:  # both are positive, and a first guess may be far off: relative steps, at most by half
            step = np.linalg.solve(J.T @ J, J.T @ (recorded - g))
            estimate = estimate * np.exp(np.clip(step / estimate, -0.7, 0.7))
    with bp.visualize.style():
        figure_of(recorded, traces, estimate, errors).savefig(Path(folder) / 'fit_receptor.png')
    return estimate, errors


if __name__ == '__main__':
    main(*sys.argv[1:2])
