# SPDX-License-Identifier: Apache-2.0
"""
The C++ core of bouton, as it is: what the classes of the package are made of.
"""

from collections.abc import Sequence
from typing import overload

import numpy
import numpy.typing


class ParameterError(ValueError):
    """A number is outside the range that makes sense."""

    def __str__(self, /):
        """Return str(self)."""

class ShapeError(ValueError):
    """Two sizes that must agree do not."""

    def __str__(self, /):
        """Return str(self)."""

class NameError(KeyError, ValueError):
    """A name is unknown, used twice, or not an identifier."""

    def __str__(self, /):
        """Return str(self)."""

class UsageError(ValueError):
    """
    Parts that cannot work together, or an operation that an object does not offer.
    """

    def __str__(self, /):
        """Return str(self)."""

class NonFiniteError(ValueError, FloatingPointError):
    """A state became NaN or infinite: `variable`, flat `index`, `step`."""

    def __str__(self, /):
        """Return str(self)."""

class Settings:
    """The options that the parts of a network share."""

    def __init__(self, seed: numpy.typing.ArrayLike = 0, precision: str = 'float64', batch_size: numpy.typing.ArrayLike | None = None, training: bool = False, brainpy_2_4: bool = False) -> None: ...

    @property
    def seed(self) -> int: ...

    @property
    def precision(self) -> str: ...

    @property
    def batch_size(self) -> int | None: ...

    @property
    def training(self) -> bool: ...

    @property
    def brainpy_2_4(self) -> bool: ...

    def __repr__(self) -> str: ...

    def __eq__(self, arg: Settings, /) -> bool: ...

def methods() -> list:
    """The names of the methods for equations without noise."""

def tableau(method: str) -> object:
    """
    The scheme (A, b, c) of an explicit Runge-Kutta method; None for exp_auto.
    """

def check_stochastic_method(method: str) -> str:
    """
    The name of a method for equations with noise; NameError if there is none.
    """

def zero(shape: numpy.typing.ArrayLike) -> numpy.ndarray: ...

def constant(shape: numpy.typing.ArrayLike, value: numpy.typing.ArrayLike = 1.0) -> numpy.ndarray: ...

def identity(shape: numpy.typing.ArrayLike, value: numpy.typing.ArrayLike = 1.0) -> numpy.ndarray: ...

def normal(shape: numpy.typing.ArrayLike, seed: numpy.typing.ArrayLike | None, mean: numpy.typing.ArrayLike = 0.0, scale: numpy.typing.ArrayLike = 1.0) -> numpy.ndarray: ...

def uniform(shape: numpy.typing.ArrayLike, seed: numpy.typing.ArrayLike | None, min_val: numpy.typing.ArrayLike = 0.0, max_val: numpy.typing.ArrayLike = 1.0) -> numpy.ndarray: ...

def gamma(size: numpy.typing.ArrayLike, seed: numpy.typing.ArrayLike | None, shape: numpy.typing.ArrayLike, scale: numpy.typing.ArrayLike | None = None) -> numpy.ndarray: ...

def exponential(shape: numpy.typing.ArrayLike, seed: numpy.typing.ArrayLike | None, scale: numpy.typing.ArrayLike | None = None) -> numpy.ndarray: ...

def variance_scaling(shape: numpy.typing.ArrayLike, seed: numpy.typing.ArrayLike | None, scale: numpy.typing.ArrayLike = 1.0, mode: str = 'fan_in', distribution: str = 'truncated_normal', in_axis: numpy.typing.ArrayLike = -2, out_axis: numpy.typing.ArrayLike = -1) -> numpy.ndarray: ...

def orthogonal(shape: numpy.typing.ArrayLike, seed: numpy.typing.ArrayLike | None, scale: numpy.typing.ArrayLike = 1.0, axis: numpy.typing.ArrayLike = -1) -> numpy.ndarray: ...

def delta_orthogonal(shape: numpy.typing.ArrayLike, seed: numpy.typing.ArrayLike | None, scale: numpy.typing.ArrayLike = 1.0, axis: numpy.typing.ArrayLike = -1) -> numpy.ndarray: ...

def gaussian_decay(size: numpy.typing.ArrayLike, sigma: numpy.typing.ArrayLike, max_w: numpy.typing.ArrayLike, min_w: numpy.typing.ArrayLike | None = None, encoding_values: numpy.typing.ArrayLike | None = None, periodic_boundary: bool = False, include_self: bool = True, normalize: bool = False) -> numpy.ndarray: ...

def dog_decay(size: numpy.typing.ArrayLike, sigmas: numpy.typing.ArrayLike, max_ws: numpy.typing.ArrayLike, min_w: numpy.typing.ArrayLike | None = None, encoding_values: numpy.typing.ArrayLike | None = None, periodic_boundary: bool = False, include_self: bool = True) -> numpy.ndarray: ...

class Connectivity:
    """Who is connected to whom; immutable."""

    def __deepcopy__(self, memo: dict) -> object: ...

    @property
    def num_pre(self) -> int: ...

    @property
    def num_post(self) -> int: ...

    @property
    def size(self) -> int:
        """Number of connections."""

    @property
    def bytes(self) -> int:
        """Memory of the lists."""

    @property
    def include_self(self) -> bool: ...

    @property
    def kind(self) -> str:
        """all_to_all, one_to_one or sparse."""

    @property
    def pre_ids(self) -> numpy.ndarray:
        """
        Presynaptic neuron of each connection, in the order given, else by pre, then post.
        """

    @property
    def post_ids(self) -> numpy.ndarray:
        """The same of the other end."""

    def csr(self) -> tuple:
        """
        (indices, indptr): neuron i projects to indices[indptr[i]:indptr[i + 1]], ascending.
        """

    def csc(self) -> tuple:
        """
        (indices, indptr): neuron j is contacted by indices[indptr[j]:indptr[j + 1]], ascending.
        """

    def mat(self) -> numpy.ndarray:
        """Whether there is a connection, (num_pre, num_post)."""

    def counts(self) -> numpy.ndarray:
        """How many connections each pair has, (num_pre, num_post)."""

    def pre2syn(self) -> list:
        """The numbers of the connections of each pre neuron, counted as in csr."""

    def post2syn(self) -> list:
        """The numbers of the connections of each post neuron, counted as in csr."""

    def order(self) -> numpy.ndarray:
        """
        The place in csr of each connection in the order given; empty where the two are the same.
        """

class Connector:
    """A rule that says who is connected to whom."""

    def __init__(self, connectivity: Connectivity) -> None: ...

    def build(self, pre_size: numpy.typing.ArrayLike, post_size: numpy.typing.ArrayLike, seed: numpy.typing.ArrayLike = 0) -> Connectivity:
        """The connections; `seed` for a rule that has none of its own."""

def all_to_all(include_self: bool = True) -> Connector: ...

def one_to_one() -> Connector: ...

def grid_four(include_self: bool = False, periodic_boundary: bool = False) -> Connector: ...

def grid_eight(include_self: bool = False, periodic_boundary: bool = False) -> Connector: ...

def grid_n(N: numpy.typing.ArrayLike = 1, include_self: bool = False, periodic_boundary: bool = False) -> Connector: ...

def matrix(conn_mat: numpy.typing.ArrayLike) -> Connector: ...

def coo(i: numpy.typing.ArrayLike, j: numpy.typing.ArrayLike) -> Connector: ...

def csr(indices: numpy.typing.ArrayLike, indptr: numpy.typing.ArrayLike) -> Connector: ...

def function(function: object) -> Connector:
    """
    From (pre_size, post_size) -> matrix (num_pre, num_post), a pair (i, j) of lists, or a Connectivity.
    """

def fixed_prob(prob: numpy.typing.ArrayLike, pre_ratio: numpy.typing.ArrayLike = 1.0, include_self: bool = True, allow_multi_conn: bool = False, seed: numpy.typing.ArrayLike | None = None, law: str = 'bernoulli') -> Connector: ...

def fixed_pre_num(num: numpy.typing.ArrayLike, include_self: bool = True, allow_multi_conn: bool = False, seed: numpy.typing.ArrayLike | None = None) -> Connector: ...

def fixed_post_num(num: numpy.typing.ArrayLike, include_self: bool = True, allow_multi_conn: bool = False, seed: numpy.typing.ArrayLike | None = None) -> Connector: ...

def fixed_total_num(num: numpy.typing.ArrayLike, seed: numpy.typing.ArrayLike | None = None) -> Connector: ...

def gaussian_prob(sigma: numpy.typing.ArrayLike, encoding_values: numpy.typing.ArrayLike | None = None, normalize: bool = True, include_self: bool = True, periodic_boundary: bool = False, seed: numpy.typing.ArrayLike | None = None) -> Connector: ...

def prob_dist(dist: numpy.typing.ArrayLike = 1.0, prob: numpy.typing.ArrayLike = 1.0, pre_ratio: numpy.typing.ArrayLike = 1.0, seed: numpy.typing.ArrayLike | None = None, include_self: bool = True) -> Connector: ...

def small_world(num_neighbor: numpy.typing.ArrayLike, prob: numpy.typing.ArrayLike, directed: bool = False, include_self: bool = False, seed: numpy.typing.ArrayLike | None = None) -> Connector: ...

def scale_free_ba(m: numpy.typing.ArrayLike, directed: bool = False, seed: numpy.typing.ArrayLike | None = None) -> Connector: ...

def scale_free_ba_dual(m1: numpy.typing.ArrayLike, m2: numpy.typing.ArrayLike, p: numpy.typing.ArrayLike, directed: bool = False, seed: numpy.typing.ArrayLike | None = None) -> Connector: ...

def power_law(m: numpy.typing.ArrayLike, p: numpy.typing.ArrayLike, directed: bool = False, seed: numpy.typing.ArrayLike | None = None) -> Connector: ...

def neuron_models() -> dict:
    """
    Name -> {'parameters': {name: default}, 'ranges': {name: any, non_negative, positive or non_zero}, ...}.
    """

def synapse_models() -> dict:
    """
    Name -> {'parameters': {name: default}, 'ranges': {name: any, non_negative, positive or non_zero}, ...}.
    """

def plasticity_models() -> dict:
    """
    Name -> {'parameters': {name: default}, 'ranges': {name: any, non_negative, positive or non_zero}, ...}.
    """

def output_models() -> dict:
    """
    Name -> {'parameters': {name: default}, 'ranges': {name: any, non_negative, positive or non_zero}, ...}.
    """

class Variable:
    """
    A ArrayLike on the values of one quantity of a population or projection.
    """

    @property
    def name(self) -> str: ...

    @property
    def shape(self) -> tuple: ...

    @property
    def dtype(self) -> object: ...

    @property
    def batched(self) -> bool: ...

    @property
    def owner(self) -> int:
        """The hash of the part whose variable it is."""

    @property
    def num(self) -> int:
        """Number of values in a row of the batch."""

    def array(self) -> numpy.ndarray:
        """
        The values, brought up to date, without copying them; call touch() after writing to it. Of a selection a copy that is not writable. The array stays valid, but after a reset it is no longer that of the variable.
        """

    def touch(self) -> None:
        """Says that values were written."""

    def set(self, values: numpy.typing.ArrayLike) -> None:
        """
        Sets all values: one number, one a neuron, or one for each of the shape.
        """

    def select(self, indices: numpy.typing.ArrayLike) -> Variable:
        """The same variable of these neurons only."""

    def resize(self, batch_size: numpy.typing.ArrayLike | None) -> None:
        """Another number of rows, for all variables of an external population."""

    def __repr__(self) -> str: ...

class Population:
    """Neurons of one model, or a group that only emits spikes."""

    def __eq__(self, arg: Population, /) -> bool: ...

    def __hash__(self) -> int: ...

    def __repr__(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def settings(self) -> Settings: ...

    @staticmethod
    def neuron(name: str, model: str, size: numpy.typing.ArrayLike, parameters: dict = {}, initial: dict = {}, method: str = 'exp_auto', noise: numpy.typing.ArrayLike | None = None, spike_fun: object | None = None, keep_size: bool = False, settings: Settings = ...) -> Population:
        """`spike_fun`: None or (name, parameters) of a surrogate."""

    @staticmethod
    def spike_times(name: str, size: numpy.typing.ArrayLike, times: numpy.typing.ArrayLike, indices: numpy.typing.ArrayLike, settings: Settings = ..., rows: numpy.typing.ArrayLike | None = None) -> Population: ...

    @staticmethod
    def poisson(name: str, size: numpy.typing.ArrayLike, freqs: numpy.typing.ArrayLike, settings: Settings = ..., seed: numpy.typing.ArrayLike | None = None) -> Population: ...

    @staticmethod
    def input_group(name: str, size: numpy.typing.ArrayLike, settings: Settings = ...) -> Population: ...

    @staticmethod
    def output_group(name: str, size: numpy.typing.ArrayLike, settings: Settings = ...) -> Population: ...

    @staticmethod
    def external(name: str, size: numpy.typing.ArrayLike, settings: Settings = ..., keep_size: bool = False) -> Population:
        """
        Neurons that are stepped elsewhere: their `spike` and other variables are written from outside.
        """

    @property
    def size(self) -> tuple: ...

    @property
    def num(self) -> int: ...

    @property
    def has_spike(self) -> bool: ...

    def variables(self) -> list: ...

    def variable(self, name: str) -> Variable: ...

    def add_variable(self, name: str) -> Variable:
        """
        One more variable of an external population: a number for each neuron, 0 at first.
        """

    def set_parameter(self, name: str, value: numpy.typing.ArrayLike) -> None:
        """Another value of a parameter, from the next step on."""

    def spikes(self) -> numpy.ndarray:
        """Indices row * num + i of the neurons that spiked in the last step."""

    def step(self, t: numpy.typing.ArrayLike, dt: numpy.typing.ArrayLike, i: numpy.typing.ArrayLike) -> None:
        """A step, after which the delay line has not advanced yet."""

    def advance_delays(self) -> None:
        """The spikes of the last step enter the delay line."""

    def clear_input(self) -> None: ...

    def reset_state(self, batch_size: numpy.typing.ArrayLike | None = None) -> None: ...

    def take_state(self, other: Population) -> None:
        """
        Takes over all that a step changes from a population that was made alike.
        """

    def view(self, indices: numpy.typing.ArrayLike) -> View:
        """The neurons with these indices, in this order."""

class View:
    """Some neurons of a population, as if they were one."""

    def __init__(self, population: Population) -> None: ...

    @property
    def name(self) -> str: ...

    @property
    def size(self) -> tuple: ...

    @property
    def num(self) -> int: ...

    @property
    def population(self) -> Population: ...

    def variable(self, name: str) -> Variable: ...

    def view(self, indices: numpy.typing.ArrayLike) -> View: ...

class Projection:
    """The synapses from one population onto another."""

    def __init__(self, name: str, pre: View, post: View, connector: Connector, synapse: str, parameters: dict = {}, *, g_max: numpy.typing.ArrayLike | None = None, delay_step: numpy.typing.ArrayLike | None = None, output: object | None = 'default', stp: object | None = None, method: str = 'exp_auto', comp_method: str = 'dense', stop_spike_gradient: bool = False) -> None:
        """
        `output`: None, 'default', or (name, parameters, target_var, membrane_var); `stp`: None or (name, parameters, method).
        """

    def __eq__(self, arg: Projection, /) -> bool: ...

    def __hash__(self) -> int: ...

    def __repr__(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def settings(self) -> Settings: ...

    def update(self, t: numpy.typing.ArrayLike, dt: numpy.typing.ArrayLike, i: numpy.typing.ArrayLike, pre_spike: numpy.typing.ArrayLike | None = None) -> None:
        """
        A step, with the delayed spikes or with those given: one value for each presynaptic neuron and row.
        """

    def variables(self) -> list: ...

    def variable(self, name: str) -> Variable: ...

    def how(self) -> str:
        """How it is computed, in words."""

    def bytes(self) -> int:
        """Memory of connections, weights and delays."""

    @property
    def pre(self) -> View: ...

    @property
    def post(self) -> View: ...

    def connectivity(self) -> Connectivity: ...

    def weights(self) -> object:
        """
        One number for all connections, or an array: (num,) for one-to-one, (num_pre, num_post) for all-to-all, else one for each connection in the order given.
        """

    def set_weights(self, g_max: numpy.typing.ArrayLike) -> None:
        """Other weights for the same connections, from the next step on."""

    def set_parameter(self, name: str, value: numpy.typing.ArrayLike) -> None:
        """Another value of alpha, stp.tau, output.E, ..., from the next step on."""

    def take_state(self, other: Projection) -> None:
        """
        Takes over all that a step changes from a projection that was made alike.
        """

    def reset_state(self, batch_size: numpy.typing.ArrayLike | None = None) -> None: ...

class Network:
    """Named parts, and the order of a step."""

    def __init__(self, settings: Settings = ..., name: str = 'net') -> None: ...

    def __eq__(self, arg: Network, /) -> bool: ...

    def __hash__(self) -> int: ...

    def __repr__(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def settings(self) -> Settings: ...

    @overload
    def add(self, name: str, part: Population) -> Population: ...

    @overload
    def add(self, name: str, part: Projection) -> Projection: ...

    @overload
    def add(self, name: str, part: Network) -> Network: ...

    def names(self) -> list: ...

    def population(self, path: str) -> Population: ...

    def projection(self, path: str) -> Projection: ...

    def network(self, path: str) -> Network: ...

    def variable(self, path: str) -> Variable: ...

    def summary(self) -> str: ...

    def update(self, t: numpy.typing.ArrayLike, dt: numpy.typing.ArrayLike, i: numpy.typing.ArrayLike) -> None: ...

    def clear_input(self) -> None: ...

    def reset_state(self, batch_size: numpy.typing.ArrayLike | None = None) -> None: ...

class Runner:
    """
    A clock, a network, what goes in and what comes out.

    `inputs`: (Variable, value, operation, kind) with kind 'fix', 'iter', 'func' or 'poisson', whose value is (num_input, freq, weight, seed); `monitors`: (key, Variable, function or Population, indices, every). Functions are called with (t, dt, i).
    """

    def __init__(self, network: Network, inputs: list = [], monitors: list = [], dt: object = 0.1, t0: object = 0.0, data_first_axis: object | None = None, threads: object = 0, before_step: object | None = None) -> None: ...

    def run_steps(self, steps: object, progress: object | None = None, interval: object = 0.1) -> None:
        """
        Runs so many steps. `progress` is called with the number of those done, about every `interval` seconds. Ctrl-C ends the run between two steps; what was recorded is kept, and the run can go on.
        """

    def run(self, duration: object, progress: object | None = None, interval: object = 0.1) -> None:
        """The same for a duration in ms."""

    def recording(self) -> dict:
        """The records of the last run, by key."""

    @property
    def events(self) -> dict:
        """
        The spikes of the last run, by key: dictionaries of times, indices, steps and rows.
        """

    @property
    def ts(self) -> numpy.ndarray:
        """The end of each step of the last run, in ms."""

    @property
    def step(self) -> int:
        """Steps done since the last reset."""

    @property
    def t(self) -> float:
        """The time of the clock in ms."""

    def reset_state(self) -> None:
        """Rewinds the clock; the network keeps its states."""

class RecordedRun:
    """
    A run of a network in training mode that can be differentiated.

    `inputs`: as those of a Runner; `monitors`: (key, Variable, indices); `at_end`: the same, of the last step alone; `memory`: bytes that the record may need, or None; `quantities`: what derivatives will be asked by, none for anything.
    """

    def __init__(self, network: Network, inputs: list = [], monitors: list = [], at_end: list = [], dt: object = 0.1, t0: object = 0.0, threads: object = 0, memory: object | None = None, quantities: Sequence[str] = []) -> None: ...

    def run_steps(self, steps: object) -> None:
        """
        Runs so many steps, on from where the last run ended, and drops what was recorded before.
        """

    def reset_state(self) -> None:
        """Rewinds the clock; the network keeps its states."""

    def recording(self) -> dict:
        """
        The records of the last run, by key: (steps, batch, num). They cannot be written to.
        """

    def pullback(self, cotangents: dict, quantities: Sequence[str]) -> dict:
        """Derivatives of a loss by these quantities, from those by the records."""

    def pushforward(self, tangents: dict) -> dict:
        """How the records change where the quantities move by these tangents."""

    @property
    def steps(self) -> int:
        """Steps of the last run."""

    @property
    def memory(self) -> int:
        """[bytes] What the record takes."""
