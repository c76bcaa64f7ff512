# SPDX-License-Identifier: Apache-2.0
"""What acts on a variable without spikes of a presynaptic group: gap junctions, couplings, Poisson input. They are
computed with NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np

from bouton._models import as_parameter, clock, evaluated
from bouton._scalars import as_array, integer, number
from bouton._system import core
from bouton._system.synapses import SynConn, TwoEndConn
from bouton.math import random
from bouton.math.environment import Mode
from bouton.math.variable import Variable
from bouton.synapses.base import check_groups


class GapJunction(TwoEndConn):
    """Electrical synapse: a current between the membranes of two neurons.

        I_j = sum_i w_ij (V_i - V_j) into post neuron j,     I_i = sum_j w_ij (V_j - V_i) into pre neuron i

    Parameters
    ----------
    pre, post : NeuGroup
        Groups with `V` and `input`. With ``pre is post`` each connection gives both its currents.
    conn : connector, array or dict
    comp_method : str
        'dense' or 'sparse': what shape an array `g_max` has; see `AMPA`.
    g_max : float, array, initializer or callable
        Conductance w.
    """

    def __init__(
        self, pre: Any, post: Any, conn: Any, comp_method: str = 'dense', g_max: Any = 1.0, name: str | None = None
    ):
        check_groups(pre, post)
        super().__init__(pre, post, conn, name=name)
        if comp_method not in ('sparse', 'dense'):
            raise ValueError(f'"comp_method" must be in "sparse" and "dense", but we got {comp_method}')
        if self.conn is None:
            raise ValueError(f'Must provide "conn" when initialize the model {self.name}')
        self.check_pre_attrs('V', 'input')
        self.check_post_attrs('V', 'input')
        self.comp_method = comp_method
        graph = self.conn.connectivity
        self.pre_ids, self.post_ids = self.conn.require('pre_ids', 'post_ids')
        matrix, each = (self.pre.num, self.post.num), (int(graph.size),)
        weights = as_array(evaluated(g_max, each if comp_method == 'sparse' else matrix, 'g_max'), 'g_max')
        self.weights = as_parameter(weights, each if weights.shape == each else matrix, 'g_max')

    def update(self, tdi: Any = None) -> None:
        """Add the currents of this step to the inputs of both groups."""
        V_pre, V_post = np.asarray(self.pre.V), np.asarray(self.post.V)
        batch = V_pre.shape[: V_pre.ndim - len(self.pre.varshape)]
        V_pre, V_post = V_pre.reshape(*batch, self.pre.num), V_post.reshape(*batch, self.post.num)
        weights = np.asarray(self.weights)
        if weights.ndim == 2:
            weights = weights[self.pre_ids, self.post_ids]
        current = weights * (V_pre[..., self.pre_ids] - V_post[..., self.post_ids])
        into_post, into_pre = np.zeros_like(V_post), np.zeros_like(V_pre)
        np.add.at(into_post, (..., self.post_ids), current)
        np.add.at(into_pre, (..., self.pre_ids), -current)
        self.post.input += into_post.reshape(self.post.input.shape)
        self.pre.input += into_pre.reshape(self.pre.input.shape)

    def reset_state(self, batch_size: Any = None) -> None:
        """Nothing: it has no states."""


class DelayCoupling(SynConn):
    """Base of couplings of variables through a matrix, with delays.

    Parameters
    ----------
    delay_var : Variable
        The variable that acts, after the delays.
    var_to_output : Variable or list of Variable
        What the coupling is added to.
    conn_mat : array
        Strength of the coupling from i to j, of shape `required_shape`.
    required_shape : tuple of int
    delay_steps : int or array of int, optional
        Steps, one for all or a matrix of `required_shape`.
    initial_delay_data : scalar, array or callable, optional
        The values before the first.
    """

    def __init__(
        self,
        delay_var: Variable,
        var_to_output: Any,
        conn_mat: Any,
        required_shape: tuple[int, ...],
        delay_steps: Any = None,
        initial_delay_data: Any = None,
        name: str | None = None,
        mode: Mode | None = None,
    ):
        super(SynConn, self).__init__(name=name, mode=mode)
        if not isinstance(delay_var, Variable):
            raise TypeError(f'"delay_var" must be an instance of Variable, but we got {type(delay_var)}')
        outputs = list(var_to_output) if isinstance(var_to_output, (list, tuple)) else [var_to_output]
        for output in outputs:
            if not isinstance(output, Variable):
                raise TypeError(f'"var_to_output" must be a Variable or a list of them, but we got {type(output)}')
        matrix = as_array(conn_mat, 'conn_mat')
        if matrix.shape != tuple(required_shape):
            raise ValueError(
                f'we expect the structural connection matrix has the shape of (pre.num, post.num), i.e., '
                f'{tuple(required_shape)}, while we got {matrix.shape}.'
            )
        self.pre = self.post = self.conn = None
        self.delay_var, self.output_var, self.conn_mat = delay_var, outputs, matrix
        self._key = f'{self.name}.delay_var'
        self._indices: tuple = ()
        if delay_steps is None:
            self.delay_steps, self.delay_type = None, 'none'
        else:
            steps = as_array(delay_steps, 'delay_steps')
            if steps.ndim not in (0, 2) or steps.dtype.kind not in 'iu':
                raise ValueError(
                    f'Unknown type of delay steps: {type(delay_steps)}: an integer or a matrix of integers'
                )
            if steps.ndim == 0:
                self.delay_steps, self.delay_type = integer(steps, 'delay_steps'), 'int'
            elif steps.shape != matrix.shape:
                raise ValueError(
                    f'we expect the delay matrix has the shape of (pre.num, post.num), i.e., {matrix.shape}. '
                    f'While we got {steps.shape}.'
                )
            else:
                self.delay_steps, self.delay_type = steps.astype(np.int64), 'array'
                self._indices = (np.arange(len(matrix))[:, None],)
        longest = None if self.delay_steps is None else int(np.max(self.delay_steps, initial=0))
        if np.min(self.delay_steps if longest is not None else 0, initial=0) < 0:
            raise ValueError(f'delay_steps must not be negative, but we got {delay_steps}')
        self.register_delay(self._key, longest, delay_var, initial_delay_data)

    def _delayed(self) -> np.ndarray:
        """The delayed variable as a column (pre.num, 1), or a matrix (pre.num, post.num) with a delay for each pair."""
        values = np.asarray(self.get_delay_data(self._key, self.delay_steps, *self._indices))
        return values if self.delay_type == 'array' else values.reshape(-1, 1)

    def _add(self, values: np.ndarray) -> None:
        for output in self.output_var:
            output += values.reshape(output.shape)

    def update(self, *args: Any, **kwargs: Any) -> None:
        """Make one step. Every subclass writes its own."""
        raise NotImplementedError('Must implement "update" function by subclass self.')

    def reset_state(self, batch_size: Any = None) -> None:
        """Nothing: the delay line is reset by the network."""

    def __repr__(self) -> str:
        return f'{type(self).__name__}(name={self.name}, {self.conn_mat.shape[0]} x {self.conn_mat.shape[1]})'


class DiffusiveCoupling(DelayCoupling):
    """Coupling by differences: out_j += sum_i w_ij (x_i(t - delay) - y_j(t)).

    Parameters
    ----------
    coupling_var1, coupling_var2 : Variable
        x and y.
    var_to_output, conn_mat, delay_steps, initial_delay_data
        See `DelayCoupling`; `conn_mat` has the shape (x.size, y.size).
    """

    def __init__(
        self,
        coupling_var1: Variable,
        coupling_var2: Variable,
        var_to_output: Any,
        conn_mat: Any,
        delay_steps: Any = None,
        initial_delay_data: Any = None,
        name: str | None = None,
        mode: Mode | None = None,
    ):
        for key, variable in (('coupling_var1', coupling_var1), ('coupling_var2', coupling_var2)):
            if not isinstance(variable, Variable):
                raise TypeError(f'"{key}" must be an instance of Variable, but we got {type(variable)}')
        super().__init__(
            coupling_var1,
            var_to_output,
            conn_mat,
            (coupling_var1.size, coupling_var2.size),
            delay_steps,
            initial_delay_data,
            name=name,
            mode=mode,
        )
        self.coupling_var1, self.coupling_var2 = coupling_var1, coupling_var2

    def update(self, tdi: Any = None) -> None:
        """Add the coupling of this step to the output."""
        self._add((self.conn_mat * (self._delayed() - np.asarray(self.coupling_var2).reshape(1, -1))).sum(axis=0))


class AdditiveCoupling(DelayCoupling):
    """Coupling by sums: out_j += sum_i w_ij x_i(t - delay).

    Parameters
    ----------
    coupling_var : Variable
        x.
    var_to_output, conn_mat, delay_steps, initial_delay_data
        See `DelayCoupling`; `conn_mat` has the shape (x.size, x.size).
    """

    def __init__(
        self,
        coupling_var: Variable,
        var_to_output: Any,
        conn_mat: Any,
        delay_steps: Any = None,
        initial_delay_data: Any = None,
        name: str | None = None,
        mode: Mode | None = None,
    ):
        if not isinstance(coupling_var, Variable):
            raise TypeError(f'"coupling_var" must be an instance of Variable, but we got {type(coupling_var)}')
        super().__init__(
            coupling_var,
            var_to_output,
            conn_mat,
            (coupling_var.size, coupling_var.size),
            delay_steps,
            initial_delay_data,
            name=name,
            mode=mode,
        )
        self.coupling_var = coupling_var

    def update(self, tdi: Any = None) -> None:
        """Add the coupling of this step to the output."""
        self._add((self.conn_mat * self._delayed()).sum(axis=0))


class PoissonInput(SynConn):
    """Independent Poisson spikes onto each entry of a variable: in each step, `weight` times the number of spikes of
    `num_input` sources that fire with `freq`.

    Parameters
    ----------
    target_var : Variable
        What is added to.
    num_input : int
        Sources of each entry, >= 0.
    freq : float
        Their rate [Hz], >= 0.
    weight : float
        What a spike adds.
    seed : int, optional
        None takes one from `bouton.math.random`.
    """

    def __init__(
        self,
        target_var: Variable,
        num_input: int,
        freq: float,
        weight: float,
        seed: int | None = None,
        mode: Mode | None = None,
        name: str | None = None,
    ):
        super(SynConn, self).__init__(name=name, mode=mode)
        self.pre = self.post = self.conn = None
        if not isinstance(target_var, Variable):
            raise TypeError(f'"target_var" must be an instance of Variable, but we got {type(target_var)}')
        self.target_var = target_var
        self.num_input, self.freq = integer(num_input, 'num_input'), number(freq, 'freq')
        self.weight = number(weight, 'weight')
        if self.num_input < 0 or not 0 <= self.freq < np.inf:
            raise ValueError(f'"num_input" and "freq" must not be negative, but we got {num_input} and {freq}')
        self.seed = random.DEFAULT.split_key() if seed is None else integer(seed, 'seed')
        self.rng = random.RandomState(self.seed)

    def update(self, tdi: Any = None) -> None:
        """Add what arrives in this step."""
        self.target_var += self._drawn(clock(tdi)[1])

    def _drawn(self, dt: float) -> np.ndarray:
        """What arrives in a step."""
        chance = min(1.0, self.freq * dt / 1e3)
        spikes = self.rng.binomial(self.num_input, chance, self.target_var.shape)
        return np.asarray(self.weight * spikes, dtype=self.target_var.dtype)

    def _is_chance_input(self) -> bool:
        if not core.is_unmodified(type(self)) or 'update' in self.__dict__:
            return False
        variable = core.core_variable(self.target_var)
        return variable is not None and variable.name.endswith('.input')

    def reset_state(self, batch_size: Any = None) -> None:
        """Start the random numbers anew."""
        self.rng.seed(self.seed)

    def __repr__(self) -> str:
        return f'{type(self).__name__}(name={self.name}, num_input={self.num_input}, freq={self.freq})'
