# SPDX-License-Identifier: Apache-2.0
"""Arrays, variables and settings (`bm`).

What is not defined here is NumPy's function of the same name, which then takes variables and returns `Array`. The
names `dt`, `mode`, `float_`, `int_`, `bool_` and `complex_` follow the settings.
"""

import importlib
from typing import Any

from bouton.math import environment as _environment
from bouton.math import fft as fft
from bouton.math import linalg as linalg
from bouton.math import numpy_mirror
from bouton.math import random as random
from bouton.math import surrogate as surrogate
from bouton.math.activations import *  # noqa: F403
from bouton.math.array import *  # noqa: F403
from bouton.math.control import *  # noqa: F403
from bouton.math.environment import *  # noqa: F403
from bouton.math.grad import *  # noqa: F403
from bouton.math.pre_syn_post import *  # noqa: F403
from bouton.math.surrogate import spike_with_gaussian_grad as spike_with_gaussian_grad
from bouton.math.surrogate import spike_with_linear_grad as spike_with_linear_grad
from bouton.math.surrogate import spike_with_mg_grad as spike_with_mg_grad
from bouton.math.surrogate import spike_with_sigmoid_grad as spike_with_sigmoid_grad
from bouton.math.variable import *  # noqa: F403

_SETTINGS = {
    'dt': 'dt',
    'mode': 'mode',
    'float_': 'float_',
    'int_': 'int_',
    'bool_': 'bool_',
    'complex_': 'complex_',
    'dftype': 'float_',
    'ditype': 'int_',
}
# What stands on objects, which themselves stand on this package.
_ELSEWHERE = {
    'BrainPyObject': 'bouton._base',
    'clear_name_cache': 'bouton._base',
    'LengthDelay': 'bouton._system.delays',
    'NeuLenDelay': 'bouton._system.delays',
    'TimeDelay': 'bouton.math.delay',
    'NeuTimeDelay': 'bouton.math.delay',
    'FunAsObject': 'bouton.math.objects',
    'to_object': 'bouton.math.objects',
    'function': 'bouton.math.objects',
}
_RENAMED = {'NeuLenDelay': 'LengthDelay'}


def __getattr__(name: str) -> Any:
    if name in _SETTINGS:
        return getattr(_environment.state, _SETTINGS[name])
    if name in _ELSEWHERE:
        found = getattr(importlib.import_module(_ELSEWHERE[name]), _RENAMED.get(name, name))
    else:
        found = numpy_mirror.lookup(name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_SETTINGS, *_ELSEWHERE, *numpy_mirror.names()})


del Any
