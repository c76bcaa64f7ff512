# SPDX-License-Identifier: Apache-2.0
"""Single panels: lines and rasters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from bouton import measure
from bouton._scalars import as_array

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.gridspec import GridSpec


def get_figure(row_num: int, col_num: int, row_len: float = 3, col_len: float = 6) -> tuple[Figure, GridSpec]:
    """A figure of `row_num` x `col_num` cells, and the grid by which to place axes in it.

    Parameters
    ----------
    row_num, col_num
        The number of rows and columns.
    row_len, col_len
        Height of a row and width of a column [inch].

    Examples
    --------
    ::

        fig, gs = bp.visualize.get_figure(2, 1, 3, 8)
        ax = fig.add_subplot(gs[0, 0])
    """
    import matplotlib.pyplot as plt

    figure = plt.figure(figsize=(col_num * col_len, row_num * row_len), layout='constrained')
    return figure, figure.add_gridspec(row_num, col_num)


def line_plot(
    ts: Any,
    val_matrix: Any,
    plot_ids: Any = None,
    ax: Axes | None = None,
    xlim: tuple[float, float] | None = None,
    ylim: tuple[float, float] | None = None,
    xlabel: str | None = 'Time (ms)',
    ylabel: str | None = None,
    legend: str | None = None,
    title: str | None = None,
    show: bool = False,
    **kwargs: Any,
) -> None:
    """Draw some columns of a record over time.

    Parameters
    ----------
    ts
        The time of each step [ms], shape (steps,).
    val_matrix
        The record, shape (steps, ...); all axes but the first are flattened.
    plot_ids
        Which columns: an integer or several; column 0 by default.
    ax
        The axes to draw and label; the current ones by default.
    xlim, ylim
        Limits of the axes.
    xlabel, ylabel, title
        Texts; None leaves them as they are.
    legend
        Name of the lines. Where there are several, ``-<column>`` is appended.
    show
        Show the figure at the end.
    **kwargs
        For ``Axes.plot``.
    """
    times, values = as_array(ts, '"ts"'), as_array(val_matrix, '"val_matrix"')
    if values.ndim == 0 or times.shape != values.shape[:1]:
        raise ValueError(
            f'"val_matrix" must have one row for each time of "ts", but their shapes are {values.shape} and '
            f'{times.shape}.'
        )
    values = values.reshape(len(times), -1)
    columns = np.atleast_1d(as_array(0 if plot_ids is None else plot_ids, '"plot_ids"'))
    if columns.ndim != 1 or columns.dtype.kind not in 'iu':
        raise TypeError(
            f'"plot_ids" must be an integer or a list, tuple or 1-d array of them, but we got {plot_ids!r}.'
        )
    num = values.shape[1]
    for column in columns:
        if not -num <= column < num:
            raise IndexError(f'"plot_ids" must be less than the {num} columns of "val_matrix", but we got {column}.')

    ax = _axes(ax)
    for column in columns:
        label = legend if legend is None or len(columns) == 1 else f'{legend}-{column}'
        ax.plot(times, values[:, column], label=label, **kwargs)
    if legend is not None:
        ax.legend()
    _finish(ax, xlim, ylim, xlabel, ylabel, title, show)


def raster_plot(
    ts: Any,
    sp_matrix: Any,
    ax: Axes | None = None,
    marker: str = '.',
    markersize: float = 2,
    color: Any = 'k',
    xlabel: str | None = 'Time (ms)',
    ylabel: str | None = 'Neuron index',
    xlim: tuple[float, float] | None = None,
    ylim: tuple[float, float] | None = None,
    title: str | None = None,
    show: bool = False,
    **kwargs: Any,
) -> None:
    """Draw a dot for each spike.

    Parameters
    ----------
    ts
        The time of each step [ms], shape (steps,).
    sp_matrix
        Spikes, shape (steps, neurons).
    ax
        The axes to draw and label; the current ones by default.
    marker, markersize, color
        How a spike looks.
    xlabel, ylabel, title
        Texts; None leaves them as they are.
    xlim, ylim
        Limits of the axes.
    show
        Show the figure at the end.
    **kwargs
        For ``Axes.plot``.
    """
    if ts is None:
        raise ValueError('Must provide "ts".')
    neurons, times = measure.raster_plot(sp_matrix, ts)
    ax = _axes(ax)
    ax.plot(times, neurons, linestyle='none', marker=marker, markersize=markersize, color=color, **kwargs)
    _finish(ax, xlim, ylim, xlabel, ylabel, title, show)


def remove_axis(ax: Axes, *pos: str) -> None:
    """Hide sides of the frame of `ax`: 'left', 'right', 'top' or 'bottom'."""
    for side in pos:
        if side not in ('left', 'right', 'top', 'bottom'):
            raise ValueError(f"A side must be 'left', 'right', 'top' or 'bottom', but we got {side!r}.")
    for side in pos:
        ax.spines[side].set_visible(False)


def plot_style1(
    fontsize: float = 22, axes_edgecolor: Any = 'black', figsize: str | tuple[float, float] = '5,4', lw: float = 1
) -> None:
    """Set the style of all figures to come: size of texts, colour of frames, size [inch], width of lines [point]."""
    import matplotlib as mpl

    mpl.rcParams.update(
        {
            'font.size': fontsize,
            'axes.labelsize': fontsize,
            'xtick.labelsize': fontsize,
            'ytick.labelsize': fontsize,
            'axes.edgecolor': axes_edgecolor,
            'figure.figsize': figsize,
            'lines.linewidth': lw,
        }
    )


def _axes(ax: Axes | None) -> Axes:
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    return plt.gca()


def _finish(
    ax: Axes,
    xlim: tuple[float, float] | None,
    ylim: tuple[float, float] | None,
    xlabel: str | None,
    ylabel: str | None,
    title: str | None,
    show: bool,
) -> None:
    settings = {'xlim': xlim, 'ylim': ylim, 'xlabel': xlabel, 'ylabel': ylabel, 'title': title}
    ax.set(**{name: value for name, value in settings.items() if value is not None})
    if show:
        import matplotlib.pyplot as plt

        plt.show()
