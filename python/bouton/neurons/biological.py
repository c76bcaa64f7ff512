# SPDX-License-Identifier: Apache-2.0
"""Neurons with ion channels. What all neurons share is described at `LIF`."""

from __future__ import annotations

from typing import Any

import numpy as np

from bouton._core_parameter import CoreParameter
from bouton.init.initializers import OneInit, Uniform
from bouton.math.environment import BatchingMode, Mode, NonBatchingMode
from bouton.neurons.base import CoreNeuron, crossing, linear_over_expm1


class HH(CoreNeuron):
    """Hodgkin-Huxley neuron.

        C dV/dt = -gNa m^3 h (V - ENa) - gK n^4 (V - EK) - gL (V - EL) + I
          dy/dt = a_y(V) (1 - y) - b_y(V) y          y in {m, h, n}

        a_m = 0.1 (V + 40) / (1 - exp(-(V + 40) / 10))     b_m = 4 exp(-(V + 65) / 18)
        a_h = 0.07 exp(-(V + 65) / 20)                     b_h = 1 / (1 + exp(-(V + 35) / 10))
        a_n = 0.01 (V + 55) / (1 - exp(-(V + 55) / 10))    b_n = 0.125 exp(-(V + 65) / 80)

    A spike is an upward crossing of V_th; nothing is reset. With the default leak, a tenth of the textbook's, a
    constant I = 5 makes the cell fire repetitively only from V <= -64.1 mV at the start.

    Parameters
    ----------
    ENa, EK, EL : float, array, initializer or callable
        Reversal potentials of sodium, potassium and the leak [mV].
    gNa, gK, gL : float, array, initializer or callable
        Their conductances [mS/cm2].
    V_th : float, array, initializer or callable
        A spike is where V comes up through this [mV].
    C : float, array, initializer or callable
        Capacitance of the membrane [uF/cm2], > 0.
    V_initializer : initializer, callable, array or number
        V at the start; called again by `reset_state`.
    m_initializer, h_initializer, n_initializer : initializer, callable, array or number, optional
        The gates at the start; by default their steady state at V.

    Other parameters are those of `LIF`.

    Attributes
    ----------
    V : Variable
        Membrane potential [mV].
    m, h, n : Variable
        Gates, in [0, 1].
    input : Variable
        The input of this step [uA/cm2], 0 at its start.
    spike : Variable
        Which neurons spiked in the last step, bool.

    References
    ----------
    Hodgkin AL, Huxley AF (1952) A quantitative description of membrane current and its application to conduction and
    excitation in nerve. J. Physiol. 117:500-544.
    """

    _states = ('V', 'm', 'h', 'n')
    _equations = ('dV', 'dm', 'dh', 'dn')
    supported_modes = (NonBatchingMode, BatchingMode)
    ENa = CoreParameter('Reversal potential of sodium [mV].')
    gNa = CoreParameter('Conductance of sodium [mS/cm2].')
    EK = CoreParameter('Reversal potential of potassium [mV].')
    gK = CoreParameter('Conductance of potassium [mS/cm2].')
    EL = CoreParameter('Reversal potential of the leak [mV].')
    gL = CoreParameter('Conductance of the leak [mS/cm2].')
    V_th = CoreParameter('A spike is where V comes up through this [mV].')
    C = CoreParameter('Capacitance of the membrane [uF/cm2].')

    def __init__(
        self,
        size: Any,
        keep_size: bool = False,
        ENa: Any = 50.0,
        gNa: Any = 120.0,
        EK: Any = -77.0,
        gK: Any = 36.0,
        EL: Any = -54.387,
        gL: Any = 0.03,
        V_th: Any = 20.0,
        C: Any = 1.0,
        V_initializer: Any = Uniform(-70, -60.0),
        m_initializer: Any = None,
        h_initializer: Any = None,
        n_initializer: Any = None,
        noise: Any = None,
        method: str = 'exp_auto',
        name: str | None = None,
        input_var: bool = True,
        mode: Mode | None = None,
    ):
        super().__init__(size, keep_size=keep_size, name=name, mode=mode)
        self._build(
            {'ENa': ENa, 'gNa': gNa, 'EK': EK, 'gK': gK, 'EL': EL, 'gL': gL, 'V_th': V_th, 'C': C},
            {'V': V_initializer, 'm': m_initializer, 'h': h_initializer, 'n': n_initializer},
            noise=noise,
            method=method,
            input_var=input_var,
        )

    def _derived_starts(self, values: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        V = values['V']
        return {gate: getattr(self, f'{gate}_inf')(V) for gate in ('m', 'h', 'n') if gate not in values}

    @staticmethod
    def m_alpha(V: Any) -> Any:
        """a_m(V) [1/ms]."""
        return linear_over_expm1(-0.1 * (V + 40))

    @staticmethod
    def m_beta(V: Any) -> Any:
        """b_m(V) [1/ms]."""
        return 4 * np.exp(-(V + 65) / 18)

    @staticmethod
    def h_alpha(V: Any) -> Any:
        """a_h(V) [1/ms]."""
        return 0.07 * np.exp(-(V + 65) / 20)

    @staticmethod
    def h_beta(V: Any) -> Any:
        """b_h(V) [1/ms]."""
        return 1 / (1 + np.exp(-(V + 35) / 10))

    @staticmethod
    def n_alpha(V: Any) -> Any:
        """a_n(V) [1/ms]."""
        return 0.1 * linear_over_expm1(-0.1 * (V + 55))

    @staticmethod
    def n_beta(V: Any) -> Any:
        """b_n(V) [1/ms]."""
        return 0.125 * np.exp(-(V + 65) / 80)

    def m_inf(self, V: Any) -> Any:
        """Steady state of m."""
        return self.m_alpha(V) / (self.m_alpha(V) + self.m_beta(V))

    def h_inf(self, V: Any) -> Any:
        """Steady state of h."""
        return self.h_alpha(V) / (self.h_alpha(V) + self.h_beta(V))

    def n_inf(self, V: Any) -> Any:
        """Steady state of n."""
        return self.n_alpha(V) / (self.n_alpha(V) + self.n_beta(V))

    def dV(self, V: Any, t: Any, m: Any, h: Any, n: Any, I: Any) -> Any:
        """The derivative of V."""
        sodium = self.gNa * m**3 * h * (V - self.ENa)
        potassium = self.gK * n**4 * (V - self.EK)
        return (-sodium - potassium - self.gL * (V - self.EL) + I) / self.C

    def dm(self, m: Any, t: Any, V: Any) -> Any:
        """The derivative of m."""
        return self.m_alpha(V) * (1 - m) - self.m_beta(V) * m

    def dh(self, h: Any, t: Any, V: Any) -> Any:
        """The derivative of h."""
        return self.h_alpha(V) * (1 - h) - self.h_beta(V) * h

    def dn(self, n: Any, t: Any, V: Any) -> Any:
        """The derivative of n."""
        return self.n_alpha(V) * (1 - n) - self.n_beta(V) * n

    def _fires(self, old: dict[str, Any], new: dict[str, Any]) -> Any:
        return crossing(old['V'], new['V'], self.V_th)


class MorrisLecar(CoreNeuron):
    """Morris-Lecar neuron.

        C dV/dt = -g_Ca M_inf (V - V_Ca) - g_K W (V - V_K) - g_leak (V - V_leak) + I
          dW/dt = (W_inf - W) / tau_W

        M_inf = (1 + tanh((V - V1) / V2)) / 2
        W_inf = (1 + tanh((V - V3) / V4)) / 2
        tau_W = 1 / (phi cosh((V - V3) / (2 V4)))

    A spike is an upward crossing of V_th; nothing is reset.

    Parameters
    ----------
    V_Ca, V_K, V_leak : float, array, initializer or callable
        Reversal potentials of calcium, potassium and the leak [mV].
    g_Ca, g_K, g_leak : float, array, initializer or callable
        Their conductances [mS/cm2].
    C : float, array, initializer or callable
        Capacitance of the membrane [uF/cm2], > 0.
    V1, V2, V3, V4 : float, array, initializer or callable
        Half activation and width of calcium and of potassium [mV]; the widths not 0.
    phi : float, array, initializer or callable
        Rate of W at V3 [1/ms].
    W_initializer : initializer, callable, array or number
        W at the start.

    Other parameters and attributes are those of `LIF`; the other state is `W`.

    References
    ----------
    Morris C, Lecar H (1981) Voltage oscillations in the barnacle giant muscle fiber. Biophys. J. 35:193-213.
    """

    _states = ('V', 'W')
    _equations = ('dV', 'dW')
    supported_modes = (NonBatchingMode, BatchingMode)
    V_Ca = CoreParameter('Reversal potential of calcium [mV].')
    g_Ca = CoreParameter('Conductance of calcium [mS/cm2].')
    V_K = CoreParameter('Reversal potential of potassium [mV].')
    g_K = CoreParameter('Conductance of potassium [mS/cm2].')
    V_leak = CoreParameter('Reversal potential of the leak [mV].')
    g_leak = CoreParameter('Conductance of the leak [mS/cm2].')
    C = CoreParameter('Capacitance of the membrane [uF/cm2].')
    V1 = CoreParameter('Half activation of calcium [mV].')
    V2 = CoreParameter('Width of its activation [mV].')
    V3 = CoreParameter('Half activation of potassium [mV].')
    V4 = CoreParameter('Width of its activation [mV].')
    phi = CoreParameter('Rate of W at V3 [1/ms].')
    V_th = CoreParameter('A spike is where V comes up through this [mV].')

    def __init__(
        self,
        size: Any,
        keep_size: bool = False,
        V_Ca: Any = 130.0,
        g_Ca: Any = 4.4,
        V_K: Any = -84.0,
        g_K: Any = 8.0,
        V_leak: Any = -60.0,
        g_leak: Any = 2.0,
        C: Any = 20.0,
        V1: Any = -1.2,
        V2: Any = 18.0,
        V3: Any = 2.0,
        V4: Any = 30.0,
        phi: Any = 0.04,
        V_th: Any = 10.0,
        W_initializer: Any = OneInit(0.02),
        V_initializer: Any = Uniform(-70.0, -60.0),
        noise: Any = None,
        method: str = 'exp_auto',
        name: str | None = None,
        input_var: bool = True,
        mode: Mode | None = None,
    ):
        super().__init__(size, keep_size=keep_size, name=name, mode=mode)
        self._build(
            {
                'V_Ca': V_Ca,
                'g_Ca': g_Ca,
                'V_K': V_K,
                'g_K': g_K,
                'V_leak': V_leak,
                'g_leak': g_leak,
                'C': C,
                'V1': V1,
                'V2': V2,
                'V3': V3,
                'V4': V4,
                'phi': phi,
                'V_th': V_th,
            },
            {'W': W_initializer, 'V': V_initializer},
            noise=noise,
            method=method,
            input_var=input_var,
        )

    def dV(self, V: Any, t: Any, W: Any, I: Any) -> Any:
        """The derivative of V."""
        M_inf = 0.5 * (1 + np.tanh((V - self.V1) / self.V2))
        calcium = self.g_Ca * M_inf * (V - self.V_Ca)
        potassium = self.g_K * W * (V - self.V_K)
        return (-calcium - potassium - self.g_leak * (V - self.V_leak) + I) / self.C

    def dW(self, W: Any, t: Any, V: Any) -> Any:
        """The derivative of W."""
        W_inf = 0.5 * (1 + np.tanh((V - self.V3) / self.V4))
        return (W_inf - W) * self.phi * np.cosh((V - self.V3) / (2 * self.V4))

    def _fires(self, old: dict[str, Any], new: dict[str, Any]) -> Any:
        return crossing(old['V'], new['V'], self.V_th)


class WangBuzsakiModel(CoreNeuron):
    """Interneuron of Wang and Buzsaki.

        C dV/dt = -gNa m_inf^3 h (V - ENa) - gK n^4 (V - EK) - gL (V - EL) + I
          dy/dt = phi (a_y(V) (1 - y) - b_y(V) y)          y in {h, n}

        m_inf = a_m / (a_m + b_m)
        a_m = -0.1 (V + 35) / (exp(-0.1 (V + 35)) - 1)      b_m = 4 exp(-(V + 60) / 18)
        a_h = 0.07 exp(-(V + 58) / 20)                      b_h = 1 / (exp(-0.1 (V + 28)) + 1)
        a_n = -0.01 (V + 34) / (exp(-0.1 (V + 34)) - 1)     b_n = 0.125 exp(-(V + 44) / 80)

    A spike is an upward crossing of V_th; nothing is reset.

    Parameters
    ----------
    phi : float, array, initializer or callable
        Speed of the gates.
    h_initializer, n_initializer : initializer, callable, array or number
        The gates at the start.

    Other parameters and attributes are those of `HH` and `LIF`.

    References
    ----------
    Wang XJ, Buzsaki G (1996) Gamma oscillation by synaptic inhibition in a hippocampal interneuronal network model.
    J. Neurosci. 16:6402-6413.
    """

    _states = ('V', 'h', 'n')
    _equations = ('dV', 'dh', 'dn')
    supported_modes = (NonBatchingMode, BatchingMode)
    ENa = CoreParameter('Reversal potential of sodium [mV].')
    gNa = CoreParameter('Conductance of sodium [mS/cm2].')
    EK = CoreParameter('Reversal potential of potassium [mV].')
    gK = CoreParameter('Conductance of potassium [mS/cm2].')
    EL = CoreParameter('Reversal potential of the leak [mV].')
    gL = CoreParameter('Conductance of the leak [mS/cm2].')
    V_th = CoreParameter('A spike is where V comes up through this [mV].')
    phi = CoreParameter('Speed of the gates.')
    C = CoreParameter('Capacitance of the membrane [uF/cm2].')

    def __init__(
        self,
        size: Any,
        keep_size: bool = False,
        ENa: Any = 55.0,
        gNa: Any = 35.0,
        EK: Any = -90.0,
        gK: Any = 9.0,
        EL: Any = -65,
        gL: Any = 0.1,
        V_th: Any = 20.0,
        phi: Any = 5.0,
        C: Any = 1.0,
        V_initializer: Any = OneInit(-65.0),
        h_initializer: Any = OneInit(0.6),
        n_initializer: Any = OneInit(0.32),
        noise: Any = None,
        method: str = 'exp_auto',
        input_var: bool = True,
        name: str | None = None,
        mode: Mode | None = None,
    ):
        super().__init__(size, keep_size=keep_size, name=name, mode=mode)
        self._build(
            {
                'ENa': ENa,
                'gNa': gNa,
                'EK': EK,
                'gK': gK,
                'EL': EL,
                'gL': gL,
                'V_th': V_th,
                'phi': phi,
                'C': C,
            },
            {'V': V_initializer, 'h': h_initializer, 'n': n_initializer},
            noise=noise,
            method=method,
            input_var=input_var,
        )

    def m_inf(self, V: Any) -> Any:
        """Steady state of m, which follows V at once."""
        alpha = linear_over_expm1(-0.1 * (V + 35))
        return alpha / (alpha + 4 * np.exp(-(V + 60) / 18))

    def dV(self, V: Any, t: Any, h: Any, n: Any, I: Any) -> Any:
        """The derivative of V."""
        sodium = self.gNa * self.m_inf(V) ** 3 * h * (V - self.ENa)
        potassium = self.gK * n**4 * (V - self.EK)
        return (-sodium - potassium - self.gL * (V - self.EL) + I) / self.C

    def dh(self, h: Any, t: Any, V: Any) -> Any:
        """The derivative of h."""
        alpha = 0.07 * np.exp(-(V + 58) / 20)
        beta = 1 / (np.exp(-0.1 * (V + 28)) + 1)
        return self.phi * (alpha * (1 - h) - beta * h)

    def dn(self, n: Any, t: Any, V: Any) -> Any:
        """The derivative of n."""
        alpha = 0.1 * linear_over_expm1(-0.1 * (V + 34))
        beta = 0.125 * np.exp(-(V + 44) / 80)
        return self.phi * (alpha * (1 - n) - beta * n)

    def _fires(self, old: dict[str, Any], new: dict[str, Any]) -> Any:
        return crossing(old['V'], new['V'], self.V_th)
