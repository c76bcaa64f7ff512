# SPDX-License-Identifier: Apache-2.0
"""Neuron groups."""

from bouton.neurons.biological import HH, MorrisLecar, WangBuzsakiModel
from bouton.neurons.excitable import FHN, HindmarshRose, Izhikevich
from bouton.neurons.input_groups import InputGroup, OutputGroup, PoissonGroup, SpikeTimeGroup
from bouton.neurons.integrate_and_fire import GIF, LIF, AdExIF, AdQuaIF, ExpIF, LeakyIntegrator, QuaIF
