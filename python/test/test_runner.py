# SPDX-License-Identifier: Apache-2.0
"""DSRunner: inputs, monitors, time, what a run returns. Every test is made with both drivers."""

import itertools
import signal

import numpy as np
import pytest

import bouton as bp
import bouton.math as bm


@pytest.fixture(autouse=True)
def _settings():
    yield
    bm.set_compat(None)
    bm.set_dt(0.1)
    bp.share.clear()


@pytest.fixture(params=[True, False], ids=['core', 'python'])
def jit(request):
    return request.param


def cell(num=2, **kwargs):
    """A neuron that integrates its input: tau dV/dt = -V + I."""
    return bp.neurons.LeakyIntegrator(num, V_initializer=bp.init.Constant(0.0), **kwargs)


def make(target, jit, **kwargs):
    """A runner that is stepped where it is meant to be."""
    return bp.DSRunner(target, jit=jit, progress_bar=False, **kwargs)


def inputs_seen(jit, inputs, steps=5, num=2):
    group = cell(num)
    if callable(inputs):
        given = inputs(group)
    else:
        given = [(group.input, *one) for one in inputs]
    runner = make(bp.Network(group=group), jit, inputs=given, monitors=['group.input'])
    runner.run(steps * 0.1)
    return runner.mon['group.input'].tolist()


# ---- inputs --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ('listed', 'expected'),
    [
        ([(2.0, 'fix', '*'), (3.0, 'fix', '+'), (10.0, 'fix', '=')], 26.0),
        ([(4.0, 'fix', '/'), (3.0, 'fix', '-'), (11.0,)], 2.0),
        ([(lambda s: 5.0, 'func', '='), (np.full(5, 3.0), 'iter', '+'), (1.0,)], 5.0),
        ([(lambda s: 2.0, 'func', '*'), (np.full(5, 3.0), 'iter', '+'), (1.0,)], 8.0),
        ([(lambda s: 2.0, 'func', '*'), (itertools.repeat(3.0), 'iter', '+'), (1.0,)], 5.0),
        ([(1,), (2,), (np.float32(3),)], 6.0),
    ],
)
def test_the_order_of_operations(jit, listed, expected):
    assert inputs_seen(jit, listed) == [[expected, expected]] * 5


@pytest.mark.parametrize(
    'value',
    [
        np.arange(5.0),
        list(range(5)),
        tuple(range(5)),
        bm.arange(5.0),
        np.arange(5.0)[:, None],
        np.arange(5.0)[:, None] * np.ones(2),
        range(5),
    ],
)
def test_rows(jit, value):
    assert inputs_seen(jit, [(value, 'iter')]) == [[i, i] for i in range(5)]


def test_iterators_are_asked_in_every_step(jit):
    assert inputs_seen(jit, [((float(x) for x in range(5)), 'iter')]) == [[i, i] for i in range(5)]
    with pytest.raises(bp.errors.RunningError, match='exhausted at step 3'):
        inputs_seen(jit, [(iter([1.0, 2.0, 3.0]), 'iter')])


def test_values_for_each_neuron(jit):
    assert inputs_seen(jit, [([1.0, 2.0],)], steps=1) == [[1.0, 2.0]]
    assert inputs_seen(jit, [(lambda s: [1.0, s.i], 'func')], steps=2) == [[1.0, 0.0], [1.0, 1.0]]


def test_functions_are_told_the_start_of_the_step(jit):
    seen = []

    def function(shared):
        seen.append((shared.t, shared['t'], shared['i'], shared.dt, shared.fit, bp.share['t']))
        return 0.0

    inputs_seen(jit, [(function, 'func')], steps=3)
    assert seen == [(i * 0.1, i * 0.1, i, 0.1, False, i * 0.1) for i in range(3)]


def test_one_function_for_everything(jit):
    def inputs(group):
        def apply(shared):
            group.input += shared['i']
            group.input[0] = -1.0

        return apply

    assert inputs_seen(jit, inputs, steps=3) == [[-1.0, 0.0], [-1.0, 1.0], [-1.0, 2.0]]


def test_a_variable_as_a_constant_is_read_in_every_step(jit):
    drive = bm.Variable(bm.ones(2))
    group = cell()
    runner = make(bp.Network(group=group), jit, inputs=('group.input', drive), monitors=['group.input'])
    runner.run(0.1)
    drive[:] = 3.0
    runner.run(0.1)
    assert runner.mon['group.input'].tolist() == [[3.0, 3.0]]


def test_targets_by_every_kind_of_name(jit):
    group = cell(name='given_name')
    net = bp.Network(alias=group, inner=bp.Network(deep=cell(name='deeper')))
    values = ['given_name.input', 'alias.input', 'inner.deep.input', 'deeper.input', group.input]
    runner = make(net, jit, inputs=[(key, 1.0) for key in values], monitors=['alias.input', 'inner.deep.input'])
    runner.run(0.1)
    assert runner.mon['alias.input'].tolist() == [[3.0, 3.0]]
    assert runner.mon['inner.deep.input'].tolist() == [[2.0, 2.0]]
    alone = make(group, jit, inputs=('input', 4.0), monitors=['input'])
    alone.run(0.1)
    assert alone.mon.input.tolist() == [[4.0, 4.0]]


def test_input_to_other_variables_is_not_cleared(jit):
    group = bp.neurons.LeakyIntegrator(1, tau=1e12, V_initializer=bp.init.Constant(0.0))
    runner = make(bp.Network(group=group), jit, inputs=('group.V', 1.0), monitors=['group.V'])
    runner.run(0.3)
    assert runner.mon['group.V'][:, 0] == pytest.approx([1.0, 2.0, 3.0])


def test_rows_count_on_across_runs_and_must_suffice(jit):
    group = cell(1)
    runner = make(bp.Network(g=group), jit, inputs=('g.input', np.arange(4.0), 'iter'), monitors=['g.input'])
    runner.run(0.2)
    runner.run(0.2)
    assert runner.mon['g.input'][:, 0].tolist() == [2.0, 3.0]
    with pytest.raises(bp.errors.RunningError, match='g.input has 4 rows, but the run needs those of the steps 4 to 4'):
        runner.run(0.1)
    assert runner.i0 == 4
    runner.reset_state()
    runner.run(0.1)
    assert runner.mon['g.input'][:, 0].tolist() == [0.0]


def test_rows_that_are_too_few_in_compatibility(jit):
    bm.set_compat('brainpy_2_4')
    assert inputs_seen(jit, [(np.arange(3.0), 'iter')]) == [[i, i] for i in (0, 1, 2, 2, 2)]


@pytest.mark.parametrize(
    ('inputs', 'error', 'message'),
    [
        (3, ValueError, '"inputs" must be a tuple/list.'),
        ('V', ValueError, '"inputs" must be a tuple/list.'),
        ((1, 2, 3), ValueError, 'Unknown input structure, only support inputs with format of'),
        ([('V', 1.0), 3], ValueError, 'Unknown input structure'),
        (('V',), ValueError, r'For each target, you must specify "\(target, value, \[type, operation\]\)".'),
        (('V', 1.0, 'foo'), ValueError, r"""Input type only supports "\['fix', 'iter', 'func'\]", not "foo"."""),
        (('V', 1.0, '+'), ValueError, 'Input type only supports'),
        (('V', 1.0, 'fix', '%'), ValueError, r"""Input operation only supports "\['-', .*\]", not "%"."""),
        (('foo', 1.0), ValueError, 'Input target key "foo" is not defined in LeakyIntegrator'),
        (('foo.V', 1.0), ValueError, 'Input target "foo" is not defined in LeakyIntegrator'),
        (('tau', 1.0), ValueError, 'is not a dynamically changed Variable, its value will not change'),
        (('V', 3.0, 'iter'), ValueError, 'is set to be "iter" type, however we got the value with the type of'),
        (('V', 3.0, 'func'), ValueError, 'is set to be "func" type, however we got the value with the type of'),
        (('V', np.ones(3)), ValueError, r'has the shape \(3,\), which does not fit its target of \(2,\)'),
        (('V', np.ones((9, 3)), 'iter'), ValueError, r'a row of the input of V has the shape \(3,\)'),
        (('V', 'a'), ValueError, 'must be made of numbers'),
        (('V', np.ones((0, 2)), 'iter'), ValueError, 'has no rows'),
    ],
)
def test_inputs_that_are_refused(inputs, error, message):
    with pytest.raises(error, match=message):
        bp.DSRunner(cell(), inputs=inputs)


# ---- monitors ------------------------------------------------------------------------------------------------------


def test_monitors_by_every_kind_of_name(jit):
    group = cell(3, name='unique')
    net = bp.Network(g=group)
    runner = make(net, jit, monitors=['g.V', ('unique.V',), ('g.input', 1)], inputs=('g.input', 1.0))
    assert not runner.mon and runner.mon.var_names == ('g.V', 'unique.V', 'g.input')
    runner.run(0.4)
    assert list(runner.mon) == [*runner.mon.var_names, 'ts'] == ['g.V', 'unique.V', 'g.input', 'ts']
    assert runner.mon['g.V'].shape == (4, 3) and runner.mon['g.input'].shape == (4, 1)
    assert np.array_equal(runner.mon['g.V'], runner.mon['unique.V'])
    assert type(runner.mon['g.V']) is np.ndarray and runner.mon.ts is runner.mon['ts']


def test_monitors_as_a_dict(jit):
    group = cell(3)
    net = bp.Network(g=group)
    given = {
        'all': group.V,
        'some': (group.V, [2, -3]),
        'one': (group.V, 1),
        'named': 'g.V',
        'named_some': ('g.V', slice(0, 2)),
        'view': group[1:].V,
        'called': lambda s: (s.t, {'i': s['i'], 'sum': group.V.value.sum()}),
        'flag': lambda s: s['i'] > 0,
    }
    runner = make(net, jit, monitors=given, inputs=('g.input', [1.0, 2.0, 3.0]))
    runner.run(0.2)
    mon = runner.mon
    assert np.array_equal(mon.some, mon.all[:, [2, 0]]) and np.array_equal(mon.one, mon.all[:, [1]])
    assert np.array_equal(mon.named, mon.all) and np.array_equal(mon.named_some, mon.all[:, :2])
    assert np.array_equal(mon.view, mon.all[:, 1:])
    t, rest = mon.called
    assert t.tolist() == [0.1, 0.2] and rest['i'].tolist() == [0, 1]
    assert rest['sum'] == pytest.approx(mon.all.sum(axis=1))
    assert mon.flag.tolist() == [False, True] and mon.flag.dtype == bool


def test_monitors_of_a_geometry(jit):
    group = bp.neurons.LIF((2, 3), keep_size=True)
    runner = make(bp.Network(g=group), jit, monitors={'V': group.V, 'row': (group.V, 1), 'one': (group.V, ([1], [2]))})
    runner.run(0.3)
    assert (runner.mon.V.shape, runner.mon.row.shape, runner.mon.one.shape) == ((3, 2, 3), (3, 1, 3), (3, 1))


def test_spikes_are_flags_or_events(jit):
    group = bp.neurons.SpikeTimeGroup(3, [0.0, 0.35, 0.35, 1.0], [2, 0, 1, 2])
    net = bp.Network(g=group)
    runner = make(net, jit, monitors=['g.spike', bp.Spikes('g')])
    runner.run(0.2)
    runner.run(1.2)
    flags, events = runner.mon['g.spike'], runner.mon.g
    steps, neurons = np.nonzero(flags)
    assert flags.dtype == bool
    assert events.indices.tolist() == neurons.tolist() == [0, 1, 2]
    assert events.times.tolist() == runner.mon.ts[steps].tolist()
    assert events.steps.tolist() == [4, 4, 10]
    assert events.of(2).tolist() == [pytest.approx(1.1)] and len(events) == 3 and events.rows.size == 0
    assert repr(events) == 'Events(3 spikes of 3 neurons, 0.5 to 1.1 ms)'
    with pytest.raises(IndexError):
        events.of(3)
    by_object = make(net, jit, monitors={'x': bp.Spikes(group[1:])})
    by_object.run(0.1)
    assert repr(by_object.mon.x).startswith('Events(')


@pytest.mark.parametrize(
    ('monitors', 'error', 'message'),
    [
        ('V', ValueError, "We only supports a format of list/tuple/dict of \"vars\", while we got <class 'str'>."),
        (['foo'], bp.errors.RunningError, 'does not has variable foo.'),
        (['foo.V'], bp.errors.MonitorError, 'Cannot find target foo.V in monitor of LeakyIntegrator'),
        (['a.b.c'], bp.errors.MonitorError, 'Cannot find target a.b.c in monitor'),
        ([3], bp.errors.MonitorError, "We do not support monitor with <class 'int'>: 3"),
        ([('V', 1, 2)], bp.errors.MonitorError, r'We expect the monitor format with \(name, index\)'),
        ({3: 'V'}, bp.errors.MonitorError, 'Expect the key of the dict "monitors" must be a string'),
        ({'a': 3}, bp.errors.MonitorError, 'The value of dict monitor expect a sequence with'),
        (['tau'], bp.errors.MonitorError, 'which is not a Variable'),
        ([('V', 2)], IndexError, r'The index of monitor V does not fit its shape \(2,\)'),
        ([('V', 'a')], bp.errors.MonitorError, 'must be made of integers'),
        ([bp.Spikes('foo')], bp.errors.MonitorError, 'Cannot find target foo in monitor'),
    ],
)
def test_monitors_that_are_refused(monitors, error, message):
    with pytest.raises(error, match=message):
        bp.DSRunner(cell(), monitors=monitors)


def test_the_last_of_two_monitors_with_one_name_counts(jit):
    runner = make(cell(3), jit, monitors=[('V', 0), ('V', [0, 1])])
    runner.run(0.2)
    assert runner.mon.V.shape == (2, 2)


# ---- time ----------------------------------------------------------------------------------------------------------

DURATIONS = [
    *[(0.3, 3, 2), (0.6, 6, 5), (0.7, 7, 6), (2.3, 23, 22), (0.5, 5, 5), (1.0, 10, 10), (1.1, 11, 11)],
    (150, 1500, 1500),
    *[(0.35, 3, 3), (0, 0, 0), (np.float32(0.5), 5, 5), ([0.5], 5, 5)],
]


@pytest.mark.parametrize(('duration', 'steps', 'steps_2_4'), DURATIONS)
def test_numbers_of_steps(jit, duration, steps, steps_2_4):
    runner = make(bp.Network(g=cell()), jit, monitors=['g.V'])
    runner.run(duration)
    assert runner.mon.ts.shape == (steps,) and runner.mon['g.V'].shape == (steps, 2)
    bm.set_compat('brainpy_2_4')
    runner = make(bp.Network(g=cell()), jit, monitors=['g.V'])
    runner.run(duration)
    assert runner.mon.ts.shape == (steps_2_4,)


def test_the_clock_goes_on(jit):
    runner = make(bp.Network(g=cell()), jit, t0=5.0)
    runner.run(0.3)
    assert runner.mon.ts.tolist() == [5.0 + k * 0.1 + 0.1 for k in range(3)]
    assert (runner.t0, runner.i0) == (5.0 + 3 * 0.1, 3)
    runner.run(0.3)
    assert runner.mon.ts.tolist() == [5.0 + k * 0.1 + 0.1 for k in range(3, 6)]
    runner.reset_state()
    assert (runner.t0, runner.i0) == (5.0, 0)
    runner.run(0.1)
    assert runner.mon.ts.tolist() == [5.1]


def test_the_clock_in_compatibility(jit):
    bm.set_compat('brainpy_2_4')
    runner = make(bp.Network(g=cell()), jit)
    runner.run(0.3)
    assert runner.mon.ts == pytest.approx([0.1, 0.2])
    runner.run(0.3)
    assert runner.mon.ts == pytest.approx([0.4, 0.5])
    assert (runner.t0, runner.i0) == (0.6, 4)
    runner.reset_state()
    runner.run(0.35)
    assert runner.t0 == 0.35


def test_split_runs_give_the_values_of_one(jit):
    runs = []
    for pieces in ([5.0], [1.3, 0.1, 3.6]):
        group = bp.neurons.HH(2, V_initializer=bp.init.Constant(-65.0))
        runner = make(bp.Network(g=group), jit, inputs=('g.input', 7.0), monitors=['g.V'])
        parts = []
        for piece in pieces:
            runner.run(piece)
            parts.append(runner.mon['g.V'])
        runs.append(np.concatenate(parts))
    assert np.array_equal(*runs)


@pytest.mark.parametrize('duration', [-1.0, float('nan'), float('inf')])
def test_durations_that_are_refused(duration):
    runner = bp.DSRunner(cell())
    with pytest.raises(ValueError, match='"duration" must be finite and not negative'):
        runner.run(duration)
    with pytest.raises(ValueError, match='Please provide "duration" or "inputs".'):
        runner.run()
    with pytest.raises(TypeError):
        runner.run('a')


def test_options_that_are_refused():
    with pytest.raises(bp.errors.RunningError, match='"target" must be an instance of DynamicalSystem, but we got'):
        bp.DSRunner(3)
    with pytest.raises(bp.errors.RunningError, match='"dt" must be float, but got'):
        bp.DSRunner(cell(), dt='a')
    for dt in (0.0, -0.1, float('nan')):
        with pytest.raises(bp.errors.RunningError, match='"dt" must be positive and finite'):
            bp.DSRunner(cell(), dt=dt)
    with pytest.raises(ValueError, match='Unknown "jit" setting: 3'):
        bp.DSRunner(cell(), jit=3)
    with pytest.raises(ValueError, match='"numpy_mon_after_run" can not be False'):
        bp.DSRunner(cell(), memory_efficient=True, numpy_mon_after_run=False)
    with pytest.raises(ValueError, match='"data_first_axis" must be "T" or "B"'):
        bp.DSRunner(cell(), data_first_axis='x')
    with pytest.raises(TypeError, match='"progress_bar" must be a bool'):
        bp.DSRunner(cell(), progress_bar=3)


def test_the_runner_has_a_time_step_of_its_own(jit):
    bm.set_dt(0.2)
    assert bp.DSRunner(cell()).dt == 0.2
    runner = make(bp.Network(g=cell()), jit, dt=0.05)
    runner.run(0.1)
    assert runner.mon.ts.tolist() == [0.05, 0.1]


# ---- what a run returns --------------------------------------------------------------------------------------------


def test_outputs(jit):
    group = bp.neurons.LIF(2)
    runner = make(group, jit, inputs=('input', 50.0), monitors=['spike'])
    spikes = runner.run(8.0)
    assert isinstance(spikes, bm.Array)
    assert np.array_equal(spikes, runner.mon.spike) and spikes.any()
    assert make(bp.Network(g=group), jit).run(0.3) is None
    seconds, output = make(group, jit)(0.3, eval_time=True)
    assert seconds > 0 and output.shape == (3, 2)
    assert make(group, jit, memory_efficient=True).predict(0.3) is None
    assert isinstance(make(group, jit, monitors=['V'], numpy_mon_after_run=False).run(0.1), bm.Array)


def test_inputs_of_a_run_are_arguments_of_the_target(jit):
    group = cell()
    runner = make(group, jit, monitors=['input'])
    rows = np.arange(6.0).reshape(3, 2)
    out = runner.run(inputs=rows)
    assert np.array_equal(runner.mon.input, rows) and out.shape == (3, 2)
    assert runner.i0 == 3
    with pytest.warns(UserWarning, match='no longer need to provide "duration"'):
        runner.run(9.0, inputs=rows)
    assert runner.mon.ts.shape == (3,)
    with pytest.raises(ValueError, match='"inputs" must have axis 0, time, of one length'):
        runner.run(inputs=(np.ones(3), np.ones(4)))
    net = make(bp.Network(g=group), jit, monitors=['g.input'])
    net.run(inputs=rows)
    assert np.array_equal(net.mon['g.input'], np.zeros((3, 2)))


def test_reset_state(jit):
    group = bp.neurons.LIF(2, V_initializer=bp.init.Constant(3.0))
    runner = make(bp.Network(g=group), jit, monitors=['g.V'])
    runner.run(0.5)
    first = runner.mon['g.V']
    runner.run(0.5, reset_state=True)
    assert np.array_equal(first, runner.mon['g.V']) and runner.mon.ts[0] == 0.1
    runner.reset_state()  # leaves the network as it is
    runner.run(0.5)
    assert runner.mon['g.V'][0, 0] < first[-1, 0]


def test_shared_arguments(jit):
    seen = []
    runner = make(cell(), jit, inputs=lambda s: seen.append((s.extra, bp.share['extra'])))
    runner.run(0.2, shared_args={'extra': 4})
    assert seen == [(4, 4), (4, 4)]
    assert bp.share.get_shargs() == {}
    bp.share.save(own=5)  # not the runner's: it stays
    runner.run(0.2, shared_args={'extra': 4})
    assert bp.share.get_shargs() == {'own': 5}
    with pytest.raises(TypeError):
        runner.run(0.1, shared_args=3)


def test_batches(jit):
    with bm.batching_environment(batch_size=5):
        group = bp.neurons.LIF(3)
        net = bp.Network(g=group)
        out = make(group, jit).run(0.7)
    rows = np.arange(15.0).reshape(5, 3)
    shapes = {}
    for axis in (None, 'T'):
        monitors = {'V': group.V, 'some': (group.V, [2, 0]), 'one': lambda s: s['t']}
        runner = make(net, jit, data_first_axis=axis, inputs=('g.input', rows), monitors=monitors)
        runner.run(0.7, reset_state=True)
        shapes[axis] = {key: runner.mon[key].shape for key in ('V', 'some', 'one')}
        last = runner.mon.V[:, -1] if axis is None else runner.mon.V[-1]
        assert np.array_equal(last, group.V.value)
    assert shapes[None] == {'V': (5, 7, 3), 'some': (5, 7, 2), 'one': (7,)}
    assert shapes['T'] == {'V': (7, 5, 3), 'some': (7, 5, 2), 'one': (7,)}
    assert out.shape == (5, 7, 3)
    assert make(group, jit).run(inputs=np.ones((2, 4, 3)), reset_state=True).shape == (2, 4, 3)


# ---- interruptions -------------------------------------------------------------------------------------------------


def interrupted(jit, what):
    group = cell(1)

    def drive(shared):
        if shared['i'] == 3 and not done:
            done.append(True)
            what()
        return 1.0

    done = []
    return make(bp.Network(g=group), jit, inputs=('g.input', drive, 'func'), monitors=['g.V'])


def test_ctrl_c_keeps_what_was_recorded(jit):
    runner = interrupted(jit, lambda: signal.raise_signal(signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        runner.run(1.0)
    done = len(runner.mon.ts)
    assert done in (3, 4) and runner.mon['g.V'].shape == (done, 1) and runner.i0 == done
    before = runner.mon['g.V'][-1, 0]
    runner.run(0.2)
    assert runner.mon.ts == pytest.approx([(done + 1) * 0.1, (done + 2) * 0.1])
    assert runner.mon['g.V'][0, 0] > before


def test_an_error_keeps_what_was_recorded(jit):
    def fail():
        raise RuntimeError('of the user')

    runner = interrupted(jit, fail)
    with pytest.raises(RuntimeError, match='of the user'):
        runner.run(1.0)
    assert runner.mon['g.V'].shape == (3, 1) and runner.i0 == 3
    assert bp.share.get_shargs() == {}
    assert runner.target.g.input[0] == 0.0


def test_a_monitor_that_fails_leaves_whole_steps(jit):
    group = bp.neurons.SpikeTimeGroup(1, [0.0, 0.1, 0.2, 0.3], [0, 0, 0, 0])
    monitors = {'x': bp.Spikes(group), 'y': group.spike, 'z': lambda s: 1 / (2 - s['i'])}
    runner = make(bp.Network(g=group), jit, monitors=monitors)
    with pytest.raises(ZeroDivisionError):
        runner.run(1.0)
    assert runner.mon.x.steps.tolist() == [0, 1] and runner.mon.y.shape == (2, 1) and runner.mon.z.tolist() == [0.5, 1]
    assert runner.i0 == 3 and len(runner.mon.ts) == 2  # the step was made, but not recorded


# ---- display -------------------------------------------------------------------------------------------------------


def test_display(jit):
    runner = make(bp.Network(g=cell()), jit, monitors=['g.V'], inputs=('g.input', 1.0))
    assert 'g.V' in repr(runner) and 'dt=0.1' in repr(runner)
    runner.run(0.3)
    assert 'float64 (3, 2)' in runner._repr_html_()


def test_the_bar_is_shown_to_people_only(monkeypatch, capsys):
    from bouton.running import progress

    with progress.Progress(10, wanted=True) as bar:
        assert not bar.is_wanted
    monkeypatch.setattr(progress, 'is_shown', lambda: True)
    monkeypatch.setattr(progress, '_PATIENCE', 0.0)
    with progress.Progress(10, wanted=True) as bar:
        bar(4)
        bar(10)
    assert '10/10' in capsys.readouterr().err
    with progress.Progress(10, wanted=False) as bar:
        bar(4)
    assert capsys.readouterr().err == ''


def test_threads_do_not_change_values():
    def run(threads):
        pre, post = (bp.neurons.HH(3000, V_initializer=bp.init.Constant(V)) for V in (-65.0, -60.0))
        syn = bp.synapses.AMPA(pre, post, bp.conn.FixedProb(0.01, seed=1))
        net = bp.Network(pre=pre, syn=syn, post=post)
        runner = bp.DSRunner(net, inputs=('pre.input', 10.0), monitors=['post.V'], progress_bar=False, threads=threads)
        runner.run(5.0)
        return runner.mon['post.V']

    once = run(1)
    for threads in (0, 2, 3, 40):
        assert np.array_equal(run(threads), once)


@pytest.mark.parametrize('threads', [-1, 0.5, 1025, 10**6, 1 << 32, [1, 2]])
def test_threads_out_of_range(threads):
    with pytest.raises(ValueError, match='threads'):
        bp.DSRunner(bp.neurons.LIF(1), progress_bar=False, threads=threads).run(1.0)


def test_messages_name_objects_in_one_line():
    net = bp.Network(a=bp.neurons.LIF(2), b=bp.neurons.LIF(2))
    wrong = [
        {'monitors': ['c.V']}, {'monitors': ['foo']}, {'monitors': ['a.foo']}, {'monitors': ['a']},
        {'monitors': [bp.Spikes('c')]}, {'inputs': ('foo', 1.0)}, {'inputs': ('a.foo', 1.0)},
        {'inputs': ('c.V', 1.0)}, {'inputs': ('a.size', 1.0)}, {'inputs': [(net, 1.0)]},
    ]  # fmt: skip
    for options in wrong:
        with pytest.raises(ValueError, match='.') as error:
            bp.DSRunner(net, **options)
        assert '\n' not in str(error.value) and len(str(error.value)) < 150, error.value


@pytest.mark.parametrize('value', [None, 'x', np.ones(7), np.ones((2, 3)), object()])
def test_functions_that_give_no_input(jit, value):
    group = cell(3)
    runner = make(group, jit, inputs=('input', lambda shared: value, 'func'))
    with pytest.raises(ValueError, match='The input of input') as error:
        runner.run(0.2)
    assert '\n' not in str(error.value)
    assert not group.V.any()


def test_impossible_durations(jit):
    runner = make(cell(1), jit, monitors=['V'])
    for duration in (-1.0, np.nan, np.inf, 1e300, 'x', [1.0, 2.0]):
        with pytest.raises((ValueError, TypeError), match='"duration"'):
            runner.run(duration)
    runner.run(0.2)
    assert runner.mon.V.shape == (2, 1)


@pytest.mark.parametrize('jit', [True, False], ids=['core', 'python'])
@pytest.mark.parametrize('monitors', [[], ['V'], ['spike', 'input']])
def test_a_run_that_cannot_be_recorded_is_refused(monitors, jit):
    cells = bp.neurons.LIF(3)
    runner = bp.DSRunner(cells, monitors=monitors, jit=jit, progress_bar=False)
    runner.run(0.2)
    with pytest.raises(ValueError, match=r'^a run of 1e\+15 steps is recorded in [0-9.]+ PiB, but the machine has '):
        runner.run(1e14)
    with pytest.raises(ValueError, match=r'steps is recorded in'):
        runner.run(1e14, reset_state=True)
    assert runner.i0 == 2 and len(runner.mon.ts) == 2
    runner.run(0.1)
    assert runner.i0 == 3


def test_a_network_that_contains_itself():
    for make in (bp.Network, bp.Container):
        net = make(cells=bp.neurons.LIF(2))
        net.itself = net
        inner = make(bp.neurons.LIF(2))
        outer = make(inner=inner)
        inner.around = outer
        bp.share.save(t=0.0, dt=0.1, i=0)
        for one in (net, outer):
            assert repr(one) and one.nodes() and one.vars()
            for use in (
                lambda one=one: bp.DSRunner(one, progress_bar=False).run(0.1),
                lambda one=one: bp.DSRunner(one, progress_bar=False, jit=False).run(0.1),
                lambda one=one: one.update({'t': 0.0, 'dt': 0.1}),
                one.reset_state,
                one.clear_input,
            ):
                with pytest.raises(ValueError, match=f'^{one.name} contains itself, so that a step of it would never'):
                    use()
        bp.share.clear()


def test_a_record_that_is_not_there():
    runner = bp.DSRunner(bp.neurons.LIF(2), monitors=['V', 'spike'], progress_bar=False)
    for name in ('V', 'ts'):
        assert name not in runner.mon and runner.mon.get(name) is None
    with pytest.raises(KeyError, match='"V" has not been recorded yet: run the runner first'):
        runner.mon['V']
    with pytest.raises(AttributeError, match='"V" has not been recorded yet: run the runner first'):
        runner.mon.V  # noqa: B018
    runner.run(0.2)
    assert runner.mon.V is runner.mon['V'] and set(runner.mon) == {'V', 'spike', 'ts'}
    with pytest.raises(KeyError, match='there is no record "W"; there are V, spike'):
        runner.mon['W']
    assert not hasattr(runner.mon, 'W') and not hasattr(runner.mon, '__array__')
