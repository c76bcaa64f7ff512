# SPDX-License-Identifier: Apache-2.0
"""The programs in the documentation of the three receptors."""

import subprocess
import sys

import numpy as np
import pytest

import bouton as bp
import bouton.math as bm

PROGRAM = """
import bouton as bp
import matplotlib
matplotlib.use('Agg')
import matplotlib.pyplot as plt

neu1 = bp.neurons.HH(1)
neu2 = bp.neurons.HH(1)
syn1 = bp.synapses.{model}(neu1, neu2, bp.connect.All2All())
net = bp.Network(pre=neu1, syn=syn1, post=neu2)

runner = bp.DSRunner(net, inputs=[('pre.input', 5.)], monitors=['pre.V', 'post.V', 'syn.g'{more}])
runner.run(150.)

fig, gs = bp.visualize.get_figure(2, 1, 3, 8)
fig.add_subplot(gs[0, 0])
plt.plot(runner.mon.ts, runner.mon['pre.V'], label='pre-V')
plt.plot(runner.mon.ts, runner.mon['post.V'], label='post-V')
plt.legend()

fig.add_subplot(gs[1, 0])
plt.plot(runner.mon.ts, runner.mon['syn.g'], label='g')
plt.legend()
plt.show()

V = runner.mon['pre.V'][:, 0]
print(runner.mon['syn.g'].shape, ((V[1:] >= 20) & (V[:-1] < 20)).sum(), runner.mon['syn.g'].max() > 0.05)
"""


@pytest.mark.parametrize(('model', 'more'), [('AMPA', ''), ('GABAa', ''), ('BioNMDA', ", 'syn.x'")])
def test_pair_of_hh_neurons(model, more):
    """From a fresh interpreter, with the default seed, the presynaptic cell fires."""
    program = PROGRAM.format(model=model, more=more)
    done = subprocess.run([sys.executable, '-W', 'error', '-c', program], capture_output=True, text=True, check=False)
    assert done.stderr == ''
    assert done.stdout == '(1500, 1) 8 True\n'


SPIKES = [51, 242, 432, 623, 813, 1004, 1194, 1384]
G = {
    'AMPA': [0.04739455424623803, 0.09171771394681538, 0.19372311298469463, 0.09429516227688874, 0.06874055660811058,
             0.02949932111983305],
    'GABAa': [0.05116224953855801, 0.09881793529924729, 0.35247240914557737, 0.18806612648801144, 0.13621336281341206,
              0.05845375905671114],
    'BioNMDA': [0, 0.018391699050942577, 0.3438896639700658, 0.7441916794047055, 0.913262941276261, 0.880726554241117],
}  # fmt: skip


@pytest.mark.parametrize('model', G)
def test_the_same_pair_from_rest(model):
    bm.set_compat('brainpy_2_4')
    try:
        start = bp.init.Constant(-65.0)
        pre, post = bp.neurons.HH(1, V_initializer=start), bp.neurons.HH(1, V_initializer=start)
        syn = getattr(bp.synapses, model)(pre, post, bp.conn.All2All())
        net = bp.Network(pre=pre, syn=syn, post=post)
        monitors = ['pre.V', 'pre.spike', 'post.spike', 'syn.g']
        runner = bp.DSRunner(net, inputs=[('pre.input', 5.0)], monitors=monitors, progress_bar=False)
        runner.run(150.0)
    finally:
        bm.set_compat(None)
    assert np.flatnonzero(runner.mon['pre.spike']).tolist() == SPIKES
    np.testing.assert_allclose(runner.mon['pre.V'][[50, 51], 0], [11.390453490778432, 28.327326879907282], rtol=1e-9)
    np.testing.assert_allclose(runner.mon['syn.g'][[52, 53, 60, 100, 500, 1499], 0], G[model], rtol=1e-8)
    if model == 'AMPA':
        assert np.flatnonzero(runner.mon['post.spike']).tolist() == [106, 296, 486, 676, 867, 1057, 1248, 1438]
