# SPDX-License-Identifier: Apache-2.0
"""Dynamical systems: the base classes of neurons, synapses and networks. Public through `bouton`."""

from bouton._system.conductance import Channel, CondNeuGroup
from bouton._system.container import Container, Network, Sequential
from bouton._system.delays import LengthDelay
from bouton._system.dynamical import DynamicalSystem, DynamicalSystemNS, not_pass_shared
from bouton._system.neurons import NeuDyn, NeuGroup, NeuGroupNS, NeuGroupView
from bouton._system.share import share
from bouton._system.synapses import NullSynOut, SynConn, SynLTP, SynOut, SynSTP, TwoEndConn, TwoEndConnNS

__all__ = [
    'Channel', 'CondNeuGroup', 'Container', 'DynamicalSystem', 'DynamicalSystemNS', 'LengthDelay', 'Network',
    'NeuDyn', 'NeuGroup', 'NeuGroupNS', 'NeuGroupView', 'NullSynOut', 'Sequential', 'SynConn', 'SynLTP', 'SynOut',
    'SynSTP', 'TwoEndConn', 'TwoEndConnNS', 'not_pass_shared', 'share',
]  # fmt: skip
