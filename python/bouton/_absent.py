# SPDX-License-Identifier: Apache-2.0
"""Names of BrainPy that are not here, and what is there in their place."""

from __future__ import annotations

_LAYERS = 'layers of deep learning are not part of it'
_TRAINERS = 'train with bouton.math.grad or bouton.vjp, and with bouton.optim'
_EXPERIMENTAL = 'the classes of brainpy.experimental are not part of it; use those of bouton.synapses'
_STATES = 'save and load with net.save_states, net.load_states, net.state_dict and net.load_state_dict'
_PROJECTIONS = 'use the classes of bouton.synapses, which connect two groups'

#: Name -> why it is not there, or what to use.
ABSENT = {
    'algorithms': _TRAINERS,
    'analysis': 'analysis of phase planes, bifurcations and slow points is not part of it',
    'base': 'its classes are bouton.BrainPyObject and bouton.Collector; ' + _STATES,
    'channels': 'ion channels are not part of it; write them as subclasses of bouton.Channel for a CondNeuGroup',
    'checkpoints': _STATES,
    'dnn': _LAYERS,
    'encoding': 'encoders are not part of it; make spikes with bouton.neurons.PoissonGroup or SpikeTimeGroup',
    'experimental': _EXPERIMENTAL,
    'layers': _LAYERS,
    'mixin': 'the mix-ins of newer versions are not part of it',
    'rates': 'rate models are not part of it; write them as subclasses of bouton.NeuGroup with bouton.odeint',
    'testing': 'test with pytest',
    'train': _TRAINERS,
    'BPFF': _TRAINERS,
    'BPTT': _TRAINERS,
    'Delay': 'use register_delay and get_delay_data of a system, or bouton.math.LengthDelay and TimeDelay',
    'DSTrainer': _TRAINERS,
    'Dynamic': 'the base class of what is stepped is bouton.DynamicalSystem',
    'ForceTrainer': _TRAINERS,
    'OfflineTrainer': _TRAINERS,
    'OnlineTrainer': _TRAINERS,
    'Projection': _PROJECTIONS,
    'RidgeTrainer': _TRAINERS,
    'State': 'states are instances of bouton.math.Variable',
    'SynConnNS': _EXPERIMENTAL,
    'SynDyn': _PROJECTIONS,
    'SynOutNS': _EXPERIMENTAL,
    'SynSTPNS': _EXPERIMENTAL,
}


_OLD_SYNAPSES = {
    'AlphaCOBA': ('Alpha', 'COBA(E)'),
    'AlphaCUBA': ('Alpha', 'CUBA()'),
    'DeltaSynapse': ('Delta', "CUBA('V')"),
    'DualExpCOBA': ('DualExponential', 'COBA(E)'),
    'DualExpCUBA': ('DualExponential', 'CUBA()'),
    'ExpCOBA': ('Exponential', 'COBA(E)'),
    'ExpCUBA': ('Exponential', 'CUBA()'),
}


def why(name: str) -> str:
    """The sentence of an error for a name that the package does not have."""
    if name in ABSENT:
        return f"bouton has no {name!r}: {ABSENT[name]}; see 'Coming from BrainPy' in the documentation"
    return f"module 'bouton' has no attribute {name!r}"


def why_in_dyn(name: str) -> str:
    """The same for `bouton.dyn`."""
    if name.startswith(('Proj', 'Half', 'Full')):
        return f"bouton.dyn has no {name!r}: {_PROJECTIONS}; see 'Coming from BrainPy' in the documentation"
    if name in _OLD_SYNAPSES:
        model, output = _OLD_SYNAPSES[name]
        return f'bouton.dyn has no {name!r}: use bouton.synapses.{model} with output=bouton.synouts.{output}'
    if name in ABSENT:
        return why(name)
    return f"module 'bouton.dyn' has no attribute {name!r}"
