# SPDX-License-Identifier: Apache-2.0
"""Variables, populations and projections of the core as Python sees them."""

import gc

import numpy as np
import pytest

from bouton import _core

DT = 0.1


def step(*parts, i=0):
    for part in parts:
        getattr(part, "step", getattr(part, "update", None))(i * DT, DT, i)


@pytest.fixture
def cells():
    return _core.Population.neuron("cells", "HH", 4, settings=_core.Settings(seed=3))


# ---- variables -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("precision", ["float64", "float32"])
def test_an_array_is_the_values_themselves(precision):
    cells = _core.Population.neuron("cells", "LIF", 3, settings=_core.Settings(precision=precision))
    variable = cells.variable("V")
    V = variable.array()
    assert V.flags.writeable and not V.flags.owndata
    assert V.dtype == variable.dtype == precision
    V[:] = [1, 2, 3]
    assert variable.array().tolist() == [1, 2, 3]
    assert variable.array().ctypes.data == V.ctypes.data
    before = V.copy()
    step(cells)
    assert not np.any(V == before)


def test_spikes_are_booleans(cells):
    spike = cells.variable("spike")
    assert spike.dtype == bool and spike.array().dtype == bool
    spike.array()[2] = True
    spike.touch()
    assert cells.spikes().tolist() == [2]


def test_shapes(cells):
    V = cells.variable("V")
    assert (V.name, V.shape, V.num, V.batched) == ("cells.V", (4,), 4, False)
    batch = _core.Settings(batch_size=5)
    sheet = _core.Population.neuron("sheet", "LIF", (2, 3), keep_size=True, settings=batch)
    V = sheet.variable("V")
    assert (sheet.size, sheet.num, V.shape, V.num, V.batched) == ((2, 3), 6, (5, 2, 3), 6, True)
    assert V.array().shape == (5, 2, 3)
    assert _core.Population.neuron("flat", "LIF", (2, 3), settings=batch).variable("V").array().shape == (5, 6)


def test_set_takes_one_value_one_row_or_all():
    V = _core.Population.neuron("cells", "LIF", 3, settings=_core.Settings(batch_size=2)).variable("V")
    V.set(1)
    assert V.array().tolist() == [[1, 1, 1]] * 2
    V.set([1, 2, 3])
    assert V.array().tolist() == [[1, 2, 3]] * 2
    V.set(np.arange(6).reshape(2, 3))
    assert V.array().tolist() == [[0, 1, 2], [3, 4, 5]]
    with pytest.raises(ValueError, match=r"shape \(2, 3\), but 4 values"):
        V.set([1, 2, 3, 4])


def test_a_selection_is_a_copy_to_read_and_written_by_set(cells):
    V = cells.variable("V")
    V.set([1, 2, 3, 4])
    some = V.select([3, 0])
    assert some.shape == (2,)
    assert some.array().tolist() == [4, 1]
    with pytest.raises(ValueError):
        some.array()[0] = 0
    some.set([40, 10])
    assert V.array().tolist() == [10, 2, 3, 40]
    assert some.select([1]).array().tolist() == [10]
    for wrong in ([4], [-1]):
        with pytest.raises(IndexError):
            V.select(wrong)
    with pytest.raises(ValueError):
        V.select([])


# ---- who keeps what alive --------------------------------------------------------------------------------------------


def test_arrays_outlive_everything():
    cells = _core.Population.neuron("cells", "LIF", 1000, initial={"V": 3})
    variable = cells.variable("V")
    V = variable.array()
    del cells, variable
    gc.collect()
    V += 1
    assert np.all(V == 4)


def test_arrays_outlive_a_reset():
    cells = _core.Population.neuron("cells", "LIF", 100_000, initial={"V": 3}, settings=_core.Settings(batch_size=8))
    old = [cells.variable(name).array() for name in cells.variables()]
    syn = _core.Projection("syn", cells, cells, _core.one_to_one(), "BioNMDA", stp=("STP",))
    old += [syn.variable(name).array() for name in syn.variables()]
    for batch_size in (8, 1, 30):
        cells.reset_state(batch_size)
        syn.reset_state(batch_size)
    for array in old:
        array[:] = 1
    assert cells.variable("V").array().shape == (30, 100_000)
    assert np.all(cells.variable("V").array() == 3)


def test_a_variable_keeps_its_population():
    variable = _core.Population.neuron("cells", "LIF", 3).variable("V")
    gc.collect()
    variable.set(5)
    assert variable.array().tolist() == [5] * 3


def test_arrays_do_not_leak():
    import resource

    cells = _core.Population.neuron("cells", "LIF", 1_000_000)
    for _ in range(3):
        cells.variable("V").array()
        cells.reset_state()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(50):
        cells.variable("V").array()
        cells.reset_state()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # [KiB]


# ---- populations -----------------------------------------------------------------------------------------------------


def test_handles_of_the_same_part_are_equal(cells):
    syn = _core.Projection("syn", cells, cells, _core.all_to_all(), "AMPA")
    assert syn.pre.population == cells and hash(syn.pre.population) == hash(cells)
    assert cells != _core.Population.neuron("cells", "HH", 4)
    assert len({cells, syn.pre.population, syn.post.population}) == 1


def test_input_is_added_up_until_cleared(cells):
    cells.variable("input").array()[:] += 5
    step(cells)
    assert cells.variable("input").array().tolist() == [5] * 4
    cells.clear_input()
    assert cells.variable("input").array().tolist() == [0] * 4


def test_reset_draws_the_same_values(cells):
    start = cells.variable("V").array().copy()
    step(cells)
    cells.reset_state()
    np.testing.assert_array_equal(cells.variable("V").array(), start)
    with pytest.raises(ValueError, match="no batch"):
        cells.reset_state(3)


def test_groups_that_only_spike():
    times = _core.Population.spike_times("times", 3, [0.05, 0.0, 0.1], [0, 2, 1])
    step(times, i=0)
    assert times.spikes().tolist() == [2]
    step(times, i=1)
    assert times.spikes().tolist() == [0, 1]
    certain = _core.Population.poisson("certain", 3, 1000 / DT)
    step(certain)
    assert certain.spikes().tolist() == [0, 1, 2]
    drawn = [_core.Population.poisson("drawn", 1000, 100.0, seed=seed) for seed in (1, 1, 2)]
    step(*drawn)
    first, again, other = (group.spikes().tolist() for group in drawn)
    assert first == again != other
    rows = _core.Population.spike_times("rows", 2, [0, 0], [0, 1], _core.Settings(batch_size=2), rows=[1, 0])
    step(rows)
    assert rows.spikes().tolist() == [1, 2]


def test_a_place_to_enter():
    group = _core.Population.input_group("group", 2)
    assert not group.has_spike
    group.variable("input").set([1, 2])
    step(group)
    assert group.variable("output").array().tolist() == [1, 2]


def test_an_external_population():
    post = _core.Population.neuron("post", "LIF", 3)
    outside = _core.Population.external("outside", (1, 3), keep_size=True)
    U = outside.add_variable("U")
    assert U.array().shape == outside.variable("spike").array().shape == (1, 3)
    syn = _core.Projection("syn", outside, post, _core.all_to_all(), "AMPA")
    back = _core.Projection("back", post, outside, _core.one_to_one(), "AMPA", output=("COBA", {"E": 0}, "U", "U"))
    spike = outside.variable("spike")
    spike.array()[0, 1] = True
    spike.touch()
    step(syn)
    assert (syn.variable("g").array() > 0).tolist() == [False, True, False]
    back.update(0.0, DT, 0, [1, 0, 0])
    assert U.array()[0, 0] == 0  # driven by E - U = 0
    with pytest.raises(ValueError, match="no external group"):
        post.add_variable("U")


def test_changed_parameters_act_from_the_next_step(cells):
    cells.set_parameter("gNa", [0, 0, 120, 120])
    cells.set_parameter("V_th", np.float32(0))
    step(cells)
    with pytest.raises(KeyError, match="no parameter of cells"):
        cells.set_parameter("tau", 1)
    with pytest.raises(ValueError, match="C = -1"):
        cells.set_parameter("C", -1)
    with pytest.raises(TypeError, match=r"cells\.C must be a number"):
        cells.set_parameter("C", "a")


# ---- projections -----------------------------------------------------------------------------------------------------


def test_spikes_may_be_given():
    pre, post = (_core.Population.neuron(name, "LIF", 3) for name in ("pre", "post"))
    syn = _core.Projection("syn", pre, post, _core.one_to_one(), "AMPA", g_max=[1, 2, 3])
    for pre_spike in ([True, False, True], np.array([1.0, 0.0, 2.0]), np.array([[1, 0, 1]])):
        syn.reset_state()
        syn.update(0.0, DT, 0, pre_spike)
        h = syn.variable("h").array()
        assert h[0] > 0 == h[1] and h[2] == 3 * h[0]
    with pytest.raises(ValueError, match="given 2 presynaptic spikes"):
        syn.update(0.0, DT, 0, [1, 0])
    assert syn.how().startswith("event-driven")
    assert 24 < syn.bytes() < 1000  # the weights, and the sums of each neuron


def test_reading_g_between_steps_changes_nothing():
    traces = []
    for look in (False, True):
        pre, post = (_core.Population.neuron(name, "LIF", 3) for name in ("pre", "post"))
        syn = _core.Projection("syn", pre, post, _core.all_to_all(), "BioNMDA", stp=("STP",))
        for i in range(200):
            syn.update(i * DT, DT, i, [i == 3, i == 50, i % 70 == 9])
            if look:
                syn.variable("g").array()
        traces.append(syn.variable("h").array().copy())
    np.testing.assert_allclose(traces[0], traces[1], rtol=1e-12)


def test_g_may_be_written_between_steps():
    pre, post = (_core.Population.neuron(name, "LIF", 2) for name in ("pre", "post"))
    syn = _core.Projection("syn", pre, post, _core.one_to_one(), "AMPA", {"beta": 1.0}, g_max=2.0)
    step(syn)
    g = syn.variable("g")
    g.array()[0] = 0.5
    g.touch()
    step(syn, i=1)
    np.testing.assert_allclose(syn.variable("h").array(), [np.exp(-DT), 0], rtol=1e-14)


def test_an_output_may_be_none():
    pre, post = (_core.Population.neuron(name, "LIF", 2) for name in ("pre", "post"))
    for output in (None, ("CUBA", {}, None)):
        syn = _core.Projection("syn", pre, post, _core.one_to_one(), "AMPA", output=output)
        syn.update(0.0, DT, 0, [1, 0])
        assert syn.variable("current").array()[0] > 0
        assert post.variable("input").array().tolist() == [0, 0]


def test_weights_round_trip():
    pre, post = (_core.Population.neuron(name, "LIF", 3) for name in ("pre", "post"))
    i, j = [2, 0, 1, 0], [0, 2, 1, 0]
    for connector, weights in (
        (_core.coo(i, j), [1.0, 2, 3, 4]),
        (_core.one_to_one(), [1.0, 2, 3]),
        (_core.all_to_all(), np.arange(9.0).reshape(3, 3)),
    ):
        syn = _core.Projection("syn", pre, post, connector, "AMPA", g_max=weights)
        np.testing.assert_array_equal(syn.weights(), weights)
        syn.set_weights(7)
        assert syn.weights() == 7
        syn.set_weights(weights)
        np.testing.assert_array_equal(syn.weights(), weights)
        with pytest.raises(TypeError):
            syn.set_weights(None)
        with pytest.raises(ValueError):
            syn.set_weights([1.0, 2.0])


def test_a_projection_changes_its_parameters():
    pre, post = (_core.Population.neuron(name, "LIF", 2) for name in ("pre", "post"))
    syn = _core.Projection("syn", pre, post, _core.all_to_all(), "AMPA", stp=("STD",))
    for name, value in (("beta", 1), ("stp.tau", [20]), ("output.E", [1, 2])):
        syn.set_parameter(name, value)
    with pytest.raises(KeyError, match="known are alpha, beta, T, T_duration, stp.tau, stp.U, output.E"):
        syn.set_parameter("foo", 1)


def test_views_at_both_ends():
    pre, post = (_core.Population.neuron(name, "LIF", 5) for name in ("pre", "post"))
    syn = _core.Projection("syn", pre.view([4, 0]), post.view([1]), _core.all_to_all(), "AMPA")
    assert syn.pre.num == 2 and syn.pre.population == pre
    post.variable("V").set(-60)
    syn.update(0.0, DT, 0, [1, 0])
    syn.update(DT, DT, 1, [0, 0])
    assert np.flatnonzero(post.variable("input").array()).tolist() == [1]
    assert post.view([3, 1]).view([1]).variable("V").array().tolist() == [-60]


@pytest.mark.parametrize("delay", [3, np.int32(3), np.array(3), [3, 3], np.array([3, 3], dtype=np.uint8), [[3], [3]]])
def test_delays(delay):
    pre = _core.Population.spike_times("pre", 2, [0.5, 0.5], [0, 1])
    post = _core.Population.neuron("post", "LIF", 1)
    syn = _core.Projection("syn", pre, post, _core.all_to_all(), "AMPA", delay_step=delay)
    for i in range(30):
        step(syn, pre, i=i)
        pre.advance_delays()
        if syn.variable("h").array()[0] > 0:
            break
    assert i == 9
    for wrong in (-1, 1.5, [1, -1], [1, 2, 3], "a"):
        with pytest.raises((ValueError, TypeError)):
            _core.Projection("syn", pre, post, _core.all_to_all(), "AMPA", delay_step=wrong)


# ---- connectivities --------------------------------------------------------------------------------------------------


def test_a_connectivity_in_all_its_forms():
    made = _core.coo([1, 0, 1, 0], [2, 1, 0, 1]).build(2, 3)
    assert (made.num_pre, made.num_post, made.size, made.kind) == (2, 3, 4, "sparse")
    assert made.pre_ids.tolist() == [1, 0, 1, 0] and made.post_ids.tolist() == [2, 1, 0, 1]
    assert made.pre_ids.dtype == np.int32
    assert [part.tolist() for part in made.csr()] == [[1, 1, 0, 2], [0, 2, 4]]
    assert [part.tolist() for part in made.csc()] == [[1, 0, 0, 1], [0, 1, 3, 4]]
    assert made.mat().tolist() == [[False, True, False], [True, False, True]]
    assert made.counts().tolist() == [[0, 2, 0], [1, 0, 1]]
    assert [syn.tolist() for syn in made.pre2syn()] == [[0, 1], [2, 3]]
    assert [syn.tolist() for syn in made.post2syn()] == [[2], [0, 1], [3]]
    assert made.order().tolist() == [3, 0, 2, 1]


def test_a_function_connects():
    def ring(pre_size, post_size):
        assert (pre_size, post_size) == ((4,), (2, 2))
        return np.arange(4), (np.arange(4) + 1) % 4

    assert _core.function(ring).build(4, (2, 2)).post_ids.tolist() == [1, 2, 3, 0]
    assert _core.function(lambda pre, post: np.eye(3)).build(3, 3).post_ids.tolist() == [0, 1, 2]
    made = _core.all_to_all().build(3, 3)
    assert _core.function(lambda pre, post: made).build(3, 3).kind == "all_to_all"
    with pytest.raises(ZeroDivisionError):
        _core.function(lambda pre, post: 1 / 0).build(3, 3)
    with pytest.raises(TypeError):
        _core.function(lambda pre, post: None).build(3, 3)
    cells = _core.Population.neuron("cells", "LIF", 3)
    with pytest.raises(ZeroDivisionError):
        _core.Projection("syn", cells, cells, _core.function(lambda pre, post: 1 / 0), "AMPA")


def test_two_projections_may_share_a_connectivity():
    cells = _core.Population.neuron("cells", "LIF", 100)
    made = _core.fixed_prob(0.1, seed=4).build(100, 100)
    ampa, gaba = (_core.Projection(name, cells, cells, made, name) for name in ("AMPA", "GABAa"))
    np.testing.assert_array_equal(ampa.connectivity().post_ids, gaba.connectivity().post_ids)
    with pytest.raises(ValueError):
        _core.Projection("wrong", cells.view([1, 2]), cells, made, "AMPA")


# ---- networks --------------------------------------------------------------------------------------------------------


def test_a_network_steps_as_its_parts_by_hand():
    values = []
    for by_hand in (False, True):
        settings = _core.Settings(seed=5)
        pre, post = (_core.Population.neuron(name, "HH", 3, settings=settings) for name in ("pre", "post"))
        syn = _core.Projection("syn", pre, post, _core.all_to_all(), "GABAa", delay_step=4)
        net = _core.Network(settings)
        for part in (pre, post, syn):
            net.add(part.name, part)
        assert net.names() == ["pre", "post", "syn"]
        for i in range(300):
            pre.variable("input").array()[:] += 20
            if by_hand:
                step(syn, pre, post, i=i)
                for part in (pre, post):
                    part.advance_delays()
                    part.clear_input()
            else:
                net.update(i * DT, DT, i)
                net.clear_input()
        values.append([net.variable(path).array().copy() for path in ("pre.V", "post.V", "syn.g")])
    for one, other in zip(*values, strict=True):
        np.testing.assert_array_equal(one, other)
    assert values[0][2].any()
    assert "syn: pre -> post, GABAa, 9 connections" in net.summary()
    with pytest.raises(ValueError, match='no variable of net "foo.V"'):
        net.variable("foo.V")
    with pytest.raises(ValueError, match="already"):
        net.add("pre", pre)
