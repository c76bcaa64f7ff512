# SPDX-License-Identifier: Apache-2.0
"""The older layout of the same things: ``bp.dyn.HH`` is ``bp.neurons.HH``, ``bp.dyn.synapses`` is ``bp.synapses``."""

from typing import Any

from bouton import neurons, synapses, synouts, synplast
from bouton._system import (
    Channel,
    CondNeuGroup,
    Container,
    DynamicalSystem,
    Network,
    NeuDyn,
    NeuGroup,
    Sequential,
    SynConn,
    SynLTP,
    SynOut,
    SynSTP,
    TwoEndConn,
)
from bouton.neurons import *  # noqa: F403
from bouton.running import DSRunner, LoopOverTime
from bouton.synapses import NMDA

__all__ = [
    'Channel', 'CondNeuGroup', 'Container', 'DSRunner', 'DynamicalSystem', 'LoopOverTime', 'NMDA', 'Network', 'NeuDyn',
    'NeuGroup', 'Sequential', 'SynConn', 'SynLTP', 'SynOut', 'SynSTP', 'TwoEndConn', 'neurons', 'synapses', 'synouts',
    'synplast',
]  # fmt: skip
__all__ += neurons.__all__


def __getattr__(name: str) -> Any:
    from bouton._absent import why_in_dyn

    raise AttributeError(why_in_dyn(name))


__path__: list[str] = []  # so that ``from bouton.dyn.synapses import AMPA`` finds the modules of `bouton._aliases`
