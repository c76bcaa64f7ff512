# SPDX-License-Identifier: Apache-2.0
"""Synapses that the core computes, or NumPy where the user has changed part of them."""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np

from bouton import _core, _runs
from bouton._models import (
    as_parameter,
    check_method,
    check_range,
    check_untraced,
    clock,
    evaluated,
    integral_of,
    rebound,
    rows_of,
    settings_of,
)
from bouton._scalars import as_array, number
from bouton._system import core, delays, display
from bouton._system.dynamical import DynamicalSystem
from bouton._system.synapses import NullSynOut, TwoEndConn
from bouton.math.array import Array
from bouton.math.environment import BatchingMode, Mode, TrainingMode, get_compat, get_float
from bouton.math.variable import TrainVar, Variable, tracing
from bouton.synouts.outputs import CoreOutput
from bouton.synplast.short_term import CorePlasticity


class _Weights:
    """The storage of trainable weights: what is written into it goes on to the projection."""

    def __init__(self, values: np.ndarray, projection: Any):
        self._values, self._projection = values, projection

    def array(self) -> np.ndarray:
        return self._values

    def touch(self) -> None:
        self._projection.set_weights(self._values)

    @property
    def path(self) -> str:
        """What the core calls them."""
        return f'{self._projection.name}.g_max'

    def resize(self, batch_size: int) -> None:
        raise ValueError('weights have no batch axis')


def check_groups(pre: Any, post: Any) -> None:
    """TypeError unless both are systems with neurons."""
    for key, group in (('pre', pre), ('post', post)):
        if not (isinstance(group, DynamicalSystem) and hasattr(group, 'size') and hasattr(group, 'num')):
            raise TypeError(f'"{key}" must be an instance of NeuGroup.')


class CoreSynapse(TwoEndConn):
    """Base of the built-in synapses.

    A subclass names its model in the core, its parameters, states and equations, and calls `_build` at the end of its
    constructor. The core computes it unless the user's subclass overrides an equation, or its output or plasticity are
    written in Python; then `_advance` makes the step with NumPy.
    """

    #: The name of the model in the core.
    _model = ''
    #: Names of the states, in the order of the equations.
    _states: tuple[str, ...] = ('g',)
    #: Names of the methods that are the derivatives of the states.
    _equations: tuple[str, ...] = ('dg',)
    #: What else the core keeps for each presynaptic neuron.
    _records: tuple[str, ...] = ()
    #: Names of states that the core calls differently.
    _core_names: dict[str, str] = {}

    def __init__(self, pre: Any, post: Any, conn: Any, *, output: Any, stp: Any, name: str | None, mode: Mode | None):
        check_groups(pre, post)
        super().__init__(pre, post, conn, output=output, stp=stp, name=name, mode=mode)

    def _build(
        self,
        parameters: dict[str, Any],
        *,
        comp_method: str,
        g_max: Any,
        delay_step: Any,
        method: str,
        stop_spike_gradient: bool,
    ) -> None:
        self.stop_spike_gradient = bool(stop_spike_gradient)
        self._parameters = tuple(parameters)
        for name, value in parameters.items():
            self.__dict__[name] = self._checked(value, name)
        if comp_method not in ('sparse', 'dense'):
            raise ValueError(f'"comp_method" must be in "sparse" and "dense", but we got {comp_method}')
        if self.conn is None:
            raise ValueError(f'Must provide "conn" when initialize the model {self.name}')
        check_method(method)
        self.comp_method = comp_method
        self.method = method
        self._compat = get_compat() == 'brainpy_2_4'
        self._dtype = get_float()
        self._rows = self.mode.batch_size if isinstance(self.mode, BatchingMode) else None
        weights = self._weights(g_max)
        spike = self.pre.spike
        self.delay_step = delays.checked_step(evaluated(delay_step, np.shape(spike), 'delay_step'), spike)
        if self._in_core(spike):
            self._build_core(self.name, settings_of(self.mode), weights)
        else:
            self._build_in_python(spike, weights)

    # ---- weights ---------------------------------------------------------------------------------------------------

    def _weights(self, g_max: Any) -> Any:
        """`g_max` as a number or an array: (num,) for one-to-one, (pre.num, post.num), or one for each connection."""
        if g_max is None:
            raise ValueError(
                'Expect a parameter with type of float, ArrayType, Initializer, or Callable function, but we got None. '
            )
        graph = self.conn.connectivity
        matrix = (self.pre.num, self.post.num)
        if graph.kind == 'one_to_one':
            shape = other = (self.pre.num,)
        elif graph.kind == 'all_to_all':
            shape = other = matrix
        else:
            shape, other = matrix, (int(graph.size),)
            if self.comp_method == 'sparse':
                shape, other = other, shape
        values = as_array(evaluated(g_max, shape, 'g_max'), 'g_max')
        check_range(values, f'{type(self).__name__}.g_max', 'any')
        return as_parameter(values, other if values.shape == other else shape, 'g_max')

    @property
    def g_max(self) -> Any:
        """The maximal conductance: a float or an array as it was given; a `TrainVar` in training mode. Assigning it
        takes effect with the next step."""
        return self.__dict__['g_max']

    @g_max.setter
    def g_max(self, value: Any) -> None:
        old = self.__dict__['g_max']
        if isinstance(old, TrainVar):
            if value is not old:
                follows = isinstance(value, Variable) or getattr(type(value), 'follows_derivative', False)
                old.value = value if follows else np.asarray(value, dtype=old.dtype)
            return
        weights = self._weights(value)
        _runs.check(self)
        if self._core_part is not None:
            self._core_part.set_weights(weights)
        self.__dict__['g_max'] = weights

    def _keep_weights(self, weights: Any) -> None:
        if isinstance(self.mode, TrainingMode):
            values = np.array(weights, dtype=self._dtype)
            there = self.__dict__.get('g_max')  # in a copy
            weights = there if isinstance(there, TrainVar) else TrainVar(values.view(Array))
            if self._core_part is not None:
                weights._storage = _Weights(values, self._core_part)
        self.__dict__['g_max'] = weights

    @functools.cached_property
    def conn_mask(self) -> Any:
        """Which pairs are connected: None for one-to-one and all-to-all, a bool matrix (pre.num, post.num) for the
        'dense' method, the pair of arrays (post_ids, pre_ids) for the 'sparse' one."""
        if self.conn.connectivity.kind != 'sparse':
            return None
        if self.comp_method == 'dense':
            return self.conn.require('conn_mat')
        return self.conn.require('post_ids', 'pre_ids')

    # ---- in the core -----------------------------------------------------------------------------------------------

    def _in_core(self, spike: Any) -> bool:
        """Whether the core has all parts of this synapse."""
        builtin = next(cls for cls in type(self).__mro__ if cls.__module__.startswith('bouton.'))
        if any(getattr(type(self), name) is not getattr(builtin, name) for name in (*self._equations, '_advance')):
            return False
        if not isinstance(spike, Variable) or spike.dtype.kind not in 'bf' or self.ltp is not None:
            return False
        if type(self.output) is not NullSynOut and not (
            isinstance(self.output, CoreOutput)
            and core.is_unmodified(type(self.output))
            and self.output._core_form() is not None
        ):
            return False
        return self.stp is None or (isinstance(self.stp, CorePlasticity) and core.is_unmodified(type(self.stp)))

    def _build_core(self, name: str, settings: Any, weights: Any) -> None:
        for group in (self.pre, self.post):
            kinds = (BatchingMode, TrainingMode)
            if any(isinstance(group.mode, kind) != isinstance(self.mode, kind) for kind in kinds):
                raise ValueError(f'{self.name} has the mode {self.mode}, but {group.name} has the mode {group.mode}')
            _runs.check(group.whole)
            getattr(group, 'target', group).__dict__['_has_synapses'] = True
        # CUBA without a target hands the sum on as it is
        output = self.output._core_form() if isinstance(self.output, CoreOutput) else ('CUBA', {}, None, None)
        used = [name for name in output[2:] if name is not None]
        steps = self.delay_step
        self._core_part = _core.Projection(
            name,
            core.population_of(self.pre, settings, ('spike',)),
            core.population_of(self.post, settings, used),
            _core.Connector(self.conn.connectivity),
            self._model,
            {key: self.__dict__[key] for key in self._parameters},
            g_max=weights,
            delay_step=steps.reshape(-1).tolist() if isinstance(steps, np.ndarray) else steps,
            output=output,
            stp=None if self.stp is None else self.stp._core_form(),
            method=self.method,
            comp_method=self.comp_method,
            stop_spike_gradient=self.stop_spike_gradient,
        )
        for key in (*self._states, *self._records):
            rebound(self, key, self._core_part.variable(self._core_names.get(key, key)))
        if self.stp is not None:
            self.stp._bind(self._core_part)
        self._current = None if output[2] else self._core_part.variable('current')
        self._keep_weights(weights)

    _made_anew = TwoEndConn._made_anew | {'_current'}

    def _copy_core(self, original: Any) -> None:
        weights = self.g_max
        self._build_core(original.name, original.settings, np.asarray(weights) if np.ndim(weights) else weights)
        self._core_part.take_state(original)

    def _set_parameter(self, name: str, value: Any) -> Any:
        kept = self._checked(value, name)
        _runs.check(self)
        if self._core_part is not None:
            self._core_part.set_parameter(name, kept)
        return kept

    def _checked(self, value: Any, name: str) -> float:
        if np.size(value) != 1:
            raise ValueError(f'"{name}" must be a scalar or a tensor with size of 1. But we got {value}')
        kept = number(value, name)
        check_range(kept, f'{type(self).__name__}.{name}', _models()[self._model][name])
        return kept

    # ---- in Python -------------------------------------------------------------------------------------------------

    def _build_in_python(self, spike: Any, weights: Any) -> None:
        self._key = f'{self.pre.name}.spike'
        if isinstance(spike, Variable):
            self.register_delay(self._key, self.delay_step, spike)
        rows = self._rows
        for name in (*self._states, *self._records):
            self.__dict__[name] = Variable(self._start(name, rows).view(Array), batch_axis=None if rows is None else 0)
        self._keep_weights(weights)
        self._forget()

    def _start(self, name: str, rows: int | None) -> np.ndarray:
        shape = (self.pre.num,) if rows is None else (rows, self.pre.num)
        return np.full(shape, -1e7 if name == 'spike_arrival_time' else 0.0, dtype=self._dtype)

    def _forget(self) -> None:
        """Forget what `_advance` keeps besides the states."""

    def _advance(self, t: float, dt: float, pre_spike: np.ndarray) -> None:
        """The states after a step in which these spikes arrive, with NumPy."""
        raise NotImplementedError

    def _to_post(self, s: np.ndarray) -> Any:
        """The weighted sum over the connections of each postsynaptic neuron."""
        g_max = np.asarray(self.g_max)
        kind = self.conn.connectivity.kind
        if kind == 'one_to_one':
            return self._syn2post_with_one2one(s, g_max)
        if kind == 'all_to_all':
            if g_max.ndim == 2 and self._compat:
                return s @ g_max
            return self._syn2post_with_all2all(s, g_max)
        if g_max.ndim == 1 or self.comp_method == 'sparse':
            post_ids, pre_ids = self.conn.require('post_ids', 'pre_ids')
            if g_max.ndim == 2:
                g_max = g_max[pre_ids, post_ids]
            return self._syn2post_with_sparse(s, g_max, (post_ids, pre_ids))
        return self._syn2post_with_dense(s, g_max, self.conn_mask)

    def _arrivals(self, tdi: Any, pre_spike: Any) -> tuple[float, float, np.ndarray]:
        """The time, and the spikes that arrive as 0 and 1, or what else was given; steps the output and plasticity."""
        t, dt, _ = clock(tdi)
        if pre_spike is None:
            pre_spike = self.get_delay_data(self._key, self.delay_step)
        rows = self._rows
        shape = (self.pre.num,) if rows is None else (-1, self.pre.num)
        arrived = np.asarray(pre_spike, dtype=self._dtype).reshape(shape)
        self.output.update(tdi)
        if self.stp is not None:
            self.stp.update(tdi, arrived)
        return t, dt, arrived

    def _update_in_python(self, tdi: Any, pre_spike: Any) -> Any:
        t, dt, arrived = self._arrivals(tdi, pre_spike)
        self._advance(t, dt, arrived)
        s = self.g.value
        if self.stp is not None:
            s = self.stp(s)
        return self.output(self._to_post(s))

    def __repr__(self) -> str:
        shown = {name: self.__dict__.get(name) for name in ('pre', 'post', 'conn', 'output', 'stp')}
        parts = [f'name={self.name}', f'mode={self.mode}', *(f'{k}={v!r}' for k, v in shown.items() if v is not None)]
        parts.append(f'computed {display.how_of(self)}')
        margin = ',\n' + ' ' * (len(type(self).__name__) + 1)
        return f'{type(self).__name__}({margin.join(parts)})'

    # ---- what a user calls -----------------------------------------------------------------------------------------

    @property
    def integral(self) -> Any:
        """The integrator of the equations: called with the states, t, what they take besides, and dt. With another one
        the synapse is stepped in Python."""
        if 'integral' not in self.__dict__:
            self.__dict__['integral'] = integral_of([getattr(self, name) for name in self._equations], self.method)
        return self.__dict__['integral']

    @integral.setter
    def integral(self, value: Any) -> None:
        self.__dict__['integral'] = value
        if self._core_part is not None:
            self._core_part = None
            weights = self.g_max
            for name in ('g', 'g_max', *self._states, *self._records):
                self.__dict__.pop(name, None)
            self._build_in_python(self.pre.spike, weights)

    def update(self, tdi: Any, pre_spike: Any = None) -> Any:
        """One step.

        Parameters
        ----------
        tdi : dict
            The time: `t` and `dt` [ms].
        pre_spike : array, optional
            The spikes that arrive, one value for each presynaptic neuron, any but zero a spike; by default those of the
            presynaptic group, `delay_step` steps after the one in which they were emitted.

        Returns
        -------
        None or Array
            The current of each postsynaptic neuron where the output has no target variable.
        """
        part = self._core_part
        if part is None:
            return self._update_in_python(tdi, pre_spike)
        _runs.check(self)
        if tracing():
            check_untraced(self)
        part.update(*clock(tdi), None if pre_spike is None else np.asarray(pre_spike))
        return None if self._current is None else self._current.array().copy().view(Array)

    def reset_state(self, batch_size: Any = None) -> None:
        """To where it started: states, arrival times, plasticity. Delay lines belong to the presynaptic group."""
        rows = rows_of(batch_size, self)
        _runs.check(self)
        self._rows = self._rows if rows is None else rows
        if self._core_part is not None:
            if rows is None:
                self._core_part.reset_state()
            else:
                self._core_part.reset_state(rows)
        else:
            rows = self._rows
            for name in (*self._states, *self._records):
                self.__dict__[name].value = self._start(name, rows)
            self._forget()
            if self.stp is not None:
                self.stp.reset_state(rows)
        self.output.reset_state(rows)


@functools.cache
def _models() -> dict[str, dict[str, str]]:
    """The synapse models of the core, and the ranges of their parameters."""
    return {name: entry['ranges'] for name, entry in _core.synapse_models().items()}


def default(component: Any) -> Any:
    """A component as a default of an argument: each synapse gets a clone."""
    component.isregistered = True
    return component


class PulsedSynapse(CoreSynapse):
    """A synapse that is driven by a square pulse of transmitter after each spike."""

    _records = ('spike_arrival_time',)

    def _forget(self) -> None:
        self._steps_left = np.zeros(self.g.shape, dtype=np.int64)

    def _transmitter(self, t: float, dt: float, pre_spike: np.ndarray, T: float, T_duration: float) -> np.ndarray:
        """TT in this step: T while a pulse lasts, else 0. A spike starts it anew."""
        arrived = pre_spike != 0
        times = self.spike_arrival_time.value
        times[arrived] = t
        self.spike_arrival_time.value = times
        if self._compat:
            return ((t - times) < T_duration) * times.dtype.type(T)
        if self._steps_left.shape != arrived.shape:
            self._forget()
        self._steps_left[arrived] = pulse_steps(T_duration, dt)
        on = self._steps_left > 0
        self._steps_left[on] -= 1
        return on * times.dtype.type(T)


def pulse_steps(T_duration: float, dt: float) -> int:
    """Steps for which a pulse lasts: T_duration / dt, rounded up but for the rounding of the quotient."""
    return max(0, math.ceil(T_duration / dt * (1 - 1e-9)))
