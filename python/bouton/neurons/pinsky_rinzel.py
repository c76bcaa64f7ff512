# SPDX-License-Identifier: Apache-2.0
"""A neuron of two compartments."""

from __future__ import annotations

from typing import Any

import numpy as np

from bouton._core_parameter import CoreParameter
from bouton._models import as_parameter, check_range
from bouton._system.share import share
from bouton.init.initializers import OneInit
from bouton.math.environment import BatchingMode, Mode, NonBatchingMode
from bouton.math.variable import Variable
from bouton.neurons.base import CoreNeuron, crossing, linear_over_expm1


class PinskyRinzelModel(CoreNeuron):
    """Pinsky-Rinzel pyramidal cell: a soma that spikes and a dendrite whose calcium makes it burst.

        Cm dVs/dt = -gL (Vs - EL) - gNa m_inf(Vs)^2 h (Vs - ENa) - gK n (Vs - EK) + (gc (Vd - Vs) + Is / A) / p
        Cm dVd/dt = -gL (Vd - EL) - I_Ca - (gAHP q + gC c min(Ca / 250, 1)) (Vd - EK)
                    + (gc (Vs - Vd) + Id / A) / (1 - p)
           dCa/dt = -0.13 I_Ca - 0.075 Ca                           I_Ca = gCa s^2 (Vd - ECa)
            dy/dt = a_y (1 - y) - b_y y                             h, n by Vs; s, c by Vd; q by Ca

    A spike is an upward crossing of V_th by the soma; nothing is reset.

    Parameters
    ----------
    gNa, gK, gCa, gAHP, gC, gL : float, array, initializer or callable
        Conductances [mS/cm2] of sodium, the delayed rectifier, calcium, the afterhyperpolarisation, potassium gated by
        calcium, and the leak.
    ENa, EK, ECa, EL : float, array, initializer or callable
        Reversal potentials [mV].
    gc : float, array, initializer or callable
        Conductance between the compartments [mS/cm2].
    V_th : float, array, initializer or callable
        A spike is where Vs comes up through this [mV].
    Cm : float, array, initializer or callable
        Capacitance of the membrane [uF/cm2], > 0.
    p : float, array, initializer or callable
        The soma's part of the membrane, in (0, 1).
    A : float
        Area by which the currents are divided, > 0.
    Vs_initializer, Vd_initializer, Ca_initializer : initializer, callable, array or number
        The states at the start; the gates start at their steady state.

    Other parameters are those of `LIF`.

    Attributes
    ----------
    Vs, Vd : Variable
        Potentials of soma and dendrite [mV]; `V` is the soma's.
    Ca : Variable
        Calcium of the dendrite, in units of its own.
    h, n, s, c, q : Variable
        Gates, in [0, 1].
    Is, Id : Variable
        Currents into soma and dendrite in this step [uA/cm2], 0 at its start; `input` is the soma's.
    spike : Variable
        Which neurons spiked in the last step, bool.

    References
    ----------
    Pinsky PF, Rinzel J (1994) Intrinsic and network rhythmogenesis in a reduced Traub model for CA3 neurons. J. Comput.
    Neurosci. 1:39-60. The gate c of the current that it gates, and its rates below -10 mV, are as the paper has them.
    """

    _states = ('Vs', 'Vd', 'Ca', 'h', 'n', 's', 'c', 'q')
    _equations = ('dVs', 'dVd', 'dCa', 'dh', 'dn', 'ds', 'dc', 'dq')
    supported_modes = (NonBatchingMode, BatchingMode)
    gNa = CoreParameter('Conductance of sodium [mS/cm2].')
    gK = CoreParameter('Conductance of the delayed rectifier [mS/cm2].')
    gCa = CoreParameter('Conductance of calcium [mS/cm2].')
    gAHP = CoreParameter('Conductance of the afterhyperpolarisation [mS/cm2].')
    gC = CoreParameter('Conductance of potassium gated by calcium [mS/cm2].')
    gL = CoreParameter('Conductance of the leak [mS/cm2].')
    ENa = CoreParameter('Reversal potential of sodium [mV].')
    EK = CoreParameter('Reversal potential of potassium [mV].')
    ECa = CoreParameter('Reversal potential of calcium [mV].')
    EL = CoreParameter('Reversal potential of the leak [mV].')
    gc = CoreParameter('Conductance between the compartments [mS/cm2].')
    V_th = CoreParameter('A spike is where Vs comes up through this [mV].')
    Cm = CoreParameter('Capacitance of the membrane [uF/cm2].')
    p = CoreParameter("The soma's part of the membrane.")

    def __init__(
        self,
        size: Any,
        keep_size: bool = False,
        gNa: Any = 30.0,
        gK: Any = 15.0,
        gCa: Any = 10.0,
        gAHP: Any = 0.8,
        gC: Any = 15.0,
        gL: Any = 0.1,
        ENa: Any = 60.0,
        EK: Any = -75.0,
        ECa: Any = 80.0,
        EL: Any = -60.0,
        gc: Any = 2.1,
        V_th: Any = 20.0,
        Cm: Any = 3.0,
        p: Any = 0.5,
        A: Any = 1.0,
        Vs_initializer: Any = OneInit(-64.6),
        Vd_initializer: Any = OneInit(-64.5),
        Ca_initializer: Any = OneInit(0.2),
        noise: Any = None,
        method: str = 'exp_auto',
        name: str | None = None,
        mode: Mode | None = None,
    ):
        super().__init__(size, keep_size=keep_size, name=name, mode=mode)
        self.A = as_parameter(A, self.varshape, 'PinskyRinzelModel.A')
        check_range(self.A, 'PinskyRinzelModel.A', 'positive')
        part = as_parameter(p, self.varshape, 'PinskyRinzelModel.p')
        if not (np.greater(part, 0).all() and np.less(part, 1).all()):
            raise ValueError(f'PinskyRinzelModel.p = {p}, but must be in (0, 1)')
        self._build(
            {
                'gNa': gNa,
                'gK': gK,
                'gCa': gCa,
                'gAHP': gAHP,
                'gC': gC,
                'gL': gL,
                'ENa': ENa,
                'EK': EK,
                'ECa': ECa,
                'EL': EL,
                'gc': gc,
                'V_th': V_th,
                'Cm': Cm,
                'p': part,
            },
            {'Vs': Vs_initializer, 'Vd': Vd_initializer, 'Ca': Ca_initializer},
            noise=noise,
            method=method,
        )

    # The core has no area, and calls the soma's variables V and input.

    def _in_core(self) -> bool:
        return bool(np.all(np.equal(self.A, 1))) and super()._in_core()

    def _build_core(self, name: str, settings: Any) -> None:
        super()._build_core(name, settings)
        self.Vs, self.Is = self.V, self.input

    def _build_in_python(self, rows: int | None) -> None:
        super()._build_in_python(rows)
        self.V, self.Is = self.Vs, self.input
        self.Id = Variable(self.input.value, batch_axis=self.input.batch_axis)

    def update(self, tdi: Any = None, x: Any = None) -> Any:
        """One step with the inputs of this step, to the soma's of which `x` is added. They stay until cleared.

        Parameters
        ----------
        tdi : dict, optional
            The time: `t` and `dt` [ms]; by default that of `bouton.share`. ``update(x)`` will do, too.
        x : float or array, optional
            Current into the soma [uA/cm2].

        Returns
        -------
        Array
            Which neurons spiked.
        """
        if isinstance(tdi, dict):
            share.arguments.update(tdi)
        elif x is None:
            x = tdi
        elif tdi is not None:
            raise TypeError(f'"tdi" must be a dict with the time, but we got {type(tdi)}: {tdi!r}')
        return super().update(x)

    def clear_input(self) -> None:
        """Set both currents to 0."""
        super().clear_input()
        if self._core_part is None:
            self.Id.fill(0)

    def reset_state(self, batch_size: Any = None) -> None:
        """To where it started; see `LIF`."""
        super().reset_state(batch_size)
        if self._core_part is None:
            self.Id.value = np.zeros(self.Is.shape, self.Is.dtype)

    def _derived_starts(self, values: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        of = {'h': 'Vs', 'n': 'Vs', 's': 'Vd', 'c': 'Vd', 'q': 'Ca'}
        return {gate: getattr(self, f'inf_{gate}')(values[state]) for gate, state in of.items()}

    @staticmethod
    def alpha_m(Vs: Any) -> Any:
        """Opening rate of m [1/ms]."""
        return 1.28 * linear_over_expm1(-0.25 * (Vs + 46.9))

    @staticmethod
    def beta_m(Vs: Any) -> Any:
        """Closing rate of m [1/ms]."""
        return 1.4 * linear_over_expm1(0.2 * (Vs + 19.9))

    @staticmethod
    def alpha_h(Vs: Any) -> Any:
        """Opening rate of h [1/ms]."""
        return 0.128 * np.exp(-(Vs + 43) / 18)

    @staticmethod
    def beta_h(Vs: Any) -> Any:
        """Closing rate of h [1/ms]."""
        return 4 / (1 + np.exp(-(Vs + 20) / 5))

    @staticmethod
    def alpha_n(Vs: Any) -> Any:
        """Opening rate of n [1/ms]."""
        return 0.08 * linear_over_expm1(-0.2 * (Vs + 24.9))

    @staticmethod
    def beta_n(Vs: Any) -> Any:
        """Closing rate of n [1/ms]."""
        return 0.25 * np.exp(-(Vs + 40) / 40)

    @staticmethod
    def alpha_s(Vd: Any) -> Any:
        """Opening rate of s [1/ms]."""
        return 1.6 / (1 + np.exp(-0.072 * (Vd - 5)))

    @staticmethod
    def beta_s(Vd: Any) -> Any:
        """Closing rate of s [1/ms]."""
        return 0.1 * linear_over_expm1(0.2 * (Vd + 8.9))

    @staticmethod
    def alpha_c(Vd: Any) -> Any:
        """Opening rate of c [1/ms]."""
        fall = 2 * np.exp(-(Vd + 53.5) / 27)
        return np.where(Vd <= -10, fall * np.exp((Vd + 50) / 11) * (0.5 / 18.975), fall)

    @classmethod
    def beta_c(cls, Vd: Any) -> Any:
        """Closing rate of c [1/ms]."""
        return np.where(Vd <= -10, 2 * np.exp(-(Vd + 53.5) / 27) - cls.alpha_c(Vd), 0.0)

    @staticmethod
    def alpha_q(Ca: Any) -> Any:
        """Opening rate of q [1/ms]."""
        return np.minimum(2e-5 * Ca, 0.01)

    @staticmethod
    def beta_q(Ca: Any) -> Any:
        """Closing rate of q [1/ms]."""
        return 0.001

    def _steady(self, gate: str, x: Any) -> Any:
        alpha, beta = getattr(self, f'alpha_{gate}')(x), getattr(self, f'beta_{gate}')(x)
        return alpha / (alpha + beta)

    def inf_m(self, Vs: Any) -> Any:
        """Steady state of m, which follows Vs at once."""
        return self._steady('m', Vs)

    def inf_h(self, Vs: Any) -> Any:
        """Steady state of h."""
        return self._steady('h', Vs)

    def inf_n(self, Vs: Any) -> Any:
        """Steady state of n."""
        return self._steady('n', Vs)

    def inf_s(self, Vd: Any) -> Any:
        """Steady state of s."""
        return self._steady('s', Vd)

    def inf_c(self, Vd: Any) -> Any:
        """Steady state of c."""
        return self._steady('c', Vd)

    def inf_q(self, Ca: Any) -> Any:
        """Steady state of q."""
        return self._steady('q', Ca)

    def dVs(self, Vs: Any, t: Any, Vd: Any, h: Any, n: Any, Is: Any) -> Any:
        """The derivative of Vs."""
        sodium = self.gNa * self.inf_m(Vs) ** 2 * h * (Vs - self.ENa)
        potassium = self.gK * n * (Vs - self.EK)
        coupling = (self.gc * (Vd - Vs) + Is / self.A) / self.p
        return (coupling - sodium - potassium - self.gL * (Vs - self.EL)) / self.Cm

    def dVd(self, Vd: Any, t: Any, Vs: Any, Ca: Any, s: Any, c: Any, q: Any, Id: Any) -> Any:
        """The derivative of Vd."""
        calcium = self.gCa * s**2 * (Vd - self.ECa)
        potassium = (self.gAHP * q + self.gC * c * np.minimum(Ca / 250, 1.0)) * (Vd - self.EK)
        coupling = (self.gc * (Vs - Vd) + Id / self.A) / (1 - self.p)
        return (coupling - calcium - potassium - self.gL * (Vd - self.EL)) / self.Cm

    def dCa(self, Ca: Any, t: Any, Vd: Any, s: Any) -> Any:
        """The derivative of Ca."""
        return -0.13 * self.gCa * s**2 * (Vd - self.ECa) - 0.075 * Ca

    def dh(self, h: Any, t: Any, Vs: Any) -> Any:
        """The derivative of h."""
        return self.alpha_h(Vs) * (1 - h) - self.beta_h(Vs) * h

    def dn(self, n: Any, t: Any, Vs: Any) -> Any:
        """The derivative of n."""
        return self.alpha_n(Vs) * (1 - n) - self.beta_n(Vs) * n

    def ds(self, s: Any, t: Any, Vd: Any) -> Any:
        """The derivative of s."""
        return self.alpha_s(Vd) * (1 - s) - self.beta_s(Vd) * s

    def dc(self, c: Any, t: Any, Vd: Any) -> Any:
        """The derivative of c."""
        return self.alpha_c(Vd) * (1 - c) - self.beta_c(Vd) * c

    def dq(self, q: Any, t: Any, Ca: Any) -> Any:
        """The derivative of q."""
        return self.alpha_q(Ca) * (1 - q) - self.beta_q(Ca) * q

    def _integrate(self, states: list[Any], t: float, current: Any, dt: float) -> Any:
        return self.integral(*states, t, current, self.Id.value, dt)

    def _fires(self, old: dict[str, Any], new: dict[str, Any]) -> Any:
        return crossing(old['Vs'], new['Vs'], self.V_th)
