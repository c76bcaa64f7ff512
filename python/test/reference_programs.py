# SPDX-License-Identifier: Apache-2.0
"""Small programs for the interface of BrainPy 2.4, and what they give.

Each function takes the package and its module `math` and returns arrays. `test_reference_programs.py` compares them
with what BrainPy 2.4.0 gave, in `reference_programs.json`. To make that file anew, where that package is installed::

    python reference_programs.py brainpy
"""

import importlib
import json
import sys
from pathlib import Path

import numpy as np

MASK = np.arange(12).reshape(4, 3) % 3
SPIKES = (np.array([1.0, 1.3, 1.5, 2.0, 4.0, 6.0]), np.array([0, 0, 1, 2, 1, 0]))
PROGRAMS = {}


def program(function):
    PROGRAMS[function.__name__] = function
    return function


def run(bp, net, duration, monitors, inputs=(), **options):
    runner = bp.DSRunner(net, monitors=monitors, inputs=inputs, progress_bar=False, **options)
    output = runner.run(duration)
    return {**{key: runner.mon[key] for key in monitors}, 'ts': runner.mon.ts, 'output': output}


def cell(bp, num):
    """A group of the user's own."""

    class Cell(bp.NeuGroupNS):
        def __init__(self, size):
            super().__init__(size)
            self.V = bp.math.Variable(bp.math.zeros(self.num))
            self.w = bp.math.Variable(bp.math.zeros(self.num))
            self.input = bp.math.Variable(bp.math.zeros(self.num))
            self.spike = bp.math.Variable(bp.math.zeros(self.num, dtype=bool))
            self.integral = bp.odeint(bp.JointEq(self.dV, self.dw), method='exp_auto')

        def dV(self, V, t, w, I):
            return (0.1 * V * V - V - w + I) / 5.0

        def dw(self, w, t, V):
            return (0.2 * V - w) / 20.0

        def update(self, x=None):
            V, w = self.integral(
                self.V.value, self.w.value, bp.share.load('t'), self.input.value, bp.share.load('dt')
            )
            self.spike.value = V >= 15.0
            self.V.value = bp.math.where(self.spike.value, -5.0, V)
            self.w.value = w + self.spike.value * 0.5

        def clear_input(self):
            self.input[:] = 0.0

    return Cell(num)


def receptors(bp):
    return bp.synapses.AMPA, bp.synapses.GABAa, bp.synapses.BioNMDA


@program
def documented_pair(bp, bm):
    found = []
    for receptor in receptors(bp):
        pre, post = (bp.neurons.HH(1, V_initializer=bp.init.Constant(-65.0)) for _ in range(2))
        syn = receptor(pre, post, bp.connect.All2All())
        net = bp.Network(pre=pre, syn=syn, post=post)
        found.append(run(bp, net, 60.0, ['pre.V', 'post.V', 'syn.g'], [('pre.input', 5.0)]))
    return found


@program
def neurons(bp, bm):
    currents = {
        'LIF': 25.0, 'LeakyIntegrator': 5.0, 'ExpIF': 5.0, 'AdExIF': 25.0, 'QuaIF': 20.0, 'AdQuaIF': 40.0, 'GIF': 1.5,
        'Izhikevich': 10.0, 'HindmarshRose': 3.0, 'FHN': 0.8, 'MorrisLecar': 100.0, 'WangBuzsakiModel': 2.0,
        'HH': 10.0, 'ALIFBellec2020': 3.0,
    }  # fmt: skip
    found = {}
    for name, current in currents.items():
        start = {'MorrisLecar': -60.0, **dict.fromkeys(('ExpIF', 'AdExIF', 'QuaIF', 'AdQuaIF', 'HH'), -65.0)}.get(name)
        options = {} if start is None else {'V_initializer': bp.init.Constant(start)}
        group = getattr(bp.neurons, name)(2, **options)
        found[name] = run(bp, group, 30.0, ['V'], ('input', current))
        if name in ('LIF', 'ExpIF', 'AdExIF', 'QuaIF', 'Izhikevich', 'ALIFBellec2020'):
            group = getattr(bp.neurons, name)(2, tau_ref=1.5, **options)
            found[name + ', refractory'] = run(bp, group, 30.0, ['V', 'spike'], ('input', current))
    for record in found.values():
        record.pop('output')  # QuaIF returns nothing there
    return found


@program
def abstract_synapses(bp, bm):
    found = {}
    for name in ('Exponential', 'DualExponential', 'Alpha', 'NMDA', 'Delta'):
        for conn in (bp.connect.All2All(), bp.connect.One2One(), bp.connect.MatConn(MASK[:3])):
            for delay_step in (None, 0, 3):
                pre, post = bp.neurons.SpikeTimeGroup(3, *SPIKES), bp.neurons.LIF(3)
                syn = getattr(bp.synapses, name)(pre, post, conn, comp_method='dense', delay_step=delay_step)
                net = bp.Network(pre=pre, syn=syn, post=post)
                found[f'{name} {type(conn).__name__} {delay_step}'] = run(bp, net, 10.0, ['post.V', 'post.input'])
    return found


@program
def delays(bp, bm):
    found = []
    for delay_step in (None, 0, 1, 2, 10, True, np.int64(3), bm.asarray(4)):
        for receptor in receptors(bp):
            pre, post = bp.neurons.SpikeTimeGroup(3, *SPIKES), bp.neurons.LIF(3)
            syn = receptor(pre, post, bp.connect.One2One(), delay_step=delay_step)
            found.append(run(bp, bp.Network(post, syn=syn, pre=pre), 8.0, ['syn.g', 'syn.spike_arrival_time']))
    return found


@program
def plasticity(bp, bm):
    found = []
    for stp in (bp.synplast.STD(tau=100.0), bp.synplast.STP(U=0.3, tau_f=50.0)):
        pre, post = bp.neurons.SpikeTimeGroup(3, *SPIKES), bp.neurons.LIF(3)
        syn = bp.synapses.AMPA(pre, post, bp.connect.All2All(), bp.synouts.CUBA(), stp, delay_step=1)
        net = bp.Network(pre=pre, syn=syn, post=post)
        found.append(run(bp, net, 10.0, ['syn.g', 'syn.stp.x', 'post.input']))
    return found


@program
def gap_junctions(bp, bm):
    found = []
    for conn in (bp.connect.All2All(), bp.connect.One2One(), bp.connect.MatConn(MASK[:3])):
        pre, post = (bp.neurons.HH(3, V_initializer=bp.init.Constant(V)) for V in (-65.0, -60.0))
        syn = bp.synapses.GapJunction(pre, post, conn, g_max=0.3)
        net = bp.Network(pre=pre, post=post, syn=syn)
        found.append(run(bp, net, 5.0, ['pre.V', 'post.V', 'post.input'], ('pre.input', 6.0)))
    return found


@program
def batches(bp, bm):
    found = []
    for mode in (bm.BatchingMode(3), bm.TrainingMode(2)):
        with bm.environment(mode=mode):
            pre, post = bp.neurons.LIF(4), bp.neurons.LIF(3)
            syn = bp.synapses.AMPA(pre, post, bp.connect.MatConn(MASK), g_max=2.0, delay_step=2)
            net = bp.Network(pre=pre, syn=syn, post=post)
            found.append(run(bp, net, 15.0, ['pre.V', 'post.V', 'syn.g'], ('pre.input', 30.0)))
    return found


@program
def own_groups(bp, bm):
    found = []
    for receptor in receptors(bp):
        for delay_step in (None, 0, 2):
            for own_pre in (True, False):
                pre = cell(bp, 4) if own_pre else bp.neurons.LIF(4)
                post = bp.neurons.LIF(3) if own_pre else cell(bp, 3)
                syn = receptor(pre, post, bp.connect.MatConn(MASK), delay_step=delay_step, g_max=3.0)
                net = bp.Network(syn=syn, pre=pre, post=post)
                inputs = ('pre.input', bm.asarray([70.0, 60.0, 50.0, 40.0]))
                found.append(run(bp, net, 8.0, ['pre.V', 'syn.g', 'post.V', 'post.input'], inputs))
    return found


@program
def own_receptors(bp, bm):
    class Slower(bp.synapses.AMPA):
        def dg(self, g, t, TT):
            return 0.1 * TT * (1 - g) - self.beta * g

    class Longer(bp.synapses.AMPA):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, alpha=0.5, T=2.0, **kwargs)

    class Other(bp.synapses.BioNMDA):
        def dx(self, x, t, TT):
            return TT * (1 - x) - 0.3 * x

    class Fading(bp.synapses.AMPA):
        def update(self, tdi, pre_spike=None):
            returned = super().update(tdi, pre_spike)
            self.g.value = self.g.value * 0.9
            return returned

    found = []
    for receptor in (Slower, Longer, Other, Fading):
        pre, post = bp.neurons.SpikeTimeGroup(3, *SPIKES), bp.neurons.LIF(2)
        net = bp.Network(pre=pre, syn=receptor(pre, post, bp.connect.All2All()), post=post)
        found.append(run(bp, net, 8.0, ['syn.g', 'post.V', 'post.input']))
    return found


@program
def own_components(bp, bm):
    class Tripled(bp.SynOut):
        def __init__(self):
            super().__init__(target_var='input')

        def filter(self, g):
            return super().filter(g * 3.0)

    class Tired(bp.SynSTP):
        def register_master(self, master):
            super().register_master(master)
            self.z = bp.init.variable_(bm.ones, self.master.pre.num, self.master.mode)

        def update(self, tdi, pre_spike):
            self.z.value = bm.where(pre_spike, self.z * 0.5, self.z + 0.01)

        def filter(self, g):
            return g * self.z

    found = []
    for make in (
        lambda: {'output': Tripled()},
        lambda: {'stp': Tired()},
        lambda: {'output': Tripled(), 'stp': Tired(), 'delay_step': 2},
    ):
        pre, post = bp.neurons.SpikeTimeGroup(3, *SPIKES), bp.neurons.LIF(2)
        net = bp.Network(pre=pre, syn=bp.synapses.AMPA(pre, post, bp.connect.All2All(), **make()), post=post)
        found.append(run(bp, net, 8.0, ['syn.g', 'post.V', 'post.input']))
    return found


@program
def views(bp, bm):
    found = []
    for index in (slice(1, 4), slice(0, 4, 2)):
        pre, post = bp.neurons.LIF(5), bp.neurons.LIF(5)
        syn = bp.synapses.AMPA(pre[index], post[index], bp.connect.All2All(), g_max=1.5)
        net = bp.Network(pre=pre, post=post, syn=syn)
        found.append(run(bp, net, 8.0, ['pre.V', 'post.V', 'syn.g'], ('pre.input', bm.arange(5) * 20.0)))
    return found


@program
def inputs_of_all_kinds(bp, bm):
    found = []
    for inputs in (
        [('input', 2.0, 'fix', '*'), ('input', 3.0, 'fix', '+'), ('input', 10.0, 'fix', '=')],
        ('input', np.arange(10.0), 'iter'),
        ('input', np.arange(20.0).reshape(10, 2), 'iter', '='),
        ('input', lambda shared: shared.t + shared.i, 'func'),
        ('V', 1.0, 'fix', '-'),
    ):
        found.append(run(bp, bp.neurons.LeakyIntegrator(2), 0.5, ['V', 'input'], inputs))
    group = bp.neurons.LeakyIntegrator(2)
    runner = bp.DSRunner(group, monitors={'V': group.V, 'one': (group.V, 1), 't': lambda shared: shared.t},
                         progress_bar=False, t0=5.0)  # fmt: skip
    runner.run(0.5)
    found.append({key: runner.mon[key] for key in ('V', 'one', 't', 'ts')})
    runner.run(0.3)
    found += [{key: runner.mon[key] for key in ('V', 'one', 't', 'ts')}, [runner.t0, runner.i0]]
    runner = bp.DSRunner(bp.neurons.LeakyIntegrator(2), monitors=['V'], progress_bar=False)
    found.append(runner.predict(inputs=bm.ones((4, 2)) * 3))
    return found


@program
def networks_of_networks(bp, bm):
    first, second, third = (bp.neurons.LIF(2) for _ in range(3))
    inner = bp.Network(
        first=first, syn=bp.synapses.AMPA(first, second, bp.connect.One2One(), delay_step=1), second=second
    )
    net = bp.Network(inner=inner, third=third, syn=bp.synapses.GABAa(second, third, bp.connect.All2All()))
    monitors = ['inner.first.V', 'inner.syn.g', 'inner.second.V', 'third.V', 'syn.g']
    return run(bp, net, 10.0, monitors, ('inner.first.input', 60.0))


@program
def containers(bp, bm):
    found = []
    for order in ((0, 1, 2), (1, 0, 2)):
        pre, post = bp.neurons.LIF(2), bp.neurons.LIF(2)
        syn = bp.synapses.AMPA(pre, post, bp.connect.One2One())
        net = bp.Container(*[(pre, syn, post)[k] for k in order])
        runner = bp.DSRunner(net, monitors={'g': syn.g, 'V': post.V}, inputs=(pre.input, 60.0), progress_bar=False)
        runner.run(5.0)
        found.append({key: runner.mon[key] for key in ('g', 'V', 'ts')})
    return found


@program
def loops(bp, bm):
    pre, post = bp.neurons.LIF(2), bp.neurons.LIF(2)
    syn = bp.synapses.AMPA(pre, post, bp.connect.One2One())
    net = bp.Network(pre=pre, syn=syn, post=post)

    def step(i):
        bp.share.save(t=i * 0.1, dt=0.1, i=i)
        pre.input += 60.0
        net.update()
        net.clear_input()
        return post.V.value, syn.g.value

    found = [bm.for_loop(step, bm.arange(50))]
    bp.share.clear()
    total = bm.Variable(bm.zeros(1))

    def add(x):
        total.value = total.value + x
        return total.value

    found += [bm.for_loop(add, bm.arange(4.0)), bm.for_loop(add, bm.arange(4.0), reverse=True)]
    return found


@program
def resets(bp, bm):
    pre, post = bp.neurons.LIF(2), bp.neurons.LIF(2)
    syn = bp.synapses.AMPA(pre, post, bp.connect.One2One(), delay_step=3)
    net = bp.Network(pre=pre, syn=syn, post=post)
    found = [run(bp, net, 8.0, ['syn.g', 'post.V'], ('pre.input', 60.0))]
    net.reset_state()
    found.append(run(bp, net, 8.0, ['syn.g', 'post.V'], ('pre.input', 60.0)))
    net.reset_state()
    return [*found, syn.spike_arrival_time, syn.g, pre.V]


@program
def input_builders(bp, bm):
    build = bp.inputs
    return [
        build.section_input([0, 1.0, 2.0], [0.3, 0.5, 0.3]),
        build.constant_input([(0, 1.0), (2.0, 0.5)]),
        build.spike_input([0.3, 1.0], 0.2, 3.0, 2.0),
        build.ramp_input(0, 1, 2.0, t_start=0.5, t_end=1.5),
        build.sinusoidal_input(1.0, 100.0, 5.0, bias=True),
        build.square_input(1.0, 300.0, 5.0),
    ]


@program
def measures(bp, bm):
    spikes = np.arange(200).reshape(40, 5) ** 2 % 7 < 2
    potentials = np.sin(np.arange(200.0)).reshape(40, 5)
    return [
        bp.measure.raster_plot(spikes, np.arange(40) * 0.1),
        bp.measure.firing_rate(spikes, 0.5),
        bp.measure.firing_rate(spikes, 0.4, dt=0.1),
        bp.measure.cross_correlation(spikes, 0.3),
        bp.measure.voltage_fluctuation(potentials),
        bp.measure.matrix_correlation(potentials[:5], potentials[5:10]),
        bp.measure.weighted_correlation(potentials[0], potentials[1], potentials[2] ** 2),
        bp.measure.functional_connectivity(potentials),
    ]


@program
def gradients(bp, bm):
    a, b = bm.TrainVar(bm.ones(2)), bm.TrainVar(bm.ones(2) * 2)

    def loss(x):
        return bm.sum(a * a * x + b)

    return [
        bm.grad(loss, grad_vars=a)(2.0),
        bm.grad(loss, grad_vars=[a, b])(2.0),
        bm.grad(loss, grad_vars={'a': a, 'b': b}, return_value=True)(2.0),
        bm.grad(lambda x: (bm.sum(a * x), x), grad_vars=a, has_aux=True)(3.0),
        bm.grad(loss, grad_vars=a, argnums=0)(2.0),
        bm.vector_grad(lambda x: x**2)(bm.arange(3.0)),
        bm.jacobian(lambda x: x**2)(bm.arange(3.0)),
    ]


def flat(value, path=''):
    """(path, array) of all arrays in what a program has returned."""
    if isinstance(value, dict):
        for key, entry in value.items():
            yield from flat(entry, f'{path}/{key}')
    elif isinstance(value, (list, tuple)):
        for k, entry in enumerate(value):
            yield from flat(entry, f'{path}/{k}')
    elif value is not None:
        yield path, np.asarray(getattr(value, 'value', value))


def summary(array):
    """Shape, kind of numbers, and some of the values, evenly spread and the last."""
    values = array.reshape(-1)[np.linspace(0, array.size - 1, min(array.size, 9)).astype(int)]
    return {'shape': list(array.shape), 'kind': array.dtype.kind, 'sum': float(array.sum()), 'values': values.tolist()}


def main(package):
    bp, bm = importlib.import_module(package), importlib.import_module(package + '.math')
    bm.enable_x64()
    found = {
        name: {path: summary(array) for path, array in flat(function(bp, bm))} for name, function in PROGRAMS.items()
    }
    lines = [f'{json.dumps(name)}: {{\n' + ',\n'.join(f'  {json.dumps(path)}: {json.dumps(entry)}'
             for path, entry in entries.items()) + '\n}' for name, entries in found.items()]  # fmt: skip
    Path(__file__).with_suffix('.json').write_text('{\n' + ',\n'.join(lines) + '\n}\n')


if __name__ == '__main__':
    main(sys.argv[1])
