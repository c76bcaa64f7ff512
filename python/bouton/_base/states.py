# SPDX-License-Identifier: Apache-2.0
"""The values of variables as dictionaries and files."""

from __future__ import annotations

import pickle
import warnings
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from bouton.errors import BrainPyError, PackageMissingError

_FORMATS = ['.h5', '.hdf5', '.npz', '.pkl', '.mat']


class StateLoadResult(NamedTuple):
    """What `load_state_dict` could not use."""

    missing_keys: list[str]
    unexpected_keys: list[str]


def state_dict(target: Any) -> dict[str, dict[str, np.ndarray]]:
    """See `BrainPyObject.state_dict`."""
    return {
        name: {f'{name}.{key}': np.array(variable) for key, variable in node._own_variables()}
        for name, node in target.nodes().items()
    }


def load_state_dict(target: Any, values: dict[str, dict[str, Any]], warn: bool, compatible: str) -> StateLoadResult:
    """See `BrainPyObject.load_state_dict`."""
    if compatible not in ('v1', 'v2'):
        raise BrainPyError(f'"compatible" must be "v1" or "v2", but we got {compatible!r}')
    flat = dict(values) if compatible == 'v1' else {key: x for inner in values.values() for key, x in inner.items()}
    variables = {
        f'{name}.{key}': variable for name, node in target.nodes().items() for key, variable in node._own_variables()
    }
    missing = [key for key in variables if key not in flat]
    unexpected = [key for key in flat if key not in variables]
    _assign({key: (variables[key], flat[key]) for key in variables if key in flat})
    if warn and unexpected:
        warnings.warn(f'Unexpected keys in state_dict: {unexpected}', UserWarning, stacklevel=3)
    if warn and missing:
        warnings.warn(f'Missing keys in state_dict: {missing}', UserWarning, stacklevel=3)
    return StateLoadResult(missing, unexpected)


def save(filename: Any, variables: dict[str, Any], **setting: Any) -> None:
    """Write the values of variables to a file whose ending says the format."""
    path, ending = _path(filename)
    values = {key: np.array(variable) for key, variable in variables.items()}
    if ending == '.npz':
        compressed = setting.pop('compressed', False)
        _no_settings(setting, ending)
        (np.savez_compressed if compressed else np.savez)(path, **values)
    elif ending == '.pkl':
        _no_settings(setting, ending)
        with path.open('wb') as file:
            pickle.dump(values, file, protocol=pickle.HIGHEST_PROTOCOL)
    elif ending == '.mat':
        _import('scipy.io').savemat(path, {key.replace('.', '__'): x for key, x in values.items()}, **setting)
    else:
        with _import('h5py').File(path, 'w') as file:
            for key, x in values.items():
                file.create_dataset(key, data=x, **setting)


def load(filename: Any, variables: dict[str, Any], verbose: bool = False) -> None:
    """Write the values in a file into variables. BrainPyError if there is no such file; KeyError for a key without a
    variable. Nothing is written then."""
    path, ending = _path(filename)
    if not path.exists():
        raise BrainPyError(f'Cannot find the file path: {path}')
    if ending == '.npz':
        with np.load(path, allow_pickle=False) as file:
            values = dict(file)
    elif ending == '.pkl':
        with path.open('rb') as file:
            values = pickle.load(file)
    elif ending == '.mat':
        loaded = _import('scipy.io').loadmat(path)
        values = {key.replace('__', '.'): x for key, x in loaded.items() if not key.startswith('__')}
    else:
        with _import('h5py').File(path, 'r') as file:
            values = {key: file[key][()] for key in variables if key in file}
    unknown = [key for key in values if key not in variables]
    if unknown:
        raise KeyError(f'{path} has values for {unknown}, but the variables are {list(variables)}')
    if ending == '.mat':  # which knows neither bool nor vectors
        values = {k: np.asarray(x).reshape(variables[k].shape).astype(variables[k].dtype) for k, x in values.items()}
    _assign({key: (variables[key], x) for key, x in values.items()})
    if verbose:
        print(f'Loaded {len(values)} variables from {path}: {", ".join(values)}')


def _assign(pairs: dict[str, tuple[Any, Any]]) -> None:
    """Write all values, or none: where one is refused, those before it get back what they had."""
    before: list[tuple[Any, Any]] = []
    try:
        for variable, value in pairs.values():
            before.append((variable, np.array(variable)))
            variable.value = np.asarray(value)
    except Exception:
        for variable, value in before:
            variable.value = value
        raise


def _path(filename: Any) -> tuple[Path, str]:
    path = Path(filename)
    if path.suffix not in _FORMATS:
        raise BrainPyError(f'Unknown file format: {path}. We only supports {_FORMATS}')
    return path, path.suffix


def _no_settings(setting: dict[str, Any], ending: str) -> None:
    if setting:
        raise TypeError(f'{ending} files have no setting {sorted(setting)}')


def _import(package: str) -> Any:
    import importlib

    try:
        return importlib.import_module(package)
    except ImportError as error:
        raise PackageMissingError(f'this needs the package {package.split(".")[0]}, which is not installed') from error
