# SPDX-License-Identifier: Apache-2.0
"""One picture of everything that was recorded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from bouton._records import Records, Spikes, Trace, potentials, quantity, read_records
from bouton._scalars import integer
from bouton.visualize.styles import colors as _palette
from bouton.visualize.styles import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ['plot']

_small = 10  # groups of up to so many neurons share a raster, and have no rate
_max_shared = 6  # so many groups with one trace each share a panel
_without_mean = (*potentials, 'spike_arrival_time')  # the mean of a population says little


def plot(
    runner: Any,
    names: str | Iterable[str] | None = None,
    *,
    xlim: tuple[float, float] | None = None,
    max_traces: int = 3,
    batch: int = 0,
    title: str | None = None,
) -> Figure:
    """Draw what a runner recorded: rasters, population rates, and traces of all other variables, over one axis of time.

    Groups have the same colour in all panels. Groups of which one neuron was recorded share a panel for each variable;
    of larger groups some neurons are drawn, evenly spread over the group, and where that makes sense the mean of all.

    Parameters
    ----------
    runner
        A runner that has run, or what it recorded (``runner.mon``).
    names
        The monitors to draw; all by default.
    xlim
        The part of the time to draw [ms]; all by default.
    max_traces
        The number of traces of one group in a panel.
    batch
        Which entry of a batch is drawn.
    title
        Text above the figure.

    Returns
    -------
    matplotlib.figure.Figure
        The figure, to be shown (``plt.show()``) or saved (``figure.savefig(...)``).

    Raises
    ------
    ValueError
        Where nothing was recorded.
    KeyError, IndexError
        Where there is no such monitor or batch entry.

    Examples
    --------
    ::

        runner = bp.DSRunner(net, monitors=['exc.spike', 'exc.V'], inputs=('exc.input', 5.))
        runner.run(100.)
        bp.plot(runner).savefig('run.png')
    """
    records = read_records(runner, names)
    options = _Options(integer(max_traces, '"max_traces"'), integer(batch, '"batch"'))
    if options.max_traces < 1:
        raise ValueError(f'"max_traces" must be at least 1, but we got {max_traces!r}.')
    _check_batch(records, options.batch)
    colors = _colors_of_groups(records)
    panels = [
        *_rasters(records, colors, options),
        *_rates(records, colors, options),
        *_traces(records, colors, options),
    ]

    import matplotlib as mpl
    import matplotlib.pyplot as plt

    with style():
        heights = [panel.height for panel in panels]
        figure, axes = plt.subplots(
            len(panels),
            1,
            sharex=True,
            squeeze=False,
            height_ratios=heights,
            figsize=(9, sum(heights) + 0.42 * len(panels) + 0.4),
        )
        for ax, panel in zip(axes[:, 0], panels, strict=True):
            panel.draw(ax)
            ax.set_title(panel.title)
            ax.set_ylabel(panel.ylabel)
        axes[-1, 0].set_xlabel('Time (ms)')
        axes[-1, 0].set_xlim(xlim or _limits(records.times))
        figure.align_ylabels(axes[:, 0])
        if title is not None:
            figure.suptitle(title, fontsize=12)
        if mpl.get_backend().endswith('inline'):
            plt.close(figure)  # a notebook shows what a cell returns, and would show an open figure once more
    return figure


@dataclass(frozen=True)
class _Options:
    max_traces: int
    batch: int


@dataclass
class _Line:
    times: np.ndarray
    values: np.ndarray
    label: str
    color: Any
    width: float = 1.1


@dataclass
class _Panel:
    """What is drawn into one pair of axes; `height` in inches."""

    title: str
    ylabel: str
    height: float = 1.15
    lines: list[_Line] = field(default_factory=list)

    def draw(self, ax: Axes) -> None:
        for line in self.lines:
            ax.plot(line.times, line.values, color=line.color, linewidth=line.width, label=line.label)
        if len(self.lines) > 1:
            _legend(ax)
        ax.margins(y=0.08)
        ax.locator_params(axis='y', nbins=4)


@dataclass
class _RasterPanel(_Panel):
    """One neuron a row, group above group. Groups have their names on the left; rows of a single one are numbered."""

    spikes: list[tuple[Spikes, np.ndarray, np.ndarray, Any]] = field(default_factory=list)

    def draw(self, ax: Axes) -> None:
        num_rows = sum(record.num for record, *_ in self.spikes)
        first, ticks = 0, []
        pitch = 72 * self.height / num_rows  # of the rows [point]
        for record, times, neurons, color in self.spikes:
            marker, size = ('|', min(0.75 * pitch, 14)) if pitch > 4 else ('.', float(np.clip(2.2 * pitch, 1.5, 4)))
            ax.plot(
                times,
                first + neurons,
                linestyle='none',
                marker=marker,
                markersize=size,
                markeredgewidth=1.3 if marker == '|' else 0,
                color=color,
                rasterized=len(times) > 20_000,
            )
            ticks.append((first + (record.num - 1) / 2, record.group))
            first += record.num
        ax.set_ylim(-0.6, num_rows - 0.4)
        if len(self.spikes) > 1 or num_rows == 1:
            ax.set_yticks([position for position, _ in ticks], [name for _, name in ticks])
            ax.invert_yaxis()
        else:
            ax.yaxis.get_major_locator().set_params(integer=True, nbins=4)


def _legend(ax: Axes) -> None:
    ax.legend(loc='upper left', bbox_to_anchor=(1.005, 1.06), borderaxespad=0)


def _limits(times: np.ndarray) -> tuple[float, float]:
    step = (times[-1] - times[0]) / max(len(times) - 1, 1) or 1.0
    return float(times[0] - step), float(times[-1] + step)


def _check_batch(records: Records, batch: int) -> None:
    sizes = [record.values.shape[1] for record in records.traces] + [len(record.batches) for record in records.spikes]
    if not 0 <= batch < max(sizes):
        raise IndexError(f'"batch" must be less than the batch size, which is {max(sizes)}, but we got {batch}.')


def _colors_of_groups(records: Records) -> dict[str, str]:
    groups = dict.fromkeys([record.group for record in records.spikes] + [record.group for record in records.traces])
    return {group: _palette[i % len(_palette)] for i, group in enumerate(groups)}


def _batch_note(num: int, batch: int) -> list[str]:
    return [f'batch entry {batch} of {num}'] if num > 1 else []


def _heading(what: str, groups: Sequence[str], notes: Sequence[str]) -> str:
    named = [group for group in groups if group]
    names = ', '.join(named) if len(named) <= _max_shared else f'{len(named)} groups'
    return ' · '.join([f'{what} of {names}' if names else what, *notes])


# Rasters and rates


def _rasters(records: Records, colors: dict[str, str], options: _Options) -> list[_Panel]:
    small = [record for record in records.spikes if record.num <= _small]
    shared = [small] if small else []
    return [
        _raster(group, colors, options)
        for group in shared + [[record] for record in records.spikes if record.num > _small]
    ]


def _raster(spikes: list[Spikes], colors: dict[str, str], options: _Options) -> _Panel:
    drawn = []
    for record in spikes:
        times, neurons = record.batches[min(options.batch, len(record.batches) - 1)]
        drawn.append((record, times, neurons, colors[record.group]))
    num_rows = sum(record.num for record in spikes)
    numbered = len(spikes) == 1 and num_rows > 1
    notes = [f'{num_rows} neurons'] if numbered else []
    notes += _batch_note(len(spikes[0].batches), options.batch)
    high = numbered and num_rows > _small
    return _RasterPanel(
        _heading('Spikes', [record.group for record in spikes], notes),
        'Neuron index' if high else 'Neuron' if numbered else '',
        height=1.5 if high else 0.3 + 0.2 * max(len(spikes), min(num_rows, 3)),
        spikes=drawn,
    )


def _rates(records: Records, colors: dict[str, str], options: _Options) -> list[_Panel]:
    large = [record for record in records.spikes if record.num > _small]
    if not large or len(records.times) < 2:
        return []
    times = records.times
    width = _rate_width(times)
    lines = []
    for record in large:
        spike_times, _ = record.batches[min(options.batch, len(record.batches) - 1)]
        lines.append(_Line(times, _rate(times, spike_times, record.num, width), record.group, colors[record.group]))
    notes = [f'Gaussian window, σ = {width:g} ms', *_batch_note(len(large[0].batches), options.batch)]
    return [_Panel(_heading('Population rate', [record.group for record in large], notes), 'Rate (Hz)', lines=lines)]


def _rate_width(times: np.ndarray) -> float:
    """Standard deviation of the window [ms]: 2 ms in a run of a second, less in shorter and more in longer ones."""
    duration = times[-1] - times[0]
    return max((width for width in (2.0, 5.0, 10.0) if width <= duration / 400), default=1.0)


def _rate(times: np.ndarray, spike_times: np.ndarray, num: int, width: float) -> np.ndarray:
    """Spikes per neuron and second around each time."""
    dt = (times[-1] - times[0]) / (len(times) - 1)
    steps = np.rint((spike_times - times[0]) / dt).astype(int)
    counts = np.bincount(steps[(steps >= 0) & (steps < len(times))], minlength=len(times))
    reach = min(int(4 * width / dt) + 1, len(times) - 1)
    kernel = np.exp(-((np.arange(-reach, reach + 1) * dt / width) ** 2) / 2)
    inside = np.convolve(np.ones(len(times)), kernel, mode='same')  # less than all of the window at the ends
    return np.convolve(counts, kernel, mode='same') / inside * (1000 / dt / num)


# Traces


def _traces(records: Records, colors: dict[str, str], options: _Options) -> list[_Panel]:
    """Panels of all variables: first potentials, then conductances, then inputs, then the others as they come."""
    of_variable: dict[str, list[Trace]] = {}
    for variable in (*potentials, 'g', 'input'):
        of_variable[variable] = []
    for trace in records.traces:
        of_variable.setdefault(trace.variable, []).append(trace)
    panels = []
    for traces in of_variable.values():
        single = [trace for trace in traces if trace.values.shape[1:] == (1, 1)]
        for trace in traces:
            if trace not in single:
                panels.append(_group_panel(trace, colors[trace.group], options))
            elif (place := single.index(trace)) % _max_shared == 0:
                panels.append(_shared_panel(single[place : place + _max_shared], colors))
    return panels


def _shared_panel(traces: list[Trace], colors: dict[str, str]) -> _Panel:
    shown_as = quantity(traces[0])
    names = [_name_of_one(trace) for trace in traces]
    lines = [
        _Line(trace.times, _visible(trace)[:, 0, 0], name, colors[trace.group])
        for trace, name in zip(traces, names, strict=True)
    ]
    return _Panel(_heading(shown_as.words, names, []), shown_as.label, lines=lines)


def _name_of_one(trace: Trace) -> str:
    """The group, or one neuron of it: 'exc', 'exc[3]'."""
    neuron = trace.neurons[0]
    return f'{trace.group}[{neuron}]' if neuron > 0 or getattr(trace.node, 'num', 1) > 1 else trace.group


def _group_panel(trace: Trace, color: str, options: _Options) -> _Panel:
    """Some neurons of a group in shades of its colour; or, of a single neuron, some entries of the batch."""
    shown_as, values = quantity(trace), _visible(trace)
    num_batch, num_columns = values.shape[1:]
    if num_columns == 1:
        columns, what, notes, numbers = values[:, :, 0], 'batch entry', [], np.arange(num_batch)
    else:
        columns, what = values[:, min(options.batch, num_batch - 1)], 'neuron'
        notes, numbers = _batch_note(num_batch, options.batch), trace.neurons
    num = columns.shape[1]
    shown = np.unique(np.linspace(0, num - 1, min(num, options.max_traces)).round().astype(int))
    if len(shown) < num:
        notes.insert(0, f'{len(shown)} of {num} {"neurons" if what == "neuron" else "batch entries"}')

    with_mean = trace.variable not in _without_mean and len(shown) < num
    shades = _shades(color, len(shown), lighter=with_mean)
    lines = [
        _Line(trace.times, columns[:, column], f'{what} {numbers[column]}', shade, 0.8 if with_mean else 1.1)
        for column, shade in zip(shown, shades, strict=True)
    ]
    if with_mean:
        lines.append(_Line(trace.times, columns.mean(axis=1), f'mean of {num}', color, 1.8))
    return _Panel(_heading(shown_as.words, [trace.group], notes), shown_as.label, lines=lines)


def _visible(trace: Trace) -> np.ndarray:
    """The values, without the arrival times of spikes that never came."""
    if trace.variable == 'spike_arrival_time':
        return np.where(trace.values < -1e6, np.nan, trace.values)
    return trace.values


def _shades(color: str, num: int, lighter: bool) -> list[Any]:
    """`num` shades of a colour, from dark to light."""
    from matplotlib.colors import to_rgb

    base = np.array(to_rgb(color))
    mixes = np.linspace(0.25, 0.6, num) if lighter else np.linspace(-0.45, 0.5, num) if num > 1 else [0.0]
    return [tuple(base + mix * (1 - base)) if mix >= 0 else tuple(base * (1 + mix)) for mix in mixes]
