# SPDX-License-Identifier: Apache-2.0
"""Networks of neurons coupled by kinetic synapses.

    import bouton as bp

    pre, post = bp.neurons.HH(1), bp.neurons.HH(1)
    syn = bp.synapses.AMPA(pre, post, bp.connect.All2All())
    net = bp.Network(pre=pre, syn=syn, post=post)
    runner = bp.DSRunner(net, inputs=[('pre.input', 5.)], monitors=['pre.V', 'post.V', 'syn.g'])
    runner.run(150.)
    bp.visualize.line_plot(runner.mon.ts, runner.mon['post.V'], show=True)

Names, arguments and defaults are those of BrainPy 2.4.
"""

from bouton import errors, math, modes
from bouton._base import ArrayCollector, BrainPyObject, Collector, TensorCollector
from bouton._system import (
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

Base = BrainPyObject
