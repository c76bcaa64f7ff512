# SPDX-License-Identifier: Apache-2.0
"""Times as numbers of steps."""

from __future__ import annotations

from collections.abc import Callable

from bouton._scalars import positive
from bouton.math.environment import get_compat, get_dt

tolerance = 1e-9  # relative distance to a whole number below which a quotient of times is that number


def brainpy_2_4() -> bool:
    """Whether what is computed follows BrainPy 2.4 where that differs from its equations."""
    return get_compat() == 'brainpy_2_4'


def time_step(dt: float | None) -> float:
    """`dt` [ms], if it is given; the global time step if not."""
    return get_dt() if dt is None else positive(dt, '"dt"')


def num_steps(time: float, dt: float, rounding: Callable[[float], int]) -> int:
    """`time` in steps of `dt`; `rounding` (int, round or math.ceil) decides about fractions of a step.

    A quotient that is whole but for the rounding of decimal fractions, as 0.3 / 0.1, is taken as whole; not so after
    ``bm.set_compat('brainpy_2_4')``. ValueError where there are too many steps to count.
    """
    quotient = time / dt
    if not quotient < 2**53:
        raise ValueError(f'{time} ms are too many steps of {dt} ms.')
    nearest = round(quotient)
    if abs(quotient - nearest) <= tolerance * max(nearest, 1) and not brainpy_2_4():
        return nearest
    return rounding(quotient)
