# SPDX-License-Identifier: Apache-2.0
"""Objects with names, children and variables. Everything here is public through `bouton` and `bouton.math`."""

from bouton._base.collectors import ArrayCollector, Collector, DotDict, TensorCollector
from bouton._base.naming import clear_name_cache
from bouton._base.object import BrainPyObject
from bouton._base.states import StateLoadResult

__all__ = [
    'ArrayCollector', 'BrainPyObject', 'Collector', 'DotDict', 'StateLoadResult', 'TensorCollector', 'clear_name_cache',
]  # fmt: skip
