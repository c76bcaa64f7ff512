# SPDX-License-Identifier: Apache-2.0
"""Integrate-and-fire neurons with an adaptive threshold. What all neurons share is described at `LIF`."""

from __future__ import annotations

from typing import Any

import numpy as np

from bouton._core_parameter import CoreParameter
from bouton.init.initializers import OneInit
from bouton.math import surrogate
from bouton.math.environment import Mode
from bouton.neurons.base import CoreNeuron


class ALIFBellec2020(CoreNeuron):
    """Integrate-and-fire neuron with an adaptive threshold.

        tau   dV/dt = -(V - V_rest) + R I
        tau_a da/dt = -a

    V at or above V_th + beta a, with a before the step, is a spike: it takes V_th - V_rest from V and adds 1 to a. V,
    not a, is then held for tau_ref. With ``bm.set_compat('brainpy_2_4')`` it takes V_th from V, so that with the
    defaults, V_th < 0, a spike raises V and V runs away.

    Parameters
    ----------
    beta : float, array, initializer or callable
        What a spike adds to the threshold [mV].
    tau_a : float, array, initializer or callable
        Time constant of adaptation [ms], > 0.
    a_initializer : initializer, callable, array or number
        a at the start.
    eprop : bool
        Whether the gradient passes the reset by, as in eligibility propagation.

    Other parameters and attributes are those of `LIF`; the other state is `a`, spikes that are still felt.

    References
    ----------
    Bellec G et al. (2020) A solution to the learning dilemma for recurrent networks of spiking neurons. Nat. Commun.
    11:3625.
    """

    _states = ('V', 'a')
    _equations = ('dV', 'da')
    V_rest = CoreParameter('V without input [mV].')
    V_th = CoreParameter('Threshold without adaptation [mV].')
    R = CoreParameter('Resistance of the membrane.')
    beta = CoreParameter('What a spike adds to the threshold [mV].')
    tau = CoreParameter('Time constant of the membrane [ms].')
    tau_a = CoreParameter('Time constant of adaptation [ms].')
    tau_ref = CoreParameter('How long V is held after a spike [ms].')

    def __init__(
        self,
        size: Any,
        keep_size: bool = False,
        V_rest: Any = -70.0,
        V_th: Any = -60.0,
        R: Any = 1.0,
        beta: Any = 1.6,
        tau: Any = 20.0,
        tau_a: Any = 2000.0,
        tau_ref: Any = None,
        noise: Any = None,
        V_initializer: Any = OneInit(-70.0),
        a_initializer: Any = OneInit(-50.0),
        spike_fun: Any = surrogate.relu_grad,
        input_var: bool = True,
        method: str = 'exp_auto',
        name: str | None = None,
        mode: Mode | None = None,
        eprop: bool = False,
    ):
        super().__init__(size, keep_size=keep_size, name=name, mode=mode)
        self.spike_fun = spike_fun
        self.eprop = bool(eprop)
        self._build(
            {'V_rest': V_rest, 'V_th': V_th, 'R': R, 'beta': beta, 'tau': tau, 'tau_a': tau_a, 'tau_ref': tau_ref},
            {'V': V_initializer, 'a': a_initializer},
            noise=noise,
            method=method,
            input_var=input_var,
        )

    def dV(self, V: Any, t: Any, I: Any) -> Any:
        """The derivative of V."""
        return (-(V - self.V_rest) + self.R * I) / self.tau

    def da(self, a: Any, t: Any) -> Any:
        """The derivative of a."""
        return -a / self.tau_a

    def _fires(self, old: dict[str, Any], new: dict[str, Any]) -> Any:
        return new['V'] >= self.V_th + self.beta * old['a']

    def _after_spike(self, new: dict[str, Any], spike: Any) -> None:
        taken = self.V_th if self._compat else self.V_th - self.V_rest
        new['V'] = np.where(spike, new['V'] - taken, new['V'])
        new['a'] = np.where(spike, new['a'] + 1, new['a'])


class LIF_SFA_Bellec2020(ALIFBellec2020):
    """The neuron of `ALIFBellec2020` without an `input`: its drive is the argument of `update`."""

    _model = 'ALIFBellec2020'

    def __init__(
        self,
        size: Any,
        keep_size: bool = False,
        V_rest: Any = -70.0,
        V_th: Any = -60.0,
        R: Any = 1.0,
        beta: Any = 1.6,
        tau: Any = 20.0,
        tau_a: Any = 2000.0,
        tau_ref: Any = None,
        V_initializer: Any = OneInit(-70.0),
        a_initializer: Any = OneInit(-50.0),
        spike_fun: Any = surrogate.relu_grad,
        method: str = 'exp_auto',
        name: str | None = None,
        mode: Mode | None = None,
    ):
        super().__init__(
            size,
            keep_size=keep_size,
            V_rest=V_rest,
            V_th=V_th,
            R=R,
            beta=beta,
            tau=tau,
            tau_a=tau_a,
            tau_ref=tau_ref,
            V_initializer=V_initializer,
            a_initializer=a_initializer,
            spike_fun=spike_fun,
            input_var=False,
            method=method,
            name=name,
            mode=mode,
        )
