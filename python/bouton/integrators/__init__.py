# SPDX-License-Identifier: Apache-2.0
"""Integrators of a user's own equations."""

from bouton.integrators import ode
from bouton.integrators.base import Integrator
from bouton.integrators.joint_eq import JointEq
from bouton.integrators.ode import odeint

__all__ = ["Integrator", "JointEq", "ode", "odeint"]
