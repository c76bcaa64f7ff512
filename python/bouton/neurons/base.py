# SPDX-License-Identifier: Apache-2.0
"""Neuron groups that the core computes, or NumPy where the user has changed an equation."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from bouton import _core, _runs
from bouton._models import (
    as_parameter,
    check_method,
    check_mode,
    check_range,
    check_size,
    check_untraced,
    clock,
    integral_of,
    rebound,
    rows_of,
    settings_of,
    start_values,
)
from bouton._system.neurons import NeuGroupNS
from bouton.errors import UnsupportedError
from bouton.init.base import Initializer
from bouton.math import random, surrogate
from bouton.math.array import Array
from bouton.math.environment import BatchingMode, NonBatchingMode, TrainingMode, get_compat, get_float
from bouton.math.variable import Variable, tracing

ANY_MODE = (NonBatchingMode, BatchingMode, TrainingMode)


class CoreNeuron(NeuGroupNS):
    """Base of the built-in neurons.

    A subclass names its states and equations, and calls `_build` at the end of its constructor. The core computes it
    unless the user's subclass overrides an equation; then `_step_in_python` makes the step, with `_fires` and
    `_after_spike`.
    """

    #: The name of the model in the core; by default that of the class.
    _model: str | None = None
    #: States, in the order of the equations; the first is what is held after a spike and what noise acts upon.
    _states: tuple[str, ...] = ('V',)
    #: Names of the methods that are their derivatives: f(state, t, other states..., I).
    _equations: tuple[str, ...] = ('derivative',)
    #: The variable that `update` returns.
    _core_output = 'spike'
    #: Whether the model has noise of its own.
    _draws = False
    #: Classes of modes that it can be built in.
    supported_modes: tuple[type, ...] = ANY_MODE

    def _build(
        self,
        parameters: dict[str, Any],
        starts: dict[str, Any],
        *,
        noise: Any = None,
        method: str = 'exp_auto',
        input_var: bool = True,
        ref_var: bool = False,
    ) -> None:
        """Bind the parameters and make the states.

        Parameters
        ----------
        parameters : dict
            Those of the model; a `tau_ref` of None is none.
        starts : dict
            What each state starts from; a state with None is set by `_derived_starts`.
        """
        check_mode(self, self.supported_modes)
        check_size(self)
        if noise is None or not isinstance(method, str):
            check_method(method)
        self._compat = get_compat() == 'brainpy_2_4'
        self.method = method
        self.input_var = bool(input_var)
        self.ref_var = bool(ref_var)
        self._starts = starts
        for name, start in starts.items():
            self.__dict__[f'_{name}_initializer'] = start
        for name, value in parameters.items():
            none = name == 'tau_ref' and value is None
            self.__dict__[name] = None if none else as_parameter(value, self.varshape, f'{type(self).__name__}.{name}')
        self.noise = self._amplitude(noise)
        self._parameters = tuple(parameters)
        rows = self._rows()
        if self._in_core():
            draws = self._draws or self.noise is not None
            name = f'{self.name}_{random.DEFAULT.split_key():x}' if draws else self.name
            self._build_core(name, settings_of(self.mode))
        else:
            for name in parameters:
                self._check_parameter(name, self.__dict__[name])
            self._build_in_python(rows)
        self._write_starts(rows)

    def _amplitude(self, noise: Any) -> Any:
        if callable(noise) and not isinstance(noise, Initializer):
            raise UnsupportedError(
                f'The noise of {type(self).__name__} must be a number, an array or an initializer, but we got {noise!r}'
            )
        return None if noise is None else as_parameter(noise, self.varshape, f'{type(self).__name__}.noise')

    def _rows(self) -> int | None:
        return self.mode.batch_size if isinstance(self.mode, BatchingMode) else None

    def _write_starts(self, rows: int | None) -> None:
        values = {
            name: start_values(start, self.varshape, rows, f'{name}_initializer')
            for name, start in self._starts.items()
            if start is not None
        }
        values.update(self._derived_starts(values))
        for name, value in values.items():
            self.__dict__[name][...] = value

    def _derived_starts(self, values: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Starts that follow from those given, for states without an initialiser."""
        return {}

    # ---- in the core -----------------------------------------------------------------------------------------------

    #: Names of methods that say what happens at a spike; the core knows those of the built-in class.
    _at_spike = ('_fires', '_after_spike', '_step_in_python')

    def _builtin(self) -> type:
        return next(cls for cls in type(self).__mro__ if cls.__module__.startswith('bouton.'))

    def _in_core(self) -> bool:
        builtin = self._builtin()
        return all(getattr(type(self), name) is getattr(builtin, name) for name in (*self._equations, *self._at_spike))

    def _core_model(self) -> str:
        """The name of the model in the core."""
        builtin = self._builtin()
        return builtin._model or builtin.__name__

    def _build_core(self, name: str, settings: Any) -> None:
        """Make the part of the core; what it draws is a function of its name."""
        given = {key: self.__dict__[key] for key in self._parameters}
        self._core_part = part = _core.Population.neuron(
            name,
            self._core_model(),
            self.size,
            {key: value for key, value in given.items() if value is not None},
            {},
            method=self.method,
            noise=self.noise,
            spike_fun=self._surrogate(),
            keep_size=self.keep_size,
            settings=settings,
        )
        for key in part.variables():
            if key == 'input' and not self.input_var:
                rebound(self, '_drive', part.variable(key))
            elif key != 'refractory' or self.ref_var:
                rebound(self, key, part.variable(key))

    def _copy_core(self, original: Any) -> None:
        self._build_core(original.name, original.settings)
        self._core_part.take_state(original)

    def _surrogate(self) -> tuple[str, dict[str, float]] | None:
        """The surrogate of a spike, in training. TypeError for another function, ValueError for what is none."""
        given = self.__dict__.get('spike_fun')
        if given is None:
            return None
        if not callable(given) and not (isinstance(given, str) and given in surrogate.__all__):
            raise ValueError(f'spike_fun should be a callable function. While we got {type(given)}: {given!r}')
        return surrogate.in_core(given) if isinstance(self.mode, TrainingMode) else None

    def _set_parameter(self, name: str, value: Any) -> Any:
        _runs.check(self)
        kept = as_parameter(value, self.varshape, f'{type(self).__name__}.{name}')
        if self._core_part is not None:
            self._core_part.set_parameter(name, kept)
        else:
            self._check_parameter(name, kept)
        return kept

    def _check_parameter(self, name: str, value: Any) -> None:
        if value is not None:
            check_range(value, f'{type(self).__name__}.{name}', _models()[self._core_model()][name])

    # ---- in Python -------------------------------------------------------------------------------------------------

    def _build_in_python(self, rows: int | None) -> None:
        shape = self.varshape if rows is None else (rows, *self.varshape)
        axis = None if rows is None else 0
        names = list(self._states)
        if self.input_var:
            names.append('input')
        for name in names:
            self.__dict__[name] = Variable(np.zeros(shape, get_float()).view(Array), batch_axis=axis)
        if self._core_output == 'spike':
            of = get_float() if isinstance(self.mode, TrainingMode) else bool
            self.spike = Variable(np.zeros(shape, of).view(Array), batch_axis=axis)
        if self.__dict__.get('tau_ref') is not None:
            self.t_last_spike = Variable(np.full(shape, -1e7, get_float()).view(Array), batch_axis=axis)
            self._steps_left = np.zeros(shape, np.int64)
            if self.ref_var:
                self.refractory = Variable(np.zeros(shape, bool).view(Array), batch_axis=axis)

    def _fires(self, old: dict[str, Any], new: dict[str, Any]) -> Any:
        """Which neurons spike, given the states before and after the step."""
        raise NotImplementedError

    def _after_spike(self, new: dict[str, Any], spike: Any) -> None:
        """Change the states of the neurons that spike; nothing where a spike is an upward crossing."""

    def _integrate(self, states: list[Any], t: float, current: Any, dt: float) -> Any:
        return self.integral(*states, t, current, dt)

    def _step_in_python(self, t: float, dt: float, current: Any) -> None:
        old = {name: self.__dict__[name].value for name in self._states}
        integrated = self._integrate(list(old.values()), t, current, dt)
        new = dict(zip(self._states, integrated if len(self._states) > 1 else (integrated,), strict=True))
        held = self._states[0]
        if self.noise is not None:
            new[held] = new[held] + np.sqrt(dt) * self.noise * random.normal(0.0, 1.0, old[held].shape)
        has_refractoriness = self.__dict__.get('tau_ref') is not None
        if has_refractoriness:
            resting = self._refractory(t)
            new[held] = np.where(resting, old[held], new[held])
        if self._core_output == 'spike':
            spike = np.asarray(self._fires(old, new), dtype=bool)
            self._after_spike(new, spike)
            self.spike[...] = spike
            if has_refractoriness:
                self._note_spikes(t, dt, spike)
                if self.ref_var:
                    self.refractory.value = resting | spike
        for name, value in new.items():
            self.__dict__[name].value = np.asarray(value, dtype=old[name].dtype)

    def _refractory(self, t: float) -> np.ndarray:
        if self._compat:
            return (t - self.t_last_spike.value) <= self.tau_ref
        return self._steps_left > 0

    def _note_spikes(self, t: float, dt: float, spike: np.ndarray) -> None:
        if self._steps_left.shape != spike.shape:
            self._steps_left = np.zeros(spike.shape, np.int64)
        self._steps_left -= self._steps_left > 0
        steps = np.floor(np.asarray(self.tau_ref) / dt * (1 + 1e-9)).astype(np.int64)
        self._steps_left[spike] = np.broadcast_to(steps, spike.shape)[spike]
        self.t_last_spike.value = np.where(spike, t, self.t_last_spike.value).astype(self.t_last_spike.dtype)

    # ---- what a user calls -----------------------------------------------------------------------------------------

    @property
    def integral(self) -> Any:
        """The integrator of the equations: called with the states, t, the input and dt."""
        if 'integral' not in self.__dict__:
            self.__dict__['integral'] = integral_of([getattr(self, name) for name in self._equations], self.method)
        return self.__dict__['integral']

    @integral.setter
    def integral(self, value: Any) -> None:
        if self._core_part is not None:
            self._leave_core()
        self.__dict__['integral'] = value

    def _leave_core(self) -> None:
        """From now on step in Python. UnsupportedError where synapses are attached to what the core steps."""
        if '_has_synapses' in self.__dict__:
            raise UnsupportedError(f'{self.name} has synapses: set its integral before, or write its equations anew')
        part, self._core_part = self._core_part, None
        before = {name: self.__dict__.pop(name, None) for name in part.variables()}
        self._build_in_python(self._rows())
        for name, variable in before.items():
            if isinstance(variable, Variable):  # which others may hold
                made = self.__dict__[name]
                made.value = variable.value
                variable._storage = made._storage
                self.__dict__[name] = variable

    @property
    def derivative(self) -> Any:
        """The equations, joined: a function of the states, t and the input. Of one equation, its derivative."""
        from bouton.integrators import JointEq

        return JointEq(*[getattr(self, name) for name in self._equations])

    def update(self, x: Any = None) -> Any:
        """One step with the input of this step, to which `x` is added.

        The time is that of `bouton.share`. The input stays until it is cleared.

        Returns
        -------
        Array
            Which neurons spiked, or the state of a neuron that does not spike.
        """
        part = self._core_part
        _runs.check(self)
        if not self.input_var:
            drive = 0.0 if x is None else x
            if part is None:
                t, dt, _ = clock()
                self._step_in_python(t, dt, np.broadcast_to(drive, self.__dict__[self._states[0]].shape))
            else:
                self._drive[...] = drive
                self._step_in_core(part)
                self._drive[...] = 0.0
        else:
            if x is not None:
                self.input += x
            if part is None:
                t, dt, _ = clock()
                self._step_in_python(t, dt, self.input.value)
            else:
                self._step_in_core(part)
        return self.__dict__[self._core_output].value

    def _step_in_core(self, part: Any) -> None:
        if tracing():
            check_untraced(self)
        part.step(*clock())

    def clear_input(self) -> None:
        """Set the input to 0."""
        _runs.check(self)
        if self.input_var:
            if self._core_part is not None:
                self._core_part.clear_input()
            else:
                self.input.fill(0)

    def reset_state(self, batch_size: Any = None) -> None:
        """To where it started: initialisers are called again, input and spikes are 0.

        `batch_size` is that of the next steps; None leaves it as it is.
        """
        rows = rows_of(batch_size, self)
        _runs.check(self)
        first = self.__dict__[self._states[0]]
        if self._core_part is not None:
            if rows is None:
                self._core_part.reset_state()
            else:
                self._core_part.reset_state(rows)
            rows = first.batch_size
        else:
            rows = first.batch_size if rows is None else rows
            shape = self.varshape if rows is None else (rows, *self.varshape)
            for name in (*self._states, 'input', 'spike', 'refractory', 't_last_spike'):
                variable = self.__dict__.get(name)
                if isinstance(variable, Variable):
                    start = -1e7 if name == 't_last_spike' else 0
                    variable.value = np.full(shape, start, dtype=variable.dtype)
            if '_steps_left' in self.__dict__:
                self._steps_left = np.zeros(shape, np.int64)
        self._write_starts(rows)


@functools.cache
def _models() -> dict[str, dict[str, str]]:
    """The neuron models of the core, and the ranges of their parameters."""
    return {name: entry['ranges'] for name, entry in _core.neuron_models().items()}


def crossing(old: Any, new: Any, threshold: Any) -> Any:
    """Whether a potential comes up through a threshold."""
    return (old < threshold) & (new >= threshold)


def linear_over_expm1(x: Any) -> Any:
    """x / (exp(x) - 1), continued to 1 at x = 0."""
    near = np.abs(x) < 1e-5
    return np.where(near, 1 - x / 2, x / np.expm1(np.where(near, 1.0, x)))
