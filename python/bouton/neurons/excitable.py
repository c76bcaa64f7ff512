# SPDX-License-Identifier: Apache-2.0
"""Excitable neurons of two or three equations. What all neurons share is described at `LIF`."""

from __future__ import annotations

from typing import Any

import numpy as np

from bouton._core_parameter import CoreParameter
from bouton.init.initializers import OneInit, ZeroInit
from bouton.math import surrogate
from bouton.math.environment import Mode
from bouton.neurons.base import CoreNeuron, crossing


class Izhikevich(CoreNeuron):
    """Izhikevich neuron.

        dV/dt = 0.04 V^2 + 5 V + 140 - u + I
        du/dt = a (b V - u)

    V >= V_th is a spike, sets V to c and adds d to u; V, not u, is then held for tau_ref.

    Parameters
    ----------
    a : float, array, initializer or callable
        Rate of recovery [1/ms].
    b : float, array, initializer or callable
        u at rest per mV.
    c : float, array, initializer or callable
        V after a spike [mV].
    d : float, array, initializer or callable
        What a spike adds to u [mV/ms].
    V_initializer : initializer, callable, array or number, optional
        V at the start; by default -70.
    u_initializer : initializer, callable, array or number, optional
        u at the start; by default b V.

    Other parameters and attributes are those of `LIF`.

    References
    ----------
    Izhikevich EM (2003) Simple model of spiking neurons. IEEE Trans. Neural Networks 14:1569-1572.
    """

    _states = ('V', 'u')
    _equations = ('dV', 'du')
    a = CoreParameter('Rate of recovery [1/ms].')
    b = CoreParameter('u at rest per mV.')
    c = CoreParameter('V after a spike [mV].')
    d = CoreParameter('What a spike adds to u.')
    V_th = CoreParameter('Threshold [mV].')
    tau_ref = CoreParameter('How long V is held after a spike [ms].')

    def __init__(
        self,
        size: Any,
        a: Any = 0.02,
        b: Any = 0.2,
        c: Any = -65.0,
        d: Any = 8.0,
        V_th: Any = 30.0,
        tau_ref: Any = None,
        V_initializer: Any = None,
        u_initializer: Any = None,
        noise: Any = None,
        method: str = 'exp_auto',
        mode: Mode | None = None,
        spike_fun: Any = surrogate.inv_square_grad,
        keep_size: bool = False,
        input_var: bool = True,
        ref_var: bool = False,
        name: str | None = None,
    ):
        super().__init__(size, keep_size=keep_size, name=name, mode=mode)
        self.spike_fun = spike_fun
        self._build(
            {'a': a, 'b': b, 'c': c, 'd': d, 'V_th': V_th, 'tau_ref': tau_ref},
            {'V': OneInit(-70.0) if V_initializer is None else V_initializer, 'u': u_initializer},
            noise=noise,
            method=method,
            input_var=input_var,
            ref_var=ref_var,
        )

    def _derived_starts(self, values: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        return {} if 'u' in values else {'u': self.b * values['V']}

    def dV(self, V: Any, t: Any, u: Any, I: Any) -> Any:
        """The derivative of V."""
        return 0.04 * V * V + 5 * V + 140 - u + I

    def du(self, u: Any, t: Any, V: Any) -> Any:
        """The derivative of u."""
        return self.a * (self.b * V - u)

    def _fires(self, old: dict[str, Any], new: dict[str, Any]) -> Any:
        return new['V'] >= self.V_th

    def _after_spike(self, new: dict[str, Any], spike: Any) -> None:
        new['V'] = np.where(spike, self.c, new['V'])
        new['u'] = np.where(spike, new['u'] + self.d, new['u'])


class HindmarshRose(CoreNeuron):
    """Hindmarsh-Rose neuron.

        dV/dt = y - a V^3 + b V^2 - z + I
        dy/dt = c - d V^2 - y
        dz/dt = r (s (V - V_rest) - z)

    A spike is an upward crossing of V_th; nothing is reset.

    Parameters
    ----------
    a, b, c, d : float, array, initializer or callable
        Weights of V^3 and V^2 in dV/dt; y at rest at V = 0; what V^2 takes from y.
    r : float, array, initializer or callable
        Rate of adaptation [1/ms].
    s : float, array, initializer or callable
        Adaptation per V.
    V_rest : float, array, initializer or callable
        V at which z tends to 0.
    y_initializer, z_initializer : initializer, callable, array or number
        The other states at the start.

    Other parameters and attributes are those of `LIF`.

    References
    ----------
    Hindmarsh JL, Rose RM (1984) A model of neuronal bursting using three coupled first order differential equations.
    Proc. R. Soc. Lond. B 221:87-102.
    """

    _states = ('V', 'y', 'z')
    _equations = ('dV', 'dy', 'dz')
    a = CoreParameter('Weight of V^3.')
    b = CoreParameter('Weight of V^2.')
    c = CoreParameter('y at rest at V = 0.')
    d = CoreParameter('What V^2 takes from y.')
    r = CoreParameter('Rate of adaptation [1/ms].')
    s = CoreParameter('Adaptation per V.')
    V_rest = CoreParameter('V at which z tends to 0.')
    V_th = CoreParameter('Threshold.')

    def __init__(
        self,
        size: Any,
        a: Any = 1.0,
        b: Any = 3.0,
        c: Any = 1.0,
        d: Any = 5.0,
        r: Any = 0.01,
        s: Any = 4.0,
        V_rest: Any = -1.6,
        V_th: Any = 1.0,
        V_initializer: Any = ZeroInit(),
        y_initializer: Any = OneInit(-10.0),
        z_initializer: Any = ZeroInit(),
        noise: Any = None,
        method: str = 'exp_auto',
        keep_size: bool = False,
        input_var: bool = True,
        name: str | None = None,
        mode: Mode | None = None,
        spike_fun: Any = surrogate.inv_square_grad2,
    ):
        super().__init__(size, keep_size=keep_size, name=name, mode=mode)
        self.spike_fun = spike_fun
        self._build(
            {'a': a, 'b': b, 'c': c, 'd': d, 'r': r, 's': s, 'V_rest': V_rest, 'V_th': V_th},
            {'V': V_initializer, 'y': y_initializer, 'z': z_initializer},
            noise=noise,
            method=method,
            input_var=input_var,
        )

    def dV(self, V: Any, t: Any, y: Any, z: Any, I: Any) -> Any:
        """The derivative of V."""
        return y - self.a * V * V * V + self.b * V * V - z + I

    def dy(self, y: Any, t: Any, V: Any) -> Any:
        """The derivative of y."""
        return self.c - self.d * V * V - y

    def dz(self, z: Any, t: Any, V: Any) -> Any:
        """The derivative of z."""
        return self.r * (self.s * (V - self.V_rest) - z)

    def _fires(self, old: dict[str, Any], new: dict[str, Any]) -> Any:
        return crossing(old['V'], new['V'], self.V_th)


class FHN(CoreNeuron):
    """FitzHugh-Nagumo neuron.

        dV/dt = V - V^3 / 3 - w + I
        tau dw/dt = V + a - b w

    A spike is an upward crossing of Vth; nothing is reset.

    Parameters
    ----------
    a, b : float, array, initializer or callable
        Offset and decay of recovery.
    tau : float, array, initializer or callable
        Time constant of recovery [ms], > 0.
    Vth : float, array, initializer or callable
        Threshold.
    w_initializer : initializer, callable, array or number
        w at the start.

    Other parameters and attributes are those of `LIF`.

    References
    ----------
    FitzHugh R (1961) Impulses and physiological states in theoretical models of nerve membrane. Biophys. J. 1:445-466.
    """

    _states = ('V', 'w')
    _equations = ('dV', 'dw')
    a = CoreParameter('Offset of recovery.')
    b = CoreParameter('Decay of recovery.')
    tau = CoreParameter('Time constant of recovery [ms].')
    Vth = CoreParameter('Threshold.')

    def __init__(
        self,
        size: Any,
        a: Any = 0.7,
        b: Any = 0.8,
        tau: Any = 12.5,
        Vth: Any = 1.8,
        V_initializer: Any = ZeroInit(),
        w_initializer: Any = ZeroInit(),
        noise: Any = None,
        method: str = 'exp_auto',
        keep_size: bool = False,
        input_var: bool = True,
        name: str | None = None,
        mode: Mode | None = None,
    ):
        super().__init__(size, keep_size=keep_size, name=name, mode=mode)
        self._build(
            {'a': a, 'b': b, 'tau': tau, 'Vth': Vth},
            {'V': V_initializer, 'w': w_initializer},
            noise=noise,
            method=method,
            input_var=input_var,
        )

    def dV(self, V: Any, t: Any, w: Any, I: Any) -> Any:
        """The derivative of V."""
        return V - V * V * V / 3 - w + I

    def dw(self, w: Any, t: Any, V: Any) -> Any:
        """The derivative of w."""
        return (V + self.a - self.b * w) / self.tau

    def _fires(self, old: dict[str, Any], new: dict[str, Any]) -> Any:
        return crossing(old['V'], new['V'], self.Vth)
