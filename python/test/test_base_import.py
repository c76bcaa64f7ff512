# SPDX-License-Identifier: Apache-2.0
"""What `import bouton` brings, and what not."""

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


def test_check_mode():
    bp.modes.check_mode(bm.TrainingMode(2), (bm.TrainingMode, bm.BatchingMode), 'X')
    with pytest.raises(ValueError, match=r'X does not support TrainingMode\(batch_size=2\)'):
        bp.modes.check_mode(bm.TrainingMode(2), bm.NonBatchingMode, 'X')
