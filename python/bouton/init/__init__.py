# SPDX-License-Identifier: Apache-2.0
"""Initialisers of parameters, initial states and weights, and the functions that apply them."""

from bouton._init_functions import delay, noise, parameter, variable, variable_
from bouton.init.base import Initializer
from bouton.init.decay import DOGDecay, GaussianDecay
from bouton.init.initializers import (
    Clip,
    Constant,
    DeltaOrthogonal,
    Exponential,
    Gamma,
    Identity,
    KaimingNormal,
    KaimingUniform,
    LecunNormal,
    LecunUniform,
    Normal,
    OneInit,
    Orthogonal,
    Uniform,
    VarianceScaling,
    XavierNormal,
    XavierUniform,
    ZeroInit,
)

__all__ = [
    'Clip',
    'Constant',
    'DOGDecay',
    'DeltaOrthogonal',
    'Exponential',
    'Gamma',
    'GaussianDecay',
    'Identity',
    'Initializer',
    'KaimingNormal',
    'KaimingUniform',
    'LecunNormal',
    'LecunUniform',
    'Normal',
    'OneInit',
    'Orthogonal',
    'Uniform',
    'VarianceScaling',
    'XavierNormal',
    'XavierUniform',
    'ZeroInit',
    'delay',
    'noise',
    'parameter',
    'variable',
    'variable_',
]
