# SPDX-License-Identifier: Apache-2.0
"""Records as films."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from bouton._scalars import as_array, integer, positive
from bouton._steps import time_step
from bouton.errors import PackageMissingError

if TYPE_CHECKING:
    from matplotlib.animation import FuncAnimation
    from matplotlib.figure import Figure


def animate_1D(
    dynamical_vars: Any,
    static_vars: Any = (),
    dt: float | None = None,
    xlim: tuple[float, float] | None = None,
    ylim: tuple[float, float] | None = None,
    xlabel: str | None = None,
    ylabel: str | None = None,
    frame_delay: float = 50.0,
    frame_step: int = 1,
    title_size: float = 10,
    figsize: tuple[float, float] | None = None,
    gif_dpi: float | None = None,
    video_fps: float | None = None,
    save_path: str | os.PathLike | None = None,
    show: bool = True,
    **kwargs: Any,
) -> Figure:
    """Lines that move: at each time, values over the index of the neuron or over given places.

    Parameters
    ----------
    dynamical_vars
        A record of shape (steps, neurons); or a dictionary of such a record ``ys``, its places ``xs`` (by default 0, 1,
        2, ...) and its name ``legend``; or a list of these.
    static_vars
        The same for lines that do not move, with ``ys`` of shape (neurons,).
    dt
        Time step [ms]; the global one by default.
    xlim, ylim
        Limits of the axes; by default all values and 2 % more.
    xlabel, ylabel
        Texts.
    frame_delay
        How long a frame is shown [ms].
    frame_step
        The steps from one frame to the next. The first frame is step 1.
    title_size
        Size of the time above the lines.
    figsize
        [inch]
    gif_dpi, video_fps
        Resolution of a GIF; frames per second of a video.
    save_path
        Where to save the film. The name ends in .gif or .mp4; .mp4 is appended to any other.
    show
        Show it.
    **kwargs
        For the legend.

    Returns
    -------
    matplotlib.figure.Figure
        The figure; its attribute ``animation`` is the animation.
    """
    moving = [_line(line, 2, '"dynamical_vars"') for line in _as_list(dynamical_vars, 2)]
    static = [_line(line, 1, '"static_vars"') for line in _as_list(static_vars, 1)]
    if not moving:
        raise ValueError('"dynamical_vars" must have at least one record.')
    num_steps = len(moving[0][1])
    for _, ys, _ in moving:
        if len(ys) != num_steps:
            raise ValueError(
                f'All dynamical variables must have {num_steps} steps, as the first, but one has {len(ys)}.'
            )
    frames = _frames(num_steps, frame_step)
    dt = time_step(dt)

    import matplotlib.pyplot as plt

    figure, ax = plt.subplots(figsize=figsize, layout='constrained')
    for xs, ys, legend in static:
        ax.plot(xs, ys, label=legend)
    lines = [ax.plot(xs, ys[0], label=legend)[0] for xs, ys, legend in moving]
    everything = moving + static
    ax.set_xlim(xlim or _padded([xs for xs, _, _ in everything], 0))
    ax.set_ylim(ylim or _padded([ys for _, ys, _ in everything], 0.02))
    ax.set(**{name: text for name, text in (('xlabel', xlabel), ('ylabel', ylabel)) if text is not None})
    if any(legend is not None for _, _, legend in everything):
        ax.legend(**kwargs)
    title = ax.set_title('', fontsize=title_size)

    def draw(step: int) -> list:
        for line, (_, ys, _) in zip(lines, moving, strict=True):
            line.set_ydata(ys[step])
        title.set_text(_time_text(step, dt))
        return [*lines, title]

    figure.animation = _animate(figure, draw, frames, frame_delay, gif_dpi, video_fps, save_path, show)
    return figure


def animate_2D(
    values: Any,
    net_size: Any,
    dt: float | None = None,
    val_min: float | None = None,
    val_max: float | None = None,
    cmap: Any = None,
    frame_delay: float = 10,
    frame_step: int = 1,
    title_size: float = 10,
    figsize: tuple[float, float] | None = None,
    gif_dpi: float | None = None,
    video_fps: float | None = None,
    save_path: str | os.PathLike | None = None,
    show: bool = True,
) -> FuncAnimation:
    """A sheet of neurons whose colours change.

    Parameters
    ----------
    values
        The record, shape (steps, height * width).
    net_size
        (height, width) of the sheet.
    dt
        Time step [ms]; the global one by default.
    val_min, val_max
        The values at the ends of the colour map; by default the least and the largest.
    cmap
        Colour map.
    frame_delay, frame_step, title_size, figsize, gif_dpi, video_fps, save_path, show
        As for `animate_1D`.

    Returns
    -------
    matplotlib.animation.FuncAnimation
        The animation.
    """
    values = as_array(values, '"values"')
    size = np.atleast_1d(as_array(net_size, '"net_size"'))
    if size.shape == (1,):
        size = np.array([size[0], 1])
    if size.shape != (2,) or values.ndim != 2 or values.shape[1] != size.prod():
        raise ValueError(
            f'"values" must have the shape (num_step, height * width), but we got {values.shape} for the "net_size" '
            f'{net_size!r}.'
        )
    frames = _frames(len(values), frame_step)
    dt = time_step(dt)
    sheets = values.reshape(len(values), *size)

    import matplotlib.pyplot as plt

    figure, ax = plt.subplots(figsize=figsize, layout='constrained')
    image = ax.imshow(
        sheets[0],
        vmin=values.min() if val_min is None else val_min,
        vmax=values.max() if val_max is None else val_max,
        cmap=cmap,
        origin='lower',
        interpolation='nearest',
    )
    figure.colorbar(image, ax=ax)
    ax.set_xticks([])
    ax.set_yticks([])
    title = ax.set_title('', fontsize=title_size)

    def draw(step: int) -> list:
        image.set_data(sheets[step])
        title.set_text(_time_text(step, dt))
        return [image, title]

    return _animate(figure, draw, frames, frame_delay, gif_dpi, video_fps, save_path, show)


def _as_list(lines: Any, ndim: int) -> list:
    """One array of `ndim` axes, one dictionary, or a sequence of these, as a list."""
    if isinstance(lines, Mapping):
        return [lines]
    if isinstance(lines, (list, tuple)):
        return list(lines)
    array = as_array(lines, 'a variable')
    return list(array) if array.ndim == ndim + 1 else [array]


def _line(line: Any, ndim: int, what: str) -> tuple[np.ndarray, np.ndarray, str | None]:
    """The places, the values and the name of a line."""
    if isinstance(line, Mapping):
        if 'ys' not in line:
            raise KeyError(f'A dictionary of {what} must have the key "ys", but we got {", ".join(map(str, line))}.')
    else:
        line = {'ys': line}
    ys = as_array(line['ys'], what)
    if ys.ndim != ndim:
        axes = '(num_step, num_neuron)' if ndim == 2 else '(num_neuron,)'
        raise ValueError(f'{what} must have the shape {axes}, but we got {ys.shape}.')
    xs = as_array(line['xs'], f'"xs" of {what}') if line.get('xs') is not None else np.arange(ys.shape[-1])
    if xs.shape != ys.shape[-1:]:
        raise ValueError(f'"xs" must have one place for each of the {ys.shape[-1]} values, but we got {xs.shape}.')
    return xs, ys, line.get('legend')


def _frames(num_steps: int, frame_step: int) -> range:
    step = integer(frame_step, '"frame_step"')
    if step < 1:
        raise ValueError(f'"frame_step" must be at least 1, but we got {frame_step!r}.')
    if num_steps < 2:
        raise ValueError(f'An animation needs at least two steps, but we got {num_steps}.')
    return range(1, num_steps, step)


def _padded(arrays: list[np.ndarray], fraction: float) -> tuple[float, float]:
    low, high = min(np.min(a) for a in arrays), max(np.max(a) for a in arrays)
    pad = fraction * (high - low) or 0.5 * (low == high)
    return low - pad, high + pad


def _time_text(step: int, dt: float) -> str:
    return f'Time: {(step + 1) * dt:.2f} ms'


def _animate(
    figure: Figure,
    draw: Any,
    frames: range,
    frame_delay: float,
    gif_dpi: float | None,
    video_fps: float | None,
    save_path: str | os.PathLike | None,
    show: bool,
) -> FuncAnimation:
    import matplotlib.pyplot as plt
    from matplotlib import animation

    film = animation.FuncAnimation(
        figure,
        draw,
        frames=frames,
        init_func=lambda: draw(frames[0]),
        interval=positive(frame_delay, '"frame_delay"'),
        repeat_delay=3000,
    )
    if save_path is not None:
        path = os.fspath(save_path)
        if path.lower().endswith('.gif'):
            film.save(path, writer='pillow', dpi=gif_dpi)
        else:
            if not animation.writers.is_available('ffmpeg'):
                raise PackageMissingError(f'The video {path} needs the program ffmpeg; a name in .gif does not.')
            film.save(path if path.lower().endswith('.mp4') else f'{path}.mp4', writer='ffmpeg', fps=video_fps)
    if show:
        plt.show()
    return film
