# SPDX-License-Identifier: Apache-2.0
"""The outputs. h is the weighted sum of conductances, V the membrane potential at the start of the step."""

from __future__ import annotations

from typing import Any

import numpy as np

from bouton import _runs
from bouton._core_parameter import CoreParameter
from bouton._models import as_parameter, check_range, take_over
from bouton._system.synapses import SynConn, SynOut, variable_of_post
from bouton.math.variable import Variable


class CoreOutput(SynOut):
    """An output that the core has: its parameters are bound when it becomes part of a synapse."""

    #: Names of the parameters, as in the core.
    _parameters: tuple[str, ...] = ()

    def __init__(self, parameters: dict[str, Any], target_var: Any, membrane_var: Any = None, name: str | None = None):
        super().__init__(name=name, target_var=target_var)
        if membrane_var is not None and not isinstance(membrane_var, (str, Variable)):
            raise TypeError(f'"membrane_var" must be instance of string or Variable. But we got {type(membrane_var)}')
        #: What a clone is made of.
        self._given = {'target_var': target_var, **parameters}
        if membrane_var is not None:
            self._given['membrane_var'] = membrane_var
            self.membrane_var = membrane_var
        for key, value in parameters.items():
            setattr(self, key, value)

    def clone(self) -> Any:
        """Another one with the same parameters, for another synapse."""
        given = dict(self._given)
        new = object.__new__(type(self))
        target, membrane = given.pop('target_var'), given.pop('membrane_var', None)
        CoreOutput.__init__(new, given, target, membrane)
        return take_over(new, self, but=('master',))

    def register_master(self, master: SynConn) -> None:
        """Become part of a synapse: find the variables and bind the parameters. KeyError for a variable that the
        postsynaptic group does not have, ValueError for a parameter that has not one value, or one for each neuron."""
        membrane = self.__dict__.get('membrane_var')
        if isinstance(membrane, str):
            membrane = variable_of_post(master, membrane, 'membrane')
        shape = (master.post.num,) if isinstance(master, SynConn) else ()
        parameters = {key: self._bound(key, getattr(self, key), shape) for key in self._parameters}
        super().register_master(master)
        if membrane is not None:
            self.membrane_var = membrane
        self.__dict__.update(parameters)

    def _set_parameter(self, name: str, value: Any) -> Any:
        if self.master is None:
            self._given[name] = value
            return value
        kept = self._bound(name, value, (self.master.post.num,))
        _runs.check(self.master)
        self._given[name] = value
        if self.master._core_part is not None:
            self.master._core_part.set_parameter(f'output.{name}', kept)
        return kept

    def _bound(self, name: str, value: Any, shape: tuple[int, ...]) -> Any:
        what = f'{type(self).__name__}.{name}'
        kept = as_parameter(value, shape, what)
        check_range(kept, what, 'non_zero' if name == 'beta' else 'any')
        return kept

    def _core_form(self) -> tuple | None:
        """(name, parameters, target_var, membrane_var) for the core; None where it acts on variables given as such."""
        target, membrane = self._given['target_var'], self._given.get('membrane_var')
        if isinstance(target, Variable) or isinstance(membrane, Variable):
            return None
        parameters = {key: getattr(self, key) for key in self._parameters}
        return self._model, parameters, target, membrane

    _model = ''

    def _V(self) -> np.ndarray:
        """The membrane potential, shaped as h is."""
        V = np.asarray(self.membrane_var)
        batch = (V.shape[0],) if self.membrane_var.batch_axis is not None else ()
        return V.reshape(*batch, self.master.post.num)

    def __repr__(self) -> str:
        shown = ', '.join(f'{key}={getattr(self, key)!r}' for key in self._parameters)
        return f'{type(self).__name__}({shown})'


class CUBA(CoreOutput):
    """Current-based: I = h.

    Parameters
    ----------
    target_var : str, Variable or None
        The variable of the postsynaptic group that I is added to, or its name; None: I is returned by the synapse's
        `update` and changes nothing.
    """

    _model = 'CUBA'

    def __init__(self, target_var: Any = 'input', name: str | None = None):
        super().__init__({}, target_var, name=name)


class COBA(CoreOutput):
    """Conductance-based: I = h (E - V).

    Parameters
    ----------
    E : float, array, initializer or callable
        Reversal potential [mV]; one for all postsynaptic neurons or one for each.
    target_var : str, Variable or None
        The variable of the postsynaptic group that I is added to, or its name; None: I is returned.
    membrane_var : str or Variable
        The variable that is V, or its name.
    """

    _model = 'COBA'
    _parameters = ('E',)
    E = CoreParameter('Reversal potential [mV].')

    def __init__(self, E: Any = 0.0, target_var: Any = 'input', membrane_var: Any = 'V', name: str | None = None):
        super().__init__({'E': E}, target_var, membrane_var, name)

    def filter(self, g: Any) -> Any:
        """Add the current, or return it where there is no target."""
        return super().filter(g * (self.E - self._V()))


class MgBlock(CoreOutput):
    """Conductance blocked by magnesium at low potentials: I = h (E - V) / (1 + cc_Mg / beta exp(-alpha V)).

    Parameters
    ----------
    E : float, array, initializer or callable
        Reversal potential [mV].
    cc_Mg : float, array, initializer or callable
        Concentration of magnesium [mM].
    alpha : float, array, initializer or callable
        Steepness of the block [1/mV].
    beta : float, array, initializer or callable
        Concentration at which half is blocked at V = 0 [mM]; not 0.
    target_var, membrane_var
        See `COBA`.

    References
    ----------
    Jahr CE, Stevens CF (1990) Voltage dependence of NMDA-activated macroscopic conductances predicted by single-channel
    kinetics. J. Neurosci. 10:3178-3182.
    """

    _model = 'MgBlock'
    _parameters = ('E', 'cc_Mg', 'alpha', 'beta')
    E = CoreParameter('Reversal potential [mV].')
    cc_Mg = CoreParameter('Concentration of magnesium [mM].')
    alpha = CoreParameter('Steepness of the block [1/mV].')
    beta = CoreParameter('Concentration at which half is blocked at V = 0 [mM].')

    def __init__(
        self,
        E: Any = 0.0,
        cc_Mg: Any = 1.2,
        alpha: Any = 0.062,
        beta: Any = 3.57,
        target_var: Any = 'input',
        membrane_var: Any = 'V',
        name: str | None = None,
    ):
        super().__init__({'E': E, 'cc_Mg': cc_Mg, 'alpha': alpha, 'beta': beta}, target_var, membrane_var, name)

    def filter(self, g: Any) -> Any:
        """Add the current, or return it where there is no target."""
        V = self._V()
        return super().filter(g * (self.E - V) / (1 + self.cc_Mg / self.beta * np.exp(-self.alpha * V)))
