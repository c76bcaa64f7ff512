# SPDX-License-Identifier: Apache-2.0
"""Figures of single records, drawn without a display."""

import matplotlib as mpl
import numpy as np
import pytest

mpl.use('Agg')

import matplotlib.pyplot as plt
from PIL import Image

import bouton as bp
import bouton.math as bm

ts = np.arange(1, 51) * 0.1
record = np.sin(ts)[:, None] * np.arange(1, 7)


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close('all')


def test_a_figure_has_its_cells():
    figure, grid = bp.visualize.get_figure(2, 1, 3, 8)
    assert figure.get_size_inches().tolist() == [8, 6]
    assert grid.get_geometry() == (2, 1)
    figure.add_subplot(grid[1, 0])
    assert bp.visualize.get_figure(1, 2)[0].get_size_inches().tolist() == [12, 3]


def test_column_0_is_drawn_by_default():
    bp.visualize.line_plot(ts, record)
    (line,) = plt.gca().lines
    assert np.array_equal(line.get_xdata(), ts) and np.array_equal(line.get_ydata(), record[:, 0])
    assert plt.gca().get_xlabel() == 'Time (ms)'
    assert plt.gca().get_legend() is None


@pytest.mark.parametrize('ids', [(1, 3), [1, 3], np.array([1, 3])])
def test_several_columns_have_their_index_in_the_legend(ids):
    bp.visualize.line_plot(ts, record, plot_ids=ids, legend='V', ylabel='Potential (mV)', title='Cells')
    ax = plt.gca()
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ['V-1', 'V-3']
    assert np.array_equal(ax.lines[1].get_ydata(), record[:, 3])
    assert (ax.get_ylabel(), ax.get_title()) == ('Potential (mV)', 'Cells')


def test_one_column_has_the_plain_legend():
    bp.visualize.line_plot(ts, record, plot_ids=2, legend='V', lw=3)
    assert plt.gca().get_legend().get_texts()[0].get_text() == 'V'
    assert plt.gca().lines[0].get_linewidth() == 3


def test_axes_after_the_first_are_flattened():
    bp.visualize.line_plot(ts, record.reshape(50, 2, 3), plot_ids=4)
    assert np.array_equal(plt.gca().lines[0].get_ydata(), record[:, 4])


def test_the_given_axes_are_labelled():
    _, (first, current) = plt.subplots(2)
    bp.visualize.line_plot(ts, record, ax=first, xlim=(1, 2), ylim=(-3, 3), ylabel='a')
    bp.visualize.raster_plot(ts, record > 0.5, ax=first, ylabel='b')
    assert first.get_ylabel() == 'b' and first.get_xlim() == (1, 2) and first.get_ylim() == (-3, 3)
    assert current.get_xlabel() == '' and not current.lines


def test_a_variable_is_drawn():
    bp.visualize.line_plot(bm.Variable(ts), bm.Variable(record))
    assert np.array_equal(plt.gca().lines[0].get_ydata(), record[:, 0])


def test_a_raster_has_a_dot_for_each_spike():
    spikes = np.zeros((50, 4), bool)
    spikes[[10, 10, 20], [1, 3, 0]] = True
    bp.visualize.raster_plot(ts, spikes, color='r', markersize=4)
    (dots,) = plt.gca().lines
    assert dots.get_xdata().tolist() == [ts[10], ts[10], ts[20]]
    assert dots.get_ydata().tolist() == [1, 3, 0]
    assert (dots.get_linestyle(), dots.get_marker(), dots.get_markersize()) == ('None', '.', 4)
    assert plt.gca().get_ylabel() == 'Neuron index'


def test_sides_are_removed():
    ax = plt.gca()
    bp.visualize.remove_axis(ax, 'top', 'right')
    assert [side for side in ax.spines if ax.spines[side].get_visible()] == ['left', 'bottom']
    with pytest.raises(ValueError, match=r"A side must be 'left'.* but we got 'up'"):
        bp.visualize.remove_axis(ax, 'left', 'up')
    assert ax.spines['left'].get_visible()


def test_the_style_is_set():
    with mpl.rc_context():
        bp.visualize.plot_style1(fontsize=13, figsize='5,4', lw=2)
        assert mpl.rcParams['font.size'] == 13 and mpl.rcParams['lines.linewidth'] == 2
        assert plt.figure().get_size_inches().tolist() == [5, 4]


@pytest.mark.parametrize(
    ('call', 'error', 'sentence'),
    [
        (lambda v: v.line_plot(ts[:3], record), ValueError, r'their shapes are \(50, 6\) and \(3,\)'),
        (lambda v: v.line_plot(ts, record, plot_ids=6), IndexError, 'less than the 6 columns .* but we got 6'),
        (lambda v: v.line_plot(ts, record, plot_ids=1.5), TypeError, '"plot_ids" must be an integer or a list'),
        (lambda v: v.raster_plot(None, record), ValueError, 'Must provide "ts"'),
        (lambda v: v.raster_plot(ts[:3], record), ValueError, r'their shapes are \(3,\) and \(50, 6\)'),
        (lambda v: v.animate_1D({'xs': ts}), KeyError, 'must have the key "ys", but we got xs'),
        (lambda v: v.animate_1D(record[0]), ValueError, r'must have the shape \(num_step, num_neuron\)'),
        (lambda v: v.animate_1D({'ys': record, 'xs': [1, 2]}), ValueError, 'one place for each of the 6 values'),
        (lambda v: v.animate_1D([record, record[:9]]), ValueError, 'must have 50 steps, as the first, but one has 9'),
        (lambda v: v.animate_1D(record, frame_step=0), ValueError, '"frame_step" must be at least 1'),
        (lambda v: v.animate_1D(record[:1]), ValueError, 'at least two steps, but we got 1'),
        (lambda v: v.animate_2D(record, (2, 4)), ValueError, r'\(50, 6\) for the "net_size" \(2, 4\)'),
    ],
)
def test_wrong_values_are_refused_with_a_sentence(call, error, sentence):
    with pytest.raises(error, match=sentence):
        call(bp.visualize)


def test_lines_move(tmp_path):
    path = tmp_path / 'lines.gif'
    figure = bp.visualize.animate_1D(
        [{'ys': record, 'xs': np.arange(6) * 2.0, 'legend': 'V'}, record / 2],
        static_vars=[np.arange(6.0), {'ys': np.ones(6), 'legend': 'one'}],
        dt=0.1,
        xlabel='place',
        frame_step=10,
        save_path=path,
        show=False,
        loc='upper left',
    )
    (ax,) = figure.axes
    # Frames 1, 11, 21, 31, 41; the last one stands.
    assert ax.get_title() == 'Time: 4.20 ms'
    assert np.array_equal(ax.lines[2].get_ydata(), record[41]) and np.array_equal(
        ax.lines[3].get_ydata(), record[41] / 2
    )
    low, high = record.min(), record.max()
    assert ax.get_ylim() == pytest.approx((low - 0.02 * (high - low), high + 0.02 * (high - low)))
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ['one', 'V']
    assert ax.get_xlabel() == 'place'
    with Image.open(path) as film:
        assert film.n_frames == 5


def test_a_sheet_changes(tmp_path):
    path = tmp_path / 'sheet.gif'
    film = bp.visualize.animate_2D(record, (2, 3), dt=0.5, frame_step=20, save_path=path, show=False)
    assert film is not None
    figure = plt.gcf()
    image = figure.axes[0].images[0]
    assert np.array_equal(image.get_array(), record[41].reshape(2, 3))
    assert image.get_clim() == (record.min(), record.max())
    assert figure.axes[0].get_title() == 'Time: 21.00 ms'
    with Image.open(path) as saved:
        assert saved.n_frames == 3


def test_the_style_holds_inside_of_its_block():
    before = dict(mpl.rcParams)
    with bp.visualize.style():
        ax = plt.figure().add_subplot()
        assert not ax.spines['top'].get_visible()
    assert dict(mpl.rcParams) == before
