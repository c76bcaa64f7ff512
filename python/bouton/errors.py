# SPDX-License-Identifier: Apache-2.0
"""The errors of the package.

Each is also the built-in exception that a Python user expects (ValueError, TypeError, ...), so that programs may catch
either.
"""

__all__ = [
    "BrainPyError",
    "AlreadyExistsError",
    "AnalyzerError",
    "BackendNotInstalled",
    "CodeError",
    "ConnectorError",
    "DiffEqError",
    "IntegratorError",
    "MathError",
    "MonitorError",
    "NoImplementationError",
    "NoLongerSupportError",
    "PackageMissingError",
    "RunningError",
    "UniqueNameError",
    "UnsupportedError",
]


class BrainPyError(Exception):
    """Base of the errors that have a name of their own."""


class AlreadyExistsError(BrainPyError, ValueError):
    """Something of this name exists."""


class AnalyzerError(BrainPyError, ValueError):
    """A system cannot be analysed."""


class BackendNotInstalled(BrainPyError, ImportError):
    """An optional dependency is missing."""


class CodeError(BrainPyError, ValueError):
    """The signature of a function cannot be used."""


class ConnectorError(BrainPyError, ValueError):
    """A connector cannot do what it is asked for."""


class DiffEqError(BrainPyError, ValueError):
    """A differential equation is not what its method needs."""


class IntegratorError(BrainPyError, ValueError):
    """An integrator is used wrongly."""


class MathError(BrainPyError, ValueError):
    """An array does not fit the variable it is written to."""


class MonitorError(BrainPyError, ValueError):
    """A monitor names nothing that can be recorded."""


class NoImplementationError(BrainPyError, NotImplementedError):
    """A method is not implemented."""


class NoLongerSupportError(BrainPyError, ValueError):
    """A call that is no longer supported."""


class PackageMissingError(BrainPyError, ImportError):
    """An optional dependency is missing."""


class RunningError(BrainPyError, ValueError):
    """A runner is given something it cannot run."""


class UniqueNameError(BrainPyError, ValueError):
    """A name is used already."""


class UnsupportedError(BrainPyError, ValueError):
    """Something that is not supported."""
