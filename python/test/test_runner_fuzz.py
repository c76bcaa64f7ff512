# SPDX-License-Identifier: Apache-2.0
"""Whatever is given to runners and base classes: it works, or one of four errors says why not."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import bouton as bp
import bouton.math as bm

REFUSALS = (ValueError, TypeError, KeyError, IndexError, NotImplementedError)

numbers = st.one_of(
    st.integers(-3, 2**70),
    st.floats(width=32),
    st.booleans(),
    st.none(),
    st.sampled_from([np.float32(0.3), np.int8(3), np.array(2.0), np.array([0.5]), np.uint64(2**63), 1j, np.nan]),
)
texts = st.sampled_from('| .|g|g.V|g.input|V|g.|.V|g.spike|g.tau|a.b.c|=|+|iter|func'.split('|'))
arrays = st.sampled_from(
    [np.zeros(0), np.ones(2), np.ones(3), np.ones((3, 2)), np.ones((0, 2)), np.zeros((2, 2), dtype=bool)]
    + [np.array(['a']), np.array([None])]
)
leaves = st.one_of(numbers, texts, arrays, st.just(len), st.just(bm.Variable(bm.ones(2))), st.binary(max_size=2))
junk = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.tuples(inner, inner), st.tuples(inner, inner, inner),
        st.dictionaries(st.one_of(texts, st.integers(0, 3), st.none()), inner, max_size=3),
    ),
    max_leaves=8,
)  # fmt: skip
checked = settings(max_examples=150, derandomize=True, deadline=None)


def attempt(function):
    try:
        return function()
    except REFUSALS:
        return None


def network():
    return bp.Network(g=bp.neurons.LIF(2))


@checked
@given(inputs=junk, monitors=junk, jit=st.booleans())
def test_inputs_and_monitors(inputs, monitors, jit):
    net = network()
    runner = attempt(lambda: bp.DSRunner(net, inputs=inputs, jit=jit, progress_bar=False))
    for one in (runner, attempt(lambda: bp.DSRunner(net, monitors=monitors, jit=jit, progress_bar=False))):
        if one is not None:
            attempt(lambda one=one: one.run(0.2))


@checked
@given(
    target=st.sampled_from(['V', 'input', 'spike', 'foo']),
    value=junk,
    kind=st.sampled_from(['fix', 'iter', 'func']),
    operation=st.sampled_from('=+-*/'),
    jit=st.booleans(),
)
def test_values_of_inputs(target, value, kind, operation, jit):
    def run():
        runner = bp.DSRunner(network(), inputs=(f'g.{target}', value, kind, operation), jit=jit, progress_bar=False)
        runner.run(0.2)

    with np.errstate(all='ignore'):
        attempt(run)


@checked
@given(
    name=st.sampled_from(['dt', 't0', 'data_first_axis', 'progress_bar', 'jit', 'fun_inputs', 'fun_monitors']),
    value=junk,
)
def test_options(name, value):
    runner = attempt(lambda: bp.DSRunner(network(), **{name: value}))
    if runner is not None:
        attempt(lambda: runner.run(3 * runner.dt))


@checked
@given(duration=st.one_of(st.floats(-1, 5), leaves), inputs=junk)
def test_runs(duration, inputs):
    def is_short(x):
        try:
            return not float(x) > 10
        except (TypeError, ValueError, OverflowError):
            return True

    for jit in (True, False):
        runner = bp.DSRunner(network(), jit=jit, progress_bar=False)
        if is_short(duration):
            attempt(lambda runner=runner: runner.run(duration))
        group = bp.DSRunner(bp.neurons.LIF(2), jit=jit, progress_bar=False)
        attempt(lambda group=group: group.run(inputs=inputs))


@checked
@given(size=junk, index=junk, delay=junk)
def test_groups_views_and_delays(size, index, delay):
    group = attempt(lambda: bp.NeuGroup(size) if np.size(size) < 9 else None)
    cells = bp.neurons.LIF(2)
    attempt(lambda: cells[index].V.value)
    attempt(lambda: bp.DynamicalSystem().register_delay('key', delay, cells.spike) if np.size(delay) < 9 else None)
    assert group is None or group.num >= 1


@checked
@given(pre=junk, conn=junk, output=junk, stp=junk)
def test_synapses(pre, conn, output, stp):
    cells = bp.neurons.LIF(2)
    attempt(lambda: bp.TwoEndConn(pre, cells))
    attempt(lambda: bp.TwoEndConn(cells, cells, conn)._init_weights(1.0, 'dense'))
    attempt(lambda: bp.TwoEndConn(cells, cells, output=output))
    attempt(lambda: bp.TwoEndConn(cells, cells, stp=stp))
    attempt(lambda: bp.Network(pre, conn, x=output))
