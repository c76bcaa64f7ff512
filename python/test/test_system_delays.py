# SPDX-License-Identifier: Apache-2.0
"""Delay lines of systems that are written in Python."""

import numpy as np
import pytest

import bouton as bp
import bouton.math as bm


class Source(bp.NeuGroupNS):
    """Spikes in given steps."""

    def __init__(self, steps, num=1):
        super().__init__(num)
        self.steps = steps
        self.spike = bm.Variable(bm.zeros(num, dtype=bool))

    def update(self, x=None):
        self.spike.value = bm.full(self.num, bp.share['i'] in self.steps)

    def reset_state(self, batch_size=None):
        self.spike = bm.zeros(self.num, dtype=bool)


class Target(bp.NeuGroupNS):
    def __init__(self, num=1):
        super().__init__(num)
        self.input = bm.Variable(bm.zeros(num))

    def update(self, x=None):
        pass

    def reset_state(self, batch_size=None):
        self.input.fill(0.0)


class Arrivals(bp.TwoEndConn):
    """Remembers what has arrived."""

    def __init__(self, pre, post, delay_step):
        super().__init__(pre, post)
        self.key = f'{pre.name}.spike'
        self.delay_step = self.register_delay(self.key, delay_step, pre.spike)
        self.seen = bm.Variable(bm.zeros(pre.num, dtype=bool))

    def update(self, tdi):
        self.seen.value = self.get_delay_data(self.key, self.delay_step)

    def reset_state(self, batch_size=None):
        self.seen.fill(False)


def steps_seen(target, monitors, duration=3.0):
    runner = bp.DSRunner(target, monitors=monitors, progress_bar=False)
    runner.run(duration)
    return [np.flatnonzero(runner.mon[key].any(axis=1)).tolist() for key in monitors]


@pytest.mark.parametrize(('delay', 'expected'), [(None, 6), (0, 6), (1, 7), (2, 8), (10, 16), (True, 7), (2.0, 8)])
def test_latency(delay, expected):
    pre, post = Source([5]), Target()
    net = bp.Network(syn=Arrivals(pre, post, delay), pre=pre, post=post)
    assert steps_seen(net, ['syn.seen']) == [[expected]]


def test_latency_does_not_depend_on_the_order_of_the_members():
    pre, post = Source([5]), Target()
    syn = Arrivals(pre, post, 2)
    assert steps_seen(bp.Network(post, pre, syn), {'seen': syn.seen}) == [[8]]


def test_one_delay_for_each_neuron():
    pre, post = Source([5], num=4), Target()
    syn = Arrivals(pre, post, np.array([0, 1, 2, 10]))
    net = bp.Network(syn=syn, pre=pre, post=post)
    runner = bp.DSRunner(net, monitors=['syn.seen'], progress_bar=False)
    runner.run(3.0)
    assert np.argmax(runner.mon['syn.seen'], axis=0).tolist() == [6, 7, 8, 16]
    called = Arrivals(pre, post, lambda shape: np.full(shape, 4))
    assert called.delay_step.tolist() == [4, 4, 4, 4]


def test_different_delays_share_one_line():
    pre, post = Source([5]), Target()
    two, seven, none = (Arrivals(pre, post, delay) for delay in (2, 7, None))
    net = bp.Network(two=two, seven=seven, none=none, pre=pre, post=post)
    assert steps_seen(net, ['two.seen', 'seven.seen', 'none.seen']) == [[8], [13], [6]]
    assert list(two.local_delay_vars) == [f'{pre.name}.spike'] and not seven.local_delay_vars


def test_the_network_advances_lines_whoever_made_them():
    pre, post = Source([5]), Target()
    outside = Arrivals(pre, post, 2)
    inside = Arrivals(pre, post, 7)
    net = bp.Network(syn=inside, pre=pre, post=post)
    assert steps_seen(net, ['syn.seen']) == [[13]]
    assert outside.delay_step == 2


def test_each_line_advances_once_in_a_step_whatever_the_nesting():
    pre, post = Source([5]), Target()
    a, b = Arrivals(pre, post, 3), Arrivals(pre, post, 3)
    net = bp.Network(pre=pre, post=post, first=bp.Network(syn=a), second=bp.Network(bp.Network(syn=b)))
    assert steps_seen(net, {'a': a.seen, 'b': b.seen}) == [[9], [9]]
    alone = Source([5])
    syn = Arrivals(alone, post, 3)
    outer = bp.Network(inner=bp.Network(syn=syn))

    class ByHand(bp.DynamicalSystem):
        def update(self, tdi):
            outer()
            alone()

    assert steps_seen(ByHand(), {'seen': syn.seen}) == [[10]]


def test_containers_do_not_advance():
    pre, post = Source([5]), Target()
    assert steps_seen(bp.Container(pre=pre, syn=Arrivals(pre, post, None), post=post), ['syn.seen']) == [[5]]
    assert steps_seen(bp.Container(syn=Arrivals(pre, post, None), pre=pre, post=post), ['syn.seen']) == [[6]]
    assert steps_seen(bp.Container(pre=pre, syn=Arrivals(pre, post, 2), post=post), ['syn.seen']) == [[]]


def test_by_hand():
    """x = i is delayed by 2: read, then push, in each step."""

    class Counter(bp.DynamicalSystem):
        def __init__(self):
            super().__init__()
            self.x = bm.Variable(bm.zeros(1))
            self.delay = self.register_delay('counter.x', 2, self.x)

        def update(self, tdi):
            self.x[:] = tdi['i']
            value = self.get_delay_data('counter.x', self.delay)
            self.update_local_delays({'self': self})
            return value

    counter = Counter()
    read = [float(counter({'i': i})[0]) for i in range(7)]
    assert read == [0, 0, 0, 0, 1, 2, 3]


def test_a_run_can_be_split_within_a_delay():
    pre, post = Source([5]), Target()
    net = bp.Network(syn=Arrivals(pre, post, 10), pre=pre, post=post)
    runner = bp.DSRunner(net, monitors=['syn.seen'], progress_bar=False)
    runner.run(0.8)
    runner.run(1.0)
    assert np.flatnonzero(runner.mon['syn.seen']).tolist() == [8]  # step 16


def test_reset_empties_the_line():
    pre, post = Source([5]), Target()
    net = bp.Network(syn=Arrivals(pre, post, 10), pre=pre, post=post)
    runner = bp.DSRunner(net, monitors=['syn.seen'], progress_bar=False)
    runner.run(0.8)
    runner.run(2.0, reset_state=True)
    assert np.flatnonzero(runner.mon['syn.seen']).tolist() == [16]
    runner.run(0.8, reset_state=True)
    net.syn.reset_state()  # leaves the line as it is
    runner.reset_state()
    pre.steps = []
    runner.run(2.0)
    assert np.flatnonzero(runner.mon['syn.seen']).tolist() == [8]


@pytest.mark.parametrize(
    ('delay', 'message'),
    [
        (1.5, "Unknown \"delay_steps\" type <class 'float'>, only support integer"),
        ('a', 'Unknown "delay_steps" type'),
        (np.array([1.5]), 'Only support delay steps of int32, int64'),
        (-1, 'delay_len must be an int bigger than 0, while we got -1'),
        (1 << 20, 'a delay must be less than 1048576 steps'),
        (np.array([1 << 40]), 'a delay must be less than 1048576 steps'),
        (np.array([1, 2, 3]), r'Shape is mismatched: \(1,\) != \(3,\)'),
    ],
)
def test_delays_that_are_refused(delay, message):
    with pytest.raises(ValueError, match=message):
        Arrivals(Source([5]), Target(), delay)


def test_unknown_keys():
    system = bp.DynamicalSystem()
    with pytest.raises(ValueError, match='nope is not defined in delay variables.'):
        system.get_delay_data('nope', 1)
    with pytest.raises(KeyError):
        system.get_delay_data('nope', None)
    with pytest.raises(ValueError, match='"delay_target" must be an instance of Variable, but we got'):
        system.register_delay('key', 1, np.ones(2))


def test_length_delay():
    x = bm.Variable(bm.zeros(2))
    delay = bm.LengthDelay(x, 3, initial_delay_data=lambda shape: np.arange(1, 1 + np.prod(shape)).reshape(shape))
    assert delay(0).tolist() == [0, 0] and delay(1).tolist() == [1, 2] and delay(3).tolist() == [5, 6]
    delay.update(bm.ones(2) * 9)
    assert delay(0).tolist() == [9, 9] and delay(1).tolist() == [0, 0] and delay(3).tolist() == [3, 4]
    with pytest.raises(IndexError, match=r'must be in \[0, 3\] steps'):
        delay(4)
    with pytest.raises(ValueError, match='delay_len must be an int bigger than 0'):
        bm.LengthDelay(x, -1)


def test_lines_with_a_batch():
    class Batched(Source):
        def __init__(self):
            super().__init__([], num=2)
            self.__dict__['spike'] = bm.Variable(bm.zeros((3, 2), dtype=bool), batch_axis=0)

    pre = Batched()
    syn = Arrivals(pre, Target(), np.array([0, 1]))
    pre.spike[1] = True
    syn.update_local_delays([syn])
    assert syn.get_delay_data(syn.key, syn.delay_step).tolist() == [[False, False], [True, False], [False, False]]
    syn.update_local_delays([syn])
    assert syn.get_delay_data(syn.key, syn.delay_step).tolist() == [[False, False], [True, True], [False, False]]
