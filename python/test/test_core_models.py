# SPDX-License-Identifier: Apache-2.0
"""Every model of the core is reachable by its name, with its parameters, states and defaults."""

import numpy as np
import pytest

from bouton import _core

TIME = {"t": 0.0, "dt": 0.1, "i": 0}


def pair(size=2, settings=None, **names):
    settings = settings or _core.Settings()
    return [_core.Population.neuron(name, "LIF", size, settings=settings) for name in ("pre", "post")]


@pytest.mark.parametrize("name", sorted(_core.neuron_models()))
def test_neurons(name):
    model = _core.neuron_models()[name]
    cells = _core.Population.neuron("cells", name, 3, model["parameters"], method="euler")
    plain = _core.Population.neuron("cells", name, 3, method="euler")
    assert cells.variables()[: len(model["states"])] == model["states"]
    assert cells.has_spike == model["spikes"] == ("spike" in cells.variables())
    assert set(model["initial"]) == set(model["states"])
    for population in (cells, plain):
        population.step(**TIME)
    for state in model["states"]:
        np.testing.assert_array_equal(cells.variable(state).array(), plain.variable(state).array())


@pytest.mark.parametrize("name", sorted(_core.synapse_models()))
def test_synapses(name):
    model = _core.synapse_models()[name]
    assert model["output"] in _core.output_models()
    syn = _core.Projection("syn", *pair(), _core.all_to_all(), name, model["parameters"])
    assert syn.variables()[: len(model["states"])] == model["states"]
    assert syn.weights() == model["g_max"]
    first = second = 0.0
    for i in range(20):
        syn.update(0.1 * i, 0.1, i, [i == 0, 0])
        values = syn.variable(model["states"][0]).array()
        first, second = max(first, values[0]), max(second, values[1])  # that of Delta lasts for one step
    assert first > 0 == second


@pytest.mark.parametrize("name", sorted(_core.plasticity_models()))
def test_plasticities(name):
    model = _core.plasticity_models()[name]
    syn = _core.Projection("syn", *pair(), _core.all_to_all(), "AMPA", stp=(name, model["parameters"], "rk4"))
    states = [f"stp.{state}" for state in model["states"]]
    assert set(states) <= set(syn.variables())
    before = [syn.variable(state).array().copy() for state in states]
    syn.update(**TIME, pre_spike=[1, 0])
    assert all(syn.variable(state).array()[0] != old[0] for state, old in zip(states, before, strict=True))


@pytest.mark.parametrize("name", sorted(_core.output_models()))
def test_outputs(name):
    model = _core.output_models()[name]
    pre, post = pair()
    syn = _core.Projection("syn", pre, post, _core.all_to_all(), "AMPA", output=(name, model["parameters"]))
    post.variable("V").set(-50)
    for i in range(3):
        syn.update(0.1 * i, 0.1, i, [1, 0])
    assert np.all(post.variable("input").array() != 0)


def test_unknown_names_list_the_known_ones():
    with pytest.raises(ValueError, match='no neuron model "foo"; known are .*HH'):
        _core.Population.neuron("cells", "foo", 3)
    with pytest.raises(KeyError, match='no parameter of LIF "C"; known are V_rest, V_reset'):
        _core.Population.neuron("cells", "LIF", 3, {"C": 1})
    with pytest.raises(KeyError, match='no state of cells'):
        _core.Population.neuron("cells", "LIF", 3, initial={"m": 1})
    for arguments in ({"synapse": "foo"}, {"stp": ("foo",)}, {"output": ("foo",)}, {"method": "foo"}):
        with pytest.raises(ValueError, match='"foo"'):
            _core.Projection("syn", *pair(), _core.all_to_all(), **{"synapse": "AMPA", **arguments})


@pytest.mark.parametrize("wrong", [(), 3, "STD", ("STD", 3), (3,), ("STD", {}, 3), ("STD", {}, "rk4", 1)])
def test_what_is_no_description_of_a_model_is_a_type_error(wrong):
    with pytest.raises(TypeError):
        _core.Projection("syn", *pair(), _core.all_to_all(), "AMPA", stp=wrong)
    if wrong != ("STD", {}, "rk4", 1):
        with pytest.raises((TypeError, ValueError)):
            _core.Projection("syn", *pair(), _core.all_to_all(), "AMPA", output=wrong)
