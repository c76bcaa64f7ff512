# SPDX-License-Identifier: Apache-2.0
"""The examples of the gallery run, write their figures, and show what they say."""

import importlib.util
import re
from pathlib import Path

import matplotlib as mpl
import pytest

mpl.use('Agg')

import matplotlib.pyplot as plt
import numpy as np

folder = Path(__file__).parents[2] / 'example' / 'python'


@pytest.fixture
def run(tmp_path, capsys):
    """Runs an example; returns the numbers that it prints and its module."""

    def run(name):
        spec = importlib.util.spec_from_file_location(name, folder / f'{name}.py')
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        module.main(tmp_path)
        image = plt.imread(tmp_path / f'{name}.png')
        assert image.shape[0] > 300 and image.shape[1] > 300 and image.std() > 0.01
        printed = capsys.readouterr().out
        return printed, [float(number) for number in re.findall(r'\d+(?:\.\d+)?', printed)], module

    yield run
    plt.close('all')


def test_every_example_is_run_here():
    tests = Path(__file__).read_text()
    for example in folder.glob('*.py'):
        assert f"run('{example.stem}')" in tests


def test_hh_pair(run):
    _, _, module = run('hh_pair')
    spikes = {}
    for name, receptor in module.receptors.items():
        V = module.run_pair(receptor)['post.V'][:, 0]
        spikes[name] = np.sum((V[1:] >= 20) & (V[:-1] < 20))
    assert spikes == {'AMPA': 8, 'GABAa': 0, 'NMDA': 0}


def test_gamma_own_classes(run):
    _, numbers, _ = run('gamma_own_classes')
    (_, _, _, early), (_, _, rate, late) = numbers[:4], numbers[4:]
    assert early < 0.2 and late > 0.4
    assert 35 < rate < 45


def test_ei_hh_network(run):
    _, (exc, inh), _ = run('ei_hh_network')
    assert 25 < exc < inh < 60


def test_decision_making(run):
    printed, (rate_A, rate_B), _ = run('decision_making')
    assert printed.startswith('Decision for A')
    assert rate_A > 20 and rate_B < 5


def test_fit_receptor(run):
    printed, _, module = run('fit_receptor')
    last = printed.splitlines()[-1]
    alpha, alpha_error, beta, beta_error, noise = map(float, re.findall(r'\d+\.\d+', last))
    assert abs(alpha - module.TRUE['alpha']) < 3 * alpha_error < 0.2
    assert abs(beta - module.TRUE['beta']) < 3 * beta_error < 0.01
    assert abs(noise - module.NOISE) < 0.002


def test_train_spiking_network(run):
    printed, _, _ = run('train_spiking_network')
    (before, after, right), (_, after_stopped, right_stopped) = (
        [float(x) for x in re.findall(r'\d+(?:\.\d+)?', line)] for line in printed.splitlines()
    )
    assert after < 0.4 * before and right > 90
    assert after_stopped > 0.8 * before and right_stopped < 60
