# SPDX-License-Identifier: Apache-2.0
"""Integrators of a user's own equations: ordinary (`odeint`), stochastic (`sdeint`) and fractional (`fdeint`)."""

from bouton.integrators import fde, ode, sde
from bouton.integrators.base import DT, Integrator
from bouton.integrators.constants import *  # noqa: F403
from bouton.integrators.fde import fdeint
from bouton.integrators.joint_eq import JointEq
from bouton.integrators.ode import odeint
from bouton.integrators.runner import IntegratorRunner
from bouton.integrators.sde import sdeint

__all__ = ['DT', 'Integrator', 'IntegratorRunner', 'JointEq', 'fde', 'fdeint', 'ode', 'odeint', 'sde', 'sdeint']
