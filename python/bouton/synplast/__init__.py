# SPDX-License-Identifier: Apache-2.0
"""Short-term plasticity: `STD` and `STP`."""

from bouton.synplast.short_term import STD, STP

__all__ = ['STD', 'STP']
