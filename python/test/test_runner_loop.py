# SPDX-License-Identifier: Apache-2.0
"""LoopOverTime."""

import numpy as np
import pytest

import bouton as bp
import bouton.math as bm


class Clock(bp.DynamicalSystem):
    def __init__(self):
        super().__init__()
        self.sum = bm.Variable(bm.zeros(2))

    def update(self, tdi, x=None):
        if x is not None:
            self.sum += x
        return tdi.t, tdi.i, bp.share.load('extra', 0)


def test_the_clock_goes_on():
    loop = bp.LoopOverTime(Clock(), shared_arg={'extra': 3})
    t, i, extra = loop(0.3)
    assert t == pytest.approx([0.0, 0.1, 0.2]) and i.tolist() == [0, 1, 2] and extra.tolist() == [3, 3, 3]
    t, i, _ = loop(0.35)  # a step that has begun is made
    assert t == pytest.approx([0.3, 0.4, 0.5, 0.6]) and i.tolist() == [3, 4, 5, 6]
    assert (float(loop.t0), int(loop.i0)) == (pytest.approx(0.7), 7)
    loop.reset_state()
    assert (float(loop.t0), int(loop.i0)) == (0.0, 0)
    assert bp.share.get_shargs() == {}


def test_rows_and_variables():
    clock = Clock()
    _, found = bp.LoopOverTime(clock, out_vars=clock.sum)(np.ones((3, 2)))
    assert found.tolist() == [[1, 1], [2, 2], [3, 3]]
    _, found = bp.LoopOverTime(clock, out_vars={'a': clock.sum, 'b': [clock.sum]}, dt=0.5)(1.0)
    assert found['a'].shape == (2, 2) and found['b'][0].shape == (2, 2)
    loop = bp.LoopOverTime(clock, out_vars=clock.sum, data_first_axis='B')
    assert loop(np.ones((2, 5)))[1].shape == (2, 5)


def test_inputs_are_cleared():
    group = bp.neurons.LIF(2)
    spikes, (inputs, V) = bp.LoopOverTime(group, out_vars=[group.input, group.V])(bm.ones((5, 2)))
    assert inputs.tolist() == [[1, 1]] * 5 and spikes.shape == (5, 2)
    # computed by BrainPy 2.4.0
    assert V[:3, 0] == pytest.approx([0.00995017, 0.01980133, 0.02955447], abs=5e-9)


def test_what_is_refused():
    for make, error in [
        (lambda: bp.LoopOverTime(3), TypeError),
        (lambda: bp.LoopOverTime(Clock(), out_vars=3), TypeError),
        (lambda: bp.LoopOverTime(Clock(), data_first_axis='x'), ValueError),
        (lambda: bp.LoopOverTime(Clock())((np.ones(3), np.ones(4))), ValueError),
        (lambda: bp.LoopOverTime(Clock(), dt=-1.0), ValueError),
    ]:
        with pytest.raises(error):
            make()
