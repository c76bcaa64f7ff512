# SPDX-License-Identifier: Apache-2.0
"""Synapses without transmitter: what a spike does is added to their states. What all synapses share is described at
`AMPA`."""

from __future__ import annotations

from typing import Any

import numpy as np

from bouton._core_parameter import CoreParameter
from bouton.errors import UnsupportedError
from bouton.math.array import Array
from bouton.math.environment import Mode
from bouton.math.variable import Variable
from bouton.synapses.base import CoreSynapse, default
from bouton.synouts import CUBA, MgBlock


class _Sums:
    """The storage of the weighted sums of a projection. Nothing but 0 everywhere can be written into it."""

    def __init__(self, projection: Any):
        self._projection, self._sums = projection, projection.variable('h')
        self._shown = self._sums.array()

    @property
    def source(self) -> Any:
        """What the core calls them."""
        return self._sums

    def array(self) -> np.ndarray:
        self._shown = self._sums.array().copy()
        return self._shown

    def touch(self) -> None:
        if np.array_equal(self._shown, self._sums.array()):
            return
        if np.any(self._shown):
            raise UnsupportedError(
                f'g of {self._projection.name} is the sum over its connections: nothing but 0 can be written into it'
            )
        self._projection.reset_state()

    def resize(self, batch_size: int) -> None:
        self._projection.reset_state(batch_size)


class Exponential(CoreSynapse):
    """Exponential synapse: every spike opens it by g_max, and it closes with one time constant.

        dg/dt = -g / tau,     g_j <- g_j + sum_i w_ij when spikes of neurons i arrive

    Parameters
    ----------
    output : SynOut, optional
        By default ``CUBA()``.
    stp : SynSTP, optional
        Short-term plasticity; it scales what an arriving spike adds.
    tau : float
        Time constant of closing [ms], > 0.
    pre, post, conn, comp_method, g_max, delay_step, method, stop_spike_gradient
        See `AMPA`.

    Attributes
    ----------
    g : Variable
        Conductance of each postsynaptic neuron, (post.num,).

    References
    ----------
    Sterratt D, Graham B, Gillies A, Willshaw D (2011) Principles of Computational Modelling in Neuroscience. Cambridge
    University Press, ch. 7.
    """

    _model = 'Exponential'
    _states = ()
    _equations = ('derivative',)
    tau = CoreParameter('Time constant of closing [ms].')

    def __init__(
        self,
        pre: Any,
        post: Any,
        conn: Any,
        output: Any = default(CUBA()),
        stp: Any = None,
        comp_method: str = 'sparse',
        g_max: Any = 1.0,
        delay_step: Any = None,
        tau: float = 8.0,
        method: str = 'exp_auto',
        name: str | None = None,
        mode: Mode | None = None,
        stop_spike_gradient: bool = False,
    ):
        super().__init__(pre, post, conn, output=output, stp=stp, name=name, mode=mode)
        self._build(
            {'tau': tau},
            comp_method=comp_method,
            g_max=g_max,
            delay_step=delay_step,
            method=method,
            stop_spike_gradient=stop_spike_gradient,
        )

    def derivative(self, g: Any, t: Any) -> Any:
        """The derivative of g."""
        return -g / self.tau

    # Plasticity of what arrives is no factor on what is open, which is what the core has.
    def _in_core(self, spike: Any) -> bool:
        return self.stp is None and super()._in_core(spike)

    def _build_core(self, name: str, settings: Any, weights: Any) -> None:
        super()._build_core(name, settings, weights)
        sums = self._core_part.variable('h')
        if 'g' not in self.__dict__:
            self.g = Variable(sums.array(), batch_axis=0 if sums.batched else None)
        self.g._storage = _Sums(self._core_part)

    def _build_in_python(self, spike: Any, weights: Any) -> None:
        super()._build_in_python(spike, weights)
        rows = self._rows
        shape = (self.post.num,) if rows is None else (rows, self.post.num)
        self.g = Variable(np.zeros(shape, self._dtype).view(Array), batch_axis=None if rows is None else 0)

    def _update_in_python(self, tdi: Any, pre_spike: Any) -> Any:
        t, dt, arrived = self._arrivals(tdi, pre_spike)
        s = arrived if self.stp is None else self.stp(arrived)
        self.g.value = self.integral(self.g.value, t, dt) + self._to_post(s)
        return self.output(self.g.value)

    def reset_state(self, batch_size: Any = None) -> None:
        """To where it started: g is 0. Delay lines belong to the presynaptic group."""
        super().reset_state(batch_size)
        if self._core_part is None:
            rows = self._rows
            self.g.value = np.zeros((self.post.num,) if rows is None else (rows, self.post.num), self.g.dtype)


class DualExponential(CoreSynapse):
    """Synapse with a rise and a decay: a spike is followed by the difference of two exponentials,
    (exp(-t / tau_decay) - exp(-t / tau_rise)) / (1 / tau_rise - 1 / tau_decay).

        dg/dt = -g / tau_decay + h
        dh/dt = -h / tau_rise,      h <- h + 1 when a spike arrives

    With 'exp_auto' both equations are stepped from the old values, so g rises one step after h.

    Parameters
    ----------
    output : SynOut, optional
        By default ``CUBA()``. (It stands behind `stp` in the order of the arguments.)
    tau_decay, tau_rise : float
        Time constants of decay and rise [ms], > 0.
    pre, post, conn, stp, comp_method, g_max, delay_step, method, stop_spike_gradient
        See `AMPA`.

    Attributes
    ----------
    g, h : Variable
        Conductance [ms], and spikes that still raise it, of each presynaptic neuron, at first 0.

    References
    ----------
    Sterratt D, Graham B, Gillies A, Willshaw D (2011) Principles of Computational Modelling in Neuroscience. Cambridge
    University Press, ch. 7.
    """

    _model = 'DualExponential'
    _states = ('g', 'h')
    _equations = ('dg', 'dh')
    _core_names = {'h': 'x'}
    tau_decay = CoreParameter('Time constant of the decay [ms].')
    tau_rise = CoreParameter('Time constant of the rise [ms].')

    def __init__(
        self,
        pre: Any,
        post: Any,
        conn: Any,
        stp: Any = None,
        output: Any = default(CUBA()),
        comp_method: str = 'dense',
        g_max: Any = 1.0,
        tau_decay: float = 10.0,
        tau_rise: float = 1.0,
        delay_step: Any = None,
        method: str = 'exp_auto',
        name: str | None = None,
        mode: Mode | None = None,
        stop_spike_gradient: bool = False,
    ):
        super().__init__(pre, post, conn, output=output, stp=stp, name=name, mode=mode)
        self._build(
            {'tau_decay': tau_decay, 'tau_rise': tau_rise},
            comp_method=comp_method,
            g_max=g_max,
            delay_step=delay_step,
            method=method,
            stop_spike_gradient=stop_spike_gradient,
        )

    def dg(self, g: Any, t: Any, h: Any) -> Any:
        """The derivative of g."""
        return -g / self.tau_decay + h

    def dh(self, h: Any, t: Any) -> Any:
        """The derivative of h."""
        return -h / self.tau_rise

    def _advance(self, t: float, dt: float, pre_spike: np.ndarray) -> None:
        self.g.value, h = self.integral(self.g.value, self.h.value, t, dt)
        self.h.value = h + (pre_spike != 0)


class Alpha(DualExponential):
    """Alpha synapse: a spike is followed by t exp(-t / tau_decay).

        dg/dt = -g / tau_decay + h
        dh/dt = -h / tau_decay,     h <- h + 1 when a spike arrives

    The peak is tau_decay / e, tau_decay after a spike.

    Parameters
    ----------
    output : SynOut, optional
        By default ``CUBA()``.
    tau_decay : float
        Time constant of rise and decay [ms], > 0.
    pre, post, conn, stp, comp_method, g_max, delay_step, method, stop_spike_gradient
        See `AMPA`.

    Attributes and references are those of `DualExponential`.
    """

    _model = 'Alpha'

    def __init__(
        self,
        pre: Any,
        post: Any,
        conn: Any,
        output: Any = default(CUBA()),
        stp: Any = None,
        comp_method: str = 'dense',
        g_max: Any = 1.0,
        delay_step: Any = None,
        tau_decay: float = 10.0,
        method: str = 'exp_auto',
        name: str | None = None,
        mode: Mode | None = None,
        stop_spike_gradient: bool = False,
    ):
        CoreSynapse.__init__(self, pre, post, conn, output=output, stp=stp, name=name, mode=mode)
        self._build(
            {'tau_decay': tau_decay},
            comp_method=comp_method,
            g_max=g_max,
            delay_step=delay_step,
            method=method,
            stop_spike_gradient=stop_spike_gradient,
        )

    @property
    def tau_rise(self) -> float:
        """Time constant of the rise [ms], which is that of the decay."""
        return self.tau_decay


class NMDA(CoreSynapse):
    """NMDA receptor that saturates: spikes raise x, and x opens g.

        dg/dt = -g / tau_decay + a x (1 - g)
        dx/dt = -x / tau_rise,      x <- x + 1 when a spike arrives

    With 'exp_auto' both equations are stepped from the old values, so g rises one step after x.

    Parameters
    ----------
    output : SynOut, optional
        By default ``MgBlock(E=0.)``.
    tau_decay : float
        Time constant of closing [ms], > 0.
    a : float
        Opening rate of g [1/ms], >= 0.
    tau_rise : float
        Time constant of x [ms], > 0.
    pre, post, conn, stp, comp_method, g_max, delay_step, method, stop_spike_gradient
        See `AMPA`.

    Attributes
    ----------
    g, x : Variable
        Open fraction, in [0, 1], and spikes that still open it, of each presynaptic neuron, at first 0.

    References
    ----------
    Wang XJ (2002) Probabilistic decision making by slow reverberation in cortical circuits. Neuron 36:955-968.
    """

    _model = 'NMDA'
    _states = ('g', 'x')
    _equations = ('dg', 'dx')
    tau_decay = CoreParameter('Time constant of closing [ms].')
    a = CoreParameter('Opening rate of g [1/ms].')
    tau_rise = CoreParameter('Time constant of x [ms].')

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
        tau_decay: float = 100.0,
        a: float = 0.5,
        tau_rise: float = 2.0,
        method: str = 'exp_auto',
        name: str | None = None,
        mode: Mode | None = None,
        stop_spike_gradient: bool = False,
    ):
        super().__init__(pre, post, conn, output=output, stp=stp, name=name, mode=mode)
        self._build(
            {'tau_decay': tau_decay, 'a': a, 'tau_rise': tau_rise},
            comp_method=comp_method,
            g_max=g_max,
            delay_step=delay_step,
            method=method,
            stop_spike_gradient=stop_spike_gradient,
        )

    def dg(self, g: Any, t: Any, x: Any) -> Any:
        """The derivative of g."""
        return -g / self.tau_decay + self.a * x * (1 - g)

    def dx(self, x: Any, t: Any) -> Any:
        """The derivative of x."""
        return -x / self.tau_rise

    def _advance(self, t: float, dt: float, pre_spike: np.ndarray) -> None:
        self.g.value, x = self.integral(self.g.value, self.x.value, t, dt)
        self.x.value = x + (pre_spike != 0)


class Delta(CoreSynapse):
    """Synapse without memory: it gives g_max in the step in which a spike arrives, and nothing in others.

    By default it moves the membrane potential by g_max.

    Parameters
    ----------
    output : SynOut, optional
        By default ``CUBA(target_var='V')``.
    post_ref_key : str, optional
        A bool variable of the postsynaptic group, usually 'refractory': neurons for which it is true get nothing.
    pre, post, conn, stp, comp_method, g_max, delay_step, stop_spike_gradient
        See `AMPA`.
    """

    _model = 'Delta'
    _states = ()
    _equations = ()

    def __init__(
        self,
        pre: Any,
        post: Any,
        conn: Any,
        output: Any = default(CUBA(target_var='V')),
        stp: Any = None,
        comp_method: str = 'sparse',
        g_max: Any = 1.0,
        delay_step: Any = None,
        post_ref_key: str | None = None,
        name: str | None = None,
        mode: Mode | None = None,
        stop_spike_gradient: bool = False,
    ):
        super().__init__(pre, post, conn, output=output, stp=stp, name=name, mode=mode)
        self.post_ref_key = post_ref_key
        if post_ref_key is not None:
            self.check_post_attrs(post_ref_key)
        self._build(
            {},
            comp_method=comp_method,
            g_max=g_max,
            delay_step=delay_step,
            method='exp_auto',
            stop_spike_gradient=stop_spike_gradient,
        )

    def _in_core(self, spike: Any) -> bool:
        return self.post_ref_key is None and super()._in_core(spike)

    def _update_in_python(self, tdi: Any, pre_spike: Any) -> Any:
        _, _, arrived = self._arrivals(tdi, pre_spike)
        h = self._to_post(arrived if self.stp is None else self.stp(arrived))
        if self.post_ref_key is not None:
            h = h * np.logical_not(np.asarray(getattr(self.post, self.post_ref_key)).reshape(-1))
        return self.output(h)
