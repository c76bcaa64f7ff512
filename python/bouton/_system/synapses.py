# SPDX-License-Identifier: Apache-2.0
"""The base classes of synapses, and of their parts: outputs and plasticity."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from bouton._system.dynamical import DynamicalSystem
from bouton._system.neurons import NeuGroup
from bouton.math.environment import Mode, TrainingMode
from bouton.math.variable import TrainVar, Variable

__all__ = ['NullSynOut', 'SynConn', 'SynLTP', 'SynOut', 'SynSTP', 'TwoEndConn', 'TwoEndConnNS']


class SynConn(DynamicalSystem):
    """What connects two groups.

    Parameters
    ----------
    pre, post : NeuGroup
        The groups; TypeError for anything that is not a `DynamicalSystem`.
    conn : connector, array, dict or None
        A connector, which is bound to the sizes of the groups; a matrix (pre.num, post.num), not zero where there is a
        connection; or a dict of arrays 'i', 'j', the two ends of each connection.
    """

    _copied_in_turn = 2  # after both groups

    def __init__(self, pre: Any, post: Any, conn: Any = None, name: str | None = None, mode: Mode | None = None):
        super().__init__(name=name, mode=mode)
        for key, group in (('pre', pre), ('post', post)):
            if not isinstance(group, DynamicalSystem):
                raise TypeError(f'"{key}" must be an instance of NeuGroup.')
        self.pre: NeuGroup = pre
        self.post: NeuGroup = post
        self.conn = None if conn is None else bound_connector(conn, pre, post)

    def _is_chance_input(self) -> bool:
        """Whether a step adds to the `input` of a group of the core's and does nothing else."""
        return False

    def check_pre_attrs(self, *attrs: str) -> None:
        """ValueError unless the presynaptic group has all these attributes."""
        _check_attrs(self, self.pre, attrs)

    def check_post_attrs(self, *attrs: str) -> None:
        """ValueError unless the postsynaptic group has all these attributes."""
        _check_attrs(self, self.post, attrs)

    def update(self, *args: Any, **kwargs: Any) -> Any:
        """Make one step. Every subclass writes its own."""
        raise NotImplementedError('Must implement "update" function by subclass self.')

    def __repr__(self) -> str:
        from bouton._system.display import synapse_text

        return synapse_text(self)

    def _repr_html_(self) -> str:
        from bouton._system.display import synapse_html

        return synapse_html(self)


def bound_connector(conn: Any, pre: Any, post: Any) -> Any:
    """What is given as `conn`, as a connector of its own that is bound to two groups."""
    from bouton.connect import IJConn, MatConn, TwoEndConnector

    if isinstance(conn, TwoEndConnector):
        own = copy.copy(conn) if conn.is_in_use else conn
        if own.is_in_use or (own.pre_size, own.post_size) != (tuple(pre.size), tuple(post.size)):
            own(pre.size, post.size)
        own.is_in_use = True
        return own
    if isinstance(conn, dict):
        if 'i' not in conn or 'j' not in conn:
            raise ValueError(
                '"conn" is provided as a dict, and it is expected to be a dictionary with "i" and "j" specification, '
                f'however we got {conn}'
            )
        return IJConn(np.asarray(conn['i']), np.asarray(conn['j']))(pre.size, post.size)
    if isinstance(conn, (str, bytes)) or not hasattr(conn, '__len__'):
        raise ValueError(f'Unknown "conn" type: {conn}')
    matrix = np.asarray(conn)
    if matrix.shape != (pre.num, post.num):
        raise ValueError(
            '"conn" is provided as a matrix, and it is expected to be an array with shape of '
            f'(pre.num, post.num) = {(pre.num, post.num)}, however we got {matrix.shape}'
        )
    return MatConn(matrix)(pre.size, post.size)


def _check_attrs(synapse: SynConn, group: Any, attrs: tuple) -> None:
    for attr in attrs:
        if not isinstance(attr, str):
            raise TypeError(f'Must be string. But got {attr}.')
        if not hasattr(group, attr):
            raise ValueError(f'{synapse.name} need "pre" neuron group has attribute "{attr}".')


class TwoEndConn(SynConn):
    """A synapse with an output and plasticity; the base of the receptors.

    A subclass makes its weights (`_init_weights`), states, delay (`register_delay`) and integrator, and writes `update`
    and `reset_state`.

    Parameters
    ----------
    output : SynOut, optional
        From the conductance to a current; by default the conductance is only returned.
    stp : SynSTP, optional
        Short-term plasticity.
    ltp : SynLTP, optional
        Long-term plasticity.
    """

    def __init__(
        self,
        pre: Any,
        post: Any,
        conn: Any = None,
        output: SynOut | None = None,
        stp: SynSTP | None = None,
        ltp: SynLTP | None = None,
        mode: Mode | None = None,
        name: str | None = None,
    ):
        super().__init__(pre, post, conn, name=name, mode=mode)
        self.output: SynOut = self._own(NullSynOut() if output is None else output, SynOut, 'output')
        self.stp: SynSTP | None = stp if stp is None else self._own(stp, SynSTP, 'Short-term plasticity')
        self.ltp: SynLTP | None = ltp if ltp is None else self._own(ltp, SynLTP, 'Long-term plasticity')

    def _own(self, component: Any, kind: type, what: str) -> Any:
        """The component, or a clone where it belongs to another synapse; registered."""
        if not isinstance(component, kind):
            raise TypeError(f'{what} must be instance of {kind.__name__}, but we got {type(component)}')
        if component.isregistered:
            component = component.clone()
        component.register_master(master=self)
        return component

    # ---- weights and connections -----------------------------------------------------------------------------------

    def _init_weights(self, weight: Any, comp_method: str, sparse_data: str = 'csr') -> tuple[Any, Any]:
        """The weights, and which pairs they belong to.

        Parameters
        ----------
        weight : number, array, initializer or callable
            One for all, or an array: (pre.num,) for one-to-one connections, (pre.num, post.num) for a matrix, one for
            each connection with the 'sparse' method.
        comp_method : 'dense' or 'sparse'
            How other than one-to-one and all-to-all connections are kept.
        sparse_data : 'csr', 'ij' or 'coo'
            How sparse connections are kept.

        Returns
        -------
        weight : float, array or TrainVar
            A `TrainVar` in training mode.
        mask : None, array or pair of arrays
            None for one-to-one and all-to-all; a bool matrix (pre.num, post.num); (indices, indptr) for 'csr', or
            (post_ids, pre_ids) for 'ij'.
        """
        from bouton import init
        from bouton.connect import All2All, One2One

        if comp_method not in ('sparse', 'dense'):
            raise ValueError(f'"comp_method" must be in "sparse" and "dense", but we got {comp_method}')
        if sparse_data not in ('csr', 'ij', 'coo'):
            raise ValueError(f'"sparse_data" must be in "csr" and "ij", but we got {sparse_data}')
        if self.conn is None:
            raise ValueError(f'Must provide "conn" when initialize the model {self.name}')
        mask: Any = None
        shape: tuple[int, ...] = (self.pre.num, self.post.num)
        if isinstance(self.conn, One2One):
            shape = (self.pre.num,)
        elif isinstance(self.conn, All2All):
            pass
        elif comp_method == 'dense':
            mask = self.conn.require('conn_mat')
        else:
            pre_ids, post_ids = self.conn.require('pre_ids', 'post_ids')
            mask = self.conn.require('pre2post') if sparse_data == 'csr' else (post_ids, pre_ids)
            shape = (np.size(post_ids),)
        weight = init.parameter(weight, shape, allow_none=False)
        if np.shape(weight) == (1,):
            weight = np.asarray(weight)[0]
        if isinstance(self.mode, TrainingMode) and not isinstance(weight, TrainVar):
            weight = TrainVar(np.asarray(weight))
        return weight, mask

    def _syn2post_with_all2all(self, syn_value: Any, syn_weight: Any) -> Any:
        """h_j = sum_i w_ij s_i; without the connections i = j where the connector has ``include_self=False``."""
        s, w = np.asarray(syn_value), np.asarray(syn_weight)
        include_self = getattr(self.conn, 'include_self', True)
        if w.ndim == 0:
            total = s.sum(axis=-1, keepdims=s.ndim > 1)
            if include_self:
                return _array(w * total)
            own = np.zeros((*s.shape[:-1], self.post.num), dtype=s.dtype)
            both = min(self.pre.num, self.post.num)
            own[..., :both] = s[..., :both]
            return _array(w * (s.sum(axis=-1, keepdims=True) - own))
        if not include_self:
            w = w.copy()
            np.fill_diagonal(w, 0)
        return _array(s @ w)

    def _syn2post_with_one2one(self, syn_value: Any, syn_weight: Any) -> Any:
        """h_i = w_i s_i."""
        return _array(np.asarray(syn_value) * np.asarray(syn_weight))

    def _syn2post_with_dense(self, syn_value: Any, syn_weight: Any, conn_mat: Any) -> Any:
        """h_j = sum_i m_ij w_ij s_i with the mask m."""
        s, w, mask = np.asarray(syn_value), np.asarray(syn_weight), np.asarray(conn_mat)
        return _array((w * s) @ mask if w.ndim == 0 else s @ (w * mask))

    def _syn2post_with_sparse(self, syn_value: Any, syn_weight: Any, pairs: tuple[Any, Any]) -> Any:
        """h_j = sum over the connections k onto j of w_k s[pre_k]; `pairs` is (post_ids, pre_ids)."""
        s, w = np.asarray(syn_value), np.asarray(syn_weight)
        post_ids, pre_ids = (np.asarray(ids) for ids in pairs)
        terms = s[..., pre_ids] * w
        flat = terms.reshape(-1, pre_ids.size)
        sums = np.stack([np.bincount(post_ids, row, minlength=self.post.num) for row in flat])
        return _array(sums.astype(s.dtype).reshape(*s.shape[:-1], self.post.num))


class TwoEndConnNS(TwoEndConn):
    """A synapse whose `update` takes no time argument: ``update(self, pre_spike=None)``."""

    _pass_shared_args = False
    _takes_time = False


def _array(values: Any) -> Any:
    from bouton.math.array import wrap

    return wrap(values)


# ---- components ----------------------------------------------------------------------------------------------------


class SynComponent(DynamicalSystem):
    """A part of a synapse, its master. Calling it is calling `filter`."""

    master: Any = None
    _pass_shared_args = True

    def __init__(self, name: str | None = None, mode: Mode | None = None):
        super().__init__(name=name, mode=mode)
        self._registered = False

    @property
    def isregistered(self) -> bool:
        """Whether it belongs to a synapse."""
        return self._registered

    @isregistered.setter
    def isregistered(self, value: bool) -> None:
        if not isinstance(value, bool):
            raise ValueError('Must be an instance of bool.')
        self._registered = value

    def register_master(self, master: SynConn) -> None:
        """Become part of a synapse. TypeError for another kind of object; ValueError the second time."""
        if not isinstance(master, TwoEndConn):
            raise TypeError(f'master must be instance of {TwoEndConn.__name__}, but we got {type(master)}')
        if self.isregistered:
            raise ValueError('master has been registered, but we got another master going to be registered.')
        self.master = master
        self._registered = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.filter(*args, **kwargs)

    def filter(self, g: Any) -> Any:
        """What becomes of the conductance."""
        raise NotImplementedError(f'{type(self).__name__} must implement "filter"')

    def update(self, *args: Any, **kwargs: Any) -> None:
        """Make one step; nothing unless overridden."""

    def reset_state(self, batch_size: int | None = None) -> None:
        """Back to the initial state; nothing unless overridden."""

    def clone(self) -> Any:
        """A new one with the same parameters, for another synapse."""
        raise NotImplementedError(
            f'{type(self).__name__} belongs to a synapse already; it must implement "clone" to be used by another'
        )


class SynOut(SynComponent):
    """From the weighted conductance to a current, and where that goes.

    A subclass computes the current in `filter` and ends it with ``return super().filter(I)``, which adds it to the
    target, or returns it where there is none.

    Parameters
    ----------
    target_var : str, Variable or None
        A variable of the postsynaptic group, or its name.
    """

    def __init__(self, name: str | None = None, target_var: Any = None):
        super().__init__(name=name)
        if target_var is not None and not isinstance(target_var, (str, Variable)):
            raise TypeError(f'"target_var" must be instance of string or Variable. But we got {type(target_var)}')
        self.target_var: Any = target_var

    def register_master(self, master: SynConn) -> None:
        """Become part of a synapse, and find the target. KeyError if the postsynaptic group has no such variable."""
        target = self.target_var
        if isinstance(target, str):
            target = variable_of_post(master, target, 'target')
        super().register_master(master)
        self.target_var = target

    def filter(self, g: Any) -> Any:
        """Add to the target variable, or return where there is none."""
        if self.target_var is None:
            return g
        target = self.target_var
        if np.ndim(g) and np.shape(g) != target.shape and np.size(g) == target.size:
            g = np.reshape(g, target.shape)
        target += g
        return None

    def update(self, tdi: Any) -> None:
        """Make one step; nothing unless overridden."""

    def __repr__(self) -> str:
        return type(self).__name__


def variable_of_post(master: Any, name: str, what: str) -> Variable:
    """A variable of the postsynaptic group of a synapse, by name; KeyError if there is none."""
    variable = getattr(master.post, name, None) if isinstance(master, SynConn) else None
    if not isinstance(variable, Variable):
        raise KeyError(f'Post-synaptic group does not have {what} variable: {name}')
    return variable


class NullSynOut(SynOut):
    """No output: the weighted conductance is returned as it is."""

    def clone(self) -> NullSynOut:
        """Another one."""
        return NullSynOut()


class SynSTP(SynComponent):
    """Short-term plasticity. A subclass makes its variables in `register_master`, with one value for each presynaptic
    neuron, steps them in ``update(tdi, pre_spike)``, and scales the conductance in `filter`."""

    def update(self, tdi: Any, pre_spike: Any) -> None:
        """Make one step; nothing unless overridden."""


class SynLTP(SynComponent):
    """Long-term plasticity: a base class without implementations."""

    def update(self, tdi: Any, pre_spike: Any) -> None:
        """Make one step; nothing unless overridden."""
