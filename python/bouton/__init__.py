# SPDX-License-Identifier: Apache-2.0
"""Networks of neurons coupled by kinetic synapses.

::

    import bouton as bp

    pre, post = bp.neurons.HH(1), bp.neurons.HH(1)
    syn = bp.synapses.AMPA(pre, post, bp.connect.All2All())
    net = bp.Network(pre=pre, syn=syn, post=post)
    runner = bp.DSRunner(net, inputs=[('pre.input', 5.)], monitors=['pre.V', 'post.V', 'syn.g'])
    runner.run(150.)
    bp.visualize.line_plot(runner.mon.ts, runner.mon['post.V'], show=True)

Names, arguments and defaults are those of BrainPy 2.4.
"""

import importlib
from typing import Any

from bouton import _aliases, errors, math
from bouton._base import ArrayCollector, BrainPyObject, Collector, TensorCollector
from bouton._core import __version__
from bouton._system import (
    Channel,
    CondNeuGroup,
    Container,
    DynamicalSystem,
    DynamicalSystemNS,
    Network,
    NeuDyn,
    NeuGroup,
    NeuGroupNS,
    Sequential,
    SynConn,
    SynLTP,
    SynOut,
    SynSTP,
    TwoEndConn,
    TwoEndConnNS,
    not_pass_shared,
    share,
)
from bouton.running import DSRunner, LoopOverTime, RecordedRun, Spikes, jvp, vjp

Base = BrainPyObject

_aliases.install()

# What is imported when it is first used: name -> module, or (module, name in it).
_LAZY: dict[str, str | tuple[str, str]] = {
    'check': 'check',
    'connect': 'connect',
    'conn': 'conn',
    'dyn': 'dyn',
    'init': 'init',
    'initialize': 'initialize',
    'inputs': 'inputs',
    'integrators': 'integrators',
    'interop': 'interop',
    'losses': 'losses',
    'measure': 'measure',
    'modes': 'modes',
    'neurons': 'neurons',
    'optim': 'optim',
    'optimizers': 'optim',
    'running': 'running',
    'synapses': 'synapses',
    'synouts': 'synouts',
    'synplast': 'synplast',
    'tools': 'tools',
    'types': 'types',
    'visualize': 'visualize',
    'Integrator': ('integrators', 'Integrator'),
    'IntegratorRunner': ('integrators', 'IntegratorRunner'),
    'JointEq': ('integrators', 'JointEq'),
    'fde': 'fde',
    'fdeint': ('integrators', 'fdeint'),
    'ode': 'ode',
    'odeint': ('integrators', 'odeint'),
    'sde': 'sde',
    'sdeint': ('integrators', 'sdeint'),
    'plot': ('_plot', 'plot'),
}

__all__ = [
    'ArrayCollector', 'Base', 'BrainPyObject', 'Channel', 'Collector', 'CondNeuGroup', 'Container', 'DSRunner',
    'DynamicalSystem', 'DynamicalSystemNS', 'LoopOverTime', 'Network', 'NeuDyn', 'NeuGroup',
    'NeuGroupNS', 'RecordedRun', 'Sequential', 'Spikes', 'SynConn', 'SynLTP', 'SynOut', 'SynSTP', 'TensorCollector',
    'TwoEndConn', 'TwoEndConnNS', 'errors', 'jvp', 'math', 'not_pass_shared', 'share', 'vjp',
]  # fmt: skip
__all__ += ['__version__', *_LAZY]


def __getattr__(name: str) -> Any:
    try:
        where = _LAZY[name]
    except KeyError:
        from bouton._absent import why

        raise AttributeError(why(name)) from None
    if isinstance(where, str):
        found = importlib.import_module(f'bouton.{where}')
    else:
        found = getattr(importlib.import_module(f'bouton.{where[0]}'), where[1])
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAZY})
