# SPDX-License-Identifier: Apache-2.0
"""Figures of records: lines, rasters, animations. matplotlib is imported when the first of them is drawn."""

from bouton.visualize.animations import animate_1D, animate_2D
from bouton.visualize.plots import get_figure, line_plot, plot_style1, raster_plot, remove_axis
from bouton.visualize.styles import style

__all__ = [
    'animate_1D',
    'animate_2D',
    'get_figure',
    'line_plot',
    'plot_style1',
    'raster_plot',
    'remove_axis',
    'style',
]
