# SPDX-License-Identifier: Apache-2.0
"""How systems are called: the time argument, shared values, containers, sequences, views."""

import numpy as np
import pytest

import bouton as bp
import bouton.math as bm


@pytest.fixture(autouse=True)
def _nothing_shared():
    bp.share.clear()
    yield
    bp.share.clear()


class Timed(bp.DynamicalSystem):
    def update(self, tdi, a=None):
        return tdi, a


class Untimed(bp.DynamicalSystemNS):
    def update(self, a=None):
        return a


class Decorated(bp.DynamicalSystem):
    @bp.not_pass_shared
    def update(self, a=None):
        return a


class Newer(bp.NeuGroup):
    """As programs for later versions are written: a group without the time argument."""

    def update(self, x=None):
        return x


# ---- the time argument ---------------------------------------------------------------------------------------------


def test_the_time_argument_is_passed_or_shared():
    bp.share.save(t=1.0, i=10)
    given = {'t': 2.0, 'dt': 0.1}
    assert Timed()(given, 5) == (given, 5)
    tdi, a = Timed()(5)
    assert (tdi, a) == ({'t': 1.0, 'i': 10}, 5) and tdi.t == 1.0
    tdi['t'] = 7.0
    assert bp.share.load('t') == 1.0  # it was a copy
    for kind in (Untimed, Decorated, lambda: Newer(1)):
        bp.share.save(t=1.0)
        assert kind()(5) == 5
        assert bp.share.load('t') == 1.0
        assert kind()(given, 5) == 5
        assert bp.share.load('t') == 2.0


def test_calling_update_directly_applies_no_such_logic():
    assert Timed().update(1, 2) == (1, 2)
    assert Untimed().update({'t': 1}) == {'t': 1}


def test_an_update_without_parameters_is_called_without():
    class Bare(bp.DynamicalSystem):
        def update(self):
            return 'called'

    assert Bare()() == 'called'
    assert Bare()({'t': 0.0}) == 'called'


def test_update_and_reset_state_must_be_written():
    with pytest.raises(NotImplementedError, match='Must implement "update" function by subclass self.'):
        bp.DynamicalSystem().update()
    with pytest.raises(NotImplementedError, match='Must implement "reset_state" function by subclass self. Error of a'):
        bp.DynamicalSystem(name='a').reset_state()
    with pytest.raises(NotImplementedError, match='Subclass of NeuGroup must implement "update" function'):
        bp.NeuGroup(1).update()
    assert bp.NeuGroup(1).clear_input() is None


def test_shift_operator_calls():
    assert 3 >> Untimed() == 3
    for x in (np.ones(2), bm.ones(2)):
        assert x >> Untimed() is x
    assert (bm.Variable(bm.ones(2)) >> Untimed()).dtype == float
    with pytest.raises(TypeError):
        np.ones(2) + Untimed()


def test_modes():
    assert isinstance(bp.NeuGroup(1).mode, bm.NonBatchingMode)
    with bm.batching_environment(batch_size=3):
        assert bp.NeuGroup(1).mode.batch_size == 3
    group = bp.NeuGroup(1, mode=bm.TrainingMode(2))
    assert group.mode.batch_size == 2
    with pytest.raises(ValueError, match="Should be instance of Mode, but we got <class 'str'>: x"):
        bp.NeuGroup(1, mode='x')
    with pytest.raises(ValueError, match='Must be instance of Mode'):
        group.mode = 3


# ---- shared values -------------------------------------------------------------------------------------------------


def test_share():
    with pytest.raises(KeyError, match='Cannot found shared data of t.'):
        bp.share.load('t')
    assert bp.share.load('t', 4.0) == 4.0
    assert bp.share.load('dt') == bm.get_dt()
    bp.share.save('a', 1, 'b', 2)
    bp.share['c'] = 3
    assert bp.share['c'] == 3
    copied = bp.share.get_shargs()
    assert copied == {'a': 1, 'b': 2, 'c': 3} and copied.a == 1
    bp.share.clear_shargs('a')
    assert bp.share.get_shargs() == {'b': 2, 'c': 3}
    with pytest.raises(KeyError):
        bp.share.clear_shargs('zz')
    bp.share.clear_shargs()
    assert bp.share.get_shargs() == {}
    with pytest.raises(TypeError):
        bp.share.save('a')


# ---- groups and views ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ('size', 'keep_size', 'expected'),
    [(4, False, (4,)), ((2, 3), False, (6,)), ([2, 3], True, (2, 3)), (np.int32(5), True, (5,))],
)
def test_sizes(size, keep_size, expected):
    group = bp.NeuGroup(size, keep_size=keep_size)
    assert group.varshape == expected
    assert group.num == np.prod(expected)
    assert group.get_batch_shape(7) == (7, *expected)
    assert group.get_batch_shape() == expected


@pytest.mark.parametrize('size', ['a', (), 1.5, [1, 'a'], 0, -1, (2, 0), None, True])
def test_sizes_that_are_refused(size):
    with pytest.raises(ValueError, match='size must be'):
        bp.NeuGroup(size)


class Cells(bp.NeuGroupNS):
    def __init__(self, size, keep_size=False):
        super().__init__(size, keep_size)
        self.V = bm.Variable(bm.arange(self.num, dtype=float).reshape(self.varshape))
        self.input = bm.Variable(bm.zeros(self.varshape))
        self.spike = bm.Variable(bm.zeros(self.varshape, dtype=bool))
        self.other = bm.Variable(bm.zeros(99))


@pytest.mark.parametrize(
    ('index', 'expected'),
    [
        (slice(2, 5), [2, 3, 4]),
        (slice(None, None, -2), [5, 3, 1]),
        (3, [3]),
        (-1, [5]),
        (np.int64(2), [2]),
        ([4, 0], [4, 0]),
        (np.array([1, 2]), [1, 2]),
        (np.array([True, False, False, True, False, False]), [0, 3]),
    ],
)
def test_views(index, expected):
    group = Cells(6)
    view = group[index]
    assert view.V.value.tolist() == expected
    assert (view.num, view.size) == (len(expected), (len(expected),))
    assert view.flat_indices.tolist() == expected
    view.V[:] = -1.0
    view.input += 2.0
    assert all(group.V[i] == (-1.0 if i in expected else i) for i in range(6))
    assert group.input.value.sum() == 2.0 * len(expected)
    assert not hasattr(view, 'other') or view.other.shape == (99,)


def test_views_of_a_geometry_and_of_views():
    group = Cells((3, 4), keep_size=True)
    view = group[1:, [0, 2]]
    assert view.V.value.tolist() == [[4.0, 6.0], [8.0, 10.0]]
    assert view.flat_indices.tolist() == [4, 6, 8, 10]
    inner = Cells(6)[1:5][[0, 2]]
    assert inner.V.value.tolist() == [1.0, 3.0]


@pytest.mark.parametrize('index', [6, -7, [0, 6], slice(3, 3), (0, 0)])
def test_indices_out_of_range(index):
    with pytest.raises(IndexError):
        Cells(6)[index]


def test_views_are_skipped_by_networks():
    group = Cells(6)
    group.update = None
    net = bp.Network(view=group[0:2])
    net.update()
    net.reset_state()
    net.clear_input()


# ---- containers ----------------------------------------------------------------------------------------------------


class Note(bp.DynamicalSystem):
    """Writes down that it was updated."""

    notes: list = []

    def update(self, tdi):
        self.notes.append((self.name, tdi.get('t')))


def test_a_container_steps_in_the_order_of_insertion():
    Note.notes.clear()
    a, b, c, d = (Note() for _ in range(4))
    net = bp.Container(a, [b], {'key': c}, word=d)
    net({'t': 3.0})
    assert Note.notes == [(system.name, 3.0) for system in (a, b, c, d)]
    assert net['key'] is c and net.word is d and net[a.name] is a and net[b.name] is b
    with pytest.raises(ValueError, match=r"Unknown item foo, we only found \['"):
        net['foo']
    with pytest.raises(AttributeError):
        net.foo  # noqa: B018


def test_members_must_be_systems():
    for make in (lambda: bp.Network(3), lambda: bp.Container('x')):
        with pytest.raises(ValueError, match='Cannot parse sub-systems. They should be DynamicalSystem or a list'):
            make()
    for make in (lambda: bp.Network(a=3), lambda: bp.Network([3]), lambda: bp.Network({'a': 3})):
        with pytest.raises(ValueError, match="Should be instance of DynamicalSystem. But we got <class 'int'>"):
            make()
    other = bp.BrainPyObject()
    assert bp.Container(x=other, must_be_dynsys_subclass=False).x is other


def test_a_network_steps_by_kind():
    order = []

    class Cell(Cells):
        def update(self, x=None):
            order.append(self)

    class Syn(bp.SynConn):
        def update(self, tdi):
            order.append(self)

    class Other(bp.DynamicalSystem):
        def update(self, tdi):
            order.append(self)

    pre, post = Cell(2), Cell(3)
    syn, syn2, other = Syn(pre, post), Syn(post, pre), Other()

    class Net(bp.Network):
        def __init__(self):
            super().__init__(other, post=post, syn2=syn2)
            self.pre = pre
            self.syn = syn
            self.again = pre

    net = Net()
    net.update()
    assert order == [syn, syn2, pre, post, other]
    order.clear()
    inner = bp.Network(other, pre)
    bp.Network(inner, post, syn).update('ignored')
    assert order == [syn, post, pre, other]


def test_a_network_of_a_temporary_keeps_its_members():
    assert list(bp.Network(a=Cells(1)).nodes('relative', level=1)) == ['', 'a']


def test_sequential():
    cells = Untimed()
    seq = bp.Sequential(lambda x: x + 1, cells, double=lambda x: 2 * x)
    assert seq(1) == 4 and seq({}, 1) == 4
    assert seq[1] is cells and seq['l-1'] is cells and seq['double'](1) == 2
    assert isinstance(seq[0:2], bp.Sequential) and seq[0:2](1) == 2
    assert list(seq.nodes('relative')) == ['', 'l-1']
    for key in ('q', 1.5):
        with pytest.raises(KeyError):
            seq[key]
    with pytest.raises(IndexError):
        seq[9]
    with pytest.raises(TypeError):
        bp.Sequential(3)


# ---- display -------------------------------------------------------------------------------------------------------


def test_display():
    pre, post = Cells(2), Cells(3)
    syn = bp.TwoEndConn(pre, post)
    net = bp.Network(pre=pre, post=post, syn=syn, inner=bp.Network(pre))
    text = repr(net)
    assert 'syn' in text and 'pre -> post' in text and 'in Python' in text
    assert '<table>' in net._repr_html_() and '<table>' in syn._repr_html_()
    assert repr(bp.Network()).count('\n') == 0
    assert f'pre=Cells(name={pre.name}' in repr(syn)
    assert repr(bp.Sequential(pre)).startswith('Sequential(\n  [0] Cells')


def test_display_of_couplings_of_variables():
    cells = bp.neurons.LIF(3)
    poisson = bp.synapses.PoissonInput(cells.input, 10, 50.0, 1.0)
    diffusive = bp.synapses.DiffusiveCoupling(cells.V, cells.V, cells.input, np.ones((3, 3)))
    net = bp.Network(cells=cells, poisson=poisson, diffusive=diffusive)
    assert repr(net).count('variables -> variables') == 2
    for thing in (net, poisson, diffusive):
        assert repr(thing) and '<table>' in thing._repr_html_()
