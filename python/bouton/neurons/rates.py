# SPDX-License-Identifier: Apache-2.0
"""Units without spikes: filters of their input, and noise. What all neurons share is described at `LIF`."""

from __future__ import annotations

from typing import Any

import numpy as np

from bouton._core_parameter import CoreParameter
from bouton.init.initializers import ZeroInit
from bouton.math import random
from bouton.math.environment import Mode
from bouton.neurons.base import CoreNeuron


class Integrator(CoreNeuron):
    """Low-pass filter of its input.

        tau dx/dt = -x + I

    Parameters
    ----------
    tau : float, array, initializer or callable
        Time constant [ms], > 0.
    x_initializer : initializer, callable, array or number
        x at the start.
    input_var : bool
        Whether there is an `input`; by default the drive is the argument of `update`, which returns x.

    Other parameters are those of `LIF`.
    """

    _states = ('x',)
    _core_output = 'x'
    tau = CoreParameter('Time constant [ms].')

    def __init__(
        self,
        size: Any,
        keep_size: bool = False,
        tau: Any = 10.0,
        x_initializer: Any = ZeroInit(),
        noise: Any = None,
        input_var: bool = False,
        name: str | None = None,
        mode: Mode | None = None,
        method: str = 'exp_auto',
    ):
        super().__init__(size, keep_size=keep_size, name=name, mode=mode)
        self._build({'tau': tau}, {'x': x_initializer}, noise=noise, method=method, input_var=input_var)

    def derivative(self, x: Any, t: Any, I: Any) -> Any:
        """The derivative of x."""
        return (-x + I) / self.tau


class Leaky(CoreNeuron):
    """Leaky sum of its inputs.

        dx/dt = -x / tau,     x <- x + I at the end of each step

    The input counts whole, whatever the step: it is an amount and no rate. It is the argument of `update`, which
    returns x.

    Parameters
    ----------
    tau : float, array, initializer or callable
        Time constant [ms], > 0.

    Other parameters are those of `LIF`.
    """

    _states = ('x',)
    _core_output = 'x'
    tau = CoreParameter('Time constant [ms].')

    def __init__(
        self,
        size: Any,
        keep_size: bool = False,
        tau: Any = 10.0,
        name: str | None = None,
        mode: Mode | None = None,
        method: str = 'exp_auto',
    ):
        super().__init__(size, keep_size=keep_size, name=name, mode=mode)
        self._build({'tau': tau}, {'x': ZeroInit()}, method=method, input_var=False)

    def derivative(self, x: Any, t: Any) -> Any:
        """The derivative of x."""
        return -x / self.tau

    def _step_in_python(self, t: float, dt: float, current: Any) -> None:
        self.x.value = self.integral(self.x.value, t, dt) + current


class OUProcess(CoreNeuron):
    """Ornstein-Uhlenbeck process: noise with a memory.

        dx = (mean - x) / tau dt + sigma dW

    In the long run x is normal with variance sigma^2 tau / 2 and correlation exp(-abs(lag) / tau). It has no input.

    Parameters
    ----------
    mean : float, array, initializer or callable
        Where x starts, and tends to.
    sigma : float, array, initializer or callable
        Amplitude of the noise [unit of x/sqrt(ms)], >= 0.
    tau : float, array, initializer or callable
        Time constant [ms], > 0.
    method : str
        One of the stochastic methods.

    Other parameters are those of `LIF`. `update` returns x.

    References
    ----------
    Uhlenbeck GE, Ornstein LS (1930) On the theory of the Brownian motion. Phys. Rev. 36:823-841.
    """

    _states = ('x',)
    _core_output = 'x'
    _equations = ('df',)
    _draws = True
    mean = CoreParameter('Where x starts, and tends to.')
    sigma = CoreParameter('Amplitude of the noise.')
    tau = CoreParameter('Time constant [ms].')

    def __init__(
        self,
        size: Any,
        mean: Any = 0.0,
        sigma: Any = 1.0,
        tau: Any = 10.0,
        method: str = 'exp_euler',
        keep_size: bool = False,
        mode: Mode | None = None,
        name: str | None = None,
    ):
        super().__init__(size, keep_size=keep_size, name=name, mode=mode)
        self._build({'mean': mean, 'sigma': sigma, 'tau': tau}, {'x': None}, method=method, input_var=False)

    def _derived_starts(self, values: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        return {'x': np.asarray(self.mean)}

    def df(self, x: Any, t: Any) -> Any:
        """The drift of x."""
        return (self.mean - x) / self.tau

    def dg(self, x: Any, t: Any) -> Any:
        """The diffusion of x."""
        return self.sigma

    def update(self) -> Any:
        """One step, at the time of `bouton.share`. Returns x."""
        return super().update()

    def _step_in_python(self, t: float, dt: float, current: Any) -> None:
        x = self.x.value
        noise = np.sqrt(dt) * self.sigma * random.normal(0.0, 1.0, x.shape)
        self.x.value = (self.integral(x, t, dt) + noise).astype(x.dtype)
