# SPDX-License-Identifier: Apache-2.0
"""Any argument of any constructor is served or refused with an exception that a Python user expects."""

import inspect
import warnings

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

import bouton as bp
import bouton.math as bm

EXPECTED = (ValueError, TypeError, KeyError, IndexError)

NUMBERS = st.one_of(
    st.sampled_from([0, 1, 2, 3, -1, True, 0.5, -0.5, 1e-300, 1e300, float('nan'), float('inf'), 10**15, 2**70]),
    st.sampled_from(
        [np.float32(0.5), np.int8(3), np.uint64(2**63), np.float16(2), np.bool_(True), 1j, np.datetime64(3, 's')]
    ),
)
ARRAYS = st.sampled_from(
    [
        np.zeros(0),
        np.zeros((0, 3)),
        np.array(1.0),
        np.ones(3),
        np.ones((3, 3)),
        np.ones((3, 2)),
        np.ones((1, 1)),
        np.arange(3),
        np.arange(3)[::-1],
        np.array([0, 1, 9]),
        np.array([np.nan, 1.0, 2.0]),
        np.array([1, 'x'], dtype=object),
        np.array(['a', 'b']),
        np.ones(3, dtype=complex),
        np.ones((3, 3), dtype=bool),
        np.ones((2, 2, 2)),
        bm.ones(3),
        bm.Variable(bm.ones(3)),
    ]
)
OTHERS = st.sampled_from(
    [
        None,
        'x',
        '',
        'exp_auto',
        'rk4',
        b'bytes',
        [],
        [1, 2, 3],
        [1.0, [2.0]],
        (3,),
        (2, 3),
        {},
        {'i': [0, 1], 'j': [1, 2]},
        {'i': np.array([0]), 'j': np.array([5])},
        {1, 2},
        object(),
        int,
        len,
        lambda shape: np.ones(shape),
        lambda shape: 'x',
        lambda: None,
        bp.init.Uniform(0.0, 1.0),
        bp.conn.All2All(),
        bp.conn.One2One(),
        bp.conn.FixedProb(0.5, seed=1),
        bp.synouts.COBA(E=0.0),
        bp.synouts.CUBA(target_var='V'),
        bp.synplast.STD(),
        bm.TrainingMode(2),
        bm.BatchingMode(2),
    ]
)
ANYTHING = st.one_of(NUMBERS, ARRAYS, OTHERS)

PLAUSIBLE = {
    'size': 3,
    'alpha': 0.9,
    'num_memory': 5,
    'times': [1.0],
    'indices': [0],
    'freqs': 10.0,
    'conn_mat': np.ones((3, 3)),
    'i': [0, 1],
    'j': [1, 2],
    'inptr': [0, 1, 1, 1],
    'prob': 0.5,
    'p': 0.5,
    'num': 2,
    'm': 1,
    'm1': 1,
    'm2': 2,
    'num_neighbor': 2,
    'sigma': 1.0,
    'sigmas': (1.0, 2.0),
    'max_w': 1.0,
    'max_ws': (1.0, 2.0),
    'shape': 1.0,
    'scale': 1.0,
    'mode': 'fan_in',
    'distribution': 'normal',
    'init': 1.0,
}


def classes(module, *left_out):
    return [
        getattr(module, name)
        for name in module.__all__
        if inspect.isclass(getattr(module, name)) and name not in left_out
    ]


def parameters(cls):
    found = list(inspect.signature(cls.__init__).parameters.values())[1:]
    return [p for p in found if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]


def arguments(data, cls, plausible):
    """What a class is called with: plausible values where they must be given, and anything for up to three of all."""
    known = parameters(cls)
    odd = data.draw(st.sets(st.sampled_from([p.name for p in known]), max_size=3)) if known else set()
    given_values = {p.name: plausible[p.name] for p in known if p.default is p.empty and p.name in plausible}
    given_values.update({name: data.draw(ANYTHING, label=name) for name in sorted(odd)})
    given_values.pop('name', None)
    return given_values


def attempt(call):
    """The result of a call, or None where it was refused as a Python user expects."""
    with warnings.catch_warnings(), np.errstate(all='ignore'):
        warnings.simplefilter('ignore')
        try:
            return call()
        except EXPECTED:
            return None


def run_a_little(*nodes):
    net = attempt(lambda: bp.Network(*nodes))
    for i in range(3):
        bp.share.save(t=i * 0.1, dt=0.1, i=i)
        attempt(net.update)
        attempt(net.clear_input)
    attempt(net.reset_state)


FUZZ = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize('cls', classes(bp.neurons, 'FractionalNeuron'), ids=lambda cls: cls.__name__)
@FUZZ
@given(st.data())
def test_neurons(cls, data):
    given_values = arguments(data, cls, PLAUSIBLE)
    group = attempt(lambda: cls(**given_values))
    if group is not None:
        attempt(lambda: repr(group))
        run_a_little(group)
        index = data.draw(ANYTHING)
        attempt(lambda: group[index])
        for name in ('V', 'tau', 'V_th', 'freqs'):
            if hasattr(group, name):
                value = data.draw(ANYTHING)
                attempt(lambda: setattr(group, name, value))
        run_a_little(group)


@pytest.mark.parametrize(
    'cls',
    classes(bp.synapses, 'DelayCoupling', 'DiffusiveCoupling', 'AdditiveCoupling', 'PoissonInput'),
    ids=lambda cls: cls.__name__,
)
@FUZZ
@given(st.data())
def test_synapses(cls, data):
    pre, post = bp.neurons.LIF(3), bp.neurons.LIF(3)
    plausible = {'pre': pre, 'post': post, 'conn': bp.conn.All2All()}
    given_values = arguments(data, cls, plausible)
    syn = attempt(lambda: cls(**given_values))
    if syn is not None:
        pre.spike[...] = True
        attempt(lambda: repr(syn))
        run_a_little(pre, syn, post)
        for name in ('g_max', 'alpha', 'tau', 'beta1'):
            if hasattr(syn, name):
                value = data.draw(ANYTHING)
                attempt(lambda: setattr(syn, name, value))
        spikes = data.draw(ANYTHING)
        attempt(lambda: syn.update({'t': 0.0, 'dt': 0.1, 'i': 0}, spikes))
        run_a_little(pre, syn, post)


@pytest.mark.parametrize('cls', [bp.synapses.DiffusiveCoupling, bp.synapses.AdditiveCoupling, bp.synapses.PoissonInput])
@FUZZ
@given(st.data())
def test_couplings(cls, data):
    x, out = bm.Variable(bm.ones(3)), bm.Variable(bm.zeros(3))
    plausible = {
        'coupling_var': x,
        'coupling_var1': x,
        'coupling_var2': x,
        'var_to_output': out,
        'target_var': out,
        'conn_mat': np.ones((3, 3)),
        'num_input': 3,
        'freq': 10.0,
        'weight': 1.0,
    }
    given_values = arguments(data, cls, plausible)
    coupling = attempt(lambda: cls(**given_values))
    if coupling is not None:
        run_a_little(coupling)


@pytest.mark.parametrize('cls', [*classes(bp.synouts), *classes(bp.synplast)], ids=lambda cls: cls.__name__)
@FUZZ
@given(st.data())
def test_components(cls, data):
    given_values = arguments(data, cls, {})
    component = attempt(lambda: cls(**given_values))
    if component is not None:
        pre, post = bp.neurons.LIF(3), bp.neurons.LIF(3)
        role = 'output' if cls in classes(bp.synouts) else 'stp'
        syn = attempt(lambda: bp.synapses.AMPA(pre, post, bp.conn.All2All(), **{role: component}))
        if syn is not None:
            run_a_little(pre, syn, post)
            for name in ('E', 'alpha', 'tau', 'U'):
                if hasattr(component, name):
                    value = data.draw(ANYTHING)
                    attempt(lambda: setattr(component, name, value))
            run_a_little(pre, syn, post)


@pytest.mark.parametrize(
    'cls', classes(bp.conn, 'Connector', 'TwoEndConnector', 'OneEndConnector'), ids=lambda cls: cls.__name__
)
@FUZZ
@given(st.data())
def test_connectors(cls, data):
    given_values = arguments(data, cls, PLAUSIBLE)
    connector = attempt(lambda: cls(**given_values))
    if connector is not None:
        sizes = data.draw(st.one_of(st.just((3, 3)), st.tuples(ANYTHING, ANYTHING)))
        if not any(isinstance(size, int) and size > 100 for size in sizes):
            attempt(lambda: connector(*sizes))
            attempt(lambda: connector.require('conn_mat', 'pre2post', 'post2syn', 'coo'))
            name = data.draw(ANYTHING)
            attempt(lambda: connector.require(name))


@pytest.mark.parametrize('cls', classes(bp.init, 'Initializer'), ids=lambda cls: cls.__name__)
@FUZZ
@given(st.data())
def test_initializers(cls, data):
    given_values = arguments(data, cls, PLAUSIBLE)
    initializer = attempt(lambda: cls(**given_values))
    if initializer is not None:
        shape = data.draw(st.one_of(st.just((3, 3)), ANYTHING))
        if not isinstance(shape, int) or shape < 100:
            attempt(lambda: initializer(shape))
