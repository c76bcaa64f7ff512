# SPDX-License-Identifier: Apache-2.0
"""No argument ends the interpreter: whatever is given, a constructor makes something that can be stepped, or raises one
of the errors that a mistake deserves."""

import resource
import sys

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from bouton import _core

MISTAKES = (TypeError, ValueError, KeyError, IndexError, OverflowError, MemoryError)

numbers = st.one_of(
    st.integers(-3, 5),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.sampled_from([np.float32(1.5), np.int8(-3), np.uint64(2**64 - 1), np.bool_(True), sys.float_info.min]),
)
arrays = hnp.arrays(
    st.sampled_from([np.float64, np.float32, np.int64, np.uint8, bool, np.complex128, "U2", object]),
    hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4),
)
oddities = st.one_of(st.none(), st.text(max_size=3), st.binary(max_size=3), st.just(object()))
anything = st.one_of(oddities, numbers, arrays, st.lists(numbers, max_size=4))
positive = st.floats(0.1, 10)
lengths = st.integers(1, 3)
sizes = st.one_of(lengths, st.tuples(lengths, lengths))
seeds = st.one_of(st.none(), st.integers())
core_settings = st.builds(
    _core.Settings,
    seed=st.integers(),
    precision=st.sampled_from(["float64", "float32"]),
    batch_size=st.sampled_from([None, None, 1, 3]),
    brainpy_2_4=st.booleans(),
)


@pytest.fixture(autouse=True, scope="module")
def little_memory():
    """What would need more memory than this is refused, and not ended by the system."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (2 << 30, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_AS, before)


few = settings(max_examples=400, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@st.composite
def arguments(draw, **usual):
    """What is meant to be given, every second time but for one argument, so that odd ones meet code of all depths."""
    given_arguments = draw(st.fixed_dictionaries(usual))
    odd = draw(st.sampled_from([*[None] * len(usual), *usual, None]))
    if odd is not None:
        given_arguments[odd] = draw(anything)
    return given_arguments


def parameters_of(model):
    """Some parameters of a model, mostly in their range; one of them may be anything."""
    some = dict.fromkeys(model["parameters"], positive)
    return st.one_of(st.just({}), arguments(**some), st.dictionaries(st.text(max_size=3), positive, max_size=1))


def any_of(models):
    """The name of a model and some of its parameters."""
    return st.sampled_from(sorted(models)).flatmap(
        lambda name: st.tuples(st.just(name), parameters_of(models[name]))
    )


def attempt(make, *arguments, **keywords):
    """What is made, or None for a mistake that was reported as one."""
    try:
        return make(*arguments, **keywords)
    except MISTAKES:
        return None


def use(part):
    """Steps a part and looks at all that it has."""
    for i in range(3):
        attempt(getattr(part, "step", None) or part.update, 0.1 * i, 0.1, i)
    for name in part.variables():
        array = part.variable(name).array()
        assert array.shape == part.variable(name).shape
        array[...] = 1
        part.variable(name).touch()
    attempt(part.reset_state)


@few
@given(any_of(_core.neuron_models()), st.data())
def test_neurons(model, data):
    name, parameters = model
    states = _core.neuron_models()[name]["states"]
    usual = arguments(
        size=sizes,
        initial=st.dictionaries(st.sampled_from(states), positive, max_size=2),
        method=st.sampled_from(_core.methods()),
        noise=st.none(),
        keep_size=st.booleans(),
        settings=core_settings,
    )
    stochastic = st.sampled_from(["euler", "heun", "srk1w1", "srk2w1"])
    noisy = arguments(size=sizes, method=stochastic, noise=positive, settings=core_settings)
    keywords = data.draw(st.one_of(usual, noisy))
    cells = attempt(_core.Population.neuron, "cells", name, parameters=parameters, **keywords)
    if cells is None:
        return
    use(cells)
    for parameter in parameters:
        attempt(cells.set_parameter, parameter, data.draw(anything))
    attempt(cells.view, data.draw(anything))
    attempt(cells.reset_state, data.draw(st.one_of(lengths, anything)))
    use(cells)


def test_a_reset_for_which_memory_does_not_suffice_leaves_what_there_was():
    batched = _core.Settings(batch_size=2)
    cells = _core.Population.neuron("cells", "HH", 3, settings=batched)
    network = _core.Network(batched, "net")
    network.add("cells", cells)
    for part in cells, network:
        with pytest.raises(MemoryError):
            part.reset_state(100_000_000)
        assert cells.variable("V").shape == cells.variable("spike").shape == (2, 3)
        use(cells)


GROUPS = {
    _core.Population.spike_times: {
        "times": st.lists(st.floats(0, 1), min_size=2, max_size=2),
        "indices": st.just([0, 0]),
        "rows": st.sampled_from([None, [0, 0]]),
    },
    _core.Population.poisson: {"freqs": st.floats(0, 1e6), "seed": seeds},
    _core.Population.input_group: {},
    _core.Population.output_group: {},
    _core.Population.external: {"keep_size": st.booleans()},
}


@few
@given(st.sampled_from(list(GROUPS)), st.data())
def test_groups(make, data):
    usual = arguments(name=st.just("group"), size=sizes, settings=core_settings, **GROUPS[make])
    group = attempt(make, **data.draw(usual))
    if group is not None:
        use(group)


fractions = st.floats(0, 1)
ends = st.lists(st.integers(0, 2), min_size=2, max_size=2)
RULES = {
    _core.all_to_all: {"include_self": st.booleans()},
    _core.one_to_one: {},
    _core.grid_four: {"periodic_boundary": st.booleans()},
    _core.grid_eight: {"include_self": st.booleans()},
    _core.grid_n: {"N": st.integers(0, 4)},
    _core.matrix: {"conn_mat": hnp.arrays(bool, st.tuples(lengths, lengths))},
    _core.coo: {"i": ends, "j": ends},
    _core.csr: {"indices": ends, "indptr": st.just([0, 1, 2])},
    _core.fixed_prob: {"prob": fractions, "pre_ratio": fractions, "seed": seeds},
    _core.fixed_pre_num: {"num": st.one_of(lengths, fractions), "allow_multi_conn": st.booleans(), "seed": seeds},
    _core.fixed_post_num: {"num": st.one_of(lengths, fractions), "include_self": st.booleans(), "seed": seeds},
    _core.fixed_total_num: {"num": st.one_of(lengths, fractions), "seed": seeds},
    _core.gaussian_prob: {"sigma": positive, "encoding_values": st.sampled_from([None, (0, 1)]), "seed": seeds},
    _core.prob_dist: {"dist": positive, "prob": fractions, "seed": seeds},
    _core.small_world: {"num_neighbor": st.integers(0, 3), "prob": fractions, "seed": seeds},
    _core.scale_free_ba: {"m": lengths, "directed": st.booleans(), "seed": seeds},
    _core.scale_free_ba_dual: {"m1": lengths, "m2": lengths, "p": fractions, "seed": seeds},
    _core.power_law: {"m": lengths, "p": fractions, "seed": seeds},
}


@few
@given(st.sampled_from(list(RULES)), st.data(), sizes)
def test_connectors(make, data, size):
    rule = attempt(make, **data.draw(arguments(**RULES[make])))
    if rule is None:
        return
    usual = arguments(pre_size=st.just(size), post_size=st.just(size), seed=st.integers())
    made = attempt(rule.build, **data.draw(usual))
    if made is None or made.num_pre * made.num_post > 10_000:
        return
    assert len(made.pre_ids) == len(made.post_ids) == made.size == made.counts().sum()
    assert len(made.pre2syn()) == made.num_pre and len(made.post2syn()) == made.num_post


@few
@given(
    any_of(_core.synapse_models()),
    st.one_of(st.none(), any_of(_core.plasticity_models())),
    st.one_of(st.none(), st.just("default"), any_of(_core.output_models())),
    st.data(),
)
def test_projections(synapse, stp, output, data):
    options = data.draw(core_settings)
    pre, post = (
        _core.Population.neuron(name, "LIF", data.draw(lengths), settings=options) for name in ("pre", "post")
    )
    usual = arguments(
        connector=st.sampled_from([_core.all_to_all(), _core.fixed_prob(0.5), _core.coo([0], [0])]),
        g_max=st.one_of(st.none(), positive),
        delay_step=st.one_of(st.none(), st.integers(0, 3)),
        output=st.just(output),
        stp=st.just(stp),
        method=st.sampled_from(_core.methods()),
        comp_method=st.sampled_from(["dense", "sparse"]),
    )
    name, parameters = synapse
    syn = attempt(
        _core.Projection, "syn", pre, post, synapse=name, parameters=parameters, **data.draw(usual)
    )
    if syn is None:
        return
    use(syn)
    spikes = hnp.arrays(bool, (options.batch_size or 1) * pre.num)
    attempt(syn.update, 0.3, 0.1, 3, data.draw(st.one_of(spikes, anything)))
    attempt(syn.set_weights, data.draw(st.one_of(positive, arrays, anything)))
    for parameter in parameters:
        attempt(syn.set_parameter, parameter, data.draw(anything))
    made = syn.connectivity()
    assert np.size(syn.weights()) in (1, made.size, made.num_pre * made.num_post)
    use(syn)


INITIALISERS = {
    _core.zero: {},
    _core.constant: {"value": positive},
    _core.identity: {"value": positive},
    _core.normal: {"seed": seeds, "mean": positive, "scale": positive},
    _core.uniform: {"seed": seeds, "min_val": fractions, "max_val": positive},
    _core.exponential: {"seed": seeds, "scale": positive},
    _core.variance_scaling: {
        "seed": seeds,
        "scale": positive,
        "mode": st.sampled_from(["fan_in", "fan_out", "fan_avg"]),
        "distribution": st.sampled_from(["normal", "truncated_normal", "uniform"]),
        "in_axis": st.integers(-2, 1),
        "out_axis": st.integers(-2, 1),
    },
    _core.orthogonal: {"seed": seeds, "scale": positive, "axis": st.integers(-2, 1)},
    _core.delta_orthogonal: {"seed": seeds, "scale": positive},
}


@few
@given(st.sampled_from(list(INITIALISERS)), st.data())
def test_initialisers(make, data):
    shapes = st.one_of(sizes, st.tuples(lengths, lengths, st.just(2), st.just(3)), st.just(()))
    array = attempt(make, **data.draw(arguments(shape=shapes, **INITIALISERS[make])))
    if array is not None:
        assert array.dtype == np.float64


@few
@given(st.data())
def test_runners(data):
    cells = _core.Population.neuron("cells", "LIF", 2)
    net = _core.Network()
    net.add("cells", cells)
    V, returned = cells.variable("V"), data.draw(anything)
    value = {
        "fix": st.one_of(positive, anything),
        "iter": st.one_of(st.lists(positive, min_size=2, max_size=6), anything),
        "func": st.just(lambda t, dt, i: returned),
    }
    kind = data.draw(st.sampled_from(sorted(value)))
    an_input = (V, data.draw(value[kind]), data.draw(st.sampled_from(["=", "+", "-", "*", "/"])), kind)
    source = data.draw(st.sampled_from([V, cells, lambda t, dt, i: returned]))
    indices = data.draw(st.one_of(st.none(), st.just([1]), anything))
    monitor = ("key", source, indices, data.draw(st.one_of(lengths, anything)))
    runner = attempt(
        _core.Runner,
        **data.draw(
            arguments(
                network=st.just(net),
                inputs=st.sampled_from([[], [an_input], [()], [3]]),
                monitors=st.sampled_from([[], [monitor], [()], [3]]),
                dt=positive,
                t0=positive,
                threads=st.integers(0, 2),
            )
        ),
    )
    if runner is not None:
        attempt(runner.run_steps, data.draw(st.one_of(st.integers(0, 4), anything.filter(is_short))))
        assert isinstance(runner.recording(), dict)


def is_short(steps):
    """No run without end."""
    array = np.asarray(steps)
    return array.size != 1 or array.dtype.kind not in "biufO" or array.item() in range(9)


@pytest.mark.parametrize("make", [_core.Variable, _core.View, _core.Connectivity, _core.Connector])
def test_handles_are_not_made_from_nothing(make):
    with pytest.raises(TypeError):
        make()


@pytest.mark.parametrize(
    "cls", [_core.Settings, _core.Population, _core.Projection, _core.Network, _core.Runner, _core.Variable]
)
def test_objects_without_a_constructor_call_do_not_crash(cls):
    made = cls.__new__(cls)
    with pytest.warns(RuntimeWarning), pytest.raises(TypeError):
        repr(made.name if hasattr(cls, "name") else made.reset_state() if hasattr(cls, "reset_state") else made.seed)
