# SPDX-License-Identifier: Apache-2.0
"""Modes under the names that older programs use; they are those of `bouton.math`."""

from typing import Any

from bouton.math.environment import (
    BatchingMode,
    Mode,
    NonBatchingMode,
    TrainingMode,
    batching_mode,
    nonbatching_mode,
    training_mode,
)

__all__ = ['BatchingMode', 'Mode', 'NormalMode', 'TrainingMode', 'batching', 'check_mode', 'normal', 'training']

NormalMode = NonBatchingMode
normal = nonbatching_mode
batching = batching_mode
training = training_mode


def check_mode(mode: Mode, supported_modes: type | tuple[type, ...], name: str = '') -> None:
    """ValueError unless the mode is of one of the classes."""
    classes: Any = supported_modes if isinstance(supported_modes, tuple) else (supported_modes,)
    if type(mode) not in classes:
        names = ', '.join(cls.__name__ for cls in classes)
        raise ValueError(f'{name} does not support {mode}. We only support {names}. ')
