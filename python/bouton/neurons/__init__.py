# SPDX-License-Identifier: Apache-2.0
"""Neuron groups."""

from bouton.neurons.bellec import ALIFBellec2020, LIF_SFA_Bellec2020
from bouton.neurons.biological import HH, MorrisLecar, WangBuzsakiModel
from bouton.neurons.excitable import FHN, HindmarshRose, Izhikevich
from bouton.neurons.fractional import FractionalFHR, FractionalIzhikevich, FractionalNeuron
from bouton.neurons.input_groups import InputGroup, OutputGroup, PoissonGroup, SpikeTimeGroup
from bouton.neurons.integrate_and_fire import GIF, LIF, AdExIF, AdQuaIF, ExpIF, LeakyIntegrator, QuaIF
from bouton.neurons.pinsky_rinzel import PinskyRinzelModel
from bouton.neurons.rates import Integrator, Leaky, OUProcess

__all__ = [
    'ALIFBellec2020',
    'AdExIF',
    'AdQuaIF',
    'ExpIF',
    'FHN',
    'FractionalFHR',
    'FractionalIzhikevich',
    'FractionalNeuron',
    'GIF',
    'HH',
    'HindmarshRose',
    'InputGroup',
    'Integrator',
    'Izhikevich',
    'LIF',
    'LIF_SFA_Bellec2020',
    'Leaky',
    'LeakyIntegrator',
    'MorrisLecar',
    'OUProcess',
    'OutputGroup',
    'PinskyRinzelModel',
    'PoissonGroup',
    'QuaIF',
    'SpikeTimeGroup',
    'WangBuzsakiModel',
]
