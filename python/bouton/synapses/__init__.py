# SPDX-License-Identifier: Apache-2.0
"""Synapses."""

from bouton.synapses.abstract import NMDA, Alpha, Delta, DualExponential, Exponential
from bouton.synapses.biological import AMPA, BioNMDA, GABAa
from bouton.synapses.couplings import AdditiveCoupling, DelayCoupling, DiffusiveCoupling, GapJunction, PoissonInput

__all__ = [
    'AMPA',
    'AdditiveCoupling',
    'Alpha',
    'BioNMDA',
    'DelayCoupling',
    'Delta',
    'DiffusiveCoupling',
    'DualExponential',
    'Exponential',
    'GABAa',
    'GapJunction',
    'NMDA',
    'PoissonInput',
]
