# SPDX-License-Identifier: Apache-2.0
"""Receptors with kinetics: AMPA, GABAa and BioNMDA.

Their states are those of the presynaptic neurons, (pre.num,), or (batch_size, pre.num) in a batching or training mode.
Everything that a receptor has is described at `AMPA`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bouton._core_parameter import CoreParameter
from bouton.math.environment import Mode
from bouton.synapses.base import PulsedSynapse, default
from bouton.synouts import COBA, MgBlock


class AMPA(PulsedSynapse):
    """AMPA receptor: a two-state scheme opened by a square pulse of transmitter.

        dg/dt = alpha TT (1 - g) - beta g

    TT is T for T_duration after a spike arrives and 0 otherwise; a spike during a pulse starts it anew. Postsynaptic
    neuron j receives h_j, the sum over its connections of g_max g (scaled by the plasticity, if there is one), from
    which the output makes a current.

    Parameters
    ----------
    pre, post : NeuGroup
        The groups. `pre` has `spike`; `post` has the variables of the output.
    conn : connector, array or dict
        A connector, a matrix (pre.num, post.num) or a dict of the arrays 'i' and 'j'.
    output : SynOut, optional
        By default ``COBA(E=0.)``; None: the sum is returned by `update` and changes nothing.
    stp : SynSTP, optional
        Short-term plasticity.
    comp_method : str
        'dense' or 'sparse'. Both give the same result and are computed alike; it says what shape an array `g_max` and
        `conn_mask` have.
    g_max : float, array, initializer or callable
        Maximal conductance: one for all; (pre.num,) for one-to-one connections; (pre.num, post.num); or, for other
        connectors, one for each connection in the order in which they were given.
    delay_step : int, array of int or callable, optional
        Steps between a spike and its arrival, one for all or one for each presynaptic neuron. A spike of step n arrives
        in step n + 1 + delay_step, without a delay in step n + 1.
    alpha : float
        Binding rate [1/(mM ms)], >= 0.
    beta : float
        Unbinding rate [1/ms], >= 0.
    T : float
        Transmitter concentration during a pulse [mM], >= 0.
    T_duration : float
        Duration of a pulse [ms]: ceil(T_duration / dt) steps.
    method : str
        How the equations are stepped; see `bouton.odeint`.
    stop_spike_gradient : bool
        In training: whether no gradient passes to the spikes.

    Attributes
    ----------
    g : Variable
        Open fraction, in [0, 1], at first 0.
    spike_arrival_time : Variable
        When the last spike arrived [ms], at first -1e7.

    References
    ----------
    Destexhe A, Mainen ZF, Sejnowski TJ (1994) An efficient method for computing synaptic conductances based on a
    kinetic model of receptor binding. Neural Computation 6:14-18.
    Vijayan S, Kopell NJ (2012) Thalamic model of awake alpha oscillations and implications for stimulus processing.
    PNAS 109:18553-18558.
    """

    _model = 'AMPA'
    alpha = CoreParameter('Binding rate [1/(mM ms)].')
    beta = CoreParameter('Unbinding rate [1/ms].')
    T = CoreParameter('Transmitter concentration during a pulse [mM].')
    T_duration = CoreParameter('Duration of a pulse [ms].')

    def __init__(
        self,
        pre: Any,
        post: Any,
        conn: Any,
        output: Any = default(COBA(E=0.0)),
        stp: Any = None,
        comp_method: str = 'dense',
        g_max: Any = 0.42,
        delay_step: Any = None,
        alpha: float = 0.98,
        beta: float = 0.18,
        T: float = 0.5,
        T_duration: float = 0.5,
        method: str = 'exp_auto',
        name: str | None = None,
        mode: Mode | None = None,
        stop_spike_gradient: bool = False,
    ):
        super().__init__(pre, post, conn, output=output, stp=stp, name=name, mode=mode)
        self._build(
            {'alpha': alpha, 'beta': beta, 'T': T, 'T_duration': T_duration},
            comp_method=comp_method,
            g_max=g_max,
            delay_step=delay_step,
            method=method,
            stop_spike_gradient=stop_spike_gradient,
        )

    def dg(self, g: Any, t: Any, TT: Any) -> Any:
        """The derivative of g under the transmitter TT."""
        return self.alpha * TT * (1 - g) - self.beta * g

    def _advance(self, t: float, dt: float, pre_spike: np.ndarray) -> None:
        TT = self._transmitter(t, dt, pre_spike, self.T, self.T_duration)
        self.g.value = self.integral(self.g.value, t, TT, dt)


class GABAa(AMPA):
    """GABAa receptor: the equations of `AMPA` with other constants, and ``COBA(E=-80.)`` as its output.

    Parameters are those of `AMPA`.

    References
    ----------
    Destexhe A, Pare D (1999) Impact of network activity on the integrative properties of neocortical pyramidal neurons
    in vivo. J. Neurophysiol. 81:1531-1547.
    """

    _model = 'GABAa'

    def __init__(
        self,
        pre: Any,
        post: Any,
        conn: Any,
        output: Any = default(COBA(E=-80.0)),
        stp: Any = None,
        comp_method: str = 'dense',
        g_max: Any = 0.04,
        delay_step: Any = None,
        alpha: float = 0.53,
        beta: float = 0.18,
        T: float = 1.0,
        T_duration: float = 1.0,
        method: str = 'exp_auto',
        name: str | None = None,
        mode: Mode | None = None,
        stop_spike_gradient: bool = False,
    ):
        super().__init__(
            pre,
            post,
            conn,
            output=output,
            stp=stp,
            comp_method=comp_method,
            g_max=g_max,
            delay_step=delay_step,
            alpha=alpha,
            beta=beta,
            T=T,
            T_duration=T_duration,
            method=method,
            name=name,
            mode=mode,
            stop_spike_gradient=stop_spike_gradient,
        )


class BioNMDA(PulsedSynapse):
    """NMDA receptor of second order: transmitter moves x, and x opens g.

        dg/dt = alpha1 x (1 - g) - beta1 g
        dx/dt = alpha2 TT (1 - x) - beta2 x

    TT is T_0 for T_dur after a spike arrives and 0 otherwise. With 'exp_auto' both equations are stepped from the old
    values, so g rises one step after x.

    Parameters
    ----------
    output : SynOut, optional
        By default ``MgBlock(E=0.)``.
    alpha1, beta1 : float
        Opening and closing rate of g [1/ms], >= 0.
    alpha2 : float
        Binding rate of x [1/(mM ms)], >= 0.
    beta2 : float
        Unbinding rate of x [1/ms], >= 0.
    T_0 : float
        Transmitter concentration during a pulse [mM], >= 0.
    T_dur : float
        Duration of a pulse [ms].
    pre, post, conn, stp, comp_method, g_max, delay_step, method, stop_spike_gradient
        See `AMPA`.

    Attributes
    ----------
    g, x : Variable
        Open and activated fraction, in [0, 1], at first 0.
    spike_arrival_time : Variable
        When the last spike arrived [ms], at first -1e7.

    References
    ----------
    Ermentrout GB, Terman DH (2010) Mathematical Foundations of Neuroscience. Springer, p. 162.
    Furukawa H et al. (2005) Subunit arrangement and function in NMDA receptors. Nature 438:185-192.
    """

    _model = 'BioNMDA'
    _states = ('g', 'x')
    _equations = ('dg', 'dx')
    alpha1 = CoreParameter('Opening rate of g [1/ms].')
    beta1 = CoreParameter('Closing rate of g [1/ms].')
    alpha2 = CoreParameter('Binding rate of x [1/(mM ms)].')
    beta2 = CoreParameter('Unbinding rate of x [1/ms].')
    T_0 = CoreParameter('Transmitter concentration during a pulse [mM].')
    T_dur = CoreParameter('Duration of a pulse [ms].')

    def __init__(
        self,
        pre: Any,
        post: Any,
        conn: Any,
        output: Any = default(MgBlock(E=0.0)),
        stp: Any = None,
        comp_method: str = 'dense',
        g_max: Any = 0.15,
        delay_step: Any = None,
        alpha1: float = 2.0,
        beta1: float = 0.01,
        alpha2: float = 1.0,
        beta2: float = 0.5,
        T_0: float = 1.0,
        T_dur: float = 0.5,
        method: str = 'exp_auto',
        mode: Mode | None = None,
        name: str | None = None,
        stop_spike_gradient: bool = False,
    ):
        super().__init__(pre, post, conn, output=output, stp=stp, name=name, mode=mode)
        self._build(
            {'alpha1': alpha1, 'beta1': beta1, 'alpha2': alpha2, 'beta2': beta2, 'T_0': T_0, 'T_dur': T_dur},
            comp_method=comp_method,
            g_max=g_max,
            delay_step=delay_step,
            method=method,
            stop_spike_gradient=stop_spike_gradient,
        )

    def dg(self, g: Any, t: Any, x: Any) -> Any:
        """The derivative of g."""
        return self.alpha1 * x * (1 - g) - self.beta1 * g

    def dx(self, x: Any, t: Any, TT: Any) -> Any:
        """The derivative of x under the transmitter TT."""
        return self.alpha2 * TT * (1 - x) - self.beta2 * x

    def _advance(self, t: float, dt: float, pre_spike: np.ndarray) -> None:
        TT = self._transmitter(t, dt, pre_spike, self.T_0, self.T_dur)
        self.g.value, self.x.value = self.integral(self.g.value, self.x.value, t, TT, dt)
