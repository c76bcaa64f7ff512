# SPDX-License-Identifier: Apache-2.0
"""Runs in several threads, and what may be done to a network meanwhile."""

import os
import threading

import numpy as np
import pytest

import bouton as bp
import bouton.math as bm
from bouton.errors import RunningError


def network(num=50, delay_step=None):
    pre, post = bp.neurons.LIF(num), bp.neurons.LIF(num)
    syn = bp.synapses.AMPA(
        pre, post, bp.conn.All2All(), bp.synouts.COBA(E=30.0), bp.synplast.STD(), delay_step=delay_step
    )
    return bp.Network(pre=pre, post=post, syn=syn)


def runner_of(net, **options):
    options = {'inputs': ('pre.input', 30.0), 'monitors': ['post.V'], 'progress_bar': False} | options
    return bp.DSRunner(net, **options)


class Held:
    """A run in another thread that waits in its first step until the end of the ``with`` block."""

    def __init__(self, net):
        self._reached, self._leave = threading.Event(), threading.Event()
        self.runner = runner_of(net, monitors={'V': net.post.V, 'held': self._hold})
        self._thread = threading.Thread(target=self.runner.run, args=(1.0,))

    def _hold(self, shared):
        self._reached.set()
        self._leave.wait()
        return 0.0

    def __enter__(self):
        self._thread.start()
        self._reached.wait()
        return self

    def __exit__(self, *args):
        self._leave.set()
        self._thread.join()


@pytest.mark.parametrize('jit', [True, False], ids=['core', 'python'])
def test_networks_in_threads_of_their_own(jit):
    expected = runner_of(network(5, 3), jit=jit)
    expected.run(60.0)
    runners = [runner_of(network(5, 3), jit=jit, t0=t0) for t0 in (0.0, 1000.0, 2000.0)]
    threads = [threading.Thread(target=runner.run, args=(60.0,)) for runner in runners]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert expected.mon['post.V'].any()
    for runner in runners:
        assert np.array_equal(runner.mon['post.V'], expected.mon['post.V'])


CHANGES = {
    'run': lambda net: runner_of(net).run(1.0),
    'reset': lambda net: net.reset_state(),
    'reset of a synapse': lambda net: net.syn.reset_state(),
    'step': lambda net: net.post.update(),
    'write': lambda net: net.post.V.fill(1.0),
    'write to a synapse': lambda net: net.syn.g.__setitem__(0, 0.1),
    'parameter': lambda net: setattr(net.post, 'tau', 5.0),
    'parameter of a synapse': lambda net: setattr(net.syn, 'alpha', 0.5),
    'parameter of an output': lambda net: setattr(net.syn.output, 'E', -10.0),
    'parameter of plasticity': lambda net: setattr(net.syn.stp, 'tau', 10.0),
    'weights': lambda net: setattr(net.syn, 'g_max', 0.1),
    'synapse': lambda net: bp.synapses.AMPA(net.pre, bp.neurons.LIF(1), bp.conn.All2All(), delay_step=20),
}


@pytest.mark.parametrize('change', CHANGES.values(), ids=CHANGES.keys())
def test_what_is_run_is_not_changed_by_another_thread(change):
    net = network(3)
    with Held(net) as held:
        bp.share.save(t=0.0, dt=0.1, i=0)
        with pytest.raises(RunningError, match='is being run by another thread'):
            change(net)
    alone = runner_of(network(3))
    alone.run(1.0)
    assert np.array_equal(held.runner.mon.V, alone.mon['post.V'])
    bp.share.save(t=0.0, dt=0.1, i=0)
    change(net)
    bp.share.clear()


def test_what_is_run_can_be_read_by_another_thread():
    net = network(3)
    with Held(net) as held:
        assert net.syn.g.value.shape == (3,) and net.post.V.value.shape == (3,)
        assert repr(net) and held.runner._repr_html_()


def test_the_functions_of_a_run_may_change_what_is_run():
    net = network(3)

    def rest(shared):
        net.post.V[:] = 7.0
        return net.post.V.value

    runner = runner_of(net, monitors={'V': rest})
    runner.run(0.3)
    assert (runner.mon.V == 7.0).all()


@pytest.mark.skipif(not hasattr(os, 'fork'), reason='the system has no fork')
@pytest.mark.filterwarnings('ignore::DeprecationWarning')
def test_a_child_process_has_threads_of_its_own():
    """A process has only the thread that forked it: the others of a runner must be made anew."""
    net = bp.Network(group=bp.neurons.LIF(5000))
    runner = bp.DSRunner(net, threads=3, progress_bar=False)
    runner.run(0.5)
    child = os.fork()
    if child == 0:
        try:
            runner.run(0.5)
            del runner
        finally:
            os._exit(0 if bm.all(net.group.V == 0.0) else 1)
    _, status = os.waitpid(child, 0)
    assert status == 0
