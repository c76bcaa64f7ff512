# SPDX-License-Identifier: Apache-2.0
"""Names, children, variables and saved states of objects."""

import gc

import numpy as np
import pytest

import bouton as bp
import bouton.math as bm
from bouton._base import clear_name_cache


class Cells(bp.NeuGroupNS):
    """A group with the variables that synapses and runners look for; V follows the input."""

    def __init__(self, size, name=None, **kwargs):
        super().__init__(size, name=name, **kwargs)
        self.V = bm.Variable(bm.zeros(self.varshape))
        self.input = bm.Variable(bm.zeros(self.varshape))
        self.spike = bm.Variable(bm.zeros(self.varshape, dtype=bool))

    def reset_state(self, batch_size=None):
        self.V = bm.zeros(self.varshape)
        self.input = bm.zeros(self.varshape)
        self.spike = bm.zeros(self.varshape, dtype=bool)

    def update(self, x=None):
        self.V += self.input
        return self.V.value

    def clear_input(self):
        self.input[:] = 0.0


class Tree(bp.DynamicalSystem):
    def __init__(self, name=None):
        super().__init__(name=name)
        self.b = bm.Variable(3)
        self.a = bm.Variable(2)
        self.listed = bm.NodeList([Cells(1, name='in_list0'), Cells(1, name='in_list1')])
        self.keyed = bm.NodeDict({'k': Cells(1, name='in_dict')})
        self.hidden = [Cells(1, name='in_plain_list'), bm.Variable(1)]
        self.variables = bm.VarList([bm.Variable(1), bm.Variable(1)])
        self.register_implicit_nodes(Cells(1, name='registered'), under_key=Cells(1, name='by_key'))
        self.register_implicit_vars(loose=bm.Variable(4))


@pytest.fixture(autouse=True)
def _new_names():
    clear_name_cache(ignore_warn=True)


# ---- names ---------------------------------------------------------------------------------------------------------


def test_names_count_by_class():
    assert [Cells(1).name, Cells(1).name, Tree('t').name, Cells(1).name] == ['Cells0', 'Cells1', 't', 'Cells2']


def test_a_name_that_is_in_use_is_refused():
    held = Cells(1, name='aa')
    with pytest.raises(bp.errors.UniqueNameError, match='has a used name "aa"'):
        Cells(1, name='aa')
    assert issubclass(bp.errors.UniqueNameError, ValueError)
    assert held.name == 'aa'


def test_a_name_can_be_used_again_when_its_object_is_gone():
    first = Cells(1, name='aa')
    first.itself = first  # a cycle: only the garbage collector ends it
    gc.disable()
    try:
        del first
        assert Cells(1, name='aa').name == 'aa'
    finally:
        gc.enable()


@pytest.mark.parametrize('name', ['a b', '', '1a', 3])
def test_a_name_must_be_an_identifier(name):
    with pytest.raises(bp.errors.BrainPyError, match="isn't a valid identifier"):
        Cells(1, name=name)


def test_automatic_names_avoid_given_ones():
    held = Cells(1, name='Cells0')
    assert Cells(1).name == 'Cells1'
    assert held.name == 'Cells0'


def test_renaming_updates_the_listing():
    cells = Cells(1)
    net = bp.Network(cells)
    cells.name = 'other'
    assert 'other' in net.nodes()
    assert Cells(1, name='Cells0').name == 'Cells0'


# ---- attributes ----------------------------------------------------------------------------------------------------


def test_assigning_to_a_variable_writes_into_it():
    cells = Cells(3)
    before = cells.V
    cells.V = bm.ones(3)
    cells.V = bm.Variable(bm.ones(3) * 2)
    assert cells.V is before
    assert before.value.tolist() == [2.0, 2.0, 2.0]
    with pytest.raises(bp.errors.MathError, match=r'shape of the original data is \(3,\), while we got \(4,\)'):
        cells.V = bm.ones(4)
    with pytest.raises(bp.errors.MathError, match='dtype of the original data is bool'):
        cells.spike = bm.ones(3)
    cells.spare = 1
    cells.spare = 'replaced'
    assert cells.spare == 'replaced'


def test_an_object_without_super_init_says_so():
    class Forgetful(bp.DynamicalSystem):
        def __init__(self):
            self.x = 1

    with pytest.raises(RuntimeError, match=r'Forgetful.__init__ must call super\(\).__init__\(\) first'):
        Forgetful().name  # noqa: B018


# ---- children and variables ----------------------------------------------------------------------------------------


def test_children_are_found_in_the_documented_order():
    tree = Tree('tree')
    assert list(tree.nodes()) == ['tree', 'in_list0', 'in_list1', 'in_dict', 'registered', 'by_key']
    assert list(tree.nodes('relative')) == ['', 'listed-0', 'listed-1', 'keyed.k', 'registered', 'under_key']
    assert list(tree.nodes(level=0)) == ['tree']
    assert list(tree.nodes('relative', level=1, include_self=False))[0] == 'listed-0'
    with pytest.raises(ValueError, match='No support for the method of "foo"'):
        tree.nodes('foo')


def test_variables_are_sorted_by_name_inside_an_object():
    tree = Tree('tree')
    own = ['a', 'b', 'variables-0', 'variables-1', 'loose']
    assert list(tree.vars('relative', level=0)) == own
    assert list(tree.vars())[: len(own)] == [f'tree.{key}' for key in own]
    assert 'in_plain_list.V' not in tree.vars()
    assert 'in_dict.V' in tree.vars()
    assert list(tree.vars('relative', level=0, exclude_types=bm.Variable)) == []


def test_one_object_under_several_relative_paths():
    pre, post = Cells(2, name='pre'), Cells(2, name='post')
    syn = bp.TwoEndConn(pre, post, name='syn')
    net = bp.Network(syn=syn, pre=pre, post=post, name='net')
    relative = list(net.nodes('relative'))
    assert relative == ['', 'syn', 'pre', 'post', 'syn.pre', 'syn.post', 'syn.output', 'syn.output.master']
    assert list(net.nodes())[:4] == ['net', 'syn', 'pre', 'post']
    assert len(net.vars('relative')) == 12
    assert list(net.vars('relative').unique()) == [f'{g}.{v}' for g in ('pre', 'post') for v in ('V', 'input', 'spike')]


def test_collectors_select_and_subtract():
    cells = Cells(2)
    cells.w = bm.TrainVar(bm.ones(2))
    assert list(cells.train_vars('relative')) == ['w']
    assert list(cells.vars('relative').subset(bm.TrainVar)) == ['w']
    rest = cells.vars('relative') - cells.train_vars('relative')
    assert list(rest) == ['V', 'input', 'spike']
    with pytest.raises(ValueError, match='Name "V" conflicts'):
        rest['V'] = cells.w


def test_registration_checks_what_it_is_given():
    with pytest.raises(ValueError, match='Must be instance of BrainPyObject'):
        bp.DynamicalSystem().register_implicit_nodes(x=3)
    with pytest.raises(ValueError, match='Must be instance of Variable'):
        bp.DynamicalSystem().register_implicit_vars(x=np.ones(2))


# ---- states --------------------------------------------------------------------------------------------------------


def test_state_dict_round_trip():
    net = bp.Network(a=Cells(2, name='a'), b=Cells(3, name='b'))
    net.a.V[:] = 4.0
    state = net.state_dict()
    net.a.V[:] = 0.0
    result = net.load_state_dict(state)
    assert net.a.V.value.tolist() == [4.0, 4.0]
    assert result.missing_keys == [] and result.unexpected_keys == []
    assert list(state['a']) == ['a.V', 'a.input', 'a.spike']


def test_load_state_dict_reports_and_changes_nothing_on_error():
    cells = Cells(2, name='a')
    with pytest.warns(UserWarning) as seen:
        result = cells.load_state_dict({'a': {'a.V': np.ones(2)}, 'z': {'z.V': np.ones(2)}})
    assert len(seen) == 2
    assert result.missing_keys == ['a.input', 'a.spike'] and result.unexpected_keys == ['z.V']
    with pytest.raises(bp.errors.MathError):
        cells.load_state_dict({'a': {'a.V': np.zeros(2), 'a.input': np.zeros(3)}}, warn=False)
    assert cells.V.value.tolist() == [1.0, 1.0]


@pytest.mark.parametrize('ending', ['npz', 'pkl', 'mat', 'h5'])
def test_states_in_files(tmp_path, ending):
    pytest.importorskip({'mat': 'scipy', 'h5': 'h5py'}.get(ending, 'numpy'))
    net = bp.Network(a=Cells(2, name='a'), b=Cells(3, name='b'))
    net.a.V[:] = [1.5, 2.5]
    net.b.spike[:] = [True, False, True]
    path = tmp_path / f'states.{ending}'
    net.save_states(path)
    net.reset_state()
    net.load_states(path)
    assert net.a.V.value.tolist() == [1.5, 2.5]
    assert net.b.spike.value.tolist() == [True, False, True]
    assert net.b.spike.dtype == bool


def test_files_that_cannot_be_used(tmp_path):
    cells = Cells(2, name='a')
    with pytest.raises(bp.errors.BrainPyError, match='Unknown file format'):
        cells.save_states(tmp_path / 'x.txt')
    with pytest.raises(bp.errors.BrainPyError, match='Cannot find the file path'):
        cells.load_states(tmp_path / 'x.npz')
    cells.save_states(tmp_path / 'x.npz')
    with pytest.raises(KeyError, match='has values for'):
        Cells(2, name='b').load_states(tmp_path / 'x.npz')
