# SPDX-License-Identifier: Apache-2.0
"""Modules under a second name: ``import bouton.conn`` gives `bouton.connect` itself."""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import sys
from types import ModuleType
from typing import Any

#: name -> the name of the module that it stands for.
ALIASES = {
    'bouton.conn': 'bouton.connect',
    'bouton.initialize': 'bouton.init',
    'bouton.optimizers': 'bouton.optim',
    'bouton.fde': 'bouton.integrators.fde',
    'bouton.ode': 'bouton.integrators.ode',
    'bouton.sde': 'bouton.integrators.sde',
    'bouton.dyn.neurons': 'bouton.neurons',
    'bouton.dyn.synapses': 'bouton.synapses',
    'bouton.dyn.synouts': 'bouton.synouts',
    'bouton.dyn.synplast': 'bouton.synplast',
}


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds a module under its second name when that is imported, not before."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        return importlib.machinery.ModuleSpec(name, self) if name in ALIASES else None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        module = importlib.import_module(ALIASES[spec.name])
        spec.loader_state = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = module.__spec__.loader_state  # importing has put in that of the second name


def install() -> None:
    """Make the second names known to import statements."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.append(_Finder())
