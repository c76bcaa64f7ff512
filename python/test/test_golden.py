# SPDX-License-Identifier: Apache-2.0
"""BrainPy 2.4's numbers, through the interface that its programs use.

The cases are those of test/golden/data, which says what a case means; the environment variable BOUTON_GOLDEN names a
folder with further ones. Each is built from the public classes alone and run in every way that it can be run.
"""

import csv
import json
import os
from pathlib import Path

import numpy as np
import pytest

import bouton as bp
import bouton.math as bm

FOLDERS = [Path(__file__).parents[2] / 'test' / 'golden' / 'data']
if 'BOUTON_GOLDEN' in os.environ:
    FOLDERS.append(Path(os.environ['BOUTON_GOLDEN']))


class Given(bp.NeuGroupNS):
    """Spikes from a table of rows (step, batch, neuron)."""

    def __init__(self, size, rows, mode=None):
        super().__init__(size, mode=mode)
        self.rows = rows
        self.spike = bp.init.variable_(lambda shape: bm.zeros(shape, dtype=bool), self.varshape, self.mode)

    def update(self):
        rows = np.zeros(self.spike.shape, dtype=bool)
        for step, *where in self.rows:
            if step == bp.share.load('i'):
                rows[tuple(where)] = True
        self.spike.value = rows

    def reset_state(self, batch_size=None):
        self.spike[...] = False


class Clamped(bp.NeuGroupNS):
    """Neurons whose V at the start of step i is row i of a table."""

    def __init__(self, size, V, mode=None):
        super().__init__(size, mode=mode)
        self.table = V
        self.V = bp.init.variable_(bm.zeros, self.varshape, self.mode)
        self.input = bp.init.variable_(bm.zeros, self.varshape, self.mode)
        self.V[...] = V[0]

    def update(self):
        self.V[...] = self.table[min(bp.share.load('i') + 1, len(self.table) - 1)]

    def clear_input(self):
        self.input[...] = 0.0


class OwnAMPA(bp.synapses.AMPA):
    def dg(self, g, t, TT):
        return self.alpha * TT * (1 - g) - self.beta * g


class OwnGABAa(bp.synapses.GABAa):
    def dg(self, g, t, TT):
        return self.alpha * TT * (1 - g) - self.beta * g


class OwnBioNMDA(bp.synapses.BioNMDA):
    def dx(self, x, t, TT):
        return self.alpha2 * TT * (1 - x) - self.beta2 * x


BUILT_IN = {'AMPA': bp.synapses.AMPA, 'GABAa': bp.synapses.GABAa, 'BioNMDA': bp.synapses.BioNMDA}
OWN = {'AMPA': OwnAMPA, 'GABAa': OwnGABAa, 'BioNMDA': OwnBioNMDA}
CONNECTORS = {
    'All2All': lambda c: bp.conn.All2All(include_self=c['include_self']),
    'One2One': lambda c: bp.conn.One2One(),
    'dense': lambda c: np.array(c['mask']),
    'ij': lambda c: {'i': np.array(c['i']), 'j': np.array(c['j'])},
}


def component(module, given):
    if given is None:
        return None
    options = {key: np.array(x) if isinstance(x, list) else x for key, x in given.items() if key != 'type'}
    return getattr(module, given['type'])(**options)


def clamp_table(group, case):
    V = np.array(group['V'], dtype=float)
    return np.broadcast_to(V, (case['steps'], group['num'])) if V.ndim == 1 else V


class Case:
    """A case, and the network that it describes."""

    def __init__(self, folder):
        self.case = case = json.loads((folder / 'case.json').read_text())
        with (folder / 'expected.csv').open() as file:
            self.columns = next(csv.reader(file))[2:]
        self.expected = np.loadtxt(folder / 'expected.csv', delimiter=',', skiprows=1, ndmin=2)[:, 2:]
        spikes = folder / 'spikes.csv'
        lines = spikes.read_text().splitlines()[1:] if spikes.exists() else None
        self.spikes = None if lines is None else [tuple(line.split(',')) for line in lines]
        self.dt, self.steps = case['dt'], case['steps']
        kind = case['mode']['type']
        self.mode = {
            'nonbatching': lambda: bm.NonBatchingMode(),
            'batching': lambda: bm.BatchingMode(case['mode']['batch_size']),
            'training': lambda: bm.TrainingMode(case['mode']['batch_size']),
        }[kind]()

    @property
    def is_driven(self):
        return any(group['type'] == 'clamped' for group in self.case['groups'].values())

    def build(self, receptors, own_groups):
        """The network; the inputs that clamp V where the groups are built-in ones."""
        self.inputs = []
        parts = {name: self.group(name, group, own_groups) for name, group in self.case['groups'].items()}
        for s in self.case['synapses']:
            weights = np.array(s['g_max']) if isinstance(s['g_max'], list) else s['g_max']
            delay = np.array(s['delay_step']) if isinstance(s['delay_step'], list) else s['delay_step']
            parts[s['name']] = receptors[s['model']](
                parts[s['pre']],
                parts[s['post']],
                CONNECTORS[s['conn']['type']](s['conn']),
                output=component(bp.synouts, s['output']),
                stp=component(bp.synplast, s['stp']),
                comp_method=s['comp_method'],
                g_max=weights,
                delay_step=delay,
                method=s['method'],
                stop_spike_gradient=s['stop_spike_gradient'],
                mode=self.mode,
                **s['params'],
            )
        for given in self.case['inputs']:
            target = f'{given["target"]}.input'
            if 'per_step' in given:
                self.inputs.append((target, np.array(given['per_step']), 'iter'))
            else:
                self.inputs.append((target, np.array(given['value'])))
        return bp.Network(**parts)

    def group(self, name, group, own):
        num, kind = group['num'], group['type']
        if kind == 'spike_source':
            if own:
                return Given(num, group['spikes'], mode=self.mode)
            times = [(step - 0.5) * self.dt for step, _ in group['spikes']]
            return bp.neurons.SpikeTimeGroup(num, times, [i for _, i in group['spikes']], mode=self.mode)
        if kind == 'SpikeTimeGroup':
            return bp.neurons.SpikeTimeGroup(num, group['times'], group['indices'], mode=self.mode)
        if kind == 'clamped':
            table = clamp_table(group, self.case)
            if own:
                return Clamped(num, table, mode=self.mode)
            if self.case['mode']['type'] != 'nonbatching':
                table = np.broadcast_to(table[:, None], (len(table), self.mode.batch_size, num))
            self.inputs.append((f'{name}.V', table, 'iter', '='))
            return bp.neurons.LeakyIntegrator(num, mode=self.mode)
        start = bm.asarray(group['V0'])
        params = dict(group['params'])
        if (given := group.get('surrogate')) is not None:
            spike_fun = getattr(bm.surrogate, given['name'])
            params['spike_fun'] = lambda x: spike_fun(x, **given['params'])
        return getattr(bp.neurons, kind)(num, V_initializer=start, method=group['method'], mode=self.mode, **params)

    # ---- ways to run -----------------------------------------------------------------------------------------------

    @property
    def monitors(self):
        return sorted(
            {column.split('[')[0] for column in self.columns} | {f'{g}.spike' for g in self.case['spike_groups']}
        )

    def by_runner(self, net):
        runner = bp.DSRunner(
            net, inputs=self.inputs, monitors=self.monitors, dt=self.dt, progress_bar=False, data_first_axis='T'
        )
        runner.run((self.steps + 0.5) * self.dt)
        return {name: np.asarray(runner.mon[name]) for name in self.monitors}

    def by_hand(self, net):
        """As a loop of the user's would step it; spikes of the same step are handed to `update` with direct drive."""
        records = {name: [] for name in self.monitors}
        variables = {name: self.variable(net, name) for name in self.monitors}
        direct = self.case['drive'] == 'direct'
        for i in range(self.steps):
            bp.share.save(t=i * self.dt, dt=self.dt, i=i)
            for target, value, *kind in self.inputs:
                variable = self.variable(net, target)
                row = value[i] if kind else value
                if kind[1:] == ['=']:
                    variable[...] = row
                else:
                    variable += row
            if direct:
                for s in self.case['synapses']:
                    spikes = np.zeros(net[s['pre']].num, dtype=bool)
                    for step, neuron in self.case['groups'][s['pre']]['spikes']:
                        spikes[neuron] |= step == i
                    net[s['name']].update(bp.share.get_shargs(), spikes)
                for name, group in self.case['groups'].items():
                    if group['type'] == 'clamped':
                        net[name].update()
            else:
                net.update()
            for name, variable in variables.items():
                records[name].append(np.array(variable))
            net.clear_input()
        bp.share.clear_shargs()
        return {name: np.array(rows) for name, rows in records.items()}

    @staticmethod
    def variable(net, path):
        found = net
        for part in path.split('.'):
            found = getattr(found, part)
        return found

    # ---- comparing -------------------------------------------------------------------------------------------------

    def check(self, records):
        every, tolerance = self.case['record_every'], self.case['tolerance']
        for position, column in enumerate(self.columns):
            name, _, indices = column.partition('[')
            index = tuple(int(i) for i in indices.rstrip(']').split(']['))
            got = records[name][(slice(None, None, every), *index)].astype(float)
            np.testing.assert_allclose(
                got, self.expected[:, position], rtol=tolerance['rtol'], atol=tolerance['atol'], err_msg=column
            )
        if self.spikes is not None:
            found = {
                (str(step), group, str(index))
                for group in self.case['spike_groups']
                for step, index in np.argwhere(records[f'{group}.spike'])
            }
            assert found == {row for row in self.spikes if row[1] in self.case['spike_groups']}


def folders():
    return sorted(
        (case.parent for folder in FOLDERS for case in folder.glob('*/case.json')), key=lambda path: path.name
    )


def ways():
    for folder in folders():
        case = json.loads((folder / 'case.json').read_text())
        driven = any(group['type'] == 'clamped' for group in case['groups'].values())
        batched_source = case['mode']['type'] != 'nonbatching' and driven
        if case['drive'] == 'direct':
            names = ['hand', 'numpy']
        elif driven:
            names = (['core'] if not batched_source else []) + ['own_groups', 'hand', 'numpy']
        else:
            names = ['core', 'hand', 'numpy']
        for way in names:
            yield pytest.param(folder, way, id=f'{folder.name}-{way}')


@pytest.fixture(autouse=True)
def compat():
    bm.set_compat('brainpy_2_4')
    yield
    bm.set_compat(None)


@pytest.mark.parametrize(('folder', 'way'), list(ways()))
def test_golden(folder, way):
    """'core': everything is built-in and the core steps it; 'own_groups': groups written in Python; 'hand': a loop of
    the user's; 'numpy': receptors whose equation the user wrote."""
    case = Case(folder)
    own_groups = way in ('own_groups', 'numpy') and case.is_driven or case.case['drive'] == 'direct'
    own_groups = own_groups or (case.is_driven and case.case['mode']['type'] != 'nonbatching')
    net = case.build(OWN if way == 'numpy' else BUILT_IN, own_groups)
    for s in case.case['synapses']:
        assert (net[s['name']]._core_part is None) == (way == 'numpy')
    case.check(case.by_hand(net) if way == 'hand' or case.case['drive'] == 'direct' else case.by_runner(net))


def gradient_folders():
    return [folder for folder in folders() if (folder / 'gradients.csv').exists()]


def loss_of(case, records):
    """The loss of a gradient case, from records of the shape (steps, batch, num)."""
    total = 0.0
    for term in case.case['loss']:
        off = records[f'{term["group"]}.{term["var"]}'][term['from_step'] :] - term['target']
        total = total + term['weight'] * bm.sum(off**2)
    return total


def check_gradients(folder, case, loss, by_weights, by_inputs):
    expected = {}
    with (folder / 'gradients.csv').open() as file:
        for row in csv.DictReader(file):
            expected.setdefault(row['quantity'], []).append((row['index'], float(row['value'])))
    for quantity, rows in expected.items():
        kind, _, name = quantity.partition(':')
        found = {'loss': {'': loss}, 'd_loss/d_g_max': by_weights, 'd_loss/d_input': by_inputs}[kind][name]
        indices = [tuple(int(i) for i in index.split(';')) if index else () for index, _ in rows]
        got = np.array([np.asarray(found)[index] for index in indices])
        values = np.array([value for _, value in rows])
        largest = case.case['tolerance']['gradient_rtol_of_max'] * np.abs(values).max()
        np.testing.assert_allclose(got, values, rtol=0, atol=max(largest, 1e-300), err_msg=quantity)


@pytest.mark.parametrize('folder', gradient_folders(), ids=lambda folder: folder.name)
def test_golden_gradients_by_pulling_back(folder):
    case = Case(folder)
    net = case.build(BUILT_IN, False)
    synapses = [s['name'] for s in case.case['synapses']]
    groups = list(case.case['groups'])
    wrt = [f'{name}.g_max' for name in synapses] + [f'{name}.input' for name in groups]
    names = case.monitors
    records, pullback = bp.vjp(net, steps=case.steps, inputs=case.inputs, monitors=names, wrt=wrt, dt=case.dt)
    case.check(records)
    cotangents = {name: np.zeros(records[name].shape) for name in names}
    for term in case.case['loss']:
        name, begin = f'{term["group"]}.{term["var"]}', term['from_step']
        cotangents[name][begin:] += 2 * term['weight'] * (records[name][begin:] - term['target'])
    found = pullback(cotangents)
    check_gradients(
        folder, case, loss_of(case, records),
        {name: found[f'{name}.g_max'] for name in synapses}, {name: found[f'{name}.input'] for name in groups},
    )  # fmt: skip


@pytest.mark.parametrize('folder', gradient_folders(), ids=lambda folder: folder.name)
def test_golden_gradients_of_a_loss(folder):
    case = Case(folder)
    net = case.build(BUILT_IN, False)
    synapses = [s['name'] for s in case.case['synapses']]
    weights = {name: net[name].g_max for name in synapses}
    zeros = {name: np.zeros((case.steps, *net[name].input.shape)) for name in case.case['groups']}

    def loss(added):
        net.reset_state(case.mode.batch_size)
        inputs = [*case.inputs, *((f'{name}.input', rows, 'iter') for name, rows in added.items())]
        runner = bp.DSRunner(
            net, inputs=inputs, monitors=case.monitors, dt=case.dt, progress_bar=False, data_first_axis='T'
        )
        runner.run((case.steps + 0.5) * case.dt)
        return loss_of(case, runner.mon)

    (by_weights, by_inputs), value = bm.grad(loss, grad_vars=weights, argnums=0, return_value=True)(zeros)
    check_gradients(folder, case, value, by_weights, by_inputs)


def test_there_are_cases():
    assert len(folders()) >= 40
    assert len(gradient_folders()) >= 6
