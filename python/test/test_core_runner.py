# SPDX-License-Identifier: Apache-2.0
"""The runner of the core: what goes in, what comes out, and how a run ends before its time."""

import gc
import subprocess
import sys
import textwrap
import threading
import weakref

import numpy as np
import pytest

from bouton import _core


class Net:
    """Two populations and a synapse."""

    def __init__(self, batch_size=None, precision="float64", brainpy_2_4=False, size=3):
        settings = _core.Settings(
            seed=1, batch_size=batch_size, precision=precision, brainpy_2_4=brainpy_2_4
        )
        self.pre, self.post = (
            _core.Population.neuron(name, "LIF", size, initial={"V": -60}, settings=settings)
            for name in ("pre", "post")
        )
        self.syn = _core.Projection("syn", self.pre, self.post, _core.all_to_all(), "AMPA")
        self.net = _core.Network(settings)
        for part in (self.pre, self.post, self.syn):
            self.net.add(part.name, part)

    def runner(self, **options):
        options.setdefault("inputs", [(self.pre.variable("input"), 60.0, "+", "fix")])
        options.setdefault("monitors", [("V", self.post.variable("V"), None, 1)])
        return _core.Runner(self.net, **options)


# ---- inputs ----------------------------------------------------------------------------------------------------------


def recorded_input(*inputs, steps=3, **options):
    net = Net(**options)
    target = net.post.variable("input")
    runner = net.runner(
        inputs=[(target, *given) for given in inputs], monitors=[("input", target, None, 1)], data_first_axis="T"
    )
    runner.run_steps(steps)
    return runner.recording()["input"]


def test_constant_inputs():
    assert recorded_input((2, "+", "fix"), ([1, 2, 3], "*", "fix"))[0].tolist() == [2, 4, 6]
    in_any_order = recorded_input((2, "*", "fix"), (3, "+", "fix"), (10, "=", "fix"))
    assert in_any_order[0].tolist() == [26] * 3
    assert recorded_input((8, "=", "fix"), (2, "/", "fix"), (1, "-", "fix"))[0].tolist() == [3.5] * 3
    batch = recorded_input((np.arange(6).reshape(2, 3), "+", "fix"), batch_size=2)
    assert batch[0].tolist() == [[0, 1, 2], [3, 4, 5]]


def test_inputs_that_are_rows_over_time():
    assert recorded_input(([1, 2, 3], "+", "iter"))[:, 0].tolist() == [1, 2, 3]
    rows = np.arange(9).reshape(3, 3)
    assert recorded_input((rows, "+", "iter")).tolist() == rows.tolist()
    with pytest.raises(IndexError, match="index 3 of the rows"):
        recorded_input((rows, "+", "iter"), steps=4)
    assert recorded_input(([1, 2], "+", "iter"), brainpy_2_4=True, steps=4)[:, 0].tolist() == [1, 2, 2, 2]


def test_inputs_that_are_functions():
    def ramp(t, dt, i):
        assert isinstance(i, int) and dt == 0.1 and t == pytest.approx(0.1 * i)
        return [i, 0, 1]

    assert recorded_input((ramp, "+", "func")).tolist() == [[0, 0, 1], [1, 0, 1], [2, 0, 1]]
    assert recorded_input((lambda t, dt, i: np.float32(2), "+", "func"))[0].tolist() == [2] * 3
    with pytest.raises(ZeroDivisionError):
        recorded_input((lambda t, dt, i: 1 / 0, "+", "func"))
    with pytest.raises(TypeError, match=r"the input of post\.input must be a number"):
        recorded_input((lambda t, dt, i: None, "+", "func"))
    with pytest.raises(ValueError, match="has 2 values in this step"):
        recorded_input((lambda t, dt, i: [1, 2], "+", "func"))


def test_inputs_that_are_many_spike_trains():
    draws = recorded_input(((1000, 50.0, 0.5, None), "+", "poisson"), steps=2000)
    assert len(np.unique(draws)) > 5
    mean, variance = 1000 * 0.005, 1000 * 0.005 * 0.995
    assert abs(draws.mean() - 0.5 * mean) < 5 * np.sqrt(0.25 * variance / draws.size)
    again, other = (recorded_input(((1000, 50.0, 0.5, seed), "+", "poisson"), steps=20) for seed in (1, 2))
    assert not np.array_equal(again, other)
    for wrong in ((-1, 1.0, 1.0, None), (1, -1.0, 1.0, None), (1, 1.0, np.nan, None), (1, 1e9, 1.0, None)):
        with pytest.raises(ValueError):
            recorded_input((wrong, "+", "poisson"))


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ((1.0, "+", "foo"), ValueError),
        ((1.0, "%", "fix"), ValueError),
        ((1.0, 3, "fix"), TypeError),
        ((1.0, "+"), TypeError),
        (("a", "+", "fix"), TypeError),
        (([1, 2], "+", "fix"), ValueError),
        (([], "+", "iter"), ValueError),
        ((np.zeros((3, 2)), "+", "iter"), ValueError),
        ((3, "+", "func"), TypeError),
    ],
)
def test_inputs_that_cannot_be(given, error):
    with pytest.raises(error):
        recorded_input(given)


# ---- monitors --------------------------------------------------------------------------------------------------------


def test_records_have_the_type_of_their_variable():
    for precision in ("float64", "float32"):
        net = Net(precision=precision)
        monitors = [("V", net.pre.variable("V"), [2, 0], 1), ("spike", net.pre.variable("spike"), None, 2)]
        runner = net.runner(monitors=monitors)
        runner.run_steps(301)
        record = runner.recording()
        assert list(record) == ["V", "spike"] and runner.ts.shape == (301,)
        assert record["V"].shape == (301, 2) and record["V"].dtype == precision
        assert record["spike"].shape == (151, 3) and record["spike"].dtype == bool
        assert record["spike"].any()
        assert runner.ts[0] == 0.1 and runner.t == pytest.approx(30.1) and runner.step == 301


def test_axes_of_a_batch():
    shapes = {}
    for first_axis in (None, "T", "B"):
        net = Net(batch_size=2)
        runner = net.runner(data_first_axis=first_axis)
        runner.run_steps(5)
        shapes[first_axis] = runner.recording()["V"].shape
    assert shapes == {None: (2, 5, 3), "T": (5, 2, 3), "B": (2, 5, 3)}
    with pytest.raises(ValueError, match="data_first_axis"):
        net.runner(data_first_axis="X")


def test_spikes_as_events():
    net = Net(batch_size=2)
    monitors = [("events", net.pre, None, 1), ("spike", net.pre.variable("spike"), None, 1)]
    runner = net.runner(monitors=monitors, data_first_axis="T")
    runner.run_steps(400)
    events = runner.events["events"]
    steps, rows, indices = np.nonzero(runner.recording()["spike"])
    assert len(steps) > 0
    np.testing.assert_array_equal(events["steps"], steps)
    np.testing.assert_array_equal(events["rows"], rows)
    np.testing.assert_array_equal(events["indices"], indices)
    np.testing.assert_array_equal(events["times"], runner.ts[steps])


def test_functions_record_what_they_return():
    net = Net()
    kept = net.post.variable("V").array()
    functions = {"time": lambda t, dt, i: t, "V": lambda t, dt, i: kept, "flag": lambda t, dt, i: [[i % 2 == 0]]}
    runner = net.runner(monitors=[(key, function, None, 1) for key, function in functions.items()])
    runner.run_steps(4)
    record = runner.recording()
    np.testing.assert_array_equal(record["time"], runner.ts)
    assert record["V"].shape == (4, 3) and len(np.unique(record["V"][:, 0])) == 4
    assert record["flag"].shape == (4, 1, 1) and record["flag"].dtype == bool
    uneven = net.runner(monitors=[("x", lambda t, dt, i: np.zeros(1 + i % 7), None, 1)])
    with pytest.raises(ValueError, match=r"monitor x gave an array of shape \(2,\), but of shape \(1,\) before"):
        uneven.run_steps(9)
    with pytest.raises(TypeError, match="the source of monitor x must be callable"):
        net.runner(monitors=[("x", 3, None, 1)])
    with pytest.raises(ValueError, match="every"):
        net.runner(monitors=[("x", net.pre.variable("V"), None, 0)])


def test_records_are_replaced_and_stay():
    net = Net()
    runner = net.runner()
    runner.run_steps(10)
    first = runner.recording()["V"]
    copy = first.copy()
    runner.run_steps(5)
    assert runner.recording()["V"].shape == (5, 3)
    del runner, net
    gc.collect()
    np.testing.assert_array_equal(first, copy)


def test_before_step():
    seen = []
    runner = Net().runner(before_step=lambda t, dt, i: seen.append((t, dt, i)))
    runner.run_steps(2)
    assert seen == [(0.0, 0.1, 0), (0.1, 0.1, 1)]


# ---- runs ------------------------------------------------------------------------------------------------------------


def test_runs_go_on():
    whole, parts = Net().runner(), Net().runner()
    whole.run_steps(300)
    V = []
    for steps in (100, 0, 150, 50):
        parts.run_steps(steps)
        V.append(parts.recording()["V"])
    np.testing.assert_array_equal(np.concatenate(V), whole.recording()["V"])
    parts.reset_state()
    assert (parts.t, parts.step) == (0, 0)


def test_durations():
    runner = Net().runner()
    runner.run(0.3)
    assert runner.step == 3
    compatible = Net(brainpy_2_4=True).runner()
    compatible.run(0.3)
    assert compatible.step == 2 and compatible.t == 0.3
    for wrong in (-1, float("nan"), float("inf")):
        with pytest.raises(ValueError):
            runner.run(wrong)
    for wrong in (-1, 1.5, "a"):
        with pytest.raises((ValueError, TypeError)):
            runner.run_steps(wrong)


def test_a_run_that_fails_keeps_what_was_before():
    net = Net()
    bad = [(net.post.variable("input"), lambda t, dt, i: np.nan if i == 7 else 0.0, "+", "func")]
    runner = net.runner(inputs=bad)
    with pytest.raises(_core.NonFiniteError, match=r"post\.V\[0\] became nan in step 7") as failure:
        runner.run_steps(20)
    assert isinstance(failure.value, (ValueError, FloatingPointError))
    assert (failure.value.variable, failure.value.index, failure.value.step) == ("post.V", 0, 7)
    assert runner.recording()["V"].shape == (7, 3)


def test_a_function_that_fails_ends_the_run_between_steps():
    net, straight = Net(), Net()

    def stop(t, dt, i):
        if i == 50 and not stopped:
            stopped.append(i)
            raise RuntimeError("enough")

    stopped = []
    runner, whole = net.runner(before_step=stop), straight.runner()
    with pytest.raises(RuntimeError, match="enough"):
        runner.run_steps(100)
    first = runner.recording()["V"]
    assert len(first) == len(runner.ts) == 50
    runner.run_steps(50)
    whole.run_steps(100)
    np.testing.assert_array_equal(np.concatenate([first, runner.recording()["V"]]), whole.recording()["V"])


def test_progress():
    seen = []
    runner = Net().runner()
    runner.run_steps(20_000, seen.append, interval=0)
    assert seen == sorted(seen) and all(0 < done <= 20_000 for done in seen)
    with pytest.raises(TypeError, match="progress must be None or callable"):
        runner.run_steps(1, 3)

    def fail(done):
        raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        runner.run_steps(10_000_000, fail, interval=0)
    assert len(runner.ts) < 10_000_000


def test_a_runner_does_not_run_inside_itself():
    runner = Net().runner(before_step=lambda t, dt, i: runner.run_steps(1))
    with pytest.raises(ValueError, match="this runner is running"):
        runner.run_steps(3)


def test_other_threads_run_meanwhile():
    """The run ends only because another thread of Python gets its turn."""
    net = Net()
    stop = threading.Event()
    started = threading.Event()

    def progress(done):
        started.set()
        if stop.is_set():
            raise RuntimeError("stopped")

    def watch():
        started.wait(60)
        stop.set()

    other = threading.Thread(target=watch)
    other.start()
    runner = net.runner(monitors=[])
    with pytest.raises(RuntimeError, match="stopped"):
        runner.run_steps(10**9, progress, interval=0)
    other.join()


def test_a_runner_held_by_its_own_functions_is_collected():
    class Owner:
        def __init__(self):
            self.runner = Net().runner(before_step=self.look)

        def look(self, t, dt, i):
            pass

    owner = Owner()
    owner.runner.run_steps(3)
    gone = weakref.ref(owner)
    del owner
    gc.collect()
    assert gone() is None


INTERRUPTED = """
    import os, signal, threading
    import numpy as np
    from bouton import _core

    def build():
        cells = _core.Population.neuron("cells", "HH", 50, settings=_core.Settings(seed=3))
        syn = _core.Projection("syn", cells, cells, _core.all_to_all(), "BioNMDA", delay_step=3)
        net = _core.Network(_core.Settings(seed=3))
        net.add("cells", cells), net.add("syn", syn)
        inputs = [(cells.variable("input"), 20.0, "+", "fix")]
        return _core.Runner(net, inputs, [("V", cells.variable("V"), None, 100)])

    runner = build()
    ready = threading.Event()
    threading.Thread(target=lambda: (ready.wait(), os.kill(os.getpid(), signal.SIGINT)), daemon=True).start()
    try:
        runner.run_steps(10**9, lambda done: ready.set(), interval=0)
    except KeyboardInterrupt:
        done = runner.step
    else:
        raise SystemExit("not interrupted")
    assert 0 < done == len(runner.ts) < 10**9
    first = runner.recording()["V"]
    assert len(first) == (done + 99) // 100
    rest = -done % 100 + 500  # on to the grid of the samples
    runner.run_steps(-done % 100)
    runner.run_steps(500)
    again = build()
    again.run_steps(done + rest)
    np.testing.assert_array_equal(np.concatenate([first, runner.recording()["V"]]), again.recording()["V"])
    print("continued")
"""


def test_ctrl_c_ends_a_run_that_can_go_on():
    """SIGINT comes while the run is under way; it stops between two steps, and the rest is the same to the last bit."""
    program = [sys.executable, "-c", textwrap.dedent(INTERRUPTED)]
    done = subprocess.run(program, capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout == "continued\n", done.stderr
