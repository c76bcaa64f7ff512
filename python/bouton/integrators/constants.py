# SPDX-License-Identifier: Apache-2.0
"""Names of the kinds of integrals, noise and variables."""

ITO_SDE = 'Ito'
STRA_SDE = 'Stratonovich'
SUPPORTED_INTG_TYPE = [ITO_SDE, STRA_SDE]

SCALAR_WIENER = 'scalar'
VECTOR_WIENER = 'vector'
SUPPORTED_WIENER_TYPE = [SCALAR_WIENER, VECTOR_WIENER]

SCALAR_VAR = 'scalar'
POP_VAR = 'population'
SYSTEM_VAR = 'system'
SUPPORTED_VAR_TYPE = [SCALAR_VAR, POP_VAR, SYSTEM_VAR]

__all__ = [
    'ITO_SDE',
    'POP_VAR',
    'SCALAR_VAR',
    'SCALAR_WIENER',
    'STRA_SDE',
    'SUPPORTED_INTG_TYPE',
    'SUPPORTED_VAR_TYPE',
    'SUPPORTED_WIENER_TYPE',
    'SYSTEM_VAR',
    'VECTOR_WIENER',
]
