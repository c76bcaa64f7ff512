# SPDX-License-Identifier: Apache-2.0
"""The pages of the Python reference: every public name of a module, with no list to be kept up to date.

    .. public-names:: bouton.math.environment
       :shown-as: bouton.math

A table of all names in ``__all__``, then each with its docstring. `shown-as` is the module that users have them from;
`only` and `but` choose some of the names.
Blocks of equations, which docstrings indent and nothing else, are shown as they stand; a star is a star.
"""

import importlib
import inspect
import re

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.roles import XRefRole
from sphinx.util.docutils import SphinxDirective

# Sections of a docstring whose entries have indented descriptions.
_LISTS = {'Parameters', 'Other Parameters', 'Attributes', 'Returns', 'Yields', 'Raises', 'See Also', 'References'}
# One outside of code, which is no bullet.
_STAR = re.compile(r'(?<!^)(?<!`)\*(?=(?:[^`]*`[^`]*`)*[^`]*$)')


class PublicNames(SphinxDirective):
    required_arguments = 1
    option_spec = dict.fromkeys(('shown-as', 'only', 'but'), directives.unchanged)

    def run(self):
        module = importlib.import_module(self.arguments[0])
        shown_as = self.options.get('shown-as', module.__name__)
        names = self.options.get('only', '').split() or list(module.__all__)
        names = [name for name in names if name not in self.options.get('but', '').split()]
        texts = [name for name in names if isinstance(getattr(module, name), str)]
        lines = [f'.. currentmodule:: {shown_as}', '', '.. autosummary::', '   :nosignatures:', '']
        lines += [f'   {name}' for name in names if name not in texts]
        for name in names:
            found = getattr(module, name)
            lines += ['', *self._entry(name, found)]
        return self.parse_text_to_nodes('\n'.join(lines))

    def _entry(self, name, found):
        if inspect.isclass(found):
            return [f'.. autoclass:: {name}', '   :members:']
        if inspect.isroutine(found):
            return [f'.. autofunction:: {name}']
        if isinstance(found, str):
            return [f'.. py:data:: {name}', f'   :value: {found!r}']
        return [f'.. autodata:: {name}', '   :no-value:']


_of_variables: dict[str, list[str]] = {}


def show_equations(app, what, name, obj, options, lines):
    """Make an indented block below a paragraph a literal block, and a paragraph behind a list of parameters a note."""
    shown, section, in_block = [], None, False
    for index, line in enumerate(lines):
        following = lines[index + 1] if index + 1 < len(lines) else ''
        if line.strip() and set(following.strip()) == {'-'}:
            section = line.strip()
        elif (
            section in _LISTS - {'References'}
            and not lines[index - 1].strip()
            and line[:1].strip()
            and not following.startswith(' ')
            and ' : ' not in line
        ):
            section = 'Notes'
            shown += ['Notes', '-----']
        indented = line.startswith('    ')
        if indented and not in_block and section not in _LISTS and not (index and lines[index - 1].strip()):
            before = next((one for one in reversed(shown) if one.strip()), '')
            if not before.rstrip().endswith('::') and not before.startswith(('..', ' ')):
                shown += ['.. code-block:: none', '']
            in_block = True
        elif line.strip() and not indented:
            in_block = False
        is_literal = (in_block and section not in _LISTS) or line.startswith('        ')
        shown.append(line if is_literal else _STAR.sub(r'\*', line))
    lines[:] = shown
    if what in ('property', 'attribute', 'data'):
        _of_variables[name] = list(shown)


def keep_sentences(app, what, name, obj, options, lines):
    """Napoleon takes what stands before a colon for a type in the docstrings of properties; here it is a sentence."""
    if name in _of_variables:
        lines[:] = _of_variables.pop(name)


def show_names(role, rawtext, text, lineno, inliner, options=None, content=()):
    """What docstrings have in single backticks: a link where it is the name of a class or has a dot, else code."""
    if '.' in text or text[:1].isupper():
        return XRefRole()('py:obj', rawtext, text, lineno, inliner, options or {}, content)
    return [nodes.literal(rawtext, text)], []


def show_defaults(app, what, name, obj, options, signature, returned):
    """Defaults as the user would write them."""
    return signature and re.sub(r'=default\((.*?\))\)', r'=\1', signature), returned


def setup(app):
    app.add_role('name', show_names)
    app.connect('autodoc-process-signature', show_defaults)
    app.add_directive('public-names', PublicNames)
    app.connect('autodoc-process-docstring', show_equations, priority=400)  # before napoleon
    app.connect('autodoc-process-docstring', keep_sentences, priority=600)
    return {'parallel_read_safe': True}
