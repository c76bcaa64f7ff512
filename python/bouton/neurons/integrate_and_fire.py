# SPDX-License-Identifier: Apache-2.0
"""Integrate-and-fire neurons.

What all of them share is described at `LIF`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bouton._core_parameter import CoreParameter
from bouton.init.initializers import OneInit, ZeroInit
from bouton.math import surrogate
from bouton.math.environment import Mode
from bouton.neurons.base import CoreNeuron


class LeakyIntegrator(CoreNeuron):
    """A membrane without spikes.

        tau dV/dt = -(V - V_rest) + R I

    Parameters
    ----------
    V_rest : float, array, initializer or callable
        V without input [mV].
    R : float, array, initializer or callable
        Resistance of the membrane [mV per unit of I].
    tau : float, array, initializer or callable
        Time constant of the membrane [ms], > 0.

    Other parameters and attributes are those of `LIF`; there is no spike, and `update` returns V.
    """

    _core_output = 'V'
    V_rest = CoreParameter('V without input [mV].')
    R = CoreParameter('Resistance of the membrane.')
    tau = CoreParameter('Time constant of the membrane [ms].')

    def __init__(
        self,
        size: Any,
        keep_size: bool = False,
        V_rest: Any = 0.0,
        R: Any = 1.0,
        tau: Any = 10.0,
        V_initializer: Any = ZeroInit(),
        noise: Any = None,
        input_var: bool = True,
        name: str | None = None,
        mode: Mode | None = None,
        method: str = 'exp_auto',
    ):
        super().__init__(size, keep_size=keep_size, name=name, mode=mode)
        self._build(
            {'V_rest': V_rest, 'R': R, 'tau': tau},
            {'V': V_initializer},
            noise=noise,
            method=method,
            input_var=input_var,
        )

    def derivative(self, V: Any, t: Any, I: Any) -> Any:
        """The derivative of V."""
        return (-V + self.V_rest + self.R * I) / self.tau


class LIF(CoreNeuron):
    """Leaky integrate-and-fire neuron.

        tau dV/dt = -(V - V_rest) + R I

    V >= V_th is a spike and sets V to V_reset; V is then held for tau_ref.

    Parameters
    ----------
    size : int or tuple of int
        The geometry of the group.
    keep_size : bool
        Whether variables have the shape `size`; by default they are flat, (num,).
    V_rest : float, array, initializer or callable
        V without input [mV]. A parameter is one for all neurons, or an array of the shape of the variables.
    V_reset : float, array, initializer or callable
        V after a spike [mV].
    V_th : float, array, initializer or callable
        Threshold [mV].
    R : float, array, initializer or callable
        Resistance of the membrane [mV per unit of I].
    tau : float, array, initializer or callable
        Time constant of the membrane [ms], > 0.
    tau_ref : float, array, initializer or callable, optional
        How long V is held after a spike [ms], >= 0.
    V_initializer : initializer, callable, array or number
        V at the start; called again by `reset_state`.
    noise : float, array or initializer, optional
        Amplitude of white noise on the first equation, dV = ... dt + noise dW. `method` is then one of those for
        stochastic equations.
    spike_fun : str or callable
        In training: the surrogate that gives the gradient of a spike. A name of `bouton.math.surrogate`, one of its
        functions or objects, or a function that calls one, as ``lambda x: surrogate.relu_grad(x, width=5.0)``.
    input_var : bool
        Whether there is an `input`, which synapses and the runner add to; if not, the drive is the argument of
        `update`.
    ref_var : bool
        Whether there is a variable `refractory`: in a refractory period, or spiking.
    method : str
        How the equations are stepped; see `bouton.odeint`.

    Attributes
    ----------
    V : Variable
        Membrane potential [mV].
    input : Variable
        The input of this step, 0 at its start.
    spike : Variable
        Which neurons spiked in the last step, bool; numbers, 0 or 1, in training.

    References
    ----------
    Abbott LF (1999) Lapicque's introduction of the integrate-and-fire model neuron (1907). Brain Res. Bull. 50:303-304.
    """

    V_rest = CoreParameter('V without input [mV].')
    V_reset = CoreParameter('V after a spike [mV].')
    V_th = CoreParameter('Threshold [mV].')
    R = CoreParameter('Resistance of the membrane.')
    tau = CoreParameter('Time constant of the membrane [ms].')
    tau_ref = CoreParameter('How long V is held after a spike [ms].')

    def __init__(
        self,
        size: Any,
        keep_size: bool = False,
        V_rest: Any = 0.0,
        V_reset: Any = -5.0,
        V_th: Any = 20.0,
        R: Any = 1.0,
        tau: Any = 10.0,
        tau_ref: Any = None,
        V_initializer: Any = ZeroInit(),
        noise: Any = None,
        mode: Mode | None = None,
        spike_fun: Any = surrogate.inv_square_grad,
        input_var: bool = True,
        ref_var: bool = False,
        method: str = 'exp_auto',
        name: str | None = None,
    ):
        super().__init__(size, keep_size=keep_size, name=name, mode=mode)
        self.spike_fun = spike_fun
        self._build(
            {'V_rest': V_rest, 'V_reset': V_reset, 'V_th': V_th, 'R': R, 'tau': tau, 'tau_ref': tau_ref},
            {'V': V_initializer},
            noise=noise,
            method=method,
            input_var=input_var,
            ref_var=ref_var,
        )

    def derivative(self, V: Any, t: Any, I: Any) -> Any:
        """The derivative of V."""
        return (-V + self.V_rest + self.R * I) / self.tau

    def _fires(self, old: dict[str, Any], new: dict[str, Any]) -> Any:
        return new['V'] >= self.V_th

    def _after_spike(self, new: dict[str, Any], spike: Any) -> None:
        new['V'] = np.where(spike, self.V_reset, new['V'])


class ExpIF(CoreNeuron):
    """Exponential integrate-and-fire neuron.

        tau dV/dt = -(V - V_rest) + delta_T exp((V - V_T) / delta_T) + R I

    V >= V_th is a spike and sets V to V_reset; V is then held for tau_ref. From the default start V = 0, above V_th,
    every cell spikes in the first step.

    Parameters
    ----------
    V_T : float, array, initializer or callable
        Where the slope of the exponential is 1 [mV].
    delta_T : float, array, initializer or callable
        Width of the upswing of a spike [mV], not 0.

    Other parameters and attributes are those of `LIF`.

    References
    ----------
    Fourcaud-Trocme N, Hansel D, van Vreeswijk C, Brunel N (2003) How spike generation mechanisms determine the neuronal
    response to fluctuating inputs. J. Neurosci. 23:11628-11640.
    """

    V_rest = CoreParameter('V without input and without the exponential [mV].')
    V_reset = CoreParameter('V after a spike [mV].')
    V_th = CoreParameter('Threshold [mV].')
    V_T = CoreParameter('Where the slope of the exponential is 1 [mV].')
    delta_T = CoreParameter('Width of the upswing of a spike [mV].')
    R = CoreParameter('Resistance of the membrane.')
    tau = CoreParameter('Time constant of the membrane [ms].')
    tau_ref = CoreParameter('How long V is held after a spike [ms].')

    def __init__(
        self,
        size: Any,
        V_rest: Any = -65.0,
        V_reset: Any = -68.0,
        V_th: Any = -30.0,
        V_T: Any = -59.9,
        delta_T: Any = 3.48,
        R: Any = 1.0,
        tau: Any = 10.0,
        tau_ref: Any = None,
        V_initializer: Any = ZeroInit(),
        noise: Any = None,
        keep_size: bool = False,
        input_var: bool = True,
        ref_var: bool = False,
        mode: Mode | None = None,
        method: str = 'exp_auto',
        name: str | None = None,
    ):
        super().__init__(size, keep_size=keep_size, name=name, mode=mode)
        self._build(
            {
                'V_rest': V_rest,
                'V_reset': V_reset,
                'V_th': V_th,
                'V_T': V_T,
                'delta_T': delta_T,
                'R': R,
                'tau': tau,
                'tau_ref': tau_ref,
            },
            {'V': V_initializer},
            noise=noise,
            method=method,
            input_var=input_var,
            ref_var=ref_var,
        )

    def derivative(self, V: Any, t: Any, I: Any) -> Any:
        """The derivative of V."""
        return (-(V - self.V_rest) + self.delta_T * np.exp((V - self.V_T) / self.delta_T) + self.R * I) / self.tau

    def _fires(self, old: dict[str, Any], new: dict[str, Any]) -> Any:
        return new['V'] >= self.V_th

    def _after_spike(self, new: dict[str, Any], spike: Any) -> None:
        new['V'] = np.where(spike, self.V_reset, new['V'])


class AdExIF(CoreNeuron):
    """Adaptive exponential integrate-and-fire neuron.

        tau dV/dt = -(V - V_rest) + delta_T exp((V - V_T) / delta_T) - R w + R I
        tau_w dw/dt = a (V - V_rest) - w

    V >= V_th is a spike, sets V to V_reset and adds b to w; V, not w, is then held for tau_ref. From the default start
    V = 0, above V_th, every cell spikes in the first step.

    Parameters
    ----------
    a : float, array, initializer or callable
        Adaptation by V [unit of I per mV].
    b : float, array, initializer or callable
        Adaptation by a spike [unit of I].
    tau_w : float, array, initializer or callable
        Time constant of adaptation [ms], > 0.
    w_initializer : initializer, callable, array or number
        w at the start.

    Other parameters and attributes are those of `ExpIF` and `LIF`.

    References
    ----------
    Brette R, Gerstner W (2005) Adaptive exponential integrate-and-fire model as an effective description of neuronal
    activity. J. Neurophysiol. 94:3637-3642.
    """

    _states = ('V', 'w')
    _equations = ('dV', 'dw')
    V_rest = CoreParameter('V without input and without the exponential [mV].')
    V_reset = CoreParameter('V after a spike [mV].')
    V_th = CoreParameter('Threshold [mV].')
    V_T = CoreParameter('Where the slope of the exponential is 1 [mV].')
    delta_T = CoreParameter('Width of the upswing of a spike [mV].')
    a = CoreParameter('Adaptation by V.')
    b = CoreParameter('Adaptation by a spike.')
    tau = CoreParameter('Time constant of the membrane [ms].')
    tau_w = CoreParameter('Time constant of adaptation [ms].')
    tau_ref = CoreParameter('How long V is held after a spike [ms].')
    R = CoreParameter('Resistance of the membrane.')

    def __init__(
        self,
        size: Any,
        V_rest: Any = -65.0,
        V_reset: Any = -68.0,
        V_th: Any = -30.0,
        V_T: Any = -59.9,
        delta_T: Any = 3.48,
        a: Any = 1.0,
        b: Any = 1.0,
        tau: Any = 10.0,
        tau_w: Any = 30.0,
        tau_ref: Any = None,
        R: Any = 1.0,
        V_initializer: Any = ZeroInit(),
        w_initializer: Any = ZeroInit(),
        noise: Any = None,
        method: str = 'exp_auto',
        keep_size: bool = False,
        input_var: bool = True,
        mode: Mode | None = None,
        name: str | None = None,
    ):
        super().__init__(size, keep_size=keep_size, name=name, mode=mode)
        self._build(
            {
                'V_rest': V_rest,
                'V_reset': V_reset,
                'V_th': V_th,
                'V_T': V_T,
                'delta_T': delta_T,
                'a': a,
                'b': b,
                'tau': tau,
                'tau_w': tau_w,
                'tau_ref': tau_ref,
                'R': R,
            },
            {'V': V_initializer, 'w': w_initializer},
            noise=noise,
            method=method,
            input_var=input_var,
            ref_var=tau_ref is not None,
        )

    def dV(self, V: Any, t: Any, w: Any, I: Any) -> Any:
        """The derivative of V."""
        upswing = self.delta_T * np.exp((V - self.V_T) / self.delta_T)
        return (-V + self.V_rest + upswing - self.R * w + self.R * I) / self.tau

    def dw(self, w: Any, t: Any, V: Any) -> Any:
        """The derivative of w."""
        return (self.a * (V - self.V_rest) - w) / self.tau_w

    def _fires(self, old: dict[str, Any], new: dict[str, Any]) -> Any:
        return new['V'] >= self.V_th

    def _after_spike(self, new: dict[str, Any], spike: Any) -> None:
        new['V'] = np.where(spike, self.V_reset, new['V'])
        new['w'] = np.where(spike, new['w'] + self.b, new['w'])


class QuaIF(CoreNeuron):
    """Quadratic integrate-and-fire neuron.

        tau dV/dt = c (V - V_rest) (V - V_c) + R I

    V >= V_th is a spike and sets V to V_reset; V is then held for tau_ref. From the default start V = 0, above V_th,
    every cell spikes in the first step.

    Parameters
    ----------
    V_c : float, array, initializer or callable
        V beyond which it rises by itself [mV], > V_rest.
    c : float, array, initializer or callable
        Curvature [1/mV].

    Other parameters and attributes are those of `LIF`.

    References
    ----------
    Latham PE, Richmond BJ, Nelson PG, Nirenberg S (2000) Intrinsic dynamics in neuronal networks. I. Theory.
    J. Neurophysiol. 83:808-827.
    """

    V_rest = CoreParameter('V without input [mV].')
    V_reset = CoreParameter('V after a spike [mV].')
    V_th = CoreParameter('Threshold [mV].')
    V_c = CoreParameter('V beyond which it rises by itself [mV].')
    c = CoreParameter('Curvature [1/mV].')
    R = CoreParameter('Resistance of the membrane.')
    tau = CoreParameter('Time constant of the membrane [ms].')
    tau_ref = CoreParameter('How long V is held after a spike [ms].')

    def __init__(
        self,
        size: Any,
        V_rest: Any = -65.0,
        V_reset: Any = -68.0,
        V_th: Any = -30.0,
        V_c: Any = -50.0,
        c: Any = 0.07,
        R: Any = 1.0,
        tau: Any = 10.0,
        tau_ref: Any = None,
        V_initializer: Any = ZeroInit(),
        noise: Any = None,
        keep_size: bool = False,
        input_var: bool = True,
        mode: Mode | None = None,
        method: str = 'exp_auto',
        name: str | None = None,
    ):
        super().__init__(size, keep_size=keep_size, name=name, mode=mode)
        self._build(
            {
                'V_rest': V_rest,
                'V_reset': V_reset,
                'V_th': V_th,
                'V_c': V_c,
                'c': c,
                'R': R,
                'tau': tau,
                'tau_ref': tau_ref,
            },
            {'V': V_initializer},
            noise=noise,
            method=method,
            input_var=input_var,
            ref_var=tau_ref is not None,
        )

    def derivative(self, V: Any, t: Any, I: Any) -> Any:
        """The derivative of V."""
        return (self.c * (V - self.V_rest) * (V - self.V_c) + self.R * I) / self.tau

    def _fires(self, old: dict[str, Any], new: dict[str, Any]) -> Any:
        return new['V'] >= self.V_th

    def _after_spike(self, new: dict[str, Any], spike: Any) -> None:
        new['V'] = np.where(spike, self.V_reset, new['V'])


class AdQuaIF(CoreNeuron):
    """Adaptive quadratic integrate-and-fire neuron.

        tau dV/dt = c (V - V_rest) (V - V_c) - w + I
        tau_w dw/dt = a (V - V_rest) - w

    V >= V_th is a spike, sets V to V_reset and adds b to w. From the default start V = 0, above V_th, every cell spikes
    in the first step.

    Parameters
    ----------
    a : float, array, initializer or callable
        Adaptation by V.
    b : float, array, initializer or callable
        Adaptation by a spike [mV].
    tau_w : float, array, initializer or callable
        Time constant of adaptation [ms], > 0.
    w_initializer : initializer, callable, array or number
        w at the start.

    Other parameters and attributes are those of `QuaIF` and `LIF`, without R and tau_ref.

    References
    ----------
    Izhikevich EM (2004) Which model to use for cortical spiking neurons? IEEE Trans. Neural Networks 15:1063-1070.
    """

    _states = ('V', 'w')
    _equations = ('dV', 'dw')
    V_rest = CoreParameter('V without input [mV].')
    V_reset = CoreParameter('V after a spike [mV].')
    V_th = CoreParameter('Threshold [mV].')
    V_c = CoreParameter('V beyond which it rises by itself [mV].')
    a = CoreParameter('Adaptation by V.')
    b = CoreParameter('Adaptation by a spike [mV].')
    c = CoreParameter('Curvature [1/mV].')
    tau = CoreParameter('Time constant of the membrane [ms].')
    tau_w = CoreParameter('Time constant of adaptation [ms].')

    def __init__(
        self,
        size: Any,
        V_rest: Any = -65.0,
        V_reset: Any = -68.0,
        V_th: Any = -30.0,
        V_c: Any = -50.0,
        a: Any = 1.0,
        b: Any = 0.1,
        c: Any = 0.07,
        tau: Any = 10.0,
        tau_w: Any = 10.0,
        V_initializer: Any = ZeroInit(),
        w_initializer: Any = ZeroInit(),
        noise: Any = None,
        method: str = 'exp_auto',
        keep_size: bool = False,
        input_var: bool = True,
        mode: Mode | None = None,
        name: str | None = None,
    ):
        super().__init__(size, keep_size=keep_size, name=name, mode=mode)
        self._build(
            {
                'V_rest': V_rest,
                'V_reset': V_reset,
                'V_th': V_th,
                'V_c': V_c,
                'a': a,
                'b': b,
                'c': c,
                'tau': tau,
                'tau_w': tau_w,
            },
            {'V': V_initializer, 'w': w_initializer},
            noise=noise,
            method=method,
            input_var=input_var,
        )

    def dV(self, V: Any, t: Any, w: Any, I: Any) -> Any:
        """The derivative of V."""
        return (self.c * (V - self.V_rest) * (V - self.V_c) - w + I) / self.tau

    def dw(self, w: Any, t: Any, V: Any) -> Any:
        """The derivative of w."""
        return (self.a * (V - self.V_rest) - w) / self.tau_w

    def _fires(self, old: dict[str, Any], new: dict[str, Any]) -> Any:
        return new['V'] >= self.V_th

    def _after_spike(self, new: dict[str, Any], spike: Any) -> None:
        new['V'] = np.where(spike, self.V_reset, new['V'])
        new['w'] = np.where(spike, new['w'] + self.b, new['w'])


class GIF(CoreNeuron):
    """Generalised integrate-and-fire neuron: two internal currents and a moving threshold.

        dI1/dt = -k1 I1
        dI2/dt = -k2 I2
        dV_th/dt = a (V - V_rest) - b (V_th - V_th_inf)
        tau dV/dt = -(V - V_rest) + R (I + I1 + I2)

    V at or above V_th, as that was before the step, is a spike and sets

        V = V_reset,   I1 = R1 I1 + A1,   I2 = R2 I2 + A2,   V_th = max(V_th_reset, V_th)

    Parameters
    ----------
    V_th_inf : float, array, initializer or callable
        Threshold at rest [mV].
    V_th_reset : float, array, initializer or callable
        Least threshold after a spike [mV].
    a, b : float, array, initializer or callable
        Rise of the threshold by V, and the rate at which it returns [1/ms].
    k1, k2 : float, array, initializer or callable
        Decay rates of the internal currents [1/ms].
    R1, R2, A1, A2 : float, array, initializer or callable
        What a spike leaves of the internal currents, and what it adds.
    I1_initializer, I2_initializer, Vth_initializer : initializer, callable, array or number
        The other states at the start.

    Other parameters and attributes are those of `LIF`; the threshold is the variable `V_th`.

    References
    ----------
    Mihalas S, Niebur E (2009) A generalized linear integrate-and-fire neural model produces diverse spiking behaviors.
    Neural Computation 21:704-718.
    """

    _states = ('V', 'I1', 'I2', 'V_th')
    _equations = ('dV', 'dI1', 'dI2', 'dVth')
    V_rest = CoreParameter('V without input [mV].')
    V_reset = CoreParameter('V after a spike [mV].')
    V_th_inf = CoreParameter('Threshold at rest [mV].')
    V_th_reset = CoreParameter('Least threshold after a spike [mV].')
    R = CoreParameter('Resistance of the membrane.')
    tau = CoreParameter('Time constant of the membrane [ms].')
    a = CoreParameter('Rise of the threshold by V [1/ms].')
    b = CoreParameter('Rate at which the threshold returns [1/ms].')
    k1 = CoreParameter('Decay rate of I1 [1/ms].')
    k2 = CoreParameter('Decay rate of I2 [1/ms].')
    R1 = CoreParameter('Part of I1 that a spike leaves.')
    R2 = CoreParameter('Part of I2 that a spike leaves.')
    A1 = CoreParameter('What a spike adds to I1.')
    A2 = CoreParameter('What a spike adds to I2.')

    def __init__(
        self,
        size: Any,
        V_rest: Any = -70.0,
        V_reset: Any = -70.0,
        V_th_inf: Any = -50.0,
        V_th_reset: Any = -60.0,
        R: Any = 20.0,
        tau: Any = 20.0,
        a: Any = 0.0,
        b: Any = 0.01,
        k1: Any = 0.2,
        k2: Any = 0.02,
        R1: Any = 0.0,
        R2: Any = 1.0,
        A1: Any = 0.0,
        A2: Any = 0.0,
        V_initializer: Any = OneInit(-70.0),
        I1_initializer: Any = ZeroInit(),
        I2_initializer: Any = ZeroInit(),
        Vth_initializer: Any = OneInit(-50.0),
        noise: Any = None,
        method: str = 'exp_auto',
        keep_size: bool = False,
        input_var: bool = True,
        name: str | None = None,
        mode: Mode | None = None,
        spike_fun: Any = surrogate.sigmoid,
    ):
        super().__init__(size, keep_size=keep_size, name=name, mode=mode)
        self.spike_fun = spike_fun
        self._build(
            {
                'V_rest': V_rest,
                'V_reset': V_reset,
                'V_th_inf': V_th_inf,
                'V_th_reset': V_th_reset,
                'R': R,
                'tau': tau,
                'a': a,
                'b': b,
                'k1': k1,
                'k2': k2,
                'R1': R1,
                'R2': R2,
                'A1': A1,
                'A2': A2,
            },
            {'V': V_initializer, 'I1': I1_initializer, 'I2': I2_initializer, 'V_th': Vth_initializer},
            noise=noise,
            method=method,
            input_var=input_var,
        )

    def dV(self, V: Any, t: Any, I1: Any, I2: Any, I: Any) -> Any:
        """The derivative of V."""
        return (-(V - self.V_rest) + self.R * (I + I1 + I2)) / self.tau

    def dI1(self, I1: Any, t: Any) -> Any:
        """The derivative of I1."""
        return -self.k1 * I1

    def dI2(self, I2: Any, t: Any) -> Any:
        """The derivative of I2."""
        return -self.k2 * I2

    def dVth(self, V_th: Any, t: Any, V: Any) -> Any:
        """The derivative of the threshold."""
        return self.a * (V - self.V_rest) - self.b * (V_th - self.V_th_inf)

    def _fires(self, old: dict[str, Any], new: dict[str, Any]) -> Any:
        return new['V'] >= old['V_th']

    def _after_spike(self, new: dict[str, Any], spike: Any) -> None:
        new['V'] = np.where(spike, self.V_reset, new['V'])
        new['I1'] = np.where(spike, self.R1 * new['I1'] + self.A1, new['I1'])
        new['I2'] = np.where(spike, self.R2 * new['I2'] + self.A2, new['I2'])
        new['V_th'] = np.where(spike, np.maximum(self.V_th_reset, new['V_th']), new['V_th'])
