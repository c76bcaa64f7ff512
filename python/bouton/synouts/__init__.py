# SPDX-License-Identifier: Apache-2.0
"""From the conductance that a postsynaptic neuron receives to a current: `COBA`, `CUBA`, `MgBlock`."""

from bouton.synouts.outputs import COBA, CUBA, MgBlock

__all__ = ['COBA', 'CUBA', 'MgBlock']
