# SPDX-License-Identifier: Apache-2.0
"""What `import bouton` brings, and what not."""

import pathlib
import subprocess
import sys

import pytest

import bouton as bp
import bouton.math as bm


def test_heavy_packages_are_not_imported():
    code = 'import sys, bouton; print([m for m in ("matplotlib", "scipy", "tqdm", "pandas") if m in sys.modules])'
    found = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == '[]'


@pytest.mark.parametrize('name', bp.__all__)
def test_every_name_is_there(name):
    assert getattr(bp, name) is not None
    assert name in dir(bp)


def test_aliases():
    assert bp.conn is bp.connect and bp.initialize is bp.init and bp.Base is bp.BrainPyObject
    assert bp.dyn.HH is bp.neurons.HH and bp.dyn.synapses is bp.synapses
    assert bp.modes.normal is bm.nonbatching_mode
    assert bm.BrainPyObject is bp.BrainPyObject
    with pytest.raises(AttributeError, match="module 'bouton' has no attribute 'foo'"):
        bp.foo  # noqa: B018


#: What `brainpy` has at top level and bouton has not.
ABSENT = (
    'BPFF BPTT DSTrainer Delay ForceTrainer OfflineTrainer OnlineTrainer RidgeTrainer SynConnNS SynOutNS SynSTPNS '
    'algorithms analysis base channels checkpoints encoding experimental layers rates testing train'
).split()


@pytest.mark.parametrize('name', [*ABSENT, 'dnn', 'mixin', 'Dynamic', 'Projection', 'State', 'SynDyn'])
def test_absent_names_say_what_to_use(name):
    assert not hasattr(bp, name)
    with pytest.raises(AttributeError, match=f"^bouton has no '{name}': .+; see 'Coming from BrainPy'"):
        getattr(bp, name)
    page = pathlib.Path(__file__).parents[2] / 'doc' / 'from_brainpy.md'
    assert f'`bp.{name}`' in page.read_text(encoding='utf-8') or f'`{name}`' in page.read_text(encoding='utf-8')


def test_absent_names_of_dyn():
    newer, older = ('ProjAlignPostMg2', 'HalfProjAlignPost', 'FullProjDelta'), ('ExpCOBA', 'DeltaSynapse')
    for name in (*newer, *older, 'layers', 'channels', 'rates'):
        with pytest.raises(AttributeError, match=f"has no '{name}': "):
            getattr(bp.dyn, name)
    with pytest.raises(AttributeError, match="module 'bouton.dyn' has no attribute 'foo'"):
        bp.dyn.foo  # noqa: B018


def test_second_names_in_import_statements():
    code = """
import bouton as bp
import bouton.initialize, bouton.conn as conn, bouton.dyn.synapses
from bouton.initialize import Normal
from bouton.dyn.neurons import HH
from bouton.ode import odeint
from bouton.conn import All2All
assert bouton.initialize is bp.initialize is bp.init and conn is bp.connect is bp.conn
assert Normal is bp.init.Normal and HH is bp.neurons.HH and All2All is bp.connect.All2All
assert bp.init.__name__ == bp.init.__spec__.name == 'bouton.init'
assert bouton.dyn.synapses is bp.synapses and bp.ode is bp.integrators.ode
"""
    subprocess.run([sys.executable, '-c', code], check=True)


def test_no_module_under_a_wrong_name():
    for name in ('bouton.foo', 'bouton.dyn.foo'):
        with pytest.raises(ModuleNotFoundError, match=name):
            __import__(name)


def test_plot_stays_a_function():
    code = 'import bouton as bp; bp.plot; import bouton._plot; assert callable(bp.plot)'
    subprocess.run([sys.executable, '-c', code], check=True)


def test_check_mode():
    bp.modes.check_mode(bm.TrainingMode(2), (bm.TrainingMode, bm.BatchingMode), 'X')
    with pytest.raises(ValueError, match=r'X does not support TrainingMode\(batch_size=2\)'):
        bp.modes.check_mode(bm.TrainingMode(2), bm.NonBatchingMode, 'X')
