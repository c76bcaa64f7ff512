# SPDX-License-Identifier: Apache-2.0
"""What networks and synapses look like as text and in notebooks."""

from __future__ import annotations

from html import escape
from typing import Any


def indented(text: str, spaces: int) -> str:
    """`text` with its lines but the first moved to the right."""
    return text.replace('\n', '\n' + ' ' * spaces)


def call_text(name: str, arguments: dict[str, Any]) -> str:
    """``Name(a=1, b=2)`` with one argument a line."""
    margin = ' ' * (len(name) + 1)
    lines = [f'{key}={indented(repr(x), len(margin) + len(key) + 1)}' for key, x in arguments.items()]
    separator = f',\n{margin}'
    return f'{name}({separator.join(lines)})'


def memory_text(number: float) -> str:
    """A number of bytes, in words: '1.5 MiB'."""
    for unit in ('B', 'KiB', 'MiB', 'GiB', 'TiB'):
        if number < 1024:
            return f'{number:.0f} B' if unit == 'B' else f'{number:.1f} {unit}'
        number /= 1024
    return f'{number:.1f} PiB'


def group_text(group: Any) -> str:
    """A group in a few words: 'exc: HH, 800'."""
    size = getattr(group, 'size', None)
    sizes = '' if size is None else f', {" x ".join(map(str, size))}'
    return f'{type(group).__name__}{sizes}'


def connections_of(synapse: Any) -> tuple[int, int] | None:
    """Number of connections and bytes of a synapse that the core computes."""
    part = synapse._core_part
    if part is None:
        return None
    return int(part.connectivity().size), int(part.bytes())


def how_of(synapse: Any) -> str:
    """How a step of a synapse is computed."""
    return 'step by step, in Python' if synapse._core_part is None else str(synapse._core_part.how())


def synapse_text(synapse: Any) -> str:
    """``AMPA(name=..., pre=..., post=..., ...)``."""
    arguments: dict[str, Any] = {'name': _Bare(synapse.__dict__.get('_name')), 'mode': synapse.__dict__.get('_mode')}
    for key in ('pre', 'post'):
        if key in synapse.__dict__:
            arguments[key] = synapse.__dict__[key]
    return call_text(type(synapse).__name__, arguments)


class _Bare(str):
    def __repr__(self) -> str:
        return str(self)


def synapse_rows(synapse: Any) -> list[tuple[str, str]]:
    """What there is to know about a synapse, as pairs (what, value)."""
    ends = (('pre', synapse.pre), ('post', synapse.post))
    rows = [(key, f'{group.name}: {group_text(group)}') for key, group in ends if group is not None]
    if synapse.conn is not None:
        rows.append(('connector', repr(synapse.conn)))
    for key in ('output', 'stp'):
        part = getattr(synapse, key, None)
        if part is not None:
            rows.append((key, repr(part)))
    rows.append(('computed', how_of(synapse)))
    known = connections_of(synapse)
    if known is not None:
        rows += [('connections', f'{known[0]:,}'), ('memory', memory_text(known[1]))]
    return rows


def synapse_html(synapse: Any) -> str:
    """The same, for notebooks."""
    return table_html(f'{type(synapse).__name__} {synapse.name}', None, synapse_rows(synapse))


def network_rows(network: Any) -> list[tuple[str, ...]]:
    """A row for each member: name, model, size or groups, how it is computed, connections, memory."""
    from bouton._system.neurons import NeuGroup
    from bouton._system.synapses import SynConn

    rows = []
    for key, system in network._children():
        kind = type(system).__name__
        if isinstance(system, SynConn):
            known = connections_of(system)
            numbers = ('', '') if known is None else (f'{known[0]:,}', memory_text(known[1]))
            ends = f"{_key_of(network, system.pre)} -> {_key_of(network, system.post)}"
            rows.append((key, kind, ends, how_of(system), *numbers))
        elif isinstance(system, NeuGroup):
            how = '' if system._core_part is not None else 'in Python'
            rows.append((key, kind, ' x '.join(map(str, system.size)), how, '', ''))
        else:
            rows.append((key, kind, f'{len(list(system._children()))} members', '', '', ''))
    return rows


def _key_of(network: Any, group: Any) -> str:
    if group is None:  # of a coupling of variables
        return 'variables'
    return next((key for key, system in network._children() if system is group), group.name)


_HEAD = ('', 'model', 'size', 'computed', 'connections', 'memory')


def network_text(network: Any) -> str:
    """A table of the members, in text."""
    title = f'{type(network).__name__}(name={network.name}, mode={network.mode})'
    rows = network_rows(network)
    if not rows:
        return title
    widths = [max(len(row[i]) for row in rows) for i in range(len(_HEAD))]
    lines = ['  '.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True) if width) for row in rows]
    return '\n'.join([title, *(f'  {line.rstrip()}' for line in lines)])


def network_html(network: Any) -> str:
    """A table of the members, for notebooks."""
    return table_html(f'{type(network).__name__} {network.name}', _HEAD, network_rows(network))


def table_html(title: str, head: tuple[str, ...] | None, rows: list[tuple[str, ...]]) -> str:
    """A table with a title."""

    def line(cells: tuple[str, ...], tag: str) -> str:
        inner = ''.join(f'<{tag} style="text-align:left">{escape(cell)}</{tag}>' for cell in cells)
        return f'<tr>{inner}</tr>'

    body = [line(head, 'th')] if head else []
    body += [line(row, 'td') for row in rows]
    return f'<b>{escape(title)}</b><table>{"".join(body)}</table>'
