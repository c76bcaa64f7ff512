# SPDX-License-Identifier: Apache-2.0
"""How figures look."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

#: Colours that colour-blind people can tell apart: Okabe M, Ito K (2008), "Color universal design".
colors = ('#0072B2', '#D55E00', '#009E73', '#CC79A7', '#E69F00', '#56B4E9', '#000000')

_settings = {
    'font.size': 9,
    'axes.titlesize': 9.5,
    'axes.titlelocation': 'left',
    'axes.titlepad': 4,
    'axes.labelsize': 9,
    'axes.spines.top': False,
    'axes.spines.right': False,
    'axes.edgecolor': '#555555',
    'axes.linewidth': 0.8,
    'axes.axisbelow': True,
    'axes.xmargin': 0,
    'xtick.color': '#555555',
    'ytick.color': '#555555',
    'xtick.labelcolor': 'black',
    'ytick.labelcolor': 'black',
    'lines.linewidth': 1.1,
    'lines.solid_joinstyle': 'round',
    'legend.frameon': False,
    'legend.fontsize': 8.5,
    'legend.handlelength': 1.4,
    'figure.constrained_layout.use': True,
    'figure.constrained_layout.h_pad': 0.05,
    'figure.constrained_layout.hspace': 0.02,
    'figure.dpi': 120,
}


def style() -> AbstractContextManager:
    """The style of `bouton.plot`, for figures that are made inside of ``with bp.visualize.style():``."""
    import matplotlib as mpl

    settings: dict[str, Any] = {**_settings, 'axes.prop_cycle': mpl.cycler(color=colors)}
    return mpl.rc_context(settings)
