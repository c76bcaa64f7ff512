# SPDX-License-Identifier: Apache-2.0
"""What goes wrong, by name. Every class is also the built-in exception that a Python user expects."""

__all__ = [
    'AlreadyExistsError', 'AnalyzerError', 'BackendNotInstalled', 'BrainPyError', 'CodeError', 'ConnectorError',
    'DiffEqError', 'IntegratorError', 'MathError', 'MonitorError', 'NoImplementationError', 'NoLongerSupportError',
    'PackageMissingError', 'RunningError', 'UniqueNameError', 'UnsupportedError',
]  # fmt: skip


class BrainPyError(ValueError):
    """The base of the errors below."""


class AlreadyExistsError(BrainPyError):
    """Something is registered twice."""


class AnalyzerError(BrainPyError):
    """An analysis cannot be made."""


class CodeError(BrainPyError):
    """The code of a user's function cannot be used, for instance because of its argument names."""


class ConnectorError(BrainPyError):
    """A connector cannot be used as asked."""


class DiffEqError(BrainPyError):
    """A differential equation cannot be integrated as asked."""


class IntegratorError(BrainPyError):
    """An integrator cannot be made."""


class MathError(BrainPyError):
    """A variable was assigned values of another shape or dtype."""


class RunningError(BrainPyError):
    """A runner cannot be made, or cannot run."""


class MonitorError(RunningError):
    """A monitor names something that is not there, or is written in an unknown form."""


class UniqueNameError(BrainPyError):
    """Two objects would have the same name."""


class NoImplementationError(BrainPyError, NotImplementedError):
    """A function that a subclass must write is missing."""


class UnsupportedError(BrainPyError, NotImplementedError):
    """Something is known but not supported."""


class NoLongerSupportError(UnsupportedError):
    """Something existed in older versions of the reference."""


class PackageMissingError(ImportError):
    """An optional package is not installed."""


class BackendNotInstalled(PackageMissingError):
    """The package of a backend is not installed."""
