# SPDX-License-Identifier: Apache-2.0
"""Types for annotations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np

from bouton.init.base import Initializer as _Initializer
from bouton.math.variable import Variable

__all__ = ['Array', 'ArrayType', 'Initializer', 'Monitor', 'Output', 'Parameter', 'PyTree', 'Shape']

ArrayType = TypeVar('ArrayType', np.ndarray, Variable)
Array = ArrayType
Parameter = TypeVar('Parameter', float, int, np.ndarray, Variable)
Initializer = _Initializer | Callable[..., Any] | np.ndarray
Shape = int | Sequence[int]
PyTree = Any
Output = dict[str, Any]
Monitor = dict[str, Any]
