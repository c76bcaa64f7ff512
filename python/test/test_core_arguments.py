# SPDX-License-Identifier: Apache-2.0
"""How values cross into the core: numbers of any type, arrays of any layout, and one sentence for everything else."""

import numpy as np
import pytest

from bouton import _core

NUMBERS = [7, 7.0, np.float32(7), np.int8(7), np.uint64(7), np.array(7), np.array([7.0]), [7], np.array([[7]])]


@pytest.mark.parametrize("number", NUMBERS, ids=lambda number: f"{type(number).__name__}{np.shape(number)}")
def test_a_number_of_any_type(number):
    cells = _core.Population.neuron("cells", "LIF", 3, {"tau": number, "V_rest": number}, {"V": number})
    assert cells.variable("V").array().tolist() == [7.0] * 3
    assert _core.constant(2, number).tolist() == [7.0] * 2


@pytest.mark.parametrize("size", [6, np.int8(6), np.uint64(6), np.array(6), [6], (2, 3), np.array([2, 3], dtype="u1")])
def test_a_size_of_any_type(size):
    assert _core.Population.neuron("cells", "LIF", size).num == 6
    assert _core.zero(size).size == 6


@pytest.mark.parametrize(
    "values",
    [
        [1, 2, 3],
        (1.0, 2.0, 3.0),
        np.array([1, 2, 3], dtype=np.int16),
        np.array([1, 0, 2, 0, 3], dtype=np.float32)[::2],
        np.array([3, 2, 1])[::-1],
        np.array([1.0, 2.0, 3.0], dtype=">f8"),
        range(1, 4),
    ],
)
def test_an_array_of_any_layout(values):
    cells = _core.Population.neuron("cells", "LIF", 3, initial={"V": values})
    assert cells.variable("V").array().tolist() == [1, 2, 3]


def test_an_array_in_fortran_order_keeps_its_places():
    cells = [_core.Population.neuron(name, "LIF", size) for name, size in (("pre", 2), ("post", 3))]
    weights = np.asfortranarray([[1.0, 2, 3], [4, 5, 6]])
    syn = _core.Projection("syn", *cells, _core.all_to_all(), "AMPA", g_max=weights)
    np.testing.assert_array_equal(syn.weights(), weights)


@pytest.mark.parametrize("wrong", [None, "7", "a", 1j, [1j], object(), {}, [None], ["a"], [[1, 2], [3]], int, b"7"])
def test_what_is_no_number_is_a_type_error_that_names_it(wrong):
    with pytest.raises(TypeError, match=r"LIF\.tau must be a number or an array of numbers, but is of type"):
        _core.Population.neuron("cells", "LIF", 3, {"tau": wrong})


@pytest.mark.parametrize("wrong", [1.5, "a", [1.5], 1j, object()])
def test_what_is_no_size_is_a_type_error(wrong):
    with pytest.raises(TypeError, match="size of cells must be an array of integers"):
        _core.Population.neuron("cells", "LIF", wrong)


@pytest.mark.parametrize("size", [-1, (3, -1), (), 2**63, (2**40, 2**40), 2**32])
def test_sizes_that_cannot_be(size):
    with pytest.raises(ValueError):
        _core.Population.neuron("cells", "LIF", size)


def test_two_numbers_are_not_one():
    cells = _core.Population.neuron("cells", "LIF", 3)
    with pytest.raises(ValueError, match=r"alpha must be one number, but has shape \(2,\)"):
        _core.Projection("syn", cells, cells, _core.all_to_all(), "AMPA", {"alpha": [1, 2]})


def test_seeds_of_any_size_and_sign():
    draws = {seed: _core.uniform(3, seed).tolist() for seed in (0, 1, -1, 2**64 - 1, 2**64, 2**70 + 1)}
    assert draws[-1] == draws[2**64 - 1]
    assert draws[0] == draws[2**64]
    assert draws[1] == draws[2**70 + 1]
    assert draws[0] != draws[1]
    assert _core.Settings(seed=-1).seed == 2**64 - 1


def test_a_seed_may_be_none():
    assert _core.normal(3, None).tolist() == _core.normal(3, 0).tolist()
    connector = _core.fixed_prob(0.5, seed=None)
    assert connector.build(9, 9).pre_ids.tolist() == connector.build(9, 9, 0).pre_ids.tolist()


def test_errors_have_the_types_that_python_expects():
    with pytest.raises(ValueError, match="tau = 0, but must be positive") as error:
        _core.Population.neuron("cells", "LIF", 3, {"tau": 0})
    assert type(error.value) is _core.ParameterError
    for kind in (KeyError, ValueError, _core.NameError):
        with pytest.raises(kind, match='no method "foo"|no .*method.* "foo"'):
            _core.Population.neuron("cells", "LIF", 3, method="foo")
    assert str(_core.NameError("a sentence")) == "a sentence"
    with pytest.raises(IndexError, match="index 9"):
        _core.Population.neuron("cells", "LIF", 3).view([9])
    with pytest.raises(IndexError, match="holds the index -1"):
        _core.Population.neuron("cells", "LIF", 3).view([-1])


def test_settings():
    settings = _core.Settings(seed=3, precision="float32", batch_size=4, brainpy_2_4=True)
    assert (settings.seed, settings.precision, settings.batch_size, settings.brainpy_2_4) == (3, "float32", 4, True)
    assert _core.Settings() == _core.Settings(seed=0)
    assert _core.Settings().batch_size is None
    assert settings != _core.Settings()
    for wrong in ({"precision": "float16"}, {"batch_size": 0}, {"batch_size": -3}):
        with pytest.raises(ValueError):
            _core.Settings(**wrong)


def test_tableaus_are_explicit_and_consistent():
    assert _core.tableau("exp_auto") is None
    for name in _core.methods():
        scheme = _core.tableau(name)
        if scheme is None:
            continue
        a, b, c = scheme
        assert np.all(np.triu(a) == 0)
        np.testing.assert_allclose(b.sum(), 1, rtol=1e-14)
        np.testing.assert_allclose(a.sum(1), c, rtol=1e-14, atol=1e-16)
    assert _core.tableau("rk4")[1].tolist() == [1 / 6, 1 / 3, 1 / 3, 1 / 6]
    with pytest.raises(ValueError, match="foo"):
        _core.tableau("foo")
